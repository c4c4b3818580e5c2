//! The clients, and what they write down.

use super::model::{Answer, Ask, Event, Refusal};
use crate::services::{Services, at, at_till};
use backend::clock::{Clock, Random, SeededRandom, SetClock};
use backend::{Backend, Caller, Error, ReverseRequest};
use domain::{
    ClaimRefused, Denied, IdempotencyKey, LimitScope, RedeemRefused, RedemptionId, ReverseRefused, RoundId,
    STEP_MS, VoucherId, VoucherState,
};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use tokio::task::JoinSet;

/// Both open all the time.
pub(super) const ROUNDS: [RoundId; 2] = [RoundId(1), RoundId(2)];
const CLIENTS: u64 = 16;
const PRESSES: usize = 40;
const RESIDENTS: usize = 8;
/// How often a client repeats a request that failed.
const REPEATS: usize = 4;
/// Nodes that the clients meet.
const NODES: usize = 3;

/// Asks again under the same key while the store fails, as every client does:
/// two nodes may meet in a lock.
macro_rules! again {
    ($ask:expr) => {{
        let mut answer = $ask.await;
        for _ in 0..REPEATS {
            let Err(Error::Store(error)) = &answer else { break };
            eprintln!("once more: {error:?}");
            answer = $ask.await;
        }
        answer
    }};
}

/// A request that may be repeated: whose it is, its key and what the till sent.
#[derive(Clone)]
struct Sent {
    resident: usize,
    key: IdempotencyKey,
    ask: Ask,
    token: Option<String>,
}

/// What was written down.
#[derive(Default)]
pub(super) struct History(Mutex<Vec<(usize, Event)>>);

impl History {
    pub(super) fn events(&self) -> Vec<Event> {
        self.0.lock().unwrap().iter().map(|(_, event)| event.clone()).collect()
    }

    pub(super) fn by_resident(&self) -> Vec<Vec<Event>> {
        let mut all = vec![Vec::new(); RESIDENTS];
        for (resident, event) in self.0.lock().unwrap().iter() {
            all[*resident].push(event.clone());
        }
        all
    }

    /// What each voucher was last seen as.
    pub(super) fn last_states(&self) -> impl Iterator<Item = VoucherState> + use<> {
        let mut events = self.events();
        events.sort_by_key(|event| event.asked);
        let mut last = BTreeMap::new();
        for event in events {
            if let (Ask::Look { voucher }, Answer::State(state)) = (event.ask, event.answer) {
                last.insert(voucher, state);
            }
        }
        last.into_values()
    }

    /// How many of each answer there are.
    pub(super) fn told(&self) -> String {
        let mut counts = BTreeMap::<String, usize>::new();
        for event in self.events() {
            let answer = format!("{:?}", event.answer);
            let name = answer.split([' ', '{']).next().unwrap_or_default().to_owned();
            let name = if event.replayed { format!("{name}, repeated") } else { name };
            *counts.entry(name).or_default() += 1;
        }
        format!("{counts:?}")
    }
}

/// Everything that the clients share.
struct Crowd {
    nodes: Vec<Backend>,
    clock: Arc<SetClock>,
    residents: Vec<Caller>,
    clerk: Caller,
    owner: Caller,
    /// Counts requests and answers over all clients.
    moment: AtomicU64,
    history: History,
    vouchers: Mutex<Vec<(usize, i64)>>,
    redemptions: Mutex<Vec<(usize, i64, i64)>>,
    sent: Mutex<Vec<Sent>>,
    tokens: Mutex<BTreeMap<i64, (String, i64)>>,
}

/// Lets the clients press, and looks at every voucher once more when all is
/// quiet.
pub(super) async fn press(city: &Services<'_>, seed: u64) -> History {
    let mut nodes = vec![city.backend.clone()];
    while nodes.len() < NODES {
        nodes.push(city.node_of_the_same_clock().await);
    }
    let mut residents = Vec::new();
    for n in 1..=RESIDENTS {
        residents.push(city.resident(u32::try_from(n).unwrap()).await);
    }
    let crowd = Arc::new(Crowd {
        nodes,
        clock: city.shared_clock(),
        residents,
        clerk: city.clerk().await,
        owner: city.owner().await,
        moment: AtomicU64::new(0),
        history: History::default(),
        vouchers: Mutex::default(),
        redemptions: Mutex::default(),
        sent: Mutex::default(),
        tokens: Mutex::default(),
    });
    let mut clients = JoinSet::new();
    for client in 0..CLIENTS {
        let crowd = crowd.clone();
        clients.spawn(async move {
            let random = SeededRandom::new(seed ^ client << 32);
            for _ in 0..PRESSES {
                crowd.press_once(&random).await;
            }
        });
    }
    clients.join_all().await;
    while crowd.nodes[0].expire_due().await.unwrap() > 0 {}
    let all = crowd.vouchers.lock().unwrap().clone();
    for (resident, voucher) in all {
        crowd.look(0, resident, voucher).await;
    }
    let crowd = Arc::into_inner(crowd).expect("the clients have gone");
    crowd.history
}

