//! Changing what is public, where no holder is hurt.

use super::trimmed;
use crate::audit::{self, Deed};
use crate::once::{Begun, Done};
use crate::store::campaign_draft;
use crate::store::catalogue;
use crate::{Backend, Caller, Error, StoreError, keys};
use domain::shapes::CampaignShape;
use domain::{
    Account, AuditAction, AuditThing, CampaignForm, CampaignId, CampaignTerms, Denied, DraftRefused, Entry,
    EntryKind, IdempotencyKey, Permission,
};

impl Backend {
    /// Changes a published campaign's terms to what the form says; its rounds
    /// are not looked at. A larger pot is funded in the ledger.
    ///
    /// # Errors
    /// The caller may not, there is no such campaign, the form is incomplete,
    /// the change would hurt a holder, or somebody else changed it meanwhile.
    pub async fn change_campaign(
        &self,
        caller: &Caller,
        id: CampaignId,
        form: CampaignForm,
        key: &IdempotencyKey,
    ) -> Result<Done<CampaignShape>, Error> {
        caller.require(Permission::BuildCampaigns)?;
        let form = trimmed(form)?;
        let text = serde_json::to_string(&form).map_err(StoreError::corrupt)?;
        let hash = keys::sha256(&format!("change campaign {id} {text}"));
        let mut tx = match self.begin_once(caller, key, &hash).await? {
            Begun::Before(done) => return Ok(done),
            Begun::Now(tx) => tx,
        };
        let read = campaign_draft::terms(&mut tx, id).await?.ok_or(Denied::NotFound)?;
        let old: CampaignTerms = serde_json::from_str(&read).map_err(StoreError::corrupt)?;
        let new = self.with_rules(|rules| form.read_terms(rules));
        let new = new.map_err(|faults| DraftRefused::Incomplete { faults })?;
        let new = CampaignTerms { id, demo: old.demo, ..new };
        old.may_become(&new)?;
        if !campaign_draft::replace_terms(&mut tx, &read, &new).await? {
            return Err(DraftRefused::ChangedMeanwhile.into());
        }
        catalogue::changed(&mut tx).await?;
        let deed = Deed::new(AuditAction::ChangeCampaign, AuditThing::Campaign, id.0);
        let entries = funding(&old, &new)?;
        audit::record_moving(self, &mut tx, caller, deed, (Some(&old), Some(&new)), &entries).await?;
        let answer = self.catalogue().campaign_shape(&new);
        let done = self.finish_once(tx, caller, key, answer).await?;
        self.reload().await?;
        Ok(done)
    }
}

/// What a larger pot gets.
fn funding(old: &CampaignTerms, new: &CampaignTerms) -> Result<Vec<Entry>, StoreError> {
    let more = new.pot_fen.less(old.pot_fen).get();
    if more == 0 {
        return Ok(Vec::new());
    }
    let lines = [(Account::Funder(new.id), -more), (Account::Pot(new.id), more)];
    Ok(vec![Entry::new(EntryKind::Fund, None, &lines).map_err(StoreError::corrupt)?])
}
