//! Further rounds of a published campaign: a second person publishes them, within
//! what the pot has left then, and rounds that stand are not touched.

use crate::builder::{form, published};
use crate::services::{Services, at, key, until};
use backend::{Backend, Caller, DraftChange, Error};
use domain::shapes::DraftShape;
use domain::{AuditQuery, CampaignForm, CampaignId, DraftRefused, RoundForm};
use tests::{TestCity, on_both_databases};

on_both_databases!(
    a_second_person_adds_a_round,
    of_two_drafts_at_once_the_pot_serves_one,
    what_a_round_left_is_given_out_again,
    what_a_voucher_did_not_take_off_stays_in_the_pot,
    what_does_not_fit_the_campaign_is_named
);

const FINANCE: &str = "13700000003";

/// A week later: so many vouchers for everyone.
fn week(quantity: &str) -> RoundForm {
    let text = |text: &str| text.to_owned();
    RoundForm {
        title: text("第二周"),
        method: text("flash"),
        opens_at: text("2021-06-25T10:00"),
        closes_at: text("2021-06-25T22:00"),
        quantity: text(quantity),
        per_resident: text("1"),
        share_out: text("all"),
        ..RoundForm::default()
    }
}

fn with_pot(pot: &str) -> CampaignForm {
    CampaignForm { pot: pot.to_owned(), per_campaign: "3".to_owned(), ..form() }
}

async fn submitted(
    city: &Services<'_>,
    officer: &Caller,
    id: CampaignId,
    rounds: Vec<RoundForm>,
) -> DraftShape {
    let draft = city.backend.begin_rounds(officer, id, rounds, &key()).await.unwrap().answer;
    assert_eq!((draft.extends, draft.faults.as_slice()), (Some(id), [].as_slice()));
    let step = (draft.version, DraftChange::Submit);
    city.backend.change_draft(officer, draft.draft_id, step, &key()).await.unwrap().answer
}

async fn publish(node: &Backend, caller: &Caller, draft: &DraftShape) -> Result<DraftShape, Error> {
    let step = (draft.version, DraftChange::Publish);
    Ok(node.change_draft(caller, draft.draft_id, step, &key()).await?.answer)
}

