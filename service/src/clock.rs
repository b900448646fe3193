//! The clock: the only place that reads the machine's time.

use domain::time::{Date, Instant};
use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};
use time::OffsetDateTime;

/// Business time and real time; the two differ only in the demo and in tests.
///
/// Business time stamps requests, reports and closes. Real time drives sessions, throttling and mail retries.
#[derive(Clone, Debug)]
pub struct Clock {
    /// Microseconds that business time is ahead of real time; `None` is the real clock, which nobody can move.
    shift: Option<Arc<AtomicI64>>,
    /// A real time that stands still, for tests.
    frozen: Option<Arc<AtomicI64>>,
}

impl Clock {
    /// The real clock.
    #[must_use]
    pub const fn system() -> Self {
        Self { shift: None, frozen: None }
    }

    /// A demo clock: starts at `start` and ticks on.
    #[must_use]
    pub fn demo(start: Instant) -> Self {
        Self::shifted(start.0.saturating_sub(machine_time().0))
    }

    /// A demo clock that is so many microseconds ahead of real time.
    #[must_use]
    pub fn shifted(shift: i64) -> Self {
        Self { shift: Some(Arc::new(AtomicI64::new(shift))), frozen: None }
    }

    /// Microseconds that business time is ahead of real time; `None` for the real clock.
    #[must_use]
    pub fn shift(&self) -> Option<i64> {
        self.shift.as_ref().map(|shift| shift.load(Ordering::Relaxed))
    }

    /// A clock that stands still until moved, for tests and for writing a demo city.
    #[must_use]
    pub fn frozen(at: Instant) -> Self {
        Self { shift: Some(Arc::new(AtomicI64::new(0))), frozen: Some(Arc::new(AtomicI64::new(at.0))) }
    }

    /// Business time.
    #[must_use]
    pub fn now(&self) -> Instant {
        Instant(self.real_now().0.saturating_add(self.shift().unwrap_or(0)))
    }

    /// Today's business date in Asia/Tokyo.
    #[must_use]
    pub fn today(&self) -> Date {
        self.now().date()
    }

    /// Real time.
    #[must_use]
    pub fn real_now(&self) -> Instant {
        self.frozen.as_ref().map_or_else(machine_time, |at| Instant(at.load(Ordering::Relaxed)))
    }

    /// Whether business time can be moved.
    #[must_use]
    pub const fn is_movable(&self) -> bool {
        self.shift.is_some()
    }

    /// Moves business time forward to `to`; an earlier moment or a real clock changes nothing.
    pub fn advance_to(&self, to: Instant) {
        if let Some(shift) = &self.shift {
            let wanted = to.0.saturating_sub(self.real_now().0);
            shift.fetch_max(wanted, Ordering::Relaxed);
        }
    }

    /// Moves real time of a frozen clock forward, for tests of sessions and retries.
    pub fn advance_real_minutes(&self, minutes: i64) {
        if let Some(frozen) = &self.frozen {
            frozen.fetch_add(minutes * 60_000_000, Ordering::Relaxed);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's time")]
fn machine_time() -> Instant {
    Instant::from_offset(OffsetDateTime::now_utc())
}
