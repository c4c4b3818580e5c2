//! Groups of redemptions.

use super::{Chained, Outcome, PLANS, PostgresDesk, outcome};
use crate::store::desk::group::Group;
use crate::store::desk::{NewRedemption, Redeemable, Redeemed};
use crate::store::redemption::RedemptionRow;
use crate::store::voucher::VoucherRow;
use crate::store::{StoreError, Tx, idempotency, merchant_use, redemption, resident_use, voucher};
use domain::{AccountId, Timestamp, VoucherId};
use sqlx::{Executor, PgPool};
use std::collections::{HashMap, HashSet};

/// The redemptions of a group by their places in it.
type Redemptions<'a, E> = Vec<(usize, &'a NewRedemption<E>)>;
/// What is told of those that are answered.
type Answers<E> = Vec<(usize, Redeemed<E>)>;
/// Those that may be written, as far as they were read.
type Judged<'a, E> = Vec<(usize, &'a NewRedemption<E>, Redeemable)>;
/// Those that may not, with the answer when their keys were not used before.
type Refused<'a, E> = Vec<(usize, &'a NewRedemption<E>, Redeemed<E>)>;

impl PostgresDesk {
    /// Redeems all; a voucher, and a resident at an outlet or a merchant whose
    /// limit is counted, once at a time.
    pub(super) async fn redeem_all<E: Send>(
        &mut self,
        now: Timestamp,
        mut waiting: Redemptions<'_, E>,
    ) -> Result<Answers<E>, StoreError> {
        let mut done = Vec::with_capacity(waiting.len());
        while !waiting.is_empty() {
            let mut vouchers = HashSet::new();
            let (first, mut later): (Redemptions<'_, E>, _) =
                waiting.into_iter().partition(|(_, new)| vouchers.insert(new.voucher_id));
            let (mut outlets, mut merchants) = (HashSet::new(), HashSet::new());
            let (mut judged, unseen) = self.judge_seen(first).await?;
            let (read, refused) = self.judge(unseen).await?;
            judged.extend(read);
            judged.retain(|(place, new, redeemable)| {
                let row = &redeemable.row;
                let once = outlets.insert((row.account_id, row.campaign_id, row.outlet_id))
                    && (redeemable.per_merchant_day.is_none()
                        || merchants.insert((row.account_id, row.campaign_id, row.merchant_id)));
                if !once {
                    later.push((*place, new));
                }
                once
            });
            let pool = self.pool.clone();
            // Repeats are found while the others are written.
            let (written, told) = tokio::join!(self.redeem_each_once(now, judged), tell(&pool, refused));
            done.extend(written?);
            done.extend(told?);
            waiting = later;
        }
        Ok(done)
    }

    /// Writes them together; when a guard says no, once more as they are now,
    /// and then one by one.
    async fn redeem_each_once<E: Send>(
        &mut self,
        now: Timestamp,
        judged: Judged<'_, E>,
    ) -> Result<Answers<E>, StoreError> {
        let (mut done, judged) = self.redeem_together(now, judged).await?;
        if judged.is_empty() {
            return Ok(done);
        }
        let again = judged.into_iter().map(|(place, new, _)| (place, new)).collect();
        let (judged, refused) = self.judge(again).await?;
        done.extend(tell(&self.pool, refused).await?);
        let (written, left) = self.redeem_together(now, judged).await?;
        done.extend(written);
        for (place, new, _) in left {
            done.push((place, self.redeem_alone(now, new).await?));
        }
        Ok(done)
    }

    /// Writes them together, but for those of merchants under review, which come
    /// alone; gives back those against which a guard said no.
    async fn redeem_together<'a, E: Send>(
        &mut self,
        now: Timestamp,
        mut judged: Judged<'a, E>,
    ) -> Result<(Answers<E>, Judged<'a, E>), StoreError> {
        let mut done = Vec::with_capacity(judged.len());
        let capped: Judged<'_, E> =
            judged.extract_if(.., |(_, _, redeemable)| redeemable.cap.is_some()).collect();
        for (place, new, _) in capped {
            done.push((place, self.redeem_alone(now, new).await?));
        }
        let rows: Vec<&Redeemable> = judged.iter().map(|(_, _, redeemable)| redeemable).collect();
        if rows.is_empty() {
            return Ok((done, judged));
        }
        let Some(written) = self.write_redemptions(now, &rows).await? else {
            self.forget();
            return Ok((done, judged));
        };
        let places = judged.iter().map(|(place, _, _)| *place);
        done.extend(places.zip(written.into_iter().map(Redeemed::Now)));
        Ok((done, Vec::new()))
    }

