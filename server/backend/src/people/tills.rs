//! Tills: devices that a manager or the owner enrols.
//!
//! The device keeps a secret, the database its hash. A node remembers the tills
//! it has seen, as it does callers, so a redemption costs no look-up; one that
//! is switched off is refused everywhere within a quarter of a second. The
//! secret is made from the enroller and their idempotency key: a repeat gets
//! the same one.

use super::invitation::bad_name;
use super::managed_merchant;
use crate::audit::{self, Deed};
use crate::once::Done;
use crate::paging::{Cursor, page};
use crate::store::meta;
use crate::store::till::{self, NamedTillRow, TillRow};
use crate::{Backend, Caller, Error, StoreError, TillPlace, keys};
use domain::shapes::{Page, TillEnrolled, TillShape};
use domain::{
    AuditAction, AuditThing, Denied, IdempotencyKey, ListQuery, MOST_TILLS, MerchantId, OutletId,
    PeopleRefused, TillId, Timestamp, short_name,
};
use serde_json::json;

/// The secret's hexadecimal digits.
const SECRET_LENGTH: usize = 64;

/// What a node knows of a till.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct KnownTill {
    pub(crate) id: TillId,
    pub(crate) merchant: MerchantId,
    pub(crate) outlet: OutletId,
    pub(crate) on: bool,
}

/// A till to be enrolled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTill {
    /// Its name, 1 to 40 characters.
    pub name: String,
    /// Where it stands.
    pub outlet_id: OutletId,
}

/// How a till is to be from now on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TillChange {
    /// Its name, 1 to 40 characters.
    pub name: String,
    /// Whether it may redeem.
    pub on: bool,
}

impl Backend {
    /// Enrols a till. Where the device was one of the same merchant before,
    /// which its old `secret` tells, that one is switched off.
    ///
    /// # Errors
    /// The caller does not manage tills, the outlet is not theirs, the name is
    /// none, there are too many, or the key was used for another one.
    pub async fn enrol_till(
        &self,
        caller: &Caller,
        new: &NewTill,
        secret: Option<&str>,
        key: &IdempotencyKey,
    ) -> Result<Done<TillEnrolled>, Error> {
        let merchant = managed_merchant(caller)?;
        let name = short_name(&new.name).ok_or_else(|| bad_name("name"))?;
        let catalogue = self.catalogue();
        let outlet = catalogue.outlet(new.outlet_id).filter(|outlet| outlet.merchant_id == merchant);
        let outlet = outlet.filter(|outlet| caller.works_at(outlet.id));
        let outlet = outlet.ok_or_else(|| Denied::field("outlet_id", "your own outlet"))?;
        let before = self.known_till(secret).await?.filter(|till| till.merchant == merchant && till.on);
        let fresh = self.keys().private_hash(&format!("till {} {}", caller.account_id, key.as_str()));
        let mut tx = self.db().write().await?;
        let row = TillRow {
            till_id: meta::take_numbers(&mut tx, "till", 1).await?,
            merchant_id: merchant.0,
            outlet_id: outlet.id.0,
            name: name.to_owned(),
            secret_hash: keys::sha256(&fresh),
            enrolled_by: caller.account_id.0,
            enrolled_at_ms: self.now().ms(),
            off_since_ms: None,
        };
        let added = till::add(&mut tx, &row, MOST_TILLS).await?;
        let stored = till::by_secret(&mut tx, &row.secret_hash).await?;
        let stored = stored.ok_or(PeopleRefused::TooMany { limit: MOST_TILLS })?;
        if stored.outlet_id != row.outlet_id || (!added && stored.name != row.name) {
            return Err(Denied::KeyReused.into());
        }
        if let Some(before) = before.filter(|before| before.id.0 != stored.till_id) {
            till::switch_off(&mut tx, (merchant, before.id), caller.account_id, self.now()).await?;
            self.tell_till(&mut tx, before.id).await?;
        }
        if added {
            let deed = Deed::new(AuditAction::EnrolTill, AuditThing::Till, stored.till_id);
            let replaces = before.map(|before| before.id);
            let new = json!({ "name": stored.name, "outlet_id": stored.outlet_id, "replaces": replaces });
            audit::record(self, &mut tx, caller, deed, (None::<&()>, Some(&new))).await?;
        }
        tx.commit().await?;
        before.iter().for_each(|before| self.callers().forget_till(before.id));
        let named = NamedTillRow { till: stored, enroller: caller.name.clone() };
        let answer = TillEnrolled { till: self.till_shape(&named), secret: fresh };
        Ok(Done { answer, replayed: !added })
    }

