//! Why a draw says no, with the next step.

use crate::{DistrictCode, Lang, Method, Timestamp, Zone};

/// Why an entry, a draw or a claim after it is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DrawRefused {
    /// Entries open later.
    #[error("entries are not open yet")]
    NotOpen {
        /// When they open.
        opens_at: Timestamp,
    },
    /// Entries are closed.
    #[error("entries are closed")]
    Closed {
        /// When they closed.
        closed_at: Timestamp,
    },
    /// The round gives out in another way.
    #[error("the round takes no entries")]
    WrongMethod {
        /// Which way.
        method: Method,
    },
    /// The round is not for this resident.
    #[error("the round is for residents of other districts")]
    NotEligible {
        /// For whose residents it is.
        districts: Vec<DistrictCode>,
        /// Whether the resident has no home district yet.
        district_unknown: bool,
    },
    /// The resident has as many of the campaign as they may: a place would be
    /// of no use to them.
    #[error("the limit per resident is reached")]
    LimitReached {
        /// The limit.
        limit: i64,
    },
    /// The resident won nothing, or did not enter.
    #[error("the entry was not drawn")]
    NotDrawn,
    /// The resident waits, and has not been called.
    #[error("it is not the resident's turn yet")]
    NotYetYourTurn {
        /// Their number in the waiting list.
        waiting: i64,
        /// When people are called next, if they are.
        next_call: Option<Timestamp>,
    },
    /// The resident was called and let the time pass.
    #[error("the time to claim is over")]
    ClaimWindowOver {
        /// Until when it was.
        until: Timestamp,
    },
    /// The list is public once entries are closed.
    #[error("the list of entries is not frozen yet")]
    NotFrozen {
        /// When entries close.
        closes_at: Timestamp,
    },
    /// The public value is not there yet.
    #[error("the draw is not due")]
    NotDue {
        /// When it is.
        draws_at: Timestamp,
    },
    /// The draw was held: it cannot be repeated.
    #[error("the draw was already held")]
    AlreadyDrawn,
}

impl DrawRefused {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            DrawRefused::NotOpen { .. } => "not_open",
            DrawRefused::Closed { .. } => "closed",
            DrawRefused::WrongMethod { .. } => "wrong_method",
            DrawRefused::NotEligible { .. } => "not_eligible",
            DrawRefused::LimitReached { .. } => "limit_reached",
            DrawRefused::NotDrawn => "not_drawn",
            DrawRefused::NotYetYourTurn { .. } => "not_yet_your_turn",
            DrawRefused::ClaimWindowOver { .. } => "claim_window_over",
            DrawRefused::NotFrozen { .. } => "not_frozen",
            DrawRefused::NotDue { .. } => "not_due",
            DrawRefused::AlreadyDrawn => "already_drawn",
        }
    }

    /// The HTTP status.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            DrawRefused::NotOpen { .. }
            | DrawRefused::NotYetYourTurn { .. }
            | DrawRefused::NotFrozen { .. }
            | DrawRefused::NotDue { .. } => 425,
            DrawRefused::Closed { .. } | DrawRefused::ClaimWindowOver { .. } => 410,
            DrawRefused::NotEligible { .. } | DrawRefused::NotDrawn => 403,
            DrawRefused::WrongMethod { .. }
            | DrawRefused::LimitReached { .. }
            | DrawRefused::AlreadyDrawn => 409,
        }
    }

    /// What the person reads: what happened, and what to do next.
    #[must_use]
    pub fn words(&self, lang: Lang, zone: Zone) -> String {
        let fixed = |zh: &str, en: &str| lang.pick(zh, en).to_owned();
        let timed = |at: &Timestamp, zh: &str, en: &str| lang.pick(zh, en).replace("{}", &zone.short(*at));
        match self {
            DrawRefused::NotOpen { opens_at } => {
                timed(opens_at, "还没开始报名，{} 开始", "Entries are not open yet: they open at {}")
            }
            DrawRefused::Closed { closed_at } => timed(
                closed_at,
                "报名已于 {} 截止，请看其他轮次",
                "Entries closed at {}; look for another round",
            ),
            DrawRefused::WrongMethod { method: Method::Flash } => fixed(
                "本轮是限时抢券，不用报名，开始后直接领取",
                "This round needs no entry: claim when it opens",
            ),
            DrawRefused::WrongMethod { .. } => {
                fixed("本轮由社区代领，请到社区服务点办理", "This round is given out at the community desk")
            }
            DrawRefused::NotEligible { district_unknown: true, .. } => fixed(
                "本轮按区县摇号，请先在“我的”里填写所在区县",
                "This round is drawn by district: first choose yours under “Me”",
            ),
            DrawRefused::NotEligible { .. } => {
                fixed("本轮只面向指定区县的居民", "This round is for residents of other districts")
            }
            DrawRefused::LimitReached { limit } => lang.pick(
                format!("本活动每人限领 {limit} 张，您已领满，不用再报名"),
                format!("The limit is {limit} per person in this campaign, and you have reached it"),
            ),
            DrawRefused::NotDrawn => fixed(
                "您在本轮没有中签，请看其他轮次",
                "You were not drawn in this round; look for another one",
            ),
            DrawRefused::NotYetYourTurn { waiting, next_call: Some(at) } => lang.pick(
                format!("您是候补第 {waiting} 位，还没有轮到；{} 按剩余名额继续递补", zone.short(*at)),
                format!("You are number {waiting} in line; the next are called at {}", zone.short(*at)),
            ),
            DrawRefused::NotYetYourTurn { waiting, next_call: None } => lang.pick(
                format!("您是候补第 {waiting} 位，递补已经结束，请看其他轮次"),
                format!(
                    "You were number {waiting} in line, and nobody more is called; look for another round"
                ),
            ),
            DrawRefused::ClaimWindowOver { until } => timed(
                until,
                "您的领取时间已于 {} 截止，名额已顺延给候补",
                "Your time to claim ended at {}, and the place went to the next in line",
            ),
            DrawRefused::NotFrozen { closes_at } => {
                timed(closes_at, "名单在报名截止后公布：{}", "The list is published when entries close: {}")
            }
            DrawRefused::NotDue { draws_at } => timed(
                draws_at,
                "还没有摇号：{} 起才有公开数值",
                "The draw is not held yet: the public value is there from {}",
            ),
            DrawRefused::AlreadyDrawn => fixed(
                "本轮已经摇号，结果不能更改，请看公示页",
                "The draw was already held and cannot be changed: see its public page",
            ),
        }
    }
}
