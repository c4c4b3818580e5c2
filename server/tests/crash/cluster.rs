//! A PostgreSQL server of a test's own, to be treated badly.

use crate::program::Folder;
use std::net::TcpListener;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A cluster on loopback alone, with a password.
pub(crate) struct Cluster {
    programs: PathBuf,
    data: PathBuf,
    port: u16,
}

const PASSWORD: &str = "only-for-this-test";

impl Cluster {
    /// Makes a cluster in a folder and starts it.
    pub(crate) fn start(folder: &Folder) -> Cluster {
        let (data, password) = (folder.0.join("cluster"), folder.0.join("password"));
        std::fs::create_dir(&data).unwrap();
        std::fs::write(&password, PASSWORD).unwrap();
        if is_root() {
            run(Command::new("chown").arg("postgres").args([&data, &password]));
        }
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let cluster = Cluster { programs: programs(), data, port };
        let pwfile = format!("--pwfile={}", password.display());
        run(cluster
            .program("initdb")
            .args(["--username=yuehui", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8"])
            .arg(pwfile));
        cluster.start_again();
        cluster
    }

    pub(crate) fn url(&self) -> String {
        format!("postgres://yuehui:{PASSWORD}@127.0.0.1:{}/postgres", self.port)
    }

    pub(crate) fn start_again(&self) {
        let options =
            format!("-h 127.0.0.1 -p {} -c unix_socket_directories='' -c log_min_messages=fatal", self.port);
        let log = format!("--log={}", self.data.join("server.log").display());
        run(self.program("pg_ctl").args(["start", "--wait", "--silent", &log, "--options", &options]));
    }

    /// As if every process of it were killed: what is not on disk is gone.
    pub(crate) fn shut_down_immediately(&self) {
        run(self.program("pg_ctl").args(["stop", "--wait", "--silent", "--mode=immediate"]));
    }

    /// One of PostgreSQL's programs on this cluster; it refuses to run as root.
    fn program(&self, name: &str) -> Command {
        let program = self.programs.join(name);
        let mut command = if is_root() {
            let mut as_postgres = Command::new("runuser");
            as_postgres.args(["-u", "postgres", "--"]).arg(program);
            as_postgres
        } else {
            Command::new(program)
        };
        command.current_dir("/").env("PGDATA", &self.data);
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // It may be down already.
        let mut stop = self.program("pg_ctl");
        let _ = stop.args(["stop", "--silent", "--mode=immediate"]).stderr(Stdio::null()).status();
    }
}

fn run(command: &mut Command) {
    let done = command.stdin(Stdio::null()).stdout(Stdio::null()).status().unwrap();
    assert!(done.success(), "{command:?}: {done}");
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").unwrap().uid() == 0
}

/// The folder of the newest version's programs.
fn programs() -> PathBuf {
    let all = std::fs::read_dir("/usr/lib/postgresql").unwrap();
    let programs = |version: PathBuf| version.join("bin");
    let mut all: Vec<PathBuf> = all.map(|version| programs(version.unwrap().path())).collect();
    all.retain(|programs| Path::exists(&programs.join("initdb")));
    all.sort();
    all.pop().expect("PostgreSQL is installed")
}
