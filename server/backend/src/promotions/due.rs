//! What happens to promotions by itself: they appear at their time, and end
//! after their last day.

use super::{approved, latest};
use crate::store::promotion::{self, LifeRow, PROGRAM};
use crate::store::{Tx, catalogue};
use crate::{Backend, Error};
use domain::{Day, PromotionId, PromotionState, PromotionStep};

/// How many at a time; the rest waits for the next beat.
const AT_ONCE: i64 = 200;

/// Why a promotion did not appear at its time.
const NOT_READY: &str = "到了发布时间，但内容已不符合要求，请修改后重新提交。\
                         Its time came, but it is not as it has to be any more: mend it and hand it in again.";

impl Backend {
    /// Lets appear what is due and ends what is over; how many. Any node may
    /// call it at any time: each does it once.
    ///
    /// # Errors
    /// The store failed.
    pub async fn advance_promotions(&self) -> Result<usize, Error> {
        let today = self.zone().business_day(self.now());
        let mut tx = self.db().read().await?;
        let due = promotion::due(&mut tx, self.now(), today, AT_ONCE).await?;
        drop(tx);
        if due.is_empty() {
            return Ok(0);
        }
        let mut tx = self.db().write().await?;
        let mut count = 0;
        for id in due {
            count += usize::from(self.advance(&mut tx, id).await?);
        }
        if count > 0 {
            catalogue::changed(&mut tx).await?;
        }
        tx.commit().await?;
        if count > 0 {
            self.reload().await?;
        }
        Ok(count)
    }

    /// Whether it had to be done, and no other node did it.
    async fn advance(&self, tx: &mut Tx, id: PromotionId) -> Result<bool, Error> {
        let Some(mut row) = promotion::get(tx, id).await? else { return Ok(false) };
        let (life, mut appears) = (row.life()?, None);
        let step = match life.state {
            PromotionState::Scheduled if row.publish_at_ms.is_some_and(|at| at <= self.now().ms()) => {
                let draft = latest(tx, &row).await?;
                row.publish_at_ms = None;
                appears = self.ready(&row, &draft).ok();
                if appears.is_some() { PromotionStep::Publish } else { PromotionStep::Withdraw }
            }
            PromotionState::Published if self.is_over(tx, &row).await? => PromotionStep::End,
            _ => return Ok(false),
        };
        match step {
            PromotionStep::Publish => {
                row.set_draft(None)?;
                row.published_at_ms = Some(self.now().ms());
            }
            PromotionStep::End => self.end(&mut row)?,
            _ => row.reason = Some(NOT_READY.to_owned()),
        }
        row.set_life(life.after(step)?);
        // First the row: whoever comes second finds another version, and puts nothing.
        if !promotion::write(tx, &mut row).await? {
            return Ok(false);
        }
        promotion::note(tx, &row, step, (PROGRAM, self.now())).await?;
        if let Some(ready) = appears {
            catalogue::put_promotion(tx, &ready.promotion).await?;
        }
        Ok(true)
    }

    /// Whether the last day that was approved has passed.
    async fn is_over(&self, tx: &mut Tx, row: &LifeRow) -> Result<bool, Error> {
        let ends_on = approved(tx, row).await?.and_then(|approved| approved.form.ends_on.parse().ok());
        Ok(ends_on.is_some_and(|day: Day| day < self.zone().business_day(self.now())))
    }
}
