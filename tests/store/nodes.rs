//! Many nodes on one database: what one changes the others know, and what is
//! due is done once, whichever node does it.

use crate::services::{FIRST_ROUND, PATIENCE, Services, at, key, until};
use backend::Backend;
use backend::seeds::SeedSet;
use domain::RoundId;
use sqlx::postgres::PgListener;
use std::time::Duration;
use tests::{TestCity, on_both_databases};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

on_both_databases!(
    a_change_is_known_to_every_node in to_the_next,
    a_node_that_hears_nothing_looks in to_the_next,
    a_change_from_elsewhere_is_known_too,
    three_nodes_do_once_what_is_due in to_the_next,
    nodes_that_meet_on_a_chain_part,
);

/// The round to which the first one's rest goes.
const NEXT: RoundId = RoundId(2);

fn to_the_next(season: &mut SeedSet) {
    season.rounds[0].return_to_next = true;
}

async fn quantity(node: &Backend, round: RoundId) -> i64 {
    node.round(round).await.unwrap().quantity
}

/// The first round has been closed for a while, and its rest is to go on.
async fn close_the_first(city: &Services<'_>) {
    let closes_at = city.backend.round(FIRST_ROUND).await.unwrap().closes_at;
    city.clock.set(at(&closes_at).plus_ms(5_000));
}

async fn a_change_is_known_to_every_node(city: &TestCity) {
    let services = Services::of(city);
    let (one, other) = (services.another_node().await, services.another_node().await);
    let before = quantity(&one, NEXT).await;
    let mut ear = None;
    if city.database_url().starts_with("postgres") {
        let mut listener = PgListener::connect(city.database_url()).await.unwrap();
        listener.listen("yuehui_catalogue").await.unwrap();
        ear = Some(listener);
    }
    close_the_first(&services).await;
    services.backend.return_due().await.unwrap();
    let grown = quantity(&services.backend, NEXT).await;
    assert_eq!(grown, before + 300, "the node that did it knows at once");
    if let Some(mut ear) = ear {
        let told = timeout(PATIENCE, ear.recv()).await;
        assert!(told.is_ok_and(|told| told.is_ok()), "it is announced");
    }
    for node in [&one, &other] {
        until("the next round has grown", async || quantity(node, NEXT).await == grown).await;
        until("the first has shrunk", async || quantity(node, FIRST_ROUND).await == 0).await;
        let live = node.live_rounds();
        until("watchers are told", async || {
            live.borrow().iter().any(|round| round.id == NEXT && round.remaining == grown)
        })
        .await;
    }
}

async fn a_node_that_hears_nothing_looks(city: &TestCity) {
    let services = Services::of(city);
    let other = services.another_node().await;
    let before = quantity(&other, NEXT).await;
    let postgres = city.database_url().starts_with("postgres");
    if postgres {
        services
            .read(
                "select cast(pg_terminate_backend(pid) as text) from pg_stat_activity
                  where datname = current_database() and query ilike 'listen%'",
            )
            .await;
    }
    close_the_first(&services).await;
    services.backend.return_due().await.unwrap();
    until("the next round has grown", async || quantity(&other, NEXT).await == before + 300).await;
    if postgres {
        // Both nodes listen again.
        let listening = "select cast(count(*) as text) from pg_stat_activity
                          where datname = current_database() and query ilike 'listen%'";
        let again = async {
            while services.read(listening).await != "2" {
                sleep(Duration::from_millis(50)).await;
            }
        };
        timeout(10 * PATIENCE, again).await.expect("they listen again");
    }
}

/// As another program's change is.
async fn a_change_from_elsewhere_is_known_too(city: &TestCity) {
    let services = Services::of(city);
    let other = services.another_node().await;
    services
        .run(
            "update document set body = replace(body, '约惠', '约会') where kind = 'season';
             update counter set value = value + 1 where name = 'catalogue'",
        )
        .await;
    for node in [&services.backend, &other] {
        until("the season has another name", async || node.season().name.contains("约会")).await;
    }
}

