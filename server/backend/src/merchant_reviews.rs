//! Reviewing merchants: who waits, and what is decided on them.

use crate::audit::{self, Deed};
use crate::once::{Begun, Done};
use crate::paging::OldestFirst;
use crate::store::join::{self, ListedRow};
use crate::store::merchant_review::{self, NewReview};
use crate::store::{catalogue, merchant_review::StandingRow};
use crate::{Backend, Caller, Error, StoreError, keys};
use domain::shapes::{MerchantReviewShape, Page, ReviewedShape, WaitingMerchant};
use domain::{
    AuditAction, AuditThing, Denied, DistrictCode, IdempotencyKey, KindCode, ListQuery, MOST_REASON,
    Merchant, MerchantDecision, MerchantId, MerchantReviewQuery, MerchantReviewRefused, MerchantState,
    Permission, Role, Timestamp,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// A decision as it came.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DecideRequest {
    /// What is decided.
    pub decision: MerchantDecision,
    /// Where the reviewer saw the merchant: whoever decided meanwhile came
    /// first. Not asked where it is left out.
    pub seen: Option<MerchantState>,
    /// Why: 1 to 200 characters, which the merchant reads; may be empty with an
    /// approval.
    pub reason: String,
}

impl Backend {
    /// The merchants that joined by themselves and wait for a review, or stand
    /// as asked, the first to sign first; a district officer sees those of their district.
    ///
    /// # Errors
    /// The caller reviews nobody, or limit or cursor is none.
    pub async fn merchants_to_review(
        &self,
        reviewer: &Caller,
        query: &MerchantReviewQuery,
    ) -> Result<Page<WaitingMerchant>, Error> {
        let district = confined_to(reviewer)?.map_or(0, DistrictCode::number);
        let list = ListQuery { limit: query.limit.clone(), cursor: query.cursor.clone() };
        let (asked, states) = (OldestFirst::read(&list)?, states_asked(query)?);
        let states = states.map(MerchantState::code);
        let which = join::Listed { states, district, after: asked.after, limit: asked.limit + 1 };
        let mut tx = self.db().read().await?;
        let page = asked.page(join::listed(&mut tx, which).await?, |row| row.commitment_id);
        let Page { items, next_cursor } = page;
        let items = items.into_iter().map(|row| self.waiting_merchant(row)).collect::<Result<_, _>>()?;
        Ok(Page { items, next_cursor })
    }

    pub(crate) fn waiting_merchant(&self, row: ListedRow) -> Result<WaitingMerchant, StoreError> {
        Ok(WaitingMerchant {
            state: row.state.parse().map_err(StoreError::corrupt)?,
            merchant_id: MerchantId(row.merchant_id),
            name: row.name,
            name_en: row.name_en,
            kind: KindCode(row.kind),
            district: DistrictCode::try_from(row.district).map_err(StoreError::corrupt)?,
            outlets: row.outlets,
            signed_at: self.zone().rfc3339(Timestamp::from_ms(row.signed_at_ms)),
            waiting_s: ((self.now().ms() - row.signed_at_ms) / 1000).max(0),
        })
    }

    /// A merchant as its reviewer sees it: any, also one that the bureau
    /// brought in.
    ///
    /// # Errors
    /// The caller reviews nobody, or not this one.
    pub async fn merchant_review(
        &self,
        reviewer: &Caller,
        id: MerchantId,
    ) -> Result<MerchantReviewShape, Error> {
        let (held, merchant) = (self.catalogue(), self.to_review(reviewer, id)?);
        let mut tx = self.db().read().await?;
        let commitment = join::commitment_of(&mut tx, id).await?;
        let standing = merchant_review::standing(&mut tx, id).await?.ok_or(Denied::NotFound)?;
        let state: MerchantState = standing.state.parse().map_err(StoreError::corrupt)?;
        let clauses = commitment.as_ref().map(|row| serde_json::from_str(&row.clauses)).transpose();
        let phone = commitment.as_ref().and_then(|row| self.keys().open_phone(&row.contact_sealed));
        let signed_at = commitment.as_ref().map(|row| Timestamp::from_ms(row.signed_at_ms));
        let outlets = held.outlets_of(id).map(|outlet| held.outlet_shape(outlet, self.now()));
        Ok(MerchantReviewShape {
            merchant_id: id,
            credit_code: standing.credit_code,
            outlets: outlets.collect(),
            state,
            reason: merchant.reason,
            decisions: state.decisions().to_vec(),
            signed_at: signed_at.map(|at| self.zone().rfc3339(at)),
            clauses: clauses.map_err(StoreError::corrupt)?.unwrap_or_default(),
            version: commitment.as_ref().map(|row| row.version.clone()),
            signer: commitment.as_ref().map(|row| row.signer.clone()),
            contact_name: commitment.map(|row| row.contact_name),
            contact_phone: phone.map(|phone| phone.reveal().to_owned()),
            name: merchant.name,
            name_en: merchant.name_en,
            kind: merchant.kind,
        })
    }

