//! The programs that are driven: this one again, as the real `yuehui` or as what stands in its place.

use anyhow::{Context, Result, bail, ensure};
use std::io::{BufRead, BufReader, Lines};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

/// A server under way in a process of its own.
#[derive(Debug)]
pub(crate) struct Program {
    child: Child,
    pub(crate) address: SocketAddr,
    /// Open for as long as the server may say more.
    _said: Lines<BufReader<ChildStdout>>,
}

impl Program {
    /// Starts it and waits until it listens.
    pub(crate) fn start(arguments: &[String]) -> Result<Program> {
        let mut child = again()?
            .env("RUST_LOG", "error")
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let said = child.stdout.take().context("a server without an output")?;
        let mut lines = BufReader::new(said).lines();
        while let Some(line) = lines.next() {
            if let Some(address) = line?.strip_prefix("listening on http://") {
                let address = address.parse()?;
                return Ok(Program { child, address, _said: lines });
            }
        }
        let _ = child.kill();
        bail!("{arguments:?} did not listen: {}", child.wait()?)
    }

    /// Resident memory in bytes: now, and at its highest.
    pub(crate) fn memory(&self) -> Result<Memory> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let field = |name: &str| -> Result<u64> {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).context("no memory")?;
            Ok(line.trim().trim_end_matches(" kB").trim().parse::<u64>()? * 1024)
        };
        Ok(Memory { now: field("VmRSS:")?, highest: field("VmHWM:")? })
    }

    /// Stops it as an operator does and waits for its end.
    pub(crate) fn stop(mut self) -> Result<()> {
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status()?;
        ensure!(asked.success(), "the server could not be asked to stop");
        let ended = self.child.wait()?;
        ensure!(ended.success(), "the server ended with {ended}");
        Ok(())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Resident memory in bytes.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Memory {
    pub(crate) now: u64,
    pub(crate) highest: u64,
}

/// `yuehui verify`; an error when it finds a fault.
pub(crate) fn verify(data: &Path, database: Option<&str>) -> Result<()> {
    let mut command = again()?;
    command.args(["yuehui", "verify", "--data"]).arg(data);
    if let Some(url) = database {
        command.args(["--database", url]);
    }
    let output = command.output()?;
    ensure!(output.status.success(), "yuehui verify: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

fn again() -> Result<Command> {
    Ok(Command::new(std::env::current_exe()?))
}
