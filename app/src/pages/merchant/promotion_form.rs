//! `/shop/promotions/new` and `/shop/promotions/{id}/edit`: a promotion is
//! written. What is missing keeps nobody from saving.

use crate::api::promotions::{Own, SPANS, SavePromotion};
use crate::api::{caller, promotions as api};
use crate::components::page::Page;
use crate::pages::{id_in_path, loaded};
use domain::shapes::{FaultShape, MerchantShape};
use domain::{
    Channel, Lang, PromotionField, PromotionForm, PromotionId, PromotionState, Sector, Setting, Supply,
};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The page of a new one.
pub(crate) fn new_promotion() -> impl IntoView {
    loaded(async { api::own(None).await }, show)
}

/// The page of one that is there.
pub(crate) fn edit_promotion() -> impl IntoView {
    let id = id_in_path();
    loaded(async move { api::own(Some(PromotionId(id?))).await }, show)
}

/// What the form's parts are made from.
struct Sheet {
    form: PromotionForm,
    faults: Vec<FaultShape>,
    season: (String, String),
    lang: Lang,
}

fn show(own: Own) -> impl IntoView {
    let lang = caller::lang();
    let Own { promotion, merchant, season, key } = own;
    let id = promotion.as_ref().map(|item| item.id.to_string()).unwrap_or_default();
    let published = promotion.as_ref().is_some_and(|item| item.state == PromotionState::Published);
    let back = promotion
        .as_ref()
        .map_or("/shop/promotions".to_owned(), |item| format!("/shop/promotions/{}", item.id));
    let (form, faults) = match promotion {
        Some(item) => (item.form, item.faults),
        None => (blank(&merchant, &season), Vec::new()),
    };
    let sheet = Sheet { form, faults, season, lang };
    let title = if id.is_empty() {
        lang.pick("发布优惠活动", "Post a promotion")
    } else {
        lang.pick("修改优惠活动", "Edit the promotion")
    };
    view! {
        <Page title class="page-narrow post-page">
            <h1 class="title">{title}</h1>
            {published.then(|| view! {
                <p class="notice">{lang.pick("修改要再审核一次；通过之前，居民看到的仍是原来的内容。", "An edit is reviewed again; until then residents see the old text.")}</p>
            })}
            <form class="form" method="post" action=SavePromotion::PATH>
                <input type="hidden" name="promotion_id" value=id/>
                <input type="hidden" name="key" value=key/>
                {words(&sheet)}
                {axes(&sheet)}
                {days(&sheet, published)}
                {hours(&sheet)}
                {outlets(&sheet, &merchant)}
                <div class="form-next">
                    <button class="button" type="submit" data-testid="save">{lang.pick("保存并预览", "Save and preview")}</button>
                    <a class="button button-quiet" href=back>{lang.pick("取消", "Cancel")}</a>
                </div>
            </form>
        </Page>
    }
}

/// What a new one begins with: every outlet, until the season's end.
fn blank(merchant: &MerchantShape, season: &(String, String)) -> PromotionForm {
    let today = caller::backend().map(|backend| backend.zone().business_day(backend.now()).to_string());
    PromotionForm {
        channel: Channel::Offline.to_string(),
        supply: Supply::Goods.to_string(),
        setting: Setting::Urban.to_string(),
        sector: Sector::Commerce.to_string(),
        starts_on: today.map_or_else(|_| season.0.clone(), |today| today.max(season.0.clone())),
        ends_on: season.1.clone(),
        outlets: merchant.outlets.iter().map(|outlet| outlet.id).collect(),
        ..PromotionForm::default()
    }
}

impl Sheet {
    /// What is wrong with a field, to stand below it.
    fn fault(&self, field: PromotionField) -> Option<impl IntoView + use<>> {
        let fault = self.faults.iter().find(|fault| fault.field == field)?;
        let words = self.lang.of(&fault.detail, &fault.detail_en).to_owned();
        Some(view! { <small class="field-fault">{words}</small> })
    }

