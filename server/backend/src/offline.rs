//! Tills without a network: the permit with which they go on alone, and the
//! arrival of what they redeemed.
//!
//! What arrives is judged at the till's moment by the rules of any redemption.
//! The first arrival of a voucher is booked; whatever is not booked is noted
//! with its reason, and a second use opens a case.

mod arrival;
mod cases;
mod clerk;
mod late;

use crate::audit::{self, Deed};
use crate::once::{Begun, Done};
use crate::paging::{Cursor, page};
use crate::store::Tx;
use crate::store::offline::{self, AllowedRow};
use crate::store::voucher::VoucherRow;
use crate::wallet::state_now;
use crate::{Backend, Caller, Error, StoreError, keys};
pub use arrival::OfflineRequest;
use domain::shapes::{OfflineOutlet, OfflinePassShape, Page};
use domain::{
    AccountId, AuditAction, AuditThing, CampaignId, Denied, Fen, IdempotencyKey, ListQuery, OfflineLimits,
    OfflinePass, OfflinePermit, OfflineRefused, OutletId, PERMIT_MS, Permission, RedeemRefused, TillId,
    Timestamp, VoucherId, VoucherState,
};

/// What the mark of a permit says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Mark {
    till: TillId,
    outlet: OutletId,
    issued_at: Timestamp,
    limits: OfflineLimits,
    /// Who fetched it; a permit that an earlier program gave does not say.
    clerk: Option<AccountId>,
}

impl Backend {
    /// What a voucher's phone shows to tills without a network; `None` where
    /// the city has none, or when the voucher may not be used.
    pub(crate) async fn offline_pass(
        &self,
        tx: &mut Tx,
        row: &VoucherRow,
    ) -> Result<Option<OfflinePassShape>, StoreError> {
        let now = self.now();
        if state_now(row, now)? != VoucherState::Issued || !offline::is_anywhere(tx).await? {
            return Ok(None);
        }
        let id = VoucherId(row.voucher_id);
        let Some(code) = self.keys().voucher_code(id) else { return Ok(None) };
        let expires_at = Timestamp::from_ms(row.expires_at_ms);
        let secret = self.keys().voucher_secret(id);
        let pass = OfflinePass::new(&secret, code, CampaignId(row.campaign_id), expires_at, now);
        let signed = self.keys().passes().sign(&pass);
        Ok(signed.map(|signed| OfflinePassShape { pass: signed, first_step: pass.first_step }))
    }

    /// What the caller's till needs to go on without a network.
    ///
    /// # Errors
    /// The caller may not redeem, or not there; calls from no enrolled till; or
    /// the bureau did not allow its outlet.
    pub async fn offline_permit(&self, caller: &Caller) -> Result<OfflinePermit, Error> {
        caller.require(Permission::Redeem)?;
        let place = caller.till.ok_or(OfflineRefused::NotEnrolled)?;
        if !caller.works_at(place.outlet) {
            return Err(RedeemRefused::ClerkElsewhere.into());
        }
        let mut tx = self.db().read().await?;
        let row = offline::allowed(&mut tx, place.outlet).await?.ok_or(OfflineRefused::NotAllowed)?;
        let (catalogue, limits, issued_at) = (self.catalogue(), limits_of(&row)?, self.now());
        let outlet = catalogue.outlet(place.outlet).ok_or(Denied::NotFound)?;
        let merchant = catalogue.merchant(outlet.merchant_id).ok_or(Denied::NotFound)?;
        merchant.may_redeem()?;
        let clerk = Some(caller.account_id);
        let mark = Mark { till: place.id, outlet: place.outlet, issued_at, limits, clerk };
        Ok(OfflinePermit {
            permit: self.marked(&mark),
            till_id: place.id,
            clerk_name: caller.name.clone(),
            outlet_id: outlet.id,
            outlet_name: outlet.name.clone(),
            outlet_name_en: outlet.name_en.clone(),
            issued_at_ms: issued_at.ms(),
            valid_until_ms: issued_at.plus_ms(PERMIT_MS).ms(),
            limits,
            key: self.keys().passes().key(),
            most_order_fen: self.most_order(caller),
            zone: self.zone(),
            district: outlet.district,
            kind: merchant.kind.clone(),
            switch: catalogue.kind(&merchant.kind).and_then(|kind| kind.switch),
            campaigns: catalogue.campaigns().to_vec(),
        })
    }

