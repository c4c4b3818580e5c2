//! Why nothing is redeemed without a network.

use super::OfflineLimits;
use crate::{Fen, Lang, RedeemRefused, Timestamp, Zone};

/// Why a till may not go on alone, or a voucher not be redeemed there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OfflineRefused {
    /// The device is no enrolled till.
    #[error("the device is no enrolled till")]
    NotEnrolled,
    /// The bureau did not allow the outlet.
    #[error("the outlet may not redeem without a network")]
    NotAllowed,
    /// The permit is over, or the moment lies outside of it.
    #[error("the permit does not cover this moment")]
    PermitOver,
    /// It came too long after its moment.
    #[error("the redemption arrived too late")]
    TooLate,
    /// The city did not sign the voucher.
    #[error("the voucher is not signed by the city")]
    NotSigned,
    /// The phone was without a network for more than a day.
    #[error("the phone's pass is over")]
    PassOver,
    /// The campaign is newer than the permit.
    #[error("the campaign is not known to the till")]
    UnknownCampaign,
    /// The till's limit of the day is reached.
    #[error("the limit without a network is reached")]
    LimitReached {
        /// The limits.
        limits: OfflineLimits,
    },
    /// The voucher expired before its redemption arrived, and what the pot got
    /// back is given out again.
    #[error("the voucher's value left the pot again before the redemption arrived")]
    PotSpent {
        /// What the voucher took off.
        subsidy_fen: Fen,
        /// When the voucher expired.
        expired_at: Timestamp,
    },
    /// The voucher's terms say no.
    #[error(transparent)]
    Redeem(#[from] RedeemRefused),
}

impl OfflineRefused {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            OfflineRefused::NotEnrolled => "not_enrolled",
            OfflineRefused::NotAllowed => "offline_not_allowed",
            OfflineRefused::PermitOver => "permit_over",
            OfflineRefused::TooLate => "too_late",
            OfflineRefused::NotSigned => "not_signed",
            OfflineRefused::PassOver => "pass_over",
            OfflineRefused::UnknownCampaign => "unknown_campaign",
            OfflineRefused::LimitReached { .. } => "offline_limit_reached",
            OfflineRefused::PotSpent { .. } => "pot_spent",
            OfflineRefused::Redeem(refused) => refused.code(),
        }
    }

    /// What the clerk reads: what happened, and what to do next.
    #[must_use]
    pub fn words(&self, lang: Lang, zone: Zone) -> String {
        let (zh, en) = match self {
            OfflineRefused::NotEnrolled => {
                ("这台设备还没有登记为收银设备", "This device is not enrolled as a till")
            }
            OfflineRefused::NotAllowed => (
                "本店没有开通离线核销，请向商务局申请",
                "This outlet may not redeem without a network: ask the bureau",
            ),
            OfflineRefused::PermitOver => (
                "离线许可已过期，请连上网络更新后再核销",
                "The offline permit is over: connect to the network and try again",
            ),
            OfflineRefused::TooLate => (
                "离线核销超过三天才送达，不能入账",
                "It arrived more than three days after its moment and is not booked",
            ),
            OfflineRefused::NotSigned => {
                ("这张券没有本市的签名，不能使用", "The city did not sign this voucher: it does not work")
            }
            OfflineRefused::PassOver => (
                "顾客的离线码已过期，请顾客联网打开券包后再出示",
                "The customer's code is over a day old: they open their wallet with a network",
            ),
            OfflineRefused::UnknownCampaign => (
                "本机还没有这个活动的规则，请联网更新后再核销",
                "This till does not know the campaign yet: connect to the network and try again",
            ),
            OfflineRefused::LimitReached { limits } => {
                let (count, yuan) = (limits.redemptions, limits.subsidy_fen.yuan());
                return lang.pick(
                    format!("已到本机当日离线限额（{count} 笔、{yuan} 元），请连上网络再核销"),
                    format!("The till's limit without a network is reached: {count} a day, ¥{yuan}"),
                );
            }
            OfflineRefused::PotSpent { subsidy_fen, expired_at } => {
                let (yuan, at) = (subsidy_fen.yuan(), zone.short(*expired_at));
                return lang.pick(
                    format!("这张券在送达前已于 {at} 过期，资金池余额不足，补贴 {yuan} 元暂未入账，已立案转商务局处理"),
                    format!("The voucher expired at {at}, before this arrived, and its pot has no ¥{yuan} left: not booked yet, a case is open at the bureau"),
                );
            }
            OfflineRefused::Redeem(refused) => return refused.words(lang, zone),
        };
        lang.pick(zh, en).to_owned()
    }

    /// The HTTP status of its problem.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            OfflineRefused::NotEnrolled | OfflineRefused::NotAllowed => 409,
            _ => 422,
        }
    }
}
