//! `/shop/join`: joining by commitment, a step at a time.

mod outlets;
mod sign;

use crate::api::join::{self as api, Join, SaveJoinContact, SaveJoinMerchant};
use crate::api::{caller, session};
use crate::components::page::Page;
use crate::pages::{loaded, parameter};
use domain::shapes::JoinFaultShape;
use domain::{JoinStep, Lang, MerchantState};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The page.
pub(crate) fn join() -> impl IntoView {
    loaded(api::join(parameter("step"), parameter("outlet")), |join| match join {
        None => welcome().into_any(),
        Some(join) if join.shape.merchant_id.is_some() && !join.shape.again => joined(&join).into_any(),
        Some(join) => show(join).into_any(),
    })
}

/// What nobody who is signed in sees: what it takes.
fn welcome() -> impl IntoView {
    let lang = caller::lang();
    let needs = [
        lang.pick("营业执照上的统一社会信用代码和名称", "The credit code and the name on the licence"),
        lang.pick("每家门店的地址和营业时间", "Address and hours of each outlet"),
        lang.pick("联系人和手机号", "Whom to call, and their number"),
        lang.pick("阅读并签署承诺书", "The commitment, read and signed"),
    ];
    view! {
        <Page title=lang.pick("商户加入", "Join as a merchant") class="page-narrow join-page">
            <h1>{lang.pick("商户加入", "Join as a merchant")}</h1>
            <p class="lead">{lang.pick(
                "签署承诺书，当场上线，先按每日上限核销；审核通过后不再限制。",
                "Sign the commitment and be live at once, under a daily cap until you are reviewed.",
            )}</p>
            <section class="card">
                <h2>{lang.pick("要准备什么", "What you need")}</h2>
                <ol class="join-needs">{needs.map(|need| view! { <li>{need}</li> })}</ol>
            </section>
            <p><a class="button button-big" href=session::page("/shop/join") data-testid="join-login">
                {lang.pick("用手机号登录，开始填写", "Sign in by phone and begin")}
            </a></p>
        </Page>
    }
}

/// Somebody who belongs to a merchant already.
fn joined(join: &Join) -> impl IntoView + use<> {
    let lang = caller::lang();
    let state = join.shape.state.unwrap_or(MerchantState::Provisional);
    let reason = Some(join.shape.reason.clone()).filter(|reason| !reason.is_empty());
    view! {
        <Page title=lang.pick("商户加入", "Join as a merchant") class="page-narrow join-page">
            <h1>{lang.pick("商户加入", "Join as a merchant")}</h1>
            <p class="notice" data-state=state.code()>
                {lang.pick("本账号已属于一家商户：", "This account belongs to a merchant already: ")}
                <b>{state.word(lang)}</b>
                {reason.map(|reason| format!("（{reason}）"))}
            </p>
            <p><a class="button" href="/shop">{lang.pick("去门店", "Go to the shop")}</a></p>
        </Page>
    }
}

fn show(join: Join) -> impl IntoView {
    let lang = caller::lang();
    let step = join.step;
    let steps = steps(&join, lang);
    let faults = join.faults(step).len();
    let body = match step {
        JoinStep::Merchant => merchant(&join, lang).into_any(),
        JoinStep::Outlets => outlets::step(&join, lang).into_any(),
        JoinStep::Contact => contact(&join, lang).into_any(),
        JoinStep::Commitment => sign::step(&join, lang).into_any(),
    };
    view! {
        <Page title=lang.pick("商户加入", "Join as a merchant") class="page-narrow join-page">
            <h1>{lang.pick("商户加入", "Join as a merchant")}</h1>
            {turned_down(&join, lang)}
            {steps}
            {(faults > 0).then(|| view! {
                <p class="notice notice-warn" role="alert" data-testid="join-faults">
                    {lang.pick(format!("已保存，有 {faults} 处需要修改"), format!("Saved; {faults} to be mended"))}
                </p>
            })}
            {body}
            <p class="quiet">{lang.pick("每一步都会保存，可以随时离开，回来接着填。", "Every step is saved: leave whenever you like and go on later.")}</p>
        </Page>
    }
}

/// Why the review turned the merchant down, while it applies again.
fn turned_down(join: &Join, lang: Lang) -> Option<impl IntoView + use<>> {
    join.shape.again.then(|| {
        view! {
            <p class="notice notice-warn" data-testid="join-turned-down">
                <b>{lang.pick("上次审核未通过：", "The review turned you down: ")}</b>
                {join.shape.reason.clone()}
                {lang.pick(
                    "。请修改后重新签署；再次审核通过以前，优惠不显示，收银台不能核销。",
                    ". Mend it and sign anew; until the next review promotions stay offline and tills refuse.",
                )}
            </p>
        }
    })
}

