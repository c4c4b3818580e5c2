//! What of a published campaign may change: only what cannot hurt a holder.

use crate::{Benefit, CampaignTerms, Lang, UsableWhere, Validity};

/// A change would hurt a holder, or what the ledger rests on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("these cannot change any more: {}", fields.join(", "))]
pub struct ChangeRefused {
    /// The form's fields.
    pub fields: Vec<&'static str>,
}

impl ChangeRefused {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "hurts_holders"
    }

    /// What the officer reads.
    #[must_use]
    pub fn words(&self, lang: Lang) -> String {
        let fields = self.fields.join(lang.pick("、", ", "));
        lang.pick(
            format!("已经发布：只能放宽，不能收紧，也不能改变面值和出资方。这几项不能这样改：{fields}"),
            format!("It is published: terms may be eased and not tightened, and neither face value nor funding may change. Not so: {fields}"),
        )
    }
}

impl CampaignTerms {
    /// Whether a published campaign may read so from now on: every holder may
    /// still use what they hold at least as freely, and the ledger's sums stand.
    ///
    /// # Errors
    /// The fields that would hurt.
    pub fn may_become(&self, new: &CampaignTerms) -> Result<(), ChangeRefused> {
        let (old_where, new_where) = (&self.usable_where, &new.usable_where);
        let (old_when, new_when) = (&self.usable_when, &new.usable_when);
        let checks = [
            ("kind", same_kind(self.benefit, new.benefit)),
            ("face_value", self.benefit.face_value() == new.benefit.face_value()),
            ("threshold", new.benefit.threshold() <= self.benefit.threshold()),
            ("funded_by", self.funding == new.funding),
            ("government_percent", self.government_percent == new.government_percent),
            ("pot", new.pot_fen >= self.pot_fen),
            ("per_campaign", new.limits.per_campaign >= self.limits.per_campaign),
            ("per_day", new.limits.per_day >= self.limits.per_day),
            ("per_outlet_day", new.limits.per_outlet_day >= self.limits.per_outlet_day),
            ("per_merchant_day", allows_more(self.limits.per_merchant_day, new.limits.per_merchant_day)),
            ("districts_allow", widens(&old_where.districts_allow, &new_where.districts_allow)),
            ("districts_deny", is_part(&new_where.districts_deny, &old_where.districts_deny)),
            ("kinds_allow", widens(&old_where.kinds_allow, &new_where.kinds_allow)),
            ("kinds_deny", is_part(&new_where.kinds_deny, &old_where.kinds_deny)),
            ("outlets_allow", widens(&old_where.outlets_allow, &new_where.outlets_allow)),
            ("outlets_deny", is_part(&new_where.outlets_deny, &old_where.outlets_deny)),
            ("fuel", fuel_and_cars(old_where, new_where, |place| place.fuel)),
            ("cars", fuel_and_cars(old_where, new_where, |place| place.cars)),
            ("usable_from", new_when.from <= old_when.from),
            ("usable_to", new_when.to >= old_when.to),
            ("hours", new_when.hours.is_none() || new_when.hours == old_when.hours),
            ("valid_until", lasts(self.validity, new.validity)),
            ("with_promotion", new.stacking.with_promotion || !self.stacking.with_promotion),
            ("returns_on_reversal", new.returns_on_reversal || !self.returns_on_reversal),
        ];
        let fields: Vec<_> = checks.into_iter().filter(|(_, fine)| !fine).map(|(field, _)| field).collect();
        if fields.is_empty() { Ok(()) } else { Err(ChangeRefused { fields }) }
    }
}

fn same_kind(old: Benefit, new: Benefit) -> bool {
    match (old, new) {
        (Benefit::Percent { percent_off: old, .. }, Benefit::Percent { percent_off: new, .. }) => old == new,
        (old, new) => old.code() == new.code(),
    }
}

/// Whether a limit that need not be there leaves at least as much room.
fn allows_more(old: Option<i64>, new: Option<i64>) -> bool {
    new.is_none_or(|new| old.is_some_and(|old| new >= old))
}

/// Whether an allow list lets through all that it did; an empty one is all.
fn widens<T: PartialEq>(old: &[T], new: &[T]) -> bool {
    new.is_empty() || (!old.is_empty() && is_part(old, new))
}

fn is_part<T: PartialEq>(part: &[T], whole: &[T]) -> bool {
    part.iter().all(|item| whole.contains(item))
}

fn fuel_and_cars(old: &UsableWhere, new: &UsableWhere, switch: impl Fn(&UsableWhere) -> bool) -> bool {
    switch(new) || !switch(old)
}

