//! The tallies.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use backend::Backend;
use domain::shapes::{BureauSale, DistrictStats, Page};
use domain::{Lang, SalesQuery, StatsQuery};
use http::HeaderMap;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Answer;
use super::ask::{Organizer, Query};
use super::table::{Table, yuan};
use crate::lang;
use crate::problem::Refused;
use crate::router::Doors;

pub(super) fn routes() -> OpenApiRouter<Doors> {
    OpenApiRouter::new()
        .routes(routes!(district_tally))
        .routes(routes!(district_tally_csv))
        .routes(routes!(day_redemptions))
}

/// A business day's redemptions with merchant, clerk and till, the newest first; a district officer sees those of
/// their own district alone.
#[utoipa::path(get, path = "/stats/redemptions", tag = "stats", params(SalesQuery), responses((status = OK, body = Page<BureauSale>)), security(("session" = []), ("bearer" = [])))]
async fn day_redemptions(
    State(backend): State<Backend>,
    Organizer(caller): Organizer,
    Query(query): Query<SalesQuery>,
) -> Answer<Page<BureauSale>> {
    Ok(Json(backend.bureau_sales(&caller, &query).await?))
}

/// The tally by district for a range of business days; a district officer sees their own alone.
#[utoipa::path(get, path = "/stats/districts", tag = "stats", params(StatsQuery), responses((status = OK, body = DistrictStats)), security(("session" = []), ("bearer" = [])))]
async fn district_tally(
    State(backend): State<Backend>,
    Organizer(caller): Organizer,
    Query(query): Query<StatsQuery>,
) -> Answer<DistrictStats> {
    Ok(Json(backend.district_stats(&caller, &query).await?))
}

/// The tally by district as a table for spreadsheets: UTF-8 with a byte-order mark, headings in the caller's
/// language, the total in the last row.
#[utoipa::path(get, path = "/stats/districts.csv", tag = "stats", params(StatsQuery), responses((status = OK, body = String, content_type = "text/csv")), security(("session" = []), ("bearer" = [])))]
async fn district_tally_csv(
    State(backend): State<Backend>,
    Organizer(caller): Organizer,
    headers: HeaderMap,
    Query(query): Query<StatsQuery>,
) -> Result<Response, Refused> {
    let stats = backend.district_stats(&caller, &query).await?;
    let named = format!("attachment; filename=\"districts_{}_{}.csv\"", stats.from, stats.to);
    let table = district_table(&stats, lang::of(&headers));
    Ok(([(CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (CONTENT_DISPOSITION, named)], table.finish())
        .into_response())
}

fn district_table(stats: &DistrictStats, lang: Lang) -> Table {
    let mut table = Table::headed(&lang.pick(
        [
            "区县代码",
            "区县",
            "发放",
            "领取",
            "核销",
            "补贴(元)",
            "其中财政(元)",
            "关联消费(元)",
            "核销居民",
            "领取率",
            "核销率",
            "资金使用率",
            "杠杆率",
            "统计时间",
        ],
        [
            "code",
            "district",
            "released",
            "claimed",
            "redeemed",
            "subsidy (CNY)",
            "of it government (CNY)",
            "associated spending (CNY)",
            "residents",
            "claim rate",
            "redemption rate",
            "budget rate",
            "leverage",
            "as of",
        ],
    ));
    for row in stats.items.iter().chain([&stats.total]) {
        let rate = |rate: Option<f64>| rate.map(|rate| rate.to_string()).unwrap_or_default();
        table.row(&[
            row.district.as_ref().map(ToString::to_string).unwrap_or_default(),
            lang.of(&row.name, &row.name_en).to_owned(),
            row.released.to_string(),
            row.claimed.to_string(),
            row.redeemed.to_string(),
            yuan(row.subsidy_fen.get()),
            yuan(row.government_fen.get()),
            yuan(row.order_fen.get()),
            row.residents.to_string(),
            rate(row.claim_rate),
            rate(row.redemption_rate),
            rate(row.budget_rate),
            rate(row.leverage),
            stats.as_of.clone(),
        ]);
    }
    table
}
