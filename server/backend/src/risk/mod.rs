//! Cases: who sees them, and the city's decision.

mod answer;
mod evidence;
mod freeze;
mod look;

use crate::audit::{self, Deed};
use crate::once::{Begun, Done};
use crate::paging::{Cursor, page};
use crate::store::risk::{self, CaseRow};
use crate::{Backend, Caller, Error, StoreError, keys};
use answer::Reader;
use domain::shapes::{Page, RiskCase};
use domain::{
    AuditAction, AuditThing, Denied, DistrictCode, IdempotencyKey, Lang, ListQuery, MOST_REASON, MerchantId,
    OutletId, Permission, RiskRefused, RiskState, Timestamp, VoucherId,
};
pub(crate) use evidence::Evidence;
use freeze::Moved;
use serde::Serialize;

/// What the city decides on a case.
#[derive(Clone, Debug, Serialize)]
pub struct RiskDecision {
    /// `withheld`, `frozen` or `cleared`.
    pub state: RiskState,
    /// Why, 1 to 200 characters.
    pub reason: String,
}

/// A case as the audit log keeps it.
#[derive(Serialize)]
struct Told<'a> {
    state: &'a str,
    reason: Option<&'a str>,
    #[serde(flatten)]
    moved: Option<&'a Moved>,
}

impl<'a> Told<'a> {
    fn of(row: &'a CaseRow, moved: Option<&'a Moved>) -> Told<'a> {
        Told { state: &row.state, reason: row.reason.as_deref(), moved }
    }
}

impl Backend {
    /// The cases that the caller may see, the newest first.
    ///
    /// # Errors
    /// The caller may see none, or limit or cursor is none.
    pub async fn risk_cases(&self, caller: &Caller, query: &ListQuery) -> Result<Page<RiskCase>, Error> {
        caller.require(Permission::SeeRisk)?;
        let cursor = Cursor::newest_first(query)?;
        let whole_city =
            caller.roles.iter().any(|role| role.may(Permission::SeeRisk) && !role.is_of_district());
        let district = match caller.office {
            _ if whole_city => String::new(),
            Some(office) => office.to_string(),
            None => return Err(Denied::WrongRole.into()),
        };
        let mut tx = self.db().read().await?;
        let rows = risk::list(&mut tx, &district, cursor.before, cursor.limit + 1).await?;
        let shapes = self.case_shapes(&mut tx, &rows, Reader::Bureau(&district)).await?;
        Ok(page(shapes, &cursor, |shape| shape.case_id))
    }

    /// The cases that concern the caller's merchant, the newest first.
    ///
    /// # Errors
    /// The caller does not see the merchant's statements, or limit or cursor is
    /// none.
    pub async fn own_risk_cases(&self, caller: &Caller, query: &ListQuery) -> Result<Page<RiskCase>, Error> {
        caller.require(Permission::SeeStatements)?;
        let merchant = caller.merchant_id.ok_or(Denied::WrongRole)?;
        let cursor = Cursor::newest_first(query)?;
        let mut tx = self.db().read().await?;
        let rows = risk::of_merchant(&mut tx, merchant, cursor.before, cursor.limit + 1).await?;
        let shapes = self.case_shapes(&mut tx, &rows, Reader::Merchant(merchant)).await?;
        Ok(page(shapes, &cursor, |shape| shape.case_id))
    }

    /// Withholds, freezes or clears a case. Frozen, it holds all vouchers that
    /// its holder has not used; otherwise it lets them go. A repeat with the
    /// same key gets the same answer.
    ///
    /// # Errors
    /// The caller does not decide on cases, there is no such one, the reason is
    /// missing, it is not to be decided so, or it was decided already.
    pub async fn decide_risk(
        &self,
        caller: &Caller,
        case_id: i64,
        decision: &RiskDecision,
        key: &IdempotencyKey,
    ) -> Result<Done<RiskCase>, Error> {
        caller.require(Permission::DecideRisk)?;
        let reason = decision.reason.trim();
        if reason.is_empty() || reason.chars().count() > MOST_REASON {
            return Err(Denied::field("reason", format!("1–{MOST_REASON}")).into());
        }
        if decision.state == RiskState::Open {
            return Err(Denied::field("state", "withheld, frozen or cleared").into());
        }
        let text = serde_json::to_string(decision).map_err(StoreError::corrupt)?;
        let request_hash = keys::sha256(&format!("risk {case_id} {text}"));
        let mut tx = match self.begin_once(caller, key, &request_hash).await? {
            Begun::Before(done) => return Ok(done),
            Begun::Now(tx) => tx,
        };
        risk::hold(&mut tx, case_id).await?;
        let before = risk::get(&mut tx, case_id).await?.ok_or(Denied::NotFound)?;
        let state = before.state()?;
        before.signal()?.check(state, decision.state)?;
        if !risk::decide(&mut tx, case_id, decision.state, reason, caller.account_id, self.now()).await? {
            return Err(RiskRefused::AlreadyDecided.into());
        }
        let row = risk::get(&mut tx, case_id).await?.ok_or(Denied::NotFound)?;
        let moved = self.move_vouchers(&mut tx, state, &row).await?;
        let shape = self.one_shape(&mut tx, &row, Reader::Bureau("")).await?;
        let deed = Deed::new(AuditAction::HandleRisk, AuditThing::RiskCase, case_id);
        let (old, new) = (Told::of(&before, None), Told::of(&row, Some(&moved)));
        audit::record_moving(self, &mut tx, caller, deed, (Some(&old), Some(&new)), &moved.entries).await?;
        self.finish_once(tx, caller, key, shape).await
    }

    fn case_shape(&self, row: &CaseRow) -> Result<RiskCase, StoreError> {
        let (catalogue, zone) = (self.catalogue(), self.zone());
        let merchant = catalogue.merchant(MerchantId(row.merchant_id));
        let outlet = catalogue.outlet(OutletId(row.outlet_id));
        let moment = |ms: i64| zone.rfc3339(Timestamp::from_ms(ms));
        let evidence: Evidence = serde_json::from_str(&row.evidence).map_err(StoreError::corrupt)?;
        let (signal, state) = (row.signal()?, row.state()?);
        Ok(RiskCase {
            case_id: row.case_id,
            signal,
            state,
            merchant_id: MerchantId(row.merchant_id),
            merchant_name: merchant.map(|merchant| merchant.name.clone()).unwrap_or_default(),
            merchant_name_en: merchant.map(|merchant| merchant.name_en.clone()).unwrap_or_default(),
            outlet_id: OutletId(row.outlet_id),
            outlet_name: outlet.map(|outlet| outlet.name.clone()).unwrap_or_default(),
            outlet_name_en: outlet.map(|outlet| outlet.name_en.clone()).unwrap_or_default(),
            district: row.district.parse::<DistrictCode>().map_err(StoreError::corrupt)?,
            voucher_id: row.voucher_id.map(VoucherId),
            evidence: self.words_of(signal, &evidence, Lang::Zh),
            evidence_en: self.words_of(signal, &evidence, Lang::En),
            opened_at: moment(row.opened_at_ms),
            decided_at: row.decided_at_ms.map(moment),
            reason: row.reason.clone(),
            decisions: signal.decisions(state).to_vec(),
            vouchers: None,
            answers: Vec::new(),
            answerable: false,
        })
    }
}
