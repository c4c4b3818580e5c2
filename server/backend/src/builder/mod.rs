//! Building campaigns: one officer writes the terms, a second one publishes
//! them, and what is public changes only where no holder is hurt.

mod change;
mod further;
mod publish;
mod shape;
#[cfg(test)]
mod tests;

use crate::audit::{self, Deed};
use crate::once::{Begun, Done};
use crate::paging::{Cursor, page};
use crate::store::Tx;
use crate::store::campaign_draft::{self, DraftRow};
use crate::{Backend, Caller, Error, StoreError, keys};
use domain::shapes::{DraftShape, Page};
use domain::{
    AuditAction, AuditThing, CampaignForm, CampaignId, Denied, DraftId, DraftRefused, DraftState, DraftStep,
    Fen, IdempotencyKey, ListQuery, MOST_REASON, MOST_ROUNDS, OutletId, Permission, Plan, PlanRules, Round,
};
use serde::Serialize;

/// The most drafts that are open at a time.
const MOST_OPEN: i64 = 200;

/// What is done with a draft.
#[derive(Clone, Debug, Serialize)]
pub enum DraftChange {
    /// It is written.
    Save(Box<CampaignForm>),
    /// It is handed to a second person.
    Submit,
    /// It goes back to its maker, with what is to be mended.
    Return(String),
    /// A second person publishes it.
    Publish,
    /// It is given up.
    Drop,
}

impl DraftChange {
    const fn step(&self) -> DraftStep {
        match self {
            DraftChange::Save(_) => DraftStep::Save,
            DraftChange::Submit => DraftStep::Submit,
            DraftChange::Return(_) => DraftStep::Return,
            DraftChange::Publish => DraftStep::Publish,
            DraftChange::Drop => DraftStep::Drop,
        }
    }

    const fn permission(&self) -> Permission {
        match self {
            DraftChange::Return(_) | DraftChange::Publish => Permission::PublishCampaigns,
            DraftChange::Save(_) | DraftChange::Submit | DraftChange::Drop => Permission::BuildCampaigns,
        }
    }

    const fn action(&self) -> AuditAction {
        match self {
            DraftChange::Submit => AuditAction::SubmitCampaign,
            DraftChange::Return(_) => AuditAction::ReturnCampaign,
            DraftChange::Publish => AuditAction::PublishCampaign,
            DraftChange::Save(_) | DraftChange::Drop => AuditAction::SaveCampaign,
        }
    }
}

impl Backend {
    /// The campaigns that are being built, the newest first.
    ///
    /// # Errors
    /// The caller may not see them, or limit or cursor is none.
    pub async fn drafts(&self, caller: &Caller, query: &ListQuery) -> Result<Page<DraftShape>, Error> {
        caller.require(Permission::SeeDrafts)?;
        let cursor = Cursor::newest_first(query)?;
        let mut tx = self.db().read().await?;
        let rows = campaign_draft::open(&mut tx, cursor.before, cursor.limit + 1).await?;
        drop(tx);
        let mut shapes = Vec::with_capacity(rows.len());
        for row in rows {
            let left = self.left_for(&row).await?;
            let mut tx = self.db().read().await?;
            shapes.push(self.draft_shape(&mut tx, &row, caller, left).await?);
        }
        Ok(page(shapes, &cursor, |shape| shape.draft_id.0))
    }

    /// One of them, whatever became of it.
    ///
    /// # Errors
    /// The caller may not see it, or there is none.
    pub async fn draft(&self, caller: &Caller, id: DraftId) -> Result<DraftShape, Error> {
        caller.require(Permission::SeeDrafts)?;
        let (row, left) = self.draft_row(id).await?;
        let mut tx = self.db().read().await?;
        self.draft_shape(&mut tx, &row, caller, left).await
    }

    /// Begins a draft.
    ///
    /// # Errors
    /// The caller may not, a field is too long, or too many are open.
    pub async fn begin_draft(
        &self,
        caller: &Caller,
        form: CampaignForm,
        key: &IdempotencyKey,
    ) -> Result<Done<DraftShape>, Error> {
        caller.require(Permission::BuildCampaigns)?;
        let form = trimmed(form)?;
        let text = serde_json::to_string(&form).map_err(StoreError::corrupt)?;
        let hash = keys::sha256(&format!("begin draft {text}"));
        self.begin(caller, form, (None, None), (key, &hash)).await
    }

