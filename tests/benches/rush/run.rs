//! One run of one design: everybody opens the page, then everybody presses, then the tills redeem what was
//! claimed.

use crate::check::Told;
use crate::drive::{Driven, Outcome, Pace, drive};
use crate::plan::{CLERK, HELD_AFTER, ORDER_FEN, OUTLET, Plan, Press, as_i64, key, session, shuffle};
use crate::program::{Memory, Program};
use crate::standin::Answers;
use anyhow::{Context, Result, ensure};
use domain::RoundId;
use std::rc::Rc;
use std::time::Duration;

/// What one drive measured.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Measured {
    pub(crate) per_s: f64,
    /// Answers a second for as long as there was something to be had.
    pub(crate) per_s_until_gone: f64,
    pub(crate) p50_us: f64,
    pub(crate) p99_us: f64,
    pub(crate) p999_us: f64,
}

/// What one run measured and told.
#[derive(Debug, Default)]
pub(crate) struct Ran {
    pub(crate) claims: Measured,
    pub(crate) redemptions: Option<Measured>,
    pub(crate) before: Memory,
    pub(crate) after: Memory,
    pub(crate) told: Told,
}

/// What is done in a run.
#[derive(Clone, Debug)]
pub(crate) struct Rush {
    pub(crate) plan: Plan,
    pub(crate) round: RoundId,
    pub(crate) presses: Vec<Press>,
    pub(crate) pace: Pace,
    pub(crate) redeem: bool,
}

impl Rush {
    /// Claims and redemptions as the plan has them.
    pub(crate) fn of(plan: &Plan, pace: Pace) -> Rush {
        Rush { plan: plan.clone(), round: plan.rush, presses: plan.presses(), pace, redeem: true }
    }

    /// Everybody claims ten times in a round that has ten for everybody.
    pub(crate) fn of_ten(plan: &Plan) -> Rush {
        let mut presses: Vec<Press> = (1..=HELD_AFTER)
            .flat_map(|key| (0..plan.residents).map(move |resident| (resident, key)))
            .map(|(resident, key)| Press { resident, key: u8::try_from(key).unwrap_or(0) })
            .collect();
        shuffle(&mut presses);
        Rush { plan: plan.clone(), round: plan.memory, presses, pace: Pace::full(64), redeem: false }
    }

    /// What the real server answers to a claim, to a second one, and to a redemption.
    pub(crate) fn answers(plan: &Plan, program: &Program) -> Result<Answers> {
        let presses = [1, 2].map(|key| Press { resident: 0, key });
        let pace = Pace { keep: true, ..Pace::full(1) };
        let rush = Rush { presses: presses.to_vec(), ..Rush::of(plan, pace) };
        let claims = rush.claim(program)?;
        let told = |n: usize| claims.kept.get(n).map(|(_, answer)| answer.clone()).context("no answer");
        let mut of_till = Told { vouchers: rush.vouchers(&claims)?, ..Told::default() };
        let (_, redeemed) = rush.redeem_all(program, &mut of_till)?;
        let redeemed = redeemed.kept.first().map(|(_, answer)| answer.clone()).context("no answer")?;
        Ok(Answers { claimed: told(0)?, refused: told(1)?, redeemed })
    }

    pub(crate) fn on(&self, program: &Program) -> Result<Ran> {
        self.open_pages(program)?;
        let before = program.memory()?;
        let claims = self.claim(program)?;
        let mut ran = Ran { claims: measure(&claims), before, ..Ran::default() };
        ran.told.vouchers = self.vouchers(&claims)?;
        if self.redeem {
            ran.redemptions = Some(self.redeem_all(program, &mut ran.told)?.0);
        }
        ran.after = program.memory()?;
        Ok(ran)
    }

    /// Everybody who will press has the page open: their session was used before.
    pub(crate) fn open_pages(&self, program: &Program) -> Result<()> {
        let host = program.address;
        let residents = usize::try_from(self.plan.residents)?;
        let write = move |n: usize, into: &mut Vec<u8>| {
            let session = session(as_i64(n));
            into.extend_from_slice(
                format!("GET /api/v1/me HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {session}\r\n\r\n")
                    .as_bytes(),
            );
        };
        let opened = drive(host, &Pace::full(64), residents, write)?;
        let signed_in = opened.outcomes.iter().all(|outcome| outcome.status == 200);
        ensure!(signed_in, "somebody is not signed in: {:?}", statuses(&opened.outcomes));
        Ok(())
    }

    pub(crate) fn claim(&self, program: &Program) -> Result<Driven> {
        let (host, round) = (program.address, self.round);
        // Written before: the crowd's own machine is not what is measured.
        let heads: Vec<String> = (self.presses.iter())
            .map(|press| format!("{}{}", session(press.resident), key("claim", press.resident, press.key)))
            .collect();
        let start =
            format!("POST /api/v1/rounds/{round}/claims HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer ");
        let write = move |n: usize, into: &mut Vec<u8>| {
            let (session, key) = heads[n].split_at(64);
            for part in
                [start.as_str(), session, "\r\nidempotency-key: ", key, "\r\ncontent-length: 0\r\n\r\n"]
            {
                into.extend_from_slice(part.as_bytes());
            }
        };
        drive(host, &self.pace, self.presses.len(), write)
    }

