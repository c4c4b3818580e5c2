//! What the season did: the organizers' pages.

use super::{ApiError, caller, promotions, rounds};
use backend::Caller;
use domain::shapes::{CampaignShape, DayStats, DistrictStats, RoundShape, SeasonShape};
use domain::{Day, ListQuery, Permission, RoundState, StatsQuery};

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
    /// How many promotions wait for the reader's review, if they review.
    pub(crate) waiting_promotions: Option<i64>,
    /// The next round that opens.
    pub(crate) next: Option<RoundShape>,
}

/// What `/bureau/stats` shows.
#[derive(Clone, Debug)]
pub(crate) struct Statistics {
    /// The season.
    pub(crate) season: SeasonShape,
    /// Its campaigns, to choose from.
    pub(crate) campaigns: Vec<CampaignShape>,
    /// The tally by district.
    pub(crate) tally: DistrictStats,
    /// The tally by day.
    pub(crate) days: Vec<DayStats>,
    /// What was asked for.
    pub(crate) query: StatsQuery,
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
    let waiting_promotions = promotions::waiting_count(&officer).await?;
    Ok(Overview {
        officer,
        waiting_promotions,
        season: backend.season(),
        today,
        next: rounds.iter().find(soon).cloned(),
        open: rounds.into_iter().filter(|round| round.state == RoundState::Open).collect(),
    })
}

fn of_day(day: Day) -> StatsQuery {
    StatsQuery { from: Some(day.to_string()), to: Some(day.to_string()), campaign: None }
}

/// The tally of a range of business days.
///
/// # Errors
/// Nobody is signed in, or not a person who may see tallies; a part of the
/// query is none; or the store failed.
pub(crate) async fn statistics(query: StatsQuery) -> Result<Statistics, ApiError> {
    let officer = officer().await?;
    let backend = caller::backend()?;
    let tally = backend.district_stats(&officer, &query).await;
    let tally = tally.map_err(caller::convert)?;
    let days = backend.day_stats(&officer, &query).await;
    let campaigns = backend.campaigns(&ListQuery { limit: Some("100".to_owned()), cursor: None });
    Ok(Statistics {
        season: backend.season(),
        campaigns: campaigns.map_err(caller::convert)?.items,
        tally,
        days: days.map_err(caller::convert)?,
        query,
    })
}
