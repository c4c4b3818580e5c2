//! Refusals: answers, not failures. Each carries what the person needs to take
//! the next step, and has a stable code for programs.

use crate::{AsksFor, DistrictCode, Fen, KindCode, Lang, Method, ProvisionalCap, Timestamp, Zone};

/// The span over which a limit per resident counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitScope {
    /// This round.
    Round,
    /// The campaign.
    Campaign,
    /// The campaign, today.
    Day,
}

/// Why a claim yields no voucher.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClaimRefused {
    /// The round opens later.
    #[error("the round is not open yet")]
    NotOpen {
        /// When it opens.
        opens_at: Timestamp,
    },
    /// The round is over.
    #[error("the round is closed")]
    Closed {
        /// When it closed.
        closed_at: Timestamp,
    },
    /// None is left for this resident.
    #[error("all vouchers are gone")]
    SoldOut,
    /// The resident has as many as they may have.
    #[error("the limit per resident is reached")]
    LimitReached {
        /// The limit.
        limit: i64,
        /// What it counts.
        scope: LimitScope,
    },
    /// The round is not for this resident.
    #[error("the round is for residents of other districts")]
    NotEligible {
        /// For whose residents it is.
        districts: Vec<DistrictCode>,
        /// Whether the resident has no home district yet.
        district_unknown: bool,
    },
    /// The round gives out in another way.
    #[error("the round takes no claims")]
    WrongMethod {
        /// Which way.
        method: Method,
    },
    /// Others have their turn first.
    #[error("others have their turn first")]
    NotYourTurn {
        /// How many, about.
        ahead: i64,
        /// When the resident's turn comes.
        turn_at: Timestamp,
        /// In how many seconds that is.
        retry_after_s: i64,
        /// Their place, to be shown with the next claim.
        place_token: String,
    },
    /// So many claim that each has to do a small proof of work.
    #[error("the claim needs a proof of work")]
    WorkRequired {
        /// The task.
        challenge: String,
        /// How many zero bits it asks for.
        bits: u32,
        /// Until when it may be solved.
        expires_at: Timestamp,
    },
}

impl ClaimRefused {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            ClaimRefused::NotOpen { .. } => "not_open",
            ClaimRefused::Closed { .. } => "closed",
            ClaimRefused::SoldOut => "sold_out",
            ClaimRefused::LimitReached { .. } => "limit_reached",
            ClaimRefused::NotEligible { .. } => "not_eligible",
            ClaimRefused::WrongMethod { .. } => "wrong_method",
            ClaimRefused::NotYourTurn { .. } => "not_your_turn",
            ClaimRefused::WorkRequired { .. } => "work_required",
        }
    }

    /// What the resident reads: what happened, and what to do next.
    #[must_use]
    pub fn words(&self, lang: Lang, zone: Zone) -> String {
        match self {
            ClaimRefused::NotOpen { opens_at } => {
                let at = zone.short(*opens_at);
                lang.pick(format!("还没开始，{at} 开抢"), format!("Not open yet: it opens at {at}"))
            }
            ClaimRefused::Closed { closed_at } => {
                let at = zone.short(*closed_at);
                lang.pick(
                    format!("本轮已于 {at} 结束，请看下一轮"),
                    format!("This round closed at {at}; look for the next one"),
                )
            }
            ClaimRefused::SoldOut => lang
                .pick("本轮已领完，请看下一轮", "All vouchers of this round are gone; look for the next one")
                .to_owned(),
            ClaimRefused::LimitReached { limit, scope } => match scope {
                LimitScope::Round => lang.pick(
                    format!("本轮每人限领 {limit} 张，您已领取，可在券包查看"),
                    format!(
                        "The limit is {limit} per person in this round, and you have it: see your wallet"
                    ),
                ),
                LimitScope::Campaign => lang.pick(
                    format!("本活动每人限领 {limit} 张，您已领满"),
                    format!("The limit is {limit} per person in this campaign, and you have reached it"),
                ),
                LimitScope::Day => lang.pick(
                    format!("本活动每人每天限领 {limit} 张，请明天 06:00 后再来"),
                    format!("The limit is {limit} per person a day: come back after 06:00 tomorrow"),
                ),
            },
            ClaimRefused::NotEligible { district_unknown: true, .. } => lang
                .pick(
                    "本轮按区县发放，请先在“我的”里填写所在区县",
                    "This round is shared out by district: first choose yours under “Me”",
                )
                .to_owned(),
            ClaimRefused::NotEligible { .. } => lang
                .pick("本轮只面向指定区县的居民", "This round is for residents of other districts")
                .to_owned(),
            ClaimRefused::WrongMethod { method: Method::Draw } => lang
                .pick("本轮为摇号发放，不能直接领取", "This round is drawn by lot and takes no claims")
                .to_owned(),
            ClaimRefused::WrongMethod { .. } => lang
                .pick("本轮由社区代领，请到社区服务点办理", "This round is given out at the community desk")
                .to_owned(),
            ClaimRefused::NotYourTurn { ahead, retry_after_s, .. } => lang.pick(
                format!("您前面约有 {ahead} 人，约 {retry_after_s} 秒后轮到您，请届时再领"),
                format!("About {ahead} people are before you: claim again in {retry_after_s} s"),
            ),
            ClaimRefused::WorkRequired { .. } => lang
                .pick(
                    "领取人数很多，请用本平台页面或按接口文档完成验证后再领",
                    "Very many people claim: use the page, or solve the challenge and claim again",
                )
                .to_owned(),
        }
    }
}

