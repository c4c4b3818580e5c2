//! After a run: the ledger is clean, no more was issued than there was, every limit was kept, and everything
//! that was acknowledged is there.

use crate::city::Place;
use crate::fill::{Open, on};
use crate::program;
use anyhow::{Result, ensure};
use domain::RoundId;
use std::collections::HashMap;

/// What a run told its crowd.
#[derive(Debug, Default)]
pub(crate) struct Told {
    /// Vouchers by number, with the account that got each.
    pub(crate) vouchers: HashMap<i64, i64>,
    /// Redemptions by number, with their vouchers.
    pub(crate) redemptions: HashMap<i64, i64>,
}

pub(crate) async fn check(
    place: &Place,
    round: RoundId,
    (issued, per_resident): (i64, i64),
    told: &Told,
) -> Result<()> {
    program::verify(&place.folder, place.database())?;
    let mut open = Open::at(place).await?;
    let vouchers: Vec<(i64, i64)> = on!(&mut open, conn => sqlx::query_as(
        "select voucher_id, account_id from voucher where round_id = $1").bind(round.0).fetch_all(conn))?;
    ensure!(vouchers.len() as i64 == issued, "{} vouchers were issued instead of {issued}", vouchers.len());
    let (most,): (i64,) = on!(&mut open, conn => sqlx::query_as(
        "select max(held) from (select count(*) as held from voucher where round_id = $1 group by account_id) h")
        .bind(round.0).fetch_one(conn))?;
    ensure!(most <= per_resident, "somebody holds {most} vouchers of {per_resident}");
    let vouchers: HashMap<i64, i64> = vouchers.into_iter().collect();
    for (voucher, account) in &told.vouchers {
        ensure!(
            vouchers.get(voucher) == Some(account),
            "voucher {voucher} was acknowledged and is not there"
        );
    }
    let redemptions: Vec<(i64, i64)> = on!(&mut open, conn => sqlx::query_as(
        "select redemption_id, voucher_id from redemption where round_id = $1").bind(round.0).fetch_all(conn))?;
    let redemptions: HashMap<i64, i64> = redemptions.into_iter().collect();
    for (redemption, voucher) in &told.redemptions {
        ensure!(
            redemptions.get(redemption) == Some(voucher),
            "redemption {redemption} was acknowledged and is not there"
        );
    }
    ensure!(redemptions.len() == told.redemptions.len(), "redeemed more than was acknowledged");
    Ok(())
}
