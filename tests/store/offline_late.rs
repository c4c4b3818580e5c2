//! What tills redeemed without a network and send late: after the voucher's
//! expiry was booked, and by another clerk than the one who redeemed it.

use crate::offline::{Till, arrive, request, shown, till};
use crate::services::{Services, key};
use backend::{Caller, PersonChange, ReverseRequest};
use domain::shapes::{OfflineRedemption, RiskCase, VoucherShape};
use domain::{
    Account, AuditMark, Block, CampaignId, Entry, EntryKind, Hash, ListQuery, RiskSignal, Role,
    StatementQuery, Timestamp, VoucherState,
};
use tests::{TestCity, on_both_databases, people};

on_both_databases!(
    what_was_redeemed_before_the_expiry_is_booked_after_it,
    after_its_expiry_a_voucher_is_taken_by_nobody,
    late_arrivals_at_once_are_booked_once_each,
    what_the_pot_has_spent_opens_a_case,
    whoever_was_signed_in_at_the_till_is_the_clerk,
    somebody_who_left_redeems_no_more,
    a_clerks_till_stays_below_the_seasons_ceiling,
);

const HOUR_MS: i64 = 3_600_000;

/// A voucher that expires in an hour.
async fn short_lived(city: &Services<'_>, n: u32) -> (Caller, VoucherShape, Timestamp) {
    let resident = city.resident(n).await;
    let voucher = city.issued_voucher(&resident).await;
    let expires_at: Timestamp = voucher.expires_at.parse().unwrap();
    (resident, voucher, expires_at)
}

/// Books every expiry that is due.
async fn expire(city: &Services<'_>) {
    while city.backend.expire_due().await.unwrap() > 0 {}
}

async fn state(city: &Services<'_>, resident: &Caller, voucher: &VoucherShape) -> VoucherState {
    city.backend.voucher(resident, voucher.voucher_id).await.unwrap().voucher.state
}

/// A voucher of the n-th resident that is taken half an hour before it expires, and arrives an hour after.
async fn taken_in_time(city: &Services<'_>, n: u32) -> (Till, backend::OfflineRequest, Caller, VoucherShape) {
    let (resident, voucher, expires_at) = short_lived(city, n).await;
    city.clock.set(expires_at.plus_ms(-HOUR_MS));
    let till = till(city, people::OWNER, 9).await;
    let made_at = expires_at.plus_ms(-HOUR_MS / 2);
    let token = shown(city, &resident, &voucher, made_at).await;
    let request = request(&till, &token, 8800, made_at);
    city.clock.set(expires_at.plus_ms(HOUR_MS));
    expire(city).await;
    assert_eq!(state(city, &resident, &voucher).await, VoucherState::Expired);
    (till, request, resident, voucher)
}

fn told(row: &OfflineRedemption) -> (&str, Option<&str>) {
    (row.state.as_str(), row.code.as_deref())
}

async fn what_was_redeemed_before_the_expiry_is_booked_after_it(city: &TestCity) {
    let city = Services::of(city);
    let (till, request, resident, voucher) = taken_in_time(&city, 1).await;
    city.assert_sound().await;
    let booked = arrive(&city.backend, &till, &request).await;
    assert_eq!(told(&booked), ("booked", None));
    let redemption = booked.redemption.unwrap();
    assert_eq!(state(&city, &resident, &voucher).await, VoucherState::Redeemed);
    // The expiry is taken back in the block that redeems.
    let together = "select cast(count(*) as text) from ledger_block where entries like 'revive%redeem%'";
    assert_eq!(city.read(together).await, "1");
    city.assert_sound().await;
    let day = &redemption.redeemed_at[..10];
    let query = StatementQuery { from: Some(day.to_owned()), to: Some(day.to_owned()), ..Default::default() };
    let statement = city.backend.whole_statement(&city.owner().await, &query).await.unwrap();
    assert_eq!((statement.total.redemptions, statement.ledger.agrees), (1, true));
    // It is used up for good: neither a second arrival nor a refund gives it back.
    let again = arrive(&city.backend, &till, &request).await;
    assert_eq!(told(&again), ("conflict", Some("already_redeemed")));
    let whole = ReverseRequest { refund_fen: 8800, reason: "退单".to_owned() };
    let owner = city.owner().await;
    let back = city.backend.reverse(&owner, redemption.redemption_id, &whole, &key()).await.unwrap().answer;
    assert_eq!(back.voucher_state, VoucherState::Redeemed);
    expire(&city).await;
    city.assert_sound().await;
}

