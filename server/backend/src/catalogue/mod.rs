//! What anyone may read, as one immutable value in memory: the season, who
//! takes part, what is on offer, which vouchers are released when. A change
//! makes a new value; stock alone stays in the database.

mod empty;
mod filter;
mod indexes;
mod lists;
mod service;
mod shapes;
mod table;
#[cfg(test)]
mod tests;
mod vouchers;

pub(crate) use vouchers::{Remaining, percent_off};

use crate::search::Index;
use domain::{
    Area, CampaignId, CampaignTerms, Dish, District, DistrictCode, Event, EventId, Kind, KindCode, Merchant,
    MerchantId, MerchantState, News, Outlet, OutletId, Promotion, PromotionId, ProvisionalCap, Round,
    RoundId, Season,
};
use std::cmp::Reverse;
use std::collections::HashSet;
use table::{Groups, Table};

/// What a catalogue is made of.
#[derive(Clone, Debug)]
pub(crate) struct Parts {
    /// With its districts, areas and kinds.
    pub(crate) season: Season,
    pub(crate) merchants: Vec<Merchant>,
    pub(crate) outlets: Vec<Outlet>,
    /// Those at which enrolled tills alone redeem.
    pub(crate) enrolled_only: Vec<OutletId>,
    pub(crate) promotions: Vec<Promotion>,
    pub(crate) campaigns: Vec<CampaignTerms>,
    pub(crate) rounds: Vec<Round>,
    pub(crate) news: Vec<News>,
    pub(crate) events: Vec<Event>,
    pub(crate) dishes: Vec<Dish>,
}

/// A part names another that is not there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{whose} names {what}, which does not exist")]
pub(crate) struct Dangling {
    whose: String,
    what: String,
}

/// The catalogue. Everything in it names only what is in it too.
#[derive(Debug)]
pub(crate) struct Catalogue {
    season: Season,
    merchants: Table<MerchantId, Merchant>,
    outlets: Table<OutletId, Outlet>,
    enrolled_only: HashSet<OutletId>,
    promotions: Table<PromotionId, Promotion>,
    campaigns: Table<CampaignId, CampaignTerms>,
    /// By opening time.
    rounds: Table<RoundId, Round>,
    outlets_by_merchant: Groups<MerchantId>,
    promotions_by_merchant: Groups<MerchantId>,
    rounds_by_campaign: Groups<CampaignId>,
    /// The newest first.
    news: Vec<News>,
    events: Table<EventId, Event>,
    dishes: Table<i64, Dish>,
    merchant_index: Index,
    promotion_index: Index,
}

impl Catalogue {
    /// Puts the parts in order: everything by number, rounds by opening time,
    /// news from the newest.
    ///
    /// # Errors
    /// A part names a district, kind, merchant, outlet or campaign that is not
    /// there.
    pub(crate) fn new(parts: Parts) -> Result<Catalogue, Dangling> {
        let mut catalogue = Catalogue::arrange(parts);
        catalogue.check()?;
        catalogue.merchant_index = catalogue.index_merchants();
        catalogue.promotion_index = catalogue.index_promotions();
        Ok(catalogue)
    }

    /// The parts in order, unchecked and without anything to search. What a
    /// merchant posted is not there while it takes no part.
    fn arrange(mut parts: Parts) -> Catalogue {
        let away = parts.merchants.iter().filter(|merchant| !merchant.state.takes_part());
        let away: HashSet<MerchantId> = away.map(|merchant| merchant.id).collect();
        parts.promotions.retain(|offer| !away.contains(&offer.merchant_id));
        let mut news = parts.news;
        news.sort_by_key(|news| Reverse(news.published_on));
        let outlets = Table::new(parts.outlets, |outlet| outlet.id, |outlet| outlet.id);
        let promotions = Table::new(parts.promotions, |offer| offer.id, |offer| offer.id);
        let rounds = Table::new(parts.rounds, |round| round.id, |round| (round.opens_at, round.id));
        Catalogue {
            outlets_by_merchant: outlets.group_by(|outlet| outlet.merchant_id),
            promotions_by_merchant: promotions.group_by(|offer| offer.merchant_id),
            rounds_by_campaign: rounds.group_by(|round| round.campaign_id),
            season: parts.season,
            merchants: Table::new(parts.merchants, |merchant| merchant.id, |merchant| merchant.id),
            outlets,
            enrolled_only: parts.enrolled_only.into_iter().collect(),
            promotions,
            campaigns: Table::new(parts.campaigns, |terms| terms.id, |terms| terms.id),
            rounds,
            news,
            events: Table::new(parts.events, |event| event.id, |event| event.id),
            dishes: Table::new(parts.dishes, |dish| dish.id, |dish| dish.id),
            merchant_index: Index::default(),
            promotion_index: Index::default(),
        }
    }

