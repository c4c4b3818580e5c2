//! Reports: one click freezes the figures of a month or a quarter, with the
//! ledger's head; a recount says what changed since.

use crate::audit::{self, Deed};
use crate::once::{Begun, Done};
use crate::paging::{self, Cursor};
use crate::stats::Range;
use crate::store::report::{self, ReportRow};
use crate::store::{ledger, meta};
use crate::{Backend, Caller, Error, StoreError, keys};
use domain::shapes::{Page, ReportDefinition, ReportFigures, ReportItem, ReportRecount, ReportShape};
use domain::{
    AuditAction, AuditThing, Denied, Dimension, DistrictCode, IdempotencyKey, Lang, ListQuery, Permission,
    ReportKind, StatsColumn, StatsQuery, Timestamp, report_changes,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Changes that a recount tells.
const MOST_CHANGES: usize = 200;

/// What is to be frozen.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ReportRequest {
    /// `monthly` or `quarterly`.
    pub kind: String,
    /// The first business day; without one that of the month or quarter, or of the season.
    #[serde(default)]
    pub from: Option<String>,
    /// The last business day, included; today without one.
    #[serde(default)]
    pub to: Option<String>,
}

impl Backend {
    /// Freezes a report: of the whole city, or of a district officer's own.
    ///
    /// # Errors
    /// The caller may not, the request is none, or the key was used for another.
    pub async fn freeze_report(
        &self,
        caller: &Caller,
        request: &ReportRequest,
        key: &IdempotencyKey,
    ) -> Result<Done<ReportItem>, Error> {
        caller.require(Permission::MakeReports)?;
        let kind: ReportKind = request.kind.parse().map_err(|error| Denied::field("kind", error))?;
        let request_text = serde_json::to_string(request).map_err(StoreError::corrupt)?;
        let request_hash = keys::sha256(&format!("report {request_text}"));
        self.count_residents().await?;
        let mut tx = match self.begin_once(caller, key, &request_hash).await? {
            Begun::Before(done) => return Ok(done),
            Begun::Now(tx) => tx,
        };
        let range = self.report_range(caller, kind, request)?;
        let figures = self.figures(&range).await?;
        let body = serde_json::to_string(&figures).map_err(StoreError::corrupt)?;
        let row = ReportRow {
            report_id: meta::take_numbers(&mut tx, "report", 1).await?,
            kind: kind.code().to_owned(),
            district: range.only.map_or(0, DistrictCode::number),
            from_day: range.from.to_string(),
            to_day: range.to.to_string(),
            made_by: caller.account_id.0,
            made_at_ms: self.now().ms(),
            hash: keys::sha256(&body),
            body,
        };
        report::add(&mut tx, &row).await?;
        let item = self.report_item(&row)?;
        let deed = Deed::new(AuditAction::FreezeReport, AuditThing::Report, row.report_id);
        let new = json!({ "kind": row.kind, "from": row.from_day, "to": row.to_day, "hash": row.hash });
        audit::record(self, &mut tx, caller, deed, (None::<&()>, Some(&new))).await?;
        self.finish_once(tx, caller, key, item).await
    }

    /// Reports, the newest first; a district officer sees those of their district.
    ///
    /// # Errors
    /// The caller is no organizer, or the query is none.
    pub async fn reports(&self, caller: &Caller, query: &ListQuery) -> Result<Page<ReportItem>, Error> {
        caller.require(Permission::SeeStats)?;
        let cursor = Cursor::newest_first(query)?;
        let only = caller.confined_to().map_or(0, DistrictCode::number);
        let mut tx = self.db().read().await?;
        let rows = report::before(&mut tx, cursor.before, only, cursor.limit + 1).await?;
        let items = rows.iter().map(|row| self.report_item(row)).collect::<Result<Vec<_>, _>>()?;
        Ok(paging::page(items, &cursor, |item| item.id))
    }

    /// A report as it was frozen.
    ///
    /// # Errors
    /// The caller is no organizer, or there is none that they may see.
    pub async fn report(&self, caller: &Caller, id: i64) -> Result<ReportShape, Error> {
        let row = self.report_row(caller, id).await?;
        let figures = serde_json::from_str(&row.body).map_err(StoreError::corrupt)?;
        let intact = keys::sha256(&row.body) == row.hash;
        Ok(ReportShape { item: self.report_item(&row)?, intact, figures })
    }

