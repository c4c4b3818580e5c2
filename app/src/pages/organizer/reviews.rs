//! `/bureau/reviews`: the queue or, with `state`, the merchants that joined by
//! commitment and stand so; and `/bureau/reviews/merchants/{id}`: one of them, to
//! be decided on.

use crate::api::caller;
use crate::api::merchant_reviews::{self as api, DecideMerchant, OneMerchant, Standing};
use crate::components::page::Page;
use crate::components::when::When;
use crate::pages::organizer::queue::queue;
use crate::pages::organizer::review_tabs::{review_kinds, shortcut_words};
use crate::pages::{id_in_path, loaded, parameter};
use domain::shapes::{KindShape, MerchantReviewShape, OutletShape, WaitingMerchant};
use domain::{KindCode, Lang, MerchantDecision, MerchantState, ReviewKind, WeeklyHours};
use leptos::either::Either;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The page of what waits, or of the merchants that stand so.
pub(crate) fn reviews() -> impl IntoView {
    match parameter("state") {
        None => Either::Left(queue()),
        Some(state) => {
            let cursor = parameter("cursor");
            Either::Right(loaded(async move { api::standing(&state, cursor).await }, list))
        }
    }
}

/// The page of one.
pub(crate) fn merchant_review() -> impl IntoView {
    loaded(api::one(id_in_path()), one)
}

fn list(standing: Standing) -> impl IntoView {
    let lang = caller::lang();
    let place =
        standing.district.as_ref().map(|district| lang.of(&district.name, &district.name_en).to_owned());
    let state = standing.state;
    let address = |state: MerchantState, rest: &str| format!("/bureau/reviews?state={state}{rest}");
    let tabs = MerchantState::ALL.iter().map(|tab| {
        let here = (*tab == state).then_some("page");
        view! { <a class="button button-quiet" href=address(*tab, "") aria-current=here>{tab.word(lang)}</a> }
    });
    let tabs = tabs.collect_view();
    let rows = standing.merchants.items.iter().map(|merchant| row(merchant, &standing, lang)).collect_view();
    let none = standing.merchants.items.is_empty();
    let next = standing.merchants.next_cursor.clone();
    view! {
        <Page title=lang.pick("商户", "Merchants") class="page-wide">
            <h1 class="title">{lang.pick("商户", "Merchants")} {place.map(|place| view! { <span class="desk-place">{place}</span> })}</h1>
            {review_kinds(Some(ReviewKind::Merchant), "", lang)}
            <nav class="form-next review-tabs" aria-label=lang.pick("状态", "State")>{tabs}</nav>
            {match none {
                true => view! { <p class="notice" data-testid="no-reviews">{lang.pick("自行申请加入的商户里，没有处于这个状态的。", "No merchant that joined by itself is in this state.")}</p> }.into_any(),
                false => table(rows, lang).into_any(),
            }}
            {next.map(|cursor| view! {
                <p class="pager"><a class="button button-quiet" href=address(state, &format!("&cursor={cursor}"))>{lang.pick("下一页", "Next page")}</a></p>
            })}
        </Page>
    }
}

