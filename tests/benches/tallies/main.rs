//! Whether the tallies scale: a great many redemptions, written straight into
//! the tables with their tallies, and how long the district page takes beside
//! a recount, on both databases.
//!
//! `YUEHUI_TEST_POSTGRES` names the PostgreSQL, as for the tests.

#![expect(clippy::expect_used, reason = "a benchmark that cannot go on stops")]
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

mod fill;

use clap::Parser;
use fill::Open;
use std::sync::OnceLock;
use std::time::{Duration, Instant};
use tests::{Database, Person, TestCity};

/// How often the page is asked for; the median counts.
const ASKED: usize = 31;
/// What the district page may take.
const GOAL: Duration = Duration::from_millis(20);
/// How many times faster than the recount it is to be.
const GOAL_TIMES: u128 = 100;

/// The district page beside a recount.
#[derive(Debug, Parser)]
#[command(name = "tallies")]
struct Options {
    /// Redemptions in the table
    #[arg(long, default_value_t = 10_000_000, value_parser = clap::value_parser!(i64).range(1_000..=100_000_000))]
    redemptions: i64,
    /// Only this database: sqlite or postgres
    #[arg(long)]
    only: Option<String>,
    /// Given by cargo
    #[arg(long, hide = true)]
    bench: bool,
}

static OPTIONS: OnceLock<Options> = OnceLock::new();

fn main() {
    let only = OPTIONS.get_or_init(Options::parse).only.as_deref();
    for (name, database) in [("sqlite", Database::Sqlite), ("postgres", Database::Postgres)] {
        if only.is_none_or(|only| only == name) {
            println!("{name}");
            tests::run(database, None, |city| Box::pin(measure(city)));
        }
    }
}

async fn measure(city: &TestCity) {
    let redemptions = OPTIONS.get().map_or(0, |options| options.redemptions);
    let start = Instant::now();
    let mut open = Open::at(city.database_url()).await;
    fill::fill(&mut open, redemptions).await;
    println!("  {redemptions} redemptions written in {:.1} s", start.elapsed().as_secs_f64());
    city.set_clock("2021-08-18T12:00:00+08:00");
    let organizer = city.organizer().await;
    let first = asked(&organizer, "/stats/districts").await;
    let mut times = Vec::with_capacity(ASKED);
    for _ in 0..ASKED {
        times.push(asked(&organizer, "/stats/districts").await);
    }
    times.sort_unstable();
    let page = times[ASKED / 2];
    let cube = asked(&organizer, "/stats/cube?by=day,kind").await;
    let start = Instant::now();
    let counted = open.recount().await;
    let recount = start.elapsed();
    let stats = organizer.get("/stats/districts").await.expect(200);
    assert_eq!(stats["total"]["redeemed"], counted, "the tallies are what the rows add up to");
    let faster = recount.as_nanos() / page.as_nanos().max(1);
    println!("  districts: first {first:.1?}, then {page:.2?} (median of {ASKED}); day × kind: {cube:.1?}");
    println!("  recount: {recount:.1?}, {faster} times as long");
    println!("  at most {GOAL:?}: {}; {GOAL_TIMES} times faster: {}", page <= GOAL, faster >= GOAL_TIMES);
}

/// How long an answer takes, from the question to its last byte.
async fn asked(organizer: &Person, path: &str) -> Duration {
    let start = Instant::now();
    organizer.get(path).await.expect(200);
    start.elapsed()
}
