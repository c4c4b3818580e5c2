//! `/bureau/offline`: the outlets whose tills may redeem without a network.

use crate::api::caller;
use crate::api::offline::{self as api, AllowOffline, Outlets};
use crate::components::page::Page;
use crate::pages::{loaded, parameter};
use domain::Lang;
use domain::shapes::OfflineOutlet;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The page.
pub(crate) fn offline() -> impl IntoView {
    loaded(api::outlets(parameter("cursor")), |Outlets { allowed, key }| {
        let lang = caller::lang();
        let rows = allowed.items.iter().map(|outlet| row(outlet, &key, lang)).collect_view();
        let outlets = match allowed.items.is_empty() {
            true => view! { <p class="nothing">{lang.pick("还没有门店开通。", "No outlet may redeem without a network yet.")}</p> }.into_any(),
            false => table(rows, lang).into_any(),
        };
        let next = allowed.next_cursor.map(|cursor| {
            view! { <p class="pager"><a class="button button-quiet" href=format!("/bureau/offline?cursor={cursor}")>{lang.pick("下一页", "Next page")}</a></p> }
        });
        view! {
            <Page title=lang.pick("离线核销", "Redeeming without a network") class="page-wide">
                <h1 id="offline">{lang.pick("离线核销", "Redeeming without a network")}</h1>
                <p class="quiet">{lang.pick(
                    "默认关闭。开通后，该门店登记过的收银设备断网时可在限额内核销，联网后自动送达；先到的入账，重复的转为案件。",
                    "Off by default. An allowed outlet's enrolled tills go on within the limits; what they redeemed arrives later, the first is booked, a second opens a case.",
                )}</p>
                {allow(&key, lang)}
                {outlets}
                {next}
                <p><a href="/bureau">{lang.pick("回总览", "Back to the overview")}</a></p>
            </Page>
        }
    })
}

fn table(rows: impl IntoView + 'static, lang: Lang) -> impl IntoView {
    view! {
        <div class="table-box" tabindex="0" role="region" aria-labelledby="offline">
            <table class="figures">
                <thead><tr>
                    <th scope="col">{lang.pick("门店", "Outlet")}</th>
                    <th scope="col" class="num">{lang.pick("每台每日笔数", "A day and till")}</th>
                    <th scope="col" class="num">{lang.pick("每台每日补贴", "Subsidy a day and till")}</th>
                    <th scope="col">{lang.pick("操作", "Action")}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

fn allow(key: &str, lang: Lang) -> impl IntoView + use<> {
    let key = format!("{key}-allow");
    view! {
        <form class="card form" method="post" action=AllowOffline::url()>
            <input type="hidden" name="key" value=key/>
            <label class="field">
                <span>{lang.pick("门店编号", "The outlet's number")}</span>
                <input name="outlet_id" type="text" required inputmode="numeric" autocomplete="off"/>
            </label>
            <label class="field">
                <span>{lang.pick("每台设备每日笔数（1–500）", "Redemptions of a till in a day, 1 to 500")}</span>
                <input name="redemptions" type="number" required min="1" max="500" value="50"/>
            </label>
            <label class="field">
                <span>{lang.pick("每台设备每日补贴（元，1–50000）", "Subsidy of a till in a day, ¥1 to ¥50,000")}</span>
                <input name="subsidy_yuan" type="number" required min="1" max="50000" value="1000"/>
            </label>
            <button class="button" type="submit" data-testid="allow-offline">{lang.pick("开通", "Allow")}</button>
        </form>
    }
}

fn row(outlet: &OfflineOutlet, key: &str, lang: Lang) -> impl IntoView + use<> {
    let name = lang.of(&outlet.outlet_name, &outlet.outlet_name_en).to_owned();
    let merchant = lang.of(&outlet.merchant_name, &outlet.merchant_name_en).to_owned();
    let id = outlet.outlet_id.to_string();
    let key = format!("{key}-{id}");
    view! {
        <tr data-outlet=id.clone()>
            <th scope="row">{merchant} " · " {name} " (" {id.clone()} ")"</th>
            <td class="num">{outlet.limits.redemptions}</td>
            <td class="num">{outlet.limits.subsidy_fen.to_string()}</td>
            <td>
                <form method="post" action=AllowOffline::url()>
                    <input type="hidden" name="outlet_id" value=id.clone()/>
                    <input type="hidden" name="key" value=key/>
                    <input type="hidden" name="forbid" value="true"/>
                    <button class="button button-quiet" type="submit" data-testid="forbid-offline">{lang.pick("停用", "Stop")}</button>
                </form>
            </td>
        </tr>
    }
}
