//! What residents read, made from the terms.

use crate::{CampaignTerms, Kind, Lang, Season, UsableWhere, Validity};

/// The terms as sentences: what a voucher takes off, where, when, for how long,
/// how many, and what may join it.
#[must_use]
pub fn sentence(terms: &CampaignTerms, season: &Season, lang: Lang) -> String {
    let place = &terms.usable_where;
    let benefit = terms.benefit.words(lang);
    let parts = [
        lang.pick(
            format!("{benefit}，{}", wher(place, season, lang)),
            format!("{benefit}, {}", wher(place, season, lang)),
        ),
        when(terms, lang),
        limits(terms, lang),
        joins(terms, lang),
    ];
    let (stop, end) = lang.pick(("。", "。"), (". ", "."));
    format!("{}{end}", parts.join(stop))
}

fn wher(place: &UsableWhere, season: &Season, lang: Lang) -> String {
    let all = place.districts_allow.is_empty() && place.districts_deny.is_empty();
    let districts = if all {
        lang.pick("全市", "in the whole city").to_owned()
    } else {
        let usable = season.districts.iter().filter(|district| place.allows_district(district.code));
        let names = usable.map(|district| lang.of(&district.name, &district.name_en));
        let names = names.collect::<Vec<_>>().join(lang.pick("、", ", "));
        lang.pick(names.clone(), format!("in {names}"))
    };
    let shops = shops(place, season, lang);
    let mut text = lang.pick(format!("{districts}{shops}可用"), format!("{districts} at {shops}"));
    if !place.outlets_allow.is_empty() {
        let count = place.outlets_allow.len();
        text += &lang.pick(format!("（限指定的 {count} 家门店）"), format!(" ({count} named outlets only)"));
    }
    text
}

/// The kinds of merchants, by what is let through or what is not, whichever is
/// shorter.
fn shops(place: &UsableWhere, season: &Season, lang: Lang) -> String {
    let (open, shut): (Vec<_>, Vec<_>) =
        season.kinds.iter().partition(|kind| place.allows_kind(&kind.code, kind.switch));
    let names = |kinds: &[&Kind]| {
        let names = kinds.iter().map(|kind| lang.of(&kind.name, &kind.name_en).to_owned());
        let names = if lang == Lang::En {
            names.map(|name| name.to_lowercase()).collect()
        } else {
            names.collect::<Vec<_>>()
        };
        names.join(lang.pick("、", ", "))
    };
    match (open.len(), shut.len()) {
        (_, 0) => lang.pick("所有参加的商户", "every merchant that takes part").to_owned(),
        (open_count, shut_count) if shut_count < open_count => {
            let shut = names(&shut);
            lang.pick(format!("参加的商户（{shut}除外）"), format!("merchants that take part (not {shut})"))
        }
        _ => names(&open),
    }
}

fn when(terms: &CampaignTerms, lang: Lang) -> String {
    let when = &terms.usable_when;
    let hours = when.hours.as_ref().map(|hours| {
        let hours = hours.words(lang);
        lang.pick(format!("，限{hours}"), format!(", {hours} only"))
    });
    let hours = hours.unwrap_or_default();
    let (from, to) = (when.from, when.to);
    match terms.validity {
        Validity::Until(day) => {
            lang.pick(format!("{from} 至 {day} 有效{hours}"), format!("Valid from {from} to {day}{hours}"))
        }
        Validity::Hours(hours_valid) => {
            let span = match (hours_valid % 24, hours_valid / 24) {
                (0, 1) => lang.pick("24 小时".to_owned(), "24 hours".to_owned()),
                (0, days) => lang.pick(format!("{days} 天"), format!("{days} days")),
                _ => lang.pick(format!("{hours_valid} 小时"), format!("{hours_valid} hours")),
            };
            lang.pick(
                format!("领取后 {span}内有效，使用日期 {from} 至 {to}{hours}"),
                format!("Valid for {span} after the claim, from {from} to {to}{hours}"),
            )
        }
    }
}

fn limits(terms: &CampaignTerms, lang: Lang) -> String {
    let limits = terms.limits;
    let (all, day) = (limits.per_campaign, limits.per_day);
    let daily = (day < all).then(|| lang.pick(format!("，每天最多 {day} 张"), format!(", {day} a day")));
    let (daily, shops) = (daily.unwrap_or_default(), limits.words_at_shops(lang));
    lang.pick(
        format!("每人最多领 {all} 张{daily}，{shops}"),
        format!("At most {all} for each person{daily}, {shops}"),
    )
}

fn joins(terms: &CampaignTerms, lang: Lang) -> String {
    let joins = match terms.stacking.with_promotion {
        true => lang.pick(
            "可与一项商户优惠同用，门槛按商户优惠后的金额计算",
            "One merchant promotion may join it; the threshold is tested after its discount",
        ),
        false => lang.pick("不与商户优惠同用", "No merchant promotion may join it"),
    };
    let back = match terms.returns_on_reversal {
        true => lang.pick("；全额退货时券退回", "; a full refund gives it back"),
        false => lang.pick("；退货时券不退回", "; a refund does not give it back"),
    };
    format!("{joins}{back}")
}