    async fn redeem_alone<E: Send>(
        &mut self,
        now: Timestamp,
        new: &NewRedemption<E>,
    ) -> Result<Redeemed<E>, StoreError> {
        for _ in 0..PLANS {
            let (judged, refused) = self.judge(vec![(0, new)]).await?;
            let Some((_, _, redeemable)) = judged.into_iter().next() else {
                let answer = tell(&self.pool, refused).await?.pop();
                let answer = answer.map(|(_, redeemed)| redeemed);
                return answer.ok_or_else(|| StoreError::corrupt("a redemption that was not judged"));
            };
            if let Some(written) = self.write_redemptions(now, &[&redeemable]).await? {
                return written
                    .into_iter()
                    .next()
                    .map(Redeemed::Now)
                    .ok_or_else(|| StoreError::corrupt("a redemption that was written and not told"));
            }
            self.forget();
            if let Some(answer) = self.why_not(new).await? {
                return Ok(answer);
            }
        }
        Err(StoreError::Moved("what a redemption stands on"))
    }

    /// What stands against a redemption, by one state of the whole database: of
    /// two answers that became true one after the other, the right one.
    async fn why_not<E: Send>(&self, new: &NewRedemption<E>) -> Result<Option<Redeemed<E>>, StoreError> {
        let mut tx = self.db.read().await?;
        if let Some(before) = redeemed_before(&mut tx, new).await? {
            return Ok(Some(before));
        }
        let row = voucher::get(&mut tx, VoucherId(new.voucher_id)).await?;
        Ok(match row.map(|row| (new.judge)(&row)) {
            None => Some(Redeemed::Unknown),
            Some(Err(refused)) => Some(Redeemed::Refused(refused)),
            Some(Ok(Redeemable { row, per_outlet_day, per_merchant_day, cap, .. })) => {
                let used = redemption::used_at_outlet(&mut tx, &row.outlet_use()).await?;
                if used >= per_outlet_day {
                    return Ok(Some(Redeemed::AtOutletLimit(per_outlet_day)));
                }
                if let Some(limit) = per_merchant_day
                    && resident_use::used(&mut tx, &row.resident_use()).await? >= limit
                {
                    return Ok(Some(Redeemed::AtMerchantLimit(limit)));
                }
                let Some(cap) = cap else { return Ok(None) };
                (!merchant_use::has_room(&mut tx, &row, cap).await?).then_some(Redeemed::AtDailyCap(cap))
            }
        })
    }

