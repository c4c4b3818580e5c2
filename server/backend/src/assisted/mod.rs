//! The community desk: staff enter residents without a phone into the rounds
//! that phones claim in, with the same limits, and print their vouchers.

mod paper;
mod resident;
mod slip;

use crate::once::Done;
use crate::store::assisted::{self, AssistedRow};
use crate::store::{account, meta};
use crate::{Backend, Caller, Error, Pass, StoreError};
use domain::shapes::AssistedShape;
use domain::{
    AssistedId, AssistedKind, Denied, DistrictCode, IdempotencyKey, Permission, Role, Round, RoundId,
    masked_name,
};
pub(crate) use paper::Paper;
use resident::Given;
pub use resident::{AssistCheck, AssistRequest};

/// How often an account that others make at the same moment is looked for.
const LOOKS: usize = 3;

impl Backend {
    /// Claims a voucher for a resident, or enters them into a draw, as they
    /// would themselves: their own account holds it, under its own limits. A
    /// repeat with the same key gets the same answer.
    ///
    /// # Errors
    /// The caller is at no desk, a field is out of its limits, the resident is
    /// another district's or two residents', the round does not exist, the
    /// rules refuse the claim or the entry, or the key was used for another
    /// request.
    pub async fn assist(
        &self,
        staff: &Caller,
        round: RoundId,
        request: &AssistRequest,
        key: &IdempotencyKey,
    ) -> Result<Done<AssistedShape>, Error> {
        staff.require(Permission::AssistResidents)?;
        let given = self.read_resident(staff, request)?;
        let catalogue = self.catalogue();
        let round = catalogue.round(round).ok_or(Denied::NotFound)?;
        let request_hash = self.keys().private_hash(&format!("assist {} {}", round.id, given.text()));
        let row = match self.noted(staff, key, &request_hash).await? {
            Some(row) => row,
            None => self.note(staff, round, &given, key, request_hash).await?,
        };
        self.carry_out(round, &row).await
    }

    /// What the desk noted under a key.
    async fn noted(
        &self,
        staff: &Caller,
        key: &IdempotencyKey,
        request_hash: &str,
    ) -> Result<Option<AssistedRow>, Error> {
        let mut tx = self.db().read().await?;
        match assisted::by_key(&mut tx, staff.account_id, key.as_str()).await? {
            Some(row) if row.request_hash != request_hash => Err(Denied::KeyReused.into()),
            row => Ok(row),
        }
    }

    /// Finds or makes the resident's account and notes what is to be done for
    /// them, both or neither.
    async fn note(
        &self,
        staff: &Caller,
        round: &Round,
        given: &Given,
        key: &IdempotencyKey,
        request_hash: String,
    ) -> Result<AssistedRow, Error> {
        let now = self.now();
        let kind = round.kind_at_desk(now);
        match kind {
            AssistedKind::Entry => round.accepts_entries(now)?,
            AssistedKind::Voucher if round.draw.is_none() => round.accepts_claims_at_desk(now)?,
            // Whether they were drawn, the claim tells.
            AssistedKind::Voucher => {}
        }
        let claim_key = self.keys().private_hash(&format!("claim {} {}", staff.account_id, key.as_str()));
        let claim_key = format!("desk-{}", &claim_key[..40]);
        for _ in 0..LOOKS {
            let mut tx = self.db().write().await?;
            let Some(account_id) = self.resident_account(&mut tx, staff, given, now).await? else { continue };
            let row = AssistedRow {
                assisted_id: meta::take_numbers(&mut tx, "assisted", 1).await?,
                request_hash: request_hash.clone(),
                account_id,
                round_id: round.id.0,
                district: given.district.number(),
                kind: kind.code().to_owned(),
                asks_for: given.asks_for().code().to_owned(),
                digits_hash: self.keys().digits_hash(&claim_key, &given.digits()?),
                claim_key: claim_key.clone(),
                entered_at_ms: now.ms(),
                prints: 1,
                wrong: 0,
            };
            if assisted::add(&mut tx, staff.account_id, key.as_str(), &row).await? {
                tx.commit().await?;
                return Ok(row);
            }
            drop(tx);
            // Another request with the key came between.
            return self.noted(staff, key, &request_hash).await?.ok_or_else(|| Denied::KeyReused.into());
        }
        Err(StoreError::Moved("the resident's account").into())
    }

    /// Claims or enters as the resident; what was done before is answered
    /// again.
    async fn carry_out(&self, round: &Round, row: &AssistedRow) -> Result<Done<AssistedShape>, Error> {
        let mut tx = self.db().read().await?;
        let resident = account::get(&mut tx, row.account_id).await?;
        let resident = resident.ok_or_else(|| StoreError::corrupt("an account that is not there"))?;
        let resident = self.caller_of(&mut tx, resident).await?;
        drop(tx);
        let key: IdempotencyKey = row.claim_key.parse().map_err(StoreError::corrupt)?;
        let shape = AssistedShape {
            assisted_id: AssistedId(row.assisted_id),
            kind: row.kind.parse().map_err(StoreError::corrupt)?,
            round_id: round.id,
            name_masked: masked_name(&resident.name),
            asks_for: row.asks_for.parse().map_err(StoreError::corrupt)?,
            voucher: None,
            entry: None,
        };
        match shape.kind {
            AssistedKind::Voucher => {
                // It stands in the line as everybody does, and waits instead of working.
                let pass = Pass { by_form: true, at_desk: true, ..Pass::default() };
                let Done { answer, replayed } = self.claim_in_turn(&resident, round.id, &key, &pass).await?;
                Ok(Done { answer: AssistedShape { voucher: Some(answer), ..shape }, replayed })
            }
            AssistedKind::Entry => {
                let Done { answer, replayed } = self.enter_draw(&resident, round.id, &key).await?;
                Ok(Done { answer: AssistedShape { entry: Some(answer), ..shape }, replayed })
            }
        }
    }
}

/// The only district whose residents a caller may assist; `None` means all.
fn confined_to(staff: &Caller) -> Result<Option<DistrictCode>, Denied> {
    staff.require(Permission::AssistResidents)?;
    let everywhere = |role: &Role| role.may(Permission::AssistResidents) && !role.is_of_district();
    if staff.roles.iter().any(everywhere) {
        return Ok(None);
    }
    staff.desk.map(Some).ok_or(Denied::WrongRole)
}
