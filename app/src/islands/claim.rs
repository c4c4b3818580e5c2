//! The button of a flash round.

mod press;

use super::countdown::ticking;
use super::live;
use super::pause::{part_of, sleep};
use domain::shapes::{Problem, VoucherShape};
use domain::{AccountId, Lang, RoundId, WAITING_MS};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use press::{Button, Kept, Step, solve};

/// Phones join within this span, not all in the moment in which the room opens.
const JOIN_SPREAD_MS: u32 = 3_000;
/// How often joining is tried, and how long the pause between is.
const JOIN_TRIES: u32 = 8;
const JOIN_PAUSE_MS: u32 = 2_000;

/// Where the round stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Before,
    Waiting,
    Open,
    Gone,
    Over,
}

/// Claims a voucher: at the moment of opening the button becomes alive by
/// itself, and claims by itself for a resident who wished so. The page joins the
/// waiting room when that opens. Without JavaScript it is a form, and the page
/// is loaded again to see the round open.
#[island]
pub fn Claim(
    /// Which round.
    round: RoundId,
    /// Who claims.
    who: AccountId,
    /// The key under which a second press is the same claim.
    key: String,
    /// When it opens, in milliseconds.
    opens_at_ms: i64,
    /// When it closes, in milliseconds.
    closes_at_ms: i64,
    /// How many were left when the page was made.
    remaining: i64,
    /// When the page was made, in milliseconds.
    made_at_ms: i64,
    /// Where the form goes without JavaScript.
    action: String,
    /// The reader's language.
    lang: Lang,
) -> impl IntoView {
    let now = ticking(made_at_ms);
    let (left, set_left) = signal(remaining);
    let (step, set_step) = signal(None::<Step>);
    let (waiting, set_waiting) = signal(None::<i64>);
    let (problem, set_problem) = signal(None::<Problem>);
    let (armed, set_armed) = signal(false);
    let (alive, set_alive) = signal(false);
    let kept = StoredValue::new(None::<Kept>);
    let button = Button { round, made_at_ms, closes_at_ms, lang };
    let stage = Memo::new(move |_| match now.get() {
        now if now < opens_at_ms - WAITING_MS => Stage::Before,
        now if now < opens_at_ms => Stage::Waiting,
        now if now >= closes_at_ms => Stage::Over,
        _ if left.get() <= 0 => Stage::Gone,
        _ => Stage::Open,
    });
    let start = move || {
        let Some(mine) = kept.get_value().filter(|_| step.get_untracked().is_none()) else { return };
        set_problem.set(None);
        set_step.set(Some(Step::Asking));
        spawn_local(async move {
            match button.claim(mine, move |step| set_step.set(Some(step))).await {
                Ok(voucher) => show(&voucher),
                Err(refused) => {
                    set_armed.set(false);
                    set_problem.set(Some(refused));
                    set_step.set(None);
                }
            }
        });
    };
    let form_key = key.clone();
    Effect::new(move |_| {
        live::follow(round, move |live| set_left.set(live.remaining));
        let mine = Kept::of(round, who, key.clone());
        set_armed.set(mine.armed);
        kept.set_value(Some(mine));
        set_alive.set(true);
    });
    // The page joins when the waiting room opens, or when it is loaded within.
    Effect::new(move |joined: Option<bool>| {
        let joins = stage.get() == Stage::Waiting && joined != Some(true);
        if joins {
            spawn_local(join(button, kept, set_waiting));
        }
        joins || joined == Some(true)
    });
    Effect::new(move |_| {
        if stage.get() == Stage::Open && armed.get() {
            start();
        }
    });
    let wish = move |_| {
        set_armed.update(|armed| *armed = !*armed);
        kept.update_value(|kept| {
            if let Some(kept) = kept {
                kept.armed = armed.get_untracked();
                kept.save(round);
            }
        });
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if stage.get_untracked() == Stage::Open {
            start();
        }
    };
    let disabled = move || stage.get() != Stage::Open || step.get().is_some();
    let label = move || step.get().map_or_else(|| words(stage.get(), lang), |step| doing(step, lang));
    let early = move || alive.get() && matches!(stage.get(), Stage::Before | Stage::Waiting);
    let told = move || {
        let in_line = line(step.get(), now.get(), lang);
        in_line.or_else(|| waiting.get().filter(|_| early()).map(|count| in_the_room(count, lang)))
    };
    view! {
        <form class="claim" method="post" action=action on:submit=submit>
            <input type="hidden" name="round_id" value=round.to_string()/>
            <input type="hidden" name="key" value=form_key/>
            <button class="button button-big" type="submit" data-testid="claim" disabled=disabled>
                {label}
            </button>
            <Show when=early>
                <label class="claim-wish">
                    <input type="checkbox" data-testid="claim-at-opening" prop:checked=armed on:change=wish/>
                    <span>{lang.pick("到点自动领取", "Claim for me when it opens")}</span>
                </label>
            </Show>
            {move || told().map(|words| view! { <p class="quiet" data-testid="line">{words}</p> })}
            <div aria-live="polite">{move || problem.get().map(|problem| outcome(problem, lang))}</div>
        </form>
    }
}

