//! Coordination (コーディネート): why a search ended, when a case is stalled, how long contacts stay open, and the fields
//! of the 事前打合せ情報.

use crate::id::ChildId;
use crate::request::{CONTACT_DAYS, CareKind, CarePlace, CoordinationStatus as S};
use crate::time::{Date, Instant, fiscal_year};
use crate::workflow::keyed;

keyed!(
    /// Why a request ended as 不成立; the keys feed statistics.
    NotEstablishedReason {
        /// 引き受けられる提供会員がいない
        NoProvider = "no_provider",
        /// 距離
        Distance = "distance",
        /// 日時
        Time = "time",
        /// 内容
        Content = "content",
        /// その他
        Other = "other",
    }
);

keyed!(
    /// Who cannot keep an agreed activity or who agreed to none, told apart for notices and statistics.
    SearchAgainReason {
        /// 提供会員の都合
        Provider = "provider",
        /// 利用会員の希望
        Family = "family",
        /// 条件が合わない
        Terms = "terms",
        /// その他
        Other = "other",
    }
);

/// Whether telephone, address, children's names and the 事前打合せ情報 are open to the matched provider: from 成立 until
/// [`CONTACT_DAYS`] days after the activity's last day (domain 5.6).
#[must_use]
pub fn contacts_open(status: S, activity_end: Instant, now: Instant) -> bool {
    let last = activity_end.date().checked_add(::time::Duration::days(CONTACT_DAYS)).unwrap_or(Date::MAX);
    status.contacts_shared() && now.date() <= last
}

/// Whether an activity is so near that both members want each other's contacts at hand: on its day and the day before,
/// as far as they are open at all.
#[must_use]
pub fn at_the_door(status: S, (start, end): (Instant, Instant), now: Instant) -> bool {
    contacts_open(status, end, now) && start.plus_days(-1).date() <= now.date()
}

/// What decides whether a pre-meeting may be waived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PairCase {
    /// The kind of help.
    pub kind: CareKind,
    /// Where the care takes place.
    pub place: CarePlace,
    /// The children, by their rows.
    pub children: Vec<ChildId>,
    /// The day of the activity.
    pub day: Date,
}

/// Whether a pre-meeting may be waived: in the same fiscal year the pair met for the same content (domain 1.7), which is
/// the same kind of help at the same place, with no child the provider does not know.
#[must_use]
pub fn meeting_waivable(asked: &PairCase, met: &[PairCase]) -> bool {
    met.iter().any(|earlier| {
        earlier.kind == asked.kind
            && earlier.place == asked.place
            && asked.children.iter().all(|child| earlier.children.contains(child))
            && fiscal_year(earlier.day) == fiscal_year(asked.day)
    })
}

keyed!(
    /// The groups of the coordinator's working queue: 要対応, most urgent first, then what waits for others.
    QueueGroup {
        /// 滞り: longer in one place than it should be.
        Stalled = "stalled",
        /// 未着手
        Untaken = "untaken",
        /// 調整中
        Searching = "searching",
        /// 打合せ: a day to arrange, or a meeting that was held.
        Meeting = "meeting",
        /// 返事待ち
        Answering = "answering",
        /// 打合せ待ち: its day is still to come.
        MeetingAhead = "meeting_ahead",
        /// 成立: agreed, nothing to do until the day.
        Established = "established",
    }
);

keyed!(
    /// Why a case is stalled.
    Stall {
        /// Nobody took it within a business day.
        Untaken = "untaken",
        /// The day is near and there is no provider.
        DayNear = "day_near",
        /// The day has passed without 成立.
        DayPassed = "day_passed",
        /// A provider is found, but no meeting has a date.
        NoMeetingDate = "no_meeting_date",
        /// The meeting's time has passed and it is not recorded.
        MeetingPassed = "meeting_passed",
        /// The activity began and is over by the plan, and nobody has recorded its end.
        NotEnded = "not_ended",
        /// The activity is over and not reported.
        NotReported = "not_reported",
    }
);

/// Days before the activity from which a case without a provider is urgent.
pub const NEAR_DAYS: i64 = 3;
/// Days within which a meeting gets its date after a provider was found, and a report comes after the activity.
pub const PATIENCE_DAYS: i64 = 3;

