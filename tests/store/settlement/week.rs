//! A full week of a city: three campaigns, two hundred merchants, five thousand residents; refunds, expiries, a fraud
//! and a bank that slips. At the end pot, ledger, statements, tallies and bank file agree to the fen.

use super::{Bureau, rows, told_by_bank};
use crate::services::{Services, at, at_till, key};
use backend::seeds::{SeedAccount, SeedMerchant, SeedSet};
use backend::{Caller, Error, RedeemRequest, ReverseRequest, RiskDecision};
use domain::shapes::{RedemptionShape, VoucherShape};
use domain::{
    Account, AccountId, Benefit, CampaignId, CubeQuery, Entry, Fen, Funding, Limits, ListQuery, MerchantId,
    OpenQuery, OutletId, RiskSignal, RiskState, Role, RoundId, SettlementState, StatementQuery, UsableWhere,
    Validity,
};
use std::collections::BTreeMap;
use tests::{TestCity, on_both_databases};
use tokio::task::JoinSet;

const MERCHANTS: i64 = 200;
const RESIDENTS: i64 = 5_000;
/// Presses at one moment: a node turns more away.
const AT_ONCE: usize = 100;
/// The business day on which the claims are made; redemptions follow on five days.
const CLAIMED: &str = "2021-06-21T10:00:00+08:00";

on_both_databases!(everything_agrees_to_the_fen in a_whole_city);

fn a_whole_city(season: &mut SeedSet) {
    let districts: Vec<_> = season.season.districts.iter().map(|district| district.code).collect();
    let (shop, outlet) = (season.merchants[0].clone(), season.outlets[0].clone());
    (season.merchants, season.outlets) = (Vec::new(), Vec::new());
    season.promotions.clear();
    season.staff.retain(|person| person.merchant_id.is_none());
    for n in 1..=MERCHANTS {
        let (id, district) = (MerchantId(n), districts[usize::try_from(n).unwrap() % districts.len()]);
        let mut merchant = shop.merchant.clone();
        (merchant.id, merchant.name) = (id, format!("商户{n}"));
        season.merchants.push(SeedMerchant { merchant, credit_code: credit_code(n) });
        let hours = domain::WeeklyHours::always();
        season.outlets.push(domain::Outlet {
            id: OutletId(n),
            merchant_id: id,
            district,
            hours,
            ..outlet.clone()
        });
        season.staff.push(person(&format!("1381{n:07}"), Role::Owner, Some(id)));
    }
    let district = season.residents[0].district;
    let residents = (1..=RESIDENTS).map(|n| person(&format!("139{n:08}"), Role::Resident, None));
    season.residents = residents.map(|resident| SeedAccount { district, ..resident }).collect();
    three_campaigns(season);
}

fn three_campaigns(season: &mut SeedSet) {
    let fen = |amount: i64| Fen::try_from(amount).unwrap();
    let (terms, round) = (season.campaigns[0].clone(), season.rounds[0].clone());
    (season.campaigns, season.rounds) = (Vec::new(), Vec::new());
    let (face_value_fen, threshold_fen) = (fen(2_000), fen(6_000));
    for n in 1..=3 {
        let mut terms = terms.clone();
        (terms.id, terms.pot_fen) = (CampaignId(n), fen(5_000_000));
        terms.benefit = Benefit::Threshold { face_value_fen, threshold_fen };
        terms.limits =
            Limits { per_campaign: 100, per_day: 100, per_outlet_day: 100, per_merchant_day: None };
        (terms.usable_where, terms.validity) = (UsableWhere::default(), Validity::Hours(120));
        match n {
            2 => (terms.funding, terms.government_percent) = (Funding::Mixed, 70),
            3 => terms.benefit = Benefit::Cash { face_value_fen: fen(1_000) },
            _ => {}
        }
        let mut round = round.clone();
        (round.id, round.campaign_id) = (RoundId(n), CampaignId(n));
        (round.quantity, round.per_resident) = (2_000, 2);
        (round.opens_at, round.closes_at) = (at(CLAIMED), at("2021-06-21T22:00:00+08:00"));
        round.quotas.clear();
        season.campaigns.push(terms);
        season.rounds.push(round);
    }
}

