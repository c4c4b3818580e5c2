//! Cases: who sees them, and the city's decision.

mod answer;
mod evidence;
mod look;

use crate::audit::{self, Deed};
use crate::once::{Begun, Done};
use crate::paging::{Cursor, page};
use crate::store::risk::{self, CaseRow};
use crate::{Backend, Caller, Error, StoreError, keys};
use domain::shapes::{Page, RiskCase};
use domain::{
    AuditAction, AuditThing, Denied, DistrictCode, IdempotencyKey, Lang, ListQuery, MOST_REASON, MerchantId,
    OutletId, Permission, RiskRefused, RiskSignal, RiskState, Timestamp, VoucherId,
};
pub(crate) use evidence::Evidence;
use serde::Serialize;
use serde_json::json;

/// What the city decides on a case.
#[derive(Clone, Debug, Serialize)]
pub struct RiskDecision {
    /// `withheld` or `cleared`.
    pub state: RiskState,
    /// Why, 1 to 200 characters.
    pub reason: String,
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
        let shapes = self.case_shapes(&mut tx, &rows, None).await?;
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
        let shapes = self.case_shapes(&mut tx, &rows, Some(merchant)).await?;
        Ok(page(shapes, &cursor, |shape| shape.case_id))
    }

    /// Withholds or clears a case. A repeat with the same key gets the same
    /// answer.
    ///
    /// # Errors
    /// The caller does not decide on cases, there is no such one, the reason is
    /// missing, or it was decided already.
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
            return Err(Denied::field("state", "withheld or cleared").into());
        }
        let text = serde_json::to_string(decision).map_err(StoreError::corrupt)?;
        let request_hash = keys::sha256(&format!("risk {case_id} {text}"));
        let mut tx = match self.begin_once(caller, key, &request_hash).await? {
            Begun::Before(done) => return Ok(done),
            Begun::Now(tx) => tx,
        };
        let before = risk::get(&mut tx, case_id).await?.ok_or(Denied::NotFound)?;
        let decided =
            risk::decide(&mut tx, case_id, decision.state, reason, caller.account_id, self.now()).await?;
        let row = risk::get(&mut tx, case_id).await?.ok_or(Denied::NotFound)?;
        if !decided {
            return Err(RiskRefused::AlreadyDecided.into());
        }
        let shape = self.one_shape(&mut tx, &row, None).await?;
        let deed = Deed::new(AuditAction::HandleRisk, AuditThing::RiskCase, case_id);
        let told = |row: &CaseRow| json!({ "state": row.state, "reason": row.reason });
        audit::record(self, &mut tx, caller, deed, (Some(&told(&before)), Some(&told(&row)))).await?;
        self.finish_once(tx, caller, key, shape).await
    }

    fn case_shape(&self, row: &CaseRow) -> Result<RiskCase, StoreError> {
        let (catalogue, zone) = (self.catalogue(), self.zone());
        let merchant = catalogue.merchant(MerchantId(row.merchant_id));
        let outlet = catalogue.outlet(OutletId(row.outlet_id));
        let moment = |ms: i64| zone.rfc3339(Timestamp::from_ms(ms));
        let evidence: Evidence = serde_json::from_str(&row.evidence).map_err(StoreError::corrupt)?;
        let signal: RiskSignal = row.signal.parse().map_err(StoreError::corrupt)?;
        Ok(RiskCase {
            case_id: row.case_id,
            signal,
            state: row.state.parse().map_err(StoreError::corrupt)?,
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
            answers: Vec::new(),
            answerable: false,
        })
    }
}
