//! Which time it is: the system's, or that of a demonstration.

use std::str::FromStr;
use std::sync::atomic::{AtomicI64, Ordering};

use backend::clock::{Clock, SystemClock};
use domain::Timestamp;

/// What `--clock` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Choice {
    /// The system's time.
    System,
    /// A clock that starts at this moment and ticks normally.
    From(Timestamp),
}

impl FromStr for Choice {
    type Err = String;

    fn from_str(text: &str) -> Result<Choice, String> {
        match text {
            "system" => Ok(Choice::System),
            _ => text.parse().map(Choice::From).map_err(|bad| format!("{bad}, nor `system`")),
        }
    }
}

/// The system's clock, put forward or back.
#[derive(Debug, Default)]
pub(super) struct Shifted {
    by_ms: AtomicI64,
}

impl Shifted {
    /// Follows the choice from now on.
    pub(super) fn set(&self, choice: Choice) {
        let by_ms = match choice {
            Choice::System => 0,
            Choice::From(moment) => SystemClock.now().until(moment),
        };
        self.by_ms.store(by_ms, Ordering::SeqCst);
    }
}

impl Clock for Shifted {
    fn now(&self) -> Timestamp {
        SystemClock.now().plus_ms(self.by_ms.load(Ordering::SeqCst))
    }
}