    /// What a draft would be with this form: the one of this number, or a new
    /// one. Nothing is written.
    ///
    /// # Errors
    /// The caller may not, there is none, or a field is too long.
    pub async fn reckon_draft(
        &self,
        caller: &Caller,
        id: Option<DraftId>,
        form: CampaignForm,
    ) -> Result<DraftShape, Error> {
        caller.require(Permission::BuildCampaigns)?;
        let text = serde_json::to_string(&trimmed(form)?).map_err(StoreError::corrupt)?;
        let (mut row, left) = match id {
            Some(id) => self.draft_row(id).await?,
            None => (self.new_row(caller, None), None),
        };
        row.form = text;
        let mut tx = self.db().read().await?;
        self.draft_shape(&mut tx, &row, caller, left).await
    }

    /// The row of a draft that is begun, without what it says.
    fn new_row(&self, caller: &Caller, extends: Option<CampaignId>) -> DraftRow {
        let me = caller.account_id.0;
        DraftRow {
            draft_id: 0,
            state: DraftState::Draft.to_string(),
            form: String::new(),
            version: 1,
            reason: String::new(),
            made_by: me,
            changed_by: me,
            changed_at_ms: self.now().ms(),
            submitted_by: None,
            submitted_at_ms: None,
            published_by: None,
            published_at_ms: None,
            campaign_id: None,
            extends: extends.map(|id| id.0),
        }
    }

    /// Begins a draft, of a new campaign or of further rounds of one, whose pot
    /// has so much left for them.
    async fn begin(
        &self,
        caller: &Caller,
        form: CampaignForm,
        (extends, left): (Option<CampaignId>, Option<Fen>),
        (key, hash): (&IdempotencyKey, &str),
    ) -> Result<Done<DraftShape>, Error> {
        let text = serde_json::to_string(&form).map_err(StoreError::corrupt)?;
        let mut tx = match self.begin_once(caller, key, hash).await? {
            Begun::Before(done) => return Ok(done),
            Begun::Now(tx) => tx,
        };
        if campaign_draft::count_open(&mut tx).await? >= MOST_OPEN {
            return Err(Denied::field("drafts", format!("≤ {MOST_OPEN}")).into());
        }
        let mut row = DraftRow { form: text, ..self.new_row(caller, extends) };
        row.draft_id = campaign_draft::add(&mut tx, &row).await?.0;
        let deed = Deed::new(AuditAction::SaveCampaign, AuditThing::Draft, row.draft_id);
        let answer = self.draft_shape(&mut tx, &row, caller, left).await?;
        audit::record(self, &mut tx, caller, deed, (None::<&()>, Some(&form))).await?;
        self.finish_once(tx, caller, key, answer).await
    }

    /// Begins a draft with the terms and rounds of a published campaign; their
    /// days are to be set anew.
    ///
    /// # Errors
    /// The caller may not, there is no such campaign, or too many are open.
    pub async fn copy_campaign(
        &self,
        caller: &Caller,
        id: CampaignId,
        key: &IdempotencyKey,
    ) -> Result<Done<DraftShape>, Error> {
        caller.require(Permission::BuildCampaigns)?;
        let mut form = self.campaign_form(id)?;
        // A campaign grows; a draft takes the latest of its rounds.
        form.rounds.drain(..form.rounds.len().saturating_sub(MOST_ROUNDS));
        self.begin_draft(caller, form, key).await
    }

    /// A published campaign as it would have been typed.
    ///
    /// # Errors
    /// There is no such campaign.
    pub fn campaign_form(&self, id: CampaignId) -> Result<CampaignForm, Denied> {
        let catalogue = self.catalogue();
        let terms = catalogue.campaign(id).ok_or(Denied::NotFound)?;
        let rounds: Vec<Round> = catalogue.rounds_of(id).cloned().collect();
        Ok(CampaignForm::of(terms, &rounds, catalogue.season()))
    }

