//! The installation's secret, and the keys made from it.

use crate::clock::Random;
use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use domain::draw::CitySecret;
use domain::{CodeKey, IdentityNumber, LastFour, PassSigner, Phone, RoundId, Secret, VoucherCode, VoucherId};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

const SECRET_FILE: &str = "secret.key";
const NONCE_BYTES: usize = 24;

/// The installation's secret cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read or written.
    #[error("the installation's secret {0} cannot be read or written")]
    File(PathBuf, #[source] io::Error),
    /// The file holds something else.
    #[error("{0} does not hold 64 hexadecimal digits: put the installation's own secret back")]
    Malformed(PathBuf),
}

/// Keys for phone and identity numbers, login codes, voucher codes, voucher secrets and draws. Every
/// node of one installation has the same.
pub(crate) struct Keys {
    phone_cipher: XChaCha20Poly1305,
    phone_hash: [u8; 32],
    identity_cipher: XChaCha20Poly1305,
    identity_hash: [u8; 32],
    draft_cipher: XChaCha20Poly1305,
    digits: [u8; 32],
    private: [u8; 32],
    login: [u8; 32],
    code: CodeKey,
    voucher: [u8; 32],
    draw: [u8; 32],
    waiting: [u8; 32],
    work: [u8; 32],
    passes: PassSigner,
    /// Tells a database that belongs to another secret, without telling the secret.
    pub(crate) fingerprint: String,
}

impl Keys {
    /// Reads the secret of a data folder, or makes one in a new folder.
    pub(crate) fn open(data: &Path, random: &dyn Random) -> Result<Keys, KeyError> {
        let path = data.join(SECRET_FILE);
        let failed = |error| KeyError::File(path.clone(), error);
        fs::create_dir_all(data).map_err(failed)?;
        let mut fresh = [0; 32];
        random.fill(&mut fresh);
        // `create_new`: of two programs that start at once, one makes the file.
        match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
            Ok(mut file) => {
                file.write_all(hex(&fresh).as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
                Ok(Keys::from_secret(&fresh))
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Keys::read(data)?.ok_or_else(|| failed(error))
            }
            Err(error) => Err(failed(error)),
        }
    }

    /// Reads the secret of a data folder; `None` where there is none.
    pub(crate) fn read(data: &Path) -> Result<Option<Keys>, KeyError> {
        let path = data.join(SECRET_FILE);
        match fs::read_to_string(&path) {
            Ok(text) => {
                let secret = unhex(text.trim()).and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
                Ok(Some(Keys::from_secret(&secret.ok_or(KeyError::Malformed(path))?)))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(KeyError::File(path, error)),
        }
    }

    fn from_secret(secret: &[u8; 32]) -> Keys {
        let derive = |purpose: &str| keyed_hash(secret, purpose.as_bytes());
        Keys {
            phone_cipher: XChaCha20Poly1305::new(&derive("phone cipher").into()),
            phone_hash: derive("phone hash"),
            identity_cipher: XChaCha20Poly1305::new(&derive("identity cipher").into()),
            identity_hash: derive("identity hash"),
            draft_cipher: XChaCha20Poly1305::new(&derive("draft cipher").into()),
            digits: derive("last digits"),
            private: derive("private text"),
            login: derive("login code"),
            code: CodeKey::new(derive("voucher code")),
            voucher: derive("voucher secret"),
            draw: derive("draw secret"),
            waiting: derive("waiting room"),
            work: derive("proof of work"),
            passes: PassSigner::new(derive("offline passes")),
            fingerprint: hex(&derive("fingerprint")[..8]),
        }
    }

    /// A phone number, encrypted for storage; never twice the same.
    pub(crate) fn seal_phone(&self, phone: &Phone, random: &dyn Random) -> String {
        seal(&self.phone_cipher, phone.reveal(), random)
    }

    /// A stored phone number; `None` when it was not sealed by this installation.
    pub(crate) fn open_phone(&self, sealed: &str) -> Option<Phone> {
        unseal(&self.phone_cipher, sealed)?.parse().ok()
    }

    /// An identity number, encrypted for storage; never twice the same.
    pub(crate) fn seal_identity(&self, number: &IdentityNumber, random: &dyn Random) -> String {
        seal(&self.identity_cipher, number.reveal(), random)
    }

    /// A stored identity number; `None` when it was not sealed by this
    /// installation.
    pub(crate) fn open_identity(&self, sealed: &str) -> Option<IdentityNumber> {
        unseal(&self.identity_cipher, sealed)?.parse().ok()
    }

    /// A draft, encrypted for storage: whatever was typed into it may be private.
    pub(crate) fn seal_draft(&self, draft: &str, random: &dyn Random) -> String {
        seal(&self.draft_cipher, draft, random)
    }

    /// A stored draft; `None` when it was not sealed by this installation.
    pub(crate) fn open_draft(&self, sealed: &str) -> Option<String> {
        unseal(&self.draft_cipher, sealed)
    }

    /// The keyed hash by which an identity number is found.
    pub(crate) fn identity_hash(&self, number: &IdentityNumber) -> String {
        hex(&keyed_hash(&self.identity_hash, number.reveal().as_bytes()))
    }

    /// The keyed hash of the last four digits that a paper asks for: another
    /// one for each paper.
    pub(crate) fn digits_hash(&self, claim_key: &str, digits: &LastFour) -> String {
        hex(&keyed_hash(&self.digits, format!("{claim_key} {}", digits.reveal()).as_bytes()))
    }

    /// The keyed hash by which a phone number is found.
    pub(crate) fn phone_hash(&self, phone: &Phone) -> String {
        hex(&keyed_hash(&self.phone_hash, phone.reveal().as_bytes()))
    }

    /// The keyed hash of a request that holds private text: without the key
    /// nobody finds the text by trying.
    pub(crate) fn private_hash(&self, text: &str) -> String {
        hex(&keyed_hash(&self.private, text.as_bytes()))
    }

    /// The keyed hash of a login code for a number.
    pub(crate) fn login_hash(&self, phone_hash: &str, code: &str) -> String {
        hex(&keyed_hash(&self.login, format!("{phone_hash} {code}").as_bytes()))
    }

    /// The code of a voucher; `None` past the last of a billion.
    pub(crate) fn voucher_code(&self, voucher: VoucherId) -> Option<VoucherCode> {
        VoucherCode::of(voucher, &self.code)
    }

    /// The voucher that a code stands for; it need not exist.
    pub(crate) fn voucher_of(&self, code: VoucherCode) -> VoucherId {
        code.voucher(&self.code)
    }

    /// From what the keys of waiting rooms are made.
    pub(crate) fn waiting(&self) -> &[u8; 32] {
        &self.waiting
    }

    /// What signs the tasks that claimants solve.
    pub(crate) fn work(&self) -> &[u8; 32] {
        &self.work
    }

    /// What signs vouchers for tills without a network.
    pub(crate) fn passes(&self) -> &PassSigner {
        &self.passes
    }

    /// The secret from which a voucher's phone makes present tokens.
    pub(crate) fn voucher_secret(&self, voucher: VoucherId) -> Secret {
        Secret::of(voucher, &self.voucher)
    }

    /// The city's secret of a draw: every node makes the same, and no database
    /// holds it.
    pub(crate) fn draw_secret(&self, round: RoundId) -> CitySecret {
        CitySecret::new(keyed_hash(&self.draw, round.to_string().as_bytes()))
    }
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keys({})", self.fingerprint)
    }
}

