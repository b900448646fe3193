//! Why a use case says no: language-free values; `app::words` turns each into a Japanese sentence.

use crate::report::ReportStatus;
use crate::request::{CoordinationStatus, Gate};
use crate::time::{Date, Instant};
use crate::workflow::StepRefused;
use serde::{Deserialize, Serialize};

/// A rule that stands in the way of a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refusal {
    /// The request has moved on; its state now.
    RequestMoved(CoordinationStatus),
    /// The report has moved on; its state now.
    ReportMoved(ReportStatus),
    /// The offer was already answered, has expired or was closed.
    OfferClosed,
    /// The provider accepted the offer, which can no longer be declined.
    OfferAccepted,
    /// The step belongs to another party.
    NotYours,
    /// The web form takes dates from three weeks ahead; earlier ones are for the telephone.
    TooSoon {
        /// The first date the web form takes.
        #[serde(with = "crate::time::serde_date")]
        first: Date,
    },
    /// The page already made a request, a report or a member, with other content.
    AlreadyEntered {
        /// Its number.
        number: String,
    },
    /// The page already made this very request, which has ended since.
    RequestEnded {
        /// Its number.
        request: String,
        /// How it ended.
        now: CoordinationStatus,
    },
    /// The member is not active (休止, 更新切れ, …).
    NotActive,
    /// The provider fails a hard gate.
    Gates(Vec<Gate>),
    /// The same, for the provider who wanted to accept.
    CannotAccept(Vec<Gate>),
    /// The activity's start has passed: what was not agreed before cannot be any more (domain 1.8).
    ActivityBegun,
    /// The activity's end has passed: that it did not take place is for the branch to record.
    ActivityOver,
    /// No provider was chosen for the offer.
    NoProviderChosen,
    /// 成立 needs a held meeting, or the same pair, content and fiscal year.
    MeetingNotWaivable,
    /// The 事前打合せ情報 is not complete.
    SheetIncomplete,
    /// The meeting cannot be left out: there is no complete 事前打合せ情報 to take over.
    NoSheetToCarry,
    /// The meeting's time has not come yet.
    MeetingAhead {
        /// When it is.
        at: Instant,
    },
    /// The report overlaps another of the same provider.
    Overlap {
        /// The other report's number.
        report: String,
    },
    /// The request already has a report that is not voided.
    AlreadyReported {
        /// The other report's number.
        report: String,
    },
    /// No tariff is known for the activity's date.
    NoTariff,
    /// The public holidays of the day are not known: it has no price and the branch no hours yet.
    HolidaysUnknown {
        /// The last day of which they are known.
        #[serde(with = "crate::time::serde_date")]
        last: crate::time::Date,
    },
    /// The report was changed after the family saw it.
    ChangedSinceSeen,
    /// The reward can be received only after 承認済.
    NotApproved,
    /// The reward was already received.
    AlreadyReceived,
    /// There is no receipt to take back.
    NotReceived,
    /// A receipt can be undone by the provider on the same day only.
    UndoOnlySameDay,
    /// The report met a close's conditions at its cutoff: it is fixed.
    InClose {
        /// The close's month, `2024-04`.
        month: String,
    },
    /// Not enough おためし券 for this use.
    CouponShort {
        /// Tickets left.
        remaining: i64,
    },
    /// The child has no right to おためし券 (birth date, kind of member).
    CouponNotEligible,
    /// おためし券 were already issued for the child.
    CouponIssued,
    /// おためし券 were issued for the child, and the corrected birth date gives no right to them.
    CouponStays {
        /// The earliest birth date that does.
        #[serde(with = "crate::time::serde_date")]
        born_from: Date,
    },
    /// On the day of an open request the child, by the corrected birth date, could not be looked after.
    ChildOnRequest {
        /// The child's name.
        child: String,
        /// The requests' numbers.
        requests: Vec<String>,
    },
    /// The close's cutoff has not come yet.
    BeforeCutoff,
    /// The demo's clock is not turned back.
    ClockGoesForward,
    /// An activity or a meeting of the member lies ahead.
    StillPlanned {
        /// Its request's number.
        request: String,
    },
}

/// Turns a table's answer for a request into a refusal.
#[must_use]
pub const fn of_request(refused: StepRefused, now: CoordinationStatus) -> Refusal {
    match refused {
        StepRefused::NotNow => Refusal::RequestMoved(now),
        StepRefused::NotYours => Refusal::NotYours,
    }
}

/// Turns a table's answer for a report into a refusal.
#[must_use]
pub const fn of_report(refused: StepRefused, now: ReportStatus) -> Refusal {
    match refused {
        StepRefused::NotNow => Refusal::ReportMoved(now),
        StepRefused::NotYours => Refusal::NotYours,
    }
}
