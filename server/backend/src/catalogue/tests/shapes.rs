use super::*;
use domain::{CampaignId, RoundId, RoundState};

#[test]
fn the_season_tells_the_time() {
    let shape = anshan().season_shape(june("19T00:30"));
    assert_eq!(shape.now, "2021-06-19T00:30:00+08:00");
    assert_eq!(shape.business_day, "2021-06-18");
    assert_eq!((shape.days_left, shape.demo, shape.kinds.len()), (61, true, 13));
}

#[test]
fn a_district_counts_what_is_in_it() {
    let districts = village().district_shapes();
    let figures = |district: &str| {
        let shape = districts.iter().find(|shape| shape.code == code(district)).unwrap();
        (shape.merchants, shape.outlets, shape.promotions)
    };
    assert_eq!(figures("210302"), (2, 2, 3));
    assert_eq!(figures("210381"), (1, 1, 2));
    assert_eq!(figures("210321"), (0, 0, 0));
    assert_eq!(districts[0].areas[0].key, "hightech");
}

#[test]
fn a_merchant_is_where_its_outlets_are() {
    let village = village();
    let shape = village.merchant_shape(village.merchant(MerchantId(1)).unwrap(), june("18T22:00"));
    assert_eq!(shape.districts, [code("210302"), code("210381")]);
    assert_eq!((shape.night, shape.open_now, shape.promotions), (true, true, 2));
    assert_eq!(shape.outlets.iter().map(|outlet| outlet.open_now).collect::<Vec<_>>(), [true, false]);
    assert_eq!((shape.kind_name.as_str(), shape.outlets[0].district_name.as_str()), ("餐饮", "海城市"));
}

#[test]
fn a_merchant_that_takes_no_part_shows_nowhere() {
    let mut parts = anshan_parts();
    parts.merchants[0].state = MerchantState::Lapsed;
    let city = Catalogue::new(parts).unwrap();
    let gone = MerchantId(1);
    assert!(city.merchant(gone).is_some() && city.merchant_taking_part(gone).is_none());
    assert_eq!(city.promotions_of(gone).count(), 0);
    assert!(merchant_ids(&city, "limit=100", june("18T22:00")).iter().all(|id| *id != 1));
    let dishes = city.dishes.rows().iter().map(|dish| city.dish_shape(dish));
    assert!(dishes.into_iter().all(|dish| dish.merchant_id != Some(gone)));
    let outlets = |city: &Catalogue| city.district_shapes().iter().map(|shape| shape.outlets).sum::<i64>();
    assert!(outlets(&city) < outlets(&anshan()));
}

#[test]
fn a_day_offer_of_a_night_shop_is_no_night_offer() {
    let mut offer = promotion(1, 1, &[1], "午餐", Channel::Offline, Some("daily 11:00-14:00"));
    let village = village();
    assert!(!village.is_night(&offer));
    offer.hours = None;
    assert!(village.is_night(&offer));
}

#[test]
fn a_round_shows_what_is_left_of_each_quota() {
    let city = anshan();
    let first = city.round(RoundId(1)).unwrap();
    let shape = city.round_shape(first, &[(None, 120)], june("18T10:00"));
    assert_eq!((shape.quantity, shape.remaining, shape.state), (300, 120, RoundState::Open));
    assert_eq!((shape.kind.as_str(), shape.face_value_fen.get(), shape.quotas.len()), ("threshold", 2000, 0));
    assert_eq!(shape.opens_at, "2021-06-18T10:00:00+08:00");

    let by_district = city.rounds().iter().find(|round| round.quotas.len() > 1).unwrap();
    let left: Vec<_> =
        by_district.quotas.iter().map(|quota| (Some(quota.district), quota.quantity - 1)).collect();
    let shape = city.round_shape(by_district, &left, june("18T10:00"));
    assert_eq!(shape.remaining, by_district.quantity - i64::try_from(left.len()).unwrap());
    assert!(shape.quotas.iter().all(|quota| quota.remaining == quota.quantity - 1));
}

#[test]
fn a_campaign_names_the_districts_and_kinds_that_fit() {
    let city = anshan();
    let shape = |id| city.campaign_shape(city.campaign(CampaignId(id)).unwrap());
    let opening = shape(1);
    assert_eq!((opening.districts.len(), opening.merchant_kinds.len()), (7, 11), "all but cars and fuel");
    assert_eq!(opening.round_ids[0], RoundId(1));
    let opens = |id: &RoundId| city.round(*id).unwrap().opens_at;
    assert!(opening.round_ids.is_sorted_by_key(opens));
    assert_eq!((opening.valid_hours, opening.valid_until), (Some(168), None));
}

#[test]
fn what_names_something_missing_is_refused() {
    let refused = |change: fn(&mut Parts)| {
        let mut parts = anshan_parts();
        change(&mut parts);
        Catalogue::new(parts).unwrap_err().to_string()
    };
    let missing = "which does not exist";
    assert_eq!(
        refused(|parts| parts.promotions[4].outlets[0] = OutletId(9999)),
        format!("promotion 5 names outlet 9999, {missing}")
    );
    assert_eq!(
        refused(|parts| parts.merchants[0].kind = KindCode("bank".to_owned())),
        format!("merchant 1 names kind bank, {missing}")
    );
    assert_eq!(
        refused(|parts| parts.rounds[0].campaign_id = CampaignId(99)),
        format!("round 1 names campaign 99, {missing}")
    );
    assert_eq!(
        refused(|parts| parts.outlets[0].district = code("210399")),
        format!("outlet 1 names district 210399, {missing}")
    );
}

#[test]
fn an_empty_house_answers_with_empty_lists() {
    let (empty, now) = (Catalogue::empty().unwrap(), june("18T10:00"));
    assert_eq!(promotion_ids(&empty, "q=hcs", now), [0; 0]);
    assert!(empty.district_shapes().is_empty() && empty.news_shapes().is_empty());
    assert_eq!(empty.season_shape(now).days_left, 0);
}
