//! Forms read against the season that the program brings along.

use crate::seeds::SeedSet;
use domain::{CampaignForm, CampaignRule, Lang, OutletId, PlanRules, QuotaForm, RoundForm, Season, sentence};

fn season() -> Season {
    SeedSet::anshan_2021().unwrap().season
}

fn text(text: &str) -> String {
    text.to_owned()
}

fn form() -> CampaignForm {
    CampaignForm {
        title: text("夜市券"),
        face_value: text("20"),
        threshold: text("60"),
        pot: text("2000"),
        kinds_deny: vec![text("fuel"), text("car_dealer")],
        usable_from: text("2021-06-18"),
        usable_to: text("2021-08-18"),
        hours: text("daily 18:00-02:00"),
        rounds: vec![RoundForm {
            title: text("首轮"),
            method: text("flash"),
            opens_at: text("2021-06-20T10:00"),
            closes_at: text("2021-06-20T22:00"),
            quantity: text("100"),
            per_resident: text("1"),
            ..RoundForm::default()
        }],
        ..CampaignForm::blank()
    }
}

/// The fields in which a form is wrong.
fn wrong(form: &CampaignForm) -> Vec<(String, CampaignRule)> {
    let season = season();
    let now = "2021-06-18T10:00:00+08:00".parse().unwrap();
    let rules = PlanRules { season: &season, outlets: &[OutletId(1)], now };
    let faults = form.read(&rules).err().unwrap_or_default();
    faults.into_iter().map(|fault| (fault.field, fault.rule)).collect()
}

fn fields(form: &CampaignForm) -> Vec<String> {
    wrong(form).into_iter().map(|(field, _)| field).collect()
}

#[test]
fn residents_read_a_sentence_made_from_the_terms() {
    let season = season();
    let now = "2021-06-18T10:00:00+08:00".parse().unwrap();
    let rules = PlanRules { season: &season, outlets: &[], now };
    let terms = form().read_terms(&rules).unwrap();
    assert_eq!(
        sentence(&terms, &season, Lang::Zh),
        "满60减20，全市参加的商户（汽车销售、成品油除外）可用。\
         领取后 7 天内有效，使用日期 2021-06-18 至 2021-08-18，限每天 18:00–次日02:00。\
         每人最多领 1 张，同一门店每天最多用 1 张。\
         可与一项商户优惠同用，门槛按商户优惠后的金额计算；全额退货时券退回。"
    );
    assert_eq!(
        sentence(&terms, &season, Lang::En),
        "¥20 off ¥60, in the whole city at merchants that take part (not car dealer, fuel retailer). \
         Valid for 7 days after the claim, from 2021-06-18 to 2021-08-18, daily 18:00–02:00 (next day) only. \
         At most 1 for each person, 1 a day at one outlet. \
         One merchant promotion may join it; the threshold is tested after its discount; a full refund gives it back."
    );
    let at_shops = |merchant: &str| {
        let form = CampaignForm { per_outlet_day: text("2"), per_merchant_day: text(merchant), ..form() };
        let limits = form.read_terms(&rules).unwrap().limits;
        (limits.words_at_shops(Lang::Zh), limits.words_at_shops(Lang::En))
    };
    assert_eq!(
        at_shops("1"),
        (text("同一商户（各门店合计）每天最多用 1 张"), text("1 a day at all outlets of one merchant"))
    );
    assert_eq!(
        at_shops("3"),
        (
            text("同一门店每天最多用 2 张，同一商户（各门店合计）每天最多用 3 张"),
            text("2 a day at one outlet, 3 a day at all outlets of one merchant")
        )
    );
    let few = CampaignForm {
        kind: text("cash"),
        kinds_deny: vec![],
        kinds_allow: vec![text("supermarket")],
        districts_allow: vec![text("210302"), text("210303")],
        hours: String::new(),
        valid_hours: String::new(),
        valid_until: text("2021-07-31"),
        per_campaign: text("5"),
        per_day: text("2"),
        with_promotion: false,
        returns_on_reversal: false,
        ..form()
    };
    let terms = few.read_terms(&rules).unwrap();
    assert_eq!(
        sentence(&terms, &season, Lang::Zh),
        "20元无门槛，铁东区、铁西区超市可用。2021-06-18 至 2021-07-31 有效。\
         每人最多领 5 张，每天最多 2 张，同一门店每天最多用 1 张。不与商户优惠同用；退货时券不退回。"
    );
}

