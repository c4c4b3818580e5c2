//! The catalogue as the front doors call it.

use crate::{Backend, Caller};
use domain::shapes::{
    CampaignShape, DishShape, DistrictShape, EventShape, MerchantShape, NewsShape, Page, PromotionShape,
    SeasonShape,
};
use domain::{CampaignId, Denied, ListQuery, MerchantId, OfferQuery, PromotionId};

impl Backend {
    /// The season and the time.
    #[must_use]
    pub fn season(&self) -> SeasonShape {
        self.catalogue().season_shape(self.now())
    }

    /// The districts, in the order of their codes.
    #[must_use]
    pub fn districts(&self) -> Vec<DistrictShape> {
        self.catalogue().district_shapes()
    }

    /// Merchants that answer the filters.
    ///
    /// # Errors
    /// A filter, limit or cursor is none.
    pub fn merchants(&self, query: &OfferQuery) -> Result<Page<MerchantShape>, Denied> {
        self.catalogue().merchant_page(query, self.now())
    }

    /// One merchant.
    ///
    /// # Errors
    /// There is no such merchant, or it takes no part.
    pub fn merchant(&self, id: MerchantId) -> Result<MerchantShape, Denied> {
        let catalogue = self.catalogue();
        let merchant = catalogue.merchant_taking_part(id).ok_or(Denied::NotFound)?;
        Ok(catalogue.merchant_shape(merchant, self.now()))
    }

    /// The caller's own merchant, wherever it stands.
    ///
    /// # Errors
    /// They belong to none.
    pub fn own_merchant(&self, caller: &Caller) -> Result<MerchantShape, Denied> {
        let catalogue = self.catalogue();
        let merchant = catalogue.merchant(caller.merchant_id.ok_or(Denied::WrongRole)?);
        Ok(catalogue.merchant_shape(merchant.ok_or(Denied::NotFound)?, self.now()))
    }

    /// Promotions that answer the filters.
    ///
    /// # Errors
    /// A filter, limit or cursor is none.
    pub fn promotions(&self, query: &OfferQuery) -> Result<Page<PromotionShape>, Denied> {
        self.catalogue().promotion_page(query, self.now())
    }

    /// One promotion.
    ///
    /// # Errors
    /// There is no such promotion.
    pub fn promotion(&self, id: PromotionId) -> Result<PromotionShape, Denied> {
        let catalogue = self.catalogue();
        let offer = catalogue.promotion(id).ok_or(Denied::NotFound)?;
        Ok(catalogue.promotion_shape(offer, self.now()))
    }

    /// How many promotions answer the filters, whatever the page.
    ///
    /// # Errors
    /// A filter is none.
    pub fn promotion_count(&self, query: &OfferQuery) -> Result<usize, Denied> {
        self.catalogue().promotion_count(query, self.now())
    }

    /// The promotions of a merchant; none where there is no such merchant.
    #[must_use]
    pub fn promotions_of(&self, merchant: MerchantId) -> Vec<PromotionShape> {
        let (catalogue, now) = (self.catalogue(), self.now());
        catalogue.promotions_of(merchant).map(|offer| catalogue.promotion_shape(offer, now)).collect()
    }

    /// The campaigns.
    ///
    /// # Errors
    /// Limit or cursor is none.
    pub fn campaigns(&self, query: &ListQuery) -> Result<Page<CampaignShape>, Denied> {
        self.catalogue().campaign_page(query)
    }

    /// One campaign.
    ///
    /// # Errors
    /// There is no such campaign.
    pub fn campaign(&self, id: CampaignId) -> Result<CampaignShape, Denied> {
        let catalogue = self.catalogue();
        let terms = catalogue.campaign(id).ok_or(Denied::NotFound)?;
        Ok(catalogue.campaign_shape(terms))
    }

    /// The events.
    ///
    /// # Errors
    /// Limit or cursor is none.
    pub fn events(&self, query: &ListQuery) -> Result<Page<EventShape>, Denied> {
        self.catalogue().event_page(query)
    }

    /// The dishes.
    ///
    /// # Errors
    /// Limit or cursor is none.
    pub fn dishes(&self, query: &ListQuery) -> Result<Page<DishShape>, Denied> {
        self.catalogue().dish_page(query)
    }

    /// The news, the newest first.
    #[must_use]
    pub fn news(&self) -> Vec<NewsShape> {
        self.catalogue().news_shapes()
    }
}
