//! A cut through the cube as bars: a row for each value of the first dimension,
//! its parts by the second.

use super::{escaped, shortened};
use crate::figures::{count, yuan};
use domain::shapes::{CubeKey, CubeShape};
use domain::{Fen, Lang, Measure};
use std::collections::BTreeMap;
use std::fmt::Write as _;

const WIDTH: i64 = 960;
const LEFT: i64 = 210;
const RIGHT: i64 = 130;
const TOP: i64 = 16;
const ROW: i64 = 28;
const BAR: i64 = 18;
/// The legend's entries in a line, and how high a line is.
const IN_LINE: i64 = 4;
const LINE: i64 = 24;
/// Parts that have a colour of their own; the rest share one.
const COLOURS: usize = 8;
/// Rows that are drawn; the table has all.
const MOST_ROWS: usize = 120;

/// What a picture that stands alone is coloured by; the same as the pages' light theme.
const STYLE: &str = "<style>text{font-family:'PingFang SC','Noto Sans SC','Noto Sans CJK SC','Microsoft YaHei',sans-serif;\
    font-size:13px;fill:#241a16}.soft{fill:#65544a}.ground{fill:#fff}.part{stroke:#fff}\
    .c0{fill:#b3261b}.c1{fill:#17654a}.c2{fill:#b98012}.c3{fill:#4b2f7d}.c4{fill:#1b6f9c}.c5{fill:#8a4b2a}\
    .c6{fill:#5d7a1e}.c7{fill:#a03a78}.c8{fill:#7d736c}</style>";

/// One row: its name, its parts by the number of their colour, and their sum.
struct Row<'a> {
    key: &'a CubeKey,
    parts: Vec<Part>,
    sum: i64,
}

struct Part {
    name: String,
    colour: usize,
    figure: i64,
}

struct Bars<'a> {
    lang: Lang,
    measure: Measure,
    rows: Vec<Row<'a>>,
    /// The names of the second dimension's values that have a colour.
    legend: Vec<String>,
}

/// The picture for a page.
#[must_use]
pub(crate) fn cube_bars(lang: Lang, cube: &CubeShape, measure: Measure) -> String {
    Bars::of(lang, cube, measure).draw(cube, "")
}

/// The picture as a file.
#[must_use]
pub fn cube_picture(lang: Lang, cube: &CubeShape, measure: Measure) -> String {
    Bars::of(lang, cube, measure).draw(cube, STYLE)
}

fn name(lang: Lang, key: &CubeKey) -> String {
    lang.of(&key.name, &key.name_en).to_owned()
}

/// The keys of a place in the items, the greatest figures first.
fn by_weight(cube: &CubeShape, measure: Measure) -> Vec<&CubeKey> {
    let mut sums: BTreeMap<&str, (i64, &CubeKey)> = BTreeMap::new();
    for item in &cube.items {
        if let Some(key) = item.keys.get(1) {
            sums.entry(&key.code).or_insert((0, key)).0 += item.sums.figure(measure);
        }
    }
    let mut keys: Vec<_> = sums.into_values().filter(|(sum, _)| *sum > 0).collect();
    keys.sort_by_key(|(sum, _)| std::cmp::Reverse(*sum));
    keys.into_iter().map(|(_, key)| key).collect()
}

