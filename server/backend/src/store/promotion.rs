//! Where promotions stand, what of them is not approved yet, and how often
//! they were looked at.

use crate::store::{StoreError, Tx, changed, meta, on};
use domain::{
    AccountId, Day, DistrictCode, MerchantId, PromotionDraft, PromotionId, PromotionLife, PromotionState,
    PromotionStep, Timestamp,
};

/// Who does what no person does: an account that nobody has.
pub(crate) const PROGRAM: AccountId = AccountId(0);

/// A promotion's row, with its counts.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct LifeRow {
    pub(crate) promotion_id: i64,
    pub(crate) merchant_id: i64,
    state: String,
    revision: Option<String>,
    pub(crate) version: i64,
    draft: Option<String>,
    pub(crate) district: i64,
    pub(crate) submission: Option<i64>,
    pub(crate) submitted_at_ms: Option<i64>,
    pub(crate) reason: Option<String>,
    pub(crate) publish_at_ms: Option<i64>,
    pub(crate) published_at_ms: Option<i64>,
    pub(crate) ended_at_ms: Option<i64>,
    pub(crate) views: i64,
    pub(crate) claims: i64,
}

impl LifeRow {
    /// Of a new promotion.
    pub(crate) fn new(id: PromotionId, merchant: MerchantId) -> LifeRow {
        LifeRow {
            promotion_id: id.0,
            merchant_id: merchant.0,
            state: PromotionState::Draft.code().to_owned(),
            revision: None,
            version: 0,
            draft: None,
            district: 0,
            submission: None,
            submitted_at_ms: None,
            reason: None,
            publish_at_ms: None,
            published_at_ms: None,
            ended_at_ms: None,
            views: 0,
            claims: 0,
        }
    }

    /// Where it stands.
    pub(crate) fn life(&self) -> Result<PromotionLife, StoreError> {
        let state = self.state.parse().map_err(StoreError::corrupt)?;
        let revision = self.revision.as_deref().map(str::parse).transpose();
        Ok(PromotionLife { state, revision: revision.map_err(StoreError::corrupt)? })
    }

    /// Puts where it stands.
    pub(crate) fn set_life(&mut self, life: PromotionLife) {
        self.state = life.state.code().to_owned();
        self.revision = life.revision.map(|revision| revision.code().to_owned());
    }

    /// What was typed and is not approved yet.
    pub(crate) fn draft(&self) -> Result<Option<PromotionDraft>, StoreError> {
        self.draft.as_deref().map(serde_json::from_str).transpose().map_err(StoreError::corrupt)
    }

    /// Puts what was typed.
    pub(crate) fn set_draft(&mut self, draft: Option<&PromotionDraft>) -> Result<(), StoreError> {
        self.draft = draft.map(serde_json::to_string).transpose().map_err(StoreError::corrupt)?;
        Ok(())
    }
}

macro_rules! select_lives {
    ($rest:literal) => {
        concat!(
            "select l.promotion_id, l.merchant_id, l.state, l.revision, l.version, l.draft, l.district,
                    l.submission, l.submitted_at_ms, l.reason, l.publish_at_ms, l.published_at_ms,
                    l.ended_at_ms, coalesce(c.views, 0) as views, coalesce(c.claims, 0) as claims
               from promotion_life l left join promotion_count c on c.promotion_id = l.promotion_id ",
            $rest
        )
    };
}

/// One promotion.
pub(crate) async fn get(tx: &mut Tx, id: PromotionId) -> Result<Option<LifeRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(select_lives!("where l.promotion_id = $1"))
        .bind(id.0).fetch_optional(conn))?)
}

/// A merchant's, the newest first, of one state or of all.
pub(crate) async fn page(
    tx: &mut Tx,
    merchant: MerchantId,
    state: Option<PromotionState>,
    (before, limit): (i64, i64),
) -> Result<Vec<LifeRow>, StoreError> {
    let state = state.map_or("", PromotionState::code);
    Ok(on!(tx, conn => sqlx::query_as(select_lives!(
        "where l.merchant_id = $1 and ($2 = '' or l.state = $2) and l.promotion_id < $3
         order by l.promotion_id desc limit $4"))
        .bind(merchant.0).bind(state).bind(before).bind(limit).fetch_all(conn))?)
}

/// How many of a merchant's stand in each state.
pub(crate) async fn counts(tx: &mut Tx, merchant: MerchantId) -> Result<Vec<(String, i64)>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select state, count(*) from promotion_life where merchant_id = $1 group by state")
        .bind(merchant.0).fetch_all(conn))?)
}

/// Those that wait for review, the oldest first; of one district, or of all.
pub(crate) async fn waiting(
    tx: &mut Tx,
    district: Option<DistrictCode>,
    (after, limit): (i64, i64),
) -> Result<Vec<LifeRow>, StoreError> {
    let district = district.map_or(0, DistrictCode::number);
    Ok(on!(tx, conn => sqlx::query_as(select_lives!(
        "where l.submission > $1 and ($2 = 0 or l.district = $2) order by l.submission limit $3"))
        .bind(after).bind(district).bind(limit).fetch_all(conn))?)
}

