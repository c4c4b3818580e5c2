//! Signing in and out: three forms.

use super::ApiError;
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::{caller, cookies, notice};

/// What stands between the two steps of signing in: kept in a short-lived
/// cookie, so that no telephone number is ever in an address.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct Pending {
    /// The number as it was typed.
    pub(crate) phone: String,
    /// The code, on demonstration data only.
    pub(crate) demo_code: Option<String>,
}

#[cfg(feature = "ssr")]
const PENDING: &str = "yuehui_login";
#[cfg(feature = "ssr")]
const PAGE: &str = "/login";
#[cfg(feature = "ssr")]
const SESSION_S: u32 = 30 * 24 * 3600;

/// The step that the reader of the sign-in page has reached.
#[cfg(feature = "ssr")]
pub(crate) fn pending() -> Option<Pending> {
    cookies::unpack(&cookies::get(PENDING)?)
}

/// The sign-in page that leads on to `back`.
#[cfg(feature = "ssr")]
pub(crate) fn page(back: &str) -> String {
    match caller::local_path(back) {
        Some(back) => format!("{PAGE}?back={}", caller::encoded(back)),
        None => PAGE.to_owned(),
    }
}

/// Sends a login code to a number; an empty number means the one before.
///
/// # Errors
/// The number is none, or codes were asked for too often.
#[server(prefix = "/api/fn", endpoint = "ask_code")]
pub async fn ask_code(
    #[server(default)] phone: String,
    #[server(default)] back: String,
) -> Result<(), ApiError> {
    let page = page(&back);
    notice::settle(send_code(phone).await.map(|()| leptos_axum::redirect(&page)), &page)
}

#[cfg(feature = "ssr")]
async fn send_code(phone: String) -> Result<(), ApiError> {
    let backend = caller::backend()?;
    let phone = match pending() {
        Some(pending) if phone.is_empty() => pending.phone,
        _ => phone,
    };
    let number = phone.parse::<domain::Phone>().map_err(|_| caller::convert(bad_phone()))?;
    let sent = backend.send_code(&number).await.map_err(caller::convert)?;
    let pending = Pending { phone: number.reveal().to_owned(), demo_code: sent.demo_code };
    let kept_s = u32::try_from(sent.expires_in_s).unwrap_or(300);
    cookies::set(PENDING, &cookies::pack(&pending), "/", kept_s);
    Ok(())
}

#[cfg(feature = "ssr")]
fn bad_phone() -> domain::Denied {
    let words = caller::lang().pick("请输入 11 位手机号", "a mobile number has 11 digits");
    domain::Denied::field(caller::lang().pick("手机号", "The number"), words)
}

/// Signs in with the code, and goes to `back` or to the account's own home.
///
/// # Errors
/// The code is wrong or too old, or too many were wrong.
#[server(prefix = "/api/fn", endpoint = "enter")]
pub async fn enter(#[server(default)] code: String, #[server(default)] back: String) -> Result<(), ApiError> {
    notice::settle(log_in(&code, &back).await, &page(&back))
}

#[cfg(feature = "ssr")]
async fn log_in(code: &str, back: &str) -> Result<(), ApiError> {
    let backend = caller::backend()?;
    let wrong = || caller::convert(domain::Denied::WrongCode);
    let pending = pending().ok_or_else(wrong)?;
    let number = pending.phone.parse::<domain::Phone>().map_err(|_| wrong())?;
    let login = backend.log_in(&number, code.trim()).await.map_err(caller::convert)?;
    cookies::set(cookies::SESSION, &login.token, "/", SESSION_S);
    cookies::clear(PENDING, "/");
    leptos_axum::redirect(caller::local_path(back).unwrap_or_else(|| home_of(&login.roles)));
    Ok(())
}

/// Where people of these roles begin.
#[cfg(feature = "ssr")]
pub(crate) fn home_of(roles: &[domain::Role]) -> &'static str {
    use domain::Permission;
    let may = |permission| roles.iter().any(|role| role.may(permission));
    if may(Permission::SeeStats) {
        "/bureau"
    } else if may(Permission::AssistResidents) {
        "/bureau/desk"
    } else if may(Permission::Redeem) {
        "/shop/till"
    } else {
        "/wallet"
    }
}

/// Ends the session.
///
/// # Errors
/// The store failed.
#[server(prefix = "/api/fn", endpoint = "leave")]
pub async fn leave() -> Result<(), ApiError> {
    let backend = caller::backend()?;
    if let Some(token) = cookies::get(cookies::SESSION) {
        backend.log_out(&token).await.map_err(caller::convert)?;
    }
    cookies::clear(cookies::SESSION, "/");
    leptos_axum::redirect("/");
    Ok(())
}

/// Chooses the home district, by which some rounds are shared out.
///
/// # Errors
/// Nobody is signed in, or there is no such district.
#[server(prefix = "/api/fn", endpoint = "choose_district")]
pub async fn choose_district(#[server(default)] district: String) -> Result<(), ApiError> {
    notice::settle(set_district(&district).await.map(|()| leptos_axum::redirect("/me")), "/me")
}

#[cfg(feature = "ssr")]
async fn set_district(district: &str) -> Result<(), ApiError> {
    let resident = caller::signed_in().await?;
    let unknown = |_| {
        let lang = caller::lang();
        let field = lang.pick("所在区县", "The home district");
        caller::convert(domain::Denied::field(field, lang.pick("请从列表中选择", "choose one of the list")))
    };
    let district = district.parse().map_err(unknown)?;
    caller::backend()?.choose_district(&resident, district).await.map_err(caller::convert)
}