/// What the queue knows of a case.
#[derive(Clone, Copy, Debug)]
pub struct QueueFacts {
    /// The status.
    pub status: S,
    /// Start of the activity.
    pub starts_at: Instant,
    /// End of the activity.
    pub ends_at: Instant,
    /// When the request came in.
    pub requested_at: Instant,
    /// When the status last moved.
    pub updated_at: Instant,
    /// The meeting's moment.
    pub meeting_at: Option<Instant>,
    /// Whether its activity began and has not ended.
    pub under_way: bool,
    /// Whether a report was registered and stands.
    pub reported: bool,
    /// The first moment at which an untaken request is late: a business day of the branch after it came in.
    pub untaken_late_at: Instant,
}

impl QueueGroup {
    /// Whether its cases wait for somebody else: a provider's answer, or a day that is to come.
    #[must_use]
    pub const fn waits(self) -> bool {
        matches!(self, Self::Answering | Self::MeetingAhead | Self::Established)
    }
}

/// Why a case is stalled now; `None` when it is not.
#[must_use]
pub fn stall(case: &QueueFacts, now: Instant) -> Option<Stall> {
    let searching = matches!(case.status, S::Submitted | S::InCoordination | S::Offering);
    match case.status {
        _ if !case.status.is_final()
            && case.status != S::Draft
            && case.status != S::Established
            && case.starts_at <= now =>
        {
            Some(Stall::DayPassed)
        }
        S::Submitted if case.untaken_late_at <= now => Some(Stall::Untaken),
        _ if searching && case.starts_at < now.plus_days(NEAR_DAYS) => Some(Stall::DayNear),
        S::ProviderFound if case.updated_at.plus_days(PATIENCE_DAYS) <= now => Some(Stall::NoMeetingDate),
        S::MeetingScheduled if case.meeting_at.is_some_and(|at| at.date() < now.date()) => Some(Stall::MeetingPassed),
        S::Established if case.under_way && case.ends_at <= now => Some(Stall::NotEnded),
        S::Established if !case.reported && case.ends_at.plus_days(PATIENCE_DAYS) <= now => Some(Stall::NotReported),
        _ => None,
    }
}

/// The group a case stands in; `None` for cases that need nobody's work any more.
#[must_use]
pub fn queue_group(case: &QueueFacts, now: Instant) -> Option<QueueGroup> {
    if stall(case, now).is_some() {
        return Some(QueueGroup::Stalled);
    }
    match case.status {
        S::Submitted => Some(QueueGroup::Untaken),
        S::InCoordination => Some(QueueGroup::Searching),
        S::Offering => Some(QueueGroup::Answering),
        S::MeetingScheduled if case.meeting_at.is_some_and(|at| at > now) => Some(QueueGroup::MeetingAhead),
        S::ProviderFound | S::MeetingScheduled | S::MeetingHeld => Some(QueueGroup::Meeting),
        S::Established if !case.reported => Some(QueueGroup::Established),
        // Reported: the family's turn to approve, and its reminders go by themselves.
        S::Established => None,
        S::Draft | S::Completed | S::NotEstablished | S::Withdrawn | S::Cancelled => None,
    }
}

keyed!(
    /// The family's fields of the 事前打合せ情報 (事前打合せ票), one of each per request.
    SheetField {
        /// 保護者の電話（1番目にかける）
        FirstPhone = "first_phone",
        /// 保護者の電話（2番目）
        SecondPhone = "second_phone",
        /// 緊急連絡先
        EmergencyContact = "emergency_contact",
        /// かかりつけ医
        FamilyDoctor = "family_doctor",
        /// 迎えに来る人
        PickUpPersons = "pick_up_persons",
        /// 保育園・幼稚園・学校
        School = "school",
        /// 持ち物
        Items = "items",
        /// 迎えが遅れるとき
        IfLate = "if_late",
        /// 災害時の集合場所
        DisasterPlace = "disaster_place",
    }
);

