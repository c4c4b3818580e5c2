//! What a merchant is owed.

use super::catalogue::shape;
use crate::{Fen, MerchantId, OutletId, StatementBy};
use serde::{Deserialize, Serialize};

shape! {
    /// What adds up in a statement. What a redemption brought stands on the
    /// business day on which it was made, what a reversal took back on the one
    /// on which that happened: a day that is over does not change any more.
    StatementSums {
        /// Vouchers redeemed.
        redemptions: i64,
        /// Their orders, after merchant discounts.
        order_fen: Fen,
        /// The merchant's own discounts, as the till noted them.
        merchant_discount_fen: Fen,
        /// What the vouchers took off, whoever bears it.
        subsidy_fen: Fen,
        /// The government's part of it: owed to the merchant.
        government_fen: Fen,
        /// The merchant's part of it.
        merchant_fen: Fen,
        /// Reversals, whole or in part.
        reversals: i64,
        /// What they refunded of the orders.
        refunded_fen: Fen,
        /// What went back of the subsidy.
        subsidy_back_fen: Fen,
        /// What went back of the government's part.
        government_back_fen: Fen,
        /// What went back of the merchant's part.
        merchant_back_fen: Fen,
        /// `government_fen` less `government_back_fen`: what the merchant is
        /// owed more (less, when negative).
        payable_fen: i64,
        /// `merchant_fen` less `merchant_back_fen`.
        borne_fen: i64,
    }
}

/// What one outlet did on a business day or in a settlement week.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StatementLine {
    /// The outlet.
    pub outlet_id: OutletId,
    /// The outlet's name.
    pub outlet_name: String,
    /// The outlet's name in English.
    pub outlet_name_en: String,
    /// The business day; the week's Monday.
    pub from: String,
    /// The same day; the week's Sunday.
    pub to: String,
    /// Whether it is over: its figures do not change any more.
    pub closed: bool,
    /// Its figures.
    #[serde(flatten)]
    pub sums: StatementSums,
}

shape! {
    /// The ledger's own account of the merchant, read from its blocks, beside
    /// what all days of the statement add up to.
    LedgerAgreement {
        /// The ledger's last block.
        sequence: i64,
        /// The ledger's head at that block, as of `/ledger/head`.
        hash: String,
        /// Owed and not paid yet.
        payable_fen: i64,
        /// Paid out.
        paid_fen: i64,
        /// Borne by the merchant itself.
        borne_fen: i64,
        /// What all days and outlets add up to: equal to what the ledger has
        /// as payable and paid.
        statement_fen: i64,
        /// Whether they agree to the fen, also in what the merchant bears.
        agrees: bool,
    }
}

shape! {
    /// A merchant's statement.
    Statement {
        /// Whose.
        merchant_id: MerchantId,
        /// The merchant's name.
        merchant_name: String,
        /// The merchant's name in English.
        merchant_name_en: String,
        /// What a line stands for.
        by: StatementBy,
        /// The first business day.
        from: String,
        /// The last business day, included.
        to: String,
        /// Of this outlet only.
        outlet: Option<OutletId>,
        /// The moment that the figures are as of.
        as_of: String,
        /// By day (or week) and outlet; where nothing happened there is no line.
        items: Vec<StatementLine>,
        /// Where the next page starts; null on the last.
        next_cursor: Option<String>,
        /// All lines of all pages together.
        total: StatementSums,
        /// What had become payable before the first day.
        opening_fen: i64,
        /// The same at the end of the last day.
        closing_fen: i64,
        /// Whether the ledger says the same.
        ledger: LedgerAgreement,
    }
}
