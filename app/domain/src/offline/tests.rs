use super::*;
use crate::{
    Benefit, CampaignId, CampaignTerms, CodeKey, Fen, Funding, Lang, Limits, OutletId, RedeemRefused,
    STEP_MS, Secret, Stacking, TillId, Timestamp, UsableWhen, UsableWhere, Validity, VoucherCode, VoucherId,
    Zone, step_at,
};
use proptest::prelude::*;

const NOW_MS: i64 = 1_624_000_000_000;

fn fen(amount: i64) -> Fen {
    Fen::try_from(amount).unwrap()
}

fn after(steps: i64) -> Timestamp {
    Timestamp::from_ms(NOW_MS + steps * STEP_MS)
}

/// A phone with a voucher: its secret, its signed pass and the pass' first step.
fn phone(number: i64) -> (Secret, String, i64) {
    let secret = Secret::of(VoucherId(number), &[9; 32]);
    let code = VoucherCode::of(VoucherId(number), &CodeKey::new([7; 32])).unwrap();
    let pass = OfflinePass::new(&secret, code, CampaignId(3), after(100_000), after(0));
    let signed = PassSigner::new([5; 32]).sign(&pass).unwrap();
    (secret, signed, pass.first_step)
}

/// What it shows after so many steps.
fn shown(number: i64, steps: i64) -> OfflineToken {
    let (secret, pass, first) = phone(number);
    secret.offline_token(&pass, first, first + steps).unwrap().parse().unwrap()
}

fn permit() -> OfflinePermit {
    let terms = CampaignTerms {
        id: CampaignId(3),
        title: String::new(),
        title_en: String::new(),
        summary: String::new(),
        summary_en: String::new(),
        funding: Funding::Government,
        government_percent: 100,
        benefit: Benefit::Threshold { face_value_fen: fen(2000), threshold_fen: fen(8000) },
        pot_fen: fen(1_000_000),
        limits: Limits { per_campaign: 1, per_day: 1, per_outlet_day: 1, per_merchant_day: None },
        usable_where: UsableWhere::default(),
        usable_when: UsableWhen {
            from: "2021-06-01".parse().unwrap(),
            to: "2021-08-18".parse().unwrap(),
            hours: None,
        },
        validity: Validity::Hours(72),
        stacking: Stacking { with_promotion: true },
        returns_on_reversal: true,
        demo: true,
    };
    OfflinePermit {
        permit: "mark".to_owned(),
        till_id: TillId(1),
        clerk_name: String::new(),
        outlet_id: OutletId(1),
        outlet_name: String::new(),
        outlet_name_en: String::new(),
        issued_at_ms: NOW_MS - 60_000,
        valid_until_ms: NOW_MS + PERMIT_MS,
        limits: OfflineLimits::new(3, 5000).unwrap(),
        key: PassSigner::new([5; 32]).key(),
        most_order_fen: None,
        zone: Zone::SHANGHAI,
        district: "210302".parse().unwrap(),
        kind: crate::KindCode("catering".to_owned()),
        switch: None,
        campaigns: vec![terms],
    }
}

fn judged(token: &OfflineToken, order_fen: i64, steps: i64) -> Result<i64, OfflineRefused> {
    let sale = OfflineSale { amount: fen(order_fen), discount: Fen::ZERO, at: after(steps) };
    judge_offline(&permit(), token, &sale, OfflineUse::default()).map(|split| split.subsidy.get())
}