fn table(rows: impl IntoView + 'static, lang: Lang) -> impl IntoView {
    view! {
        <div class="table-box" tabindex="0" role="region" aria-label=lang.pick("商户", "Merchants")>
            <table class="figures">
                <thead><tr>
                    <th scope="col">{lang.pick("商户", "Merchant")}</th>
                    <th scope="col">{lang.pick("类别", "Trade")}</th>
                    <th scope="col">{lang.pick("区县", "District")}</th>
                    <th scope="col" class="num">{lang.pick("门店", "Outlets")}</th>
                    <th scope="col">{lang.pick("签署", "Signed")}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

fn row(merchant: &WaitingMerchant, standing: &Standing, lang: Lang) -> impl IntoView + use<> {
    let district = standing.districts.iter().find(|district| district.code == merchant.district);
    let district = district.map(|district| lang.of(&district.name, &district.name_en).to_owned());
    let name = lang.of(&merchant.name, &merchant.name_en).to_owned();
    let id = merchant.merchant_id;
    view! {
        <tr data-merchant=id.to_string()>
            <th scope="row"><a class="row-link" href=format!("/bureau/reviews/merchants/{id}")>{name}</a></th>
            <td>{kind_name(&standing.kinds, &merchant.kind, lang)}</td>
            <td>{district}</td>
            <td class="num">{merchant.outlets}</td>
            <td>{When::here().moment(&merchant.signed_at)}</td>
        </tr>
    }
}

fn kind_name(kinds: &[KindShape], kind: &KindCode, lang: Lang) -> String {
    let known = kinds.iter().find(|known| known.code == *kind);
    known.map_or_else(|| kind.to_string(), |kind| lang.of(&kind.name, &kind.name_en).to_owned())
}

fn one(OneMerchant { merchant, kinds, key }: OneMerchant) -> impl IntoView {
    let lang = caller::lang();
    let name = lang.of(&merchant.name, &merchant.name_en).to_owned();
    let reason = Some(merchant.reason.clone()).filter(|reason| !reason.is_empty());
    let outlets = merchant.outlets.iter().map(|outlet| outlet_facts(outlet, lang)).collect_view();
    let (facts, clauses) = (facts(&merchant, &kinds, lang), clauses(&merchant, lang));
    let decisions = merchant.decisions.iter().map(|decision| decide(&merchant, *decision, &key, lang));
    let decisions = decisions.collect_view();
    view! {
        <Page title=name.clone() class="review-page">
            <h1>{name}</h1>
            <p class="notice" data-state=merchant.state.code() data-testid="merchant-state">
                <b>{merchant.state.word(lang)}</b> {reason.map(|reason| format!("：{reason}"))}
            </p>
            {facts}
            <section class="card">
                <h2>{lang.pick("门店", "Outlets")}</h2>
                <ul class="join-outlets">{outlets}</ul>
            </section>
            {clauses}
            <section class="review-decisions">
                <h2>{lang.pick("决定", "Decide")}</h2>
                {shortcut_words(lang)}
                {decisions}
            </section>
            <p><a class="button button-quiet" href="/bureau/reviews">{lang.pick("回审核列表", "Back to the list")}</a></p>
        </Page>
    }
}

fn facts(merchant: &MerchantReviewShape, kinds: &[KindShape], lang: Lang) -> impl IntoView + use<> {
    let fact = |name: &'static str, value: Option<String>| {
        value.map(|value| view! { <dt>{name}</dt> <dd class="digits">{value}</dd> })
    };
    view! {
        <section class="card">
            <dl class="facts">
                {fact(lang.pick("信用代码", "Credit code"), Some(merchant.credit_code.clone()))}
                {fact(lang.pick("类别", "Trade"), Some(kind_name(kinds, &merchant.kind, lang)))}
                {fact(lang.pick("联系人", "Contact"), merchant.contact_name.clone())}
                {fact(lang.pick("手机号", "Mobile number"), merchant.contact_phone.clone())}
                {fact(lang.pick("签署人", "Signed by"), merchant.signer.clone())}
                {fact(lang.pick("签署时间", "Signed"), merchant.signed_at.as_ref().map(|at| When::here().moment(at)))}
                {fact(lang.pick("承诺书版本", "Version"), merchant.version.clone())}
            </dl>
        </section>
    }
}

fn outlet_facts(outlet: &OutletShape, lang: Lang) -> impl IntoView + use<> {
    let district = lang.of(&outlet.district_name, &outlet.district_name_en).to_owned();
    let area = outlet.area.as_ref().map(|area| format!(" · {}", lang.of(&area.name, &area.name_en)));
    let hours = outlet.hours.parse::<WeeklyHours>();
    let hours = hours.map_or_else(|_| outlet.hours.clone(), |hours| hours.words(lang));
    view! {
        <li>
            <p><b>{lang.of(&outlet.name, &outlet.name_en).to_owned()}</b></p>
            <p>{district} {area} " · " {lang.of(&outlet.address, &outlet.address_en).to_owned()}</p>
            <p class="quiet">{hours} " " {outlet.telephone.clone()}</p>
        </li>
    }
}

fn clauses(merchant: &MerchantReviewShape, lang: Lang) -> Option<impl IntoView + use<>> {
    if merchant.clauses.is_empty() {
        return None;
    }
    let clauses =
        merchant.clauses.iter().map(|clause| view! { <li>{lang.of(&clause.zh, &clause.en).to_owned()}</li> });
    let clauses = clauses.collect_view();
    Some(view! {
        <details class="card join-commitment">
            <summary>{lang.pick("签署的承诺书", "The commitment as it was signed")}</summary>
            <ol>{clauses}</ol>
        </details>
    })
}

fn decide(
    merchant: &MerchantReviewShape,
    decision: MerchantDecision,
    key: &str,
    lang: Lang,
) -> impl IntoView + use<> {
    let needed = decision.needs_reason();
    let label = match needed {
        true => {
            lang.pick("理由（必填，商户和收银台会看到）", "Why (needed; the merchant and its tills read it)")
        }
        false => lang.pick("备注（可不填）", "Note (may be left empty)"),
    };
    let (press, fill) = match decision {
        MerchantDecision::Approve => (Some("a"), None),
        MerchantDecision::Reject => (None, Some("r")),
        MerchantDecision::Lapse => (None, Some("l")),
    };
    let class = if needed { "button button-quiet" } else { "button" };
    view! {
        <form class="card form" method="post" action=DecideMerchant::url()>
            <input type="hidden" name="merchant_id" value=merchant.merchant_id.to_string()/>
            <input type="hidden" name="decision" value=decision.code()/>
            <input type="hidden" name="seen" value=merchant.state.code()/>
            <input type="hidden" name="key" value=format!("{key}-{decision}")/>
            <label class="field">
                <span>{label}</span>
                <input name="reason" type="text" maxlength="200" required=needed autocomplete="off" accesskey=fill/>
            </label>
            <button class=class type="submit" accesskey=press data-testid=format!("decide-{decision}")>{decision.word(lang)}</button>
        </form>
    }
}
