//! What the bureau's reviews share.

use domain::{Lang, ReviewKind};
use leptos::prelude::*;

/// The filters by kind; `district` is a part of the address.
pub(super) fn review_kinds(here: Option<ReviewKind>, district: &str, lang: Lang) -> impl IntoView + use<> {
    let chip = |kind: Option<ReviewKind>, path: &str, mark: char, words: &'static str| {
        let (current, district) = ((here == kind).then_some("page"), district.trim_start_matches(['?', '&']));
        let href = if district.is_empty() { path.to_owned() } else { format!("{path}{mark}{district}") };
        view! { <a class="chip" href=href aria-current=current>{words}</a> }
    };
    view! {
        <nav class="chips" aria-label=lang.pick("审核什么", "What is reviewed")>
            {chip(None, "/bureau/reviews", '?', lang.pick("全部", "Everything"))}
            {chip(Some(ReviewKind::Merchant), "/bureau/reviews?kind=merchant", '&', ReviewKind::Merchant.word(lang))}
            {chip(Some(ReviewKind::Promotion), "/bureau/reviews/promotions", '?', ReviewKind::Promotion.word(lang))}
        </nav>
    }
}

/// For how long something waits: days and hours, or hours and minutes.
pub(super) fn waited(seconds: i64, lang: Lang) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    match (days, hours) {
        (0, 0) => lang.pick(format!("已等 {minutes} 分钟"), format!("waits for {minutes} min")),
        (0, _) => {
            lang.pick(format!("已等 {hours} 小时 {minutes} 分"), format!("waits for {hours} h {minutes} min"))
        }
        _ => lang.pick(format!("已等 {days} 天 {hours} 小时"), format!("waits for {days} d {hours} h")),
    }
}

/// What the shortcuts of a review do. They are access keys: they need no
/// JavaScript, and each browser says with which other key they are pressed.
pub(super) fn shortcut_words(lang: Lang) -> impl IntoView {
    view! {
        <p class="quiet review-keys">{lang.pick(
            "快捷键（Alt+字母；Mac 为 Ctrl+Option+字母）：N 打开等得最久的一条，A 通过，R 填退回原因。",
            "Shortcuts (Alt and a letter; on a Mac Ctrl, Option and a letter): N opens what waits longest, A approves, R goes to the reason.",
        )}</p>
    }
}
