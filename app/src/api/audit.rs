//! The audit log's page.

use super::{ApiError, caller};
use domain::shapes::{AuditShape, Page};
use domain::{AuditQuery, Permission};

/// What `/bureau/audit` shows.
pub(crate) struct Found {
    /// What was asked.
    pub(crate) query: AuditQuery,
    /// The newest first.
    pub(crate) records: Page<AuditShape>,
}

/// What a search of the audit log finds.
///
/// # Errors
/// Nobody is signed in, or not a person who reads it; a parameter is none; or
/// the store failed.
pub(crate) async fn search(query: AuditQuery) -> Result<Found, ApiError> {
    let reader = caller::signed_in().await?;
    reader.require(Permission::ReadAudit).map_err(caller::convert)?;
    let records = caller::backend()?.audit_log(&reader, &query).await.map_err(caller::convert)?;
    Ok(Found { query, records })
}
