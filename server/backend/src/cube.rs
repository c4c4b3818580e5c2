//! Cuts through the cube of tallies, for organizers.

use crate::catalogue::Catalogue;
use crate::stats::Range;
use crate::store::Tx;
use crate::store::tally::{self, Cut, CutRow};
use crate::{Backend, Caller, Error, StoreError};
use domain::shapes::{CubeItem, CubeKey, CubeShape, CubeSums, DelayShape, DelaysShape};
use domain::{
    CampaignId, Channel, Counts, CubeQuery, Denied, Dimension, DistrictCode, Fen, KindCode, RoundId, Setting,
    StatsQuery, hour_of_business_day, is_night, read_dimensions,
};
use std::collections::BTreeMap;

/// Cells of one cut at most.
const MOST_ITEMS: usize = 20_000;
/// The longest range of business days over which waits are counted: each
/// redemption is looked at.
const MOST_DELAY_DAYS: i64 = 31;
/// Where the classes of waits begin, in hours.
const DELAYS: [i64; 6] = [0, 1, 6, 24, 72, 168];

/// A value of a dimension, in its order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    place: i64,
    code: String,
}

/// What a cell adds up to, and the part of it that is under suspicion.
#[derive(Clone, Copy, Debug, Default)]
struct Cell {
    counts: Counts,
    suspicious: Counts,
}

type Cells = BTreeMap<Vec<Key>, Cell>;

impl Backend {
    /// A cut by one or two dimensions, and the same in another range if asked.
    ///
    /// # Errors
    /// The caller is no organizer, or the query is none.
    pub async fn cube(&self, caller: &Caller, query: &CubeQuery) -> Result<CubeShape, Error> {
        let range = self.read_range(caller, &range_of(query))?;
        let by = query.by.as_deref().unwrap_or(Dimension::District.code());
        let by = read_dimensions(by).map_err(|allowed| Denied::query("by", allowed))?;
        let compared = self.compared_range(caller, query)?;
        let mut tx = self.db().read().await?;
        let cube = self.cube_in(&mut tx, &range, compared, by).await?;
        if cube.items.len() > MOST_ITEMS {
            return Err(Denied::query("by", format!("≤ {MOST_ITEMS} cells")).into());
        }
        Ok(cube)
    }

    /// A cut, as a transaction sees it.
    pub(crate) async fn cube_in(
        &self,
        tx: &mut Tx,
        range: &Range,
        compared: Option<Range>,
        by: Vec<Dimension>,
    ) -> Result<CubeShape, StoreError> {
        let now = self.cells(tx, range, &by).await?;
        let before = match &compared {
            Some(range) => Some(self.cells(tx, range, &by).await?),
            None => None,
        };
        let items = self.items(&by, &now, before.as_ref());
        let zone = self.zone();
        Ok(CubeShape {
            as_of: zone.rfc3339(self.now()),
            from: range.from.to_string(),
            to: range.to.to_string(),
            campaign: range.campaign,
            by,
            compare_from: compared.as_ref().map(|range| range.from.to_string()),
            compare_to: compared.as_ref().map(|range| range.to.to_string()),
            items,
            total: total(&now),
            compared_total: before.as_ref().map(total),
        })
    }

    /// How long after their claim the redemptions of a range came.
    ///
    /// # Errors
    /// The caller is no organizer, or the query is none.
    pub async fn delays(&self, caller: &Caller, query: &StatsQuery) -> Result<DelaysShape, Error> {
        let range = self.read_range(caller, query)?;
        if range.from.until(range.to) >= MOST_DELAY_DAYS {
            return Err(Denied::query("from", format!("≤ {MOST_DELAY_DAYS} days")).into());
        }
        let mut tx = self.db().read().await?;
        let campaign = range.campaign.map_or(0, |campaign| campaign.0);
        let counted = tally::delays(&mut tx, range.from, range.to, campaign, only(&range)).await?;
        let class = |from_hours: i64| {
            let found = counted.iter().find(|(hours, _)| *hours == from_hours);
            DelayShape { from_hours, redemptions: found.map_or(0, |(_, count)| *count) }
        };
        Ok(DelaysShape {
            as_of: self.zone().rfc3339(self.now()),
            from: range.from.to_string(),
            to: range.to.to_string(),
            items: DELAYS.map(class).to_vec(),
        })
    }

