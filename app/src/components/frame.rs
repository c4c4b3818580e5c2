//! What stands above and below every page.

use crate::api::{caller, season};
use crate::components::icon::{self, Icon};
use leptos::prelude::*;

/// Address, icon, name in Chinese and English.
type Place = (&'static str, &'static str, &'static str, &'static str);

/// The residents' places.
const PLACES: [Place; 5] = [
    ("/", icon::HOME, "首页", "Home"),
    ("/offers", icon::TAG, "优惠", "Offers"),
    ("/vouchers", icon::BOLT, "抢券", "Claim"),
    ("/wallet", icon::TICKET, "券包", "Wallet"),
    ("/me", icon::PERSON, "我的", "Me"),
];

/// The places of merchants and organizers, where their pages show them.
const SHOP: [Place; 4] = [
    ("/shop", icon::SHOP, "门店", "Shop"),
    ("/shop/till", icon::TICKET, "收银台", "Till"),
    ("/shop/promotions", icon::TAG, "优惠活动", "Offers"),
    ("/me", icon::PERSON, "我的", "Me"),
];
const BUREAU: [Place; 4] = [
    ("/bureau", icon::HOME, "总览", "Overview"),
    ("/bureau/stats", icon::CALENDAR, "统计", "Statistics"),
    ("/bureau/draws", icon::TICKET, "摇号", "Draws"),
    ("/me", icon::PERSON, "我的", "Me"),
];
/// Of the community desk, whose people see no statistics.
const DESK: [Place; 3] = [
    ("/bureau/desk", icon::TICKET, "社区代领", "Desk"),
    ("/vouchers", icon::BOLT, "轮次", "Rounds"),
    ("/me", icon::PERSON, "我的", "Me"),
];

/// The bar above: the season, the places on wide screens, the language.
#[component]
pub(crate) fn Top() -> impl IntoView {
    let lang = caller::lang();
    let season = season::setting().ok().map(|setting| setting.season);
    let demo = season.as_ref().is_some_and(|season| season.demo);
    let name = season.map_or_else(
        || lang.pick("约惠", "Yuehui").to_owned(),
        |season| lang.of(&season.name, &season.name_en).to_owned(),
    );
    view! {
        <a class="skip" href="#main">{lang.pick("跳到正文", "Skip to the content")}</a>
        <header class="top">
            <div class="top-inner">
                <a class="brand" href="/">
                    <span class="seal" aria-hidden="true">"惠"</span>
                    <span class="brand-name">{name}</span>
                </a>
                {demo.then(|| view! { <span class="demo-mark">{lang.pick("演示数据", "Demo data")}</span> })}
                <Places/>
                <Language/>
            </div>
        </header>
    }
}

/// The lines below: what the season goes by, and the other front doors.
#[component]
pub(crate) fn Bottom() -> impl IntoView {
    let lang = caller::lang();
    let links = [
        ("/events", lang.pick("活动日程", "Events")),
        ("/dishes", lang.pick("特色菜品", "Dishes")),
        ("/open", lang.pick("公开账目", "Open books")),
        ("/shop", lang.pick("商户入口", "For merchants")),
        ("/bureau", lang.pick("管理入口", "For organizers")),
        ("/api/docs", lang.pick("开放接口", "API")),
    ];
    view! {
        <footer class="foot" id="foot">
            <ul>
                {links.map(|(href, label)| view! { <li><a href=href>{label}</a></li> })}
            </ul>
            <p>{lang.pick("政府搭台 · 企业唱戏 · 市场运作 · 百姓受益", "The city sets the stage, businesses perform, the people benefit")}</p>
        </footer>
    }
}

/// The places: a bar at the bottom on phones, in the top bar on wide screens.
#[component]
fn Places() -> impl IntoView {
    let lang = caller::lang();
    let path = caller::path();
    let places: &[Place] = match () {
        () if path.starts_with("/shop") => &SHOP,
        () if path.starts_with("/bureau/desk") => &DESK,
        () if path.starts_with("/bureau") => &BUREAU,
        () => &PLACES,
    };
    let place = |(href, icon, zh, en): &Place| {
        let here = here(&path, href);
        view! {
            <a href=*href aria-current=here.then_some("page")>
                <Icon path=icon/>
                <span>{lang.pick(*zh, *en)}</span>
            </a>
        }
    };
    view! {
        <nav class="places" aria-label=lang.pick("主导航", "Main")>
            {places.iter().map(place).collect_view()}
        </nav>
    }
}

/// Whether a place is where the reader is.
fn here(path: &str, place: &str) -> bool {
    match place {
        "/offers" => ["/offers", "/promotions", "/merchants"].iter().any(|start| path.starts_with(start)),
        "/vouchers" => ["/vouchers", "/rounds"].iter().any(|start| path.starts_with(start)),
        "/bureau/desk" => path.starts_with("/bureau/desk"),
        "/shop/promotions" => path.starts_with("/shop/promotions"),
        "/wallet" => path.starts_with("/wallet"),
        "/me" => path == "/me" || path == "/login",
        place => path == place,
    }
}

/// The link to the other language; it works without JavaScript.
#[component]
fn Language() -> impl IntoView {
    let lang = caller::lang();
    let back = caller::encoded(&caller::path_and_query());
    let (code, name, tag) = lang.pick(("en", "EN", "en"), ("zh", "中文", "zh-CN"));
    view! {
        <a class="language" href=format!("/lang/{code}?back={back}") lang=tag hreflang=tag rel="nofollow"
            aria-label=lang.pick("EN: read in English", "中文：用中文阅读")>{name}</a>
    }
}
