//! Signing the commitment: the merchant is live a moment later.

use super::again;
use crate::audit::{self, Deed};
use crate::once::{Begun, Done};
use crate::store::join::{self, CommitmentRow};
use crate::store::{Tx, account, catalogue, merchant, meta};
use crate::{Backend, Caller, Error, StoreError, keys};
use domain::shapes::JoinedShape;
use domain::{
    AccountId, AuditAction, AuditThing, Commitment, IdempotencyKey, JoinFault, JoinRefused, JoinRule,
    Joining, Merchant, MerchantId, MerchantState, Outlet, OutletId, Permission, Role, signer,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// A signature as it came.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SignRequest {
    /// The version of the commitment that was read.
    pub version: String,
    /// The name of whoever signs.
    pub signer: String,
}

impl Backend {
    /// Signs the commitment: the caller's draft becomes a merchant, live under
    /// the season's daily cap, and the caller its owner; or that of a merchant
    /// that the review turned down is put anew, for another review. A repeat
    /// with the same key gets the same answer.
    ///
    /// # Errors
    /// The caller may not, or belongs to a merchant already; a field of the
    /// draft cannot be taken; another merchant has the code; the commitment was
    /// changed since it was read, or there is none.
    pub async fn sign_join(
        &self,
        caller: &Caller,
        request: &SignRequest,
        key: &IdempotencyKey,
    ) -> Result<Done<JoinedShape>, Error> {
        caller.require(Permission::JoinAsMerchant)?;
        let signer = signer(&request.signer).map_err(|fault| JoinRefused::BadField { fault })?;
        let request_hash = keys::sha256(&format!("join {} {signer}", request.version));
        let mut tx = match self.begin_once(caller, key, &request_hash).await? {
            Begun::Before(done) => return Ok(done),
            Begun::Now(tx) => tx,
        };
        merchant::take_turn(&mut tx).await?;
        let held = self.catalogue();
        let season = held.season();
        let commitment = &season.commitment;
        check_commitment(commitment, &request.version)?;
        let again = again::turned_down(&mut tx, caller.account_id).await?;
        let joining = self.read_to_sign(&mut tx, caller, again).await?;
        let (id, outlets) = match again {
            Some(id) => (id, again::put(&mut tx, id, &joining).await?),
            None => add(&mut tx, &joining, season.demo).await?,
        };
        let now = self.now();
        let row = CommitmentRow {
            commitment_id: meta::take_numbers(&mut tx, "commitment", 1).await?,
            merchant_id: id.0,
            account_id: caller.account_id.0,
            district: outlets.first().map_or(0, |outlet| outlet.district.number()),
            version: commitment.version.clone(),
            clauses: serde_json::to_string(&commitment.clauses).map_err(StoreError::corrupt)?,
            signer,
            contact_name: joining.contact_name,
            contact_sealed: self.keys().seal_phone(&joining.contact_phone, self.random()),
            signed_at_ms: now.ms(),
        };
        join::forget_draft(&mut tx, caller.account_id).await?;
        let state = match again {
            Some(_) => self.sign_again(&mut tx, caller, &row).await?,
            None => self.become_owner(&mut tx, caller, &row).await?,
        };
        let answer = JoinedShape {
            merchant_id: id,
            outlet_ids: outlets.iter().map(|outlet| outlet.id).collect(),
            state,
            signed_at: season.zone.rfc3339(now),
            version: row.version,
            daily_redemptions: season.provisional.redemptions,
            daily_subsidy_fen: season.provisional.subsidy_fen,
        };
        let done = self.finish_once(tx, caller, key, answer).await?;
        self.callers().forget(caller.account_id);
        self.reload().await?;
        Ok(done)
    }

    /// Keeps the commitment of a new merchant, and makes its signer the owner.
    async fn become_owner(
        &self,
        tx: &mut Tx,
        caller: &Caller,
        row: &CommitmentRow,
    ) -> Result<MerchantState, Error> {
        join::add_commitment(tx, row).await?;
        let (account, id) = (caller.account_id, MerchantId(row.merchant_id));
        account::grant(tx, account.0, Role::Owner.code(), Some(id.0), None).await?;
        // Somebody may have accepted an invitation meanwhile.
        if let Some(merchant) = merchant_of(tx, account).await?.filter(|own| *own != id) {
            return Err(JoinRefused::AlreadyJoined { merchant }.into());
        }
        self.forget_caller(tx, account).await?;
        catalogue::changed(tx).await?;
        Ok(MerchantState::Provisional)
    }

