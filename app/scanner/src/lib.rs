//! Reads a QR code from a camera picture; loaded by the till alone, and only where the browser cannot.

use rqrr::PreparedImage;
use wasm_bindgen::prelude::wasm_bindgen;

/// The most pixels of one picture: four megapixels, far above what a till's camera is asked for.
pub const PIXELS_MAX: usize = 4_000_000;

/// The smallest QR code has 21 modules a side, so a smaller picture holds none.
const SIDE_MIN: usize = 21;

/// The text of the first readable QR code in a picture of one brightness byte per pixel, row by row.
///
/// `None` when there is no readable code, and also when `luma` does not hold exactly `width` × `height`
/// bytes or the picture is out of bounds.
#[wasm_bindgen]
#[must_use]
pub fn decode(luma: &[u8], width: u32, height: u32) -> Option<String> {
    let width = usize::try_from(width).ok()?;
    let height = usize::try_from(height).ok()?;
    let pixels = width.checked_mul(height)?;
    if width < SIDE_MIN || height < SIDE_MIN || pixels > PIXELS_MAX || luma.len() != pixels {
        return None;
    }
    let mut picture = PreparedImage::prepare_from_greyscale(width, height, |x, y| luma[y * width + x]);
    picture.detect_grids().iter().find_map(|grid| grid.decode().ok()).map(|(_, text)| text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use qrcode::{Color, QrCode};

    const TEXT: &str = "YH1.7.K3M9QZ4TX2AB";
    const SIDE: u32 = 320;

    /// A square picture of `TEXT`'s code, turned by `degrees` about its centre.
    fn picture(degrees: f64) -> Vec<u8> {
        let code = QrCode::new(TEXT).unwrap();
        let modules = code.to_colors();
        let side = i64::try_from(code.width()).unwrap();
        let (sin, cos) = degrees.to_radians().sin_cos();
        let mut luma = Vec::new();
        for y in 0..SIDE {
            for x in 0..SIDE {
                let (dx, dy) = (f64::from(x) - 160.0, f64::from(y) - 160.0);
                let column = module(dx * cos + dy * sin, side);
                let row = module(dy * cos - dx * sin, side);
                let dark = (0..side).contains(&column)
                    && (0..side).contains(&row)
                    && modules[usize::try_from(row * side + column).unwrap()] == Color::Dark;
                luma.push(if dark { 30 } else { 220 });
            }
        }
        luma
    }

    /// Which module lies `offset` pixels from the centre, at seven pixels a module.
    #[expect(clippy::cast_possible_truncation, reason = "a few hundred pixels")]
    fn module(offset: f64, side: i64) -> i64 {
        (offset / 7.0).floor() as i64 + side / 2
    }

    #[test]
    fn a_straight_code_is_read() {
        assert_eq!(decode(&picture(0.0), SIDE, SIDE).as_deref(), Some(TEXT));
    }

    #[test]
    fn a_turned_code_is_read() {
        for degrees in [12.0, 45.0, 90.0, 180.0, 263.0] {
            assert_eq!(decode(&picture(degrees), SIDE, SIDE).as_deref(), Some(TEXT), "{degrees}°");
        }
    }

    #[test]
    fn a_noisy_code_is_read() {
        let mut luma = picture(8.0);
        let mut noise = 0x2545_F491_u32;
        for pixel in &mut luma {
            noise ^= noise << 13;
            noise ^= noise >> 17;
            noise ^= noise << 5;
            let [shift, ..] = noise.to_le_bytes();
            *pixel = pixel.saturating_add(shift % 48).saturating_sub(24);
        }
        assert_eq!(decode(&luma, SIDE, SIDE).as_deref(), Some(TEXT));
    }

    #[test]
    fn a_picture_without_a_code_gives_nothing() {
        assert_eq!(decode(&[220; 320 * 320], SIDE, SIDE), None);
    }

    #[test]
    fn a_size_that_does_not_match_is_refused() {
        let luma = picture(0.0);
        assert_eq!(decode(&luma, SIDE, SIDE - 1), None);
        assert_eq!(decode(&luma[1..], SIDE, SIDE), None);
        assert_eq!(decode(&[], 0, 0), None);
        assert_eq!(decode(&[0; 400], 20, 20), None);
        assert_eq!(decode(&luma, u32::MAX, u32::MAX), None);
    }

    #[test]
    fn a_picture_over_the_limit_is_refused() {
        let mut luma = picture(0.0);
        luma.resize(320 * 12_501, 220);
        assert_eq!(decode(&luma, SIDE, 12_501), None);
    }
}
