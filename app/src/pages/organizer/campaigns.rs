//! `/bureau/campaigns`: what is being built, what is public, and the rounds on
//! a calendar; `/bureau/campaigns/new`, `/bureau/campaigns/drafts/{id}` and
//! `/bureau/campaigns/{id}`.

use super::calendar::{calendar, months};
use super::campaign_form::{Sheet, rounds, terms};
use super::campaign_side::reckoned;
use crate::api::builder::{
    self as api, AddCampaignRounds, ChangeCampaign, CopyCampaign, Overview, Published, ReckonCampaign,
    SaveCampaignDraft, Setting, StepCampaignDraft,
};
use crate::api::caller;
use crate::components::page::Page;
use crate::components::ticket::Face;
use crate::figures::{count, yuan};
use crate::pages::{id_in_path, loaded, parameter};
use domain::shapes::{CampaignShape, DraftShape};
use domain::{DraftState, DraftStep, Lang};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The page of all.
pub(crate) fn campaigns() -> impl IntoView {
    loaded(api::overview(parameter("cursor")), overview)
}

/// The page of a new one.
pub(crate) fn new_campaign() -> impl IntoView {
    loaded(api::new(), |(draft, setting)| {
        let lang = caller::lang();
        let form = whole_form(&Sheet { form: &draft.form, faults: &[], setting: &setting, lang }, None);
        view! {
            <Page title=lang.pick("新建消费券活动", "Build a campaign") class="page-wide build-page">
                <h1 class="title">{lang.pick("新建消费券活动", "Build a campaign")}</h1>
                <div class="build-two">
                    <div class="build-side">{reckoned(&draft, lang)}</div>
                    <div>{form}</div>
                </div>
                <p><a href="/bureau/campaigns">{lang.pick("回消费券活动", "Back to the campaigns")}</a></p>
            </Page>
        }
    })
}

/// The page of a draft.
pub(crate) fn campaign_draft() -> impl IntoView {
    loaded(api::draft(id_in_path()), |(draft, setting)| show_draft(&draft, &setting))
}

/// The page of a published one.
pub(crate) fn bureau_campaign() -> impl IntoView {
    loaded(api::published(id_in_path()), |published| show_published(&published))
}

fn overview(page: Overview) -> impl IntoView {
    let lang = caller::lang();
    let month = parameter("month").unwrap_or_else(|| page.today.get(..7).unwrap_or_default().to_owned());
    let drafts = page.drafts.items.iter().map(|draft| draft_card(draft, lang)).collect_view();
    let none = page.drafts.items.is_empty();
    let next = page.drafts.next_cursor.as_ref().map(|cursor| {
        let href = format!("/bureau/campaigns?cursor={}", caller::encoded(cursor));
        view! { <p class="pager"><a class="button button-quiet" href=href>{lang.pick("更早的草稿", "Earlier drafts")}</a></p> }
    });
    let rows = page.campaigns.items.iter().map(|campaign| campaign_row(campaign, lang)).collect_view();
    let (months, calendar) = (months(&page.season, &month, lang), calendar(&page.rounds, &month, lang));
    view! {
        <Page title=lang.pick("消费券活动", "Campaigns") class="page-wide bureau-page">
            <h1>{lang.pick("消费券活动", "Campaigns")}</h1>
            {page.builds.then(|| view! {
                <p><a class="button" href="/bureau/campaigns/new" data-testid="new-campaign">{lang.pick("新建活动", "Build a campaign")}</a></p>
            })}
            <section aria-labelledby="drafts">
                <h2 id="drafts">{lang.pick("编制中", "Being built")}</h2>
                {none.then(|| view! { <p class="nothing">{lang.pick("没有草稿。", "There is no draft.")}</p> })}
                <ul class="build-drafts">{drafts}</ul>
                {next}
            </section>
            <section aria-labelledby="calendar">
                <h2 id="calendar">{lang.pick("轮次日历", "The rounds' calendar")}</h2>
                {months}
                {calendar}
            </section>
            <section aria-labelledby="published">
                <h2 id="published">{lang.pick("已发布", "Published")}</h2>
                <div class="table-box" tabindex="0" role="region" aria-labelledby="published">
                    <table class="figures">
                        <thead><tr>
                            <th scope="col">{lang.pick("活动", "Campaign")}</th>
                            <th scope="col">{lang.pick("优惠", "Benefit")}</th>
                            <th scope="col">{lang.pick("使用日期", "Days of use")}</th>
                            <th scope="col" class="num">{lang.pick("资金池", "Pot")}</th>
                            <th scope="col" class="num">{lang.pick("轮次", "Rounds")}</th>
                        </tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            </section>
            <p><a href="/bureau">{lang.pick("回总览", "Back to the overview")}</a></p>
        </Page>
    }
}

