//! What a redemption asks of a voucher, and what it moves.

use super::{At, Till};
use crate::catalogue::Catalogue;
use crate::store::redemption::RedemptionRow;
use crate::store::tally;
use crate::store::voucher::VoucherRow;
use crate::wallet::state_now;
use crate::{Error, StoreError};
use domain::{
    Account, AccountId, CampaignId, CampaignTerms, Entry, EntryKind, Fen, MerchantId, RedeemRefused, RoundId,
    TillId, Timestamp, VoucherId, VoucherState,
};

/// What a till redeemed without a network, once it arrived.
pub(crate) struct Arrived {
    pub(crate) clerk: AccountId,
    pub(crate) till: TillId,
    pub(crate) outlet: At,
    pub(crate) voucher: VoucherId,
    /// The step that the link proves at the till's moment.
    pub(crate) step: Option<i64>,
    pub(crate) amount: Fen,
    pub(crate) discount: Fen,
    /// The till's moment.
    pub(crate) at: Timestamp,
}

impl Till {
    /// The request as if it had come at the till's moment.
    pub(crate) fn without_network(arrived: Arrived) -> Till {
        Till {
            clerk: arrived.clerk,
            voucher: arrived.voucher,
            step: arrived.step,
            outlet: arrived.outlet,
            till_id: Some(arrived.till.0),
            amount: arrived.amount,
            discount: arrived.discount,
            invoice: None,
            paper: None,
            now: arrived.at,
        }
    }

    /// The order after merchant discounts.
    pub(crate) fn amount(&self) -> Fen {
        self.amount
    }
}

/// A voucher's terms.
pub(crate) fn terms_of<'a>(
    catalogue: &'a Catalogue,
    held: &VoucherRow,
) -> Result<&'a CampaignTerms, StoreError> {
    let terms = catalogue.campaign(CampaignId(held.campaign_id));
    terms.ok_or_else(|| StoreError::corrupt("a voucher of no campaign"))
}

/// The step that a phone's token proves.
pub(super) fn fresh_step(held: &VoucherRow, till: &Till) -> Result<i64, Error> {
    // A token of another moment learns nothing of the voucher.
    let step = till.step.ok_or(RedeemRefused::TokenStale)?;
    check_state(held, till.now)?;
    if held.present_step.is_some_and(|used| step <= used) {
        return Err(RedeemRefused::TokenStale.into());
    }
    Ok(step)
}

/// Whether a voucher may be used as it stands.
pub(super) fn check_state(row: &VoucherRow, now: Timestamp) -> Result<(), Error> {
    let refused = match state_now(row, now)? {
        VoucherState::Issued => return Ok(()),
        VoucherState::Redeemed => RedeemRefused::AlreadyRedeemed {
            redeemed_at: Timestamp::from_ms(row.redeemed_at_ms.unwrap_or(0)),
        },
        VoucherState::Expired => RedeemRefused::Expired { expired_at: Timestamp::from_ms(row.expires_at_ms) },
        VoucherState::Voided => RedeemRefused::Voided,
        VoucherState::Frozen => RedeemRefused::Frozen,
    };
    Err(refused.into())
}

/// The tally's place and time of a redemption, and by how much it moves.
pub(crate) fn tally_of(
    row: &RedemptionRow,
    redeemed: i64,
    order: i64,
    subsidy: i64,
    government: i64,
) -> tally::Move {
    tally::Move {
        business_day: row.business_day.clone(),
        hour: row.hour,
        district: row.district,
        kind: row.kind.clone(),
        round_id: row.round_id,
        channel: row.channel.clone(),
        claimed: 0,
        redeemed,
        order_fen: order,
        subsidy_fen: subsidy,
        government_fen: government,
    }
}

/// The voucher's face value leaves the residents' hands: what the government
/// bears is owed to the merchant, what the merchant bears is noted, and what
/// the order did not use goes back to the pot.
pub(super) fn redeem_entry(row: &RedemptionRow, face_value: Fen) -> Result<Entry, StoreError> {
    let merchant = MerchantId(row.merchant_id);
    let lines = [
        (Account::Issued(RoundId(row.round_id)), -face_value.get()),
        (Account::Payable(merchant), row.government_fen),
        (Account::Borne(merchant), row.subsidy_fen - row.government_fen),
        (Account::Pot(CampaignId(row.campaign_id)), face_value.get() - row.subsidy_fen),
    ];
    Entry::new(EntryKind::Redeem, Some(VoucherId(row.voucher_id)), &lines).map_err(StoreError::corrupt)
}
