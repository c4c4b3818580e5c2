//! What is told of a draft.

use crate::store::campaign_draft::DraftRow;
use crate::store::{Tx, account};
use crate::{Backend, Caller, Error, StoreError};
use domain::shapes::{CampaignFaultShape, DraftShape};
use domain::{
    AccountId, Budget, CampaignFault, CampaignForm, CampaignId, CampaignTerms, DraftId, DraftRefused,
    DraftState, Fen, Lang, Permission, Timestamp, sentence,
};

impl Backend {
    pub(super) async fn draft_shape(
        &self,
        tx: &mut Tx,
        row: &DraftRow,
        caller: &Caller,
        left: Option<Fen>,
    ) -> Result<DraftShape, Error> {
        let (form, state) = (self.form_of(row)?, row.state()?);
        let faults = match self.plan(row, left) {
            Err(Error::Draft(DraftRefused::Incomplete { faults })) if state != DraftState::Published => {
                faults.iter().map(fault_shape).collect()
            }
            _ => Vec::new(),
        };
        let (summary, summary_en) = self.sentences(&form);
        let budget = form.budget().unwrap_or(Budget { pot: Fen::ZERO, vouchers: 0, value: Fen::ZERO });
        let budget = Budget { pot: left.unwrap_or(budget.pot), ..budget };
        let me = caller.account_id.0;
        let wrote = [Some(row.made_by), Some(row.changed_by), row.submitted_by].contains(&Some(me));
        let submitted_at = row.submitted_at_ms.map(|ms| self.zone().rfc3339(Timestamp::from_ms(ms)));
        Ok(DraftShape {
            draft_id: DraftId(row.draft_id),
            state,
            version: row.version,
            reason: row.reason.clone(),
            made_by: AccountId(row.made_by),
            made_by_name: name(tx, Some(row.made_by)).await?,
            submitted_by_name: name(tx, row.submitted_by).await?,
            submitted_at,
            published_by_name: name(tx, row.published_by).await?,
            campaign_id: row.campaign_id.map(CampaignId),
            extends: row.extends.map(CampaignId),
            may_publish: state == DraftState::Submitted && !wrote && caller.may(Permission::PublishCampaigns),
            may_edit: state == DraftState::Draft && caller.may(Permission::BuildCampaigns),
            faults,
            sentence: summary,
            sentence_en: summary_en,
            vouchers: budget.vouchers,
            value_fen: budget.value,
            pot_fen: budget.pot,
            left_fen: budget.left(),
            over_budget: budget.is_over(),
            form,
        })
    }

    /// What residents would read, in both languages; empty while the terms do
    /// not read.
    fn sentences(&self, form: &CampaignForm) -> (String, String) {
        let terms: Option<CampaignTerms> = self.with_rules(|rules| form.read_terms(rules)).ok();
        let Some(terms) = terms else { return Default::default() };
        let catalogue = self.catalogue();
        let say = |lang| sentence(&terms, catalogue.season(), lang);
        (say(Lang::Zh), say(Lang::En))
    }
}

fn fault_shape(fault: &CampaignFault) -> CampaignFaultShape {
    let detail = |lang| fault.rule.words(lang);
    CampaignFaultShape { field: fault.field.clone(), detail: detail(Lang::Zh), detail_en: detail(Lang::En) }
}

async fn name(tx: &mut Tx, account: Option<i64>) -> Result<String, StoreError> {
    let Some(account) = account else { return Ok(String::new()) };
    Ok(account::get(tx, account).await?.map(|row| row.name).unwrap_or_default())
}
