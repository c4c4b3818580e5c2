//! The season itself.

use crate::{Area, Day, District, DistrictCode, Fen, Kind, ProvisionalCap, Timestamp, Zone};
use serde::{Deserialize, Serialize};

/// A sentence that the season goes by, in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Principle {
    /// 政府搭台.
    pub zh: String,
    /// The same in English.
    pub en: String,
}

/// What a manager may refund of their merchant's redemptions; its owner may
/// refund more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundLimits {
    /// In one reversal.
    pub each_fen: Fen,
    /// In one business day.
    pub day_fen: Fen,
}

impl RefundLimits {
    /// In fen, for a season that says nothing: ¥2,000 and ¥10,000.
    pub const USUAL: (i64, i64) = (200_000, 1_000_000);
}

impl Default for RefundLimits {
    fn default() -> RefundLimits {
        let fen = |amount| Fen::try_from(amount).unwrap_or(Fen::ZERO);
        RefundLimits { each_fen: fen(Self::USUAL.0), day_fen: fen(Self::USUAL.1) }
    }
}

/// The order up to which a clerk redeems alone, for a season that says nothing:
/// ¥20,000. Above it a manager or the owner does.
pub const USUAL_CLERK_ORDER_FEN: i64 = 2_000_000;

fn usual_clerk_order() -> Fen {
    Fen::try_from(USUAL_CLERK_ORDER_FEN).unwrap_or(Fen::ZERO)
}

/// What a merchant promises when it joins by itself (承诺书).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commitment {
    /// Moves with every change of the text; empty where there is none to sign.
    pub version: String,
    /// Its clauses in their order.
    pub clauses: Vec<Principle>,
}

impl Commitment {
    /// Whether there is one to sign.
    #[must_use]
    pub fn is_offered(&self) -> bool {
        !self.version.is_empty() && !self.clauses.is_empty()
    }
}

/// A city's consumption season (消费季): its dates, places and words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Season {
    /// 2021约惠鞍山夏日消费季.
    pub name: String,
    /// Its English name.
    pub name_en: String,
    /// The city's name.
    pub city: String,
    /// The city's English name.
    pub city_en: String,
    /// The first day.
    pub starts_on: Day,
    /// The last day, included.
    pub ends_on: Day,
    /// The IANA name of the zone: Asia/Shanghai.
    pub time_zone: String,
    /// The zone's offset.
    pub zone: Zone,
    /// Whether the content is demonstration data (演示数据).
    pub demo: bool,
    /// The moment at which a demonstration starts its clock.
    pub demo_clock: Option<Timestamp>,
    /// What managers may refund.
    #[serde(default)]
    pub refunds: RefundLimits,
    /// The order up to which a clerk redeems without a manager.
    #[serde(default = "usual_clerk_order")]
    pub clerk_order_fen: Fen,
    /// What a merchant that is not reviewed yet may redeem in a business day.
    #[serde(default)]
    pub provisional: ProvisionalCap,
    /// What a merchant signs to join.
    #[serde(default)]
    pub commitment: Commitment,
    /// What the season goes by.
    pub principles: Vec<Principle>,
    /// What it spans: the four axes.
    pub scope: Vec<Principle>,
    /// In the order of their codes.
    pub districts: Vec<District>,
    /// Tags inside districts.
    pub areas: Vec<Area>,
    /// Which trades take part.
    pub kinds: Vec<Kind>,
}

impl Season {
    /// Days left, today included; 0 when the season is over. Before the first
    /// day it is the whole length.
    #[must_use]
    pub fn days_left(&self, now: Timestamp) -> i64 {
        let today = self.zone.day(now).max(self.starts_on);
        (today.until(self.ends_on) + 1).max(0)
    }

    /// The district of a code, where the season has it.
    #[must_use]
    pub fn district(&self, code: DistrictCode) -> Option<&District> {
        self.districts.iter().find(|district| district.code == code)
    }
}
