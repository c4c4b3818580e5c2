//! Who the resident is: the account of their phone or of their identity
//! number, so that paper and phone share one limit.

use super::confined_to;
use crate::store::account::NewAccount;
use crate::store::identity::{self, NewIdentity};
use crate::store::{Tx, account, meta};
use crate::{Backend, Caller, Error};
use domain::{
    AccountId, AsksFor, AssistRefused, Denied, DistrictCode, IdentityNumber, LastFour, Phone, PhoneOwner,
    Role, Timestamp,
};
use std::fmt;

const MAX_NAME: usize = 40;

/// What the desk was told of a resident, as it came.
#[derive(Clone, Default)]
pub struct AssistRequest {
    /// Their name, 1 to 40 characters.
    pub name: String,
    /// A phone number,
    pub phone: Option<String>,
    /// and whose it is: `own` unless it says otherwise.
    pub phone_owner: Option<String>,
    /// The identity number; needed where there is no phone of their own.
    pub identity_no: Option<String>,
    /// The district; needed from an officer of the whole city alone.
    pub district: Option<String>,
}

impl fmt::Debug for AssistRequest {
    /// Without what is private.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AssistRequest").field("district", &self.district).finish_non_exhaustive()
    }
}

/// What was read of a request, as it may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssistCheck {
    /// The name.
    pub name: String,
    /// The phone, masked, and whose it is.
    pub phone: Option<(String, PhoneOwner)>,
    /// The identity number, masked.
    pub identity: Option<String>,
    /// The district.
    pub district: DistrictCode,
    /// Whose last four digits the paper will ask for.
    pub asks_for: AsksFor,
}

/// A resident whose fields are within their limits.
pub(super) struct Given {
    name: String,
    phone: Option<(Phone, PhoneOwner)>,
    identity: Option<IdentityNumber>,
    pub(super) district: DistrictCode,
}

impl Given {
    /// Everything that tells one request from another; private.
    pub(super) fn text(&self) -> String {
        let phone = self.phone.as_ref().map(|(phone, owner)| (phone.reveal(), owner.code()));
        let identity = self.identity.as_ref().map(IdentityNumber::reveal);
        format!("{:?}", (&self.name, phone, identity, self.district.number()))
    }

    pub(super) fn asks_for(&self) -> AsksFor {
        if self.phone.is_some() { AsksFor::Phone } else { AsksFor::Identity }
    }

    /// What the paper asks for.
    pub(super) fn digits(&self) -> Result<LastFour, Denied> {
        match (&self.phone, &self.identity) {
            (Some((phone, _)), _) => Ok(LastFour::of_phone(phone)),
            (None, Some(identity)) => Ok(LastFour::of_identity(identity)),
            (None, None) => Err(nobody()),
        }
    }

    /// The phone by which the resident's account is known.
    fn own_phone(&self) -> Option<&Phone> {
        self.phone.as_ref().filter(|(_, owner)| *owner == PhoneOwner::Own).map(|(phone, _)| phone)
    }
}

fn nobody() -> Denied {
    Denied::field("identity_no", "an identity number, or a phone number of the resident's own")
}

impl Backend {
    /// Reads a request, so that it can be confirmed before anything is done.
    ///
    /// # Errors
    /// The caller is at no desk, or a field is out of its limits.
    pub fn check_assist(&self, staff: &Caller, request: &AssistRequest) -> Result<AssistCheck, Error> {
        let given = self.read_resident(staff, request)?;
        Ok(AssistCheck {
            asks_for: given.asks_for(),
            phone: given.phone.map(|(phone, owner)| (phone.masked(), owner)),
            identity: given.identity.map(|number| number.masked()),
            name: given.name,
            district: given.district,
        })
    }

    /// Reads a request's fields, before anything is asked of the database.
    pub(super) fn read_resident(&self, staff: &Caller, request: &AssistRequest) -> Result<Given, Error> {
        let name = request.name.trim();
        let well_formed = (1..=MAX_NAME).contains(&name.chars().count()) && !name.contains(char::is_control);
        if !well_formed {
            return Err(Denied::field("name", format!("1–{MAX_NAME}")).into());
        }
        let filled = |text: &Option<String>| {
            text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
        };
        let phone = filled(&request.phone).map(|text| text.parse::<Phone>()).transpose();
        let phone = phone.map_err(|error| Denied::field("phone", error))?;
        let owner = filled(&request.phone_owner).map_or(Ok(PhoneOwner::Own), |text| text.parse());
        let owner = owner.map_err(|_| Denied::field("phone_owner", "own, relative"))?;
        let identity = filled(&request.identity_no).map(|text| text.parse::<IdentityNumber>()).transpose();
        let identity = identity.map_err(|error| Denied::field("identity_no", error))?;
        if identity.is_none() && (phone.is_none() || owner == PhoneOwner::Relative) {
            return Err(nobody().into());
        }
        let district = self.desk_district(staff, filled(&request.district).as_deref())?;
        Ok(Given { name: name.to_owned(), phone: phone.map(|phone| (phone, owner)), identity, district })
    }

