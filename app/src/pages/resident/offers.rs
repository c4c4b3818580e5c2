//! `/offers`: promotions by filters and search, all in the address.

use crate::api::{ApiError, caller, offers as api, season};
use crate::components::empty::Empty;
use crate::components::icon::{self, Icon};
use crate::components::offer::OfferCard;
use crate::components::page::Page;
use crate::pages::{loaded, parameter};
use domain::shapes::{Page as List, PromotionShape};
use domain::{Channel, Lang, OfferQuery, Sector, Setting, Supply};
use leptos::prelude::*;

/// A filter: its name in the address, what people call it, and its values.
struct Filter {
    name: &'static str,
    label: &'static str,
    choices: Vec<(String, String)>,
    chosen: Option<String>,
}

struct Offers {
    query: OfferQuery,
    list: List<PromotionShape>,
    count: usize,
    filters: Vec<Filter>,
}

/// What the address asks for; parameters of others are left alone.
fn asked() -> OfferQuery {
    OfferQuery {
        district: parameter("district"),
        kind: parameter("kind"),
        channel: parameter("channel"),
        supply: parameter("supply"),
        setting: parameter("setting"),
        sector: parameter("sector"),
        night: parameter("night"),
        open_now: parameter("open_now"),
        q: parameter("q"),
        limit: None,
        cursor: parameter("cursor"),
    }
}

async fn read(query: OfferQuery) -> Result<Offers, ApiError> {
    let (list, count) = api::matching(&query)?;
    let filters = filters(&query)?;
    Ok(Offers { query, list, count, filters })
}

fn filters(query: &OfferQuery) -> Result<Vec<Filter>, ApiError> {
    let (lang, setting) = (caller::lang(), season::setting()?);
    let named = |code: String, zh: &str, en: &str| (code, lang.of(zh, en).to_owned());
    let districts = setting.districts.iter().map(|one| named(one.code.to_string(), &one.name, &one.name_en));
    let kinds = setting.season.kinds.iter().map(|one| named(one.code.to_string(), &one.name, &one.name_en));
    let filter = |name, label, choices, chosen: &Option<String>| Filter {
        name,
        label,
        choices,
        chosen: chosen.clone(),
    };
    let yes = |words: &str| vec![("true".to_owned(), words.to_owned())];
    Ok(vec![
        filter("district", lang.pick("区县", "District"), districts.collect(), &query.district),
        filter("kind", lang.pick("商户类别", "Kind"), kinds.collect(), &query.kind),
        filter(
            "channel",
            lang.pick("线上线下", "Channel"),
            words(Channel::ALL, Channel::code, Channel::word, lang),
            &query.channel,
        ),
        filter(
            "supply",
            lang.pick("商品服务", "Goods or services"),
            words(Supply::ALL, Supply::code, Supply::word, lang),
            &query.supply,
        ),
        filter(
            "setting",
            lang.pick("城市乡村", "City or country"),
            words(Setting::ALL, Setting::code, Setting::word, lang),
            &query.setting,
        ),
        filter(
            "sector",
            lang.pick("商旅文娱", "Sector"),
            words(Sector::ALL, Sector::code, Sector::word, lang),
            &query.sector,
        ),
        filter("night", lang.pick("夜间", "Night"), yes(lang.pick("不打烊", "Night offers")), &query.night),
        filter(
            "open_now",
            lang.pick("营业", "Open"),
            yes(lang.pick("正在营业", "Open now")),
            &query.open_now,
        ),
    ])
}

fn words<T: Copy>(
    all: &[T],
    code: fn(T) -> &'static str,
    word: fn(T, Lang) -> &'static str,
    lang: Lang,
) -> Vec<(String, String)> {
    all.iter().map(|value| (code(*value).to_owned(), word(*value, lang).to_owned())).collect()
}

/// The page.
pub(crate) fn offers() -> impl IntoView {
    loaded(read(asked()), |offers| {
        let lang = caller::lang();
        let (count, query) = (offers.count, offers.query);
        let next = offers
            .list
            .next_cursor
            .map(|cursor| address(&OfferQuery { cursor: Some(cursor), ..query.clone() }));
        let begun = query.cursor.is_some();
        let first = address(&OfferQuery { cursor: None, ..query.clone() });
        let items = offers.list.items;
        view! {
            <Page title=lang.pick("优惠", "Offers") class="page-wide">
                <h1 class="title">{lang.pick("优惠活动", "Offers")}</h1>
                <div class="finder">
                    <Form query=query.clone() filters=&offers.filters/>
                    <div class="found">
                        <p class="found-count" role="status">{lang.pick(format!("共 {count} 项优惠"), format!("{count} offers"))}</p>
                        <Chips query filters=&offers.filters/>
                        {items.is_empty().then(|| view! {
                            <Empty words=lang.pick("没有符合条件的优惠，试试减少筛选", "No offer fits: try fewer filters")
                                href="/offers" label=lang.pick("看全部优惠", "See all offers")/>
                        })}
                        <div class="offers">
                            {items.into_iter().map(|promotion| view! { <OfferCard promotion/> }).collect_view()}
                        </div>
                        <p class="pager">
                            {begun.then(|| view! { <a class="button button-quiet" href=first>{lang.pick("回到第一页", "First page")}</a> })}
                            {next.map(|next| view! { <a class="button button-quiet" rel="next" href=next>{lang.pick("下一页", "Next page")}</a> })}
                        </p>
                    </div>
                </div>
            </Page>
        }
    })
}