    /// Keeps the commitment that a merchant signed anew; the audit log keeps
    /// the one before.
    async fn sign_again(
        &self,
        tx: &mut Tx,
        caller: &Caller,
        row: &CommitmentRow,
    ) -> Result<MerchantState, Error> {
        let id = MerchantId(row.merchant_id);
        let before = join::commitment_of(tx, id).await?;
        join::sign_again(tx, row).await?;
        catalogue::changed(tx).await?;
        let held = self.catalogue();
        let reason = held.merchant(id).map(|merchant| merchant.reason.clone()).unwrap_or_default();
        let old = before.map(|before| again::kept(&before, &reason));
        let new = json!({ "state": MerchantState::Reapplied, "version": row.version, "signer": row.signer });
        let deed = Deed::new(AuditAction::ApplyAgain, AuditThing::Merchant, id.0);
        audit::record(self, tx, caller, deed, (old.as_ref(), Some(&new))).await?;
        Ok(MerchantState::Reapplied)
    }

    /// The draft of an account that belongs to no merchant, or owns one that
    /// applies `again`, with nothing wrong.
    async fn read_to_sign(
        &self,
        tx: &mut Tx,
        caller: &Caller,
        again: Option<MerchantId>,
    ) -> Result<Joining, Error> {
        let account = caller.account_id;
        if let Some(merchant) = merchant_of(tx, account).await?.filter(|own| Some(*own) != again) {
            return Err(JoinRefused::AlreadyJoined { merchant }.into());
        }
        let draft = match join::draft(tx, account).await? {
            Some(row) => self.opened(&row.sealed)?,
            None => self.begun(tx, caller).await?,
        };
        let joining = draft.read(self.catalogue().season()).map_err(|faults| {
            let missing = || JoinFault { field: "credit_code".to_owned(), rule: JoinRule::Missing };
            JoinRefused::BadField { fault: faults.into_iter().next().unwrap_or_else(missing) }
        })?;
        if let Some(name) = merchant::holder_of(tx, &joining.credit_code, again).await? {
            return Err(JoinRefused::CodeTaken { name }.into());
        }
        Ok(joining)
    }
}

/// The merchant to which an account belongs.
async fn merchant_of(tx: &mut Tx, account: AccountId) -> Result<Option<MerchantId>, StoreError> {
    let roles = account::roles(tx, account.0).await?;
    Ok(roles.iter().find_map(|role| role.merchant_id).map(MerchantId))
}

/// The merchant that an account owns.
pub(super) async fn owned_by(tx: &mut Tx, account: AccountId) -> Result<Option<MerchantId>, StoreError> {
    let roles = account::roles(tx, account.0).await?;
    let owner = roles.iter().find(|role| role.role == Role::Owner.code());
    Ok(owner.and_then(|role| role.merchant_id).map(MerchantId))
}

fn check_commitment(commitment: &Commitment, read: &str) -> Result<(), JoinRefused> {
    if !commitment.is_offered() {
        Err(JoinRefused::NotOffered)
    } else if commitment.version != read {
        Err(JoinRefused::CommitmentChanged { version: commitment.version.clone() })
    } else {
        Ok(())
    }
}

/// Adds the merchant and its outlets under the next numbers.
async fn add(tx: &mut Tx, joining: &Joining, demo: bool) -> Result<(MerchantId, Vec<Outlet>), StoreError> {
    let (last_merchant, last_outlet) = merchant::last_numbers(tx).await?;
    let id = MerchantId(last_merchant + 1);
    let row = Merchant {
        id,
        name: joining.name.clone(),
        name_en: joining.name_en.clone(),
        kind: joining.kind.clone(),
        demo,
        state: MerchantState::Provisional,
        reason: String::new(),
    };
    merchant::add(tx, &row, &joining.credit_code).await?;
    let numbered = joining.outlets.iter().cloned().zip(last_outlet + 1..);
    let outlets: Vec<Outlet> =
        numbered.map(|(outlet, number)| Outlet { id: OutletId(number), merchant_id: id, ..outlet }).collect();
    for outlet in &outlets {
        merchant::add_outlet(tx, outlet).await?;
    }
    Ok((id, outlets))
}
