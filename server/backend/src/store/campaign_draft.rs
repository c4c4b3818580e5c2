//! Campaigns that are being built.

use crate::store::{StoreError, Tx, changed, meta, on};
use domain::{CampaignForm, CampaignId, CampaignTerms, DraftId, DraftState, RoundId};

/// A draft as it is stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct DraftRow {
    pub(crate) draft_id: i64,
    pub(crate) state: String,
    pub(crate) form: String,
    pub(crate) version: i64,
    pub(crate) reason: String,
    pub(crate) made_by: i64,
    pub(crate) changed_by: i64,
    pub(crate) changed_at_ms: i64,
    pub(crate) submitted_by: Option<i64>,
    pub(crate) submitted_at_ms: Option<i64>,
    pub(crate) published_by: Option<i64>,
    pub(crate) published_at_ms: Option<i64>,
    pub(crate) campaign_id: Option<i64>,
    /// The published campaign that gets its rounds.
    pub(crate) extends: Option<i64>,
}

impl DraftRow {
    pub(crate) fn state(&self) -> Result<DraftState, StoreError> {
        self.state.parse().map_err(StoreError::corrupt)
    }

    pub(crate) fn form(&self) -> Result<CampaignForm, StoreError> {
        serde_json::from_str(&self.form).map_err(StoreError::corrupt)
    }
}

/// Adds a draft under the next number; which.
pub(crate) async fn add(tx: &mut Tx, row: &DraftRow) -> Result<DraftId, StoreError> {
    let id = meta::take_numbers(tx, "campaign_draft", 1).await?;
    changed!(
        tx,
        sqlx::query(
            "insert into campaign_draft (draft_id, state, form, version, reason, made_by, changed_by, changed_at_ms,
                                         extends)
         values ($1, $2, $3, 1, '', $4, $5, $6, $7)"
        )
        .bind(id)
        .bind(&row.state)
        .bind(&row.form)
        .bind(row.made_by)
        .bind(row.changed_by)
        .bind(row.changed_at_ms)
        .bind(row.extends)
    )?;
    Ok(DraftId(id))
}

/// A draft.
pub(crate) async fn get(tx: &mut Tx, id: DraftId) -> Result<Option<DraftRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select draft_id, state, form, version, reason, made_by, changed_by, changed_at_ms, submitted_by,
                submitted_at_ms, published_by, published_at_ms, campaign_id, extends
           from campaign_draft where draft_id = $1").bind(id.0).fetch_optional(conn))?)
}

/// Drafts before a number, the newest first; those that were given up stay
/// away, and so do the published.
pub(crate) async fn open(tx: &mut Tx, before: i64, limit: i64) -> Result<Vec<DraftRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select draft_id, state, form, version, reason, made_by, changed_by, changed_at_ms, submitted_by,
                submitted_at_ms, published_by, published_at_ms, campaign_id, extends
           from campaign_draft where draft_id < $1 and state in ('draft', 'submitted')
          order by draft_id desc limit $2").bind(before).bind(limit).fetch_all(conn))?)
}

/// How many are open.
pub(crate) async fn count_open(tx: &mut Tx) -> Result<i64, StoreError> {
    let (count,): (i64,) = on!(tx, conn => sqlx::query_as(
        "select count(*) from campaign_draft where state in ('draft', 'submitted')").fetch_one(conn))?;
    Ok(count)
}

/// Writes a draft from the version that the row names, which moves on; false
/// when somebody else wrote it first.
pub(crate) async fn write(tx: &mut Tx, row: &DraftRow) -> Result<bool, StoreError> {
    let rows = changed!(
        tx,
        sqlx::query(
            "update campaign_draft
                set state = $3, form = $4, reason = $5, changed_by = $6, changed_at_ms = $7, submitted_by = $8,
                    submitted_at_ms = $9, published_by = $10, published_at_ms = $11, campaign_id = $12,
                    version = version + 1
              where draft_id = $1 and version = $2"
        )
        .bind(row.draft_id)
        .bind(row.version)
        .bind(&row.state)
        .bind(&row.form)
        .bind(&row.reason)
        .bind(row.changed_by)
        .bind(row.changed_at_ms)
        .bind(row.submitted_by)
        .bind(row.submitted_at_ms)
        .bind(row.published_by)
        .bind(row.published_at_ms)
        .bind(row.campaign_id)
    )?;
    Ok(rows == 1)
}

/// Numbers that no campaign and no round have. Whoever asks holds them until
/// the transaction ends, and the next one waits.
pub(crate) async fn next_numbers(tx: &mut Tx) -> Result<(CampaignId, RoundId), StoreError> {
    meta::take_numbers(tx, "campaign_turn", 1).await?;
    let (campaign, round): (i64, i64) = on!(tx, conn => sqlx::query_as(
        "select (select cast(coalesce(max(campaign_id), 0) as bigint) from campaign),
                (select cast(coalesce(max(round_id), 0) as bigint) from round)").fetch_one(conn))?;
    Ok((CampaignId(campaign + 1), RoundId(round + 1)))
}

/// A published campaign's terms as they are stored.
pub(crate) async fn terms(tx: &mut Tx, id: CampaignId) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> = on!(tx, conn => sqlx::query_as(
        "select terms from campaign where campaign_id = $1").bind(id.0).fetch_optional(conn))?;
    Ok(row.map(|(terms,)| terms))
}

/// Puts other terms in the place of those that were read; false when they are
/// others by now.
pub(crate) async fn replace_terms(
    tx: &mut Tx,
    read: &str,
    terms: &CampaignTerms,
) -> Result<bool, StoreError> {
    let text = serde_json::to_string(terms).map_err(StoreError::corrupt)?;
    let rows = changed!(
        tx,
        sqlx::query("update campaign set terms = $2 where campaign_id = $1 and terms = $3")
            .bind(terms.id.0)
            .bind(&text)
            .bind(read)
    )?;
    Ok(rows == 1)
}