fn person(phone: &str, role: Role, merchant_id: Option<MerchantId>) -> SeedAccount {
    SeedAccount { phone: phone.parse().unwrap(), name: "某人".into(), role, district: None, merchant_id }
}

fn credit_code(n: i64) -> domain::CreditCode {
    let signs = "0123456789ABCDEFGHJKLMNPQRTUWXY".chars();
    let mut codes = signs.filter_map(|sign| format!("91210302WEEK{n:05}{sign}").parse().ok());
    codes.next().expect("a sign that fits")
}

/// Everybody of a role, without signing in: by account, in the order in which they were loaded.
async fn everybody(city: &Services<'_>, role: Role, like: &Caller) -> Vec<Caller> {
    let ids = format!(
        "select cast(account_id as text) from account_role where role = '{role}' order by account_id"
    );
    let ids = city.read(&ids).await;
    let of = |(at, id): (usize, &str)| Caller {
        account_id: AccountId(id.parse().unwrap()),
        roles: vec![role],
        merchant_id: (role == Role::Owner).then(|| MerchantId(i64::try_from(at).unwrap() + 1)),
        ..like.clone()
    };
    ids.lines().enumerate().map(of).collect()
}

async fn claimed(city: &Services<'_>, residents: &[Caller]) -> Vec<VoucherShape> {
    let mut vouchers = Vec::new();
    for some in residents.chunks(AT_ONCE) {
        let mut presses = JoinSet::new();
        for resident in some {
            let (backend, resident) = (city.backend.clone(), resident.clone());
            let n = vouchers.len() + presses.len();
            let round = RoundId(i64::try_from(n % 3).unwrap() + 1);
            presses.spawn(async move {
                (n, backend.claim(&resident, round, &key()).await.expect("a voucher").answer)
            });
        }
        let mut issued = presses.join_all().await;
        issued.sort_by_key(|(n, _)| *n);
        vouchers.extend(issued.into_iter().map(|(_, voucher)| voucher));
    }
    vouchers
}

/// The residents of a day redeem, each at a merchant of theirs: four of five come at all.
async fn redeemed(
    city: &Services<'_>,
    day: usize,
    (residents, vouchers, owners): (&[Caller], &[VoucherShape], &[Caller]),
) -> Vec<RedemptionShape> {
    let come: Vec<usize> = (0..residents.len()).filter(|n| n % 5 != 0 && n / 5 % 5 == day).collect();
    let mut sold_today = Vec::new();
    for some in come.chunks(AT_ONCE) {
        let mut sales = JoinSet::new();
        for n in some.iter().copied() {
            let backend = city.backend.clone();
            let (resident, voucher) = (residents[n].clone(), vouchers[n].voucher_id);
            // A merchant's residents come on different days.
            let owner = owners[(n + n / owners.len() * 13) % owners.len()].clone();
            let order_fen = 6_000 + i64::try_from(n * 37 % 97).unwrap() * 100;
            sales.spawn(async move { sold(&backend, (&resident, voucher), &owner, order_fen).await });
        }
        sold_today.extend(sales.join_all().await);
    }
    sold_today
}

async fn sold(
    backend: &backend::Backend,
    (resident, voucher): (&Caller, domain::VoucherId),
    owner: &Caller,
    order_fen: i64,
) -> RedemptionShape {
    let token = backend.voucher_token(resident, voucher).await.expect("a token").token;
    let outlet_id = OutletId(owner.merchant_id.expect("an owner").0);
    let request = RedeemRequest { outlet_id, ..at_till(Some(token), None, order_fen) };
    backend.redeem(owner, &request, &key()).await.expect("redeemed").answer
}

async fn refunded(city: &Services<'_>, owners: &[Caller], sale: &RedemptionShape, refund_fen: i64) {
    let owner = &owners[usize::try_from(sale.outlet_id.0 - 1).unwrap()];
    let request = ReverseRequest { refund_fen, reason: "退货".into() };
    city.backend.reverse(owner, sale.redemption_id, &request, &key()).await.expect("a refund");
}

