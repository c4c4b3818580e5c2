//! The inner builds: cargo, started as if from a shell.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;

use anyhow::{Context, Result, bail};

use crate::project::Project;
use crate::watch::Watch;

const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// What `cargo run` adds to our environment, and what would change names that leptos compiles in.
/// Build scripts watch some of it, so passing it on would rebuild their crates at every turn.
const FOREIGN: [&str; 6] =
    ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_", "CARGO_PRIMARY_", "LEPTOS_"];

/// Takes out of `command`'s environment what belongs to this program's own build.
pub(crate) fn clean_environment(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(is_foreign) {
            command.env_remove(name);
        }
    }
}

fn is_foreign(name: &str) -> bool {
    name == "OUT_DIR" || FOREIGN.iter().any(|prefix| name.starts_with(prefix))
}

/// Starts builds of one project.
pub(crate) struct Cargo<'a> {
    project: &'a Project,
    watch: Watch,
    program: OsString,
}

impl<'a> Cargo<'a> {
    pub(crate) fn new(project: &'a Project, watch: Watch) -> Self {
        let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        Self { project, watch, program }
    }

    /// Adds the wasm target to the project's toolchain when it is missing.
    pub(crate) fn add_wasm_target(&self) -> Result<()> {
        let mut ask = self.tool("rustc".as_ref());
        ask.args(["--print", "target-libdir", "--target", WASM_TARGET]);
        let answer = ask.output().context("cannot run rustc")?;
        let folder = String::from_utf8_lossy(&answer.stdout);
        if answer.status.success() && Path::new(folder.trim()).is_dir() {
            return Ok(());
        }
        self.watch.say(&format!("adding the target {WASM_TARGET} to the toolchain"));
        let mut add = self.tool("rustup".as_ref());
        let added = add.args(["target", "add", WASM_TARGET]).status();
        let added = added.with_context(|| {
            format!("the toolchain lacks the target {WASM_TARGET}, and there is no rustup to add it")
        })?;
        if !added.success() {
            bail!("`rustup target add {WASM_TARGET}` failed");
        }
        Ok(())
    }

    /// Builds a package's library as wasm and returns the file's path.
    pub(crate) fn build_wasm(
        &self,
        name: &'static str,
        package: &str,
        features: &[String],
    ) -> Result<PathBuf> {
        let profile = &self.project.wasm_profile;
        let features = features.join(",");
        let arguments =
            ["-p", package, "--lib", "--features", &features, "--target", WASM_TARGET, "--profile", profile];
        // Link-time optimization refuses incremental code, whatever the caller's shell asks for.
        self.start(name, &arguments, &[("CARGO_INCREMENTAL", "0")])?.finish()?;
        let folder = self.project.target().join(WASM_TARGET).join(profile);
        Ok(folder.join(format!("{}.wasm", package.replace('-', "_"))))
    }

    /// Starts `cargo build`; `name` marks its lines.
    pub(crate) fn start(
        &self,
        name: &'static str,
        arguments: &[&str],
        environment: &[(&str, &str)],
    ) -> Result<Build> {
        let mut command = self.tool(&self.program);
        command.arg("build").args(arguments).arg("--target-dir").arg(self.project.target());
        command.envs(environment.iter().copied());
        if std::io::stderr().is_terminal() {
            command.env("CARGO_TERM_COLOR", "always");
        }
        let mut child = command.stderr(Stdio::piped()).spawn().context("cannot run cargo")?;
        let lines = child.stderr.take().context("cargo has no output")?;
        let watch = self.watch;
        let relay = std::thread::spawn(move || {
            for line in BufReader::new(lines).split(b'\n').map_while(Result::ok) {
                watch.relay(name, String::from_utf8_lossy(&line).trim_end());
            }
        });
        Ok(Build { name, child, relay })
    }

    fn tool(&self, program: &std::ffi::OsStr) -> Command {
        let mut command = Command::new(program);
        clean_environment(&mut command);
        command.current_dir(&self.project.root).stdin(Stdio::null());
        command
    }
}

/// A running `cargo build`.
pub(crate) struct Build {
    name: &'static str,
    child: Child,
    relay: JoinHandle<()>,
}

impl Build {
    /// Waits for the end; an error when the build failed.
    pub(crate) fn finish(mut self) -> Result<()> {
        let status = self.child.wait()?;
        if self.relay.join().is_err() {
            bail!("lost the output of the {} build", self.name);
        }
        if !status.success() {
            bail!("the {} build failed; its lines are above, marked `{}`", self.name, self.name);
        }
        Ok(())
    }

    /// Ends the build because another one failed.
    pub(crate) fn stop(mut self) {
        // It may have ended by itself, which is just as well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_inner_build_does_not_see_our_own() {
        for name in ["CARGO_PKG_NAME", "CARGO_MANIFEST_DIR", "OUT_DIR", "LEPTOS_OUTPUT_NAME"] {
            assert!(is_foreign(name), "{name}");
        }
        for name in ["CARGO_HOME", "CARGO_INCREMENTAL", "RUSTUP_TOOLCHAIN", "PATH"] {
            assert!(!is_foreign(name), "{name}");
        }
    }
}
