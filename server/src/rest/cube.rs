//! Cuts through the cube of tallies, as JSON, tables, workbooks and pictures.

mod workbook;

pub(super) use workbook::float;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use backend::{Backend, Caller};
use domain::shapes::{CubeItem, CubeShape, CubeSums, DayStats, DelaysShape, DistrictStats};
use domain::{CubeQuery, Denied, Dimension, Lang, Measure, StatsColumn, StatsQuery};
use http::HeaderMap;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Answer;
use super::ask::{Organizer, Query};
use super::statements::{CSV, XLSX};
use super::table::{Table, yuan};
use crate::lang;
use crate::problem::{Door, Refused};
use crate::router::Doors;

pub(super) fn routes() -> OpenApiRouter<Doors> {
    OpenApiRouter::new()
        .routes(routes!(tally_cube))
        .routes(routes!(tally_cube_csv))
        .routes(routes!(tally_cube_xlsx))
        .routes(routes!(tally_cube_svg))
        .routes(routes!(tally_delays))
}

/// The answer of a cut.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
enum Cube {
    /// `by=district`, compared with nothing
    Districts(Box<DistrictStats>),
    /// `by=day`, compared with nothing
    Days(Days),
    /// Anything else
    Cut(Box<CubeShape>),
}

/// The tally by business day.
#[derive(Serialize, ToSchema)]
struct Days {
    /// The moment that the figures are as of.
    as_of: String,
    /// Every day of the range.
    items: Vec<DayStats>,
}

/// A tally by one or two dimensions, and the same of another range to compare with. By `district` or `day` alone and
/// compared with nothing it has its rates or every day, else it is a `CubeShape`.
#[utoipa::path(get, path = "/stats/cube", tag = "stats", params(CubeQuery), responses((status = OK, body = Cube)), security(("session" = []), ("bearer" = [])))]
async fn tally_cube(
    State(backend): State<Backend>,
    Organizer(caller): Organizer,
    Query(query): Query<CubeQuery>,
) -> Answer<Cube> {
    measure_of(&query)?;
    let alone = query.compare_from.is_none() && query.compare_to.is_none();
    let CubeQuery { by, from, to, campaign, .. } = query.clone();
    let range = StatsQuery { from, to, campaign };
    let cube = match by.as_deref() {
        None | Some("district") if alone => {
            Cube::Districts(Box::new(backend.district_stats(&caller, &range).await?))
        }
        Some("day") if alone => {
            let as_of = backend.zone().rfc3339(backend.now());
            Cube::Days(Days { as_of, items: backend.day_stats(&caller, &range).await? })
        }
        _ => Cube::Cut(Box::new(backend.cube(&caller, &query).await?)),
    };
    Ok(Json(cube))
}

/// A cut as a table for spreadsheets: UTF-8 with a byte-order mark, headings in the caller's language, the total in
/// the last row.
#[utoipa::path(get, path = "/stats/cube.csv", tag = "stats", params(CubeQuery), responses((status = OK, body = String, content_type = "text/csv")), security(("session" = []), ("bearer" = [])))]
async fn tally_cube_csv(
    State(backend): State<Backend>,
    Organizer(caller): Organizer,
    headers: HeaderMap,
    Query(query): Query<CubeQuery>,
) -> Result<Response, Refused> {
    let (cube, _) = ask(&backend, &caller, &query).await?;
    let body = table(&cube, lang::of(&headers)).finish().into_bytes();
    Ok(file(&cube, CSV, "csv", body))
}

/// A cut as a workbook (XLSX): the first sheet is the cut, the second tells what each figure counts, in Chinese and
/// English.
#[utoipa::path(get, path = "/stats/cube.xlsx", tag = "stats", params(CubeQuery), responses((status = OK, body = Vec<u8>, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")), security(("session" = []), ("bearer" = [])))]
async fn tally_cube_xlsx(
    State(backend): State<Backend>,
    Organizer(caller): Organizer,
    headers: HeaderMap,
    Query(query): Query<CubeQuery>,
) -> Result<Response, Refused> {
    let (cube, _) = ask(&backend, &caller, &query).await?;
    let lang = lang::of(&headers);
    let made = tokio::task::spawn_blocking(move || workbook::of(&cube, lang).map(|body| (cube, body))).await;
    let (cube, body) = made.map_err(|_| Door::INTERNAL)?.map_err(|error| {
        tracing::error!(%error, "a workbook was not made");
        Door::INTERNAL
    })?;
    Ok(file(&cube, XLSX, "xlsx", body))
}

