//! What a resident holds.

use crate::catalogue::percent_off;
use crate::paging::{Cursor, page};
use crate::store::voucher::VoucherRow;
use crate::store::{redemption, voucher};
use crate::{Backend, Caller, Error, StoreError};
use domain::shapes::{Page, TokenShape, VoucherDetail, VoucherShape};
use domain::{
    CampaignId, Denied, ListQuery, Permission, RoundId, STEP_MS, Timestamp, VoucherId, VoucherState, step_at,
};

impl Backend {
    /// The caller's vouchers, newest first.
    ///
    /// # Errors
    /// The caller is no resident, or limit or cursor is none.
    pub async fn vouchers(&self, caller: &Caller, query: &ListQuery) -> Result<Page<VoucherShape>, Error> {
        caller.require(Permission::HoldVouchers)?;
        let cursor = Cursor::newest_first(query)?;
        let mut tx = self.db().read().await?;
        let before = VoucherId(cursor.before);
        let rows = voucher::of_account(&mut tx, caller.account_id, before, cursor.limit + 1).await?;
        let shapes = rows.iter().map(|row| self.voucher_shape(row)).collect::<Result<Vec<_>, _>>()?;
        Ok(page(shapes, &cursor, |shape| shape.voucher_id.0))
    }

    /// One of the caller's vouchers, with the secret that its phone needs.
    ///
    /// # Errors
    /// The caller is no resident, or holds no such voucher.
    pub async fn voucher(&self, caller: &Caller, id: VoucherId) -> Result<VoucherDetail, Error> {
        let row = self.held_voucher(caller, id).await?;
        let mut tx = self.db().read().await?;
        let used = match state_now(&row, self.now())? {
            VoucherState::Redeemed => redemption::of_voucher(&mut tx, id).await?,
            _ => None,
        };
        Ok(VoucherDetail {
            voucher: self.voucher_shape(&row)?,
            secret: self.keys().voucher_secret(id),
            redemption: used.map(|row| self.redemption_shape(&row)).transpose()?,
            offline: self.offline_pass(&mut tx, &row).await?,
        })
    }

    /// The present token and typed code of this moment, for a phone that
    /// cannot make its own.
    ///
    /// # Errors
    /// The caller is no resident, or holds no such voucher.
    pub async fn voucher_token(&self, caller: &Caller, id: VoucherId) -> Result<TokenShape, Error> {
        let row = self.held_voucher(caller, id).await?;
        let voucher = VoucherId(row.voucher_id);
        let code = self
            .keys()
            .voucher_code(voucher)
            .ok_or_else(|| StoreError::corrupt("a voucher past the last code"))?;
        let (secret, step) = (self.keys().voucher_secret(voucher), step_at(self.now()));
        Ok(TokenShape {
            token: secret.token(code, step),
            code: secret.typed_code(code, step),
            expires_at: self.zone().rfc3339(Timestamp::from_ms((step + 1) * STEP_MS)),
        })
    }

    /// How many vouchers of a round the caller has claimed.
    ///
    /// # Errors
    /// The store failed.
    pub async fn claimed_in(&self, caller: &Caller, id: RoundId) -> Result<i64, Error> {
        let mut tx = self.db().read().await?;
        Ok(voucher::issued_in(&mut tx, caller.account_id, id).await?)
    }

    async fn held_voucher(&self, caller: &Caller, id: VoucherId) -> Result<VoucherRow, Error> {
        caller.require(Permission::HoldVouchers)?;
        let mut tx = self.db().read().await?;
        let row = voucher::get(&mut tx, id).await?;
        let own = row.filter(|row| row.account_id == caller.account_id.0);
        own.inspect(|row| self.looked_at(&tx, row)).ok_or_else(|| Denied::NotFound.into())
    }

    /// A voucher as its holder sees it.
    pub(crate) fn voucher_shape(&self, row: &VoucherRow) -> Result<VoucherShape, StoreError> {
        let (catalogue, zone) = (self.catalogue(), self.zone());
        let terms = catalogue.campaign(CampaignId(row.campaign_id));
        let terms = terms.ok_or_else(|| StoreError::corrupt("a voucher of no campaign"))?;
        let id = VoucherId(row.voucher_id);
        let code = self
            .keys()
            .voucher_code(id)
            .ok_or_else(|| StoreError::corrupt("a voucher past the last code"))?;
        let issued_at = Timestamp::from_ms(row.issued_at_ms);
        Ok(VoucherShape {
            voucher_id: id,
            round_id: RoundId(row.round_id),
            campaign_id: terms.id,
            title: terms.title.clone(),
            title_en: terms.title_en.clone(),
            code: code.to_string(),
            kind: terms.benefit.code().to_owned(),
            face_value_fen: terms.benefit.face_value(),
            threshold_fen: terms.benefit.threshold(),
            percent_off: percent_off(terms.benefit),
            issued_at: zone.rfc3339(issued_at),
            valid_from: zone.rfc3339(issued_at.max(terms.usable_from(zone))),
            expires_at: zone.rfc3339(Timestamp::from_ms(row.expires_at_ms)),
            hours: terms.usable_when.hours.as_ref().map(ToString::to_string),
            districts: catalogue.usable_districts(&terms.usable_where),
            state: state_now(row, self.now())?,
        })
    }
}

/// A voucher's state at a moment: one whose time has run out is expired, also
/// before the ledger says so.
pub(crate) fn state_now(row: &VoucherRow, now: Timestamp) -> Result<VoucherState, StoreError> {
    let state: VoucherState = row.state.parse().map_err(StoreError::corrupt)?;
    let over = row.expires_at_ms <= now.ms();
    Ok(if over { state.after(domain::VoucherEvent::Expire).unwrap_or(state) } else { state })
}
