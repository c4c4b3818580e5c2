//! Groups of claims.

use super::stock::{From, Taken};
use super::{Chained, Outcome, PLANS, PostgresDesk, outcome};
use crate::store::StoreError;
use crate::store::desk::group::Group;
use crate::store::desk::{Claimed, NewVoucher};
use crate::store::voucher::VoucherRow;
use domain::Timestamp;
use std::collections::{HashMap, HashSet};

/// The claims of a group by their places in it.
type Claims<'a> = Vec<(usize, &'a NewVoucher)>;

/// A claim with the stock that it is to take and its voucher's number.
struct Planned<'a> {
    place: usize,
    claim: &'a NewVoucher,
    number: i64,
    from: From,
}

/// What stands against a claim.
#[derive(sqlx::FromRow)]
struct Against {
    place: i64,
    in_round: i64,
    in_campaign: i64,
    in_day: i64,
    same_key: i64,
    elsewhere: bool,
}

/// A voucher whose claim is repeated, and the repeat's place.
#[derive(sqlx::FromRow)]
struct Repeated {
    place: i64,
    #[sqlx(flatten)]
    row: VoucherRow,
}

impl PostgresDesk {
    /// Claims all; one of a resident at a time, because their claims count
    /// each other.
    pub(super) async fn claim_all(
        &mut self,
        now: Timestamp,
        mut waiting: Claims<'_>,
    ) -> Result<Vec<(usize, Claimed)>, StoreError> {
        let mut done = Vec::with_capacity(waiting.len());
        self.stock.begin_group();
        while !waiting.is_empty() {
            let mut accounts = HashSet::new();
            let (first, later) =
                waiting.into_iter().partition(|(_, claim)| accounts.insert(claim.account_id));
            self.claim_each_account_once(now, first, &mut done).await?;
            waiting = later;
        }
        Ok(done)
    }

    async fn claim_each_account_once(
        &mut self,
        now: Timestamp,
        mut claims: Claims<'_>,
        done: &mut Vec<(usize, Claimed)>,
    ) -> Result<(), StoreError> {
        for _ in 0..PLANS {
            if claims.is_empty() {
                return Ok(());
            }
            let (planned, unserved) = self.plan(&claims).await?;
            if planned.is_empty() {
                // What is gone for good is refused by what the database says, not by what is remembered.
                let left = self.sift(unserved, Some(Claimed::SoldOut), done).await?;
                debug_assert!(left.is_empty());
                return Ok(());
            }
            // Of those for whom the stock serves, some may be at a limit: whether anything is left for the
            // others is known when these have theirs.
            claims = unserved;
            match self.write_claims(now, &planned).await? {
                Outcome::Written => {
                    done.extend(
                        planned.iter().map(|planned| {
                            (planned.place, Claimed::Issued(planned.claim.row(planned.number)))
                        }),
                    );
                }
                Outcome::Moved => {
                    self.forget();
                    let again = planned.iter().map(|planned| (planned.place, planned.claim)).collect();
                    claims.extend(self.sift(again, None, done).await?);
                    claims.sort_unstable_by_key(|(place, _)| *place);
                }
            }
        }
        Err(StoreError::Moved("what a group of claims stands on"))
    }

