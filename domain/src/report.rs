//! The activity report (援助活動報告書, EKH): two independent statuses and their steps (domain 5.3).

use crate::actor::Party::{self, Coordinator, Family, Provider};
use crate::fault::FieldFault;
use crate::fee::{CareChild, SiblingPlace};
use crate::number::ReportNo;
use crate::refusal::Refusal;
use crate::time::{Date, Instant, MinuteOfDay};
use crate::workflow::{Step, keyed};
use serde::{Deserialize, Serialize};

keyed!(
    /// The report's status (報告書ステータス).
    ReportStatus {
        /// 作成中
        Draft = "draft",
        /// 承認待ち
        AwaitingApproval = "awaiting_approval",
        /// 修正依頼
        RevisionRequested = "revision_requested",
        /// 承認済
        Approved = "approved",
        /// 取消
        Voided = "voided",
    }
);

impl ReportStatus {
    /// It was registered once, and stands.
    pub const REGISTERED: [Self; 3] = [Self::AwaitingApproval, Self::RevisionRequested, Self::Approved];
    /// It was registered, and its family has not approved it.
    pub const NOT_APPROVED: [Self; 2] = [Self::AwaitingApproval, Self::RevisionRequested];
}

keyed!(
    /// The reward's receipt status (報酬受領ステータス).
    RewardStatus {
        /// 受領前
        NotReceived = "not_received",
        /// 受領済
        Received = "received",
    }
);

keyed!(
    /// What can be done to a report.
    ReportAction {
        /// 一時保存
        SaveDraft = "save_draft",
        /// 登録
        Submit = "submit",
        /// Pull a registered report back before it is approved.
        PullBack = "pull_back",
        /// 承認
        Approve = "approve",
        /// 修正依頼
        RequestRevision = "request_revision",
        /// 取消
        Void = "void",
        /// Open an approved report again (the coordinator, with a reason).
        Reopen = "reopen",
    }
);

keyed!(
    /// What can be done to the reward.
    RewardAction {
        /// 報酬受領
        MarkReceived = "mark_received",
        /// Take a receipt back on the same day, or by the coordinator.
        UndoReceipt = "undo_receipt",
    }
);

use ReportAction as A;
use ReportStatus as S;

const P: &[Party] = &[Provider, Coordinator];

const fn step(from: S, action: A, to: S, by: &'static [Party]) -> Step<S, A> {
    Step { from, action, to, by }
}

/// Domain 5.3, the report's own status.
pub const TABLE: &[Step<S, A>] = &[
    step(S::Draft, A::SaveDraft, S::Draft, P),
    step(S::Draft, A::Submit, S::AwaitingApproval, P),
    step(S::Draft, A::Void, S::Voided, P),
    step(S::AwaitingApproval, A::PullBack, S::Draft, P),
    step(S::AwaitingApproval, A::Approve, S::Approved, &[Family, Coordinator]),
    step(S::AwaitingApproval, A::RequestRevision, S::RevisionRequested, &[Family, Coordinator]),
    step(S::AwaitingApproval, A::Void, S::Voided, P),
    step(S::RevisionRequested, A::SaveDraft, S::RevisionRequested, P),
    step(S::RevisionRequested, A::Submit, S::AwaitingApproval, P),
    step(S::RevisionRequested, A::Void, S::Voided, P),
    step(S::Approved, A::Reopen, S::RevisionRequested, &[Coordinator]),
];

/// Domain 5.3, the reward's status; only an approved report's reward moves.
pub const REWARD_TABLE: &[Step<RewardStatus, RewardAction>] = &[
    Step { from: RewardStatus::NotReceived, action: RewardAction::MarkReceived, to: RewardStatus::Received, by: P },
    Step { from: RewardStatus::Received, action: RewardAction::UndoReceipt, to: RewardStatus::NotReceived, by: P },
];

impl ReportStatus {
    /// Whether times and amounts may be edited.
    #[must_use]
    pub const fn is_editable(self) -> bool {
        matches!(self, Self::Draft | Self::RevisionRequested)
    }

