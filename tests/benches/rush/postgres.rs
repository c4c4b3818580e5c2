//! PostgreSQL from Debian's package, in a folder of its own on a free port, durable as in production.

use anyhow::{Context, Result, ensure};
use backend::clock::{Random, SystemRandom};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What it is started with beyond its defaults; it stands in the report.
pub(crate) const SETTINGS: &[&str] = &["shared_buffers=2GB", "max_wal_size=4GB"];

/// A PostgreSQL that ends with the benchmark.
#[derive(Debug)]
pub(crate) struct Postgres {
    bin: PathBuf,
    data: PathBuf,
    server: String,
}

impl Postgres {
    pub(crate) fn start(folder: &Path) -> Result<Postgres> {
        let bin = postgres_bin().context("there is no PostgreSQL: apt-get install postgresql")?;
        let data = folder.join("postgres");
        std::fs::create_dir(&data)?;
        let password = format!("{:016x}", SystemRandom.number());
        let secret = folder.join("password");
        std::fs::write(&secret, &password)?;
        if is_root()? {
            for path in [folder, &data, &secret] {
                run(Command::new("chown").arg("postgres").arg(path))?;
            }
        }
        let mut initdb = as_postgres(&bin.join("initdb"))?;
        initdb.arg("--pgdata").arg(&data).arg("--pwfile").arg(&secret);
        run(initdb.args(["--username=yuehui", "--auth=password", "--encoding=UTF8", "--locale=C.UTF-8"]))?;
        let port = free_port()?;
        let mut options =
            format!("-h 127.0.0.1 -p {port} -c unix_socket_directories='' -c max_connections=200");
        for setting in SETTINGS {
            options += &format!(" -c {setting}");
        }
        let mut start = as_postgres(&bin.join("pg_ctl"))?;
        start.args(["start", "--wait", "--silent", "--pgdata"]).arg(&data);
        run(start.arg("--log").arg(data.join("server.log")).arg(format!("--options={options}")))?;
        Ok(Postgres { bin, data, server: format!("postgres://yuehui:{password}@127.0.0.1:{port}") })
    }

    /// The address of one of its databases.
    pub(crate) fn url(&self, database: &str) -> String {
        format!("{}/{database}", self.server)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let stopped = as_postgres(&self.bin.join("pg_ctl")).and_then(|mut stop| {
            run(stop.args(["stop", "--mode=immediate", "--silent", "--pgdata"]).arg(&self.data))
        });
        if let Err(error) = stopped {
            eprintln!("PostgreSQL stays behind: {error}");
        }
    }
}

pub(crate) fn postgres_bin() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let bins = versions.filter_map(|version| Some(version.ok()?.path().join("bin")));
    bins.filter(|bin| bin.join("initdb").exists()).max()
}

/// PostgreSQL refuses to run as root: there its own account runs it.
fn as_postgres(program: &Path) -> Result<Command> {
    if !is_root()? {
        return Ok(Command::new(program));
    }
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--"]).arg(program).current_dir("/");
    Ok(command)
}

fn is_root() -> Result<bool> {
    let output = Command::new("id").arg("-u").output().context("no `id`")?;
    Ok(output.stdout.trim_ascii() == b"0")
}

fn run(command: &mut Command) -> Result<()> {
    let output = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).output()?;
    ensure!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

pub(crate) fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
