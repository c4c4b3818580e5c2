//! What the community desk did, and the paper it prints.

use super::catalogue::shape;
use super::{EntryShape, VoucherShape};
use crate::{AsksFor, AssistedId, AssistedKind, RoundId, VoucherId, VoucherState};
use serde::{Deserialize, Serialize};

shape! {
    /// What the desk did for a resident.
    AssistedShape {
        /// Its number.
        assisted_id: AssistedId,
        /// A voucher or an entry.
        kind: AssistedKind,
        /// In which round.
        round_id: RoundId,
        /// The resident's name, masked: 王**.
        name_masked: String,
        /// Whose last four digits the paper asks for.
        asks_for: AsksFor,
        /// The voucher; its paper is at `/assisted/{voucher_id}`.
        voucher: Option<VoucherShape>,
        /// Or the entry.
        entry: Option<EntryShape>,
    }
}

shape! {
    /// A line of the desk's list.
    AssistedItem {
        /// Its number.
        assisted_id: AssistedId,
        /// A voucher or an entry.
        kind: AssistedKind,
        /// In which round.
        round_id: RoundId,
        /// The campaign's name.
        title: String,
        /// The campaign's name in English.
        title_en: String,
        /// The resident's name, masked.
        name_masked: String,
        /// When it was entered.
        entered_at: String,
        /// Who entered it.
        entered_by: String,
        /// The voucher; null for an entry.
        voucher_id: Option<VoucherId>,
        /// Where the voucher stands; null for an entry.
        state: Option<VoucherState>,
        /// How many times its paper was printed.
        prints: i64,
    }
}

shape! {
    /// What stands on a paper voucher. Whose digits it asks for is there, the
    /// digits are not.
    SlipShape {
        /// The voucher.
        voucher: VoucherShape,
        /// The resident's name, masked.
        name_masked: String,
        /// The twelve characters of this print; null once the voucher cannot be used.
        paper_code: Option<String>,
        /// The QR's text of this print; null likewise.
        paper_token: Option<String>,
        /// Whose last four digits the till asks for.
        asks_for: AsksFor,
        /// Which print this is: the papers before it are worth nothing.
        prints: i64,
        /// When the desk entered it.
        entered_at: String,
    }
}

shape! {
    /// A paper was printed anew.
    PrintShape {
        /// Of which voucher.
        voucher_id: VoucherId,
        /// Which print it is: the papers before it are worth nothing.
        prints: i64,
    }
}