    /// Whether the report was handed to the family and stands: its activity has taken place. A draft is the provider's
    /// own note and says nothing yet.
    #[must_use]
    pub const fn is_registered(self) -> bool {
        matches!(self, Self::AwaitingApproval | Self::RevisionRequested | Self::Approved)
    }
}

keyed!(
    /// The kind of actual expenses (実費), paid by the family, never subsidised.
    ExpenseKind {
        /// 交通費
        Transport = "transport",
        /// 食事代
        Meal = "meal",
        /// おやつ代
        Snack = "snack",
        /// おむつ代
        Diaper = "diaper",
        /// その他
        Other = "other",
    }
);

keyed!(
    /// How the reward was handed over.
    ReceiptMethod {
        /// 現金
        Cash = "cash",
        /// コード決済
        CodePayment = "code_payment",
        /// おためし券のみ
        CouponOnly = "coupon_only",
    }
);

/// The moments of an activity entered as a day and two times; an end past midnight is said explicitly.
///
/// # Errors
/// [`FieldFault::EndBeforeStart`], and [`FieldFault::TooLongPeriod`] beyond what a fee covers.
pub fn period(
    date: Date,
    start: MinuteOfDay,
    end: MinuteOfDay,
    next_day: bool,
) -> Result<(Instant, Instant), FieldFault> {
    let from = Instant::at(date, start);
    let last = if next_day { date.next_day().unwrap_or(Date::MAX) } else { date };
    let to = Instant::at(last, end);
    if to <= from {
        return Err(FieldFault::EndBeforeStart);
    }
    if to.minutes_since(from) > crate::fee::MOST_MINUTES {
        return Err(FieldFault::TooLongPeriod(crate::fee::MOST_MINUTES));
    }
    Ok((from, to))
}

/// Another registered report of the same provider, as far as a report beside it must know it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherReport {
    /// Its number.
    pub no: ReportNo,
    /// Its start.
    pub start: Instant,
    /// Its end.
    pub end: Instant,
    /// What its children were charged by, when it is about the same family; of another family nothing is said.
    pub siblings: Option<Vec<SiblingPlace>>,
    /// Its eldest child, as long as the family has not approved it: until then it is recalculated whenever a report
    /// with an elder child comes beside it or goes. `None` when it stays as it is.
    pub yields: Option<CareChild>,
}

/// The places among the siblings that other reports keep from this one: those of the reports that overlap it and go
/// before it, because they are approved or because their eldest child is older than its own.
///
/// So the order of ages decides, not the order in which reports are registered. A provider looks after one family at a
/// time; two reports of one family may overlap only with other children (domain 5.3).
///
/// # Errors
/// [`Refusal::Overlap`] with the report in the way.
pub fn beside(
    start: Instant,
    end: Instant,
    children: &[CareChild],
    others: &[OtherReport],
) -> Result<Vec<SiblingPlace>, Refusal> {
    let age = |child: &CareChild| (child.birth_date, child.id);
    let eldest = children.iter().map(age).min();
    let mut places = Vec::new();
    for other in others.iter().filter(|other| other.start < end && start < other.end) {
        let same = |place: &SiblingPlace| children.iter().any(|child| child.id == place.child);
        match &other.siblings {
            Some(siblings) if !siblings.iter().any(same) => {
                if other.yields.as_ref().is_none_or(|theirs| Some(age(theirs)) < eldest) {
                    places.extend(siblings.iter().copied());
                }
            }
            _ => return Err(Refusal::Overlap { report: other.no.to_string() }),
        }
    }
    Ok(places)
}

/// The party's reminder that is due for a report awaiting approval (domain 5.3: day 2, day 5, then the coordinator).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reminder {
    /// The family, two days after 登録.
    First,
    /// The family once more, after five days.
    Second,
    /// The coordinator, after more than seven days.
    Escalation,
}

