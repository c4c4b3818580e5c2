//! The rounds inside a campaign, and their quotas.

use super::campaigns::Releases;
use super::fields::{Fields, NAME, TEXT};
use super::season;
use domain::draw::DrawTerms;
use domain::{
    CLAIM_HOURS, CLAIM_WINDOWS, CampaignId, CampaignTerms, LIMIT_BOUNDS, MOST_IN_ROUND, Method, Quota, Round,
    RoundId, Season, Timestamp,
};
use std::collections::BTreeSet;

/// Reads a campaign's rounds; how many vouchers they may issue together.
pub(super) fn read(
    forms: Vec<Fields<'_>>,
    campaign_id: CampaignId,
    terms: Option<&CampaignTerms>,
    season: &Season,
    releases: &mut Releases,
) -> i64 {
    let last = forms.len();
    let mut quantity: i64 = 0;
    for (mut form, number) in forms.into_iter().zip(1..) {
        releases.rounds_met += 1;
        let key = form.key("key");
        form.once("key", key.is_none_or(|key| releases.round_keys.insert(key)));
        let round = round(&mut form, RoundId(releases.rounds_met), campaign_id, season);
        if let Some(round) = &round {
            quantity = quantity.saturating_add(round.quantity);
            fits_season(&form, round, season);
            if let Some(terms) = terms {
                fits_terms(&form, round, terms, season);
            }
            if round.return_to_next && number == last {
                form.mistake("return_to_next", "must be false: the campaign has no next round");
            }
        }
        form.finish();
        releases.rounds.extend(round);
    }
    quantity
}

fn round(form: &mut Fields<'_>, id: RoundId, campaign_id: CampaignId, season: &Season) -> Option<Round> {
    let title = form.text("title", NAME);
    let title_en = form.maybe_text("title_en", NAME);
    let method = form.parse::<Method>("method");
    let opens_at = form.parse::<Timestamp>("opens_at");
    let closes_at = form.parse::<Timestamp>("closes_at");
    let quantity = form.whole("quantity", 1..=MOST_IN_ROUND);
    let per_resident = form.whole("per_resident", LIMIT_BOUNDS);
    let return_to_next = form.flag("return_to_next");
    let draw = draw(form, method, closes_at);
    let name = form.name().to_owned();
    let quotas = form.children("quotas", &format!("{name} quota"), "district");
    let quotas = read_quotas(quotas, opens_at.zip(closes_at), season);
    Some(Round {
        id,
        campaign_id,
        title: title?,
        title_en,
        method: method?,
        opens_at: opens_at?,
        closes_at: closes_at?,
        quantity: quantity?,
        per_resident: per_resident?,
        quotas: quotas?,
        return_to_next: return_to_next?,
        draw: draw?,
    })
}

/// A draw round's own fields; another round has none of them.
fn draw(
    form: &mut Fields<'_>,
    method: Option<Method>,
    closes_at: Option<Timestamp>,
) -> Option<Option<DrawTerms>> {
    if method? != Method::Draw {
        return Some(None);
    }
    let public_source = form.text("public_source", TEXT);
    let public_source_en = form.maybe_text("public_source_en", TEXT);
    let draws_at = form.parse::<Timestamp>("draws_at");
    let claim_hours = form.whole("claim_hours", CLAIM_HOURS);
    let claim_windows = form.whole("claim_windows", CLAIM_WINDOWS);
    if let (Some(draws_at), Some(closes_at)) = (draws_at, closes_at)
        && draws_at <= closes_at
    {
        form.mistake("draws_at", "must lie after closes_at: the public value is to be unknown until then");
    }
    Some(Some(DrawTerms {
        public_source: public_source?,
        public_source_en,
        draws_at: draws_at?,
        claim_hours: claim_hours?,
        claim_windows: claim_windows?,
        drawn_at: None,
    }))
}

/// The quotas; `None` where one of them is unsound.
fn read_quotas(
    forms: Vec<Fields<'_>>,
    open: Option<(Timestamp, Timestamp)>,
    season: &Season,
) -> Option<Vec<Quota>> {
    let mut seen = BTreeSet::new();
    let quota = |mut form: Fields<'_>| {
        let district = season::district(&mut form, season);
        let quantity = form.whole("quantity", 1..=MOST_IN_ROUND);
        let lend_at = form.maybe::<Timestamp>("lend_at");
        form.once("district", district.is_none_or(|district| seen.insert(district)));
        if let (Some(lend_at), Some((opens_at, closes_at))) = (lend_at, open)
            && !(opens_at..closes_at).contains(&lend_at)
        {
            form.mistake("lend_at", "lies outside the round, from opens_at to closes_at");
        }
        form.finish();
        Some(Quota { district: district?, quantity: quantity?, lend_at })
    };
    let quotas: Vec<Option<Quota>> = forms.into_iter().map(quota).collect();
    quotas.into_iter().collect()
}

fn fits_season(form: &Fields<'_>, round: &Round, season: &Season) {
    let (zone, starts_on, ends_on) = (season.zone, season.starts_on, season.ends_on);
    if round.closes_at <= round.opens_at {
        form.mistake("closes_at", "must lie after opens_at");
    }
    if round.opens_at < zone.at(starts_on, 0) {
        form.mistake("opens_at", format_args!("lies before the season, which starts on {starts_on}"));
    }
    if round.closes_at > zone.business_day_starts(ends_on.next()) {
        form.mistake("closes_at", format_args!("lies after the season, which ends on {ends_on}"));
    }
    if !round.quotas_fit() {
        let sum: i64 = round.quotas.iter().map(|quota| quota.quantity).sum();
        let quantity = round.quantity;
        form.mistake("quotas", format_args!("add up to {sum}; the round's quantity is {quantity}"));
    }
}

/// A draw that is held when it is due leaves every window before the last day.
fn fits_draw(form: &Fields<'_>, round: &Round, draw: &DrawTerms, terms: &CampaignTerms, season: &Season) {
    if !terms.outlasts(draw, season) {
        let last = terms.usable_when.to;
        form.mistake(
            "claim_windows",
            format_args!("reach past the last day on which a voucher is usable, {last}"),
        );
    }
    let most = round.method.most_vouchers();
    if round.quantity > most {
        let quantity = round.quantity;
        form.mistake("quantity", format_args!("{quantity} is more than the {most} of a draw"));
    }
}

fn fits_terms(form: &Fields<'_>, round: &Round, terms: &CampaignTerms, season: &Season) {
    if let Some(draw) = &round.draw {
        fits_draw(form, round, draw, terms, season);
    }
    if round.closes_at > terms.usable_until(season.zone) {
        let last = terms.usable_when.to;
        form.mistake(
            "closes_at",
            format_args!("lies after the last day on which a voucher is usable, {last}"),
        );
    }
    let most = terms.limits.most_per_resident(round.method);
    if round.per_resident > most {
        let (given, method) = (round.per_resident, round.method);
        form.mistake(
            "per_resident",
            format_args!("{given} is more than the {most} that a {method} round of this campaign allows"),
        );
    }
}
