//! Promotions behind the doors: what happens by itself, once, whichever node
//! does it; and what every node sees.

use crate::services::{Services, at, key, until};
use backend::{Backend, Caller, Error, PromotionChange, Verdict};
use domain::shapes::OwnPromotion;
use domain::{Denied, OutletId, PromotionForm, PromotionId, PromotionRefused, PromotionState, Role};
use tests::{TestCity, on_both_databases};
use tokio::task::JoinSet;

on_both_databases!(
    an_approved_promotion_is_seen_on_every_node,
    a_scheduled_promotion_appears_once_at_its_time,
    one_that_cannot_appear_goes_back_with_a_reason,
    a_promotion_ends_after_its_last_day,
    of_two_reviews_one_counts,
    views_are_added_in_groups,
    a_merchant_has_so_many_and_no_more,
    a_suspended_promotion_is_gone_until_it_is_approved_anew,
    of_a_suspension_and_an_edit_neither_is_lost,
);

const PUBLISH_AT: &str = "2021-06-20T08:00:00+08:00";

pub(crate) fn form() -> PromotionForm {
    PromotionForm {
        title: "夜宵小锅".to_owned(),
        text: "第二锅半价。".to_owned(),
        price_text: "5 折".to_owned(),
        channel: "offline".to_owned(),
        supply: "both".to_owned(),
        setting: "urban".to_owned(),
        sector: "commerce".to_owned(),
        starts_on: "2021-06-18".to_owned(),
        ends_on: "2021-06-30".to_owned(),
        outlets: vec![OutletId(1)],
        ..PromotionForm::default()
    }
}

pub(crate) async fn handed_in(node: &Backend, owner: &Caller, form: &PromotionForm) -> OwnPromotion {
    let draft = node.begin_promotion(owner, form, &key()).await.unwrap().answer;
    node.change_promotion(owner, draft.id, &PromotionChange::Submit, &key()).await.unwrap().answer
}

async fn approve(node: &Backend, officer: &Caller, waiting: &OwnPromotion) -> Result<OwnPromotion, Error> {
    let verdict = (waiting.version, &Verdict::Approve);
    Ok(node.review_promotion(officer, waiting.id, verdict, &key()).await?.answer)
}

fn shows(node: &Backend, id: PromotionId) -> bool {
    node.promotion(id).is_ok()
}

async fn an_approved_promotion_is_seen_on_every_node(city: &TestCity) {
    let services = Services::of(city);
    let other = services.another_node().await;
    let (owner, officer) = (services.owner().await, services.officer().await);
    let waiting = handed_in(&services.backend, &owner, &form()).await;
    approve(&services.backend, &officer, &waiting).await.unwrap();
    assert!(shows(&services.backend, waiting.id), "the node that did it knows at once");
    until("the other node shows it", async || shows(&other, waiting.id)).await;
    let edited = PromotionForm { title: "夜宵大锅".to_owned(), ..form() };
    let save = PromotionChange::Save(Box::new(edited));
    other.change_promotion(&owner, waiting.id, &save, &key()).await.unwrap();
    let submitted = other.change_promotion(&owner, waiting.id, &PromotionChange::Submit, &key()).await;
    approve(&other, &officer, &submitted.unwrap().answer).await.unwrap();
    let title = || services.backend.promotion(waiting.id).unwrap().title;
    until("the first node shows the new title", async || title() == "夜宵大锅").await;
    other.change_promotion(&owner, waiting.id, &PromotionChange::End, &key()).await.unwrap();
    until("it is gone", async || !shows(&services.backend, waiting.id)).await;
    let trail = services
        .read("select step from promotion_event where promotion_id > 211 order by promotion_id, version")
        .await;
    assert_eq!(trail.lines().collect::<Vec<_>>().join(" "), "save submit approve save submit approve end");
}

async fn a_scheduled_promotion_appears_once_at_its_time(city: &TestCity) {
    let services = Services::of(city);
    let (owner, officer) = (services.owner().await, services.officer().await);
    let scheduled = PromotionForm { publish_at: "2021-06-20T08:00".to_owned(), ..form() };
    let waiting = handed_in(&services.backend, &owner, &scheduled).await;
    let approved = approve(&services.backend, &officer, &waiting).await.unwrap();
    assert_eq!(
        (approved.state, approved.publish_at.as_deref()),
        (PromotionState::Scheduled, Some(PUBLISH_AT))
    );
    services.clock.set(at(PUBLISH_AT).plus_ms(-1));
    services.backend.advance_promotions().await.unwrap();
    assert!(!shows(&services.backend, waiting.id));
    services.clock.set(at(PUBLISH_AT));
    let mut nodes = vec![services.backend.clone()];
    nodes.extend([services.another_node().await, services.another_node().await]);
    let mut working = JoinSet::new();
    for node in nodes.iter().chain(&nodes) {
        let node = node.clone();
        working.spawn(async move { node.advance_promotions().await.unwrap() });
    }
    working.join_all().await;
    for node in &nodes {
        until("it appeared", async || shows(node, waiting.id)).await;
    }
    let published = services.read("select step from promotion_event where step = 'publish'").await;
    assert_eq!(published, "publish", "once");
    let own = services.backend.own_promotion(&owner, waiting.id).await.unwrap();
    assert_eq!(own.published_at.as_deref(), Some(PUBLISH_AT));
}