#[test]
fn every_field_that_is_wrong_is_named() {
    assert_eq!(wrong(&form()), []);
    let with = |change: fn(&mut CampaignForm)| {
        let mut form = form();
        change(&mut form);
        fields(&form)
    };
    assert_eq!(with(|form| form.title.clear()), ["title"]);
    assert_eq!(with(|form| form.face_value = text("0")), ["face_value"]);
    assert_eq!(with(|form| form.threshold = text("19.99")), ["threshold"]);
    assert_eq!(with(|form| form.pot = text("1.234")), ["pot"]);
    assert_eq!(with(|form| form.kind = text("percent")), ["percent_off"]);
    assert_eq!(with(|form| form.funded_by = text("mixed")), ["government_percent"]);
    assert_eq!(with(|form| form.per_day = text("0")), ["per_day"]);
    assert_eq!(with(|form| form.per_merchant_day = text("0")), ["per_merchant_day"]);
    assert_eq!(with(|form| form.kinds_allow = vec![text("fuel")]), ["fuel"]);
    assert_eq!(with(|form| form.districts_deny = vec![text("110101")]), ["districts_deny"]);
    assert_eq!(with(|form| form.outlets_allow = text("1, 99")), ["outlets_allow"]);
    assert_eq!(with(|form| form.hours = text("18-02")), ["hours"]);
    assert_eq!(with(|form| form.valid_until = text("2021-06-30")), ["valid_until"]);
    assert_eq!(with(|form| form.usable_to = text("2021-08-19")), ["usable_to"]);
    assert_eq!(with(|form| form.rounds.clear()), ["rounds"]);
    assert_eq!(with(|form| form.rounds[0].quantity = text("0")), ["rounds[0].quantity"]);
    assert_eq!(with(|form| form.rounds[0].per_resident = text("2")), ["rounds[0].per_resident"]);
    assert_eq!(with(|form| form.rounds[0].closes_at = text("2021-06-18T09:59")), ["rounds[0].closes_at"]);
    assert_eq!(with(|form| form.rounds[0].return_to_next = true), ["rounds[0].return_to_next"]);
    assert_eq!(with(|form| form.rounds[0].lend_at = text("2021-06-21T10:00")), ["rounds[0].lend_at"]);
    assert_eq!(
        with(|form| form.rounds[0].method = text("draw")),
        ["public_source", "draws_at", "claim_hours", "claim_windows"]
            .map(|field| format!("rounds[0].{field}"))
    );
}

#[test]
fn shares_by_hand_sum_to_the_round() {
    let mut form = form();
    form.rounds[0].share_out = text("hand");
    let share =
        |district: &str, quantity: &str| QuotaForm { district: text(district), quantity: text(quantity) };
    form.rounds[0].quotas = vec![share("210302", "60"), share("210303", "39")];
    assert_eq!(wrong(&form), [(text("rounds[0].quotas"), CampaignRule::Shares { sum: 99, quantity: 100 })]);
    form.rounds[0].quotas[1].quantity = text("40");
    assert_eq!(wrong(&form), []);
}

#[test]
fn a_campaign_reads_back_as_it_was_typed() {
    let seeds = SeedSet::anshan_2021().unwrap();
    let outlets: Vec<OutletId> = seeds.outlets.iter().map(|outlet| outlet.id).collect();
    let now = seeds.season.zone.at(seeds.season.starts_on, 0);
    let rules = PlanRules { season: &seeds.season, outlets: &outlets, now };
    for terms in &seeds.campaigns {
        let rounds: Vec<_> =
            seeds.rounds.iter().filter(|round| round.campaign_id == terms.id).cloned().collect();
        let form = CampaignForm::of(terms, &rounds, &seeds.season);
        let read = form.read_terms(&rules).unwrap();
        assert_eq!(domain::CampaignTerms { id: terms.id, ..read }, *terms);
        // A file may name a next round that opens at the same time; the form asks for a later one.
        let faults = form.read(&rules).err().unwrap_or_default();
        assert!(faults.iter().all(|fault| fault.rule == CampaignRule::NoNextRound), "{faults:?}");
    }
}
