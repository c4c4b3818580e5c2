//! A paper at the till: its code stands still, so its holder is asked for the
//! last four digits, and wrong ones are counted.

use crate::store::{assisted, voucher};
use crate::wallet::state_now;
use crate::{Backend, Error, StoreError};
use domain::{
    AsksFor, LastFour, MOST_WRONG_DIGITS, PresentToken, RedeemRefused, Timestamp, TokenForm, VoucherState,
};

/// A token that a paper of the voucher shows, and whether its holder may use it.
pub(crate) type Paper = Result<(), RedeemRefused>;

impl Backend {
    /// Looks whether a token is a paper's, and checks the digits then; `None`
    /// for a phone's token, or one that is nothing at all.
    ///
    /// # Errors
    /// The store failed.
    pub(crate) async fn read_paper(
        &self,
        token: &PresentToken,
        digits: Option<&LastFour>,
        now: Timestamp,
    ) -> Result<Option<Paper>, Error> {
        let id = self.keys().voucher_of(token.code);
        let secret = self.keys().voucher_secret(id);
        if token.form == TokenForm::Scanned || secret.proven_step(token, now, None).is_some() {
            return Ok(None);
        }
        let mut tx = self.db().read().await?;
        let Some(row) = assisted::of_voucher(&mut tx, id).await? else { return Ok(None) };
        let Some(print) = secret.proven_print(token, row.prints) else { return Ok(None) };
        let Some(held) = voucher::get(&mut tx, id).await? else { return Ok(None) };
        drop(tx);
        if print < row.prints {
            return Ok(Some(Err(RedeemRefused::PaperReplaced)));
        }
        if state_now(&held, now)? != VoucherState::Issued {
            // The voucher's state says enough, and no digits are at stake.
            return Ok(Some(Ok(())));
        }
        let asks_for: AsksFor = row.asks_for.parse().map_err(StoreError::corrupt)?;
        let Some(digits) = digits else {
            let locked = row.wrong >= MOST_WRONG_DIGITS;
            let required = RedeemRefused::PaperCheckRequired { asks_for };
            return Ok(Some(Err(if locked { RedeemRefused::PaperLocked } else { required })));
        };
        let digits_hash = self.keys().digits_hash(&row.claim_key, digits);
        let mut tx = self.db().write().await?;
        let wrong = assisted::try_digits(&mut tx, row.assisted_id, &digits_hash, MOST_WRONG_DIGITS).await?;
        tx.commit().await?;
        Ok(Some(match wrong {
            Some(_) if digits_hash == row.digits_hash => Ok(()),
            Some(wrong) if wrong < MOST_WRONG_DIGITS => {
                Err(RedeemRefused::PaperCheckWrong { asks_for, tries_left: MOST_WRONG_DIGITS - wrong })
            }
            _ => Err(RedeemRefused::PaperLocked),
        }))
    }
}
