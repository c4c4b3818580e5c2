//! The bureau's reviews: merchants and promotions in one queue, whatever waits
//! longest first.

use crate::store::join::{self, Listed, ListedRow};
use crate::store::promotion::{self, LifeRow};
use crate::{Backend, Caller, Error, merchant_reviews, paging};
use domain::shapes::{Page, ReviewItem};
use domain::{Denied, DistrictCode, MerchantState, Permission, ReviewKind, ReviewQuery};
use std::collections::VecDeque;

/// Which page of the queue: after these numbers of commitment and submission.
struct Asked {
    kind: Option<ReviewKind>,
    district: Option<DistrictCode>,
    limit: i64,
    after: (i64, i64),
}

/// What waits, of either kind.
enum Waiting {
    Merchant(ListedRow),
    Promotion(LifeRow),
}

impl Backend {
    /// What waits for the reviewer, the longest waiting first. A district
    /// officer sees what is theirs: the merchants whose first outlet, and the
    /// promotions whose outlets all, lie in their district.
    ///
    /// # Errors
    /// The caller reviews nothing, or not in that district; or a parameter is
    /// none.
    pub async fn reviews(&self, reviewer: &Caller, query: &ReviewQuery) -> Result<Page<ReviewItem>, Error> {
        let asked = self.reviews_asked(reviewer, query)?;
        let mut tx = self.db().read().await?;
        let merchants = match asked.kind {
            Some(ReviewKind::Promotion) => Vec::new(),
            _ => {
                let district = asked.district.map_or(0, DistrictCode::number);
                let states = MerchantState::WAITING.map(MerchantState::code);
                let which = Listed { states, district, after: asked.after.0, limit: asked.limit + 1 };
                join::listed(&mut tx, which).await?
            }
        };
        let promotions = match asked.kind {
            Some(ReviewKind::Merchant) => Vec::new(),
            _ => promotion::waiting(&mut tx, asked.district, (asked.after.1, asked.limit + 1)).await?,
        };
        let (waiting, next_cursor) = first(merchants, promotions, &asked);
        let mut items = Vec::with_capacity(waiting.len());
        for one in waiting {
            items.push(match one {
                Waiting::Merchant(row) => {
                    let shape = self.waiting_merchant(row)?;
                    let (kind, waiting_s) = (ReviewKind::Merchant, shape.waiting_s);
                    ReviewItem { kind, waiting_s, merchant: Some(shape), promotion: None }
                }
                Waiting::Promotion(row) => {
                    let shape = self.waiting_shape(&mut tx, &row).await?;
                    let (kind, waiting_s) = (ReviewKind::Promotion, shape.waiting_s);
                    ReviewItem { kind, waiting_s, merchant: None, promotion: Some(shape) }
                }
            });
        }
        Ok(Page { items, next_cursor })
    }

    /// How many merchants and how many promotions wait so; `limit` and `cursor`
    /// do not matter.
    ///
    /// # Errors
    /// As [`Backend::reviews`].
    pub async fn count_reviews(&self, reviewer: &Caller, query: &ReviewQuery) -> Result<(i64, i64), Error> {
        let asked = self.reviews_asked(reviewer, query)?;
        let mut tx = self.db().read().await?;
        let district = asked.district.map_or(0, DistrictCode::number);
        let states = MerchantState::WAITING.map(MerchantState::code);
        let merchants = join::count_listed(&mut tx, states, district).await?;
        Ok((merchants, promotion::count_waiting(&mut tx, asked.district).await?))
    }

    fn reviews_asked(&self, reviewer: &Caller, query: &ReviewQuery) -> Result<Asked, Denied> {
        reviewer.require(Permission::ReviewPromotions)?;
        let own = merchant_reviews::confined_to(reviewer)?;
        let kind = query.kind.as_deref().map(str::parse).transpose();
        let kind = kind.map_err(|error| Denied::query("kind", error))?;
        let district = query.district.as_deref().map(str::parse::<DistrictCode>).transpose();
        let district = district.map_err(|error| Denied::query("district", error))?;
        if own.is_some() && district.is_some() && own != district {
            return Err(Denied::WrongRole);
        }
        let after = query.cursor.as_deref().map_or(Some((0, 0)), read_cursor);
        Ok(Asked {
            kind,
            district: own.or(district),
            limit: paging::limit(query.limit.as_deref())?,
            after: after.ok_or_else(|| Denied::query("cursor", "next_cursor of the page before"))?,
        })
    }
}

/// Both kinds in one line, by the moment since which each waits, and where the
/// next page starts. Either is in the order of its numbers already.
fn first(
    merchants: Vec<ListedRow>,
    promotions: Vec<LifeRow>,
    asked: &Asked,
) -> (Vec<Waiting>, Option<String>) {
    let (mut merchants, mut promotions) = (VecDeque::from(merchants), VecDeque::from(promotions));
    let ((mut commitment, mut submission), mut line) = (asked.after, Vec::new());
    for _ in 0..asked.limit {
        let merchant_since = merchants.front().map(|row| row.signed_at_ms);
        let promotion_since = promotions.front().map(|row| row.submitted_at_ms.unwrap_or_default());
        let merchant_first =
            merchant_since.is_some_and(|since| promotion_since.is_none_or(|other| since <= other));
        if merchant_first {
            let Some(row) = merchants.pop_front() else { break };
            commitment = row.commitment_id;
            line.push(Waiting::Merchant(row));
        } else {
            let Some(row) = promotions.pop_front() else { break };
            submission = row.submission.unwrap_or_default();
            line.push(Waiting::Promotion(row));
        }
    }
    let more = !(merchants.is_empty() && promotions.is_empty());
    (line, more.then(|| format!("r{commitment}-{submission}")))
}

fn read_cursor(text: &str) -> Option<(i64, i64)> {
    let (commitment, submission) = text.strip_prefix('r')?.split_once('-')?;
    let number = |text: &str| text.parse::<i64>().ok().filter(|number| *number >= 0);
    number(commitment).zip(number(submission))
}
