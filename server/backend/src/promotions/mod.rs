//! Promotions between their merchant and the bureau: drafts, reviews, photos,
//! what appears and ends by itself, and how often it is looked at.

mod counts;
mod due;
mod photos;
mod pictures;
mod review;
mod shape;
mod suspend;

pub(crate) use counts::Counts;
pub(crate) use photos::Darkroom;
pub use review::Verdict;

use crate::once::{Begun, Done};
use crate::store::promotion::{self, LifeRow};
use crate::store::{Tx, catalogue, meta};
use crate::{Backend, Caller, Error, StoreError, keys, paging};
use domain::shapes::{OwnPromotion, OwnPromotions, StateCount};
use domain::{
    AccountId, Denied, Fault, FormRule, IdempotencyKey, ListQuery, MerchantId, OwnPromotionQuery, Permission,
    PromotionDraft, PromotionForm, PromotionId, PromotionRefused, PromotionState, PromotionStep, Timestamp,
};
use serde::Serialize;
use std::collections::BTreeSet;

/// The most promotions of a merchant that have not ended.
const MOST_OPEN: i64 = 200;

/// What a merchant does with a promotion.
#[derive(Clone, Debug, Serialize)]
pub enum PromotionChange {
    /// Writes it; a published one gets a revision.
    Save(Box<PromotionForm>),
    /// Hands it in.
    Submit,
    /// Takes it back.
    Withdraw,
    /// Drops the revision.
    Discard,
    /// Ends it.
    End,
}

impl PromotionChange {
    const fn step(&self) -> PromotionStep {
        match self {
            PromotionChange::Save(_) => PromotionStep::Save,
            PromotionChange::Submit => PromotionStep::Submit,
            PromotionChange::Withdraw => PromotionStep::Withdraw,
            PromotionChange::Discard => PromotionStep::Discard,
            PromotionChange::End => PromotionStep::End,
        }
    }
}

impl Backend {
    /// Begins a promotion.
    ///
    /// # Errors
    /// The caller may not, a field is too long, or the merchant has as many as
    /// it may.
    pub async fn begin_promotion(
        &self,
        caller: &Caller,
        form: &PromotionForm,
        key: &IdempotencyKey,
    ) -> Result<Done<OwnPromotion>, Error> {
        let merchant = poster(caller)?;
        let draft = PromotionDraft { form: trimmed(form)?, photos: Vec::new() };
        let request_hash = hash("begin", None, &draft.form)?;
        let tx = match self.begin_once(caller, key, &request_hash).await? {
            Begun::Before(done) => return Ok(done),
            Begun::Now(tx) => tx,
        };
        self.add_draft(tx, (caller, merchant), &draft, key).await
    }

    /// Begins a promotion with the words and photos of another one.
    ///
    /// # Errors
    /// The caller may not, the other is not their merchant's, or the merchant
    /// has as many as it may.
    pub async fn duplicate_promotion(
        &self,
        caller: &Caller,
        id: PromotionId,
        key: &IdempotencyKey,
    ) -> Result<Done<OwnPromotion>, Error> {
        let merchant = poster(caller)?;
        let request_hash = hash("duplicate", Some(id), &())?;
        let mut tx = match self.begin_once(caller, key, &request_hash).await? {
            Begun::Before(done) => return Ok(done),
            Begun::Now(tx) => tx,
        };
        let row = own(&mut tx, merchant, id).await?;
        let mut draft = latest(&mut tx, &row).await?;
        draft.form.publish_at.clear();
        self.add_draft(tx, (caller, merchant), &draft, key).await
    }

    async fn add_draft(
        &self,
        mut tx: Tx,
        (caller, merchant): (&Caller, MerchantId),
        draft: &PromotionDraft,
        key: &IdempotencyKey,
    ) -> Result<Done<OwnPromotion>, Error> {
        let mut row = LifeRow::new(promotion::next_number(&mut tx).await?, merchant);
        let counts = promotion::counts(&mut tx, merchant).await?;
        let ended = PromotionState::Ended.code();
        let open: i64 = counts.iter().filter(|(state, _)| state != ended).map(|(_, count)| count).sum();
        if open >= MOST_OPEN {
            return Err(PromotionRefused::TooMany { limit: MOST_OPEN }.into());
        }
        row.set_draft(Some(draft))?;
        row.version = 1;
        promotion::add(&mut tx, &row).await?;
        promotion::note(&mut tx, &row, PromotionStep::Save, (caller.account_id, self.now())).await?;
        let answer = self.own_shape(&row, draft)?;
        self.finish_once(tx, caller, key, answer).await
    }

