//! `/shop`: a merchant's start page.

use crate::api::shop::Shop;
use crate::api::{caller, shop as api};
use crate::components::icon::{self, Icon};
use crate::components::page::Page;
use crate::components::standing::standing;
use crate::figures::{count, yuan};
use crate::pages::loaded;
use domain::shapes::{OutletShape, SaleShape};
use domain::{Lang, WeeklyHours};
use leptos::either::Either;
use leptos::prelude::*;

/// So many of the day's redemptions are listed.
const LISTED: usize = 100;

/// The page.
pub(crate) fn shop() -> impl IntoView {
    loaded(api::today(), show)
}

fn show(shop: Shop) -> impl IntoView {
    let lang = caller::lang();
    let merchant = &shop.merchant;
    let name = lang.of(&merchant.name, &merchant.name_en).to_owned();
    let kind = lang.of(&merchant.kind_name, &merchant.kind_name_en).to_owned();
    let outlets = merchant.outlets.iter().map(|outlet| outlet_card(outlet, lang));
    let outlets = outlets.collect_view();
    let demo =
        merchant.demo.then(|| view! { <span class="demo-mark">{lang.pick("演示数据", "Demo data")}</span> });
    view! {
        <Page title=name.clone() class="shop-page">
            <header class="shop-head">
                <p class="shop-kind">{kind}{demo}</p>
                <h1>{name}</h1>
            </header>
            {standing(&shop.standing)}
            <a class="shop-till" href="/shop/till">
                <Icon path=icon::TICKET/>
                <span>
                    <strong>{lang.pick("打开收银台", "Open the till")}</strong>
                    <small>{lang.pick("扫码或输入动态码，核销消费券", "Scan or type a code to redeem a voucher")}</small>
                </span>
                <Icon path=icon::NEXT/>
            </a>
            {shop.sees_statements.then(|| statement_link(lang))}
            {shop.sees_statements.then(|| settlement_link(lang))}
            {shop.sees_statements.then(|| risk_link(lang))}
            {shop.posts.then(|| promotions_link(lang))}
            {day(&shop, lang)}
            {shop.manages.then(|| people_link(lang))}
            <section aria-labelledby="outlets">
                <h2 id="outlets">{lang.pick("门店", "Outlets")}</h2>
                <ul class="shop-outlets">{outlets}</ul>
            </section>
        </Page>
    }
}

fn statement_link(lang: Lang) -> impl IntoView {
    view! {
        <a class="shop-statement" href="/shop/statement">
            <Icon path=icon::CALENDAR/>
            <span>
                <strong>{lang.pick("对账单", "Statement")}</strong>
                <small>{lang.pick("按门店和营业日，与台账逐分相等", "By outlet and business day, equal to the ledger to the fen")}</small>
            </span>
            <Icon path=icon::NEXT/>
        </a>
    }
}

fn settlement_link(lang: Lang) -> impl IntoView {
    view! {
        <a class="shop-statement" href="/shop/settlement">
            <Icon path=icon::TICKET/>
            <span>
                <strong>{lang.pick("结算", "Settlement")}</strong>
                <small>{lang.pick("每周批次：确认、暂扣的明细、付款", "The weekly batches: confirm, what is withheld, what is paid")}</small>
            </span>
            <Icon path=icon::NEXT/>
        </a>
    }
}

fn risk_link(lang: Lang) -> impl IntoView {
    view! {
        <a class="shop-statement" href="/shop/risk">
            <Icon path=icon::CLOCK/>
            <span>
                <strong>{lang.pick("离线与核查", "Offline and under review")}</strong>
                <small>{lang.pick("离线核销的结果，重复使用的案件", "What became of offline redemptions, and cases")}</small>
            </span>
            <Icon path=icon::NEXT/>
        </a>
    }
}

fn people_link(lang: Lang) -> impl IntoView {
    view! {
        <a class="shop-statement" href="/shop/clerks">
            <Icon path=icon::PERSON/>
            <span>
                <strong>{lang.pick("店员与设备", "People and tills")}</strong>
                <small>{lang.pick("扫码邀请店员，登记和停用收银设备", "Invite clerks by QR, switch tills on and off")}</small>
            </span>
            <Icon path=icon::NEXT/>
        </a>
    }
}

fn promotions_link(lang: Lang) -> impl IntoView {
    view! {
        <a class="shop-statement" href="/shop/promotions">
            <Icon path=icon::TAG/>
            <span>
                <strong>{lang.pick("优惠活动", "Promotions")}</strong>
                <small>{lang.pick("发布、修改、查看审核结果", "Post, edit, see what the bureau says")}</small>
            </span>
            <Icon path=icon::NEXT/>
        </a>
    }
}