    /// Decides on a merchant: every node knows it a moment later. A repeat with
    /// the same key gets the same answer.
    ///
    /// # Errors
    /// The caller reviews nobody, or not this one; the reason is missing or too
    /// long; or the merchant stands where that is not to be decided.
    pub async fn decide_on_merchant(
        &self,
        reviewer: &Caller,
        id: MerchantId,
        request: &DecideRequest,
        key: &IdempotencyKey,
    ) -> Result<Done<ReviewedShape>, Error> {
        self.to_review(reviewer, id)?;
        let (decision, reason) = (request.decision, request.reason.trim());
        let length = reason.chars().count();
        if length > MOST_REASON || (length == 0 && decision.needs_reason()) {
            return Err(Denied::field("reason", format!("1–{MOST_REASON}")).into());
        }
        let seen = request.seen.map_or("", MerchantState::code);
        let request_hash = keys::sha256(&format!("decide {id} {decision} {seen} {reason}"));
        let mut tx = match self.begin_once(reviewer, key, &request_hash).await? {
            Begun::Before(done) => return Ok(done),
            Begun::Now(tx) => tx,
        };
        let row = merchant_review::standing(&mut tx, id).await?.ok_or(Denied::NotFound)?;
        let from = state_of(&row)?;
        if request.seen.is_some_and(|seen| seen != from) {
            return Err(MerchantReviewRefused { state: from }.into());
        }
        let to = from.after(decision)?;
        let at = self.now();
        let review = NewReview { merchant: id, decision, reason, by: reviewer.account_id, at };
        if !merchant_review::decide(&mut tx, &review, (from, to)).await? {
            let row = merchant_review::standing(&mut tx, id).await?.ok_or(Denied::NotFound)?;
            return Err(MerchantReviewRefused { state: state_of(&row)? }.into());
        }
        catalogue::changed(&mut tx).await?;
        let deed = Deed::new(AuditAction::ReviewMerchant, AuditThing::Merchant, id.0);
        let (old, new) = (json!({ "state": from }), json!({ "state": to, "reason": reason }));
        audit::record(self, &mut tx, reviewer, deed, (Some(&old), Some(&new))).await?;
        let reviewed_at = self.zone().rfc3339(at);
        let answer = ReviewedShape { merchant_id: id, state: to, reason: reason.to_owned(), reviewed_at };
        let done = self.finish_once(tx, reviewer, key, answer).await?;
        self.reload().await?;
        Ok(done)
    }

    /// A merchant that the caller reviews. One of another district does not
    /// exist for them.
    fn to_review(&self, reviewer: &Caller, id: MerchantId) -> Result<Merchant, Error> {
        let district = confined_to(reviewer)?;
        let catalogue = self.catalogue();
        let merchant = catalogue.merchant(id).ok_or(Denied::NotFound)?;
        let own = catalogue.outlets_of(id).next().map(|outlet| outlet.district);
        if district.is_some() && own != district {
            return Err(Denied::NotFound.into());
        }
        Ok(merchant.clone())
    }
}

/// The state that is asked for, twice; or the two that wait.
fn states_asked(query: &MerchantReviewQuery) -> Result<[MerchantState; 2], Denied> {
    let Some(state) = &query.state else { return Ok(MerchantState::WAITING) };
    state.parse().map(|state| [state, state]).map_err(|error| Denied::query("state", error))
}

fn state_of(row: &StandingRow) -> Result<MerchantState, StoreError> {
    row.state.parse().map_err(StoreError::corrupt)
}

/// The only district whose merchants a caller reviews; `None` means all.
pub(crate) fn confined_to(reviewer: &Caller) -> Result<Option<DistrictCode>, Denied> {
    reviewer.require(Permission::ReviewMerchants)?;
    let everywhere = |role: &Role| role.may(Permission::ReviewMerchants) && !role.is_of_district();
    if reviewer.roles.iter().any(everywhere) {
        return Ok(None);
    }
    reviewer.office.map(Some).ok_or(Denied::WrongRole)
}
