//! A merchant's answer to a case that concerns it.

use crate::audit::{self, Deed};
use crate::once::{Begun, Done};
use crate::store::Tx;
use crate::store::risk::{self, CaseRow};
use crate::store::risk_answer::{self, AnswerRow};
use crate::{Backend, Caller, Error, StoreError, keys};
use domain::shapes::{RiskAnswer, RiskCase, RiskVouchers};
use domain::{
    AuditAction, AuditThing, Denied, IdempotencyKey, MOST_ANSWER, MOST_ANSWERS, MerchantId, Permission,
    RiskRefused, RiskState, Timestamp,
};
use serde_json::json;

/// For whom cases are told.
#[derive(Clone, Copy)]
pub(super) enum Reader<'a> {
    /// The bureau's; of one district, or of all of them where it is empty.
    Bureau(&'a str),
    /// A merchant, which sees its own answers.
    Merchant(MerchantId),
}

impl Backend {
    /// Answers to a case that concerns the caller's merchant. A repeat with the
    /// same key gets the same answer.
    ///
    /// # Errors
    /// The caller does not answer for a merchant, no such case concerns it, the
    /// text is empty or too long, the case is cleared, or the merchant answered
    /// as often as it may.
    pub async fn answer_risk(
        &self,
        caller: &Caller,
        case_id: i64,
        text: &str,
        key: &IdempotencyKey,
    ) -> Result<Done<RiskCase>, Error> {
        caller.require(Permission::AnswerRisk)?;
        let merchant = caller.merchant_id.ok_or(Denied::WrongRole)?;
        let text = text.trim();
        if text.is_empty() || text.chars().count() > MOST_ANSWER {
            return Err(Denied::field("text", format!("1–{MOST_ANSWER}")).into());
        }
        let request_hash = keys::sha256(&format!("risk answer {case_id} {text}"));
        let mut tx = match self.begin_once(caller, key, &request_hash).await? {
            Begun::Before(done) => return Ok(done),
            Begun::Now(tx) => tx,
        };
        if !risk_answer::concerns(&mut tx, case_id, merchant).await? {
            return Err(Denied::NotFound.into());
        }
        if !risk_answer::begin(&mut tx, case_id).await? {
            return Err(RiskRefused::AlreadyDecided.into());
        }
        let who = (case_id, merchant, caller.account_id);
        if !risk_answer::add(&mut tx, who, (text, self.now()), MOST_ANSWERS).await? {
            return Err(RiskRefused::AnsweredOften.into());
        }
        let row = risk::get(&mut tx, case_id).await?.ok_or(Denied::NotFound)?;
        let shape = self.one_shape(&mut tx, &row, Reader::Merchant(merchant)).await?;
        let deed = Deed::new(AuditAction::HandleRisk, AuditThing::RiskCase, case_id);
        let new = json!({ "merchant_id": merchant, "answer": text });
        audit::record(self, &mut tx, caller, deed, (None::<&()>, Some(&new))).await?;
        self.finish_once(tx, caller, key, shape).await
    }

    /// One case with its answers, as [`Backend::case_shapes`] shows it.
    pub(super) async fn one_shape(
        &self,
        tx: &mut Tx,
        row: &CaseRow,
        reader: Reader<'_>,
    ) -> Result<RiskCase, StoreError> {
        let mut shapes = self.case_shapes(tx, std::slice::from_ref(row), reader).await?;
        shapes.pop().ok_or_else(|| StoreError::corrupt("a case that is none"))
    }

    /// Cases with their answers and their holders' vouchers, as the reader sees
    /// them.
    pub(super) async fn case_shapes(
        &self,
        tx: &mut Tx,
        rows: &[CaseRow],
        reader: Reader<'_>,
    ) -> Result<Vec<RiskCase>, StoreError> {
        let numbers = || rows.iter().map(|row| row.case_id);
        let (Some(from), Some(to)) = (numbers().min(), numbers().max()) else { return Ok(Vec::new()) };
        let (merchant, counted) = match reader {
            Reader::Merchant(merchant) => (Some(merchant), None),
            Reader::Bureau(district) => (None, Some(self.counted(tx, (from, to), district).await?)),
        };
        let answers = risk_answer::of_cases(tx, (from, to), merchant).await?;
        let shape = |row: &CaseRow| {
            let own = answers.iter().filter(|answer| answer.case_id == row.case_id);
            let answers: Vec<_> = own.map(|answer| self.answer_shape(answer)).collect();
            let shape = self.case_shape(row)?;
            let some_left = i64::try_from(answers.len()).is_ok_and(|given| given < MOST_ANSWERS);
            let answerable = merchant.is_some() && some_left && shape.state != RiskState::Cleared;
            let freezable = shape.decisions.contains(&RiskState::Frozen);
            let none = RiskVouchers { frozen: 0, unused: 0 };
            let counted = counted.as_ref().filter(|_| freezable);
            let vouchers = counted.map(|counted| counted.get(&row.case_id).cloned().unwrap_or(none));
            Ok(RiskCase { answers, answerable, vouchers, ..shape })
        };
        rows.iter().map(shape).collect()
    }

    fn answer_shape(&self, row: &AnswerRow) -> RiskAnswer {
        let catalogue = self.catalogue();
        let merchant = catalogue.merchant(MerchantId(row.merchant_id));
        RiskAnswer {
            merchant_id: MerchantId(row.merchant_id),
            merchant_name: merchant.map(|merchant| merchant.name.clone()).unwrap_or_default(),
            merchant_name_en: merchant.map(|merchant| merchant.name_en.clone()).unwrap_or_default(),
            answered_at: self.zone().rfc3339(Timestamp::from_ms(row.answered_at_ms)),
            text: row.answer.clone(),
        }
    }
}
