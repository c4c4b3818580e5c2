//! Joining by commitment (告知承诺): a draft that saves itself, and the
//! signature that makes a merchant of it.

mod again;
mod sign;

use crate::store::{Tx, join, merchant, merchant_use};
use crate::{Backend, Caller, Error, StoreError};
use domain::shapes::{CommitmentShape, JoinFaultShape, JoinShape};
use domain::{
    CreditCode, Denied, Fen, JoinDraft, JoinFault, JoinRule, JoinStep, MerchantId, MerchantState, Permission,
    ProvisionalCap, Timestamp,
};
pub use sign::SignRequest;

/// Where a merchant stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Where.
    pub state: MerchantState,
    /// Why, as its reviewer wrote; may be empty.
    pub reason: String,
    /// The business day of one that is under review.
    pub day: Option<UsedDay>,
}

/// What a merchant under review has redeemed on a business day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsedDay {
    /// Redemptions.
    pub redeemed: i64,
    /// The subsidies of them.
    pub subsidized: Fen,
    /// What it may at most.
    pub cap: ProvisionalCap,
}

impl Backend {
    /// How far the caller has come with joining.
    ///
    /// # Errors
    /// The caller may not join, or the store failed.
    pub async fn join_draft(&self, caller: &Caller) -> Result<JoinShape, Error> {
        caller.require(Permission::JoinAsMerchant)?;
        let mut tx = self.db().read().await?;
        let row = join::draft(&mut tx, caller.account_id).await?;
        let saved_at = row.as_ref().map(|row| Timestamp::from_ms(row.saved_at_ms));
        let draft = match row {
            Some(row) => self.opened(&row.sealed)?,
            None => self.begun(&mut tx, caller).await?,
        };
        let taken = taken(&mut tx, &draft, self.turned_down(caller)).await?;
        Ok(self.join_shape(caller, draft, saved_at, taken))
    }

    /// Saves what was typed, right or wrong, over what was saved before.
    ///
    /// # Errors
    /// The caller may not join, or the store failed.
    pub async fn save_join_draft(&self, caller: &Caller, draft: JoinDraft) -> Result<JoinShape, Error> {
        self.change_join_draft(caller, |kept| *kept = draft).await
    }

    /// Changes what was saved of an application.
    ///
    /// # Errors
    /// The caller may not join, or the store failed.
    pub async fn change_join_draft(
        &self,
        caller: &Caller,
        change: impl FnOnce(&mut JoinDraft) + Send,
    ) -> Result<JoinShape, Error> {
        caller.require(Permission::JoinAsMerchant)?;
        let (account, now) = (caller.account_id, self.now());
        let mut tx = self.db().write().await?;
        let row = join::draft(&mut tx, account).await?;
        let mut draft = match row {
            Some(row) => self.opened(&row.sealed)?,
            None => self.begun(&mut tx, caller).await?,
        };
        change(&mut draft);
        let draft = draft.shortened();
        let text = serde_json::to_string(&draft).map_err(StoreError::corrupt)?;
        let sealed = self.keys().seal_draft(&text, self.random());
        join::save_draft(&mut tx, account, &sealed, now).await?;
        let taken = taken(&mut tx, &draft, self.turned_down(caller)).await?;
        tx.commit().await?;
        Ok(self.join_shape(caller, draft, Some(now), taken))
    }

    /// What an application begins with: nothing, or what was entered before.
    async fn begun(&self, tx: &mut Tx, caller: &Caller) -> Result<JoinDraft, StoreError> {
        match self.turned_down(caller) {
            Some(merchant) => self.entered_before(tx, merchant).await,
            None => Ok(JoinDraft::default()),
        }
    }

    /// Where the caller's merchant stands, and how much of its day is used
    /// while it is under review.
    ///
    /// # Errors
    /// The caller belongs to no merchant, or the store failed.
    pub async fn standing(&self, caller: &Caller) -> Result<Standing, Error> {
        let catalogue = self.catalogue();
        let merchant = caller.merchant_id.and_then(|id| catalogue.merchant(id)).ok_or(Denied::WrongRole)?;
        let (state, reason) = (merchant.state, merchant.reason.clone());
        let Some(cap) = catalogue.cap_of(merchant) else { return Ok(Standing { state, reason, day: None }) };
        let today = self.zone().business_day(self.now()).to_string();
        let day = merchant_use::Day { merchant_id: merchant.id.0, business_day: &today };
        let (redeemed, subsidized) = merchant_use::of(&mut self.db().read().await?, &day).await?;
        Ok(Standing { state, reason, day: Some(UsedDay { redeemed, subsidized, cap }) })
    }

    fn opened(&self, sealed: &str) -> Result<JoinDraft, StoreError> {
        let text = self.keys().open_draft(sealed).ok_or_else(|| StoreError::corrupt("a draft"))?;
        serde_json::from_str(&text).map_err(StoreError::corrupt)
    }

    fn join_shape(
        &self,
        caller: &Caller,
        draft: JoinDraft,
        saved_at: Option<Timestamp>,
        taken: Option<JoinFault>,
    ) -> JoinShape {
        let catalogue = self.catalogue();
        let season = catalogue.season();
        let mut faults = draft.faults(season);
        faults.extend(taken);
        let step = faults.iter().map(JoinFault::step).min_by_key(|step| place(*step));
        let merchant = caller.merchant_id.and_then(|id| catalogue.merchant(id));
        JoinShape {
            saved_at: saved_at.map(|at| season.zone.rfc3339(at)),
            step: step.unwrap_or(JoinStep::Commitment),
            faults: faults.iter().map(JoinFaultShape::from).collect(),
            commitment: CommitmentShape {
                version: season.commitment.version.clone(),
                clauses: season.commitment.clauses.clone(),
            },
            daily_redemptions: season.provisional.redemptions,
            daily_subsidy_fen: season.provisional.subsidy_fen,
            merchant_id: caller.merchant_id,
            state: merchant.map(|merchant| merchant.state),
            reason: merchant.map(|merchant| merchant.reason.clone()).unwrap_or_default(),
            again: self.turned_down(caller).is_some(),
            draft,
        }
    }
}

/// What is wrong with a code that another merchant has.
async fn taken(
    tx: &mut Tx,
    draft: &JoinDraft,
    own: Option<MerchantId>,
) -> Result<Option<JoinFault>, StoreError> {
    let Ok(code) = draft.credit_code.parse::<CreditCode>() else { return Ok(None) };
    let name = merchant::holder_of(tx, &code, own).await?;
    Ok(name.map(|name| JoinFault { field: "credit_code".to_owned(), rule: JoinRule::CodeTaken { name } }))
}

fn place(step: JoinStep) -> usize {
    JoinStep::ALL.iter().position(|known| *known == step).unwrap_or(0)
}