async fn after_its_expiry_a_voucher_is_taken_by_nobody(city: &TestCity) {
    let city = Services::of(city);
    let (resident, voucher, expires_at) = short_lived(&city, 1).await;
    city.clock.set(expires_at.plus_ms(-HOUR_MS));
    let till = till(&city, people::OWNER, 9).await;
    let token = shown(&city, &resident, &voucher, expires_at).await;
    city.clock.set(expires_at.plus_ms(HOUR_MS));
    expire(&city).await;
    let late = arrive(&city.backend, &till, &request(&till, &token, 8800, expires_at)).await;
    assert_eq!(told(&late), ("refused", Some("expired")));
    assert_eq!(state(&city, &resident, &voucher).await, VoucherState::Expired);
    city.assert_sound().await;
}

async fn late_arrivals_at_once_are_booked_once_each(city: &TestCity) {
    let city = Services::of(city);
    let mut held = Vec::new();
    for n in 1..=6 {
        held.push(short_lived(&city, n).await);
    }
    let expires_at = held[0].2;
    city.clock.set(expires_at.plus_ms(-HOUR_MS));
    let till = till(&city, people::OWNER, 9).await;
    let made_at = expires_at.plus_ms(-HOUR_MS / 2);
    let mut waiting = Vec::new();
    for (resident, voucher, _) in &held {
        let token = shown(&city, resident, voucher, made_at).await;
        waiting.push((request(&till, &token, 8800, made_at), key()));
    }
    city.clock.set(expires_at.plus_ms(HOUR_MS));
    expire(&city).await;
    let (node, mut sending) = (city.node_of_the_same_clock().await, tokio::task::JoinSet::new());
    for (n, (request, key)) in waiting.into_iter().enumerate() {
        let backend = if n % 2 == 0 { city.backend.clone() } else { node.clone() };
        let clerk = till.clerk.clone();
        sending.spawn(async move {
            // As the till does: what is left open is sent again under its key.
            loop {
                match backend.redeem_offline(&clerk, &request, &key).await {
                    Ok(done) => return done.answer.state,
                    Err(backend::Error::Store(_)) => tokio::task::yield_now().await,
                    Err(error) => panic!("{error:?}"),
                }
            }
        });
    }
    assert_eq!(sending.join_all().await, ["booked"; 6]);
    assert_eq!(city.read("select cast(count(*) as text) from redemption").await, "6");
    city.assert_sound().await;
}

/// Gives all that a campaign's pot has back to its funder.
async fn drain(city: &Services<'_>, campaign: CampaignId) {
    let entries = city.read("select entries from ledger_block").await;
    let moved = entries.lines().filter(|line| !line.is_empty() && !AuditMark::is_in(line));
    let entries = moved.map(|line| line.parse::<Entry>().unwrap()).collect::<Vec<_>>();
    let pot = Account::Pot(campaign);
    let left: i64 = entries
        .iter()
        .flat_map(Entry::lines)
        .filter(|line| line.account == pot)
        .map(|line| line.amount_fen)
        .sum();
    let lines = [(pot, -left), (Account::Funder(campaign), left)];
    let entries = format!("{}\n", Entry::new(EntryKind::Fund, None, &lines).unwrap());
    let chain = "select cast(max(chain) as text) from ledger_head where sequence = 0";
    let chain: i64 = city.read(chain).await.parse().unwrap();
    let at = city.backend.now();
    let block = Block { chain, sequence: 1, at, previous: Hash::GENESIS, entries };
    let (hash, previous, at_ms) = (block.hash(), block.previous, at.ms());
    city.run(&format!(
        "insert into ledger_block (chain, sequence, at_ms, previous, entries, hash)
         values ({chain}, 1, {at_ms}, '{previous}', '{}', '{hash}');
         update ledger_head set sequence = 1, hash = '{hash}', at_ms = {at_ms} where chain = {chain}",
        block.entries
    ))
    .await;
}

async fn what_the_pot_has_spent_opens_a_case(city: &TestCity) {
    let city = Services::of(city);
    let (till, request, resident, voucher) = taken_in_time(&city, 1).await;
    drain(&city, voucher.campaign_id).await;
    city.assert_sound().await;
    let key = key();
    let noted = city.backend.redeem_offline(&till.clerk, &request, &key).await.unwrap().answer;
    assert_eq!((told(&noted), noted.redemption.is_some()), (("refused", Some("pot_spent")), false));
    assert!(noted.detail.as_deref().unwrap().contains("20") && noted.detail_en.is_some());
    let list = ListQuery::default();
    let case = city.backend.own_risk_cases(&city.owner().await, &list).await.unwrap().items.remove(0);
    assert_eq!((Some(case.case_id), case.signal), (noted.case_id, RiskSignal::OfflineUnfunded));
    assert_eq!((case.evidence.len(), case.evidence_en.len()), (3, 3));
    assert!(case.answerable);
    let seen = RiskCase { answerable: false, ..case };
    assert_eq!(city.backend.risk_cases(&city.officer().await, &list).await.unwrap().items, [seen]);
    assert_eq!(state(&city, &resident, &voucher).await, VoucherState::Expired);
    let again = city.backend.redeem_offline(&till.clerk, &request, &key).await.unwrap();
    assert_eq!((again.replayed, again.answer.case_id), (true, noted.case_id));
    city.assert_sound().await;
}

