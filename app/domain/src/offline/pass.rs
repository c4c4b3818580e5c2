//! The signed pass, and the token that a phone makes of it.

use super::chain::{self, LINK, Link};
use crate::code::{decode, encode};
use crate::{CampaignId, STEP_MS, Secret, Timestamp, VoucherCode, step_at};
use ed25519_compact::{KeyPair, PublicKey, Seed, Signature};
use std::str::FromStr;

/// The text's first characters: product and version of the format.
const PREFIX: &str = "YF1";
const PURPOSE: &[u8] = b"yuehui offline pass 1";
/// Campaign, expiry, first step and anchor.
const BODY: usize = 4 + 8 + 4 + LINK;
const SIGNED: usize = BODY + 64;
/// Five bytes are eight characters.
const PASS_CHARACTERS: usize = SIGNED / 5 * 8;
const LINK_CHARACTERS: usize = LINK / 5 * 8;

/// What the server says about a voucher to a till without a network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfflinePass {
    /// Which voucher.
    pub code: VoucherCode,
    /// Whose terms it has.
    pub campaign: CampaignId,
    /// From when it is worth nothing.
    pub expires_at: Timestamp,
    /// The step at which the pass begins.
    pub first_step: i64,
    anchor: Link,
}

/// The text is no pass with its link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the code for tills without a network")]
pub struct BadPass;

impl OfflinePass {
    /// The pass of a voucher from a moment on.
    #[must_use]
    pub fn new(
        secret: &Secret,
        code: VoucherCode,
        campaign: CampaignId,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> OfflinePass {
        let first_step = step_at(now);
        OfflinePass { code, campaign, expires_at, first_step, anchor: chain::link(secret, first_step, 0) }
    }

    fn body(&self) -> Option<[u8; BODY]> {
        let (campaign, step) = (u32::try_from(self.campaign.0).ok()?, u32::try_from(self.first_step).ok()?);
        let mut body = [0; BODY];
        body[..4].copy_from_slice(&campaign.to_be_bytes());
        body[4..12].copy_from_slice(&self.expires_at.ms().to_be_bytes());
        body[12..16].copy_from_slice(&step.to_be_bytes());
        body[16..].copy_from_slice(&self.anchor);
        Some(body)
    }

    fn message(&self, body: &[u8; BODY]) -> Vec<u8> {
        [PURPOSE, self.code.to_string().as_bytes(), body].concat()
    }

    fn read(code: &str, bytes: &[u8; BODY]) -> Option<OfflinePass> {
        let (campaign, rest) = bytes.split_first_chunk::<4>()?;
        let (expires_at, rest) = rest.split_first_chunk::<8>()?;
        let (step, anchor) = rest.split_first_chunk::<4>()?;
        Some(OfflinePass {
            code: VoucherCode::read(code)?,
            campaign: CampaignId(i64::from(u32::from_be_bytes(*campaign))),
            expires_at: Timestamp::from_ms(i64::from_be_bytes(*expires_at)),
            first_step: i64::from(u32::from_be_bytes(*step)),
            anchor: anchor.try_into().ok()?,
        })
    }
}

/// The city's key for passes; it stays on the server.
pub struct PassSigner(KeyPair);

impl PassSigner {
    /// The key of 32 secret bytes.
    #[must_use]
    pub fn new(seed: [u8; 32]) -> PassSigner {
        PassSigner(KeyPair::from_seed(Seed::new(seed)))
    }

    /// What tills know of it.
    #[must_use]
    pub fn key(&self) -> PassKey {
        PassKey(base32(self.0.pk.as_ref()))
    }

    /// The pass with its signature; the phone puts the step's link behind it.
    /// `None` where a number is too large for the format.
    #[must_use]
    pub fn sign(&self, pass: &OfflinePass) -> Option<String> {
        let body = pass.body()?;
        let signature = self.0.sk.sign(pass.message(&body), None);
        let signed = [&body[..], signature.as_ref()].concat();
        Some(format!("{PREFIX}{}{}", pass.code, base32(&signed)))
    }
}

impl std::fmt::Debug for PassSigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PassSigner(…)")
    }
}

