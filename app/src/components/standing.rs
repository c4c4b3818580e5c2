//! Where one's own merchant stands, while it is not simply live.

use crate::api::caller;
use backend::Standing;
use domain::{Lang, MerchantState, ProvisionalCap};
use leptos::prelude::*;

/// What its people should know; nothing about one that is simply live.
pub(crate) fn standing(standing: &Standing) -> Option<impl IntoView + use<>> {
    let lang = caller::lang();
    if standing.state == MerchantState::Live {
        return None;
    }
    let class = if standing.state.takes_part() { "notice" } else { "notice notice-warn" };
    let words = words(standing, lang);
    Some(view! {
        <p class=class data-state=standing.state.code() data-testid="standing">
            <b>{standing.state.word(lang)}</b> " " {words}
        </p>
    })
}

fn words(standing: &Standing, lang: Lang) -> String {
    match standing.day {
        Some(day) => {
            let ProvisionalCap { redemptions, subsidy_fen } = day.cap;
            let (redeemed, subsidized) = (day.redeemed, day.subsidized);
            lang.pick(
                format!("今天已核销 {redeemed}/{redemptions} 笔、补贴 {subsidized}/{subsidy_fen}；审核通过后不再限制。"),
                format!("{redeemed} of {redemptions} redemptions and {subsidized} of {subsidy_fen} subsidy used today; after the review there is no limit."),
            )
        }
        None => {
            let reason = &standing.reason;
            lang.pick(
                format!("优惠已下线，收银台停用：{reason}。请联系所在区县商务局。"),
                format!("Promotions are offline and tills refuse: {reason}. Ask the district's bureau."),
            )
        }
    }
}