    /// Tests vouchers as they were looked at lately; gives back those of which
    /// that is not known, or is not enough.
    async fn judge_seen<'a, E: Send>(
        &mut self,
        waiting: Redemptions<'a, E>,
    ) -> Result<(Judged<'a, E>, Redemptions<'a, E>), StoreError> {
        let (mut judged, mut unseen) = (Vec::with_capacity(waiting.len()), Vec::new());
        for (place, new) in waiting {
            match new.seen.as_ref().map(|row| (new.judge)(row)) {
                Some(Ok(redeemable)) => judged.push((place, new, self.numbered(redeemable).await?)),
                _ => unseen.push((place, new)),
            }
        }
        Ok((judged, unseen))
    }

    async fn numbered(&mut self, mut redeemable: Redeemable) -> Result<Redeemable, StoreError> {
        redeemable.row.redemption_id = self.number(|desk| &mut desk.redemptions).await?;
        Ok(redeemable)
    }

    /// Reads the vouchers in one round trip and tests them.
    async fn judge<'a, E: Send>(
        &mut self,
        waiting: Redemptions<'a, E>,
    ) -> Result<(Judged<'a, E>, Refused<'a, E>), StoreError> {
        if waiting.is_empty() {
            return Ok((Vec::new(), Vec::new()));
        }
        let numbers: Vec<i64> = waiting.iter().map(|(_, new)| new.voucher_id).collect();
        let rows: Vec<VoucherRow> = sqlx::query_as(READ).bind(numbers).fetch_all(self.line().await?).await?;
        let rows: HashMap<i64, VoucherRow> = rows.into_iter().map(|row| (row.voucher_id, row)).collect();
        let (mut judged, mut refused) = (Vec::with_capacity(waiting.len()), Vec::new());
        for (place, new) in waiting {
            let no = match rows.get(&new.voucher_id).map(|row| (new.judge)(row)) {
                Some(Ok(redeemable)) => {
                    judged.push((place, new, self.numbered(redeemable).await?));
                    continue;
                }
                Some(Err(refused)) => Redeemed::Refused(refused),
                None => Redeemed::Unknown,
            };
            refused.push((place, new, no));
        }
        Ok((judged, refused))
    }

    /// One statement for all; `None` when a guard said no.
    async fn write_redemptions(
        &mut self,
        now: Timestamp,
        redeemables: &[&Redeemable],
    ) -> Result<Option<Vec<RedemptionRow>>, StoreError> {
        let mut group = Group::default();
        for redeemable in redeemables {
            group.enter(&redeemable.entry, &redeemable.tally);
        }
        let chained = self.chained(group, now).await?;
        let is_counted = |one: &&Redeemable| one.cap.is_some() || one.per_merchant_day.is_some();
        let sent = if redeemables.iter().any(is_counted) {
            self.send_counted(redeemables, &chained).await
        } else {
            self.send_redemptions(redeemables, &chained).await
        };
        match outcome(sent)? {
            Outcome::Moved => Ok(None),
            Outcome::Written => {
                self.head = Some((chained.block.sequence, chained.hash));
                Ok(Some(redeemables.iter().map(|redeemable| redeemable.row.clone()).collect()))
            }
        }
    }

    /// Counts redemptions against what only some have to heed, in one
    /// transaction with them.
    async fn send_counted(&mut self, all: &[&Redeemable], chained: &Chained) -> Result<(), sqlx::Error> {
        self.line().await?.execute("begin").await?;
        let sent = match self.count_apart(all).await {
            Ok(()) => self.send_redemptions(all, chained).await,
            Err(error) => Err(error),
        };
        let end = if sent.is_ok() { "commit" } else { "rollback" };
        self.line().await?.execute(end).await?;
        sent
    }

    /// The cap of a merchant under review, which comes alone, and the limits of
    /// residents at merchants.
    async fn count_apart(&mut self, all: &[&Redeemable]) -> Result<(), sqlx::Error> {
        if let [Redeemable { cap: Some(cap), row, .. }] = all {
            let guard = merchant_use::Guard::of(row, *cap);
            guard.query(sqlx::query(merchant_use::COUNT_OR_FAIL)).execute(self.line().await?).await?;
        }
        let limited = all.iter().filter_map(|one| Some((one.row.resident_use(), one.per_merchant_day?)));
        let limited: Vec<_> = limited.collect();
        if !limited.is_empty() {
            resident_use::count_or_fail(&limited).execute(self.line().await?).await?;
        }
        Ok(())
    }

    async fn send_redemptions(&mut self, all: &[&Redeemable], chained: &Chained) -> Result<(), sqlx::Error> {
        let number = |of: fn(&RedemptionRow) -> i64| all.iter().map(|one| of(&one.row)).collect::<Vec<i64>>();
        let text = |of: fn(&RedemptionRow) -> &str| all.iter().map(|one| of(&one.row)).collect::<Vec<&str>>();
        let invoices: Vec<Option<&str>> = all.iter().map(|one| one.row.invoice_no.as_deref()).collect();
        let query = sqlx::query(WRITE)
            .bind(number(|row| row.redemption_id))
            .bind(number(|row| row.voucher_id))
            .bind(number(|row| row.round_id))
            .bind(number(|row| row.campaign_id))
            .bind(number(|row| row.account_id))
            .bind(number(|row| row.merchant_id))
            .bind(number(|row| row.outlet_id))
            .bind(number(|row| row.district))
            .bind(text(|row| &row.kind))
            .bind(text(|row| &row.channel))
            .bind(number(|row| row.clerk_id))
            .bind(text(|row| &row.redeem_key))
            .bind(text(|row| &row.request_hash))
            .bind(number(|row| row.order_fen))
            .bind(number(|row| row.subsidy_fen))
            .bind(number(|row| row.government_fen))
            .bind(text(|row| &row.receipt_code))
            .bind(invoices)
            .bind(number(|row| row.redeemed_at_ms))
            .bind(text(|row| &row.business_day))
            .bind(number(|row| row.hour))
            .bind(all.iter().map(|one| one.step).collect::<Vec<i64>>())
            .bind(all.iter().map(|one| one.per_outlet_day).collect::<Vec<i64>>())
            .bind(chained.column(|by| by.business_day.clone()))
            .bind(chained.column(|by| by.hour))
            .bind(chained.column(|by| by.district))
            .bind(chained.column(|by| by.kind.clone()))
            .bind(chained.column(|by| by.round_id))
            .bind(chained.column(|by| by.channel.clone()))
            .bind(chained.column(|by| by.redeemed))
            .bind(chained.column(|by| by.order_fen))
            .bind(chained.column(|by| by.subsidy_fen))
            .bind(chained.column(|by| by.government_fen))
            .bind(number(|row| row.merchant_discount_fen))
            .bind(all.iter().map(|one| one.row.till_id).collect::<Vec<Option<i64>>>());
        chained.send(query, self.line().await?).await
    }
}

