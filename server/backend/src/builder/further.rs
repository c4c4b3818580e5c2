//! Further rounds of a published campaign: a draft like any other, whose terms
//! are the campaign's. A second person publishes it, within what the pot has
//! left then; rounds that stand already are not touched.

use super::trimmed;
use crate::audit::{self, Deed};
use crate::balances::Balances;
use crate::load::release_entries;
use crate::once::Done;
use crate::store::campaign_draft::{self, DraftRow};
use crate::store::{Tx, catalogue, ledger, meta, tally};
use crate::{Backend, Caller, Error, StoreError, keys};
use domain::shapes::DraftShape;
use domain::{
    AuditAction, AuditThing, CampaignForm, CampaignId, CampaignTerms, Denied, DraftId, DraftRefused, Fen,
    IdempotencyKey, MOST_ROUNDS_IN_ALL, Permission, Plan, Round, RoundForm, RoundId,
};
use serde_json::json;

impl Backend {
    /// Begins a draft of further rounds of a published campaign; there may be
    /// none of them yet.
    ///
    /// # Errors
    /// The caller may not, there is no such campaign, a field is too long, or
    /// too many drafts are open.
    pub async fn begin_rounds(
        &self,
        caller: &Caller,
        id: CampaignId,
        rounds: Vec<RoundForm>,
        key: &IdempotencyKey,
    ) -> Result<Done<DraftShape>, Error> {
        caller.require(Permission::BuildCampaigns)?;
        let form = trimmed(CampaignForm { rounds, ..self.campaign_form(id)? })?;
        let text = serde_json::to_string(&form.rounds).map_err(StoreError::corrupt)?;
        let hash = keys::sha256(&format!("begin rounds {id} {text}"));
        let left = self.pot_left(id).await?;
        self.begin(caller, form, (Some(id), Some(left)), (key, &hash)).await
    }

    /// A draft, and what its pot has left for further rounds.
    pub(super) async fn draft_row(&self, id: DraftId) -> Result<(DraftRow, Option<Fen>), Error> {
        let mut tx = self.db().read().await?;
        let row = campaign_draft::get(&mut tx, id).await?.ok_or(Denied::NotFound)?;
        drop(tx);
        let left = self.left_for(&row).await?;
        Ok((row, left))
    }

    /// What the pot has left for a draft of further rounds; none for another.
    pub(super) async fn left_for(&self, row: &DraftRow) -> Result<Option<Fen>, Error> {
        match row.extends {
            Some(id) => Ok(Some(self.pot_left(CampaignId(id)).await?)),
            None => Ok(None),
        }
    }

    /// What a draft says; of further rounds, with their campaign's terms as they
    /// are now.
    pub(super) fn form_of(&self, row: &DraftRow) -> Result<CampaignForm, Error> {
        let form = row.form()?;
        Ok(match row.extends {
            Some(id) => CampaignForm { rounds: form.rounds, ..self.campaign_form(CampaignId(id))? },
            None => form,
        })
    }

    /// Further rounds as they read now, with the terms of their campaign and
    /// what is left of its pot.
    pub(super) fn further_plan(&self, form: &CampaignForm, id: CampaignId, left: Fen) -> Result<Plan, Error> {
        let (terms, standing) = self.terms_and_rounds(id)?;
        if standing.len() + form.rounds.len() > MOST_ROUNDS_IN_ALL {
            let most = MOST_ROUNDS_IN_ALL.saturating_sub(standing.len());
            return Err(Denied::field("rounds", format!("≤ {most}")).into());
        }
        let rounds = self.with_rules(|rules| form.read_rounds(rules, &terms, &standing));
        let rounds = rounds.map_err(|faults| DraftRefused::Incomplete { faults })?;
        Ok(Plan { terms: CampaignTerms { pot_fen: left, ..terms }, rounds })
    }

    fn terms_and_rounds(&self, id: CampaignId) -> Result<(CampaignTerms, Vec<Round>), Denied> {
        let catalogue = self.catalogue();
        let terms = catalogue.campaign(id).ok_or(Denied::NotFound)?.clone();
        Ok((terms, catalogue.rounds_of(id).cloned().collect()))
    }

    /// Makes further rounds public. One at a time takes from pots, over all
    /// nodes, until the commit.
    pub(super) async fn publish_rounds(
        &self,
        tx: &mut Tx,
        row: &mut DraftRow,
        caller: &Caller,
        id: CampaignId,
    ) -> Result<(), Error> {
        meta::take_numbers(tx, "revival", 1).await?;
        let left = self.pot_left_now(tx, id).await?;
        let mut plan = self.plan(row, Some(left))?;
        let budget = plan.budget()?;
        let (_, first) = campaign_draft::next_numbers(tx).await?;
        for (round, number) in plan.rounds.iter_mut().zip(first.0..) {
            round.id = RoundId(number);
            catalogue::insert_round(tx, round).await?;
        }
        (row.campaign_id, row.published_by) = (Some(id.0), Some(caller.account_id.0));
        row.published_at_ms = Some(self.now().ms());
        if !campaign_draft::write(tx, row).await? {
            return Err(DraftRefused::ChangedMeanwhile.into());
        }
        catalogue::changed(tx).await?;
        let (_, standing) = self.terms_and_rounds(id)?;
        let before: Vec<RoundId> = standing.iter().map(|round| round.id).collect();
        let added: Vec<RoundId> = plan.rounds.iter().map(|round| round.id).collect();
        let old = json!({
            "round_ids": before, "pot_left_fen": left,
            "draft_id": row.draft_id, "made_by": row.made_by, "submitted_by": row.submitted_by,
        });
        let rounds = row.form()?.rounds;
        let new = json!({ "round_ids": added, "pot_left_fen": budget.left(), "rounds": rounds });
        let deed = Deed::new(AuditAction::AddRounds, AuditThing::Campaign, id.0);
        let entries = release_entries(&plan.terms, &plan.rounds)?;
        Ok(audit::record_moving(self, tx, caller, deed, (Some(&old), Some(&new)), &entries).await?)
    }

    /// What a campaign's pot has left for further rounds.
    async fn pot_left(&self, id: CampaignId) -> Result<Fen, Error> {
        let mut balances = self.balances().lock().await;
        let mut tx = self.db().read().await?;
        self.left_in(&mut tx, &mut balances, id).await
    }

    /// The same in a transaction that takes from it.
    async fn pot_left_now(&self, tx: &mut Tx, id: CampaignId) -> Result<Fen, Error> {
        // Whoever follows the ledger now may wait for a connection like this one.
        let mut balances =
            self.balances().try_lock().map_err(|_| StoreError::Moved("the ledger's balances"))?;
        self.left_in(tx, &mut balances, id).await
    }

    /// What the pot has, without that by which vouchers took off less than their
    /// face value: a reversal may ask for it again.
    async fn left_in(&self, tx: &mut Tx, balances: &mut Balances, id: CampaignId) -> Result<Fen, Error> {
        let (terms, _) = self.terms_and_rounds(id)?;
        let face_value = terms.benefit.face_value().get();
        let spared = |(redeemed, subsidy_fen): (i64, i64)| (redeemed * face_value - subsidy_fen).max(0);
        let before = spared(tally::redeemed_of(tx, id).await?);
        let heads = ledger::heads(tx).await?;
        balances.follow(tx, &heads).await?;
        // Redemptions go on meanwhile: the larger of the two is not too small.
        let spared = spared(tally::redeemed_of(tx, id).await?).max(before);
        Ok(Fen::try_from((balances.pot(id) - spared).max(0)).map_err(StoreError::corrupt)?)
    }
}
