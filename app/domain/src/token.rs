//! The present token: what a phone shows and a till reads.
//!
//! It is made on the phone, offline too, from a secret that came with the
//! voucher, and changes every 30 seconds, so a screenshot is worth nothing.
//! The QR holds the voucher's code and 130 bits of proof; the typed form has
//! the same code and 30 bits of proof, twelve characters in all.
//!
//! A paper code has the same two forms and stands still until the paper is
//! printed anew: its proof is over the number of the print instead of the
//! moment, so that neither passes for the other, and the till asks for the
//! last four digits besides.

use crate::code::{encode, keyed};
use crate::promotion::words;
use crate::{Timestamp, VoucherCode, fold_typed};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// How long one token is shown, in milliseconds.
pub const STEP_MS: i64 = 30_000;
/// The QR's first characters: product and version of the format.
const PREFIX: &str = "YH1";
/// The first characters of the QR on paper.
const PAPER_PREFIX: &str = "YP1";
const LONG_PROOF: usize = 26;
const SHORT_PROOF: usize = 6;

words! {
    /// What a till was given.
    TokenForm {
        /// The QR's text.
        Scanned = "scanned", "扫码", "Scanned";
        /// The twelve characters, of a phone or of a paper.
        Typed = "typed", "手工输入", "Typed";
        /// The text of the QR on paper.
        Printed = "printed", "纸质券码", "Printed";
    }
}

/// The number of the 30-second step in which a moment lies.
#[must_use]
pub fn step_at(at: Timestamp) -> i64 {
    at.ms().div_euclid(STEP_MS)
}

/// A voucher's secret: 32 bytes that only its holder's phone and the server
/// know, as 64 hexadecimal digits.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Secret([u8; 32]);

/// The text is no secret, token or typed code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a code has 12 letters and digits, or is scanned from the customer's phone")]
pub struct BadToken;

impl Secret {
    /// The secret of a voucher under the installation's voucher key.
    #[must_use]
    pub fn of(voucher: crate::VoucherId, key: &[u8; 32]) -> Secret {
        Secret(keyed(key, &[b"yuehui voucher secret", &voucher.0.to_be_bytes()]))
    }

    /// The QR's text at a step.
    #[must_use]
    pub fn token(&self, code: VoucherCode, step: i64) -> String {
        format!("{PREFIX}{code}{}", self.proof(step, LONG_PROOF))
    }

    /// The twelve characters at a step.
    #[must_use]
    pub fn typed_code(&self, code: VoucherCode, step: i64) -> String {
        format!("{code}{}", self.proof(step, SHORT_PROOF))
    }

    /// The text of the QR on the paper of a print, numbered from 1.
    #[must_use]
    pub fn paper_token(&self, code: VoucherCode, print: i64) -> String {
        format!("{PAPER_PREFIX}{code}{}", self.paper_proof(print, LONG_PROOF))
    }

    /// The twelve characters on the paper of a print.
    #[must_use]
    pub fn paper_code(&self, code: VoucherCode, print: i64) -> String {
        format!("{code}{}", self.paper_proof(print, SHORT_PROOF))
    }

    /// The print, of those up to the last one, whose paper the till read.
    #[must_use]
    pub fn proven_print(&self, token: &PresentToken, last_print: i64) -> Option<i64> {
        if token.form == TokenForm::Scanned {
            return None;
        }
        (1..=last_print).rev().find(|print| {
            let expected = self.paper_proof(*print, token.proof.len());
            same(expected.as_bytes(), token.proof.as_bytes())
        })
    }

    /// From what the links for tills without a network are made that begin at a
    /// step.
    pub(crate) fn chain(&self, first_step: i64) -> [u8; 32] {
        keyed(&self.0, &[b"yuehui offline chain", &first_step.to_be_bytes()])
    }

    fn paper_proof(&self, print: i64, length: usize) -> String {
        characters(keyed(&self.0, &[b"yuehui paper", &print.to_be_bytes()]), length)
    }

    fn proof(&self, step: i64, length: usize) -> String {
        characters(keyed(&self.0, &[b"yuehui present", &step.to_be_bytes()]), length)
    }

