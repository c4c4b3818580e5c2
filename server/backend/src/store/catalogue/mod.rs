//! The catalogue: written whole from a season's seeds, read whole at start and
//! whenever its version has moved.

mod insert;
mod load;
mod promotions;
mod version;

pub(crate) use insert::{insert, insert_campaign, insert_merchant, insert_outlet, insert_round};
pub(crate) use load::{load, merchants, outlets};
pub(crate) use promotions::{approved_of, put_promotion};
pub(crate) use version::{changed, pulse};

#[cfg(test)]
mod tests;
