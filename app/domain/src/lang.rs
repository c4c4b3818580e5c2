//! The two languages of the product.

use serde::{Deserialize, Serialize};

/// The language a person reads: Chinese unless they chose English.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// 简体中文.
    #[default]
    Zh,
    /// English.
    En,
}

impl Lang {
    /// The text in this language; the two stand side by side where they are used.
    #[must_use]
    pub fn pick<T>(self, zh: T, en: T) -> T {
        match self {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }

    /// The text of a data record; records without English show their Chinese.
    #[must_use]
    pub fn of<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        if self == Lang::En && !en.is_empty() { en } else { zh }
    }

    /// The tag of BCP 47, for `lang` attributes and cookies.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Lang::Zh => "zh-CN",
            Lang::En => "en",
        }
    }

    /// The first language of an `Accept-Language` header or cookie that the
    /// product speaks.
    #[must_use]
    pub fn from_tags(tags: &str) -> Option<Lang> {
        tags.split([',', ';']).find_map(|tag| match tag.trim().get(..2) {
            Some("zh") => Some(Lang::Zh),
            Some("en") => Some(Lang::En),
            _ => None,
        })
    }
}
