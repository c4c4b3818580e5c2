//! Which data a command works on: options that all of them share.

use std::path::PathBuf;
use std::sync::Arc;

use backend::clock::{Clock, SystemRandom};
use backend::{Backend, Options, SmsGateway};
use clap::Args;

use super::Failure;

#[derive(Args, Clone, Debug)]
pub(super) struct Store {
    /// The folder of the database and of the installation's secret key
    #[arg(long, value_name = "DIR", env = "YUEHUI_DATA", default_value = "./data")]
    data: PathBuf,
    /// postgres://… for many nodes; by default the file yuehui.db (SQLite) in the data folder
    #[arg(long, value_name = "URL", env = "YUEHUI_DATABASE", hide_env_values = true)]
    database: Option<String>,
}

impl Store {
    /// Opens the database, and makes the data folder where there is none.
    pub(super) async fn open(
        &self,
        clock: Arc<dyn Clock>,
        gateway: Arc<dyn SmsGateway>,
    ) -> Result<Backend, Failure> {
        Ok(Backend::open(self.options(clock, gateway)?).await?)
    }

    /// What a backend needs to open it; makes the data folder where there is none.
    pub(super) fn options(
        &self,
        clock: Arc<dyn Clock>,
        gateway: Arc<dyn SmsGateway>,
    ) -> Result<Options, Failure> {
        let folder = self.data.display().to_string();
        std::fs::create_dir_all(&self.data)
            .map_err(Failure::system(format!("the data folder {folder} cannot be made")))?;
        let file = || format!("sqlite://{}", self.data.join("yuehui.db").display());
        Ok(Options {
            database: self.database.clone().unwrap_or_else(file),
            data: self.data.clone(),
            clock,
            random: Arc::new(SystemRandom),
            gateway,
        })
    }

    /// Whether there is no database in the data folder yet: opening it would make one.
    pub(super) fn is_new(&self) -> bool {
        self.database.is_none() && !self.data.join("yuehui.db").exists()
    }

    /// Where the installation's secret is.
    pub(super) fn secret(&self) -> String {
        self.data.join("secret.key").display().to_string()
    }

    /// How the place is named to the person who started the program: a database's address may hold a
    /// password and is not shown.
    pub(super) fn name(&self) -> String {
        match &self.database {
            Some(address) => address.split_once("://").map_or("a database", |(scheme, _)| scheme).to_owned(),
            None => self.data.join("yuehui.db").display().to_string(),
        }
    }
}
