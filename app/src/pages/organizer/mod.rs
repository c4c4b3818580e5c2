//! The organizers' pages.

mod bureau;
mod chart;
mod definitions;
mod draws;
mod stats;
mod table;

pub(crate) use bureau::bureau;
pub(crate) use draws::draws;
pub(crate) use stats::stats;
