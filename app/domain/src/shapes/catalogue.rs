//! What anyone may read: the season, who takes part, what is on offer.

use crate::{
    Benefit, CampaignId, Channel, DistrictCode, EventId, Fen, Funding, KindCode, MerchantId, MerchantState,
    Method, OutletId, Principle, PromotionId, RoundId, RoundState, Sector, Setting, Supply,
};
use serde::{Deserialize, Serialize};

macro_rules! shape {
    ($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident: $type:ty,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub struct $name { $($(#[$fdoc])* pub $field: $type,)+ }
    };
}
pub(super) use shape;

shape! {
    /// The season and the server's clock.
    SeasonShape {
        /// 2021约惠鞍山夏日消费季.
        name: String,
        /// Its English name.
        name_en: String,
        /// The city.
        city: String,
        /// The city in English.
        city_en: String,
        /// The first day.
        starts_on: String,
        /// The last day, included.
        ends_on: String,
        /// Asia/Shanghai.
        time_zone: String,
        /// The server's time: browsers count down by this.
        now: String,
        /// The business day that this moment belongs to.
        business_day: String,
        /// Days left, today included.
        days_left: i64,
        /// Whether the content is demonstration data.
        demo: bool,
        /// What the season goes by.
        principles: Vec<Principle>,
        /// What it spans.
        scope: Vec<Principle>,
        /// The trades that take part.
        kinds: Vec<KindShape>,
    }
}

shape! {
    /// A trade.
    KindShape {
        /// `catering`.
        code: KindCode,
        /// 餐饮.
        name: String,
        /// Catering.
        name_en: String,
    }
}

shape! {
    /// An area inside a district.
    AreaShape {
        /// The key that outlets carry.
        key: String,
        /// 高新区.
        name: String,
        /// High-tech Zone.
        name_en: String,
    }
}

shape! {
    /// A district and what is in it.
    DistrictShape {
        /// GB/T 2260.
        code: DistrictCode,
        /// 铁东区.
        name: String,
        /// Tiedong District.
        name_en: String,
        /// Whether it counts as `urban` or `rural`.
        setting: Option<Setting>,
        /// Its column on the map of tiles, from 0.
        tile_column: Option<i64>,
        /// Its row there.
        tile_row: Option<i64>,
        /// Its areas.
        areas: Vec<AreaShape>,
        /// The share by which a quantity is split over the districts.
        weight: i64,
        /// How many merchants have an outlet here.
        merchants: i64,
        /// How many outlets.
        outlets: i64,
        /// How many promotions.
        promotions: i64,
    }
}

shape! {
    /// A merchant's shop.
    OutletShape {
        /// Its number.
        id: OutletId,
        /// Whose.
        merchant_id: MerchantId,
        /// Its name.
        name: String,
        /// Its name in English.
        name_en: String,
        /// Where.
        district: DistrictCode,
        /// The district's name.
        district_name: String,
        /// The district's name in English.
        district_name_en: String,
        /// The area, where it lies in one.
        area: Option<AreaShape>,
        /// Street and number.
        address: String,
        /// The address in English.
        address_en: String,
        /// Weekly hours: `daily 09:00-22:00`.
        hours: String,
        /// Whether it takes part in the nights.
        night: bool,
        /// Whether it is open at this moment.
        open_now: bool,
        /// The shop's telephone; may be empty.
        telephone: String,
    }
}

shape! {
    /// A merchant and its outlets.
    MerchantShape {
        /// Its number.
        id: MerchantId,
        /// Its name.
        name: String,
        /// Its name in English.
        name_en: String,
        /// Its trade.
        kind: KindCode,
        /// The trade's name.
        kind_name: String,
        /// The trade's name in English.
        kind_name_en: String,
        /// Where it has outlets.
        districts: Vec<DistrictCode>,
        /// Whether an outlet takes part in the nights.
        night: bool,
        /// Whether an outlet is open at this moment.
        open_now: bool,
        /// Its outlets.
        outlets: Vec<OutletShape>,
        /// How many promotions it has.
        promotions: i64,
        /// Whether this is demonstration content.
        demo: bool,
        /// Where it stands with the bureau.
        state: MerchantState,
    }
}

shape! {
    /// A merchant's promotion.
    PromotionShape {
        /// Its number.
        id: PromotionId,
        /// Whose.
        merchant_id: MerchantId,
        /// The merchant's name.
        merchant_name: String,
        /// The merchant's name in English.
        merchant_name_en: String,
        /// The merchant's trade.
        kind: KindCode,
        /// The trade's name.
        kind_name: String,
        /// The trade's name in English.
        kind_name_en: String,
        /// One line.
        title: String,
        /// The line in English.
        title_en: String,
        /// A few sentences.
        text: String,
        /// The sentences in English.
        text_en: String,
        /// What it costs or saves.
        price_text: String,
        /// The same in English.
        price_text_en: String,
        /// 线上线下.
        channel: Channel,
        /// 商品服务.
        supply: Supply,
        /// 城市乡村.
        setting: Setting,
        /// 商旅文娱.
        sector: Sector,
        /// The first day.
        starts_on: String,
        /// The last day, included.
        ends_on: String,
        /// Weekly hours, where it has its own.
        hours: Option<String>,
        /// Whether it is a night offer: its own hours, or else an outlet's.
        night: bool,
        /// Whether it can be used at this moment: it runs and an outlet is open.
        open_now: bool,
        /// Where its outlets are.
        districts: Vec<DistrictCode>,
        /// At which outlets.
        outlet_ids: Vec<OutletId>,
        /// An online shop.
        link: Option<String>,
        /// Photos, in their order.
        photos: Vec<super::PhotoShape>,
        /// Whether this is demonstration content.
        demo: bool,
    }
}

shape! {
    /// A campaign's terms.
    CampaignShape {
        /// Its number.
        id: CampaignId,
        /// Its name.
        title: String,
        /// Its name in English.
        title_en: String,
        /// A sentence or two.
        summary: String,
        /// The sentences in English.
        summary_en: String,
        /// Who pays.
        funded_by: Funding,
        /// The government's part of each subsidy.
        government_percent: u8,
        /// `threshold`, `percent` or `cash`.
        kind: String,
        /// What it takes off; the cap of a percentage.
        face_value_fen: Fen,
        /// The order from which it works.
        threshold_fen: Fen,
        /// 20 means 8折; percentages only.
        percent_off: Option<u8>,
        /// The campaign's money.
        pot_fen: Fen,
        /// Claims per resident in the campaign.
        per_campaign: i64,
        /// Claims per resident and business day.
        per_day: i64,
        /// Redemptions per resident, outlet and business day.
        per_outlet_day: i64,
        /// Redemptions per resident, merchant and business day, at all its
        /// outlets together; not limited, when null.
        per_merchant_day: Option<i64>,
        /// The districts in which it works.
        districts: Vec<DistrictCode>,
        /// The kinds for which it works.
        merchant_kinds: Vec<KindCode>,
        /// Only at these outlets; at all that fit, when empty.
        outlets_allow: Vec<OutletId>,
        /// Not at these outlets.
        outlets_deny: Vec<OutletId>,
        /// The first business day of use.
        usable_from: String,
        /// The last business day of use, included.
        usable_to: String,
        /// Weekly hours of use; always, when null.
        hours: Option<String>,
        /// Validity to the end of this business day.
        valid_until: Option<String>,
        /// Or validity in hours after issue.
        valid_hours: Option<u32>,
        /// Whether a merchant promotion may join it on one order.
        with_promotion: bool,
        /// Whether a full reversal gives the voucher back.
        returns_on_reversal: bool,
        /// Its rounds, by opening time.
        round_ids: Vec<RoundId>,
        /// Whether this is demonstration content.
        demo: bool,
    }
}

shape! {
    /// A round's quantity for one district.
    QuotaShape {
        /// Whose residents.
        district: DistrictCode,
        /// How many.
        quantity: i64,
        /// How many are left.
        remaining: i64,
        /// From when what is left serves every district.
        lend_at: Option<String>,
    }
}

shape! {
    /// A round, with what it gives and what is left.
    RoundShape {
        /// Its number.
        id: RoundId,
        /// Whose terms.
        campaign_id: CampaignId,
        /// Its name.
        title: String,
        /// Its name in English.
        title_en: String,
        /// The campaign's name.
        campaign_title: String,
        /// The campaign's name in English.
        campaign_title_en: String,
        /// How it gives out.
        method: Method,
        /// Where it stands.
        state: RoundState,
        /// From when.
        opens_at: String,
        /// Until when.
        closes_at: String,
        /// How many.
        quantity: i64,
        /// How many are left.
        remaining: i64,
        /// The most for one resident.
        per_resident: i64,
        /// `threshold`, `percent` or `cash`.
        kind: String,
        /// What it takes off; the cap of a percentage.
        face_value_fen: Fen,
        /// The order from which it works.
        threshold_fen: Fen,
        /// 20 means 8折; percentages only.
        percent_off: Option<u8>,
        /// The districts in which its vouchers work.
        districts: Vec<DistrictCode>,
        /// By district; empty when everyone draws on the whole.
        quotas: Vec<QuotaShape>,
        /// What a draw round promises and where it stands; null for other methods.
        draw: Option<super::DrawShape>,
        /// Whether this is demonstration content.
        demo: bool,
    }
}

impl RoundShape {
    /// What its vouchers take off.
    #[must_use]
    pub fn benefit(&self) -> Benefit {
        benefit(&self.kind, self.face_value_fen, self.threshold_fen, self.percent_off)
    }
}

impl CampaignShape {
    /// What its vouchers take off.
    #[must_use]
    pub fn benefit(&self) -> Benefit {
        benefit(&self.kind, self.face_value_fen, self.threshold_fen, self.percent_off)
    }
}

/// The benefit that the four fields of a shape describe.
pub(super) fn benefit(
    kind: &str,
    face_value_fen: Fen,
    threshold_fen: Fen,
    percent_off: Option<u8>,
) -> Benefit {
    match (kind, percent_off) {
        ("percent", Some(percent_off)) => Benefit::Percent { percent_off, face_value_fen, threshold_fen },
        ("cash", _) => Benefit::Cash { face_value_fen },
        _ => Benefit::Threshold { face_value_fen, threshold_fen },
    }
}

shape! {
    /// A round's live part, as `/rounds/live` streams it.
    RoundLive {
        /// Which.
        id: RoundId,
        /// Where it stands.
        state: RoundState,
        /// How many are left.
        remaining: i64,
        /// The server's time.
        now: String,
    }
}

shape! {
    /// A news card.
    NewsShape {
        /// The day on which it was published.
        published_on: String,
        /// One line.
        title: String,
        /// The line in English.
        title_en: String,
        /// A sentence or two.
        summary: String,
        /// The sentences in English.
        summary_en: String,
        /// The whole text.
        body: String,
        /// The text in English.
        body_en: String,
    }
}

shape! {
    /// A fair, a night market, a contest.
    EventShape {
        /// Its number.
        id: EventId,
        /// What it is: `fair`, `night_market`, `contest` …
        kind: String,
        /// Its name.
        title: String,
        /// Its name in English.
        title_en: String,
        /// The first day.
        starts_on: String,
        /// The last day, included.
        ends_on: String,
        /// Weekly hours, where known.
        hours: Option<String>,
        /// Where.
        place: String,
        /// Where, in English.
        place_en: String,
        /// In which district.
        district: DistrictCode,
        /// A sentence or two.
        summary: String,
        /// The sentences in English.
        summary_en: String,
        /// Whether details are demonstration content.
        demo: bool,
    }
}

shape! {
    /// A local signature dish.
    DishShape {
        /// Its number.
        id: i64,
        /// Its name.
        name: String,
        /// Its name in English.
        name_en: String,
        /// Of which district.
        district: DistrictCode,
        /// Who serves it, where one takes part.
        merchant_id: Option<MerchantId>,
        /// A sentence or two.
        summary: String,
        /// The sentences in English.
        summary_en: String,
        /// Whether this is demonstration content.
        demo: bool,
    }
}