    /// The range to compare with; both of its ends are named, or none.
    fn compared_range(&self, caller: &Caller, query: &CubeQuery) -> Result<Option<Range>, Error> {
        let (from, to) = match (&query.compare_from, &query.compare_to) {
            (None, None) => return Ok(None),
            (None, Some(_)) => return Err(Denied::query("compare_from", "with compare_to").into()),
            (Some(_), None) => return Err(Denied::query("compare_to", "with compare_from").into()),
            (Some(from), Some(to)) => (Some(from.clone()), Some(to.clone())),
        };
        let range = self.read_range(caller, &StatsQuery { from, to, campaign: query.campaign.clone() });
        match range {
            Err(Error::Denied(Denied::BadQuery { field, allowed })) if field != "campaign" => {
                Err(Denied::query(&format!("compare_{field}"), allowed).into())
            }
            range => range.map(Some),
        }
    }

    async fn cells(&self, tx: &mut Tx, range: &Range, by: &[Dimension]) -> Result<Cells, StoreError> {
        let catalogue = self.catalogue();
        let cut = cut_of(range, by);
        let mut cells = Cells::new();
        for row in tally::cut(tx, &cut).await?.iter().filter(|row| asked(&catalogue, range, row)) {
            let cell = cells.entry(keys(&catalogue, by, row)).or_default();
            cell.counts = cell.counts.plus(&counts_of(row)?);
        }
        for row in tally::suspicious_cut(tx, &cut).await?.iter().filter(|row| asked(&catalogue, range, row)) {
            let cell = cells.entry(keys(&catalogue, by, row)).or_default();
            cell.suspicious = cell.suspicious.plus(&counts_of(row)?);
        }
        cells.retain(|_, cell| cell.counts != Counts::default() || cell.suspicious != Counts::default());
        Ok(cells)
    }

    fn items(&self, by: &[Dimension], now: &Cells, before: Option<&Cells>) -> Vec<CubeItem> {
        let catalogue = self.catalogue();
        let mut places: Vec<&Vec<Key>> = now.keys().chain(before.into_iter().flat_map(Cells::keys)).collect();
        places.sort();
        places.dedup();
        let sums = |cells: &Cells, place: &Vec<Key>| {
            let cell = cells.get(place).copied().unwrap_or_default();
            CubeSums::of(&cell.counts, &cell.suspicious)
        };
        let item = |place: &Vec<Key>| CubeItem {
            keys: by.iter().zip(place).map(|(by, key)| named(&catalogue, *by, key)).collect(),
            sums: sums(now, place),
            compared: before.map(|before| sums(before, place)),
        };
        places.into_iter().map(item).collect()
    }
}

fn range_of(query: &CubeQuery) -> StatsQuery {
    StatsQuery { from: query.from.clone(), to: query.to.clone(), campaign: query.campaign.clone() }
}

fn only(range: &Range) -> i64 {
    range.only.map_or(0, DistrictCode::number)
}

fn cut_of(range: &Range, by: &[Dimension]) -> Cut {
    let has = |dimension| by.contains(&dimension);
    Cut {
        from: range.from,
        to: range.to,
        only_district: only(range),
        by_day: has(Dimension::Day),
        by_hour: has(Dimension::Hour) || has(Dimension::Night),
        by_district: has(Dimension::District) || has(Dimension::Setting),
        by_kind: has(Dimension::Kind),
        by_channel: has(Dimension::Channel),
    }
}

/// Whether a sum is of the campaign that the range asks for.
fn asked(catalogue: &Catalogue, range: &Range, row: &CutRow) -> bool {
    range.campaign.is_none_or(|campaign| campaign_of(catalogue, row) == Some(campaign))
}

fn campaign_of(catalogue: &Catalogue, row: &CutRow) -> Option<CampaignId> {
    catalogue.round(RoundId(row.round_id)).map(|round| round.campaign_id)
}

fn total(cells: &Cells) -> CubeSums {
    let sum = cells.values().fold(Cell::default(), |sum, cell| Cell {
        counts: sum.counts.plus(&cell.counts),
        suspicious: sum.suspicious.plus(&cell.suspicious),
    });
    CubeSums::of(&sum.counts, &sum.suspicious)
}

