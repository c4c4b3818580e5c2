//! The steps of a batch, and who may take them.

use super::{Bureau, MONDAY, NEXT_MONDAY, NEXT_WEEK, WEEK, for_weeks, result, rows, sold, told_by_bank};
use crate::services::{Services, at, key};
use backend::{Caller, Error};
use domain::{
    AccountId, Denied, ListQuery, MerchantId, OpenQuery, Role, SettlementRefused, SettlementState,
    SettlementStep, StatementQuery,
};
use tests::{TestCity, on_both_databases};

on_both_databases!(
    a_week_goes_from_draft_to_paid,
    four_eyes_are_four in for_weeks,
    every_step_has_its_place_and_its_role,
    a_week_is_settled_once_and_when_it_is_over in for_weeks,
    a_step_is_taken_once,
);

async fn a_week_goes_from_draft_to_paid(city: &TestCity) {
    let city = Services::of(city);
    for resident in 1..=3 {
        sold(&city, resident).await;
    }
    city.clock.set(at(MONDAY));
    let bureau = Bureau::of(&city).await;
    let made = bureau.made(&city, WEEK).await;
    assert_eq!((made.from.as_str(), made.to.as_str()), ("2021-06-14", "2021-06-20"));
    assert_eq!((made.state, made.totals.rows, made.totals.pay_fen.get()), (SettlementState::Draft, 1, 6_000));
    city.assert_sound().await;
    let exported = bureau.exported(&city, made.id).await;
    assert_eq!(exported.state, SettlementState::Exported);
    city.assert_sound().await;
    let ledger = async || {
        let statement = city.backend.whole_statement(&city.owner().await, &StatementQuery::default()).await;
        let ledger = statement.unwrap().ledger;
        assert!(ledger.agrees);
        (ledger.payable_fen, ledger.paid_fen)
    };
    assert_eq!(ledger().await, (6_000, 0), "money moves when the bank has paid");
    let file = city.backend.settled_file(&bureau.finance, made.id).await.unwrap();
    assert_eq!(Some(&file.hash), exported.hash.as_ref());
    assert_eq!(domain::SettledBatch::read(file.text.lines()), Ok(file.batch.clone()));
    let paid = bureau.paid(&city, made.id).await;
    assert_eq!(
        (paid.state, paid.bank_reference.as_deref()),
        (SettlementState::Paid, Some("ICBC-20210622-001"))
    );
    assert_eq!(ledger().await, (0, 6_000));
    assert_eq!(city.backend.open_books(&OpenQuery::default()).await.unwrap().total.paid_fen.get(), 6_000);
    assert_eq!(city.backend.settled_file(&bureau.finance, made.id).await.unwrap(), file);
    let shape = city.backend.settlement(&bureau.auditor, made.id).await.unwrap();
    let taken: Vec<_> = shape.steps.iter().rev().map(|step| step.step).collect();
    assert_eq!(taken, SettlementStep::ALL);
    assert_eq!((shape.results.len(), shape.results[0].outcome.as_str()), (1, "paid"));
    city.assert_sound().await;
}

async fn four_eyes_are_four(city: &TestCity) {
    let city = Services::of(city);
    sold(&city, 1).await;
    city.clock.set(at(MONDAY));
    let bureau = Bureau::of(&city).await;
    let id = city.backend.make_settlement(&bureau.city, WEEK, &key()).await.unwrap().answer.id;
    let approve = async |by: &Caller, leave_out| {
        city.backend.approve_settlement(by, id, leave_out, &key()).await.map(|done| done.answer.state)
    };
    let colleague = Caller { account_id: AccountId(9001), ..bureau.city.clone() };
    for leave_out in [false, true] {
        let early = approve(&colleague, leave_out).await;
        let waits = SettlementRefused::NotAllReviewed { waiting: 1, rows: 1 };
        assert!(matches!(early, Err(Error::Settlement(refused)) if refused == waits));
    }
    bureau.reviewed(&city, id).await;
    let own = approve(&bureau.city, false).await;
    assert!(matches!(own, Err(Error::Settlement(SettlementRefused::Maker))));
    let both = Caller { roles: vec![Role::District, Role::City], ..bureau.officer.clone() };
    let reviewer = approve(&both, false).await;
    assert!(matches!(reviewer, Err(Error::Settlement(SettlementRefused::Reviewer))));
    for (person, offered) in [(&bureau.city, false), (&both, false), (&colleague, true)] {
        let may = city.backend.settlement(person, id).await.unwrap().may;
        assert_eq!(may.contains(&SettlementStep::Approve), offered, "nobody is offered what is refused");
    }
    assert_eq!(approve(&colleague, false).await.unwrap(), SettlementState::Approved);
    let again = approve(&colleague, false).await;
    let (state, step) = (SettlementState::Approved, SettlementStep::Approve);
    assert!(
        matches!(again, Err(Error::Settlement(refused)) if refused == SettlementRefused::WrongState { state, step })
    );
    city.assert_sound().await;
}

