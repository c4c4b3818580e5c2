//! A season's content, read from the files that people edit under `seeds/` and
//! checked whole: every mistake is told by file, entry and field.

mod accounts;
mod campaigns;
mod events;
mod fields;
mod files;
mod merchants;
mod mistakes;
mod promotions;
mod rounds;
mod season;
#[cfg(test)]
mod tests;

pub use accounts::SeedAccount;
pub use merchants::SeedMerchant;
pub use mistakes::{Mistake, Mistakes};

use campaigns::Against;
use domain::{CampaignTerms, Dish, Event, News, Outlet, Promotion, Round, Season};
use files::Texts;
use mistakes::Notes;
use std::path::Path;

/// All that a season starts with. Everything stands in the order of its file,
/// and the numbers count from 1 in that order.
#[derive(Clone, Debug)]
pub struct SeedSet {
    /// The season with its districts, areas and kinds.
    pub season: Season,
    /// News cards.
    pub news: Vec<News>,
    /// Fairs, markets, contests.
    pub events: Vec<Event>,
    /// Local signature dishes.
    pub dishes: Vec<Dish>,
    /// Merchants with their credit codes.
    pub merchants: Vec<SeedMerchant>,
    /// The merchants' outlets.
    pub outlets: Vec<Outlet>,
    /// What the merchants post.
    pub promotions: Vec<Promotion>,
    /// The vouchers' terms.
    pub campaigns: Vec<CampaignTerms>,
    /// The campaigns' releases.
    pub rounds: Vec<Round>,
    /// Demonstration residents.
    pub residents: Vec<SeedAccount>,
    /// Organizers, then the merchants' people.
    pub staff: Vec<SeedAccount>,
}

impl SeedSet {
    /// Reads the six files of a folder.
    ///
    /// # Errors
    /// All that is wrong with them; a file that cannot be read hides what is
    /// wrong in the others.
    pub fn from_dir(folder: &Path) -> Result<SeedSet, Mistakes> {
        let notes = Notes::default();
        match Texts::from_dir(folder, &notes) {
            Some(texts) => SeedSet::from_texts(&texts),
            None => notes.into_result(None),
        }
    }

    /// The demonstration season that the program brings along.
    ///
    /// # Errors
    /// All that is wrong with it; a test keeps it free of mistakes.
    pub fn anshan_2021() -> Result<SeedSet, Mistakes> {
        SeedSet::from_texts(&Texts::anshan_2021())
    }

    fn from_texts(texts: &Texts) -> Result<SeedSet, Mistakes> {
        let notes = Notes::default();
        let set = read(texts, &notes);
        notes.into_result(set)
    }
}

/// Reads what can be read and notes every mistake; `None` where a file is so
/// wrong that the others cannot be checked against it.
fn read(texts: &Texts, notes: &Notes) -> Option<SeedSet> {
    let season = files::document(files::SEASON, &texts.season, notes);
    let campaigns = files::document(files::CAMPAIGNS, &texts.campaigns, notes);
    let accounts = files::document(files::ACCOUNTS, &texts.accounts, notes);
    let merchants = files::rows(files::MERCHANTS, &texts.merchants, &merchants::COLUMNS, notes);
    let promotions = files::rows(files::PROMOTIONS, &texts.promotions, &promotions::COLUMNS, notes);
    let residents = files::rows(files::RESIDENTS, &texts.residents, &accounts::COLUMNS, notes);
    let (season, campaigns, accounts) = (season?, campaigns?, accounts?);
    let (merchants, promotions, residents) = (merchants?, promotions?, residents?);

    let mut season_file = season::read(season)?;
    let shops = merchants::read(merchants, &season_file.season);
    let dishes = season_file.dishes(&shops);
    let season::SeasonFile { season, news, events, .. } = season_file;
    let against = Against { season: &season, shops: &shops };
    let releases = campaigns::read(campaigns, &against);
    let promotions = promotions::read(promotions, &against);
    let residents = accounts::residents(residents, &season);
    let staff = accounts::staff(accounts, &season, &shops);
    Some(SeedSet {
        season,
        news,
        events,
        dishes,
        merchants: shops.merchants,
        outlets: shops.outlets,
        promotions,
        campaigns: releases.campaigns,
        rounds: releases.rounds,
        residents,
        staff,
    })
}
