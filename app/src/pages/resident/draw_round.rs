//! The part of `/rounds/{id}` that a draw has: what is on now, what comes next,
//! and what became of one's entry.

use crate::api::draws::EnterRound;
use crate::api::rounds::ClaimVoucher;
use crate::api::{caller, session};
use crate::components::ticket::VoucherTicket;
use crate::components::when::{When, ms};
use crate::islands::countdown::Countdown;
use crate::islands::stock::Stock;
use domain::Lang;
use domain::draw::DrawPhase;
use domain::shapes::{DrawShape, EntryShape, EntryState, RoundShape, VoucherShape};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// What the reader has to do with a draw.
#[derive(Clone, Debug)]
pub(super) struct Part {
    /// Whether anybody is signed in.
    pub(super) signed_in: bool,
    /// Their entry.
    pub(super) entry: Option<EntryShape>,
    /// Their vouchers of the round.
    pub(super) held: Vec<VoucherShape>,
    /// The key under which a second press is the same.
    pub(super) key: String,
}

/// The draw's phase, the reader's part, and the steps with their dates.
#[component]
pub(super) fn DrawAction(round: RoundShape, draw: DrawShape, part: Part) -> impl IntoView {
    let (lang, when) = (caller::lang(), When::here());
    let proof = format!("/rounds/{}/draw", round.id);
    let claiming = draw.phase == DrawPhase::Claiming;
    let coming = draw.phase == DrawPhase::Upcoming;
    view! {
        <section class="action" data-phase=draw.phase.code()>
            <p class="action-when">{headline(&round, &draw, when, lang)}</p>
            {coming.then(|| view! { <Countdown until_ms=ms(&round.opens_at) made_at_ms=when.now().ms() lang/> })}
            {claiming.then(|| view! { <Stock round=round.id quantity=round.quantity remaining=round.remaining lang/> })}
            {own_part(&round, &draw, part, when, lang)}
        </section>
        <h2>{lang.pick("怎样摇号", "How the draw goes")}</h2>
        {steps(&round, &draw, when, lang)}
        <p><a href=proof>{lang.pick("摇号公示与核验", "The public proof, and how to check it")}</a></p>
    }
}

/// Which phase it is, in one sentence.
fn headline(round: &RoundShape, draw: &DrawShape, when: When, lang: Lang) -> String {
    let at = |text: &str| when.moment(text);
    match draw.phase {
        DrawPhase::Upcoming => {
            let at = at(&round.opens_at);
            lang.pick(format!("{at} 开始报名，距开始"), format!("Entries open {at}, in"))
        }
        DrawPhase::Entering => {
            let until = at(&round.closes_at);
            lang.pick(format!("正在报名，{until} 截止"), format!("Open for entries until {until}"))
        }
        DrawPhase::Drawing => {
            let at = at(&draw.draws_at);
            lang.pick(
                format!("报名已截止，等待摇号；{at} 起可以摇号"),
                format!("Entries are closed; the draw can be held from {at}"),
            )
        }
        DrawPhase::Claiming => {
            let until = draw.claims_until.as_deref().map(at).unwrap_or_default();
            lang.pick(
                format!("已经摇号，中签和递补的居民领取中，{until} 结束"),
                format!("Drawn: those called claim until {until}"),
            )
        }
        DrawPhase::Closed => lang.pick("本轮已结束", "This round is over").to_owned(),
    }
}

fn own_part(round: &RoundShape, draw: &DrawShape, part: Part, when: When, lang: Lang) -> AnyView {
    let Part { signed_in, entry, held, key } = part;
    if !held.is_empty() {
        return view! {
            <p class="notice notice-good">{lang.pick("您已领到：", "You have it:")}</p>
            <div class="tickets">{held.into_iter().map(|voucher| view! { <VoucherTicket voucher/> }).collect_view()}</div>
        }
        .into_any();
    }
    match entry {
        Some(entry) => own_entry(&entry, key, when, lang),
        None if draw.phase == DrawPhase::Entering && signed_in => {
            press(EnterRound::url(), round.id.0, key, "enter-draw", lang.pick("报名摇号", "Enter the draw"))
        }
        None if !signed_in && draw.phase != DrawPhase::Closed => {
            let label = match draw.phase {
                DrawPhase::Entering => lang.pick("登录后报名", "Sign in to enter"),
                _ => lang.pick("登录后查看我的结果", "Sign in to see your result"),
            };
            view! { <a class="button button-big" href=session::page(&caller::path())>{label}</a> }.into_any()
        }
        None if matches!(draw.phase, DrawPhase::Drawing | DrawPhase::Claiming) => {
            view! { <p class="notice">{lang.pick("您没有报名本轮。", "You did not enter this draw.")}</p> }
                .into_any()
        }
        None => ().into_any(),
    }
}

