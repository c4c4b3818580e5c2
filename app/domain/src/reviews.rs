//! What waits for the bureau's review.

use crate::promotion::words;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

words! {
    /// What kind of thing waits.
    ReviewKind {
        /// A merchant that joined by commitment.
        Merchant = "merchant", "商户", "Merchants";
        /// A promotion, or an edit of one.
        Promotion = "promotion", "优惠活动", "Promotions";
    }
}
