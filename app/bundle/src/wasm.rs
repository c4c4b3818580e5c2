//! Makes a browser module of a wasm build.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use wasm_bindgen_cli_support::{Bindgen, Output};

use crate::site::{self, Site};

/// What this file does with a wasm build. A part of the name, so that a change here renames the
/// output: count up with every change that alters it.
const RECIPE: &[u8] = b"web module 2";

/// Puts `STEM.js` and `STEM_bg.wasm` of the build into the site, and returns the stem, which is
/// `name` with the hash of the build. These are the file names that leptos' `HydrationScripts`
/// makes of an output name; a script that is not told otherwise looks for its wasm beside it. Work
/// whose result is already there is not repeated.
pub(crate) fn bind(site: &mut Site, pkg: &str, name: &str, built: &Path) -> Result<String> {
    let build = fs::read(built).with_context(|| format!("cannot read {}", built.display()))?;
    let stem = site::stem(name, &[RECIPE, &build]);
    let script = format!("{pkg}/{stem}.js");
    let module = format!("{pkg}/{stem}_bg.wasm");
    if site.keep(&script) && site.keep(&module) {
        return Ok(stem);
    }
    site.watch().say(&format!("binding and compressing {name}"));
    let mut output = Bindgen::new()
        .input_bytes(&stem, build)
        .web(true)?
        .typescript(false)
        .omit_default_module_path(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate_output()
        .with_context(|| format!("wasm-bindgen refuses {}", built.display()))?;
    refuse_snippets(&output)?;
    site.put(&script, output.js().as_bytes())?;
    site.put(&module, &output.wasm_mut().emit_wasm())?;
    Ok(stem)
}

/// A crate's own JavaScript would be files of their own, each one more request before a page wakes.
fn refuse_snippets(output: &Output) -> Result<()> {
    let inline = output.snippets().iter().filter(|(_, snippets)| !snippets.is_empty());
    let mut owners = inline.map(|(owner, _)| owner).chain(output.local_modules().keys());
    match owners.next() {
        Some(owner) => bail!("{owner} brings JavaScript of its own (`inline_js` or `module`)"),
        None => Ok(()),
    }
}