keyed!(
    /// The fields of the 事前打合せ情報 that each child has of its own.
    ChildField {
        /// 呼び名
        Nickname = "nickname",
        /// 平熱
        UsualTemperature = "usual_temperature",
        /// 持病・熱性けいれん
        Illness = "illness",
        /// アレルギー
        Allergies = "allergies",
        /// 薬
        Medicine = "medicine",
        /// 食事・ミルク
        Meals = "meals",
        /// 睡眠
        Sleep = "sleep",
        /// 排せつ
        Toilet = "toilet",
        /// 好きなこと・落ち着く方法
        Calming = "calming",
    }
);

impl SheetField {
    /// Whether the sheet is incomplete without it: whom to call, and who else.
    #[must_use]
    pub const fn is_needed(self) -> bool {
        matches!(self, Self::FirstPhone | Self::EmergencyContact)
    }

    /// Whether it is a telephone number alone.
    #[must_use]
    pub const fn is_phone(self) -> bool {
        matches!(self, Self::FirstPhone | Self::SecondPhone)
    }
}

impl ChildField {
    /// Whether the sheet is incomplete without it: 「なし」 is an answer, silence is not.
    #[must_use]
    pub const fn is_needed(self) -> bool {
        matches!(self, Self::Illness | Self::Allergies)
    }

    /// The form's and the stored sheet's key of this field for one child.
    #[must_use]
    pub fn key_for(self, child: ChildId) -> String {
        format!("{}-{child}", self.key())
    }
}

