//! What a desk remembers of the stock.

use super::PostgresDesk;
use crate::store::StoreError;
use crate::store::desk::NewVoucher;
use crate::store::round::ShareRow;
use std::collections::{BTreeMap, HashMap, HashSet};

/// A quota: its round and district; district 0 serves everyone.
type Quota = (i64, i64);
/// A share of a quota: round, district and share.
pub(super) type From = (i64, i64, i64);
/// How many are taken from each share.
pub(super) type Taken = BTreeMap<From, i64>;

/// What is left of each share, as it was read and as the desk has taken from it
/// since.
#[derive(Debug, Default)]
pub(super) struct Stock {
    quotas: HashMap<Quota, Vec<ShareRow>>,
    /// The quotas that were read for the present group.
    looked_at: HashSet<Quota>,
}

/// One share, as it is read.
#[derive(sqlx::FromRow)]
struct Left {
    round_id: i64,
    district: i64,
    #[sqlx(flatten)]
    share: ShareRow,
}

impl Stock {
    /// Begins with another group: a quota that is empty is looked at once more
    /// for it, because something may have come back.
    pub(super) fn begin_group(&mut self) {
        self.looked_at.clear();
    }

    /// Forgets what may have moved.
    pub(super) fn forget(&mut self) {
        *self = Stock::default();
    }

    /// The quotas on which claims may draw and that are to be read first.
    fn to_read(&self, claims: &[(usize, &NewVoucher)]) -> HashSet<Quota> {
        let quotas = claims.iter().flat_map(|(_, claim)| quotas_of(claim));
        quotas.filter(|quota| !self.looked_at.contains(quota) && !self.has_some(quota)).collect()
    }

    fn has_some(&self, quota: &Quota) -> bool {
        self.quotas.get(quota).is_some_and(|shares| shares.iter().any(|row| row.remaining > 0))
    }

    /// Takes note of quotas that were read. A node begins at a share of its own,
    /// which its chain tells.
    fn learn(&mut self, read: HashSet<Quota>, left: Vec<Left>, chain: i64) {
        for quota in &read {
            self.quotas.insert(*quota, Vec::new());
        }
        for Left { round_id, district, share } in left {
            self.quotas.entry((round_id, district)).or_default().push(share);
        }
        for quota in &read {
            let shares = self.quotas.entry(*quota).or_default();
            let own = usize::try_from(chain).unwrap_or(0).checked_rem(shares.len());
            shares.rotate_left(own.unwrap_or(0));
        }
        self.looked_at.extend(read);
    }

    /// A share that has more left than this plan has taken. Nothing where a quota
    /// is used up that was not looked at for this group: another node's share
    /// may have some, and it comes before the claim's next quota.
    pub(super) fn find(&self, claim: &NewVoucher, taken: &Taken) -> Option<From> {
        for (round, district) in quotas_of(claim) {
            let shares = self.quotas.get(&(round, district)).map(Vec::as_slice).unwrap_or_default();
            let mut left = shares.iter().map(|row| ((round, district, row.share), row.remaining));
            let from = left.find(|(from, remaining)| *remaining > taken.get(from).copied().unwrap_or(0));
            if let Some((from, _)) = from {
                return Some(from);
            }
            if !self.looked_at.contains(&(round, district)) {
                return None;
            }
        }
        None
    }

    /// Takes note of what was written.
    pub(super) fn take(&mut self, taken: Taken) {
        for ((round, district, share), taken) in taken {
            let rows = self.quotas.get_mut(&(round, district)).into_iter().flatten();
            rows.filter(|row| row.share == share).for_each(|row| row.remaining -= taken);
        }
    }
}

fn quotas_of(claim: &NewVoucher) -> impl Iterator<Item = Quota> {
    claim.quotas.iter().map(|district| (claim.round_id, *district))
}

