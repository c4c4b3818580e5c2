//! What the nodes tell each other of their waiting rooms: a few numbers, four
//! times a second, while a line is there.

use super::room::Room;
use super::{Waiting, locked};
use crate::store::{meta, waiting};
use crate::{Backend, Inner, StoreError};
use domain::{RoomKey, Round, RoundState};
use std::sync::Weak;
use std::time::Duration;

/// How often a node tells and asks.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Tells and asks for as long as the backend lives.
pub(crate) fn keep_counting(backend: &Backend) {
    tokio::spawn(count_for_good(backend.downgrade()));
}

async fn count_for_good(inner: Weak<Inner>) {
    let mut beat = tokio::time::interval(LOOK_EVERY);
    beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        beat.tick().await;
        let Some(backend) = Backend::upgrade(&inner) else { return };
        if let Err(error) = backend.count_rooms().await {
            tracing::error!(%error, "the waiting rooms could not be counted; the next look tries again");
        }
    }
}

impl Backend {
    /// Exchanges counts for every room that has a line, and forgets the people
    /// of those that have none any more.
    async fn count_rooms(&self) -> Result<(), StoreError> {
        let (catalogue, now) = (self.catalogue(), self.now());
        for round in catalogue.rounds() {
            match round.state(now) {
                RoundState::Waiting => {
                    self.open_room(round).await?;
                    self.exchange(round).await?;
                }
                RoundState::Open if !self.waiting().settle(round, now) => self.exchange(round).await?,
                RoundState::Closed => drop(locked(&self.waiting().rooms).remove(&round.id)),
                _ => (),
            }
        }
        Ok(())
    }

    /// Makes a round's room known to this node: of nodes that open it at once,
    /// one draws its number. Of requests that find it closed, as in the midst of a
    /// rush after a start, one opens it and the others wait for that.
    pub(super) async fn open_room(&self, round: &Round) -> Result<(), StoreError> {
        let is_open = || locked(&self.waiting().rooms).contains_key(&round.id);
        if is_open() {
            return Ok(());
        }
        let _opening = self.waiting().opening.lock().await;
        if is_open() {
            return Ok(());
        }
        let mut tx = self.db().read().await?;
        let mut drawn = waiting::drawn(&mut tx, round.id).await?;
        if drawn.is_none() {
            drop(tx);
            tx = self.db().write().await?;
            waiting::draw(&mut tx, round.id, i64::from_ne_bytes(self.random().number().to_ne_bytes()))
                .await?;
            drawn = waiting::drawn(&mut tx, round.id).await?;
        }
        let others = waiting::of_others(&mut tx, round.id, self.waiting().node()).await?;
        tx.commit().await?;
        let drawn = drawn.ok_or_else(|| StoreError::corrupt("a waiting room without its number"))?;
        let key = RoomKey::new(self.keys().waiting(), round.id, drawn);
        locked(&self.waiting().rooms).entry(round.id).or_insert_with(|| Room::new(key, others));
        Ok(())
    }

    /// Tells what this node counted, where that is new, and asks for the rest.
    async fn exchange(&self, round: &Round) -> Result<(), StoreError> {
        let waiting = self.waiting();
        let Some((own, told)) = locked(&waiting.rooms).get(&round.id).map(|room| (room.own, room.told))
        else {
            return Ok(());
        };
        if own != told {
            let node = self.node_number().await?;
            let mut tx = self.db().write().await?;
            waiting::put(&mut tx, round.id, node, own).await?;
            tx.commit().await?;
        }
        let mut tx = self.db().read().await?;
        let others = waiting::of_others(&mut tx, round.id, waiting.node()).await?;
        drop(tx);
        if let Some(room) = locked(&waiting.rooms).get_mut(&round.id) {
            (room.told, room.others) = (own, others);
        }
        Ok(())
    }

    /// The number of this node, another one each time that a program starts; it
    /// takes one when it first has something to tell.
    async fn node_number(&self) -> Result<i64, StoreError> {
        let take = async || {
            let mut tx = self.db().write().await?;
            let number = meta::take_numbers(&mut tx, "node", 1).await?;
            tx.commit().await?;
            Ok::<i64, StoreError>(number)
        };
        self.waiting().node.get_or_try_init(take).await.copied()
    }
}

impl Waiting {
    /// The number under which this node told something; 0 while it has not.
    fn node(&self) -> i64 {
        self.node.get().copied().unwrap_or(0)
    }

    /// Whether a round has no line any more; its people are forgotten then.
    fn settle(&self, round: &Round, now: domain::Timestamp) -> bool {
        let mut rooms = locked(&self.rooms);
        let Some(room) = rooms.get_mut(&round.id) else { return true };
        let quiet = room.is_quiet(&room.queue(round, self.per_second()), now);
        if quiet {
            room.clear();
        }
        quiet
    }
}
