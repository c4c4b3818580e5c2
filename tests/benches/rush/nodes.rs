//! How soon the other nodes of a database know what one of them changed, while people press.

use crate::check::{Told, check};
use crate::city::{City, Store};
use crate::designs::Templates;
use crate::drive::{Pace, drive};
use crate::plan::{MANAGER, OUTLET, session};
use crate::program::Program;
use crate::report;
use crate::run::Rush;
use anyhow::{Context, Result, ensure};
use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

const NODES: usize = 3;
/// The catalogue is changed so many times at most, each a little after the one before is known.
const CHANGES: usize = 60;
const PAUSE: Duration = Duration::from_millis(20);
/// What is promised of a change.
const WITHIN_MS: f64 = 1000.0;
/// A node that has not heard of a change by then never will.
const PATIENCE: Duration = Duration::from_secs(10);

/// Runs three servers on one PostgreSQL: residents press at the first, which changes the catalogue; the others
/// are asked until they know.
pub(crate) fn measure(city: &mut City, templates: &Templates, connections: usize) -> Result<()> {
    let place = city.copy(templates.of(Store::Postgres, false)?)?;
    let mut nodes = Vec::new();
    for _ in 0..NODES {
        nodes.push(Program::start(&place.serve())?);
    }
    let addresses: Vec<SocketAddr> = nodes.iter().map(|node| node.address).collect();
    let (first, others) = addresses.split_first().context("no node")?;
    let rush = Rush::of(&place.plan, Pace::full(connections));
    rush.open_pages(&nodes[0])?;
    let (mut took_ms, claims) = thread::scope(|scope| {
        let crowd = scope.spawn(|| rush.claim(&nodes[0]));
        let mut took_ms = Vec::new();
        while took_ms.len() < CHANGES && !crowd.is_finished() {
            took_ms.push(one_change(*first, others, took_ms.len() % 2 == 0)?);
            thread::sleep(PAUSE);
        }
        let claims = crowd.join().map_err(|_| anyhow::anyhow!("the crowd panicked"))??;
        anyhow::Ok((took_ms, claims))
    })?;
    took_ms.sort_by(f64::total_cmp);
    let last = *took_ms.last().context("the crowd was gone before the first change")?;
    let what = format!("{} changes known to {} other nodes, ms", took_ms.len(), others.len());
    println!("\nwhile {connections} connections press at one of {NODES} nodes on PostgreSQL");
    println!("  {what:<52}{:>7.1}  in the middle", took_ms[took_ms.len() / 2]);
    report::tell_at_most("the last of them, ms", last, WITHIN_MS, "");
    for node in nodes {
        node.stop()?;
    }
    let told = Told { vouchers: rush.vouchers(&claims)?, ..Told::default() };
    let issued = place.plan.stock().min(place.plan.residents);
    city.runtime.block_on(check(&place, place.plan.rush, (issued, 1), &told))?;
    city.remove(&place)
}

/// From the answer to a change until every other node knows it, in milliseconds.
fn one_change(first: SocketAddr, others: &[SocketAddr], wanted: bool) -> Result<f64> {
    let body = format!(r#"{{"enrolled_only":{wanted}}}"#);
    let answer = ask(first, &format!("PUT /api/v1/shop/outlets/{OUTLET}"), &body)?;
    let changed = Instant::now();
    ensure!(answer.contains(&body[1..body.len() - 1]), "the change was answered {answer}");
    let mut waiting: Vec<SocketAddr> = others.to_vec();
    while !waiting.is_empty() {
        ensure!(changed.elapsed() < PATIENCE, "a node does not know of a change");
        let mut still = Vec::new();
        for node in waiting {
            if knows(node)? != wanted {
                still.push(node);
            }
        }
        waiting = still;
    }
    Ok(changed.elapsed().as_secs_f64() * 1000.0)
}

/// What a node knows of the outlet's rule.
fn knows(node: SocketAddr) -> Result<bool> {
    let answer = ask(node, "GET /api/v1/shop/outlets?limit=100", "")?;
    let page: serde_json::Value = serde_json::from_str(&answer)?;
    let outlets = page["items"].as_array().with_context(|| format!("no outlets: {answer}"))?;
    let outlet = outlets.iter().find(|outlet| outlet["outlet_id"] == OUTLET);
    let rule = outlet.and_then(|outlet| outlet["enrolled_only"].as_bool());
    rule.with_context(|| format!("outlet {OUTLET} is not among them"))
}

/// One request of the first merchant's manager.
fn ask(address: SocketAddr, line: &str, body: &str) -> Result<String> {
    let request = format!(
        "{line} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        session(MANAGER),
        body.len()
    );
    let pace = Pace { keep: true, ..Pace::full(1) };
    let answered = drive(address, &pace, 1, move |_, into| into.extend_from_slice(request.as_bytes()))?;
    let (_, answer) = answered.kept.into_iter().next().context("no answer")?;
    Ok(answer)
}