impl<'a> Bars<'a> {
    fn of(lang: Lang, cube: &'a CubeShape, measure: Measure) -> Bars<'a> {
        let heaviest = by_weight(cube, measure);
        let colour = |key: Option<&CubeKey>| {
            let place = key.and_then(|key| heaviest.iter().position(|known| known.code == key.code));
            place.unwrap_or(0).min(COLOURS)
        };
        let mut rows: Vec<Row<'a>> = Vec::new();
        for item in &cube.items {
            let (Some(key), figure) = (item.keys.first(), item.sums.figure(measure)) else { continue };
            if rows.last().is_none_or(|row| row.key.code != key.code) {
                if rows.len() == MOST_ROWS {
                    break;
                }
                rows.push(Row { key, parts: Vec::new(), sum: 0 });
            }
            let Some(row) = rows.last_mut() else { continue };
            row.sum += figure;
            if figure > 0 {
                let part = item.keys.get(1);
                let name = part.map(|key| name(lang, key)).unwrap_or_default();
                row.parts.push(Part { name, colour: colour(part), figure });
            }
        }
        let mut legend: Vec<String> = heaviest.iter().take(COLOURS).map(|key| name(lang, key)).collect();
        if heaviest.len() > COLOURS {
            legend.push(lang.pick("其他", "Others").to_owned());
        }
        Bars { lang, measure, rows, legend }
    }

    fn write(&self, figure: i64) -> String {
        if self.measure.is_money() {
            Fen::try_from(figure).map(yuan).unwrap_or_default()
        } else {
            count(figure)
        }
    }

    fn draw(&self, cube: &CubeShape, style: &str) -> String {
        let lines = (i64::try_from(self.legend.len()).unwrap_or(0) + IN_LINE - 1) / IN_LINE;
        let top = TOP + lines * LINE;
        let height = top + i64::try_from(self.rows.len()).unwrap_or(0) * ROW + TOP;
        let title = self.measure.word(self.lang);
        let by: Vec<&str> = cube.by.iter().map(|by| by.word(self.lang)).collect();
        let by = by.join(self.lang.pick(" × ", " by "));
        let all = self.write(cube.total.figure(self.measure));
        let told = self.lang.pick(
            format!("按{by}，{} 至 {}，合计 {all}。", cube.from, cube.to),
            format!("By {by}, {} to {}: {all} in all.", cube.from, cube.to),
        );
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"cube-chart\" viewBox=\"0 0 {WIDTH} {height}\" \
             width=\"{WIDTH}\" height=\"{height}\" role=\"img\" aria-labelledby=\"cube-title cube-told\">\
             <title id=\"cube-title\">{}</title><desc id=\"cube-told\">{}</desc>{style}\
             <rect class=\"ground\" width=\"{WIDTH}\" height=\"{height}\"/>",
            escaped(title),
            escaped(&told)
        );
        self.draw_legend(&mut svg);
        let most = self.rows.iter().map(|row| row.sum).max().unwrap_or(0).max(1);
        for (place, row) in (0..).zip(&self.rows) {
            self.draw_row(&mut svg, row, top + place * ROW, most);
        }
        svg.push_str("</svg>");
        svg
    }

    fn draw_legend(&self, svg: &mut String) {
        let step = (WIDTH - 2 * TOP) / IN_LINE;
        for (place, (colour, name)) in (0..).zip(self.legend.iter().enumerate()) {
            let (x, y) = (TOP + place % IN_LINE * step, TOP + place / IN_LINE * LINE);
            // Writing to a string cannot fail.
            let _ = write!(
                svg,
                "<rect class=\"part c{colour}\" x=\"{x}\" y=\"{y}\" width=\"14\" height=\"14\"/>\
                 <text x=\"{}\" y=\"{}\">{}</text>",
                x + 20,
                y + 12,
                escaped(&shortened(name, 26))
            );
        }
    }

    fn draw_row(&self, svg: &mut String, row: &Row<'_>, y: i64, most: i64) {
        let room = WIDTH - LEFT - RIGHT;
        let reach = |figure: i64| {
            i64::try_from(i128::from(figure) * i128::from(room) / i128::from(most)).unwrap_or(0)
        };
        let label = name(self.lang, row.key);
        let base = y + BAR - 4;
        let _ = write!(
            svg,
            "<text x=\"{}\" y=\"{base}\" text-anchor=\"end\">{}</text>",
            LEFT - 10,
            escaped(&shortened(&label, 28))
        );
        let mut before = 0;
        for part in &row.parts {
            let (start, end) = (reach(before), reach(before + part.figure));
            before += part.figure;
            let said = [label.as_str(), &part.name, &self.write(part.figure)];
            let said: Vec<&str> = said.into_iter().filter(|text| !text.is_empty()).collect();
            let _ = write!(
                svg,
                "<rect class=\"part c{}\" x=\"{}\" y=\"{y}\" width=\"{}\" height=\"{BAR}\">\
                 <title>{}</title></rect>",
                part.colour,
                LEFT + start,
                (end - start).max(1),
                escaped(&said.join(" · "))
            );
        }
        let _ = write!(
            svg,
            "<text class=\"soft\" x=\"{}\" y=\"{base}\">{}</text>",
            LEFT + reach(before) + 8,
            self.write(row.sum)
        );
    }
}
