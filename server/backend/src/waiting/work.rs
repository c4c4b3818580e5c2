//! The proof of work of a hot round: how much is asked of whom.

use super::room::Room;
use super::{Pass, Waiting, locked};
use crate::{Backend, Caller, Error};
use domain::shapes::WorkShape;
use domain::{AccountId, ClaimRefused, Denied, Round, RoundId, Task, Timestamp};
use std::sync::atomic::Ordering;

/// Zero bits that the first claims of somebody have to show: 8,192 hashes on
/// average. Chromium slowed down six times did 54,000 of them a second on a busy
/// machine: some 150 ms on average, and one phone in seven takes longer than 300.
const WORK_BITS: u32 = 13;
/// Presses within a minute that cost no more than the first.
const FREE_OF_ACCOUNT: u32 = 3;
/// The same for a device: a family has several accounts on it.
const FREE_OF_DEVICE: u32 = 8;
/// What further presses add, a bit each, at most.
const MOST_MORE_BITS: u32 = 6;
/// How long a task may be solved: from the opening of the room to the end of a
/// long line.
const WORK_LIFE_MS: i64 = 10 * 60_000;

/// When claims have to show a proof of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum WorkDemand {
    /// Never.
    Never,
    /// While a round is hot.
    Hot,
    /// Always.
    Always,
}

impl Backend {
    /// Sets when claims have to show a proof of work.
    pub fn demand_work(&self, demand: WorkDemand) {
        self.waiting().demand.store(demand as u8, Ordering::Relaxed);
    }

    /// The proof of work that a claim of the caller has to show while the round
    /// is hot.
    ///
    /// # Errors
    /// As of [`Backend::join`].
    pub async fn work(&self, caller: &Caller, round: RoundId, pass: &Pass) -> Result<WorkShape, Error> {
        let (catalogue, now) = (self.catalogue(), self.now());
        let round = self.enter_room(&catalogue, caller, round, pass, now).await?;
        let rooms = locked(&self.waiting().rooms);
        let room = rooms.get(&round.id).ok_or(Denied::NotFound)?;
        Ok(self.work_shape(room, round, caller.account_id, (pass.device, now)))
    }

    /// Checks the work shown, and counts the press: the next ones may cost more.
    pub(super) fn check_work(
        &self,
        account: AccountId,
        round: RoundId,
        pass: &Pass,
        now: Timestamp,
    ) -> Result<(), ClaimRefused> {
        let asked = self.task(account, round, pass.device, now);
        self.limits().count(account, pass.device, now);
        let key = self.keys().work();
        let shown = pass.work.as_deref().and_then(|work| Task::solved(work, key, round, account, now));
        if shown.is_some_and(|task| task.bits >= asked.bits) {
            return Ok(());
        }
        Err(ClaimRefused::WorkRequired {
            challenge: asked.sign(key),
            bits: asked.bits,
            expires_at: asked.expires_at,
        })
    }

    fn task(&self, account: AccountId, round: RoundId, device: Option<u128>, now: Timestamp) -> Task {
        let (of_account, of_device) = self.limits().repeats(account, device, now);
        let more = of_account.saturating_sub(FREE_OF_ACCOUNT).max(of_device.saturating_sub(FREE_OF_DEVICE));
        let bits = WORK_BITS + more.min(MOST_MORE_BITS);
        Task { round, account, bits, expires_at: now.plus_ms(WORK_LIFE_MS) }
    }

    /// The task as its holder gets it.
    pub(super) fn work_shape(
        &self,
        room: &Room,
        round: &Round,
        account: AccountId,
        (device, now): (Option<u128>, Timestamp),
    ) -> WorkShape {
        let task = self.task(account, round.id, device, now);
        let hot = room.is_hot(&room.queue(round, self.waiting().per_second()), now);
        WorkShape {
            challenge: task.sign(self.keys().work()),
            bits: task.bits,
            expires_at: self.zone().rfc3339(task.expires_at),
            required: self.waiting().demands_work(hot),
        }
    }
}

impl Waiting {
    /// Whether a claim has to show work.
    pub(super) fn demands_work(&self, hot: bool) -> bool {
        let demand = self.demand.load(Ordering::Relaxed);
        demand == WorkDemand::Always as u8 || (hot && demand == WorkDemand::Hot as u8)
    }
}
