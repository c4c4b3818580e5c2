//! What merchants post, along the season's four axes.

mod fault;
mod form;
mod life;
mod photo;
mod refusal;

pub use fault::{Fault, FormRule};
pub use form::{FormRules, PromotionDraft, PromotionField, PromotionForm, Ready, link_host};
pub use life::{PromotionLife, PromotionState, PromotionStep, RevisionState};
pub use photo::{
    BadPhotoId, LONGEST_PHOTO_EDGE, MOST_PHOTO_BYTES, MOST_PHOTO_PIXELS, MOST_PHOTOS, PhotoId, PhotoSize,
};
pub use refusal::PromotionRefused;

use crate::{Day, MerchantId, OutletId, PromotionId, Timestamp, WeeklyHours, Zone};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $code:literal, $zh:literal, $en:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$vdoc])* $variant,)+ }

        impl $name {
            /// Every value, in the order in which people choose.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The stable code in storage, URLs and the API.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $($name::$variant => $code,)+ }
            }

            /// What people read.
            #[must_use]
            pub fn word(self, lang: crate::Lang) -> &'static str {
                match self { $($name::$variant => lang.pick($zh, $en),)+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.code())
            }
        }

        impl FromStr for $name {
            type Err = crate::UnknownWord;

            fn from_str(text: &str) -> Result<Self, crate::UnknownWord> {
                Self::ALL.iter().copied().find(|word| word.code() == text).ok_or_else(|| {
                    crate::UnknownWord::new(text, Self::ALL.iter().map(|word| word.code()))
                })
            }
        }
    };
}
pub(crate) use words;

words! {
    /// 线上线下: where the offer is taken.
    Channel {
        /// In the shop.
        Offline = "offline", "线下", "In store";
        /// On the net.
        Online = "online", "线上", "Online";
        /// Either way.
        Both = "both", "线上线下", "Online & in store";
    }
}

words! {
    /// 商品服务: what it buys.
    Supply {
        /// Things.
        Goods = "goods", "商品", "Goods";
        /// Deeds.
        Services = "services", "服务", "Services";
        /// Both.
        Both = "both", "商品服务", "Goods & services";
    }
}

words! {
    /// 城市乡村: whom it serves.
    Setting {
        /// The city.
        Urban = "urban", "城市", "Urban";
        /// The country.
        Rural = "rural", "乡村", "Rural";
        /// Both.
        Both = "both", "城乡", "Urban & rural";
    }
}

words! {
    /// 商旅文娱: of which sector it is.
    Sector {
        /// 商.
        Commerce = "commerce", "商业", "Commerce";
        /// 旅.
        Travel = "travel", "旅游", "Travel";
        /// 文.
        Culture = "culture", "文化", "Culture";
        /// 娱.
        Entertainment = "entertainment", "娱乐", "Entertainment";
    }
}

impl Channel {
    /// Whether an offer of this channel answers a filter for another.
    #[must_use]
    pub fn includes(self, wanted: Channel) -> bool {
        self == wanted || self == Channel::Both
    }
}

impl Supply {
    /// Whether an offer of this supply answers a filter for another.
    #[must_use]
    pub fn includes(self, wanted: Supply) -> bool {
        self == wanted || self == Supply::Both
    }
}

impl Setting {
    /// Whether an offer of this setting answers a filter for another.
    #[must_use]
    pub fn includes(self, wanted: Setting) -> bool {
        self == wanted || self == Setting::Both
    }
}

/// The four axes that every promotion carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Axes {
    /// 线上线下.
    pub channel: Channel,
    /// 商品服务.
    pub supply: Supply,
    /// 城市乡村.
    pub setting: Setting,
    /// 商旅文娱.
    pub sector: Sector,
}

/// What a merchant posts (优惠活动).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promotion {
    /// Its number.
    pub id: PromotionId,
    /// Who posts it.
    pub merchant_id: MerchantId,
    /// At which outlets; never empty.
    pub outlets: Vec<OutletId>,
    /// One line.
    pub title: String,
    /// The line in English; may be empty.
    pub title_en: String,
    /// A few sentences.
    pub text: String,
    /// The sentences in English; may be empty.
    pub text_en: String,
    /// What it costs or saves, as the merchant puts it.
    pub price_text: String,
    /// The same in English; may be empty.
    pub price_text_en: String,
    /// The four axes.
    pub axes: Axes,
    /// The first day.
    pub starts_on: Day,
    /// The last day, included; its night lasts until the next morning.
    pub ends_on: Day,
    /// The hours, where it has its own.
    pub hours: Option<WeeklyHours>,
    /// An online shop; https only.
    pub link: Option<String>,
    /// Photos, in their order; at most six.
    pub photos: Vec<PhotoId>,
    /// Whether this is demonstration content.
    pub demo: bool,
}

impl Promotion {
    /// Whether it runs at a moment, by its dates and own hours. The day is the
    /// business day, so that a night offer's last night ends in the morning.
    #[must_use]
    pub fn is_running(&self, now: Timestamp, zone: Zone) -> bool {
        let day = zone.business_day(now);
        let hours = self.hours.as_ref();
        (self.starts_on..=self.ends_on).contains(&day) && hours.is_none_or(|hours| hours.is_open(now, zone))
    }

    /// Whether its own hours reach into the night.
    #[must_use]
    pub fn is_night(&self) -> bool {
        self.hours.as_ref().is_some_and(WeeklyHours::is_night)
    }
}