fn day(shop: &Shop, lang: Lang) -> impl IntoView + use<> {
    let (orders, subsidies) = shop.sums();
    let sales = count(i64::try_from(shop.redemptions.len()).unwrap_or(i64::MAX));
    let sales = if shop.cut { format!("{sales}+") } else { sales };
    let date = shop.today.to_string();
    let list = if shop.redemptions.is_empty() {
        Either::Left(nothing(lang))
    } else {
        Either::Right(sales_table(&shop.redemptions, lang))
    };
    view! {
        <section aria-labelledby="today">
            <h2 id="today">{lang.pick("今日核销", "Redeemed today")}</h2>
            <p class="shop-day">
                <time datetime=date.clone() class="digits">{date.clone()}</time>
                {lang.pick(" 营业日，至次日 06:00", ", the business day until 06:00 of the next morning")}
            </p>
            <dl class="shop-sums">
                <div><dt>{lang.pick("笔数", "Redemptions")}</dt><dd class="digits">{sales}</dd></div>
                <div><dt>{lang.pick("订单金额", "Orders")}</dt><dd class="digits">"¥"{yuan(orders)}</dd></div>
                <div><dt>{lang.pick("补贴金额", "Subsidy")}</dt><dd class="digits">"¥"{yuan(subsidies)}</dd></div>
            </dl>
            {list}
        </section>
    }
}

fn nothing(lang: Lang) -> impl IntoView {
    view! {
        <p class="shop-nothing">
            {lang.pick("今天还没有核销。顾客出示动态码时，打开收银台扫一扫。", "Nothing redeemed yet today. When a customer shows a code, open the till and scan it.")}
        </p>
    }
}

fn sales_table(sales: &[SaleShape], lang: Lang) -> impl IntoView + use<> {
    let rows = sales.iter().take(LISTED).map(|sale| sale_row(sale, lang));
    let rows = rows.collect_view();
    view! {
        <div class="table-box" tabindex="0" role="region" aria-labelledby="today">
            <table class="figures">
                <thead><tr>
                    <th scope="col">{lang.pick("时间", "Time")}</th>
                    <th scope="col" class="num">{lang.pick("回执码", "Receipt")}</th>
                    <th scope="col" class="num">{lang.pick("订单", "Order")}</th>
                    <th scope="col" class="num">{lang.pick("立减", "Off")}</th>
                    <th scope="col" class="num">{lang.pick("顾客付", "Paid")}</th>
                    <th scope="col">{lang.pick("门店", "Outlet")}</th>
                    <th scope="col">{lang.pick("店员", "Clerk")}</th>
                    <th scope="col">{lang.pick("收银设备", "Till")}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

fn sale_row(named: &SaleShape, lang: Lang) -> impl IntoView + use<> {
    let sale = &named.redemption;
    let time = sale.redeemed_at.get(11..19).unwrap_or_default().to_owned();
    let refunded = (sale.refunded_fen.get() > 0).then(|| {
        let back = yuan(sale.refunded_fen);
        view! { <small class="shop-refund">{lang.pick("已退 ", "Refunded ")}{back}</small> }
    });
    let outlet = lang.of(&sale.outlet_name, &sale.outlet_name_en).to_owned();
    view! {
        <tr>
            <th scope="row" class="num"><time datetime=sale.redeemed_at.clone()>{time}</time></th>
            <td class="num shop-receipt"><a href=format!("/shop/redemptions/{}", sale.redemption_id)>{sale.receipt_code.to_string()}</a></td>
            <td class="num">{yuan(sale.order_fen)}{refunded}</td>
            <td class="num">{yuan(sale.subsidy_fen)}</td>
            <td class="num">{yuan(sale.payable_fen)}</td>
            <td>{outlet}</td>
            <td>{named.clerk_name.clone()}</td>
            <td>{named.till_name.clone().unwrap_or_else(|| "—".to_owned())}</td>
        </tr>
    }
}

fn outlet_card(outlet: &OutletShape, lang: Lang) -> impl IntoView + use<> {
    let name = lang.of(&outlet.name, &outlet.name_en).to_owned();
    let address = lang.of(&outlet.address, &outlet.address_en).to_owned();
    let district = lang.of(&outlet.district_name, &outlet.district_name_en).to_owned();
    let hours = outlet.hours.parse::<WeeklyHours>();
    let hours = hours.map_or_else(|_| outlet.hours.clone(), |hours| hours.words(lang));
    let (state, words) = if outlet.open_now {
        ("open", lang.pick("营业中", "Open now"))
    } else {
        ("closed", lang.pick("已打烊", "Closed now"))
    };
    view! {
        <li class="shop-outlet">
            <p class="shop-outlet-name"><strong>{name}</strong><span class="shop-state" data-state=state>{words}</span></p>
            <p>{district}" · "{address}</p>
            <p>{hours}</p>
        </li>
    }
}
