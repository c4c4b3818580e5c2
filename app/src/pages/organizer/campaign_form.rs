//! A campaign's form: every term as a field, without JavaScript.

mod rounds;

pub(super) use rounds::rounds;

use crate::api::builder::Setting;
use domain::shapes::CampaignFaultShape;
use domain::{CampaignForm, Funding, Lang};
use leptos::prelude::*;

/// What the form's parts are made from.
pub(super) struct Sheet<'a> {
    pub(super) form: &'a CampaignForm,
    pub(super) faults: &'a [CampaignFaultShape],
    pub(super) setting: &'a Setting,
    pub(super) lang: Lang,
}

/// How a field is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Typed {
    Text,
    Number,
    Money,
    Day,
    Moment,
}

impl Sheet<'_> {
    /// What is wrong with a field, to stand below it.
    pub(super) fn fault(&self, field: &str) -> Option<impl IntoView + use<>> {
        let fault = self.faults.iter().find(|fault| fault.field == field)?;
        let words = self.lang.of(&fault.detail, &fault.detail_en).to_owned();
        Some(view! { <small class="field-fault">{words}</small> })
    }

    /// One line; `field` is its name among the faults.
    pub(super) fn line(
        &self,
        (field, name): (&str, String),
        label: &'static str,
        value: &str,
        typed: Typed,
    ) -> impl IntoView + use<> {
        let (kind, mode, step) = match typed {
            Typed::Text => ("text", None, None),
            Typed::Number => ("number", Some("numeric"), Some("1")),
            Typed::Money => ("text", Some("decimal"), None),
            Typed::Day => ("date", None, None),
            Typed::Moment => ("datetime-local", None, None),
        };
        let invalid = self.faults.iter().any(|fault| fault.field == field).then_some("true");
        let (least, most) = match typed {
            Typed::Day => (Some(self.setting.season.0.clone()), Some(self.setting.season.1.clone())),
            _ => (None, None),
        };
        view! {
            <label class="field">
                <span>{label}</span>
                <input name=name type=kind inputmode=mode step=step min=least max=most value=value.to_owned()
                    autocomplete="off" maxlength="600" aria-invalid=invalid/>
                {self.fault(field)}
            </label>
        }
    }

    fn own(
        &self,
        field: &'static str,
        label: &'static str,
        value: &str,
        typed: Typed,
    ) -> impl IntoView + use<> {
        self.line((field, format!("form[{field}]")), label, value, typed)
    }

    /// One of several words.
    pub(super) fn choice(
        &self,
        (field, name): (&str, String),
        label: &'static str,
        value: &str,
        all: &[(&'static str, &'static str)],
    ) -> impl IntoView + use<> {
        let option = |(code, word): &(&'static str, &'static str)| view! { <option value=*code selected=*code == value>{*word}</option> };
        view! {
            <label class="field">
                <span>{label}</span>
                <select name=name>{all.iter().map(option).collect_view()}</select>
                {self.fault(field)}
            </label>
        }
    }

    /// A switch.
    pub(super) fn switch(&self, name: String, label: &'static str, on: bool) -> impl IntoView + use<> {
        view! {
            <label class="switch">
                <input type="checkbox" name=name value="true" checked=on/>
                <span>{label}</span>
            </label>
        }
    }

    fn boxes(
        &self,
        field: &'static str,
        legend: &'static str,
        all: Vec<(String, String)>,
        chosen: &[String],
    ) -> impl IntoView + use<> {
        let one = |(code, label): (String, String)| {
            let checked = chosen.contains(&code);
            view! {
                <label class="people-box">
                    <input type="checkbox" name=format!("form[{field}][]") value=code checked=checked/>
                    <span>{label}</span>
                </label>
            }
        };
        view! {
            <details class="build-list" open=!chosen.is_empty()>
                <summary>{legend}</summary>
                <fieldset class="people-boxes"><legend>{legend}</legend>{all.into_iter().map(one).collect_view()}</fieldset>
                {self.fault(field)}
            </details>
        }
    }
}

/// The terms, without the rounds.
pub(super) fn terms(sheet: &Sheet<'_>) -> impl IntoView + use<> {
    view! {
        {names(sheet)}
        {benefit(sheet)}
        {limits(sheet)}
        {places(sheet)}
        {times(sheet)}
    }
}

fn names(sheet: &Sheet<'_>) -> impl IntoView + use<> {
    let (form, lang) = (sheet.form, sheet.lang);
    view! {
        <fieldset class="build-part">
            <legend>{lang.pick("名称与说明", "Name and text")}</legend>
            {sheet.own("title", lang.pick("活动名称", "Name"), &form.title, Typed::Text)}
            {sheet.own("title_en", lang.pick("英文名称（可不填）", "English name (may be left out)"), &form.title_en, Typed::Text)}
            {sheet.own("summary", lang.pick("说明（不填则用条款自动生成的句子）", "Text (left out: the sentence made from the terms)"), &form.summary, Typed::Text)}
            {sheet.own("summary_en", lang.pick("英文说明", "English text"), &form.summary_en, Typed::Text)}
        </fieldset>
    }
}

