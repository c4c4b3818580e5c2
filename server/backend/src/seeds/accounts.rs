//! `residents.csv` and `accounts.toml`: who can sign in to a demonstration.

use super::fields::{Fields, NAME};
use super::merchants::Shops;
use super::season;
use domain::{DistrictCode, MerchantId, Phone, Role, Season};
use std::collections::HashSet;

/// The columns of the residents' sheet.
pub(super) const COLUMNS: [&str; 3] = ["phone", "name", "district"];

/// Somebody with a role in the season.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeedAccount {
    /// How they sign in.
    pub phone: Phone,
    /// How they are called.
    pub name: String,
    /// What they are.
    pub role: Role,
    /// A resident's own district, or the one of its officer or desk.
    pub district: Option<DistrictCode>,
    /// Whose clerk, manager or owner they are.
    pub merchant_id: Option<MerchantId>,
}

/// Reads the residents. Their mistakes are told by the line alone: a phone
/// number stands in no message.
pub(super) fn residents(rows: Vec<Fields<'_>>, season: &Season) -> Vec<SeedAccount> {
    let mut seen = HashSet::new();
    let resident = |mut form: Fields<'_>| {
        let phone = phone(&mut form, &mut seen);
        let name = form.text("name", NAME);
        let district = season::district(&mut form, season);
        form.finish();
        let (phone, name, district) = (phone?, name?, Some(district?));
        Some(SeedAccount { phone, name, role: Role::Resident, district, merchant_id: None })
    };
    rows.into_iter().filter_map(resident).collect()
}

/// Reads the organizers, then the merchants' people.
pub(super) fn staff(mut file: Fields<'_>, season: &Season, shops: &Shops) -> Vec<SeedAccount> {
    let organizers = file.children("organizer", "organizer", "name");
    let clerks = file.children("clerk", "clerk", "name");
    file.finish();
    let mut seen = HashSet::new();
    let mut accounts = Vec::new();
    for form in organizers {
        accounts.extend(organizer(form, season, &mut seen));
    }
    for form in clerks {
        accounts.extend(clerk(form, shops, &mut seen));
    }
    accounts
}

fn organizer(mut form: Fields<'_>, season: &Season, seen: &mut HashSet<Phone>) -> Option<SeedAccount> {
    let phone = phone(&mut form, seen);
    let name = form.text("name", NAME);
    let role = role(&mut form, &[Role::City, Role::District, Role::Finance, Role::Auditor, Role::Desk]);
    let district = form.maybe::<DistrictCode>("district");
    let district = district.filter(|code| season::is_district(&form, "district", *code, season));
    match (role, district) {
        (Some(role), None) if role.is_of_district() => {
            form.mistake("district", format_args!("must be given for the role {role}"));
        }
        (Some(role), Some(_)) if !role.is_of_district() => {
            form.mistake("district", "is only for the roles district and desk");
        }
        _ => {}
    }
    form.finish();
    Some(SeedAccount { phone: phone?, name: name?, role: role?, district, merchant_id: None })
}

fn clerk(mut form: Fields<'_>, shops: &Shops, seen: &mut HashSet<Phone>) -> Option<SeedAccount> {
    let phone = phone(&mut form, seen);
    let name = form.text("name", NAME);
    let merchant_id = shops.merchant(&mut form, "merchant");
    let role = role(&mut form, &[Role::Owner, Role::Manager, Role::Clerk]);
    form.finish();
    let (phone, name, role) = (phone?, name?, role?);
    Some(SeedAccount { phone, name, role, district: None, merchant_id: Some(merchant_id?) })
}

fn phone(form: &mut Fields<'_>, seen: &mut HashSet<Phone>) -> Option<Phone> {
    let phone = form.parse::<Phone>("phone");
    form.once("phone", phone.clone().is_none_or(|phone| seen.insert(phone)));
    phone
}

fn role(form: &mut Fields<'_>, allowed: &[Role]) -> Option<Role> {
    let word = form.text("role", NAME)?;
    let role = allowed.iter().copied().find(|role| role.code() == word);
    if role.is_none() {
        let allowed: Vec<&str> = allowed.iter().map(|role| role.code()).collect();
        form.mistake("role", format_args!("{word:?} is not one of {}", allowed.join(", ")));
    }
    role
}
