//! Building campaigns: a second person publishes, the ledger follows, and what
//! is public hurts no holder.

use crate::services::{Services, key, until};
use backend::{DraftChange, Error};
use domain::shapes::DraftShape;
use domain::{
    AuditAction, AuditQuery, CampaignForm, CampaignId, DraftRefused, DraftState, ListQuery, RoundForm,
    RoundId,
};
use tests::{TestCity, on_both_databases};

on_both_databases!(
    a_second_person_publishes_and_every_node_sees_it,
    over_budget_is_refused_with_the_numbers,
    what_is_incomplete_is_not_submitted,
    of_two_publications_one_counts,
    a_returned_draft_is_written_again,
    a_published_campaign_is_eased_and_never_tightened,
    a_copy_is_a_draft_like_it
);

/// A campaign of one flash round that opens at the city's moment: 满40减10, 300
/// of them, by population.
pub(crate) fn form() -> CampaignForm {
    let text = |text: &str| text.to_owned();
    CampaignForm {
        title: text("周末券"),
        title_en: text("Weekend voucher"),
        face_value: text("10"),
        threshold: text("40"),
        pot: text("3000"),
        kinds_deny: vec![text("fuel"), text("car_dealer")],
        usable_from: text("2021-06-18"),
        usable_to: text("2021-06-30"),
        rounds: vec![RoundForm {
            title: text("首轮"),
            method: text("flash"),
            opens_at: text("2021-06-18T10:00"),
            closes_at: text("2021-06-18T22:00"),
            quantity: text("300"),
            per_resident: text("1"),
            share_out: text("population"),
            ..RoundForm::default()
        }],
        ..CampaignForm::blank()
    }
}

/// Finance, who publishes what the city built.
const FINANCE: &str = "13700000003";

async fn submitted(city: &Services<'_>, form: CampaignForm) -> DraftShape {
    let officer = city.officer().await;
    let draft = city.backend.begin_draft(&officer, form, &key()).await.unwrap().answer;
    assert_eq!(draft.faults, [], "a sound form");
    let step = (draft.version, DraftChange::Submit);
    city.backend.change_draft(&officer, draft.draft_id, step, &key()).await.unwrap().answer
}

/// Builds, submits and publishes; the campaign and its first round.
pub(crate) async fn published(city: &Services<'_>, form: CampaignForm) -> (CampaignId, RoundId) {
    let draft = submitted(city, form).await;
    let finance = city.caller(FINANCE).await;
    let step = (draft.version, DraftChange::Publish);
    let draft = city.backend.change_draft(&finance, draft.draft_id, step, &key()).await.unwrap().answer;
    let id = draft.campaign_id.unwrap();
    (id, city.backend.campaign(id).unwrap().round_ids[0])
}

async fn a_second_person_publishes_and_every_node_sees_it(city: &TestCity) {
    let city = Services::of(city);
    let other = city.another_node().await;
    let draft = submitted(&city, form()).await;
    assert_eq!((draft.vouchers, draft.value_fen.get(), draft.left_fen.get()), (300, 300_000, 0));
    let (officer, finance) = (city.officer().await, city.caller(FINANCE).await);
    let publish = || (draft.version, DraftChange::Publish);
    let own = city.backend.change_draft(&officer, draft.draft_id, publish(), &key()).await;
    assert!(matches!(own, Err(Error::Draft(DraftRefused::SecondPerson))));
    let same = key();
    let once = city.backend.change_draft(&finance, draft.draft_id, publish(), &same).await.unwrap();
    let again = city.backend.change_draft(&finance, draft.draft_id, publish(), &same).await.unwrap();
    assert_eq!((once.replayed, again.replayed, &again.answer), (false, true, &once.answer));
    let id = once.answer.campaign_id.unwrap();
    let campaign = city.backend.campaign(id).unwrap();
    assert!(campaign.summary.starts_with("满40减10，全市参加的商户（"), "{}", campaign.summary);
    let round = city.backend.round(campaign.round_ids[0]).await.unwrap();
    let quotas: i64 = round.quotas.iter().map(|quota| quota.quantity).sum();
    assert_eq!((round.quantity, quotas, round.quotas.len()), (300, 300, 7));

    until("the other node sees it", async || other.campaign(id).is_ok()).await;
    let resident = city.resident(1).await;
    let voucher = other.claim(&resident, round.id, &key()).await.unwrap().answer;
    let redeemed = city.redeem(&resident, &voucher, 4000).await.unwrap();
    assert_eq!(redeemed.subsidy_fen.get(), 1000);
    city.assert_sound().await;
    let records = city.backend.audit_log(&officer, &AuditQuery::default()).await.unwrap().items;
    let actions: Vec<_> = records.iter().map(|record| record.action).collect();
    use AuditAction::{PublishCampaign, SaveCampaign, SubmitCampaign};
    assert_eq!(actions, [PublishCampaign, SubmitCampaign, SaveCampaign]);
    let ledger = city.read("select entries from ledger_block where entries like '%audit 3 %'").await;
    assert!(ledger.contains("fund - funder:") && ledger.contains("publish - pot:"), "one block: {ledger}");
}

