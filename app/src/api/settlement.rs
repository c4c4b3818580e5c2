//! Settlement: what the bureau's and the merchant's pages show, and their forms.

use super::ApiError;
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::{caller, notice, season};
#[cfg(feature = "ssr")]
use backend::{Backend, Caller};
#[cfg(feature = "ssr")]
use domain::shapes::{
    DistrictShape, OwnSettlement, Page, SettlementLineShape, SettlementRowShape, SettlementShape,
    SettlementWeeks,
};
#[cfg(feature = "ssr")]
use domain::{Denied, IdempotencyKey, ListQuery, MerchantId, Permission, SettlementLineQuery};

#[cfg(feature = "ssr")]
const BUREAU: &str = "/bureau/settlement";
#[cfg(feature = "ssr")]
const SHOP: &str = "/shop/settlement";
/// So many rows or lines stand on a page.
#[cfg(feature = "ssr")]
const LISTED: &str = "50";

/// Whoever has one of these takes some step of a batch.
#[cfg(feature = "ssr")]
const TAKERS: [Permission; 4] = [
    Permission::MakeSettlement,
    Permission::ReviewSettlement,
    Permission::ApproveSettlement,
    Permission::PaySettlement,
];

/// What `/bureau/settlement` shows.
#[cfg(feature = "ssr")]
pub(crate) struct Weeks {
    pub(crate) weeks: SettlementWeeks,
    /// What the keys of the forms begin with.
    pub(crate) key: String,
}

/// A merchant's row with its lines.
#[cfg(feature = "ssr")]
pub(crate) struct RowLines {
    pub(crate) row: SettlementRowShape,
    pub(crate) lines: Page<SettlementLineShape>,
    /// Of which kind alone; empty for all.
    pub(crate) kind: String,
}

/// What `/bureau/settlement/{id}` shows.
#[cfg(feature = "ssr")]
pub(crate) struct Batch {
    pub(crate) batch: SettlementShape,
    pub(crate) rows: Page<SettlementRowShape>,
    /// The lines of the merchant that the address names.
    pub(crate) lines: Option<RowLines>,
    pub(crate) districts: Vec<DistrictShape>,
    /// Whether the reader sees the whole city, and so the bank's files.
    pub(crate) whole_city: bool,
    pub(crate) key: String,
}

/// Which part of a batch the address names.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug, Default)]
pub(crate) struct Part {
    pub(crate) merchant: Option<String>,
    pub(crate) kind: Option<String>,
    pub(crate) cursor: Option<String>,
}

/// What `/shop/settlement` shows.
#[cfg(feature = "ssr")]
pub(crate) struct OwnBatches {
    pub(crate) batches: Page<OwnSettlement>,
    /// The lines of the batch that the address names.
    pub(crate) lines: Option<(i64, Page<SettlementLineShape>)>,
    pub(crate) key: String,
}

#[cfg(feature = "ssr")]
async fn allowed(permission: Permission) -> Result<(Caller, Backend), ApiError> {
    let caller = caller::signed_in().await?;
    caller.require(permission).map_err(caller::convert)?;
    Ok((caller, caller::backend()?))
}

#[cfg(feature = "ssr")]
fn key_of(key: &str) -> Result<IdempotencyKey, ApiError> {
    key.parse().map_err(|_| caller::convert(Denied::BadKey))
}

/// The settlement weeks of the season.
///
/// # Errors
/// Nobody is signed in, or not a person who sees them; or the store failed.
#[cfg(feature = "ssr")]
pub(crate) async fn weeks() -> Result<Weeks, ApiError> {
    let (reader, backend) = allowed(Permission::SeeSettlements).await?;
    let weeks = backend.settlement_weeks(&reader).await.map_err(caller::convert)?;
    Ok(Weeks { weeks, key: backend.new_key().as_str().to_owned() })
}

/// A batch, and the lines of one of its merchants where the address names one.
///
/// # Errors
/// Nobody is signed in, or not a person who sees it; there is no such batch or
/// row; a parameter is none; or the store failed.
#[cfg(feature = "ssr")]
pub(crate) async fn batch(id: Result<i64, ApiError>, part: Part) -> Result<Batch, ApiError> {
    let (reader, backend) = allowed(Permission::SeeSettlements).await?;
    let id = id?;
    let batch = backend.settlement(&reader, id).await.map_err(caller::convert)?;
    let lines = match &part.merchant {
        Some(merchant) => Some(row_lines(&backend, &reader, id, merchant, &part).await?),
        None => None,
    };
    let cursor = part.cursor.filter(|_| lines.is_none());
    let query = ListQuery { limit: Some(LISTED.to_owned()), cursor };
    let rows = backend.settlement_rows(&reader, id, &query).await.map_err(caller::convert)?;
    Ok(Batch {
        batch,
        rows,
        lines,
        districts: season::setting()?.districts,
        whole_city: reader.confined_to().is_none(),
        key: backend.new_key().as_str().to_owned(),
    })
}

