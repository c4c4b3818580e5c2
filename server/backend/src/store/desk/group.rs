//! What a group adds up to: one tally row for each place and hour, one block.

use crate::store::StoreError;
use crate::store::desk::NewVoucher;
use crate::store::tally::Move;
use crate::store::voucher::VoucherRow;
use domain::{Account, Entry, EntryKind, RoundId, VoucherId, VoucherState};
use std::fmt::Write;

/// The sums of a group so far.
#[derive(Debug, Default)]
pub(super) struct Group {
    /// The text of the ledger's entries.
    pub(super) entries: String,
    /// By how much the tallies move, each place and hour once.
    pub(super) moves: Vec<Move>,
}

impl Group {
    /// Counts an issued voucher.
    pub(super) fn issue(&mut self, claim: &NewVoucher, number: i64) -> Result<(), StoreError> {
        let (round, value) = (RoundId(claim.round_id), claim.face_value_fen);
        let lines = [(Account::Reserved(round), -value), (Account::Issued(round), value)];
        let entry = Entry::new(EntryKind::Issue, Some(VoucherId(number)), &lines);
        self.enter(&entry.map_err(StoreError::corrupt)?, &claim.tally);
        Ok(())
    }

    /// Counts an entry and what it moves.
    pub(super) fn enter(&mut self, entry: &Entry, by: &Move) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.entries, "{entry}");
        match self.moves.iter_mut().find(|other| other.same_place(by)) {
            Some(other) => other.join(by),
            None => self.moves.push(by.clone()),
        }
    }
}

impl NewVoucher {
    /// The voucher as it is stored once it is issued.
    pub(super) fn row(&self, number: i64) -> VoucherRow {
        VoucherRow {
            voucher_id: number,
            round_id: self.round_id,
            campaign_id: self.campaign_id,
            account_id: self.account_id,
            state: VoucherState::Issued.code().to_owned(),
            issued_at_ms: self.issued_at_ms,
            expires_at_ms: self.expires_at_ms,
            redeemed_at_ms: None,
            present_step: None,
        }
    }
}