/// Answers those that may not be written: a key that was used before has its
/// answer already.
async fn tell<E: Send>(pool: &PgPool, refused: Refused<'_, E>) -> Result<Answers<E>, StoreError> {
    let asked: Vec<&NewRedemption<E>> = refused.iter().map(|(_, new, _)| *new).collect();
    let before = all_redeemed_before(pool, &asked).await?;
    let told = refused.into_iter().zip(before).map(|((place, _, no), before)| (place, before.unwrap_or(no)));
    Ok(told.collect())
}

/// What each key was used for before, if for anything; in two round trips at
/// most.
async fn all_redeemed_before<E>(
    pool: &PgPool,
    all: &[&NewRedemption<E>],
) -> Result<Vec<Option<Redeemed<E>>>, StoreError> {
    if all.is_empty() {
        return Ok(Vec::new());
    }
    let clerks: Vec<i64> = all.iter().map(|new| new.clerk_id).collect();
    let keys: Vec<&str> = all.iter().map(|new| new.key.as_str()).collect();
    let query = sqlx::query_as(BEFORE).bind(&clerks).bind(&keys);
    let rows: Vec<RedemptionRow> = query.fetch_all(pool).await?;
    let by_key = rows.iter().map(|row| ((row.clerk_id, row.redeem_key.as_str()), row));
    let by_key: HashMap<(i64, &str), &RedemptionRow> = by_key.collect();
    let found = |new: &NewRedemption<E>| by_key.get(&(new.clerk_id, new.key.as_str())).copied();
    let elsewhere = if all.iter().all(|new| found(new).is_some()) {
        HashSet::new()
    } else {
        let query = sqlx::query_as(ELSEWHERE).bind(&clerks).bind(&keys);
        let rows: Vec<(i64, String)> = query.fetch_all(pool).await?;
        rows.into_iter().collect()
    };
    let told = all.iter().map(|new| match found(new) {
        Some(row) if row.request_hash == new.request_hash => Some(Redeemed::Before(row.clone())),
        Some(_) => Some(Redeemed::KeyReused),
        None => elsewhere.contains(&(new.clerk_id, new.key.clone())).then_some(Redeemed::KeyReused),
    });
    Ok(told.collect())
}

