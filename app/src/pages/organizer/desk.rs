//! `/bureau/desk`: residents without a phone, entered one after the other.

use crate::api::assisted::{self as api, Asked, AssistResident, CheckResident, Desk, Typed};
use crate::api::caller;
use crate::components::page::Page;
use crate::components::when::When;
use crate::figures::face;
use crate::pages::{loaded, parameter};
use backend::AssistCheck;
use domain::draw::{DrawPhase, EntryId};
use domain::shapes::{AssistedItem, DistrictShape, RoundShape};
use domain::{AssistedKind, Lang, Method, PhoneOwner};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The page.
pub(crate) fn desk() -> impl IntoView {
    let asked = Asked {
        step: parameter("step"),
        entered: parameter("entered"),
        cursor: parameter("cursor"),
        all: parameter("all").is_some(),
    };
    loaded(api::desk(asked), show)
}

fn show(desk: Desk) -> impl IntoView {
    let lang = caller::lang();
    let Desk { district, districts, rounds, typed, check, entered, done, today } = desk;
    let place = district.as_ref().map(|district| lang.of(&district.name, &district.name_en).to_owned());
    let whole_city = district.is_none();
    let form = match check {
        Some((round, check)) => confirm(lang, &round, check, &districts, typed).into_any(),
        None => form(lang, rounds, &typed, whole_city.then_some(districts)).into_any(),
    };
    view! {
        <Page title=lang.pick("社区代领", "Community desk") class="desk-page">
            <h1>{lang.pick("社区代领", "Community desk")} {place.map(|place| view! { <span class="desk-place">{place}</span> })}</h1>
            <p class="lead">{lang.pick(
                "为不用智能手机的居民领券、报名摇号。和手机领取共用名额和限领，券印在纸上。",
                "Claim and enter draws for residents without a smartphone: the same quotas and limits as by phone, on paper.",
            )}</p>
            {entered.map(|entry| entered_notice(lang, entry))}
            {form}
            {list(lang, done.items, done.next_cursor, today)}
            {whole_city.then(|| view! { <p><a href="/bureau">{lang.pick("回总览", "Back to the overview")}</a></p> })}
        </Page>
    }
}

fn entered_notice(lang: Lang, entry: EntryId) -> impl IntoView {
    view! {
        <p class="notice notice-good" role="status" data-testid="entered">
            {lang.pick("已报名，编号 ", "Entered, as ")} <b class="digits">{entry.to_string()}</b>
            {lang.pick("。请写给居民；摇号后中签的，回到这里领纸质券。", ". Write it down for the resident, who comes back here to claim if it is drawn.")}
        </p>
    }
}

