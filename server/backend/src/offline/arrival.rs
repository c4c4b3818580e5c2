//! What a till redeemed without a network arrives.

use super::{Mark, clerk, late};
use crate::once::{Begun, Done};
use crate::paging::{Cursor, page};
use crate::store::account;
use crate::store::desk::Redeemable;
use crate::store::offline::{self, OfflineRow};
use crate::store::redemption;
use crate::store::voucher::{ExpiredRow, VoucherRow};
use crate::store::{Tx, meta, voucher};
use crate::till::{Arrived, At, MAX_ORDER_FEN, Till};
use crate::{Backend, Caller, Error, StoreError, keys};
use domain::shapes::{OfflineRedemption, Page};
use domain::{
    AccountId, Denied, Fen, IdempotencyKey, LATEST_MS, Lang, ListQuery, OfflineRefused, OfflineToken,
    OutletId, PERMIT_MS, Permission, RedeemRefused, RedemptionId, Timestamp, VoucherId,
};
use serde::{Deserialize, Serialize};

/// How far a till's clock may run ahead of the server's.
const AHEAD_MS: i64 = 60_000;
/// Of a redemption's own key, the digits that tell it from others.
const KEY_LENGTH: usize = 40;
const LONGEST_TOKEN: usize = 400;
const LONGEST_PERMIT: usize = 200;

/// What a till sends of a redemption that it made without a network.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OfflineRequest {
    /// The text of the QR for tills without a network.
    pub token: String,
    /// The mark of the till's permit.
    pub permit: String,
    /// The order after merchant discounts.
    pub order_fen: i64,
    /// The merchant's own discount before it, for the record.
    #[serde(default)]
    pub merchant_discount_fen: i64,
    /// The till's moment, in milliseconds of the server's time.
    pub made_at_ms: i64,
}

/// A request whose fields are within their limits.
pub(super) struct Read {
    mark: Mark,
    token: OfflineToken,
    /// In the name of whoever was signed in at the till.
    pub(super) till: Till,
    sent_by: AccountId,
}

/// What arrived, as far as the rules have nothing against it.
struct Sound {
    part: Redeemable,
    /// The voucher, where its expiry was booked before this arrived.
    expired: Option<ExpiredRow>,
}

impl Backend {
    /// Takes in what a till redeemed without a network. It is booked, or noted
    /// with the reason why not; a repeat with the same key gets the same
    /// answer.
    ///
    /// # Errors
    /// The caller may not redeem or calls from no enrolled till, a field is out
    /// of its limits, or the key was used for another request.
    pub async fn redeem_offline(
        &self,
        caller: &Caller,
        request: &OfflineRequest,
        key: &IdempotencyKey,
    ) -> Result<Done<OfflineRedemption>, Error> {
        let read = self.read_offline(caller, request)?;
        let request_text = serde_json::to_string(request).map_err(StoreError::corrupt)?;
        let request_hash = keys::sha256(&format!("offline {request_text}"));
        let mut tx = match self.begin_once(caller, key, &request_hash).await? {
            Begun::Before(done) => return Ok(done),
            Begun::Now(tx) => tx,
        };
        voucher::hold(&mut tx, read.till.voucher).await?;
        if let Some(row) = offline::by_key(&mut tx, read.mark.till, key.as_str()).await? {
            // Another clerk of the till sent it, and the answer got lost.
            if row.request_hash != request_hash {
                return Err(Denied::KeyReused.into());
            }
            let shape = self.offline_shape(&mut tx, &row).await?;
            let done = self.finish_once(tx, caller, key, shape).await?;
            return Ok(Done { replayed: true, ..done });
        }
        let judged = self.judge_arrival(&mut tx, &read, (key, &request_hash)).await;
        let mut row = self.arrived_row(&mut tx, &read, (key, &request_hash)).await?;
        self.take_in(&mut tx, &read, &mut row, judged).await?;
        offline::add(&mut tx, &row).await?;
        let shape = self.offline_shape(&mut tx, &row).await?;
        self.finish_once(tx, caller, key, shape).await
    }

    /// Books what was judged, or notes why not and opens the case that is due.
    async fn take_in(
        &self,
        tx: &mut Tx,
        read: &Read,
        row: &mut OfflineRow,
        judged: Result<Sound, Error>,
    ) -> Result<(), Error> {
        match judged {
            Ok(sound) => row.redemption_id = Some(self.book(tx, sound, read.till.now).await?),
            Err(Error::Redeem(refused @ RedeemRefused::AlreadyRedeemed { .. })) => {
                row.case_id = Some(self.open_conflict(tx, read, row).await?);
                self.explain(row, "conflict", &refused.into());
            }
            Err(Error::Offline(refused @ OfflineRefused::PotSpent { .. })) => {
                row.case_id = Some(self.open_unfunded(tx, read, row, &refused).await?);
                self.explain(row, "refused", &refused);
            }
            Err(Error::Redeem(refused)) => self.explain(row, "refused", &refused.into()),
            Err(Error::Offline(refused)) => self.explain(row, "refused", &refused),
            Err(other) => return Err(other),
        }
        Ok(())
    }

