//! Building campaigns: what the pages show, and their forms.

use super::ApiError;
use domain::CampaignForm;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use super::{caller, notice, rounds, season};
#[cfg(feature = "ssr")]
use crate::figures::{count, face, yuan};
#[cfg(feature = "ssr")]
use backend::{Backend, Caller, DraftChange};
#[cfg(feature = "ssr")]
use domain::shapes::{CampaignShape, DistrictShape, DraftShape, KindShape, Page, RoundShape};
#[cfg(feature = "ssr")]
use domain::{
    CampaignId, Denied, DraftId, IdempotencyKey, Lang, ListQuery, Permission, QuotaForm, RoundForm,
};

#[cfg(feature = "ssr")]
const LIST: &str = "/bureau/campaigns";

/// What a form of a campaign is drawn from.
#[cfg(feature = "ssr")]
pub(crate) struct Setting {
    pub(crate) districts: Vec<DistrictShape>,
    pub(crate) kinds: Vec<KindShape>,
    /// The season's first and last day.
    pub(crate) season: (String, String),
    /// Under which pressing twice is one step.
    pub(crate) key: String,
}

/// What `/bureau/campaigns` shows.
#[cfg(feature = "ssr")]
pub(crate) struct Overview {
    pub(crate) drafts: Page<DraftShape>,
    pub(crate) campaigns: Page<CampaignShape>,
    /// The rounds of all published campaigns.
    pub(crate) rounds: Vec<RoundShape>,
    /// Whether the reader may build.
    pub(crate) builds: bool,
    /// The season's first and last day.
    pub(crate) season: (String, String),
    pub(crate) today: String,
}

/// A published campaign on the organizers' side.
#[cfg(feature = "ssr")]
pub(crate) struct Published {
    pub(crate) campaign: CampaignShape,
    /// As it would have been typed.
    pub(crate) form: CampaignForm,
    pub(crate) builds: bool,
    pub(crate) setting: Setting,
}

/// What a form comes to, in the reader's words: the card that residents will
/// see, and the budget. An empty text is one that has nothing to say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reckoned {
    pub title: String,
    /// What one gets, and on what condition.
    pub amount: String,
    pub condition: String,
    /// Made from the terms.
    pub sentence: String,
    /// What the city wrote beside it.
    pub summary: String,
    pub vouchers: String,
    pub value: String,
    pub pot: String,
    pub left: String,
    /// By how much the rounds cost more than the pot holds.
    pub over: String,
}

#[cfg(feature = "ssr")]
impl Reckoned {
    /// What a draft comes to.
    pub(crate) fn of(draft: &DraftShape, lang: Lang) -> Reckoned {
        let (amount, condition) = draft.form.benefit().map(|benefit| face(benefit, lang)).unwrap_or_default();
        let over = draft.value_fen.less(draft.pot_fen);
        let over = lang.pick(
            format!("超出资金池 {over}，不能提交。"),
            format!("{over} more than the pot: it cannot be submitted."),
        );
        Reckoned {
            title: lang.of(&draft.form.title, &draft.form.title_en).to_owned(),
            amount,
            condition,
            sentence: lang.of(&draft.sentence, &draft.sentence_en).to_owned(),
            summary: lang.of(&draft.form.summary, &draft.form.summary_en).to_owned(),
            vouchers: count(draft.vouchers),
            value: yuan(draft.value_fen),
            pot: yuan(draft.pot_fen),
            left: yuan(draft.left_fen),
            over: if draft.over_budget { over } else { String::new() },
        }
    }
}

#[cfg(feature = "ssr")]
async fn allowed(permission: Permission) -> Result<(Caller, Backend), ApiError> {
    let officer = caller::signed_in().await?;
    officer.require(permission).map_err(caller::convert)?;
    Ok((officer, caller::backend()?))
}

#[cfg(feature = "ssr")]
fn setting(backend: &Backend) -> Result<Setting, ApiError> {
    let shown = season::setting()?;
    Ok(Setting {
        districts: shown.districts,
        season: (shown.season.starts_on, shown.season.ends_on),
        kinds: shown.season.kinds,
        key: backend.new_key().as_str().to_owned(),
    })
}

/// Drafts, published campaigns and the calendar.
///
/// # Errors
/// Nobody is signed in, or not a person who sees them; the cursor is none; or
/// the store failed.
#[cfg(feature = "ssr")]
pub(crate) async fn overview(cursor: Option<String>) -> Result<Overview, ApiError> {
    let (officer, backend) = allowed(Permission::SeeDrafts).await?;
    let drafts =
        backend.drafts(&officer, &ListQuery { limit: None, cursor }).await.map_err(caller::convert)?;
    let whole = ListQuery { limit: Some("100".to_owned()), cursor: None };
    let campaigns = backend.campaigns(&whole).map_err(caller::convert)?;
    let setting = setting(&backend)?;
    Ok(Overview {
        drafts,
        campaigns,
        rounds: rounds::all(&backend).await?,
        builds: officer.may(Permission::BuildCampaigns),
        season: setting.season,
        today: backend.zone().business_day(backend.now()).to_string(),
    })
}

