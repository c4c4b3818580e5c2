//! The open books.

use super::LedgerHead;
use super::catalogue::shape;
use crate::{DistrictCode, Fen};
use serde::{Deserialize, Serialize};

shape! {
    /// What was released, claimed, redeemed and paid in a district or on a day.
    OpenRow {
        /// The district's code, or the business day; empty in the total and for residents without a district.
        key: String,
        /// The district's name; empty for a day.
        name: String,
        /// The district's name in English.
        name_en: String,
        /// Vouchers released: the quotas of rounds that opened, and shares by weight of those without.
        released: i64,
        /// Vouchers claimed.
        claimed: i64,
        /// Vouchers redeemed, net of full reversals.
        redeemed: i64,
        /// The government's part of the subsidies, net of reversals.
        government_fen: Fen,
        /// Paid to merchants, by the district of their first outlet and the business day of the payment.
        paid_fen: Fen,
    }
}

shape! {
    /// The season's money as anyone may see it.
    OpenBooks {
        /// The moment that the figures are as of.
        as_of: String,
        /// The ledger's end.
        head: LedgerHead,
        /// By district.
        districts: Vec<OpenRow>,
        /// The district whose days are listed; `null` for those of all.
        district: Option<DistrictCode>,
        /// By business day; days without anything are left out.
        days: Vec<OpenRow>,
        /// All of it.
        total: OpenRow,
    }
}

shape! {
    /// A block of the ledger. Its hash is the SHA-256 of the line `previous chain sequence at_ms`, ended by LF, and
    /// then `entries`.
    BlockShape {
        /// Which chain.
        chain: i64,
        /// 1, 2, 3 …
        sequence: i64,
        /// When, in milliseconds since 1970.
        at_ms: i64,
        /// The hash of the block before it in its chain.
        previous: String,
        /// What happened, a line each: why, the voucher's number or `-`, then each account with its amount in fen.
        entries: String,
        /// The block's hash.
        hash: String,
    }
}

shape! {
    /// A line of the ledger, and the block in which it stands.
    LedgerLine {
        /// The block's chain.
        chain: i64,
        /// The block's number in it.
        sequence: i64,
        /// When the block was committed.
        at: String,
        /// The line: why, the voucher's number, then each account with its amount in fen.
        line: String,
        /// The block's hash.
        hash: String,
    }
}
