//! Statistics for organizers, from the tallies.

use crate::catalogue::Catalogue;
use crate::store::Tx;
use crate::store::tally::{self, SumRow};
use crate::{Backend, Caller, Error, StoreError};
use domain::shapes::{DayStats, DistrictStats, StatsRow};
use domain::{
    CampaignId, Counts, Day, Denied, DistrictCode, Fen, Permission, Round, StatsQuery, Timestamp, Zone,
    apportion,
};
use std::collections::BTreeMap;

/// The longest range of business days.
const MAX_DAYS: i64 = 366;

/// What a query asks, read.
pub(crate) struct Range {
    pub(crate) from: Day,
    pub(crate) to: Day,
    pub(crate) campaign: Option<CampaignId>,
    /// The caller's own district, where they may see no other.
    pub(crate) only: Option<DistrictCode>,
}

impl Backend {
    /// The tally by district.
    ///
    /// # Errors
    /// The caller is no organizer, or the query is none.
    pub async fn district_stats(&self, caller: &Caller, query: &StatsQuery) -> Result<DistrictStats, Error> {
        let range = self.read_range(caller, query)?;
        self.count_few_residents().await?;
        let mut tx = self.db().read().await?;
        Ok(self.districts_in(&mut tx, &range, false).await?)
    }

    /// The tally by district, as a transaction sees it; with `exact`, the
    /// residents too.
    pub(crate) async fn districts_in(
        &self,
        tx: &mut Tx,
        range: &Range,
        exact: bool,
    ) -> Result<DistrictStats, StoreError> {
        let (now, zone) = (self.now(), self.zone());
        let catalogue = self.catalogue();
        let campaign = range.campaign.map_or(0, |campaign| campaign.0);
        let sums = self.sums(tally::sums(tx, range.from, range.to).await?, range);
        let residents = self.residents_in(tx, (range.from, range.to, campaign), exact).await?;
        let mut counts = released(&catalogue, range, now, zone);
        for sum in &sums {
            let of_district = counts.entry(sum.district).or_default();
            *of_district = of_district.plus(&counts_of(sum)?);
        }
        let mut items = Vec::new();
        for district in &catalogue.season().districts {
            let number = district.code.number();
            let of_district = counts.remove(&number).unwrap_or_default();
            if range.only.is_none_or(|only| only == district.code) {
                let residents = residents.of(number);
                items.push((
                    of_district,
                    StatsRow::of(
                        Some(district.code),
                        &district.name,
                        &district.name_en,
                        &of_district,
                        residents,
                    ),
                ));
            }
        }
        // Residents who have not named their district.
        if let Some(unknown) = counts.remove(&0).filter(|_| range.only.is_none()) {
            items.push((unknown, StatsRow::of(None, "未登记区县", "No district given", &unknown, 0)));
        }
        let total = items.iter().fold(Counts::default(), |sum, (counts, _)| sum.plus(counts));
        let all_residents = range.only.map_or(residents.all(), |only| residents.of(only.number()));
        Ok(DistrictStats {
            as_of: zone.rfc3339(now),
            residents_as_of: zone.rfc3339(residents.at),
            from: range.from.to_string(),
            to: range.to.to_string(),
            campaign: range.campaign,
            items: items.into_iter().map(|(_, row)| row).collect(),
            total: StatsRow::of(None, "合计", "Total", &total, all_residents),
        })
    }

    /// The tally by business day, without gaps.
    ///
    /// # Errors
    /// The caller is no organizer, or the query is none.
    pub async fn day_stats(&self, caller: &Caller, query: &StatsQuery) -> Result<Vec<DayStats>, Error> {
        let range = self.read_range(caller, query)?;
        let mut tx = self.db().read().await?;
        Ok(self.days_in(&mut tx, &range).await?)
    }

    /// The tally by business day, as a transaction sees it.
    pub(crate) async fn days_in(&self, tx: &mut Tx, range: &Range) -> Result<Vec<DayStats>, StoreError> {
        let sums = self.sums(tally::sums(tx, range.from, range.to).await?, range);
        let mut days: BTreeMap<Day, Counts> = BTreeMap::new();
        let mut day = range.from;
        while day <= range.to {
            days.insert(day, Counts::default());
            day = day.next();
        }
        for sum in &sums {
            let day: Day = sum.business_day.parse().map_err(StoreError::corrupt)?;
            let of_day = days.entry(day).or_default();
            let visible = range.only.is_none_or(|only| only.number() == sum.district);
            *of_day = if visible { of_day.plus(&counts_of(sum)?) } else { *of_day };
        }
        let shape = |(day, counts): (Day, Counts)| DayStats {
            day: day.to_string(),
            claimed: counts.claimed,
            redeemed: counts.redeemed,
            subsidy_fen: counts.subsidy,
            order_fen: counts.order,
        };
        Ok(days.into_iter().map(shape).collect())
    }

