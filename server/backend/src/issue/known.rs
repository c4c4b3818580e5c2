//! What a node remembers of rounds, so that refusals that cannot change are
//! given without asking the database: who holds what, and what is sold out.
//!
//! It may know too little, never wrongly: a resident of whom nothing is known,
//! and a key that may be a repeat, go to the desk.

use crate::store::desk::Claimed;
use crate::store::voucher;
use crate::{Backend, StoreError};
use domain::shapes::RoundLive;
use domain::{AccountId, ClaimRefused, IdempotencyKey, LimitScope, Round, RoundId, RoundState};
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Holders that are remembered in all, of 24 bytes each.
const MOST_HOLDERS: usize = 2_000_000;
/// Holders that are read at a time.
const READ_AT_ONCE: i64 = 10_000;

/// What this node knows.
#[derive(Debug, Default)]
pub(crate) struct Known {
    rounds: Mutex<HashMap<RoundId, KnownRound>>,
    fingerprints: RandomState,
}

#[derive(Debug, Default)]
struct KnownRound {
    holders: HashMap<AccountId, Holder>,
    /// Vouchers of the holders.
    held: i64,
    /// The districts whose stock is gone; 0 is everyone's.
    sold_out: HashSet<i64>,
    /// Whether there is nobody else who holds one, or will.
    whole: bool,
    /// Whether the holders are being read.
    reading: bool,
}

/// What a resident holds of a round.
#[derive(Clone, Copy, Debug)]
struct Holder {
    vouchers: u32,
    /// Of the key of the last claim: it tells a repeat from another press.
    fingerprint: u32,
}

impl Known {
    fn rounds(&self) -> MutexGuard<'_, HashMap<RoundId, KnownRound>> {
        // What a panicking thread left behind is still a subset of the truth.
        self.rounds.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fingerprint(&self, key: &str) -> u32 {
        let hash = self.fingerprints.hash_one(key);
        u32::try_from(hash >> 32).unwrap_or(0)
    }

    /// The refusal that a claim gets for certain, if it is known.
    pub(crate) fn refusal(
        &self,
        round: &Round,
        account: AccountId,
        key: &IdempotencyKey,
        quotas: &[i64],
    ) -> Option<ClaimRefused> {
        let rounds = self.rounds();
        let known = rounds.get(&round.id)?;
        match known.holders.get(&account) {
            Some(holder) => {
                let at_limit = i64::from(holder.vouchers) >= round.per_resident;
                // One of several keys may be the repeat of an earlier claim.
                let another = holder.vouchers == 1 && holder.fingerprint != self.fingerprint(key.as_str());
                let limit = round.per_resident;
                (at_limit && another)
                    .then_some(ClaimRefused::LimitReached { limit, scope: LimitScope::Round })
            }
            None => {
                let gone = quotas.iter().all(|district| known.sold_out.contains(district));
                (gone && known.whole).then_some(ClaimRefused::SoldOut)
            }
        }
    }

    /// Whether the claim is likely the repeat of one that got a voucher.
    pub(crate) fn may_be_repeat(&self, round: RoundId, account: AccountId, key: &IdempotencyKey) -> bool {
        let rounds = self.rounds();
        let holder = rounds.get(&round).and_then(|known| known.holders.get(&account));
        holder.is_some_and(|holder| holder.fingerprint == self.fingerprint(key.as_str()))
    }

    /// Whether it is certain that the resident holds nothing of the round.
    pub(crate) fn holds_none(&self, round: RoundId, account: AccountId) -> bool {
        let rounds = self.rounds();
        rounds.get(&round).is_some_and(|known| known.whole && !known.holders.contains_key(&account))
    }

