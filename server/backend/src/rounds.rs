//! Rounds with what is left of them.

use crate::store::round::{self, StockRow};
use crate::{Backend, Error, catalogue::Remaining};
use domain::shapes::{Page, RoundShape};
use domain::{Denied, DistrictCode, Round, RoundId, RoundQuery};

impl Backend {
    /// Rounds by opening time.
    ///
    /// # Errors
    /// A filter, limit or cursor is none.
    pub async fn rounds(&self, query: &RoundQuery) -> Result<Page<RoundShape>, Error> {
        let (catalogue, now) = (self.catalogue(), self.now());
        let page = catalogue.round_page(query, now)?;
        let mut tx = self.db().read().await?;
        let stock = round::stock(&mut tx).await?;
        Ok(page.map(|round| catalogue.round_shape(round, &left(round, &stock), now)))
    }

    /// One round.
    ///
    /// # Errors
    /// There is no such round.
    pub async fn round(&self, id: RoundId) -> Result<RoundShape, Error> {
        let catalogue = self.catalogue();
        let round = catalogue.round(id).ok_or(Denied::NotFound)?;
        let mut tx = self.db().read().await?;
        let stock = round::stock_of(&mut tx, id).await?;
        Ok(catalogue.round_shape(round, &left(round, &stock), self.now()))
    }
}

/// What is left of each of a round's quotas. The stock that serves everyone is
/// stored under district 0, which is no district's code.
fn left(round: &Round, stock: &[StockRow]) -> Vec<Remaining> {
    let own = stock.iter().filter(|row| row.round_id == round.id.0);
    own.map(|row| (DistrictCode::try_from(row.district).ok(), row.quantity - row.issued)).collect()
}

/// What is left of a round in all.
pub(crate) fn remaining(round: &Round, stock: &[StockRow]) -> i64 {
    left(round, stock).iter().map(|(_, left)| left).sum()
}
