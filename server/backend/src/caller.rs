//! Who calls, and what they may do.

use domain::{AccountId, Denied, DistrictCode, MerchantId, OutletId, Permission, Role, TillId};

/// The account behind a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Whose session it is.
    pub account_id: AccountId,
    /// The account's name.
    pub name: String,
    /// What the account may act as.
    pub roles: Vec<Role>,
    /// `139****0001`.
    pub phone_masked: String,
    /// The merchant of an owner, manager or clerk.
    pub merchant_id: Option<MerchantId>,
    /// A resident's home district, or the district of its officer.
    pub district: Option<DistrictCode>,
    /// The district whose officer they are, whatever their home is.
    pub office: Option<DistrictCode>,
    /// The district of the community desk at which they work, whatever their
    /// home is.
    pub desk: Option<DistrictCode>,
    /// The outlets at which they may redeem; empty means at every one of their
    /// merchant.
    pub outlets: Vec<OutletId>,
    /// The enrolled till that they call from.
    pub till: Option<TillPlace>,
}

/// An enrolled till and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TillPlace {
    /// Its number.
    pub id: TillId,
    /// The outlet in which it stands.
    pub outlet: OutletId,
}

impl Caller {
    /// Whether one of the roles allows it.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        self.roles.iter().any(|role| role.may(permission))
    }

    /// Turns away a caller whose roles do not allow it.
    ///
    /// # Errors
    /// [`Denied::WrongRole`].
    pub fn require(&self, permission: Permission) -> Result<(), Denied> {
        if self.may(permission) { Ok(()) } else { Err(Denied::WrongRole) }
    }

    /// Whether they manage people of a role at their merchant.
    #[must_use]
    pub fn manages(&self, role: Role) -> bool {
        self.roles.iter().any(|own| own.manages().contains(&role))
    }

    /// Whether they may redeem at one of their merchant's outlets.
    #[must_use]
    pub fn works_at(&self, outlet: OutletId) -> bool {
        self.outlets.is_empty() || self.outlets.contains(&outlet)
    }

    /// The only district for which a caller may do something; `None` means all.
    ///
    /// # Errors
    /// The roles do not allow it, or one of a district has none.
    pub fn district_for(&self, permission: Permission) -> Result<Option<DistrictCode>, Denied> {
        let mut able = self.roles.iter().filter(|role| role.may(permission)).peekable();
        able.peek().ok_or(Denied::WrongRole)?;
        if able.any(|role| !role.is_of_district()) {
            return Ok(None);
        }
        self.office.map(Some).ok_or(Denied::WrongRole)
    }

    /// The only district whose figures a caller may see; `None` means all.
    #[must_use]
    pub fn confined_to(&self) -> Option<DistrictCode> {
        let sees_all =
            self.roles.iter().any(|role| role.may(Permission::SeeStats) && *role != Role::District);
        if sees_all { None } else { self.office.or(self.district) }
    }
}