/// Joins the waiting room, and does the proof of work while there is time.
async fn join(button: Button, kept: StoredValue<Option<Kept>>, set_waiting: WriteSignal<Option<i64>>) {
    sleep(part_of(JOIN_SPREAD_MS)).await;
    for _ in 0..JOIN_TRIES {
        let Some(mine) = kept.get_value() else { return };
        match button.join(&mine).await {
            Ok(place) => {
                set_waiting.set(Some(place.waiting));
                keep(button, kept, move |kept| kept.place = Some(place.place_token));
                let work = solve(&place.work.challenge).await;
                keep(button, kept, move |kept| kept.work = work);
                return;
            }
            Err(problem) if matches!(problem.status, 425 | 429 | 500..) => {}
            // The claim tells what is wrong.
            Err(_) => return,
        }
        sleep(JOIN_PAUSE_MS + part_of(JOIN_PAUSE_MS)).await;
    }
}

fn keep(button: Button, kept: StoredValue<Option<Kept>>, change: impl FnOnce(&mut Kept)) {
    kept.update_value(|kept| {
        if let Some(kept) = kept {
            change(kept);
            kept.save(button.round);
        }
    });
}

fn words(stage: Stage, lang: Lang) -> &'static str {
    match stage {
        Stage::Before | Stage::Waiting => lang.pick("到点开抢", "Opens soon"),
        Stage::Open => lang.pick("立即领取", "Claim now"),
        Stage::Gone => lang.pick("已领完", "All gone"),
        Stage::Over => lang.pick("已结束", "Closed"),
    }
}

fn doing(step: Step, lang: Lang) -> &'static str {
    match step {
        Step::Asking => lang.pick("正在领取…", "Claiming…"),
        Step::InLine { .. } => lang.pick("正在排队…", "In line…"),
        Step::Working => lang.pick("正在验证…", "Checking…"),
        Step::Pausing => lang.pick("正在重试…", "Trying again…"),
    }
}

/// What the resident reads while others have their turn, or the service is busy.
fn line(step: Option<Step>, now_ms: i64, lang: Lang) -> Option<String> {
    match step? {
        Step::InLine { ahead, turn_at_ms, from_ms } => {
            let (left_ms, whole_ms) = ((turn_at_ms - now_ms).max(0), (turn_at_ms - from_ms).max(1));
            let (ahead, seconds) = (ahead * left_ms / whole_ms, (left_ms + 999) / 1000);
            Some(lang.pick(
                format!("您前面约有 {ahead} 人，约 {seconds} 秒后自动领取。请不要关闭本页，刷新不会丢失位置"),
                format!("About {ahead} people are before you; the page claims in about {seconds} s. Keep it open: loading it again keeps your place"),
            ))
        }
        Step::Pausing => Some(
            lang.pick(
                "网络不稳或人数太多，正在自动重试，不会重复领取",
                "The network or the service is busy: trying again, nothing is claimed twice",
            )
            .to_owned(),
        ),
        _ => None,
    }
}

fn in_the_room(count: i64, lang: Lang) -> String {
    lang.pick(
        format!("已进入候场，目前约 {count} 人。开始时随机排序，早点进来并不占先；刷新不会丢失位置"),
        format!("You are in the waiting room with about {count} people. The order is drawn at the opening, so nobody gains by being early; loading the page again keeps your place"),
    )
}

fn show(voucher: &VoucherShape) {
    // A browser that refuses to leave the page shows it as it is.
    let _ = window().location().assign(&format!("/wallet/{}", voucher.voucher_id));
}

/// Why there is no voucher, and where to go from there.
fn outcome(problem: Problem, lang: Lang) -> impl IntoView {
    let next = match problem.code.as_str() {
        "limit_reached" => Some(("/wallet", lang.pick("看我的券包", "See my wallet"))),
        "sold_out" | "closed" | "wrong_method" => {
            Some(("/vouchers", lang.pick("看其他轮次", "See other rounds")))
        }
        "not_eligible" => Some(("/me", lang.pick("查看所在区县", "See my district"))),
        "unauthenticated" | "wrong_role" => Some(("/login", lang.pick("去登录", "Sign in"))),
        _ => None,
    };
    view! {
        <p class="notice notice-warn" data-code=problem.code>
            {problem.detail} {next.map(|(href, label)| view! { " " <a href=href>{label}</a> })}
        </p>
    }
}