/// A form of one button.
fn press(action: &'static str, round: i64, key: String, name: &'static str, label: &'static str) -> AnyView {
    view! {
        <form class="claim" method="post" action=action>
            <input type="hidden" name="round_id" value=round.to_string()/>
            <input type="hidden" name="key" value=key/>
            <button class="button button-big" type="submit" data-testid=name>{label}</button>
        </form>
    }
    .into_any()
}

/// What became of an entry, and what to do.
fn own_entry(entry: &EntryShape, key: String, when: When, lang: Lang) -> AnyView {
    let good = matches!(entry.state, EntryState::Entered | EntryState::Called | EntryState::Claimed);
    let called = entry.state == EntryState::Called;
    let class = if good { "notice notice-good" } else { "notice" };
    view! {
        <p class=class data-testid="entry" data-state=entry.state.code()>{standing(entry, when, lang)}</p>
        {called.then(|| press(ClaimVoucher::url(), entry.round_id.0, key, "claim", lang.pick("立即领取", "Claim now")))}
        <p class="quiet">
            {lang.pick("我的报名编号 ", "My entry ")} <b class="digits" data-testid="entry-name">{entry.entry.to_string()}</b>
            {entry.rank.map(|rank| lang.pick(format!("，全部排名第 {rank}"), format!(", rank {rank} of all")))}
        </p>
    }
    .into_any()
}

fn standing(entry: &EntryShape, when: When, lang: Lang) -> String {
    let at = |text: &Option<String>| text.as_deref().map(|text| when.moment(text)).unwrap_or_default();
    let until = at(&entry.claim_until);
    match (entry.state, entry.waiting) {
        (EntryState::Entered, _) => lang
            .pick(
                "您已报名，不用再做什么。摇号后回到本页看结果。",
                "You have entered; there is nothing more to do. Come back after the draw.",
            )
            .to_owned(),
        (EntryState::Called, None) => lang.pick(
            format!("恭喜，您中签了！请在 {until} 前领取，逾期名额顺延给候补。"),
            format!("You won! Claim before {until}, or the place goes to the next in line."),
        ),
        (EntryState::Called, Some(number)) => lang.pick(
            format!("您是候补第 {number} 位，现在轮到您了。请在 {until} 前领取。"),
            format!("You were number {number} in line, and it is your turn: claim before {until}."),
        ),
        (EntryState::Waiting, number) => {
            let (number, at) = (number.unwrap_or_default(), at(&entry.claim_from));
            lang.pick(
                format!("您是候补第 {number} 位。{at} 按没有领取的名额继续递补。"),
                format!(
                    "You are number {number} in line. The next are called at {at}, for the places not taken."
                ),
            )
        }
        (EntryState::Missed, _) => lang.pick(
            format!("您的领取时间已于 {until} 截止，名额已顺延。"),
            format!("Your time to claim ended at {until}; the place went to the next in line."),
        ),
        (EntryState::Claimed, _) => {
            lang.pick("您已领取，请到券包查看。", "You have claimed: see your wallet.").to_owned()
        }
        (EntryState::NotDrawn, _) => lang
            .pick("很遗憾，本轮没有中签，请看其他轮次。", "You were not drawn; look for another round.")
            .to_owned(),
    }
}

/// The four steps with their dates; the present one is marked.
fn steps(round: &RoundShape, draw: &DrawShape, when: When, lang: Lang) -> impl IntoView + use<> {
    let (opens, closes) = (when.moment(&round.opens_at), when.moment(&round.closes_at));
    let draws = when.moment(&draw.draws_at);
    let source = lang.of(&draw.public_source, &draw.public_source_en);
    let (hours, windows) = (draw.claim_hours, draw.claim_windows);
    let rows = [
        (
            DrawPhase::Entering,
            lang.pick("报名", "Enter"),
            lang.pick(format!("{opens} 至 {closes}，每人一次，先后不影响结果。"), format!("{opens} to {closes}, once each; early or late makes no difference.")),
        ),
        (
            DrawPhase::Drawing,
            lang.pick("封存名单并摇号", "Freeze and draw"),
            lang.pick(
                format!("{closes} 封存名单；{draws} 起用“{source}”和报名前承诺的密钥算出排名，谁都不能事先知道或选择。"),
                format!("The list is frozen at {closes}. From {draws} “{source}”, with the secret committed to before entries opened, gives the ranks: nobody can know or choose them before."),
            ),
        ),
        (
            DrawPhase::Claiming,
            lang.pick("中签领取，候补递补", "Claim in turn"),
            lang.pick(
                format!("中签后 {hours} 小时内领取；没有领的名额按候补顺序递补，每次 {hours} 小时，连同首次共 {windows} 次。"),
                format!("Winners have {hours} hours; places not taken go to the next in line for {hours} hours each time, {windows} times in all."),
            ),
        ),
    ];
    let row = |(phase, title, words): (DrawPhase, &'static str, String)| {
        let current = (phase == draw.phase).then_some("step");
        view! { <li aria-current=current><b>{title}</b><span>{words}</span></li> }
    };
    view! { <ol class="draw-steps">{rows.map(row)}</ol> }
}
