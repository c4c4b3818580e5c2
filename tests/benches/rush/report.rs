//! Medians, and what they say to the goals.

use crate::designs::Design;
use crate::run::{Measured, Ran};
use std::collections::BTreeMap;

/// Everything measured so far: by connections and design, run after run.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    claims: BTreeMap<(usize, String), Vec<Measured>>,
    redemptions: BTreeMap<(usize, String), Vec<Measured>>,
}

impl Figures {
    pub(crate) fn add(&mut self, connections: usize, design: &str, ran: &Ran) {
        let at = (connections, design.to_owned());
        self.claims.entry(at.clone()).or_default().push(ran.claims);
        if let Some(redemptions) = ran.redemptions {
            self.redemptions.entry(at).or_default().push(redemptions);
        }
    }

    pub(crate) fn claims(&self, connections: usize, design: &str) -> Option<Measured> {
        self.claims.get(&(connections, design.to_owned())).map(|all| median_of(all))
    }

    pub(crate) fn redemptions(&self, connections: usize, design: &str) -> Option<Measured> {
        self.redemptions.get(&(connections, design.to_owned())).map(|all| median_of(all))
    }

    /// The table of one number of connections.
    pub(crate) fn print(&self, connections: usize, designs: &[Design]) {
        println!("\n{connections} connections{:>24} claims/s {:>54} redemptions/s", "", "");
        println!(
            "{:<22}{:>9}{:>8}{:>8}{:>8}{:>10}{:>8}{:>8}{:>8} |{:>9}{:>8}{:>8}{:>8}{:>8}{:>8}",
            "",
            "",
            "÷ bare",
            "÷ no-op",
            "÷ redis",
            "till gone",
            "p50 ms",
            "p99",
            "p99.9",
            "",
            "÷ no-op",
            "÷ redis",
            "p50 ms",
            "p99",
            "p99.9"
        );
        for design in designs {
            let name = design.name();
            let Some(claims) = self.claims(connections, &name) else { continue };
            let by = |other: &str| ratio(claims.per_s, self.claims(connections, other));
            print!(
                "{name:<22}{:>9.0}{:>8}{:>8}{:>8}{:>10.0}{:>8}{:>8}{:>8} |",
                claims.per_s,
                by("bare-axum"),
                by("no-op"),
                by("redis-always"),
                claims.per_s_until_gone,
                ms(claims.p50_us),
                ms(claims.p99_us),
                ms(claims.p999_us)
            );
            if let Some(redemptions) = self.redemptions(connections, &name) {
                let by = |other: &str| ratio(redemptions.per_s, self.redemptions(connections, other));
                print!(
                    "{:>9.0}{:>8}{:>8}{:>8}{:>8}{:>8}",
                    redemptions.per_s,
                    by("no-op"),
                    by("redis-always"),
                    ms(redemptions.p50_us),
                    ms(redemptions.p99_us),
                    ms(redemptions.p999_us)
                );
            }
            println!();
        }
    }
}

fn ratio(per_s: f64, other: Option<Measured>) -> String {
    other.map_or_else(|| "-".to_owned(), |other| format!("{:.2}", per_s / other.per_s))
}

pub(crate) fn ms(us: f64) -> String {
    format!("{:.1}", us / 1000.0)
}

fn median_of(all: &[Measured]) -> Measured {
    let of = |field: fn(&Measured) -> f64| {
        let mut values: Vec<f64> = all.iter().map(field).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    Measured {
        per_s: of(|measured| measured.per_s),
        per_s_until_gone: of(|measured| measured.per_s_until_gone),
        p50_us: of(|measured| measured.p50_us),
        p99_us: of(|measured| measured.p99_us),
        p999_us: of(|measured| measured.p999_us),
    }
}

/// A design, what it is measured by, and by how much it has to be more.
type Goal = (&'static str, &'static str, f64);

const CLAIM_GOALS: [Goal; 8] = [
    ("desk-sqlite", "redis-always", 1.0),
    ("desk-sqlite", "no-op", 0.40),
    ("desk-postgres", "redis-always", 0.8),
    ("desk-postgres", "no-op", 0.33),
    ("desk-sqlite", "alone-sqlite", 8.0),
    ("desk-postgres", "alone-postgres", 8.0),
    ("desk-sqlite-full", "desk-sqlite", 0.85),
    ("desk-postgres-full", "desk-postgres", 0.85),
];
const REDEMPTION_GOALS: [Goal; 2] =
    [("desk-sqlite", "redis-always", 0.9), ("desk-postgres", "redis-always", 0.75)];

impl Figures {
    /// Tells which goals are met.
    pub(crate) fn judge(&self, connections: usize) {
        println!("\ngoals at {connections} connections");
        for (design, other, least) in CLAIM_GOALS {
            let (Some(one), Some(by)) = (self.claims(connections, design), self.claims(connections, other))
            else {
                continue;
            };
            tell(&format!("claims of {design} ÷ {other}"), one.per_s / by.per_s, least);
        }
        for (design, other, least) in REDEMPTION_GOALS {
            let (Some(one), Some(by)) =
                (self.redemptions(connections, design), self.redemptions(connections, other))
            else {
                continue;
            };
            tell(&format!("redemptions of {design} ÷ {other}"), one.per_s / by.per_s, least);
        }
    }
}

fn tell(what: &str, found: f64, least: f64) {
    let met = if found >= least { "met" } else { "MISSED" };
    println!("  {what:<52}{found:>7.2}  of {least:>4.2}  {met}");
}

/// Tells whether a goal is met that has a ceiling.
pub(crate) fn tell_at_most(what: &str, found: f64, most: f64, unit: &str) {
    let met = if found <= most { "met" } else { "MISSED" };
    println!("  {what:<52}{found:>7.1}  at most {most:.1} {unit}  {met}");
}
