//! The catalogue: written whole from a season's seeds, read whole at start and
//! whenever its version has moved.

mod insert;
mod load;
mod version;

pub(crate) use insert::insert;
pub(crate) use load::load;
pub(crate) use version::{changed, pulse};

#[cfg(test)]
mod tests;
