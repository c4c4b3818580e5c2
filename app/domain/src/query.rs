//! What callers may ask of lists, as it stands in the URL. Every value is text
//! here: the service that answers reads it and names the field that is wrong.

use crate::{Denied, MerchantId};
use serde::{Deserialize, Serialize};

macro_rules! query {
    ($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
        #[serde(default, deny_unknown_fields)]
        pub struct $name {
            $(
                $(#[$fdoc])*
                #[serde(skip_serializing_if = "Option::is_none")]
                pub $field: Option<String>,
            )+
        }

        impl $name {
            /// The names of its parameters.
            pub const FIELDS: &'static [&'static str] = &[$(stringify!($field)),+];

            /// The same with an empty value taken for an absent one, as a form
            /// without JavaScript sends it.
            #[must_use]
            pub fn without_blanks(mut self) -> Self {
                $(self.$field = self.$field.filter(|value| !value.trim().is_empty());)+
                self
            }
        }
    };
}

query! {
    /// Which lines of a merchant's row of a batch a list shows.
    SettlementLineQuery {
        /// `redeemed`, `released`, `withheld`, `clawback` or `left_out`.
        kind,
        /// Page size, 1 to 100; 20 by default.
        limit,
        /// `next_cursor` of the page before.
        cursor,
    }
}

query! {
    /// Which lines of which merchant's row of a batch a list shows.
    MerchantLineQuery {
        /// The merchant's number.
        merchant,
        /// `redeemed`, `released`, `withheld`, `clawback` or `left_out`.
        kind,
        /// Page size, 1 to 100; 20 by default.
        limit,
        /// `next_cursor` of the page before.
        cursor,
    }
}

impl MerchantLineQuery {
    /// The merchant, and what is asked of its lines.
    ///
    /// # Errors
    /// It names none.
    pub fn read(self) -> Result<(MerchantId, SettlementLineQuery), Denied> {
        let MerchantLineQuery { merchant, kind, limit, cursor } = self;
        let merchant = merchant.and_then(|text| text.parse().ok());
        let merchant = merchant.ok_or_else(|| Denied::query("merchant", "1, 2, …"))?;
        Ok((merchant, SettlementLineQuery { kind, limit, cursor }))
    }
}

query! {
    /// What comes with a bank's result.
    BankResultQuery {
        /// The bank's reference of the whole payment, 1 to 64 characters.
        bank_reference,
        /// The file's name, for the records.
        name,
    }
}

query! {
    /// Which redemptions the bureau's list shows.
    SalesQuery {
        /// A business day, `2021-06-18`; today by default.
        day,
        /// Page size, 1 to 100; 20 by default.
        limit,
        /// `next_cursor` of the page before.
        cursor,
    }
}

query! {
    /// Filters for merchants and promotions.
    OfferQuery {
        /// A district code.
        district,
        /// A merchant kind.
        kind,
        /// `online`, `offline` or `both`; promotions only.
        channel,
        /// `goods`, `services` or `both`; promotions only.
        supply,
        /// `urban`, `rural` or `both`; promotions only.
        setting,
        /// `commerce`, `travel`, `culture` or `entertainment`; promotions only.
        sector,
        /// `true`: takes part in the nights; `false`: does not.
        night,
        /// `true`: open at this moment; `false`: closed.
        open_now,
        /// Search in Chinese, pinyin or initials; at most 40 characters.
        q,
        /// Page size, 1 to 100; 20 by default.
        limit,
        /// `next_cursor` of the page before.
        cursor,
    }
}

query! {
    /// Filters for rounds.
    RoundQuery {
        /// `upcoming`, `waiting`, `open`, `drawing` or `closed`.
        state,
        /// A campaign's number.
        campaign,
        /// `flash`, `draw` or `assisted`.
        method,
        /// Page size, 1 to 100; 20 by default.
        limit,
        /// `next_cursor` of the page before.
        cursor,
    }
}

query! {
    /// A merchant's own promotions.
    OwnPromotionQuery {
        /// `draft`, `in_review`, `returned`, `scheduled`, `published` or `ended`.
        state,
        /// Page size, 1 to 100; 20 by default.
        limit,
        /// `next_cursor` of the page before.
        cursor,
    }
}

query! {
    /// A list without filters.
    ListQuery {
        /// Page size, 1 to 100; 20 by default.
        limit,
        /// `next_cursor` of the page before.
        cursor,
    }
}

query! {
    /// An upload of merchants.
    ImportQuery {
        /// The file's name, for people alone; at most 80 characters are kept.
        name,
    }
}

query! {
    /// Which line of the ledger is asked for.
    ReceiptQuery {
        /// The receipt's four digits.
        receipt,
    }
}

query! {
    /// Which blocks of the ledger are asked for.
    BlockQuery {
        /// The chain, 0 to 15; 0 by default.
        chain,
        /// Page size, 1 to 100; 20 by default.
        limit,
        /// `next_cursor` of the page before.
        cursor,
    }
}

query! {
    /// Which records of the audit log are asked for.
    AuditQuery {
        /// Who: an account's number.
        actor,
        /// What was done: `publish_campaign`, `review_merchant` and so on.
        action,
        /// To what kind of thing: `campaign`, `merchant` and so on.
        thing,
        /// To which of them: its number.
        thing_id,
        /// The first day.
        from,
        /// The last day, included.
        to,
        /// Page size, 1 to 100; 20 by default.
        limit,
        /// `next_cursor` of the page before.
        cursor,
    }
}

query! {
    /// What of the bureau's reviews.
    ReviewQuery {
        /// `merchant` or `promotion`; both by default.
        kind,
        /// A district's code.
        district,
        /// Page size, 1 to 100; 20 by default.
        limit,
        /// `next_cursor` of the page before.
        cursor,
    }
}

query! {
    /// Which merchants a reviewer lists.
    MerchantReviewQuery {
        /// `provisional` (by default), `live`, `rejected` or `lapsed`.
        state,
        /// Page size, 1 to 100; 20 by default.
        limit,
        /// `next_cursor` of the page before.
        cursor,
    }
}

query! {
    /// Whose days the open books list.
    OpenQuery {
        /// A district's code; of all districts by default.
        district,
    }
}

query! {
    /// A range of business days.
    StatsQuery {
        /// The first business day; the season's first by default.
        from,
        /// The last business day, included; today by default.
        to,
        /// Of this campaign only.
        campaign,
    }
}

query! {
    /// A cut through the cube of tallies.
    CubeQuery {
        /// One or two of `district`, `day`, `hour`, `kind`, `campaign`, `round`, `channel`, `setting` and
        /// `night`, separated by a comma; `district` by default.
        by,
        /// The first business day; the season's first by default.
        from,
        /// The last business day, included; today by default.
        to,
        /// Of this campaign only.
        campaign,
        /// The first business day of a range to compare with.
        compare_from,
        /// The last business day of it, included.
        compare_to,
        /// What the picture shows: `claimed`, `redeemed` (by default), `subsidy` or `order`.
        show,
    }
}

query! {
    /// A merchant's statement.
    StatementQuery {
        /// Of this outlet only.
        outlet,
        /// The first business day; the Monday of this settlement week by default.
        from,
        /// The last business day, included; the Sunday of the week of `from` by default.
        to,
        /// `day` (by default) or `week`: a line for each business day, or for each settlement week, to
        /// whose Monday and Sunday the range is then widened.
        by,
        /// `json` (by default), `csv` or `xlsx`; `Accept` and the address's ending say the same.
        format,
        /// Page size, 1 to 100; 20 by default. For `json` only.
        limit,
        /// `next_cursor` of the page before. For `json` only.
        cursor,
    }
}