/// The keys that must be filled before a sheet for these children is complete.
pub fn needed_keys(children: &[ChildId]) -> Vec<String> {
    let own = SheetField::ALL.iter().filter(|field| field.is_needed()).map(|field| field.key().to_owned());
    let each = children
        .iter()
        .flat_map(|child| ChildField::ALL.iter().filter(|field| field.is_needed()).map(|field| field.key_for(*child)));
    own.chain(each).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::parse_iso_date;

    fn day(text: &str) -> Date {
        parse_iso_date(text).unwrap()
    }

    #[test]
    fn contacts_stay_open_for_thirty_days_after_the_activity() {
        let end = Instant::at(day("2024-03-30"), 810);
        let last = Instant::at(day("2024-04-29"), 1439);
        assert!(contacts_open(S::Established, end, last));
        assert!(contacts_open(S::Completed, end, last));
        assert!(!contacts_open(S::Completed, end, last.plus_minutes(1)));
        for status in S::ALL.iter().filter(|status| !status.contacts_shared()) {
            assert!(!contacts_open(*status, end, end), "{status:?}");
        }
    }

    #[test]
    fn contacts_are_at_hand_on_the_day_and_the_day_before() {
        let hours = (Instant::at(day("2024-03-30"), 690), Instant::at(day("2024-03-30"), 810));
        let eve = Instant::at(day("2024-03-29"), 0);
        assert!(!at_the_door(S::Established, hours, Instant(eve.0 - 1)));
        assert!(at_the_door(S::Established, hours, eve));
        assert!(at_the_door(S::Established, hours, hours.1));
        assert!(!at_the_door(S::Established, hours, eve.plus_days(40)), "no longer open");
        for status in S::ALL.iter().filter(|status| !status.contacts_shared()) {
            assert!(!at_the_door(*status, hours, hours.0), "{status:?}");
        }
    }

    #[test]
    fn a_meeting_is_waived_within_one_fiscal_year_and_kind() {
        let case = |kind, text| PairCase {
            kind,
            place: CarePlace::ProviderHome,
            children: vec![ChildId(7), ChildId(8)],
            day: day(text),
        };
        let met = [case(CareKind::Care, "2024-03-30")];
        let asked = case(CareKind::Care, "2024-03-31");
        assert!(meeting_waivable(&asked, &met));
        assert!(
            meeting_waivable(&PairCase { children: vec![ChildId(8)], ..asked.clone() }, &met),
            "one of the known children"
        );
        assert!(
            !meeting_waivable(&PairCase { children: vec![ChildId(8), ChildId(9)], ..asked.clone() }, &met),
            "a new child"
        );
        assert!(!meeting_waivable(&PairCase { place: CarePlace::UserHome, ..asked.clone() }, &met), "another place");
        assert!(!meeting_waivable(&case(CareKind::Care, "2024-04-01"), &met), "a new fiscal year");
        assert!(!meeting_waivable(&case(CareKind::Escort, "2024-03-31"), &met), "other content");
        assert!(!meeting_waivable(&asked, &[]));
    }

    fn facts(status: S) -> QueueFacts {
        let asked = Instant::at(day("2024-03-01"), 600);
        QueueFacts {
            status,
            starts_at: Instant::at(day("2024-03-30"), 690),
            ends_at: Instant::at(day("2024-03-30"), 810),
            requested_at: asked,
            updated_at: asked,
            meeting_at: None,
            under_way: false,
            reported: false,
            untaken_late_at: asked.plus_days(1),
        }
    }

    #[test]
    fn every_open_status_has_its_group_and_every_final_one_none() {
        let now = Instant::at(day("2024-03-01"), 660);
        for &status in S::ALL {
            let open = !status.is_final() && status != S::Draft;
            let facts = facts(status);
            assert_eq!(queue_group(&facts, now).is_some(), open, "{status:?}");
            assert_eq!(stall(&facts, now), None, "{status:?}");
        }
    }

    #[test]
    fn a_case_stalls_for_a_named_reason() {
        let at = |text, minute| Instant::at(day(text), minute);
        assert_eq!(stall(&facts(S::Submitted), at("2024-03-02", 600)), Some(Stall::Untaken));
        assert_eq!(stall(&facts(S::Offering), at("2024-03-27", 689)), None);
        assert_eq!(stall(&facts(S::Offering), at("2024-03-27", 691)), Some(Stall::DayNear));
        assert_eq!(stall(&facts(S::ProviderFound), at("2024-03-04", 600)), Some(Stall::NoMeetingDate));
        let met = QueueFacts { meeting_at: Some(at("2024-03-15", 540)), ..facts(S::MeetingScheduled) };
        assert_eq!(stall(&met, at("2024-03-15", 1439)), None);
        assert_eq!(stall(&met, at("2024-03-16", 0)), Some(Stall::MeetingPassed));
        assert_eq!(stall(&facts(S::Established), at("2024-04-02", 810)), Some(Stall::NotReported));
        let under_way = QueueFacts { under_way: true, ..facts(S::Established) };
        assert_eq!(stall(&under_way, at("2024-03-30", 809)), None);
        assert_eq!(stall(&under_way, at("2024-03-30", 810)), Some(Stall::NotEnded));
        assert_eq!(stall(&QueueFacts { reported: true, ..facts(S::Established) }, at("2024-05-02", 0)), None);
        assert_eq!(stall(&facts(S::MeetingHeld), at("2024-03-30", 690)), Some(Stall::DayPassed));
    }

    #[test]
    fn a_reported_case_waits_for_nobody_at_the_desk_until_its_report_is_voided() {
        let now = Instant::at(day("2024-03-31"), 600);
        assert_eq!(queue_group(&QueueFacts { reported: true, ..facts(S::Established) }, now), None);
        assert_eq!(queue_group(&facts(S::Established), now), Some(QueueGroup::Established));
    }

    #[test]
    fn a_meeting_ahead_waits_and_one_whose_time_has_come_is_to_be_recorded() {
        let at = |minute| Instant::at(day("2024-03-15"), minute);
        let set = QueueFacts { meeting_at: Some(at(540)), ..facts(S::MeetingScheduled) };
        assert_eq!(queue_group(&set, at(539)), Some(QueueGroup::MeetingAhead));
        assert_eq!(queue_group(&set, at(540)), Some(QueueGroup::Meeting));
        assert!(QueueGroup::ALL.iter().skip_while(|group| !group.waits()).all(|group| group.waits()), "at the end");
    }

    #[test]
    fn a_sheet_needs_whom_to_call_and_each_childs_health() {
        let needed = needed_keys(&[ChildId(7), ChildId(8)]);
        assert_eq!(
            needed,
            ["first_phone", "emergency_contact", "illness-7", "allergies-7", "illness-8", "allergies-8"]
        );
    }
}
