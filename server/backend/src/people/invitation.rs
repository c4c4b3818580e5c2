//! Invitations: the QR that an owner shows, and the person who accepts it.
//!
//! The code is made from the inviter and their idempotency key under the
//! installation's secret, so a repeat gets the same one and the database, which
//! holds its hash, tells nobody.

use super::{PersonChange, managed_merchant};
use crate::audit::Deed;
use crate::auth::role;
use crate::once::Done;
use crate::store::people::{self, InvitationRow};
use crate::store::{Tx, account};
use crate::{Backend, Caller, Error, StoreError, keys};
use domain::shapes::InvitationShape;
use domain::{
    AccountId, AuditAction, AuditThing, Denied, INVITATION_MS, IdempotencyKey, MOST_INVITATIONS, MOST_NAME,
    MOST_PEOPLE, MerchantId, OutletId, PeopleRefused, Permission, Timestamp, short_name,
};
use serde_json::json;

/// The code's hexadecimal digits: 128 bits.
const CODE_LENGTH: usize = 32;
/// How long an invitation that nobody accepted is kept, to say that it lapsed.
const KEPT_MS: i64 = 24 * 3_600_000;

/// As what somebody is invited.
pub type Invitee = PersonChange;

impl Backend {
    /// Makes an invitation, good once and for ten minutes. A repeat with the
    /// same key gets the same one.
    ///
    /// # Errors
    /// The caller does not manage the role, an outlet is not theirs, too many
    /// invitations are open, or the key was used for another one.
    pub async fn invite(
        &self,
        caller: &Caller,
        invitee: &Invitee,
        key: &IdempotencyKey,
    ) -> Result<Done<InvitationShape>, Error> {
        let merchant = managed_merchant(caller)?;
        let outlets = self.read_post(caller, merchant, invitee)?;
        let now = self.now();
        let code = self.keys().private_hash(&format!("invitation {} {}", caller.account_id, key.as_str()));
        let code = &code[..CODE_LENGTH];
        let new = InvitationRow {
            code_hash: keys::sha256(code),
            merchant_id: merchant.0,
            role: invitee.role.code().to_owned(),
            outlets: outlets.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
            invited_by: caller.account_id.0,
            expires_at_ms: now.plus_ms(INVITATION_MS).ms(),
            accepted_by: None,
        };
        let mut tx = self.db().write().await?;
        people::forget_lapsed(&mut tx, merchant, now.plus_ms(-KEPT_MS)).await?;
        let added = people::invite(&mut tx, &new, now, MOST_INVITATIONS).await?;
        let row = people::invitation(&mut tx, &new.code_hash).await?;
        let row = row.ok_or(PeopleRefused::TooMany { limit: MOST_INVITATIONS })?;
        if row.role != new.role || row.outlets != new.outlets {
            return Err(Denied::KeyReused.into());
        }
        tx.commit().await?;
        Ok(Done { answer: self.invitation_shape(code, &row)?, replayed: !added })
    }

    /// What an invitation offers, while it may be accepted.
    ///
    /// # Errors
    /// There is none with the code, it lapsed, or it was accepted.
    pub async fn invitation(&self, code: &str) -> Result<InvitationShape, Error> {
        let mut tx = self.db().read().await?;
        let row = people::invitation(&mut tx, &keys::sha256(code)).await?.ok_or(Denied::NotFound)?;
        self.check_open(&mut tx, &row).await?;
        Ok(self.invitation_shape(code, &row)?)
    }