/// What the key was used for before, if for anything.
async fn redeemed_before<E>(tx: &mut Tx, new: &NewRedemption<E>) -> Result<Option<Redeemed<E>>, StoreError> {
    let clerk = AccountId(new.clerk_id);
    if let Some(row) = redemption::by_key(tx, clerk, &new.key).await? {
        let same = row.request_hash == new.request_hash;
        return Ok(Some(if same { Redeemed::Before(row) } else { Redeemed::KeyReused }));
    }
    let used = idempotency::used(tx, clerk, &new.key).await?;
    Ok(used.then_some(Redeemed::KeyReused))
}

pub(super) const READ: &str = "select voucher_id, round_id, campaign_id, account_id, state,
        issued_at_ms, expires_at_ms, redeemed_at_ms, present_step
   from voucher where voucher_id = any($1::bigint[])";

const BEFORE: &str = "select r.* from unnest($1::bigint[], $2::text[]) as k (clerk_id, redeem_key)
   join redemption r on r.clerk_id = k.clerk_id and r.redeem_key = k.redeem_key";

const ELSEWHERE: &str = "select k.clerk_id, k.redeem_key
   from unnest($1::bigint[], $2::text[]) as k (clerk_id, redeem_key)
  where exists (select 1 from idempotency i where i.account_id = k.clerk_id and i.idem_key = k.redeem_key)
     or exists (select 1 from voucher v where v.account_id = k.clerk_id and v.claim_key = k.redeem_key)";

