//! What merchants and promotions are found by.

use super::Catalogue;
use crate::search::{Field, Index};
use domain::{Kind, Outlet};

impl Catalogue {
    /// The index of the merchants: by their names, then by their outlets',
    /// then by what they offer, trade and where they are.
    pub(super) fn index_merchants(&self) -> Index {
        let mut index = Index::default();
        for (row, merchant) in self.merchants.rows().iter().enumerate() {
            index.add(row, Field::Name, &merchant.name);
            index.add(row, Field::Name, &merchant.name_en);
            for outlet in self.outlets_of(merchant.id) {
                index.add(row, Field::Title, &outlet.name);
                index.add(row, Field::Title, &outlet.name_en);
                self.add_place(&mut index, row, outlet);
            }
            for offer in self.promotions_of(merchant.id) {
                index.add(row, Field::Text, &offer.title);
                index.add_sentences(row, &offer.title_en);
            }
            add_kind(&mut index, row, self.kind(&merchant.kind));
        }
        index
    }

    /// The index of the promotions: by the merchants' names, then by their own
    /// titles, then by their texts, trade and where they are.
    pub(super) fn index_promotions(&self) -> Index {
        let mut index = Index::default();
        for (row, offer) in self.promotions.rows().iter().enumerate() {
            let merchant = &self.merchants[offer.merchant_id];
            index.add(row, Field::Name, &merchant.name);
            index.add(row, Field::Name, &merchant.name_en);
            index.add(row, Field::Title, &offer.title);
            index.add(row, Field::Title, &offer.title_en);
            for sentences in [&offer.text, &offer.text_en, &offer.price_text, &offer.price_text_en] {
                index.add_sentences(row, sentences);
            }
            for outlet in self.outlets_at(offer) {
                index.add(row, Field::Text, &outlet.name);
                index.add_sentences(row, &outlet.name_en);
                self.add_place(&mut index, row, outlet);
            }
            add_kind(&mut index, row, self.kind(&merchant.kind));
        }
        index
    }

    fn add_place(&self, index: &mut Index, row: usize, outlet: &Outlet) {
        let district = self.district(outlet.district).map(|district| (&district.name, &district.name_en));
        let area =
            outlet.area.as_ref().and_then(|key| self.area(key)).map(|area| (&area.name, &area.name_en));
        for (name, name_en) in [district, area].into_iter().flatten() {
            index.add(row, Field::Text, name);
            index.add_sentences(row, name_en);
        }
        index.add_sentences(row, &outlet.address);
        index.add_sentences(row, &outlet.address_en);
    }
}

fn add_kind(index: &mut Index, row: usize, kind: Option<&Kind>) {
    if let Some(kind) = kind {
        index.add(row, Field::Text, &kind.name);
        index.add_sentences(row, &kind.name_en);
    }
}
