use super::*;
use crate::{
    Area, Commitment, District, Kind, KindCode, Principle, ProvisionalCap, RefundLimits, Season, Zone,
};
use proptest::prelude::*;

fn season() -> Season {
    let day = Zone::SHANGHAI.day(crate::Timestamp::from_ms(0));
    let district = |code: &str| District {
        code: code.parse().unwrap(),
        name: code.to_owned(),
        name_en: String::new(),
        weight: 1,
        setting: None,
        tile: None,
    };
    let kind = Kind {
        code: KindCode("catering".to_owned()),
        name: "餐饮".to_owned(),
        name_en: "Catering".to_owned(),
        switch: None,
    };
    let area = Area {
        key: "hitech".to_owned(),
        name: "高新区".to_owned(),
        name_en: String::new(),
        district: "210304".parse().unwrap(),
    };
    Season {
        name: String::new(),
        name_en: String::new(),
        city: String::new(),
        city_en: String::new(),
        starts_on: day,
        ends_on: day,
        time_zone: "Asia/Shanghai".to_owned(),
        zone: Zone::SHANGHAI,
        demo: true,
        demo_clock: None,
        refunds: RefundLimits::default(),
        clerk_order_fen: crate::Fen::ZERO,
        provisional: ProvisionalCap::default(),
        commitment: Commitment { version: "1".to_owned(), clauses: Vec::<Principle>::new() },
        principles: Vec::new(),
        scope: Vec::new(),
        districts: vec![district("210302"), district("210304")],
        areas: vec![area],
        kinds: vec![kind],
    }
}

fn outlet(name: &str) -> OutletDraft {
    OutletDraft {
        name: name.to_owned(),
        district: "210304".to_owned(),
        area: "hitech".to_owned(),
        address: "站前街1号".to_owned(),
        hours: "daily 09:00-14:00; fri,sat 17:00-02:00".to_owned(),
        night: true,
        ..OutletDraft::default()
    }
}

fn whole() -> JoinDraft {
    JoinDraft {
        credit_code: " 91210302dem000014h ".to_owned(),
        name: "示例饭庄".to_owned(),
        kind: "catering".to_owned(),
        outlets: vec![outlet("总店"), outlet("二店")],
        contact_name: "王店主".to_owned(),
        contact_phone: "138 0000 0001".to_owned(),
        ..JoinDraft::default()
    }
}

fn fields(draft: &JoinDraft) -> Vec<String> {
    draft.faults(&season()).into_iter().map(|fault| fault.field).collect()
}

#[test]
fn a_whole_draft_is_read() {
    let joining = whole().read(&season()).unwrap();
    assert_eq!(joining.credit_code.as_str(), "91210302DEM000014H");
    assert_eq!(joining.outlets.len(), 2);
    assert_eq!(joining.outlets[0].hours.to_string(), "daily 09:00-14:00; fri-sat 17:00-02:00");
    assert_eq!(joining.contact_phone.reveal(), "13800000001");
}

#[test]
fn an_empty_draft_names_what_is_missing_in_the_order_of_the_steps() {
    let faults = JoinDraft::default().faults(&season());
    let named: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
    assert_eq!(named, ["credit_code", "name", "kind", "outlets", "contact_name", "contact_phone"]);
    let steps: Vec<JoinStep> = faults.iter().map(JoinFault::step).collect();
    assert_eq!((steps[0], steps[3], steps[5]), (JoinStep::Merchant, JoinStep::Outlets, JoinStep::Contact));
}

#[test]
fn each_wrong_field_is_named() {
    type Spoil = fn(&mut JoinDraft);
    let cases: [(&str, Spoil); 12] = [
        ("credit_code", |draft| draft.credit_code = "91210302DEM000014J".to_owned()),
        ("name", |draft| draft.name = "店".repeat(81)),
        ("name_en", |draft| draft.name_en = "a\nb".to_owned()),
        ("kind", |draft| draft.kind = "茶馆".to_owned()),
        ("outlets[1].name", |draft| draft.outlets[1].name = "总店".to_owned()),
        ("outlets[1].district", |draft| draft.outlets[1].district = "210399".to_owned()),
        ("outlets[0].area", |draft| draft.outlets[0].district = "210302".to_owned()),
        ("outlets[0].hours", |draft| draft.outlets[0].hours = "daily 09:00-09:00".to_owned()),
        ("outlets[0].telephone", |draft| draft.outlets[0].telephone = "电话".to_owned()),
        ("outlets[0].address", |draft| draft.outlets[0].address = " ".to_owned()),
        ("contact_phone", |draft| draft.contact_phone = "0412-0000001".to_owned()),
        ("outlets", |draft| draft.outlets = (0..21).map(|n| outlet(&n.to_string())).collect()),
    ];
    for (field, spoil) in cases {
        let mut draft = whole();
        spoil(&mut draft);
        assert_eq!(fields(&draft), [field]);
    }
}

#[test]
fn a_signature_is_a_name() {
    assert_eq!(signer(" 王店主 "), Ok("王店主".to_owned()));
    for none in ["", "  ", "a\tb", &"字".repeat(41)] {
        assert_eq!(signer(none).unwrap_err().field, "signer", "{none:?}");
    }
}

proptest! {
    /// Whatever is typed, nothing panics, a draft is bounded, and it is either
    /// read or told what is wrong with it.
    #[test]
    fn whatever_is_typed_is_read_or_named(texts in proptest::collection::vec(".{0,60}", 12), outlets in 0..25usize) {
        let shop = OutletDraft {
            name: texts[0].clone(),
            district: texts[1].clone(),
            area: texts[2].clone(),
            address: texts[3].clone(),
            hours: texts[4].clone(),
            telephone: texts[5].repeat(20),
            ..OutletDraft::default()
        };
        let draft = JoinDraft {
            credit_code: texts[6].clone(),
            name: texts[7].clone(),
            kind: texts[8].clone(),
            contact_name: texts[9].clone(),
            contact_phone: texts[10].clone(),
            name_en: texts[11].repeat(20),
            outlets: vec![shop; outlets],
        };
        let short = draft.shortened();
        prop_assert!(short.outlets.len() <= MOST_JOIN_OUTLETS);
        prop_assert!(short.name_en.chars().count() <= 400);
        prop_assert_eq!(short.read(&season()).is_err(), !short.faults(&season()).is_empty());
        prop_assert_eq!(&short.clone().shortened(), &short);
    }

    /// A credit code with one sign changed is never taken.
    #[test]
    fn a_changed_sign_is_noticed(place in 0..18usize, sign in "[0-9A-HJ-NPQRTUWXY]") {
        let mut draft = whole();
        let mut code: Vec<char> = "91210302DEM000014H".chars().collect();
        let sign = sign.chars().next().unwrap();
        prop_assume!(code[place] != sign);
        code[place] = sign;
        draft.credit_code = code.into_iter().collect();
        prop_assert_eq!(fields(&draft), ["credit_code"]);
    }
}