/// A cut as a picture (SVG) of what `show` names.
#[utoipa::path(get, path = "/stats/cube.svg", tag = "stats", params(CubeQuery), responses((status = OK, body = String, content_type = "image/svg+xml")), security(("session" = []), ("bearer" = [])))]
async fn tally_cube_svg(
    State(backend): State<Backend>,
    Organizer(caller): Organizer,
    headers: HeaderMap,
    Query(query): Query<CubeQuery>,
) -> Result<Response, Refused> {
    let (cube, measure) = ask(&backend, &caller, &query).await?;
    let body = app::cube_picture(lang::of(&headers), &cube, measure).into_bytes();
    Ok(file(&cube, "image/svg+xml; charset=utf-8", "svg", body))
}

/// Time from claim to redemption, over at most 31 business days: each redemption is looked at.
#[utoipa::path(get, path = "/stats/delays", tag = "stats", params(StatsQuery), responses((status = OK, body = DelaysShape)), security(("session" = []), ("bearer" = [])))]
async fn tally_delays(
    State(backend): State<Backend>,
    Organizer(caller): Organizer,
    Query(query): Query<StatsQuery>,
) -> Answer<DelaysShape> {
    Ok(Json(backend.delays(&caller, &query).await?))
}

fn measure_of(query: &CubeQuery) -> Result<Measure, Denied> {
    let read = |text: &str| text.parse().map_err(|error| Denied::query("show", error));
    query.show.as_deref().map_or(Ok(Measure::Redeemed), read)
}

async fn ask(backend: &Backend, caller: &Caller, query: &CubeQuery) -> Result<(CubeShape, Measure), Refused> {
    let measure = measure_of(query)?;
    Ok((backend.cube(caller, query).await?, measure))
}

fn file(cube: &CubeShape, media: &str, ending: &str, body: Vec<u8>) -> Response {
    let by: Vec<&str> = cube.by.iter().map(|by| by.code()).collect();
    let name = format!("{}_{}_{}.{ending}", by.join("-"), cube.from, cube.to);
    let named = format!("attachment; filename=\"{name}\"");
    ([(CONTENT_TYPE, media.to_owned()), (CONTENT_DISPOSITION, named)], body).into_response()
}

/// A figure of a cell.
#[derive(Clone, Copy)]
enum Figure {
    Count(i64),
    Fen(i64),
    Rate(Option<f64>),
}

/// A cell's figures under their headings.
fn figures(sums: &CubeSums) -> [Figure; 7] {
    [
        Figure::Count(sums.claimed),
        Figure::Count(sums.redeemed),
        Figure::Fen(sums.subsidy_fen.get()),
        Figure::Fen(sums.government_fen.get()),
        Figure::Fen(sums.order_fen.get()),
        Figure::Rate(sums.leverage),
        Figure::Rate(sums.clean_leverage),
    ]
}

/// The headings: the dimensions, the figures, and those of the range compared with.
fn headings(cube: &CubeShape, lang: Lang) -> Vec<String> {
    let named = |name: &str| StatsColumn::named(name).title(lang).to_owned();
    let government = lang.pick("其中财政（元）", "Of it government (¥)").to_owned();
    let figures = [
        named("claimed"),
        named("redeemed"),
        named("subsidy"),
        government,
        named("order"),
        named("leverage"),
        named("clean_leverage"),
    ];
    let mut all: Vec<String> = cube.by.iter().map(|by: &Dimension| by.word(lang).to_owned()).collect();
    all.extend(figures.iter().cloned());
    if cube.compared_total.is_some() {
        let before =
            figures.iter().map(|title| lang.pick(format!("对比期{title}"), format!("{title}, before")));
        all.extend(before);
    }
    all
}

fn table(cube: &CubeShape, lang: Lang) -> Table {
    let mut headings = headings(cube, lang);
    headings.push(lang.pick("统计时间", "as of").to_owned());
    let mut table = Table::headed(&headings.iter().map(String::as_str).collect::<Vec<_>>());
    let mut row = |mut cells: Vec<String>, sums: &CubeSums, compared: Option<&CubeSums>| {
        for figure in [Some(sums), compared].into_iter().flatten().flat_map(figures) {
            cells.push(match figure {
                Figure::Count(count) => count.to_string(),
                Figure::Fen(fen) => yuan(fen),
                Figure::Rate(rate) => rate.map(|rate| rate.to_string()).unwrap_or_default(),
            });
        }
        cells.push(cube.as_of.clone());
        table.row(&cells);
    };
    for item in &cube.items {
        row(names(item, lang), &item.sums, item.compared.as_ref());
    }
    let mut total = vec![String::new(); cube.by.len()];
    if let Some(first) = total.first_mut() {
        lang.pick("合计", "Total").clone_into(first);
    }
    row(total, &cube.total, cube.compared_total.as_ref());
    table
}

fn names(item: &CubeItem, lang: Lang) -> Vec<String> {
    item.keys.iter().map(|key| lang.of(&key.name, &key.name_en).to_owned()).collect()
}
