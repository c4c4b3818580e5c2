//! A merchant's people and tills: invited once, changed and switched off on
//! every node at once.

use crate::services::{Services, key, until};
use backend::{Backend, Caller, Error, Invitee, NewTill, PersonChange, TillChange};
use domain::{INVITATION_MS, ListQuery, OutletId, PeopleRefused, Permission, RedeemRefused, Role, TillId};
use tests::{TestCity, on_both_databases, people};
use tokio::task::JoinSet;

on_both_databases!(
    an_invited_resident_becomes_a_clerk,
    an_invitation_lapses_after_ten_minutes,
    of_two_who_accept_at_once_one_joins,
    an_invitation_falls_with_its_makers_right,
    whoever_works_elsewhere_does_not_join,
    a_removed_clerk_is_one_nowhere,
    a_role_changes_on_every_node,
    a_clerk_of_one_outlet_redeems_there_alone,
    a_till_is_noted_and_switched_off_on_every_node,
    a_device_that_is_enrolled_anew_is_one_till,
    where_enrolled_tills_alone_redeem_no_other_device_does,
);

fn clerk_at(outlets: &[i64]) -> Invitee {
    PersonChange { role: Role::Clerk, outlets: outlets.iter().copied().map(OutletId).collect() }
}

fn refused(error: &Error) -> &PeopleRefused {
    match error {
        Error::People(refused) => refused,
        other => panic!("{other:?}"),
    }
}

async fn sign_in(backend: &Backend, phone: &str) -> String {
    let phone = phone.parse().unwrap();
    let code = backend.send_code(&phone).await.unwrap().demo_code.unwrap();
    backend.log_in(&phone, &code).await.unwrap().token
}

async fn caller(node: &Backend, token: &str) -> Caller {
    node.caller(token).await.unwrap().unwrap()
}

/// A resident whom the owner made a clerk, signed in.
async fn new_clerk(city: &Services<'_>, n: u32, invitee: &Invitee) -> String {
    let owner = city.owner().await;
    let invitation = city.backend.invite(&owner, invitee, &key()).await.unwrap().answer;
    let token = sign_in(&city.backend, &people::resident(n)).await;
    let resident = caller(&city.backend, &token).await;
    city.backend.accept_invitation(&resident, &invitation.code, Some("小新")).await.unwrap();
    token
}

async fn an_invited_resident_becomes_a_clerk(city: &TestCity) {
    let city = Services::of(city);
    let owner = city.owner().await;
    let again = key();
    let first = city.backend.invite(&owner, &clerk_at(&[]), &again).await.unwrap();
    let repeat = city.backend.invite(&owner, &clerk_at(&[]), &again).await.unwrap();
    assert_eq!((first.replayed, repeat.replayed, &first.answer), (false, true, &repeat.answer));
    assert!(city.backend.invite(&owner, &clerk_at(&[1]), &again).await.is_err(), "another request");
    let code = first.answer.code;
    assert!(!city.read("select code_hash from invitation").await.contains(&code));

    let (resident, other) = (city.resident(1).await, city.resident(2).await);
    city.backend.accept_invitation(&resident, &code, Some(" 小新 ")).await.unwrap();
    city.backend.accept_invitation(&resident, &code, None).await.unwrap();
    let late = city.backend.accept_invitation(&other, &code, None).await.unwrap_err();
    assert_eq!(refused(&late), &PeopleRefused::InvitationUsed);
    let clerk = city.resident(1).await;
    assert!(clerk.may(Permission::Redeem) && !clerk.may(Permission::Reverse));
    assert_eq!((clerk.name.as_str(), clerk.merchant_id), ("小新", owner.merchant_id));
    let listed = city.backend.people(&owner, &ListQuery::default()).await.unwrap();
    let line = listed.items.iter().find(|person| person.account_id == clerk.account_id).unwrap();
    assert_eq!((line.role, line.managed, line.phone_masked.as_str()), (Role::Clerk, true, "139****0001"));
    let twice = city.backend.invite(&owner, &clerk_at(&[]), &key()).await.unwrap().answer;
    let twice = city.backend.accept_invitation(&clerk, &twice.code, None).await.unwrap_err();
    assert_eq!(refused(&twice), &PeopleRefused::AlreadyThere);
}