/// How many wait for review, in one district or in all.
pub(crate) async fn count_waiting(tx: &mut Tx, district: Option<DistrictCode>) -> Result<i64, StoreError> {
    let (count,): (i64,) = on!(tx, conn => sqlx::query_as(
        "select count(*) from promotion_life where submission > 0 and ($1 = 0 or district = $1)")
        .bind(district.map_or(0, DistrictCode::number)).fetch_one(conn))?;
    Ok(count)
}

/// A number that no promotion has. Whoever asks holds it until the transaction
/// ends, and the next one waits.
pub(crate) async fn next_number(tx: &mut Tx) -> Result<PromotionId, StoreError> {
    meta::take_numbers(tx, "promotion_turn", 1).await?;
    let (last,): (i64,) = on!(tx, conn => sqlx::query_as(
        "select cast(coalesce(max(promotion_id), 0) as bigint) from promotion_life").fetch_one(conn))?;
    Ok(PromotionId(last + 1))
}

/// Adds a row.
pub(crate) async fn add(tx: &mut Tx, row: &LifeRow) -> Result<(), StoreError> {
    changed!(
        tx,
        sqlx::query(
            "insert into promotion_life (promotion_id, merchant_id, state, version, draft, published_at_ms)
             values ($1, $2, $3, $4, $5, $6)"
        )
        .bind(row.promotion_id)
        .bind(row.merchant_id)
        .bind(&row.state)
        .bind(row.version)
        .bind(&row.draft)
        .bind(row.published_at_ms)
    )?;
    Ok(())
}

/// Writes a row that was read in its version; false when it was changed since.
pub(crate) async fn write(tx: &mut Tx, row: &mut LifeRow) -> Result<bool, StoreError> {
    let rows = changed!(
        tx,
        sqlx::query(
            "update promotion_life set state = $3, revision = $4, draft = $5, district = $6, submission = $7,
                    submitted_at_ms = $8, reason = $9, publish_at_ms = $10, published_at_ms = $11,
                    ended_at_ms = $12, version = version + 1
              where promotion_id = $1 and version = $2"
        )
        .bind(row.promotion_id)
        .bind(row.version)
        .bind(&row.state)
        .bind(&row.revision)
        .bind(&row.draft)
        .bind(row.district)
        .bind(row.submission)
        .bind(row.submitted_at_ms)
        .bind(&row.reason)
        .bind(row.publish_at_ms)
        .bind(row.published_at_ms)
        .bind(row.ended_at_ms)
    )?;
    row.version += 1;
    Ok(rows == 1)
}

/// Writes down who took the step that led to the row's version.
pub(crate) async fn note(
    tx: &mut Tx,
    row: &LifeRow,
    step: PromotionStep,
    (account, now): (AccountId, Timestamp),
) -> Result<(), StoreError> {
    let of_this = matches!(step, PromotionStep::Return | PromotionStep::Withdraw | PromotionStep::Suspend);
    let reason = row.reason.as_deref().filter(|_| of_this);
    changed!(
        tx,
        sqlx::query(
            "insert into promotion_event (promotion_id, version, step, account_id, at_ms, reason)
             values ($1, $2, $3, $4, $5, $6)"
        )
        .bind(row.promotion_id)
        .bind(row.version)
        .bind(step.code())
        .bind(account.0)
        .bind(now.ms())
        .bind(reason)
    )?;
    Ok(())
}

/// At most so many whose time to appear has come, or whose last day has passed.
pub(crate) async fn due(
    tx: &mut Tx,
    now: Timestamp,
    today: Day,
    limit: i64,
) -> Result<Vec<PromotionId>, StoreError> {
    let rows: Vec<(i64,)> = on!(tx, conn => sqlx::query_as(
        "select promotion_id from promotion_life where state = 'scheduled' and publish_at_ms <= $1
         union
         select p.promotion_id from promotion p join promotion_life l on l.promotion_id = p.promotion_id
          where l.state = 'published' and p.ends_on < $2
         order by promotion_id limit $3")
        .bind(now.ms()).bind(today.to_string()).bind(limit).fetch_all(conn))?;
    Ok(rows.into_iter().map(|(id,)| PromotionId(id)).collect())
}

/// Adds to a promotion's counts.
pub(crate) async fn count(tx: &mut Tx, id: PromotionId, views: i64, claims: i64) -> Result<(), StoreError> {
    changed!(
        tx,
        sqlx::query(
            "insert into promotion_count (promotion_id, views, claims) values ($1, $2, $3)
             on conflict (promotion_id) do update set
                views = promotion_count.views + $2, claims = promotion_count.claims + $3"
        )
        .bind(id.0)
        .bind(views)
        .bind(claims)
    )?;
    Ok(())
}
