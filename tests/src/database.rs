//! Databases to test on. The demonstration season is loaded once for a process and database, and each test
//! begins with a copy.

use backend::clock::{Clock, SeededRandom, SetClock};
use backend::seeds::SeedSet;
use backend::sms::Console;
use backend::{Backend, Options};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use tokio::runtime::Runtime;

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Database {
    /// A file.
    Sqlite,
    /// A database in the server of `YUEHUI_TEST_POSTGRES`.
    Postgres,
}

/// A database with its data folder.
#[derive(Debug)]
pub struct Place {
    /// The database's address.
    pub url: String,
    /// The data folder.
    pub folder: PathBuf,
    postgres: Option<String>,
}

static TEMPLATES: [OnceLock<Place>; 2] = [OnceLock::new(), OnceLock::new()];
static COUNT: AtomicU32 = AtomicU32::new(0);

impl Database {
    /// A copy of the demonstration season.
    pub(crate) fn with_season(self, runtime: &Runtime) -> Place {
        let template = TEMPLATES[self as usize].get_or_init(|| runtime.block_on(template(self)));
        let place = Place::new(self);
        std::fs::create_dir_all(&place.folder).expect("a data folder");
        // What was not brought into the file yet is in its log.
        for file in ["secret.key", "yuehui.db", "yuehui.db-wal"] {
            let from = template.folder.join(file);
            if from.exists() {
                std::fs::copy(from, place.folder.join(file)).expect("a copy");
            }
        }
        if let (Some(name), Some(from)) = (&place.postgres, &template.postgres) {
            runtime.block_on(postgres(&format!("create database {name} template {from}")));
        }
        place
    }

    /// An empty database.
    ///
    /// # Panics
    /// When it cannot be made.
    pub async fn empty(self) -> Place {
        let place = Place::new(self);
        std::fs::create_dir_all(&place.folder).expect("a data folder");
        if let Some(name) = &place.postgres {
            postgres(&format!("create database {name}")).await;
        }
        place
    }
}

async fn template(database: Database) -> Place {
    let place = database.empty().await;
    let clock = Arc::new(SetClock::at(crate::OPENING.parse().expect("a moment")));
    let backend = place.open(clock).await;
    let season = SeedSet::anshan_2021().expect("the demonstration season");
    assert!(backend.load(&season).await.expect("a loaded season"));
    backend.close().await;
    place
}

impl Place {
    fn new(database: Database) -> Place {
        let number = COUNT.fetch_add(1, Ordering::SeqCst);
        let name = format!("yuehui_test_{}_{number}", std::process::id());
        let folder = std::env::temp_dir().join(&name);
        match database {
            Database::Sqlite => {
                let url = format!("sqlite://{}", folder.join("yuehui.db").display());
                Place { url, folder, postgres: None }
            }
            Database::Postgres => {
                let (server, _) = server_url();
                Place { url: format!("{server}/{name}"), folder, postgres: Some(name) }
            }
        }
    }

    /// What a backend needs to open it.
    #[must_use]
    pub fn options(&self, clock: Arc<dyn Clock>) -> Options {
        Options {
            database: self.url.clone(),
            data: self.folder.clone(),
            clock,
            random: Arc::new(SeededRandom::new(2021)),
            gateway: Arc::new(Console),
        }
    }

    /// Opens the backend on it.
    ///
    /// # Panics
    /// When it cannot be opened.
    pub async fn open(&self, clock: Arc<dyn Clock>) -> Backend {
        Backend::open(self.options(clock)).await.expect("an open backend")
    }

    /// Removes it.
    ///
    /// # Panics
    /// When it cannot be removed.
    pub async fn remove(&self) {
        if let Some(name) = &self.postgres {
            postgres(&format!("drop database {name} with (force)")).await;
        }
        remove_folder(&self.folder);
    }
}

fn remove_folder(folder: &Path) {
    if let Err(error) = std::fs::remove_dir_all(folder) {
        eprintln!("{} stays behind: {error}", folder.display());
    }
}

/// The server's address without a database, and with the one to administer it from.
fn server_url() -> (String, String) {
    let whole = std::env::var("YUEHUI_TEST_POSTGRES").unwrap_or_else(|_| {
        panic!("YUEHUI_TEST_POSTGRES is not set: run the tests with ./tests/run, which brings a PostgreSQL of its own")
    });
    let (server, _) = whole.rsplit_once('/').expect("an address that ends in a database");
    (server.to_owned(), whole)
}

async fn postgres(statement: &str) {
    let mut connection = PgConnection::connect(&server_url().1).await.expect("the PostgreSQL of the tests");
    // Names are made in this file.
    connection.execute(AssertSqlSafe(statement)).await.expect("an administered PostgreSQL");
    connection.close().await.expect("a closed connection");
}
