//! What a merchant writes of a promotion, field by field as it was typed. A
//! draft may be incomplete; what is handed in reads without a fault.

mod read;

pub use read::{FormRules, Ready, link_host};

use super::{Fault, FormRule, PhotoId, Promotion, words};
use crate::OutletId;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

const TITLE: usize = 80;
const TITLE_EN: usize = 160;
const TEXT: usize = 600;
const PRICE: usize = 80;
const LINK: usize = 300;
/// Of a field that holds a word, a day, hours.
const SHORT: usize = 200;
const OUTLETS: usize = 200;

words! {
    /// A field of a promotion.
    PromotionField {
        /// One line.
        Title = "title", "标题", "Title";
        /// The line in English.
        TitleEn = "title_en", "英文标题", "English title";
        /// A few sentences.
        Text = "text", "说明", "Text";
        /// The sentences in English.
        TextEn = "text_en", "英文说明", "English text";
        /// What it costs or saves.
        PriceText = "price_text", "价格文字", "Price text";
        /// The same in English.
        PriceTextEn = "price_text_en", "英文价格文字", "English price text";
        /// 线上线下.
        Channel = "channel", "线上线下", "Online or in store";
        /// 商品服务.
        Supply = "supply", "商品服务", "Goods or services";
        /// 城市乡村.
        Setting = "setting", "城市乡村", "Urban or rural";
        /// 商旅文娱.
        Sector = "sector", "商旅文娱", "Sector";
        /// The first day.
        StartsOn = "starts_on", "开始日期", "First day";
        /// The last day, included.
        EndsOn = "ends_on", "结束日期", "Last day";
        /// Its own weekly hours.
        Hours = "hours", "时段", "Hours";
        /// An online shop.
        Link = "link", "线上店铺链接", "Link";
        /// When it appears.
        PublishAt = "publish_at", "发布时间", "Appears at";
        /// At which outlets.
        Outlets = "outlets", "适用门店", "Outlets";
        /// Its photos.
        Photos = "photos", "照片", "Photos";
    }
}

/// A promotion as its merchant typed it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct PromotionForm {
    /// One line, at most 80 characters.
    pub title: String,
    /// The line in English, at most 160 characters; may be empty.
    pub title_en: String,
    /// A few sentences, at most 600 characters.
    pub text: String,
    /// The sentences in English; may be empty.
    pub text_en: String,
    /// What it costs or saves, at most 80 characters.
    pub price_text: String,
    /// The same in English; may be empty.
    pub price_text_en: String,
    /// `offline`, `online` or `both`.
    pub channel: String,
    /// `goods`, `services` or `both`.
    pub supply: String,
    /// `urban`, `rural` or `both`.
    pub setting: String,
    /// `commerce`, `travel`, `culture` or `entertainment`.
    pub sector: String,
    /// The first day: `2021-06-18`.
    pub starts_on: String,
    /// The last day, included.
    pub ends_on: String,
    /// Its own weekly hours, such as `mon-fri 18:00-02:00; sat,sun 10:00-02:00`; empty for the outlets'.
    pub hours: String,
    /// An online shop, https only, at most 300 characters; may be empty.
    pub link: String,
    /// When it appears, such as `2021-06-20T08:00` in the season's zone or with an offset; empty for as soon
    /// as it is approved. Without meaning for the revision of a published one.
    pub publish_at: String,
    /// At which of the merchant's outlets.
    pub outlets: Vec<OutletId>,
}

/// A promotion in the making: what was typed, and its photos.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PromotionDraft {
    /// What was typed.
    pub form: PromotionForm,
    /// The photos, in their order.
    pub photos: Vec<PhotoId>,
}

impl PromotionForm {
    /// Without blanks around what was typed.
    ///
    /// # Errors
    /// A field is so long that it is not even kept as a draft.
    pub fn trimmed(mut self) -> Result<PromotionForm, Fault> {
        for (field, limit, text) in self.texts() {
            *text = text.trim().to_owned();
            if text.chars().count() > limit {
                return Err(Fault { field, rule: FormRule::TooLong { limit } });
            }
        }
        self.outlets.sort_unstable();
        self.outlets.dedup();
        if self.outlets.len() > OUTLETS {
            return Err(Fault { field: PromotionField::Outlets, rule: FormRule::TooLong { limit: OUTLETS } });
        }
        Ok(self)
    }

    fn texts(&mut self) -> [(PromotionField, usize, &mut String); 15] {
        use PromotionField as F;
        [
            (F::Title, TITLE, &mut self.title),
            (F::TitleEn, TITLE_EN, &mut self.title_en),
            (F::Text, TEXT, &mut self.text),
            (F::TextEn, TEXT, &mut self.text_en),
            (F::PriceText, PRICE, &mut self.price_text),
            (F::PriceTextEn, PRICE, &mut self.price_text_en),
            (F::Channel, SHORT, &mut self.channel),
            (F::Supply, SHORT, &mut self.supply),
            (F::Setting, SHORT, &mut self.setting),
            (F::Sector, SHORT, &mut self.sector),
            (F::StartsOn, SHORT, &mut self.starts_on),
            (F::EndsOn, SHORT, &mut self.ends_on),
            (F::Hours, SHORT, &mut self.hours),
            (F::Link, LINK, &mut self.link),
            (F::PublishAt, SHORT, &mut self.publish_at),
        ]
    }
}

impl PromotionDraft {
    /// A published promotion as its merchant would have typed it.
    #[must_use]
    pub fn of(promotion: &Promotion) -> PromotionDraft {
        let form = PromotionForm {
            title: promotion.title.clone(),
            title_en: promotion.title_en.clone(),
            text: promotion.text.clone(),
            text_en: promotion.text_en.clone(),
            price_text: promotion.price_text.clone(),
            price_text_en: promotion.price_text_en.clone(),
            channel: promotion.axes.channel.to_string(),
            supply: promotion.axes.supply.to_string(),
            setting: promotion.axes.setting.to_string(),
            sector: promotion.axes.sector.to_string(),
            starts_on: promotion.starts_on.to_string(),
            ends_on: promotion.ends_on.to_string(),
            hours: promotion.hours.as_ref().map(ToString::to_string).unwrap_or_default(),
            link: promotion.link.clone().unwrap_or_default(),
            publish_at: String::new(),
            outlets: promotion.outlets.clone(),
        };
        PromotionDraft { form, photos: promotion.photos.clone() }
    }

    /// The fields in which it differs from another, as (field, the other's,
    /// its own).
    #[must_use]
    pub fn differences(&self, other: &PromotionDraft) -> Vec<(PromotionField, String, String)> {
        let pairs = other.values().into_iter().zip(self.values());
        let differing = pairs.filter(|((_, before), (_, after))| before != after);
        differing.map(|((field, before), (_, after))| (field, before, after)).collect()
    }

    fn values(&self) -> Vec<(PromotionField, String)> {
        let mut form = self.form.clone();
        form.publish_at.clear();
        let texts = form.texts().map(|(field, _, text)| (field, std::mem::take(text)));
        let list = |names: Vec<String>| names.join(" ");
        let outlets = list(self.form.outlets.iter().map(ToString::to_string).collect());
        let photos = list(self.photos.iter().map(ToString::to_string).collect());
        let lists = [(PromotionField::Outlets, outlets), (PromotionField::Photos, photos)];
        texts.into_iter().chain(lists).collect()
    }
}

#[cfg(test)]
mod tests;
