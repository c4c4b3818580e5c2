//! What one resident's requests may be answered, by the rules of `domain`: the
//! voucher's state machine, the limits, the present token and the refund rule.

use domain::{Benefit, Fen, Limits, STEP_MS, VoucherEvent, VoucherState, refund_share};
use std::collections::BTreeMap;

/// What a client asks.
#[derive(Clone, Debug)]
pub(crate) enum Ask {
    Claim {
        round: i64,
    },
    /// A till presents a token of a step on an order.
    Redeem {
        voucher: i64,
        step: i64,
        order: i64,
    },
    Reverse {
        redemption: i64,
        refund: i64,
    },
    Look {
        voucher: i64,
    },
}

/// What it was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Voucher { id: i64, expires_ms: i64 },
    Receipt { id: i64, subsidy: i64, at_ms: i64 },
    Refund { id: i64, subsidy_back: i64, state: VoucherState },
    State(VoucherState),
    Refused(Refusal),
}

/// The refusals that can come up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    LimitOfRound,
    LimitOfCampaign,
    SoldOut,
    TokenStale,
    AlreadyRedeemed,
    Expired,
    BelowThreshold,
    OutletLimit,
    TooMuch { refundable: i64 },
    AlreadyReversed,
}

/// A request with its answer. Between `asked` and `answered`, counted over all
/// clients, it took place at some moment; the clock stood between `from_ms` and
/// `to_ms` then.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) asked: u64,
    pub(crate) answered: u64,
    pub(crate) from_ms: i64,
    pub(crate) to_ms: i64,
    /// The idempotency key; empty where there is none.
    pub(crate) key: String,
    pub(crate) ask: Ask,
    pub(crate) answer: Answer,
    /// Whether the answer was given as a stored one.
    pub(crate) replayed: bool,
}

/// The terms under which the clients press.
#[derive(Clone, Debug)]
pub(crate) struct Terms {
    pub(crate) benefit: Benefit,
    pub(crate) limits: Limits,
    pub(crate) per_round: i64,
    pub(crate) valid_ms: i64,
}

