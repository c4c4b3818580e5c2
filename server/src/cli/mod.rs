//! The command line of `yuehui`.

mod backup;
mod clock;
mod crowd;
mod import;
mod openapi;
mod serve;
mod store;
mod user;
mod verify;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::assets::Assets;

/// 约惠 Yuehui: a city's consumption season in one program.
///
/// Without a command it serves: pages, REST and the demonstration season on
/// http://127.0.0.1:8618. Every option can also come from the environment
/// variable that its help names.
#[derive(Debug, Parser)]
#[command(name = "yuehui", version, args_conflicts_with_subcommands = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: serve::Serve,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the season (the default)
    Serve(serve::Serve),
    /// Replay the whole ledger: sums, states, tallies and the chain of hashes
    ///
    /// Prints what was checked and the ledger's head. Every fault is a line on
    /// standard error, and the exit code is then 1.
    Verify(verify::Verify),
    /// Write the whole database into one file, also while it is served
    ///
    /// The installation's secret key is not in it: keep a copy of that in another place.
    Backup(backup::Backup),
    /// Put a backup into an empty database, and verify it
    ///
    /// The data folder must hold the installation's secret.key. A backup of SQLite may go into PostgreSQL, and
    /// the other way round.
    Restore(backup::Restore),
    /// Manage the accounts of organizers
    #[command(subcommand)]
    User(user::User),
    /// Bring in what a bureau has in spreadsheets
    #[command(subcommand)]
    Import(import::Import),
    /// Print the OpenAPI document of the REST interface
    Openapi,
}

/// Why a command fails: a sentence for the person who typed it.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Open(#[from] backend::OpenError),
    #[error("{0}")]
    Service(String),
    #[error("{what}: {error}")]
    System { what: String, error: std::io::Error },
    #[error("{0}")]
    Option(String),
}

impl From<backend::Error> for Failure {
    fn from(error: backend::Error) -> Failure {
        Failure::of(&error)
    }
}

impl Failure {
    /// A failure of a service, with its causes.
    fn of(error: &dyn std::error::Error) -> Failure {
        let mut told = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            told.push_str(&format!(": {error}"));
            cause = error.source();
        }
        Failure::Service(told)
    }

    /// A failure of the system while doing `what`.
    fn system(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Failure {
        let what = what.into();
        move |error| Failure::System { what, error }
    }
}

/// Runs the command that the arguments name; `assets` are those of the binary.
#[must_use]
pub fn run(cli: Cli, assets: Assets) -> ExitCode {
    match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime.block_on(perform(cli, assets)),
        Err(error) => told(&Failure::system("the runtime did not start")(error)),
    }
}

async fn perform(cli: Cli, assets: Assets) -> ExitCode {
    let done = match cli.command.unwrap_or(Command::Serve(cli.serve)) {
        Command::Serve(options) => serve::run(options, assets).await.map(|()| ExitCode::SUCCESS),
        Command::Verify(options) => verify::run(&options).await,
        Command::Backup(options) => backup::back_up(options).await.map(|()| ExitCode::SUCCESS),
        Command::Restore(options) => backup::restore(options).await,
        Command::User(user::User::Add(options)) => user::add(options).await.map(|()| ExitCode::SUCCESS),
        Command::Import(import::Import::Merchants(options)) => import::merchants(options).await,
        Command::Openapi => openapi::run().map(|()| ExitCode::SUCCESS),
    };
    done.unwrap_or_else(|failure| told(&failure))
}

fn told(failure: &Failure) -> ExitCode {
    eprintln!("yuehui: {failure}");
    ExitCode::FAILURE
}

#[cfg(test)]
mod tests {
    use super::Cli;
    use clap::{CommandFactory, Parser};

    #[test]
    fn the_commands_are_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn serve_is_the_default_and_takes_its_options() {
        for arguments in [
            &["yuehui"][..],
            &["yuehui", "--listen", "0.0.0.0:80", "--clock", "system"],
            &[
                "yuehui",
                "--trusted-proxy",
                "10.0.0.1,10.0.0.2",
                "--work",
                "never",
                "--places-per-second",
                "5000",
            ],
            &["yuehui", "serve", "--data", "/tmp/x", "--clock", "2021-06-18T10:00:00+08:00"],
            &["yuehui", "import", "merchants", "shops.xlsx", "--dry-run"],
            &["yuehui", "import", "merchants", "--template"],
            &["yuehui", "backup", "season.yuehui", "--data", "/tmp/x"],
            &["yuehui", "restore", "season.yuehui", "--database", "postgres://localhost/x"],
            &["yuehui", "user", "add", "--phone", "13700000001", "--name", "n", "--role", "city"],
        ] {
            assert!(Cli::try_parse_from(arguments).is_ok(), "{arguments:?}");
        }
        for arguments in [
            &["yuehui", "--clock", "noon"][..],
            &["yuehui", "--places-per-second", "0"],
            &["yuehui", "backup"],
            &["yuehui", "restore"],
            &["yuehui", "import", "merchants"],
            &["yuehui", "--listen", "here"],
        ] {
            assert!(Cli::try_parse_from(arguments).is_err(), "{arguments:?}");
        }
    }
}
