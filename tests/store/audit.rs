//! The audit log is written with the change, and the ledger covers it.

use crate::services::{Services, key};
use backend::{DecideRequest, PersonChange, TillChange};
use domain::{AuditAction, AuditQuery, DistrictCode, MerchantDecision, MerchantId, OutletId, Role, TillId};
use tests::{TestCity, on_both_databases};

on_both_databases!(
    a_change_is_recorded_with_old_and_new,
    a_refused_change_leaves_no_record,
    the_log_only_grows,
    a_changed_or_missing_record_is_found,
    what_the_command_line_does_is_recorded
);

/// The city lets the second merchant lapse.
async fn lapse(city: &Services<'_>, reason: &str) {
    let request = DecideRequest { decision: MerchantDecision::Lapse, seen: None, reason: reason.to_owned() };
    let officer = city.officer().await;
    city.backend.decide_on_merchant(&officer, MerchantId(2), &request, &key()).await.unwrap();
}

async fn a_change_is_recorded_with_old_and_new(city: &TestCity) {
    let city = Services::of(city);
    lapse(&city, "电话 13912345678 打不通").await;
    let owner = city.owner().await;
    let new = backend::NewTill { name: "一号台".to_owned(), outlet_id: OutletId(1) };
    let till = city.backend.enrol_till(&owner, &new, None, &key()).await.unwrap().answer.till;
    let off = TillChange { name: "一号台".to_owned(), on: false };
    city.backend.change_till(&owner, till.till_id, &off).await.unwrap();
    let clerk = city.clerk().await;
    let change = PersonChange { role: Role::Clerk, outlets: vec![OutletId(1)] };
    city.backend.change_person(&owner, clerk.account_id, &change).await.unwrap();

    let officer = city.officer().await;
    let records = city.backend.audit_log(&officer, &AuditQuery::default()).await.unwrap().items;
    let told: Vec<_> = records.iter().map(|record| (record.action, record.place.as_str())).collect();
    assert_eq!(
        told,
        [
            (AuditAction::ChangePerson, "owner"),
            (AuditAction::ChangeTill, "owner"),
            (AuditAction::EnrolTill, "owner"),
            (AuditAction::ReviewMerchant, "city"),
        ]
    );
    let [person, switched, _, review] = records.as_slice() else { panic!("four records") };
    assert_eq!((review.thing_id, review.account_id), (2, officer.account_id));
    assert_eq!(review.old, r#"{"state":"live"}"#);
    assert_eq!(review.new, r#"{"reason":"电话 139****5678 打不通","state":"lapsed"}"#, "no phone number");
    assert_eq!(switched.old, r#"{"name":"一号台","on":true}"#);
    assert_eq!(switched.new, r#"{"name":"一号台","on":false}"#);
    assert!(person.new.contains(r#""outlet_ids":[1]"#), "{}", person.new);
    let report = city.backend.verify().await.unwrap();
    assert_eq!((report.audits, report.faults), (4, vec![]));

    let (backend, reader) = (&city.backend, &officer);
    let of = async move |query: AuditQuery| backend.audit_log(reader, &query).await.unwrap().items;
    let thing = Some("till".to_owned());
    assert_eq!(of(AuditQuery { thing: thing.clone(), ..AuditQuery::default() }).await.len(), 2);
    let actor = Some(officer.account_id.to_string());
    assert_eq!(
        of(AuditQuery { actor: actor.clone(), ..AuditQuery::default() }).await,
        std::slice::from_ref(review)
    );
    assert_eq!(of(AuditQuery { actor, thing, ..AuditQuery::default() }).await, []);
    let day = |day: &str| Some(day.to_owned());
    let on = |from, to| AuditQuery { from, to, ..AuditQuery::default() };
    assert_eq!(of(on(day("2021-06-18"), day("2021-06-18"))).await.len(), 4);
    assert_eq!(of(on(day("2021-06-19"), None)).await, []);
    assert_eq!(of(on(None, day("2021-06-17"))).await, []);
}

async fn a_refused_change_leaves_no_record(city: &TestCity) {
    let city = Services::of(city);
    let before = city.backend.ledger_head().await.unwrap();
    let request = DecideRequest { decision: MerchantDecision::Approve, seen: None, reason: String::new() };
    let officer = city.officer().await;
    city.backend.decide_on_merchant(&officer, MerchantId(2), &request, &key()).await.unwrap_err();
    let off = TillChange { name: "x".to_owned(), on: false };
    city.backend.change_till(&city.owner().await, TillId(99), &off).await.unwrap_err();
    assert_eq!(city.backend.ledger_head().await.unwrap(), before);
    assert_eq!(city.backend.verify().await.unwrap().audits, 0);
}

async fn the_log_only_grows(city: &TestCity) {
    let city = Services::of(city);
    lapse(&city, "停业").await;
    for change in ["update audit set new = ''", "delete from audit"] {
        assert!(city.try_run(change).await.is_err(), "{change}");
    }
    assert_eq!(city.backend.verify().await.unwrap().audits, 1);
}

/// Takes away what keeps the log from being changed, as whoever owns the
/// database can.
async fn unlock(city: &Services<'_>) {
    for unlock in [
        "drop trigger audit_is_not_changed on audit",
        "drop trigger audit_is_not_changed",
        "drop trigger audit_is_not_cut",
    ] {
        // Each database knows some of these.
        let _ = city.try_run(unlock).await;
    }
}

async fn a_changed_or_missing_record_is_found(city: &TestCity) {
    let city = Services::of(city);
    lapse(&city, "停业").await;
    unlock(&city).await;
    city.assert_sound().await;
    for (change, back) in [
        ("update audit set account_id = account_id + 1", "update audit set account_id = account_id - 1"),
        ("update audit set at_ms = at_ms + 1", "update audit set at_ms = at_ms - 1"),
        ("update audit set place = 'district'", "update audit set place = 'city'"),
        ("update audit set new = new || ' '", "update audit set new = trim(new)"),
    ] {
        city.run(change).await;
        let faults = city.backend.verify().await.unwrap().faults;
        assert!(faults.iter().any(|fault| fault.contains("audit record 1 was changed")), "{change}");
        city.run(back).await;
        city.assert_sound().await;
    }
    city.run("delete from audit").await;
    assert_eq!(city.backend.verify().await.unwrap().faults, ["audit record 1 is gone"]);
}

async fn what_the_command_line_does_is_recorded(city: &TestCity) {
    let city = Services::of(city);
    let phone = "13700000099".parse().unwrap();
    let district: DistrictCode = "210303".parse().unwrap();
    city.backend.add_organizer(&phone, "小林", Role::District, Some(district)).await.unwrap();
    let officer = city.officer().await;
    let records = city.backend.audit_log(&officer, &AuditQuery::default()).await.unwrap().items;
    assert_eq!((records[0].action, records[0].place.as_str()), (AuditAction::GrantRole, "command_line"));
    assert_eq!(records[0].new, r#"{"district":"210303","role":"district"}"#);
    city.assert_sound().await;
}