    fn invalid(&self, field: PromotionField) -> Option<&'static str> {
        self.faults.iter().any(|fault| fault.field == field).then_some("true")
    }

    fn line(
        &self,
        field: PromotionField,
        value: &str,
        most: u32,
        hint: &'static str,
    ) -> impl IntoView + use<> {
        view! {
            <label class="field">
                <span>{field.word(self.lang)}</span>
                <input name=format!("post[{field}]") type="text" autocomplete="off" maxlength=most.to_string() value=value.to_owned()
                    placeholder=hint aria-invalid=self.invalid(field)/>
                {self.fault(field)}
            </label>
        }
    }

    fn lines(&self, field: PromotionField, value: &str) -> impl IntoView + use<> {
        view! {
            <label class="field">
                <span>{field.word(self.lang)}</span>
                <textarea name=format!("post[{field}]") rows="4" maxlength="600" aria-invalid=self.invalid(field)>{value.to_owned()}</textarea>
                {self.fault(field)}
            </label>
        }
    }

    fn choice(
        &self,
        field: PromotionField,
        value: &str,
        all: Vec<(&'static str, &'static str)>,
    ) -> impl IntoView + use<> {
        let option = |(code, word): (&'static str, &'static str)| {
            view! { <option value=code selected=code == value>{word}</option> }
        };
        view! {
            <label class="field">
                <span>{field.word(self.lang)}</span>
                <select name=format!("post[{field}]") aria-invalid=self.invalid(field)>{all.into_iter().map(option).collect_view()}</select>
                {self.fault(field)}
            </label>
        }
    }

    fn day(&self, field: PromotionField, value: &str) -> impl IntoView + use<> {
        let (from, to) = self.season.clone();
        view! {
            <label class="field">
                <span>{field.word(self.lang)}</span>
                <input name=format!("post[{field}]") type="date" min=from max=to value=value.to_owned() aria-invalid=self.invalid(field)/>
                {self.fault(field)}
            </label>
        }
    }
}

fn words(sheet: &Sheet) -> impl IntoView + use<> {
    use PromotionField as F;
    let (form, lang) = (&sheet.form, sheet.lang);
    let english = view! {
        {sheet.line(F::TitleEn, &form.title_en, 160, "")}
        {sheet.line(F::PriceTextEn, &form.price_text_en, 80, "")}
        {sheet.lines(F::TextEn, &form.text_en)}
    };
    let open = !form.title_en.is_empty() || !form.text_en.is_empty();
    view! {
        {sheet.line(F::Title, &form.title, 80, lang.pick("如：夜宵小锅，第二锅半价", "Late hot pot: second pot half price"))}
        {sheet.line(F::PriceText, &form.price_text, 80, lang.pick("如：第二锅 5 折", "50% off the second"))}
        {sheet.lines(F::Text, &form.text)}
        <details open=open>
            <summary>{lang.pick("英文（可不填）", "In English (may be left out)")}</summary>
            {english}
        </details>
    }
}

fn axes(sheet: &Sheet) -> impl IntoView + use<> {
    use PromotionField as F;
    let (form, lang) = (&sheet.form, sheet.lang);
    macro_rules! all {
        ($axis:ty) => {
            <$axis>::ALL.iter().map(|value| (value.code(), value.word(lang))).collect()
        };
    }
    view! {
        <div class="filter-row">
            {sheet.choice(F::Channel, &form.channel, all!(Channel))}
            {sheet.choice(F::Supply, &form.supply, all!(Supply))}
            {sheet.choice(F::Setting, &form.setting, all!(Setting))}
            {sheet.choice(F::Sector, &form.sector, all!(Sector))}
        </div>
        {sheet.line(F::Link, &form.link, 300, "https://")}
    }
}

fn days(sheet: &Sheet, published: bool) -> impl IntoView + use<> {
    use PromotionField as F;
    let (form, lang) = (&sheet.form, sheet.lang);
    // What a program sent with seconds or an offset is shown to the minute.
    let publish_at = form.publish_at.get(..16).unwrap_or(&form.publish_at).to_owned();
    let publish = (!published).then(|| view! {
        <label class="field">
            <span>{lang.pick("发布时间（不填则审核通过后立即发布）", "Appears at (left out: as soon as it is approved)")}</span>
            <input name="post[publish_at]" type="datetime-local" value=publish_at aria-invalid=sheet.invalid(F::PublishAt)/>
            {sheet.fault(F::PublishAt)}
        </label>
    });
    view! {
        <div class="filter-row">
            {sheet.day(F::StartsOn, &form.starts_on)}
            {sheet.day(F::EndsOn, &form.ends_on)}
        </div>
        {publish}
    }
}