    /// The vouchers that were told, with their accounts. A repeated request is told the same one.
    pub(crate) fn vouchers(&self, claims: &Driven) -> Result<std::collections::HashMap<i64, i64>> {
        let mut vouchers = std::collections::HashMap::new();
        for (press, outcome) in self.presses.iter().zip(&claims.outcomes) {
            match outcome.status {
                201 => {
                    let account = self.plan.account(press.resident);
                    let before = vouchers.insert(outcome.number, account);
                    ensure!(before.is_none_or(|before| before == account), "two hold one voucher");
                }
                409 => (),
                status => anyhow::bail!("a claim was answered {status}"),
            }
        }
        Ok(vouchers)
    }

    fn redeem_all(&self, program: &Program, told: &mut Told) -> Result<(Measured, Driven)> {
        let owners: std::collections::HashMap<i64, i64> =
            (0..self.plan.residents).map(|resident| (self.plan.account(resident), resident)).collect();
        let mut vouchers: Vec<(i64, i64)> = (told.vouchers.iter())
            .map(|(voucher, account)| (*voucher, owners.get(account).copied().unwrap_or(-1)))
            .collect();
        vouchers.sort_unstable();
        shuffle(&mut vouchers);
        let tokens = tokens(program, &vouchers)?;
        // A fifth of them are sent twice, under the same key.
        let mut sent: Vec<usize> = (0..vouchers.len()).collect();
        sent.extend((0..vouchers.len()).filter(|place| place % 5 == 0));
        shuffle(&mut sent);
        let (host, clerk, sent) = (program.address, session(CLERK), Rc::new(sent));
        let ready: Vec<String> = (sent.iter())
            .map(|place| {
                let (key, token) = (key("redeem", vouchers[*place].0, 1), &tokens[*place]);
                let body = format!(r#"{{"token":"{token}","outlet_id":{OUTLET},"order_fen":{ORDER_FEN}}}"#);
                format!(
                    "{key}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
                    body.len()
                )
            })
            .collect();
        let head = format!(
            "POST /api/v1/redemptions HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {clerk}\r\nidempotency-key: "
        );
        let write = move |n: usize, into: &mut Vec<u8>| {
            into.extend_from_slice(head.as_bytes());
            into.extend_from_slice(ready[n].as_bytes());
        };
        let driven = drive(host, &self.pace, sent.len(), write)?;
        for (place, outcome) in sent.iter().zip(&driven.outcomes) {
            ensure!(outcome.status == 201, "redemptions were answered {:?}", statuses(&driven.outcomes));
            let voucher = vouchers[*place].0;
            let before = told.redemptions.insert(outcome.number, voucher);
            ensure!(before.is_none_or(|before| before == voucher), "two vouchers in one redemption");
        }
        Ok((measure(&driven), driven))
    }
}

/// Asks for the present token of every voucher: they are good for another half minute at least.
fn tokens(program: &Program, vouchers: &[(i64, i64)]) -> Result<Vec<String>> {
    let host = program.address;
    let asked = vouchers.to_vec();
    let write = move |n: usize, into: &mut Vec<u8>| {
        let (voucher, resident) = asked[n];
        let session = session(resident);
        into.extend_from_slice(
            format!(
                "POST /api/v1/vouchers/{voucher}/token HTTP/1.1\r\nhost: {host}\r\n\
                 authorization: Bearer {session}\r\ncontent-length: 0\r\n\r\n"
            )
            .as_bytes(),
        );
    };
    let pace = Pace { keep: true, ..Pace::full(64) };
    let told = drive(host, &pace, vouchers.len(), write)?;
    let mut tokens = vec![String::new(); vouchers.len()];
    for (place, answer) in told.kept {
        let answer: serde_json::Value = serde_json::from_str(&answer)?;
        let token = answer["token"].as_str().with_context(|| format!("no token: {answer}"))?;
        tokens[place] = token.to_owned();
    }
    Ok(tokens)
}

fn measure(driven: &Driven) -> Measured {
    let mut took: Vec<u32> = driven.outcomes.iter().map(|outcome| outcome.took_us).collect();
    took.sort_unstable();
    let part = |of: usize| f64::from(took[(took.len() * of / 1000).min(took.len() - 1)]);
    let gone_us = driven.outcomes.iter().filter(|o| o.status == 201).map(|o| o.at_us).max().unwrap_or(0);
    let until = driven.outcomes.iter().filter(|outcome| outcome.at_us <= gone_us).count();
    Measured {
        per_s: driven.outcomes.len() as f64 / driven.took.as_secs_f64(),
        per_s_until_gone: until as f64 / Duration::from_micros(gone_us.max(1)).as_secs_f64(),
        p50_us: part(500),
        p99_us: part(990),
        p999_us: part(999),
    }
}

fn statuses(outcomes: &[Outcome]) -> std::collections::BTreeMap<u16, usize> {
    let mut counts = std::collections::BTreeMap::new();
    for outcome in outcomes {
        *counts.entry(outcome.status).or_default() += 1;
    }
    counts
}
