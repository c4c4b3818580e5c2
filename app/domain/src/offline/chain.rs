//! The chain of links: each is a hash of the next.

use crate::Secret;
use crate::code::keyed;

/// How many steps a pass holds: one day.
pub(super) const STEPS: i64 = 2_880;
/// Bytes of a link: 160 bits.
pub(super) const LINK: usize = 20;

/// One link of a chain.
pub(super) type Link = [u8; LINK];

fn cut(hash: [u8; 32]) -> Link {
    let mut link = [0; LINK];
    link.copy_from_slice(&hash[..LINK]);
    link
}

/// The link that lies `steps` before the one at `place`; the anchor is at 0.
pub(super) fn back(link: Link, place: i64, steps: i64) -> Link {
    let hash = |link: Link, at: i64| cut(keyed(&link, &[b"yuehui link", &at.to_be_bytes()]));
    (place - steps + 1..=place).rev().fold(link, hash)
}

/// The link at a place of the chain that begins at a step.
pub(super) fn link(secret: &Secret, first_step: i64, place: i64) -> Link {
    back(cut(secret.chain(first_step)), STEPS, STEPS - place)
}

/// The place of a step's link in the chain that begins at `first_step`; the
/// anchor itself, which everyone sees, is no step's.
pub(super) fn place(first_step: i64, step: i64) -> Option<i64> {
    let place = step.checked_sub(first_step)?.checked_add(1)?;
    (1..=STEPS).contains(&place).then_some(place)
}