async fn everything_agrees_to_the_fen(city: &TestCity) {
    let city = Services::of(city);
    city.clock.set(at(CLAIMED));
    let officer = city.officer().await;
    let stranger = Caller { roles: Vec::new(), office: None, district: None, ..officer.clone() };
    let residents = everybody(&city, Role::Resident, &stranger).await;
    let owners = everybody(&city, Role::Owner, &stranger).await;
    assert_eq!((residents.len(), owners.len()), (5_000, 200));
    let vouchers = claimed(&city, &residents).await;
    // The owner of the seventh shop redeems a voucher of her own.
    let cheat = Caller { roles: vec![Role::Resident, Role::Owner], ..owners[6].clone() };
    let own = city.backend.claim(&cheat, RoundId(1), &key()).await.unwrap().answer;
    let fraud = sold(&city.backend, (&cheat, own.voucher_id), &cheat, 9_000).await;
    let mut sales = Vec::new();
    for day in 0..5 {
        sales.extend(redeemed(&city, day, (&residents, &vouchers, &owners)).await);
        city.clock.advance_ms(23 * 3_600_000);
    }
    assert_eq!(sales.len(), 4_000);
    sales.sort_by_key(|sale| sale.redemption_id);
    for (n, sale) in sales.iter().enumerate().filter(|(n, _)| n % 20 == 0) {
        let refund = if n % 40 == 0 { sale.order_fen.get() } else { sale.order_fen.get() / 3 };
        refunded(&city, &owners, sale, refund).await;
    }
    city.clock.set(at("2021-06-26T11:00:00+08:00"));
    let mut expired = 0;
    loop {
        match city.backend.expire_due().await.unwrap() {
            0 => break,
            some => expired += some,
        }
    }
    assert!(expired >= 1_000, "{expired} expired");
    city.clock.set(at("2021-06-28T07:00:00+08:00"));
    assert_eq!(city.backend.look_for_risk().await.unwrap(), 1, "the fraud alone");
    let bureau = Bureau::of(&city).await;
    let case = city.backend.risk_cases(&bureau.city, &ListQuery::default()).await.unwrap().items.remove(0);
    assert_eq!((case.signal, case.merchant_id), (RiskSignal::OwnVoucher, MerchantId(7)));
    let paid_fen = first_batch(&city, &bureau, (case.case_id, &fraud)).await;
    // Five customers come back with what was settled: the next batch claws it back.
    let before = kind_sum(&balances(&city).await, "clawback");
    for sale in [9, 809, 1_609, 2_409, 3_209].map(|n: usize| &sales[n]) {
        refunded(&city, &owners, sale, 100).await;
    }
    let clawed_fen = before - kind_sum(&balances(&city).await, "clawback");
    assert!(clawed_fen > 0);
    city.clock.set(at("2021-07-05T07:00:00+08:00"));
    let next = bureau.settled(&city, "2021-07-04").await;
    assert_eq!((next.totals.clawback_fen.get(), next.totals.pay_fen.get()), (clawed_fen, 0));
    assert_eq!(next.totals.withheld_fen, fraud.subsidy_fen);
    agree(&city, &owners, (paid_fen, fraud.subsidy_fen.get(), clawed_fen)).await;
    city.assert_sound().await;
}

/// The week's batch, whose bank first slips; what was paid, in fen.
async fn first_batch(city: &Services<'_>, bureau: &Bureau, (case, fraud): (i64, &RedemptionShape)) -> i64 {
    let decision = RiskDecision { state: RiskState::Withheld, reason: "自用".into() };
    city.backend.decide_risk(&bureau.city, case, &decision, &key()).await.unwrap();
    let made = bureau.made(city, "2021-06-27").await;
    assert_eq!((made.totals.rows, made.totals.withheld_fen), (MERCHANTS, fraud.subsidy_fen));
    bureau.exported(city, made.id).await;
    let file = city.backend.settled_file(&bureau.finance, made.id).await.unwrap();
    let told = told_by_bank(&file);
    let first = file.batch.bank_file().lines.remove(0);
    let line = format!("{},{}\n", first.reference, first.amount.yuan());
    let slipped = told.replacen(&line, &format!("{},{}\n", "JS1-999", first.amount.yuan()), 1);
    let refused = bureau.bring(city, made.id, &slipped).await;
    let Err(Error::Bank(refused)) = refused else { panic!("{refused:?}") };
    assert_eq!((refused.code(), refused.mismatches().len()), ("unmatched", 2));
    let state = city.backend.settlement(&bureau.city, made.id).await.unwrap().item.state;
    assert_eq!(state, SettlementState::Exported);
    let paid = bureau.bring(city, made.id, &told).await.unwrap();
    let lines: i64 = file.batch.bank_file().lines.iter().map(|line| line.amount.get()).sum();
    let shown: i64 = rows(city, &bureau.auditor, made.id).await.iter().map(|row| row.pay_fen.get()).sum();
    assert_eq!((paid.totals.pay_fen.get(), shown), (lines, lines));
    lines
}

