//! The merchants' pages.

mod invitation;
mod join;
mod offline;
mod people;
mod promotion;
mod promotion_form;
mod promotions;
mod refund;
mod settlement;
mod shop;
mod statement;
mod till;

pub(crate) use invitation::invitation;
pub(crate) use join::join;
pub(crate) use offline::{offline_till, own_risk};
pub(crate) use people::people;
pub(crate) use promotion::promotion;
pub(crate) use promotion_form::{edit_promotion, new_promotion};
pub(crate) use promotions::promotions;
pub(crate) use refund::refund;
pub(crate) use settlement::own_settlement;
pub(crate) use shop::shop;
pub(crate) use statement::statement;
pub(crate) use till::till;
