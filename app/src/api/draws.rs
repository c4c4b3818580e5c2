//! Draws: the forms that enter one and hold one, and what the pages show.

use super::ApiError;
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::{caller, notice, rounds};
#[cfg(feature = "ssr")]
use domain::shapes::{DrawProof, EntryShape, RoundShape};
#[cfg(feature = "ssr")]
use domain::{Permission, RoundId};

/// What `/bureau/draws` shows.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug)]
pub(crate) struct Desk {
    /// Every draw of the season.
    pub(crate) draws: Vec<(RoundShape, DrawProof)>,
    /// Whether the reader may hold them.
    pub(crate) may_hold: bool,
    /// The key under which a second press is the same draw.
    pub(crate) key: String,
}

/// A draw's proof, and the reader's own entry.
///
/// # Errors
/// There is no such draw, or the store failed.
#[cfg(feature = "ssr")]
pub(crate) async fn one(id: RoundId) -> Result<(RoundShape, DrawProof, Option<EntryShape>), ApiError> {
    let backend = caller::backend()?;
    let round = backend.round(id).await.map_err(caller::convert)?;
    let proof = backend.draw_proof(id).await.map_err(caller::convert)?;
    Ok((round, proof, own_entry(id).await?))
}

/// The reader's entry in a draw.
///
/// # Errors
/// The store failed.
#[cfg(feature = "ssr")]
pub(crate) async fn own_entry(id: RoundId) -> Result<Option<EntryShape>, ApiError> {
    match caller::optional().await? {
        Some(resident) if resident.may(Permission::HoldVouchers) => {
            caller::backend()?.entry(&resident, id).await.map_err(caller::convert)
        }
        _ => Ok(None),
    }
}

/// Every draw round of the season, by opening time.
///
/// # Errors
/// The store failed.
#[cfg(feature = "ssr")]
pub(crate) async fn all() -> Result<Vec<RoundShape>, ApiError> {
    let rounds = rounds::all(&caller::backend()?).await?;
    Ok(rounds.into_iter().filter(|round| round.draw.is_some()).collect())
}

/// The draws as organizers see them.
///
/// # Errors
/// Nobody is signed in, or not a person of the bureau; or the store failed.
#[cfg(feature = "ssr")]
pub(crate) async fn desk() -> Result<Desk, ApiError> {
    let officer = caller::signed_in().await?;
    officer.require(Permission::SeeStats).map_err(caller::convert)?;
    let backend = caller::backend()?;
    let mut draws = Vec::new();
    for round in all().await? {
        let proof = backend.draw_proof(round.id).await.map_err(caller::convert)?;
        draws.push((round, proof));
    }
    let key = backend.new_key().as_str().to_owned();
    Ok(Desk { draws, may_hold: officer.may(Permission::HoldDraws), key })
}

/// Enters a draw and goes back to its page.
///
/// # Errors
/// Nobody is signed in, the key is none, or the rules refuse the entry.
#[server(prefix = "/api/fn", endpoint = "enter_round")]
pub async fn enter_round(round_id: i64, #[server(default)] key: String) -> Result<(), ApiError> {
    notice::settle(enter(RoundId(round_id), &key).await, &format!("/rounds/{round_id}"))
}

#[cfg(feature = "ssr")]
async fn enter(round: RoundId, key: &str) -> Result<(), ApiError> {
    let resident = caller::signed_in().await?;
    let key = key.parse().map_err(|_| caller::convert(domain::Denied::BadKey))?;
    caller::backend()?.enter_draw(&resident, round, &key).await.map_err(caller::convert)?;
    leptos_axum::redirect(&format!("/rounds/{round}"));
    Ok(())
}

/// Holds a draw with the public value, typed twice, and shows its proof.
///
/// # Errors
/// The caller may not, the values are none or differ, the value cannot be
/// there yet, or the draw was held.
#[server(prefix = "/api/fn", endpoint = "hold_draw")]
pub async fn hold_draw(
    round_id: i64,
    #[server(default)] public_value: String,
    #[server(default)] public_value_again: String,
    #[server(default)] key: String,
) -> Result<(), ApiError> {
    let values = (public_value.as_str(), public_value_again.as_str());
    notice::settle(hold(RoundId(round_id), values, &key).await, "/bureau/draws")
}

#[cfg(feature = "ssr")]
async fn hold(round: RoundId, values: (&str, &str), key: &str) -> Result<(), ApiError> {
    let officer = caller::signed_in().await?;
    officer.require(Permission::HoldDraws).map_err(caller::convert)?;
    let key = key.parse().map_err(|_| caller::convert(domain::Denied::BadKey))?;
    let held = caller::backend()?.hold_draw(&officer, round, values, &key).await;
    held.map_err(|error| caller::convert(in_words(error)))?;
    leptos_axum::redirect(&format!("/rounds/{round}/draw"));
    Ok(())
}

/// A form's field by the words that stand above it.
#[cfg(feature = "ssr")]
fn in_words(error: backend::Error) -> backend::Error {
    use domain::Denied;
    let lang = caller::lang();
    match error {
        backend::Error::Denied(Denied::BadField { field, .. }) if field == "public_value_again" => {
            let (field, allowed) =
                (lang.pick("再输一次", "The repetition"), lang.pick("两次要一致", "both must be the same"));
            Denied::field(field, allowed).into()
        }
        backend::Error::Denied(Denied::BadField { field, .. }) if field == "public_value" => {
            let (field, allowed) =
                (lang.pick("公开数值", "The public value"), lang.pick("1–64 个字符", "1 to 64 characters"));
            Denied::field(field, allowed).into()
        }
        error => error,
    }
}
