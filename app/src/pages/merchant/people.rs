//! `/shop/clerks`: a merchant's people and tills.

use crate::api::caller;
use crate::api::people::{self as api, ChangePerson, InvitePerson, People, RemovePerson};
use crate::api::sale::TillOutlet;
use crate::api::tills::{ChangeOutletRule, ChangeTill};
use crate::components::page::Page;
use crate::components::when::When;
use crate::islands::qr;
use crate::pages::{loaded, parameter};
use domain::shapes::{InvitationShape, OutletRule, PersonShape, TillShape};
use domain::{Lang, MOST_NAME, OutletId, Role};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The page.
pub(crate) fn people() -> impl IntoView {
    loaded(api::people(parameter("cursor"), parameter("tills"), parameter("outlets")), show)
}

fn show(page: People) -> impl IntoView {
    let lang = caller::lang();
    let People { people, tills, outlets, rules, roles, own, invitation, key } = page;
    let rule_lines = rules.items.iter().map(|rule| rule_line(lang, rule)).collect_view();
    let persons = people
        .items
        .iter()
        .map(|person| person_line(lang, person, &outlets, &roles, person.account_id == own));
    let persons = persons.collect_view();
    let lines = tills.items.iter().map(|till| till_line(lang, till)).collect_view();
    let none = tills.items.is_empty();
    view! {
        <Page title=lang.pick("店员与设备", "People and tills") class="people-page">
            <h1>{lang.pick("店员与设备", "People and tills")}</h1>
            {invitation.map(|(invitation, link)| invited(lang, &invitation, link, &outlets))}
            {invite(lang, &outlets, &roles, key)}
            <section aria-labelledby="people">
                <h2 id="people">{lang.pick("店员", "People")}</h2>
                <ul class="people-list">{persons}</ul>
                {more(lang, "cursor", people.next_cursor)}
            </section>
            <section aria-labelledby="tills">
                <h2 id="tills">{lang.pick("收银设备", "Tills")}</h2>
                <p class="quiet">{lang.pick(
                    "在要用的手机或平板上打开收银台，在页面下方登记这台设备。停用立即生效，在所有服务器上。",
                    "Open the till on the phone or tablet and enrol it at the foot of that page. Switching one off works at once, everywhere.",
                )}</p>
                {none.then(|| view! { <p class="shop-nothing">{lang.pick("还没有登记设备。", "No till is enrolled yet.")}</p> })}
                <ul class="people-list">{lines}</ul>
                {more(lang, "tills", tills.next_cursor)}
            </section>
            <section aria-labelledby="rules">
                <h2 id="rules">{lang.pick("谁可以核销", "Which devices redeem")}</h2>
                <ul class="people-list">{rule_lines}</ul>
                {more(lang, "outlets", rules.next_cursor)}
            </section>
            <p><a class="button button-quiet" href="/shop">{lang.pick("回门店", "Back to the shop")}</a></p>
        </Page>
    }
}

fn more(lang: Lang, name: &'static str, cursor: Option<String>) -> impl IntoView {
    cursor.map(|cursor| {
        let href = format!("{}?{name}={}", api::PAGE, caller::encoded(&cursor));
        view! { <p class="pager"><a class="button button-quiet" href=href>{lang.pick("更多", "More")}</a></p> }
    })
}

/// The invitation that was made last: its QR, on white in the dark too.
fn invited(
    lang: Lang,
    invitation: &InvitationShape,
    link: String,
    outlets: &[TillOutlet],
) -> impl IntoView + use<> {
    let (path, view_box) = qr::drawing(&link);
    let until = When::here().moment(&invitation.expires_at);
    let place = places(lang, &invitation.outlet_ids, outlets);
    view! {
        <section class="card people-invited" aria-labelledby="invited">
            <h2 id="invited">{lang.pick(format!("请{}扫码加入", invitation.role.word(lang)), format!("{}: scan to join", invitation.role.word(lang)))}</h2>
            <svg class="people-qr" role="img" aria-label=lang.pick("加入二维码", "The invitation's QR code") data-testid="invitation-qr"
                viewBox=view_box shape-rendering="crispEdges">
                <path fill="#000" d=path></path>
            </svg>
            <p>{place} " · " {lang.pick(format!("{until} 前有效，只能用一次"), format!("good once, until {until}"))}</p>
            <p class="people-link"><a href=link.clone() data-testid="invitation-link">{link.clone()}</a></p>
        </section>
    }
}

