//! `yuehui backup FILE` and `yuehui restore FILE`.

use std::fs::{self, File, OpenOptions};
use std::io::{BufReader, BufWriter};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use backend::Backend;
use backend::clock::SystemClock;
use backend::sms::Console;
use clap::Args;

use super::store::Store;
use super::{Failure, verify};

#[derive(Args, Debug)]
pub(super) struct Backup {
    #[command(flatten)]
    store: Store,
    /// The file to write, which must not exist yet
    file: PathBuf,
}

#[derive(Args, Debug)]
pub(super) struct Restore {
    #[command(flatten)]
    store: Store,
    /// A file that `yuehui backup` wrote
    file: PathBuf,
}

/// Whoever may read the file sees what the database holds, but for what is encrypted in it.
const OWNER_ALONE: u32 = 0o600;

pub(super) async fn back_up(options: Backup) -> Result<(), Failure> {
    let Backup { store, file } = options;
    let name = file.display().to_string();
    if file.exists() {
        return Err(Failure::Option(format!("{name} exists already: choose another name")));
    }
    if store.is_new() {
        return Err(Failure::Option(format!("there is no {}: is this the right data folder?", store.name())));
    }
    // Under its own name it is whole.
    let part = file.with_added_extension("part");
    let unwritten = || Failure::system(format!("{name} cannot be written"));
    let mut to = OpenOptions::new();
    let to = to.write(true).create(true).truncate(true).mode(OWNER_ALONE).open(&part).map_err(unwritten())?;
    let written = write(&store, &to).await;
    if written.is_err() {
        let _ = fs::remove_file(&part);
    }
    let report = written?;
    to.sync_all().and_then(|()| keep(&part, &file)).map_err(unwritten())?;
    println!("tables    {}", report.tables);
    println!("rows      {}", report.rows);
    println!("bytes     {}", to.metadata().map_err(unwritten())?.len());
    println!("head      {} {}", report.head.sequence, report.head.hash);
    println!(
        "{name} is written; keep {} in another place, without it nothing can be restored",
        store.secret()
    );
    Ok(())
}

async fn write(store: &Store, to: &File) -> Result<backend::BackupReport, Failure> {
    let backend = store.open(Arc::new(SystemClock), Arc::new(Console)).await?;
    let report = backend.backup(BufWriter::new(to)).await;
    backend.close().await;
    report.map_err(|error| Failure::of(&error))
}

/// Gives a finished file its name, for good.
fn keep(part: &Path, file: &Path) -> std::io::Result<()> {
    fs::rename(part, file)?;
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

pub(super) async fn restore(options: Restore) -> Result<ExitCode, Failure> {
    let Restore { store, file } = options;
    let from = File::open(&file);
    let from = from.map_err(Failure::system(format!("{} cannot be read", file.display())))?;
    let target = store.options(Arc::new(SystemClock), Arc::new(Console))?;
    let rows = Backend::restore(&target, BufReader::new(from)).await.map_err(|error| Failure::of(&error))?;
    println!("restored  {rows} rows");
    verify::check(&store).await
}