fn benefit(sheet: &Sheet<'_>) -> impl IntoView + use<> {
    let (form, lang) = (sheet.form, sheet.lang);
    let kinds = lang.pick(
        [("threshold", "满减"), ("percent", "打折封顶"), ("cash", "无门槛")],
        [
            ("threshold", "So much off from an amount"),
            ("percent", "Percentage with a cap"),
            ("cash", "No minimum"),
        ],
    );
    let funding: Vec<_> = Funding::ALL.iter().map(|word| (word.code(), word.word(lang))).collect();
    view! {
        <fieldset class="build-part">
            <legend>{lang.pick("优惠与资金（金额单位：元）", "Benefit and money, in yuan")}</legend>
            <div class="filter-row">
                {sheet.choice(("kind", "form[kind]".into()), lang.pick("券种", "Kind"), &form.kind, &kinds)}
                {sheet.own("face_value", lang.pick("面值／最高减", "Face value or cap"), &form.face_value, Typed::Money)}
                {sheet.own("threshold", lang.pick("满多少可用", "From an order of"), &form.threshold, Typed::Money)}
                {sheet.own("percent_off", lang.pick("减百分之几（8 折填 20）", "Percent off"), &form.percent_off, Typed::Number)}
            </div>
            <div class="filter-row">
                {sheet.choice(("funded_by", "form[funded_by]".into()), lang.pick("出资方", "Who pays"), &form.funded_by, &funding)}
                {sheet.own("government_percent", lang.pick("共担时政府出百分之几", "If both: government's percent"), &form.government_percent, Typed::Number)}
                {sheet.own("pot", lang.pick("资金池", "The pot"), &form.pot, Typed::Money)}
            </div>
        </fieldset>
    }
}

fn limits(sheet: &Sheet<'_>) -> impl IntoView + use<> {
    let (form, lang) = (sheet.form, sheet.lang);
    view! {
        <fieldset class="build-part">
            <legend>{lang.pick("每位居民最多", "At most for one resident")}</legend>
            <div class="filter-row">
                {sheet.own("per_campaign", lang.pick("整个活动领取", "Claims in all"), &form.per_campaign, Typed::Number)}
                {sheet.own("per_day", lang.pick("每天领取", "Claims a day"), &form.per_day, Typed::Number)}
                {sheet.own("per_outlet_day", lang.pick("同一门店每天使用", "Uses a day at one outlet"), &form.per_outlet_day, Typed::Number)}
                {sheet.own("per_merchant_day", lang.pick("同一商户每天使用（可不填）", "Uses a day at one merchant, if limited"), &form.per_merchant_day, Typed::Number)}
            </div>
        </fieldset>
    }
}

fn places(sheet: &Sheet<'_>) -> impl IntoView + use<> {
    let (form, lang, setting) = (sheet.form, sheet.lang, sheet.setting);
    let districts = || {
        let item = |place: &domain::shapes::DistrictShape| {
            (place.code.to_string(), lang.of(&place.name, &place.name_en).to_owned())
        };
        setting.districts.iter().map(item).collect::<Vec<_>>()
    };
    let kinds = || {
        let item = |kind: &domain::shapes::KindShape| {
            (kind.code.to_string(), lang.of(&kind.name, &kind.name_en).to_owned())
        };
        setting.kinds.iter().map(item).collect::<Vec<_>>()
    };
    view! {
        <fieldset class="build-part">
            <legend>{lang.pick("在哪里用（都不选即全部可用）", "Where (nothing chosen means everywhere)")}</legend>
            {sheet.boxes("districts_allow", lang.pick("只限这些区县", "Only these districts"), districts(), &form.districts_allow)}
            {sheet.boxes("districts_deny", lang.pick("除去这些区县", "Not these districts"), districts(), &form.districts_deny)}
            {sheet.boxes("kinds_allow", lang.pick("只限这些商户类别", "Only these kinds"), kinds(), &form.kinds_allow)}
            {sheet.boxes("kinds_deny", lang.pick("除去这些商户类别", "Not these kinds"), kinds(), &form.kinds_deny)}
            {sheet.own("outlets_allow", lang.pick("只限这些门店（编号，用空格隔开）", "Only these outlets (numbers, with blanks between)"), &form.outlets_allow, Typed::Text)}
            {sheet.own("outlets_deny", lang.pick("除去这些门店", "Not these outlets"), &form.outlets_deny, Typed::Text)}
            {sheet.switch("form[fuel]".into(), lang.pick("可用于成品油", "Buys fuel"), form.fuel)}
            {sheet.fault("fuel")}
            {sheet.switch("form[cars]".into(), lang.pick("可用于购车（凭发票）", "Buys cars, with the invoice"), form.cars)}
            {sheet.fault("cars")}
        </fieldset>
    }
}

fn times(sheet: &Sheet<'_>) -> impl IntoView + use<> {
    let (form, lang) = (sheet.form, sheet.lang);
    view! {
        <fieldset class="build-part">
            <legend>{lang.pick("什么时候用", "When")}</legend>
            <div class="filter-row">
                {sheet.own("usable_from", lang.pick("使用第一天", "First day of use"), &form.usable_from, Typed::Day)}
                {sheet.own("usable_to", lang.pick("使用最后一天（至次日 06:00）", "Last day, until 06:00 of the next"), &form.usable_to, Typed::Day)}
                {sheet.own("hours", lang.pick("时段，如 daily 18:00-02:00（不填则全天）", "Hours, such as daily 18:00-02:00"), &form.hours, Typed::Text)}
            </div>
            <div class="filter-row">
                {sheet.own("valid_hours", lang.pick("有效期：领取后小时数（7 天填 168）", "Valid: hours after the claim"), &form.valid_hours, Typed::Number)}
                {sheet.own("valid_until", lang.pick("或：有效至这一天", "or: to the end of this day"), &form.valid_until, Typed::Day)}
            </div>
            {sheet.switch("form[with_promotion]".into(), lang.pick("可与一项商户优惠同用", "One merchant promotion may join it"), form.with_promotion)}
            {sheet.switch("form[returns_on_reversal]".into(), lang.pick("全额退货时券退回", "A full refund gives it back"), form.returns_on_reversal)}
        </fieldset>
    }
}
