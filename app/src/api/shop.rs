//! A merchant's own shop: its outlets and what was redeemed there today.

use super::{ApiError, caller, till};
use backend::Standing;
use domain::shapes::{MerchantShape, SaleShape};
use domain::{Day, Fen, ListQuery, Permission, Timestamp};

/// At most so many pages of a hundred are read for one page of the shop.
const PAGES_MAX: usize = 20;

/// What the merchant's page shows.
#[derive(Clone, Debug)]
pub(crate) struct Shop {
    /// The merchant and its outlets.
    pub(crate) merchant: MerchantShape,
    /// The business day.
    pub(crate) today: Day,
    /// The business day's redemptions, the newest first.
    pub(crate) redemptions: Vec<SaleShape>,
    /// Whether there were more than could be read.
    pub(crate) cut: bool,
    /// Where the merchant stands.
    pub(crate) standing: Standing,
    /// Whether the reader sees what the merchant is owed.
    pub(crate) sees_statements: bool,
    /// Whether the reader manages people and tills.
    pub(crate) manages: bool,
    /// Whether the reader posts promotions.
    pub(crate) posts: bool,
}

impl Shop {
    /// The orders and the subsidies of the day, less what was refunded.
    pub(crate) fn sums(&self) -> (Fen, Fen) {
        let orders = self.redemptions.iter().map(|sale| &sale.redemption);
        let orders = orders.map(|sale| sale.order_fen.less(sale.refunded_fen));
        let subsidies = self.redemptions.iter().map(|sale| &sale.redemption);
        let subsidies = subsidies.map(|sale| sale.subsidy_fen.less(sale.subsidy_back_fen));
        (orders.sum(), subsidies.sum())
    }
}

/// The shop of the person at the till.
///
/// # Errors
/// Nobody is signed in, or not a person who redeems; or the store failed.
pub(crate) async fn today() -> Result<Shop, ApiError> {
    let clerk = till::clerk().await?;
    let backend = caller::backend()?;
    let merchant = backend.own_merchant(&clerk).map_err(caller::convert)?;
    let standing = backend.standing(&clerk).await.map_err(caller::convert)?;
    let zone = backend.zone();
    let today = zone.business_day(backend.now());
    let mut redemptions = Vec::new();
    let mut cursor = None;
    let mut cut = true;
    for _ in 0..PAGES_MAX {
        let query = ListQuery { limit: Some("100".to_owned()), cursor };
        let page = backend.redemptions(&clerk, &query).await;
        let page = page.map_err(caller::convert)?;
        let of_today = |sale: &SaleShape| {
            let at = sale.redemption.redeemed_at.parse::<Timestamp>();
            at.is_ok_and(|at| zone.business_day(at) == today)
        };
        let older = !page.items.iter().all(of_today);
        redemptions.extend(page.items.into_iter().filter(of_today));
        cursor = page.next_cursor;
        // The newest come first: nothing of today follows an older one.
        if older || cursor.is_none() {
            cut = false;
            break;
        }
    }
    let sees_statements = clerk.may(Permission::SeeStatements);
    let manages = clerk.may(Permission::ManagePeople);
    let posts = clerk.may(Permission::PostPromotions);
    Ok(Shop { merchant, today, redemptions, cut, standing, sees_statements, manages, posts })
}
