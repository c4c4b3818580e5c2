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
            {(standing.state == MerchantState::Rejected).then(|| view! {
                " " <a href="/shop/join" data-testid="apply-again">{lang.pick("修改后重新申请", "Mend it and apply again")}</a>
            })}
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
        None if standing.state == MerchantState::Reapplied => {
            let reason = &standing.reason;
            lang.pick(
                format!("审核通过以前，优惠不显示，收银台停用。上次未通过的原因：{reason}"),
                format!("Until the review promotions are offline and tills refuse. Why it was turned down before: {reason}"),
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