async fn one_that_cannot_appear_goes_back_with_a_reason(city: &TestCity) {
    let services = Services::of(city);
    let (owner, officer) = (services.owner().await, services.officer().await);
    let scheduled = PromotionForm { publish_at: PUBLISH_AT.to_owned(), ..form() };
    let waiting = handed_in(&services.backend, &owner, &scheduled).await;
    approve(&services.backend, &officer, &waiting).await.unwrap();
    // No node ran until its last day had passed.
    services.clock.set(at("2021-07-05T08:00:00+08:00"));
    services.backend.advance_promotions().await.unwrap();
    let own = services.backend.own_promotion(&owner, waiting.id).await.unwrap();
    assert_eq!((own.state, own.publish_at), (PromotionState::Draft, None));
    assert!(own.reason.is_some_and(|reason| reason.contains("发布时间")));
    assert!(!shows(&services.backend, waiting.id));
}

async fn a_promotion_ends_after_its_last_day(city: &TestCity) {
    let services = Services::of(city);
    let (owner, officer) = (services.owner().await, services.officer().await);
    let waiting = handed_in(&services.backend, &owner, &form()).await;
    approve(&services.backend, &officer, &waiting).await.unwrap();
    let later = PromotionForm { ends_on: "2021-07-30".to_owned(), ..form() };
    let save = PromotionChange::Save(Box::new(later));
    services.backend.change_promotion(&owner, waiting.id, &save, &key()).await.unwrap();
    // The last night ends in the morning.
    services.clock.set(at("2021-07-01T05:59:59+08:00"));
    services.backend.advance_promotions().await.unwrap();
    assert!(shows(&services.backend, waiting.id));
    services.clock.set(at("2021-07-01T06:00:00+08:00"));
    services.backend.advance_promotions().await.unwrap();
    assert!(!shows(&services.backend, waiting.id));
    let own = services.backend.own_promotion(&owner, waiting.id).await.unwrap();
    assert_eq!((own.state, own.revision), (PromotionState::Ended, None));
    assert_eq!(own.form.ends_on, "2021-06-30", "what was approved, not the revision");
    assert_eq!(services.backend.advance_promotions().await.unwrap(), 0);
}

async fn of_two_reviews_one_counts(city: &TestCity) {
    let services = Services::of(city);
    let (owner, officer) = (services.owner().await, services.officer().await);
    let waiting = handed_in(&services.backend, &owner, &form()).await;
    let mut reviewing = JoinSet::new();
    for _ in 0..6 {
        let (node, officer, waiting) = (services.backend.clone(), officer.clone(), waiting.clone());
        reviewing.spawn(async move { approve(&node, &officer, &waiting).await });
    }
    let (good, bad): (Vec<_>, Vec<_>) = reviewing.join_all().await.into_iter().partition(Result::is_ok);
    assert_eq!((good.len(), bad.len()), (1, 5));
    for error in bad.into_iter().filter_map(Result::err) {
        use PromotionRefused::{ChangedMeanwhile, WrongState};
        assert!(matches!(error, Error::Promotion(ChangedMeanwhile | WrongState { .. })), "{error}");
    }
    let events = services.read("select step from promotion_event where step = 'approve'").await;
    assert_eq!(events, "approve");
}

async fn views_are_added_in_groups(city: &TestCity) {
    let services = Services::of(city);
    let (owner, other) = (services.owner().await, services.another_node().await);
    let id = PromotionId(1);
    for _ in 0..5 {
        services.backend.count_view(id);
        other.count_view(id);
    }
    assert!(other.count_claim(id));
    assert!(!other.count_claim(PromotionId(9_999_999)), "what nobody sees is not counted");
    services.backend.write_counts().await.unwrap();
    other.write_counts().await.unwrap();
    other.write_counts().await.unwrap();
    let own = services.backend.own_promotion(&owner, id).await.unwrap();
    assert_eq!((own.views, own.claims), (10, 1));
}

