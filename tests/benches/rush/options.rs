//! What the benchmark is told.

use clap::Parser;
use std::path::PathBuf;

/// A rush on the real server, and on what others would put in its place.
#[derive(Clone, Debug, Parser)]
#[command(name = "rush")]
pub(crate) struct Options {
    /// Residents who press; a fifth of them twice, and there are vouchers for half of them
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(i64).range(100..=1_000_000))]
    pub(crate) residents: i64,
    /// How often everything is run; the medians count
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=99))]
    pub(crate) rounds: u32,
    /// Connections, kept alive; several numbers with commas
    #[arg(long, default_value = "64,256", value_delimiter = ',')]
    pub(crate) connections: Vec<usize>,
    /// Vouchers in the table before the rush, for the runs on a full table
    #[arg(long, default_value_t = 5_000_000, value_parser = clap::value_parser!(i64).range(0..=50_000_000))]
    pub(crate) standing: i64,
    /// Only these designs, by name; several with commas
    #[arg(long, value_delimiter = ',')]
    pub(crate) only: Vec<String>,
    /// Leave out the run that issues ten vouchers to every resident and looks at the memory
    #[arg(long)]
    pub(crate) no_memory: bool,
    /// Leave out the runs at half the load
    #[arg(long)]
    pub(crate) no_half: bool,
    /// Leave out the run on three nodes that measures how soon the others know of a change
    #[arg(long)]
    pub(crate) no_nodes: bool,
    /// Where the databases are made; to be on the disk that is to be measured
    #[arg(long, default_value_os_t = std::env::temp_dir())]
    pub(crate) folder: PathBuf,
    /// Given by cargo
    #[arg(long, hide = true)]
    bench: bool,
}

impl Options {
    /// Whether a design is to be run.
    pub(crate) fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == name)
    }
}