    /// What arrived from the tills of the caller's merchant, the newest first.
    ///
    /// # Errors
    /// The caller belongs to no merchant, or limit or cursor is none.
    pub async fn offline_redemptions(
        &self,
        caller: &Caller,
        query: &ListQuery,
    ) -> Result<Page<OfflineRedemption>, Error> {
        caller.require(Permission::Redeem)?;
        let merchant = caller.merchant_id.ok_or(Denied::WrongRole)?;
        let cursor = Cursor::newest_first(query)?;
        let mut tx = self.db().read().await?;
        let rows = offline::of_merchant(&mut tx, merchant, cursor.before, cursor.limit + 1).await?;
        let mut shapes = Vec::with_capacity(rows.len());
        for row in &rows {
            shapes.push(self.offline_shape(&mut tx, row).await?);
        }
        Ok(page(shapes, &cursor, |shape| shape.offline_id))
    }

    fn read_offline(&self, caller: &Caller, request: &OfflineRequest) -> Result<Read, Error> {
        caller.require(Permission::Redeem)?;
        let place = caller.till.ok_or(OfflineRefused::NotEnrolled)?;
        if request.token.len() > LONGEST_TOKEN || request.permit.len() > LONGEST_PERMIT {
            return Err(Denied::field("token", format!("≤ {LONGEST_TOKEN}")).into());
        }
        let mark = self.read_mark(&request.permit).filter(|mark| mark.till == place.id);
        let mark = mark.ok_or_else(|| Denied::field("permit", "this till's own"))?;
        let token: OfflineToken = request.token.parse().map_err(|error| Denied::field("token", error))?;
        let amount = Fen::try_from(request.order_fen).ok();
        let amount = amount.filter(|fen| (1..=MAX_ORDER_FEN).contains(&fen.get()));
        let amount = amount.ok_or_else(|| Denied::field("order_fen", format!("1–{MAX_ORDER_FEN}")))?;
        let most = MAX_ORDER_FEN - amount.get();
        let discount = Fen::try_from(request.merchant_discount_fen).ok().filter(|fen| fen.get() <= most);
        let discount = discount.ok_or_else(|| Denied::field("merchant_discount_fen", format!("0–{most}")))?;
        let catalogue = self.catalogue();
        let outlet =
            catalogue.outlet(mark.outlet).filter(|outlet| Some(outlet.merchant_id) == caller.merchant_id);
        let outlet = outlet.map(At::from).ok_or_else(|| Denied::field("permit", "this till's own"))?;
        let at = Timestamp::from_ms(request.made_at_ms);
        let till = Till::without_network(Arrived {
            clerk: mark.clerk.unwrap_or(caller.account_id),
            till: place.id,
            outlet,
            voucher: self.keys().voucher_of(token.pass.code),
            step: token.proven_step(at),
            amount,
            discount,
            at,
        });
        Ok(Read { mark, token, till, sent_by: caller.account_id })
    }

    /// Tests all that needs no voucher, at the till's moment.
    async fn check_arrival(&self, tx: &mut Tx, Read { mark, token, till, .. }: &Read) -> Result<(), Error> {
        let (at, now) = (till.now, self.now());
        if at < mark.issued_at || at >= mark.issued_at.plus_ms(PERMIT_MS) || at > now.plus_ms(AHEAD_MS) {
            return Err(OfflineRefused::PermitOver.into());
        }
        if at.plus_ms(LATEST_MS) < now {
            return Err(OfflineRefused::TooLate.into());
        }
        if !token.is_signed_by(&self.keys().passes().key()) {
            return Err(OfflineRefused::NotSigned.into());
        }
        if let Some(by) = mark.clerk {
            clerk::check(tx, by, (mark, till.outlet.merchant_id), at).await?;
        }
        let limit = self.catalogue().season().clerk_order_fen;
        if till.amount() > limit && !clerk::may_redeem_large(tx, till.clerk).await? {
            return Err(RedeemRefused::ManagerRequired { limit }.into());
        }
        Ok(())
    }

