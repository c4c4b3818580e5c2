//! `/shop/promotions/{id}`: one promotion, what can be done with it, its
//! photos, and how a phone shows it.

use super::promotions::{StateTags, seen};
use crate::api::promotions::{ChangePromotion, DuplicatePromotion, Own, RemovePhoto};
use crate::api::{caller, promotions as api};
use crate::components::page::Page;
use crate::components::promotion::Offer;
use crate::components::when::When;
use crate::pages::{id_in_path, loaded, lost};
use domain::shapes::{MerchantShape, OwnPromotion};
use domain::{
    Lang, MOST_PHOTO_BYTES, MOST_PHOTOS, PromotionId, PromotionLife, PromotionState, PromotionStep,
    RevisionState,
};
use leptos::either::Either;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The page.
pub(crate) fn promotion() -> impl IntoView {
    let id = id_in_path();
    loaded(async move { api::own(Some(PromotionId(id?))).await }, |own| match own {
        Own { promotion: Some(promotion), merchant, key, .. } => Either::Left(show(promotion, merchant, key)),
        Own { promotion: None, .. } => Either::Right(lost()),
    })
}

fn show(item: OwnPromotion, merchant: MerchantShape, key: String) -> impl IntoView {
    let lang = caller::lang();
    let title = lang.of(&item.form.title, &item.form.title_en);
    let title = if title.is_empty() { lang.pick("（未填标题）", "(no title yet)") } else { title }.to_owned();
    let life = PromotionLife { state: item.state, revision: item.revision };
    view! {
        <Page title=title.clone() class="post-page">
            <p><a href="/shop/promotions">{lang.pick("全部优惠活动", "All promotions")}</a></p>
            <h1 class="title">{title}</h1>
            <p class="offer-tags"><StateTags item=item.clone()/></p>
            {standing(&item, lang)}
            {faults(&item, life, lang)}
            {steps(&item, life, &key, lang)}
            {photos(&item, life.may(PromotionStep::Save), lang)}
            {preview(&item, merchant, lang)}
        </Page>
    }
}

/// What happened last, and what comes next.
fn standing(item: &OwnPromotion, lang: Lang) -> impl IntoView + use<> {
    let when = When::here();
    let reason = item.reason.clone().map(|reason| {
        view! {
            <p class="notice notice-warn" data-testid="reason">
                <strong>{lang.pick("退回或下架原因：", "Why it came back: ")}</strong>{reason}
            </p>
        }
    });
    let told = [
        item.submitted_at.as_deref().map(|at| (lang.pick("提交时间", "Handed in"), when.moment(at))),
        item.publish_at.as_deref().map(|at| (lang.pick("发布时间", "Appears"), when.moment(at))),
        item.published_at.as_deref().map(|at| (lang.pick("发布于", "Appeared"), when.moment(at))),
        item.ended_at.as_deref().map(|at| (lang.pick("结束于", "Ended"), when.moment(at))),
        (item.state == PromotionState::Published).then(|| (lang.pick("看的人", "Readers"), seen(item, lang))),
    ];
    let facts = told.into_iter().flatten().map(|(name, value)| view! { <dt>{name}</dt> <dd>{value}</dd> });
    view! {
        {reason}
        {item.revision.is_some().then(|| view! {
            <p class="notice">{lang.pick("修改通过审核之前，居民看到的仍是原来的内容。", "Until the edit is approved, residents see the old text.")}</p>
        })}
        <dl class="facts">{facts.collect_view()}</dl>
    }
}

/// What is missing before it can be handed in.
fn faults(item: &OwnPromotion, life: PromotionLife, lang: Lang) -> impl IntoView + use<> {
    let list = item.faults.iter().map(|fault| {
        view! { <li data-field=fault.field.code()>{lang.of(&fault.detail, &fault.detail_en).to_owned()}</li> }
    });
    let list = list.collect_view();
    (!item.faults.is_empty() && life.may(PromotionStep::Submit)).then(|| {
        view! {
            <div class="notice" data-testid="faults">
                <p><strong>{lang.pick("提交前还要补充：", "Before it can be handed in:")}</strong></p>
                <ul class="post-faults">{list}</ul>
            </div>
        }
    })
}

