//! The ledger (台账): double entry, every fen, each block chained to the one
//! before by its hash. A node that issues and redeems writes to a chain of its
//! own, so that nodes need not wait for each other.

use crate::promotion::words;
use crate::{CampaignId, MerchantId, RoundId, Timestamp, VoucherId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;

/// Where money stands. In storage and in the hash it is text: `pot:1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Account {
    /// The purse outside that funds a campaign; negative by what it gave.
    Funder(CampaignId),
    /// A campaign's pot (资金池).
    Pot(CampaignId),
    /// Set aside for a published round.
    Reserved(RoundId),
    /// In residents' hands as vouchers of a round.
    Issued(RoundId),
    /// Owed to a merchant.
    Payable(MerchantId),
    /// What a merchant bears itself in a merchant-funded or mixed campaign.
    Borne(MerchantId),
    /// What a merchant gives back of what was settled with it: zero, or below
    /// it until a batch makes it good.
    Clawback(MerchantId),
    /// Paid out to a merchant.
    Paid(MerchantId),
}

/// The text is no account.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a ledger account")]
pub struct BadAccount(String);

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, number) = match self {
            Account::Funder(id) => ("funder", id.0),
            Account::Pot(id) => ("pot", id.0),
            Account::Reserved(id) => ("reserved", id.0),
            Account::Issued(id) => ("issued", id.0),
            Account::Payable(id) => ("payable", id.0),
            Account::Borne(id) => ("borne", id.0),
            Account::Clawback(id) => ("clawback", id.0),
            Account::Paid(id) => ("paid", id.0),
        };
        write!(f, "{name}:{number}")
    }
}

impl FromStr for Account {
    type Err = BadAccount;

    fn from_str(text: &str) -> Result<Account, BadAccount> {
        let bad = || BadAccount(text.chars().take(40).collect());
        let (name, number) = text.split_once(':').ok_or_else(bad)?;
        let number = number.parse().map_err(|_| bad())?;
        Ok(match name {
            "funder" => Account::Funder(CampaignId(number)),
            "pot" => Account::Pot(CampaignId(number)),
            "reserved" => Account::Reserved(RoundId(number)),
            "issued" => Account::Issued(RoundId(number)),
            "payable" => Account::Payable(MerchantId(number)),
            "borne" => Account::Borne(MerchantId(number)),
            "clawback" => Account::Clawback(MerchantId(number)),
            "paid" => Account::Paid(MerchantId(number)),
            _ => return Err(bad()),
        })
    }
}

words! {
    /// Why money moves.
    EntryKind {
        /// A campaign's pot is filled.
        Fund = "fund", "注资", "Funding";
        /// A round is published: its value is set aside.
        Publish = "publish", "发布", "Publication";
        /// A voucher is issued.
        Issue = "issue", "发放", "Issue";
        /// A voucher is redeemed.
        Redeem = "redeem", "核销", "Redemption";
        /// A redemption is undone, whole or in part.
        Reverse = "reverse", "撤销", "Reversal";
        /// A voucher ran out unused.
        Expire = "expire", "过期", "Expiry";
        /// A voucher that had run out turns out to be used before: its value is
        /// taken out of the pot again.
        Revive = "revive", "恢复", "Revival";
        /// What a closed round did not issue goes back to the pot or on to the
        /// next round.
        Return = "return", "退回", "Return";
        /// A voucher is taken back.
        Void = "void", "作废", "Voiding";
        /// A batch settles what a merchant is owed.
        Pay = "pay", "付款", "Payment";
        /// What was settled with a merchant is undone, to be made good by the
        /// next batch.
        Clawback = "clawback", "追回", "Clawback";
    }
}

/// One line: so much onto (or, when negative, off) an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Which account.
    pub account: Account,
    /// Fen; negative when money leaves the account.
    pub amount_fen: i64,
}

/// A ledger entry: lines that sum to zero, for one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Why.
    pub kind: EntryKind,
    /// The voucher that it is about, where there is one.
    pub voucher: Option<VoucherId>,
    /// Without lines of zero.
    lines: Vec<Line>,
}

/// The lines of an entry do not sum to zero.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the lines of a ledger entry sum to {sum_fen} fen instead of zero")]
pub struct Unbalanced {
    /// The sum, in fen.
    pub sum_fen: i64,
}

impl Entry {
    /// An entry of lines that sum to zero; lines of zero are left out.
    ///
    /// # Errors
    /// The lines do not sum to zero.
    pub fn new(
        kind: EntryKind,
        voucher: Option<VoucherId>,
        lines: &[(Account, i64)],
    ) -> Result<Entry, Unbalanced> {
        let sum_fen: i64 = lines.iter().map(|(_, amount)| amount).sum();
        if sum_fen != 0 {
            return Err(Unbalanced { sum_fen });
        }
        let lines = lines.iter().filter(|(_, amount)| *amount != 0);
        let lines = lines.map(|(account, amount_fen)| Line { account: *account, amount_fen: *amount_fen });
        Ok(Entry { kind, voucher, lines: lines.collect() })
    }

    /// Its lines.
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }
}

/// A SHA-256, written as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hash([u8; 32]);

impl Hash {
    /// What stands before the first block.
    pub const GENESIS: Hash = Hash([0; 32]);

    /// A hash of its bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Hash {
        Hash(bytes)
    }

    /// Its bytes.
    #[must_use]
    pub const fn bytes(self) -> [u8; 32] {
        self.0
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Hash {
    type Err = BadAccount;

    fn from_str(text: &str) -> Result<Hash, BadAccount> {
        let bad = || BadAccount(text.chars().take(70).collect());
        let mut bytes = [0; 32];
        if text.len() != 64 || !text.is_ascii() {
            return Err(bad());
        }
        for (n, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * n..2 * n + 2], 16).map_err(|_| bad())?;
        }
        Ok(Hash(bytes))
    }
}