async fn a_merchant_has_so_many_and_no_more(city: &TestCity) {
    let services = Services::of(city);
    let owner = services.owner().await;
    let mut begun: i64 = 0;
    let refused = loop {
        match services.backend.begin_promotion(&owner, &PromotionForm::default(), &key()).await {
            Ok(_) => begun += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(refused, Error::Promotion(PromotionRefused::TooMany { limit: 200 })), "{refused}");
    let brought: i64 = services
        .read("select cast(count(*) as text) from promotion where merchant_id = 1")
        .await
        .parse()
        .unwrap();
    assert_eq!(begun + brought, 200);
    let resident = services.resident(1).await;
    let answer = services.backend.begin_promotion(&resident, &PromotionForm::default(), &key()).await;
    assert!(matches!(answer, Err(Error::Denied(Denied::WrongRole))));
}

async fn a_suspended_promotion_is_gone_until_it_is_approved_anew(city: &TestCity) {
    let services = Services::of(city);
    let other = services.another_node().await;
    let (owner, officer) = (services.owner().await, services.officer().await);
    let node = &services.backend;
    let waiting = handed_in(node, &owner, &form()).await;
    let early = node.suspend_promotion(&officer, waiting.id, "太早", &key()).await.unwrap_err();
    assert!(matches!(early, Error::Promotion(PromotionRefused::WrongState { .. })));
    let (roles, office) = (vec![Role::District], Some("210381".parse().unwrap()));
    let elsewhere = Caller { roles, office, ..officer.clone() };
    let unseen = node.suspend_promotion(&elsewhere, waiting.id, "不是我的", &key()).await.unwrap_err();
    assert!(matches!(unseen, Error::Denied(Denied::NotFound)), "not where it stands");
    approve(node, &officer, &waiting).await.unwrap();
    let save = PromotionChange::Save(Box::new(PromotionForm { title: "改到一半".to_owned(), ..form() }));
    node.change_promotion(&owner, waiting.id, &save, &key()).await.unwrap();
    until("the other node shows it", async || shows(&other, waiting.id)).await;
    for reason in ["", " ", &"长".repeat(201)] {
        let refused = node.suspend_promotion(&officer, waiting.id, reason, &key()).await.unwrap_err();
        assert!(matches!(refused, Error::Denied(Denied::BadField { field, .. }) if field == "reason"));
    }
    assert!(node.may_suspend(&officer, waiting.id) && !node.may_suspend(&elsewhere, waiting.id));
    let foreign = node.suspend_promotion(&elsewhere, waiting.id, "不是我的", &key()).await.unwrap_err();
    assert!(matches!(foreign, Error::Denied(Denied::NotFound)));
    assert!(shows(node, waiting.id), "nothing of that took it down");
    let key_once = key();
    let suspended =
        node.suspend_promotion(&officer, waiting.id, " 价格与门店不符 ", &key_once).await.unwrap();
    let again = node.suspend_promotion(&officer, waiting.id, " 价格与门店不符 ", &key_once).await.unwrap();
    assert!(again.replayed && again.answer == suspended.answer);
    let down = suspended.answer;
    assert_eq!((down.state, down.reason.as_deref()), (PromotionState::Returned, Some("价格与门店不符")));
    assert_eq!(down.form.title, "改到一半", "what was being changed stays with the merchant");
    assert!(!shows(node, waiting.id) && !node.may_suspend(&officer, waiting.id));
    until("it is gone everywhere", async || !shows(&other, waiting.id)).await;
    let submit = PromotionChange::Submit;
    let mended = node.change_promotion(&owner, waiting.id, &submit, &key()).await.unwrap().answer;
    approve(node, &officer, &mended).await.unwrap();
    assert_eq!(node.promotion(waiting.id).unwrap().title, "改到一半");
    services.assert_sound().await;
}

async fn of_a_suspension_and_an_edit_neither_is_lost(city: &TestCity) {
    let services = Services::of(city);
    let (owner, officer) = (services.owner().await, services.officer().await);
    let node = &services.backend;
    for round in 0..8 {
        let waiting = handed_in(node, &owner, &form()).await;
        approve(node, &officer, &waiting).await.unwrap();
        let edit = PromotionForm { title: format!("改{round}"), ..form() };
        let (save, suspend_key, save_key) = (PromotionChange::Save(Box::new(edit)), key(), key());
        let (down, saved) = tokio::join!(
            node.suspend_promotion(&officer, waiting.id, "核实", &suspend_key),
            node.change_promotion(&owner, waiting.id, &save, &save_key),
        );
        let changed = |error: &Error| matches!(error, Error::Promotion(PromotionRefused::ChangedMeanwhile));
        assert!(down.as_ref().err().is_none_or(changed) && saved.as_ref().err().is_none_or(changed));
        let stands = node.own_promotion(&owner, waiting.id).await.unwrap();
        assert_eq!(shows(node, waiting.id), down.is_err(), "{stands:?}");
        if saved.is_ok() {
            assert_eq!(stands.form.title, format!("改{round}"));
        }
    }
}
