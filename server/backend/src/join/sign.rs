//! Signing the commitment: the merchant is live a moment later.

use crate::once::{Begun, Done};
use crate::store::join::{self, CommitmentRow};
use crate::store::{Tx, account, catalogue, merchant, meta};
use crate::{Backend, Caller, Error, StoreError, keys};
use domain::shapes::JoinedShape;
use domain::{
    AccountId, Commitment, IdempotencyKey, JoinFault, JoinRefused, JoinRule, Joining, Merchant, MerchantId,
    MerchantState, Outlet, OutletId, Permission, Role, signer,
};
use serde::{Deserialize, Serialize};

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
    /// the season's daily cap, and the caller its owner. A repeat with the same
    /// key gets the same answer.
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
        let joining = self.read_to_sign(&mut tx, caller.account_id).await?;
        let (id, outlets) = add(&mut tx, &joining, season.demo).await?;
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
        join::add_commitment(&mut tx, &row).await?;
        join::forget_draft(&mut tx, caller.account_id).await?;
        account::grant(&mut tx, caller.account_id.0, Role::Owner.code(), Some(id.0), None).await?;
        // Somebody may have accepted an invitation meanwhile.
        if let Some(merchant) = merchant_of(&mut tx, caller.account_id).await?.filter(|own| *own != id) {
            return Err(JoinRefused::AlreadyJoined { merchant }.into());
        }
        self.forget_caller(&mut tx, caller.account_id).await?;
        catalogue::changed(&mut tx).await?;
        let answer = JoinedShape {
            merchant_id: id,
            outlet_ids: outlets.iter().map(|outlet| outlet.id).collect(),
            state: MerchantState::Provisional,
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

    /// The draft of an account that belongs to no merchant, with nothing wrong.
    async fn read_to_sign(&self, tx: &mut Tx, account: AccountId) -> Result<Joining, Error> {
        if let Some(merchant) = merchant_of(tx, account).await? {
            return Err(JoinRefused::AlreadyJoined { merchant }.into());
        }
        let row = join::draft(tx, account).await?;
        let draft = row.map(|row| self.opened(&row.sealed)).transpose()?.unwrap_or_default();
        let joining = draft.read(self.catalogue().season()).map_err(|faults| {
            let missing = || JoinFault { field: "credit_code".to_owned(), rule: JoinRule::Missing };
            JoinRefused::BadField { fault: faults.into_iter().next().unwrap_or_else(missing) }
        })?;
        if let Some(name) = merchant::holder_of(tx, &joining.credit_code).await? {
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
