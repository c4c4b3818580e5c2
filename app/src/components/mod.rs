//! Views that pages share.

pub(crate) mod empty;
pub(crate) mod frame;
pub(crate) mod icon;
pub(crate) mod offer;
pub(crate) mod page;
pub(crate) mod problem;
pub(crate) mod promotion;
pub(crate) mod risk;
pub(crate) mod settlement;
pub(crate) mod standing;
pub(crate) mod ticket;
pub(crate) mod when;