impl PostgresDesk {
    /// Reads what is not remembered of the stock for these claims, and what is
    /// remembered as empty, all in one round trip.
    pub(super) async fn look_at_stock(&mut self, claims: &[(usize, &NewVoucher)]) -> Result<(), StoreError> {
        let quotas = self.stock.to_read(claims);
        if quotas.is_empty() {
            return Ok(());
        }
        let (rounds, districts): (Vec<i64>, Vec<i64>) = quotas.iter().copied().unzip();
        let left = sqlx::query_as(LEFT).bind(rounds).bind(districts).fetch_all(self.line().await?).await?;
        self.stock.learn(quotas, left, self.chain);
        Ok(())
    }
}

pub(super) const LEFT: &str = "select s.round_id, s.district, s.share, s.quantity - s.issued as remaining
   from unnest($1::bigint[], $2::bigint[]) as q (round_id, district)
   join stock s on s.round_id = q.round_id and s.district = q.district
  order by s.share";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::tally::Move;

    fn claim(quotas: &[i64]) -> NewVoucher {
        NewVoucher {
            account_id: 1,
            campaign_id: 1,
            round_id: 1,
            resident_district: Some(210302),
            issued_at_ms: 0,
            expires_at_ms: 1,
            day_starts_ms: 0,
            per_round: 1,
            per_campaign: 1,
            per_day: 1,
            key: "key-0000".to_owned(),
            quotas: quotas.to_vec(),
            face_value_fen: 100,
            tally: Move::default(),
        }
    }

    /// A stock of which a group has read these shares.
    fn stock(chain: i64, left: &[(i64, i64, i64)]) -> Stock {
        let read = left.iter().map(|(district, _, _)| (1, *district)).collect();
        let rows = left.iter().map(|(district, share, remaining)| Left {
            round_id: 1,
            district: *district,
            share: ShareRow { share: *share, remaining: *remaining },
        });
        let mut stock = Stock::default();
        stock.learn(read, rows.collect(), chain);
        stock
    }

    #[test]
    fn a_node_begins_at_a_share_of_its_own_and_goes_on_to_the_others() {
        let mut stock = stock(1, &[(7, 0, 1), (7, 1, 1), (7, 2, 1)]);
        let mut from = Vec::new();
        for _ in 0..3 {
            let next = stock.find(&claim(&[7]), &Taken::new()).unwrap();
            stock.take(Taken::from([(next, 1)]));
            from.push(next.2);
        }
        assert_eq!(from, [1, 2, 0]);
        assert_eq!(stock.find(&claim(&[7]), &Taken::new()), None);
    }

    #[test]
    fn what_a_plan_has_taken_is_not_given_again() {
        let stock = stock(0, &[(7, 0, 2)]);
        assert_eq!(stock.find(&claim(&[7]), &Taken::from([((1, 7, 0), 1)])), Some((1, 7, 0)));
        assert_eq!(stock.find(&claim(&[7]), &Taken::from([((1, 7, 0), 2)])), None);
    }

    #[test]
    fn the_next_quota_lends_once_the_own_one_was_looked_at_for_this_group() {
        let mut stock = stock(0, &[(7, 0, 1), (8, 0, 5)]);
        let both = claim(&[7, 8]);
        assert_eq!(stock.find(&both, &Taken::from([((1, 7, 0), 1)])), Some((1, 8, 0)));
        stock.begin_group();
        assert_eq!(stock.find(&both, &Taken::from([((1, 7, 0), 1)])), None);
        stock.take(Taken::from([((1, 7, 0), 1)]));
        assert_eq!(stock.to_read(&[(0, &both)]), HashSet::from([(1, 7)]));
    }

    #[test]
    fn a_quota_that_is_not_there_is_read_once_for_a_group() {
        let mut stock = Stock::default();
        let new = claim(&[7]);
        assert_eq!(stock.to_read(&[(0, &new), (1, &new)]), HashSet::from([(1, 7)]));
        stock.learn(HashSet::from([(1, 7)]), Vec::new(), 3);
        assert!(stock.to_read(&[(0, &new)]).is_empty());
        assert_eq!(stock.find(&new, &Taken::new()), None);
    }
}
