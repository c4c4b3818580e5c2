//! At which of a merchant's outlets enrolled tills alone may redeem.

use super::managed_merchant;
use crate::audit::{self, Deed};
use crate::catalogue::Catalogue;
use crate::paging::OldestFirst;
use crate::store::{catalogue, till};
use crate::{Backend, Caller, Error};
use domain::shapes::{OutletRule, Page};
use domain::{AuditAction, AuditThing, Denied, ListQuery, Outlet, OutletId};
use serde_json::json;

impl Backend {
    /// The outlets of the caller's merchant that they manage, and which devices
    /// redeem there, the oldest first.
    ///
    /// # Errors
    /// The caller does not manage tills, or limit or cursor is none.
    pub async fn outlet_rules(&self, caller: &Caller, query: &ListQuery) -> Result<Page<OutletRule>, Error> {
        let merchant = managed_merchant(caller)?;
        let (asked, held) = (OldestFirst::read(query)?, self.catalogue());
        let own = held.outlets_of(merchant).filter(|outlet| caller.works_at(outlet.id));
        let rest = own.filter(|outlet| outlet.id.0 > asked.after);
        let most = usize::try_from(asked.limit).unwrap_or(usize::MAX).saturating_add(1);
        let rules = rest.take(most).map(|outlet| rule(&held, outlet)).collect();
        Ok(asked.page(rules, |rule: &OutletRule| rule.outlet_id.0))
    }

    /// Lets enrolled tills alone redeem at an outlet, or any device on which a
    /// clerk is signed in; every node knows it a moment later.
    ///
    /// # Errors
    /// The caller does not manage tills, or not there.
    pub async fn change_outlet_rule(
        &self,
        caller: &Caller,
        id: OutletId,
        enrolled_only: bool,
    ) -> Result<OutletRule, Error> {
        let merchant = managed_merchant(caller)?;
        let held = self.catalogue();
        let outlet = held.outlet(id).filter(|outlet| outlet.merchant_id == merchant);
        let outlet = outlet.filter(|outlet| caller.works_at(outlet.id)).ok_or(Denied::NotFound)?;
        let mut tx = self.db().write().await?;
        if !till::set_enrolled_only(&mut tx, id, enrolled_only, (caller.account_id, self.now())).await? {
            return Ok(OutletRule { enrolled_only, ..rule(&held, outlet) });
        }
        catalogue::changed(&mut tx).await?;
        let deed = Deed::new(AuditAction::ChangeOutlet, AuditThing::Outlet, id.0);
        let state = |enrolled_only: bool| json!({ "enrolled_only": enrolled_only });
        let (old, new) = (state(!enrolled_only), state(enrolled_only));
        audit::record(self, &mut tx, caller, deed, (Some(&old), Some(&new))).await?;
        tx.commit().await?;
        self.reload().await?;
        Ok(OutletRule { enrolled_only, ..rule(&held, outlet) })
    }
}

fn rule(held: &Catalogue, outlet: &Outlet) -> OutletRule {
    OutletRule {
        outlet_id: outlet.id,
        outlet_name: outlet.name.clone(),
        outlet_name_en: outlet.name_en.clone(),
        enrolled_only: held.is_enrolled_only(outlet.id),
    }
}
