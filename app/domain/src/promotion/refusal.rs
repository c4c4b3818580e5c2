//! Why the rules say no to what is done with a promotion.

use super::{Fault, PromotionState, PromotionStep, RevisionState};
use crate::Lang;

/// The rules say no.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PromotionRefused {
    /// The step is none from where the promotion stands.
    #[error("a promotion that is {state} cannot take the step {step}")]
    WrongState {
        /// Where it stands.
        state: PromotionState,
        /// Where its revision stands.
        revision: Option<RevisionState>,
        /// The step.
        step: PromotionStep,
    },
    /// Somebody else changed it after it was looked at.
    #[error("it was changed meanwhile")]
    ChangedMeanwhile,
    /// Some fields are not as they have to be.
    #[error("{} fields are not as they have to be", faults.len())]
    Incomplete {
        /// Which, and what is wrong.
        faults: Vec<Fault>,
    },
    /// The merchant has as many that have not ended as it may.
    #[error("at most {limit} promotions")]
    TooMany {
        /// How many.
        limit: i64,
    },
    /// It has as many photos as it may.
    #[error("at most {limit} photos")]
    TooManyPhotos {
        /// How many.
        limit: i64,
    },
    /// The file is too large.
    #[error("a photo has at most {limit} bytes")]
    PhotoTooLarge {
        /// In bytes.
        limit: i64,
    },
    /// The picture has too many pixels; it was not decoded.
    #[error("a photo has at most {limit} pixels")]
    TooManyPixels {
        /// How many.
        limit: i64,
    },
    /// The file's content is none of the kinds of picture that are taken.
    #[error("neither JPEG, PNG nor WebP")]
    NotAPhoto,
    /// The picture cannot be decoded.
    #[error("the picture is broken")]
    BrokenPhoto,
}

impl PromotionRefused {
    /// The HTTP status.
    #[must_use]
    pub const fn status(&self) -> u16 {
        use PromotionRefused as No;
        match self {
            No::WrongState { .. } | No::ChangedMeanwhile | No::TooMany { .. } | No::TooManyPhotos { .. } => {
                409
            }
            No::PhotoTooLarge { .. } => 413,
            No::NotAPhoto => 415,
            No::Incomplete { .. } | No::TooManyPixels { .. } | No::BrokenPhoto => 422,
        }
    }

    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        use PromotionRefused as No;
        match self {
            No::WrongState { .. } => "wrong_state",
            No::ChangedMeanwhile => "changed_meanwhile",
            No::Incomplete { .. } => "incomplete",
            No::TooMany { .. } => "too_many_promotions",
            No::TooManyPhotos { .. } => "too_many_photos",
            No::PhotoTooLarge { .. } => "photo_too_large",
            No::TooManyPixels { .. } => "too_many_pixels",
            No::NotAPhoto => "not_a_photo",
            No::BrokenPhoto => "broken_photo",
        }
    }

    /// What the person reads: what happened, and what to do next.
    #[must_use]
    pub fn words(&self, lang: Lang) -> String {
        use PromotionRefused as No;
        match self {
            No::WrongState { state, revision, step } => {
                let stands = revision.map_or_else(|| state.word(lang), |revision| revision.word(lang));
                lang.pick(
                    format!("这条优惠活动当前为“{stands}”，不能{}，请刷新页面", step.word(lang)),
                    format!(
                        "This promotion stands at “{stands}”: nobody can {} it. Reload the page",
                        step.word(lang)
                    ),
                )
            }
            No::ChangedMeanwhile => lang
                .pick(
                    "内容刚刚有变动，请刷新后再看一遍",
                    "It was changed a moment ago: reload the page and look again",
                )
                .to_owned(),
            No::Incomplete { faults } => {
                let told = faults.iter().map(|fault| fault.words(lang)).collect::<Vec<_>>();
                let told = told.join(lang.pick("；", "; "));
                lang.pick(format!("还不能提交：{told}"), format!("Not ready yet: {told}"))
            }
            No::TooMany { limit } => lang.pick(
                format!("未结束的优惠活动最多 {limit} 条，请先结束几条"),
                format!("At most {limit} promotions that have not ended: end some first"),
            ),
            No::TooManyPhotos { limit } => lang.pick(
                format!("照片最多 {limit} 张，请先删除一张"),
                format!("At most {limit} photos: remove one first"),
            ),
            No::PhotoTooLarge { limit } => {
                let megabytes = limit / (1024 * 1024);
                lang.pick(
                    format!("照片超过 {megabytes} MB，请换一张小一些的"),
                    format!("The photo has more than {megabytes} MB: choose a smaller one"),
                )
            }
            No::TooManyPixels { limit } => {
                let million = limit / 1_000_000;
                lang.pick(
                    format!("照片超过 {million} 百万像素或边长过大，请缩小后再传"),
                    format!(
                        "The photo has more than {million} megapixels, or too long an edge: make it smaller"
                    ),
                )
            }
            No::NotAPhoto => lang
                .pick("这个文件不是 JPEG、PNG 或 WebP 照片", "This file is no photo in JPEG, PNG or WebP")
                .to_owned(),
            No::BrokenPhoto => lang
                .pick(
                    "照片打不开，文件可能不完整，请重新选择",
                    "The photo cannot be opened, the file may be incomplete: choose it again",
                )
                .to_owned(),
        }
    }
}