    /// The outlets that may redeem without a network.
    ///
    /// # Errors
    /// The caller does not allow outlets, or limit or cursor is none.
    pub async fn offline_outlets(
        &self,
        caller: &Caller,
        query: &ListQuery,
    ) -> Result<Page<OfflineOutlet>, Error> {
        caller.require(Permission::AllowOffline)?;
        let cursor = Cursor::newest_first(query)?;
        let mut tx = self.db().read().await?;
        let rows = offline::outlets(&mut tx, cursor.before, cursor.limit + 1).await?;
        let shapes = rows.iter().map(|row| self.allowed_shape(row)).collect::<Result<Vec<_>, _>>()?;
        Ok(page(shapes, &cursor, |shape| shape.outlet_id.0))
    }

    /// Lets an outlet's tills redeem without a network within limits, or, with
    /// none, no longer; a permit that is out stays good for its day. A repeat
    /// with the same key gets the same answer.
    ///
    /// # Errors
    /// The caller does not allow outlets, or there is no such one.
    pub async fn allow_offline(
        &self,
        caller: &Caller,
        outlet: OutletId,
        limits: Option<OfflineLimits>,
        key: &IdempotencyKey,
    ) -> Result<Done<Option<OfflineOutlet>>, Error> {
        caller.require(Permission::AllowOffline)?;
        self.catalogue().outlet(outlet).ok_or(Denied::NotFound)?;
        let asked = serde_json::to_string(&limits).map_err(StoreError::corrupt)?;
        let request_hash = keys::sha256(&format!("offline outlet {outlet} {asked}"));
        let mut tx = match self.begin_once(caller, key, &request_hash).await? {
            Begun::Before(done) => return Ok(done),
            Begun::Now(tx) => tx,
        };
        let before = offline::allowed(&mut tx, outlet).await?.map(|row| limits_of(&row)).transpose()?;
        match limits {
            Some(limits) => {
                offline::allow(&mut tx, outlet, limits, caller.account_id, self.now()).await?;
            }
            None => offline::forbid(&mut tx, outlet).await?,
        }
        let row = offline::allowed(&mut tx, outlet).await?;
        let shape = row.map(|row| self.allowed_shape(&row)).transpose()?;
        let deed = Deed::new(AuditAction::AllowOffline, AuditThing::Outlet, outlet.0);
        audit::record(self, &mut tx, caller, deed, (before.as_ref(), limits.as_ref())).await?;
        self.finish_once(tx, caller, key, shape).await
    }

    /// The mark that a till sends back with each redemption.
    fn marked(&self, mark: &Mark) -> String {
        let Mark { till, outlet, issued_at, limits, clerk } = mark;
        let clerk = clerk.map(|clerk| format!(".{clerk}")).unwrap_or_default();
        let (issued_at, most) = (issued_at.ms(), limits.subsidy_fen.get());
        let text = format!("{till}.{outlet}.{issued_at}.{}.{most}{clerk}", limits.redemptions);
        let proof = self.keys().private_hash(&format!("offline permit {text}"));
        format!("{text}.{proof}")
    }

    /// What a mark says; `None` when it is none of this city's.
    fn read_mark(&self, text: &str) -> Option<Mark> {
        let (numbers, _proof) = text.rsplit_once('.')?;
        let numbers = numbers.split('.').map(|part| part.parse().ok()).collect::<Option<Vec<i64>>>()?;
        let [till, outlet, issued_at, redemptions, most, ref clerk @ ..] = numbers[..] else { return None };
        let mark = Mark {
            till: TillId(till),
            outlet: OutletId(outlet),
            issued_at: Timestamp::from_ms(issued_at),
            limits: OfflineLimits::new(redemptions, most)?,
            clerk: clerk.first().copied().map(AccountId),
        };
        (self.marked(&mark) == text).then_some(mark)
    }

    fn allowed_shape(&self, row: &AllowedRow) -> Result<OfflineOutlet, StoreError> {
        let catalogue = self.catalogue();
        let outlet = catalogue.outlet(OutletId(row.outlet_id));
        let merchant = outlet.and_then(|outlet| catalogue.merchant(outlet.merchant_id));
        Ok(OfflineOutlet {
            outlet_id: OutletId(row.outlet_id),
            outlet_name: outlet.map(|outlet| outlet.name.clone()).unwrap_or_default(),
            outlet_name_en: outlet.map(|outlet| outlet.name_en.clone()).unwrap_or_default(),
            merchant_name: merchant.map(|merchant| merchant.name.clone()).unwrap_or_default(),
            merchant_name_en: merchant.map(|merchant| merchant.name_en.clone()).unwrap_or_default(),
            limits: limits_of(row)?,
            allowed_at: self.zone().rfc3339(Timestamp::from_ms(row.allowed_at_ms)),
        })
    }
}

fn limits_of(row: &AllowedRow) -> Result<OfflineLimits, StoreError> {
    let subsidy_fen = Fen::try_from(row.most_subsidy_fen).map_err(StoreError::corrupt)?;
    Ok(OfflineLimits { redemptions: row.most_redemptions, subsidy_fen })
}