/// A number below `limit`.
fn below(random: &SeededRandom, limit: usize) -> usize {
    usize::try_from(random.number() % u64::try_from(limit).unwrap()).unwrap()
}

fn one_of<T: Clone>(random: &SeededRandom, all: &Mutex<Vec<T>>) -> Option<T> {
    let all = all.lock().unwrap();
    (!all.is_empty()).then(|| all[below(random, all.len())].clone())
}

impl Crowd {
    async fn press_once(&self, random: &SeededRandom) {
        let node = below(random, NODES);
        match below(random, 100) {
            0..25 => {
                let ask = Ask::Claim { round: ROUNDS[below(random, ROUNDS.len())].0 };
                self.send(node, self.write_down(below(random, RESIDENTS), ask, None, random)).await;
            }
            25..60 => {
                let Some((resident, voucher)) = one_of(random, &self.vouchers) else { return };
                let (token, step) = self.token(node, resident, voucher, below(random, 8) == 0).await;
                let order = [5_900, 8_800, 12_345][below(random, 3)];
                let ask = Ask::Redeem { voucher, step, order };
                self.send(node, self.write_down(resident, ask, Some(token), random)).await;
            }
            60..76 => {
                let Some((resident, redemption, order)) = one_of(random, &self.redemptions) else { return };
                let refund = [order, order / 3, order - order / 3][below(random, 3)];
                self.send(node, self.write_down(resident, Ask::Reverse { redemption, refund }, None, random))
                    .await;
            }
            76..84 => {
                let Some(sent) = one_of(random, &self.sent) else { return };
                self.send(node, sent).await;
            }
            84..92 => {
                let Some((resident, voucher)) = one_of(random, &self.vouchers) else { return };
                self.look(node, resident, voucher).await;
            }
            92..94 => {
                again!(self.nodes[node].expire_due()).unwrap();
            }
            94..99 => self.clock.advance_ms(10_000),
            _ => self.clock.advance_ms(15 * 60_000),
        }
    }

    fn write_down(&self, resident: usize, ask: Ask, token: Option<String>, random: &SeededRandom) -> Sent {
        let sent =
            Sent { resident, key: IdempotencyKey::from_random(random.number(), random.number()), ask, token };
        self.sent.lock().unwrap().push(sent.clone());
        sent
    }

    /// What the phone shows now, or showed before.
    async fn token(&self, node: usize, resident: usize, voucher: i64, old: bool) -> (String, i64) {
        let before = self.tokens.lock().unwrap().get(&voucher).cloned();
        if let Some(before) = before.filter(|_| old) {
            return before;
        }
        let caller = &self.residents[resident];
        let shown = self.nodes[node].voucher_token(caller, VoucherId(voucher)).await.unwrap();
        let now = (shown.token, at(&shown.expires_at).ms() / STEP_MS - 1);
        self.tokens.lock().unwrap().insert(voucher, now.clone());
        now
    }

    /// Counts the moment, asks, and writes down what was answered.
    async fn record(
        &self,
        resident: usize,
        (key, ask): (&str, Ask),
        asking: impl Future<Output = (Answer, bool)>,
    ) -> Answer {
        let (asked, from_ms) = (self.moment.fetch_add(1, Ordering::SeqCst), self.clock.now().ms());
        let (answer, replayed) = asking.await;
        let (to_ms, answered) = (self.clock.now().ms(), self.moment.fetch_add(1, Ordering::SeqCst));
        let (key, told) = (key.to_owned(), answer.clone());
        let event = Event { asked, answered, from_ms, to_ms, key, ask, answer, replayed };
        self.history.0.lock().unwrap().push((resident, event));
        told
    }

    async fn send(&self, node: usize, sent: Sent) {
        let Sent { resident, key, ask, token } = sent;
        let node = &self.nodes[node];
        let asking = async {
            match &ask {
                Ask::Claim { round } => self.claim(node, resident, *round, &key).await,
                Ask::Redeem { order, .. } => self.redeem(node, token, *order, &key).await,
                Ask::Reverse { redemption, refund } => self.reverse(node, *redemption, *refund, &key).await,
                Ask::Look { .. } => unreachable!("nobody repeats a look"),
            }
        };
        let answer = self.record(resident, (key.as_str(), ask.clone()), asking).await;
        match (answer, ask) {
            (Answer::Voucher { id, .. }, _) => put(&self.vouchers, (resident, id)),
            (Answer::Receipt { id, .. }, Ask::Redeem { order, .. }) => {
                put(&self.redemptions, (resident, id, order));
            }
            _ => (),
        }
    }

