//! A merchant's people and tills: who manages whom, and why not.

use crate::{Lang, Role, Timestamp, Zone};

/// How long an invitation (the QR that the owner shows) may be accepted.
pub const INVITATION_MS: i64 = 600_000;
/// Invitations of one merchant that are open at a time.
pub const MOST_INVITATIONS: i64 = 20;
/// People of one merchant, whatever their role.
pub const MOST_PEOPLE: i64 = 500;
/// Tills of one merchant that are enrolled, switched off ones among them.
pub const MOST_TILLS: i64 = 500;
/// The characters of a person's name and of a till's, at most.
pub const MOST_NAME: usize = 40;

impl Role {
    /// The roles whose people this one invites, changes and removes at the
    /// same merchant: nobody manages an owner.
    #[must_use]
    pub const fn manages(self) -> &'static [Role] {
        match self {
            Role::Owner => &[Role::Clerk, Role::Manager],
            Role::Manager => &[Role::Clerk],
            _ => &[],
        }
    }

    /// Whether it belongs to a merchant.
    #[must_use]
    pub const fn is_of_merchant(self) -> bool {
        matches!(self, Role::Owner | Role::Manager | Role::Clerk)
    }
}

/// The name of a person or a till: trimmed, 1 to 40 characters, none of them a
/// control character.
#[must_use]
pub fn short_name(text: &str) -> Option<&str> {
    let name = text.trim();
    let fits = !name.is_empty() && name.chars().count() <= MOST_NAME && !name.chars().any(char::is_control);
    fits.then_some(name)
}

/// Why somebody does not become one of a merchant's people, or a till does not
/// take part.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PeopleRefused {
    /// The invitation's ten minutes are over, or who made it may no longer.
    #[error("the invitation has lapsed")]
    InvitationLapsed {
        /// Since when.
        since: Timestamp,
    },
    /// Another person accepted it.
    #[error("the invitation was accepted by another person")]
    InvitationUsed,
    /// The person works there already.
    #[error("the person belongs to this merchant already")]
    AlreadyThere,
    /// The person works at another merchant.
    #[error("the person belongs to another merchant")]
    OtherMerchant,
    /// Whoever oversees merchants is none of their people.
    #[error("an official is no merchant's clerk")]
    Official,
    /// The caller's role does not manage the person's.
    #[error("the caller's role does not manage that one")]
    NotManaged {
        /// The other role.
        role: Role,
    },
    /// The merchant has as many as there may be.
    #[error("there are as many as there may be")]
    TooMany {
        /// The limit.
        limit: i64,
    },
    /// The till was switched off.
    #[error("the till is switched off")]
    TillOff,
}

impl PeopleRefused {
    /// The HTTP status.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            PeopleRefused::InvitationLapsed { .. } => 410,
            PeopleRefused::InvitationUsed
            | PeopleRefused::AlreadyThere
            | PeopleRefused::OtherMerchant
            | PeopleRefused::TooMany { .. } => 409,
            PeopleRefused::Official | PeopleRefused::NotManaged { .. } | PeopleRefused::TillOff => 403,
        }
    }

    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            PeopleRefused::InvitationLapsed { .. } => "invitation_lapsed",
            PeopleRefused::InvitationUsed => "invitation_used",
            PeopleRefused::AlreadyThere => "already_there",
            PeopleRefused::OtherMerchant => "other_merchant",
            PeopleRefused::Official => "official",
            PeopleRefused::NotManaged { .. } => "not_managed",
            PeopleRefused::TooMany { .. } => "too_many",
            PeopleRefused::TillOff => "till_off",
        }
    }

    /// What the person reads: what happened, and what to do next.
    #[must_use]
    pub fn words(&self, lang: Lang, zone: Zone) -> String {
        let fixed = |zh: &str, en: &str| lang.pick(zh, en).to_owned();
        match self {
            PeopleRefused::InvitationLapsed { since } => {
                let at = zone.short(*since);
                lang.pick(
                    format!("邀请码已于 {at} 失效，请店主重新出示"),
                    format!("The invitation lapsed at {at}: ask the owner for a new one"),
                )
            }
            PeopleRefused::InvitationUsed => fixed(
                "邀请码已被别人使用，请店主重新出示",
                "Another person accepted this invitation: ask the owner for a new one",
            ),
            PeopleRefused::AlreadyThere => fixed(
                "您已是本店的人，要换角色请店主修改",
                "You belong to this merchant already: the owner changes your role",
            ),
            PeopleRefused::OtherMerchant => fixed(
                "这个账号已属于另一商户，请那边先移除，或换一个手机号",
                "This account belongs to another merchant: ask them to remove it, or use another number",
            ),
            PeopleRefused::Official => fixed(
                "管理人员的账号不能做商户店员，请换一个手机号",
                "An official's account cannot be a merchant's: use another number",
            ),
            PeopleRefused::NotManaged { role } => {
                let (role, en) = (role.word(Lang::Zh), role.word(Lang::En));
                lang.pick(
                    format!("您不能管理{role}，请店主办理"),
                    format!("{en}: the owner sees to that role"),
                )
            }
            PeopleRefused::TooMany { limit } => lang.pick(
                format!("已达上限 {limit}，请先清理不用的"),
                format!("There are {limit} already: remove what is not used"),
            ),
            PeopleRefused::TillOff => fixed(
                "这台收银设备已停用，请店长或店主在“店员与设备”里启用",
                "This till is switched off: a manager or the owner switches it on under “People and tills”",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_manages_an_owner_or_somebody_above() {
        for role in Role::ALL {
            assert!(!role.manages().contains(&Role::Owner), "{role}");
            assert!(!role.manages().contains(role), "{role}");
            assert!(role.manages().iter().all(|managed| managed.is_of_merchant()));
            assert_eq!(role.may(crate::Permission::ManagePeople), !role.manages().is_empty(), "{role}");
        }
    }

    #[test]
    fn a_name_is_short_and_printable() {
        assert_eq!(short_name(" 小秋 "), Some("小秋"));
        for none in ["", "  ", "a\nb", &"长".repeat(41)] {
            assert_eq!(short_name(none), None, "{none:?}");
        }
    }
}
