//! The step of the outlets: those that are there, and the form of one.

use super::{Field, fault_of, text};
use crate::api::join::{Join, RemoveJoinOutlet, SaveJoinOutlet};
use domain::shapes::{DistrictShape, JoinFaultShape};
use domain::{JoinStep, Lang, MOST_JOIN_OUTLETS, OutletDraft, SPAN_DAYS, Span, WeeklyHours, spans_of};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// Rows for hours in the form, at least.
const ROWS: usize = 4;

pub(super) fn step(join: &Join, lang: Lang) -> impl IntoView + use<> {
    let faults = join.faults(JoinStep::Outlets);
    let outlets = &join.shape.draft.outlets;
    let cards = outlets.iter().enumerate().map(|(place, outlet)| {
        let wrong = faults.iter().any(|fault| fault.field.starts_with(&format!("outlets[{place}]")));
        card(place, outlet, wrong, join, lang)
    });
    let form = join.outlet.map(|place| {
        let outlet = outlets.get(place).cloned().unwrap_or_default();
        form(place, &outlet, &faults, &join.districts, lang)
    });
    let more = join.outlet.is_none() && outlets.len() < MOST_JOIN_OUTLETS;
    view! {
        {(!outlets.is_empty()).then(|| view! { <ul class="join-outlets">{cards.collect_view()}</ul> })}
        {fault_of(&faults, "outlets", lang)}
        {form}
        {more.then(|| view! {
            <p class="form-next">
                <a class="button button-quiet" href=format!("/shop/join?step=outlets&outlet={}", outlets.len()) data-testid="join-more">{lang.pick("再加一家门店", "Add another outlet")}</a>
                <a class="button" href="/shop/join?step=contact" data-testid="join-go-on">{lang.pick("下一步", "Go on")}</a>
            </p>
        })}
    }
}

fn card(place: usize, outlet: &OutletDraft, wrong: bool, join: &Join, lang: Lang) -> impl IntoView + use<> {
    let district = join.districts.iter().find(|district| district.code.to_string() == outlet.district);
    let district = district.map(|district| lang.of(&district.name, &district.name_en).to_owned());
    let hours = outlet.hours.parse::<WeeklyHours>();
    let hours = hours.map_or_else(|_| outlet.hours.clone(), |hours| hours.words(lang));
    view! {
        <li class="card join-outlet" data-wrong=wrong.to_string()>
            <p><b>{outlet.name.clone()}</b> {outlet.night.then(|| view! { <span class="tag tag-night">{lang.pick("不打烊", "Night")}</span> })}</p>
            <p>{district} " · " {outlet.address.clone()}</p>
            <p class="quiet">{hours}</p>
            {wrong.then(|| view! { <p class="join-fault">{lang.pick("需要修改", "To be mended")}</p> })}
            <div class="form-next">
                <a class="button button-quiet" href=format!("/shop/join?step=outlets&outlet={place}")>{lang.pick("修改", "Change")}</a>
                <form method="post" action=RemoveJoinOutlet::url()>
                    <input type="hidden" name="place" value=place.to_string()/>
                    <button class="button button-quiet" type="submit">{lang.pick("删除", "Remove")}</button>
                </form>
            </div>
        </li>
    }
}

