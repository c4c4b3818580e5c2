//! What a caller asks of a list, read from the URL's texts. A value that the
//! season does not know is refused by the name of its field.

use super::Catalogue;
use crate::search::Wanted;
use domain::{
    CampaignId, Channel, Denied, DistrictCode, KindCode, Merchant, Method, OfferQuery, Outlet, Promotion,
    Round, RoundQuery, RoundState, Sector, Setting, Supply, Timestamp,
};
use std::fmt::Display;
use std::str::FromStr;

/// The most characters of a search.
const MAX_SEARCH: usize = 40;

/// Filters for merchants and promotions.
pub(super) struct OfferFilter {
    district: Option<DistrictCode>,
    kind: Option<KindCode>,
    axes: AxesFilter,
    night: Option<bool>,
    open_now: Option<bool>,
    /// What is searched for.
    pub(super) wanted: Option<Wanted>,
}

struct AxesFilter {
    channel: Option<Channel>,
    supply: Option<Supply>,
    setting: Option<Setting>,
    sector: Option<Sector>,
}

impl OfferFilter {
    /// Reads the filters; limit and cursor are read with the page.
    pub(super) fn read(query: &OfferQuery, catalogue: &Catalogue) -> Result<OfferFilter, Denied> {
        let season = catalogue.season();
        let districts: Vec<DistrictCode> = season.districts.iter().map(|district| district.code).collect();
        let kinds: Vec<&str> = season.kinds.iter().map(|kind| kind.code.0.as_str()).collect();
        let kind = query.kind.as_deref().map(|text| {
            let known = kinds.iter().find(|kind| **kind == text);
            known.map(|kind| KindCode((*kind).to_owned())).ok_or_else(|| none_of("kind", &kinds))
        });
        Ok(OfferFilter {
            district: choice("district", query.district.as_deref(), &districts)?,
            kind: kind.transpose()?,
            axes: AxesFilter {
                channel: choice("channel", query.channel.as_deref(), Channel::ALL)?,
                supply: choice("supply", query.supply.as_deref(), Supply::ALL)?,
                setting: choice("setting", query.setting.as_deref(), Setting::ALL)?,
                sector: choice("sector", query.sector.as_deref(), Sector::ALL)?,
            },
            night: choice("night", query.night.as_deref(), &[true, false])?,
            open_now: choice("open_now", query.open_now.as_deref(), &[true, false])?,
            wanted: query.q.as_deref().map(wanted).transpose()?,
        })
    }

    /// Whether a merchant answers: by its outlets, and for the axes by any one
    /// of its promotions.
    pub(super) fn takes_merchant(&self, merchant: &Merchant, catalogue: &Catalogue, now: Timestamp) -> bool {
        let any_outlet = |fits: &dyn Fn(&Outlet) -> bool| catalogue.outlets_of(merchant.id).any(fits);
        let any_promotion = || catalogue.promotions_of(merchant.id).any(|offer| self.axes.take(offer));
        merchant.state.takes_part()
            && is(&self.kind, || merchant.kind.clone())
            && self.district.is_none_or(|wanted| any_outlet(&|outlet| outlet.district == wanted))
            && is(&self.night, || any_outlet(&|outlet| outlet.night))
            && is(&self.open_now, || any_outlet(&|outlet| catalogue.is_open(outlet, now)))
            && (self.axes.are_empty() || any_promotion())
    }

    /// Whether a promotion answers.
    pub(super) fn takes_promotion(&self, offer: &Promotion, catalogue: &Catalogue, now: Timestamp) -> bool {
        let district = |wanted| catalogue.outlets_at(offer).any(|outlet| outlet.district == wanted);
        self.axes.take(offer)
            && is(&self.kind, || catalogue.merchants[offer.merchant_id].kind.clone())
            && self.district.is_none_or(district)
            && is(&self.night, || catalogue.is_night(offer))
            && is(&self.open_now, || catalogue.is_usable(offer, now))
    }
}

impl AxesFilter {
    fn are_empty(&self) -> bool {
        self.channel.is_none() && self.supply.is_none() && self.setting.is_none() && self.sector.is_none()
    }

    fn take(&self, offer: &Promotion) -> bool {
        let axes = offer.axes;
        self.channel.is_none_or(|wanted| axes.channel.includes(wanted))
            && self.supply.is_none_or(|wanted| axes.supply.includes(wanted))
            && self.setting.is_none_or(|wanted| axes.setting.includes(wanted))
            && self.sector.is_none_or(|wanted| axes.sector == wanted)
    }
}

/// Filters for rounds.
pub(super) struct RoundFilter {
    state: Option<RoundState>,
    campaign: Option<CampaignId>,
    method: Option<Method>,
}

impl RoundFilter {
    /// Reads the filters; limit and cursor are read with the page.
    pub(super) fn read(query: &RoundQuery, catalogue: &Catalogue) -> Result<RoundFilter, Denied> {
        let campaigns: Vec<CampaignId> = catalogue.campaigns().iter().map(|terms| terms.id).collect();
        Ok(RoundFilter {
            state: choice("state", query.state.as_deref(), RoundState::ALL)?,
            campaign: choice("campaign", query.campaign.as_deref(), &campaigns)?,
            method: choice("method", query.method.as_deref(), Method::ALL)?,
        })
    }

    /// Whether a round answers.
    pub(super) fn takes(&self, round: &Round, now: Timestamp) -> bool {
        is(&self.state, || round.state(now))
            && is(&self.campaign, || round.campaign_id)
            && is(&self.method, || round.method)
    }
}

/// Whether a value is the wanted one, if one is wanted.
fn is<T: PartialEq>(wanted: &Option<T>, value: impl Fn() -> T) -> bool {
    wanted.as_ref().is_none_or(|wanted| *wanted == value())
}

/// Reads one of the values that are there, as it is written.
fn choice<T>(field: &str, text: Option<&str>, all: &[T]) -> Result<Option<T>, Denied>
where
    T: Copy + PartialEq + Display + FromStr,
{
    let Some(text) = text else { return Ok(None) };
    let value = text.parse::<T>().ok().filter(|value| all.contains(value) && value.to_string() == text);
    value.map(Some).ok_or_else(|| none_of(field, all))
}

fn none_of<T: Display>(field: &str, all: &[T]) -> Denied {
    let allowed: Vec<String> = all.iter().map(ToString::to_string).collect();
    Denied::query(field, allowed.join(" | "))
}

fn wanted(text: &str) -> Result<Wanted, Denied> {
    if text.trim().is_empty() || text.chars().count() > MAX_SEARCH {
        return Err(Denied::query("q", format!("1–{MAX_SEARCH} 字 / characters")));
    }
    Ok(Wanted::read(text))
}
