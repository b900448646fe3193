//! Room on the disk of SQLite's file: a write is refused before the disk is full, so that the file's log can always be
//! folded back and what people see stays readable.

use rustix::fs::statvfs;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long an answer of the disk holds.
const HOLDS: Duration = Duration::from_secs(1);

/// The room that has to be left.
#[derive(Debug)]
pub(super) struct Room {
    folder: PathBuf,
    /// Bytes.
    least: u64,
    seen: Mutex<Option<(Instant, bool)>>,
}

impl Room {
    pub fn new(folder: PathBuf, least: u64) -> Self {
        Self { folder, least, seen: Mutex::default() }
    }

    /// Whether less is left; the disk is asked at most once a second. One that does not say is not short.
    pub fn is_short(&self) -> bool {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((when, short)) = *seen
            && when.elapsed() < HOLDS
        {
            return short;
        }
        let was = seen.is_some_and(|(_, short)| short);
        let left =
            statvfs(self.folder.as_os_str().as_bytes()).ok().map(|disk| disk.f_bavail.saturating_mul(disk.f_frsize));
        let short = left.is_some_and(|left| left < self.least);
        match (was, short) {
            (false, true) => tracing::error!(left, least = self.least, "the disk is nearly full: nothing is stored"),
            (true, false) => tracing::info!("the disk has room again"),
            _ => {}
        }
        *seen = Some((Instant::now(), short));
        short
    }
}
