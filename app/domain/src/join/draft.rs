//! The draft of an application: texts as they were typed, kept while they are
//! still wrong, and read as a whole when the commitment is signed.

use super::fault::{maybe_text, text};
use super::{JoinFault, JoinRule, MOST_PERSON};
use crate::promotion::words;
use crate::{CreditCode, DistrictCode, KindCode, MerchantId, Outlet, OutletId, Phone, Season, WeeklyHours};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::{fmt, str::FromStr};

/// The most outlets of a merchant that joins by itself.
pub const MOST_JOIN_OUTLETS: usize = 20;
/// The most characters of a name.
const NAME: usize = 80;
/// The most characters of an address.
const ADDRESS: usize = 160;
/// The most characters of a shop's telephone number.
const TELEPHONE: usize = 20;
/// What a draft keeps of a text, whatever was typed.
const KEPT: usize = 400;

words! {
    /// A step of joining.
    JoinStep {
        /// The legal person.
        Merchant = "merchant", "商户", "Merchant";
        /// Its shops.
        Outlets = "outlets", "门店", "Outlets";
        /// Whom the bureau calls.
        Contact = "contact", "联系人", "Contact";
        /// The commitment, read and signed.
        Commitment = "commitment", "承诺书", "Commitment";
    }
}

/// What was typed so far.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct JoinDraft {
    /// The unified social credit code of the licence.
    pub credit_code: String,
    /// The name on the licence, at most 80 characters.
    pub name: String,
    /// The name in English; may be empty.
    pub name_en: String,
    /// One of the season's kinds, such as `catering`.
    pub kind: String,
    /// The shops, at most 20.
    pub outlets: Vec<OutletDraft>,
    /// Whom the bureau calls, at most 40 characters.
    pub contact_name: String,
    /// Their mobile number.
    pub contact_phone: String,
}

/// A shop as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct OutletDraft {
    /// Its name, at most 80 characters.
    pub name: String,
    /// The outlet that it is already, of a merchant that applies again; left
    /// out for a new one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outlet_id: Option<OutletId>,
    /// Its name in English; may be empty.
    pub name_en: String,
    /// The district's code, such as `210302`.
    pub district: String,
    /// The key of an area of the district; may be empty.
    pub area: String,
    /// Street and number, at most 160 characters.
    pub address: String,
    /// The address in English; may be empty.
    pub address_en: String,
    /// Weekly hours: `mon-fri 09:00-14:00; daily 17:00-02:00`.
    pub hours: String,
    /// Whether it takes part in the nights (不打烊).
    pub night: bool,
    /// The shop's telephone; may be empty.
    pub telephone: String,
}

/// It holds a person's number, which must not slip into a log.
impl fmt::Debug for JoinDraft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinDraft").field("credit_code", &self.credit_code).finish_non_exhaustive()
    }
}

/// An application of which nothing is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Joining {
    /// The credit code.
    pub credit_code: CreditCode,
    /// The merchant's name.
    pub name: String,
    /// Its English name; may be empty.
    pub name_en: String,
    /// Its trade.
    pub kind: KindCode,
    /// Its outlets, with the numbers that they have already, or 0.
    pub outlets: Vec<Outlet>,
    /// Whom the bureau calls.
    pub contact_name: String,
    /// Their number.
    pub contact_phone: Phone,
}

impl JoinDraft {
    /// The draft with every text and list cut to what is kept of it.
    #[must_use]
    pub fn shortened(mut self) -> JoinDraft {
        let own = [&mut self.credit_code, &mut self.name, &mut self.name_en, &mut self.kind];
        own.into_iter().chain([&mut self.contact_name, &mut self.contact_phone]).for_each(shorten);
        self.outlets.truncate(MOST_JOIN_OUTLETS);
        for outlet in &mut self.outlets {
            let names = [&mut outlet.name, &mut outlet.name_en, &mut outlet.district, &mut outlet.area];
            let rest =
                [&mut outlet.address, &mut outlet.address_en, &mut outlet.hours, &mut outlet.telephone];
            names.into_iter().chain(rest).for_each(shorten);
        }
        self
    }