    async fn look(&self, node: usize, resident: usize, voucher: i64) {
        let asking = async {
            let caller = &self.residents[resident];
            let seen = self.nodes[node].voucher(caller, VoucherId(voucher)).await.unwrap();
            (Answer::State(seen.voucher.state), false)
        };
        self.record(resident, ("", Ask::Look { voucher }), asking).await;
    }

    async fn claim(
        &self,
        node: &Backend,
        resident: usize,
        round: i64,
        key: &IdempotencyKey,
    ) -> (Answer, bool) {
        let caller = &self.residents[resident];
        match again!(node.claim(caller, RoundId(round), key)) {
            Ok(done) => {
                let expires_ms = at(&done.answer.expires_at).ms();
                (Answer::Voucher { id: done.answer.voucher_id.0, expires_ms }, done.replayed)
            }
            Err(Error::Claim(ClaimRefused::LimitReached { scope: LimitScope::Round, .. })) => {
                no(Refusal::LimitOfRound)
            }
            Err(Error::Claim(ClaimRefused::LimitReached { .. })) => no(Refusal::LimitOfCampaign),
            Err(Error::Claim(ClaimRefused::SoldOut)) => no(Refusal::SoldOut),
            Err(other) => panic!("a claim was answered {other:?}"),
        }
    }

    async fn redeem(
        &self,
        node: &Backend,
        token: Option<String>,
        order_fen: i64,
        key: &IdempotencyKey,
    ) -> (Answer, bool) {
        let request = at_till(token, None, order_fen);
        // Whoever tried too many wrong codes waits as long as the till says.
        let answer = loop {
            let asked = self.clock.now();
            match again!(node.redeem(&self.clerk, &request, key)) {
                // Several wait at a time, and time passes once for all of them.
                Err(Error::Denied(Denied::TooOften { retry_after_s })) => {
                    self.clock.advance_to(asked.plus_ms(retry_after_s * 1000));
                }
                answer => break answer,
            }
        };
        match answer {
            Ok(done) => {
                let (id, subsidy) = (done.answer.redemption_id.0, done.answer.subsidy_fen.get());
                let at_ms = at(&done.answer.redeemed_at).ms();
                (Answer::Receipt { id, subsidy, at_ms }, done.replayed)
            }
            Err(Error::Redeem(refused)) => no(match refused {
                RedeemRefused::TokenStale => Refusal::TokenStale,
                RedeemRefused::AlreadyRedeemed { .. } => Refusal::AlreadyRedeemed,
                RedeemRefused::Expired { .. } => Refusal::Expired,
                RedeemRefused::BelowThreshold { .. } => Refusal::BelowThreshold,
                RedeemRefused::OutletLimitReached { .. } => Refusal::OutletLimit,
                other => panic!("a redemption was answered {other:?}"),
            }),
            Err(other) => panic!("a redemption was answered {other:?}"),
        }
    }

    async fn reverse(
        &self,
        node: &Backend,
        redemption: i64,
        refund_fen: i64,
        key: &IdempotencyKey,
    ) -> (Answer, bool) {
        let request = ReverseRequest { refund_fen, reason: "顾客退菜".to_owned() };
        match again!(node.reverse(&self.owner, RedemptionId(redemption), &request, key)) {
            Ok(done) => {
                let (id, state) = (done.answer.reversal_id.0, done.answer.voucher_state);
                (
                    Answer::Refund { id, subsidy_back: done.answer.subsidy_back_fen.get(), state },
                    done.replayed,
                )
            }
            Err(Error::Reverse(ReverseRefused::TooMuch { refundable })) => {
                no(Refusal::TooMuch { refundable: refundable.get() })
            }
            Err(Error::Reverse(ReverseRefused::AlreadyReversed)) => no(Refusal::AlreadyReversed),
            Err(other) => panic!("a reversal was answered {other:?}"),
        }
    }
}

fn no(refusal: Refusal) -> (Answer, bool) {
    (Answer::Refused(refusal), false)
}

fn put<T: PartialEq>(all: &Mutex<Vec<T>>, one: T) {
    let mut all = all.lock().unwrap();
    if !all.contains(&one) {
        all.push(one);
    }
}
