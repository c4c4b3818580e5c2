//! `/shop/invitation/{code}`: what an invitation offers, and joining.

use crate::api::people::{self as api, AcceptInvitation, Offer};
use crate::api::{caller, session};
use crate::components::page::Page;
use crate::components::when::When;
use crate::pages::loaded;
use domain::Denied;
use domain::{Lang, MOST_NAME};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_params_map;

/// The page.
pub(crate) fn invitation() -> impl IntoView {
    let code = use_params_map().read_untracked().get("code");
    let offer = async move {
        let code = code.ok_or_else(|| caller::convert(Denied::NotFound))?;
        api::offer(&code).await
    };
    loaded(offer, show)
}

fn show(offer: Offer) -> impl IntoView {
    let lang = caller::lang();
    let Offer { invitation, outlets, name } = offer;
    let merchant = lang.of(&invitation.merchant_name, &invitation.merchant_name_en).to_owned();
    let until = When::here().moment(&invitation.expires_at);
    let places = match outlets.is_empty() {
        true => lang.pick("全部门店", "every outlet").to_owned(),
        false => outlets.join(lang.pick("、", ", ")),
    };
    let step = match name {
        None => sign_in(lang, &invitation.path).into_any(),
        Some(name) => accept(lang, invitation.code, name).into_any(),
    };
    view! {
        <Page title=lang.pick("加入商户", "Join a merchant") class="page-narrow">
            <h1 class="title">{lang.pick(format!("{merchant} 邀请您"), format!("{merchant} invites you"))}</h1>
            <section class="card">
                <dl class="facts">
                    <dt>{lang.pick("角色", "As")}</dt>
                    <dd data-testid="invited-as">{invitation.role.word(lang)}</dd>
                    <dt>{lang.pick("门店", "At")}</dt>
                    <dd>{places}</dd>
                    <dt>{lang.pick("有效至", "Good until")}</dt>
                    <dd>{until}</dd>
                </dl>
            </section>
            {step}
        </Page>
    }
}

fn sign_in(lang: Lang, path: &str) -> impl IntoView + use<> {
    view! {
        <p>{lang.pick("先用自己的手机号登录，再回到这里加入。", "First sign in with your own number; then join here.")}</p>
        <p><a class="button button-big" href=session::page(path) data-testid="sign-in">{lang.pick("用手机号登录", "Sign in")}</a></p>
    }
}

fn accept(lang: Lang, code: String, name: String) -> impl IntoView {
    view! {
        <form class="card form" method="post" action=AcceptInvitation::url()>
            <input type="hidden" name="code" value=code/>
            <label class="field">
                <span>{lang.pick("姓名，显示在店员名单和核销记录里", "Your name, for the lists of people and redemptions")}</span>
                <input name="name" type="text" required maxlength=MOST_NAME.to_string() value=name autocomplete="name"/>
            </label>
            <button class="button button-big" type="submit" data-testid="accept">{lang.pick("加入，打开收银台", "Join and open the till")}</button>
        </form>
    }
}
