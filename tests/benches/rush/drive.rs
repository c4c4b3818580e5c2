//! The crowd: requests over connections that are kept alive, each connection sending its next one when it has
//! the answer of the last.

use anyhow::{Context, Result, bail, ensure};
use std::cell::Cell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::{JoinSet, LocalSet};

/// What was answered to one request.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) status: u16,
    /// The number of the voucher or redemption in it; 0 for none.
    pub(crate) number: i64,
    /// How long it took, and when it came, both in microseconds.
    pub(crate) took_us: u32,
    pub(crate) at_us: u64,
}

/// A drive that is over.
#[derive(Debug)]
pub(crate) struct Driven {
    /// By request.
    pub(crate) outcomes: Vec<Outcome>,
    pub(crate) took: Duration,
    /// Whole answers, of the requests that were to keep theirs.
    pub(crate) kept: Vec<(usize, String)>,
}

/// How a drive goes.
#[derive(Clone, Debug)]
pub(crate) struct Pace {
    pub(crate) connections: usize,
    /// Requests a second, evenly spread; as fast as they are answered when `None`.
    pub(crate) per_s: Option<f64>,
    /// Whether answers are kept whole.
    pub(crate) keep: bool,
}

impl Pace {
    pub(crate) fn full(connections: usize) -> Pace {
        Pace { connections, per_s: None, keep: false }
    }
}

/// Sends `count` requests, of which `write` writes each.
pub(crate) fn drive(
    address: SocketAddr,
    pace: &Pace,
    count: usize,
    write: impl Fn(usize, &mut Vec<u8>) + 'static,
) -> Result<Driven> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    LocalSet::new().block_on(&runtime, run(address, pace.clone(), count, Rc::new(write)))
}

async fn run<W: Fn(usize, &mut Vec<u8>) + 'static>(
    address: SocketAddr,
    pace: Pace,
    count: usize,
    write: Rc<W>,
) -> Result<Driven> {
    let mut streams = Vec::new();
    for _ in 0..pace.connections {
        let stream = TcpStream::connect(address).await.context("no connection")?;
        stream.set_nodelay(true)?;
        streams.push(stream);
    }
    let (next, start) = (Rc::new(Cell::new(0)), Instant::now());
    let mut all = JoinSet::new();
    for stream in streams {
        let (next, write, pace) = (next.clone(), write.clone(), pace.clone());
        all.spawn_local(converse(stream, next, count, write, pace, start));
    }
    let mut driven =
        Driven { outcomes: vec![Outcome::default(); count], took: Duration::ZERO, kept: Vec::new() };
    while let Some(done) = all.join_next().await {
        let (outcomes, kept) = done??;
        for (place, outcome) in outcomes {
            driven.outcomes[place] = outcome;
        }
        driven.kept.extend(kept);
    }
    driven.took = start.elapsed();
    Ok(driven)
}

type Said = (Vec<(usize, Outcome)>, Vec<(usize, String)>);

/// One connection.
async fn converse<W: Fn(usize, &mut Vec<u8>)>(
    mut stream: TcpStream,
    next: Rc<Cell<usize>>,
    count: usize,
    write: Rc<W>,
    pace: Pace,
    start: Instant,
) -> Result<Said> {
    let (mut outcomes, mut kept) = (Vec::new(), Vec::new());
    let (mut request, mut answer) = (Vec::with_capacity(1024), Vec::with_capacity(4096));
    loop {
        let place = next.get();
        if place >= count {
            return Ok((outcomes, kept));
        }
        next.set(place + 1);
        let mut asked = Instant::now();
        if let Some(per_s) = pace.per_s {
            // Whoever comes late because all connections are busy has waited since their turn.
            let due = start + Duration::from_secs_f64(place as f64 / per_s);
            if due > asked {
                tokio::time::sleep_until(due.into()).await;
                asked = Instant::now();
            } else {
                asked = due;
            }
        }
        request.clear();
        write(place, &mut request);
        stream.write_all(&request).await?;
        let (status, body) = read_answer(&mut stream, &mut answer).await?;
        let now = Instant::now();
        let took_us = u32::try_from((now - asked).as_micros()).unwrap_or(u32::MAX);
        let at_us = u64::try_from((now - start).as_micros()).unwrap_or(u64::MAX);
        let number = number_in(&answer[body..]);
        outcomes.push((place, Outcome { status, number, took_us, at_us }));
        if pace.keep {
            kept.push((place, String::from_utf8_lossy(&answer[body..]).into_owned()));
        }
        if status >= 500 {
            bail!("answered {status}: {}", String::from_utf8_lossy(&answer));
        }
    }
}

/// Reads one answer; its status, and where its body begins.
async fn read_answer(stream: &mut TcpStream, answer: &mut Vec<u8>) -> Result<(u16, usize)> {
    answer.clear();
    loop {
        ensure!(stream.read_buf(answer).await? > 0, "the server hung up");
        let Some(body) = find(answer, b"\r\n\r\n").map(|at| at + 4) else { continue };
        let status = std::str::from_utf8(answer.get(9..12).unwrap_or_default())?.parse()?;
        let length = match find(&answer[..body], b"content-length: ") {
            Some(at) => digits(&answer[at + 16..]),
            None => bail!("an answer without its length: {}", String::from_utf8_lossy(answer)),
        };
        let whole = body + usize::try_from(length)?;
        while answer.len() < whole {
            ensure!(stream.read_buf(answer).await? > 0, "the server hung up");
        }
        return Ok((status, body));
    }
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}

fn digits(text: &[u8]) -> i64 {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit());
    digits.fold(0, |number, digit| number * 10 + i64::from(digit - b'0'))
}

/// The number with which an answer begins: `{"voucher_id":7,…`, `{"redemption_id":7,…`.
fn number_in(body: &[u8]) -> i64 {
    [&b"{\"voucher_id\":"[..], &b"{\"redemption_id\":"[..]]
        .iter()
        .find_map(|start| body.strip_prefix(*start))
        .map_or(0, digits)
}
