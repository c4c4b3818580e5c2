//! `/bureau/draws`: every draw with its phase, and the step that holds one.

use crate::api::caller;
use crate::api::draws::{self as api, Desk, HoldDraw};
use crate::components::empty::Empty;
use crate::components::page::Page;
use crate::components::when::When;
use crate::pages::{loaded, parameter};
use domain::draw::{DrawPhase, PublicValue};
use domain::shapes::{DrawProof, RoundShape};
use domain::{Lang, RoundId, Timestamp};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// A value that was typed once and is to be confirmed.
#[derive(Clone, Debug)]
struct Typed {
    round: RoundId,
    value: PublicValue,
}

fn typed() -> Option<Typed> {
    let round = parameter("round")?.parse().ok()?;
    Some(Typed { round, value: parameter("value")?.parse().ok()? })
}

/// The page.
pub(crate) fn draws() -> impl IntoView {
    let typed = typed();
    loaded(api::desk(), move |Desk { draws, may_hold, key }| {
        let lang = caller::lang();
        let nothing = draws.is_empty();
        let cards = draws.into_iter().map(move |(round, proof)| {
            let typed = typed.clone().filter(|typed| typed.round == round.id);
            view! { <Draw round proof may_hold typed key=key.clone()/> }
        });
        view! {
            <Page title=lang.pick("摇号", "Draws")>
                <h1 class="title">{lang.pick("摇号", "Draws")}</h1>
                <p class="lead">{lang.pick(
                    "报名截止后名单自动封存。公开数值公布后，由市级工作人员录入，系统随即摇号并公布密钥；录入后不能更改。",
                    "Lists are frozen by themselves when entries close. Once the public value is there, a city officer enters it: the draw follows at once, the secret becomes public, and nothing can be taken back.",
                )}</p>
                {nothing.then(|| view! {
                    <Empty words=lang.pick("本季没有摇号轮次", "No round of this season is drawn by lot") href="/bureau"
                        label=lang.pick("回总览", "Back to the overview")/>
                })}
                {cards.collect_view()}
            </Page>
        }
    })
}

#[component]
fn Draw(
    round: RoundShape,
    proof: DrawProof,
    may_hold: bool,
    typed: Option<Typed>,
    key: String,
) -> impl IntoView {
    let (lang, when) = (caller::lang(), When::here());
    let due = proof.phase == DrawPhase::Drawing
        && proof.revealed_at.is_none()
        && proof.draws_at.parse::<Timestamp>().is_ok_and(|at| at <= when.now());
    view! {
        <section class="card draw-step" id=format!("round-{}", round.id) data-phase=proof.phase.code()>
            <h2>{lang.of(&round.campaign_title, &round.campaign_title_en).to_owned()}</h2>
            <p>
                <a href=format!("/rounds/{}", round.id)>{lang.of(&round.title, &round.title_en).to_owned()}</a>
                " · " <strong>{proof.phase.word(lang)}</strong>
            </p>
            <dl class="facts">
                <dt>{lang.pick("报名", "Entries")}</dt>
                <dd>{when.moment(&proof.opens_at)} "–" {when.moment(&proof.closes_at)}</dd>
                <dt>{lang.pick("已报名", "Entered")}</dt>
                <dd class="digits">{proof.entries.unwrap_or(proof.entered)} {lang.pick(format!(" 人，名额 {}", proof.quantity), format!(" for {} places", proof.quantity))}</dd>
                <dt>{lang.pick("公开数值", "Public value")}</dt>
                <dd>{lang.of(&proof.public_source, &proof.public_source_en).to_owned()} {proof.public_value.clone().map(|value| view! { "：" <b class="digits">{value}</b> })}</dd>
                <dt>{lang.pick("可以摇号", "Due")}</dt>
                <dd>{when.moment(&proof.draws_at)}</dd>
                {proof.winners.map(|winners| view! {
                    <dt>{lang.pick("中签 / 候补", "Won / waiting")}</dt>
                    <dd class="digits">{winners} " / " {proof.waiting.unwrap_or(0)}</dd>
                })}
            </dl>
            {match (due, may_hold, typed) {
                (true, true, None) => ask(round.id, lang).into_any(),
                (true, true, Some(typed)) => confirm(&typed, key, lang).into_any(),
                (true, false, _) => view! { <p class="notice">{lang.pick("已到摇号时间，由市级工作人员主持。", "The draw is due; a city officer holds it.")}</p> }.into_any(),
                (false, ..) => ().into_any(),
            }}
            <p><a href=format!("/rounds/{}/draw", round.id)>{lang.pick("公示页", "Its public page")}</a></p>
        </section>
    }
}

/// The first step: the value is typed, and nothing happens yet.
fn ask(round: RoundId, lang: Lang) -> impl IntoView {
    view! {
        <form class="form" method="get" action="/bureau/draws">
            <input type="hidden" name="round" value=round.to_string()/>
            <label class="field">
                <span>{lang.pick("公开数值（照来源原样录入）", "The public value, exactly as its source writes it")}</span>
                <input class="digits" name="value" type="text" autocomplete="off" required maxlength="64"/>
            </label>
            <button class="button" type="submit" data-testid="draw-value">{lang.pick("下一步：核对", "Next: confirm")}</button>
        </form>
    }
}

/// The second step: the value is typed again, and the draw is held.
fn confirm(typed: &Typed, key: String, lang: Lang) -> impl IntoView + use<> {
    let value = typed.value.as_str().to_owned();
    view! {
        <form class="form" method="post" action=HoldDraw::url()>
            <input type="hidden" name="round_id" value=typed.round.to_string()/>
            <input type="hidden" name="key" value=key/>
            <input type="hidden" name="public_value" value=value.clone()/>
            <p class="notice notice-warn">
                {lang.pick("将以 ", "The draw will be held with ")} <b class="digits">{value}</b>
                {lang.pick(" 摇号。摇号后密钥公开，结果不能更改，请再核对一次来源。", ". The secret becomes public then, and nothing can be changed: compare with the source once more.")}
            </p>
            <label class="field">
                <span>{lang.pick("再输一次公开数值", "Type the public value again")}</span>
                <input class="digits" name="public_value_again" type="text" autocomplete="off" required maxlength="64"/>
            </label>
            <div class="form-next">
                <button class="button" type="submit" data-testid="hold-draw">{lang.pick("确认摇号", "Hold the draw")}</button>
                <a class="button button-quiet" href="/bureau/draws">{lang.pick("改数值", "Change the value")}</a>
            </div>
        </form>
    }
}
