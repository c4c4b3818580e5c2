//! Loading a season into an empty database.

use crate::seeds::{SeedAccount, SeedSet};
use crate::store::{Tx, ledger, meta};
use crate::{Backend, Error, StoreError, store};
use domain::{Account, CampaignTerms, Entry, EntryKind, Round};

impl Backend {
    /// Loads a season into an empty database; false when it already holds one.
    ///
    /// # Errors
    /// The store failed: nothing is loaded then.
    pub async fn load(&self, seeds: &SeedSet) -> Result<bool, Error> {
        let mut tx = self.db().write().await?;
        if !meta::put(&mut tx, "season", &seeds.season.name).await? {
            // Another node may have loaded it just now.
            drop(tx);
            self.reload().await?;
            return Ok(false);
        }
        store::catalogue::insert(&mut tx, seeds).await?;
        for account in seeds.residents.iter().chain(&seeds.staff) {
            self.load_account(&mut tx, account).await?;
        }
        store::catalogue::changed(&mut tx).await?;
        let entries = opening_entries(&seeds.campaigns, &seeds.rounds)?;
        if !entries.is_empty() {
            ledger::append(&mut tx, self.chain(), &entries, self.now()).await?;
        }
        tx.commit().await?;
        self.reload().await?;
        Ok(true)
    }

    async fn load_account(&self, tx: &mut Tx, account: &SeedAccount) -> Result<(), StoreError> {
        let SeedAccount { phone, name, role, district, merchant_id } = account;
        self.add_account(tx, phone, name, *role, *merchant_id, *district).await?;
        Ok(())
    }
}

impl SeedSet {
    /// The same season without any demonstration content: its dates, places
    /// and facts, for a bureau that begins with an empty house.
    #[must_use]
    pub fn without_demo(mut self) -> SeedSet {
        self.season.demo = false;
        self.season.demo_clock = None;
        self.events.retain(|event| !event.demo);
        self.dishes.retain(|dish| !dish.demo);
        self.merchants.clear();
        self.outlets.clear();
        self.promotions.clear();
        self.campaigns.clear();
        self.rounds.clear();
        self.residents.clear();
        self.staff.clear();
        self
    }
}

/// Each campaign's pot is filled, and each round's value set aside: Σ face
/// value of what may be issued is at most the pot.
pub(crate) fn opening_entries(
    campaigns: &[CampaignTerms],
    rounds: &[Round],
) -> Result<Vec<Entry>, StoreError> {
    let mut entries = Vec::new();
    for terms in campaigns {
        let pot = terms.pot_fen.get();
        let lines = [(Account::Funder(terms.id), -pot), (Account::Pot(terms.id), pot)];
        entries.push(Entry::new(EntryKind::Fund, None, &lines).map_err(StoreError::corrupt)?);
        entries.extend(release_entries(terms, rounds)?);
    }
    Ok(entries)
}

/// The value of each of a campaign's rounds is set aside.
pub(crate) fn release_entries(terms: &CampaignTerms, rounds: &[Round]) -> Result<Vec<Entry>, StoreError> {
    let own = rounds.iter().filter(|round| round.campaign_id == terms.id);
    let entry = |round: &Round| {
        let value = terms.benefit.face_value().times(round.quantity);
        let value = value.ok_or_else(|| StoreError::corrupt("a round's value"))?.get();
        let lines = [(Account::Pot(terms.id), -value), (Account::Reserved(round.id), value)];
        Entry::new(EntryKind::Publish, None, &lines).map_err(StoreError::corrupt)
    };
    own.map(entry).collect()
}
