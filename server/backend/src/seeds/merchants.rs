//! `merchants.csv`: one row for each outlet; the outlets of a merchant stand
//! together and repeat its columns.

use super::fields::{Fields, NAME};
use super::season;
use domain::{CreditCode, KindCode, Merchant, MerchantId, MerchantState, Outlet, OutletId, Season};
use std::collections::{BTreeMap, BTreeSet};

/// The sheet's columns.
pub(super) const COLUMNS: [&str; 15] = [
    "merchant",
    "name",
    "name_en",
    "kind",
    "credit_code",
    "outlet",
    "outlet_name",
    "outlet_name_en",
    "district",
    "area",
    "address",
    "address_en",
    "hours",
    "night",
    "phone",
];

/// A merchant and the code by which the registry knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeedMerchant {
    /// The merchant.
    pub merchant: Merchant,
    /// Its unified social credit code.
    pub credit_code: CreditCode,
}

/// The merchants and outlets, and the numbers behind their keys.
#[derive(Default)]
pub(super) struct Shops {
    pub(super) merchants: Vec<SeedMerchant>,
    pub(super) outlets: Vec<Outlet>,
    last_merchant: i64,
    merchant_ids: BTreeMap<String, MerchantId>,
    outlet_ids: BTreeMap<String, (OutletId, MerchantId)>,
}

/// What a row says of its merchant.
#[derive(Clone, PartialEq)]
struct Legal {
    name: Option<String>,
    name_en: String,
    kind: Option<KindCode>,
    credit_code: Option<CreditCode>,
}

/// Reads the rows in their order, which numbers merchants and outlets.
pub(super) fn read(rows: Vec<Fields<'_>>, season: &Season) -> Shops {
    let mut shops = Shops::default();
    let mut codes = BTreeSet::new();
    let mut current: Option<(String, Legal)> = None;
    for (mut form, number) in rows.into_iter().zip(1..) {
        let Some(key) = form.key("merchant") else {
            continue;
        };
        let outlet_key = form.key("outlet");
        form.tell_key(outlet_key.as_deref().unwrap_or(&key));
        let legal = legal(&mut form, season);
        match &current {
            Some((last, first)) if *last == key => same(&form, first, &legal),
            _ => {
                form.once("credit_code", legal.credit_code.clone().is_none_or(|code| codes.insert(code)));
                shops.add_merchant(&form, &key, &legal, season);
                current = Some((key.clone(), legal));
            }
        }
        let merchant_id = shops.merchant_ids[&key];
        let id = OutletId(number);
        if let Some(outlet_key) = outlet_key {
            form.once("outlet", shops.outlet_ids.insert(outlet_key, (id, merchant_id)).is_none());
        }
        shops.outlets.extend(outlet(form, id, merchant_id, season));
    }
    shops
}

fn legal(form: &mut Fields<'_>, season: &Season) -> Legal {
    let name = form.text("name", NAME);
    let name_en = form.maybe_text("name_en", NAME);
    let kind = form.text("kind", NAME).map(KindCode).filter(|kind| is_kind(form, "kind", kind, season));
    Legal { name, name_en, kind, credit_code: form.parse("credit_code") }
}

/// Whether the season has the kind; noted where it has not.
pub(super) fn is_kind(form: &Fields<'_>, field: &str, kind: &KindCode, season: &Season) -> bool {
    let known = season.kinds.iter().any(|known| known.code == *kind);
    if !known {
        let allowed: Vec<&str> = season.kinds.iter().map(|kind| kind.code.0.as_str()).collect();
        form.mistake(
            field,
            format_args!("{kind} is no kind of the season; allowed are {}", allowed.join(", ")),
        );
    }
    known
}

fn same(form: &Fields<'_>, first: &Legal, other: &Legal) {
    let fields = [
        ("name", first.name == other.name),
        ("name_en", first.name_en == other.name_en),
        ("kind", first.kind == other.kind),
        ("credit_code", first.credit_code == other.credit_code),
    ];
    for (field, _) in fields.into_iter().filter(|(_, same)| !same) {
        form.mistake(field, "differs from the merchant's first row; it must be the same");
    }
}

