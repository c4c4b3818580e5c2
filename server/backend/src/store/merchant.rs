//! Merchants and outlets as they join and change.

use crate::store::catalogue::{insert_merchant, insert_outlet};
use crate::store::{StoreError, Tx, catalogue, changed, meta, on};
use domain::{CreditCode, Merchant, MerchantId, Outlet, OutletId};
use std::collections::HashMap;

/// Who takes part already.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// By credit code.
    pub(crate) merchants: HashMap<String, Merchant>,
    /// By merchant.
    pub(crate) outlets: HashMap<MerchantId, Vec<Outlet>>,
    last_merchant: i64,
    last_outlet: i64,
}

impl Known {
    /// A number that no merchant has.
    pub(crate) fn next_merchant(&mut self) -> MerchantId {
        self.last_merchant += 1;
        MerchantId(self.last_merchant)
    }

    /// A number that no outlet has.
    pub(crate) fn next_outlet(&mut self) -> OutletId {
        self.last_outlet += 1;
        OutletId(self.last_outlet)
    }
}

/// Everybody who takes part.
pub(crate) async fn known(tx: &mut Tx) -> Result<Known, StoreError> {
    let mut known = Known::default();
    let codes: Vec<(i64, String)> = on!(tx, conn => sqlx::query_as(
        "select merchant_id, credit_code from merchant").fetch_all(conn))?;
    let codes: HashMap<i64, String> = codes.into_iter().collect();
    for merchant in catalogue::merchants(tx).await? {
        known.last_merchant = known.last_merchant.max(merchant.id.0);
        let code = codes.get(&merchant.id.0).cloned();
        known.merchants.extend(code.map(|code| (code, merchant)));
    }
    for outlet in catalogue::outlets(tx).await? {
        known.last_outlet = known.last_outlet.max(outlet.id.0);
        known.outlets.entry(outlet.merchant_id).or_default().push(outlet);
    }
    Ok(known)
}

/// The name of the merchant that has a credit code.
pub(crate) async fn holder_of(tx: &mut Tx, code: &CreditCode) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> = on!(tx, conn => sqlx::query_as(
        "select name from merchant where credit_code = $1").bind(code.as_str()).fetch_optional(conn))?;
    Ok(row.map(|(name,)| name))
}

/// The last numbers of a merchant and of an outlet.
pub(crate) async fn last_numbers(tx: &mut Tx) -> Result<(i64, i64), StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select (select coalesce(max(merchant_id), 0) from merchant),
                (select coalesce(max(outlet_id), 0) from outlet)").fetch_one(conn))?)
}

/// Those who add merchants do so one after the other, because their numbers
/// follow each other.
pub(crate) async fn take_turn(tx: &mut Tx) -> Result<(), StoreError> {
    meta::take_numbers(tx, "import", 1).await.map(drop)
}

/// Adds a merchant.
pub(crate) async fn add(tx: &mut Tx, merchant: &Merchant, code: &CreditCode) -> Result<(), StoreError> {
    insert_merchant(tx, merchant, code).await
}

/// Adds an outlet.
pub(crate) async fn add_outlet(tx: &mut Tx, outlet: &Outlet) -> Result<(), StoreError> {
    insert_outlet(tx, outlet).await
}

/// Puts a merchant's names and kind.
pub(crate) async fn change(tx: &mut Tx, merchant: &Merchant) -> Result<(), StoreError> {
    changed!(
        tx,
        sqlx::query("update merchant set name = $2, name_en = $3, kind = $4 where merchant_id = $1")
            .bind(merchant.id.0)
            .bind(&merchant.name)
            .bind(&merchant.name_en)
            .bind(&merchant.kind.0)
    )?;
    Ok(())
}

/// Puts everything about an outlet but its name, by which it is known.
pub(crate) async fn change_outlet(tx: &mut Tx, outlet: &Outlet) -> Result<(), StoreError> {
    let hours = outlet.hours.to_string();
    changed!(
        tx,
        sqlx::query(
            "update outlet set name_en = $2, district = $3, area = $4, address = $5, address_en = $6,
                    hours = $7, night = $8, telephone = $9
              where outlet_id = $1"
        )
        .bind(outlet.id.0)
        .bind(&outlet.name_en)
        .bind(outlet.district.number())
        .bind(&outlet.area)
        .bind(&outlet.address)
        .bind(&outlet.address_en)
        .bind(&hours)
        .bind(outlet.night)
        .bind(&outlet.telephone)
    )?;
    Ok(())
}
