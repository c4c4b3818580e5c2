//! `yuehui openapi`.

use super::Failure;
use crate::rest;

pub(super) fn run() -> Result<(), Failure> {
    let document = serde_json::to_string_pretty(&rest::document())
        .map_err(|error| Failure::Service(error.to_string()))?;
    println!("{document}");
    Ok(())
}