    /// Reads a range of days of the season, the season so far by default.
    pub(crate) fn read_range(&self, caller: &Caller, query: &StatsQuery) -> Result<Range, Error> {
        caller.require(Permission::SeeStats)?;
        let catalogue = self.catalogue();
        let season = catalogue.season();
        let today = self.zone().business_day(self.now()).max(season.starts_on);
        let day = |field: &str, text: &Option<String>, default: Day| {
            text.as_deref()
                .map_or(Ok(default), |text| text.parse().map_err(|error| Denied::query(field, error)))
        };
        let (from, to) = (day("from", &query.from, season.starts_on)?, day("to", &query.to, today)?);
        let (first, last) =
            (season.starts_on.min(self.zone().business_day(self.now())), season.ends_on.max(today));
        if from < first {
            return Err(Denied::query("from", format!("≥ {first}")).into());
        }
        if to > last {
            return Err(Denied::query("to", format!("≤ {last}")).into());
        }
        if from.until(to) < 0 {
            return Err(Denied::query("to", format!("≥ {from}")).into());
        }
        if from.until(to) >= MAX_DAYS {
            return Err(Denied::query("from", format!("≤ {MAX_DAYS} days")).into());
        }
        let campaign = query.campaign.as_deref().map(|text| {
            let known = text.parse().ok().filter(|id| catalogue.campaign(*id).is_some());
            known.ok_or_else(|| Denied::query("campaign", "an existing campaign's id"))
        });
        Ok(Range { from, to, campaign: campaign.transpose()?, only: caller.confined_to() })
    }

    /// The sums of the campaign that the range asks for.
    fn sums(&self, sums: Vec<SumRow>, range: &Range) -> Vec<SumRow> {
        let catalogue = self.catalogue();
        let asked = |sum: &SumRow| {
            let round = catalogue.round(domain::RoundId(sum.round_id));
            range.campaign.is_none_or(|campaign| round.is_some_and(|round| round.campaign_id == campaign))
        };
        sums.into_iter().filter(asked).collect()
    }
}

/// What was released to each district's residents in the range, and the
/// campaigns' money, by district number: a round's quotas as they are, the rest
/// split by weight.
fn released(catalogue: &Catalogue, range: &Range, now: Timestamp, zone: Zone) -> BTreeMap<i64, Counts> {
    let districts = &catalogue.season().districts;
    let weights: Vec<i64> = districts.iter().map(|district| district.weight).collect();
    let mut counts: BTreeMap<i64, Counts> = BTreeMap::new();
    let mut add = |district: DistrictCode, released: i64, budget: i64| {
        let more =
            Counts { released, budget: Fen::try_from(budget).unwrap_or(Fen::MAX), ..Counts::default() };
        let of_district = counts.entry(district.number()).or_default();
        *of_district = of_district.plus(&more);
    };
    let asked = |campaign: CampaignId| range.campaign.is_none_or(|only| only == campaign);
    let in_range = |round: &&Round| {
        let day = zone.business_day(round.opens_at);
        asked(round.campaign_id) && round.opens_at <= now && (range.from..=range.to).contains(&day)
    };
    for round in catalogue.rounds().iter().filter(in_range) {
        if round.quotas.is_empty() {
            let parts = apportion(round.quantity, &weights);
            districts.iter().zip(parts).for_each(|(district, part)| add(district.code, part, 0));
        } else {
            round.quotas.iter().for_each(|quota| add(quota.district, quota.quantity, 0));
        }
    }
    for campaign in catalogue.campaigns().iter().filter(|campaign| asked(campaign.id)) {
        let parts = apportion(campaign.pot_fen.get(), &weights);
        districts.iter().zip(parts).for_each(|(district, part)| add(district.code, 0, part));
    }
    counts
}

fn counts_of(sum: &SumRow) -> Result<Counts, StoreError> {
    let fen = |amount: i64| Fen::try_from(amount).map_err(StoreError::corrupt);
    Ok(Counts {
        released: 0,
        claimed: sum.claimed,
        redeemed: sum.redeemed,
        subsidy: fen(sum.subsidy_fen)?,
        government: fen(sum.government_fen)?,
        order: fen(sum.order_fen)?,
        budget: Fen::ZERO,
    })
}
