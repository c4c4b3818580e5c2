//! The rounds of a campaign's form, each with its table of shares.

use super::{Sheet, Typed};
use domain::{Lang, MOST_ROUNDS, Method, RoundForm, ShareOut, apportion};
use leptos::prelude::*;

/// The rounds that are there, and an empty one to add.
pub(in crate::pages::organizer) fn rounds(sheet: &Sheet<'_>) -> impl IntoView + use<> {
    let lang = sheet.lang;
    let mut forms = sheet.form.rounds.clone();
    if forms.len() < MOST_ROUNDS && !forms.iter().any(RoundForm::is_blank) {
        forms.push(RoundForm { per_resident: "1".to_owned(), ..RoundForm::default() });
    }
    let rounds = forms.iter().enumerate().map(|(number, round)| one(sheet, number, round)).collect_view();
    view! {
        <section class="build-rounds">
            <h2>{lang.pick("轮次", "Rounds")}</h2>
            <p class="quiet">{lang.pick("空着的一轮不算；保存后会再出现一个空的。", "An empty round does not count; saving adds another empty one.")}</p>
            {sheet.fault("rounds")}
            {rounds}
        </section>
    }
}

fn one(sheet: &Sheet<'_>, number: usize, round: &RoundForm) -> impl IntoView + use<> {
    let lang = sheet.lang;
    let methods: Vec<_> = Method::ALL.iter().map(|word| (word.code(), word.word(lang))).collect();
    let at = |field: &'static str| {
        (format!("rounds[{number}].{field}"), format!("form[rounds][{number}][{field}]"))
    };
    let line = |field: &'static str, label: &'static str, value: &str, typed| {
        let (fault, name) = at(field);
        sheet.line((&fault, name), label, value, typed)
    };
    let (method_fault, method_name) = at("method");
    let title = if round.is_blank() {
        lang.pick("再加一轮", "Another round").to_owned()
    } else {
        lang.pick(format!("第 {} 轮", number + 1), format!("Round {}", number + 1))
    };
    view! {
        <fieldset class="card build-part" data-round=number.to_string()>
            <legend>{title}</legend>
            <div class="filter-row">
                {line("title", lang.pick("轮次名称", "Name"), &round.title, Typed::Text)}
                {line("title_en", lang.pick("英文名称", "English name"), &round.title_en, Typed::Text)}
                {sheet.choice((&method_fault, method_name), lang.pick("方式", "Method"), &round.method, &methods)}
            </div>
            <div class="filter-row">
                {line("opens_at", lang.pick("开始", "Opens"), &round.opens_at, Typed::Moment)}
                {line("closes_at", lang.pick("结束", "Closes"), &round.closes_at, Typed::Moment)}
                {line("quantity", lang.pick("数量（张）", "Quantity"), &round.quantity, Typed::Number)}
                {line("per_resident", lang.pick("每人最多（张）", "Most for one resident"), &round.per_resident, Typed::Number)}
            </div>
            {sheet.switch(format!("form[rounds][{number}][return_to_next]"), lang.pick("没发完的转入下一轮", "What is left goes to the next round"), round.return_to_next)}
            {sheet.fault(&at("return_to_next").0)}
            {shares(sheet, number, round)}
            {draw(sheet, number, round)}
        </fieldset>
    }
}

/// The table of districts: what each would get, and a field for its own number.
fn shares(sheet: &Sheet<'_>, number: usize, round: &RoundForm) -> impl IntoView + use<> {
    let lang = sheet.lang;
    let words: Vec<_> = ShareOut::ALL.iter().map(|word| (word.code(), word.word(lang))).collect();
    let districts = &sheet.setting.districts;
    let quantity = round.quantity.parse().unwrap_or(0);
    let weights: Vec<i64> = districts.iter().map(|district| district.weight).collect();
    let by_population = apportion(quantity, &weights);
    let equal = apportion(quantity, &vec![1; districts.len()]);
    let rows = districts.iter().zip(by_population).zip(equal).enumerate();
    let rows = rows.map(|(place, ((district, population), equal))| {
        let code = district.code.to_string();
        let typed = round.quotas.iter().find(|quota| quota.district == code);
        let typed = typed.map(|quota| quota.quantity.clone()).unwrap_or_default();
        let name = lang.of(&district.name, &district.name_en).to_owned();
        let label = lang.pick(format!("{name}手工数量"), format!("{name} by hand"));
        let field = format!("shares[{}]", number * districts.len() + place);
        view! {
            <tr>
                <th scope="row">{name}</th>
                <td class="num">{population}</td>
                <td class="num">{equal}</td>
                <td class="num"><input name=field type="number" min="0" inputmode="numeric" value=typed aria-label=label/></td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    let fault = format!("rounds[{number}].quotas");
    let lend = format!("rounds[{number}].lend_at");
    let open = !round.share_out.is_empty() && round.share_out != ShareOut::All.code();
    view! {
        <details class="build-list" open=open>
            <summary>{lang.pick("区县名额", "Shares by district")}</summary>
            <div class="filter-row">
                {sheet.choice((&fault, format!("form[rounds][{number}][share_out]")), lang.pick("怎么分", "Shared out"), &round.share_out, &words)}
                {sheet.line((&lend, format!("form[rounds][{number}][lend_at]")), lang.pick("余量何时起借给全市（不填则不借）", "Lent to all from (left out: never)"), &round.lend_at, Typed::Moment)}
            </div>
            <table class="figures build-shares">
                <thead><tr>
                    <th scope="col">{lang.pick("区县", "District")}</th>
                    <th scope="col" class="num">{ShareOut::Population.word(lang)}</th>
                    <th scope="col" class="num">{ShareOut::Equal.word(lang)}</th>
                    <th scope="col" class="num">{ShareOut::Hand.word(lang)}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </details>
    }
}

fn draw(sheet: &Sheet<'_>, number: usize, round: &RoundForm) -> impl IntoView + use<> {
    let lang: Lang = sheet.lang;
    let line = |field: &'static str, label: &'static str, value: &str, typed| {
        let fault = format!("rounds[{number}].{field}");
        sheet.line((&fault, format!("form[rounds][{number}][{field}]")), label, value, typed)
    };
    view! {
        <details class="build-list" open=round.method == Method::Draw.code()>
            <summary>{lang.pick("摇号才填", "For a draw only")}</summary>
            {line("public_source", lang.pick("公开随机数来源", "The public value"), &round.public_source, Typed::Text)}
            {line("public_source_en", lang.pick("来源（英文）", "The same in English"), &round.public_source_en, Typed::Text)}
            <div class="filter-row">
                {line("draws_at", lang.pick("摇号时间", "Drawn at"), &round.draws_at, Typed::Moment)}
                {line("claim_hours", lang.pick("每次领取时限（小时）", "Hours to claim"), &round.claim_hours, Typed::Number)}
                {line("claim_windows", lang.pick("递补次数（含首次）", "Times that people are called"), &round.claim_windows, Typed::Number)}
            </div>
        </details>
    }
}
