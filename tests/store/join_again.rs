//! A merchant that the review turned down applies again by itself, with what it
//! entered before, and takes no part until the next review.

use crate::join::{decide, holders, join, redeem, sign};
use crate::services::{Services, key};
use backend::{Caller, Error};
use domain::shapes::JoinedShape;
use domain::{
    Denied, JoinRefused, MerchantDecision, MerchantReviewQuery, MerchantState, OfferQuery, OutletDraft,
    RedeemRefused,
};
use tests::{TestCity, on_both_databases, people};
use tokio::task::JoinSet;

on_both_databases!(
    whoever_was_turned_down_begins_with_what_they_entered,
    a_mended_application_waits_for_another_review,
    an_outlet_with_records_stays,
    only_the_owner_of_one_that_was_turned_down_applies_again,
    of_presses_at_once_one_applies,
);

/// A merchant that joined and was turned down, and its owner.
async fn turned_down(city: &Services<'_>, n: u32) -> (JoinedShape, Caller) {
    let (joined, owner) = join(city, n, "210302").await;
    let state = decide(city, joined.merchant_id, MerchantDecision::Reject).await.unwrap();
    assert_eq!(state, MerchantState::Rejected);
    (joined, owner)
}

async fn whoever_was_turned_down_begins_with_what_they_entered(city: &TestCity) {
    let city = Services::of(city);
    let (joined, owner) = turned_down(&city, 1).await;
    let shape = city.backend.join_draft(&owner).await.unwrap();
    assert_eq!((shape.again, shape.saved_at.as_deref(), shape.reason.as_str()), (true, None, "现场查验"));
    assert!(shape.faults.is_empty(), "its own code is not taken: {:?}", shape.faults);
    let entered = &shape.draft;
    assert_eq!((entered.name.as_str(), entered.contact_phone.as_str()), ("新店1", "13800009999"));
    let [outlet] = &entered.outlets[..] else { panic!("one outlet") };
    assert_eq!((outlet.outlet_id, outlet.hours.as_str()), (Some(joined.outlet_ids[0]), "daily 00:00-24:00"));
    // A change goes over it and not over nothing.
    let changed =
        city.backend.change_join_draft(&owner, |draft| draft.kind = "mall".to_owned()).await.unwrap();
    assert_eq!((changed.draft.kind.as_str(), changed.draft.outlets.len()), ("mall", 1));
}

async fn a_mended_application_waits_for_another_review(city: &TestCity) {
    let city = Services::of(city);
    let (joined, owner) = turned_down(&city, 1).await;
    city.clock.advance_ms(60_000);
    let (other, _) = join(&city, 2, "210302").await;
    city.clock.advance_ms(60_000);
    let mend = |draft: &mut domain::JoinDraft| {
        draft.name = "新店一号".to_owned();
        draft.outlets[0].name = "旗舰店".to_owned();
        let second = OutletDraft { outlet_id: None, name: "分店".to_owned(), ..draft.outlets[0].clone() };
        draft.outlets.push(second);
    };
    city.backend.change_join_draft(&owner, mend).await.unwrap();
    let again = sign(&city.backend, &owner).await.unwrap();
    assert_eq!((again.merchant_id, again.state), (joined.merchant_id, MerchantState::Reapplied));
    assert_eq!((again.outlet_ids.len(), again.outlet_ids[0]), (2, joined.outlet_ids[0]));
    assert_eq!(city.read("select cast(count(*) as text) from join_draft").await, "0");

    // Unlike at first it is not live: nobody sees it, and its tills refuse.
    let query = OfferQuery { q: Some("新店一号".to_owned()), ..OfferQuery::default() };
    assert!(city.backend.merchants(&query).unwrap().items.is_empty());
    let holder = holders(&city, 5, 1).await.remove(0);
    let refused = redeem(&city.backend, &owner, &again, (&holder.0, &holder.1)).await.unwrap_err();
    assert!(matches!(refused, Error::Redeem(RedeemRefused::MerchantRejected { .. })));
    assert_eq!(city.backend.standing(&owner).await.unwrap().state, MerchantState::Reapplied);
    let twice = sign(&city.backend, &owner).await;
    assert!(matches!(twice, Err(Error::Join(JoinRefused::AlreadyJoined { .. }))));

    // It waits behind those that signed before, and the records keep what was signed at first.
    let waiting = city
        .backend
        .merchants_to_review(&city.officer().await, &MerchantReviewQuery::default())
        .await
        .unwrap();
    let waiting: Vec<_> = waiting.items.iter().map(|row| (row.merchant_id, row.state)).collect();
    assert_eq!(
        waiting,
        [(other.merchant_id, MerchantState::Provisional), (joined.merchant_id, MerchantState::Reapplied)]
    );
    let seen = city.backend.merchant_review(&city.officer().await, joined.merchant_id).await.unwrap();
    assert_eq!((seen.name.as_str(), seen.outlets[0].name.as_str()), ("新店一号", "旗舰店"));
    let kept = city.read("select old from audit where action = 'apply_again'").await;
    assert!(kept.contains("rejected") && kept.contains("王店主") && !kept.contains("138"), "{kept}");
    decide(&city, joined.merchant_id, MerchantDecision::Approve).await.unwrap();
    redeem(&city.backend, &owner, &again, (&holder.0, &holder.1)).await.unwrap();
    city.assert_sound().await;
}