    /// Gives each claim a share of the stock and a number; those for whom the
    /// others leave nothing come back.
    async fn plan<'a>(&mut self, claims: &Claims<'a>) -> Result<(Vec<Planned<'a>>, Claims<'a>), StoreError> {
        self.look_at_stock(claims).await?;
        let (mut planned, mut unserved) = (Vec::with_capacity(claims.len()), Vec::new());
        let mut taken = Taken::new();
        for (place, claim) in claims {
            match self.stock.find(claim, &taken) {
                Some(from) => {
                    *taken.entry(from).or_default() += 1;
                    let number = self.number(|desk| &mut desk.vouchers).await?;
                    planned.push(Planned { place: *place, claim, number, from });
                }
                None => unserved.push((*place, *claim)),
            }
        }
        Ok((planned, unserved))
    }

    /// Answers the claims that cannot become vouchers, and with `otherwise`
    /// all others too; the rest comes back.
    async fn sift<'a>(
        &mut self,
        claims: Claims<'a>,
        otherwise: Option<Claimed>,
        done: &mut Vec<(usize, Claimed)>,
    ) -> Result<Claims<'a>, StoreError> {
        let against = self.look(&claims).await?;
        let (mut left, mut repeated) = (Vec::new(), Vec::new());
        for (place, claim) in claims {
            let found = i64::try_from(place).ok().and_then(|place| against.get(&place));
            let claimed = match found {
                Some(found) if found.same_key > 0 => {
                    repeated.push((place, claim));
                    continue;
                }
                Some(found) if found.elsewhere => Some(Claimed::KeyReused),
                Some(found) => claim
                    .limit_reached((found.in_round, found.in_campaign, found.in_day))
                    .map(Claimed::AtLimit),
                None => None,
            };
            match claimed.or_else(|| otherwise.clone()) {
                Some(claimed) => done.push((place, claimed)),
                None => left.push((place, claim)),
            }
        }
        done.extend(self.before(repeated).await?);
        Ok(left)
    }

    /// The answers to claims whose keys were used before, in one round trip.
    async fn before(&mut self, claims: Claims<'_>) -> Result<Vec<(usize, Claimed)>, StoreError> {
        if claims.is_empty() {
            return Ok(Vec::new());
        }
        let query = sqlx::query_as(BEFORE)
            .bind(places(&claims))
            .bind(claims.iter().map(|(_, claim)| claim.account_id).collect::<Vec<i64>>())
            .bind(claims.iter().map(|(_, claim)| claim.key.as_str()).collect::<Vec<&str>>());
        let rows: Vec<Repeated> = query.fetch_all(self.line().await?).await?;
        let mut rows: HashMap<i64, VoucherRow> =
            rows.into_iter().map(|repeated| (repeated.place, repeated.row)).collect();
        let told = claims.into_iter().map(|(place, claim)| {
            let row = i64::try_from(place).ok().and_then(|place| rows.remove(&place));
            let row = row.filter(|row| row.round_id == claim.round_id);
            (place, row.map_or(Claimed::KeyReused, Claimed::Before))
        });
        Ok(told.collect())
    }

    /// What stands against each claim, in one round trip.
    async fn look(&mut self, claims: &Claims<'_>) -> Result<HashMap<i64, Against>, StoreError> {
        let column =
            |of: fn(&NewVoucher) -> i64| claims.iter().map(|(_, claim)| of(claim)).collect::<Vec<i64>>();
        let keys: Vec<&str> = claims.iter().map(|(_, claim)| claim.key.as_str()).collect();
        let rows: Vec<Against> = sqlx::query_as(LOOK)
            .bind(places(claims))
            .bind(column(|claim| claim.account_id))
            .bind(column(|claim| claim.campaign_id))
            .bind(column(|claim| claim.round_id))
            .bind(column(|claim| claim.day_starts_ms))
            .bind(keys)
            .fetch_all(self.line().await?)
            .await?;
        Ok(rows.into_iter().map(|row| (row.place, row)).collect())
    }

    async fn write_claims(&mut self, now: Timestamp, planned: &[Planned<'_>]) -> Result<Outcome, StoreError> {
        let mut group = Group::default();
        let mut taken = Taken::new();
        for planned in planned {
            group.issue(planned.claim, planned.number)?;
            *taken.entry(planned.from).or_default() += 1;
        }
        let chained = self.chained(group, now).await?;
        let result = self.send(planned, &taken, &chained).await;
        let outcome = outcome(result)?;
        if matches!(outcome, Outcome::Written) {
            self.head = Some((chained.block.sequence, chained.hash));
            self.stock.take(taken);
        }
        Ok(outcome)
    }

    async fn send(
        &mut self,
        planned: &[Planned<'_>],
        taken: &Taken,
        chained: &Chained,
    ) -> Result<(), sqlx::Error> {
        let column = |of: fn(&NewVoucher) -> i64| {
            planned.iter().map(|planned| of(planned.claim)).collect::<Vec<i64>>()
        };
        let numbers: Vec<i64> = planned.iter().map(|planned| planned.number).collect();
        let districts: Vec<Option<i64>> =
            planned.iter().map(|planned| planned.claim.resident_district).collect();
        let keys: Vec<&str> = planned.iter().map(|planned| planned.claim.key.as_str()).collect();
        let from = |of: fn(&From) -> i64| taken.keys().map(of).collect::<Vec<i64>>();
        let query = sqlx::query(WRITE)
            .bind(numbers)
            .bind(column(|claim| claim.account_id))
            .bind(column(|claim| claim.campaign_id))
            .bind(column(|claim| claim.round_id))
            .bind(districts)
            .bind(column(|claim| claim.issued_at_ms))
            .bind(column(|claim| claim.expires_at_ms))
            .bind(keys)
            .bind(column(|claim| claim.day_starts_ms))
            .bind(column(|claim| claim.per_round))
            .bind(column(|claim| claim.per_campaign))
            .bind(column(|claim| claim.per_day))
            .bind(from(|(round, _, _)| *round))
            .bind(from(|(_, district, _)| *district))
            .bind(from(|(_, _, share)| *share))
            .bind(taken.values().copied().collect::<Vec<i64>>())
            .bind(chained.column(|by| by.business_day.clone()))
            .bind(chained.column(|by| by.hour))
            .bind(chained.column(|by| by.district))
            .bind(chained.column(|by| by.round_id))
            .bind(chained.column(|by| by.claimed));
        chained.send(query, self.line().await?).await
    }
}

fn places(claims: &Claims<'_>) -> Vec<i64> {
    claims.iter().map(|(place, _)| i64::try_from(*place).unwrap_or(i64::MAX)).collect()
}

const BEFORE: &str = "select c.place, v.voucher_id, v.round_id, v.campaign_id, v.account_id, v.state,
        v.issued_at_ms, v.expires_at_ms, v.redeemed_at_ms, v.present_step
   from unnest($1::bigint[], $2::bigint[], $3::text[]) as c (place, account_id, claim_key)
   join voucher v on v.account_id = c.account_id and v.claim_key = c.claim_key";

const LOOK: &str = "select c.place,
        count(case when v.round_id = c.round_id then 1 end) as in_round,
        count(case when v.campaign_id = c.campaign_id then 1 end) as in_campaign,
        count(case when v.campaign_id = c.campaign_id and v.issued_at_ms >= c.day_starts_ms then 1 end) as in_day,
        count(case when v.claim_key = c.claim_key then 1 end) as same_key,
        exists (select 1 from idempotency i where i.account_id = c.account_id and i.idem_key = c.claim_key)
        or exists (select 1 from redemption r where r.clerk_id = c.account_id and r.redeem_key = c.claim_key)
            as elsewhere
   from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[])
        as c (place, account_id, campaign_id, round_id, day_starts_ms, claim_key)
   left join voucher v on v.account_id = c.account_id
  group by c.place, c.account_id, c.campaign_id, c.round_id, c.day_starts_ms, c.claim_key";