/// The ledger's accounts, from its blocks alone.
async fn balances(city: &Services<'_>) -> BTreeMap<Account, i64> {
    let mut balances = BTreeMap::new();
    for chain in 0..16 {
        let mut list = ListQuery { limit: Some("100".into()), cursor: None };
        loop {
            let page = city.backend.ledger_blocks(Some(&chain.to_string()), &list).await.unwrap();
            let lines = page.items.iter().flat_map(|block| block.entries.lines());
            for entry in lines.filter_map(|line| line.parse::<Entry>().ok()) {
                for line in entry.lines() {
                    *balances.entry(line.account).or_default() += line.amount_fen;
                }
            }
            list.cursor = page.next_cursor;
            if list.cursor.is_none() {
                break;
            }
        }
    }
    balances
}

/// All accounts of a name.
fn kind_sum(balances: &BTreeMap<Account, i64>, name: &str) -> i64 {
    let of = |account: &Account| account.to_string().split(':').next() == Some(name);
    balances.iter().filter(|(account, _)| of(account)).map(|(_, fen)| fen).sum()
}

async fn agree(city: &Services<'_>, owners: &[Caller], (paid, withheld, clawed): (i64, i64, i64)) {
    let ledger = balances(city).await;
    assert_eq!(ledger.values().sum::<i64>(), 0);
    assert_eq!((kind_sum(&ledger, "paid"), kind_sum(&ledger, "payable")), (paid, withheld));
    assert_eq!((kind_sum(&ledger, "clawback"), kind_sum(&ledger, "issued")), (-clawed, 0));
    let owed = paid + withheld - clawed;
    let officer = city.officer().await;
    let query = CubeQuery { by: Some("campaign".into()), ..CubeQuery::default() };
    let cube = city.backend.cube(&officer, &query).await.unwrap();
    assert_eq!((cube.total.government_fen.get(), cube.items.len()), (owed, 3));
    for item in &cube.items {
        let id: i64 = item.keys[0].code.parse().unwrap();
        let balance = |account: Account| ledger.get(&account).copied().unwrap_or(0);
        let held = balance(Account::Pot(CampaignId(id))) + balance(Account::Reserved(RoundId(id)));
        assert_eq!(held + item.sums.subsidy_fen.get(), 5_000_000, "the pot of campaign {id}");
    }
    let mut statements = 0;
    for owner in owners {
        let statement = city.backend.whole_statement(owner, &StatementQuery::default()).await.unwrap();
        assert!(statement.ledger.agrees, "{:?}", statement.ledger);
        statements += statement.ledger.statement_fen;
    }
    assert_eq!(statements, owed);
    let open = city.backend.open_books(&OpenQuery::default()).await.unwrap();
    assert_eq!((open.total.government_fen.get(), open.total.paid_fen.get()), (owed, paid));
    let days: i64 = open.days.iter().map(|day| day.paid_fen.get()).sum();
    let mut cells = 0;
    for row in open.districts.iter().filter(|row| !row.key.is_empty()) {
        let query = OpenQuery { district: Some(row.key.clone()) };
        let days = city.backend.open_books(&query).await.unwrap().days;
        let own: i64 = days.iter().map(|day| day.paid_fen.get()).sum();
        assert_eq!(own, row.paid_fen.get(), "the days of {} are not its sum", row.key);
        cells += own;
    }
    assert_eq!(cells, paid);
    let districts: i64 = open.districts.iter().map(|district| district.paid_fen.get()).sum();
    assert_eq!((days, districts), (paid, paid));
}