    /// The step that a token proves: the present one, or one to either side for
    /// a phone whose clock drifts, and later than the last one used.
    #[must_use]
    pub fn proven_step(&self, token: &PresentToken, now: Timestamp, last_used: Option<i64>) -> Option<i64> {
        if token.form == TokenForm::Printed {
            return None;
        }
        let present = step_at(now);
        [present, present - 1, present + 1].into_iter().find(|step| {
            let expected = self.proof(*step, token.proof.len());
            last_used.is_none_or(|used| *step > used) && same(expected.as_bytes(), token.proof.as_bytes())
        })
    }
}

/// The first characters of a proof.
fn characters(mac: [u8; 32], length: usize) -> String {
    let characters = mac.chunks(5).flat_map(|chunk| {
        let bits = chunk.iter().fold(0u64, |bits, byte| bits << 8 | u64::from(*byte));
        encode(bits << (8 * (5 - chunk.len())), 8).into_bytes()
    });
    characters.take(length).map(char::from).collect()
}

/// Compares without telling by its duration where the difference lies.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |difference, (a, b)| difference | (a ^ b)) == 0
}

impl From<Secret> for String {
    fn from(secret: Secret) -> String {
        secret.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl TryFrom<String> for Secret {
    type Error = BadToken;

    fn try_from(text: String) -> Result<Secret, BadToken> {
        let mut bytes = [0; 32];
        if text.len() != 64 || !text.is_ascii() {
            return Err(BadToken);
        }
        for (n, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * n..2 * n + 2], 16).map_err(|_| BadToken)?;
        }
        Ok(Secret(bytes))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// What a till read: the code that finds the voucher and the proof of the
/// moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresentToken {
    /// Finds the voucher.
    pub code: VoucherCode,
    /// How it came.
    pub form: TokenForm,
    proof: String,
}

/// Reads the QR's text or the twelve typed characters, as forgiving as
/// [`fold_typed`].
impl FromStr for PresentToken {
    type Err = BadToken;

    fn from_str(text: &str) -> Result<PresentToken, BadToken> {
        let folded = fold_typed(text);
        // The prefixes are folded too: they have neither O, I nor L.
        let long = |prefix| {
            folded.strip_prefix(prefix).filter(|rest: &&str| rest.len() == VoucherCode::LENGTH + LONG_PROOF)
        };
        let (form, rest, length) = match (long(PREFIX), long(PAPER_PREFIX)) {
            (Some(rest), _) => (TokenForm::Scanned, rest, LONG_PROOF),
            (None, Some(rest)) => (TokenForm::Printed, rest, LONG_PROOF),
            (None, None) => (TokenForm::Typed, folded.as_str(), SHORT_PROOF),
        };
        if !rest.is_ascii() || rest.len() != VoucherCode::LENGTH + length {
            return Err(BadToken);
        }
        let (code, proof) = rest.split_at(VoucherCode::LENGTH);
        Ok(PresentToken { code: VoucherCode::read(code).ok_or(BadToken)?, form, proof: proof.to_owned() })
    }
}

/// The four digits that both phones show after a redemption.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ReceiptCode(u16);

impl ReceiptCode {
    /// A code from a random number.
    #[must_use]
    pub fn from_random(random: u64) -> ReceiptCode {
        ReceiptCode(u16::try_from(random % 10_000).unwrap_or(0))
    }
}

impl fmt::Display for ReceiptCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.0)
    }
}

impl From<ReceiptCode> for String {
    fn from(code: ReceiptCode) -> String {
        code.to_string()
    }
}

impl TryFrom<String> for ReceiptCode {
    type Error = BadToken;

    fn try_from(text: String) -> Result<ReceiptCode, BadToken> {
        let digits = text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| text.parse().ok()).flatten().map(ReceiptCode).ok_or(BadToken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CodeKey, VoucherId};
    use proptest::prelude::*;

    fn voucher(number: i64) -> (VoucherCode, Secret) {
        let code = VoucherCode::of(VoucherId(number), &CodeKey::new([1; 32])).unwrap();
        (code, Secret::of(VoucherId(number), &[2; 32]))
    }

