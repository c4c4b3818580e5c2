//! Crowds: thousands of watchers, and a thousand callers who hold the line without speaking. They have a process
//! of their own: what other tests keep in memory is not weighed with them.

#![expect(clippy::expect_used, reason = "a test that cannot go on stops")]

use futures::future::join_all;
use std::time::{Duration, Instant};
use tests::{Database, TestCity, run};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The database has no part in it.
#[test]
fn five_thousand_watch_and_each_is_told() {
    run(Database::Sqlite, None, |city| Box::pin(five_thousand_watch(city)));
}

#[test]
fn a_thousand_slow_callers_are_cut_off_and_nobody_notices() {
    run(Database::Sqlite, None, |city| Box::pin(a_thousand_call_slowly(city)));
}

const WATCHERS: usize = 5_000;
const SLOW_CALLERS: usize = 1_000;
/// How long to wait for anything.
const PATIENCE: Duration = Duration::from_secs(60);
/// What an open stream may cost, this test's own end of it included.
const MOST_KB_PER_STREAM: usize = 32;

/// Resident memory of this process, in KB.
fn resident_kb() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("a line of memory");
    line.split_whitespace().nth(1).and_then(|kb| kb.parse().ok()).expect("a number")
}

async fn call(city: &TestCity) -> TcpStream {
    let address = city.origin.strip_prefix("http://").expect("an address");
    TcpStream::connect(address).await.expect("a connection")
}

/// Opens a stream and reads its first picture.
async fn watch(city: &TestCity) -> TcpStream {
    let mut stream = call(city).await;
    stream.write_all(b"GET /api/v1/rounds/live HTTP/1.1\r\nhost: x\r\n\r\n").await.expect("a request");
    read_until(&mut stream, "\"id\":1,").await;
    stream
}

/// Reads until the text has come, whatever else comes.
async fn read_until(stream: &mut TcpStream, text: &str) {
    let mut seen = String::new();
    let mut piece = vec![0; 8192];
    while !seen.contains(text) {
        let read = tokio::time::timeout(PATIENCE, stream.read(&mut piece)).await.expect("an event in time");
        let read = read.expect("an open stream");
        assert_ne!(read, 0, "the stream ended after {seen}");
        seen.push_str(&String::from_utf8_lossy(&piece[..read]));
    }
}

/// How many watchers this process has files for, of both ends of each stream.
fn watchers() -> usize {
    let wanted = u64::try_from(2 * WATCHERS + 2_000).expect("a small number");
    let files =
        usize::try_from(rlimit::increase_nofile_limit(wanted).expect("a limit")).unwrap_or(usize::MAX);
    let watchers = WATCHERS.min(files.saturating_sub(2_000) / 2);
    if watchers < WATCHERS {
        eprintln!("{files} open files are allowed here: {watchers} watchers instead of {WATCHERS}");
    }
    watchers
}

/// These tests are about real time: how long a real connection is kept.
#[expect(clippy::disallowed_methods, reason = "no rule of the season is asked by it")]
fn stopwatch() -> Instant {
    Instant::now()
}

async fn five_thousand_watch(city: &TestCity) {
    let resident = city.resident(1).await;
    drop(watch(city).await);
    let (before_kb, count) = (resident_kb(), watchers());
    let mut streams = Vec::with_capacity(count);
    while streams.len() < count {
        let few = (count - streams.len()).min(250);
        streams.extend(join_all((0..few).map(|_| watch(city))).await);
    }
    let kb = (resident_kb().saturating_sub(before_kb)) / count.max(1);
    let begun = stopwatch();
    city.voucher_of(&resident).await;
    join_all(streams.iter_mut().map(|stream| read_until(stream, "\"remaining\":299"))).await;
    println!("{count} watchers, {kb} KB each, told within {:?}", begun.elapsed());
    assert!(kb <= MOST_KB_PER_STREAM, "{kb} KB for each stream");
    // The node has time for others meanwhile.
    city.anyone().get("/season").await.expect(200);
    drop(streams);
}

async fn a_thousand_call_slowly(city: &TestCity) {
    let slow = join_all((0..SLOW_CALLERS).map(|_| call(city))).await;
    let begun = stopwatch();
    let trickle = join_all(slow.into_iter().map(|mut stream| async move {
        // One byte a second, of a header that never ends.
        for byte in b"GET /api/v1/season HTTP/1.1\r\nx-slow: ".iter().chain(std::iter::repeat(&b'x')) {
            if stream.write_all(&[*byte]).await.is_err() {
                return begun.elapsed();
            }
            let mut answer = [0; 64];
            if let Ok(Ok(0) | Err(_)) =
                tokio::time::timeout(Duration::from_secs(1), stream.read(&mut answer)).await
            {
                return begun.elapsed();
            }
        }
        begun.elapsed()
    }));
    let others = async {
        let mut slowest = Duration::ZERO;
        while begun.elapsed() < Duration::from_secs(6) {
            let asked = stopwatch();
            city.anyone().get("/season").await.expect(200);
            slowest = slowest.max(asked.elapsed());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        slowest
    };
    let (lasted, slowest) = futures::future::join(trickle, others).await;
    let longest = lasted.iter().max().expect("some");
    println!("{SLOW_CALLERS} slow callers lasted at most {longest:?}; others waited at most {slowest:?}");
    assert!(*longest < Duration::from_secs(15), "{longest:?}");
    assert!(slowest < Duration::from_secs(2), "{slowest:?}");
}