/// Why a voucher does not work on an order.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RedeemRefused {
    /// The present token has rotated since, or was used.
    #[error("the present token is not of this moment")]
    TokenStale,
    /// Used before.
    #[error("the voucher was already redeemed")]
    AlreadyRedeemed {
        /// When.
        redeemed_at: Timestamp,
    },
    /// Its time ran out.
    #[error("the voucher has expired")]
    Expired {
        /// When.
        expired_at: Timestamp,
    },
    /// The bureau took it back.
    #[error("the voucher was voided")]
    Voided,
    /// A case holds it up.
    #[error("the voucher is frozen")]
    Frozen,
    /// Its first usable day is still to come.
    #[error("the voucher is not valid yet")]
    NotYetValid {
        /// From when.
        usable_from: Timestamp,
    },
    /// Not at this hour.
    #[error("the voucher is not usable at this hour")]
    OutsideHours {
        /// When it is next.
        usable_from: Option<Timestamp>,
    },
    /// The order is too small.
    #[error("the order is {short_by} short of the threshold")]
    BelowThreshold {
        /// What is missing.
        short_by: Fen,
        /// From where it works.
        threshold: Fen,
    },
    /// Not in this district.
    #[error("the voucher is not usable in this district")]
    WrongDistrict {
        /// The outlet's.
        district: DistrictCode,
    },
    /// Not for this trade.
    #[error("the voucher is not usable at this kind of merchant")]
    WrongKind {
        /// The merchant's.
        kind: KindCode,
    },
    /// Not at this outlet.
    #[error("the voucher is not usable at this outlet")]
    WrongOutlet,
    /// The outlet is not the clerk's merchant's.
    #[error("the outlet belongs to another merchant")]
    ForeignOutlet,
    /// The clerk works at other outlets of the merchant.
    #[error("the clerk works at other outlets")]
    ClerkElsewhere,
    /// The till stands at another outlet.
    #[error("the till stands at another outlet")]
    TillElsewhere,
    /// The outlet lets enrolled tills alone redeem, and the device is none.
    #[error("enrolled tills alone redeem at this outlet")]
    TillRequired,
    /// The order is above what a clerk redeems alone.
    #[error("an order above {limit} needs the manager")]
    ManagerRequired {
        /// Up to where a clerk does.
        limit: Fen,
    },
    /// The resident has used as many here today as they may.
    #[error("the limit per outlet and day is reached")]
    OutletLimitReached {
        /// The limit.
        limit: i64,
    },
    /// The resident has used as many at this merchant's outlets today as they
    /// may.
    #[error("the limit per merchant and day is reached")]
    MerchantLimitReached {
        /// The limit.
        limit: i64,
    },
    /// A car is bought first, then the voucher redeemed.
    #[error("a car voucher needs the invoice number")]
    InvoiceRequired,
    /// A paper code stands still, so its holder has to be known otherwise.
    #[error("a paper code needs the last four digits")]
    PaperCheckRequired {
        /// Whose.
        asks_for: AsksFor,
    },
    /// The digits are not the holder's.
    #[error("the last four digits are wrong")]
    PaperCheckWrong {
        /// Whose they should be.
        asks_for: AsksFor,
        /// How many more times they may be wrong.
        tries_left: i64,
    },
    /// The digits were wrong too often.
    #[error("the paper is locked after too many wrong digits")]
    PaperLocked,
    /// The paper was printed anew since.
    #[error("another paper was printed since")]
    PaperReplaced,
    /// The order's vouchers do not join each other.
    #[error("the vouchers do not join each other on one order")]
    NotStackable,
    /// The other voucher leaves nothing of the order, or this one takes nothing
    /// off it.
    #[error("the voucher has nothing to take off")]
    NothingLeft,
    /// The voucher does not join a merchant's discount.
    #[error("the voucher does not join a merchant's discount")]
    NotWithDiscount,
    /// The review of the till's merchant said no.
    #[error("the merchant was rejected")]
    MerchantRejected {
        /// Why, as the reviewer wrote.
        reason: String,
    },
    /// The till's merchant takes no part any more.
    #[error("the merchant has lapsed")]
    MerchantLapsed {
        /// Why, as the reviewer wrote.
        reason: String,
    },
    /// The till's merchant is not reviewed yet and has redeemed as much today
    /// as it may.
    #[error("the daily cap of a merchant under review is reached")]
    DailyCapReached {
        /// The cap.
        cap: ProvisionalCap,
    },
}

