//! `campaigns.toml`: the vouchers' terms.

use super::fields::{Fields, NAME, TEXT};
use super::merchants::{Shops, is_kind};
use super::rounds;
use super::season::{is_district, span};
use domain::{
    Benefit, Budget, CampaignId, CampaignTerms, Day, DistrictCode, Fen, Funding, KindCode, LIMIT_BOUNDS,
    Limits, OutletId, PERCENT_OFF, Round, Season, Stacking, UsableWhen, UsableWhere, VALID_HOURS, Validity,
};
use std::collections::BTreeSet;

/// What the campaigns are read against.
pub(super) struct Against<'a> {
    pub(super) season: &'a Season,
    pub(super) shops: &'a Shops,
}

/// Campaigns and rounds in the order of the file, which numbers them.
#[derive(Default)]
pub(super) struct Releases {
    pub(super) campaigns: Vec<CampaignTerms>,
    pub(super) rounds: Vec<Round>,
    /// How many rounds were met, sound or not.
    pub(super) rounds_met: i64,
    pub(super) round_keys: BTreeSet<String>,
}

/// Reads the whole file.
pub(super) fn read(mut file: Fields<'_>, against: &Against<'_>) -> Releases {
    let forms = file.children("campaign", "campaign", "key");
    file.finish();
    let mut releases = Releases::default();
    let mut seen = BTreeSet::new();
    for (mut form, number) in forms.into_iter().zip(1..) {
        let key = form.key("key");
        form.once("key", key.is_none_or(|key| seen.insert(key)));
        let terms = campaign(form, CampaignId(number), against, &mut releases);
        releases.campaigns.extend(terms);
    }
    releases
}

fn campaign(
    mut form: Fields<'_>,
    id: CampaignId,
    against: &Against<'_>,
    releases: &mut Releases,
) -> Option<CampaignTerms> {
    let title = form.text("title", NAME);
    let title_en = form.maybe_text("title_en", NAME);
    let summary = form.text("summary", TEXT);
    let summary_en = form.maybe_text("summary_en", TEXT);
    let funding = funding(&mut form);
    let benefit = benefit(&mut form);
    let pot_fen = form.money("pot_fen");
    let limits = limits(&mut form);
    let usable_where = usable_where(&mut form, against);
    let usable_when = usable_when(&mut form, against.season);
    let validity = validity(&mut form, usable_when.as_ref());
    let with_promotion = form.flag("with_promotion");
    let returns_on_reversal = form.flag("returns_on_reversal");
    let children = form.children("round", "round", "key");
    if children.is_empty() {
        form.mistake("round", "is missing; a campaign has at least one [[campaign.round]]");
    }
    let terms = usable_where.zip(funding).and_then(|(usable_where, (funding, government_percent))| {
        Some(CampaignTerms {
            id,
            title: title?,
            title_en,
            summary: summary?,
            summary_en,
            funding,
            government_percent,
            benefit: benefit?,
            pot_fen: pot_fen?,
            limits: limits?,
            usable_where,
            usable_when: usable_when?,
            validity: validity?,
            stacking: Stacking { with_promotion: with_promotion? },
            returns_on_reversal: returns_on_reversal?,
            demo: against.season.demo,
        })
    });
    let quantity = rounds::read(children, id, terms.as_ref(), against.season, releases);
    if let Some(terms) = &terms {
        fits_pot(&form, terms, quantity);
    }
    form.finish();
    terms
}

/// Σ face value of what may be issued is at most the pot.
fn fits_pot(form: &Fields<'_>, terms: &CampaignTerms, quantity: i64) {
    let budget = terms.budget(quantity);
    if budget.is_over() {
        let Budget { pot, value, .. } = budget;
        form.mistake("pot_fen", format_args!("{pot} is less than the {value} that the rounds may issue"));
    }
}

fn funding(form: &mut Fields<'_>) -> Option<(Funding, u8)> {
    let funding = form.parse::<Funding>("funded_by");
    let percent = form.whole("government_percent", 0..=100);
    let (funding, percent) = (funding?, percent?);
    let allowed = funding.government_percents();
    if !allowed.contains(&percent) {
        let (least, most) = (allowed.start(), allowed.end());
        form.mistake(
            "government_percent",
            format_args!("must be {least} to {most} when funded_by is {funding}"),
        );
    }
    Some((funding, u8::try_from(percent).ok()?))
}

