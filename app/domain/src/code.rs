//! The six characters by which people know a voucher.
//!
//! Vouchers are numbered in sequence; the code is that number behind a keyed
//! permutation, so it can be turned back without an index and not be guessed
//! from a neighbour's. Six characters of Crockford's base 32 hold 30 bits:
//! 1,073,741,823 vouchers.

use crate::VoucherId;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::fmt;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const HALF_BITS: u32 = 15;
const HALF_MASK: u32 = (1 << HALF_BITS) - 1;
const FEISTEL_ROUNDS: u8 = 8;

/// The key of the permutation: one per installation. It is kept as the MAC that
/// has taken it in already, because a code asks for eight of them.
#[derive(Clone)]
pub struct CodeKey(Hmac<Sha256>);

impl CodeKey {
    /// A key from 32 secret bytes.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> CodeKey {
        // A key shorter than a block is filled up with zeros.
        let mut block = [0; 64];
        block[..32].copy_from_slice(&bytes);
        CodeKey(Hmac::new(&block.into()))
    }

    fn half(&self, round: u8, half: u32) -> u32 {
        let mut mac = self.0.clone();
        mac.update(b"yuehui code");
        mac.update(&[round]);
        mac.update(&half.to_be_bytes());
        let mac = mac.finalize().into_bytes();
        u32::from_be_bytes([0, 0, mac[0], mac[1]]) & HALF_MASK
    }
}

/// HMAC-SHA256 over the parts, one after the other.
pub(crate) fn keyed(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    // A MAC of any key length: the error cannot happen.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return [0; 32];
    };
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// The code of a voucher: six characters, read aloud without mistakes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct VoucherCode(u32);

impl VoucherCode {
    /// How many characters it has.
    pub const LENGTH: usize = 6;

    /// The code of a voucher; `None` past the last number of 30 bits.
    #[must_use]
    pub fn of(voucher: VoucherId, key: &CodeKey) -> Option<VoucherCode> {
        let number = u32::try_from(voucher.0).ok().filter(|number| *number < 1 << (2 * HALF_BITS))?;
        let (mut left, mut right) = (number >> HALF_BITS, number & HALF_MASK);
        for round in 0..FEISTEL_ROUNDS {
            (left, right) = (right, left ^ key.half(round, right));
        }
        Some(VoucherCode(left << HALF_BITS | right))
    }

    /// The voucher that the code stands for; it need not exist.
    #[must_use]
    pub fn voucher(self, key: &CodeKey) -> VoucherId {
        let (mut left, mut right) = (self.0 >> HALF_BITS, self.0 & HALF_MASK);
        for round in (0..FEISTEL_ROUNDS).rev() {
            (left, right) = (right ^ key.half(round, left), left);
        }
        VoucherId(i64::from(left << HALF_BITS | right))
    }

    /// The code of six characters, already folded.
    #[must_use]
    pub fn read(folded: &str) -> Option<VoucherCode> {
        (folded.len() == Self::LENGTH)
            .then(|| decode(folded))?
            .and_then(|n| u32::try_from(n).ok())
            .map(VoucherCode)
    }
}

impl fmt::Display for VoucherCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&encode(u64::from(self.0), Self::LENGTH))
    }
}

/// The low bits of a number in so many characters.
pub(crate) fn encode(number: u64, length: usize) -> String {
    let digit = |n: usize| ALPHABET[usize::try_from(number >> (5 * n) & 31).unwrap_or(0)];
    (0..length).rev().map(|n| char::from(digit(n))).collect()
}

/// The number that characters of the alphabet stand for.
pub(crate) fn decode(folded: &str) -> Option<u64> {
    folded.bytes().try_fold(0u64, |number, byte| {
        let digit = ALPHABET.iter().position(|letter| *letter == byte)?;
        Some(number << 5 | u64::try_from(digit).ok()?)
    })
}

/// Folds what a person or a keyboard-wedge scanner types into the code's
/// alphabet: case, spaces and dashes, O for 0, I and L for 1, full-width signs.
/// At most 64 characters are looked at.
#[must_use]
pub fn fold_typed(text: &str) -> String {
    let plain = text.chars().take(64).map(|c| match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        c => c,
    });
    plain
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '—' | '_' | '.'))
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            c => c,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key() -> CodeKey {
        CodeKey::new([7; 32])
    }

    #[test]
    fn neighbours_have_nothing_in_common() {
        let codes: std::collections::HashSet<String> =
            (1..=2000).map(|n| VoucherCode::of(VoucherId(n), &key()).unwrap().to_string()).collect();
        assert_eq!(codes.len(), 2000);
        let same_start = codes.iter().filter(|code| code.starts_with("00")).count();
        assert!(same_start < 20, "sequential numbers must not show: {same_start}");
        assert_eq!(VoucherCode::of(VoucherId(1 << 30), &key()), None);
        assert_eq!(VoucherCode::of(VoucherId(-1), &key()), None);
    }

    #[test]
    fn typing_is_forgiving() {
        assert_eq!(fold_typed(" 0oiL-ab ｃ１２ "), "0011ABC12");
        assert_eq!(VoucherCode::read("0U1234"), None);
        assert_eq!(VoucherCode::read("０１２３４５"), None);
    }

    proptest! {
        #[test]
        fn a_code_leads_back_to_its_voucher(number in 0..(1i64 << 30), bytes: [u8; 32]) {
            let key = CodeKey::new(bytes);
            let code = VoucherCode::of(VoucherId(number), &key).unwrap();
            prop_assert_eq!(code.voucher(&key), VoucherId(number));
            prop_assert_eq!(VoucherCode::read(&code.to_string().to_lowercase().to_uppercase()), Some(code));
        }

        #[test]
        fn no_text_panics(text in ".{0,40}") {
            let _ = VoucherCode::read(&fold_typed(&text));
        }
    }
}
