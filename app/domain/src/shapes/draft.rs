//! Campaigns that are being built.

use super::catalogue::shape;
use crate::{AccountId, CampaignForm, CampaignId, DraftId, DraftState, Fen};
use serde::{Deserialize, Serialize};

shape! {
    /// A field that is not as it has to be.
    CampaignFaultShape {
        /// Which: `pot`, `rounds[0].quantity`.
        field: String,
        /// What is wrong.
        detail: String,
        /// The same in English.
        detail_en: String,
    }
}

shape! {
    /// A campaign that is being built.
    DraftShape {
        /// Its number.
        draft_id: DraftId,
        /// Where it stands.
        state: DraftState,
        /// Moves with every step: the next one names it.
        version: i64,
        /// Why it came back; empty where it did not.
        reason: String,
        /// Who began it.
        made_by: AccountId,
        /// Their name.
        made_by_name: String,
        /// Who submitted it; empty while nobody did.
        submitted_by_name: String,
        /// When it was submitted.
        submitted_at: Option<String>,
        /// Who published it; empty while nobody did.
        published_by_name: String,
        /// The campaign that it became.
        campaign_id: Option<CampaignId>,
        /// The published campaign to which it adds rounds; its terms are that
        /// campaign's.
        extends: Option<CampaignId>,
        /// Whether the caller may publish it now.
        may_publish: bool,
        /// Whether the caller may write it now.
        may_edit: bool,
        /// What is missing before it can be submitted.
        faults: Vec<CampaignFaultShape>,
        /// What residents will read, made from the terms; empty while these do not read.
        sentence: String,
        /// The same in English.
        sentence_en: String,
        /// How many vouchers the rounds may issue.
        vouchers: i64,
        /// Σ face value of them.
        value_fen: Fen,
        /// The campaign's money; of further rounds, what the pot has for them.
        pot_fen: Fen,
        /// What is left of it.
        left_fen: Fen,
        /// Whether the rounds cost more than the pot holds.
        over_budget: bool,
        /// What was typed.
        form: CampaignForm,
    }
}
