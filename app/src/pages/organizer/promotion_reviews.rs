//! `/bureau/reviews/promotions`: the promotions that wait, the oldest first.

use crate::api::promotions::{ReviewPromotion, Waiting};
use crate::api::{caller, promotions as api};
use crate::components::empty::Empty;
use crate::components::page::Page;
use crate::components::promotion::Offer;
use crate::components::when::When;
use crate::figures::count;
use crate::pages::organizer::review_tabs::{Reviewed, review_tabs, shortcut_words};
use crate::pages::{loaded, parameter};
use domain::shapes::{DifferenceShape, DistrictShape, MerchantShape, WaitingPromotion};
use domain::{Channel, Lang, PromotionField, PromotionId, Sector, Setting, Supply};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The page.
pub(crate) fn promotion_reviews() -> impl IntoView {
    let cursor = parameter("cursor");
    loaded(async move { api::waiting(cursor).await }, show)
}

fn show(waiting: Waiting) -> impl IntoView {
    let lang = caller::lang();
    let Waiting { items, next_cursor, count: number, districts, key } = waiting;
    let nothing = items.is_empty();
    // The shortcuts are the oldest one's.
    let cards = items
        .into_iter()
        .enumerate()
        .map(|(place, (item, merchant))| card(&item, &merchant, &districts, (&key, place == 0), lang));
    let cards = cards.collect_view();
    view! {
        <Page title=lang.pick("优惠活动审核", "Promotions to review") class="reviews-page">
            {review_tabs(Reviewed::Promotions, lang)}
            <h1 class="title">{lang.pick("待审优惠活动", "Promotions to review")} " " <span class="count digits">{count(number)}</span></h1>
            {nothing.then(|| view! {
                <Empty words=lang.pick("没有待审的优惠活动。", "No promotion waits for review.") href="/bureau"
                    label=lang.pick("回总览", "Back to the overview")/>
            })}
            {(!nothing).then(|| shortcut_words(lang))}
            {cards}
            {next_cursor.map(|cursor| view! {
                <p class="pager"><a class="button button-quiet" href=format!("/bureau/reviews/promotions?cursor={}", caller::encoded(&cursor))>
                    {lang.pick("下一页", "Next page")}
                </a></p>
            })}
        </Page>
    }
}

fn card(
    item: &WaitingPromotion,
    merchant: &MerchantShape,
    districts: &[DistrictShape],
    (key, is_first): (&str, bool),
    lang: Lang,
) -> impl IntoView + use<> {
    let own = &item.promotion;
    let name = lang.of(&item.merchant_name, &item.merchant_name_en).to_owned();
    let places = districts.iter().filter(|district| item.districts.contains(&district.code));
    let places = places.map(|district| lang.of(&district.name, &district.name_en)).collect::<Vec<_>>();
    let places = places.join(lang.pick("、", ", "));
    let handed_in = own.submitted_at.as_deref().map(|at| When::here().moment(at)).unwrap_or_default();
    let is_new = own.revision.is_none();
    let what = if is_new { lang.pick("新活动", "New") } else { lang.pick("修改", "Edit") };
    let publish_at = (!own.form.publish_at.is_empty() && is_new).then(|| {
        let at = own.form.publish_at.replace('T', " ");
        view! { <p class="notice">{lang.pick("定时发布：", "To appear at: ")}{at}</p> }
    });
    let preview = own.preview.clone().map(|promotion| {
        let merchant = merchant.clone();
        view! {
            <details open=is_new>
                <summary>{lang.pick("居民看到的样子", "How residents will see it")}</summary>
                <div class="phone"><Offer promotion merchant preview=true/></div>
            </details>
        }
    });
    view! {
        <article class="card review" id=format!("promotion-{}", own.id) data-testid="waiting" data-promotion=own.id.to_string()>
            <h2>{lang.of(&own.form.title, &own.form.title_en).to_owned()}</h2>
            <p><span class="tag">{what}</span> " " {name} " · " {places}</p>
            <p class="quiet">{waited(item.waiting_s, lang)} " · " {handed_in}</p>
            {publish_at}
            {(!is_new).then(|| differences(&item.differences, merchant, lang))}
            {preview}
            {verdict(own.id, own.version, (key, is_first), lang)}
        </article>
    }
}

