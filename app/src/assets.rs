//! Where the pages find their script, their style and the scanner.

use serde::{Deserialize, Serialize};

/// The names under which the build put the assets; each carries a hash of what it names, so that a browser
/// may keep the file for good.
///
/// The server provides this value as context to every page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssetNames {
    /// The stem of the page's script and wasm, as `LeptosOptions::output_name` takes it: `yuehui.0123456789abcdef`.
    pub output_name: String,
    /// The path of the style sheet: `/pkg/yuehui.0123456789abcdef.css`.
    pub css: String,
    /// The path of the QR scanner's script, which finds its wasm by itself: `/pkg/scanner.0123456789abcdef.js`.
    pub scanner: String,
    /// The path of the script of tills without a network: `/pkg/till.0123456789abcdef.js`.
    pub till: String,
    /// The path of the script that tests vouchers there, which finds its wasm by itself.
    pub judge: String,
    /// The path of the script that saves charts as PNG.
    pub picture: String,
    /// The path of the script that keeps a campaign's budget beside its form.
    pub reckon: String,
}

impl Default for AssetNames {
    /// Names of a program built without its assets, as the tests build it: the pages still render.
    fn default() -> Self {
        Self {
            output_name: "yuehui".into(),
            css: "/pkg/yuehui.css".into(),
            scanner: "/pkg/scanner.js".into(),
            till: "/pkg/till.js".into(),
            judge: "/pkg/offline.js".into(),
            picture: "/pkg/picture.js".into(),
            reckon: "/pkg/reckon.js".into(),
        }
    }
}