async fn a_second_person_adds_a_round(city: &TestCity) {
    let city = Services::of(city);
    let other = city.node_of_the_same_clock().await;
    let (id, first) = published(&city, with_pot("5000")).await;
    let before = city.backend.round(first).await.unwrap();
    let (officer, finance) = (city.officer().await, city.caller(FINANCE).await);
    let draft = submitted(&city, &officer, id, vec![week("150"), week("50")]).await;
    let sums = (draft.vouchers, draft.value_fen.get(), draft.pot_fen.get(), draft.left_fen.get());
    assert_eq!(sums, (200, 200_000, 200_000, 0));
    let own = publish(&city.backend, &officer, &draft).await;
    assert!(matches!(own, Err(Error::Draft(DraftRefused::SecondPerson))));
    let done = publish(&city.backend, &finance, &draft).await.unwrap();
    assert_eq!(done.campaign_id, Some(id));
    let rounds = city.backend.campaign(id).unwrap().round_ids;
    assert_eq!((rounds.len(), rounds[0]), (3, first));
    assert_eq!(city.backend.round(first).await.unwrap(), before, "it is not touched");
    until("the other node sees them", async || {
        other.campaign(id).is_ok_and(|campaign| campaign.round_ids.len() == 3)
    })
    .await;
    city.clock.set(at("2021-06-25T10:00:00+08:00"));
    let voucher = other.claim(&city.resident(1).await, rounds[1], &key()).await.unwrap().answer;
    assert_eq!(voucher.face_value_fen.get(), 1000);
    let query = AuditQuery { action: Some("add_rounds".to_owned()), ..AuditQuery::default() };
    let records = city.backend.audit_log(&officer, &query).await.unwrap().items;
    let [record] = records.as_slice() else { panic!("one record") };
    assert!(record.old.contains(&format!(r#""round_ids":[{first}]"#)), "{}", record.old);
    assert!(record.old.contains(r#""pot_left_fen":200000"#), "{}", record.old);
    let added = format!(r#""round_ids":[{},{}]"#, rounds[1], rounds[2]);
    assert!(record.new.contains(&added) && record.new.contains("第二周"), "{}", record.new);
    city.assert_sound().await;
}

async fn of_two_drafts_at_once_the_pot_serves_one(city: &TestCity) {
    let city = Services::of(city);
    let other = city.another_node().await;
    let (id, _) = published(&city, with_pot("5000")).await;
    let (officer, finance) = (city.officer().await, city.caller(FINANCE).await);
    let one = submitted(&city, &officer, id, vec![week("150")]).await;
    let two = submitted(&city, &officer, id, vec![week("150")]).await;
    let (a, b) = tokio::join!(publish(&city.backend, &finance, &one), publish(&other, &finance, &two));
    assert_eq!(u8::from(a.is_ok()) + u8::from(b.is_ok()), 1);
    let late = if a.is_ok() { two } else { one };
    let refused = publish(&city.backend, &finance, &late).await.unwrap_err();
    let Error::Draft(DraftRefused::OverBudget { value, pot, .. }) = refused else { panic!("{refused}") };
    assert_eq!((value.get(), pot.get()), (150_000, 50_000));
    until("the other's rounds are seen", async || {
        city.backend.campaign(id).is_ok_and(|campaign| campaign.round_ids.len() == 2)
    })
    .await;
    city.assert_sound().await;
}

async fn what_a_round_left_is_given_out_again(city: &TestCity) {
    let city = Services::of(city);
    let (id, first) = published(&city, with_pot("3000")).await;
    let officer = city.officer().await;
    let begun = city.backend.begin_rounds(&officer, id, vec![week("298")], &key()).await.unwrap().answer;
    assert!(begun.over_budget && begun.pot_fen.get() == 0);
    city.backend.claim(&city.resident(1).await, first, &key()).await.unwrap();
    city.clock.set(at("2021-06-19T10:00:00+08:00"));
    city.backend.return_due().await.unwrap();
    let draft = city.backend.draft(&officer, begun.draft_id).await.unwrap();
    assert_eq!((draft.pot_fen.get(), draft.left_fen.get()), (299_000, 1_000));
    let step = (draft.version, DraftChange::Submit);
    let draft = city.backend.change_draft(&officer, draft.draft_id, step, &key()).await.unwrap().answer;
    publish(&city.backend, &city.caller(FINANCE).await, &draft).await.unwrap();
    city.assert_sound().await;
}

async fn what_a_voucher_did_not_take_off_stays_in_the_pot(city: &TestCity) {
    let city = Services::of(city);
    let cash = CampaignForm { kind: "cash".to_owned(), threshold: String::new(), ..with_pot("3010") };
    let (id, first) = published(&city, cash).await;
    let (officer, resident) = (city.officer().await, city.resident(1).await);
    let voucher = city.backend.claim(&resident, first, &key()).await.unwrap().answer;
    city.redeem(&resident, &voucher, 600).await.unwrap();
    let draft = city.backend.begin_rounds(&officer, id, vec![week("1")], &key()).await.unwrap().answer;
    assert_eq!(draft.pot_fen.get(), 1_000, "¥4 were spared, and a reversal takes them again");
}

async fn what_does_not_fit_the_campaign_is_named(city: &TestCity) {
    let city = Services::of(city);
    let (id, _) = published(&city, with_pot("5000")).await;
    let officer = city.officer().await;
    let late =
        RoundForm { closes_at: "2021-07-02T22:00".to_owned(), per_resident: "2".to_owned(), ..week("1") };
    let draft = city.backend.begin_rounds(&officer, id, vec![late], &key()).await.unwrap().answer;
    let fields: Vec<_> = draft.faults.iter().map(|fault| fault.field.as_str()).collect();
    assert_eq!(fields, ["rounds[0].per_resident", "rounds[0].closes_at"]);
    let step = (draft.version, DraftChange::Submit);
    let refused = city.backend.change_draft(&officer, draft.draft_id, step, &key()).await;
    assert!(matches!(refused, Err(Error::Draft(DraftRefused::Incomplete { .. }))));
    let nowhere = city.backend.begin_rounds(&officer, CampaignId(999), Vec::new(), &key()).await;
    assert!(matches!(nowhere, Err(Error::Denied(domain::Denied::NotFound))));
    let terms =
        CampaignForm { threshold: "1".to_owned(), rounds: vec![week("5")], ..CampaignForm::default() };
    let save = (draft.version, DraftChange::Save(Box::new(terms)));
    let saved = city.backend.change_draft(&officer, draft.draft_id, save, &key()).await.unwrap().answer;
    assert_eq!((saved.form.threshold.as_str(), saved.faults.len()), ("40", 0), "its terms stay");
}
