//! PostgreSQL and Redis from Debian's packages, each in a folder of its own on a free port, durable as in
//! production.

use crate::postgres::{free_port, postgres_bin};
use anyhow::{Context, Result, bail};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

/// A Redis that ends when dropped.
#[derive(Debug)]
pub(crate) struct Redis {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Redis {
    /// A fresh one; `appendfsync` is `always` or `everysec`.
    pub(crate) fn start(folder: &Path, appendfsync: &str) -> Result<Redis> {
        let port = free_port()?;
        std::fs::create_dir_all(folder)?;
        let child = Command::new("redis-server")
            .args(["--bind", "127.0.0.1", "--port", &port.to_string(), "--save", "", "--appendonly", "yes"])
            .args(["--appendfsync", appendfsync, "--dir"])
            .arg(folder)
            .stdout(Stdio::null())
            .spawn()
            .context("there is no Redis: apt-get install redis-server")?;
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let redis = Redis { child, address };
        for _ in 0..100 {
            if TcpStream::connect(address).is_ok() {
                return Ok(redis);
            }
            sleep(Duration::from_millis(50));
        }
        bail!("Redis did not start")
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Fails before anything is built when one of the two is missing.
pub(crate) fn look_for_both() -> Result<()> {
    postgres_bin().context("there is no PostgreSQL: apt-get install postgresql")?;
    let found = Command::new("redis-server").arg("--version").output();
    found.context("there is no Redis: apt-get install redis-server")?;
    Ok(())
}
