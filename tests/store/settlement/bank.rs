//! The bank's result: all of it matches, or nothing is taken and the reason is noted.

use super::{Bureau, MONDAY, WEEK, sold, told_by_bank};
use crate::services::{Services, at, key};
use backend::{BankResult, Error};
use domain::{AuditAction, AuditQuery, BankRefused, Denied, Fen, MOST_BANK_BYTES, SettlementState};
use tests::{TestCity, on_both_databases};

on_both_databases!(a_result_that_does_not_match_changes_nothing, two_results_at_once_pay_once);

async fn a_result_that_does_not_match_changes_nothing(city: &TestCity) {
    let city = Services::of(city);
    sold(&city, 1).await;
    city.clock.set(at(MONDAY));
    let bureau = Bureau::of(&city).await;
    let id = bureau.made(&city, WEEK).await.id;
    bureau.exported(&city, id).await;
    let head = city.backend.ledger_head().await.unwrap();
    let fen = |amount: i64| Fen::try_from(amount).unwrap();
    let text = |lines: &str| format!("reference,amount\n{lines}");
    let bad = [
        (text("JS99-1,20\n"), "other_batch"),
        (text(&format!("JS{id}-1,20.01\n")), "wrong_total"),
        (text(&format!("JS{id}-1,20\n合计,19.99\n")), "wrong_total"),
        (text(&format!("JS{id}-7,20\n")), "unmatched"),
        (text(&format!("JS{id}-1,10\nJS{id}-1,10\n")), "unmatched"),
        (text(&format!("JS{id}-1,twenty\n")), "unreadable"),
        ("who,what\n".to_owned(), "unreadable"),
        ("x".repeat(MOST_BANK_BYTES + 1), "file_too_large"),
    ];
    for (file, code) in &bad {
        let Err(Error::Bank(refused)) = bureau.bring(&city, id, file).await else { panic!("{code}") };
        assert_eq!(refused.code(), *code);
        if let BankRefused::WrongTotal { expected, .. } = refused {
            assert_eq!(expected, fen(2_000));
        }
    }
    let shape = city.backend.settlement(&bureau.auditor, id).await.unwrap();
    assert_eq!((shape.item.state, shape.item.bank_reference), (SettlementState::Exported, None));
    let outcomes: Vec<_> = shape.results.iter().rev().map(|result| result.outcome.as_str()).collect();
    assert_eq!(outcomes, bad.iter().map(|(_, code)| *code).collect::<Vec<_>>());
    let unknown = &shape.results[4].mismatches;
    let told: Vec<_> = unknown.iter().map(|of| of.reference.clone()).collect();
    assert_eq!(told, [format!("JS{id}-7"), format!("JS{id}-1")], "one unknown, one missing");
    let query = AuditQuery { action: Some(AuditAction::RefuseBankFile.to_string()), ..AuditQuery::default() };
    let noted = city.backend.audit_log(&bureau.auditor, &query).await.unwrap().items.len();
    assert_eq!(noted, bad.len());
    let after = city.backend.ledger_head().await.unwrap();
    let records = i64::try_from(bad.len()).unwrap();
    assert_eq!(after.sequence, head.sequence + records, "the audit log's marks and nothing else");
    let nameless = BankResult { bank_reference: " ".into(), ..super::result("a") };
    let refused = city.backend.take_bank_result(&bureau.finance, id, &nameless, &key()).await;
    assert!(matches!(refused, Err(Error::Denied(Denied::BadField { .. }))));
    city.assert_sound().await;
    bureau.paid(&city, id).await;
    city.assert_sound().await;
}

async fn two_results_at_once_pay_once(city: &TestCity) {
    let city = Services::of(city);
    sold(&city, 1).await;
    city.clock.set(at(MONDAY));
    let bureau = Bureau::of(&city).await;
    let id = bureau.made(&city, WEEK).await.id;
    bureau.exported(&city, id).await;
    let file = told_by_bank(&city.backend.settled_file(&bureau.finance, id).await.unwrap());
    let (one, two) = tokio::join!(bureau.bring(&city, id, &file), bureau.bring(&city, id, &file));
    assert_eq!(u8::from(one.is_ok()) + u8::from(two.is_ok()), 1);
    city.assert_sound().await;
}