impl RedeemRefused {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            RedeemRefused::TokenStale => "token_stale",
            RedeemRefused::AlreadyRedeemed { .. } => "already_redeemed",
            RedeemRefused::Expired { .. } => "expired",
            RedeemRefused::Voided => "voided",
            RedeemRefused::Frozen => "frozen",
            RedeemRefused::NotYetValid { .. } => "not_yet_valid",
            RedeemRefused::OutsideHours { .. } => "outside_hours",
            RedeemRefused::BelowThreshold { .. } => "below_threshold",
            RedeemRefused::WrongDistrict { .. } => "wrong_district",
            RedeemRefused::WrongKind { .. } => "wrong_kind",
            RedeemRefused::WrongOutlet
            | RedeemRefused::ForeignOutlet
            | RedeemRefused::ClerkElsewhere
            | RedeemRefused::TillElsewhere => "wrong_outlet",
            RedeemRefused::TillRequired => "till_required",
            RedeemRefused::ManagerRequired { .. } => "manager_required",
            RedeemRefused::OutletLimitReached { .. } => "outlet_limit_reached",
            RedeemRefused::MerchantLimitReached { .. } => "merchant_limit_reached",
            RedeemRefused::InvoiceRequired => "invoice_required",
            RedeemRefused::PaperCheckRequired { .. } => "paper_check_required",
            RedeemRefused::PaperCheckWrong { .. } => "paper_check_wrong",
            RedeemRefused::PaperLocked => "paper_locked",
            RedeemRefused::PaperReplaced => "paper_replaced",
            RedeemRefused::NotWithDiscount => "not_with_discount",
            RedeemRefused::NotStackable => "not_stackable",
            RedeemRefused::NothingLeft => "nothing_left",
            RedeemRefused::MerchantRejected { .. } => "merchant_rejected",
            RedeemRefused::MerchantLapsed { .. } => "merchant_lapsed",
            RedeemRefused::DailyCapReached { .. } => "daily_cap_reached",
        }
    }

    /// What the clerk reads: the reason and the next step.
    #[must_use]
    pub fn words(&self, lang: Lang, zone: Zone) -> String {
        match self {
            RedeemRefused::TokenStale => lang
                .pick(
                    "动态码已更新，请顾客出示最新的码",
                    "The code has changed: ask the customer to show the current one",
                )
                .to_owned(),
            RedeemRefused::AlreadyRedeemed { redeemed_at } => {
                let at = zone.short(*redeemed_at);
                lang.pick(
                    format!("这张券已于 {at} 使用，请换一张"),
                    format!("This voucher was used at {at}: take another"),
                )
            }
            RedeemRefused::Expired { expired_at } => {
                let at = zone.short(*expired_at);
                lang.pick(
                    format!("这张券已于 {at} 过期，请换一张"),
                    format!("This voucher expired at {at}: take another"),
                )
            }
            RedeemRefused::Voided => {
                lang.pick("这张券已作废，请换一张", "This voucher was voided: take another").to_owned()
            }
            RedeemRefused::Frozen => lang
                .pick(
                    "这张券已冻结，市商务局正在核查，请换一张；顾客有疑问可联系市商务局",
                    "This voucher is frozen while the bureau looks into it: take another. The customer may ask the bureau",
                )
                .to_owned(),
            RedeemRefused::NotYetValid { usable_from }
            | RedeemRefused::OutsideHours { usable_from: Some(usable_from) } => {
                let at = zone.short(*usable_from);
                lang.pick(format!("{at} 后可用"), format!("Usable from {at}"))
            }
            RedeemRefused::OutsideHours { usable_from: None } => lang
                .pick("可用时段已全部结束，请换一张", "Its usable hours are over: take another")
                .to_owned(),
            RedeemRefused::BelowThreshold { short_by, threshold } => lang.pick(
                format!("还差{short_by}，满{threshold}可用"),
                format!("{short_by} short: it works from {threshold}"),
            ),
            RedeemRefused::WrongDistrict { .. } => lang
                .pick(
                    "这张券不能在本区县使用，请换一张",
                    "This voucher does not work in this district: take another",
                )
                .to_owned(),
            RedeemRefused::WrongKind { .. } => lang
                .pick(
                    "这张券不能在这类商户使用，请换一张",
                    "This voucher does not work at this kind of merchant: take another",
                )
                .to_owned(),
            RedeemRefused::WrongOutlet => lang
                .pick(
                    "这张券不能在本店使用，请换一张",
                    "This voucher does not work at this outlet: take another",
                )
                .to_owned(),
            RedeemRefused::ForeignOutlet => {
                lang.pick("请选择本商户的门店", "Choose an outlet of your own merchant").to_owned()
            }
            RedeemRefused::ClerkElsewhere => lang
                .pick(
                    "您不在这家门店，请选择自己的门店，或请店主调整",
                    "You work at another outlet: choose your own, or ask the owner",
                )
                .to_owned(),
            RedeemRefused::TillElsewhere => lang
                .pick(
                    "这台收银设备登记在另一家门店，请选那家门店，或重新登记",
                    "This till is enrolled at another outlet: choose that one, or enrol it anew",
                )
                .to_owned(),
            RedeemRefused::TillRequired => lang
                .pick(
                    "本店只能用登记过的收银设备核销：请换登记过的设备，或请店主、店长在本页下方登记这台",
                    "Enrolled tills alone redeem here: use one, or ask the owner or manager to enrol this device at the foot of the till's page",
                )
                .to_owned(),
            RedeemRefused::ManagerRequired { limit } => lang.pick(
                format!("订单超过 {limit}，请核对金额；没有错就请店长或店主来核销"),
                format!("The order is above {limit}: check the amount, and if it is right ask the manager or owner to redeem it"),
            ),
            RedeemRefused::OutletLimitReached { limit } => lang.pick(
                format!("每人每天在同一门店限用 {limit} 张，请换一家店或明天再来"),
                format!("The limit is {limit} per person, outlet and day: use it elsewhere or tomorrow"),
            ),
            RedeemRefused::MerchantLimitReached { limit } => lang.pick(
                format!("每人每天在同一商户（各门店合计）限用 {limit} 张，请换一家商户或明天再来"),
                format!("The limit is {limit} per person, merchant and day, all its outlets together: use it at another merchant or tomorrow"),
            ),
            RedeemRefused::InvoiceRequired => lang
                .pick(
                    "购车券需先开具发票，请填写发票号码",
                    "A car voucher needs the invoice number of the sale",
                )
                .to_owned(),
            RedeemRefused::PaperCheckRequired { asks_for } => {
                let digits = asks_for.word(lang);
                lang.pick(
                    format!("这是纸质券，请问顾客{digits}，填写后再核销"),
                    format!("This is a paper voucher: ask the customer for {digits}"),
                )
            }
            RedeemRefused::PaperCheckWrong { asks_for, tries_left } => {
                let digits = asks_for.word(lang);
                lang.pick(
                    format!("{digits}不对，请再问一次；还可以试 {tries_left} 次"),
                    format!("Not {digits}: ask again; {tries_left} more tries"),
                )
            }
            RedeemRefused::PaperLocked => lang
                .pick(
                    "后四位输错次数过多，这张纸已锁定，请顾客到社区服务点重新打印",
                    "Too many wrong digits: this paper is locked; the community desk prints a new one",
                )
                .to_owned(),
            RedeemRefused::PaperReplaced => lang
                .pick(
                    "这张纸已作废：社区后来重新打印过，请顾客出示新的一张",
                    "This paper is void: a newer one was printed; ask for that",
                )
                .to_owned(),
            RedeemRefused::NotStackable => lang
                .pick(
                    "这两张券不能同单使用：每单一张政府券，最多再加一张可同享的商户让利券",
                    "These vouchers do not join on one order: it takes one of the government's, and one of the merchants' that allows it",
                )
                .to_owned(),
            RedeemRefused::NothingLeft => lang
                .pick(
                    "订单已经抵完，这张券用不上，请只用一张",
                    "Nothing of the order is left for this voucher: use one alone",
                )
                .to_owned(),
            RedeemRefused::NotWithDiscount => lang
                .pick(
                    "这张券不能与店内优惠同用：请取消店内优惠，或换一张券",
                    "This voucher does not join the shop's own discount: leave the discount out, or take another voucher",
                )
                .to_owned(),
            RedeemRefused::MerchantRejected { reason } => lang.pick(
                format!("本店未通过审核，不能核销：{reason}。请店主联系所在区县商务局"),
                format!("The shop did not pass its review and cannot redeem: {reason}. The owner may ask the bureau"),
            ),
            RedeemRefused::MerchantLapsed { reason } => lang.pick(
                format!("本店参加资格已失效，不能核销：{reason}。请店主联系所在区县商务局"),
                format!("The shop takes no part any more and cannot redeem: {reason}. The owner may ask the bureau"),
            ),
            RedeemRefused::DailyCapReached { cap: ProvisionalCap { redemptions, subsidy_fen } } => lang.pick(
                format!("本店待审核，每个营业日最多核销 {redemptions} 笔、补贴{subsidy_fen}，今天放不下这一笔；审核通过后不再限制"),
                format!("The shop is under review: at most {redemptions} redemptions and {subsidy_fen} of subsidy a business day, and this one does not fit today; after the review there is no limit"),
            ),
        }
    }
}

