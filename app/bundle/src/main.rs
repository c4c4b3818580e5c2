//! The program behind `cargo start`: turns the app into hashed, compressed assets, builds the
//! server's binary around them and runs it.
//!
//! It needs nothing but rustup and the crates registry, and it works from any folder of the project.
//! `--build-only` stops before running; every other argument goes to `yuehui serve`.

mod cargo;
mod project;
mod site;
mod style;
mod wasm;
mod watch;

use std::convert::Infallible;
use std::ffi::OsString;
use std::fs::File;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

use crate::cargo::Cargo;
use crate::project::Project;
use crate::site::{Names, Site};
use crate::watch::Watch;

/// The till's service worker: at the root of the site, because it serves a page.
const TILL_WORKER: &str = "till-worker.js";

fn main() -> ExitCode {
    match start() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cargo start: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn start() -> Result<()> {
    let mut arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    let build_only = arguments.iter().any(|argument| argument == "--build-only");
    arguments.retain(|argument| argument != "--build-only");

    let project = Project::find()?;
    build(&project)?;
    if !build_only {
        run(&project, &arguments)?;
    }
    Ok(())
}

/// Builds the assets and the binary that holds them.
fn build(project: &Project) -> Result<()> {
    let watch = Watch::start();
    let _turn = take_turn(project, watch)?;
    let cargo = Cargo::new(project, watch);
    cargo.add_wasm_target()?;

    watch.say("building the page and the server side by side; the first time takes minutes");
    let server = cargo.start("server", &["--release", "-p", &project.server, "--lib"], &[])?;
    let (site, hash) = match assets(project, &cargo, watch) {
        Ok(finished) => finished,
        Err(error) => {
            server.stop();
            return Err(error);
        }
    };
    server.finish()?;

    watch.say("building the server around its assets");
    let binary = ["--release", "-p", &project.server, "--bin", &project.name];
    cargo.start("server", &binary, &[("YUEHUI_SITE_HASH", &hash)])?.finish()?;
    watch.say(&format!("built {}", project.binary().display()));
    eprint!("{}", site.report()?);
    Ok(())
}

/// Waits until no other `cargo start` builds the same folder.
fn take_turn(project: &Project, watch: Watch) -> Result<File> {
    let path = project.target().join("bundle.lock");
    std::fs::create_dir_all(project.target())?;
    let lock = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
    if lock.try_lock().is_err() {
        watch.say("waiting for another cargo start");
        lock.lock()?;
    }
    Ok(lock)
}

/// Builds every asset; returns the site and the hash of all its files.
fn assets(project: &Project, cargo: &Cargo<'_>, watch: Watch) -> Result<(Site, String)> {
    let mut site = Site::open(project.site_root(), watch)?;
    let pkg = &project.pkg;

    let page = cargo.build_wasm("page", &project.page, &project.page_features)?;
    let output_name = wasm::bind(&mut site, pkg, &project.output_name, &page)?;
    let scanner = cargo.build_wasm("scanner", "scanner", &[])?;
    let scanner = wasm::bind(&mut site, pkg, "scanner", &scanner)?;

    let judge = cargo.build_wasm("offline", "offline", &[])?;
    let judge = wasm::bind(&mut site, pkg, "offline", &judge)?;
    let offline = project.root.join("app/offline");
    let till_name = script(&mut site, project, "till", "app/offline/till.js")?;
    let reckon_name = script(&mut site, project, "reckon", "app/src/pages/organizer/reckon.js")?;
    let picture_name = script(&mut site, project, "picture", "app/src/drawing/picture.js")?;
    site.put(
        TILL_WORKER,
        &std::fs::read(offline.join("till-worker.js")).context("app/offline/till-worker.js")?,
    )?;

    let css = style::sheet(&project.root.join("style"))?;
    let css_name = format!("{}.css", site::stem(&project.output_name, &[css.as_bytes()]));
    site.put(&format!("{pkg}/{css_name}"), css.as_bytes())?;
    site.copy_all(&project.root.join("style/static"))?;

    let names = Names {
        css: format!("/{pkg}/{css_name}"),
        scanner: format!("/{pkg}/{scanner}.js"),
        till: format!("/{till_name}"),
        judge: format!("/{pkg}/{judge}.js"),
        picture: format!("/{picture_name}"),
        reckon: format!("/{reckon_name}"),
        output_name,
    };
    let hash = site.finish(&names)?;
    Ok((site, hash))
}

/// Puts a script that is taken as it is written; its name on the site.
fn script(site: &mut Site, project: &Project, name: &str, path: &'static str) -> Result<String> {
    let content = std::fs::read(project.root.join(path)).context(path)?;
    let put = format!("{}/{}.js", project.pkg, site::stem(name, &[&content]));
    site.put(&put, &content)?;
    Ok(put)
}

/// Becomes the server, in the folder the caller stands in.
fn run(project: &Project, arguments: &[OsString]) -> Result<Infallible> {
    let binary = project.binary();
    let mut server = Command::new(&binary);
    cargo::clean_environment(&mut server);
    let error = server.arg("serve").args(arguments).exec();
    Err(error).with_context(|| format!("cannot run {}", binary.display()))
}
