//! Settlement: what is redeemed is paid once, by the week, and every fen of it is in the ledger.

mod bank;
mod refunds;
mod rows;
mod steps;
mod week;

use crate::services::{FIRST_ROUND, Services, at, key};
use backend::seeds::SeedSet;
use backend::{BankResult, Caller, Error, SettledFile};
use domain::shapes::{RedemptionShape, SettlementItem, SettlementRowShape};
use domain::{DistrictCode, Limits, ListQuery, Role, SettlementLineKind, Validity};
use std::collections::BTreeSet;

/// The first week is over.
pub(crate) const MONDAY: &str = "2021-06-21T07:00:00+08:00";
/// The second one is.
pub(crate) const NEXT_MONDAY: &str = "2021-06-28T07:00:00+08:00";
/// A day of the first week, and of the second.
pub(crate) const WEEK: &str = "2021-06-18";
pub(crate) const NEXT_WEEK: &str = "2021-06-27";

/// The first campaign goes on for weeks without limits in its way.
pub(crate) fn for_weeks(season: &mut SeedSet) {
    let (terms, round) = (&mut season.campaigns[0], &mut season.rounds[0]);
    terms.limits = Limits { per_campaign: 100, per_day: 100, per_outlet_day: 100, per_merchant_day: None };
    terms.validity = Validity::Hours(24 * 60);
    (round.per_resident, round.closes_at) = (100, at("2021-07-31T22:00:00+08:00"));
}

/// The people of the bureau.
pub(crate) struct Bureau {
    pub(crate) finance: Caller,
    pub(crate) officer: Caller,
    pub(crate) city: Caller,
    pub(crate) auditor: Caller,
}

impl Bureau {
    pub(crate) async fn of(city: &Services<'_>) -> Bureau {
        Bureau {
            finance: city.caller("13700000003").await,
            officer: city.caller("13700000002").await,
            city: city.officer().await,
            auditor: city.caller("13700000004").await,
        }
    }

    /// The batch of a week, made by finance.
    pub(crate) async fn made(&self, city: &Services<'_>, day: &str) -> SettlementItem {
        city.backend.make_settlement(&self.finance, day, &key()).await.expect("a batch").answer
    }

    /// Every merchant confirms, and every district reviews.
    pub(crate) async fn reviewed(&self, city: &Services<'_>, id: i64) {
        let rows = rows(city, &self.city, id).await;
        for row in &rows {
            let owner = Caller {
                roles: vec![Role::Owner],
                merchant_id: Some(row.merchant_id),
                ..self.auditor.clone()
            };
            city.backend.confirm_settlement(&owner, id, &key()).await.expect("a confirmed row");
        }
        for district in rows.iter().map(|row| row.district).collect::<BTreeSet<_>>() {
            let officer = self.officer_of(district);
            city.backend.review_settlement(&officer, id, None, &key()).await.expect("reviewed rows");
        }
    }

    pub(crate) fn officer_of(&self, district: DistrictCode) -> Caller {
        Caller { office: Some(district), ..self.officer.clone() }
    }

    /// All of it but the bank's result.
    pub(crate) async fn exported(&self, city: &Services<'_>, id: i64) -> SettlementItem {
        self.reviewed(city, id).await;
        city.backend.approve_settlement(&self.city, id, false, &key()).await.expect("approved");
        city.backend.export_settlement(&self.finance, id, &key()).await.expect("exported").answer
    }

    /// The bank paid all of it.
    pub(crate) async fn paid(&self, city: &Services<'_>, id: i64) -> SettlementItem {
        let file = city.backend.settled_file(&self.finance, id).await.expect("an exported batch");
        self.bring(city, id, &told_by_bank(&file)).await.expect("paid")
    }

    /// Brings in a bank's result.
    pub(crate) async fn bring(
        &self,
        city: &Services<'_>,
        id: i64,
        text: &str,
    ) -> Result<SettlementItem, Error> {
        let result = result(text);
        Ok(city.backend.take_bank_result(&self.finance, id, &result, &key()).await?.answer)
    }

    /// A week from its draft to its payment.
    pub(crate) async fn settled(&self, city: &Services<'_>, day: &str) -> SettlementItem {
        let id = self.made(city, day).await.id;
        self.exported(city, id).await;
        self.paid(city, id).await
    }
}

pub(crate) fn result(text: &str) -> BankResult {
    BankResult {
        bank_reference: "ICBC-20210622-001".into(),
        file_name: "result.csv".into(),
        file: text.as_bytes().to_vec(),
    }
}

/// What a bank says that paid everything.
pub(crate) fn told_by_bank(file: &SettledFile) -> String {
    let lines = file.batch.bank_file().lines;
    let lines = lines.iter().map(|line| format!("{},{}\n", line.reference, line.amount.yuan()));
    format!("reference,amount\n{}", lines.collect::<String>())
}

/// All rows of a batch that somebody sees.
pub(crate) async fn rows(city: &Services<'_>, reader: &Caller, id: i64) -> Vec<SettlementRowShape> {
    let mut rows = Vec::new();
    let mut query = ListQuery { limit: Some("100".into()), cursor: None };
    loop {
        let page = city.backend.settlement_rows(reader, id, &query).await.expect("rows");
        rows.extend(page.items);
        query.cursor = page.next_cursor;
        if query.cursor.is_none() {
            return rows;
        }
    }
}

/// Sells for ¥80 with a voucher of ¥20 at the first outlet.
pub(crate) async fn sold(city: &Services<'_>, resident: u32) -> RedemptionShape {
    let resident = city.resident(resident).await;
    let voucher = city.backend.claim(&resident, FIRST_ROUND, &key()).await.expect("a voucher").answer;
    city.redeem(&resident, &voucher, 8_000).await.expect("redeemed")
}

/// The kinds and amounts of the first merchant's lines in a batch, in fen.
pub(crate) async fn lines(city: &Services<'_>, id: i64) -> Vec<(SettlementLineKind, i64)> {
    let owner = city.owner().await;
    let page = city.backend.own_settlement_lines(&owner, id, &domain::SettlementLineQuery::default()).await;
    page.expect("lines").items.iter().map(|line| (line.kind, line.amount_fen.get())).collect()
}
