//! Photos of promotions: who may bring one, and what anybody is shown.

use super::pictures::{Developed, develop};
use super::{latest, own, poster};
use crate::store::promotion::LifeRow;
use crate::store::{Tx, photo};
use crate::{Backend, Caller, Error};
use domain::shapes::OwnPromotion;
use domain::{
    Denied, MOST_PHOTOS, MerchantId, PhotoId, PhotoSize, PromotionDraft, PromotionId, PromotionRefused,
    PromotionStep,
};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// How many photos a node develops side by side: each takes a processor and up
/// to some hundred megabytes.
const AT_ONCE: usize = 2;
/// The most photos that a merchant may bring within a day.
const MOST_A_DAY: i64 = 300;
const DAY_MS: i64 = 24 * 3_600_000;
const HOUR_S: i64 = 3_600;

/// Where photos are developed, a few at a time.
#[derive(Clone, Debug)]
pub(crate) struct Darkroom(Arc<Semaphore>);

impl Default for Darkroom {
    fn default() -> Darkroom {
        Darkroom(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

impl Darkroom {
    async fn develop(&self, file: Vec<u8>) -> Result<Developed, PromotionRefused> {
        let turn = self.0.clone().acquire_owned().await.map_err(|_| PromotionRefused::BrokenPhoto)?;
        let work = tokio::task::spawn_blocking(move || {
            let developed = develop(&file);
            drop(turn);
            developed
        });
        // A file over which the decoder stumbles is broken too.
        work.await.unwrap_or(Err(PromotionRefused::BrokenPhoto))
    }
}

impl Backend {
    /// Tells early whether a photo may be added to a promotion of the caller's
    /// merchant: before its file is read.
    ///
    /// # Errors
    /// The caller may not, it is not their merchant's, it cannot be written
    /// now, or there are as many photos as there may be.
    pub async fn may_add_photo(&self, caller: &Caller, id: PromotionId) -> Result<(), Error> {
        let merchant = poster(caller)?;
        let mut tx = self.db().read().await?;
        let row = own(&mut tx, merchant, id).await?;
        row.life()?.after(PromotionStep::Save)?;
        has_room(&latest(&mut tx, &row).await?)?;
        let since = self.now().plus_ms(-DAY_MS);
        if photo::count_since(&mut tx, merchant, since).await? >= MOST_A_DAY {
            return Err(Denied::TooOften { retry_after_s: HOUR_S }.into());
        }
        Ok(())
    }

    /// Adds a photo to a promotion; a published one gets a revision. The same
    /// file a second time changes nothing.
    ///
    /// # Errors
    /// As [`Backend::may_add_photo`] says, or the file is no photo that can be
    /// taken.
    pub async fn add_photo(
        &self,
        caller: &Caller,
        id: PromotionId,
        file: Vec<u8>,
    ) -> Result<OwnPromotion, Error> {
        let merchant = poster(caller)?;
        self.may_add_photo(caller, id).await?;
        let Developed { id: name, pictures } = self.darkroom().develop(file).await?;
        let mut tx = self.db().write().await?;
        let (mut row, mut draft) = self.open_draft(&mut tx, merchant, id).await?;
        if !draft.photos.contains(&name) {
            has_room(&draft)?;
            photo::put(&mut tx, &name, &pictures, (merchant, self.now())).await?;
            draft.photos.push(name);
            self.keep_draft(&mut tx, &mut row, &draft, caller).await?;
        }
        let shape = self.own_shape(&row, &draft)?;
        tx.commit().await?;
        Ok(shape)
    }

    /// Takes a photo out of a promotion; where it is not there, nothing
    /// changes.
    ///
    /// # Errors
    /// The caller may not, it is not their merchant's, or it cannot be written
    /// now.
    pub async fn remove_photo(
        &self,
        caller: &Caller,
        id: PromotionId,
        name: &PhotoId,
    ) -> Result<OwnPromotion, Error> {
        let merchant = poster(caller)?;
        let mut tx = self.db().write().await?;
        let (mut row, mut draft) = self.open_draft(&mut tx, merchant, id).await?;
        if draft.photos.contains(name) {
            draft.photos.retain(|photo| photo != name);
            self.keep_draft(&mut tx, &mut row, &draft, caller).await?;
        }
        let shape = self.own_shape(&row, &draft)?;
        tx.commit().await?;
        Ok(shape)
    }

    /// A picture of a photo, as JPEG.
    ///
    /// # Errors
    /// There is none, or the store failed.
    pub async fn photo(&self, id: &PhotoId, size: PhotoSize) -> Result<Vec<u8>, Error> {
        let mut tx = self.db().read().await?;
        photo::get(&mut tx, id, size).await?.ok_or_else(|| Denied::NotFound.into())
    }

    /// A promotion that may be written, with what is written in it.
    async fn open_draft(
        &self,
        tx: &mut Tx,
        merchant: MerchantId,
        id: PromotionId,
    ) -> Result<(LifeRow, PromotionDraft), Error> {
        let mut row = own(tx, merchant, id).await?;
        let draft = latest(tx, &row).await?;
        let next = row.life()?.after(PromotionStep::Save)?;
        row.set_life(next);
        Ok((row, draft))
    }

    async fn keep_draft(
        &self,
        tx: &mut Tx,
        row: &mut LifeRow,
        draft: &PromotionDraft,
        caller: &Caller,
    ) -> Result<(), Error> {
        row.set_draft(Some(draft))?;
        self.write_step(tx, row, PromotionStep::Save, caller.account_id).await
    }
}

fn has_room(draft: &PromotionDraft) -> Result<(), PromotionRefused> {
    if draft.photos.len() >= MOST_PHOTOS {
        let limit = i64::try_from(MOST_PHOTOS).unwrap_or(i64::MAX);
        return Err(PromotionRefused::TooManyPhotos { limit });
    }
    Ok(())
}