    /// Takes a step with a draft, in the version that was looked at.
    ///
    /// # Errors
    /// The caller may not, it stands elsewhere or was changed meanwhile, it is
    /// incomplete or over budget, or its maker would publish it.
    pub async fn change_draft(
        &self,
        caller: &Caller,
        id: DraftId,
        (version, change): (i64, DraftChange),
        key: &IdempotencyKey,
    ) -> Result<Done<DraftShape>, Error> {
        caller.require(change.permission())?;
        let change = checked(change)?;
        let text = serde_json::to_string(&change).map_err(StoreError::corrupt)?;
        let hash = keys::sha256(&format!("draft {id} {version} {text}"));
        let (_, left) = self.draft_row(id).await?;
        let mut tx = match self.begin_once(caller, key, &hash).await? {
            Begun::Before(done) => return Ok(done),
            Begun::Now(tx) => tx,
        };
        let mut row = campaign_draft::get(&mut tx, id).await?.ok_or(Denied::NotFound)?;
        let next = row.state()?.after(change.step())?;
        if row.version != version {
            return Err(DraftRefused::ChangedMeanwhile.into());
        }
        let publishes = matches!(change, DraftChange::Publish);
        let before = row.clone();
        row.state = next.to_string();
        if publishes {
            self.publish(&mut tx, &mut row, caller).await?;
        } else {
            self.step(&mut tx, &mut row, &change, (caller, left)).await?;
            let deed = Deed::new(change.action(), AuditThing::Draft, id.0);
            let (old, new) = (told(&before)?, told(&row)?);
            audit::record(self, &mut tx, caller, deed, (Some(&old), Some(&new))).await?;
        }
        row.version += 1;
        let answer = self.draft_shape(&mut tx, &row, caller, left).await?;
        let done = self.finish_once(tx, caller, key, answer).await?;
        if publishes {
            self.reload().await?;
        }
        Ok(done)
    }

    /// A step that makes nothing public.
    async fn step(
        &self,
        tx: &mut Tx,
        row: &mut DraftRow,
        change: &DraftChange,
        (caller, left): (&Caller, Option<Fen>),
    ) -> Result<(), Error> {
        let (me, now) = (caller.account_id.0, self.now().ms());
        match change {
            DraftChange::Save(form) => {
                row.form = serde_json::to_string(form).map_err(StoreError::corrupt)?;
                (row.changed_by, row.changed_at_ms) = (me, now);
            }
            DraftChange::Submit => {
                self.plan(row, left)?.budget()?;
                row.reason = String::new();
                (row.submitted_by, row.submitted_at_ms) = (Some(me), Some(now));
            }
            DraftChange::Return(reason) => {
                row.reason.clone_from(reason);
                (row.submitted_by, row.submitted_at_ms) = (None, None);
            }
            DraftChange::Publish | DraftChange::Drop => (),
        }
        if campaign_draft::write(tx, row).await? {
            Ok(())
        } else {
            Err(DraftRefused::ChangedMeanwhile.into())
        }
    }

    /// What a draft reads as now; of further rounds, with what their pot has
    /// left.
    fn plan(&self, row: &DraftRow, left: Option<Fen>) -> Result<Plan, Error> {
        let form = row.form()?;
        if let Some(id) = row.extends {
            return self.further_plan(&form, CampaignId(id), left.unwrap_or(Fen::ZERO));
        }
        let read = self.with_rules(|rules| form.read(rules));
        Ok(read.map_err(|faults| DraftRefused::Incomplete { faults })?)
    }

    fn with_rules<T>(&self, read: impl FnOnce(&PlanRules<'_>) -> T) -> T {
        let catalogue = self.catalogue();
        let outlets: Vec<OutletId> = catalogue.outlets().iter().map(|outlet| outlet.id).collect();
        read(&PlanRules { season: catalogue.season(), outlets: &outlets, now: self.now() })
    }
}

fn trimmed(form: CampaignForm) -> Result<CampaignForm, Denied> {
    form.trimmed().map_err(|(field, most)| Denied::field(&field, format!("≤ {most}")))
}

/// The change with its texts trimmed and within their limits.
fn checked(change: DraftChange) -> Result<DraftChange, Denied> {
    match change {
        DraftChange::Save(form) => Ok(DraftChange::Save(Box::new(trimmed(*form)?))),
        DraftChange::Return(reason) => {
            let reason = reason.trim();
            if reason.is_empty() || reason.chars().count() > MOST_REASON {
                return Err(Denied::field("reason", format!("1–{MOST_REASON}")));
            }
            Ok(DraftChange::Return(reason.to_owned()))
        }
        other => Ok(other),
    }
}

/// A draft as the audit log tells of it.
fn told(row: &DraftRow) -> Result<serde_json::Value, StoreError> {
    let form: serde_json::Value = serde_json::from_str(&row.form).map_err(StoreError::corrupt)?;
    Ok(serde_json::json!({ "state": row.state, "reason": row.reason, "form": form }))
}
