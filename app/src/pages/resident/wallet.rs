//! `/wallet`: what the reader holds.

use crate::api::{caller, vouchers};
use crate::components::empty::Empty;
use crate::components::page::Page;
use crate::components::ticket::VoucherTicket;
use crate::pages::{loaded, parameter};
use domain::shapes::VoucherShape;
use domain::{Lang, ListQuery, VoucherState};
use leptos::prelude::*;

/// The page.
pub(crate) fn wallet() -> impl IntoView {
    let query = ListQuery { limit: Some("50".to_owned()), cursor: parameter("cursor") };
    loaded(vouchers::mine(query), |list| {
        let lang = caller::lang();
        let nothing = list.items.is_empty();
        let next = list.next_cursor.map(|cursor| format!("/wallet?cursor={}", caller::encoded(&cursor)));
        let (usable, rest): (Vec<_>, Vec<_>) =
            list.items.into_iter().partition(|voucher| voucher.state == VoucherState::Issued);
        let (frozen, other): (Vec<_>, Vec<_>) =
            rest.into_iter().partition(|voucher| voucher.state == VoucherState::Frozen);
        let why = (!frozen.is_empty()).then(|| {
            view! { <p class="notice notice-warn" data-testid="frozen">{frozen_words(lang)}</p> }
        });
        view! {
            <Page title=lang.pick("券包", "Wallet")>
                <h1 class="title">{lang.pick("我的券包", "My wallet")}</h1>
                {nothing.then(|| view! {
                    <Empty words=lang.pick("还没有消费券，去抢一张吧", "No vouchers yet: claim one") href="/vouchers"
                        label=lang.pick("去抢券", "See the rounds")/>
                })}
                {why}
                <Group title=lang.pick("可使用", "To use") vouchers=usable/>
                <Group title=lang.pick("已冻结", "Frozen") vouchers=frozen/>
                <Group title=lang.pick("已使用或失效", "Used or over") vouchers=other/>
                {next.map(|next| view! {
                    <p class="pager"><a class="button button-quiet" rel="next" href=next>{lang.pick("下一页", "Next page")}</a></p>
                })}
            </Page>
        }
    })
}

/// What a resident reads of a frozen voucher, and whom to ask.
pub(super) fn frozen_words(lang: Lang) -> &'static str {
    lang.pick(
        "市商务局正在核查与本账户有关的一笔核销，标为“已冻结”的券暂不能用，有效期照常计算；核查结束、仍在有效期内的会恢复可用。有疑问请带上券号联系市商务局。",
        "The city's commerce bureau is looking into a redemption of this account, and vouchers marked as frozen cannot be used meanwhile. Their validity runs on; those still valid when it is done can be used again. Questions: ask the commerce bureau, with the voucher's number.",
    )
}

#[component]
fn Group(title: &'static str, vouchers: Vec<VoucherShape>) -> impl IntoView {
    (!vouchers.is_empty()).then(|| {
        view! {
            <section class="block">
                <h2>{title} " " <span class="count">{vouchers.len()}</span></h2>
                <div class="tickets">{vouchers.into_iter().map(|voucher| view! { <VoucherTicket voucher/> }).collect_view()}</div>
            </section>
        }
    })
}