#[test]
fn a_till_without_a_network_takes_a_voucher_by_its_terms() {
    let token = shown(1, 5);
    assert_eq!(judged(&token, 8000, 5), Ok(2000));
    assert!(matches!(
        judged(&token, 7999, 5),
        Err(OfflineRefused::Redeem(RedeemRefused::BelowThreshold { .. }))
    ));
    assert_eq!(judged(&token, 8000, 8), Err(RedeemRefused::TokenStale.into()), "a screenshot");
    assert_eq!(judged(&token, 8000, 3000), Err(OfflineRefused::PermitOver));
    let unknown = OfflinePermit { campaigns: Vec::new(), ..permit() };
    let sale = OfflineSale { amount: fen(8000), discount: Fen::ZERO, at: after(5) };
    let judge = |permit: &OfflinePermit, used| judge_offline(permit, &token, &sale, used);
    assert_eq!(judge(&unknown, OfflineUse::default()), Err(OfflineRefused::UnknownCampaign));
    let most = OfflinePermit { most_order_fen: Some(fen(7999)), ..permit() };
    assert_eq!(
        judge(&most, OfflineUse::default()),
        Err(RedeemRefused::ManagerRequired { limit: fen(7999) }.into())
    );
    let used = |redemptions, subsidy_fen| OfflineUse { redemptions, subsidy_fen };
    let limits = permit().limits;
    assert!(judge(&permit(), used(2, 3000)).is_ok());
    assert_eq!(judge(&permit(), used(3, 0)), Err(OfflineRefused::LimitReached { limits }));
    assert_eq!(judge(&permit(), used(0, 3001)), Err(OfflineRefused::LimitReached { limits }));
}

#[test]
fn a_till_cannot_make_what_it_has_not_seen() {
    let (secret, pass, first) = phone(1);
    let text = secret.offline_token(&pass, first, first + 5).unwrap();
    // The link of another voucher, and a changed body.
    let (_, others, _) = phone(2);
    let crossed = format!("{others}{}", &text[pass.len()..]);
    assert_eq!(judged(&crossed.parse().unwrap(), 8000, 5), Err(RedeemRefused::TokenStale.into()));
    let mut bent = text.clone().into_bytes();
    bent[12] = if bent[12] == b'0' { b'1' } else { b'0' };
    let bent: OfflineToken = String::from_utf8(bent).unwrap().parse().unwrap();
    assert_eq!(judged(&bent, 8000, 5), Err(OfflineRefused::NotSigned));
    let another = OfflinePermit { key: PassSigner::new([6; 32]).key(), ..permit() };
    let sale = OfflineSale { amount: fen(8000), discount: Fen::ZERO, at: after(5) };
    let judged = judge_offline(&another, &shown(1, 5), &sale, OfflineUse::default());
    assert_eq!(judged, Err(OfflineRefused::NotSigned));
}

#[test]
fn a_pass_holds_for_a_day() {
    let (secret, pass, first) = phone(1);
    assert_eq!(secret.offline_token(&pass, first, first - 1), None);
    assert!(secret.offline_token(&pass, first, first + 2879).is_some());
    assert_eq!(secret.offline_token(&pass, first, first + 2880), None);
    let last = shown(1, 2879);
    assert_eq!(last.proven_step(after(2879)), Some(first + 2879));
    assert!(last.ends_at() <= after(2880));
}

#[test]
fn every_refusal_has_words() {
    let limits = OfflineLimits::new(1, 1).unwrap();
    let spent = OfflineRefused::PotSpent { subsidy_fen: fen(2000), expired_at: after(0) };
    for refused in [OfflineRefused::NotEnrolled, OfflineRefused::LimitReached { limits }, spent] {
        assert!(!refused.words(Lang::Zh, Zone::SHANGHAI).is_empty());
        assert!(!refused.words(Lang::En, Zone::SHANGHAI).is_empty());
    }
    assert_eq!(OfflineLimits::new(0, 1), None);
    assert_eq!(OfflineLimits::new(1, MOST_OFFLINE_FEN + 1), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_token_proves_its_own_step(number in 1..1_000_000i64, steps in 0..2_880i64, off in -4..5i64) {
        let token = shown(number, steps);
        prop_assert!(token.is_signed_by(&PassSigner::new([5; 32]).key()));
        let proven = token.proven_step(after(steps + off));
        let expected = (off.abs() <= 1).then(|| step_at(after(steps)));
        prop_assert_eq!(proven, expected);
    }

    #[test]
    fn no_text_panics(text in ".{0,300}") {
        let _ = text.parse::<OfflineToken>();
        let _ = format!("YF1{text}").parse::<OfflineToken>();
    }
}
