//! The check of a draw, on the reader's own phone.

use super::rest;
use domain::draw::{CheckStep, Checked, check};
use domain::shapes::{DrawProof, Problem};
use domain::{Lang, RoundId};
use gloo::timers::callback::Timeout;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// How long the browser gets to paint before the check holds it up.
const PAINT_MS: u32 = 50;

/// Downloads a draw's proof and list, computes everything again and says step
/// by step whether it holds.
#[island]
pub fn DrawCheck(
    /// Which draw.
    round: RoundId,
    /// The reader's language.
    lang: Lang,
) -> impl IntoView {
    let (working, set_working) = signal(false);
    let (checks, set_checks) = signal(None::<Result<Vec<Checked>, Problem>>);
    let press = move |_| {
        set_working.set(true);
        set_checks.set(None);
        spawn_local(async move {
            match read(round, lang).await {
                Ok((proof, list)) => {
                    let work = move || {
                        set_checks.set(Some(Ok(check(&proof, &list))));
                        set_working.set(false);
                    };
                    Timeout::new(PAINT_MS, work).forget();
                }
                Err(problem) => {
                    set_checks.set(Some(Err(problem)));
                    set_working.set(false);
                }
            }
        });
    };
    view! {
        <button class="button button-big" type="button" data-testid="check-draw" on:click=press disabled=move || working.get()>
            {move || if working.get() { lang.pick("正在核验…", "Checking…") } else { lang.pick("在本机核验", "Check on this phone") }}
        </button>
        <div aria-live="polite">{move || checks.get().map(|checks| outcome(checks, lang))}</div>
    }
}

async fn read(round: RoundId, lang: Lang) -> Result<(DrawProof, String), Problem> {
    let proof = rest::get(&format!("/api/v1/rounds/{round}/draw"), lang).await?;
    let list = rest::text(&format!("/api/v1/rounds/{round}/draw/entries"), lang).await?;
    Ok((proof, list))
}

fn outcome(checks: Result<Vec<Checked>, Problem>, lang: Lang) -> AnyView {
    let checks = match checks {
        Ok(checks) => checks,
        Err(problem) => {
            return view! { <p class="notice notice-warn" data-code=problem.code>{problem.detail}</p> }
                .into_any();
        }
    };
    let all = checks.iter().all(|checked| checked.holds);
    let drawn = checks.iter().any(|checked| checked.step == CheckStep::Result);
    let (class, words) = match (all, drawn) {
        (true, true) => (
            "notice notice-good",
            lang.pick("全部相符，摇号结果可信。", "Everything holds: the draw is what it claims to be."),
        ),
        (true, false) => (
            "notice notice-good",
            lang.pick("名单相符；其余在摇号后核验。", "The list holds; the rest is checked after the draw."),
        ),
        (false, _) => (
            "notice notice-warn",
            lang.pick(
                "有不相符的步骤，请截图并向主管部门反映。",
                "A step does not hold: keep this page and tell the authorities.",
            ),
        ),
    };
    view! {
        <ul class="draw-checks">{checks.into_iter().map(|checked| line(checked, lang)).collect_view()}</ul>
        <p class=class data-testid="check-result" data-holds=all.to_string()>{words}</p>
    }
    .into_any()
}

fn line(checked: Checked, lang: Lang) -> impl IntoView {
    let Checked { step, holds, computed } = checked;
    let (sign, words) = if holds {
        ("✓", lang.pick("相符", "holds"))
    } else {
        ("✗", lang.pick("不相符", "does not hold"))
    };
    view! {
        <li class:bad=!holds data-holds=holds.to_string()>
            <b>{sign} " " {words}</b>
            <span>{step.word(lang)}</span>
            <span class="hash">{computed}</span>
        </li>
    }
}
