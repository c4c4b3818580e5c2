//! Frozen reports.

use crate::store::{StoreError, Tx, changed, on};

/// A report as it is stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct ReportRow {
    pub(crate) report_id: i64,
    pub(crate) kind: String,
    /// 0 for the whole city.
    pub(crate) district: i64,
    pub(crate) from_day: String,
    pub(crate) to_day: String,
    pub(crate) made_by: i64,
    pub(crate) made_at_ms: i64,
    pub(crate) body: String,
    pub(crate) hash: String,
}

/// Adds one.
pub(crate) async fn add(tx: &mut Tx, row: &ReportRow) -> Result<(), StoreError> {
    changed!(
        tx,
        sqlx::query(
            "insert into report (report_id, kind, district, from_day, to_day, made_by, made_at_ms, body, hash)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
        )
        .bind(row.report_id)
        .bind(&row.kind)
        .bind(row.district)
        .bind(&row.from_day)
        .bind(&row.to_day)
        .bind(row.made_by)
        .bind(row.made_at_ms)
        .bind(&row.body)
        .bind(&row.hash)
    )?;
    Ok(())
}

/// One of them.
pub(crate) async fn get(tx: &mut Tx, id: i64) -> Result<Option<ReportRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select report_id, kind, district, from_day, to_day, made_by, made_at_ms, body, hash
           from report where report_id = $1")
        .bind(id).fetch_optional(conn))?)
}

/// Reports before a number, the newest first, without what they say; of one
/// district alone unless it is 0.
pub(crate) async fn before(
    tx: &mut Tx,
    number: i64,
    only_district: i64,
    limit: i64,
) -> Result<Vec<ReportRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select report_id, kind, district, from_day, to_day, made_by, made_at_ms, '' as body, hash
           from report where report_id < $1 and ($2 = 0 or district = $2)
          order by report_id desc limit $3")
        .bind(number).bind(only_district).bind(limit).fetch_all(conn))?)
}