    /// Makes the caller one of the merchant's people, under a name of theirs
    /// where they give one. A repeat by the same person changes nothing.
    ///
    /// # Errors
    /// There is no such invitation, it lapsed or was accepted, or the caller
    /// works for a merchant or for the bureau already.
    pub async fn accept_invitation(
        &self,
        caller: &Caller,
        code: &str,
        name: Option<&str>,
    ) -> Result<(), Error> {
        let name = name.filter(|name| !name.trim().is_empty());
        let name = name.map(|name| short_name(name).ok_or_else(|| bad_name("name"))).transpose()?;
        let now = self.now();
        let mut tx = self.db().write().await?;
        let row = people::invitation(&mut tx, &keys::sha256(code)).await?.ok_or(Denied::NotFound)?;
        if row.accepted_by == Some(caller.account_id.0) {
            return Ok(());
        }
        self.check_open(&mut tx, &row).await?;
        let merchant = MerchantId(row.merchant_id);
        self.check_newcomer(&mut tx, caller, merchant).await?;
        if !people::accept(&mut tx, &row.code_hash, caller.account_id, now).await? {
            return Err(PeopleRefused::InvitationUsed.into());
        }
        if !people::add(&mut tx, merchant, caller.account_id, &row.role).await? {
            return Err(PeopleRefused::OtherMerchant.into());
        }
        let outlets: Vec<OutletId> = outlets(&row)?;
        people::put_outlets(&mut tx, caller.account_id, &outlets).await?;
        if let Some(name) = name {
            people::rename(&mut tx, caller.account_id, name).await?;
        }
        let deed = Deed::new(AuditAction::GrantRole, AuditThing::Person, caller.account_id.0);
        let new = json!({
            "role": row.role, "merchant_id": merchant, "outlet_ids": outlets, "invited_by": row.invited_by,
        });
        self.tell_person(tx, caller, deed, (None, Some(&new))).await
    }

    /// Whether an invitation may be accepted: nobody did, its time is not over,
    /// and who made it still manages the role.
    async fn check_open(&self, tx: &mut Tx, row: &InvitationRow) -> Result<(), Error> {
        let (now, expires_at) = (self.now(), Timestamp::from_ms(row.expires_at_ms));
        if row.accepted_by.is_some() {
            return Err(PeopleRefused::InvitationUsed.into());
        }
        if now >= expires_at {
            return Err(PeopleRefused::InvitationLapsed { since: expires_at }.into());
        }
        let invited = role(&row.role)?;
        let inviter = people::person(tx, MerchantId(row.merchant_id), AccountId(row.invited_by)).await?;
        let inviter = inviter.map(|inviter| role(&inviter.role)).transpose()?;
        if !inviter.is_some_and(|inviter| inviter.manages().contains(&invited)) {
            return Err(PeopleRefused::InvitationLapsed { since: now }.into());
        }
        Ok(())
    }

    async fn check_newcomer(&self, tx: &mut Tx, caller: &Caller, merchant: MerchantId) -> Result<(), Error> {
        if caller.may(Permission::SeeStats) || caller.may(Permission::AssistResidents) {
            return Err(PeopleRefused::Official.into());
        }
        let roles = account::roles(tx, caller.account_id.0).await?;
        match roles.iter().find_map(|role| role.merchant_id) {
            Some(theirs) if theirs == merchant.0 => return Err(PeopleRefused::AlreadyThere.into()),
            Some(_) => return Err(PeopleRefused::OtherMerchant.into()),
            None => {}
        }
        if people::count(tx, merchant).await? >= MOST_PEOPLE {
            return Err(PeopleRefused::TooMany { limit: MOST_PEOPLE }.into());
        }
        Ok(())
    }

    fn invitation_shape(&self, code: &str, row: &InvitationRow) -> Result<InvitationShape, StoreError> {
        let (catalogue, merchant_id) = (self.catalogue(), MerchantId(row.merchant_id));
        let merchant = catalogue.merchant(merchant_id);
        Ok(InvitationShape {
            code: code.to_owned(),
            path: format!("/shop/invitation/{code}"),
            merchant_id,
            merchant_name: merchant.map(|merchant| merchant.name.clone()).unwrap_or_default(),
            merchant_name_en: merchant.map(|merchant| merchant.name_en.clone()).unwrap_or_default(),
            role: role(&row.role)?,
            outlet_ids: outlets(row)?,
            expires_at: self.zone().rfc3339(Timestamp::from_ms(row.expires_at_ms)),
        })
    }
}

/// The field of a name that is none.
pub(super) fn bad_name(field: &str) -> Denied {
    Denied::field(field, format!("1–{MOST_NAME}"))
}

fn outlets(row: &InvitationRow) -> Result<Vec<OutletId>, StoreError> {
    let numbers = row.outlets.split_whitespace().map(str::parse);
    numbers.collect::<Result<_, _>>().map_err(StoreError::corrupt)
}