    /// Reads the whole of it.
    ///
    /// # Errors
    /// Everything that is wrong with it, in the order of the steps.
    pub fn read(&self, season: &Season) -> Result<Joining, Vec<JoinFault>> {
        let mut faults = Vec::new();
        let credit_code = text(&mut faults, "credit_code", &self.credit_code, NAME).and_then(|code| {
            let bad = |error| faults.push(JoinFault::new("credit_code", JoinRule::CreditCode(error)));
            code.parse::<CreditCode>().map_err(bad).ok()
        });
        let name = text(&mut faults, "name", &self.name, NAME);
        let name_en = maybe_text(&mut faults, "name_en", &self.name_en, NAME);
        let kind = text(&mut faults, "kind", &self.kind, NAME).map(KindCode);
        if kind.as_ref().is_some_and(|kind| !season.kinds.iter().any(|known| known.code == *kind)) {
            faults.push(JoinFault::new("kind", JoinRule::NotListed));
        }
        let outlets = self.read_outlets(season, &mut faults);
        let contact_name = text(&mut faults, "contact_name", &self.contact_name, MOST_PERSON);
        let contact_phone = text(&mut faults, "contact_phone", &self.contact_phone, NAME).and_then(|phone| {
            let bad = |_| faults.push(JoinFault::new("contact_phone", JoinRule::Phone));
            phone.parse::<Phone>().map_err(bad).ok()
        });
        let joining = || {
            Some(Joining {
                credit_code: credit_code?,
                name: name?,
                name_en,
                kind: kind?,
                outlets,
                contact_name: contact_name?,
                contact_phone: contact_phone?,
            })
        };
        if faults.is_empty() { joining().ok_or(faults) } else { Err(faults) }
    }

    fn read_outlets(&self, season: &Season, faults: &mut Vec<JoinFault>) -> Vec<Outlet> {
        if self.outlets.is_empty() {
            faults.push(JoinFault::new("outlets", JoinRule::NoOutlet));
        } else if self.outlets.len() > MOST_JOIN_OUTLETS {
            let rule = JoinRule::TooManyOutlets { most: MOST_JOIN_OUTLETS };
            faults.push(JoinFault::new("outlets", rule));
        }
        let mut names = HashSet::new();
        let mut read = Vec::new();
        for (place, outlet) in self.outlets.iter().take(MOST_JOIN_OUTLETS).enumerate() {
            let prefix = format!("outlets[{place}]");
            if !outlet.name.trim().is_empty() && !names.insert(outlet.name.trim()) {
                faults.push(JoinFault::new(format!("{prefix}.name"), JoinRule::OutletTwice));
            }
            read.extend(outlet.read(&prefix, season, faults));
        }
        read
    }

    /// What is wrong with it, in the order of the steps.
    #[must_use]
    pub fn faults(&self, season: &Season) -> Vec<JoinFault> {
        self.read(season).err().unwrap_or_default()
    }
}

impl OutletDraft {
    fn read(&self, prefix: &str, season: &Season, faults: &mut Vec<JoinFault>) -> Option<Outlet> {
        let field = |name: &str| format!("{prefix}.{name}");
        let name = text(faults, &field("name"), &self.name, NAME);
        let name_en = maybe_text(faults, &field("name_en"), &self.name_en, NAME);
        let district = text(faults, &field("district"), &self.district, NAME);
        let district = district.and_then(|district| {
            let code = district.parse::<DistrictCode>().ok();
            let known = code.filter(|code| season.district(*code).is_some());
            if known.is_none() {
                faults.push(JoinFault::new(field("district"), JoinRule::NotListed));
            }
            known
        });
        let area = self.area.trim();
        let lies_there =
            |district| season.areas.iter().any(|known| known.key == area && known.district == district);
        if !area.is_empty() && district.is_some_and(|district| !lies_there(district)) {
            faults.push(JoinFault::new(field("area"), JoinRule::AreaElsewhere));
        }
        let address = text(faults, &field("address"), &self.address, ADDRESS);
        let address_en = maybe_text(faults, &field("address_en"), &self.address_en, ADDRESS);
        let hours = text(faults, &field("hours"), &self.hours, KEPT);
        let hours = hours.and_then(|hours| {
            let bad = |_| faults.push(JoinFault::new(field("hours"), JoinRule::Hours));
            hours.parse::<WeeklyHours>().map_err(bad).ok()
        });
        let telephone = self.telephone.trim();
        let well_formed = telephone.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | '+' | ' '));
        if !well_formed || telephone.len() > TELEPHONE {
            faults.push(JoinFault::new(field("telephone"), JoinRule::Telephone));
        }
        Some(Outlet {
            id: self.outlet_id.unwrap_or(OutletId(0)),
            merchant_id: MerchantId(0),
            name: name?,
            name_en,
            district: district?,
            area: Some(area.to_owned()).filter(|area| !area.is_empty()),
            address: address?,
            address_en,
            hours: hours?,
            night: self.night,
            telephone: telephone.to_owned(),
        })
    }
}

impl From<&Outlet> for OutletDraft {
    fn from(outlet: &Outlet) -> OutletDraft {
        OutletDraft {
            name: outlet.name.clone(),
            outlet_id: Some(outlet.id),
            name_en: outlet.name_en.clone(),
            district: outlet.district.to_string(),
            area: outlet.area.clone().unwrap_or_default(),
            address: outlet.address.clone(),
            address_en: outlet.address_en.clone(),
            hours: outlet.hours.to_string(),
            night: outlet.night,
            telephone: outlet.telephone.clone(),
        }
    }
}

fn shorten(text: &mut String) {
    if let Some((end, _)) = text.char_indices().nth(KEPT) {
        text.truncate(end);
    }
}