    /// Everything that the redemption writes, judged at the till's moment.
    async fn judge_arrival(
        &self,
        tx: &mut Tx,
        read: &Read,
        (key, request_hash): (&IdempotencyKey, &str),
    ) -> Result<Sound, Error> {
        self.check_arrival(tx, read).await?;
        let Read { mark, till, .. } = read;
        let at = till.now;
        let held = voucher::get(tx, till.voucher).await?.ok_or(OfflineRefused::NotSigned)?;
        let (held, expired_since) = late::as_of(held, at);
        let judged = self.judge(&held, till)?;
        let business_day = self.zone().business_day(at).to_string();
        self.check_residents_day(tx, &held, &judged, till).await?;
        self.check_daily_cap(tx, &judged, till, (0, Fen::ZERO)).await?;
        if expired_since {
            self.check_pot(tx, &held, judged.subsidy()).await?;
        }
        // The last of the tests, because it writes.
        let subsidy = judged.subsidy().get();
        if !offline::count(tx, (mark.till, &business_day), subsidy, mark.limits).await? {
            return Err(OfflineRefused::LimitReached { limits: mark.limits }.into());
        }
        let key = self.keys().private_hash(&format!("offline {} {}", till.clerk, key.as_str()));
        let key = format!("offline-{}", &key[..KEY_LENGTH]);
        let part = self.redeemable_of(&held, till, judged, &key, request_hash)?;
        let VoucherRow { voucher_id, round_id, campaign_id, .. } = held;
        let expired = expired_since.then_some(ExpiredRow { voucher_id, round_id, campaign_id });
        Ok(Sound { part, expired })
    }

    /// Writes a redemption that was judged; its number. What its voucher's
    /// expiry moved moves back in the same block.
    async fn book(&self, tx: &mut Tx, Sound { part, expired }: Sound, at: Timestamp) -> Result<i64, Error> {
        let mut parts = [part];
        let revived = match expired {
            Some(row) => Some(self.revive(tx, &row, at).await?),
            None => None,
        };
        match self.write_order(tx, &mut parts, revived).await {
            Ok(()) => Ok(parts[0].row.redemption_id),
            // Somebody else took the room that was there a moment ago: the till sends it again.
            Err(Error::OnOrder { .. }) => Err(StoreError::Moved("a limit of the redemption").into()),
            Err(error) => Err(error),
        }
    }

    async fn arrived_row(
        &self,
        tx: &mut Tx,
        Read { mark, till, sent_by, .. }: &Read,
        (key, request_hash): (&IdempotencyKey, &str),
    ) -> Result<OfflineRow, StoreError> {
        Ok(OfflineRow {
            offline_id: meta::take_numbers(tx, "offline_redemption", 1).await?,
            merchant_id: till.outlet.merchant_id.0,
            outlet_id: till.outlet.id.0,
            till_id: mark.till.0,
            clerk_id: till.clerk.0,
            idem_key: key.as_str().to_owned(),
            request_hash: request_hash.to_owned(),
            voucher_id: till.voucher.0,
            order_fen: till.amount().get(),
            made_at_ms: till.now.ms(),
            arrived_at_ms: self.now().ms(),
            state: "booked".to_owned(),
            code: None,
            detail: None,
            detail_en: None,
            redemption_id: None,
            case_id: None,
            sent_by: Some(sent_by.0),
        })
    }

    /// Notes why it was not booked.
    fn explain(&self, row: &mut OfflineRow, state: &str, refused: &OfflineRefused) {
        state.clone_into(&mut row.state);
        row.code = Some(refused.code().to_owned());
        row.detail = Some(refused.words(Lang::Zh, self.zone()));
        row.detail_en = Some(refused.words(Lang::En, self.zone()));
    }

    async fn offline_shape(&self, tx: &mut Tx, row: &OfflineRow) -> Result<OfflineRedemption, StoreError> {
        let catalogue = self.catalogue();
        let outlet = catalogue.outlet(OutletId(row.outlet_id));
        let moment = |ms: i64| self.zone().rfc3339(Timestamp::from_ms(ms));
        let booked = match row.redemption_id {
            Some(id) => redemption::get(tx, RedemptionId(id)).await?,
            None => None,
        };
        let clerk = account::get(tx, row.clerk_id).await?;
        Ok(OfflineRedemption {
            offline_id: row.offline_id,
            state: row.state.clone(),
            outlet_id: OutletId(row.outlet_id),
            outlet_name: outlet.map(|outlet| outlet.name.clone()).unwrap_or_default(),
            outlet_name_en: outlet.map(|outlet| outlet.name_en.clone()).unwrap_or_default(),
            clerk_name: clerk.map(|clerk| clerk.name).unwrap_or_default(),
            voucher_id: VoucherId(row.voucher_id),
            order_fen: Fen::try_from(row.order_fen).map_err(StoreError::corrupt)?,
            made_at: moment(row.made_at_ms),
            arrived_at: moment(row.arrived_at_ms),
            redemption: booked.map(|row| self.redemption_shape(&row)).transpose()?,
            code: row.code.clone(),
            detail: row.detail.clone(),
            detail_en: row.detail_en.clone(),
            case_id: row.case_id,
        })
    }
}
