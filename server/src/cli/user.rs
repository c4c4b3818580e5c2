//! `yuehui user add`: how an installation gets its first organizer.

use std::sync::Arc;

use backend::clock::SystemClock;
use backend::sms::Console;
use clap::{Args, Subcommand};
use domain::{DistrictCode, Phone, Role};

use super::Failure;
use super::store::Store;

#[derive(Debug, Subcommand)]
pub(super) enum User {
    /// Make an organizer, or give the role to an account that exists
    Add(Add),
}

#[derive(Args, Debug)]
pub(super) struct Add {
    #[command(flatten)]
    store: Store,
    /// The mobile number to sign in with
    #[arg(long)]
    phone: Phone,
    /// The name that colleagues see
    #[arg(long)]
    name: String,
    /// city, district, finance, auditor or desk (a community desk)
    #[arg(long)]
    role: Role,
    /// The district of a district officer or a community desk, as its GB/T 2260 code
    #[arg(long, value_name = "CODE", required_if_eq_any([("role", "district"), ("role", "desk")]))]
    district: Option<DistrictCode>,
}

pub(super) async fn add(options: Add) -> Result<(), Failure> {
    let backend = options.store.open(Arc::new(SystemClock), Arc::new(Console)).await?;
    backend.add_organizer(&options.phone, &options.name, options.role, options.district).await?;
    println!("{} ({}) may now sign in as {}", options.name, options.phone.masked(), options.role);
    Ok(())
}