    /// Takes note of what the desk told.
    pub(crate) fn learn(
        &self,
        round: &Round,
        account: AccountId,
        key: &IdempotencyKey,
        quotas: &[i64],
        claimed: &Claimed,
    ) {
        let fingerprint = self.fingerprint(key.as_str());
        let mut rounds = self.rounds();
        match claimed {
            Claimed::Issued(_) => {
                if rounds.values().map(|known| known.holders.len()).sum::<usize>() < MOST_HOLDERS {
                    rounds.entry(round.id).or_default().add(account, fingerprint);
                }
            }
            Claimed::SoldOut => {
                let known = rounds.entry(round.id).or_default();
                known.sold_out.extend(quotas);
                // Every voucher of the round went over this desk, and every holder is known.
                known.whole |= known.held == round.quantity;
            }
            Claimed::Before(_) | Claimed::KeyReused | Claimed::AtLimit(_) => {}
        }
    }

    /// Takes note that some are left after all, because more were put into a
    /// round; and makes room when what is known of rounds that are over fills
    /// half of it.
    pub(crate) fn look(&self, live: &[RoundLive]) {
        let mut rounds = self.rounds();
        let crowded = rounds.values().map(|known| known.holders.len()).sum::<usize>() > MOST_HOLDERS / 2;
        for round in live {
            if crowded && round.state == RoundState::Closed {
                rounds.remove(&round.id);
            } else if round.state == RoundState::Open
                && round.remaining > 0
                && let Some(known) = rounds.get_mut(&round.id)
            {
                known.whole = false;
                known.sold_out.clear();
            }
        }
    }

    /// Whether the holders are to be read now; the caller reads them then.
    fn begin_reading(&self, round: &Round) -> bool {
        let mut rounds = self.rounds();
        let others: usize =
            rounds.iter().filter(|(id, _)| **id != round.id).map(|(_, known)| known.holders.len()).sum();
        let room = MOST_HOLDERS.saturating_sub(others);
        if usize::try_from(round.quantity).map_or(true, |quantity| quantity > room) {
            return false;
        }
        let known = rounds.entry(round.id).or_default();
        let begin = !known.whole && !known.reading;
        known.reading |= begin;
        begin
    }

    fn end_reading(&self, round: &Round, read: Option<KnownRound>, is_over: bool) {
        let mut rounds = self.rounds();
        let known = rounds.entry(round.id).or_default();
        known.reading = false;
        if let Some(read) = read.filter(|read| is_over || read.held == round.quantity) {
            known.holders = read.holders;
            known.held = read.held;
            known.whole = true;
        }
    }
}

impl KnownRound {
    fn add(&mut self, account: AccountId, fingerprint: u32) {
        self.held += 1;
        let vouchers = self.holders.get(&account).map_or(0, |holder| holder.vouchers) + 1;
        self.holders.insert(account, Holder { vouchers, fingerprint });
    }
}

impl Backend {
    /// Reads who holds a voucher of a round that issues no more, so that from
    /// then on its refusals need no database. Other nodes issued some of them.
    pub(crate) fn learn_holders(&self, round: &Round) {
        let is_over = round.is_settled(self.now());
        let live = self.live_rounds();
        let left = live.borrow().iter().find(|live| live.id == round.id).map_or(0, |live| live.remaining);
        if (left > 0 && !is_over) || !self.known().begin_reading(round) {
            return;
        }
        let (backend, round) = (self.clone(), round.clone());
        tokio::spawn(async move {
            let read = backend.read_holders(&round).await;
            if let Err(error) = &read {
                tracing::warn!(%error, "the holders of a round could not be read; the next claim tries again");
            }
            backend.known().end_reading(&round, read.ok(), is_over);
        });
    }

    async fn read_holders(&self, round: &Round) -> Result<KnownRound, StoreError> {
        let (mut known, mut after) = (KnownRound::default(), AccountId(0));
        loop {
            let mut tx = self.db().read().await?;
            let page = voucher::holders(&mut tx, round.id, after, READ_AT_ONCE).await?;
            drop(tx);
            let Some((last, _)) = page.last() else { return Ok(known) };
            let (last, whole) = (*last, i64::try_from(page.len()).unwrap_or(0) < READ_AT_ONCE);
            // A resident's vouchers may go on after the page: they are read with the next one.
            for (account, key) in page.iter().filter(|(account, _)| whole || *account != last) {
                known.add(AccountId(*account), self.known().fingerprint(key));
            }
            if whole {
                return Ok(known);
            }
            after = AccountId(last - 1);
        }
    }
}
