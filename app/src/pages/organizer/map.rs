//! The districts as an even grid of tiles, coloured by a rate.

use crate::drawing::{Tile, tiles};
use crate::figures::{percent, row_name, times};
use domain::shapes::{DistrictShape, DistrictStats, StatsRow};
use domain::{Lang, MapRate};
use leptos::prelude::*;

/// The map with its heading; nothing where the season places no district.
pub(super) fn district_map(
    lang: Lang,
    districts: &[DistrictShape],
    tally: &DistrictStats,
    rate: MapRate,
) -> impl IntoView + use<> {
    let tiled = tiled(lang, districts, tally, rate);
    (!tiled.is_empty()).then(|| {
        view! {
            <section class="stats-map" aria-labelledby="map">
                <h2 id="map">{lang.pick("区县示意图：", "Districts: ")}{rate.word(lang)}</h2>
                {map(lang, &tiled, rate)}
                <p class="quiet">{lang.pick("每格一个区县，只表相对方位，不画边界；数值见上表。", "A tile for each district shows where it lies among the others, without borders; the figures are in the table above.")}</p>
            </section>
        }
    })
}

/// The picture alone.
pub(super) fn map(lang: Lang, tiled: &[Tile], rate: MapRate) -> impl IntoView + use<> {
    let title = lang.pick(format!("各区县{}", rate.word(lang)), format!("{} by district", rate.word(lang)));
    let told: Vec<String> = tiled.iter().map(|tile| format!("{} {}", tile.name, tile.written)).collect();
    let told = told.join(lang.pick("，", ", "));
    tiles(title, told, tiled, writer(rate), lang.pick("尚无数据", "nothing yet"))
}

/// The tiles of those districts that the reader sees.
pub(super) fn tiled(
    lang: Lang,
    districts: &[DistrictShape],
    tally: &DistrictStats,
    rate: MapRate,
) -> Vec<Tile> {
    let tile = |district: &DistrictShape| {
        let row = tally.items.iter().find(|row| row.district == Some(district.code))?;
        let of_row = value(row, rate);
        Some(Tile {
            at: district.tile_column.zip(district.tile_row)?,
            name: lang.of(&district.name, &district.name_en).to_owned(),
            rate: of_row,
            written: writer(rate)(of_row),
            row: row_name(row),
        })
    };
    districts.iter().filter_map(tile).collect()
}

fn value(row: &StatsRow, rate: MapRate) -> Option<f64> {
    match rate {
        MapRate::Claim => row.claim_rate,
        MapRate::Redemption => row.redemption_rate,
        MapRate::Budget => row.budget_rate,
        MapRate::Leverage => row.leverage,
    }
}

fn writer(rate: MapRate) -> fn(Option<f64>) -> String {
    if rate == MapRate::Leverage { times } else { percent }
}
