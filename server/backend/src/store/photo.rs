//! Photos: three pictures each, under the hash of all three.

use crate::store::{StoreError, Tx, changed, on};
use domain::{MerchantId, PhotoId, PhotoSize, Timestamp};

/// A picture.
pub(crate) async fn get(tx: &mut Tx, id: &PhotoId, size: PhotoSize) -> Result<Option<Vec<u8>>, StoreError> {
    let row: Option<(Vec<u8>,)> = on!(tx, conn => sqlx::query_as(
        "select picture from photo where photo_id = $1 and size = $2")
        .bind(id.as_str()).bind(size.code()).fetch_optional(conn))?;
    Ok(row.map(|(picture,)| picture))
}

/// Keeps a photo, and who brought it; what is there already stays.
pub(crate) async fn put(
    tx: &mut Tx,
    id: &PhotoId,
    pictures: &[(PhotoSize, Vec<u8>)],
    (merchant, now): (MerchantId, Timestamp),
) -> Result<(), StoreError> {
    for (size, picture) in pictures {
        changed!(
            tx,
            sqlx::query(
                "insert into photo (photo_id, size, picture) values ($1, $2, $3)
                 on conflict (photo_id, size) do nothing"
            )
            .bind(id.as_str())
            .bind(size.code())
            .bind(picture)
        )?;
    }
    changed!(
        tx,
        sqlx::query(
            "insert into photo_upload (merchant_id, photo_id, uploaded_at_ms) values ($1, $2, $3)
             on conflict (merchant_id, photo_id) do nothing"
        )
        .bind(merchant.0)
        .bind(id.as_str())
        .bind(now.ms())
    )?;
    Ok(())
}

/// How many photos a merchant brought since a moment.
pub(crate) async fn count_since(
    tx: &mut Tx,
    merchant: MerchantId,
    since: Timestamp,
) -> Result<i64, StoreError> {
    let (count,): (i64,) = on!(tx, conn => sqlx::query_as(
        "select count(*) from photo_upload where merchant_id = $1 and uploaded_at_ms > $2")
        .bind(merchant.0).bind(since.ms()).fetch_one(conn))?;
    Ok(count)
}