fn invite(lang: Lang, outlets: &[TillOutlet], roles: &[Role], key: String) -> impl IntoView + use<> {
    view! {
        <form class="card form" method="post" action=InvitePerson::url()>
            <h2>{lang.pick("邀请店员", "Invite somebody")}</h2>
            <input type="hidden" name="key" value=key/>
            {role_field(lang, roles, None)}
            {outlet_boxes(lang, outlets, &[])}
            <button class="button" type="submit" data-testid="invite">{lang.pick("生成加入二维码", "Make a QR code")}</button>
        </form>
    }
}

fn role_field(lang: Lang, roles: &[Role], chosen: Option<Role>) -> impl IntoView + use<> {
    let option = |role: &Role| view! { <option value=role.code() selected=chosen == Some(*role)>{role.word(lang)}</option> };
    view! {
        <label class="field">
            <span>{lang.pick("角色", "Role")}</span>
            <select name="role" required>{roles.iter().map(option).collect_view()}</select>
        </label>
    }
}

/// The outlets as boxes; none marked means all of them.
fn outlet_boxes(lang: Lang, outlets: &[TillOutlet], chosen: &[OutletId]) -> impl IntoView + use<> {
    let outlet_box = |outlet: &TillOutlet| {
        let checked = chosen.contains(&outlet.id);
        view! {
            <label class="people-box">
                <input type="checkbox" name="outlets[]" value=outlet.id.to_string() checked=checked/>
                <span>{outlet.name.clone()}</span>
            </label>
        }
    };
    (outlets.len() > 1).then(|| {
        view! {
            <fieldset class="people-boxes">
                <legend>{lang.pick("可核销的门店，都不选就是全部", "Where they may redeem; none marked means everywhere")}</legend>
                {outlets.iter().map(outlet_box).collect_view()}
            </fieldset>
        }
    })
}

fn person_line(
    lang: Lang,
    person: &PersonShape,
    outlets: &[TillOutlet],
    roles: &[Role],
    own: bool,
) -> impl IntoView + use<> {
    let change = person.managed.then(|| change_person(lang, person, outlets, roles));
    view! {
        <li class="people-line" data-person=person.account_id.to_string() data-role=person.role.code()>
            <p class="people-name">
                <strong>{person.name.clone()}</strong>
                <span class="tag">{person.role.word(lang)}</span>
                {own.then(|| view! { <span class="tag tag-open">{lang.pick("您", "You")}</span> })}
            </p>
            <p class="quiet"><span class="digits">{person.phone_masked.clone()}</span> " · " {places(lang, &person.outlet_ids, outlets)}</p>
            {change}
        </li>
    }
}

fn change_person(
    lang: Lang,
    person: &PersonShape,
    outlets: &[TillOutlet],
    roles: &[Role],
) -> impl IntoView + use<> {
    let id = person.account_id.to_string();
    view! {
        <details class="people-change">
            <summary>{lang.pick("修改或移除", "Change or remove")}</summary>
            <form class="form" method="post" action=ChangePerson::url()>
                <input type="hidden" name="account_id" value=id.clone()/>
                {role_field(lang, roles, Some(person.role))}
                {outlet_boxes(lang, outlets, &person.outlet_ids)}
                <button class="button button-quiet" type="submit" data-testid="change-person">{lang.pick("保存", "Save")}</button>
            </form>
            <form class="form" method="post" action=RemovePerson::url()>
                <input type="hidden" name="account_id" value=id/>
                <button class="button" type="submit" data-testid="remove-person">
                    {lang.pick(format!("移除{}，立即生效", person.name), format!("Remove {} at once", person.name))}
                </button>
            </form>
        </details>
    }
}

