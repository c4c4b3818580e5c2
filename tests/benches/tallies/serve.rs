//! The server on a full table, in this process, and what it is asked.

use crate::fill::{self, Open};
use crate::options::Options;
use crate::{again, size};
use clap::Parser;
use http::Method;
use http::header::COOKIE;
use std::sync::OnceLock;
use std::time::{Duration, Instant};
use tests::{Database, Person, TestCity};

/// What the district page may take.
const GOAL: Duration = Duration::from_millis(20);
/// How many times faster than the recount it is to be.
const GOAL_TIMES: u128 = 100;
/// What is asked for: the figures of the district page, the page itself, the same for one district's
/// officer, a month of it, and cuts that follow hours and kinds.
const PAGES: [(&str, &str); 6] = [
    ("districts", "/api/v1/stats/districts"),
    ("districts, a month", "/api/v1/stats/districts?from=2021-07-01&to=2021-07-31"),
    ("district × day", "/api/v1/stats/cube?by=district,day"),
    ("day × kind", "/api/v1/stats/cube?by=day,kind"),
    ("page /bureau/stats", "/bureau/stats"),
    ("page /bureau", "/bureau"),
];

static OPTIONS: OnceLock<Options> = OnceLock::new();

pub(crate) fn serve() {
    let options = OPTIONS.get_or_init(Options::parse);
    let postgres = options.only.as_deref() == Some("postgres");
    let database = if postgres { Database::Postgres } else { Database::Sqlite };
    tests::run(database, None, |city| Box::pin(measure(city)));
}

async fn measure(city: &TestCity) {
    let Some(options) = OPTIONS.get() else { return };
    let before = size(&options.folder);
    fill_apart(city, options);
    let grown = size(&options.folder).saturating_sub(before);
    println!("  on disk: {:.2} GB (PostgreSQL: with its log)", gb(grown));
    go_on(city, &city.organizer().await).await;
    city.set_clock("2021-08-18T12:00:00+08:00");
    let organizer = city.organizer().await;
    let first = asked(&organizer, PAGES[0].1).await;
    println!("  the first answer: {first:.1?}; in memory {}", memory());
    let mut page = Duration::MAX;
    for (at, (name, path)) in PAGES.into_iter().enumerate() {
        let mut times = Vec::new();
        for _ in 0..options.asked {
            times.push(asked(&organizer, path).await);
        }
        times.sort_unstable();
        let (median, slow) = (times[times.len() / 2], times[times.len() * 99 / 100]);
        println!("  {name:<20} p50 {median:>9.2?}  p99 {slow:>9.2?}");
        if at == 0 {
            page = median;
        }
    }
    println!("  in memory while served: {}", memory());
    recount(city, &organizer, page).await;
    let start = Instant::now();
    let report = city.backend().verify().await.expect("a verified ledger");
    assert_eq!(report.faults, Vec::<String>::new(), "all recounts");
    println!("  verify: {:.1} s, clean; in memory {}", start.elapsed().as_secs_f64(), memory());
}

fn fill_apart(city: &TestCity, options: &Options) {
    let start = Instant::now();
    let redemptions = options.redemptions.to_string();
    let filled = again().args(["--fill", city.database_url(), "--redemptions", &redemptions]).status();
    assert!(filled.expect("a filling process").success(), "the tables are filled");
    println!("  {redemptions} redemptions written in {:.1} s", start.elapsed().as_secs_f64());
}

/// Counts the rows one by one, and compares the figures and the times.
async fn recount(city: &TestCity, organizer: &Person, page: Duration) {
    let mut open = Open::at(city.database_url()).await;
    let start = Instant::now();
    let counted = open.ask(fill::RECOUNT).await;
    let sums = start.elapsed();
    let start = Instant::now();
    let distinct = open.ask(fill::RECOUNT_RESIDENTS).await;
    let residents = start.elapsed();
    let stats = organizer.get("/stats/districts").await.expect(200);
    assert_eq!(stats["total"]["redeemed"], counted, "the tallies are what the rows add up to");
    assert_eq!(stats["total"]["residents"], distinct, "the residents too");
    assert_eq!(stats["residents_as_of"], stats["as_of"], "of this moment");
    let faster = sums.as_nanos() / page.as_nanos().max(1);
    println!(
        "  recount: sums by district {sums:.1?}, {faster} times as long; distinct residents {residents:.1?}"
    );
    println!("  at most {GOAL:?}: {}; {GOAL_TIMES} times faster: {}", page <= GOAL, faster >= GOAL_TIMES);
}

/// A redemption on top is counted at once.
async fn go_on(city: &TestCity, organizer: &Person) {
    let path = "/stats/districts?from=2021-06-18&to=2021-06-18";
    let before = organizer.get(path).await.expect(200);
    let (resident, clerk) = (city.resident(1).await, city.clerk().await);
    city.redemption(&resident, &clerk, 8800).await;
    let start = Instant::now();
    let after = organizer.get(path).await.expect(200);
    let took = start.elapsed();
    let one_more = |name: &str| {
        assert_eq!(after["total"][name].as_i64(), before["total"][name].as_i64().map(|n| n + 1), "{name}");
    };
    one_more("redeemed");
    one_more("residents");
    println!("  after one more redemption, with its resident: {took:.2?}");
}

/// How long an answer takes, from the question to its last byte.
async fn asked(organizer: &Person, path: &str) -> Duration {
    let start = Instant::now();
    let request = organizer.request(Method::GET, path);
    let request = request.header(COOKIE, format!("yuehui_session={}", organizer.token()));
    let answer = request.send().await.expect("an answer");
    assert!(answer.status().is_success(), "{path}: {}", answer.status());
    answer.bytes().await.expect("a body");
    start.elapsed()
}

/// What this process has in memory, now and at most.
fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mb = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        line.trim().trim_end_matches(" kB").trim().parse::<u64>().unwrap_or(0) / 1024
    };
    format!("{} MB, at most {} MB", mb("VmRSS:"), mb("VmHWM:"))
}

#[expect(clippy::cast_precision_loss, reason = "figures of three digits")]
fn gb(bytes: u64) -> f64 {
    bytes as f64 / 1e9
}
