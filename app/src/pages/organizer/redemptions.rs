//! `/bureau/redemptions`: a business day's redemptions, with clerk and till.

use crate::api::caller;
use crate::api::redemptions::{self as api, BureauSales};
use crate::components::page::Page;
use crate::figures::yuan;
use crate::pages::{loaded, parameter};
use domain::shapes::{BureauSale, DistrictShape};
use domain::{Lang, SalesQuery};
use leptos::either::Either;
use leptos::prelude::*;

/// So many stand on a page.
const LISTED: &str = "100";

/// The page.
pub(crate) fn redemptions() -> impl IntoView {
    let query =
        SalesQuery { day: parameter("day"), limit: Some(LISTED.to_owned()), cursor: parameter("cursor") };
    loaded(api::of_day(query), show)
}

fn show(page: BureauSales) -> impl IntoView {
    let lang = caller::lang();
    let BureauSales { day, sales, districts } = page;
    let next = sales.next_cursor.map(|cursor| {
        let href = format!("/bureau/redemptions?day={day}&cursor={}", caller::encoded(&cursor));
        view! { <p class="pager"><a class="button button-quiet" href=href>{lang.pick("更早的", "Earlier")}</a></p> }
    });
    let list = if sales.items.is_empty() {
        Either::Left(
            view! { <p class="nothing">{lang.pick("这个营业日还没有核销。", "Nothing was redeemed on this business day.")}</p> },
        )
    } else {
        Either::Right(table(lang, &sales.items, &districts))
    };
    view! {
        <Page title=lang.pick("核销明细", "Redemptions") class="page-wide bureau-page">
            <h1 id="redemptions">{lang.pick("核销明细", "Redemptions")}</h1>
            <form class="range" method="get" action="/bureau/redemptions">
                <label class="field">
                    <span>{lang.pick("营业日（至次日 06:00）", "Business day, until 06:00 of the next morning")}</span>
                    <input name="day" type="date" required value=day/>
                </label>
                <button class="button" type="submit">{lang.pick("查看", "Show")}</button>
            </form>
            {list}
            {next}
            <p><a href="/bureau">{lang.pick("回总览", "Back to the overview")}</a></p>
        </Page>
    }
}

fn table(lang: Lang, sales: &[BureauSale], districts: &[DistrictShape]) -> impl IntoView + use<> {
    let rows = sales.iter().map(|sale| row(lang, sale, districts)).collect_view();
    view! {
        <div class="table-box" tabindex="0" role="region" aria-labelledby="redemptions">
            <table class="figures">
                <thead><tr>
                    <th scope="col">{lang.pick("时间", "Time")}</th>
                    <th scope="col">{lang.pick("区县", "District")}</th>
                    <th scope="col">{lang.pick("商户与门店", "Merchant and outlet")}</th>
                    <th scope="col" class="num">{lang.pick("订单", "Order")}</th>
                    <th scope="col" class="num">{lang.pick("补贴", "Subsidy")}</th>
                    <th scope="col" class="num">{lang.pick("已退订单", "Refunded")}</th>
                    <th scope="col">{lang.pick("店员", "Clerk")}</th>
                    <th scope="col">{lang.pick("收银设备", "Till")}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

fn row(lang: Lang, sale: &BureauSale, districts: &[DistrictShape]) -> impl IntoView + use<> {
    let redemption = &sale.sale.redemption;
    let time = redemption.redeemed_at.get(11..19).unwrap_or_default().to_owned();
    let district = districts.iter().find(|district| district.code == sale.district);
    let district = district.map(|district| lang.of(&district.name, &district.name_en).to_owned());
    let merchant = lang.of(&sale.merchant_name, &sale.merchant_name_en).to_owned();
    let outlet = lang.of(&redemption.outlet_name, &redemption.outlet_name_en).to_owned();
    view! {
        <tr data-redemption=redemption.redemption_id.to_string()>
            <th scope="row" class="num"><time datetime=redemption.redeemed_at.clone()>{time}</time></th>
            <td>{district}</td>
            <td>{merchant} " · " {outlet}</td>
            <td class="num">{yuan(redemption.order_fen)}</td>
            <td class="num">{yuan(redemption.subsidy_fen)}</td>
            <td class="num">{yuan(redemption.refunded_fen)}</td>
            <td>{sale.sale.clerk_name.clone()}</td>
            <td>{sale.sale.till_name.clone().unwrap_or_else(|| "—".to_owned())}</td>
        </tr>
    }
}