/// The first step: who, and for what; nothing happens yet.
fn form(
    lang: Lang,
    rounds: Vec<RoundShape>,
    typed: &Typed,
    districts: Option<Vec<DistrictShape>>,
) -> impl IntoView + use<> {
    if rounds.is_empty() {
        return view! {
            <p class="notice">{lang.pick("此刻没有开放的轮次。", "No round is open at this moment.")}</p>
        }
        .into_any();
    }
    let first = rounds.first().map(|round| round.id.to_string()).unwrap_or_default();
    let open = rounds.iter().any(|round| round.id.to_string() == typed.round_id);
    let chosen = if open { typed.round_id.clone() } else { first };
    let relative = typed.phone_owner == PhoneOwner::Relative.code();
    view! {
        <form class="card form desk-form" method="post" action=CheckResident::url() autocomplete="off">
            <fieldset class="desk-rounds">
                <legend>{lang.pick("轮次", "Round")}</legend>
                {rounds.iter().map(|round| choice(lang, round, &chosen)).collect_view()}
            </fieldset>
            <label class="field">
                <span>{lang.pick("居民姓名", "The resident's name")}</span>
                <input name="name" type="text" required maxlength="40" value=typed.name.clone()/>
            </label>
            <label class="field">
                <span>{lang.pick("身份证号（没有本人手机号时必填）", "Identity number (needed where there is no phone of their own)")}</span>
                <input class="digits" name="identity_no" type="text" maxlength="24" value=typed.identity_no.clone()
                    placeholder=lang.pick("18 位", "18 signs")/>
            </label>
            <label class="field">
                <span>{lang.pick("手机号（可不填）", "Mobile number (may be left empty)")}</span>
                <input class="digits" name="phone" type="tel" inputmode="numeric" maxlength="20" value=typed.phone.clone()
                    placeholder=lang.pick("11 位手机号", "11 digits")/>
            </label>
            <fieldset class="desk-owner">
                <legend>{lang.pick("这个手机号是", "The number is")}</legend>
                {[(PhoneOwner::Own, !relative), (PhoneOwner::Relative, relative)].map(|(owner, checked)| view! {
                    <label class="desk-radio">
                        <input type="radio" name="phone_owner" value=owner.code() checked=checked/> {owner.word(lang)}
                    </label>
                }).collect_view()}
            </fieldset>
            {districts.map(|districts| district_field(lang, districts, &typed.district))}
            <button class="button button-big" type="submit" data-testid="desk-check">{lang.pick("下一步：核对", "Next: confirm")}</button>
            <p class="quiet">{lang.pick(
                "号码加密保存，只用于限领核对；亲属的手机号不保存，只在用券时核对后四位。",
                "Numbers are stored encrypted and serve for the limits alone; a relative's phone is not kept, only its last four digits are asked for at the till.",
            )}</p>
        </form>
    }
    .into_any()
}

fn choice(lang: Lang, round: &RoundShape, chosen: &str) -> impl IntoView + use<> {
    let id = round.id.to_string();
    let checked = id == chosen;
    let (amount, condition) = face(round.benefit(), lang);
    let entering = round.draw.as_ref().is_some_and(|draw| draw.phase == DrawPhase::Entering);
    let left = match (round.method, entering) {
        (Method::Draw, true) => lang.pick("报名中".to_owned(), "open for entries".to_owned()),
        (Method::Draw, false) => lang.pick("中签领取".to_owned(), "winners claim".to_owned()),
        _ => lang.pick(format!("余 {}", round.remaining), format!("{} left", round.remaining)),
    };
    view! {
        <label class="desk-round">
            <input type="radio" name="round_id" value=id checked=checked required/>
            <span>
                <b>{lang.of(&round.campaign_title, &round.campaign_title_en).to_owned()}</b>
                " " {amount} " " {condition}
                <small>{round.method.word(lang)} " · " {lang.of(&round.title, &round.title_en).to_owned()} " · " {left}</small>
            </span>
        </label>
    }
}

fn district_field(lang: Lang, districts: Vec<DistrictShape>, chosen: &str) -> impl IntoView + use<> {
    let chosen = chosen.to_owned();
    let option = move |district: DistrictShape| {
        let code = district.code.to_string();
        let selected = code == chosen;
        view! { <option value=code selected=selected>{lang.of(&district.name, &district.name_en).to_owned()}</option> }
    };
    view! {
        <label class="field">
            <span>{lang.pick("居民所在区县", "The resident's district")}</span>
            <select name="district" required>
                <option value="">{lang.pick("请选择", "Choose")}</option>
                {districts.into_iter().map(option).collect_view()}
            </select>
        </label>
    }
}