fn counts_of(row: &CutRow) -> Result<Counts, StoreError> {
    let fen = |amount: i64| Fen::try_from(amount).map_err(StoreError::corrupt);
    Ok(Counts {
        claimed: row.claimed,
        redeemed: row.redeemed,
        subsidy: fen(row.subsidy_fen)?,
        government: fen(row.government_fen)?,
        order: fen(row.order_fen)?,
        ..Counts::default()
    })
}

fn keys(catalogue: &Catalogue, by: &[Dimension], row: &CutRow) -> Vec<Key> {
    by.iter().map(|dimension| key(catalogue, *dimension, row)).collect()
}

/// What stands for a value that a claim does not have, after all others.
const NONE: &str = "none";

fn none() -> Key {
    Key { place: i64::MAX, code: NONE.to_owned() }
}

fn key(catalogue: &Catalogue, dimension: Dimension, row: &CutRow) -> Key {
    let numbered = |number: i64| Key { place: number, code: number.to_string() };
    let word = |place: i64, code: &str| Key { place, code: code.to_owned() };
    match dimension {
        Dimension::District if row.district == 0 => none(),
        Dimension::District => numbered(row.district),
        Dimension::Day => word(0, &row.business_day),
        Dimension::Hour => Key { place: hour_of_business_day(row.hour), code: format!("{:02}:00", row.hour) },
        Dimension::Kind if row.kind.is_empty() => none(),
        Dimension::Kind => {
            let kinds = &catalogue.season().kinds;
            let place = kinds.iter().position(|kind| kind.code.0 == row.kind);
            word(place.and_then(|place| i64::try_from(place).ok()).unwrap_or(i64::MAX - 1), &row.kind)
        }
        Dimension::Campaign => campaign_of(catalogue, row).map_or_else(none, |id| numbered(id.0)),
        Dimension::Round => numbered(row.round_id),
        Dimension::Channel if row.channel.is_empty() => none(),
        Dimension::Channel => word(0, &row.channel),
        Dimension::Setting => setting_of(catalogue, row.district)
            .map_or_else(none, |setting| word(i64::from(setting != Setting::Urban), setting.code())),
        Dimension::Night if is_night(row.hour) => word(1, NIGHT),
        Dimension::Night => word(0, DAY),
    }
}

const NIGHT: &str = "night";
const DAY: &str = "day";

fn setting_of(catalogue: &Catalogue, district: i64) -> Option<Setting> {
    let found = catalogue.season().districts.iter().find(|known| known.code.number() == district);
    found.and_then(|district| district.setting)
}

/// A key with its names; its code where it has none.
fn named(catalogue: &Catalogue, dimension: Dimension, key: &Key) -> CubeKey {
    let code = &key.code;
    let (name, name_en) = names(catalogue, dimension, code).unwrap_or_else(|| (code.clone(), code.clone()));
    CubeKey { code: code.clone(), name, name_en }
}

fn names(catalogue: &Catalogue, dimension: Dimension, code: &str) -> Option<(String, String)> {
    let own = |zh: &str, en: &str| Some((zh.to_owned(), en.to_owned()));
    match dimension {
        Dimension::District if code == NONE => own("未登记区县", "No district given"),
        Dimension::Setting if code == NONE => own("未归类", "Neither"),
        _ if code == NONE => own("领取（用券前未定）", "Claims (not known before use)"),
        Dimension::District => {
            let district = catalogue.district(code.parse().ok()?)?;
            own(&district.name, &district.name_en)
        }
        Dimension::Kind => {
            let kind = catalogue.kind(&KindCode(code.to_owned()))?;
            own(&kind.name, &kind.name_en)
        }
        Dimension::Campaign => {
            let campaign = catalogue.campaign(code.parse().ok()?)?;
            own(&campaign.title, &campaign.title_en)
        }
        Dimension::Round => {
            let round = catalogue.round(code.parse().ok()?)?;
            own(&round.title, &round.title_en)
        }
        Dimension::Channel => {
            let channel: Channel = code.parse().ok()?;
            own(channel.word(domain::Lang::Zh), channel.word(domain::Lang::En))
        }
        Dimension::Setting => {
            let setting: Setting = code.parse().ok()?;
            own(setting.word(domain::Lang::Zh), setting.word(domain::Lang::En))
        }
        Dimension::Night if code == NIGHT => own("夜间（18:00–06:00）", "Night (18:00–06:00)"),
        Dimension::Night => own("日间", "Day"),
        Dimension::Day | Dimension::Hour => None,
    }
}