#[component]
fn Form<'a>(query: OfferQuery, filters: &'a [Filter]) -> impl IntoView + use<> {
    let lang = caller::lang();
    let is_switch = |filter: &&Filter| filter.choices.len() == 1;
    let (switches, selects): (Vec<_>, Vec<_>) = filters.iter().partition(is_switch);
    let (main, more) = selects.split_at(selects.len().min(2));
    let more_chosen = more.iter().any(|filter| filter.chosen.is_some());
    view! {
        <form class="filter" method="get" action="/offers" role="search">
            <div class="filter-search">
                <label class="sr-only" for="q">{lang.pick("搜索", "Search")}</label>
                <input id="q" name="q" type="search" maxlength="40" autocomplete="off" value=query.q
                    placeholder=lang.pick("店名、菜名或拼音", "Name, dish, pinyin or initials")/>
                <button class="button" type="submit" data-testid="filter">
                    <Icon path=icon::SEARCH/> <span>{lang.pick("搜索", "Find")}</span>
                </button>
            </div>
            <div class="filter-row">{main.iter().map(|filter| select(filter, lang)).collect_view()}</div>
            <div class="filter-switches">{switches.into_iter().map(switch).collect_view()}</div>
            <details class="filter-more" open=more_chosen>
                <summary>{lang.pick("更多筛选", "More filters")}</summary>
                <div class="filter-row">{more.iter().map(|filter| select(filter, lang)).collect_view()}</div>
            </details>
        </form>
    }
}

fn select(filter: &Filter, lang: Lang) -> impl IntoView + use<> {
    let option = |(code, word): &(String, String)| {
        let chosen = filter.chosen.as_ref() == Some(code);
        view! { <option value=code.clone() selected=chosen>{word.clone()}</option> }
    };
    view! {
        <label class="field">
            <span>{filter.label}</span>
            <select name=filter.name>
                <option value="">{lang.pick("不限", "Any")}</option>
                {filter.choices.iter().map(option).collect_view()}
            </select>
        </label>
    }
}

fn switch(filter: &Filter) -> impl IntoView + use<> {
    let (code, word) = filter.choices.first().cloned().unwrap_or_default();
    let chosen = filter.chosen.as_ref() == Some(&code);
    view! {
        <label class="switch">
            <input type="checkbox" name=filter.name value=code checked=chosen/>
            <span>{word}</span>
        </label>
    }
}

/// The filters in force, each a link that takes it away.
#[component]
fn Chips<'a>(query: OfferQuery, filters: &'a [Filter]) -> impl IntoView + use<> {
    let lang = caller::lang();
    let searched = query.q.clone().map(|q| ("q", format!("“{q}”")));
    let chosen = filters.iter().filter_map(|filter| {
        let value = filter.chosen.as_ref()?;
        let word = filter.choices.iter().find(|(code, _)| code == value).map(|(_, word)| word.clone());
        Some((filter.name, word.unwrap_or_else(|| format!("{}: {value}", filter.label))))
    });
    let chip = |(name, word): (&'static str, String)| {
        let label = lang.pick(format!("去掉筛选：{word}"), format!("Remove the filter {word}"));
        view! { <li><a class="chip" href=address(&without(&query, name)) aria-label=label>{word.clone()} <span aria-hidden="true">"×"</span></a></li> }
    };
    let chips: Vec<_> = searched.into_iter().chain(chosen).map(chip).collect();
    (!chips.is_empty()).then(|| view! { <ul class="chips">{chips}</ul> })
}

fn pairs(query: &OfferQuery) -> [(&'static str, &Option<String>); 10] {
    [
        ("q", &query.q),
        ("district", &query.district),
        ("kind", &query.kind),
        ("channel", &query.channel),
        ("supply", &query.supply),
        ("setting", &query.setting),
        ("sector", &query.sector),
        ("night", &query.night),
        ("open_now", &query.open_now),
        ("cursor", &query.cursor),
    ]
}

/// The first page of the same list without one filter.
fn without(query: &OfferQuery, name: &str) -> OfferQuery {
    let mut query = OfferQuery { cursor: None, ..query.clone() };
    let field = match name {
        "q" => &mut query.q,
        "district" => &mut query.district,
        "kind" => &mut query.kind,
        "channel" => &mut query.channel,
        "supply" => &mut query.supply,
        "setting" => &mut query.setting,
        "sector" => &mut query.sector,
        "night" => &mut query.night,
        _ => &mut query.open_now,
    };
    *field = None;
    query
}

/// The address of a list.
fn address(query: &OfferQuery) -> String {
    let set = pairs(query).into_iter().filter_map(|(name, value)| Some((name, value.as_ref()?)));
    let set: Vec<_> = set.map(|(name, value)| format!("{name}={}", caller::encoded(value))).collect();
    if set.is_empty() { "/offers".to_owned() } else { format!("/offers?{}", set.join("&")) }
}