fn steps(item: &OwnPromotion, life: PromotionLife, key: &str, lang: Lang) -> impl IntoView + use<> {
    let id = item.id;
    let step = |step: PromotionStep, class: &'static str| {
        life.may(step).then(|| step_form(id, step, class, key, lang))
    };
    let ready = item.faults.is_empty();
    let edit = life.may(PromotionStep::Save).then(|| {
        view! {
            <a class="button button-quiet" href=format!("/shop/promotions/{id}/edit") data-testid="edit">
                {lang.pick("修改内容", "Edit")}
            </a>
        }
    });
    let end = life.may(PromotionStep::End).then(|| view! {
        <details class="post-end">
            <summary>{lang.pick("结束这条活动", "End this promotion")}</summary>
            <p class="quiet">{lang.pick("结束后居民不再看到，不能恢复；需要时可以复制一条。", "Residents will not see it any more, and it does not come back; a copy can be made.")}</p>
            {step_form(id, PromotionStep::End, "button button-quiet", key, lang)}
        </details>
    });
    view! {
        <div class="form-next">
            {ready.then(|| step(PromotionStep::Submit, "button"))}
            {edit}
            {step(PromotionStep::Withdraw, "button button-quiet")}
            {step(PromotionStep::Discard, "button button-quiet")}
            <form method="post" action=DuplicatePromotion::PATH>
                <input type="hidden" name="promotion_id" value=id.to_string()/>
                <input type="hidden" name="key" value=format!("{key}-copy")/>
                <button class="button button-quiet" type="submit" data-testid="duplicate">{lang.pick("复制一条", "Duplicate")}</button>
            </form>
        </div>
        {end}
    }
}

fn step_form(
    id: PromotionId,
    step: PromotionStep,
    class: &'static str,
    key: &str,
    lang: Lang,
) -> impl IntoView + use<> {
    let word = match step {
        PromotionStep::Submit => lang.pick("提交审核", "Hand in for review"),
        PromotionStep::Withdraw => lang.pick("撤回", "Take it back"),
        PromotionStep::Discard => lang.pick("放弃修改", "Drop the edit"),
        step => lang.pick("确认", step.word(lang)),
    };
    let word = if step == PromotionStep::End { lang.pick("确认结束", "End it") } else { word };
    view! {
        <form method="post" action=ChangePromotion::PATH>
            <input type="hidden" name="promotion_id" value=id.to_string()/>
            <input type="hidden" name="step" value=step.code()/>
            <input type="hidden" name="key" value=format!("{key}-{step}")/>
            <button class=class type="submit" data-testid=step.code()>{word}</button>
        </form>
    }
}

fn photos(item: &OwnPromotion, open: bool, lang: Lang) -> impl IntoView + use<> {
    let (id, count) = (item.id, item.photos.len());
    let one =
        item.photos.iter().enumerate().map(|(n, photo)| {
            let number = n + 1;
            let alt = lang.pick(format!("照片 {number}"), format!("Photo {number}"));
            let remove = open.then(|| view! {
            <form method="post" action=RemovePhoto::PATH>
                <input type="hidden" name="promotion_id" value=id.to_string()/>
                <input type="hidden" name="photo" value=photo.id.to_string()/>
                <button class="button button-quiet" type="submit" data-testid="remove-photo"
                    aria-label=lang.pick(format!("删除照片 {number}"), format!("Remove photo {number}"))>
                    {lang.pick("删除", "Remove")}
                </button>
            </form>
        });
            view! {
                <li class="post-shot">
                    <img src=photo.small.clone() width="320" height="240" alt=alt decoding="async"/>
                    {remove}
                </li>
            }
        });
    let one = one.collect_view();
    let upload = (open && count < MOST_PHOTOS).then(|| upload(id, MOST_PHOTOS - count, lang));
    (count > 0 || open).then(|| view! {
        <section aria-labelledby="photos">
            <h2 id="photos">{lang.pick("照片", "Photos")} " " <span class="count digits">{format!("{count}/{MOST_PHOTOS}")}</span></h2>
            <ul class="post-shots" data-testid="own-photos">{one}</ul>
            {upload}
        </section>
    })
}

fn upload(id: PromotionId, room: usize, lang: Lang) -> impl IntoView {
    let megabytes = MOST_PHOTO_BYTES / (1024 * 1024);
    view! {
        <form class="form" method="post" enctype="multipart/form-data" action=format!("/shop/promotions/{id}/photos")>
            <label class="field">
                <span>{lang.pick(
                    format!("再加 1–{room} 张，JPEG、PNG 或 WebP，每张不超过 {megabytes} MB；拍摄地点等信息会自动去掉"),
                    format!("Up to {room} more: JPEG, PNG or WebP, {megabytes} MB each; where it was taken is removed by itself"),
                )}</span>
                <input type="file" name="photo" accept="image/jpeg,image/png,image/webp" multiple=true required=true/>
            </label>
            <button class="button button-quiet" type="submit" data-testid="add-photos">{lang.pick("上传照片", "Add photos")}</button>
        </form>
    }
}

/// How a phone shows it.
fn preview(item: &OwnPromotion, merchant: MerchantShape, lang: Lang) -> impl IntoView + use<> {
    let heading = match item.revision {
        Some(RevisionState::InReview | RevisionState::Draft | RevisionState::Returned) => {
            lang.pick("修改后居民看到的样子", "How residents will see the edit")
        }
        None => lang.pick("居民看到的样子", "How residents see it"),
    };
    item.preview.clone().map(|promotion| {
        view! {
            <section class="phone" aria-label=heading data-testid="preview">
                <p class="phone-head">{heading}</p>
                <Offer promotion merchant preview=true/>
            </section>
        }
    })
}
