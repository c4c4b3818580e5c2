//! `/promotions/{id}`: one offer, and where it is to be had.

use crate::api::{caller, offers};
use crate::components::page::Page;
use crate::components::promotion::Offer;
use crate::pages::{id_in_path, loaded};
use domain::PromotionId;
use leptos::prelude::*;

/// The page.
pub(crate) fn promotion() -> impl IntoView {
    let id = id_in_path();
    loaded(async move { offers::opened(PromotionId(id?)) }, |(promotion, merchant)| {
        let title = caller::lang().of(&promotion.title, &promotion.title_en).to_owned();
        view! {
            <Page title>
                <Offer promotion merchant/>
            </Page>
        }
    })
}
