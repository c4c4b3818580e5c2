//! The audit log.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use backend::Backend;
use domain::shapes::{AuditShape, Page};
use domain::{AuditQuery, Lang};
use http::HeaderMap;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Answer;
use super::ask::{AuditReader, Query};
use super::table::Table;
use crate::lang;
use crate::problem::Refused;
use crate::router::Doors;

pub(super) fn routes() -> OpenApiRouter<Doors> {
    OpenApiRouter::new().routes(routes!(audit_log)).routes(routes!(audit_csv))
}

/// The audit log, the newest record first: who changed what, when, from where, with what stood there before and
/// after. Each record's `hash` stands in a block of the ledger, and `yuehui verify` compares them. It holds no phone
/// number and no network address.
#[utoipa::path(get, path = "/audit", tag = "audit", params(AuditQuery), responses((status = OK, body = Page<AuditShape>)), security(("session" = []), ("bearer" = [])))]
async fn audit_log(
    State(backend): State<Backend>,
    AuditReader(caller): AuditReader,
    Query(query): Query<AuditQuery>,
) -> Answer<Page<AuditShape>> {
    Ok(Json(backend.audit_log(&caller, &query).await?))
}

/// The same as a table for spreadsheets, at most 10,000 records; `limit` and `cursor` are not looked at.
#[utoipa::path(get, path = "/audit.csv", tag = "audit", params(AuditQuery), responses((status = OK, body = String, content_type = "text/csv")), security(("session" = []), ("bearer" = [])))]
async fn audit_csv(
    State(backend): State<Backend>,
    AuditReader(caller): AuditReader,
    headers: HeaderMap,
    Query(query): Query<AuditQuery>,
) -> Result<Response, Refused> {
    let records = backend.audit_export(&caller, &query).await?;
    let table = audit_table(&records, lang::of(&headers));
    let named = "attachment; filename=\"audit.csv\"";
    Ok(([(CONTENT_TYPE, "text/csv; charset=utf-8"), (CONTENT_DISPOSITION, named)], table.finish())
        .into_response())
}

fn audit_table(records: &[AuditShape], lang: Lang) -> Table {
    let mut table = Table::headed(&lang.pick(
        ["编号", "时间", "账户", "姓名", "来源", "动作", "对象", "对象编号", "原内容", "新内容", "哈希"],
        [
            "number",
            "time",
            "account",
            "name",
            "from",
            "action",
            "thing",
            "thing number",
            "old",
            "new",
            "hash",
        ],
    ));
    for record in records {
        table.row(&[
            record.audit_id.to_string(),
            record.at.clone(),
            record.account_id.to_string(),
            record.name.clone(),
            record.place.clone(),
            record.action.to_string(),
            record.thing.to_string(),
            record.thing_id.to_string(),
            record.old.clone(),
            record.new.clone(),
            record.hash.clone(),
        ]);
    }
    table
}
