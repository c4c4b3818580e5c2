//! Whether the tallies scale: a great many redemptions, written straight into
//! the tables with their ledger and tallies, and how long the district page
//! takes beside a recount, on both databases.
//!
//! Filling and serving have a process each, so that the memory is the server's.

#![expect(clippy::expect_used, reason = "a benchmark that cannot go on stops")]
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

mod fill;
mod options;
#[path = "../rush/postgres.rs"]
mod postgres;
mod serve;

use clap::Parser;
use options::Options;
use postgres::Postgres;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

fn main() {
    let options = Options::parse();
    if let Some(url) = &options.fill {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(fill::fill(url, options.redemptions));
    } else if options.serve {
        serve::serve();
    } else {
        for database in ["sqlite", "postgres"] {
            if options.only.as_deref().is_none_or(|only| only == database) {
                measure(&options, database);
            }
        }
    }
}

/// A folder that goes away with the benchmark.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn measure(options: &Options, database: &str) {
    let name = format!("yuehui-tallies-{}-{database}", std::process::id());
    let scratch = Scratch(options.folder.join(name));
    std::fs::create_dir_all(&scratch.0).expect("a folder");
    let server = (database == "postgres").then(|| Postgres::start(&scratch.0).expect("a PostgreSQL"));
    if server.is_some() {
        println!("{database} ({})", postgres::SETTINGS.join(", "));
    } else {
        println!("{database}");
    }
    let mut serving = again();
    serving.args(["--serve", "--only", database, "--redemptions", &options.redemptions.to_string()]);
    serving.args(["--asked", &options.asked.to_string()]).arg("--folder").arg(&scratch.0);
    serving.env("TMPDIR", &scratch.0).env("RUST_LOG", "error");
    if let Some(server) = &server {
        serving.env("YUEHUI_TEST_POSTGRES", server.url("postgres"));
    }
    let served: ExitStatus = serving.status().expect("a server");
    assert!(served.success(), "{served}");
}

/// This program again.
fn again() -> Command {
    Command::new(std::env::current_exe().expect("this program"))
}

/// What a folder holds, in bytes.
fn size(folder: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    let of = |entry: std::fs::DirEntry| match entry.metadata() {
        Ok(found) if found.is_dir() => size(&entry.path()),
        Ok(found) => found.len(),
        Err(_) => 0,
    };
    entries.flatten().map(of).sum()
}