/// What a new campaign's form is drawn from, and what it comes to.
///
/// # Errors
/// Nobody is signed in, or not a person who builds; or the store failed.
#[cfg(feature = "ssr")]
pub(crate) async fn new() -> Result<(DraftShape, Setting), ApiError> {
    let (officer, backend) = allowed(Permission::BuildCampaigns).await?;
    let draft = backend.reckon_draft(&officer, None, CampaignForm::blank()).await;
    Ok((draft.map_err(caller::convert)?, setting(&backend)?))
}

/// A draft.
///
/// # Errors
/// Nobody is signed in, or not a person who sees it; there is none; or the
/// store failed.
#[cfg(feature = "ssr")]
pub(crate) async fn draft(id: Result<i64, ApiError>) -> Result<(DraftShape, Setting), ApiError> {
    let (officer, backend) = allowed(Permission::SeeDrafts).await?;
    let draft = backend.draft(&officer, DraftId(id?)).await.map_err(caller::convert)?;
    Ok((draft, setting(&backend)?))
}

/// A published campaign.
///
/// # Errors
/// Nobody is signed in, or not a person who sees it; or there is none.
#[cfg(feature = "ssr")]
pub(crate) async fn published(id: Result<i64, ApiError>) -> Result<Published, ApiError> {
    let (officer, backend) = allowed(Permission::SeeDrafts).await?;
    let id = CampaignId(id?);
    Ok(Published {
        campaign: backend.campaign(id).map_err(caller::convert)?,
        form: backend.campaign_form(id).map_err(caller::convert)?,
        builds: officer.may(Permission::BuildCampaigns),
        setting: setting(&backend)?,
    })
}

#[cfg(feature = "ssr")]
fn key_of(key: &str) -> Result<IdempotencyKey, ApiError> {
    key.parse().map_err(|_| caller::convert(Denied::BadKey))
}

/// Puts the shares of the table, one for each district after the other and
/// round after round, to their rounds.
#[cfg(feature = "ssr")]
fn with_shares(mut form: CampaignForm, shares: &[String]) -> Result<CampaignForm, ApiError> {
    let districts = season::setting()?.districts;
    let give = |(round, shares): (&mut RoundForm, &[String])| {
        let share = |(district, quantity): (&DistrictShape, &String)| QuotaForm {
            district: district.code.to_string(),
            quantity: quantity.trim().to_owned(),
        };
        round.quotas = districts.iter().zip(shares).map(share).collect();
    };
    form.rounds.iter_mut().zip(shares.chunks(districts.len().max(1))).for_each(give);
    Ok(form)
}

#[cfg(feature = "ssr")]
fn page(draft: &str) -> String {
    draft.parse::<DraftId>().map_or_else(|_| format!("{LIST}/new"), |id| format!("{LIST}/drafts/{id}"))
}

/// Writes a draft, a new one where no number is given, and shows it.
///
/// # Errors
/// Nobody is signed in, the reader may not, or it cannot be written now.
#[server(prefix = "/api/fn", endpoint = "save_campaign_draft")]
pub async fn save_campaign_draft(
    #[server(default)] draft_id: String,
    #[server(default)] version: String,
    #[server(default)] form: CampaignForm,
    #[server(default)] shares: Vec<String>,
    #[server(default)] key: String,
) -> Result<(), ApiError> {
    let back = page(&draft_id);
    let done = async {
        let (officer, backend) = allowed(Permission::BuildCampaigns).await?;
        let (form, key) = (with_shares(form, &shares)?, key_of(&key)?);
        let saved = match draft_id.parse::<DraftId>() {
            Err(_) => backend.begin_draft(&officer, form, &key).await,
            Ok(id) => {
                let change = DraftChange::Save(Box::new(form));
                backend.change_draft(&officer, id, (version.parse().unwrap_or(0), change), &key).await
            }
        };
        let id = saved.map_err(caller::convert)?.answer.draft_id;
        leptos_axum::redirect(&format!("{LIST}/drafts/{id}"));
        Ok(())
    };
    notice::settle(done.await, &back)
}

