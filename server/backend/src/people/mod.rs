//! A merchant's people and tills: who works there, as what and where. What
//! changes works on every node at once: each change is told in its own
//! transaction ([`crate::callers`]).

mod invitation;
mod outlets;
mod tills;

use crate::audit::{self, Deed};
use crate::auth::role;
use crate::paging::{Cursor, page};
use crate::store::people::{self, PersonRow};
use crate::store::{Tx, account};
use crate::{Backend, Caller, Error, StoreError};
use domain::shapes::{Page, PersonShape};
use domain::{
    AccountId, AuditAction, AuditThing, Denied, ListQuery, MerchantId, OutletId, PeopleRefused, Permission,
    Role,
};
use serde_json::{Value, json};

pub use invitation::Invitee;
pub(crate) use tills::KnownTill;
pub use tills::{NewTill, TillChange};

/// As what and where somebody works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonChange {
    /// A role that the caller's manages.
    pub role: Role,
    /// Outlets of the merchant; empty means at every one.
    pub outlets: Vec<OutletId>,
}

impl Backend {
    /// The people of the caller's merchant, the newest account first.
    ///
    /// # Errors
    /// The caller does not manage them, or limit or cursor is none.
    pub async fn people(&self, caller: &Caller, query: &ListQuery) -> Result<Page<PersonShape>, Error> {
        let merchant = managed_merchant(caller)?;
        let cursor = Cursor::newest_first(query)?;
        let mut tx = self.db().read().await?;
        let before = AccountId(cursor.before);
        let rows = people::of_merchant(&mut tx, merchant, before, cursor.limit + 1).await?;
        let mut shapes = Vec::with_capacity(rows.len());
        for row in &rows {
            shapes.push(self.person_shape(&mut tx, caller, row).await?);
        }
        Ok(page(shapes, &cursor, |shape| shape.account_id.0))
    }

    /// Gives one of the merchant's people another role or other outlets.
    ///
    /// # Errors
    /// The caller does not manage them, or an outlet is not the merchant's.
    pub async fn change_person(
        &self,
        caller: &Caller,
        account: AccountId,
        change: &PersonChange,
    ) -> Result<PersonShape, Error> {
        let merchant = managed_merchant(caller)?;
        let mut tx = self.db().write().await?;
        let read = managed_person(&mut tx, caller, merchant, account).await?;
        let outlets = self.read_post(caller, merchant, change)?;
        if !people::change_role(&mut tx, merchant, &read, change.role.code()).await? {
            return Err(StoreError::Moved("a person's role").into());
        }
        let old = json!({ "role": read.role, "outlet_ids": people::outlets_of(&mut tx, account.0).await? });
        let new = json!({ "role": change.role, "merchant_id": merchant, "outlet_ids": outlets });
        people::put_outlets(&mut tx, account, &outlets).await?;
        let read = PersonRow { role: change.role.code().to_owned(), ..read };
        let shape = self.person_shape(&mut tx, caller, &read).await?;
        let deed = Deed::new(AuditAction::ChangePerson, AuditThing::Person, account.0);
        self.tell_person(tx, caller, deed, (Some(&old), Some(&new))).await?;
        Ok(shape)
    }

    /// Removes one of the merchant's people, who is a resident from then on.
    ///
    /// # Errors
    /// The caller does not manage them.
    pub async fn remove_person(&self, caller: &Caller, account: AccountId) -> Result<(), Error> {
        let merchant = managed_merchant(caller)?;
        let mut tx = self.db().write().await?;
        let read = managed_person(&mut tx, caller, merchant, account).await?;
        if !people::remove(&mut tx, merchant, &read).await? {
            return Err(StoreError::Moved("a person's role").into());
        }
        people::put_outlets(&mut tx, account, &[]).await?;
        account::grant(&mut tx, account.0, Role::Resident.code(), None, None).await?;
        let deed = Deed::new(AuditAction::RemovePerson, AuditThing::Person, account.0);
        let old = json!({ "role": read.role, "merchant_id": merchant });
        self.tell_person(tx, caller, deed, (Some(&old), None)).await
    }

    /// Records and commits what changes a person, and lets every node know.
    async fn tell_person(
        &self,
        mut tx: Tx,
        caller: &Caller,
        deed: Deed,
        change: (Option<&Value>, Option<&Value>),
    ) -> Result<(), Error> {
        let account = AccountId(deed.thing_id);
        self.forget_caller(&mut tx, account).await?;
        audit::record(self, &mut tx, caller, deed, change).await?;
        tx.commit().await?;
        self.callers().forget(account);
        Ok(())
    }

    async fn person_shape(
        &self,
        tx: &mut Tx,
        caller: &Caller,
        row: &PersonRow,
    ) -> Result<PersonShape, StoreError> {
        let role = role(&row.role)?;
        let phone = self.keys().open_phone(&row.phone_sealed);
        Ok(PersonShape {
            account_id: AccountId(row.account_id),
            name: row.name.clone(),
            phone_masked: phone.map(|phone| phone.masked()).unwrap_or_default(),
            role,
            outlet_ids: people::outlets_of(tx, row.account_id).await?,
            managed: caller.manages(role),
        })
    }

    /// The outlets of a post that the caller may give: in order, each once.
    fn read_post(
        &self,
        caller: &Caller,
        merchant: MerchantId,
        post: &PersonChange,
    ) -> Result<Vec<OutletId>, Error> {
        if !caller.manages(post.role) {
            return Err(PeopleRefused::NotManaged { role: post.role }.into());
        }
        let catalogue = self.catalogue();
        let own = |outlet: &OutletId| {
            let theirs = catalogue.outlet(*outlet).is_some_and(|outlet| outlet.merchant_id == merchant);
            theirs && caller.works_at(*outlet)
        };
        // Whoever is bound to some outlets cannot give all of them.
        if !post.outlets.iter().all(own) || (post.outlets.is_empty() && !caller.outlets.is_empty()) {
            return Err(Denied::field("outlet_ids", "your own outlets").into());
        }
        let mut outlets = post.outlets.clone();
        outlets.sort_unstable();
        outlets.dedup();
        Ok(outlets)
    }
}

/// The merchant whose people the caller manages.
fn managed_merchant(caller: &Caller) -> Result<MerchantId, Denied> {
    caller.require(Permission::ManagePeople)?;
    caller.merchant_id.ok_or(Denied::WrongRole)
}

/// One of the merchant's people whom the caller manages.
async fn managed_person(
    tx: &mut Tx,
    caller: &Caller,
    merchant: MerchantId,
    account: AccountId,
) -> Result<PersonRow, Error> {
    let read = people::person(tx, merchant, account).await?.ok_or(Denied::NotFound)?;
    let role = role(&read.role)?;
    if caller.manages(role) { Ok(read) } else { Err(PeopleRefused::NotManaged { role }.into()) }
}
