//! Joining by commitment (告知承诺): what a shopkeeper types, step by step, and
//! what is wrong with it.

mod draft;
mod fault;
mod refusal;
mod span;
#[cfg(test)]
mod tests;

pub use draft::{JoinDraft, JoinStep, Joining, MOST_JOIN_OUTLETS, OutletDraft};
pub use fault::{JoinFault, JoinRule};
pub use refusal::JoinRefused;
pub use span::{SPAN_DAYS, Span, hours_of, spans_of};

/// The most characters of the name with which a commitment is signed.
pub(crate) const MOST_PERSON: usize = 40;

/// The name with which a commitment is signed.
///
/// # Errors
/// It is missing, too long or no line of text.
pub fn signer(text: &str) -> Result<String, JoinFault> {
    let mut faults = Vec::new();
    let signer = fault::text(&mut faults, "signer", text, MOST_PERSON);
    match (signer, faults.pop()) {
        (Some(signer), None) => Ok(signer),
        (_, fault) => Err(fault.unwrap_or(JoinFault::new("signer", JoinRule::Missing))),
    }
}