    /// Takes a step with a promotion of the caller's merchant.
    ///
    /// # Errors
    /// The caller may not, it is not their merchant's, the step is none from
    /// where it stands, or what is handed in is not whole.
    pub async fn change_promotion(
        &self,
        caller: &Caller,
        id: PromotionId,
        change: &PromotionChange,
        key: &IdempotencyKey,
    ) -> Result<Done<OwnPromotion>, Error> {
        let merchant = poster(caller)?;
        let request_hash = hash("change", Some(id), change)?;
        let mut tx = match self.begin_once(caller, key, &request_hash).await? {
            Begun::Before(done) => return Ok(done),
            Begun::Now(tx) => tx,
        };
        let mut row = own(&mut tx, merchant, id).await?;
        let was_public = row.life()?.state == PromotionState::Published;
        let next = row.life()?.after(change.step())?;
        self.apply(&mut tx, &mut row, change).await?;
        row.set_life(next);
        self.write_step(&mut tx, &mut row, change.step(), caller.account_id).await?;
        let disappears = was_public && next.state != PromotionState::Published;
        if disappears {
            catalogue::changed(&mut tx).await?;
        }
        let draft = latest(&mut tx, &row).await?;
        let answer = self.own_shape(&row, &draft)?;
        let done = self.finish_once(tx, caller, key, answer).await?;
        if disappears {
            self.reload().await?;
        }
        Ok(done)
    }

    /// What a step does besides where the promotion stands after it.
    async fn apply(&self, tx: &mut Tx, row: &mut LifeRow, change: &PromotionChange) -> Result<(), Error> {
        match change {
            PromotionChange::Save(form) => {
                let photos = latest(tx, row).await?.photos;
                row.set_draft(Some(&PromotionDraft { form: trimmed(form)?, photos }))?;
            }
            PromotionChange::Submit => self.hand_in(tx, row).await?,
            PromotionChange::Withdraw => take_back(row),
            PromotionChange::Discard => {
                take_back(row);
                row.reason = None;
                row.set_draft(None)?;
            }
            PromotionChange::End => self.end(row)?,
        }
        Ok(())
    }

    /// Puts what is typed on the bureau's table, if it reads without a fault.
    async fn hand_in(&self, tx: &mut Tx, row: &mut LifeRow) -> Result<(), Error> {
        let draft = latest(tx, row).await?;
        let ready = self.ready(row, &draft).map_err(|faults| PromotionRefused::Incomplete { faults })?;
        let catalogue = self.catalogue();
        let districts: BTreeSet<i64> =
            catalogue.outlets_at(&ready.promotion).map(|outlet| outlet.district.number()).collect();
        row.district = districts.first().copied().filter(|_| districts.len() == 1).unwrap_or(0);
        row.submission = Some(meta::take_numbers(tx, "submission", 1).await?);
        row.submitted_at_ms = Some(self.now().ms());
        row.reason = None;
        Ok(())
    }

    /// Ends a promotion: a revision of it has nothing to wait for any more.
    fn end(&self, row: &mut LifeRow) -> Result<(), StoreError> {
        take_back(row);
        if row.life()?.state == PromotionState::Published {
            row.set_draft(None)?;
        }
        row.ended_at_ms = Some(self.now().ms());
        Ok(())
    }

    /// Writes a row that took a step, and who took it.
    async fn write_step(
        &self,
        tx: &mut Tx,
        row: &mut LifeRow,
        step: PromotionStep,
        account: AccountId,
    ) -> Result<(), Error> {
        if !promotion::write(tx, row).await? {
            return Err(PromotionRefused::ChangedMeanwhile.into());
        }
        Ok(promotion::note(tx, row, step, (account, self.now())).await?)
    }