fn form(
    place: usize,
    outlet: &OutletDraft,
    faults: &[&JoinFaultShape],
    districts: &[DistrictShape],
    lang: Lang,
) -> impl IntoView + use<> {
    let field = |name: &str| format!("outlets[{place}].{name}");
    let line = |name: &str, label: &str, value: &str, base: Field<'static>| {
        let (input, fault) = (format!("outlet[{name}]"), field(name));
        let field = Field { name: &input, fault: &fault, label, value, ..base };
        text(field, faults, lang).into_any()
    };
    let long = Field { most: "160", ..Field::NEEDED };
    let district = fault_of(faults, &field("district"), lang);
    let area = fault_of(faults, &field("area"), lang);
    let chosen = if outlet.area.is_empty() {
        outlet.district.clone()
    } else {
        format!("{}/{}", outlet.district, outlet.area)
    };
    view! {
        <form class="card form" method="post" action=SaveJoinOutlet::url() id="outlet">
            <h2>{lang.pick(format!("门店 {}", place + 1), format!("Outlet {}", place + 1))}</h2>
            <input type="hidden" name="outlet[place]" value=place.to_string()/>
            {line("name", lang.pick("门店名称", "The outlet's name"), &outlet.name, Field::NEEDED)}
            {line("name_en", lang.pick("英文名称（可不填）", "English name (may be left empty)"), &outlet.name_en, Field::FREE)}
            <label class="field">
                <span>{lang.pick("区县和片区", "District and area")}</span>
                <select name="outlet[district]" required aria-invalid=district.is_some().then_some("true")>
                    <option value="">{lang.pick("请选择", "Choose")}</option>
                    {districts.iter().map(|district| places(district, &chosen, lang)).collect_view()}
                </select>
                {district}{area}
            </label>
            {line("address", lang.pick("地址", "Address"), &outlet.address, long)}
            {line("address_en", lang.pick("英文地址（可不填）", "Address in English (may be left empty)"), &outlet.address_en, Field { needed: false, ..long })}
            {hours(&outlet.hours, fault_of(faults, &field("hours"), lang).map(IntoAny::into_any), lang)}
            <label class="join-check">
                <input type="checkbox" name="outlet[night]" value="yes" checked=outlet.night/>
                <span>{lang.pick("参加“不打烊”夜间营业", "Takes part in the nights")}</span>
            </label>
            {line("telephone", lang.pick("门店电话（公开，可不填）", "The shop's telephone (public; may be left empty)"), &outlet.telephone, Field { most: "20", kind: "tel", ..Field::FREE })}
            <button class="button button-big" type="submit" data-testid="join-save-outlet">{lang.pick("保存门店", "Save the outlet")}</button>
        </form>
    }
}

/// A district, and its areas with it.
fn places(district: &DistrictShape, chosen: &str, lang: Lang) -> impl IntoView + use<> {
    let name = lang.of(&district.name, &district.name_en).to_owned();
    let option = |value: String, words: String| {
        let selected = value == chosen;
        view! { <option value=value selected=selected>{words}</option> }
    };
    let areas = district.areas.iter().map(|area| {
        let words = format!("{name} · {}", lang.of(&area.name, &area.name_en));
        option(format!("{}/{}", district.code, area.key), words)
    });
    let areas = areas.collect_view();
    (option(district.code.to_string(), name), areas)
}

fn hours(typed: &str, fault: Option<AnyView>, lang: Lang) -> impl IntoView + use<> {
    let mut spans = spans_of(typed);
    spans.resize_with(spans.len().max(ROWS), Span::default);
    let rows = spans.iter().enumerate().map(|(row, span)| span_row(row, span, lang)).collect_view();
    view! {
        <fieldset class="join-hours">
            <legend>{lang.pick("营业时间", "Opening hours")}</legend>
            <p class="quiet">{lang.pick(
                "一天可填几段；结束不晚于开始，就是到次日；用不到的行留空；全天填 00:00 到 00:00。",
                "Several spans a day are fine; an end that is not after the start is the next morning; leave the other rows empty; all day is 00:00 to 00:00.",
            )}</p>
            {rows}
            {fault}
        </fieldset>
    }
}

fn span_row(row: usize, span: &Span, lang: Lang) -> impl IntoView + use<> {
    let own = (!span.days.is_empty() && !SPAN_DAYS.contains(&span.days.as_str())).then(|| span.days.clone());
    let days = SPAN_DAYS.iter().map(|days| (*days).to_owned()).chain(own);
    let chosen = span.days.clone();
    let option = |days: String| {
        let selected = days == chosen;
        view! { <option value=days.clone() selected=selected>{day_words(&days, lang)}</option> }
    };
    let name = |part: &str| format!("outlet[spans][{row}][{part}]");
    let number = row + 1;
    view! {
        <div class="join-span">
            <select name=name("days") aria-label=lang.pick(format!("第 {number} 段：日子"), format!("Span {number}: days"))>
                {days.map(option).collect_view()}
            </select>
            <input type="time" name=name("start") value=span.start.clone() aria-label=lang.pick(format!("第 {number} 段：开始"), format!("Span {number}: start"))/>
            <span aria-hidden="true">"–"</span>
            <input type="time" name=name("end") value=span.end.clone() aria-label=lang.pick(format!("第 {number} 段：结束"), format!("Span {number}: end"))/>
        </div>
    }
}

/// Days as people read them: those of hours that begin and end with them.
fn day_words(days: &str, lang: Lang) -> String {
    let hours = format!("{days} 09:00-10:00").parse::<WeeklyHours>();
    let words = hours.map(|hours| hours.words(lang)).unwrap_or_default();
    words.rsplit_once(' ').map_or_else(|| days.to_owned(), |(days, _)| days.to_owned())
}
