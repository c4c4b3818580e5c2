//! The merchants' pages.

mod invitation;
mod people;
mod refund;
mod shop;
mod statement;
mod till;

pub(crate) use invitation::invitation;
pub(crate) use people::people;
pub(crate) use refund::refund;
pub(crate) use shop::shop;
pub(crate) use statement::statement;
pub(crate) use till::till;
