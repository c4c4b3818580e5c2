//! A service's error: a refusal, a denial, or a failure; never mixed.

use domain::draw::DrawRefused;
use domain::shapes::Problem;
use domain::{
    AssistRefused, BankRefused, ChangeRefused, ClaimRefused, Denied, DraftRefused, ImportRefused,
    JoinRefused, Lang, MerchantReviewRefused, OfflineRefused, PeopleRefused, PromotionRefused, RedeemRefused,
    ReverseRefused, RiskRefused, SettlementRefused, Zone,
};

/// Why a service gives no answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The rules say no to a claim.
    #[error(transparent)]
    Claim(#[from] ClaimRefused),
    /// The rules say no to an entry, a draw or a claim after it.
    #[error(transparent)]
    Draw(#[from] DrawRefused),
    /// The rules say no to a redemption.
    #[error(transparent)]
    Redeem(#[from] RedeemRefused),
    /// The rules say no to a till without a network.
    #[error(transparent)]
    Offline(#[from] OfflineRefused),
    /// The rules say no to a decision on a case.
    #[error(transparent)]
    Risk(#[from] RiskRefused),
    /// The rules say no to a step of a settlement.
    #[error(transparent)]
    Settlement(#[from] SettlementRefused),
    /// The rules say no to a bank's result.
    #[error(transparent)]
    Bank(#[from] BankRefused),
    /// The rules say no to the community desk.
    #[error(transparent)]
    Assist(#[from] AssistRefused),
    /// The rules say no to a person or a till.
    #[error(transparent)]
    People(#[from] PeopleRefused),
    /// The rules say no to a reversal.
    #[error(transparent)]
    Reverse(#[from] ReverseRefused),
    /// One of an order's vouchers, counted from 1, is refused.
    #[error("voucher {voucher} of the order: {error}")]
    OnOrder {
        /// Which.
        voucher: usize,
        /// Why.
        error: Box<Error>,
    },
    /// The rules say no to a step with a promotion.
    #[error(transparent)]
    Promotion(#[from] PromotionRefused),
    /// The rules say no to an application.
    #[error(transparent)]
    Join(#[from] JoinRefused),
    /// The rules say no to a decision on a merchant.
    #[error(transparent)]
    MerchantReview(#[from] MerchantReviewRefused),
    /// The rules say no to a step with a campaign's draft.
    #[error(transparent)]
    Draft(#[from] DraftRefused),
    /// The rules say no to a change of a published campaign.
    #[error(transparent)]
    Change(#[from] ChangeRefused),
    /// The rules say no to an import.
    #[error(transparent)]
    Import(#[from] ImportRefused),
    /// The request is turned away at the door.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The login code did not leave.
    #[error(transparent)]
    Sms(#[from] crate::sms::SmsError),
    /// Something broke: whether the write took place is unknown, and the
    /// client repeats it with its key.
    #[error("storage failed")]
    Store(#[from] crate::StoreError),
}

impl Error {
    /// What the caller is told. A failure tells nothing of its cause.
    #[must_use]
    pub fn problem(&self, lang: Lang, zone: Zone) -> Problem {
        match self {
            Error::Claim(refused) => Problem::of_claim(refused, lang, zone),
            Error::Draw(refused) => Problem::of_draw(refused, lang, zone),
            Error::Redeem(refused) => Problem::of_redemption(refused, lang, zone),
            Error::Offline(refused) => Problem::of_offline(refused, lang, zone),
            Error::Risk(refused) => Problem::of_risk(*refused, lang),
            Error::Settlement(refused) => Problem::of_settlement(*refused, lang),
            Error::Bank(refused) => Problem::of_bank(refused, lang),
            Error::Assist(refused) => Problem::of_assist(refused, lang),
            Error::People(refused) => Problem::of_people(refused, lang, zone),
            Error::Reverse(refused) => Problem::of_reversal(refused, lang, zone),
            Error::OnOrder { voucher, error } => {
                let number = i64::try_from(*voucher).unwrap_or(i64::MAX);
                error.problem(lang, zone).number("voucher", number)
            }
            Error::Promotion(refused) => Problem::of_promotion(refused, lang),
            Error::Join(refused) => Problem::of_join(refused, lang),
            Error::MerchantReview(refused) => Problem::of_merchant_review(refused, lang),
            Error::Draft(refused) => Problem::of_draft(refused, lang),
            Error::Change(refused) => Problem::of_change(refused, lang),
            Error::Import(refused) => Problem::of_import(refused, lang),
            Error::Denied(denied) => Problem::of_denial(denied, lang),
            Error::Sms(_) => Problem::new(
                503,
                "sms_unavailable",
                lang.pick(
                    "验证码暂时发不出去，请稍后再试",
                    "The code could not be sent: try again in a moment",
                ),
            ),
            Error::Store(_) => Problem::new(
                503,
                "unavailable",
                lang.pick(
                    "系统繁忙，请稍后用同一请求重试",
                    "The service is busy: repeat the same request in a moment",
                ),
            ),
        }
    }
}
