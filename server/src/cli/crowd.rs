//! `yuehui serve`: what it does about crowds, bots and proxies.

use std::net::IpAddr;

use backend::{Backend, PLACES_PER_S, WorkDemand};
use clap::{Args, ValueEnum};

use crate::Gate;

/// Files and sockets that the server asks the system for: its connections, and some for itself.
const SPARE_FILES: u64 = 512;

#[derive(Args, Clone, Debug)]
pub(super) struct Crowd {
    /// How many people of a round's waiting room have their turn in a second
    #[arg(
        long,
        value_name = "NUMBER",
        env = "YUEHUI_PLACES_PER_SECOND",
        default_value_t = PLACES_PER_S,
        value_parser = clap::value_parser!(i64).range(1..=1_000_000)
    )]
    places_per_second: i64,
    /// When a claim has to show a small proof of work
    #[arg(long, value_enum, env = "YUEHUI_WORK", default_value = "hot")]
    work: Work,
    /// The address of a proxy whose X-Forwarded-For is believed; several with commas
    #[arg(long, value_name = "ADDR", env = "YUEHUI_TRUSTED_PROXY", value_delimiter = ',')]
    trusted_proxy: Vec<IpAddr>,
    /// Open connections in all, the streams of watchers among them
    #[arg(long, value_name = "NUMBER", env = "YUEHUI_CONNECTIONS", default_value_t = Gate::default().connections)]
    connections: usize,
    /// Open connections from one address other than this machine's and trusted proxies
    #[arg(
        long,
        value_name = "NUMBER",
        env = "YUEHUI_CONNECTIONS_PER_ADDRESS",
        default_value_t = Gate::default().connections_per_address
    )]
    connections_per_address: usize,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Work {
    /// Never
    Never,
    /// While very many claim at once
    Hot,
    /// Always
    Always,
}

impl Crowd {
    /// Tells the backend and the system, and answers whom the listener lets in.
    pub(super) fn manage(self, backend: &Backend) -> Gate {
        backend.admit_per_second(self.places_per_second);
        backend.demand_work(match self.work {
            Work::Never => WorkDemand::Never,
            Work::Hot => WorkDemand::Hot,
            Work::Always => WorkDemand::Always,
        });
        let connections = self.connections.min(raise_file_limit(self.connections));
        let (connections_per_address, trusted_proxies) = (self.connections_per_address, self.trusted_proxy);
        Gate { connections, connections_per_address, trusted_proxies }
    }
}

/// Asks for as many open files as the connections need, and answers how many connections there may be.
fn raise_file_limit(connections: usize) -> usize {
    let wanted = u64::try_from(connections).unwrap_or(u64::MAX).saturating_add(SPARE_FILES);
    let given = rlimit::increase_nofile_limit(wanted).unwrap_or(wanted);
    let most = usize::try_from(given.saturating_sub(SPARE_FILES)).unwrap_or(usize::MAX).max(1);
    if most < connections {
        tracing::warn!(most, "the system allows fewer open files than --connections needs");
    }
    most
}