async fn over_budget_is_refused_with_the_numbers(city: &TestCity) {
    let city = Services::of(city);
    let officer = city.officer().await;
    let over = CampaignForm { pot: "2999.99".to_owned(), ..form() };
    let draft = city.backend.begin_draft(&officer, over, &key()).await.unwrap().answer;
    assert!(draft.over_budget);
    let (head, step) = (city.backend.ledger_head().await.unwrap(), (draft.version, DraftChange::Submit));
    let refused = city.backend.change_draft(&officer, draft.draft_id, step, &key()).await.unwrap_err();
    let problem = refused.problem(domain::Lang::Zh, city.backend.zone());
    let told = serde_json::to_value(&problem).unwrap();
    assert_eq!((&told["code"], &told["status"]), (&"over_budget".into(), &409.into()));
    let numbers = [&told["value_fen"], &told["pot_fen"], &told["over_fen"], &told["vouchers"]];
    assert_eq!(numbers, [&300_000, &299_999, &1, &300]);
    assert_eq!(city.backend.draft(&officer, draft.draft_id).await.unwrap(), draft, "nothing changed");
    assert_eq!(city.backend.ledger_head().await.unwrap(), head);
}

async fn what_is_incomplete_is_not_submitted(city: &TestCity) {
    let city = Services::of(city);
    let officer = city.officer().await;
    let blank = city.backend.begin_draft(&officer, CampaignForm::blank(), &key()).await.unwrap().answer;
    assert!(blank.faults.iter().any(|fault| fault.field == "title"));
    let step = (blank.version, DraftChange::Submit);
    let refused = city.backend.change_draft(&officer, blank.draft_id, step, &key()).await.unwrap_err();
    assert!(matches!(refused, Error::Draft(DraftRefused::Incomplete { .. })));
}

async fn of_two_publications_one_counts(city: &TestCity) {
    let city = Services::of(city);
    let other = city.another_node().await;
    let draft = submitted(&city, form()).await;
    let finance = city.caller(FINANCE).await;
    let before = city.backend.campaigns(&ListQuery::default()).unwrap().items.len();
    let (one, two) = (key(), key());
    let (one, two) = tokio::join!(
        city.backend.change_draft(&finance, draft.draft_id, (draft.version, DraftChange::Publish), &one),
        other.change_draft(&finance, draft.draft_id, (draft.version, DraftChange::Publish), &two),
    );
    assert_eq!(u8::from(one.is_ok()) + u8::from(two.is_ok()), 1);
    until("the other node sees it", async || {
        city.backend.campaigns(&ListQuery::default()).unwrap().items.len() == before + 1
    })
    .await;
    city.assert_sound().await;
}

async fn a_returned_draft_is_written_again(city: &TestCity) {
    let city = Services::of(city);
    let draft = submitted(&city, form()).await;
    let (officer, finance) = (city.officer().await, city.caller(FINANCE).await);
    let back = (draft.version, DraftChange::Return("门槛太低".to_owned()));
    let back = city.backend.change_draft(&finance, draft.draft_id, back, &key()).await.unwrap().answer;
    assert_eq!((back.state, back.reason.as_str()), (DraftState::Draft, "门槛太低"));
    let better = CampaignForm { threshold: "50".to_owned(), ..form() };
    let save = |version| (version, DraftChange::Save(Box::new(better.clone())));
    let late = city.backend.change_draft(&officer, draft.draft_id, save(draft.version), &key()).await;
    assert!(matches!(late, Err(Error::Draft(DraftRefused::ChangedMeanwhile))));
    let saved = city.backend.change_draft(&officer, draft.draft_id, save(back.version), &key()).await;
    assert_eq!(saved.unwrap().answer.form.threshold, "50");
}

async fn a_published_campaign_is_eased_and_never_tightened(city: &TestCity) {
    let city = Services::of(city);
    let (id, _) = published(&city, form()).await;
    let officer = city.officer().await;
    let now = city.backend.campaign_form(id).unwrap();
    let tight = CampaignForm { threshold: "60".to_owned(), pot: "2999".to_owned(), ..now.clone() };
    let refused = city.backend.change_campaign(&officer, id, tight, &key()).await.unwrap_err();
    let Error::Change(refused) = refused else { panic!("{refused}") };
    assert_eq!(refused.fields, ["threshold", "pot"]);
    let eased = CampaignForm { threshold: "30".to_owned(), pot: "5000".to_owned(), ..now };
    let changed = city.backend.change_campaign(&officer, id, eased, &key()).await.unwrap().answer;
    assert_eq!((changed.threshold_fen.get(), changed.pot_fen.get()), (3000, 500_000));
    assert!(changed.summary.starts_with("满30减10"), "{}", changed.summary);
    assert_eq!(city.backend.campaign(id).unwrap(), changed);
    city.assert_sound().await;
    let query = AuditQuery { action: Some("change_campaign".to_owned()), ..AuditQuery::default() };
    let records = city.backend.audit_log(&officer, &query).await.unwrap().items;
    let [record] = records.as_slice() else { panic!("one record") };
    assert!(record.old.contains(r#""threshold_fen":4000"#), "{}", record.old);
    assert!(record.new.contains(r#""threshold_fen":3000"#), "{}", record.new);
}

async fn a_copy_is_a_draft_like_it(city: &TestCity) {
    let city = Services::of(city);
    let officer = city.officer().await;
    let copy = city.backend.copy_campaign(&officer, CampaignId(1), &key()).await.unwrap().answer;
    let campaign = city.backend.campaign(CampaignId(1)).unwrap();
    assert_eq!((copy.state, &copy.form.title), (DraftState::Draft, &campaign.title));
    assert_eq!((copy.form.rounds.len(), copy.pot_fen), (campaign.round_ids.len(), campaign.pot_fen));
}