/// The draw of the car vouchers: entries until 26 June, held on 28 June.
const DRAW: RoundId = RoundId(18);
const ENTERING: &str = "2021-06-19T09:00:00+08:00";
const DUE: &str = "2021-06-28T15:30:00+08:00";
const SECOND_WINDOW: &str = "2021-06-30T15:31:00+08:00";
/// Vouchers of the first round that run out unused.
const UNUSED: u32 = 40;

/// Every node does everything that is due, twice at once.
async fn work_at_once(nodes: &[Backend]) {
    let mut working = JoinSet::new();
    for node in nodes.iter().chain(nodes) {
        let node = node.clone();
        working.spawn(async move {
            while node.expire_due().await.unwrap() > 0 {}
            node.return_due().await.unwrap();
            node.advance_draws().await.unwrap();
        });
    }
    working.join_all().await;
}

/// How many entries of a kind the ledger has.
async fn entered(city: &Services<'_>, kind: &str) -> usize {
    let text = city.read("select entries from ledger_block").await;
    text.lines().filter(|line| line.split(' ').next() == Some(kind)).count()
}

async fn three_nodes_do_once_what_is_due(city: &TestCity) {
    let city = Services::of(city);
    let mut residents = Vec::new();
    for n in 1..=UNUSED {
        let resident = city.resident(n).await;
        city.issued_voucher(&resident).await;
        residents.push(resident);
    }
    city.clock.set(at(ENTERING));
    for resident in &residents[..9] {
        city.backend.enter_draw(resident, DRAW, &key()).await.unwrap();
    }
    // Vouchers have run out, rounds have closed, entries too.
    city.clock.set(at(DUE));
    let mut nodes = vec![city.backend.clone()];
    nodes.extend([city.another_node().await, city.another_node().await]);
    work_at_once(&nodes).await;
    assert_eq!(entered(&city, "expire").await, usize::try_from(UNUSED).unwrap());
    let returns = "select cast(count(*) as text) from round_return where quantity > 0";
    let returned: usize = city.read(returns).await.parse().unwrap();
    assert!(returned >= 3, "{returned}");
    assert_eq!(entered(&city, "return").await, returned);
    let proof = nodes[1].draw_proof(DRAW).await.unwrap();
    assert_eq!((proof.entered, proof.entries), (9, Some(9)));
    city.assert_sound().await;

    // All three hold the draw, and then call the next in line.
    let officer = city.officer().await;
    let mut holding = JoinSet::new();
    for node in &nodes {
        let (node, officer) = (node.clone(), officer.clone());
        holding.spawn(async move { node.hold_draw(&officer, DRAW, ("3606.37", "3606.37"), &key()).await });
    }
    let held = holding.join_all().await.into_iter().filter(Result::is_ok).count();
    assert_eq!(held, 1);
    work_at_once(&nodes).await;
    let proof = nodes[2].draw_proof(DRAW).await.unwrap();
    assert_eq!(proof.winners.zip(proof.waiting).map(|(won, wait)| won + wait), Some(9));
    city.clock.set(at(SECOND_WINDOW));
    let mut later = vec![city.backend.clone()];
    later.extend([city.another_node().await, city.another_node().await]);
    work_at_once(&later).await;
    let places =
        city.read("select cast(count(*) || ' ' || count(distinct account_id) as text) from draw_place").await;
    assert_eq!(places, "9 9");
    assert_eq!(city.read("select cast(called_window as text) from draw where round_id = 18").await, "2");
    city.assert_sound().await;
}

/// The nodes of these tests draw the same chain of the ledger.
async fn nodes_that_meet_on_a_chain_part(city: &TestCity) {
    let services = Services::of(city);
    let nodes = [services.another_node().await, services.another_node().await];
    for n in 1..=6 {
        let resident = services.resident(n).await;
        nodes[usize::try_from(n % 2).unwrap()].claim(&resident, FIRST_ROUND, &key()).await.unwrap();
    }
    let chains = "select cast(count(distinct chain) as text) from ledger_block where entries like 'issue%'";
    // SQLite has one chain, and one writer at a time.
    let expected = if city.database_url().starts_with("postgres") { "2" } else { "1" };
    assert_eq!(services.read(chains).await, expected);
    services.assert_sound().await;
}
