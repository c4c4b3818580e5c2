//! Databases with a season, residents who are signed in, and, for a full table, five vouchers in many hands.
//! Each is made once, and every run begins with a copy.

use crate::fill;
use crate::plan::{MOMENT, Plan, prepare};
use crate::postgres::Postgres;
use anyhow::{Context, Result, ensure};
use backend::clock::{SeededRandom, SetClock};
use backend::seeds::SeedSet;
use backend::sms::Console;
use backend::{Backend, Options};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::runtime::Runtime;

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Store {
    Sqlite,
    Postgres,
}

/// A database and its data folder.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) store: Store,
    pub(crate) folder: PathBuf,
    pub(crate) url: String,
    pub(crate) plan: Plan,
}

/// Where places are made.
#[derive(Debug)]
pub(crate) struct City {
    pub(crate) runtime: Runtime,
    pub(crate) postgres: Postgres,
    folder: PathBuf,
    count: u32,
}

impl City {
    pub(crate) fn new(folder: &Path, postgres: Postgres) -> Result<City> {
        Ok(City { runtime: Runtime::new()?, postgres, folder: folder.to_owned(), count: 0 })
    }

    fn place(&mut self, store: Store, plan: Plan) -> Result<Place> {
        self.count += 1;
        let name = format!("rush_{}", self.count);
        let folder = self.folder.join(&name);
        std::fs::create_dir(&folder)?;
        let url = match store {
            Store::Sqlite => format!("sqlite://{}", folder.join("yuehui.db").display()),
            Store::Postgres => self.postgres.url(&name),
        };
        Ok(Place { store, folder, url, plan })
    }

    /// A season with residents, and so many vouchers in the table.
    pub(crate) fn build(&mut self, store: Store, residents: i64, standing: i64) -> Result<Place> {
        let mut season = SeedSet::anshan_2021().map_err(|mistakes| anyhow::anyhow!("{mistakes}"))?;
        let plan = prepare(&mut season, residents, standing);
        let place = self.place(store, plan)?;
        self.runtime.block_on(async {
            if store == Store::Postgres {
                self.administer(&format!("create database {}", place.name())).await?;
            }
            let options = Options {
                database: place.url.clone(),
                data: place.folder.clone(),
                clock: Arc::new(SetClock::at(MOMENT.parse()?)),
                random: Arc::new(SeededRandom::new(2021)),
                gateway: Arc::new(Console),
            };
            let backend = Backend::open(options).await?;
            ensure!(backend.load(&season).await?, "the database was not empty");
            backend.close().await;
            fill::fill(&place).await
        })?;
        Ok(place)
    }

    /// A copy of a place that nobody uses.
    pub(crate) fn copy(&mut self, of: &Place) -> Result<Place> {
        let place = self.place(of.store, of.plan.clone())?;
        for file in ["secret.key", "yuehui.db"] {
            let from = of.folder.join(file);
            if from.exists() {
                std::fs::copy(from, place.folder.join(file)).context("no copy")?;
            }
        }
        if of.store == Store::Postgres {
            let (name, of) = (place.name(), of.name());
            self.runtime.block_on(async {
                self.administer(&format!("create database {name} template {of} strategy file_copy")).await?;
                self.administer("checkpoint").await
            })?;
        }
        // What was copied is on the disk before anything is measured.
        std::process::Command::new("sync").status()?;
        Ok(place)
    }

    pub(crate) fn remove(&self, place: &Place) -> Result<()> {
        if place.store == Store::Postgres {
            let drop = format!("drop database {} with (force)", place.name());
            self.runtime.block_on(self.administer(&drop))?;
        }
        Ok(std::fs::remove_dir_all(&place.folder)?)
    }

    async fn administer(&self, statement: &str) -> Result<()> {
        let mut connection = PgConnection::connect(&self.postgres.url("postgres")).await?;
        // Names are made in this file.
        connection.execute(AssertSqlSafe(statement)).await?;
        Ok(connection.close().await?)
    }
}

impl Place {
    fn name(&self) -> String {
        self.folder.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// The address of the database, where it is not in the folder.
    pub(crate) fn database(&self) -> Option<&str> {
        (self.store == Store::Postgres).then_some(&self.url)
    }

    /// How the real server is started on it.
    pub(crate) fn serve(&self) -> Vec<String> {
        let data = self.folder.display().to_string();
        let mut arguments = vec!["yuehui", "serve", "--listen", "127.0.0.1:0", "--clock", MOMENT];
        arguments.extend(["--work", "never", "--places-per-second", "1000000", "--data", &data]);
        arguments.extend(self.database().map(|url| ["--database", url]).into_iter().flatten());
        arguments.into_iter().map(str::to_owned).collect()
    }
}
