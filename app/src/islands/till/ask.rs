//! The till's two calls.

use super::sleep;
use crate::api::sale::SaleBody;
use crate::islands::rest;
use domain::Lang;
use domain::shapes::{OrderPreview, OrderShape, Preview, Problem, RedemptionShape};
use gloo::storage::{SessionStorage, Storage};
use serde::{Deserialize, Serialize};

/// The first pause before a lost confirmation is repeated; each next one is
/// twice as long, up to the longest.
const FIRST_PAUSE_MS: u32 = 1_000;
const LONGEST_PAUSE_MS: u32 = 8_000;
const DONE: u16 = 201;
/// The statuses that leave open whether a confirmation came through.
const SIGNED_OUT: u16 = 401;
const TOO_SLOW: u16 = 408;
const TOO_OFTEN: u16 = 429;
const FAILED: u16 = 500;
/// Where a confirmation waits for its answer, also over a reload of the page.
const UNANSWERED: &str = "yuehui.till.unanswered";

/// A confirmation: the key stays the same however often it is sent.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Attempt {
    pub(super) key: String,
    pub(super) body: SaleBody,
}

impl Attempt {
    /// The one that had no answer yet when the page was left.
    pub(super) fn unanswered() -> Option<Attempt> {
        SessionStorage::get(UNANSWERED).ok()
    }

    /// Sends it until there is an answer; `lost` hears how often it was in vain.
    pub(super) async fn send(self, lang: Lang, lost: impl Fn(u32)) -> Result<OrderShape, Problem> {
        // A browser without room to store it can still send it.
        let _ = SessionStorage::set(UNANSWERED, &self);
        let order = self.body.order();
        let body = order.as_ref().map_or_else(|| json(&self.body), json);
        let (mut pause_ms, mut times) = (FIRST_PAUSE_MS, 0);
        loop {
            let answer = match order {
                Some(_) => rest::post("/api/v1/orders", &self.key, body.clone(), lang).await,
                None => rest::post::<RedemptionShape>("/api/v1/redemptions", &self.key, body.clone(), lang)
                    .await
                    .map(OrderShape::one),
            };
            match answer.as_ref().map_or_else(|problem| problem.status, |_| DONE) {
                TOO_SLOW | TOO_OFTEN | FAILED.. => {}
                // It goes on once the clerk has signed in again.
                SIGNED_OUT => return answer,
                _ => {
                    SessionStorage::delete(UNANSWERED);
                    return answer;
                }
            }
            times += 1;
            lost(times);
            sleep(pause_ms).await;
            pause_ms = (pause_ms * 2).min(LONGEST_PAUSE_MS);
        }
    }
}

/// What the vouchers would take off.
pub(super) async fn preview(body: &SaleBody, lang: Lang) -> Result<OrderPreview, Problem> {
    match body.order() {
        Some(order) => rest::ask("/api/v1/orders/preview", json(&order), lang).await,
        None => {
            let preview = rest::ask::<Preview>("/api/v1/redemptions/preview", json(body), lang).await;
            preview.map(|preview| OrderPreview::of(vec![preview]))
        }
    }
}

/// Whether there was no answer, or one that leaves open what happened.
pub(super) fn is_unknown(problem: &Problem) -> bool {
    problem.status >= FAILED
}

fn json<T: Serialize>(body: &T) -> String {
    serde_json::to_string(body).unwrap_or_default()
}
