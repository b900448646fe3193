//! The fee of a cancelled care, by the ladder of the tariff's version.

use serde::{Deserialize, Serialize};

use super::{Care, FeeRefusal, quote};
use crate::holiday::HolidayCalendar;
use crate::money::percent_of;
use crate::tariff::{CancelWhen, Tariff};
use crate::time::Instant;

/// The fee due when a family cancels planned care, by the version's ladder.
///
/// # Errors
/// As [`quote`].
pub fn cancellation_fee(
    tariff: &Tariff,
    holidays: &HolidayCalendar,
    care: &Care,
    cancelled_at: Instant,
) -> Result<CancellationFee, FeeRefusal> {
    let planned = quote(tariff, holidays, care)?;
    let when = if cancelled_at.date() < care.start.date() {
        CancelWhen::UntilDayBefore
    } else if cancelled_at < care.start {
        CancelWhen::SameDayBeforeStart
    } else {
        CancelWhen::AfterStartOrNoNotice
    };
    let steps = tariff.on(care.start.date()).map_or(&[][..], |version| &version.cancel);
    let percent = steps.iter().find(|step| step.when == when).map_or(0, |step| step.percent);
    Ok(CancellationFee { when, percent, planned_fee: planned.fee, fee: percent_of(planned.fee, percent) })
}

/// A cancellation's fee and the step of the ladder it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CancellationFee {
    /// When the family cancelled.
    pub when: CancelWhen,
    /// The step's percent.
    pub percent: i64,
    /// The fee of the care as planned, in yen.
    pub planned_fee: i64,
    /// The fee due, in yen.
    pub fee: i64,
}
