//! Who presses, how often and for what: the same for every design.

use domain::{CampaignId, CampaignTerms, DistrictCode, Fen, Method, Quota, Round, RoundId};
use sha2::{Digest, Sha256};

/// The moment at which the servers' clocks start: half an hour after the rush's round has opened, so that its
/// waiting room is empty and nothing but the desk is measured.
pub(crate) const MOMENT: &str = "2021-06-18T10:30:00+08:00";
const OPENS: &str = "2021-06-18T10:00:00+08:00";
const CLOSES: &str = "2021-06-18T22:00:00+08:00";
const EARLIER: (&str, &str) = ("2021-06-18T00:00:00+08:00", "2021-06-18T09:00:00+08:00");

/// Vouchers that everybody holds before a rush on a full table.
pub(crate) const HELD_BEFORE: i64 = 5;
/// Vouchers of the memory's round that everybody claims.
pub(crate) const HELD_AFTER: i64 = 10;
const FIRST_ACCOUNT: i64 = 1_000_001;
/// Every redeemed order, and where.
pub(crate) const ORDER_FEN: i64 = 8_800;
pub(crate) const OUTLET: i64 = 1;
/// The sessions of its clerk and its manager, beside those of the residents.
pub(crate) const CLERK: i64 = -1;
pub(crate) const MANAGER: i64 = -2;

/// The rush.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) residents: i64,
    /// Vouchers that stand in the table before.
    pub(crate) standing: i64,
    pub(crate) districts: Vec<DistrictCode>,
    /// The round of the rush, the one that looks at the memory, and those of the vouchers that stand.
    pub(crate) rush: RoundId,
    pub(crate) memory: RoundId,
    pub(crate) earlier: Vec<RoundId>,
}

impl Plan {
    /// Vouchers in the rush's round: for half of the residents.
    pub(crate) fn stock(&self) -> i64 {
        self.residents / 2
    }

    /// The stock of each district.
    pub(crate) fn stock_of(&self, place: usize) -> i64 {
        let (count, place) = (as_i64(self.districts.len()), as_i64(place));
        self.stock() / count + i64::from(place < self.stock() % count)
    }

    /// People who hold the standing vouchers; those who press are among them, spread evenly.
    pub(crate) fn holders(&self) -> i64 {
        (self.standing / HELD_BEFORE).max(self.residents)
    }

    /// The account of a holder.
    pub(crate) fn holder(&self, n: i64) -> i64 {
        FIRST_ACCOUNT + n
    }

    /// The account of somebody who presses.
    pub(crate) fn account(&self, resident: i64) -> i64 {
        self.holder(resident * (self.holders() / self.residents))
    }

    pub(crate) fn district(&self, resident: i64) -> DistrictCode {
        self.districts[usize::try_from(resident).unwrap_or(0) % self.districts.len()]
    }

    /// The residents in the order of their presses: a fifth of them are there twice.
    pub(crate) fn presses(&self) -> Vec<Press> {
        let mut twice: Vec<i64> = (0..self.residents).collect();
        twice.extend((0..self.residents).filter(|resident| resident % 5 == 0));
        shuffle(&mut twice);
        let mut seen = vec![0_u8; usize::try_from(self.residents).unwrap_or(0)];
        let number = |resident: i64| {
            let times = &mut seen[usize::try_from(resident).unwrap_or(0)];
            *times += 1;
            // Of those who press twice, every other one repeats the request, and the rest press anew.
            let key = if resident % 10 == 0 { 1 } else { *times };
            Press { resident, key }
        };
        twice.into_iter().map(number).collect()
    }
}

/// One press: who, and under which of their keys.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Press {
    pub(crate) resident: i64,
    pub(crate) key: u8,
}

/// The session of a resident, or of those who work at the outlet.
pub(crate) fn session(resident: i64) -> String {
    hex(&format!("session {resident}"))
}

/// An idempotency key, as long as those of the pages.
pub(crate) fn key(of: &str, who: i64, which: u8) -> String {
    hex(&format!("{of} {who} {which}"))[..32].to_owned()
}

/// SHA-256 in hexadecimal: a session's token is stored as this.
pub(crate) fn hex(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A reproducible order (xorshift).
pub(crate) fn shuffle<T>(all: &mut [T]) {
    let mut random = 20_210_618_u64;
    for last in (1..all.len()).rev() {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let other = usize::try_from(random % (last as u64 + 1)).unwrap_or(0);
        all.swap(last, other);
    }
}

pub(crate) fn as_i64(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Puts the rush's campaigns and rounds behind those of a season.
pub(crate) fn prepare(season: &mut backend::seeds::SeedSet, residents: i64, standing: i64) -> Plan {
    let districts: Vec<DistrictCode> = season.season.districts.iter().map(|district| district.code).collect();
    let mut plan =
        Plan { residents, standing, districts, rush: RoundId(0), memory: RoundId(0), earlier: Vec::new() };
    let quotas = (0..plan.districts.len())
        .map(|n| Quota { district: plan.districts[n], quantity: plan.stock_of(n), lend_at: None })
        .collect();
    plan.rush = release(season, 1, plan.stock(), (OPENS, CLOSES), quotas);
    plan.memory = release(season, HELD_AFTER, residents * HELD_AFTER, (OPENS, CLOSES), Vec::new());
    if standing > 0 {
        plan.earlier =
            (0..HELD_BEFORE).map(|_| release(season, 1, plan.holders(), EARLIER, Vec::new())).collect();
        plan.standing = plan.holders() * HELD_BEFORE;
    }
    plan
}

/// A campaign of one round, after the terms of the season's first.
fn release(
    season: &mut backend::seeds::SeedSet,
    per_resident: i64,
    quantity: i64,
    (opens, closes): (&str, &str),
    quotas: Vec<Quota>,
) -> RoundId {
    let moment = |text: &str| text.parse().unwrap_or(domain::Timestamp::from_ms(0));
    let id = CampaignId(as_i64(season.campaigns.len()) + 1);
    let mut terms: CampaignTerms = season.campaigns[0].clone();
    terms.id = id;
    terms.limits.per_campaign = per_resident;
    terms.limits.per_day = per_resident;
    terms.pot_fen = terms.benefit.face_value().times(quantity).unwrap_or(Fen::ZERO);
    season.campaigns.push(terms);
    let round = Round {
        id: RoundId(as_i64(season.rounds.len()) + 1),
        campaign_id: id,
        title: "高峰测试".to_owned(),
        title_en: "The rush".to_owned(),
        method: Method::Flash,
        opens_at: moment(opens),
        closes_at: moment(closes),
        quantity,
        per_resident,
        quotas,
        return_to_next: false,
        draw: None,
    };
    let round_id = round.id;
    season.rounds.push(round);
    round_id
}
