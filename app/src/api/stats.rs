//! What the season did: the organizers' pages.

use super::{ApiError, caller, reviews, rounds};
use backend::Caller;
use domain::shapes::{
    CampaignShape, CubeShape, CubeSums, DayStats, DelaysShape, DistrictShape, DistrictStats, RoundShape,
    SeasonShape,
};
use domain::{
    CubeQuery, Day, Denied, Dimension, ListQuery, MapRate, Measure, Permission, RoundState, StatsQuery,
    UnknownWord,
};
use std::str::FromStr;

/// What `/bureau` shows.
#[derive(Clone, Debug)]
pub(crate) struct Overview {
    /// Who looks.
    pub(crate) officer: Caller,
    /// The season.
    pub(crate) season: SeasonShape,
    /// The business day's tally by district.
    pub(crate) today: DistrictStats,
    /// The rounds that are open.
    pub(crate) open: Vec<RoundShape>,
    /// How many merchants and promotions wait for the reader's review, if they review.
    pub(crate) waiting_reviews: Option<i64>,
    /// The next round that opens.
    pub(crate) next: Option<RoundShape>,
}

/// What `/bureau/stats` is asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked {
    /// The cut's range and dimensions.
    pub(crate) cut: CubeQuery,
    /// The rate on the map.
    pub(crate) rate: Option<String>,
    /// Whether the times from claim to redemption are counted.
    pub(crate) delays: bool,
}

/// What `/bureau/stats` shows.
#[derive(Clone, Debug)]
pub(crate) struct Statistics {
    /// The season.
    pub(crate) season: SeasonShape,
    /// Its campaigns, to choose from.
    pub(crate) campaigns: Vec<CampaignShape>,
    /// Its districts, with their places on the map.
    pub(crate) districts: Vec<DistrictShape>,
    /// The tally by district.
    pub(crate) tally: DistrictStats,
    /// The tally by day.
    pub(crate) days: Vec<DayStats>,
    /// The cut.
    pub(crate) cube: CubeShape,
    /// What its picture shows.
    pub(crate) show: Measure,
    /// What colours the map.
    pub(crate) rate: MapRate,
    /// Times from claim to redemption, if asked for.
    pub(crate) delays: Option<DelaysShape>,
    /// What was asked for.
    pub(crate) asked: Asked,
}

/// What `/bureau/screen` shows.
#[derive(Clone, Debug)]
pub(crate) struct Wall {
    /// The season.
    pub(crate) season: SeasonShape,
    /// Its districts, with their places on the map.
    pub(crate) districts: Vec<DistrictShape>,
    /// The business day's tally by district.
    pub(crate) today: DistrictStats,
    /// The business day by hour.
    pub(crate) hours: CubeShape,
    /// The season so far.
    pub(crate) so_far: CubeSums,
}

/// A person who may see tallies.
///
/// # Errors
/// Nobody is signed in, or not such a person.
async fn officer() -> Result<Caller, ApiError> {
    let officer = caller::signed_in().await?;
    officer.require(Permission::SeeStats).map_err(caller::convert)?;
    Ok(officer)
}

/// The business day at a glance.
///
/// # Errors
/// Nobody is signed in, or not a person who may see tallies; or the store
/// failed.
pub(crate) async fn overview() -> Result<Overview, ApiError> {
    let officer = officer().await?;
    let backend = caller::backend()?;
    let day = of_day(backend.zone().business_day(backend.now()));
    let today = backend.district_stats(&officer, &day).await;
    let today = today.map_err(caller::convert)?;
    let rounds = rounds::all(&backend).await?;
    let soon = |round: &&RoundShape| matches!(round.state, RoundState::Upcoming | RoundState::Waiting);
    let waiting_reviews = reviews::waiting_count(&officer).await?;
    Ok(Overview {
        officer,
        waiting_reviews,
        season: backend.season(),
        today,
        next: rounds.iter().find(soon).cloned(),
        open: rounds.into_iter().filter(|round| round.state == RoundState::Open).collect(),
    })
}

fn of_day(day: Day) -> StatsQuery {
    StatsQuery { from: Some(day.to_string()), to: Some(day.to_string()), campaign: None }
}

/// The tallies of a range of business days.
///
/// # Errors
/// Nobody is signed in, or not a person who may see tallies; a part of the
/// query is none; or the store failed.
pub(crate) async fn statistics(asked: Asked) -> Result<Statistics, ApiError> {
    let officer = officer().await?;
    let backend = caller::backend()?;
    let CubeQuery { from, to, campaign, show, .. } = asked.cut.clone();
    let query = StatsQuery { from, to, campaign };
    let tally = backend.district_stats(&officer, &query).await;
    let tally = tally.map_err(caller::convert)?;
    let cube = backend.cube(&officer, &asked.cut).await.map_err(caller::convert)?;
    let days = backend.day_stats(&officer, &query).await;
    let delays = match asked.delays {
        true => Some(backend.delays(&officer, &query).await.map_err(caller::convert)?),
        false => None,
    };
    let campaigns = backend.campaigns(&ListQuery { limit: Some("100".to_owned()), cursor: None });
    Ok(Statistics {
        season: backend.season(),
        districts: backend.districts(),
        campaigns: campaigns.map_err(caller::convert)?.items,
        tally,
        days: days.map_err(caller::convert)?,
        cube,
        show: word("show", show.as_deref(), Measure::Redeemed)?,
        rate: word("rate", asked.rate.as_deref(), MapRate::Redemption)?,
        delays,
        asked,
    })
}

/// A word of the query, or what stands without one.
fn word<T: FromStr<Err = UnknownWord>>(field: &str, text: Option<&str>, usual: T) -> Result<T, ApiError> {
    let read = |text: &str| text.parse().map_err(|error| caller::convert(Denied::query(field, error)));
    text.map_or(Ok(usual), read)
}

/// The business day on the wall.
///
/// # Errors
/// Nobody is signed in, or not a person who may see tallies; or the store
/// failed.
pub(crate) async fn wall() -> Result<Wall, ApiError> {
    let officer = officer().await?;
    let backend = caller::backend()?;
    let day = backend.zone().business_day(backend.now());
    let today = backend.district_stats(&officer, &of_day(day)).await.map_err(caller::convert)?;
    let by_hour = CubeQuery {
        by: Some(Dimension::Hour.code().to_owned()),
        from: Some(day.to_string()),
        to: Some(day.to_string()),
        ..CubeQuery::default()
    };
    let hours = backend.cube(&officer, &by_hour).await.map_err(caller::convert)?;
    let so_far = backend.cube(&officer, &CubeQuery::default()).await.map_err(caller::convert)?;
    Ok(Wall { season: backend.season(), districts: backend.districts(), today, hours, so_far: so_far.total })
}