    /// The very text that a report's hash is over.
    ///
    /// # Errors
    /// The caller is no organizer, or there is none that they may see.
    pub async fn report_text(&self, caller: &Caller, id: i64) -> Result<String, Error> {
        Ok(self.report_row(caller, id).await?.body)
    }

    /// Counts a report's figures again.
    ///
    /// # Errors
    /// The caller is no organizer, or there is none that they may see.
    pub async fn recount_report(&self, caller: &Caller, id: i64) -> Result<ReportRecount, Error> {
        let row = self.report_row(caller, id).await?;
        let frozen: ReportFigures = serde_json::from_str(&row.body).map_err(StoreError::corrupt)?;
        let day = |text: &str| text.parse().map_err(StoreError::corrupt);
        let range = Range {
            from: day(&row.from_day)?,
            to: day(&row.to_day)?,
            campaign: None,
            only: district_of(&row)?,
        };
        self.count_residents().await?;
        let again = self.figures(&range).await?;
        let changes = report_changes(&frozen, &again, MOST_CHANGES);
        Ok(ReportRecount { as_of: again.as_of, ledger: again.ledger, changes })
    }

    async fn report_row(&self, caller: &Caller, id: i64) -> Result<ReportRow, Error> {
        caller.require(Permission::SeeStats)?;
        let mut tx = self.db().read().await?;
        let row = report::get(&mut tx, id).await?.ok_or(Denied::NotFound)?;
        let own = caller.confined_to().is_none_or(|only| only.number() == row.district);
        if own { Ok(row) } else { Err(Denied::NotFound.into()) }
    }

    fn report_range(
        &self,
        caller: &Caller,
        kind: ReportKind,
        request: &ReportRequest,
    ) -> Result<Range, Error> {
        let filled = |day: &Option<String>| day.clone().filter(|day| !day.trim().is_empty());
        let query = StatsQuery { from: filled(&request.from), to: filled(&request.to), campaign: None };
        let from_is_named = query.from.is_some();
        let mut range = self.read_range(caller, &query).map_err(as_field)?;
        if !from_is_named {
            range.from = kind.first_day(range.to).max(range.from);
        }
        Ok(range)
    }

    /// All figures and the ledger's head, from one state of the database.
    async fn figures(&self, range: &Range) -> Result<ReportFigures, Error> {
        let mut tx = self.db().read().await?;
        let head = self.head_of(&ledger::heads(&mut tx).await?)?;
        let season = self.season();
        Ok(ReportFigures {
            season: season.name,
            season_en: season.name_en,
            as_of: self.zone().rfc3339(self.now()),
            ledger: head,
            districts: self.districts_in(&mut tx, range, true).await?,
            days: self.days_in(&mut tx, range).await?,
            kinds: self.cube_in(&mut tx, range, None, vec![Dimension::Kind]).await?,
            campaigns: self.cube_in(&mut tx, range, None, vec![Dimension::Campaign]).await?,
            definitions: StatsColumn::ALL.iter().map(definition).collect(),
        })
    }

    fn report_item(&self, row: &ReportRow) -> Result<ReportItem, StoreError> {
        Ok(ReportItem {
            id: row.report_id,
            kind: row.kind.parse().map_err(StoreError::corrupt)?,
            from: row.from_day.clone(),
            to: row.to_day.clone(),
            district: district_of(row)?,
            made_at: self.zone().rfc3339(Timestamp::from_ms(row.made_at_ms)),
            hash: row.hash.clone(),
        })
    }
}

/// A report's range is a part of its body, not of an address.
fn as_field(error: Error) -> Error {
    match error {
        Error::Denied(Denied::BadQuery { field, allowed }) => Denied::field(&field, allowed).into(),
        error => error,
    }
}

fn district_of(row: &ReportRow) -> Result<Option<DistrictCode>, StoreError> {
    let code = (row.district != 0).then(|| DistrictCode::try_from(row.district));
    code.transpose().map_err(StoreError::corrupt)
}

fn definition(column: &StatsColumn) -> ReportDefinition {
    ReportDefinition {
        title: column.title(Lang::Zh).to_owned(),
        title_en: column.title(Lang::En).to_owned(),
        meaning: column.meaning(Lang::Zh).to_owned(),
        meaning_en: column.meaning(Lang::En).to_owned(),
    }
}
