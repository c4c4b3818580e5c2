//! The way between the bureau's reviews.

use domain::Lang;
use leptos::prelude::*;

/// What is reviewed on a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reviewed {
    Merchants,
    Promotions,
}

/// The links to both reviews.
pub(super) fn review_tabs(here: Reviewed, lang: Lang) -> impl IntoView {
    let current = |page| (here == page).then_some("page");
    view! {
        <nav class="chips" aria-label=lang.pick("审核", "Reviews")>
            <a class="chip" href="/bureau/reviews" aria-current=current(Reviewed::Merchants)>
                {lang.pick("商户审核", "Merchants")}
            </a>
            <a class="chip" href="/bureau/reviews/promotions" aria-current=current(Reviewed::Promotions)>
                {lang.pick("优惠活动审核", "Promotions")}
            </a>
        </nav>
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
