//! The organizers' pages.

mod bureau;
mod chart;
mod cube;
mod definitions;
mod desk;
mod draws;
mod imports;
mod map;
mod promotion_reviews;
mod redemptions;
mod reports;
mod review_tabs;
mod reviews;
mod screen;
mod slip;
mod stats;
mod table;

pub(crate) use bureau::bureau;
pub(crate) use desk::desk;
pub(crate) use draws::draws;
pub(crate) use imports::{import, imports};
pub(crate) use promotion_reviews::promotion_reviews;
pub(crate) use redemptions::redemptions;
pub(crate) use reports::{report, reports};
pub(crate) use reviews::{merchant_review, reviews};
pub(crate) use screen::screen;
pub(crate) use slip::slip;
pub(crate) use stats::stats;
