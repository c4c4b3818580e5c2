//! The organizers' pages.

mod audit;
mod bureau;
mod calendar;
mod campaign_form;
mod campaigns;
mod chart;
mod definitions;
mod desk;
mod draws;
mod imports;
mod offline;
mod promotion_reviews;
mod redemptions;
mod review_tabs;
mod reviews;
mod risk;
mod slip;
mod stats;
mod table;

pub(crate) use audit::audit;
pub(crate) use bureau::bureau;
pub(crate) use campaigns::{bureau_campaign, campaign_draft, campaigns, new_campaign};
pub(crate) use desk::desk;
pub(crate) use draws::draws;
pub(crate) use imports::{import, imports};
pub(crate) use offline::offline;
pub(crate) use promotion_reviews::promotion_reviews;
pub(crate) use redemptions::redemptions;
pub(crate) use reviews::{merchant_review, reviews};
pub(crate) use risk::risk;
pub(crate) use slip::slip;
pub(crate) use stats::stats;
