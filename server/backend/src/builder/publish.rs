//! Publication: by a second person, in one transaction with the ledger.

use crate::audit::{self, Deed};
use crate::load::opening_entries;
use crate::store::campaign_draft::{self, DraftRow};
use crate::store::{Tx, catalogue};
use crate::{Backend, Caller, Error};
use domain::{AuditAction, AuditThing, CampaignId, DraftRefused, Plan, RoundId};
use serde_json::json;

impl Backend {
    /// Makes a submitted draft public: its campaign and rounds, the pot filled
    /// and each round's value set aside; or the further rounds of one.
    pub(super) async fn publish(
        &self,
        tx: &mut Tx,
        row: &mut DraftRow,
        caller: &Caller,
    ) -> Result<(), Error> {
        let me = caller.account_id.0;
        if row.made_by == me || row.changed_by == me || row.submitted_by == Some(me) {
            return Err(DraftRefused::SecondPerson.into());
        }
        if let Some(id) = row.extends {
            return self.publish_rounds(tx, row, caller, CampaignId(id)).await;
        }
        let mut plan = self.plan(row, None)?;
        plan.budget()?;
        number(tx, &mut plan).await?;
        row.campaign_id = Some(plan.terms.id.0);
        (row.published_by, row.published_at_ms) = (Some(me), Some(self.now().ms()));
        catalogue::insert_campaign(tx, &plan.terms).await?;
        for round in &plan.rounds {
            catalogue::insert_round(tx, round).await?;
        }
        // The row names a campaign that has to be there.
        if !campaign_draft::write(tx, row).await? {
            return Err(DraftRefused::ChangedMeanwhile.into());
        }
        catalogue::changed(tx).await?;
        let entries = opening_entries(std::slice::from_ref(&plan.terms), &plan.rounds)?;
        let deed = Deed::new(AuditAction::PublishCampaign, AuditThing::Campaign, plan.terms.id.0);
        let old =
            json!({ "draft_id": row.draft_id, "made_by": row.made_by, "submitted_by": row.submitted_by });
        let round_ids: Vec<RoundId> = plan.rounds.iter().map(|round| round.id).collect();
        let new = json!({ "terms": plan.terms, "round_ids": round_ids, "form": row.form()? });
        Ok(audit::record_moving(self, tx, caller, deed, (Some(&old), Some(&new)), &entries).await?)
    }
}

/// Gives the campaign and its rounds their numbers.
async fn number(tx: &mut Tx, plan: &mut Plan) -> Result<(), Error> {
    let (campaign, first) = campaign_draft::next_numbers(tx).await?;
    plan.terms.id = campaign;
    for (round, number) in plan.rounds.iter_mut().zip(first.0..) {
        (round.id, round.campaign_id) = (RoundId(number), campaign);
    }
    Ok(())
}