/// Why a redemption is not undone.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReverseRefused {
    /// More than the order has left.
    #[error("the refund is more than the order has left")]
    TooMuch {
        /// What may still be refunded.
        refundable: Fen,
    },
    /// Nothing is left to refund.
    #[error("the redemption is already reversed in whole")]
    AlreadyReversed,
    /// More than a manager may refund at once.
    #[error("the refund is above a manager's limit")]
    AboveLimit {
        /// The most of one reversal.
        limit: Fen,
    },
    /// More than a manager may refund in a business day.
    #[error("the refunds of the day are above a manager's limit")]
    AboveDayLimit {
        /// The most of a day.
        limit: Fen,
        /// What is left of it.
        left: Fen,
    },
    /// The clerk's own time to undo is over.
    #[error("the time to undo is over")]
    UndoOver {
        /// Since when.
        since: Timestamp,
    },
    /// Another person redeemed it.
    #[error("another person redeemed it")]
    AnotherClerks,
}

impl ReverseRefused {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            ReverseRefused::TooMuch { .. } => "refund_too_large",
            ReverseRefused::AlreadyReversed => "already_reversed",
            ReverseRefused::AboveLimit { .. } => "refund_limit",
            ReverseRefused::AboveDayLimit { .. } => "refund_day_limit",
            ReverseRefused::UndoOver { .. } => "undo_over",
            ReverseRefused::AnotherClerks => "another_clerks",
        }
    }

    /// What the clerk reads.
    #[must_use]
    pub fn words(&self, lang: Lang) -> String {
        match self {
            ReverseRefused::TooMuch { refundable } => lang.pick(
                format!("最多还可退{refundable}"),
                format!("At most {refundable} can still be refunded"),
            ),
            ReverseRefused::AlreadyReversed => {
                lang.pick("这笔核销已全部撤销", "This redemption is already reversed in whole").to_owned()
            }
            ReverseRefused::AboveLimit { limit } => lang.pick(
                format!("店长每笔最多退{limit}，请店主办理"),
                format!("A manager refunds at most {limit} at once: ask the owner"),
            ),
            ReverseRefused::AboveDayLimit { limit, left } => lang.pick(
                format!("店长每天最多退{limit}，今天还可退{left}，超出请店主办理"),
                format!(
                    "A manager refunds at most {limit} a day, {left} are left today: ask the owner for more"
                ),
            ),
            ReverseRefused::UndoOver { .. } => lang
                .pick(
                    "已超过 60 秒，不能自行撤销，请店长或店主办理退款",
                    "The 60 seconds are over: ask the manager or the owner for a refund",
                )
                .to_owned(),
            ReverseRefused::AnotherClerks => lang
                .pick(
                    "这笔由其他店员核销，请本人撤销，或请店长、店主办理退款",
                    "Another clerk redeemed it: they may undo it, or the manager or owner refunds it",
                )
                .to_owned(),
        }
    }
}
