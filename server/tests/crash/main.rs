//! Nodes, disks and databases that fail in the middle of the rush: whatever was
//! acknowledged stands, once.
//!
//! People press without end, each for one voucher and one redemption, always
//! under the same two keys. Whatever a person was once told has to be told to
//! them again by every later node.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod cluster;
mod disk;
#[path = "../program/mod.rs"]
mod program;
mod rush;

use cluster::Cluster;
use program::{Folder, run, text};
use rush::{Crowd, next, start};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use std::thread::sleep;
use std::time::Duration;

const KILLS: u64 = 50;
/// A quiet hour with the first round open.
const MOMENT: &str = "2021-06-18T10:30:00+08:00";

#[test]
fn a_node_on_sqlite_is_killed_fifty_times() {
    let folder = Folder::new("crash-sqlite");
    let arguments = ["--clock", MOMENT, "--data", "data"];
    Crowd::start(&folder, &arguments, 1).rush(|crowd| kill_nodes(crowd, &folder, &arguments));
    verify(&folder, &["--data", "data"]);
}

#[test]
fn one_of_three_nodes_on_postgres_is_killed_fifty_times() {
    let server = std::env::var("YUEHUI_TEST_POSTGRES").unwrap();
    let name = format!("yuehui_crash_{}", std::process::id());
    let url = format!("{}/{name}", server.rsplit_once('/').unwrap().0);
    administer(&server, &format!("create database {name}"));
    let folder = Folder::new("crash-postgres");
    let arguments = ["--clock", MOMENT, "--data", "data", "--database", &url];
    Crowd::start(&folder, &arguments, 3).rush(|crowd| kill_nodes(crowd, &folder, &arguments));
    verify(&folder, &["--data", "data", "--database", &url]);
    administer(&server, &format!("drop database {name} with (force)"));
}

/// The nodes stay; the server under them goes down at once, without writing
/// anything, and comes back.
#[test]
fn postgres_is_shut_down_immediately_under_load() {
    let folder = Folder::new("crash-cluster");
    let cluster = Cluster::start(&folder);
    let url = cluster.url();
    let arguments = ["--clock", MOMENT, "--data", "data", "--database", &url];
    Crowd::start(&folder, &arguments, 2).rush(|_| {
        sleep(Duration::from_millis(500));
        cluster.shut_down_immediately();
        cluster.start_again();
        sleep(Duration::from_millis(500));
    });
    verify(&folder, &["--data", "data", "--database", &url]);
}

fn kill_nodes(crowd: &Crowd, folder: &Folder, arguments: &[&str]) {
    let mut random = 20_210_618;
    for _ in 0..KILLS {
        sleep(Duration::from_millis(20 + next(&mut random) % 200));
        let place = usize::try_from(next(&mut random)).unwrap() % crowd.nodes();
        crowd.kill(place);
        crowd.replace(place, start(folder, arguments));
    }
}

/// The ledger replays without a fault.
fn verify(folder: &Folder, arguments: &[&str]) {
    let verified = run(&folder.0, &[&["verify"], arguments].concat());
    assert!(verified.status.success(), "{}{}", text(&verified.stdout), text(&verified.stderr));
}

fn administer(server: &str, statement: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut connection = PgConnection::connect(server).await.unwrap();
        connection.execute(AssertSqlSafe(statement)).await.unwrap();
    });
}