/// What a form that is being filled in comes to; nothing is written. It takes
/// what [`save_campaign_draft`] takes.
///
/// # Errors
/// Nobody is signed in, the reader may not, there is no such draft, or a field
/// is too long.
#[server(prefix = "/api/fn", endpoint = "reckon_campaign")]
pub async fn reckon_campaign(
    #[server(default)] draft_id: String,
    #[server(default)] form: CampaignForm,
    #[server(default)] shares: Vec<String>,
) -> Result<Reckoned, ApiError> {
    let (officer, backend) = allowed(Permission::BuildCampaigns).await?;
    let (id, form) = (draft_id.parse::<DraftId>().ok(), with_shares(form, &shares)?);
    let draft = backend.reckon_draft(&officer, id, form).await.map_err(caller::convert)?;
    Ok(Reckoned::of(&draft, caller::lang()))
}

/// Submits, drops, returns or publishes a draft.
///
/// # Errors
/// Nobody is signed in, the reader may not, or the step is none now.
#[server(prefix = "/api/fn", endpoint = "step_campaign_draft")]
pub async fn step_campaign_draft(
    #[server(default)] draft_id: String,
    #[server(default)] version: String,
    #[server(default)] step: String,
    #[server(default)] reason: String,
    #[server(default)] key: String,
) -> Result<(), ApiError> {
    let back = page(&draft_id);
    let done = async {
        let officer = caller::signed_in().await?;
        if !officer.may(Permission::BuildCampaigns) {
            officer.require(Permission::PublishCampaigns).map_err(caller::convert)?;
        }
        let change = match step.as_str() {
            "submit" => DraftChange::Submit,
            "drop" => DraftChange::Drop,
            "return" => DraftChange::Return(reason),
            "publish" => DraftChange::Publish,
            _ => return Err(caller::convert(Denied::field("step", "submit | drop | return | publish"))),
        };
        let id = draft_id.parse().map_err(|_| caller::convert(Denied::NotFound))?;
        let (version, key) = (version.parse().unwrap_or(0), key_of(&key)?);
        let done = caller::backend()?.change_draft(&officer, id, (version, change), &key).await;
        let draft = done.map_err(caller::convert)?.answer;
        let next = draft.campaign_id.map_or_else(|| back.clone(), |id| format!("{LIST}/{id}"));
        leptos_axum::redirect(&next);
        Ok(())
    };
    notice::settle(done.await, &back)
}

/// Begins a draft like a published campaign, and shows it.
///
/// # Errors
/// Nobody is signed in, the reader may not, or there is no such campaign.
#[server(prefix = "/api/fn", endpoint = "copy_campaign")]
pub async fn copy_campaign(
    #[server(default)] campaign_id: String,
    #[server(default)] key: String,
) -> Result<(), ApiError> {
    let done = async {
        let (officer, backend) = allowed(Permission::BuildCampaigns).await?;
        let id = campaign_id.parse().map_err(|_| caller::convert(Denied::NotFound))?;
        let copy = backend.copy_campaign(&officer, id, &key_of(&key)?).await;
        let copy = copy.map_err(caller::convert)?.answer.draft_id;
        leptos_axum::redirect(&format!("{LIST}/drafts/{copy}"));
        Ok(())
    };
    notice::settle(done.await, LIST)
}

/// Begins a draft of further rounds of a published campaign, and shows it.
///
/// # Errors
/// Nobody is signed in, the reader may not, or there is no such campaign.
#[server(prefix = "/api/fn", endpoint = "add_campaign_rounds")]
pub async fn add_campaign_rounds(
    #[server(default)] campaign_id: String,
    #[server(default)] key: String,
) -> Result<(), ApiError> {
    let done = async {
        let (officer, backend) = allowed(Permission::BuildCampaigns).await?;
        let id = campaign_id.parse().map_err(|_| caller::convert(Denied::NotFound))?;
        let draft = backend.begin_rounds(&officer, id, Vec::new(), &key_of(&key)?).await;
        let draft = draft.map_err(caller::convert)?.answer.draft_id;
        leptos_axum::redirect(&format!("{LIST}/drafts/{draft}"));
        Ok(())
    };
    notice::settle(done.await, LIST)
}

/// Changes a published campaign where no holder is hurt.
///
/// # Errors
/// Nobody is signed in, the reader may not, or the change would hurt.
#[server(prefix = "/api/fn", endpoint = "change_campaign")]
pub async fn change_campaign(
    #[server(default)] campaign_id: String,
    #[server(default)] form: CampaignForm,
    #[server(default)] key: String,
) -> Result<(), ApiError> {
    let back = match campaign_id.parse::<i64>() {
        Ok(id) => format!("{LIST}/{id}"),
        Err(_) => LIST.to_owned(),
    };
    let done = async {
        let (officer, backend) = allowed(Permission::BuildCampaigns).await?;
        let id = campaign_id.parse().map_err(|_| caller::convert(Denied::NotFound))?;
        backend.change_campaign(&officer, id, form, &key_of(&key)?).await.map_err(caller::convert)?;
        leptos_axum::redirect(&back);
        Ok(())
    };
    notice::settle(done.await, &back)
}
