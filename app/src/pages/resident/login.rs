//! `/login`: the number, then the code; two forms that need no JavaScript.

use crate::api::caller;
use crate::api::session::{self, AskCode, Enter, Pending};
use crate::components::page::Page;
use crate::pages::parameter;
use domain::Phone;
use leptos::either::Either;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The page. `again` asks for the number once more.
pub(crate) fn login() -> impl IntoView {
    let lang = caller::lang();
    let back = parameter("back").filter(|back| caller::local_path(back).is_some()).unwrap_or_default();
    let pending = session::pending().filter(|_| parameter("again").is_none());
    view! {
        <Page title=lang.pick("登录", "Sign in") class="page-narrow">
            <h1 class="title">{lang.pick("登录", "Sign in")}</h1>
            {match pending {
                Some(pending) => Either::Left(view! { <CodeStep pending back/> }),
                None => Either::Right(view! { <PhoneStep back/> }),
            }}
        </Page>
    }
}

#[component]
fn PhoneStep(back: String) -> impl IntoView {
    let lang = caller::lang();
    view! {
        <form class="card form" method="post" action=AskCode::url()>
            <input type="hidden" name="back" value=back/>
            <label class="field">
                <span>{lang.pick("手机号", "Mobile number")}</span>
                <input name="phone" type="tel" inputmode="numeric" autocomplete="tel-national" required maxlength="20"
                    placeholder=lang.pick("11 位手机号", "11 digits")/>
            </label>
            <button class="button button-big" type="submit" data-testid="ask-code">{lang.pick("获取验证码", "Send me a code")}</button>
            <p class="quiet">
                {lang.pick("手机号加密保存，只用于登录和限领核对", "The number is stored encrypted and serves for signing in and the limits alone")}
            </p>
        </form>
    }
}

#[component]
fn CodeStep(pending: Pending, back: String) -> impl IntoView {
    let lang = caller::lang();
    let masked = pending.phone.parse::<Phone>().map(|phone| phone.masked()).unwrap_or_default();
    let again = if back.is_empty() {
        "/login?again=1".to_owned()
    } else {
        format!("{}&again=1", session::page(&back))
    };
    view! {
        <form class="card form" method="post" action=Enter::url()>
            <input type="hidden" name="back" value=back.clone()/>
            <p>{lang.pick(format!("验证码已发送到 {masked}"), format!("A code was sent to {masked}"))}</p>
            {pending.demo_code.map(|code| view! {
                <p class="notice">
                    {lang.pick("演示数据，验证码是 ", "Demonstration data: the code is ")}
                    <strong class="digits" data-testid="demo-code">{code}</strong>
                </p>
            })}
            <label class="field">
                <span>{lang.pick("验证码", "Code")}</span>
                <input class="digits" name="code" type="text" inputmode="numeric" autocomplete="one-time-code" required maxlength="12"/>
            </label>
            <button class="button button-big" type="submit" data-testid="enter">{lang.pick("登录", "Sign in")}</button>
        </form>
        <div class="form-next">
            <form method="post" action=AskCode::url()>
                <input type="hidden" name="back" value=back/>
                <button class="button button-quiet" type="submit">{lang.pick("重新发送", "Send another code")}</button>
            </form>
            <a class="button button-quiet" href=again>{lang.pick("换一个手机号", "Use another number")}</a>
        </div>
    }
}