fn lasts(old: Validity, new: Validity) -> bool {
    match (old, new) {
        (Validity::Until(old), Validity::Until(new)) => new >= old,
        (Validity::Hours(old), Validity::Hours(new)) => new >= old,
        (Validity::Until(_), Validity::Hours(_)) | (Validity::Hours(_), Validity::Until(_)) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CampaignId, Fen, Funding, KindCode, Limits, OutletId, Stacking, UsableWhen};

    fn fen(amount: i64) -> Fen {
        Fen::try_from(amount).unwrap()
    }

    fn terms() -> CampaignTerms {
        let kind = |code: &str| KindCode(code.to_owned());
        CampaignTerms {
            id: CampaignId(1),
            title: "券".to_owned(),
            title_en: String::new(),
            summary: String::new(),
            summary_en: String::new(),
            funding: Funding::Mixed,
            government_percent: 70,
            benefit: Benefit::Threshold { face_value_fen: fen(1000), threshold_fen: fen(4000) },
            pot_fen: fen(100_000),
            limits: Limits { per_campaign: 2, per_day: 2, per_outlet_day: 2, per_merchant_day: Some(2) },
            usable_where: UsableWhere {
                districts_allow: vec!["210302".parse().unwrap()],
                kinds_allow: vec![kind("catering")],
                outlets_deny: vec![OutletId(9)],
                fuel: true,
                ..UsableWhere::default()
            },
            usable_when: UsableWhen {
                from: "2021-06-18".parse().unwrap(),
                to: "2021-06-30".parse().unwrap(),
                hours: Some("daily 18:00-02:00".parse().unwrap()),
            },
            validity: Validity::Hours(48),
            stacking: Stacking { with_promotion: false },
            returns_on_reversal: true,
            demo: true,
        }
    }

    /// A change, and the fields that it would hurt.
    type Case = (fn(&mut CampaignTerms), &'static [&'static str]);

    const CASES: &[Case] = &[
        (|_| (), &[]),
        (|new| new.title = "新名".to_owned(), &[]),
        (|new| new.summary = "说明".to_owned(), &[]),
        (|new| new.pot_fen = fen(200_000), &[]),
        (|new| new.pot_fen = fen(99_999), &["pot"]),
        (|new| new.benefit = Benefit::Threshold { face_value_fen: fen(1000), threshold_fen: fen(3000) }, &[]),
        (
            |new| new.benefit = Benefit::Threshold { face_value_fen: fen(1000), threshold_fen: fen(4001) },
            &["threshold"],
        ),
        (
            |new| new.benefit = Benefit::Threshold { face_value_fen: fen(1001), threshold_fen: fen(4000) },
            &["face_value"],
        ),
        (|new| new.benefit = Benefit::Cash { face_value_fen: fen(1000) }, &["kind"]),
        (|new| new.funding = Funding::Government, &["funded_by"]),
        (|new| new.government_percent = 71, &["government_percent"]),
        (|new| new.limits.per_campaign = 3, &[]),
        (
            |new| {
                new.limits =
                    Limits { per_campaign: 1, per_day: 1, per_outlet_day: 1, per_merchant_day: Some(1) }
            },
            &["per_campaign", "per_day", "per_outlet_day", "per_merchant_day"],
        ),
        (|new| new.limits.per_merchant_day = None, &[]),
        (|new| new.usable_where.districts_allow.clear(), &[]),
        (|new| new.usable_where.districts_allow.push("210303".parse().unwrap()), &[]),
        (|new| new.usable_where.districts_allow = vec!["210303".parse().unwrap()], &["districts_allow"]),
        (|new| new.usable_where.districts_deny = vec!["210303".parse().unwrap()], &["districts_deny"]),
        (|new| new.usable_where.kinds_allow = vec![KindCode("mall".to_owned())], &["kinds_allow"]),
        (|new| new.usable_where.kinds_deny = vec![KindCode("mall".to_owned())], &["kinds_deny"]),
        (|new| new.usable_where.outlets_allow = vec![OutletId(1)], &["outlets_allow"]),
        (|new| new.usable_where.outlets_deny.clear(), &[]),
        (|new| new.usable_where.outlets_deny.push(OutletId(10)), &["outlets_deny"]),
        (|new| new.usable_where.fuel = false, &["fuel"]),
        (|new| new.usable_where.cars = true, &[]),
        (|new| new.usable_when.from = "2021-06-17".parse().unwrap(), &[]),
        (|new| new.usable_when.from = "2021-06-19".parse().unwrap(), &["usable_from"]),
        (|new| new.usable_when.to = "2021-07-31".parse().unwrap(), &[]),
        (|new| new.usable_when.to = "2021-06-29".parse().unwrap(), &["usable_to"]),
        (|new| new.usable_when.hours = None, &[]),
        (|new| new.usable_when.hours = Some("daily 18:00-01:00".parse().unwrap()), &["hours"]),
        (|new| new.validity = Validity::Hours(72), &[]),
        (|new| new.validity = Validity::Hours(24), &["valid_until"]),
        (|new| new.validity = Validity::Until("2021-06-30".parse().unwrap()), &["valid_until"]),
        (|new| new.stacking.with_promotion = true, &[]),
        (|new| new.returns_on_reversal = false, &["returns_on_reversal"]),
    ];

    #[test]
    fn terms_are_eased_and_never_tightened() {
        for (number, (change, hurt)) in CASES.iter().enumerate() {
            let mut new = terms();
            change(&mut new);
            let fields = terms().may_become(&new).err().map(|refused| refused.fields).unwrap_or_default();
            assert_eq!(fields, *hurt, "case {number}");
        }
    }
}