/// The names of somebody's outlets.
fn places(lang: Lang, ids: &[OutletId], outlets: &[TillOutlet]) -> String {
    if ids.is_empty() {
        return lang.pick("全部门店", "every outlet").to_owned();
    }
    let name =
        |id: &OutletId| outlets.iter().find(|outlet| outlet.id == *id).map(|outlet| outlet.name.clone());
    ids.iter()
        .map(|id| name(id).unwrap_or_else(|| id.to_string()))
        .collect::<Vec<_>>()
        .join(lang.pick("、", ", "))
}

fn till_line(lang: Lang, till: &TillShape) -> impl IntoView + use<> {
    let outlet = lang.of(&till.outlet_name, &till.outlet_name_en).to_owned();
    let enrolled = When::here().moment(&till.enrolled_at);
    let since = till.off_since.as_ref().map(|at| When::here().moment(at));
    let state = match &since {
        None => view! { <span class="tag tag-open">{lang.pick("在用", "On")}</span> }.into_any(),
        Some(at) => view! { <span class="tag tag-demo">{lang.pick(format!("{at} 停用"), format!("off since {at}"))}</span> }.into_any(),
    };
    let switch = if till.on {
        lang.pick("停用，立即生效", "Switch off at once")
    } else {
        lang.pick("重新启用", "Switch on")
    };
    view! {
        <li class="people-line" data-till=till.till_id.to_string() data-on=till.on.to_string()>
            <p class="people-name"><strong>{till.name.clone()}</strong>{state}</p>
            <p class="quiet">{outlet} " · " {lang.pick(
                format!("{enrolled} 由{}登记", till.enrolled_by),
                format!("enrolled by {} {enrolled}", till.enrolled_by),
            )}</p>
            <details class="people-change">
                <summary>{lang.pick("改名或停用", "Rename or switch")}</summary>
                <form class="form" method="post" action=ChangeTill::url()>
                    <input type="hidden" name="till_id" value=till.till_id.to_string()/>
                    <label class="field">
                        <span>{lang.pick("设备名称", "Name")}</span>
                        <input name="name" type="text" required maxlength=MOST_NAME.to_string() value=till.name.clone() autocomplete="off"/>
                    </label>
                    <div class="form-next">
                        <button class="button button-quiet" type="submit" name="on" value=till.on.to_string() data-testid="rename-till">{lang.pick("保存名称", "Save the name")}</button>
                        <button class="button" type="submit" name="on" value=(!till.on).to_string() data-testid="switch-till">{switch}</button>
                    </div>
                </form>
            </details>
        </li>
    }
}

fn rule_line(lang: Lang, rule: &OutletRule) -> impl IntoView + use<> {
    let name = lang.of(&rule.outlet_name, &rule.outlet_name_en).to_owned();
    let (state, next) = if rule.enrolled_only {
        (
            lang.pick("只限登记过的收银设备", "Enrolled tills alone"),
            lang.pick(
                "改为任何登录店员的设备都可核销",
                "Let any device redeem on which a clerk is signed in",
            ),
        )
    } else {
        (
            lang.pick("任何登录店员的设备", "Any device on which a clerk is signed in"),
            lang.pick("改为只限登记过的收银设备", "Let enrolled tills alone redeem"),
        )
    };
    view! {
        <li class="people-line" data-rule=rule.outlet_id.to_string() data-enrolled-only=rule.enrolled_only.to_string()>
            <p class="people-name"><strong>{name}</strong></p>
            <p class="quiet">{state}</p>
            <form class="form" method="post" action=ChangeOutletRule::url()>
                <input type="hidden" name="outlet_id" value=rule.outlet_id.to_string()/>
                <button class="button button-quiet" type="submit" name="enrolled_only" value=(!rule.enrolled_only).to_string()
                    data-testid="change-rule">{next}</button>
            </form>
        </li>
    }
}
