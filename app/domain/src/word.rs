//! The error of a word that is none of the allowed ones.

/// The text is none of the allowed words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is not one of {allowed}")]
pub struct UnknownWord {
    given: String,
    allowed: String,
}

impl UnknownWord {
    pub(crate) fn new(given: &str, allowed: impl Iterator<Item = &'static str>) -> UnknownWord {
        let allowed = allowed.collect::<Vec<_>>().join(", ");
        UnknownWord { given: given.chars().take(40).collect(), allowed }
    }
}