pub(super) const WRITE: &str = "with new as (
    select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[],
                         $7::bigint[], $8::bigint[], $9::text[], $10::text[], $11::bigint[], $12::text[],
                         $13::text[], $14::bigint[], $15::bigint[], $16::bigint[], $17::text[], $18::text[],
                         $19::bigint[], $20::text[], $21::bigint[], $22::bigint[], $23::bigint[], $34::bigint[],
                         $35::bigint[])
        as n (redemption_id, voucher_id, round_id, campaign_id, account_id, merchant_id, outlet_id, district,
              kind, channel, clerk_id, redeem_key, request_hash, order_fen, subsidy_fen, government_fen,
              receipt_code, invoice_no, redeemed_at_ms, business_day, hour, step, per_outlet_day,
              merchant_discount_fen, till_id)
), redeemed as (
    update voucher v set state = 'redeemed', redeemed_at_ms = n.redeemed_at_ms, present_step = n.step,
                         redemption_id = n.redemption_id
      from new n
     where v.account_id = n.account_id and v.campaign_id = n.campaign_id and v.voucher_id = n.voucher_id
       and v.state = 'issued' and v.expires_at_ms > n.redeemed_at_ms
       and (v.present_step is null or v.present_step < n.step)
    returning 1
), added as (
    insert into redemption (redemption_id, voucher_id, round_id, campaign_id, account_id, merchant_id,
                            outlet_id, district, kind, channel, clerk_id, redeem_key, request_hash,
                            order_fen, subsidy_fen, government_fen, receipt_code, invoice_no,
                            redeemed_at_ms, business_day, hour, merchant_discount_fen, till_id)
    select redemption_id, voucher_id, round_id, campaign_id, account_id, merchant_id,
           outlet_id, district, kind, channel, clerk_id, redeem_key, request_hash,
           order_fen, subsidy_fen, government_fen, receipt_code, invoice_no,
           redeemed_at_ms, business_day, hour, merchant_discount_fen, till_id
      from new n
     where not exists (select 1 from idempotency i where i.account_id = n.clerk_id and i.idem_key = n.redeem_key)
       and not exists (select 1 from voucher v where v.account_id = n.clerk_id and v.claim_key = n.redeem_key)
    returning 1
), used as (
    insert into outlet_use as u (account_id, campaign_id, outlet_id, business_day, redeemed)
    select account_id, campaign_id, outlet_id, business_day, 1 from new where per_outlet_day > 0
    on conflict (account_id, campaign_id, outlet_id, business_day) do update set redeemed = u.redeemed + 1
     where u.redeemed < (select n.per_outlet_day from new n
                          where n.account_id = u.account_id and n.campaign_id = u.campaign_id
                            and n.outlet_id = u.outlet_id and n.business_day = u.business_day)
    returning 1
), counted as (
    insert into tally (business_day, hour, district, kind, round_id, channel, chain,
                       redeemed, order_fen, subsidy_fen, government_fen)
    select m.business_day, m.hour, m.district, m.kind, m.round_id, m.channel, $36,
           m.redeemed, m.order_fen, m.subsidy_fen, m.government_fen
      from unnest($24::text[], $25::bigint[], $26::bigint[], $27::text[], $28::bigint[], $29::text[],
                  $30::bigint[], $31::bigint[], $32::bigint[], $33::bigint[])
           as m (business_day, hour, district, kind, round_id, channel,
                 redeemed, order_fen, subsidy_fen, government_fen)
    on conflict (business_day, district, round_id, hour, kind, channel, chain) do update
       set redeemed = tally.redeemed + excluded.redeemed, order_fen = tally.order_fen + excluded.order_fen,
           subsidy_fen = tally.subsidy_fen + excluded.subsidy_fen,
           government_fen = tally.government_fen + excluded.government_fen
    returning 1
), day_counted as (
    insert into tally_day (business_day, district, round_id, chain, redeemed, order_fen, subsidy_fen,
                           government_fen)
    select m.business_day, m.district, m.round_id, $36, sum(m.redeemed), sum(m.order_fen),
           sum(m.subsidy_fen), sum(m.government_fen)
      from unnest($24::text[], $26::bigint[], $28::bigint[], $30::bigint[], $31::bigint[], $32::bigint[],
                  $33::bigint[])
           as m (business_day, district, round_id, redeemed, order_fen, subsidy_fen, government_fen)
     group by m.business_day, m.district, m.round_id
    on conflict (business_day, district, round_id, chain) do update
       set redeemed = tally_day.redeemed + excluded.redeemed,
           order_fen = tally_day.order_fen + excluded.order_fen,
           subsidy_fen = tally_day.subsidy_fen + excluded.subsidy_fen,
           government_fen = tally_day.government_fen + excluded.government_fen
    returning 1
), chained as (
    update ledger_head set sequence = $37::bigint, hash = $41, at_ms = $38
     where chain = $36 and sequence = $37::bigint - 1 and hash = $39
    returning 1
), block as (
    insert into ledger_block (chain, sequence, at_ms, previous, entries, hash)
    select $36, $37, $38, $39, $40, $41 from chained
    returning 1
)
select 1 / (case when (select count(*) from redeemed) = cardinality($1::bigint[])
                  and (select count(*) from added) = cardinality($1::bigint[])
                  and (select count(*) from used) = cardinality($1::bigint[])
                  and (select count(*) from counted) = cardinality($24::text[])
                  and (select count(*) from day_counted) > 0
                  and (select count(*) from block) = 1
                  and (select count(*) from chained) = 1
             then 1 else 0 end)";
