//! `/bureau`: the business day at a glance.

use super::table::tally_table;
use crate::api::stats::Overview;
use crate::api::{caller, stats as api};
use crate::components::page::Page;
use crate::components::when::When;
use crate::figures::{self, TOTAL};
use crate::islands::stats_live::LiveTally;
use crate::islands::stock::Stock;
use crate::pages::loaded;
use domain::shapes::{DistrictStats, RoundShape};
use domain::{Lang, Role, StatsColumn};
use leptos::either::Either;
use leptos::prelude::*;

/// What stands in large figures.
const LARGE: [&str; 4] = ["claimed", "redeemed", "subsidy", "order"];
/// What the table shows; the rest is on the page of statistics.
const COLUMNS: [&str; 5] = ["released", "claimed", "redeemed", "subsidy", "order"];

/// The page.
pub(crate) fn bureau() -> impl IntoView {
    loaded(api::overview(), show)
}

fn show(overview: Overview) -> impl IntoView {
    let lang = caller::lang();
    let day = overview.season.business_day.clone();
    let query = format!("?from={day}&to={day}");
    let rounds = open_rounds(lang, &overview);
    let role = role(lang, &overview);
    view! {
        <Page title=lang.pick("总览", "Overview") class="page-wide bureau-page">
            <header class="bureau-head">
                <h1>{lang.pick("今日总览", "Today")}</h1>
                <LiveTally lang query=query.clone() as_of=overview.today.as_of.clone()/>
            </header>
            {large(lang, &overview.today)}
            <div class="bureau-two">
                <section class="bureau-districts" aria-labelledby="districts">
                    <h2 id="districts">{lang.pick("各区县", "Districts")}</h2>
                    {tally_table(lang, &overview.today, &COLUMNS, false)}
                    <p class="table-notes">
                        <a href=format!("/bureau/stats{query}")>{lang.pick("今日详细统计", "Today's statistics")}</a>
                        <a href="/bureau/redemptions">{lang.pick("今日核销明细", "Today's redemptions")}</a>
                        <a href="/bureau/stats">{lang.pick("整季统计", "The season's statistics")}</a>
                    </p>
                </section>
                <div class="bureau-side">{rounds}{role}</div>
            </div>
        </Page>
    }
}

fn large(lang: Lang, today: &DistrictStats) -> impl IntoView + use<> {
    let tile = |name: &&'static str| {
        let figure = figures::cell(&today.total, name);
        view! {
            <div class="large">
                <dt>{StatsColumn::named(name).title(lang)}</dt>
                <dd class="digits" data-column=*name>{figure}</dd>
            </div>
        }
    };
    // One district alone is its own total: its figures move with its row.
    let district = match today.items.as_slice() {
        [only] => figures::row_name(only),
        _ => TOTAL.to_owned(),
    };
    view! { <dl class="larges" data-district=district>{LARGE.iter().map(tile).collect_view()}</dl> }
}

fn open_rounds(lang: Lang, overview: &Overview) -> impl IntoView + use<> {
    let open = if overview.open.is_empty() {
        let next = overview.next.as_ref().map(|round| {
            let title = lang.of(&round.title, &round.title_en).to_owned();
            let at = When::here().moment(&round.opens_at);
            view! { <span>{lang.pick("下一轮：", "Next: ")}<a href=format!("/rounds/{}", round.id)>{title}</a>" "<span class="digits">{at}</span></span> }
        });
        Either::Left(
            view! { <p class="nothing">{lang.pick("此刻没有开放的轮次。", "No round is open at this moment. ")}{next}</p> },
        )
    } else {
        let items = overview.open.iter().map(|round| open_round(lang, round));
        Either::Right(view! { <ul class="bureau-rounds">{items.collect_view()}</ul> })
    };
    view! {
        <section aria-labelledby="open">
            <h2 id="open">{lang.pick("开放中的轮次", "Open rounds")}</h2>
            {open}
        </section>
    }
}