fn draft_card(draft: &DraftShape, lang: Lang) -> impl IntoView + use<> {
    let title = lang.of(&draft.form.title, &draft.form.title_en).to_owned();
    let title =
        if title.is_empty() { lang.pick("（未命名）", "(without a name)").to_owned() } else { title };
    view! {
        <li class="card" data-draft=draft.draft_id.to_string()>
            <p><a href=format!("/bureau/campaigns/drafts/{}", draft.draft_id)><b>{title}</b></a>
                " "<span class="tag">{draft.state.word(lang)}</span>
                {draft.extends.map(|_| view! { " "<span class="tag">{lang.pick("加轮次", "Further rounds")}</span> })}</p>
            <p class="quiet">{lang.pick("编制人 ", "By ")}{draft.made_by_name.clone()}
                " · "{count(draft.vouchers)}{lang.pick(" 张 · ", " vouchers · ")}{yuan(draft.value_fen)}" / "{yuan(draft.pot_fen)}</p>
        </li>
    }
}

fn campaign_row(campaign: &CampaignShape, lang: Lang) -> impl IntoView + use<> {
    let title = lang.of(&campaign.title, &campaign.title_en).to_owned();
    view! {
        <tr>
            <th scope="row"><a href=format!("/bureau/campaigns/{}", campaign.id)>{title}</a></th>
            <td>{campaign.benefit().words(lang)}</td>
            <td>{campaign.usable_from.clone()} " – " {campaign.usable_to.clone()}</td>
            <td class="num">{yuan(campaign.pot_fen)}</td>
            <td class="num">{campaign.round_ids.len()}</td>
        </tr>
    }
}

/// The terms and the rounds, to be saved as a draft.
fn whole_form(sheet: &Sheet<'_>, draft: Option<&DraftShape>) -> impl IntoView + use<> {
    let lang = sheet.lang;
    let id = draft.map(|draft| draft.draft_id.to_string()).unwrap_or_default();
    let version = draft.map(|draft| draft.version.to_string()).unwrap_or_default();
    view! {
        <form class="form build-form" method="post" action=SaveCampaignDraft::PATH data-reckon=ReckonCampaign::PATH>
            <input type="hidden" name="draft_id" value=id/>
            <input type="hidden" name="version" value=version/>
            <input type="hidden" name="key" value=format!("{}-save", sheet.setting.key)/>
            {draft.is_none_or(|draft| draft.extends.is_none()).then(|| terms(sheet))}
            {rounds(sheet)}
            <button class="button" type="submit" data-testid="save-draft">{lang.pick("保存草稿并预览", "Save the draft and preview")}</button>
        </form>
    }
}

fn show_draft(draft: &DraftShape, setting: &Setting) -> impl IntoView + use<> {
    let lang = caller::lang();
    let title = lang.of(&draft.form.title, &draft.form.title_en).to_owned();
    let title = if title.is_empty() {
        lang.pick("消费券活动草稿", "Campaign draft").to_owned()
    } else {
        title
    };
    let sheet = Sheet { form: &draft.form, faults: &draft.faults, setting, lang };
    let returned = (!draft.reason.is_empty()).then(|| {
        view! { <p class="notice notice-warn" data-testid="returned">{lang.pick("退回原因：", "Returned: ")}{draft.reason.clone()}</p> }
    });
    let public = draft.campaign_id.map(|id| {
        view! { <p class="notice"><a href=format!("/bureau/campaigns/{id}")>{lang.pick("查看已发布的活动", "See the published campaign")}</a></p> }
    });
    let state = draft.state.word(lang);
    let extends = draft.extends.map(|id| {
        view! {
            <p class="notice" data-testid="extends">
                {lang.pick("为已发布的活动加轮次，条款不变：", "Further rounds of a published campaign, whose terms stay: ")}
                <a href=format!("/bureau/campaigns/{id}")>{title.clone()}</a>
            </p>
        }
    });
    let side = (reckoned(draft, lang), who(draft, lang), steps(draft, &setting.key, lang));
    let form = draft.may_edit.then(|| whole_form(&sheet, Some(draft)));
    view! {
        <Page title=title.clone() class="page-wide build-page">
            <h1 class="title">{title} " " <span class="tag" data-testid="draft-state">{state}</span></h1>
            {returned}
            {public}
            {extends}
            <div class="build-two">
                <div class="build-side">{side}</div>
                <div>{form}</div>
            </div>
            <p><a href="/bureau/campaigns">{lang.pick("回消费券活动", "Back to the campaigns")}</a></p>
        </Page>
    }
}

fn who(draft: &DraftShape, lang: Lang) -> impl IntoView + use<> {
    let person = |label: &'static str, name: &str| {
        (!name.is_empty()).then(|| view! { <dt>{label}</dt> <dd>{name.to_owned()}</dd> })
    };
    let faults = draft.faults.iter().map(|fault| {
        let detail = lang.of(&fault.detail, &fault.detail_en).to_owned();
        view! { <li><code>{fault.field.clone()}</code> " " {detail}</li> }
    });
    let faults = faults.collect_view();
    let missing = (!draft.faults.is_empty()).then(|| {
        view! {
            <details class="build-list" open=true>
                <summary>{lang.pick("提交前还要补齐", "To be mended before it is submitted")}</summary>
                <ul data-testid="faults">{faults}</ul>
            </details>
        }
    });
    view! {
        <section class="card">
            <dl class="facts">
                {person(lang.pick("编制", "Built by"), &draft.made_by_name)}
                {person(lang.pick("提交", "Submitted by"), &draft.submitted_by_name)}
                {person(lang.pick("发布", "Published by"), &draft.published_by_name)}
            </dl>
            {missing}
        </section>
    }
}