    proptest! {
        #[test]
        fn one_step_of_drift_is_accepted_and_no_more(number in 1..1_000_000i64, ms in 1_600_000_000_000..1_700_000_000_000i64, drift in -4i64..=4, typed: bool) {
            let (code, secret) = voucher(number);
            let now = Timestamp::from_ms(ms);
            let step = step_at(now) + drift;
            let shown = if typed { secret.typed_code(code, step) } else { secret.token(code, step) };
            let token: PresentToken = shown.parse().unwrap();
            prop_assert_eq!(token.code, code);
            let proven = secret.proven_step(&token, now, None);
            prop_assert_eq!(proven, (drift.abs() <= 1).then_some(step));
        }

        #[test]
        fn a_used_step_is_used_up(ms in 1_600_000_000_000..1_700_000_000_000i64) {
            let (code, secret) = voucher(5);
            let now = Timestamp::from_ms(ms);
            let token: PresentToken = secret.token(code, step_at(now)).parse().unwrap();
            prop_assert_eq!(secret.proven_step(&token, now, Some(step_at(now))), None);
            prop_assert!(secret.proven_step(&token, now, Some(step_at(now) - 1)).is_some());
        }

        #[test]
        fn a_paper_code_stands_still_and_is_no_code_of_a_phone(number in 1..1_000_000i64, ms in 1_600_000_000_000..1_700_000_000_000i64, print in 1..=10i64, typed: bool) {
            let (code, secret) = voucher(number);
            let now = Timestamp::from_ms(ms);
            let shown = if typed { secret.paper_code(code, print) } else { secret.paper_token(code, print) };
            let paper: PresentToken = shown.parse().unwrap();
            prop_assert_eq!(paper.code, code);
            prop_assert_eq!(secret.proven_print(&paper, 10), Some(print));
            prop_assert_eq!(secret.proven_print(&paper, print - 1), None);
            prop_assert_eq!(secret.proven_step(&paper, now, None), None);
            prop_assert_eq!(voucher(number + 1).1.proven_print(&paper, 10), None);
            let of_phone = if typed { secret.typed_code(code, step_at(now)) } else { secret.token(code, step_at(now)) };
            prop_assert_eq!(secret.proven_print(&of_phone.parse().unwrap(), 10), None);
            // Nor does the one's proof under the other's prefix.
            let disguised = secret.paper_token(code, print).replacen("YP1", "YH1", 1);
            prop_assert_eq!(secret.proven_step(&disguised.parse().unwrap(), now, None), None);
            let disguised = secret.token(code, step_at(now)).replacen("YH1", "YP1", 1);
            prop_assert_eq!(secret.proven_print(&disguised.parse().unwrap(), 10), None);
        }

        #[test]
        fn a_paper_code_may_be_typed_as_people_type(number in 1..1_000_000i64) {
            let (code, secret) = voucher(number);
            let typed = secret.paper_code(code, 1).to_lowercase().replace('0', "o").replace('1', "I");
            let typed = format!(" {} {} {} ", &typed[..4], &typed[4..8], &typed[8..]);
            prop_assert_eq!(secret.proven_print(&typed.parse().unwrap(), 1), Some(1));
        }

        #[test]
        fn no_text_panics(text in ".{0,80}") {
            let _ = text.parse::<PresentToken>();
        }
    }

    #[test]
    fn another_vouchers_proof_is_refused() {
        let ((mine, _), (_, theirs)) = (voucher(1), voucher(2));
        let now = Timestamp::from_ms(1_624_000_000_000);
        let forged: PresentToken = theirs.token(mine, step_at(now)).parse().unwrap();
        assert_eq!(voucher(1).1.proven_step(&forged, now, None), None);
    }

    #[test]
    fn a_typed_code_may_be_typed_as_people_type() {
        let (code, secret) = voucher(9);
        let typed = secret.typed_code(code, 1);
        assert_eq!(typed.len(), 12);
        let sloppy =
            format!(" {} {} ", &typed[..6].to_lowercase(), typed[6..].replace('0', "o").replace('1', "l"));
        assert_eq!(sloppy.parse::<PresentToken>().unwrap().code, code);
        assert_eq!(secret.token(code, 1).len(), 35);
        let hex = String::from(secret.clone());
        assert_eq!(Secret::try_from(hex), Ok(secret));
    }
}
