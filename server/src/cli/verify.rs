//! `yuehui verify`.

use std::process::ExitCode;
use std::sync::Arc;

use backend::clock::SystemClock;
use backend::sms::Console;
use clap::Args;

use super::Failure;
use super::store::Store;

#[derive(Args, Debug)]
pub(super) struct Verify {
    #[command(flatten)]
    store: Store,
}

pub(super) async fn run(options: &Verify) -> Result<ExitCode, Failure> {
    check(&options.store).await
}

/// Verifies, and tells what was found.
pub(super) async fn check(store: &Store) -> Result<ExitCode, Failure> {
    let backend = store.open(Arc::new(SystemClock), Arc::new(Console)).await?;
    let report = backend.verify().await?;
    println!("blocks    {}", report.blocks);
    println!("lines     {}", report.lines);
    println!("vouchers  {}", report.vouchers);
    println!("audits    {}", report.audits);
    println!("head      {} {}", report.head.sequence, report.head.hash);
    for fault in &report.faults {
        eprintln!("fault: {fault}");
    }
    if report.faults.is_empty() {
        println!("everything agrees");
        return Ok(ExitCode::SUCCESS);
    }
    Ok(ExitCode::FAILURE)
}