/// What may be done with a draft now.
fn steps(draft: &DraftShape, key: &str, lang: Lang) -> impl IntoView + use<> {
    let editing = draft.may_edit;
    let waits = draft.state == DraftState::Submitted;
    let hint = (waits && !draft.may_publish).then(|| {
        view! { <p class="notice">{lang.pick("等待另一个人复核发布。", "It waits for a second person.")}</p> }
    });
    view! {
        {editing.then(|| step(draft, DraftStep::Submit, key, lang))}
        {draft.may_publish.then(|| step(draft, DraftStep::Publish, key, lang))}
        {draft.may_publish.then(|| step(draft, DraftStep::Return, key, lang))}
        {editing.then(|| step(draft, DraftStep::Drop, key, lang))}
        {hint}
    }
}

fn step(draft: &DraftShape, step: DraftStep, key: &str, lang: Lang) -> impl IntoView + use<> {
    let quiet = matches!(step, DraftStep::Drop | DraftStep::Return);
    let reason = (step == DraftStep::Return).then(|| {
        view! {
            <label class="field">
                <span>{lang.pick("退回原因", "What is to be mended")}</span>
                <input name="reason" type="text" maxlength="200" required autocomplete="off"/>
            </label>
        }
    });
    view! {
        <form class="form" method="post" action=StepCampaignDraft::PATH>
            <input type="hidden" name="draft_id" value=draft.draft_id.to_string()/>
            <input type="hidden" name="version" value=draft.version.to_string()/>
            <input type="hidden" name="step" value=step.code()/>
            <input type="hidden" name="key" value=format!("{key}-{step}")/>
            {reason}
            <button class=if quiet { "button button-quiet" } else { "button" } type="submit"
                data-testid=format!("draft-{step}")>{step.word(lang)}</button>
        </form>
    }
}

fn show_published(published: &Published) -> impl IntoView + use<> {
    let lang = caller::lang();
    let Published { campaign, form, builds, setting } = published;
    let title = lang.of(&campaign.title, &campaign.title_en).to_owned();
    let summary = lang.of(&campaign.summary, &campaign.summary_en).to_owned();
    let sheet = Sheet { form, faults: &[], setting, lang };
    let rounds = form.rounds.iter().zip(&campaign.round_ids).map(|(round, id)| {
        let title = lang.of(&round.title, &round.title_en).to_owned();
        view! { <li><a href=format!("/rounds/{id}")>{title}</a> " · " {round.opens_at.replace('T', " ")} " · " {round.quantity.clone()}</li> }
    });
    let rounds = rounds.collect_view();
    let id = campaign.id.to_string();
    let change = builds.then(|| {
        view! {
            <details class="build-list">
                <summary>{lang.pick("变更条款（只能放宽）", "Change the terms (they may only be eased)")}</summary>
                <form class="form build-form" method="post" action=ChangeCampaign::PATH>
                    <input type="hidden" name="campaign_id" value=id.clone()/>
                    <input type="hidden" name="key" value=format!("{}-change", setting.key)/>
                    {terms(&sheet)}
                    <button class="button" type="submit" data-testid="change-campaign">{lang.pick("保存变更", "Save the change")}</button>
                </form>
            </details>
            <form class="form" method="post" action=AddCampaignRounds::PATH>
                <input type="hidden" name="campaign_id" value=id.clone()/>
                <input type="hidden" name="key" value=format!("{}-rounds", setting.key)/>
                <button class="button" type="submit" data-testid="add-rounds">{lang.pick("加轮次（须另一人复核）", "Add rounds (a second person publishes)")}</button>
            </form>
            <form class="form" method="post" action=CopyCampaign::PATH>
                <input type="hidden" name="campaign_id" value=id.clone()/>
                <input type="hidden" name="key" value=format!("{}-copy", setting.key)/>
                <button class="button button-quiet" type="submit" data-testid="copy-campaign">{lang.pick("复制为新草稿", "Copy into a new draft")}</button>
            </form>
        }
    });
    let benefit = campaign.benefit();
    view! {
        <Page title=title.clone() class="build-page">
            <h1 class="title">{title.clone()}</h1>
            <article class="ticket ticket-big">
                <Face benefit/>
                <div class="ticket-body"><h2>{title}</h2><p class="ticket-note">{summary}</p></div>
            </article>
            <ul class="build-rounds-list">{rounds}</ul>
            {change}
            <p><a href=format!("/bureau/audit?thing=campaign&thing_id={id}")>{lang.pick("变更记录", "What was changed")}</a></p>
            <p><a href="/bureau/campaigns">{lang.pick("回消费券活动", "Back to the campaigns")}</a></p>
        </Page>
    }
}