async fn an_invitation_lapses_after_ten_minutes(city: &TestCity) {
    let city = Services::of(city);
    let (owner, resident) = (city.owner().await, city.resident(1).await);
    let code = city.backend.invite(&owner, &clerk_at(&[]), &key()).await.unwrap().answer.code;
    city.clock.advance_ms(INVITATION_MS - 1);
    city.backend.invitation(&code).await.unwrap();
    city.clock.advance_ms(1);
    let lapsed = city.backend.accept_invitation(&resident, &code, None).await.unwrap_err();
    assert_eq!(refused(&lapsed), &PeopleRefused::InvitationLapsed { since: city.backend.now() });
}

async fn of_two_who_accept_at_once_one_joins(city: &TestCity) {
    let city = Services::of(city);
    let code = city.backend.invite(&city.owner().await, &clerk_at(&[]), &key()).await.unwrap().answer.code;
    let mut accepting = JoinSet::new();
    for n in 1..=6 {
        let (backend, resident, code) = (city.backend.clone(), city.resident(n).await, code.clone());
        accepting.spawn(async move { backend.accept_invitation(&resident, &code, None).await });
    }
    let joined = accepting.join_all().await.into_iter().filter(Result::is_ok).count();
    assert_eq!(joined, 1);
    let clerks = "select cast(count(*) as text) from account_role where merchant_id = 1 and role = 'clerk'";
    assert_eq!(city.read(clerks).await, "2");
}

async fn an_invitation_falls_with_its_makers_right(city: &TestCity) {
    let city = Services::of(city);
    let (owner, manager) = (city.owner().await, city.caller(people::OWN_MANAGER).await);
    let code = city.backend.invite(&manager, &clerk_at(&[]), &key()).await.unwrap().answer.code;
    city.backend.change_person(&owner, manager.account_id, &clerk_at(&[])).await.unwrap();
    let fallen = city.backend.accept_invitation(&city.resident(1).await, &code, None).await.unwrap_err();
    assert!(matches!(refused(&fallen), PeopleRefused::InvitationLapsed { .. }));
}

async fn whoever_works_elsewhere_does_not_join(city: &TestCity) {
    let city = Services::of(city);
    let owner = city.owner().await;
    for (phone, expected) in [
        (people::OTHER_OWNER, PeopleRefused::OtherMerchant),
        (people::ORGANIZER, PeopleRefused::Official),
        (people::DESK, PeopleRefused::Official),
        (people::OWNER, PeopleRefused::AlreadyThere),
    ] {
        let code = city.backend.invite(&owner, &clerk_at(&[]), &key()).await.unwrap().answer.code;
        let caller = city.caller(phone).await;
        let error = city.backend.accept_invitation(&caller, &code, None).await.unwrap_err();
        assert_eq!(refused(&error), &expected, "{phone}");
    }
}

async fn a_removed_clerk_is_one_nowhere(city: &TestCity) {
    let city = Services::of(city);
    let token = new_clerk(&city, 1, &clerk_at(&[1])).await;
    let other = city.another_node().await;
    let clerk = caller(&other, &token).await;
    assert!(clerk.may(Permission::Redeem));
    city.backend.remove_person(&city.owner().await, clerk.account_id).await.unwrap();
    assert!(!caller(&city.backend, &token).await.may(Permission::Redeem));
    until("the other node knows", async || !caller(&other, &token).await.may(Permission::Redeem)).await;
    let left = caller(&other, &token).await;
    assert_eq!((left.roles, left.merchant_id, left.outlets), (vec![Role::Resident], None, vec![]));
}

