//! The ledger's head.

use crate::store::ledger;
use crate::store::ledger::HeadRow;
use crate::{Backend, Error, StoreError};
use domain::shapes::LedgerHead;
use domain::{Hash, Timestamp};

impl Backend {
    /// The end of the ledger's chain, to be kept outside as well: a chain does
    /// not notice that its tail is cut off.
    ///
    /// # Errors
    /// The store failed.
    pub async fn ledger_head(&self) -> Result<LedgerHead, Error> {
        let mut tx = self.db().read().await?;
        self.head_of(&ledger::heads(&mut tx).await?)
    }

    /// One head for the ends of all chains.
    pub(crate) fn head_of(&self, heads: &[HeadRow]) -> Result<LedgerHead, Error> {
        let read =
            |row: &HeadRow| Ok((row.chain, row.sequence, row.hash.parse().map_err(StoreError::corrupt)?));
        let ends = heads.iter().map(read).collect::<Result<Vec<_>, StoreError>>()?;
        let at_ms = heads.iter().filter_map(|row| row.at_ms).max();
        Ok(LedgerHead {
            sequence: ends.iter().map(|(_, sequence, _)| sequence).sum(),
            hash: Hash::of_heads(&ends).to_string(),
            at: at_ms.map(|ms| self.zone().rfc3339(Timestamp::from_ms(ms))),
        })
    }
}
