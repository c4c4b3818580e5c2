//! What the benchmark is told.

use clap::Parser;
use std::path::PathBuf;

/// The district page beside a recount.
#[derive(Debug, Parser)]
#[command(name = "tallies")]
pub(crate) struct Options {
    /// Redemptions in the table
    #[arg(long, default_value_t = 10_000_000, value_parser = clap::value_parser!(i64).range(1_000..=100_000_000))]
    pub(crate) redemptions: i64,
    /// Only this database: sqlite or postgres
    #[arg(long)]
    pub(crate) only: Option<String>,
    /// Where the databases are made and removed again: some 5 GB for ten million
    #[arg(long, default_value_os_t = std::env::temp_dir())]
    pub(crate) folder: PathBuf,
    /// How often each page is asked for
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) asked: u32,
    /// The part that fills this database, in a process of its own
    #[arg(long, hide = true)]
    pub(crate) fill: Option<String>,
    /// The part that serves, in a process of its own
    #[arg(long, hide = true)]
    pub(crate) serve: bool,
    /// Given by cargo
    #[arg(long, hide = true)]
    pub(crate) bench: bool,
}