fn open_round(lang: Lang, round: &RoundShape) -> impl IntoView + use<> {
    let title = lang.of(&round.title, &round.title_en).to_owned();
    let campaign = lang.of(&round.campaign_title, &round.campaign_title_en).to_owned();
    let claims_until = round.draw.as_ref().and_then(|draw| draw.claims_until.as_ref());
    let until = When::here().moment(claims_until.unwrap_or(&round.closes_at));
    // Before the draw nothing can leave the stock.
    let moves = round.draw.as_ref().is_none_or(|draw| draw.drawn_at.is_some());
    let (round, quantity, remaining) = (round.id, round.quantity, round.remaining);
    view! {
        <li class="bureau-round">
            <p><a href=format!("/rounds/{round}")><strong>{title}</strong></a></p>
            <p class="quiet">{campaign}{lang.pick(" · 至 ", " · until ")}{until}</p>
            {moves.then(|| view! { <Stock round quantity remaining lang/> })}
        </li>
    }
}

fn role(lang: Lang, overview: &Overview) -> impl IntoView + use<> {
    let officer = &overview.officer;
    let roles = officer.roles.iter().filter(|role| role.may(domain::Permission::SeeStats));
    let names = roles.clone().map(|role| role.word(lang)).collect::<Vec<_>>();
    let sees = roles.map(|role| view! { <p>{may_see(lang, *role)}</p> }).collect_view();
    let district = officer.district.and_then(|code| {
        let row = overview.today.items.iter().find(|row| row.district == Some(code))?;
        Some(format!(" · {}", lang.of(&row.name, &row.name_en)))
    });
    view! {
        <section class="bureau-role" aria-labelledby="role">
            <h2 id="role">{lang.pick("我的权限", "What I may see")}</h2>
            <p><strong>{officer.name.clone()}</strong></p>
            <p>{names.join(lang.pick("、", ", "))}{district}</p>
            {sees}
            {overview.waiting_reviews.map(|number| view! {
                <p><a href="/bureau/reviews">{lang.pick("审核商户和优惠活动", "Merchants and promotions to review")}" "<span class="digits">{figures::count(number)}</span></a></p>
            })}
            {officer.may(domain::Permission::AssistResidents).then(|| view! {
                <p><a href="/bureau/desk">{lang.pick("社区代领", "Community desk")}</a></p>
            })}
            {officer.may(domain::Permission::ImportMerchants).then(|| view! {
                <p><a href="/bureau/import">{lang.pick("导入商户", "Import merchants")}</a></p>
            })}
            {officer.may(domain::Permission::SeeRisk).then(|| view! {
                <p><a href="/bureau/risk">{lang.pick("风险案件", "Risk cases")}</a></p>
            })}
            {officer.may(domain::Permission::AllowOffline).then(|| view! {
                <p><a href="/bureau/offline">{lang.pick("离线核销", "Redeeming without a network")}</a></p>
            })}
            {officer.may(domain::Permission::SeeDrafts).then(|| view! {
                <p><a href="/bureau/campaigns">{lang.pick("消费券活动", "Campaigns")}</a></p>
            })}
            {officer.may(domain::Permission::SeeSettlements).then(|| view! {
                <p><a href="/bureau/settlement">{lang.pick("结算", "Settlement")}</a></p>
            })}
            {officer.may(domain::Permission::ReadAudit).then(|| view! {
                <p><a href="/bureau/audit">{lang.pick("审计日志", "Audit log")}</a></p>
            })}
        </section>
    }
}

fn may_see(lang: Lang, role: Role) -> &'static str {
    match role {
        Role::District => lang.pick(
            "只显示本区县的数据：领取按居民、核销按门店归属。接口同样只返回本区县。",
            "Shows the own district alone: claims by resident, redemptions by outlet. The API does the same.",
        ),
        Role::Finance => lang.pick(
            "显示全市补贴与订单金额，只读。",
            "Shows the whole city's subsidies and orders; nothing can be changed.",
        ),
        Role::Auditor => lang.pick("显示全市数据，只读。", "Shows the whole city; nothing can be changed."),
        _ => lang.pick("显示全市各区县的数据。", "Shows every district of the city."),
    }
}
