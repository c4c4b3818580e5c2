//! The organizers' pages.

mod bureau;
mod chart;
mod definitions;
mod desk;
mod draws;
mod promotion_reviews;
mod redemptions;
mod slip;
mod stats;
mod table;

pub(crate) use bureau::bureau;
pub(crate) use desk::desk;
pub(crate) use draws::draws;
pub(crate) use promotion_reviews::promotion_reviews;
pub(crate) use redemptions::redemptions;
pub(crate) use slip::slip;
pub(crate) use stats::stats;