fn seal(cipher: &XChaCha20Poly1305, plain: &str, random: &dyn Random) -> String {
    let mut nonce = [0; NONCE_BYTES];
    random.fill(&mut nonce);
    // The cipher fails only above 256 GB.
    let sealed = cipher.encrypt(&XNonce::from(nonce), plain.as_bytes()).unwrap_or_default();
    hex(&nonce) + &hex(&sealed)
}

fn unseal(cipher: &XChaCha20Poly1305, sealed: &str) -> Option<String> {
    let bytes = unhex(sealed)?;
    let (nonce, sealed) = bytes.split_first_chunk::<NONCE_BYTES>()?;
    let plain = cipher.decrypt(&XNonce::from(*nonce), sealed).ok()?;
    String::from_utf8(plain).ok()
}

fn keyed_hash(key: &[u8], message: &[u8]) -> [u8; 32] {
    // A MAC takes keys of any length: the error cannot happen.
    let Ok(mut mac) = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(key) else { return [0; 32] };
    mac.update(message);
    mac.finalize().into_bytes().into()
}

/// SHA-256 in hexadecimal, for tokens and requests.
pub(crate) fn sha256(text: &str) -> String {
    hex(&digest(text.as_bytes()))
}

/// SHA-256.
pub(crate) fn digest(message: &[u8]) -> [u8; 32] {
    Sha256::digest(message).into()
}

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |half: u8| char::from(DIGITS[usize::from(half & 15)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let even = text.is_ascii() && text.len().is_multiple_of(2);
    let pairs = (0..text.len()).step_by(2);
    even.then(|| pairs.map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect())?
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SeededRandom;

    #[test]
    fn a_number_is_sealed_anew_each_time_and_found_by_one_hash() {
        let (keys, random) = (Keys::from_secret(&[3; 32]), SeededRandom::new(1));
        let phone: Phone = "13900000001".parse().unwrap();
        let (once, twice) = (keys.seal_phone(&phone, &random), keys.seal_phone(&phone, &random));
        assert_ne!(once, twice);
        assert_eq!(keys.open_phone(&once), Some(phone.clone()));
        assert_eq!(keys.phone_hash(&phone), keys.phone_hash(&phone));
        assert!(!once.contains(&hex(b"13900000001")));
    }

    #[test]
    fn an_identity_number_is_sealed_under_a_key_of_its_own() {
        let (keys, random) = (Keys::from_secret(&[3; 32]), SeededRandom::new(1));
        let number: IdentityNumber = "11010519491231002X".parse().unwrap();
        let sealed = keys.seal_identity(&number, &random);
        assert_eq!(keys.open_identity(&sealed), Some(number));
        assert_eq!((keys.open_phone(&sealed), keys.open_identity("")), (None, None));
    }

    #[test]
    fn another_installations_number_stays_sealed() {
        let random = SeededRandom::new(1);
        let phone: Phone = "13900000001".parse().unwrap();
        let sealed = Keys::from_secret(&[3; 32]).seal_phone(&phone, &random);
        assert_eq!(Keys::from_secret(&[4; 32]).open_phone(&sealed), None);
        assert_eq!(Keys::from_secret(&[3; 32]).open_phone("zz"), None);
    }
}
