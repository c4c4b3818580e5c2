//! A rush: 100,000 residents press for 50,000 vouchers, on the real server and on what others would put in
//! its place, alternating in one run. `cargo bench -p tests --bench rush`; `-- --help` tells what can be asked.

#![expect(clippy::disallowed_methods, reason = "a benchmark measures by the machine's own clock")]
#![expect(clippy::cast_precision_loss, reason = "figures of three digits")]

mod check;
mod city;
mod designs;
mod drive;
mod engines;
mod fill;
mod nodes;
mod options;
mod plan;
mod postgres;
mod program;
mod report;
mod run;
mod standin;

use anyhow::{Context, Result};
use city::{City, Store};
use clap::Parser;
use designs::{DESIGNS, Design, Templates};
use drive::Pace;
use options::Options;
use plan::HELD_AFTER;
use postgres::Postgres;
use program::Program;
use report::Figures;
use run::Rush;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.first().map(String::as_str) {
        Some("yuehui") => {
            return server::cli::run(
                server::cli::Cli::parse_from(arguments),
                server::assets::Assets::default(),
            );
        }
        Some("stand-in") => standin::serve(standin::Arguments::parse_from(arguments)),
        _ => Scratch::new().and_then(|scratch| bench(&Options::parse(), &scratch)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("rush: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// A folder that goes away with the benchmark.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Result<Scratch> {
        let folder = Options::parse().folder.join(format!("yuehui-rush-{}", std::process::id()));
        std::fs::create_dir_all(&folder).with_context(|| format!("no folder {}", folder.display()))?;
        Ok(Scratch(folder))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn bench(options: &Options, scratch: &Scratch) -> Result<()> {
    engines::look_for_both()?;
    introduce(options, &scratch.0)?;
    let mut city = City::new(&scratch.0, Postgres::start(&scratch.0)?)?;
    let wanted: Vec<Design> = DESIGNS.into_iter().filter(|design| options.wants(&design.name())).collect();
    let templates = build(options, &mut city, &wanted, &scratch.0)?;
    let mut figures = Figures::default();
    for round in 1..=options.rounds {
        for connections in &options.connections {
            for design in &wanted {
                let ran = designs::run(&mut city, &templates, *design, &Pace::full(*connections), true)
                    .with_context(|| design.name())?;
                let redeemed = ran.redemptions.map_or(0.0, |redemptions| redemptions.per_s);
                eprintln!(
                    "round {round}, {connections} connections, {:<20}{:>9.0} claims/s{redeemed:>9.0} redemptions/s{:>6} MB",
                    design.name(),
                    ran.claims.per_s,
                    ran.after.now >> 20
                );
                figures.add(*connections, &design.name(), &ran);
            }
        }
    }
    for connections in &options.connections {
        figures.print(*connections, &wanted);
        figures.judge(*connections);
    }
    if !options.no_half {
        half_the_load(options, &mut city, &templates, &figures)?;
    }
    if !options.no_memory {
        memory(&mut city, &templates, &wanted)?;
    }
    if !options.no_nodes && wanted.contains(&Design::Desk(Store::Postgres, false)) {
        nodes::measure(&mut city, &templates, options.connections.first().copied().unwrap_or(64))?;
    }
    println!(
        "\nafter every run of the desk `yuehui verify` was clean: issued = min(stock, demand), every limit kept,"
    );
    println!("every acknowledged claim and redemption present");
    Ok(())
}

/// Makes what the runs begin with.
fn build(options: &Options, city: &mut City, wanted: &[Design], folder: &Path) -> Result<Templates> {
    let mut all = Vec::new();
    for (store, full) in
        [(Store::Sqlite, false), (Store::Postgres, false), (Store::Sqlite, true), (Store::Postgres, true)]
    {
        let needed = !full && store == Store::Sqlite
            || wanted.contains(&Design::Desk(store, full))
            || !full && wanted.contains(&Design::Alone(store));
        if needed {
            let standing = if full { options.standing } else { 0 };
            eprintln!("filling {store:?} with {} residents and {standing} vouchers", options.residents);
            all.push((store, full, city.build(store, options.residents, standing)?));
        }
    }
    let answers = folder.join("answers.json");
    let templates = Templates { all, answers, folder: folder.to_owned() };
    let place = city.copy(templates.of(Store::Sqlite, false)?)?;
    let program = Program::start(&place.serve())?;
    std::fs::write(&templates.answers, serde_json::to_vec(&Rush::answers(&place.plan, &program)?)?)?;
    program.stop()?;
    city.remove(&place)?;
    Ok(templates)
}

/// The desk and Redis at half of what the desk can.
fn half_the_load(options: &Options, city: &mut City, templates: &Templates, figures: &Figures) -> Result<()> {
    let Some(connections) = options.connections.first().copied() else { return Ok(()) };
    println!("\nat half the load, {connections} connections");
    for store in [Store::Sqlite, Store::Postgres] {
        let desk = Design::Desk(store, false);
        let (Some(claims), true) = (figures.claims(connections, &desk.name()), options.wants("redis-always"))
        else {
            continue;
        };
        let pace = Pace { connections, per_s: Some(claims.per_s / 2.0), keep: false };
        let (redis, mut half) = (Design::Redis("always"), Figures::default());
        for _ in 0..options.rounds {
            for design in [desk, redis] {
                half.add(connections, &design.name(), &designs::run(city, templates, design, &pace, false)?);
            }
        }
        let p99 =
            |design: Design| half.claims(connections, &design.name()).map_or(0.0, |m| m.p99_us / 1000.0);
        let what = format!("p99 of {} at {:.0} claims/s, ms", desk.name(), claims.per_s / 2.0);
        report::tell_at_most(&what, p99(desk), 2.0 * p99(redis), "(twice that of redis-always)");
    }
    Ok(())
}

/// Ten vouchers for everybody, and the memory before and after.
fn memory(city: &mut City, templates: &Templates, wanted: &[Design]) -> Result<()> {
    println!("\nresident memory");
    for store in [Store::Sqlite, Store::Postgres] {
        if !wanted.contains(&Design::Desk(store, false)) {
            continue;
        }
        let place = city.copy(templates.of(store, false)?)?;
        let plan = &place.plan;
        let rush = Rush::of_ten(plan);
        let program = Program::start(&place.serve())?;
        let ran = rush.on(&program)?;
        program.stop()?;
        let issued = plan.residents * HELD_AFTER;
        city.runtime.block_on(check::check(&place, plan.memory, (issued, HELD_AFTER), &ran.told))?;
        let mb = |bytes: u64| (bytes >> 20) as f64;
        let what = format!("{store:?}, MB after {issued} vouchers, {:.0} before", mb(ran.before.now));
        report::tell_at_most(&what, mb(ran.after.highest), 200.0, "at its highest");
        println!("  {:.0} claims/s", ran.claims.per_s);
        city.remove(&place)?;
    }
    Ok(())
}

fn introduce(options: &Options, folder: &Path) -> Result<()> {
    let Options { residents, rounds, connections, standing, .. } = options;
    let cores = std::thread::available_parallelism()?;
    println!(
        "{residents} residents press for {} vouchers in the quotas of the season's districts; a fifth of them",
        residents / 2
    );
    println!(
        "twice, half of those with the same key. {rounds} rounds, alternating, medians; {connections:?} connections, kept"
    );
    println!(
        "alive; a full table holds {standing} vouchers. {cores} cores serve the crowd, the server and its database."
    );
    println!(
        "The server runs as `yuehui serve --clock {} --work never --places-per-second 1000000`:",
        plan::MOMENT
    );
    println!(
        "nobody waits any more, so every claim goes straight to the desk. Every resident's session was used once"
    );
    println!(
        "before. PostgreSQL with {}; Redis with its defaults and `appendonly yes`.",
        postgres::SETTINGS.join(", ")
    );
    println!(
        "`no-op`, `redis` and `alone` stand behind the listener, the layers and the sign-in of the real server."
    );
    println!("One transaction for each request (`alone`) runs with a tenth of the residents and vouchers.");
    println!("A write of 4 KB with fdatasync takes {:.0} µs here.", fsync_us(folder)?);
    Ok(())
}

/// The median of a hundred.
fn fsync_us(folder: &Path) -> Result<f64> {
    use std::io::Write;
    let path = folder.join("fsync");
    let mut file = std::fs::File::create(&path)?;
    let mut took = Vec::new();
    for _ in 0..100 {
        let start = std::time::Instant::now();
        file.write_all(&[0; 4096])?;
        file.sync_data()?;
        took.push(start.elapsed());
    }
    took.sort_unstable();
    std::fs::remove_file(path)?;
    Ok(took[50].as_secs_f64() * 1e6)
}
