//! The catalogue: written whole from a season's seeds, read whole at start.

mod insert;
mod load;

pub(crate) use insert::{insert, insert_merchant, insert_outlet};
pub(crate) use load::{load, merchants, outlets};

#[cfg(test)]
mod tests;