fn outlet(mut form: Fields<'_>, id: OutletId, merchant_id: MerchantId, season: &Season) -> Option<Outlet> {
    let name = form.text("outlet_name", NAME);
    let name_en = form.maybe_text("outlet_name_en", NAME);
    let district = season::district(&mut form, season);
    let area = Some(form.maybe_text("area", NAME)).filter(|area| !area.is_empty());
    if let (Some(area), Some(district)) = (&area, district) {
        let lies_there = season.areas.iter().any(|known| known.key == *area && known.district == district);
        if !lies_there {
            form.mistake("area", format_args!("{area} is no area of district {district}"));
        }
    }
    let address = form.text("address", 2 * NAME);
    let address_en = form.maybe_text("address_en", 2 * NAME);
    let hours = form.parse("hours");
    let night = form.flag("night");
    let telephone = form.maybe_text("phone", 20);
    if telephone.chars().any(|c| !(c.is_ascii_digit() || matches!(c, '-' | '+' | ' '))) {
        form.mistake("phone", "may hold digits, +, - and spaces only, such as 0412-0000001");
    }
    form.finish();
    Some(Outlet {
        id,
        merchant_id,
        name: name?,
        name_en,
        district: district?,
        area,
        address: address?,
        address_en,
        hours: hours?,
        night: night?,
        telephone,
    })
}

impl Shops {
    fn add_merchant(&mut self, form: &Fields<'_>, key: &str, legal: &Legal, season: &Season) {
        if self.merchant_ids.contains_key(key) {
            form.mistake(
                "merchant",
                format_args!("{key} stands further up; outlets of a merchant stand together"),
            );
            return;
        }
        self.last_merchant += 1;
        let id = MerchantId(self.last_merchant);
        self.merchant_ids.insert(key.to_owned(), id);
        let Legal { name: Some(name), name_en, kind: Some(kind), credit_code: Some(credit_code) } =
            legal.clone()
        else {
            return;
        };
        let (state, reason) = (MerchantState::Live, String::new());
        let merchant = Merchant { id, name, name_en, kind, demo: season.demo, state, reason };
        self.merchants.push(SeedMerchant { merchant, credit_code });
    }

    /// A field that may name a merchant.
    pub(super) fn maybe_merchant(&self, form: &mut Fields<'_>, field: &'static str) -> Option<MerchantId> {
        let key = Some(form.maybe_text(field, NAME)).filter(|key| !key.is_empty())?;
        self.merchant_of(form, field, &key)
    }

    /// A field that must name a merchant.
    pub(super) fn merchant(&self, form: &mut Fields<'_>, field: &'static str) -> Option<MerchantId> {
        let key = form.text(field, NAME)?;
        self.merchant_of(form, field, &key)
    }

    fn merchant_of(&self, form: &Fields<'_>, field: &str, key: &str) -> Option<MerchantId> {
        let id = self.merchant_ids.get(key).copied();
        if id.is_none() {
            form.mistake(field, format_args!("{key} is no merchant of merchants.csv"));
        }
        id
    }

    /// The outlet of a key, and whose it is; noted where there is none.
    pub(super) fn outlet(&self, form: &Fields<'_>, field: &str, key: &str) -> Option<(OutletId, MerchantId)> {
        let found = self.outlet_ids.get(key).copied();
        if found.is_none() {
            form.mistake(field, format_args!("{key} is no outlet of merchants.csv"));
        }
        found
    }

    /// All outlets of a merchant.
    pub(super) fn outlets_of(&self, merchant: MerchantId) -> Vec<OutletId> {
        let own = self.outlet_ids.values().filter(|(_, owner)| *owner == merchant);
        let mut own: Vec<OutletId> = own.map(|(id, _)| *id).collect();
        own.sort();
        own
    }
}