pub(super) const WRITE: &str = "with claim as (
    select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[],
                         $7::bigint[], $8::text[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[])
        as c (voucher_id, account_id, campaign_id, round_id, resident_district, issued_at_ms,
              expires_at_ms, claim_key, day_starts_ms, per_round, per_campaign, per_day)
), issued as (
    insert into voucher (voucher_id, account_id, campaign_id, nth, round_id, resident_district,
                         state, issued_at_ms, expires_at_ms, claim_key)
    select c.voucher_id, c.account_id, c.campaign_id, held.campaign + 1, c.round_id, c.resident_district,
           'issued', c.issued_at_ms, c.expires_at_ms, c.claim_key
      from claim c cross join lateral (
           select count(case when v.campaign_id = c.campaign_id then 1 end) as campaign,
                  count(case when v.round_id = c.round_id then 1 end) as round,
                  count(case when v.campaign_id = c.campaign_id and v.issued_at_ms >= c.day_starts_ms
                             then 1 end) as day,
                  count(case when v.claim_key = c.claim_key then 1 end) as same_key
             from voucher v where v.account_id = c.account_id) held
     where held.round < c.per_round and held.campaign < c.per_campaign and held.day < c.per_day
       and held.same_key = 0
       and not exists (select 1 from idempotency i where i.account_id = c.account_id and i.idem_key = c.claim_key)
       and not exists (select 1 from redemption r where r.clerk_id = c.account_id and r.redeem_key = c.claim_key)
    returning 1
), taken as (
    update stock s set issued = s.issued + t.taken
      from unnest($13::bigint[], $14::bigint[], $15::bigint[], $16::bigint[])
           as t (round_id, district, share, taken)
     where s.round_id = t.round_id and s.district = t.district and s.share = t.share
       and s.issued + t.taken <= s.quantity
    returning 1
), counted as (
    insert into tally (business_day, hour, district, kind, round_id, channel, chain, claimed)
    select m.business_day, m.hour, m.district, '', m.round_id, '', $22, m.claimed
      from unnest($17::text[], $18::bigint[], $19::bigint[], $20::bigint[], $21::bigint[])
           as m (business_day, hour, district, round_id, claimed)
    on conflict (business_day, district, round_id, hour, kind, channel, chain) do update
       set claimed = tally.claimed + excluded.claimed
    returning 1
), day_counted as (
    insert into tally_day (business_day, district, round_id, chain, claimed)
    select m.business_day, m.district, m.round_id, $22, sum(m.claimed)
      from unnest($17::text[], $19::bigint[], $20::bigint[], $21::bigint[])
           as m (business_day, district, round_id, claimed)
     group by m.business_day, m.district, m.round_id
    on conflict (business_day, district, round_id, chain) do update
       set claimed = tally_day.claimed + excluded.claimed
    returning 1
), chained as (
    update ledger_head set sequence = $23::bigint, hash = $27, at_ms = $24
     where chain = $22 and sequence = $23::bigint - 1 and hash = $25
    returning 1
), block as (
    insert into ledger_block (chain, sequence, at_ms, previous, entries, hash)
    select $22, $23, $24, $25, $26, $27 from chained
    returning 1
)
select 1 / (case when (select count(*) from issued) = cardinality($1::bigint[])
                  and (select count(*) from taken) = cardinality($13::bigint[])
                  and (select count(*) from counted) = cardinality($17::text[])
                  and (select count(*) from day_counted) > 0
                  and (select count(*) from block) = 1
                  and (select count(*) from chained) = 1
             then 1 else 0 end)";
