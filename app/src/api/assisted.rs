//! The community desk: what its pages show, and its forms.
//!
//! What was typed of a resident waits in a short-lived cookie of the desk's
//! pages: neither a phone nor an identity number is ever in an address.

use super::ApiError;
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::{caller, cookies, notice, rounds, season};
#[cfg(feature = "ssr")]
use backend::{AssistCheck, AssistRequest, Caller};
#[cfg(feature = "ssr")]
use domain::draw::EntryId;
#[cfg(feature = "ssr")]
use domain::shapes::{AssistedItem, CampaignShape, DistrictShape, Page, RoundShape, SeasonShape, SlipShape};
#[cfg(feature = "ssr")]
use domain::{Denied, IdentityNumber, ListQuery, Method, Permission, RoundId, RoundState, VoucherId};
#[cfg(feature = "ssr")]
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
const PAGE: &str = "/bureau/desk";
/// The page on which the resident's data is confirmed.
#[cfg(feature = "ssr")]
const PAGE_OF_CHECK: &str = "/bureau/desk?step=confirm";
#[cfg(feature = "ssr")]
const TYPED: &str = "yuehui_desk";
#[cfg(feature = "ssr")]
const TYPED_KEPT_S: u32 = 300;

/// What the desk's form was sent with, and the key of this resident.
#[cfg(feature = "ssr")]
#[derive(Clone, Default, Serialize, Deserialize)]
pub(crate) struct Typed {
    pub(crate) round_id: String,
    pub(crate) name: String,
    pub(crate) phone: String,
    pub(crate) phone_owner: String,
    pub(crate) identity_no: String,
    pub(crate) district: String,
    pub(crate) key: String,
}

/// What `/bureau/desk` shows.
#[cfg(feature = "ssr")]
pub(crate) struct Desk {
    /// The district of the desk; none for an officer of the whole city.
    pub(crate) district: Option<DistrictShape>,
    /// The districts of the season, for such an officer.
    pub(crate) districts: Vec<DistrictShape>,
    /// The rounds that can be entered now, the desk's own first.
    pub(crate) rounds: Vec<RoundShape>,
    /// What is in the form.
    pub(crate) typed: Typed,
    /// What was typed, read and masked, to be confirmed.
    pub(crate) check: Option<(RoundShape, AssistCheck)>,
    /// The entry that was made a moment ago.
    pub(crate) entered: Option<EntryId>,
    /// What the desk did: today, or ever.
    pub(crate) done: Page<AssistedItem>,
    /// Whether the list is today's alone.
    pub(crate) today: bool,
}

/// What `/bureau/desk/{voucher}` shows.
#[cfg(feature = "ssr")]
pub(crate) struct Paper {
    pub(crate) slip: SlipShape,
    pub(crate) campaign: CampaignShape,
    pub(crate) season: SeasonShape,
    /// The key under which a second press is the same print.
    pub(crate) key: String,
}

/// What the desk's page was asked for, as its address has it.
#[cfg(feature = "ssr")]
pub(crate) struct Asked {
    pub(crate) step: Option<String>,
    pub(crate) entered: Option<String>,
    pub(crate) cursor: Option<String>,
    pub(crate) all: bool,
}

/// The person at the desk.
#[cfg(feature = "ssr")]
async fn staff() -> Result<Caller, ApiError> {
    let staff = caller::signed_in().await?;
    staff.require(Permission::AssistResidents).map_err(caller::convert)?;
    Ok(staff)
}

/// The desk's page.
///
/// # Errors
/// Nobody is signed in, or not a person at a desk; the cursor is none; or the
/// store failed.
#[cfg(feature = "ssr")]
pub(crate) async fn desk(asked: Asked) -> Result<Desk, ApiError> {
    let (staff, backend) = (staff().await?, caller::backend()?);
    let mut rounds = rounds::all(&backend).await?;
    rounds.retain(|round| round.state == RoundState::Open);
    rounds.sort_by_key(|round| round.method != Method::Assisted);
    let typed = typed().unwrap_or_default();
    let check = match asked.step.as_deref() {
        Some("confirm") => {
            let round = rounds.iter().find(|round| round.id.to_string() == typed.round_id).cloned();
            round.zip(backend.check_assist(&staff, &request(&typed)).ok())
        }
        _ => None,
    };
    let query = ListQuery { limit: None, cursor: asked.cursor };
    let done = backend.assisted(&staff, &query, !asked.all).await.map_err(caller::convert)?;
    let districts = season::setting()?.districts;
    let own = districts.iter().find(|district| Some(district.code) == staff.desk).cloned();
    Ok(Desk {
        district: own.filter(|_| !staff.may(Permission::SeeStats)),
        districts,
        rounds,
        typed,
        check,
        entered: asked.entered.and_then(|name| name.parse().ok()),
        done,
        today: !asked.all,
    })
}