async fn a_role_changes_on_every_node(city: &TestCity) {
    let city = Services::of(city);
    let token = new_clerk(&city, 1, &clerk_at(&[])).await;
    let other = city.another_node().await;
    let clerk = caller(&other, &token).await;
    let manager = PersonChange { role: Role::Manager, outlets: vec![OutletId(2), OutletId(2)] };
    let changed = city.backend.change_person(&city.owner().await, clerk.account_id, &manager).await.unwrap();
    assert_eq!((changed.role, changed.outlet_ids), (Role::Manager, vec![OutletId(2)]));
    until("the other node knows", async || caller(&other, &token).await.may(Permission::Reverse)).await;
    // Bound to one outlet, a manager gives no other.
    let manager = caller(&other, &token).await;
    for outlets in [&[][..], &[1], &[1, 2], &[3]] {
        assert!(other.invite(&manager, &clerk_at(outlets), &key()).await.is_err(), "{outlets:?}");
    }
    assert!(other.invite(&manager, &clerk_at(&[2]), &key()).await.is_ok());
}

async fn a_clerk_of_one_outlet_redeems_there_alone(city: &TestCity) {
    let city = Services::of(city);
    let token = new_clerk(&city, 1, &clerk_at(&[2])).await;
    let clerk = caller(&city.backend, &token).await;
    assert_eq!(city.backend.me(&clerk).outlet_ids, [OutletId(2)]);
    let resident = city.resident(2).await;
    let voucher = city.issued_voucher(&resident).await;
    let mut request = city.presented(&resident, &voucher, 8800).await;
    let elsewhere = city.backend.redeem(&clerk, &request, &key()).await;
    assert!(matches!(elsewhere, Err(Error::Redeem(RedeemRefused::ClerkElsewhere))));
    request.outlet_id = OutletId(2);
    city.backend.redeem(&clerk, &request, &key()).await.unwrap();
}

async fn a_till_is_noted_and_switched_off_on_every_node(city: &TestCity) {
    let city = Services::of(city);
    let (owner, clerk, other) = (city.owner().await, city.clerk().await, city.another_node().await);
    let new = NewTill { name: "一号".to_owned(), outlet_id: OutletId(1) };
    let again = key();
    let enrolled = city.backend.enrol_till(&owner, &new, None, &again).await.unwrap().answer;
    let repeat = city.backend.enrol_till(&owner, &new, None, &again).await.unwrap();
    assert!(repeat.replayed && repeat.answer == enrolled);
    let secret = Some(enrolled.secret.as_str());
    assert!(!city.read("select secret_hash from till").await.contains(&enrolled.secret));

    let at_till = other.at_till(clerk.clone(), secret).await.unwrap();
    let resident = city.resident(1).await;
    let voucher = city.issued_voucher(&resident).await;
    let mut request = city.presented(&resident, &voucher, 8800).await;
    request.outlet_id = OutletId(2);
    let elsewhere = other.redeem(&at_till, &request, &key()).await;
    assert!(matches!(elsewhere, Err(Error::Redeem(RedeemRefused::TillElsewhere))));
    request.outlet_id = OutletId(1);
    other.redeem(&at_till, &request, &key()).await.unwrap();
    let sold = other.redemptions(&owner, &ListQuery::default()).await.unwrap();
    let sale = &sold.items[0];
    assert_eq!((sale.till_id, sale.till_name.as_deref()), (Some(enrolled.till.till_id), Some("一号")));
    assert_eq!(sale.clerk_name, "小秋");

    let off = TillChange { name: "旧一号".to_owned(), on: false };
    city.backend.change_till(&owner, enrolled.till.till_id, &off).await.unwrap();
    let here = city.backend.at_till(clerk.clone(), secret).await.unwrap_err();
    assert_eq!(refused(&here), &PeopleRefused::TillOff);
    until("the other node knows", async || other.at_till(clerk.clone(), secret).await.is_err()).await;
    // At another merchant it is no till at all.
    let stranger = city.caller(people::OTHER_OWNER).await;
    assert_eq!(other.at_till(stranger.clone(), secret).await.unwrap().till, None);
    assert!(city.backend.change_till(&stranger, enrolled.till.till_id, &off).await.is_err());
    let on = TillChange { on: true, ..off };
    city.backend.change_till(&owner, enrolled.till.till_id, &on).await.unwrap();
    until("it is on again", async || other.at_till(clerk.clone(), secret).await.is_ok()).await;
    city.assert_sound().await;
}

