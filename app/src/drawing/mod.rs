//! Pictures of tallies, drawn as SVG: within a page they take its colours, as a
//! file of their own they bring some.

mod bars;
mod tiles;

pub(crate) use bars::cube_bars;
pub use bars::cube_picture;
pub(crate) use tiles::{Tile, tiles};

/// A text inside XML.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            c if c.is_control() => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe
}

/// A text of at most so many columns, a Chinese character taking two.
fn shortened(text: &str, columns: usize) -> String {
    let width = |c: char| if c.is_ascii() { 1 } else { 2 };
    if text.chars().map(width).sum::<usize>() <= columns {
        return text.to_owned();
    }
    let mut short = String::new();
    let mut used = 1;
    for c in text.chars() {
        used += width(c);
        if used > columns {
            break;
        }
        short.push(c);
    }
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::{escaped, shortened};

    #[test]
    fn texts_stay_texts_and_fit() {
        assert_eq!(escaped("<a b=\"&\">"), "&lt;a b=&quot;&amp;&quot;&gt;");
        assert_eq!(shortened("岫岩满族自治县", 14), "岫岩满族自治县");
        assert_eq!(shortened("岫岩满族自治县", 9), "岫岩满族…");
        assert_eq!(shortened("Xiuyan Manchu", 7), "Xiuyan…");
    }
}
