//! The catalogue: written whole from a season's seeds, read whole at start.

mod insert;
mod load;

pub(crate) use insert::insert;
pub(crate) use load::load;

#[cfg(test)]
mod tests;
