//! A QR code as one path.

use qrcode::{Color, EcLevel, QrCode};
use std::fmt::Write;

/// Light modules around the code that scanners need (ISO/IEC 18004).
const QUIET: usize = 4;

/// The dark modules of a text's code, a run of them at a time, and the view
/// box with its quiet zone. A text too long for any code gives an empty path.
pub(crate) fn drawing(text: &str) -> (String, String) {
    let Ok(code) = QrCode::with_error_correction_level(text, EcLevel::M) else {
        return (String::new(), "0 0 1 1".to_owned());
    };
    let width = code.width();
    let mut path = String::new();
    for (y, row) in code.to_colors().chunks(width).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|a, b| a == b) {
            if run[0] == Color::Dark {
                let length = run.len();
                // Writing to a string cannot fail.
                let _ = write!(path, "M{} {}h{length}v1h-{length}z", x + QUIET, y + QUIET);
            }
            x += run.len();
        }
    }
    let side = width + 2 * QUIET;
    (path, format!("0 0 {side} {side}"))
}
