//! What a merchant is owed: as JSON, as a table and as a workbook.

mod workbook;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use backend::{Backend, Caller};
use domain::shapes::{Statement, StatementSums};
use domain::{Denied, Figure, Lang, StatementColumn, StatementQuery};
use http::HeaderMap;
use http::header::{ACCEPT, CONTENT_DISPOSITION, CONTENT_TYPE};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::ask::{Query, StatementReader};
use super::table::{Table, yuan};
use crate::lang;
use crate::problem::{Door, Refused};
use crate::router::Doors;

pub(super) const CSV: &str = "text/csv; charset=utf-8";
pub(super) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

pub(super) fn routes() -> OpenApiRouter<Doors> {
    OpenApiRouter::new()
        .routes(routes!(statement))
        .routes(routes!(statement_csv))
        .routes(routes!(statement_xlsx))
}

/// In which form a statement leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Json,
    Csv,
    Xlsx,
}

impl Format {
    /// The one that the query names, or else the first that the caller accepts.
    fn of(query: &StatementQuery, headers: &HeaderMap) -> Result<Format, Denied> {
        match query.format.as_deref() {
            Some("json") => Ok(Format::Json),
            Some("csv") => Ok(Format::Csv),
            Some("xlsx") => Ok(Format::Xlsx),
            Some(_) => Err(Denied::query("format", "json, csv or xlsx")),
            None => Ok(Format::accepted(headers)),
        }
    }

    fn accepted(headers: &HeaderMap) -> Format {
        let accept = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
        let known = |media: &str| match media.split(';').next().unwrap_or_default().trim() {
            "application/json" => Some(Format::Json),
            "text/csv" => Some(Format::Csv),
            XLSX => Some(Format::Xlsx),
            _ => None,
        };
        accept.split(',').find_map(known).unwrap_or(Format::Json)
    }
}

/// What the caller's merchant is owed, by outlet and business day or settlement week: as JSON in pages, or whole
/// as `text/csv` or a workbook. Without a range it is this settlement week's.
#[utoipa::path(
    get, path = "/statements", tag = "till", params(StatementQuery),
    responses((status = OK, body = Statement)),
    security(("session" = []), ("bearer" = [])),
)]
async fn statement(
    State(backend): State<Backend>,
    StatementReader(caller): StatementReader,
    headers: HeaderMap,
    Query(query): Query<StatementQuery>,
) -> Result<Response, Refused> {
    match Format::of(&query, &headers)? {
        Format::Json => Ok(Json(backend.statement(&caller, &query).await?).into_response()),
        format => file(&backend, &caller, &query, format, lang::of(&headers)).await,
    }
}

/// The statement as a table for spreadsheets: UTF-8 with a byte-order mark, headings in the caller's language, the
/// total in the last row.
#[utoipa::path(
    get, path = "/statements.csv", tag = "till", params(StatementQuery),
    responses((status = OK, body = String, content_type = "text/csv")),
    security(("session" = []), ("bearer" = [])),
)]
async fn statement_csv(
    State(backend): State<Backend>,
    StatementReader(caller): StatementReader,
    headers: HeaderMap,
    Query(query): Query<StatementQuery>,
) -> Result<Response, Refused> {
    named(&query, "csv")?;
    file(&backend, &caller, &query, Format::Csv, lang::of(&headers)).await
}

/// The statement as a workbook (XLSX): the first sheet is the statement, the second tells what each figure counts, in
/// Chinese and English.
#[utoipa::path(
    get, path = "/statements.xlsx", tag = "till", params(StatementQuery),
    responses((status = OK, body = Vec<u8>, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")),
    security(("session" = []), ("bearer" = [])),
)]
async fn statement_xlsx(
    State(backend): State<Backend>,
    StatementReader(caller): StatementReader,
    headers: HeaderMap,
    Query(query): Query<StatementQuery>,
) -> Result<Response, Refused> {
    named(&query, "xlsx")?;
    file(&backend, &caller, &query, Format::Xlsx, lang::of(&headers)).await
}