/// A resident as the model has them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Resident {
    /// The number that each key's first request was given.
    keys: BTreeMap<String, i64>,
    vouchers: BTreeMap<i64, Held>,
    redemptions: BTreeMap<i64, Used>,
    /// Redemptions at the outlet today.
    at_outlet: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Held {
    round: i64,
    state: VoucherState,
    expires_ms: i64,
    used_step: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Used {
    voucher: i64,
    order: Fen,
    subsidy: Fen,
    refunded: Fen,
    given_back: Fen,
}

fn fen(amount: i64) -> Option<Fen> {
    Fen::try_from(amount).ok()
}

impl Resident {
    /// The resident after an event; `None` when the answer is none that they
    /// could be given now.
    pub(crate) fn after(&self, event: &Event, terms: &Terms) -> Option<Resident> {
        let known = self.keys.get(&event.key).copied();
        if let (Some(first), Some(number)) = (known, event.number()) {
            return (first == number && event.replayed).then(|| self.clone());
        }
        if known.is_some() || event.replayed {
            return None;
        }
        match (&event.ask, &event.answer) {
            (Ask::Claim { round }, answer) => self.claim(*round, answer, event, terms),
            (Ask::Redeem { voucher, step, order }, answer) => {
                self.redeem(*voucher, (*step, *order), answer, event, terms)
            }
            (Ask::Reverse { redemption, refund }, answer) => {
                self.reverse(*redemption, *refund, answer, event)
            }
            (Ask::Look { voucher }, Answer::State(state)) => {
                self.vouchers.get(voucher)?.may_show(*state, event).then(|| self.clone())
            }
            _ => None,
        }
    }

    fn claim(&self, round: i64, answer: &Answer, event: &Event, terms: &Terms) -> Option<Resident> {
        let in_round =
            i64::try_from(self.vouchers.values().filter(|held| held.round == round).count()).ok()?;
        let in_campaign = i64::try_from(self.vouchers.len()).ok()?;
        let limit = if in_round >= terms.per_round {
            Some(Refusal::LimitOfRound)
        } else {
            (in_campaign >= terms.limits.per_campaign).then_some(Refusal::LimitOfCampaign)
        };
        match answer {
            Answer::Voucher { id, expires_ms } => {
                let issued_ms = expires_ms - terms.valid_ms;
                let fits = limit.is_none()
                    && (event.from_ms..=event.to_ms).contains(&issued_ms)
                    && !self.vouchers.contains_key(id);
                let held =
                    Held { round, state: VoucherState::Issued, expires_ms: *expires_ms, used_step: None };
                fits.then(|| {
                    let mut after = self.clone();
                    after.vouchers.insert(*id, held);
                    after.keys.insert(event.key.clone(), *id);
                    after
                })
            }
            // Whether it was is the round's question.
            Answer::Refused(Refusal::SoldOut) => Some(self.clone()),
            Answer::Refused(refusal) => (limit.as_ref() == Some(refusal)).then(|| self.clone()),
            _ => None,
        }
    }

    fn redeem(
        &self,
        voucher: i64,
        (step, order): (i64, i64),
        answer: &Answer,
        event: &Event,
        terms: &Terms,
    ) -> Option<Resident> {
        let held = self.vouchers.get(&voucher)?;
        let order = fen(order)?;
        let subsidy = terms.benefit.subsidy(order);
        let is_unused = held.used_step.is_none_or(|used| step > used);
        let may_be_fresh = event.steps().any(|now| (now - step).abs() <= 1);
        let is_issued = held.state == VoucherState::Issued;
        let at_limit = self.at_outlet >= terms.limits.per_outlet_day;
        match answer {
            Answer::Receipt { id, subsidy: told, at_ms } => {
                let fits = is_unused
                    && (event.from_ms..=event.to_ms).contains(at_ms)
                    && (at_ms.div_euclid(STEP_MS) - step).abs() <= 1
                    && *at_ms < held.expires_ms
                    && subsidy == Ok(fen(*told)?)
                    && !at_limit
                    && !self.redemptions.contains_key(id);
                let state = held.state.after(VoucherEvent::Redeem).filter(|_| fits)?;
                let mut after = self.clone();
                let used =
                    Used { voucher, order, subsidy: fen(*told)?, refunded: Fen::ZERO, given_back: Fen::ZERO };
                after.vouchers.insert(voucher, Held { state, used_step: Some(step), ..held.clone() });
                after.redemptions.insert(*id, used);
                after.at_outlet += 1;
                after.keys.insert(event.key.clone(), *id);
                Some(after)
            }
            Answer::Refused(refusal) => {
                let fits = match refusal {
                    Refusal::TokenStale => {
                        event.steps().any(|now| (now - step).abs() > 1) || (is_issued && !is_unused)
                    }
                    Refusal::AlreadyRedeemed => may_be_fresh && held.state == VoucherState::Redeemed,
                    Refusal::Expired => may_be_fresh && held.may_show(VoucherState::Expired, event),
                    Refusal::BelowThreshold => may_be_fresh && is_issued && is_unused && subsidy.is_err(),
                    Refusal::OutletLimit => may_be_fresh && is_issued && is_unused && at_limit,
                    _ => false,
                };
                fits.then(|| self.clone())
            }
            _ => None,
        }
    }

    fn reverse(&self, redemption: i64, refund: i64, answer: &Answer, event: &Event) -> Option<Resident> {
        let used = self.redemptions.get(&redemption)?;
        let held = self.vouchers.get(&used.voucher)?;
        let (refund, refundable) = (fen(refund)?, used.order.less(used.refunded));
        match answer {
            Answer::Refund { id, subsidy_back, state } => {
                let share = refund_share(used.order, used.subsidy, used.refunded, used.given_back, refund);
                let is_whole = refund == refundable;
                let returns = *state == VoucherState::Issued;
                // A voucher whose time has run out does not come back.
                let may_return = event.from_ms < held.expires_ms;
                let may_stay = !is_whole || event.to_ms >= held.expires_ms;
                let fits = refund <= refundable
                    && refundable > Fen::ZERO
                    && share.get() == *subsidy_back
                    && if returns { is_whole && may_return } else { may_stay };
                let event_of_voucher = returns.then_some(VoucherEvent::Return);
                let next = event_of_voucher.map_or(Some(held.state), |event| held.state.after(event));
                let next = next.filter(|next| fits && next == state)?;
                let mut after = self.clone();
                let refunded = used.refunded.plus(refund)?;
                let given_back = used.given_back.plus(share)?;
                after.redemptions.insert(redemption, Used { refunded, given_back, ..used.clone() });
                after.vouchers.insert(used.voucher, Held { state: next, ..held.clone() });
                after.at_outlet -= i64::from(is_whole);
                after.keys.insert(event.key.clone(), *id);
                Some(after)
            }
            Answer::Refused(Refusal::TooMuch { refundable: told }) => {
                (refund > refundable && refundable.get() == *told && *told > 0).then(|| self.clone())
            }
            Answer::Refused(Refusal::AlreadyReversed) => (refundable == Fen::ZERO).then(|| self.clone()),
            _ => None,
        }
    }
}

impl Held {
    /// Whether it may be seen in a state during an event: one that is held runs
    /// out by itself.
    fn may_show(&self, state: VoucherState, event: &Event) -> bool {
        match self.state.after(VoucherEvent::Expire) {
            Some(expired) if state == expired => event.to_ms >= self.expires_ms,
            Some(_) => state == self.state && event.from_ms < self.expires_ms,
            None => state == self.state,
        }
    }
}

impl Event {
    /// The present token's steps while it took place.
    fn steps(&self) -> impl Iterator<Item = i64> + use<> {
        self.from_ms.div_euclid(STEP_MS)..=self.to_ms.div_euclid(STEP_MS)
    }

    /// What its answer created.
    fn number(&self) -> Option<i64> {
        match self.answer {
            Answer::Voucher { id, .. } | Answer::Receipt { id, .. } | Answer::Refund { id, .. } => Some(id),
            _ => None,
        }
    }

    /// The voucher that a claim was given, for the first time.
    pub(crate) fn issued(&self) -> Option<i64> {
        self.number().filter(|_| matches!(self.ask, Ask::Claim { .. }) && !self.replayed)
    }

    /// What an event wrote, by the ledger's word for it.
    pub(crate) fn written(&self) -> Option<&'static str> {
        match self.answer {
            _ if self.replayed => None,
            Answer::Voucher { .. } => Some("issue"),
            Answer::Receipt { .. } => Some("redeem"),
            Answer::Refund { .. } => Some("reverse"),
            _ => None,
        }
    }
}