    /// The tills of the caller's merchant, the newest first.
    ///
    /// # Errors
    /// The caller does not manage them, or limit or cursor is none.
    pub async fn tills(&self, caller: &Caller, query: &ListQuery) -> Result<Page<TillShape>, Error> {
        let merchant = managed_merchant(caller)?;
        let cursor = Cursor::newest_first(query)?;
        let mut tx = self.db().read().await?;
        let rows = till::of_merchant(&mut tx, merchant, TillId(cursor.before), cursor.limit + 1).await?;
        let shapes = rows.iter().map(|row| self.till_shape(row)).collect();
        Ok(page(shapes, &cursor, |shape: &TillShape| shape.till_id.0))
    }

    /// Names a till and switches it on or off, on every node at once.
    ///
    /// # Errors
    /// The caller does not manage tills, it is not their merchant's, or the
    /// name is none.
    pub async fn change_till(
        &self,
        caller: &Caller,
        id: TillId,
        change: &TillChange,
    ) -> Result<TillShape, Error> {
        let merchant = managed_merchant(caller)?;
        let name = short_name(&change.name).ok_or_else(|| bad_name("name"))?;
        let mut tx = self.db().write().await?;
        let before = till::get(&mut tx, merchant, id).await?.ok_or(Denied::NotFound)?;
        let off_since = (!change.on).then(|| self.now());
        if !till::put(&mut tx, (merchant, id), name, off_since, caller.account_id).await? {
            return Err(Denied::NotFound.into());
        }
        self.tell_till(&mut tx, id).await?;
        let row = till::get(&mut tx, merchant, id).await?.ok_or(Denied::NotFound)?;
        let deed = Deed::new(AuditAction::ChangeTill, AuditThing::Till, id.0);
        let state =
            |row: &NamedTillRow| json!({ "name": row.till.name, "on": row.till.off_since_ms.is_none() });
        let (old, new) = (state(&before), state(&row));
        audit::record(self, &mut tx, caller, deed, (Some(&old), Some(&new))).await?;
        tx.commit().await?;
        self.callers().forget_till(id);
        Ok(self.till_shape(&row))
    }

    /// The caller as they call from the device that has this secret: at their
    /// merchant's till, or from no till at all.
    ///
    /// # Errors
    /// The till is switched off.
    pub async fn at_till(&self, caller: Caller, secret: Option<&str>) -> Result<Caller, Error> {
        let till = self.known_till(secret).await?.filter(|till| Some(till.merchant) == caller.merchant_id);
        match till {
            Some(till) if !till.on => Err(PeopleRefused::TillOff.into()),
            Some(till) => Ok(Caller { till: Some(TillPlace { id: till.id, outlet: till.outlet }), ..caller }),
            None => Ok(caller),
        }
    }

    /// One of the tills of the caller's merchant, as its people see it.
    ///
    /// # Errors
    /// It is not their merchant's.
    pub async fn till(&self, caller: &Caller, id: TillId) -> Result<TillShape, Error> {
        let merchant = caller.merchant_id.ok_or(Denied::WrongRole)?;
        let mut tx = self.db().read().await?;
        let row = till::get(&mut tx, merchant, id).await?.ok_or(Denied::NotFound)?;
        Ok(self.till_shape(&row))
    }

    /// The till that has a secret: remembered, or looked up.
    async fn known_till(&self, secret: Option<&str>) -> Result<Option<KnownTill>, StoreError> {
        let Some(secret) = secret.filter(|secret| secret.len() == SECRET_LENGTH) else { return Ok(None) };
        let hash = keys::digest(secret.as_bytes());
        let stranger = match self.callers().find_till(&hash) {
            Ok(known) => return Ok(Some(known)),
            Err(stranger) => stranger,
        };
        let mut tx = self.db().read().await?;
        let Some(row) = till::by_secret(&mut tx, &keys::hex(&hash)).await? else { return Ok(None) };
        let known = KnownTill {
            id: TillId(row.till_id),
            merchant: MerchantId(row.merchant_id),
            outlet: OutletId(row.outlet_id),
            on: row.off_since_ms.is_none(),
        };
        self.callers().keep_till(stranger, hash, known);
        Ok(Some(known))
    }

    fn till_shape(&self, NamedTillRow { till, enroller }: &NamedTillRow) -> TillShape {
        let (catalogue, zone) = (self.catalogue(), self.zone());
        let outlet = catalogue.outlet(OutletId(till.outlet_id));
        let moment = |ms: i64| zone.rfc3339(Timestamp::from_ms(ms));
        TillShape {
            till_id: TillId(till.till_id),
            name: till.name.clone(),
            outlet_id: OutletId(till.outlet_id),
            outlet_name: outlet.map(|outlet| outlet.name.clone()).unwrap_or_default(),
            outlet_name_en: outlet.map(|outlet| outlet.name_en.clone()).unwrap_or_default(),
            on: till.off_since_ms.is_none(),
            enrolled_at: moment(till.enrolled_at_ms),
            enrolled_by: enroller.clone(),
            off_since: till.off_since_ms.map(moment),
        }
    }
}
