//! The shipped set is sound, and each mistake is told where it stands.

use super::{SeedSet, Texts};
use domain::{Channel, Method, OutletId, Role, Sector, Setting, Supply, Timestamp};
use std::{borrow::Cow, collections::BTreeSet};

fn shipped() -> SeedSet {
    SeedSet::anshan_2021().unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

fn spoil(text: &mut Cow<'static, str>, from: &str, to: &str) {
    assert!(text.contains(from), "the shipped set has no {from:?}");
    *text = text.replacen(from, to, 1).into();
}

/// What is told after a change.
fn told(change: impl FnOnce(&mut Texts)) -> Vec<String> {
    let mut texts = Texts::anshan_2021();
    change(&mut texts);
    let mistakes = SeedSet::from_texts(&texts).expect_err("the change is a mistake");
    mistakes.0.iter().map(ToString::to_string).collect()
}

#[test]
fn the_shipped_set_is_sound_and_large_enough() {
    let set = shipped();
    assert!(set.merchants.len() >= 120 && set.promotions.len() >= 200 && set.campaigns.len() >= 6);
    assert_eq!((set.residents.len(), set.season.districts.len(), set.season.kinds.len()), (1_000, 7, 13));
    let districts: BTreeSet<_> = set.outlets.iter().map(|outlet| outlet.district).collect();
    let kinds: BTreeSet<_> = set.merchants.iter().map(|seed| &seed.merchant.kind).collect();
    assert_eq!((districts.len(), kinds.len()), (7, 13));
    let nights = set.promotions.iter().filter(|promotion| promotion.is_night()).count();
    assert!(nights >= 25, "{nights}");
    assert!(set.season.commitment.is_offered() && set.season.commitment.clauses.len() >= 3);
}

#[test]
fn every_value_of_the_four_axes_is_there() {
    let axes: Vec<_> = shipped().promotions.iter().map(|promotion| promotion.axes).collect();
    assert!(Channel::ALL.iter().all(|value| axes.iter().any(|axes| axes.channel == *value)));
    assert!(Supply::ALL.iter().all(|value| axes.iter().any(|axes| axes.supply == *value)));
    assert!(Setting::ALL.iter().all(|value| axes.iter().any(|axes| axes.setting == *value)));
    assert!(Sector::ALL.iter().all(|value| axes.iter().any(|axes| axes.sector == *value)));
}

#[test]
fn numbers_follow_the_order_of_the_files() {
    let set = shipped();
    assert!(set.merchants.iter().zip(1..).all(|(seed, id)| seed.merchant.id.0 == id));
    assert!(set.outlets.iter().zip(1..).all(|(outlet, id)| outlet.id.0 == id));
    assert!(set.promotions.iter().zip(1..).all(|(promotion, id)| promotion.id.0 == id));
    assert!(set.campaigns.iter().zip(1..).all(|(terms, id)| terms.id.0 == id));
    assert!(set.rounds.iter().zip(1..).all(|(round, id)| round.id.0 == id));
}

/// Programs outside rely on the first round.
#[test]
fn the_first_round_opens_at_ten_for_everyone_at_the_first_merchant() {
    let set = shipped();
    let (round, terms) = (&set.rounds[0], &set.campaigns[0]);
    let opens_at: Timestamp = "2021-06-18T10:00:00+08:00".parse().unwrap();
    assert_eq!((round.quantity, round.method, round.opens_at), (300, Method::Flash, opens_at));
    assert!(round.quotas.is_empty() && round.per_resident == 1);
    assert!(terms.usable_from(set.season.zone) <= opens_at && terms.usable_when.hours.is_none());
    let own: Vec<_> = set.outlets.iter().filter(|outlet| outlet.merchant_id.0 == 1).collect();
    assert!(own.len() >= 2 && own[0].id == OutletId(1));
    for outlet in own {
        assert!(outlet.hours.is_open(opens_at, set.season.zone));
        assert!(terms.usable_where.allows_district(outlet.district));
        assert!(!terms.usable_where.kinds_deny.contains(&set.merchants[0].merchant.kind));
    }
}

#[test]
fn the_promised_accounts_are_there() {
    let set = shipped();
    for (phone, role) in [
        ("13700000001", Role::City),
        ("13700000002", Role::District),
        ("13700000003", Role::Finance),
        ("13700000004", Role::Auditor),
        ("13700000005", Role::Desk),
        ("13800000001", Role::Owner),
        ("13800000002", Role::Clerk),
    ] {
        let account = set.staff.iter().find(|account| account.phone.reveal() == phone);
        assert_eq!(account.map(|account| account.role), Some(role), "{phone}");
    }
    let numbers = set.residents.iter().zip(13_900_000_001_u64..);
    assert!(numbers.into_iter().all(|(resident, number)| resident.phone.reveal() == number.to_string()));
}

/// The demonstration's desk has something to give out on the first day.
#[test]
fn an_assisted_round_is_open_when_the_demonstration_starts() {
    let set = shipped();
    let start = set.season.demo_clock.unwrap();
    let desk = set.staff.iter().find(|account| account.role == Role::Desk).unwrap();
    let assisted = set.rounds.iter().filter(|round| round.method == Method::Assisted);
    let open: Vec<_> = assisted.filter(|round| round.accepts_claims_at_desk(start).is_ok()).collect();
    assert_eq!(open.len(), 1);
    assert!(!open[0].quotas_for(desk.district, start).is_empty());
}

/// Spoils one file by one replacement; exactly one mistake is told.
macro_rules! mistakes {
    ($($name:ident: $file:ident $from:literal => $to:literal is $told:literal;)+) => {$(
        #[test]
        fn $name() {
            assert_eq!(told(|texts| spoil(&mut texts.$file, $from, $to)), [$told]);
        }
    )+};
}

mistakes! {
    a_desk_without_a_district: accounts
        "role = \"desk\"\ndistrict = \"210302\"" => "role = \"desk\""
        is "accounts.toml, organizer 铁东区社区演示员, district: must be given for the role desk";
    a_city_officer_of_a_district: accounts
        "role = \"city\"\n" => "role = \"city\"\ndistrict = \"210302\"\n"
        is "accounts.toml, organizer 市商务局演示员, district: is only for the roles district and desk";
    a_day_that_does_not_exist: season
        "ends_on = \"2021-08-18\"" => "ends_on = \"2021-08-32\""
        is "season.toml, season, ends_on: \"2021-08-32\" is not a day such as 2021-06-18";
    an_unknown_field: season
        "demo = true\n" => "demo = true\ncolour = \"red\"\n"
        is "season.toml, season, colour: is not a field here; allowed are name, name_en, city_code, city, city_en, starts_on, ends_on, time_zone, utc_offset, demo, demo_clock, manager_refund_fen, manager_refund_day_fen, clerk_order_fen, provisional_redemptions, provisional_subsidy_fen, commitment_version";
    an_unknown_section: season
        "[[principle]]" => "[[principal]]"
        is "season.toml, file, principal: is not a field here; allowed are season, principle, scope, commitment, kind, district, area, news, event, dish";
    an_event_outside_the_season: season
        "starts_on = \"2021-07-09\"" => "starts_on = \"2021-06-09\""
        is "season.toml, event brand-fair, starts_on: lies outside the season, 2021-06-18 to 2021-08-18";
    an_event_of_no_kind: season
        "kind = \"night_market\"" => "kind = \"nightmarket\""
        is "season.toml, event lieshishan-night-market, kind: \"nightmarket\" is not one of fair, night_market, contest, culture, sports, procurement, investment";
    a_dish_of_no_merchant: season
        "merchant = \"yuanlin-bbq\"" => "merchant = \"yuanlin\""
        is "season.toml, dish 炭烤鸡架, merchant: yuanlin is no merchant of merchants.csv";
    an_event_in_an_unknown_district: season
        "district = \"210304\"" => "district = \"210399\""
        is "season.toml, event brand-fair, district: 210399 is no district of the season; allowed are 210302, 210303, 210304, 210311, 210321, 210323, 210381";
    a_file_that_is_no_toml: campaigns
        "key = \"opening\"" => "key = opening"
        is "campaigns.toml, line 14, syntax: string values must be quoted, expected literal string";
    rounds_that_pass_the_pot: campaigns
        "pot_fen = 30_000_000" => "pot_fen = 20_000_000"
        is "campaigns.toml, campaign opening, pot_fen: ¥200000 is less than the ¥246000 that the rounds may issue";
    a_threshold_below_the_face_value: campaigns
        "threshold_fen = 6000" => "threshold_fen = 1999"
        is "campaigns.toml, campaign opening, threshold_fen: ¥19.99 is less than the face value of ¥20";
    quotas_over_the_quantity: campaigns
        "{ district = \"210311\", quantity = 200," => "{ district = \"210311\", quantity = 201,"
        is "campaigns.toml, round village-1, quotas: add up to 2001; the round's quantity is 2000";
    a_quota_lent_after_the_round: campaigns
        "lend_at = \"2021-06-20T10:00:00+08:00\"" => "lend_at = \"2021-06-22T10:00:00+08:00\""
        is "campaigns.toml, round village-1 quota 210311, lend_at: lies outside the round, from opens_at to closes_at";
    a_round_that_closes_before_it_opens: campaigns
        "closes_at = \"2021-06-18T22:00:00+08:00\"" => "closes_at = \"2021-06-18T09:00:00+08:00\""
        is "campaigns.toml, round opening-1, closes_at: must lie after opens_at";
    a_round_key_twice: campaigns
        "key = \"opening-2\"" => "key = \"opening-1\""
        is "campaigns.toml, round opening-1, key: stands here a second time; each is allowed once";
    a_fuel_voucher_without_the_switch: campaigns
        "fuel = true" => "fuel = false"
        is "campaigns.toml, campaign fuel, fuel: must be true, because kinds_allow names fuel";
    a_share_that_does_not_fit_the_funding: campaigns
        "government_percent = 50" => "government_percent = 100"
        is "campaigns.toml, campaign taste, government_percent: must be 1 to 99 when funded_by is mixed";
    an_outlet_that_is_not_there: campaigns
        "\"lishan-aquarium-1\"" => "\"lishan-aquarium-7\""
        is "campaigns.toml, campaign shops, outlets_deny: lishan-aquarium-7 is no outlet of merchants.csv";
    a_quantity_in_quotes: campaigns
        "per_campaign = 5" => "per_campaign = \"5\""
        is "campaigns.toml, campaign opening, per_campaign: must be a whole number";
    a_draw_without_its_public_source: campaigns
        "public_source = \"2021年6月28日上证综合指数收盘点位，保留两位小数\"\n" => ""
        is "campaigns.toml, round cars-draw-1, public_source: is missing";
    a_public_value_that_is_known_before_entries_close: campaigns
        "draws_at = \"2021-06-28T15:30:00+08:00\"" => "draws_at = \"2021-06-26T18:00:00+08:00\""
        is "campaigns.toml, round cars-draw-1, draws_at: must lie after closes_at: the public value is to be unknown until then";
    windows_past_the_last_day: campaigns
        "claim_hours = 24\nclaim_windows = 3" => "claim_hours = 168\nclaim_windows = 20"
        is "campaigns.toml, round family-draw-1, claim_windows: reach past the last day on which a voucher is usable, 2021-08-18";
    a_flash_round_with_a_public_source: campaigns
        "key = \"opening-2\"" => "key = \"opening-2\"\npublic_source = \"x\""
        is "campaigns.toml, round opening-2, public_source: is not a field here; allowed are key, title, title_en, method, opens_at, closes_at, quantity, per_resident, return_to_next, quotas";
    a_credit_code_with_a_typing_error: merchants
        "91210302DEM000057Y" => "91210302DEM000067Y"
        is "merchants.csv, line 12 (dongshan-coffee-1), credit_code: the last sign of the credit code should be 0";
    a_kind_that_is_not_there: merchants
        "dongshan-coffee,东山半坡咖啡,Hillside Coffee Dongshan,catering" => "dongshan-coffee,东山半坡咖啡,Hillside Coffee Dongshan,cafe"
        is "merchants.csv, line 12 (dongshan-coffee-1), kind: cafe is no kind of the season; allowed are mall, supermarket, chain_store, specialty_store, shopping_centre, convenience_store, catering, car_dealer, fuel, e_commerce, hotel, scenic_spot, culture_venue";
    hours_that_cannot_be_read: merchants
        "daily 06:00-02:00" => "daily 6-2"
        is "merchants.csv, line 2 (gangcheng-1), hours: \"daily 6-2\" is not weekly hours such as \"mon-fri 09:00-21:00; sat,sun 18:00-02:00\"";
    a_second_row_that_disagrees: merchants
        "gangcheng,钢城老味道饭庄,Steel City Old Flavours,catering,91210302DEM000014H,gangcheng-2" => "gangcheng,钢城新味道饭庄,Steel City Old Flavours,catering,91210302DEM000014H,gangcheng-2"
        is "merchants.csv, line 3 (gangcheng-2), name: differs from the merchant's first row; it must be the same";
    an_outlet_key_twice: merchants
        "gangcheng-2" => "gangcheng-1"
        is "merchants.csv, line 3 (gangcheng-1), outlet: stands here a second time; each is allowed once";
    an_area_of_another_district: merchants
        "210302,hightech" => "210302,jingkai"
        is "merchants.csv, line 11 (xiangyang-conv-3), area: jingkai is no area of district 210302";
    a_column_without_a_name: merchants
        "hours,night,phone" => "hours,phone"
        is "merchants.csv, header, night: is missing";
    a_promotion_of_no_merchant: promotions
        "gangcheng-1,gangcheng," => "gangcheng-1,gangchen,"
        is "promotions.csv, line 2 (gangcheng-1), merchant: gangchen is no merchant of merchants.csv";
    a_promotion_at_another_merchants_outlet: promotions
        "gangcheng-1,gangcheng,," => "gangcheng-1,gangcheng,yuanlin-bbq-1,"
        is "promotions.csv, line 2 (gangcheng-1), outlets: yuanlin-bbq-1 is an outlet of another merchant";
    a_channel_that_is_not_there: promotions
        ",offline," => ",of line,"
        is "promotions.csv, line 2 (gangcheng-1), channel: \"of line\" is not one of offline, online, both";
    a_promotion_after_the_season: promotions
        "2021-06-18,2021-08-18" => "2021-06-18,2021-08-19"
        is "promotions.csv, line 2 (gangcheng-1), ends_on: lies outside the season, 2021-06-18 to 2021-08-18";
    a_link_that_is_not_https: promotions
        "https://shop.example.com/tiedong-ecom" => "http://shop.example.com/tiedong-ecom"
        is "promotions.csv, line 39 (tiedong-ecom-1), link: must be an https address such as https://shop.example.com/offer";
    a_resident_without_a_number: residents
        "13900000001," => "1390000001,"
        is "residents.csv, line 2, phone: a mobile number has 11 digits and starts with 13 to 19";
    a_resident_twice: residents
        "13900000002," => "13900000001,"
        is "residents.csv, line 3, phone: stands here a second time; each is allowed once";
    a_row_with_a_cell_too_many: residents
        "13900000002," => "13900000002,,"
        is "residents.csv, line 3, cells: has 4 cells; the header has 3";
    a_role_that_is_not_there: accounts
        "role = \"finance\"" => "role = \"cashier\""
        is "accounts.toml, organizer 财务演示员, role: \"cashier\" is not one of city, district, finance, auditor, desk";
    a_district_officer_of_nowhere: accounts
        "district = \"210302\"" => "district = \"\""
        is "accounts.toml, organizer 铁东区演示员, district: must be given for the role district";
}

#[test]
fn all_mistakes_are_told_at_once_up_to_a_hundred() {
    let several = told(|texts| {
        spoil(&mut texts.season, "weight = 560", "weight = -1");
        spoil(&mut texts.campaigns, "threshold_fen = 6000", "threshold_fen = 1999");
        spoil(&mut texts.residents, "13900000001,", "1,");
    });
    assert!(several.iter().any(|line| line.starts_with("season.toml, district 210302, weight:")));
    assert!(several.iter().any(|line| line.starts_with("campaigns.toml, campaign opening, threshold_fen:")));
    assert!(several.iter().any(|line| line.starts_with("residents.csv, line 2, phone:")));

    let many =
        told(|texts| texts.residents = texts.residents.replace(",1390", ",1").replace("\n139", "\n1").into());
    assert_eq!(many.len(), 100);
}

#[test]
fn a_folder_is_read_as_the_embedded_set_is() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../seeds/anshan-2021");
    let set = SeedSet::from_dir(folder.as_ref()).unwrap();
    assert_eq!(set.promotions, shipped().promotions);
    let missing = SeedSet::from_dir("no/such/folder".as_ref()).unwrap_err();
    assert_eq!(missing.0.len(), 6);
}
