//! Nodes that die in the middle of the rush: whatever they had acknowledged
//! stands, once.
//!
//! People press without end, each for one voucher and one redemption, always
//! under the same two keys. Whatever a person was once told has to be told to
//! them again by every later node.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod program;

use program::{Folder, run, serve, text};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Child;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, RwLock};
use std::thread;
use std::time::Duration;

const KILLS: u64 = 50;
/// The first round holds 300: some of them go away with nothing.
const PEOPLE: u64 = 360;
const PRESSING: u64 = 12;
/// A quiet hour with the first round open.
const MOMENT: &str = "2021-06-18T10:30:00+08:00";

#[test]
fn a_node_on_sqlite_is_killed_fifty_times() {
    let folder = Folder::new("crash-sqlite");
    rush(&folder, &["--clock", MOMENT, "--data", "data"], 1);
    let verified = run(&folder.0, &["verify", "--data", "data"]);
    assert!(verified.status.success(), "{}{}", text(&verified.stdout), text(&verified.stderr));
}

#[test]
fn one_of_three_nodes_on_postgres_is_killed_fifty_times() {
    let server = std::env::var("YUEHUI_TEST_POSTGRES").unwrap();
    let name = format!("yuehui_crash_{}", std::process::id());
    let url = format!("{}/{name}", server.rsplit_once('/').unwrap().0);
    administer(&server, &format!("create database {name}"));
    let folder = Folder::new("crash-postgres");
    rush(&folder, &["--clock", MOMENT, "--data", "data", "--database", &url], 3);
    let verified = run(&folder.0, &["verify", "--data", "data", "--database", &url]);
    assert!(verified.status.success(), "{}{}", text(&verified.stdout), text(&verified.stderr));
    administer(&server, &format!("drop database {name} with (force)"));
}

fn administer(server: &str, statement: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut connection = PgConnection::connect(server).await.unwrap();
        connection.execute(AssertSqlSafe(statement)).await.unwrap();
    });
}

/// A node under way.
struct Node {
    child: Child,
    address: String,
}

fn start(folder: &Folder, arguments: &[&str]) -> Node {
    let (child, address, _) = serve(&folder.0, arguments);
    Node { child, address }
}

