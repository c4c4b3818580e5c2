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