/// A paper voucher.
///
/// # Errors
/// Nobody is signed in, or not a person at a desk; there is no such paper of
/// theirs; or the store failed.
#[cfg(feature = "ssr")]
pub(crate) async fn paper(id: Result<i64, ApiError>) -> Result<Paper, ApiError> {
    let (staff, backend, id) = (staff().await?, caller::backend()?, VoucherId(id?));
    let slip = backend.slip(&staff, id).await.map_err(caller::convert)?;
    let campaign = backend.campaign(slip.voucher.campaign_id).map_err(caller::convert)?;
    Ok(Paper { slip, campaign, season: backend.season(), key: backend.new_key().as_str().to_owned() })
}

#[cfg(feature = "ssr")]
fn typed() -> Option<Typed> {
    cookies::unpack(&cookies::get(TYPED)?)
}

#[cfg(feature = "ssr")]
fn request(typed: &Typed) -> AssistRequest {
    let filled = |text: &String| Some(text.clone()).filter(|text| !text.trim().is_empty());
    AssistRequest {
        name: typed.name.clone(),
        phone: filled(&typed.phone),
        phone_owner: filled(&typed.phone_owner),
        identity_no: filled(&typed.identity_no),
        district: filled(&typed.district),
    }
}

#[cfg(feature = "ssr")]
impl Typed {
    /// What a field holds at most; what is longer is no name and no number.
    fn shortened(mut self) -> Typed {
        let fields = [&mut self.round_id, &mut self.name, &mut self.phone, &mut self.phone_owner];
        for field in fields.into_iter().chain([&mut self.identity_no, &mut self.district]) {
            *field = field.chars().take(64).collect();
        }
        self
    }
}

/// Reads what was typed of a resident and shows it once more, to be confirmed.
///
/// # Errors
/// Nobody is signed in, or not a person at a desk; or a field is out of its
/// limits.
#[server(prefix = "/api/fn", endpoint = "check_resident")]
pub async fn check_resident(
    #[server(default)] round_id: String,
    #[server(default)] name: String,
    #[server(default)] phone: String,
    #[server(default)] phone_owner: String,
    #[server(default)] identity_no: String,
    #[server(default)] district: String,
) -> Result<(), ApiError> {
    let check = async {
        let (staff, backend) = (staff().await?, caller::backend()?);
        let key = backend.new_key().as_str().to_owned();
        let typed = Typed { round_id, name, phone, phone_owner, identity_no, district, key }.shortened();
        keep(&typed);
        backend.check_assist(&staff, &request(&typed)).map_err(|error| in_words(error, &typed))?;
        leptos_axum::redirect(PAGE_OF_CHECK);
        Ok(())
    };
    notice::settle(check.await, PAGE)
}

#[cfg(feature = "ssr")]
fn keep(typed: &Typed) {
    cookies::set(TYPED, &cookies::pack(typed), PAGE, TYPED_KEPT_S);
}

/// Does what was confirmed, and shows the voucher's paper, or the entry. The
/// form carries what was typed: the cookie is for filling it in again.
///
/// # Errors
/// Nobody is signed in, or not a person at a desk; a field is out of its
/// limits; or the rules refuse it.
#[server(prefix = "/api/fn", endpoint = "assist_resident")]
pub async fn assist_resident(
    #[server(default)] round_id: String,
    #[server(default)] name: String,
    #[server(default)] phone: String,
    #[server(default)] phone_owner: String,
    #[server(default)] identity_no: String,
    #[server(default)] district: String,
    #[server(default)] key: String,
) -> Result<(), ApiError> {
    let typed = Typed { round_id, name, phone, phone_owner, identity_no, district, key }.shortened();
    let outcome = assist(&typed).await;
    let page = match &outcome {
        // It may have come through, or its turn comes: the same again.
        Err(ApiError(problem)) if problem.status >= 500 || problem.code == "not_your_turn" => PAGE_OF_CHECK,
        _ => PAGE,
    };
    notice::settle(outcome, page)
}

