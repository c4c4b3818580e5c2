//! Merchants and outlets as they join and change.

use crate::store::catalogue::{insert_merchant, insert_outlet};
use crate::store::{StoreError, Tx, catalogue, changed, meta, on};
use domain::{CreditCode, Joining, Merchant, MerchantId, Outlet, OutletId};
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

/// The name of the merchant that has a credit code, where it is not this one.
pub(crate) async fn holder_of(
    tx: &mut Tx,
    code: &CreditCode,
    own: Option<MerchantId>,
) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> = on!(tx, conn => sqlx::query_as(
        "select name from merchant where credit_code = $1 and merchant_id <> $2")
        .bind(code.as_str()).bind(own.map_or(0, |own| own.0)).fetch_optional(conn))?;
    Ok(row.map(|(name,)| name))
}

/// An outlet's number and name.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct OutletName {
    pub(crate) outlet_id: i64,
    pub(crate) name: String,
}

/// A merchant's outlets, by number.
pub(crate) async fn outlet_names(tx: &mut Tx, merchant: MerchantId) -> Result<Vec<OutletName>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select outlet_id, name from outlet where merchant_id = $1 order by outlet_id")
        .bind(merchant.0).fetch_all(conn))?)
}

/// Puts what a merchant that was turned down signed anew; false when it does
/// not stand so any more. Why it was turned down stays until the next review.
pub(crate) async fn apply_again(tx: &mut Tx, id: MerchantId, joining: &Joining) -> Result<bool, StoreError> {
    let rows = changed!(
        tx,
        sqlx::query(
            "update merchant set name = $2, name_en = $3, kind = $4, credit_code = $5, state = 'reapplied'
              where merchant_id = $1 and state = 'rejected'"
        )
        .bind(id.0)
        .bind(&joining.name)
        .bind(&joining.name_en)
        .bind(&joining.kind.0)
        .bind(joining.credit_code.as_str())
    )?;
    Ok(rows == 1)
}

/// Names an outlet.
pub(crate) async fn rename_outlet(tx: &mut Tx, id: OutletId, name: &str) -> Result<(), StoreError> {
    changed!(tx, sqlx::query("update outlet set name = $2 where outlet_id = $1").bind(id.0).bind(name))?;
    Ok(())
}

/// Removes an outlet that nothing speaks of; false when something does.
pub(crate) async fn remove_outlet(
    tx: &mut Tx,
    merchant: MerchantId,
    id: OutletId,
) -> Result<bool, StoreError> {
    changed!(tx, sqlx::query("delete from enrolled_only where outlet_id = $1").bind(id.0))?;
    let rows = changed!(
        tx,
        sqlx::query(
            "delete from outlet where outlet_id = $1 and merchant_id = $2
                and not exists (select 1 from redemption where merchant_id = $2 and outlet_id = $1)
                and not exists (select 1 from till where merchant_id = $2 and outlet_id = $1)
                and not exists (select 1 from account_outlet where outlet_id = $1)
                and not exists (select 1 from promotion_outlet where outlet_id = $1)
                and not exists (select 1 from offline_outlet where outlet_id = $1)
                and not exists (select 1 from risk_case where merchant_id = $2 and outlet_id = $1)"
        )
        .bind(id.0)
        .bind(merchant.0)
    )?;
    Ok(rows == 1)
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