fn steps(join: &Join, lang: Lang) -> impl IntoView + use<> {
    let step = |(place, step): (usize, &JoinStep)| {
        let here = (*step == join.step).then_some("step");
        let done = join.is_done(*step);
        let mark = if done { "✓".to_owned() } else { (place + 1).to_string() };
        view! {
            <li data-done=done.to_string()>
                <a href=format!("/shop/join?step={step}") aria-current=here>
                    <span class="join-mark digits" aria-hidden="true">{mark}</span>
                    <span>{step.word(lang)}</span>
                    {done.then(|| view! { <span class="sr-only">{lang.pick("，已填好", ", done")}</span> })}
                </a>
            </li>
        }
    };
    view! {
        <nav aria-label=lang.pick("步骤", "Steps")>
            <ol class="join-steps">{JoinStep::ALL.iter().enumerate().map(step).collect_view()}</ol>
        </nav>
    }
}

fn merchant(join: &Join, lang: Lang) -> impl IntoView + use<> {
    let draft = &join.shape.draft;
    let faults = join.faults(JoinStep::Merchant);
    let chosen = draft.kind.clone();
    let kinds = join.kinds.iter().map(|kind| {
        let selected = kind.code.0 == chosen;
        view! { <option value=kind.code.0.clone() selected=selected>{lang.of(&kind.name, &kind.name_en).to_owned()}</option> }
    });
    let kind = fault_of(&faults, "kind", lang);
    view! {
        <form class="card form" method="post" action=SaveJoinMerchant::url()>
            {text(Field { name: "credit_code", label: lang.pick("统一社会信用代码（18 位）", "Unified social credit code (18 signs)"), value: &draft.credit_code, most: "24", ..Field::NEEDED }, &faults, lang)}
            {text(Field { name: "name", label: lang.pick("商户名称（与执照一致）", "Name, as on the licence"), value: &draft.name, ..Field::NEEDED }, &faults, lang)}
            {text(Field { name: "name_en", label: lang.pick("英文名称（可不填）", "English name (may be left empty)"), value: &draft.name_en, ..Field::FREE }, &faults, lang)}
            <label class="field">
                <span>{lang.pick("类别", "Trade")}</span>
                <select name="kind" required aria-invalid=kind.is_some().then_some("true")>
                    <option value="">{lang.pick("请选择", "Choose")}</option>
                    {kinds.collect_view()}
                </select>
                {kind}
            </label>
            <button class="button button-big" type="submit" data-testid="join-next">{lang.pick("保存，下一步", "Save and go on")}</button>
        </form>
    }
}

fn contact(join: &Join, lang: Lang) -> impl IntoView + use<> {
    let draft = &join.shape.draft;
    let faults = join.faults(JoinStep::Contact);
    view! {
        <form class="card form" method="post" action=SaveJoinContact::url()>
            {text(Field { name: "contact_name", label: lang.pick("联系人姓名", "Whom to call"), value: &draft.contact_name, most: "40", ..Field::NEEDED }, &faults, lang)}
            {text(Field { name: "contact_phone", label: lang.pick("手机号", "Mobile number"), value: &draft.contact_phone, most: "20", kind: "tel", ..Field::NEEDED }, &faults, lang)}
            <p class="quiet">{lang.pick("加密保存，只有审核人员看得到。", "Stored encrypted; only reviewers see it.")}</p>
            <button class="button button-big" type="submit" data-testid="join-next">{lang.pick("保存，下一步", "Save and go on")}</button>
        </form>
    }
}

/// A line of text in a form.
#[derive(Clone, Copy)]
struct Field<'a> {
    name: &'a str,
    /// How faults name it, where that is another name.
    fault: &'a str,
    label: &'a str,
    value: &'a str,
    most: &'static str,
    kind: &'static str,
    needed: bool,
}

impl Field<'_> {
    const NEEDED: Field<'static> =
        Field { name: "", fault: "", label: "", value: "", most: "80", kind: "text", needed: true };
    const FREE: Field<'static> = Field { needed: false, ..Field::NEEDED };
}

fn text(field: Field<'_>, faults: &[&JoinFaultShape], lang: Lang) -> impl IntoView + use<> {
    let fault = if field.fault.is_empty() { field.name } else { field.fault };
    let fault = fault_of(faults, fault, lang);
    let Field { name, label, value, most, kind, needed, .. } = field;
    view! {
        <label class="field">
            <span>{label.to_owned()}</span>
            <input name=name.to_owned() type=kind maxlength=most required=needed value=value.to_owned() autocomplete="off"
                aria-invalid=fault.is_some().then_some("true")/>
            {fault}
        </label>
    }
}

/// What is wrong with a field, beside it.
fn fault_of(faults: &[&JoinFaultShape], field: &str, lang: Lang) -> Option<impl IntoView + use<>> {
    let fault = faults.iter().find(|fault| fault.field == field)?;
    let rule = lang.of(&fault.rule, &fault.rule_en).to_owned();
    Some(view! { <span class="join-fault" data-fault=fault.field.clone()>{rule}</span> })
}
