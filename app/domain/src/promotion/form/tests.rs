use super::*;
use crate::{Day, MerchantId, PromotionId, Zone};
use proptest::prelude::*;

const WHO: (PromotionId, MerchantId, bool) = (PromotionId(7), MerchantId(1), true);

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn rules() -> FormRules {
    FormRules {
        season: (day("2021-06-18"), day("2021-08-18")),
        today: day("2021-06-20"),
        zone: Zone::SHANGHAI,
        outlets: vec![OutletId(1), OutletId(2)],
    }
}

fn good() -> PromotionDraft {
    let form = PromotionForm {
        title: "夜宵小锅".to_owned(),
        text: "第二锅半价。".to_owned(),
        price_text: "5 折".to_owned(),
        channel: "offline".to_owned(),
        supply: "both".to_owned(),
        setting: "urban".to_owned(),
        sector: "commerce".to_owned(),
        starts_on: "2021-06-18".to_owned(),
        ends_on: "2021-07-18".to_owned(),
        hours: "daily 18:00-02:00".to_owned(),
        link: "https://shop.example.com/pot".to_owned(),
        publish_at: "2021-06-21T08:00".to_owned(),
        outlets: vec![OutletId(1)],
        ..PromotionForm::default()
    };
    PromotionDraft { form, photos: Vec::new() }
}

fn faults(change: impl FnOnce(&mut PromotionForm)) -> Vec<(PromotionField, FormRule)> {
    let mut draft = good();
    change(&mut draft.form);
    let faults = draft.read(WHO, &rules()).unwrap_err();
    faults.into_iter().map(|fault| (fault.field, fault.rule)).collect()
}

#[test]
fn a_good_form_reads() {
    let ready = good().read(WHO, &rules()).unwrap();
    assert_eq!(ready.publish_at, "2021-06-21T08:00:00+08:00".parse().ok());
    assert!(ready.promotion.is_night());
    let mut again = PromotionDraft::of(&ready.promotion);
    again.form.publish_at = good().form.publish_at;
    assert_eq!(again, good());
}

#[test]
fn every_fault_is_named_by_its_field() {
    use PromotionField as F;
    assert_eq!(faults(|form| form.title.clear()), [(F::Title, FormRule::Needed)]);
    assert_eq!(faults(|form| form.sector = "food".to_owned()), [(F::Sector, FormRule::NotOneOf)]);
    let over = |form: &mut PromotionForm| {
        form.publish_at.clear();
        form.ends_on = "2021-06-19".to_owned();
    };
    assert_eq!(faults(over), [(F::EndsOn, FormRule::Over)]);
    assert_eq!(
        faults(|form| form.starts_on = "2021-07-19".to_owned()),
        [(F::EndsOn, FormRule::EndsBeforeStart)]
    );
    let outside = FormRule::OutsideSeason { from: day("2021-06-18"), to: day("2021-08-18") };
    assert_eq!(faults(|form| form.ends_on = "2021-08-19".to_owned()), [(F::EndsOn, outside)]);
    assert_eq!(faults(|form| form.hours = "daily 18:00-".to_owned()), [(F::Hours, FormRule::NotHours)]);
    assert_eq!(faults(|form| form.outlets.clear()), [(F::Outlets, FormRule::NotOneOf)]);
    assert_eq!(faults(|form| form.outlets.push(OutletId(3))), [(F::Outlets, FormRule::NotOwnOutlet)]);
    for moment in ["tomorrow", "2021-06-21T25:00", "2021-07-19T06:00"] {
        assert_eq!(
            faults(|form| form.publish_at = moment.to_owned()),
            [(F::PublishAt, FormRule::NotAMoment)]
        );
    }
    let all = PromotionDraft::default().read(WHO, &rules()).unwrap_err();
    assert_eq!(all.len(), 10);
}

#[test]
fn a_link_is_plain_https_and_names_its_host() {
    assert_eq!(link_host("https://shop.example.com/a?b=c#d"), Some("shop.example.com"));
    for link in [
        "http://shop.example.com",
        "https://",
        "https://localhost/x",
        "https://user@shop.example.com",
        "https://shop.example.com:8443/",
        "https://shop..example.com",
        "https://shop.example.com/ x",
        "https://店.example.com",
        "javascript:alert(1)",
        "https://a.example/\"onclick",
    ] {
        assert_eq!(link_host(link), None, "{link}");
    }
}

#[test]
fn a_reviewer_is_told_what_differs() {
    let mut edited = good();
    edited.form.title = "夜宵大锅".to_owned();
    edited.form.outlets.push(OutletId(2));
    edited.form.publish_at.clear();
    let told = edited.differences(&good());
    assert_eq!(
        told,
        [
            (PromotionField::Title, "夜宵小锅".to_owned(), "夜宵大锅".to_owned()),
            (PromotionField::Outlets, "1".to_owned(), "1 2".to_owned()),
        ]
    );
}

proptest! {
    #[test]
    fn no_text_panics(text in ".{0,60}") {
        let mut draft = good();
        for (_, _, field) in draft.form.texts() {
            field.clone_from(&text);
        }
        if let Ok(form) = draft.form.trimmed() {
            let _ = PromotionDraft { form, photos: Vec::new() }.read(WHO, &rules());
        }
    }

    #[test]
    fn a_draft_reads_back_as_it_was_kept(text in ".{0,60}") {
        let mut draft = good();
        draft.form.text = text;
        let kept = serde_json::to_string(&draft).unwrap();
        prop_assert_eq!(serde_json::from_str::<PromotionDraft>(&kept).unwrap(), draft);
    }
}
