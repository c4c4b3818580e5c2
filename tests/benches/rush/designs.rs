//! What is compared, and one run of each.

use crate::check::check;
use crate::city::{City, Place, Store};
use crate::drive::Pace;
use crate::engines::Redis;
use crate::plan::{Plan, as_i64};
use crate::program::Program;
use crate::run::{Ran, Rush};
use anyhow::Result;
use std::path::{Path, PathBuf};

/// A design behind the handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Design {
    /// An axum handler that does nothing, without layers and without signing in.
    Bare,
    /// The same with the layers and the sign-in of the real server.
    Noop,
    /// The real server, on an empty or a full table.
    Desk(Store, bool),
    /// One transaction for each request.
    Alone(Store),
    /// The usual Redis script, with its `appendfsync`.
    Redis(&'static str),
}

/// In the order in which they alternate.
pub(crate) const DESIGNS: [Design; 10] = [
    Design::Bare,
    Design::Noop,
    Design::Redis("always"),
    Design::Desk(Store::Sqlite, false),
    Design::Desk(Store::Postgres, false),
    Design::Redis("everysec"),
    Design::Desk(Store::Sqlite, true),
    Design::Desk(Store::Postgres, true),
    Design::Alone(Store::Sqlite),
    Design::Alone(Store::Postgres),
];

/// One transaction for each request is slow: a tenth of the people shows it as well.
const ALONE_SHARE: i64 = 10;

impl Design {
    pub(crate) fn name(self) -> String {
        let store = |store| if store == Store::Sqlite { "sqlite" } else { "postgres" };
        match self {
            Design::Bare => "bare-axum".to_owned(),
            Design::Noop => "no-op".to_owned(),
            Design::Desk(on, false) => format!("desk-{}", store(on)),
            Design::Desk(on, true) => format!("desk-{}-full", store(on)),
            Design::Alone(on) => format!("alone-{}", store(on)),
            Design::Redis(fsync) => format!("redis-{fsync}"),
        }
    }
}

/// Places to copy from, by store and whether the table is full.
#[derive(Debug)]
pub(crate) struct Templates {
    pub(crate) all: Vec<(Store, bool, Place)>,
    pub(crate) answers: PathBuf,
    pub(crate) folder: PathBuf,
}

impl Templates {
    pub(crate) fn of(&self, store: Store, full: bool) -> Result<&Place> {
        let found = self.all.iter().find(|(of, is_full, _)| (*of, *is_full) == (store, full));
        Ok(&found.ok_or_else(|| anyhow::anyhow!("no such template"))?.2)
    }
}

/// Runs a design once, on a fresh copy, and checks what it left behind.
pub(crate) fn run(
    city: &mut City,
    templates: &Templates,
    design: Design,
    pace: &Pace,
    redeem: bool,
) -> Result<Ran> {
    let (store, full) = match design {
        Design::Desk(store, full) => (store, full),
        Design::Alone(store) => (store, false),
        Design::Bare | Design::Noop | Design::Redis(_) => (Store::Sqlite, false),
    };
    let place = city.copy(templates.of(store, full)?)?;
    let plan = match design {
        Design::Alone(_) => Plan { residents: place.plan.residents / ALONE_SHARE, ..place.plan.clone() },
        _ => place.plan.clone(),
    };
    let rush = Rush { redeem, ..Rush::of(&plan, pace.clone()) };
    let ran = match design {
        Design::Desk(..) => {
            let program = Program::start(&place.serve())?;
            let ran = rush.on(&program)?;
            program.stop()?;
            let issued = plan.stock().min(plan.residents);
            city.runtime.block_on(check(&place, plan.rush, (issued, 1), &ran.told))?;
            ran
        }
        Design::Redis(fsync) => {
            let redis = Redis::start(&templates.folder.join("redis"), fsync)?;
            let arguments = stand_in(&place, &plan, "redis", &templates.answers);
            let address = redis.address.to_string();
            let program = Program::start(&[arguments, vec!["--redis".to_owned(), address]].concat())?;
            let ran = rush.on(&program)?;
            drop(redis);
            std::fs::remove_dir_all(templates.folder.join("redis"))?;
            ran
        }
        Design::Bare => rush.on(&Program::start(&stand_in(&place, &plan, "bare", &templates.answers))?)?,
        Design::Noop => rush.on(&Program::start(&stand_in(&place, &plan, "noop", &templates.answers))?)?,
        Design::Alone(_) => {
            rush.on(&Program::start(&stand_in(&place, &plan, "alone", &templates.answers))?)?
        }
    };
    city.remove(&place)?;
    Ok(ran)
}

fn stand_in(place: &Place, plan: &Plan, what: &str, answers: &Path) -> Vec<String> {
    let stock = (plan.stock() / as_i64(plan.districts.len())).to_string();
    let (data, answers) = (place.folder.display().to_string(), answers.display().to_string());
    [
        ["stand-in", "--what", what, "--data", &data, "--database", &place.url, "--answers", &answers]
            .as_slice(),
        ["--stock", &stock].as_slice(),
    ]
    .concat()
    .into_iter()
    .map(str::to_owned)
    .collect()
}
