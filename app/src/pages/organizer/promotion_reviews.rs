//! A promotion that waits for the bureau's review.

use super::review_tabs::waited;
use crate::api::promotions::ReviewPromotion;
use crate::components::promotion::Offer;
use crate::components::when::When;
use domain::shapes::{DifferenceShape, DistrictShape, MerchantShape, WaitingPromotion};
use domain::{Channel, Lang, PromotionField, PromotionId, Sector, Setting, Supply};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// Where a card stands.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    /// What the keys of the page's forms begin with.
    pub(super) key: &'a str,
    /// Whether it waits longest: the shortcuts are its own.
    pub(super) is_first: bool,
    /// Whether the reader goes back to the queue of both kinds.
    pub(super) in_queue: bool,
}

/// A promotion with what is decided on it.
pub(super) fn promotion_card(
    item: &WaitingPromotion,
    merchant: &MerchantShape,
    districts: &[DistrictShape],
    place: Place<'_>,
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
            <h2><a class="row-link" accesskey=place.is_first.then_some("n") href=format!("#promotion-{}", own.id)>
                {lang.of(&own.form.title, &own.form.title_en).to_owned()}
            </a></h2>
            <p><span class="tag">{what}</span> " " {name} " · " {places}</p>
            <p class="quiet">{waited(item.waiting_s, lang)} " · " {handed_in}</p>
            {publish_at}
            {(!is_new).then(|| differences(&item.differences, merchant, lang))}
            {preview}
            {verdict(own.id, own.version, place, lang)}
        </article>
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
    Place { key, is_first, in_queue }: Place<'_>,
    lang: Lang,
) -> impl IntoView + use<> {
    let shortcut = |letter: &'static str| is_first.then_some(letter);
    let hidden = |decision: &'static str| {
        view! {
            <input type="hidden" name="promotion_id" value=id.to_string()/>
            <input type="hidden" name="version" value=version.to_string()/>
            <input type="hidden" name="decision" value=decision/>
            <input type="hidden" name="key" value=format!("{key}-{id}-{decision}")/>
            {in_queue.then(|| view! { <input type="hidden" name="queue" value="all"/> })}
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