async fn an_outlet_with_records_stays(city: &TestCity) {
    let city = Services::of(city);
    let (joined, owner) = join(&city, 1, "210302").await;
    let holder = holders(&city, 5, 1).await.remove(0);
    redeem(&city.backend, &owner, &joined, (&holder.0, &holder.1)).await.unwrap();
    decide(&city, joined.merchant_id, MerchantDecision::Reject).await.unwrap();
    let replace = |draft: &mut domain::JoinDraft| {
        draft.outlets[0].outlet_id = None;
        draft.outlets[0].name = "新址".to_owned();
    };
    city.backend.change_join_draft(&owner, replace).await.unwrap();
    let refused = sign(&city.backend, &owner).await.unwrap_err();
    assert!(matches!(refused, Error::Join(JoinRefused::OutletInUse { name }) if name == "总店"));
    assert_eq!(
        city.backend.standing(&owner).await.unwrap().state,
        MerchantState::Rejected,
        "nothing is half done"
    );
    // One without records goes; another merchant's number makes it no other's.
    let (fresh, other) = turned_down(&city, 2).await;
    let foreign = joined.outlet_ids[0];
    city.backend.change_join_draft(&other, |draft| draft.outlets[0].outlet_id = Some(foreign)).await.unwrap();
    let again = sign(&city.backend, &other).await.unwrap();
    assert!(again.outlet_ids[0] != fresh.outlet_ids[0] && again.outlet_ids[0] != foreign);
    assert_eq!(city.backend.own_merchant(&owner).unwrap().outlets[0].id, foreign);
    assert_eq!(city.backend.own_merchant(&other).unwrap().outlets.len(), 1);
    city.assert_sound().await;
}

async fn only_the_owner_of_one_that_was_turned_down_applies_again(city: &TestCity) {
    let city = Services::of(city);
    let (joined, owner) = join(&city, 1, "210302").await;
    let live = city.backend.join_draft(&owner).await.unwrap();
    assert!(!live.again && live.draft == domain::JoinDraft::default());
    assert!(matches!(sign(&city.backend, &owner).await, Err(Error::Join(JoinRefused::AlreadyJoined { .. }))));
    // Its clerk reads nothing of it, and makes nothing of it.
    let invitee = backend::Invitee { role: domain::Role::Clerk, outlets: Vec::new() };
    let code = city.backend.invite(&owner, &invitee, &key()).await.unwrap().answer.code;
    city.backend.accept_invitation(&city.resident(2).await, &code, None).await.unwrap();
    decide(&city, joined.merchant_id, MerchantDecision::Reject).await.unwrap();
    let clerk = city.resident(2).await;
    let shape = city.backend.join_draft(&clerk).await.unwrap();
    assert!(!shape.again && shape.draft == domain::JoinDraft::default());
    assert!(matches!(sign(&city.backend, &clerk).await, Err(Error::Join(JoinRefused::AlreadyJoined { .. }))));
    // Whose merchant the bureau brought in does not join at all.
    let first = city.caller(people::OWNER).await;
    assert!(matches!(city.backend.join_draft(&first).await, Err(Error::Denied(Denied::WrongRole))));
}

async fn of_presses_at_once_one_applies(city: &TestCity) {
    let city = Services::of(city);
    let (joined, owner) = turned_down(&city, 1).await;
    let (node, mut presses) = (city.node_of_the_same_clock().await, JoinSet::new());
    for n in 0..6 {
        let (backend, owner) = (if n % 2 == 0 { city.backend.clone() } else { node.clone() }, owner.clone());
        presses.spawn(async move { sign(&backend, &owner).await });
    }
    let answers = presses.join_all().await;
    let applied: Vec<_> = answers.iter().flatten().map(|joined| joined.merchant_id).collect();
    assert_eq!(applied, [joined.merchant_id], "{answers:?}");
    assert_eq!(city.read("select cast(count(*) as text) from commitment").await, "1");
    assert_eq!(city.read("select cast(count(*) as text) from audit where action = 'apply_again'").await, "1");
}