    fn check(&self) -> Result<(), Dangling> {
        for merchant in self.merchants.rows() {
            let whose = || format!("merchant {}", merchant.id);
            exists(self.kind(&merchant.kind), whose, || format!("kind {}", merchant.kind))?;
        }
        for outlet in self.outlets.rows() {
            let whose = || format!("outlet {}", outlet.id);
            let (merchant, district) = (outlet.merchant_id, outlet.district);
            exists(self.merchant(merchant), whose, || format!("merchant {merchant}"))?;
            exists(self.district(district), whose, || format!("district {district}"))?;
            if let Some(area) = &outlet.area {
                exists(self.area(area), whose, || format!("area {area}"))?;
            }
        }
        for offer in self.promotions.rows() {
            let whose = || format!("promotion {}", offer.id);
            let merchant = offer.merchant_id;
            exists(self.merchant(merchant), whose, || format!("merchant {merchant}"))?;
            for outlet in &offer.outlets {
                exists(self.outlet(*outlet), whose, || format!("outlet {outlet}"))?;
            }
        }
        for round in self.rounds.rows() {
            let whose = || format!("round {}", round.id);
            let campaign = round.campaign_id;
            exists(self.campaign(campaign), whose, || format!("campaign {campaign}"))?;
        }
        Ok(())
    }

    /// The season.
    pub(crate) fn season(&self) -> &Season {
        &self.season
    }

    /// A district by its code.
    pub(crate) fn district(&self, code: DistrictCode) -> Option<&District> {
        self.season.district(code)
    }

    /// An area by its key.
    pub(crate) fn area(&self, key: &str) -> Option<&Area> {
        self.season.areas.iter().find(|area| area.key == key)
    }

    /// A kind by its code.
    pub(crate) fn kind(&self, code: &KindCode) -> Option<&Kind> {
        self.season.kinds.iter().find(|kind| kind.code == *code)
    }

    /// A merchant by its number.
    pub(crate) fn merchant(&self, id: MerchantId) -> Option<&Merchant> {
        self.merchants.get(id)
    }

    /// Every merchant, whether it takes part or not.
    pub(crate) fn merchants(&self) -> &[Merchant] {
        self.merchants.rows()
    }

    /// A merchant that takes part, by its number.
    pub(crate) fn merchant_taking_part(&self, id: MerchantId) -> Option<&Merchant> {
        self.merchant(id).filter(|merchant| merchant.state.takes_part())
    }

    /// What a merchant may redeem in a business day; `None` once it is reviewed.
    pub(crate) fn cap_of(&self, merchant: &Merchant) -> Option<ProvisionalCap> {
        (merchant.state == MerchantState::Provisional).then_some(self.season.provisional)
    }

    /// An outlet by its number.
    pub(crate) fn outlet(&self, id: OutletId) -> Option<&Outlet> {
        self.outlets.get(id)
    }

    /// Whether enrolled tills alone redeem at an outlet.
    pub(crate) fn is_enrolled_only(&self, id: OutletId) -> bool {
        self.enrolled_only.contains(&id)
    }

    /// The outlets by number.
    pub(crate) fn outlets(&self) -> &[Outlet] {
        self.outlets.rows()
    }

    /// A promotion by its number.
    pub(crate) fn promotion(&self, id: PromotionId) -> Option<&Promotion> {
        self.promotions.get(id)
    }

    /// A campaign by its number.
    pub(crate) fn campaign(&self, id: CampaignId) -> Option<&CampaignTerms> {
        self.campaigns.get(id)
    }

    /// A round by its number.
    pub(crate) fn round(&self, id: RoundId) -> Option<&Round> {
        self.rounds.get(id)
    }

    /// The campaigns by number.
    pub(crate) fn campaigns(&self) -> &[CampaignTerms] {
        self.campaigns.rows()
    }

    /// All rounds by opening time.
    pub(crate) fn rounds(&self) -> &[Round] {
        self.rounds.rows()
    }

    /// The outlets of a merchant, by number.
    pub(crate) fn outlets_of(&self, merchant: MerchantId) -> impl Iterator<Item = &Outlet> {
        self.outlets.group(&self.outlets_by_merchant, merchant)
    }

    /// The promotions of a merchant, by number.
    pub(crate) fn promotions_of(&self, merchant: MerchantId) -> impl Iterator<Item = &Promotion> {
        self.promotions.group(&self.promotions_by_merchant, merchant)
    }

    /// The outlets at which a promotion runs.
    pub(crate) fn outlets_at(&self, offer: &Promotion) -> impl Iterator<Item = &Outlet> {
        offer.outlets.iter().map(|outlet| &self.outlets[*outlet])
    }

    /// The rounds of a campaign, by opening time.
    pub(crate) fn rounds_of(&self, campaign: CampaignId) -> impl Iterator<Item = &Round> {
        self.rounds.group(&self.rounds_by_campaign, campaign)
    }
}

fn exists<T>(
    found: Option<T>,
    whose: impl Fn() -> String,
    what: impl Fn() -> String,
) -> Result<(), Dangling> {
    found.map(|_| ()).ok_or_else(|| Dangling { whose: whose(), what: what() })
}
