//! The map of districts: an even grid of tiles, without borders.

use leptos::prelude::*;

const TILE: i64 = 120;
const GAP: i64 = 8;
/// Shades, the palest first.
const SHADES: usize = 5;

/// One district.
#[derive(Clone, Debug)]
pub(crate) struct Tile {
    /// Column and row.
    pub(crate) at: (i64, i64),
    pub(crate) name: String,
    /// The rate; none where there is nothing to divide by.
    pub(crate) rate: Option<f64>,
    /// The rate as people read it.
    pub(crate) written: String,
    /// Its row in the tables: `data-district`.
    pub(crate) row: String,
}

/// The picture and its legend. `write` writes a rate; `column` is what a live
/// page keeps current.
pub(crate) fn tiles(
    title: String,
    told: String,
    tiles: &[Tile],
    write: fn(Option<f64>) -> String,
    unknown: &'static str,
) -> impl IntoView + use<> {
    let most = tiles.iter().filter_map(|tile| tile.rate).fold(0.0_f64, f64::max);
    let edge = |n: i64| n * TILE + (n - 1).max(0) * GAP;
    let size = |end: fn(&Tile) -> i64| edge(tiles.iter().map(end).max().unwrap_or(0) + 1);
    let (width, height) = (size(|tile| tile.at.0), size(|tile| tile.at.1));
    let drawn = tiles.iter().map(|tile| one(tile, most)).collect_view();
    let legend = (0..SHADES).map(|shade| {
        let (from, to) = (write(Some(bound(most, shade))), write(Some(bound(most, shade + 1))));
        view! { <li><span class=format!("shade shade-{shade}") aria-hidden="true"></span>{format!("{from} – {to}")}</li> }
    });
    let legend = (most > 0.0).then(|| legend.collect_view());
    let without = tiles.iter().any(|tile| tile.rate.is_none()).then(|| {
        view! { <li><span class="shade shade-none" aria-hidden="true"></span>{unknown}</li> }
    });
    view! {
        <figure class="tile-map">
            <svg viewBox=format!("0 0 {width} {height}") role="img" aria-labelledby="map-title map-told">
                <title id="map-title">{title}</title>
                <desc id="map-told">{told}</desc>
                {drawn}
            </svg>
            <figcaption><ul class="legend">{legend}{without}</ul></figcaption>
        </figure>
    }
}

#[expect(clippy::cast_precision_loss, reason = "a handful of shades")]
fn bound(most: f64, shade: usize) -> f64 {
    most * shade as f64 / SHADES as f64
}

/// The shade of a rate among those up to `most`.
fn shade(rate: f64, most: f64) -> usize {
    (0..SHADES).rev().find(|shade| rate >= bound(most, *shade)).unwrap_or(0)
}

fn one(tile: &Tile, most: f64) -> impl IntoView + use<> {
    let class = tile
        .rate
        .map_or_else(|| "tile shade-none".to_owned(), |rate| format!("tile shade-{}", shade(rate, most)));
    let (x, y) = (tile.at.0 * (TILE + GAP), tile.at.1 * (TILE + GAP));
    let middle = x + TILE / 2;
    // A long name takes two lines.
    let letters: Vec<char> = tile.name.chars().collect();
    let line = if tile.name.is_ascii() { 14 } else { 7 };
    let lines: Vec<String> = letters.chunks(line).take(2).map(|line| line.iter().collect()).collect();
    let names = (0..).zip(lines).map(|(n, line)| {
        view! { <text class="tile-name" x=middle y=y + 34 + n * 18 text-anchor="middle">{line}</text> }
    });
    let names = names.collect_view();
    view! {
        <g class=class data-district=tile.row.clone()>
            <rect x=x y=y width=TILE height=TILE rx="10"/>
            {names}
            <text class="tile-rate" x=middle y=y + 92 text-anchor="middle">{tile.written.clone()}</text>
        </g>
    }
}

#[cfg(test)]
mod tests {
    use super::{SHADES, shade};

    #[test]
    fn the_highest_rate_is_the_darkest_and_nothing_the_palest() {
        assert_eq!([0.0, 0.19, 0.2, 0.99, 1.0].map(|rate| shade(rate, 1.0)), [0, 0, 1, 4, 4]);
        assert_eq!(shade(0.0, 0.0), SHADES - 1);
    }
}