#[cfg(feature = "ssr")]
async fn assist(typed: &Typed) -> Result<(), ApiError> {
    let (staff, backend) = (staff().await?, caller::backend()?);
    let round: RoundId = typed.round_id.parse().map_err(|_| caller::convert(Denied::NotFound))?;
    let key = typed.key.parse().map_err(|_| caller::convert(Denied::BadKey))?;
    let done = backend.assist(&staff, round, &request(typed), &key).await;
    let done = done.map_err(|error| in_words(error, typed))?.answer;
    cookies::clear(TYPED, PAGE);
    match (done.voucher, done.entry) {
        (Some(voucher), _) => leptos_axum::redirect(&format!("{PAGE}/{}", voucher.voucher_id)),
        (None, Some(entry)) => leptos_axum::redirect(&format!("{PAGE}?entered={}", entry.entry)),
        (None, None) => leptos_axum::redirect(PAGE),
    }
    Ok(())
}

/// Prints a paper anew and shows it.
///
/// # Errors
/// Nobody is signed in, or not a person at a desk; there is no such paper of
/// theirs; or it is not printed any more.
#[server(prefix = "/api/fn", endpoint = "print_slip")]
pub async fn print_slip(
    #[server(default)] voucher_id: i64,
    #[server(default)] key: String,
) -> Result<(), ApiError> {
    let page = format!("{PAGE}/{voucher_id}");
    notice::settle(print(VoucherId(voucher_id), &key).await.map(|()| leptos_axum::redirect(&page)), &page)
}

#[cfg(feature = "ssr")]
async fn print(voucher: VoucherId, key: &str) -> Result<(), ApiError> {
    let staff = staff().await?;
    let key = key.parse().map_err(|_| caller::convert(Denied::BadKey))?;
    caller::backend()?.print_anew(&staff, voucher, &key).await.map_err(caller::convert)?;
    Ok(())
}

/// A refusal as the person at the desk has to understand it: the services
/// speak to residents, and name fields as programs do.
#[cfg(feature = "ssr")]
fn in_words(error: backend::Error, typed: &Typed) -> ApiError {
    let lang = caller::lang();
    let field = |error: backend::Error, name: &str, allowed: &str| match error {
        backend::Error::Denied(Denied::BadField { .. }) => Denied::field(name, allowed).into(),
        error => error,
    };
    let error = match &error {
        backend::Error::Denied(Denied::BadField { field: name, .. }) => match name.as_str() {
            "name" => {
                field(error, lang.pick("姓名", "The name"), lang.pick("1–40 个字", "1 to 40 characters"))
            }
            "phone" => {
                let allowed = lang.pick(
                    "手机号是 11 位，没有可以不填",
                    "a mobile number has 11 digits; leave it empty where there is none",
                );
                field(error, lang.pick("手机号", "The phone"), allowed)
            }
            "identity_no" => {
                let wrong = typed.identity_no.parse::<IdentityNumber>().err();
                let wrong = wrong.filter(|_| !typed.identity_no.trim().is_empty());
                let needed = lang
                    .pick("没有本人手机号时必须填写", "it is needed where there is no phone of their own");
                let allowed = wrong.map_or(needed, |wrong| wrong.words(lang));
                field(error, lang.pick("身份证号", "The identity number"), allowed)
            }
            "district" => {
                let allowed = lang.pick("请从列表中选择", "choose one of the list");
                field(error, lang.pick("区县", "The district"), allowed)
            }
            _ => error,
        },
        _ => error,
    };
    let ApiError(mut problem) = caller::convert(error);
    let words = match problem.code.as_str() {
        "limit_reached" => Some(lang.pick(
            "这位居民已经领满，手机和纸质合在一起算；要补打纸质券，请看下面的清单",
            "This resident has reached the limit, phone and paper together; to print a paper again, see the list below",
        )),
        "not_eligible" => Some(lang.pick(
            "本轮没有这个区县居民的名额，请换一轮",
            "This round has no places for residents of the district: choose another",
        )),
        "not_drawn" => Some(lang.pick("这位居民没有中签，或没有报名", "This resident was not drawn, or had not entered")),
        _ => None,
    };
    if let Some(words) = words {
        problem.detail = words.to_owned();
    }
    ApiError(problem)
}