/// The clerk at the till, with a permit of their own.
async fn signed_in(city: &Services<'_>, till: &Till) -> Till {
    let clerk = Caller { till: till.clerk.till, ..city.clerk().await };
    let permit = city.backend.offline_permit(&clerk).await.unwrap();
    assert_eq!(permit.clerk_name, clerk.name);
    Till { clerk, permit: permit.permit }
}

async fn whoever_was_signed_in_at_the_till_is_the_clerk(city: &TestCity) {
    let city = Services::of(city);
    let owners = till(&city, people::OWNER, 9).await;
    let clerks = signed_in(&city, &owners).await;
    let (resident, voucher, _) = short_lived(&city, 1).await;
    let made_at = city.backend.now();
    let token = shown(&city, &resident, &voucher, made_at).await;
    city.clock.advance_ms(HOUR_MS);
    // The owner signs in and sends what the clerk redeemed.
    let booked = arrive(&city.backend, &owners, &request(&clerks, &token, 8800, made_at)).await;
    assert_eq!((told(&booked), &booked.clerk_name), (("booked", None), &clerks.clerk.name));
    let sale = city.backend.redemptions(&owners.clerk, &ListQuery::default()).await.unwrap().items.remove(0);
    assert_eq!(
        (sale.clerk_name, sale.till_id),
        (clerks.clerk.name.clone(), clerks.clerk.till.map(|at| at.id))
    );
    let stored = "select cast(clerk_id as text) || ' ' || cast(sent_by as text) from offline_redemption";
    let expected = format!("{} {}", clerks.clerk.account_id, owners.clerk.account_id);
    assert_eq!(city.read(stored).await, expected);
    city.assert_sound().await;
}

async fn somebody_who_left_redeems_no_more(city: &TestCity) {
    let city = Services::of(city);
    let owners = till(&city, people::OWNER, 9).await;
    let clerks = signed_in(&city, &owners).await;
    let (owner, clerk) = (city.owner().await, clerks.clerk.account_id);
    let outlets: Vec<_> =
        city.backend.own_merchant(&owner).unwrap().outlets.iter().map(|outlet| outlet.id).collect();
    let mut waiting = Vec::new();
    for n in 1..=4 {
        let (resident, voucher, _) = short_lived(&city, n).await;
        city.clock.advance_ms(40_000);
        let made_at = city.backend.now();
        waiting.push((shown(&city, &resident, &voucher, made_at).await, made_at));
        city.clock.advance_ms(40_000);
        let post = |outlets| PersonChange { role: Role::Clerk, outlets };
        match n {
            // At this outlet alone, then at the others, then at none.
            1 => drop(city.backend.change_person(&owner, clerk, &post(outlets[..1].to_vec())).await.unwrap()),
            2 => drop(city.backend.change_person(&owner, clerk, &post(outlets[1..].to_vec())).await.unwrap()),
            _ => drop(city.backend.remove_person(&owner, clerk).await),
        }
    }
    let mut states = Vec::new();
    for (token, made_at) in waiting {
        let row = arrive(&city.backend, &owners, &request(&clerks, &token, 8800, made_at)).await;
        states.push((row.state, row.code));
    }
    let refused = ("refused".to_owned(), Some("wrong_outlet".to_owned()));
    let booked = ("booked".to_owned(), None);
    assert_eq!(states, [booked.clone(), booked, refused.clone(), refused]);
    city.assert_sound().await;
}

async fn a_clerks_till_stays_below_the_seasons_ceiling(city: &TestCity) {
    let city = Services::of(city);
    let owners = till(&city, people::OWNER, 9).await;
    let clerks = signed_in(&city, &owners).await;
    let permits = [&owners, &clerks].map(|till| till.clerk.clone());
    let mut most = Vec::new();
    for clerk in &permits {
        let permit = city.backend.offline_permit(clerk).await.unwrap();
        most.push(permit.most_order_fen.map(domain::Fen::get));
    }
    assert_eq!(most, [None, Some(2_000_000)]);
    let mut states = Vec::new();
    for (n, till) in [(1, &owners), (2, &clerks)] {
        let (resident, voucher, _) = short_lived(&city, n).await;
        let made_at = city.backend.now();
        let token = shown(&city, &resident, &voucher, made_at).await;
        // Whoever sends it, it is judged by who redeemed it.
        let row = arrive(&city.backend, &owners, &request(till, &token, 2_000_001, made_at)).await;
        states.push((row.state, row.code));
    }
    let refused = ("refused".to_owned(), Some("manager_required".to_owned()));
    assert_eq!(states, [("booked".to_owned(), None), refused]);
    city.assert_sound().await;
}
