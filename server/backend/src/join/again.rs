//! Applying again: a merchant that the review turned down mends what it entered
//! and signs anew. It takes no part until it is reviewed again: the commitment
//! was trusted once.

use super::sign::owned_by;
use crate::store::join::{self, CommitmentRow};
use crate::store::merchant::{self, OutletName};
use crate::store::{Tx, merchant_review};
use crate::{Backend, Caller, Error, StoreError};
use domain::{
    AccountId, JoinDraft, JoinRefused, Joining, Merchant, MerchantId, MerchantState, Outlet, OutletDraft,
    OutletId, Role,
};

impl Backend {
    /// The caller's merchant, where the review turned it down and the caller
    /// owns it.
    pub(super) fn turned_down(&self, caller: &Caller) -> Option<MerchantId> {
        let catalogue = self.catalogue();
        let merchant = caller.merchant_id.and_then(|id| catalogue.merchant(id))?;
        let rejected = merchant.state == MerchantState::Rejected;
        (rejected && caller.roles.contains(&Role::Owner)).then_some(merchant.id)
    }

    /// What a merchant entered when it joined, to be mended.
    pub(super) async fn entered_before(&self, tx: &mut Tx, id: MerchantId) -> Result<JoinDraft, StoreError> {
        let catalogue = self.catalogue();
        let (merchant, standing) = (catalogue.merchant(id), merchant_review::standing(tx, id).await?);
        let (Some(merchant), Some(standing)) = (merchant, standing) else { return Ok(JoinDraft::default()) };
        let Merchant { name, name_en, kind, .. } = merchant.clone();
        let commitment = join::commitment_of(tx, id).await?;
        let phone = commitment.as_ref().and_then(|row| self.keys().open_phone(&row.contact_sealed));
        Ok(JoinDraft {
            credit_code: standing.credit_code,
            name,
            name_en,
            kind: kind.0,
            outlets: catalogue.outlets_of(id).map(OutletDraft::from).collect(),
            contact_name: commitment.map(|row| row.contact_name).unwrap_or_default(),
            contact_phone: phone.map(|phone| phone.reveal().to_owned()).unwrap_or_default(),
        })
    }
}

/// The merchant that an account owns and that the review turned down, as the
/// database has it.
pub(super) async fn turned_down(tx: &mut Tx, account: AccountId) -> Result<Option<MerchantId>, StoreError> {
    let Some(id) = owned_by(tx, account).await? else { return Ok(None) };
    let standing = merchant_review::standing(tx, id).await?;
    Ok(standing.filter(|row| row.state == MerchantState::Rejected.code()).map(|_| id))
}

/// Puts what was signed anew over what was there: outlets keep their numbers,
/// new ones get the next, and those that are left out go.
///
/// # Errors
/// Another press came first, or an outlet that is left out has records.
pub(super) async fn put(tx: &mut Tx, id: MerchantId, joining: &Joining) -> Result<Vec<Outlet>, Error> {
    if !merchant::apply_again(tx, id, joining).await? {
        return Err(JoinRefused::AlreadyJoined { merchant: id }.into());
    }
    let mut left = merchant::outlet_names(tx, id).await?;
    let (_, last) = merchant::last_numbers(tx).await?;
    let mut next = last + 1;
    let mut outlets = Vec::with_capacity(joining.outlets.len());
    for outlet in joining.outlets.iter().cloned() {
        let known = left.iter().position(|OutletName { outlet_id, .. }| *outlet_id == outlet.id.0);
        let mut outlet = Outlet { merchant_id: id, ..outlet };
        if let Some(known) = known {
            left.remove(known);
            merchant::rename_outlet(tx, outlet.id, &outlet.name).await?;
            merchant::change_outlet(tx, &outlet).await?;
        } else {
            outlet.id = OutletId(next);
            next += 1;
            merchant::add_outlet(tx, &outlet).await?;
        }
        outlets.push(outlet);
    }
    for OutletName { outlet_id, name } in left {
        if !merchant::remove_outlet(tx, id, OutletId(outlet_id)).await? {
            return Err(JoinRefused::OutletInUse { name }.into());
        }
    }
    Ok(outlets)
}

/// What the audit log keeps of a commitment that is signed over.
pub(super) fn kept(row: &CommitmentRow, reason: &str) -> serde_json::Value {
    let CommitmentRow { version, signer, signed_at_ms, .. } = row;
    serde_json::json!({
        "state": MerchantState::Rejected, "reason": reason,
        "version": version, "signer": signer, "signed_at_ms": signed_at_ms,
    })
}
