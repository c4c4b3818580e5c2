//! Settlements: the weeks, a batch, its rows and lines, and the bank's results.

use super::catalogue::shape;
use crate::{
    AccountId, DistrictCode, Fen, MerchantId, OutletId, RedemptionId, ReversalId, RiskSignal, RiskState,
    SettlementLineKind, SettlementState, SettlementStep, VoucherId,
};
use serde::{Deserialize, Serialize};

shape! {
    /// What rows add up to.
    SettlementTotals {
        /// Merchants' rows, without those that were left out.
        rows: i64,
        /// Of them, those that wait for their merchant.
        to_confirm: i64,
        /// Of them, those that wait for their district.
        to_review: i64,
        /// Rows that were left out: their lines stand in the next batch.
        left_out: i64,
        /// What earlier batches left open: zero or below.
        carried_fen: i64,
        /// Redemptions that are settled for the first time: the government's part, net of refunds.
        redeemed_fen: Fen,
        /// Redemptions that an earlier batch withheld and that are settled now.
        released_fen: Fen,
        /// Redemptions under suspicion, which are not settled.
        withheld_fen: Fen,
        /// Refunds of what an earlier batch had settled.
        clawback_fen: Fen,
        /// What the bank is to pay: for each row redeemed and released, less clawback and what is carried, where that is above zero.
        pay_fen: Fen,
    }
}

shape! {
    /// A batch in the list. A district officer sees the sums of their district's rows.
    SettlementItem {
        /// Its number.
        id: i64,
        /// Its week's first business day: a Monday.
        from: String,
        /// Its week's last business day: a Sunday.
        to: String,
        /// Where it stands.
        state: SettlementState,
        /// Whose step is next; null once it is paid or discarded.
        next_step: Option<SettlementStep>,
        /// What its rows add up to.
        totals: SettlementTotals,
        /// Who had it made.
        made_by: AccountId,
        /// When.
        made_at: String,
        /// SHA-256 of its text, since it was exported.
        hash: Option<String>,
        /// The bank's reference, since it was paid.
        bank_reference: Option<String>,
    }
}

shape! {
    /// A settlement week of the season.
    SettlementWeek {
        /// Its first business day.
        from: String,
        /// Its last business day.
        to: String,
        /// Whether it is over, so that its batch may be made.
        over: bool,
        /// Whether a batch may be made of it now: it is over, no later week was settled, and no batch is open.
        may_make: bool,
        /// Its batch, where it was made.
        settlement: Option<SettlementItem>,
    }
}

shape! {
    /// The season's settlement weeks up to today's, the newest first.
    SettlementWeeks {
        /// The weeks.
        items: Vec<SettlementWeek>,
    }
}

shape! {
    /// A step that somebody took.
    SettlementStepShape {
        /// Which.
        step: SettlementStep,
        /// Who.
        by: AccountId,
        /// When.
        at: String,
        /// Whose row, of a confirmation.
        merchant_id: Option<MerchantId>,
        /// Which district, of a review.
        district: Option<DistrictCode>,
        /// Over how many rows.
        rows: i64,
        /// What they added up to then.
        pay_fen: Fen,
    }
}

shape! {
    /// A payment that does not match.
    BankMismatchShape {
        /// The payment's reference: batch and merchant, `JS12-3`.
        reference: String,
        /// What is wrong.
        words: String,
        /// The same in English.
        words_en: String,
    }
}

shape! {
    /// A bank's result as it came.
    BankResultShape {
        /// When.
        at: String,
        /// Who brought it.
        by: AccountId,
        /// The file's name.
        file_name: String,
        /// SHA-256 of the file.
        file_hash: String,
        /// `paid`, or the code of the refusal: `other_batch`, `wrong_total`, `unmatched`, `unreadable`, …
        outcome: String,
        /// Why it was not taken, with the numbers; empty where it was.
        detail: String,
        /// The same in English.
        detail_en: String,
        /// The payments that do not match, at most 100.
        mismatches: Vec<BankMismatchShape>,
    }
}

shape! {
    /// A batch with its steps and the bank's results.
    SettlementShape {
        /// Which.
        #[serde(flatten)]
        item: SettlementItem,
        /// The steps that were taken, at most 100, the newest first.
        steps: Vec<SettlementStepShape>,
        /// The bank's results, at most 20, the newest first; none for a district officer.
        results: Vec<BankResultShape>,
        /// The steps that the caller may take now, as far as their role goes.
        may: Vec<SettlementStep>,
        /// Whether the caller may discard it now.
        may_discard: bool,
    }
}

shape! {
    /// A merchant's row of a batch.
    SettlementRowShape {
        /// The batch.
        settlement_id: i64,
        /// Whose.
        merchant_id: MerchantId,
        /// Its name when the batch was made.
        name: String,
        /// Its English name.
        name_en: String,
        /// Whose district reviews it.
        district: DistrictCode,
        /// Where it stands.
        state: SettlementState,
        /// The payment's reference.
        reference: String,
        /// What its last batch left open: zero or below.
        carried_fen: i64,
        /// Redemptions that are settled for the first time.
        redeemed_fen: Fen,
        /// Redemptions that were withheld and are settled now.
        released_fen: Fen,
        /// Redemptions under suspicion, which are not settled.
        withheld_fen: Fen,
        /// Refunds of what an earlier batch had settled.
        clawback_fen: Fen,
        /// What the bank is to pay.
        pay_fen: Fen,
        /// What the next batch begins with: zero, or below it what the merchant still owes.
        carried_on_fen: i64,
    }
}

shape! {
    /// A batch with the caller's own row of it.
    OwnSettlement {
        /// The batch's number.
        id: i64,
        /// Its week's first business day.
        from: String,
        /// Its week's last business day.
        to: String,
        /// The row.
        row: SettlementRowShape,
        /// Whether the caller may confirm it now.
        may_confirm: bool,
        /// The bank's reference, since it was paid.
        bank_reference: Option<String>,
    }
}

shape! {
    /// A redemption or a reversal in a batch.
    SettlementLineShape {
        /// Why it stands there.
        kind: SettlementLineKind,
        /// The redemption.
        redemption_id: RedemptionId,
        /// The reversal that is clawed back.
        reversal_id: Option<ReversalId>,
        /// Its voucher.
        voucher_id: VoucherId,
        /// When it was redeemed.
        redeemed_at: String,
        /// Its business day.
        business_day: String,
        /// Where.
        outlet_id: OutletId,
        /// The outlet's name.
        outlet_name: String,
        /// The outlet's name in English.
        outlet_name_en: String,
        /// The receipt's code.
        receipt_code: String,
        /// The government's part, net of refunds; of a clawback what is taken back.
        amount_fen: Fen,
        /// Of a withheld line the case: a merchant finds it under its own cases.
        case_id: Option<i64>,
        /// What the case looks wrong for.
        signal: Option<RiskSignal>,
        /// Where the case stands.
        case_state: Option<RiskState>,
    }
}
