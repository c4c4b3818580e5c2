//! What a merchant is owed: the page of one settlement week.

use super::{ApiError, caller};
use domain::shapes::Statement;
use domain::{Day, Denied, OutletId, Permission, StatementQuery};

/// What `/shop/statement` shows.
#[derive(Clone, Debug)]
pub(crate) struct Week {
    /// The week's statement, a line for each day and outlet.
    pub(crate) statement: Statement,
    /// The week's Monday.
    pub(crate) monday: Day,
    /// The Monday of the week that is under way.
    pub(crate) this_monday: Day,
    /// The Monday of the season's first week.
    pub(crate) first_monday: Day,
    /// The merchant's outlets, in the reader's language.
    pub(crate) outlets: Vec<(OutletId, String)>,
}

/// The statement of the week of a day, this week's without one; of one outlet,
/// or of all.
///
/// # Errors
/// Nobody is signed in, or not a person who may see it; a part of the address
/// is none; or the store failed.
pub(crate) async fn week(day: Option<String>, outlet: Option<String>) -> Result<Week, ApiError> {
    let reader = caller::signed_in().await?;
    reader.require(Permission::SeeStatements).map_err(caller::convert)?;
    let backend = caller::backend()?;
    let today = backend.zone().business_day(backend.now());
    let day = day.as_deref().map_or(Ok(today), str::parse::<Day>);
    let monday = day.map_err(|error| caller::convert(Denied::query("week", error)))?.monday();
    let query = StatementQuery {
        outlet,
        from: Some(monday.to_string()),
        to: Some(monday.sunday().to_string()),
        ..StatementQuery::default()
    };
    let statement = backend.whole_statement(&reader, &query).await.map_err(caller::convert)?;
    let merchant = backend.own_merchant(&reader).map_err(caller::convert)?;
    let lang = caller::lang();
    let outlets = merchant.outlets.iter();
    let outlets = outlets.map(|outlet| (outlet.id, lang.of(&outlet.name, &outlet.name_en).to_owned()));
    let first = backend.season().starts_on.parse::<Day>().unwrap_or(today);
    Ok(Week {
        statement,
        monday,
        this_monday: today.monday(),
        first_monday: first.monday(),
        outlets: outlets.collect(),
    })
}
