//! The audit log.

use crate::{AccountId, AuditAction, AuditThing};
use serde::{Deserialize, Serialize};

/// A record of the audit log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditShape {
    /// Its number.
    pub audit_id: i64,
    /// When.
    pub at: String,
    /// Who; 0 for whoever runs the program at its command line.
    pub account_id: AccountId,
    /// Their name today; empty where the account is gone.
    pub name: String,
    /// From where: the roles, the district of an office or desk, the till. No network address is kept.
    pub place: String,
    /// What was done.
    pub action: AuditAction,
    /// To what kind of thing.
    pub thing: AuditThing,
    /// To which of them.
    pub thing_id: i64,
    /// What stood there before, as the JSON text that the hash is over; empty for nothing.
    pub old: String,
    /// What stands there now, in the same way.
    pub new: String,
    /// The record's hash, which a block of the ledger holds.
    pub hash: String,
}
