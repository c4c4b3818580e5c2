//! The lists that people page through. The order is the table's, with a
//! search the best first; a cursor is the number of the last item, so that a
//! page neither repeats nor leaves out what the pages before held.

use super::Catalogue;
use super::filter::{OfferFilter, RoundFilter};
use super::table::Table;
use crate::paging;
use crate::search::{Index, Rank, Wanted};
use domain::shapes::{CampaignShape, DishShape, EventShape, MerchantShape, Page, PromotionShape};
use domain::{
    CampaignId, Denied, EventId, ListQuery, MerchantId, OfferQuery, PromotionId, Round, RoundId, RoundQuery,
    Timestamp,
};
use std::hash::Hash;

impl Catalogue {
    /// The merchants that answer the filters.
    ///
    /// # Errors
    /// A filter, limit or cursor is none.
    pub(crate) fn merchant_page(
        &self,
        query: &OfferQuery,
        now: Timestamp,
    ) -> Result<Page<MerchantShape>, Denied> {
        let filter = OfferFilter::read(query, self)?;
        let ask = Ask::read('m', &query.limit, &query.cursor)?;
        let ranks = Ranks::of(&self.merchant_index, filter.wanted.as_ref());
        let fits = |merchant: &_| filter.takes_merchant(merchant, self, now);
        let page = ask.page(&self.merchants, &ranks, MerchantId, |merchant| merchant.id.0, fits)?;
        Ok(page.map(|merchant| self.merchant_shape(merchant, now)))
    }

    /// The promotions that answer the filters.
    ///
    /// # Errors
    /// A filter, limit or cursor is none.
    pub(crate) fn promotion_page(
        &self,
        query: &OfferQuery,
        now: Timestamp,
    ) -> Result<Page<PromotionShape>, Denied> {
        let filter = OfferFilter::read(query, self)?;
        let ask = Ask::read('p', &query.limit, &query.cursor)?;
        let ranks = Ranks::of(&self.promotion_index, filter.wanted.as_ref());
        let fits = |offer: &_| filter.takes_promotion(offer, self, now);
        let page = ask.page(&self.promotions, &ranks, PromotionId, |offer| offer.id.0, fits)?;
        Ok(page.map(|offer| self.promotion_shape(offer, now)))
    }

    /// How many promotions answer the filters, whatever the page.
    ///
    /// # Errors
    /// A filter is none.
    pub(crate) fn promotion_count(&self, query: &OfferQuery, now: Timestamp) -> Result<usize, Denied> {
        let filter = OfferFilter::read(query, self)?;
        let ranks = Ranks::of(&self.promotion_index, filter.wanted.as_ref());
        let offers = self.promotions.rows().iter().enumerate();
        let fits = offers
            .filter(|(place, offer)| ranks.at(*place).is_some() && filter.takes_promotion(offer, self, now));
        Ok(fits.count())
    }

    /// The campaigns.
    ///
    /// # Errors
    /// Limit or cursor is none.
    pub(crate) fn campaign_page(&self, query: &ListQuery) -> Result<Page<CampaignShape>, Denied> {
        let ask = Ask::read('c', &query.limit, &query.cursor)?;
        let page = ask.page(&self.campaigns, &Ranks(None), CampaignId, |terms| terms.id.0, |_| true)?;
        Ok(page.map(|terms| self.campaign_shape(terms)))
    }

    /// The events.
    ///
    /// # Errors
    /// Limit or cursor is none.
    pub(crate) fn event_page(&self, query: &ListQuery) -> Result<Page<EventShape>, Denied> {
        let ask = Ask::read('e', &query.limit, &query.cursor)?;
        let page = ask.page(&self.events, &Ranks(None), EventId, |event| event.id.0, |_| true)?;
        Ok(page.map(|event| self.event_shape(event)))
    }

    /// The dishes.
    ///
    /// # Errors
    /// Limit or cursor is none.
    pub(crate) fn dish_page(&self, query: &ListQuery) -> Result<Page<DishShape>, Denied> {
        let ask = Ask::read('d', &query.limit, &query.cursor)?;
        let page = ask.page(&self.dishes, &Ranks(None), |id| id, |dish| dish.id, |_| true)?;
        Ok(page.map(|dish| self.dish_shape(dish)))
    }

    /// The rounds that answer the filters, by opening time; their stock is the
    /// database's to add.
    ///
    /// # Errors
    /// A filter, limit or cursor is none.
    pub(crate) fn round_page(&self, query: &RoundQuery, now: Timestamp) -> Result<Page<&Round>, Denied> {
        let filter = RoundFilter::read(query, self)?;
        let ask = Ask::read('r', &query.limit, &query.cursor)?;
        ask.page(&self.rounds, &Ranks(None), RoundId, |round| round.id.0, |round| filter.takes(round, now))
    }
}

/// How well each place of a table fits a search; equally well without one.
struct Ranks(Option<Vec<Option<Rank>>>);

impl Ranks {
    fn of(index: &Index, wanted: Option<&Wanted>) -> Ranks {
        Ranks(wanted.map(|wanted| index.search(wanted)))
    }

    fn at(&self, place: usize) -> Option<Rank> {
        self.0.as_ref().map_or(Some(Rank::Beginning), |ranks| ranks.get(place).copied().flatten())
    }
}

/// Which page is asked for.
struct Ask {
    /// The list's letter, so that one list's cursor is not taken for another's.
    letter: char,
    limit: usize,
    /// The number of the last item of the page before.
    after: Option<i64>,
}

impl Ask {
    fn read(letter: char, limit: &Option<String>, cursor: &Option<String>) -> Result<Ask, Denied> {
        let limit = usize::try_from(paging::limit(limit.as_deref())?).unwrap_or_default();
        let number =
            |text: &str| text.strip_prefix(letter)?.parse().ok().filter(|id| format!("{letter}{id}") == text);
        let after = cursor.as_deref().map(|text| number(text).ok_or_else(bad_cursor)).transpose()?;
        Ok(Ask { letter, limit, after })
    }

    fn page<'a, K: Copy + Eq + Hash, T>(
        &self,
        table: &'a Table<K, T>,
        ranks: &Ranks,
        id: impl Fn(i64) -> K,
        number: impl Fn(&T) -> i64,
        fits: impl Fn(&T) -> bool,
    ) -> Result<Page<&'a T>, Denied> {
        let key = |place| ranks.at(place).map(|rank| (rank, place));
        let last = |number| table.place(id(number)).and_then(key).ok_or_else(bad_cursor);
        let last = self.after.map(last).transpose()?;
        let rows = table.rows();
        let keys = (0..rows.len()).filter_map(key).filter(|key| last.is_none_or(|last| *key > last));
        let mut keys: Vec<(Rank, usize)> = keys.filter(|(_, place)| fits(&rows[*place])).collect();
        keys.sort_unstable();
        let items: Vec<&T> = keys.iter().take(self.limit).map(|(_, place)| &rows[*place]).collect();
        let last = items.last().filter(|_| keys.len() > self.limit);
        let next_cursor = last.map(|last| format!("{}{}", self.letter, number(last)));
        Ok(Page { items, next_cursor })
    }
}

fn bad_cursor() -> Denied {
    Denied::query("cursor", "next_cursor")
}