    /// The district of a caller's desk, or the one that an officer of the whole
    /// city names.
    fn desk_district(&self, staff: &Caller, named: Option<&str>) -> Result<DistrictCode, Denied> {
        let own = confined_to(staff)?;
        let catalogue = self.catalogue();
        let districts = catalogue.season().districts.iter().map(|district| district.code);
        let allowed: Vec<_> = districts.filter(|code| own.is_none_or(|own| own == *code)).collect();
        let named = match named {
            None => own,
            Some(text) => text.parse().ok(),
        };
        named.filter(|code| allowed.contains(code)).ok_or_else(|| {
            let allowed: Vec<_> = allowed.iter().map(ToString::to_string).collect();
            Denied::field("district", allowed.join(", "))
        })
    }

    /// The resident's account, made where there is none, with their identity
    /// number, phone and district noted; `None` when another request is making
    /// it at this moment.
    pub(super) async fn resident_account(
        &self,
        tx: &mut Tx,
        staff: &Caller,
        given: &Given,
        now: Timestamp,
    ) -> Result<Option<i64>, Error> {
        let keys = self.keys();
        let (identity_hash, identity_sealed) = match &given.identity {
            Some(number) => (keys.identity_hash(number), keys.seal_identity(number, self.random())),
            None => Default::default(),
        };
        let of_identity = match &given.identity {
            Some(_) => identity::account_of(tx, &identity_hash).await?,
            None => None,
        };
        let of_phone = match given.own_phone() {
            Some(phone) => account::by_phone(tx, &keys.phone_hash(phone)).await?.map(|row| row.account_id),
            None => None,
        };
        let found = match (of_identity, of_phone) {
            (Some(one), Some(other)) if one != other => return Err(AssistRefused::IdentityConflict.into()),
            (Some(account), None) => {
                self.add_phone(tx, account, given).await?;
                Some(account)
            }
            (found, of_phone) => found.or(of_phone),
        };
        let account = match found {
            Some(account) => account,
            None => match self.new_resident(tx, given, now).await? {
                Some(account) => account,
                None => return Ok(None),
            },
        };
        if given.identity.is_some() && of_identity.is_none() {
            let new =
                NewIdentity { hash: &identity_hash, sealed: &identity_sealed, entered_by: staff.account_id };
            if !identity::add(tx, account, &new, now).await? {
                // Either somebody else brought the number a moment ago, or the
                // phone's owner is known by another one.
                let other = identity::sealed_of(tx, account).await?;
                return if other.is_some() { Err(AssistRefused::IdentityConflict.into()) } else { Ok(None) };
            }
        }
        if found.is_some() {
            self.check_resident(tx, account, given.district).await?;
        }
        Ok(Some(account))
    }

    /// Notes the phone of a resident who is known by their identity number.
    async fn add_phone(&self, tx: &mut Tx, account: i64, given: &Given) -> Result<(), Error> {
        let Some(phone) = given.own_phone() else { return Ok(()) };
        let (sealed, hash) = (self.keys().seal_phone(phone, self.random()), self.keys().phone_hash(phone));
        if account::set_phone(tx, account, &sealed, &hash).await? {
            return Ok(());
        }
        // They have another number.
        Err(AssistRefused::IdentityConflict.into())
    }

    /// A resident's new account; `None` when the number has one by now.
    async fn new_resident(&self, tx: &mut Tx, given: &Given, now: Timestamp) -> Result<Option<i64>, Error> {
        let account_id = meta::take_numbers(tx, "account", 1).await?;
        let (phone_sealed, phone_hash) = match given.own_phone() {
            Some(phone) => (self.keys().seal_phone(phone, self.random()), self.keys().phone_hash(phone)),
            None => (String::new(), format!("none {account_id}")),
        };
        let new = NewAccount {
            account_id,
            phone_sealed: &phone_sealed,
            phone_hash: &phone_hash,
            name: &given.name,
            district: Some(given.district.number()),
        };
        if !account::add(tx, &new, now).await? {
            return Ok(None);
        }
        account::grant(tx, account_id, Role::Resident.code(), None, None).await?;
        Ok(Some(account_id))
    }

    /// Whether an account is a resident's, and of the desk's district; one
    /// without a district gets it.
    async fn check_resident(&self, tx: &mut Tx, account: i64, district: DistrictCode) -> Result<(), Error> {
        let roles = account::roles(tx, account).await?;
        if !roles.iter().any(|row| row.role == Role::Resident.code()) {
            return Err(AssistRefused::NotResident.into());
        }
        if account::settle(tx, account, district.number()).await? {
            return Ok(self.forget_caller(tx, AccountId(account)).await?);
        }
        let home = account::get(tx, account).await?.and_then(|row| row.district);
        if home == Some(district.number()) {
            return Ok(());
        }
        Err(AssistRefused::OtherDistrict { district }.into())
    }
}
