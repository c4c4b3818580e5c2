//! Issuing: a resident's claim in a flash round, and the desk that writes
//! claims and redemptions in groups.

pub(crate) mod desk;
pub(crate) mod known;

use crate::once::Done;
use crate::store::desk::{Claimed, NewVoucher};
use crate::store::voucher::VoucherRow;
use crate::store::{idempotency, tally, voucher};
use crate::{Backend, Caller, Error, StoreError};
use domain::shapes::VoucherShape;
use domain::{
    CampaignTerms, ClaimRefused, Denied, DistrictCode, IdempotencyKey, LimitScope, Permission, Round,
    RoundId, RoundState, Timestamp, VoucherState,
};

/// Where a claim comes from: the community desk takes those of assisted rounds
/// besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Claimant {
    /// The resident's own phone.
    Phone,
    /// The community desk, for the resident.
    Desk,
}

/// A claim that the rules have not refused so far.
struct Claim<'a> {
    caller: &'a Caller,
    round: &'a Round,
    terms: &'a CampaignTerms,
    key: &'a IdempotencyKey,
    now: Timestamp,
}

impl Backend {
    /// Claims a voucher of a flash round, or of a draw. A repeat with the same key gets the
    /// same voucher.
    ///
    /// # Errors
    /// The claim is refused, the caller is no resident, the round does not
    /// exist, the key was used for another request, or the desk is full.
    pub async fn claim(
        &self,
        caller: &Caller,
        round: RoundId,
        key: &IdempotencyKey,
    ) -> Result<Done<VoucherShape>, Error> {
        self.claim_from(caller, round, key, Claimant::Phone).await
    }

    /// Claims as the resident does or as the community desk does for them.
    pub(crate) async fn claim_from(
        &self,
        caller: &Caller,
        round: RoundId,
        key: &IdempotencyKey,
        from: Claimant,
    ) -> Result<Done<VoucherShape>, Error> {
        caller.require(Permission::HoldVouchers)?;
        let (catalogue, now) = (self.catalogue(), self.now());
        let round = catalogue.round(round).ok_or(Denied::NotFound)?;
        let terms = catalogue.campaign(round.campaign_id).ok_or(Denied::NotFound)?;
        let claim = Claim { caller, round, terms, key, now };
        let quotas = match self.quotas_open_to(caller, round, from, now).await {
            Ok(quotas) => quotas,
            Err(refused @ (Error::Claim(_) | Error::Draw(_))) => {
                return self.claimed_before(&claim, refused).await;
            }
            Err(error) => return Err(error),
        };
        if let Some(refused) = self.known().refusal(round, caller.account_id, key, &quotas) {
            return Err(refused.into());
        }
        // A repeat is found by reading: at the desk it would stop its whole group.
        if self.known().may_be_repeat(round.id, caller.account_id, key)
            && let Some(before) = self.answered_claim(caller, round.id, key).await?
        {
            return Ok(before);
        }
        let claimed = self.desk().claim(self.new_voucher(&claim, quotas.clone())).await?;
        self.known().learn(round, caller.account_id, key, &quotas, &claimed);
        match claimed {
            Claimed::Issued(row) => {
                self.lately().keep_claim(key, &row);
                Ok(Done { answer: self.issued_shape(&row)?, replayed: false })
            }
            Claimed::Before(row) => Ok(Done { answer: self.issued_shape(&row)?, replayed: true }),
            Claimed::KeyReused => Err(Denied::KeyReused.into()),
            Claimed::AtLimit(scope) => {
                let limit = match scope {
                    LimitScope::Round => round.per_resident,
                    LimitScope::Campaign => terms.limits.per_campaign,
                    LimitScope::Day => terms.limits.per_day,
                };
                Err(ClaimRefused::LimitReached { limit, scope }.into())
            }
            Claimed::SoldOut => {
                self.learn_holders(round);
                Err(ClaimRefused::SoldOut.into())
            }
        }
    }

    /// A round that takes no claim now may have taken this one before: its
    /// repeat still gets the voucher. Before a round opens there can be none.
    async fn claimed_before(&self, claim: &Claim<'_>, refused: Error) -> Result<Done<VoucherShape>, Error> {
        let Claim { caller, round, key, .. } = *claim;
        let never =
            matches!(refused, Error::Claim(ClaimRefused::NotOpen { .. } | ClaimRefused::WrongMethod { .. }));
        if never {
            return Err(refused);
        }
        if round.state(self.now()) == RoundState::Closed {
            self.learn_holders(round);
        }
        self.answered_claim(caller, round.id, key).await?.ok_or(refused)
    }

    /// The voucher that an earlier claim under the key got; `None` when there
    /// was none.
    pub(crate) async fn answered_claim(
        &self,
        caller: &Caller,
        round: RoundId,
        key: &IdempotencyKey,
    ) -> Result<Option<Done<VoucherShape>>, Error> {
        if self.known().holds_none(round, caller.account_id) {
            return Ok(None);
        }
        let mut before = self.lately().claimed(caller.account_id, key);
        if before.is_none() {
            let mut tx = self.db().read().await?;
            before = voucher::by_key(&mut tx, caller.account_id, key.as_str()).await?;
            if before.is_none() && idempotency::used(&mut tx, caller.account_id, key.as_str()).await? {
                return Err(Denied::KeyReused.into());
            }
        }
        match before {
            Some(row) if row.round_id == round.0 => {
                Ok(Some(Done { answer: self.issued_shape(&row)?, replayed: true }))
            }
            Some(_) => Err(Denied::KeyReused.into()),
            None => Ok(None),
        }
    }

    fn new_voucher(&self, claim: &Claim<'_>, quotas: Vec<i64>) -> NewVoucher {
        let Claim { caller, round, terms, key, now } = *claim;
        let (zone, resident_district) = (self.zone(), caller.district.map(DistrictCode::number));
        let today = zone.business_day(now);
        NewVoucher {
            account_id: caller.account_id.0,
            campaign_id: terms.id.0,
            round_id: round.id.0,
            resident_district,
            issued_at_ms: now.ms(),
            expires_at_ms: terms.expires_at(now, zone).ms(),
            day_starts_ms: zone.business_day_starts(today).ms(),
            per_round: round.per_resident,
            per_campaign: terms.limits.per_campaign,
            per_day: terms.limits.per_day,
            key: key.as_str().to_owned(),
            quotas,
            face_value_fen: terms.benefit.face_value().get(),
            tally: tally::Move {
                business_day: today.to_string(),
                hour: i64::from(zone.hour(now)),
                district: resident_district.unwrap_or(0),
                round_id: round.id.0,
                claimed: 1,
                ..tally::Move::default()
            },
        }
    }

    /// A voucher as it was when it was issued: the answer to its claim, now
    /// and whenever the claim is repeated.
    fn issued_shape(&self, row: &VoucherRow) -> Result<VoucherShape, StoreError> {
        Ok(VoucherShape { state: VoucherState::Issued, ..self.voucher_shape(row)? })
    }
}

/// The quotas that the caller may draw on, in order; district 0 where the
/// round has none.
pub(crate) fn quotas_for(caller: &Caller, round: &Round, now: Timestamp) -> Result<Vec<i64>, ClaimRefused> {
    if round.quotas.is_empty() {
        return Ok(vec![0]);
    }
    let quotas = round.quotas_for(caller.district, now);
    if quotas.is_empty() {
        let districts = round.quotas.iter().map(|quota| quota.district).collect();
        return Err(ClaimRefused::NotEligible { districts, district_unknown: caller.district.is_none() });
    }
    Ok(quotas.into_iter().map(DistrictCode::number).collect())
}