async fn a_device_that_is_enrolled_anew_is_one_till(city: &TestCity) {
    let city = Services::of(city);
    let (owner, clerk) = (city.owner().await, city.clerk().await);
    let new = |outlet| NewTill { name: "平板".to_owned(), outlet_id: OutletId(outlet) };
    let first = city.backend.enrol_till(&owner, &new(1), None, &key()).await.unwrap().answer;
    let second = city.backend.enrol_till(&owner, &new(2), Some(&first.secret), &key()).await.unwrap().answer;
    assert!(city.backend.at_till(clerk.clone(), Some(&first.secret)).await.is_err());
    let place = city.backend.at_till(clerk, Some(&second.secret)).await.unwrap().till.unwrap();
    assert_eq!((place.id, place.outlet), (second.till.till_id, OutletId(2)));
    let listed = city.backend.tills(&owner, &ListQuery::default()).await.unwrap();
    let on: Vec<(TillId, bool)> = listed.items.iter().map(|till| (till.till_id, till.on)).collect();
    assert_eq!(on, [(second.till.till_id, true), (first.till.till_id, false)]);
}

async fn where_enrolled_tills_alone_redeem_no_other_device_does(city: &TestCity) {
    let city = Services::of(city);
    let (owner, clerk, node) = (city.owner().await, city.clerk().await, city.another_node().await);
    let rules = city.backend.outlet_rules(&owner, &ListQuery::default()).await.unwrap().items;
    let open: Vec<_> = rules.iter().map(|rule| (rule.outlet_id, rule.enrolled_only)).collect();
    assert_eq!(open, [(OutletId(1), false), (OutletId(2), false)]);
    let resident = city.resident(1).await;
    let voucher = city.issued_voucher(&resident).await;
    let required = |error: &Error| matches!(error, Error::Redeem(RedeemRefused::TillRequired));

    let rule = city.backend.change_outlet_rule(&owner, OutletId(1), true).await.unwrap();
    assert!(rule.enrolled_only);
    let (mut request, again) = (city.presented(&resident, &voucher, 8800).await, key());
    assert!(city.backend.preview(&clerk, &request).await.is_err_and(|error| required(&error)));
    // Not by redeeming: until it knows, it would.
    until("the other node knows", async || {
        node.preview(&clerk, &request).await.is_err_and(|error| required(&error))
    })
    .await;
    assert!(node.redeem(&clerk, &request, &key()).await.is_err_and(|error| required(&error)));
    let order = backend::OrderRequest {
        vouchers: vec![backend::OrderVoucher { token: request.token.clone(), code: None, last4: None }],
        outlet_id: OutletId(1),
        order_fen: 8800,
        invoice_no: None,
        merchant_discount_fen: None,
    };
    assert!(city.backend.redeem_order(&clerk, &order, &key()).await.is_err_and(|error| required(&error)));
    // The other outlet is as it was, and an enrolled till redeems.
    request.outlet_id = OutletId(2);
    city.backend.preview(&clerk, &request).await.unwrap();
    request.outlet_id = OutletId(1);
    let new = NewTill { name: "一号".to_owned(), outlet_id: OutletId(1) };
    let secret = city.backend.enrol_till(&owner, &new, None, &key()).await.unwrap().answer.secret;
    let at_till = city.backend.at_till(clerk.clone(), Some(&secret)).await.unwrap();
    city.backend.redeem(&at_till, &request, &again).await.unwrap();
    // What was acknowledged is still answered, whatever device asks.
    assert!(city.backend.redeem(&clerk, &request, &again).await.unwrap().replayed);

    // It is the managers' alone, at their own merchant; and noted each time that it changes.
    let stranger = city.caller(people::OTHER_OWNER).await;
    assert!(city.backend.change_outlet_rule(&stranger, OutletId(1), false).await.is_err());
    assert!(city.backend.change_outlet_rule(&clerk, OutletId(1), false).await.is_err());
    for _ in 0..2 {
        city.backend.change_outlet_rule(&owner, OutletId(1), false).await.unwrap();
    }
    let noted = "select cast(count(*) as text) from audit where action = 'change_outlet'";
    assert_eq!(city.read(noted).await, "2");
    let second = city.resident(2).await;
    let voucher = city.issued_voucher(&second).await;
    city.redeem(&second, &voucher, 8800).await.unwrap();
    city.assert_sound().await;
}
