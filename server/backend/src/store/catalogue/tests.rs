use super::*;
use crate::catalogue::Catalogue;
use crate::seeds::SeedSet;
use crate::store::Db;
use domain::{RoundQuery, Timestamp};

async fn fresh(name: &str) -> (Db, std::path::PathBuf) {
    let folder = std::env::temp_dir().join(format!("yuehui-catalogue-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let url = format!("sqlite://{}", folder.join("yuehui.db").display());
    (Db::open(&url).await.unwrap(), folder)
}

async fn loaded(db: &Db) -> Option<Catalogue> {
    load(&mut db.read().await.unwrap()).await.unwrap()
}

#[tokio::test]
async fn a_season_reads_back_as_it_was_written() {
    let (db, folder) = fresh("season").await;
    assert!(loaded(&db).await.is_none());
    let seeds = SeedSet::anshan_2021().unwrap();
    let mut tx = db.write().await.unwrap();
    insert(&mut tx, &seeds).await.unwrap();
    tx.commit().await.unwrap();

    let city = loaded(&db).await.unwrap();
    assert_eq!(*city.season(), seeds.season);
    for seed in &seeds.merchants {
        assert_eq!(city.merchant(seed.merchant.id), Some(&seed.merchant));
    }
    for outlet in &seeds.outlets {
        assert_eq!(city.outlet(outlet.id), Some(outlet));
    }
    for offer in &seeds.promotions {
        assert_eq!(city.promotion(offer.id), Some(offer));
    }
    for round in &seeds.rounds {
        assert_eq!(city.round(round.id), Some(round));
    }
    assert_eq!(city.campaigns(), seeds.campaigns);
    assert_eq!(city.news_shapes().len(), seeds.news.len());
    let all = RoundQuery { limit: Some("100".to_owned()), ..RoundQuery::default() };
    assert_eq!(city.round_page(&all, Timestamp::from_ms(0)).unwrap().items.len(), seeds.rounds.len());
    db.close().await;
    std::fs::remove_dir_all(folder).unwrap();
}
