//! `yuehui import merchants FILE`: brings in the merchants of a spreadsheet.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use backend::clock::SystemClock;
use backend::import::{BadCell, ImportChoice, ImportReport, MAX_FILE_BYTES};
use backend::sms::Console;
use clap::{Args, Subcommand};

use super::Failure;
use super::store::Store;

#[derive(Debug, Subcommand)]
pub(super) enum Import {
    /// Bring in merchants and outlets from a CSV or XLSX file, one row for each outlet
    ///
    /// Headings may be Chinese or English and stand in any order. Every bad cell is a line on standard error
    /// with its row and column; then nothing is imported and the exit code is 1, unless --skip-bad is given.
    /// The same file a second time changes nothing.
    Merchants(Merchants),
}

#[derive(Args, Debug)]
pub(super) struct Merchants {
    #[command(flatten)]
    store: Store,
    /// The file; its first sheet is read
    #[arg(required_unless_present = "template")]
    file: Option<PathBuf>,
    /// Only tell what would happen
    #[arg(long)]
    dry_run: bool,
    /// Import the good rows although there are bad ones
    #[arg(long)]
    skip_bad: bool,
    /// Print a file to fill in, and import nothing
    #[arg(long, conflicts_with = "file")]
    template: bool,
}

pub(super) async fn merchants(options: Merchants) -> Result<ExitCode, Failure> {
    let Some(file) = options.file.filter(|_| !options.template) else {
        print!("{}", backend::import::template());
        return Ok(ExitCode::SUCCESS);
    };
    let name = file.display().to_string();
    let unread = || Failure::system(format!("{name} cannot be read"));
    let size = std::fs::metadata(&file).map_err(unread())?.len();
    if size > MAX_FILE_BYTES as u64 {
        return Err(Failure::Option(format!("{name} has {size} bytes; at most {MAX_FILE_BYTES} are read")));
    }
    let bytes = std::fs::read(&file).map_err(unread())?;
    let backend = options.store.open(Arc::new(SystemClock), Arc::new(Console)).await?;
    if !backend.has_season().await.map_err(backend::Error::from)? {
        return Err(Failure::Option(
            "the database holds no season yet: start `yuehui serve` once".to_owned(),
        ));
    }
    let choice = ImportChoice { dry_run: options.dry_run, skip_bad: options.skip_bad };
    let report = backend.import_merchants(&bytes, choice).await?;
    backend.close().await;
    tell(&report, choice);
    let failed = report.bad_rows > 0 && (report.is_unreadable() || !choice.skip_bad);
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn tell(report: &ImportReport, choice: ImportChoice) {
    for BadCell { row, column, value, rule } in &report.bad {
        match row {
            0 => eprintln!("{rule}"),
            _ => eprintln!("row {row}, {column}, {value:?}: {rule}"),
        }
    }
    println!("rows       {} ({} bad)", report.rows, report.bad_rows);
    println!("new        {} merchants, {} outlets", report.new_merchants, report.new_outlets);
    println!("changed    {}", report.changed);
    println!("unchanged  {}", report.unchanged);
    println!("{}", outcome(report, choice));
}

fn outcome(report: &ImportReport, choice: ImportChoice) -> &'static str {
    if report.written {
        "imported"
    } else if report.bad_rows > 0 && (report.is_unreadable() || !choice.skip_bad) {
        "nothing was imported: mend the rows above, or leave them out with --skip-bad"
    } else if choice.dry_run {
        "a dry run: nothing was imported"
    } else {
        "everything is there already"
    }
}