#[cfg(feature = "ssr")]
async fn row_lines(
    backend: &Backend,
    reader: &Caller,
    id: i64,
    merchant: &str,
    part: &Part,
) -> Result<RowLines, ApiError> {
    let merchant = merchant.parse().map(MerchantId).map_err(|_| caller::convert(Denied::NotFound))?;
    let row = backend.settlement_row(reader, id, merchant).await.map_err(caller::convert)?;
    let query = SettlementLineQuery {
        kind: part.kind.clone(),
        limit: Some(LISTED.to_owned()),
        cursor: part.cursor.clone(),
    };
    let lines = backend.settlement_lines(reader, id, merchant, &query).await.map_err(caller::convert)?;
    Ok(RowLines { row, lines, kind: part.kind.clone().unwrap_or_default() })
}

/// The batches of the reader's merchant, and the lines of one.
///
/// # Errors
/// Nobody is signed in, or not a person who sees them; a parameter is none; or
/// the store failed.
#[cfg(feature = "ssr")]
pub(crate) async fn own(batch: Option<String>, cursor: Option<String>) -> Result<OwnBatches, ApiError> {
    let (reader, backend) = allowed(Permission::SeeStatements).await?;
    let lines = match batch {
        Some(batch) => {
            let id = batch.parse().map_err(|_| caller::convert(Denied::NotFound))?;
            let query =
                SettlementLineQuery { kind: None, limit: Some(LISTED.to_owned()), cursor: cursor.clone() };
            let lines = backend.own_settlement_lines(&reader, id, &query).await;
            Some((id, lines.map_err(caller::convert)?))
        }
        None => None,
    };
    let cursor = cursor.filter(|_| lines.is_none());
    let query = ListQuery { limit: None, cursor };
    let batches = backend.own_settlements(&reader, &query).await.map_err(caller::convert)?;
    Ok(OwnBatches { batches, lines, key: backend.new_key().as_str().to_owned() })
}

/// Makes the batch of a week that is over.
///
/// # Errors
/// Nobody is signed in, or not a person who makes batches; or the week has none
/// to be made.
#[server(prefix = "/api/fn", endpoint = "make_settlement")]
pub async fn make_settlement(
    #[server(default)] week: String,
    #[server(default)] key: String,
) -> Result<(), ApiError> {
    let done = async {
        let (maker, backend) = allowed(Permission::MakeSettlement).await?;
        let made = backend.make_settlement(&maker, &week, &key_of(&key)?).await.map_err(caller::convert)?;
        leptos_axum::redirect(&format!("{BUREAU}/{}", made.answer.id));
        Ok(())
    };
    notice::settle(done.await, BUREAU)
}

/// Takes a step of a batch: `review` (with `merchant_id` of one row), `approve`
/// (with `leave_out` without those that are not reviewed), `export` or
/// `discard`.
///
/// # Errors
/// Nobody is signed in, or not a person who takes the step; there is no such
/// batch; or it does not wait for that.
#[server(prefix = "/api/fn", endpoint = "step_settlement")]
pub async fn step_settlement(
    #[server(default)] settlement_id: i64,
    #[server(default)] step: String,
    #[server(default)] merchant_id: String,
    #[server(default)] leave_out: String,
    #[server(default)] key: String,
) -> Result<(), ApiError> {
    let page = format!("{BUREAU}/{settlement_id}");
    let done = async {
        let caller = caller::signed_in().await?;
        if !TAKERS.iter().any(|permission| caller.may(*permission)) {
            return Err(caller::convert(Denied::WrongRole));
        }
        let (backend, id) = (caller::backend()?, settlement_id);
        let stepped = match step.as_str() {
            "review" => {
                let merchant = merchant_id.trim().parse().ok().map(MerchantId);
                backend.review_settlement(&caller, id, merchant, &key_of(&key)?).await
            }
            "approve" => backend.approve_settlement(&caller, id, !leave_out.is_empty(), &key_of(&key)?).await,
            "export" => backend.export_settlement(&caller, id, &key_of(&key)?).await,
            "discard" => backend.discard_settlement(&caller, id, &key_of(&key)?).await,
            _ => return Err(caller::convert(Denied::field("step", "review | approve | export | discard"))),
        };
        stepped.map_err(caller::convert)?;
        leptos_axum::redirect(&page);
        Ok(())
    };
    notice::settle(done.await, &page)
}

/// Confirms the row of the reader's merchant.
///
/// # Errors
/// Nobody is signed in, or not a person who confirms; the merchant has no row of
/// such a batch; or it does not wait for that.
#[server(prefix = "/api/fn", endpoint = "confirm_settlement")]
pub async fn confirm_settlement(
    #[server(default)] settlement_id: i64,
    #[server(default)] key: String,
) -> Result<(), ApiError> {
    let done = async {
        let (owner, backend) = allowed(Permission::ConfirmSettlement).await?;
        let confirmed = backend.confirm_settlement(&owner, settlement_id, &key_of(&key)?).await;
        confirmed.map_err(caller::convert)?;
        leptos_axum::redirect(SHOP);
        Ok(())
    };
    notice::settle(done.await, SHOP)
}
