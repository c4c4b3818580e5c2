//! `/promotions/{id}`: one offer, and where it is to be had; whoever reviews it
//! takes it down here.

use crate::api::promotions::{SuspendPromotion, suspension_key};
use crate::api::{caller, offers};
use crate::components::page::Page;
use crate::components::promotion::Offer;
use crate::pages::{id_in_path, loaded};
use domain::{Lang, PromotionId};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The page.
pub(crate) fn promotion() -> impl IntoView {
    let id = id_in_path();
    let read = async move {
        let id = PromotionId(id?);
        Ok((offers::opened(id)?, suspension_key(id).await?))
    };
    loaded(read, |((promotion, merchant), key)| {
        let lang = caller::lang();
        let title = lang.of(&promotion.title, &promotion.title_en).to_owned();
        let suspend = key.map(|key| suspension(promotion.id, &key, lang));
        view! {
            <Page title>
                <Offer promotion merchant/>
                {suspend}
            </Page>
        }
    })
}

/// The bureau's form by which it disappears.
fn suspension(id: PromotionId, key: &str, lang: Lang) -> impl IntoView + use<> {
    view! {
        <details class="card" data-testid="suspension">
            <summary>{lang.pick("商务局：下架这个活动", "For the bureau: take it down")}</summary>
            <form class="form" method="post" action=SuspendPromotion::url()>
                <p>{lang.pick(
                    "下架后居民立即看不到，商户会看到原因；修改并重新提交、审核通过后才会再出现。",
                    "Residents see it no more at once, and the merchant reads why. It appears again once it was mended, handed in and approved.",
                )}</p>
                <input type="hidden" name="promotion_id" value=id.to_string()/>
                <input type="hidden" name="key" value=key.to_owned()/>
                <label class="field">
                    <span>{lang.pick("下架原因（商户会看到）", "Why (the merchant reads it)")}</span>
                    <input name="reason" type="text" autocomplete="off" required=true maxlength="200"/>
                </label>
                <button class="button" type="submit" data-testid="suspend">{lang.pick("下架", "Take it down")}</button>
            </form>
        </details>
    }
}