fn benefit(form: &mut Fields<'_>) -> Option<Benefit> {
    let kind = form.text("kind", NAME);
    let face_value_fen = form.money("face_value_fen");
    let threshold_fen = form.money("threshold_fen");
    let percent_off = form.maybe_whole("percent_off", PERCENT_OFF);
    let (kind, face_value_fen, threshold_fen) = (kind?, face_value_fen?, threshold_fen?);
    if face_value_fen == Fen::ZERO {
        form.mistake("face_value_fen", "must be more than 0");
    }
    if percent_off.is_some() && kind != "percent" {
        form.mistake("percent_off", "is only for vouchers of kind percent");
    }
    match kind.as_str() {
        "threshold" => {
            let benefit = Benefit::Threshold { face_value_fen, threshold_fen };
            if benefit.takes_more_than_its_threshold() {
                let message = format_args!("{threshold_fen} is less than the face value of {face_value_fen}");
                form.mistake("threshold_fen", message);
            }
            Some(benefit)
        }
        "percent" => {
            let Some(percent_off) = percent_off.and_then(|percent| u8::try_from(percent).ok()) else {
                form.mistake("percent_off", "must be 1 to 99 for vouchers of kind percent");
                return None;
            };
            Some(Benefit::Percent { percent_off, face_value_fen, threshold_fen })
        }
        "cash" => {
            if threshold_fen != Fen::ZERO {
                form.mistake("threshold_fen", "must be 0 for vouchers of kind cash");
            }
            Some(Benefit::Cash { face_value_fen })
        }
        other => {
            form.mistake("kind", format_args!("{other:?} is not one of threshold, percent, cash"));
            None
        }
    }
}

fn limits(form: &mut Fields<'_>) -> Option<Limits> {
    let per_campaign = form.whole("per_campaign", LIMIT_BOUNDS);
    let per_day = form.whole("per_day", LIMIT_BOUNDS);
    let per_outlet_day = form.whole("per_outlet_day", LIMIT_BOUNDS);
    let per_merchant_day = form.maybe_whole("per_merchant_day", LIMIT_BOUNDS);
    Some(Limits {
        per_campaign: per_campaign?,
        per_day: per_day?,
        per_outlet_day: per_outlet_day?,
        per_merchant_day,
    })
}

fn usable_where(form: &mut Fields<'_>, against: &Against<'_>) -> Option<UsableWhere> {
    let season = against.season;
    let districts_allow = districts(form, "districts_allow", season);
    let districts_deny = districts(form, "districts_deny", season);
    let kinds_allow = kinds(form, "kinds_allow", season);
    let kinds_deny = kinds(form, "kinds_deny", season);
    let outlets_allow = outlets(form, "outlets_allow", against.shops);
    let outlets_deny = outlets(form, "outlets_deny", against.shops);
    let (fuel, cars) = (form.flag("fuel"), form.flag("cars"));
    let place = UsableWhere {
        districts_allow,
        districts_deny,
        kinds_allow,
        kinds_deny,
        outlets_allow,
        outlets_deny,
        fuel: fuel?,
        cars: cars?,
    };
    for (field, code) in place.missing_switches(season) {
        form.mistake(field, format_args!("must be true, because kinds_allow names {code}"));
    }
    Some(place)
}

fn districts(form: &mut Fields<'_>, field: &'static str, season: &Season) -> Vec<DistrictCode> {
    let texts = form.list(field);
    let code = |text: String| match text.parse() {
        Ok(code) => is_district(form, field, code, season).then_some(code),
        Err(error) => {
            form.mistake(field, error);
            None
        }
    };
    texts.into_iter().filter_map(code).collect()
}

fn kinds(form: &mut Fields<'_>, field: &'static str, season: &Season) -> Vec<KindCode> {
    let texts = form.list(field);
    texts.into_iter().map(KindCode).filter(|kind| is_kind(form, field, kind, season)).collect()
}

fn outlets(form: &mut Fields<'_>, field: &'static str, shops: &Shops) -> Vec<OutletId> {
    let texts = form.list(field);
    texts.iter().filter_map(|key| Some(shops.outlet(form, field, key)?.0)).collect()
}

fn usable_when(form: &mut Fields<'_>, season: &Season) -> Option<UsableWhen> {
    let days = span(form, "usable_from", "usable_to", season);
    let hours = form.maybe("hours");
    days.map(|(from, to)| UsableWhen { from, to, hours })
}

fn validity(form: &mut Fields<'_>, usable: Option<&UsableWhen>) -> Option<Validity> {
    let until = form.maybe::<Day>("valid_until");
    let hours = form.maybe_whole("valid_hours", VALID_HOURS);
    if let (Some(until), Some(usable)) = (until, usable)
        && !(usable.from..=usable.to).contains(&until)
    {
        let UsableWhen { from, to, .. } = usable;
        form.mistake("valid_until", format_args!("lies outside the usable days, {from} to {to}"));
    }
    match (until, hours) {
        (Some(day), None) => Some(Validity::Until(day)),
        (None, Some(hours)) => u32::try_from(hours).ok().map(Validity::Hours),
        _ => {
            form.mistake("valid_until", "must be given, or valid_hours, and not both");
            None
        }
    }
}
