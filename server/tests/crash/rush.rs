//! People who press without end, and what they were told.

use crate::program::{Folder, serve};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Child, ExitStatus};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, RwLock};
use std::thread;
use std::time::Duration;

/// The first round holds 300: some of them go away with nothing.
const PEOPLE: u64 = 360;
const PRESSING: u64 = 12;
/// Every 50 ms, for half a minute.
const LOOKS: u32 = 600;

/// A node under way.
pub(crate) struct Node {
    pub(crate) child: Child,
    pub(crate) address: String,
}

impl Drop for Node {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn start(folder: &Folder, arguments: &[&str]) -> Node {
    let (child, address, _) = serve(&folder.0, arguments);
    Node { child, address }
}

/// What one person was told, by what they did.
type Told = Mutex<HashMap<(&'static str, u64), Value>>;

/// Everybody, and the nodes that they press at.
pub(crate) struct Crowd {
    nodes: RwLock<Vec<Node>>,
    sessions: Vec<String>,
    clerk: String,
    told: Told,
}

impl Crowd {
    /// Starts so many nodes, of which the first fills the database, and signs
    /// everybody in.
    pub(crate) fn start(folder: &Folder, arguments: &[&str], nodes: usize) -> Crowd {
        let nodes: Vec<Node> = (0..nodes).map(|_| start(folder, arguments)).collect();
        let address = nodes[0].address.clone();
        let phone = |person: u64| format!("139{:08}", person + 1);
        let sessions = at_once(|person| sign_in(&address, &phone(person)));
        let clerk = sign_in(&address, "13800000002");
        Crowd { nodes: RwLock::new(nodes), sessions, clerk, told: Told::default() }
    }

    pub(crate) fn nodes(&self) -> usize {
        self.nodes.read().unwrap().len()
    }

    /// The number of a node's process.
    pub(crate) fn process(&self, place: usize) -> u32 {
        self.nodes.read().unwrap()[place].child.id()
    }

    /// How a node ended, if it did by itself.
    pub(crate) fn ended(&self, place: usize) -> Option<ExitStatus> {
        self.nodes.write().unwrap()[place].child.try_wait().unwrap()
    }

    pub(crate) fn kill(&self, place: usize) {
        let child = &mut self.nodes.write().unwrap()[place].child;
        child.kill().unwrap();
        child.wait().unwrap();
    }

    pub(crate) fn replace(&self, place: usize, node: Node) {
        self.nodes.write().unwrap()[place] = node;
    }

    /// Everybody presses while something goes wrong; then once more for all:
    /// what was told is told again, and the round adds up.
    pub(crate) fn rush(self, go_wrong: impl FnOnce(&Crowd)) {
        let over = AtomicBool::new(false);
        thread::scope(|scope| {
            for thread in 0..PRESSING {
                let (crowd, over) = (&self, &over);
                scope.spawn(move || {
                    let mut random = thread + 1;
                    while !over.load(Ordering::SeqCst) {
                        let address = crowd.address(next(&mut random));
                        let _ = crowd.press(&address, next(&mut random) % PEOPLE);
                    }
                });
            }
            go_wrong(&self);
            over.store(true, Ordering::SeqCst);
        });
        let address = self.address(0);
        at_once(|person| until("an answer", || self.press(&address, person).then_some(())));
        let (claimed, redeemed) = (self.count("claim"), self.count("redeem"));
        let round = ask(&address, "GET", "/rounds/1", None, "", &Value::Null).unwrap().1;
        assert_eq!(round["remaining"], json!(300 - i64::try_from(claimed).unwrap()), "of {claimed}");
        assert_eq!((claimed, round["remaining"].clone()), (300, json!(0)), "more people than vouchers");
        assert!(redeemed > 100, "the tills went on too: {redeemed}");
    }

    /// How many were told that it was done.
    pub(crate) fn count(&self, what: &str) -> usize {
        self.told.lock().unwrap().keys().filter(|(done, _)| *done == what).count()
    }

    /// One of the nodes' addresses.
    pub(crate) fn address(&self, random: u64) -> String {
        let nodes = self.nodes.read().unwrap();
        nodes[usize::try_from(random).unwrap() % nodes.len()].address.clone()
    }

    /// One press of one person; false when there is to be another.
    pub(crate) fn press(&self, address: &str, person: u64) -> bool {
        press(address, person, &self.sessions[usize::try_from(person).unwrap()], &self.clerk, &self.told)
    }

    /// Claims for one person; the status and code of the answer.
    pub(crate) fn claim(&self, person: u64) -> Option<(u16, String)> {
        let session = &self.sessions[usize::try_from(person).unwrap()];
        let (path, key) = ("/rounds/1/claims", format!("claim-of-{person:04}"));
        let (status, body) = ask(&self.address(0), "POST", path, Some(session), &key, &json!({}))?;
        Some((status, body["code"].as_str().unwrap_or_default().to_owned()))
    }
}

/// Asks until the answer is there.
pub(crate) fn until<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    for _ in 0..LOOKS {
        if let Some(answer) = ask() {
            return answer;
        }
        thread::sleep(Duration::from_millis(50));
    }
    panic!("in vain: {what}");
}

/// Does something for each person, for some at a time; what came of it, by
/// person.
fn at_once<T: Send>(doing: impl Fn(u64) -> T + Sync) -> Vec<T> {
    let next = AtomicU64::new(0);
    let done = Mutex::new(BTreeMap::new());
    thread::scope(|scope| {
        for _ in 0..PRESSING {
            scope.spawn(|| {
                loop {
                    let person = next.fetch_add(1, Ordering::SeqCst);
                    if person >= PEOPLE {
                        return;
                    }
                    let one = doing(person);
                    done.lock().unwrap().insert(person, one);
                }
            });
        }
    });
    done.into_inner().unwrap().into_values().collect()
}

/// One person claims and a till redeems, each under the person's own key;
/// false when there is to be another press.
fn press(address: &str, person: u64, session: &str, clerk: &str, told: &Told) -> bool {
    let key = format!("claim-of-{person:04}");
    let Some((status, claimed)) = ask(address, "POST", "/rounds/1/claims", Some(session), &key, &json!({}))
    else {
        return false;
    };
    if status != 201 {
        let lost = told.lock().unwrap().get(&("claim", person)).cloned();
        assert!(later(status) || lost.is_none(), "{person} had {lost:?} and now {status}: {claimed}");
        return !later(status);
    }
    let number = &claimed["voucher_id"];
    same(told, "claim", person, number);
    let path = format!("/vouchers/{number}/token");
    let Some((200, shown)) = ask(address, "POST", &path, Some(session), "", &json!({})) else {
        return false;
    };
    let key = format!("redeem-of-{person:04}");
    // A repeat is the same request to the letter: what was shown first is sent again.
    let token =
        told.lock().unwrap().entry(("token", person)).or_insert_with(|| shown["token"].clone()).clone();
    let order = json!({ "token": token, "outlet_id": 1, "order_fen": 8800 });
    let Some((status, redeemed)) = ask(address, "POST", "/redemptions", Some(clerk), &key, &order) else {
        return false;
    };
    let before = told.lock().unwrap().get(&("redeem", person)).cloned();
    match (status, redeemed["code"].as_str()) {
        (201, _) => {
            same(told, "redeem", person, &redeemed["redemption_id"]);
            return true;
        }
        // Nobody was told that it was redeemed: the person shows the code of now.
        (422, Some("token_stale")) if before.is_none() => {
            told.lock().unwrap().remove(&("token", person));
        }
        _ => assert!(later(status), "{person} had {before:?} and now {status}: {redeemed}"),
    }
    false
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
pub(crate) fn ask(
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
pub(crate) fn next(random: &mut u64) -> u64 {
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    *random
}