/// The days that a span of hours may have.
const DAYS: [(&str, &str, &str); 10] = [
    ("daily", "每天", "Every day"),
    ("mon-fri", "周一至周五", "Monday to Friday"),
    ("sat,sun", "周六、周日", "Saturday, Sunday"),
    ("mon", "周一", "Monday"),
    ("tue", "周二", "Tuesday"),
    ("wed", "周三", "Wednesday"),
    ("thu", "周四", "Thursday"),
    ("fri", "周五", "Friday"),
    ("sat", "周六", "Saturday"),
    ("sun", "周日", "Sunday"),
];

/// The spans of weekly hours as they were typed: days, from, to.
fn spans(hours: &str) -> Vec<(String, String, String)> {
    let span = |part: &str| {
        let (days, times) = part.trim().split_once(' ').unwrap_or((part.trim(), ""));
        let (from, to) = times.trim().split_once('-').unwrap_or((times, ""));
        // Browsers know no 24:00; midnight is the same end.
        let to = if to == "24:00" { "00:00" } else { to };
        (days.to_owned(), from.to_owned(), to.to_owned())
    };
    let mut spans: Vec<_> = hours.split(';').filter(|part| !part.trim().is_empty()).map(span).collect();
    while spans.len() < SPANS {
        spans.push(("daily".to_owned(), String::new(), String::new()));
    }
    spans
}

fn hours(sheet: &Sheet) -> impl IntoView + use<> {
    let lang = sheet.lang;
    let rows = spans(&sheet.form.hours).into_iter().take(SPANS).enumerate();
    let rows = rows.map(|(n, span)| hours_row(n, span, lang)).collect_view();
    view! {
        <fieldset class="post-hours">
            <legend>{lang.pick("时段（不填则随门店营业时间；结束早于开始表示到次日）", "Hours (left out: the outlets'; an end before the start means the next morning)")}</legend>
            {rows}
            {sheet.fault(PromotionField::Hours)}
        </fieldset>
    }
}

fn hours_row(n: usize, (days, from, to): (String, String, String), lang: Lang) -> impl IntoView {
    let known = DAYS.iter().any(|(code, ..)| *code == days);
    // Days that came from elsewhere stay as they are.
    let other = (!known).then(|| view! { <option value=days.clone() selected=true>{days.clone()}</option> });
    let option = |(code, zh, en): &(&'static str, &'static str, &'static str)| {
        view! { <option value=*code selected=*code == days>{lang.pick(*zh, *en)}</option> }
    };
    let number = n + 1;
    let label = |zh: &str, en: &str| lang.pick(format!("时段 {number} {zh}"), format!("Span {number}: {en}"));
    view! {
        <div class="post-span">
            <select name=format!("post[hours_days][{n}]") aria-label=label("星期", "days")>{DAYS.iter().map(option).collect_view()}{other}</select>
            <input name=format!("post[hours_from][{n}]") type="time" value=from aria-label=label("开始", "from")/>
            <input name=format!("post[hours_to][{n}]") type="time" value=to aria-label=label("结束", "to")/>
        </div>
    }
}

fn outlets(sheet: &Sheet, merchant: &MerchantShape) -> impl IntoView + use<> {
    let lang = sheet.lang;
    let one = merchant.outlets.iter().map(|outlet| {
        let name = lang.of(&outlet.name, &outlet.name_en).to_owned();
        let checked = sheet.form.outlets.contains(&outlet.id);
        view! {
            <label class="switch">
                <input type="checkbox" name="post[outlets][]" value=outlet.id.to_string() checked=checked/>
                <span>{name}</span>
            </label>
        }
    });
    let one = one.collect_view();
    view! {
        <fieldset class="post-outlets">
            <legend>{PromotionField::Outlets.word(lang)}</legend>
            {one}
            {sheet.fault(PromotionField::Outlets)}
        </fieldset>
    }
}

#[cfg(test)]
mod tests {
    use super::spans;

    #[test]
    fn hours_stand_in_their_fields_whole_or_not() {
        let of = |hours: &str| {
            spans(hours).into_iter().map(|(d, f, t)| format!("{d}|{f}|{t}")).collect::<Vec<_>>()
        };
        assert_eq!(
            of("mon-fri 18:00-02:00; sat,sun 10:00-24:00"),
            ["mon-fri|18:00|02:00", "sat,sun|10:00|00:00", "daily||"]
        );
        assert_eq!(of("daily 18:00-"), ["daily|18:00|", "daily||", "daily||"]);
        assert_eq!(of(""), ["daily||", "daily||", "daily||"]);
    }
}
