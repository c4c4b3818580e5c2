//! Disks that are full, and disks that do not sync. `strace` makes the system's
//! answers so, for the files of the database alone.

use crate::program::Folder;
use crate::rush::{Crowd, ask, start, until};
use crate::{MOMENT, verify};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

const SERVE: [&str; 4] = ["--clock", MOMENT, "--data", "data"];
/// The program's exit code after a failed `fsync`.
const DISK_LOST: i32 = 74;

/// System calls on some of the database's files go wrong while this lives.
struct Fault(Child);

impl Fault {
    fn of(process: u32, folder: &Folder, files: &[&str], fault: &str) -> Fault {
        let mut strace = Command::new("strace");
        strace.args(["-f", "-o", "/dev/null", "-p", &process.to_string(), "-e", fault]);
        for file in files {
            strace.arg("-P").arg(folder.0.join("data").join(file));
        }
        let mut child = strace.stderr(Stdio::piped()).spawn().expect("strace is installed");
        let mut said = BufReader::new(child.stderr.take().unwrap()).lines();
        let attached = said.by_ref().map_while(Result::ok).any(|line| line.contains("attached"));
        assert!(attached, "strace may not attach: {:?}", child.wait());
        // Whatever else it says is read, so that it never waits.
        std::thread::spawn(move || said.for_each(drop));
        Fault(child)
    }
}

impl Drop for Fault {
    fn drop(&mut self) {
        // Asked to, it lets the program go on; it ends by itself with the program.
        let _ = Command::new("kill").arg(self.0.id().to_string()).stderr(Stdio::null()).status();
        let _ = self.0.wait();
    }
}

/// Claims for some people, each until it is a voucher.
fn all_claim(crowd: &Crowd, people: std::ops::Range<u64>) {
    for person in people {
        until("a voucher", || crowd.claim(person).filter(|(status, _)| *status == 201));
    }
}

#[test]
fn a_full_disk_refuses_and_goes_on_when_there_is_room() {
    let folder = Folder::new("crash-full");
    let crowd = Crowd::start(&folder, &SERVE, 1);
    let address = crowd.address(0);
    (0..20).for_each(|person| assert!(crowd.press(&address, person)));
    assert_eq!((crowd.count("claim"), crowd.count("redeem")), (20, 20));
    let files = ["yuehui.db", "yuehui.db-wal"];
    let full = Fault::of(crowd.process(0), &folder, &files, "inject=write,pwrite64,ftruncate:error=ENOSPC");
    for person in 20..30 {
        assert_eq!(crowd.claim(person), Some((503, "unavailable".to_owned())));
    }
    // Whoever was told something is told it again, and everybody may look.
    assert_eq!(crowd.claim(3).map(|(status, _)| status), Some(201), "nothing is written for a repeat");
    let (status, round) = ask(&address, "GET", "/rounds/1", None, "", &Value::Null).unwrap();
    assert_eq!((status, &round["remaining"]), (200, &280.into()));
    drop(full);
    // The same program goes on: what was refused is claimed under the same keys.
    all_claim(&crowd, 20..30);
    crowd.rush(|_| sleep(Duration::from_millis(500)));
    verify(&folder, &["--data", "data"]);
}

#[test]
fn after_a_failed_fsync_the_program_ends_and_nothing_told_is_lost() {
    let folder = Folder::new("crash-fsync");
    let crowd = Crowd::start(&folder, &SERVE, 1);
    let address = crowd.address(0);
    (0..20).for_each(|person| assert!(crowd.press(&address, person)));
    let fault = Fault::of(crowd.process(0), &folder, &["yuehui.db-wal"], "inject=fsync,fdatasync:error=EIO");
    // It may have gone before it answers; it never says yes.
    let answer = crowd.claim(20);
    assert!(answer.is_none_or(|(status, _)| status == 503));
    assert_eq!(until("its end", || crowd.ended(0)).code(), Some(DISK_LOST));
    drop(fault);
    crowd.replace(0, start(&folder, &SERVE));
    // Whether the claim took place is unknown, and its repeat tells.
    all_claim(&crowd, 20..21);
    crowd.rush(|_| sleep(Duration::from_millis(500)));
    verify(&folder, &["--data", "data"]);
}

/// SQLite brings its log into the file after the commit, when the answers have
/// left; by itself it would not tell that this failed.
#[test]
fn a_failed_fsync_of_the_file_itself_is_not_passed_over() {
    let folder = Folder::new("crash-checkpoint");
    let crowd = Crowd::start(&folder, &SERVE, 1);
    let address = crowd.address(0);
    (0..5).for_each(|person| assert!(crowd.press(&address, person)));
    let fault = Fault::of(crowd.process(0), &folder, &["yuehui.db"], "inject=fsync,fdatasync:error=EIO");
    // What is acknowledged now is in the log, and durable there; it may be ending already.
    let _ = crowd.press(&address, 5);
    assert_eq!(until("its end", || crowd.ended(0)).code(), Some(DISK_LOST));
    drop(fault);
    crowd.replace(0, start(&folder, &SERVE));
    crowd.rush(|_| sleep(Duration::from_millis(500)));
    verify(&folder, &["--data", "data"]);
}
