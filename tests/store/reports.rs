//! Frozen reports: they stay as they were, and a recount names what moved since.

use crate::services::{Services, at, key};
use backend::{Error, ReportRequest, ReverseRequest};
use domain::shapes::ReportItem;
use domain::{Denied, ListQuery};
use tests::{TestCity, on_both_databases};

on_both_databases!(
    a_report_stays_and_its_recount_tells_what_moved,
    a_report_is_frozen_once_by_its_key,
    a_districts_report_is_its_own,
    a_changed_report_is_told,
);

fn monthly() -> ReportRequest {
    ReportRequest { kind: "monthly".into(), from: None, to: None }
}

async fn frozen(city: &Services<'_>, phone: &str) -> ReportItem {
    let caller = city.caller(phone).await;
    city.backend.freeze_report(&caller, &monthly(), &key()).await.unwrap().answer
}

const CITY: &str = "13700000001";
const DISTRICT: &str = "13700000002";

async fn a_report_stays_and_its_recount_tells_what_moved(city: &TestCity) {
    let city = Services::of(city);
    let (officer, owner) = (city.officer().await, city.owner().await);
    let resident = city.resident(1).await;
    let voucher = city.issued_voucher(&resident).await;
    let sold = city.redeem(&resident, &voucher, 8800).await.unwrap();
    let head = city.backend.ledger_head().await.unwrap();
    let item = frozen(&city, CITY).await;
    assert_eq!((item.from.as_str(), item.to.as_str()), ("2021-06-18", "2021-06-18"));
    let before = city.backend.report(&officer, item.id).await.unwrap();
    assert!(before.intact && before.figures.definitions.len() >= 10);
    assert_eq!(before.figures.ledger, head, "freezing itself is recorded behind it");
    let same = city.backend.recount_report(&officer, item.id).await.unwrap();
    assert_eq!(same.changes, []);
    let request = ReverseRequest { refund_fen: 8800, reason: "退单".into() };
    city.backend.reverse(&owner, sold.redemption_id, &request, &key()).await.unwrap();
    city.clock.set(at("2021-07-02T10:00:00+08:00"));
    let moved = city.backend.recount_report(&officer, item.id).await.unwrap();
    assert_ne!(moved.ledger, before.figures.ledger);
    let redeemed = moved.changes.iter().find(|change| change.what_en == "Tiedong · Redeemed").unwrap();
    assert_eq!((redeemed.frozen.as_deref(), redeemed.now.as_deref()), (Some("1"), Some("0")));
    assert!(moved.changes.iter().all(|change| !change.what_en.contains("Claimed")), "{:?}", moved.changes);
    assert_eq!(city.backend.report(&officer, item.id).await.unwrap(), before);
}

async fn a_report_is_frozen_once_by_its_key(city: &TestCity) {
    let city = Services::of(city);
    let (officer, key) = (city.officer().await, key());
    let first = city.backend.freeze_report(&officer, &monthly(), &key).await.unwrap();
    city.clock.advance_ms(60_000);
    let again = city.backend.freeze_report(&officer, &monthly(), &key).await.unwrap();
    assert!(again.replayed && again.answer == first.answer);
    let other = ReportRequest { kind: "quarterly".into(), ..monthly() };
    let reused = city.backend.freeze_report(&officer, &other, &key).await;
    assert!(matches!(reused, Err(Error::Denied(Denied::KeyReused))));
    let list = city.backend.reports(&officer, &ListQuery::default()).await.unwrap();
    assert_eq!(list.items, [first.answer]);
    for (request, named) in [
        (ReportRequest { kind: "weekly".into(), ..monthly() }, "kind"),
        (ReportRequest { from: Some("2021-01-01".into()), ..monthly() }, "from"),
        (ReportRequest { to: Some("2021-12-31".into()), ..monthly() }, "to"),
    ] {
        let refused = city.backend.freeze_report(&officer, &request, &crate::services::key()).await;
        assert!(matches!(refused, Err(Error::Denied(Denied::BadField { field, .. })) if field == named));
    }
    for phone in ["13700000003", "13700000004", "13800000001", "13900000001"] {
        let other = city.caller(phone).await;
        let refused = city.backend.freeze_report(&other, &monthly(), &crate::services::key()).await;
        assert!(matches!(refused, Err(Error::Denied(Denied::WrongRole))), "{phone}");
    }
}

async fn a_districts_report_is_its_own(city: &TestCity) {
    let city = Services::of(city);
    let (whole, own) = (frozen(&city, CITY).await, frozen(&city, DISTRICT).await);
    let of_district = city.caller(DISTRICT).await;
    let shown = city.backend.report(&of_district, own.id).await.unwrap();
    assert_eq!(shown.figures.districts.items.len(), 1);
    let hidden = city.backend.report(&of_district, whole.id).await;
    assert!(matches!(hidden, Err(Error::Denied(Denied::NotFound))));
    let list = city.backend.reports(&of_district, &ListQuery::default()).await.unwrap();
    assert_eq!(list.items, [own]);
    let finance = city.caller("13700000003").await;
    assert_eq!(city.backend.reports(&finance, &ListQuery::default()).await.unwrap().items.len(), 2);
}

async fn a_changed_report_is_told(city: &TestCity) {
    let city = Services::of(city);
    let item = frozen(&city, CITY).await;
    city.run("update report set body = replace(body, '\"redeemed\":0', '\"redeemed\":1')").await;
    let shown = city.backend.report(&city.officer().await, item.id).await.unwrap();
    assert!(!shown.intact);
}