/// What one person was told, by what they did.
type Told = Mutex<HashMap<(&'static str, u64), Value>>;

fn rush(folder: &Folder, arguments: &[&str], nodes: usize) {
    let mut random = 20_210_618;
    // The first one fills the database.
    let mut running = vec![start(folder, arguments)];
    running.extend((1..nodes).map(|_| start(folder, arguments)));
    let address = running[0].address.clone();
    let sessions: Vec<String> =
        (1..=PEOPLE).map(|person| sign_in(&address, &format!("139{person:08}"))).collect();
    let clerk = sign_in(&address, "13800000002");
    let addresses = RwLock::new(running.iter().map(|node| node.address.clone()).collect::<Vec<_>>());
    let (told, over) = (Told::default(), AtomicBool::new(false));
    thread::scope(|scope| {
        for thread in 0..PRESSING {
            let (addresses, told, over, sessions, clerk) = (&addresses, &told, &over, &sessions, &clerk);
            scope.spawn(move || {
                let mut random = thread + 1;
                while !over.load(Ordering::SeqCst) {
                    let address = {
                        let addresses = addresses.read().unwrap();
                        addresses[usize::try_from(next(&mut random)).unwrap() % addresses.len()].clone()
                    };
                    let person = next(&mut random) % PEOPLE;
                    let session = &sessions[usize::try_from(person).unwrap()];
                    press(&address, person, session, clerk, told);
                }
            });
        }
        for _ in 0..KILLS {
            thread::sleep(Duration::from_millis(20 + next(&mut random) % 200));
            let place = usize::try_from(next(&mut random)).unwrap() % running.len();
            running[place].child.kill().unwrap();
            running[place].child.wait().unwrap();
            running[place] = start(folder, arguments);
            addresses.write().unwrap()[place].clone_from(&running[place].address);
        }
        over.store(true, Ordering::SeqCst);
    });
    // Once more for all: what was told is told again, and the round adds up.
    let address = running[0].address.clone();
    for person in 0..PEOPLE {
        press(&address, person, &sessions[usize::try_from(person).unwrap()], &clerk, &told);
    }
    let told = told.into_inner().unwrap();
    let count = |what: &str| told.keys().filter(|(done, _)| *done == what).count();
    let (claimed, redeemed) = (count("claim"), count("redeem"));
    let round = ask(&address, "GET", "/rounds/1", None, "", &Value::Null).unwrap().1;
    assert_eq!(round["remaining"], json!(300 - i64::try_from(claimed).unwrap()), "of {claimed}");
    assert_eq!((claimed, round["remaining"].clone()), (300, json!(0)), "more people than vouchers");
    assert!(redeemed > 100, "the tills went on too: {redeemed}");
    for mut node in running {
        node.child.kill().unwrap();
        node.child.wait().unwrap();
    }
}

/// One person claims and a till redeems, each under the person's own key.
fn press(address: &str, person: u64, session: &str, clerk: &str, told: &Told) {
    let key = format!("claim-of-{person:04}");
    let Some((status, claimed)) = ask(address, "POST", "/rounds/1/claims", Some(session), &key, &json!({}))
    else {
        return;
    };
    if status != 201 {
        let lost = told.lock().unwrap().get(&("claim", person)).cloned();
        assert!(later(status) || lost.is_none(), "{person} had {lost:?} and now {status}: {claimed}");
        return;
    }
    let number = &claimed["voucher_id"];
    same(told, "claim", person, number);
    let path = format!("/vouchers/{number}/token");
    let Some((200, shown)) = ask(address, "POST", &path, Some(session), "", &json!({})) else { return };
    let key = format!("redeem-of-{person:04}");
    // A repeat is the same request to the letter: what was shown first is sent again.
    let token =
        told.lock().unwrap().entry(("token", person)).or_insert_with(|| shown["token"].clone()).clone();
    let order = json!({ "token": token, "outlet_id": 1, "order_fen": 8800 });
    let Some((status, redeemed)) = ask(address, "POST", "/redemptions", Some(clerk), &key, &order) else {
        return;
    };
    let before = told.lock().unwrap().get(&("redeem", person)).cloned();
    match (status, redeemed["code"].as_str()) {
        (201, _) => same(told, "redeem", person, &redeemed["redemption_id"]),
        // Nobody was told that it was redeemed: the person shows the code of now.
        (422, Some("token_stale")) if before.is_none() => {
            told.lock().unwrap().remove(&("token", person));
        }
        _ => assert!(later(status), "{person} had {before:?} and now {status}: {redeemed}"),
    }
}

/// Whether the answer is to come again later: not your turn, work, too often, busy.
fn later(status: u16) -> bool {
    matches!(status, 425 | 428 | 429 | 503)
}

fn same(told: &Told, what: &'static str, person: u64, now: &Value) {
    let mut told = told.lock().unwrap();
    let before = told.entry((what, person)).or_insert_with(|| now.clone());
    assert_eq!(before, now, "{person}, {what}");
}

fn sign_in(address: &str, phone: &str) -> String {
    let sent = ask(address, "POST", "/auth/code", None, "", &json!({ "phone": phone })).unwrap().1;
    let login = json!({ "phone": phone, "code": sent["demo_code"] });
    let login = ask(address, "POST", "/auth/login", None, "", &login).unwrap().1;
    login["token"].as_str().unwrap().to_owned()
}

/// One request; `None` when the node died over it.
fn ask(
    address: &str,
    method: &str,
    path: &str,
    session: Option<&str>,
    key: &str,
    body: &Value,
) -> Option<(u16, Value)> {
    let mut stream = TcpStream::connect(address).ok()?;
    let mut head = format!("{method} /api/v1{path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n");
    if let Some(session) = session {
        head += &format!("authorization: Bearer {session}\r\n");
    }
    if !key.is_empty() {
        head += &format!("idempotency-key: {key}\r\n");
    }
    let body = if body.is_null() { String::new() } else { body.to_string() };
    head += &format!("content-type: application/json\r\ncontent-length: {}\r\n\r\n", body.len());
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(body.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    // A node that dies may leave half an answer.
    Some((status, serde_json::from_str(body).ok()?))
}

/// The next of a reproducible sequence (xorshift).
fn next(random: &mut u64) -> u64 {
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    *random
}
