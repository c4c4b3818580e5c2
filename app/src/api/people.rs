//! A merchant's people: what their page shows, and its forms; the invitation
//! that a newcomer accepts.

use super::ApiError;
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::sale::TillOutlet;
#[cfg(feature = "ssr")]
use super::{caller, cookies, notice};
#[cfg(feature = "ssr")]
use backend::{Caller, PersonChange};
#[cfg(feature = "ssr")]
use domain::shapes::{InvitationShape, OutletRule, OutletShape, Page, PersonShape, TillShape};
#[cfg(feature = "ssr")]
use domain::{AccountId, Denied, INVITATION_MS, ListQuery, Permission, Role};

/// The page of people and tills.
#[cfg(feature = "ssr")]
pub(crate) const PAGE: &str = "/shop/clerks";
/// Where the code of the invitation that was made last waits for its page.
#[cfg(feature = "ssr")]
const INVITED: &str = "yuehui_invitation";
/// So many people and tills stand on a page.
#[cfg(feature = "ssr")]
const LISTED: &str = "100";

/// What `/shop/clerks` shows.
#[cfg(feature = "ssr")]
pub(crate) struct People {
    /// The merchant's people.
    pub(crate) people: Page<PersonShape>,
    /// Its tills.
    pub(crate) tills: Page<TillShape>,
    /// The outlets that the reader may give.
    pub(crate) outlets: Vec<TillOutlet>,
    /// Which devices redeem at them.
    pub(crate) rules: Page<OutletRule>,
    /// The roles that the reader may give.
    pub(crate) roles: Vec<Role>,
    /// The reader's own account.
    pub(crate) own: AccountId,
    /// The invitation that was made last and the link to it, while it is open.
    pub(crate) invitation: Option<(InvitationShape, String)>,
    /// The key under which pressing twice is one invitation.
    pub(crate) key: String,
}

/// What an invitation's page shows.
#[cfg(feature = "ssr")]
pub(crate) struct Offer {
    pub(crate) invitation: InvitationShape,
    /// The names of its outlets; none for all of them.
    pub(crate) outlets: Vec<String>,
    /// The reader's name, once they are signed in.
    pub(crate) name: Option<String>,
}

/// The person who manages a merchant's people and tills.
///
/// # Errors
/// Nobody is signed in, or not such a person.
#[cfg(feature = "ssr")]
pub(crate) async fn manager() -> Result<Caller, ApiError> {
    let manager = caller::signed_in().await?;
    manager.require(Permission::ManagePeople).map_err(caller::convert)?;
    Ok(manager)
}

/// The people, the outlets' rules and the tills of the reader's merchant, after
/// these cursors.
///
/// # Errors
/// Nobody is signed in, or not a person who manages them; a cursor is none; or
/// the store failed.
#[cfg(feature = "ssr")]
pub(crate) async fn people(
    cursor: Option<String>,
    tills: Option<String>,
    rules: Option<String>,
) -> Result<People, ApiError> {
    let (manager, backend) = (manager().await?, caller::backend()?);
    let listed = |cursor| ListQuery { limit: Some(LISTED.to_owned()), cursor };
    let people = backend.people(&manager, &listed(cursor)).await.map_err(caller::convert)?;
    let tills = backend.tills(&manager, &listed(tills)).await.map_err(caller::convert)?;
    let rules = backend.outlet_rules(&manager, &listed(rules)).await.map_err(caller::convert)?;
    let roles = Role::ALL.iter().copied().filter(|role| manager.manages(*role)).collect();
    let invitation = match cookies::get(INVITED) {
        // One that was accepted meanwhile, or lapsed, is shown no more.
        Some(code) => backend.invitation(&code).await.ok(),
        None => None,
    };
    let link = |invitation: InvitationShape| {
        let link = format!("{}{}", caller::origin(), invitation.path);
        (invitation, link)
    };
    Ok(People {
        people,
        tills,
        outlets: outlets(&manager)?,
        rules,
        roles,
        own: manager.account_id,
        invitation: invitation.map(link),
        key: backend.new_key().as_str().to_owned(),
    })
}

/// The outlets of the caller's merchant at which they may redeem.
///
/// # Errors
/// The caller belongs to no merchant.
#[cfg(feature = "ssr")]
pub(crate) fn outlets(clerk: &Caller) -> Result<Vec<TillOutlet>, ApiError> {
    let lang = caller::lang();
    let merchant = caller::backend()?.own_merchant(clerk).map_err(caller::convert)?;
    let mut outlets: Vec<OutletShape> = merchant.outlets;
    outlets.retain(|outlet| clerk.works_at(outlet.id));
    let named = |outlet: OutletShape| TillOutlet {
        id: outlet.id,
        name: lang.of(&outlet.name, &outlet.name_en).to_owned(),
    };
    Ok(outlets.into_iter().map(named).collect())
}