/// The public half of a [`PassSigner`], in the alphabet of the codes.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct PassKey(String);

impl Secret {
    /// The text of the QR for tills without a network at a step: the signed
    /// pass that begins at `first_step`, and the step's link. `None` outside of
    /// the pass.
    #[must_use]
    pub fn offline_token(&self, pass: &str, first_step: i64, step: i64) -> Option<String> {
        let place = chain::place(first_step, step)?;
        Some(format!("{pass}{}", base32(&chain::link(self, first_step, place))))
    }
}

/// What a till without a network read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfflineToken {
    /// What the server signed.
    pub pass: OfflinePass,
    signature: [u8; 64],
    link: Link,
}

impl OfflineToken {
    /// Whether the city signed the pass.
    #[must_use]
    pub fn is_signed_by(&self, PassKey(key): &PassKey) -> bool {
        let key = bytes(key).and_then(|key| PublicKey::from_slice(&key[..]).ok());
        let (Some(key), Some(body)) = (key, self.pass.body()) else { return false };
        key.verify(self.pass.message(&body), &Signature::new(self.signature)).is_ok()
    }

    /// The step that the link proves: the one of the moment, or one to either
    /// side for a phone whose clock drifts.
    #[must_use]
    pub fn proven_step(&self, at: Timestamp) -> Option<i64> {
        let present = step_at(at);
        [present, present - 1, present + 1].into_iter().find(|step| {
            let place = chain::place(self.pass.first_step, *step);
            place.is_some_and(|place| chain::back(self.link, place, place) == self.pass.anchor)
        })
    }

    /// Until when the pass can prove anything.
    #[must_use]
    pub fn ends_at(&self) -> Timestamp {
        Timestamp::from_ms((self.pass.first_step + chain::STEPS) * STEP_MS)
    }
}

impl FromStr for OfflineToken {
    type Err = BadPass;

    fn from_str(text: &str) -> Result<OfflineToken, BadPass> {
        let rest = text.trim().strip_prefix(PREFIX).ok_or(BadPass)?;
        if !rest.is_ascii() || rest.len() != VoucherCode::LENGTH + PASS_CHARACTERS + LINK_CHARACTERS {
            return Err(BadPass);
        }
        let (code, rest) = rest.split_at(VoucherCode::LENGTH);
        let (signed, link) = rest.split_at(PASS_CHARACTERS);
        let signed = bytes(signed).ok_or(BadPass)?;
        let (body, signature) = signed.split_first_chunk::<BODY>().ok_or(BadPass)?;
        Ok(OfflineToken {
            pass: OfflinePass::read(code, body).ok_or(BadPass)?,
            signature: signature.try_into().map_err(|_| BadPass)?,
            link: bytes(link).and_then(|link| link.try_into().ok()).ok_or(BadPass)?,
        })
    }
}

/// Eight characters for five bytes; what is left over is filled up with zeros.
fn base32(bytes: &[u8]) -> String {
    let number = |chunk: &[u8]| {
        let bits = chunk.iter().fold(0u64, |bits, byte| bits << 8 | u64::from(*byte));
        encode(bits << (8 * (5 - chunk.len())), 8)
    };
    bytes.chunks(5).map(number).collect()
}

/// The bytes of a text of whole groups. A key of 32 bytes has three zeros more.
fn bytes(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 8 * 5);
    for group in text.as_bytes().chunks(8) {
        let number = decode(std::str::from_utf8(group).ok().filter(|group| group.len() == 8)?)?;
        bytes.extend(&number.to_be_bytes()[3..]);
    }
    if bytes.len() == 35 {
        bytes.truncate(PublicKey::BYTES);
    }
    Some(bytes)
}
