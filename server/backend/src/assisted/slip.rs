//! The desk's list, and the papers: what stands on one, and printing it anew.

use super::confined_to;
use crate::once::{Begun, Done};
use crate::paging::{Cursor, page};
use crate::store::assisted::{self, AssistedRow, Listed, ListedRow};
use crate::store::voucher::VoucherRow;
use crate::store::{Tx, account, voucher};
use crate::wallet::state_now;
use crate::{Backend, Caller, Error, StoreError, keys};
use domain::shapes::{AssistedItem, Page, PrintShape, SlipShape};
use domain::{
    AssistRefused, AssistedId, Denied, DistrictCode, IdempotencyKey, ListQuery, MOST_PRINTS, RoundId,
    Timestamp, VoucherEvent, VoucherId, VoucherState, masked_name,
};

impl Backend {
    /// What the caller's desk did, the newest first: since the beginning, or on
    /// this business day alone.
    ///
    /// # Errors
    /// The caller is at no desk, or limit or cursor is none.
    pub async fn assisted(
        &self,
        staff: &Caller,
        query: &ListQuery,
        today: bool,
    ) -> Result<Page<AssistedItem>, Error> {
        let district = confined_to(staff)?;
        let (cursor, zone) = (Cursor::newest_first(query)?, self.zone());
        let since_ms = if today { zone.business_day_starts(zone.business_day(self.now())).ms() } else { 0 };
        let which = Listed {
            district: district.map_or(0, DistrictCode::number),
            since_ms,
            before: cursor.before,
            limit: cursor.limit + 1,
        };
        let mut tx = self.db().read().await?;
        let rows = assisted::listed(&mut tx, which).await?;
        let items = rows.into_iter().map(|row| self.item(row)).collect::<Result<Vec<_>, _>>()?;
        Ok(page(items, &cursor, |item| item.assisted_id.0))
    }

    /// What stands on a voucher's paper.
    ///
    /// # Errors
    /// The caller is at no desk, or no desk of their district made the voucher.
    pub async fn slip(&self, staff: &Caller, id: VoucherId) -> Result<SlipShape, Error> {
        let mut tx = self.db().read().await?;
        let (row, held) = own_paper(&mut tx, staff, id).await?;
        let name = account::get(&mut tx, row.account_id).await?.map(|row| row.name).unwrap_or_default();
        let voucher = self.voucher_shape(&held)?;
        let code = self.keys().voucher_code(id);
        let code = code.ok_or_else(|| StoreError::corrupt("a voucher past the last code"))?;
        let secret = self.keys().voucher_secret(id);
        let usable = voucher.state == VoucherState::Issued;
        Ok(SlipShape {
            name_masked: masked_name(&name),
            paper_code: usable.then(|| secret.paper_code(code, row.prints)),
            paper_token: usable.then(|| secret.paper_token(code, row.prints)),
            asks_for: row.asks_for.parse().map_err(StoreError::corrupt)?,
            prints: row.prints,
            entered_at: self.zone().rfc3339(Timestamp::from_ms(row.entered_at_ms)),
            voucher,
        })
    }

    /// Prints a voucher anew: the paper gets another code, and those before are
    /// worth nothing.
    ///
    /// # Errors
    /// The caller is at no desk, no desk of their district made the voucher, it
    /// cannot be used any more, it was printed too often, or the key was used
    /// for another request.
    pub async fn print_anew(
        &self,
        staff: &Caller,
        id: VoucherId,
        key: &IdempotencyKey,
    ) -> Result<Done<PrintShape>, Error> {
        confined_to(staff)?;
        let request_hash = keys::sha256(&format!("print {id}"));
        let mut tx = match self.begin_once(staff, key, &request_hash).await? {
            Begun::Before(done) => return Ok(done),
            Begun::Now(tx) => tx,
        };
        let (now, (row, held)) = (self.now(), own_paper(&mut tx, staff, id).await?);
        let state = state_now(&held, now)?;
        if state.after(VoucherEvent::Redeem).is_none() {
            return Err(AssistRefused::NotPrintable { state }.into());
        }
        let assisted_id = AssistedId(row.assisted_id);
        if !assisted::print_anew(&mut tx, assisted_id, MOST_PRINTS, staff.account_id, now).await? {
            return Err(AssistRefused::PrintLimit { limit: MOST_PRINTS }.into());
        }
        let printed = PrintShape { voucher_id: id, prints: assisted::prints(&mut tx, assisted_id).await? };
        self.finish_once(tx, staff, key, printed).await
    }

    fn item(&self, row: ListedRow) -> Result<AssistedItem, StoreError> {
        let (catalogue, zone) = (self.catalogue(), self.zone());
        let round = catalogue.round(RoundId(row.round_id));
        let terms = round.and_then(|round| catalogue.campaign(round.campaign_id));
        let (title, title_en) =
            terms.map(|terms| (terms.title.clone(), terms.title_en.clone())).unwrap_or_default();
        let state = row.state.map(|state| state.parse::<VoucherState>()).transpose();
        let state = state.map_err(StoreError::corrupt)?;
        let over = row.expires_at_ms.is_some_and(|at_ms| at_ms <= self.now().ms());
        let expired = state.filter(|_| over).and_then(|state| state.after(VoucherEvent::Expire));
        Ok(AssistedItem {
            assisted_id: AssistedId(row.assisted_id),
            kind: row.kind.parse().map_err(StoreError::corrupt)?,
            round_id: RoundId(row.round_id),
            title,
            title_en,
            name_masked: masked_name(&row.name),
            entered_at: zone.rfc3339(Timestamp::from_ms(row.entered_at_ms)),
            entered_by: row.staff_name,
            voucher_id: row.voucher_id.map(VoucherId),
            state: expired.or(state),
            prints: row.prints,
        })
    }
}

/// A paper voucher of the caller's desk.
async fn own_paper(tx: &mut Tx, staff: &Caller, id: VoucherId) -> Result<(AssistedRow, VoucherRow), Error> {
    let district = confined_to(staff)?;
    let row = assisted::of_voucher(tx, id).await?;
    let row = row.filter(|row| district.is_none_or(|district| district.number() == row.district));
    let row = row.ok_or(Denied::NotFound)?;
    let held = voucher::get(tx, id).await?;
    Ok((row, held.ok_or(Denied::NotFound)?))
}
