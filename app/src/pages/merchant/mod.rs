//! The merchants' pages.

mod shop;
mod till;

pub(crate) use shop::shop;
pub(crate) use till::till;
