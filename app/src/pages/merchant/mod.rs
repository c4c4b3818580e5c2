//! The merchants' pages.

mod join;
mod refund;
mod shop;
mod statement;
mod till;

pub(crate) use join::join;
pub(crate) use refund::refund;
pub(crate) use shop::shop;
pub(crate) use statement::statement;
pub(crate) use till::till;
