//! Lines of progress, each with the seconds since the start.

use std::time::Instant;

/// When the build began.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Watch(Instant);

impl Watch {
    #[expect(clippy::disallowed_methods, reason = "tells how long a build takes, decides nothing")]
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    /// Whole seconds since the start.
    pub(crate) fn elapsed_s(self) -> u64 {
        self.0.elapsed().as_secs()
    }

    /// Prints a line of our own.
    pub(crate) fn say(self, line: &str) {
        eprintln!("[{:>4} s] {line}", self.elapsed_s());
    }

    /// Prints a line that a named inner build said.
    pub(crate) fn relay(self, name: &str, line: &str) {
        eprintln!("[{:>4} s] {name:>7} | {line}", self.elapsed_s());
    }
}