    /// The promotions of the caller's merchant, the newest first.
    ///
    /// # Errors
    /// The caller may not, or the state, limit or cursor is none.
    pub async fn own_promotions(
        &self,
        caller: &Caller,
        query: &OwnPromotionQuery,
    ) -> Result<OwnPromotions, Error> {
        let merchant = poster(caller)?;
        let state = query.state.as_deref().map(str::parse::<PromotionState>).transpose();
        let state = state.map_err(|error| Denied::query("state", error))?;
        let list = ListQuery { limit: query.limit.clone(), cursor: query.cursor.clone() };
        let cursor = paging::Cursor::newest_first(&list)?;
        let mut tx = self.db().read().await?;
        let rows = promotion::page(&mut tx, merchant, state, (cursor.before, cursor.limit + 1)).await?;
        let counts = promotion::counts(&mut tx, merchant).await?;
        let page = paging::page(rows, &cursor, |row| row.promotion_id);
        let items = self.own_shapes(&mut tx, merchant, &page.items).await?;
        let count = |state: &PromotionState| {
            let found = counts.iter().find(|(name, _)| name == state.code());
            StateCount { state: *state, count: found.map_or(0, |(_, count)| *count) }
        };
        let counts = PromotionState::ALL.iter().map(count).collect();
        Ok(OwnPromotions { items, next_cursor: page.next_cursor, counts })
    }

    /// A promotion of the caller's merchant.
    ///
    /// # Errors
    /// The caller may not, or it is not their merchant's.
    pub async fn own_promotion(&self, caller: &Caller, id: PromotionId) -> Result<OwnPromotion, Error> {
        let merchant = poster(caller)?;
        let mut tx = self.db().read().await?;
        let row = own(&mut tx, merchant, id).await?;
        let draft = latest(&mut tx, &row).await?;
        Ok(self.own_shape(&row, &draft)?)
    }
}

/// The merchant of a caller who may post.
fn poster(caller: &Caller) -> Result<MerchantId, Denied> {
    caller.require(Permission::PostPromotions)?;
    caller.merchant_id.ok_or(Denied::WrongRole)
}

/// The row of a promotion of this merchant; another's is as none.
async fn own(tx: &mut Tx, merchant: MerchantId, id: PromotionId) -> Result<LifeRow, Error> {
    let row = promotion::get(tx, id).await?.filter(|row| row.merchant_id == merchant.0);
    row.ok_or_else(|| Denied::NotFound.into())
}

/// What was typed last, or else what is approved.
async fn latest(tx: &mut Tx, row: &LifeRow) -> Result<PromotionDraft, StoreError> {
    match row.draft()? {
        Some(draft) => Ok(draft),
        None => approved(tx, row).await?.ok_or_else(|| StoreError::corrupt("a promotion without words")),
    }
}

/// What is approved, as it would have been typed.
async fn approved(tx: &mut Tx, row: &LifeRow) -> Result<Option<PromotionDraft>, StoreError> {
    let (merchant, id) = (MerchantId(row.merchant_id), row.promotion_id);
    let found = catalogue::approved_of(tx, merchant, (id, id)).await?;
    Ok(found.first().map(PromotionDraft::of))
}

/// Takes it from the bureau's table.
fn take_back(row: &mut LifeRow) {
    (row.submission, row.submitted_at_ms, row.publish_at_ms) = (None, None, None);
}

fn trimmed(form: &PromotionForm) -> Result<PromotionForm, Denied> {
    form.clone().trimmed().map_err(|Fault { field, rule }| match rule {
        FormRule::TooLong { limit } => Denied::field(field.code(), format!("≤ {limit}")),
        _ => Denied::field(field.code(), ""),
    })
}

fn hash(what: &str, id: Option<PromotionId>, body: &impl Serialize) -> Result<String, StoreError> {
    let body = serde_json::to_string(body).map_err(StoreError::corrupt)?;
    Ok(keys::sha256(&format!("promotion {what} {} {body}", id.map_or(0, |id| id.0))))
}

/// Milliseconds of a row as a moment in the API's form.
fn moment(backend: &Backend, ms: Option<i64>) -> Option<String> {
    ms.map(|ms| backend.zone().rfc3339(Timestamp::from_ms(ms)))
}