/// What an invitation offers to whoever holds its code.
///
/// # Errors
/// There is none with the code, it lapsed, or it was accepted.
#[cfg(feature = "ssr")]
pub(crate) async fn offer(code: &str) -> Result<Offer, ApiError> {
    let (backend, lang) = (caller::backend()?, caller::lang());
    let reader = caller::optional().await?;
    let invitation = backend.invitation(code).await.map_err(caller::convert)?;
    let merchant = backend.merchant(invitation.merchant_id).map_err(caller::convert)?;
    let of_it = merchant.outlets.iter().filter(|outlet| invitation.outlet_ids.contains(&outlet.id));
    let outlets = of_it.map(|outlet| lang.of(&outlet.name, &outlet.name_en).to_owned()).collect();
    Ok(Offer { invitation, outlets, name: reader.map(|reader| reader.name) })
}

/// Makes an invitation and shows its QR.
///
/// # Errors
/// Nobody is signed in, or not a person who manages the role; an outlet is not
/// theirs; or too many are open.
#[server(prefix = "/api/fn", endpoint = "invite_person")]
pub async fn invite_person(
    #[server(default)] role: String,
    #[server(default)] outlets: Vec<String>,
    #[server(default)] key: String,
) -> Result<(), ApiError> {
    let invited = async {
        let manager = manager().await?;
        let post = post(&role, &outlets)?;
        let key = key.parse().map_err(|_| caller::convert(Denied::BadKey))?;
        let invited = caller::backend()?.invite(&manager, &post, &key).await.map_err(caller::convert)?;
        let kept_s = u32::try_from(INVITATION_MS / 1000).unwrap_or(600);
        cookies::set(INVITED, &invited.answer.code, PAGE, kept_s);
        leptos_axum::redirect(PAGE);
        Ok(())
    };
    notice::settle(invited.await, PAGE)
}

/// What a form says of somebody's work.
#[cfg(feature = "ssr")]
fn post(role: &str, outlets: &[String]) -> Result<PersonChange, ApiError> {
    let lang = caller::lang();
    let choose = lang.pick("请从列表中选择", "choose one of the list");
    let wrong = |name| caller::convert(Denied::field(name, choose));
    let role = role.parse().map_err(|_| wrong(lang.pick("角色", "The role")))?;
    let outlets = outlets.iter().map(|outlet| outlet.parse()).collect::<Result<_, _>>();
    let outlets = outlets.map_err(|_| wrong(lang.pick("门店", "The outlet")))?;
    Ok(PersonChange { role, outlets })
}

/// Gives somebody another role or other outlets.
///
/// # Errors
/// Nobody is signed in, or not a person who manages them; or an outlet is not
/// theirs.
#[server(prefix = "/api/fn", endpoint = "change_person")]
pub async fn change_person(
    #[server(default)] account_id: String,
    #[server(default)] role: String,
    #[server(default)] outlets: Vec<String>,
) -> Result<(), ApiError> {
    let changed = async {
        let manager = manager().await?;
        let account = account_id.parse().map_err(|_| caller::convert(Denied::NotFound))?;
        let post = post(&role, &outlets)?;
        caller::backend()?.change_person(&manager, account, &post).await.map_err(caller::convert)?;
        leptos_axum::redirect(PAGE);
        Ok(())
    };
    notice::settle(changed.await, PAGE)
}

/// Removes somebody from the merchant's people.
///
/// # Errors
/// Nobody is signed in, or not a person who manages them.
#[server(prefix = "/api/fn", endpoint = "remove_person")]
pub async fn remove_person(#[server(default)] account_id: String) -> Result<(), ApiError> {
    let removed = async {
        let manager = manager().await?;
        let account = account_id.parse().map_err(|_| caller::convert(Denied::NotFound))?;
        caller::backend()?.remove_person(&manager, account).await.map_err(caller::convert)?;
        leptos_axum::redirect(PAGE);
        Ok(())
    };
    notice::settle(removed.await, PAGE)
}

/// Accepts an invitation under the name that was typed, and opens the till.
///
/// # Errors
/// Nobody is signed in; there is no such invitation, it lapsed or was
/// accepted; or the reader works for a merchant or for the bureau already.
#[server(prefix = "/api/fn", endpoint = "accept_invitation")]
pub async fn accept_invitation(
    #[server(default)] code: String,
    #[server(default)] name: String,
) -> Result<(), ApiError> {
    let accepted = async {
        let newcomer = caller::signed_in().await?;
        let backend = caller::backend()?;
        let done = backend.accept_invitation(&newcomer, &code, Some(&name)).await;
        done.map_err(|error| match error {
            backend::Error::Denied(Denied::BadField { .. }) => {
                let lang = caller::lang();
                let allowed = lang.pick("1–40 个字", "1 to 40 characters");
                caller::convert(Denied::field(lang.pick("姓名", "The name"), allowed))
            }
            error => caller::convert(error),
        })?;
        leptos_axum::redirect("/shop/till");
        Ok(())
    };
    let page = format!("/shop/invitation/{}", caller::encoded(&code));
    notice::settle(accepted.await, &page)
}