/// The second step: what was typed, masked, against the card in hand.
fn confirm(
    lang: Lang,
    round: &RoundShape,
    check: AssistCheck,
    districts: &[DistrictShape],
    typed: Typed,
) -> impl IntoView + use<> {
    let district = districts.iter().find(|district| district.code == check.district);
    let district = district.map(|district| lang.of(&district.name, &district.name_en).to_owned());
    let entering = round.draw.as_ref().is_some_and(|draw| draw.phase == DrawPhase::Entering);
    let hidden = [
        ("round_id", typed.round_id),
        ("name", typed.name),
        ("phone", typed.phone),
        ("phone_owner", typed.phone_owner),
        ("identity_no", typed.identity_no),
        ("district", typed.district),
        ("key", typed.key),
    ];
    let done = match entering {
        true => lang.pick("确认报名", "Enter the draw"),
        false => lang.pick("确认领取", "Claim the voucher"),
    };
    view! {
        <form class="card form" method="post" action=AssistResident::url() data-testid="desk-confirm">
            {hidden.map(|(name, value)| view! { <input type="hidden" name=name value=value/> }).collect_view()}
            <h2>{lang.pick("请对照证件核对", "Compare with the card")}</h2>
            <dl class="facts">
                <dt>{lang.pick("轮次", "Round")}</dt>
                <dd>{lang.of(&round.campaign_title, &round.campaign_title_en).to_owned()} " · " {lang.of(&round.title, &round.title_en).to_owned()}</dd>
                <dt>{lang.pick("姓名", "Name")}</dt>
                <dd>{check.name}</dd>
                {check.identity.map(|number| view! {
                    <dt>{lang.pick("身份证号", "Identity number")}</dt>
                    <dd class="digits">{number}</dd>
                })}
                {check.phone.map(|(phone, owner)| view! {
                    <dt>{lang.pick("手机号", "Phone")}</dt>
                    <dd><span class="digits">{phone}</span> " · " {owner.word(lang)}</dd>
                })}
                <dt>{lang.pick("区县", "District")}</dt>
                <dd>{district}</dd>
                {(!entering).then(|| view! {
                    <dt>{lang.pick("用券时问", "The till asks for")}</dt>
                    <dd>{check.asks_for.word(lang)}</dd>
                })}
            </dl>
            <div class="form-next">
                <button class="button button-big" type="submit" data-testid="desk-assist">{done}</button>
                <a class="button button-quiet" href="/bureau/desk">{lang.pick("返回修改", "Go back")}</a>
            </div>
        </form>
    }
}

fn list(lang: Lang, items: Vec<AssistedItem>, next: Option<String>, today: bool) -> impl IntoView {
    let (title, other, href) = if today {
        (lang.pick("今天办理的", "Done today"), lang.pick("看全部", "See all"), "/bureau/desk?all=1")
    } else {
        (lang.pick("办理过的", "Done so far"), lang.pick("只看今天", "Today alone"), "/bureau/desk")
    };
    let empty = items.is_empty();
    let all = if today { "" } else { "all=1&" };
    view! {
        <section class="desk-list" aria-labelledby="done">
            <div class="head"><h2 id="done">{title}</h2><a href=href>{other}</a></div>
            {empty.then(|| view! { <p class="quiet">{lang.pick("还没有。", "Nothing yet.")}</p> })}
            <ul>{items.into_iter().map(|item| line(lang, item)).collect_view()}</ul>
            {next.map(|cursor| view! {
                <p class="pager"><a class="button button-quiet" rel="next" href=format!("/bureau/desk?{all}cursor={cursor}")>{lang.pick("下一页", "Next page")}</a></p>
            })}
        </section>
    }
}

fn line(lang: Lang, item: AssistedItem) -> impl IntoView {
    let at = When::here().moment(&item.entered_at);
    let state = match (item.kind, item.state) {
        (AssistedKind::Voucher, Some(state)) => state.word(lang),
        (kind, _) => kind.word(lang),
    };
    let prints = (item.prints > 1).then(|| {
        lang.pick(format!(" · 打印 {} 次", item.prints), format!(" · printed {} times", item.prints))
    });
    view! {
        <li class="desk-line" data-state=item.state.map(|state| state.code())>
            <p>
                <b>{item.name_masked}</b> " " {lang.of(&item.title, &item.title_en).to_owned()}
                <small>{at} " · " {item.entered_by} " · " {state} {prints}</small>
            </p>
            {item.voucher_id.map(|voucher| view! {
                <a class="button button-quiet" href=format!("/bureau/desk/{voucher}")>{lang.pick("纸质券", "Paper")}</a>
            })}
        </li>
    }
}