async fn every_step_has_its_place_and_its_role(city: &TestCity) {
    let city = Services::of(city);
    sold(&city, 1).await;
    city.clock.set(at(MONDAY));
    let bureau = Bureau::of(&city).await;
    let id = bureau.made(&city, WEEK).await.id;
    let wrong_role = |answer: Result<bool, Error>| {
        assert!(matches!(answer, Err(Error::Denied(Denied::WrongRole))), "{answer:?}");
    };
    let (auditor, backend) = (&bureau.auditor, &city.backend);
    wrong_role(backend.make_settlement(auditor, WEEK, &key()).await.map(|done| done.replayed));
    wrong_role(backend.discard_settlement(auditor, id, &key()).await.map(|done| done.replayed));
    wrong_role(backend.confirm_settlement(auditor, id, &key()).await.map(|done| done.replayed));
    wrong_role(backend.review_settlement(auditor, id, None, &key()).await.map(|done| done.replayed));
    wrong_role(backend.approve_settlement(auditor, id, true, &key()).await.map(|done| done.replayed));
    wrong_role(backend.export_settlement(auditor, id, &key()).await.map(|done| done.replayed));
    wrong_role(backend.take_bank_result(auditor, id, &result("a"), &key()).await.map(|done| done.replayed));
    wrong_role(backend.approve_settlement(&bureau.finance, id, true, &key()).await.map(|done| done.replayed));
    wrong_role(backend.export_settlement(&bureau.city, id, &key()).await.map(|done| done.replayed));
    let clerk = city.clerk().await;
    wrong_role(backend.confirm_settlement(&clerk, id, &key()).await.map(|done| done.replayed));
    assert_eq!(rows(&city, auditor, id).await.len(), 1);
    let early = backend.export_settlement(&bureau.finance, id, &key()).await;
    assert!(matches!(early, Err(Error::Settlement(SettlementRefused::WrongState { .. }))));
    let early = backend.take_bank_result(&bureau.finance, id, &result("a"), &key()).await;
    assert!(matches!(early, Err(Error::Settlement(SettlementRefused::WrongState { .. }))));
    // Another district has nothing of it.
    let other = bureau.officer_of("210381".parse().unwrap());
    assert_eq!(rows(&city, &other, id).await, []);
    assert_eq!(backend.settlement(&other, id).await.unwrap().item.totals.rows, 0);
    for refused in [
        backend.review_settlement(&other, id, None, &key()).await.map(drop),
        backend.review_settlement(&other, id, Some(MerchantId(1)), &key()).await.map(drop),
        backend.settlement_row(&other, id, MerchantId(1)).await.map(drop),
    ] {
        assert!(matches!(refused, Err(Error::Denied(Denied::NotFound))), "{refused:?}");
    }
    wrong_role(backend.settled_file(&other, id).await.map(|_| true));
}

async fn a_week_is_settled_once_and_when_it_is_over(city: &TestCity) {
    let city = Services::of(city);
    let bureau = Bureau::of(&city).await;
    sold(&city, 1).await;
    let make = async |day: &str| city.backend.make_settlement(&bureau.finance, day, &key()).await;
    city.clock.set(at("2021-06-21T05:59:59+08:00"));
    let early = make(WEEK).await;
    assert!(matches!(early, Err(Error::Settlement(SettlementRefused::WeekNotOver { .. }))));
    assert!(matches!(make("juni").await, Err(Error::Denied(Denied::BadField { .. }))));
    city.clock.set(at(MONDAY));
    let id = make(WEEK).await.unwrap().answer.id;
    city.clock.set(at(NEXT_MONDAY));
    let open = make(NEXT_WEEK).await;
    assert!(matches!(open, Err(Error::Settlement(SettlementRefused::StillOpen { batch })) if batch == id));
    bureau.exported(&city, id).await;
    let taken = make(WEEK).await;
    assert!(
        matches!(taken, Err(Error::Settlement(SettlementRefused::WeekSettled { batch, .. })) if batch == id)
    );
    assert!(matches!(make(NEXT_WEEK).await, Err(Error::Settlement(SettlementRefused::NothingDue))));
    let weeks = city.backend.settlement_weeks(&bureau.finance).await.unwrap().items;
    let shown: Vec<_> = weeks
        .iter()
        .map(|week| (week.from.as_str(), week.over, week.may_make, week.settlement.is_some()))
        .collect();
    let expected = [
        ("2021-06-28", false, false, false),
        ("2021-06-21", true, true, false),
        ("2021-06-14", true, false, true),
    ];
    assert_eq!(shown, expected);
}

async fn a_step_is_taken_once(city: &TestCity) {
    let city = Services::of(city);
    sold(&city, 1).await;
    city.clock.set(at(MONDAY));
    let bureau = Bureau::of(&city).await;
    let (backend, owner) = (&city.backend, city.owner().await);
    let keys = [key(), key(), key(), key(), key(), key()];
    let mut answers = Vec::new();
    for replayed in [false, true] {
        let made = backend.make_settlement(&bureau.finance, WEEK, &keys[0]).await.unwrap();
        let id = made.answer.id;
        let confirmed = backend.confirm_settlement(&owner, id, &keys[1]).await.unwrap();
        let reviewed = backend.review_settlement(&bureau.officer, id, None, &keys[2]).await.unwrap();
        let approved = backend.approve_settlement(&bureau.city, id, false, &keys[3]).await.unwrap();
        let exported = backend.export_settlement(&bureau.finance, id, &keys[4]).await.unwrap();
        let file = backend.settled_file(&bureau.finance, id).await.unwrap();
        let told = result(&told_by_bank(&file));
        let paid = backend.take_bank_result(&bureau.finance, id, &told, &keys[5]).await.unwrap();
        assert_eq!(confirmed.replayed, replayed);
        for done in [&made, &reviewed, &approved, &exported, &paid] {
            assert_eq!(done.replayed, replayed);
        }
        answers.push([made.answer, reviewed.answer, approved.answer, exported.answer, paid.answer]);
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(backend.own_settlements(&owner, &ListQuery::default()).await.unwrap().items.len(), 1);
    city.assert_sound().await;
}
