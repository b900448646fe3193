//! The family's approval (承認): what she saw, the tickets she chose, and what is then owed.
//!
//! An [`Approval`] is a witness: it comes from [`Approval::decide`] on an awaiting report, or from the record of such a
//! decision on a report that is still approved. A [`crate::receipt::Receipt`] needs one.

use crate::actor::Party;
use crate::coupon::{CouponRefusal, CouponUse, Settlement, TicketBalance, TicketChoice, apply_all, settle};
use crate::fee::Quote;
use crate::id::ChildId;
use crate::refusal::{Refusal, of_report};
use crate::report::{ReportAction, ReportStatus, TABLE};
use crate::workflow;

/// A registered report, as far as the decision needs it.
#[derive(Clone, Copy, Debug)]
pub struct Registered<'a> {
    /// The report's status.
    pub status: ReportStatus,
    /// Its revision.
    pub revision: i64,
    /// The hash of its content.
    pub content_hash: &'a str,
    /// Its snapshot.
    pub quote: &'a Quote,
    /// Its actual expenses, in yen.
    pub expenses: i64,
}

/// What the family had before her eyes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The revision of the page.
    pub revision: i64,
    /// The hash of the content on the page.
    pub content_hash: String,
}

/// Why a report is not approved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotApproved {
    /// A rule says no.
    Refused(Refusal),
    /// More tickets of this child than it may use here.
    TooManyTickets {
        /// The child.
        child: ChildId,
        /// The most it may use.
        most: i64,
    },
}

impl From<Refusal> for NotApproved {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// A report's approval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    content_hash: String,
    uses: Vec<CouponUse>,
    settlement: Settlement,
}

/// A stored approval, read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApprovalRecord {
    /// The hash of the approved content.
    pub content_hash: String,
    /// What was settled.
    pub settlement: Settlement,
}

impl Approval {
    /// Decides on an approval of exactly what was seen.
    ///
    /// # Errors
    /// The table's refusal, [`Refusal::ChangedSinceSeen`], or tickets that cannot be used so.
    pub fn decide(
        report: Registered<'_>,
        by: Party,
        seen: &Seen,
        choices: &[TicketChoice],
        balances: &[TicketBalance],
    ) -> Result<Self, NotApproved> {
        workflow::next(TABLE, report.status, ReportAction::Approve, by)
            .map_err(|refused| of_report(refused, report.status))?;
        if seen.revision != report.revision || seen.content_hash != report.content_hash {
            return Err(Refusal::ChangedSinceSeen.into());
        }
        for choice in choices {
            let balance = balances.iter().find(|balance| balance.child == choice.child);
            let left = balance.map_or(0, |balance| balance.tickets);
            let most = left.min(crate::coupon::most_tickets(report.quote, choice.child));
            if choice.tickets > most {
                return Err(NotApproved::TooManyTickets { child: choice.child, most: i64::from(most) });
            }
        }
        let uses = apply_all(report.quote, choices, balances).map_err(|refusal| {
            let remaining = match refusal {
                CouponRefusal::NotEnough { left } => i64::from(left),
                CouponRefusal::MoreThanBlocks { most } => i64::from(most),
                CouponRefusal::ChildNotInCare => 0,
            };
            NotApproved::Refused(Refusal::CouponShort { remaining })
        })?;
        let settlement = settle(report.quote, &uses, report.expenses);
        Ok(Self { content_hash: report.content_hash.to_owned(), uses, settlement })
    }

    /// The approval on record of a report that is approved now; `None` in every other status.
    #[must_use]
    pub fn on_record(status: ReportStatus, record: ApprovalRecord) -> Option<Self> {
        (status == ReportStatus::Approved).then(|| Self {
            content_hash: record.content_hash,
            uses: Vec::new(),
            settlement: record.settlement,
        })
    }

    /// The hash of the approved content.
    #[must_use]
    pub fn content_hash(&self) -> &str {
        &self.content_hash
    }

    /// The tickets used, per child; empty for an approval read back, whose tickets stand in the books.
    #[must_use]
    pub fn uses(&self) -> &[CouponUse] {
        &self.uses
    }

    /// Who pays what to whom.
    #[must_use]
    pub const fn settlement(&self) -> &Settlement {
        &self.settlement
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fee::{BandReason, DayKind};
    use crate::fee::{ChildShare, FeeLine, Reason, UnitReason};
    use crate::time::Instant;

    fn quote() -> Quote {
        let line = |hour: i64| FeeLine {
            from: Instant(hour * 3_600_000_000),
            to: Instant((hour + 1) * 3_600_000_000),
            billed_minutes: 60,
            band: "out_of_hours".into(),
            reason: Reason { band: BandReason::Day { day: DayKind::Saturday }, unit: UnitReason::Hour, long_use: None },
            children: vec![ChildShare { child: ChildId(7), fee: 600, benefit: 500, ticket_yen: 500, position: 0 }],
        };
        Quote { tariff: "t".into(), lines: vec![line(1), line(2)], fee: 1200, benefit: 1000, minutes: 120 }
    }

    fn seen(revision: i64, hash: &str) -> Seen {
        Seen { revision, content_hash: hash.into() }
    }

    #[test]
    fn what_was_seen_is_what_is_approved() {
        let quote = quote();
        let report = Registered {
            status: ReportStatus::AwaitingApproval,
            revision: 3,
            content_hash: "abc",
            quote: &quote,
            expenses: 300,
        };
        let balances = [TicketBalance { child: ChildId(7), tickets: 6 }];
        let choices = [TicketChoice { child: ChildId(7), tickets: 1 }];
        let decide = |report, by, seen: &Seen, choices: &[_]| Approval::decide(report, by, seen, choices, &balances);

        let approval = decide(report, Party::Family, &seen(3, "abc"), &choices).unwrap();
        assert_eq!(approval.settlement().user_pays, 1000);
        assert_eq!(approval.settlement().provider_receives, 2500);

        let changed = NotApproved::Refused(Refusal::ChangedSinceSeen);
        assert_eq!(decide(report, Party::Family, &seen(2, "abc"), &choices), Err(changed.clone()));
        assert_eq!(decide(report, Party::Family, &seen(3, "abd"), &choices), Err(changed));
        let refused = NotApproved::Refused(Refusal::NotYours);
        assert_eq!(decide(report, Party::Provider, &seen(3, "abc"), &choices), Err(refused));
        let many = [TicketChoice { child: ChildId(7), tickets: 3 }];
        let most = NotApproved::TooManyTickets { child: ChildId(7), most: 2 };
        assert_eq!(decide(report, Party::Family, &seen(3, "abc"), &many), Err(most));
        let other = [TicketChoice { child: ChildId(8), tickets: 1 }];
        let none = NotApproved::TooManyTickets { child: ChildId(8), most: 0 };
        assert_eq!(decide(report, Party::Family, &seen(3, "abc"), &other), Err(none));
    }

    #[test]
    fn only_an_approved_report_has_an_approval_on_record() {
        for status in ReportStatus::ALL {
            let record = ApprovalRecord { content_hash: "abc".into(), settlement: Settlement::default() };
            assert_eq!(Approval::on_record(*status, record).is_some(), *status == ReportStatus::Approved);
        }
    }
}
