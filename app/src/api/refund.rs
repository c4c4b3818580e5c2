//! Refunds: a redemption that is undone, whole or in part.

use super::ApiError;
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::{caller, notice, till};
#[cfg(feature = "ssr")]
use backend::ReverseRequest;
#[cfg(feature = "ssr")]
use domain::shapes::{Problem, RedemptionShape, RefundPreview, SaleShape};
#[cfg(feature = "ssr")]
use domain::{Denied, Fen, Permission, RedemptionId};

/// What a redemption's page shows.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug)]
pub(crate) struct Receipt {
    /// The redemption, with clerk and till.
    pub(crate) sale: SaleShape,
    /// The other redemptions of the same order.
    pub(crate) others: Vec<RedemptionShape>,
    /// What may be done about it.
    pub(crate) refund: Refund,
    /// Under which pressing twice is one refund.
    pub(crate) key: String,
}

/// What may be done about a redemption.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug)]
pub(crate) enum Refund {
    /// The reader may refund nothing.
    NotAllowed,
    /// Nothing is left.
    Over,
    /// So much may be refunded; what was entered was refused, where something
    /// was.
    Asked(Fen, Option<Problem>),
    /// What the entered refund would do.
    Previewed(Box<RefundPreview>),
}

/// A redemption of the reader's merchant, and what a refund of so many yuan
/// would do.
///
/// # Errors
/// Nobody is signed in, or not a person of that merchant; or the store failed.
#[cfg(feature = "ssr")]
pub(crate) async fn receipt(id: RedemptionId, entered: Option<&str>) -> Result<Receipt, ApiError> {
    let clerk = till::clerk().await?;
    let backend = caller::backend()?;
    let sale = backend.redemption(&clerk, id).await.map_err(caller::convert)?;
    let order = backend.order_of(&clerk, id).await.map_err(caller::convert)?;
    let others = order.redemptions.into_iter().filter(|other| other.redemption_id != id).collect();
    let redemption = &sale.redemption;
    let left = redemption.order_fen.less(redemption.refunded_fen);
    let refund = match (clerk.may(Permission::Reverse), entered) {
        (false, _) => Refund::NotAllowed,
        (true, _) if left == Fen::ZERO => Refund::Over,
        (true, None) => Refund::Asked(left, None),
        (true, Some(entered)) => match read(entered) {
            Err(problem) => Refund::Asked(left, Some(*problem)),
            Ok(amount) => match backend.preview_refund(&clerk, id, Some(amount)).await {
                Ok(preview) => Refund::Previewed(Box::new(preview)),
                Err(error) => {
                    let problem = error.problem(caller::lang(), backend.zone());
                    Refund::Asked(left, Some(problem))
                }
            },
        },
    };
    Ok(Receipt { sale, others, refund, key: backend.new_key().as_str().to_owned() })
}

#[cfg(feature = "ssr")]
fn read(entered: &str) -> Result<Fen, Box<Problem>> {
    let amount = entered.parse::<Fen>().ok().filter(|amount| *amount > Fen::ZERO);
    let words = caller::lang().pick(
        "退款金额请填大于 0 的数，例如 12 或 12.50",
        "Enter the refund in yuan, more than 0, such as 12 or 12.50",
    );
    amount.ok_or_else(|| Box::new(Problem::new(422, "bad_field", words).text("field", "refund")))
}

/// Refunds so many yuan of a redemption.
///
/// # Errors
/// Nobody is signed in, the reader may not or not so much, or nothing is left.
#[server(prefix = "/api/fn", endpoint = "refund_redemption")]
pub async fn refund_redemption(
    #[server(default)] redemption_id: String,
    #[server(default)] refund: String,
    #[server(default)] reason: String,
    #[server(default)] key: String,
) -> Result<(), ApiError> {
    let id = redemption_id.parse::<RedemptionId>().map(|id| id.0).unwrap_or_default();
    let page = format!("/shop/redemptions/{id}");
    let done = async {
        let caller = till::clerk().await?;
        caller.require(Permission::Reverse).map_err(caller::convert)?;
        let id = redemption_id.parse().map_err(|_| caller::convert(Denied::NotFound))?;
        let request = ReverseRequest { refund_fen: read(&refund).map_err(ApiError)?.get(), reason };
        let key = key.parse().map_err(|_| caller::convert(Denied::BadKey))?;
        caller::backend()?.reverse(&caller, id, &request, &key).await.map_err(caller::convert)?;
        leptos_axum::redirect(&page);
        Ok(())
    };
    notice::settle(done.await, &page)
}
