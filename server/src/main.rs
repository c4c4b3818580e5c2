//! The `yuehui` program.

use std::process::ExitCode;

use clap::Parser;
use rust_embed::RustEmbed;
use server::assets::Assets;
use server::cli::{self, Cli};

/// The assets as `cargo start` left them; none when the binary is built by itself.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../target/site"]
#[allow_missing = true]
struct Site;

/// Makes rustc look at the folder again when `cargo start` has changed it.
const _: Option<&str> = option_env!("YUEHUI_SITE_HASH");

fn main() -> ExitCode {
    match Assets::embedded::<Site>() {
        Ok(assets) => cli::run(Cli::parse(), assets),
        Err(error) => {
            eprintln!("yuehui: {error}");
            ExitCode::FAILURE
        }
    }
}
