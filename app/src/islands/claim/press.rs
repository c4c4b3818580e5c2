//! A press of the button, until there is an answer: through the waiting room,
//! the proof of work of a hot round, and a network that comes and goes. The key
//! stays the same all along, so that nothing happens twice.

use crate::islands::pause::{part_of, sleep};
use crate::islands::{clock, rest};
use domain::shapes::{Extra, PlaceShape, Problem, VoucherShape};
use domain::{AccountId, Lang, RoundId, Search, Timestamp};
use gloo::storage::{SessionStorage, Storage};
use serde::{Deserialize, Serialize};

/// How often one press is repeated at most.
const MOST_TRIES: u32 = 40;
/// The first pause after an answer that leaves things open; each next one is
/// twice as long, up to the longest.
const FIRST_PAUSE_MS: u32 = 500;
const LONGEST_PAUSE_MS: u32 = 8_000;
/// So many phones may be told the same moment that they share out this span.
const SPREAD_MS: u32 = 250;
/// How many numbers are tried before the page gets its turn: on a cheap phone
/// some 20 ms.
const TRIES: u32 = 2_000;
/// The longest sleep at a stretch: the server's clock may be learnt better meanwhile.
const NAP_MS: i64 = 500;

/// What a page keeps of a round while its tab is open, also over a reload.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Kept {
    /// Whose it is: another account on the same phone has another place.
    who: AccountId,
    /// The key of the claim.
    key: String,
    /// The place in the waiting room.
    pub(super) place: Option<String>,
    /// The proof of work, done while waiting.
    pub(super) work: Option<String>,
    /// Whether the resident wished to claim at the opening.
    pub(super) armed: bool,
}

impl Kept {
    /// What was kept for this account and round, or a beginning.
    pub(super) fn of(round: RoundId, who: AccountId, key: String) -> Kept {
        let kept = SessionStorage::get(name(round)).ok().filter(|kept: &Kept| kept.who == who);
        kept.unwrap_or(Kept { who, key, place: None, work: None, armed: false })
    }

    /// Keeps it; a browser without room for it does without.
    pub(super) fn save(&self, round: RoundId) {
        let _ = SessionStorage::set(name(round), self);
    }
}

fn name(round: RoundId) -> String {
    format!("yuehui.round.{round}")
}

/// Where a press stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Asked, and no answer yet.
    Asking,
    /// Others have their turn first.
    InLine { ahead: i64, turn_at_ms: i64, from_ms: i64 },
    /// The phone does its proof of work.
    Working,
    /// No answer, or the service is busy: it will ask again.
    Pausing,
}

/// One round's button.
#[derive(Clone, Copy)]
pub(super) struct Button {
    pub(super) round: RoundId,
    pub(super) made_at_ms: i64,
    pub(super) closes_at_ms: i64,
    pub(super) lang: Lang,
}

impl Button {
    /// Joins the waiting room.
    pub(super) async fn join(self, kept: &Kept) -> Result<PlaceShape, Problem> {
        let headers: Vec<_> = kept.place.iter().map(|place| ("yuehui-place", place.as_str())).collect();
        let url = format!("/api/v1/rounds/{}/places", self.round);
        rest::post_with(&url, &headers, "{}".to_owned(), self.lang).await
    }

    /// Claims, and goes on until there is an answer; `tell` hears where it stands.
    pub(super) async fn claim(self, mut kept: Kept, tell: impl Fn(Step)) -> Result<VoucherShape, Problem> {
        let (mut pause_ms, mut tries) = (FIRST_PAUSE_MS, 0);
        loop {
            tries += 1;
            tell(Step::Asking);
            let problem = match self.send(&kept).await {
                Err(problem) if tries < MOST_TRIES && self.now_ms() < self.closes_at_ms => problem,
                answer => {
                    SessionStorage::delete(name(self.round));
                    return answer;
                }
            };
            match problem.code.as_str() {
                "work_required" => {
                    tell(Step::Working);
                    kept.work = solve(text(&problem, "challenge").unwrap_or_default()).await;
                }
                "not_your_turn" => {
                    kept.place = text(&problem, "place_token").map(str::to_owned);
                    // Whoever loads the page again meanwhile need not press again.
                    kept.armed = true;
                    let (turn_at_ms, from_ms) = (moment_ms(&problem, "turn_at"), self.now_ms());
                    tell(Step::InLine { ahead: number(&problem, "ahead"), turn_at_ms, from_ms });
                    kept.save(self.round);
                    self.until(turn_at_ms).await;
                    sleep(part_of(SPREAD_MS)).await;
                }
                "not_open" => {
                    self.until(moment_ms(&problem, "opens_at")).await;
                    sleep(part_of(SPREAD_MS)).await;
                }
                "busy" | "queue_full" | "too_often" | "unavailable" => {
                    tell(Step::Pausing);
                    let told_ms = u32::try_from(number(&problem, "retry_after_s")).unwrap_or(0) * 1000;
                    sleep(pause_ms.max(told_ms.min(60_000)) + part_of(pause_ms)).await;
                    pause_ms = (pause_ms * 2).min(LONGEST_PAUSE_MS);
                }
                _ => {
                    SessionStorage::delete(name(self.round));
                    return Err(problem);
                }
            }
        }
    }

    async fn send(self, kept: &Kept) -> Result<VoucherShape, Problem> {
        let mut headers = vec![("idempotency-key", kept.key.as_str())];
        headers.extend(kept.place.iter().map(|place| ("yuehui-place", place.as_str())));
        headers.extend(kept.work.iter().map(|work| ("yuehui-work", work.as_str())));
        let url = format!("/api/v1/rounds/{}/claims", self.round);
        rest::post_with(&url, &headers, "{}".to_owned(), self.lang).await
    }

    fn now_ms(self) -> i64 {
        clock::now_ms(self.made_at_ms)
    }

    /// Waits until a moment of the server's clock.
    async fn until(self, moment_ms: i64) {
        loop {
            let left_ms = moment_ms - self.now_ms();
            if left_ms <= 0 {
                return;
            }
            sleep(u32::try_from(left_ms.min(NAP_MS)).unwrap_or(0)).await;
        }
    }
}

/// Does the work, a piece at a time; `None` when it is none.
pub(super) async fn solve(challenge: &str) -> Option<String> {
    let mut search = Search::new(challenge)?;
    loop {
        if let Some(solution) = search.try_some(TRIES) {
            return Some(solution);
        }
        sleep(0).await;
    }
}

fn text<'a>(problem: &'a Problem, name: &str) -> Option<&'a str> {
    match problem.with.get(name) {
        Some(Extra::Text(text)) => Some(text),
        _ => None,
    }
}

fn number(problem: &Problem, name: &str) -> i64 {
    match problem.with.get(name) {
        Some(Extra::Number(number)) => *number,
        _ => 0,
    }
}

fn moment_ms(problem: &Problem, name: &str) -> i64 {
    text(problem, name).and_then(|moment| moment.parse().ok()).map_or(0, Timestamp::ms)
}