/// An entry on one line: `issue 7 reserved:1 -2000 issued:1 2000`, its kind,
/// its voucher or `-`, then each account with its amount in fen.
impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.code())?;
        match self.voucher {
            Some(voucher) => write!(f, " {voucher}")?,
            None => f.write_str(" -")?,
        }
        self.lines.iter().try_for_each(|Line { account, amount_fen }| write!(f, " {account} {amount_fen}"))
    }
}

/// The text is no ledger entry.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a ledger entry")]
pub struct BadEntry(String);

impl FromStr for Entry {
    type Err = BadEntry;

    fn from_str(text: &str) -> Result<Entry, BadEntry> {
        let read = || {
            let mut words = text.split(' ');
            let kind = words.next()?.parse().ok()?;
            let voucher = match words.next()? {
                "-" => None,
                number => Some(number.parse().ok()?),
            };
            let mut lines = Vec::new();
            while let Some(account) = words.next() {
                lines.push((account.parse().ok()?, words.next()?.parse().ok()?));
            }
            Entry::new(kind, voucher, &lines).ok()
        };
        read().ok_or_else(|| BadEntry(text.chars().take(80).collect()))
    }
}

/// What is committed together: a link of one of the ledger's chains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Which chain.
    pub chain: i64,
    /// 1, 2, 3 …
    pub sequence: i64,
    /// When.
    pub at: Timestamp,
    /// The hash of the block before it in its chain.
    pub previous: Hash,
    /// What happened: [`Entry`] after entry, each ended by LF.
    pub entries: String,
}

impl Block {
    /// The block's hash: SHA-256 over text that anyone can write down again
    /// from an export: the line `previous chain sequence at_ms`, ended by LF,
    /// then the entries.
    #[must_use]
    pub fn hash(&self) -> Hash {
        let Block { chain, sequence, at, previous, entries } = self;
        let mut hasher = Sha256::new();
        hasher.update(format!("{previous} {chain} {sequence} {}\n", at.ms()));
        hasher.update(entries);
        Hash(hasher.finalize().into())
    }
}

impl Hash {
    /// One hash for the ends of all chains: SHA-256 over a line
    /// `chain sequence hash`, ended by LF, for each chain that has a block, by
    /// number.
    #[must_use]
    pub fn of_heads(heads: &[(i64, i64, Hash)]) -> Hash {
        let mut hasher = Sha256::new();
        for (chain, sequence, hash) in heads.iter().filter(|(_, sequence, _)| *sequence > 0) {
            hasher.update(format!("{chain} {sequence} {hash}\n"));
        }
        Hash(hasher.finalize().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_account() -> impl Strategy<Value = Account> {
        (0..8, 1..1000i64).prop_map(|(which, n)| match which {
            0 => Account::Funder(CampaignId(n)),
            1 => Account::Pot(CampaignId(n)),
            2 => Account::Reserved(RoundId(n)),
            3 => Account::Issued(RoundId(n)),
            4 => Account::Payable(MerchantId(n)),
            5 => Account::Borne(MerchantId(n)),
            6 => Account::Clawback(MerchantId(n)),
            _ => Account::Paid(MerchantId(n)),
        })
    }

    proptest! {
        #[test]
        fn accounts_read_back(account in any_account()) {
            prop_assert_eq!(account.to_string().parse(), Ok(account));
        }

        #[test]
        fn money_is_moved_and_never_made(from in any_account(), to in any_account(), amount in -1_000_000..1_000_000i64, slip in -5i64..5) {
            let entry = Entry::new(EntryKind::Issue, None, &[(from, -amount), (to, amount + slip)]);
            prop_assert_eq!(entry.is_ok(), slip == 0);
        }

        #[test]
        fn entries_read_back(from in any_account(), to in any_account(), amount in 1..1_000_000i64, voucher in proptest::option::of(1..i64::MAX)) {
            let entry = Entry::new(EntryKind::Redeem, voucher.map(VoucherId), &[(from, -amount), (to, amount)]).unwrap();
            prop_assert_eq!(entry.to_string().parse(), Ok(entry));
        }

        #[test]
        fn no_text_makes_money(text in "(issue|redeem) (-|[0-9]{1,3})( pot:1 -?[0-9]{1,3}){1,3}") {
            if let Ok(entry) = text.parse::<Entry>() {
                prop_assert_eq!(entry.lines().iter().map(|line| line.amount_fen).sum::<i64>(), 0);
            }
        }

        #[test]
        fn any_change_changes_the_hash(amount in 1..1_000_000i64, change in 1..1000i64) {
            let block = |amount: i64, at: i64, chain: i64| {
                let lines = [(Account::Pot(CampaignId(1)), -amount), (Account::Reserved(RoundId(1)), amount)];
                let entry = Entry::new(EntryKind::Publish, Some(VoucherId(1)), &lines).unwrap();
                let entries = format!("{entry}\n");
                Block { chain, sequence: 1, at: Timestamp::from_ms(at), previous: Hash::GENESIS, entries }.hash()
            };
            let hash = block(amount, 1, 0);
            prop_assert_ne!(hash, block(amount + change, 1, 0));
            prop_assert_ne!(hash, block(amount, 1 + change, 0));
            prop_assert_ne!(hash, block(amount, 1, change));
            prop_assert_eq!(hash.to_string().parse::<Hash>().unwrap(), hash);
        }
    }
}