/// The query does not name another form than the address's ending.
fn named(query: &StatementQuery, ending: &str) -> Result<(), Denied> {
    let same = query.format.as_deref().is_none_or(|format| format == ending);
    if same { Ok(()) } else { Err(Denied::query("format", ending)) }
}

async fn file(
    backend: &Backend,
    caller: &Caller,
    query: &StatementQuery,
    format: Format,
    lang: Lang,
) -> Result<Response, Refused> {
    for (field, value) in [("limit", &query.limit), ("cursor", &query.cursor)] {
        if value.is_some() {
            return Err(Denied::query(field, "format=json").into());
        }
    }
    let statement = backend.whole_statement(caller, query).await?;
    let name = format!("statement_{}_{}_{}", statement.merchant_id, statement.from, statement.to);
    let (media, ending, body) = match format {
        Format::Xlsx => {
            // A season's statement of many outlets takes a moment of computing.
            let made = tokio::task::spawn_blocking(move || workbook::of(&statement, lang)).await;
            let made = made.map_err(|_| Door::INTERNAL)?.map_err(|error| {
                tracing::error!(%error, "a workbook was not made");
                Door::INTERNAL
            })?;
            (XLSX, "xlsx", made)
        }
        Format::Json | Format::Csv => (CSV, "csv", table(&statement, lang).finish().into_bytes()),
    };
    let named = format!("attachment; filename=\"{name}.{ending}\"");
    Ok(([(CONTENT_TYPE, media.to_owned()), (CONTENT_DISPOSITION, named)], body).into_response())
}

/// What stands before the figures of a line.
fn leading(lang: Lang) -> [&'static str; 5] {
    lang.pick(["起", "止", "门店编号", "门店", "已结束"], ["from", "to", "outlet id", "outlet", "closed"])
}

/// A figure's heading, with its unit where it is money.
fn heading(column: &StatementColumn, lang: Lang) -> String {
    let title = column.title(lang);
    if column.is_money() {
        lang.pick(format!("{title}(元)"), format!("{title} (CNY)"))
    } else {
        title.to_owned()
    }
}

fn table(statement: &Statement, lang: Lang) -> Table {
    let mut headings: Vec<String> = leading(lang).map(str::to_owned).to_vec();
    headings.extend(StatementColumn::ALL.iter().map(|column| heading(column, lang)));
    headings.extend(lang.pick(["统计时间", "台账区块"], ["as of", "ledger block"]).map(str::to_owned));
    let headings: Vec<&str> = headings.iter().map(String::as_str).collect();
    let mut table = Table::headed(&headings);
    let mut row = |leading: [String; 5], sums: &StatementSums| {
        let mut cells = leading.to_vec();
        cells.extend(StatementColumn::ALL.iter().map(|column| match (column.figure)(sums) {
            Figure::Count(count) => count.to_string(),
            Figure::Money(fen) => yuan(fen),
        }));
        cells.extend([statement.as_of.clone(), statement.ledger.sequence.to_string()]);
        table.row(&cells);
    };
    for line in &statement.items {
        let closed = if line.closed { lang.pick("是", "yes") } else { lang.pick("否", "no") };
        let name = lang.of(&line.outlet_name, &line.outlet_name_en).to_owned();
        let outlet = line.outlet_id.to_string();
        row([line.from.clone(), line.to.clone(), outlet, name, closed.to_owned()], &line.sums);
    }
    let total = lang.pick("合计", "Total").to_owned();
    row(
        [statement.from.clone(), statement.to.clone(), String::new(), total, String::new()],
        &statement.total,
    );
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn the_form_is_the_one_that_is_asked_for() {
        let of = |format: Option<&str>, accept: &'static str| {
            let query = StatementQuery { format: format.map(str::to_owned), ..StatementQuery::default() };
            let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(accept))]);
            Format::of(&query, &headers).ok()
        };
        assert_eq!(of(None, ""), Some(Format::Json));
        assert_eq!(of(None, "text/html, text/csv;q=0.9, */*"), Some(Format::Csv));
        assert_eq!(of(None, XLSX), Some(Format::Xlsx));
        assert_eq!(of(Some("json"), "text/csv"), Some(Format::Json));
        assert_eq!(of(Some("pdf"), ""), None);
    }
}