/// For how long it waits.
fn waited(seconds: i64, lang: Lang) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    match (days, hours) {
        (0, 0) => lang.pick(format!("已等 {minutes} 分钟"), format!("waits for {minutes} min")),
        (0, _) => {
            lang.pick(format!("已等 {hours} 小时 {minutes} 分"), format!("waits for {hours} h {minutes} min"))
        }
        _ => lang.pick(format!("已等 {days} 天 {hours} 小时"), format!("waits for {days} d {hours} h")),
    }
}

/// What an edit changes of what is published.
fn differences(all: &[DifferenceShape], merchant: &MerchantShape, lang: Lang) -> impl IntoView + use<> {
    let row = |difference: &DifferenceShape| {
        let words = |text: &str| value_words(difference.field, text, merchant, lang);
        view! {
            <div class="difference" data-field=difference.field.code()>
                <dt>{difference.field.word(lang)}</dt>
                <dd><del>{words(&difference.before)}</del></dd>
                <dd><ins>{words(&difference.after)}</ins></dd>
            </div>
        }
    };
    let rows = all.iter().map(row).collect_view();
    let none = all.is_empty().then(|| {
        view! { <p class="quiet">{lang.pick("与已发布的内容相同。", "The same as what is published.")}</p> }
    });
    view! {
        <section aria-label=lang.pick("改动", "What changes")>
            {none}
            <dl class="differences">{rows}</dl>
        </section>
    }
}

/// A field's value as people read it.
fn value_words(field: PromotionField, text: &str, merchant: &MerchantShape, lang: Lang) -> String {
    let word = match field {
        PromotionField::Channel => text.parse::<Channel>().ok().map(|value| value.word(lang)),
        PromotionField::Supply => text.parse::<Supply>().ok().map(|value| value.word(lang)),
        PromotionField::Setting => text.parse::<Setting>().ok().map(|value| value.word(lang)),
        PromotionField::Sector => text.parse::<Sector>().ok().map(|value| value.word(lang)),
        _ => None,
    };
    match field {
        _ if text.is_empty() => lang.pick("（空）", "(empty)").to_owned(),
        PromotionField::Hours => crate::components::offer::hours(text, lang),
        PromotionField::Outlets => {
            let named = |id: &str| merchant.outlets.iter().find(|outlet| outlet.id.to_string() == id);
            let names =
                text.split(' ').filter_map(named).map(|outlet| lang.of(&outlet.name, &outlet.name_en));
            names.collect::<Vec<_>>().join(lang.pick("、", ", "))
        }
        PromotionField::Photos => {
            let number = text.split(' ').count();
            lang.pick(format!("{number} 张"), format!("{number} photos"))
        }
        _ => word.unwrap_or(text).to_owned(),
    }
}

fn verdict(
    id: PromotionId,
    version: i64,
    (key, is_first): (&str, bool),
    lang: Lang,
) -> impl IntoView + use<> {
    let shortcut = |letter: &'static str| is_first.then_some(letter);
    let hidden = |decision: &'static str| {
        view! {
            <input type="hidden" name="promotion_id" value=id.to_string()/>
            <input type="hidden" name="version" value=version.to_string()/>
            <input type="hidden" name="decision" value=decision/>
            <input type="hidden" name="key" value=format!("{key}-{id}-{decision}")/>
        }
    };
    view! {
        <div class="review-verdict">
            <form method="post" action=ReviewPromotion::PATH>
                {hidden("approve")}
                <button class="button" type="submit" accesskey=shortcut("a") data-testid="approve">{lang.pick("通过", "Approve")}</button>
            </form>
            <form class="review-return" method="post" action=ReviewPromotion::PATH>
                {hidden("return")}
                <label class="field">
                    <span>{lang.pick("退回原因（商户会看到）", "What is to be mended (the merchant reads it)")}</span>
                    <input name="reason" type="text" autocomplete="off" required=true maxlength="200" accesskey=shortcut("r")/>
                </label>
                <button class="button button-quiet" type="submit" data-testid="return">{lang.pick("退回", "Return")}</button>
            </form>
        </div>
    }
}