impl Reminder {
    /// The reminder due now for a report registered at a moment; nothing is ever approved by silence. The family hears on
    /// the second and the fifth day, the coordinator when seven whole days have passed.
    #[must_use]
    pub fn due(submitted: Instant, now: Instant) -> Option<Self> {
        if now > submitted.plus_days(7) {
            return Some(Self::Escalation);
        }
        match (now.date() - submitted.date()).whole_days() {
            ..2 => None,
            2..5 => Some(Self::First),
            5.. => Some(Self::Second),
        }
    }

    /// Every reminder, in the order they come.
    pub const ALL: &'static [Self] = &[Self::First, Self::Second, Self::Escalation];

    /// The event's key that records it was sent.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::First => "remind_approval",
            Self::Second => "remind_approval_again",
            Self::Escalation => "escalate_approval",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::ChildId;
    use crate::time::parse_iso_date;

    fn day(text: &str) -> Date {
        parse_iso_date(text).unwrap()
    }

    #[test]
    fn an_end_past_midnight_is_said() {
        let date = day("2024-03-30");
        assert_eq!(period(date, 690, 810, false).unwrap().1, Instant::at(date, 810));
        assert_eq!(period(date, 1380, 30, false), Err(FieldFault::EndBeforeStart));
        assert_eq!(period(date, 1380, 30, true).unwrap().1, Instant::at(day("2024-03-31"), 30));
        assert_eq!(period(date, 600, 600, false), Err(FieldFault::EndBeforeStart));
        assert_eq!(period(date, 600, 601, true), Err(FieldFault::TooLongPeriod(1440)));
    }

    #[test]
    fn siblings_count_on_and_everything_else_stands_in_the_way() {
        let at = |minute| Instant::at(day("2024-03-30"), minute);
        let place = SiblingPlace { child: ChildId(5), start: at(600), end: at(720), position: 0 };
        let child = |id, birth| CareChild { id: ChildId(id), birth_date: day(birth) };
        let (elder, younger) = (child(6, "2019-06-10"), child(7, "2023-06-10"));
        let approved = OtherReport {
            no: ReportNo(3_000_001),
            start: at(600),
            end: at(720),
            siblings: Some(vec![place]),
            yields: None,
        };
        let awaiting = [OtherReport { yields: Some(child(5, "2021-06-10")), ..approved.clone() }];
        let stranger = [OtherReport { siblings: None, ..approved.clone() }];
        let approved = [approved];
        let refused = Err(Refusal::Overlap { report: "EKH3000001".into() });
        let taken = Ok(vec![place]);
        assert_eq!(beside(at(660), at(780), &[elder], &approved), taken, "what is approved stays");
        assert_eq!(
            beside(at(660), at(780), &[elder], &awaiting),
            Ok(vec![]),
            "it is recalculated behind the elder child"
        );
        assert_eq!(beside(at(660), at(780), &[younger], &awaiting), taken);
        assert_eq!(beside(at(660), at(780), &[child(5, "2021-06-10"), elder], &approved), refused);
        assert_eq!(beside(at(719), at(780), &[younger], &stranger), refused);
        assert_eq!(beside(at(720), at(780), &[younger], &stranger), Ok(vec![]), "back to back is no overlap");
    }

    #[test]
    fn the_coordinator_hears_of_a_report_after_more_than_seven_days() {
        let submitted = Instant::at(day("2024-03-30"), 14 * 60);
        let due = |text, minute| Reminder::due(submitted, Instant::at(day(text), minute));
        assert_eq!(due("2024-03-31", 0), None);
        assert_eq!(due("2024-04-01", 0), Some(Reminder::First));
        assert_eq!(due("2024-04-04", 0), Some(Reminder::Second));
        assert_eq!(due("2024-04-06", 9 * 60), Some(Reminder::Second), "six days and nineteen hours");
        assert_eq!(due("2024-04-06", 14 * 60), Some(Reminder::Second), "seven days to the minute");
        assert_eq!(due("2024-04-06", 14 * 60 + 1), Some(Reminder::Escalation));
        assert_eq!(due("2024-04-07", 9 * 60), Some(Reminder::Escalation));
    }
}
