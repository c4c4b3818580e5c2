//! Building a campaign (消费券活动): the form that an officer fills in, what it
//! reads as, what residents will read, and what may change once it is public.

mod change;
mod fault;
mod form;
mod life;
mod read;
mod rules;
mod sentence;

pub use change::ChangeRefused;
pub use fault::{CampaignFault, CampaignRule};
pub use form::{CampaignForm, QuotaForm, RoundForm, ShareOut};
pub use life::{DraftRefused, DraftState, DraftStep};
pub use read::{Budget, Plan, PlanRules};
pub use rules::{
    CLAIM_HOURS, CLAIM_WINDOWS, LIMIT_BOUNDS, MOST_IN_DRAW, MOST_IN_ROUND, PERCENT_OFF, VALID_HOURS,
};
pub use sentence::sentence;

/// The most rounds of a campaign.
pub const MOST_ROUNDS: usize = 20;
/// The most rounds that a campaign grows to, a few at a time.
pub const MOST_ROUNDS_IN_ALL: usize = 100;
