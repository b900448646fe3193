//! A care request (援助依頼, CDK) and its coordination: states, steps and guards (domain 5.2).

use crate::actor::Party::{self, Coordinator, Family, Provider, Timer};
use crate::fault::FieldFault;
use crate::holiday::HolidayCalendar;
use crate::opening::Hours;
use crate::tariff::CancelWhen;
use crate::time::{Date, Instant, MinuteOfDay};
use crate::workflow::{Step, actions, keyed};

keyed!(
    /// The coordination status (コーディネーターステータス).
    CoordinationStatus {
        /// 下書き
        Draft = "draft",
        /// 受付待ち
        Submitted = "submitted",
        /// 調整中
        InCoordination = "in_coordination",
        /// 打診中
        Offering = "offering",
        /// 提供会員決定
        ProviderFound = "provider_found",
        /// 打合せ予定
        MeetingScheduled = "meeting_scheduled",
        /// 打合せ済
        MeetingHeld = "meeting_held",
        /// 成立, the newsletter's word
        Established = "established",
        /// 完了
        Completed = "completed",
        /// 不成立
        NotEstablished = "not_established",
        /// 取下げ
        Withdrawn = "withdrawn",
        /// キャンセル
        Cancelled = "cancelled",
    }
);

impl CoordinationStatus {
    /// The branch still has to do with it, or waits for its day.
    pub const OPEN: [Self; 7] = [
        Self::Submitted,
        Self::InCoordination,
        Self::Offering,
        Self::ProviderFound,
        Self::MeetingScheduled,
        Self::MeetingHeld,
        Self::Established,
    ];
    /// A provider has taken it, and its activity is not settled.
    pub const TAKEN: [Self; 4] = [Self::ProviderFound, Self::MeetingScheduled, Self::MeetingHeld, Self::Established];
    /// A provider has taken it, and it is not agreed yet.
    pub const MATCHED: [Self; 3] = [Self::ProviderFound, Self::MeetingScheduled, Self::MeetingHeld];
    /// The family and a provider have agreed.
    pub const AGREED: [Self; 2] = [Self::Established, Self::Completed];
    /// The matched provider finds it in the list.
    pub const SHOWN_TO_PROVIDER: [Self; 5] =
        [Self::MeetingScheduled, Self::MeetingHeld, Self::Established, Self::Completed, Self::Cancelled];
    /// On the way to 成立.
    pub const BEFORE_AGREEMENT: [Self; 6] = [
        Self::Submitted,
        Self::InCoordination,
        Self::Offering,
        Self::ProviderFound,
        Self::MeetingScheduled,
        Self::MeetingHeld,
    ];
    /// No care comes of it, or not yet: a draft is the family's alone.
    pub const WITHOUT_CARE: [Self; 4] = [Self::Draft, Self::NotEstablished, Self::Withdrawn, Self::Cancelled];
    /// Nothing more happens by itself.
    pub const ENDED: [Self; 4] = [Self::Completed, Self::NotEstablished, Self::Withdrawn, Self::Cancelled];
}

keyed!(
    /// What can be done to a request.
    RequestAction {
        /// 一時保存
        SaveDraft = "save_draft",
        /// 登録
        Submit = "submit",
        /// The coordinator takes it into her care.
        Take = "take",
        /// Ask one or several providers (打診).
        Offer = "offer",
        /// A provider accepts (受ける).
        Accept = "accept",
        /// All offers declined, expired or closed.
        ReturnToSearch = "return_to_search",
        /// Set or move the date of the pre-meeting (事前打合せ日).
        ScheduleMeeting = "schedule_meeting",
        /// The meeting took place.
        HoldMeeting = "hold_meeting",
        /// 成立
        Establish = "establish",
        /// 成立 without a meeting: same pair, same content, same fiscal year.
        EstablishWaived = "establish_waived",
        /// Not agreed, or the provider cannot come: search again.
        SearchAgain = "search_again",
        /// 不成立
        NotEstablish = "not_establish",
        /// 取下げ
        Withdraw = "withdraw",
        /// キャンセル
        Cancel = "cancel",
        /// The activity's report is approved: until then its family, its provider and the branch still have work with it.
        Complete = "complete",
        /// The report of a 完了 case was voided: the activity is to be reported again, or did not take place.
        ReportAgain = "report_anew",
    }
);

use CoordinationStatus as S;
use RequestAction as A;

const C: &[Party] = &[Coordinator];
const U: &[Party] = &[Family, Coordinator];
/// 下書き is the family's alone: the branch does not see it.
const OWN: &[Party] = &[Family];
const ALL: &[Party] = &[Family, Provider, Coordinator];
const T: &[Party] = &[Timer];

const fn step(from: S, action: A, to: S, by: &'static [Party]) -> Step<S, A> {
    Step { from, action, to, by }
}

/// Domain 5.2, row by row.
pub const TABLE: &[Step<S, A>] = &[
    step(S::Draft, A::SaveDraft, S::Draft, OWN),
    step(S::Draft, A::Submit, S::Submitted, OWN),
    step(S::Draft, A::Withdraw, S::Withdrawn, OWN),
    step(S::Submitted, A::Take, S::InCoordination, C),
    step(S::Submitted, A::Withdraw, S::Withdrawn, U),
    step(S::InCoordination, A::Offer, S::Offering, C),
    step(S::InCoordination, A::NotEstablish, S::NotEstablished, C),
    step(S::InCoordination, A::Withdraw, S::Withdrawn, U),
    step(S::Offering, A::Offer, S::Offering, C),
    step(S::Offering, A::Accept, S::ProviderFound, &[Provider, Coordinator]),
    step(S::Offering, A::ReturnToSearch, S::InCoordination, &[Provider, Coordinator, Timer]),
    step(S::Offering, A::NotEstablish, S::NotEstablished, C),
    step(S::Offering, A::Withdraw, S::Withdrawn, U),
    step(S::ProviderFound, A::ScheduleMeeting, S::MeetingScheduled, ALL),
    step(S::ProviderFound, A::EstablishWaived, S::Established, C),
    step(S::ProviderFound, A::SearchAgain, S::InCoordination, C),
    step(S::ProviderFound, A::Withdraw, S::Withdrawn, U),
    step(S::MeetingScheduled, A::ScheduleMeeting, S::MeetingScheduled, ALL),
    step(S::MeetingScheduled, A::HoldMeeting, S::MeetingHeld, C),
    step(S::MeetingScheduled, A::SearchAgain, S::InCoordination, C),
    step(S::MeetingScheduled, A::Withdraw, S::Withdrawn, U),
    step(S::MeetingHeld, A::Establish, S::Established, C),
    step(S::MeetingHeld, A::SearchAgain, S::InCoordination, C),
    step(S::MeetingHeld, A::Withdraw, S::Withdrawn, U),
    step(S::Established, A::Cancel, S::Cancelled, U),
    step(S::Established, A::SearchAgain, S::InCoordination, &[Provider, Coordinator]),
    step(S::Established, A::Complete, S::Completed, T),
    step(S::Completed, A::ReportAgain, S::Established, T),
];

/// Whether a step comes too late for a side: once the activity's hours are over, neither member calls it off any more, and
/// what became of it is for the branch to record.
#[must_use]
pub fn is_over_for(action: A, by: Party, ends_at: Instant, now: Instant) -> bool {
    matches!(action, A::Cancel | A::SearchAgain) && by != Coordinator && ends_at <= now
}

/// What a party may do with a case now, in the table's order: the buttons of its page.
pub fn actions_now(now: Instant, status: S, ends_at: Instant, by: Party) -> impl Iterator<Item = A> {
    actions(TABLE, status, by).filter(move |action| !is_over_for(*action, by, ends_at, now))
}

impl CoordinationStatus {
    /// Whether the case has ended: nobody moves it any more, save that a voided report takes it out of 完了.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, S::Completed | S::NotEstablished | S::Withdrawn | S::Cancelled)
    }

    /// Whether the matched provider and the family know of each other's meeting: from 打合せ予定 on (domain 5.6).
    #[must_use]
    pub const fn meeting_known(self) -> bool {
        matches!(self, S::MeetingScheduled | S::MeetingHeld | S::Established | S::Completed | S::Cancelled)
    }

    /// Whether telephone, address, children's names and the 事前打合せ情報 may be open to the provider: from 成立 on.
    #[must_use]
    pub const fn contacts_shared(self) -> bool {
        matches!(self, S::Established | S::Completed)
    }

    /// Whether the family may enter and edit the 事前打合せ情報: from 打合せ予定 until the case ends.
    #[must_use]
    pub const fn sheet_open(self) -> bool {
        matches!(self, S::MeetingScheduled | S::MeetingHeld | S::Established)
    }
}

/// Days after the activity for which the provider still sees contacts and the sheet (domain 5.6).
pub const CONTACT_DAYS: i64 = 30;

keyed!(
    /// The kind of help asked for (希望する援助内容).
    CareKind {
        /// 預かり
        Care = "care",
        /// 送迎
        Escort = "escort",
        /// 預かりと送迎
        CareWithEscort = "care_with_escort",
        /// 拠点ひろばでの預かり
        BaseCare = "base_care",
    }
);

keyed!(
    /// Where the care takes place.
    CarePlace {
        /// 提供会員の自宅
        ProviderHome = "provider_home",
        /// 利用会員の自宅
        UserHome = "user_home",
        /// 拠点ひろば
        Base = "base",
        /// 地区センターなど
        Other = "other",
    }
);

/// The web form's lead time in days (newsletter: 3週間後の日付から指定可能です).
pub const WEB_LEAD_DAYS: i64 = 21;

/// The first date the web form takes, seen from `today` (both Asia/Tokyo).
#[must_use]
pub fn first_web_date(today: Date) -> Date {
    today.checked_add(::time::Duration::days(WEB_LEAD_DAYS)).unwrap_or(Date::MAX)
}

/// The longest care that one request may ask for, in minutes: overnight stays are not offered (domain 1.2).
pub const MAX_CARE_MINUTES: i64 = 16 * 60;

/// The moments of a care asked for as a day and two times; an end past midnight is said explicitly, 24:00 is none.
///
/// # Errors
/// [`FieldFault::EndBeforeStart`], and [`FieldFault::TooLongPeriod`] beyond [`MAX_CARE_MINUTES`].
pub fn care_period(
    date: Date,
    start: MinuteOfDay,
    end: MinuteOfDay,
    next_day: bool,
) -> Result<(Instant, Instant), FieldFault> {
    let too_long = FieldFault::TooLongPeriod(MAX_CARE_MINUTES);
    match crate::report::period(date, start, end, next_day) {
        Ok((from, to)) if to.minutes_since(from) > MAX_CARE_MINUTES => Err(too_long),
        Err(FieldFault::TooLongPeriod(_)) => Err(too_long),
        period => period,
    }
}

/// Whether a child may be looked after on a day: from 57 days after birth to 31 March after the 6th grade (domain 2).
///
/// Someone born on 1 April belongs to the older school year.
#[must_use]
pub fn child_eligible(birth: Date, on: Date) -> bool {
    let Some(first) = birth.checked_add(::time::Duration::days(57)) else { return false };
    on >= first && on <= last_eligible_day(birth)
}

/// 31 March after the child's 6th grade: born 2 April Y to 1 April Y+1 → 31 March Y+13.
#[must_use]
pub fn last_eligible_day(birth: Date) -> Date {
    let school_year = if (u8::from(birth.month()), birth.day()) >= (4, 2) { birth.year() } else { birth.year() - 1 };
    Date::from_calendar_date(school_year + 13, ::time::Month::March, 31).unwrap_or(Date::MAX)
}

keyed!(
    /// The status of an offer (打診).
    OfferStatus {
        /// 返事待ち
        Sent = "sent",
        /// 閲覧済
        Seen = "seen",
        /// 受諾
        Accepted = "accepted",
        /// 辞退
        Declined = "declined",
        /// 期限切れ
        Expired = "expired",
        /// 終了: another provider took it, or the search ended
        Closed = "closed",
    }
);

keyed!(
    /// What can be done to an offer.
    OfferAction {
        /// The provider opened it.
        See = "see",
        /// 受ける
        Accept = "accept",
        /// 辞退
        Decline = "decline",
        /// 48 hours without an answer.
        Expire = "expire",
        /// The coordinator, or another provider's acceptance, ends it.
        Close = "close",
    }
);

const P: &[Party] = &[Provider, Coordinator];

const fn offer_step(
    from: OfferStatus,
    action: OfferAction,
    to: OfferStatus,
    by: &'static [Party],
) -> Step<OfferStatus, OfferAction> {
    Step { from, action, to, by }
}

/// The offer's table (domain 5.2).
pub const OFFER_TABLE: &[Step<OfferStatus, OfferAction>] = &[
    offer_step(OfferStatus::Sent, OfferAction::See, OfferStatus::Seen, &[Provider]),
    offer_step(OfferStatus::Sent, OfferAction::Accept, OfferStatus::Accepted, P),
    offer_step(OfferStatus::Sent, OfferAction::Decline, OfferStatus::Declined, P),
    offer_step(OfferStatus::Sent, OfferAction::Expire, OfferStatus::Expired, T),
    offer_step(OfferStatus::Sent, OfferAction::Close, OfferStatus::Closed, &[Coordinator, Timer]),
    offer_step(OfferStatus::Seen, OfferAction::Accept, OfferStatus::Accepted, P),
    offer_step(OfferStatus::Seen, OfferAction::Decline, OfferStatus::Declined, P),
    offer_step(OfferStatus::Seen, OfferAction::Expire, OfferStatus::Expired, T),
    offer_step(OfferStatus::Seen, OfferAction::Close, OfferStatus::Closed, &[Coordinator, Timer]),
];

impl OfferStatus {
    /// The provider may still answer.
    pub const OPEN: [Self; 2] = [Self::Sent, Self::Seen];

    /// Whether the provider may still answer.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Sent | Self::Seen)
    }
}

/// Hours a provider has to answer an offer (domain 5.2).
pub const OFFER_HOURS: i64 = 48;

/// Until when an offer sent now can be answered: [`OFFER_HOURS`], but never beyond the activity's start.
#[must_use]
pub fn answer_until(now: Instant, start: Instant) -> Instant {
    now.plus_minutes(OFFER_HOURS * 60).min(start)
}

/// The same in a branch's open days, so that nobody's time runs out on a day on which the branch cannot be asked.
#[must_use]
pub fn answer_until_in(hours: &Hours, holidays: &HolidayCalendar, now: Instant, start: Instant) -> Instant {
    hours.after_open_time(holidays, now, OFFER_HOURS * 60).min(start)
}

keyed!(
    /// The status of the activity that an established request stands for.
    ActivityStatus {
        /// 予定
        Planned = "planned",
        /// 活動中: the children are in the provider's hands.
        InProgress = "in_progress",
        /// 活動終了: the children are with their family again.
        Ended = "ended",
        /// 報告済
        Reported = "reported",
        /// 利用会員のキャンセル
        CancelledByUser = "cancelled_by_user",
        /// 提供会員の都合
        CancelledByProvider = "cancelled_by_provider",
        /// 利用会員の連絡なし: the branch heard of it only after the hours had begun.
        NoShow = "no_show",
    }
);

impl ActivityStatus {
    /// Its hours are taken.
    pub const KEPT: [Self; 4] = [Self::Planned, Self::InProgress, Self::Ended, Self::Reported];
}

keyed!(
    /// What happens to a planned activity.
    ActivityAction {
        /// 活動開始: the children were handed over.
        Start = "start",
        /// 活動終了: the children were handed back.
        End = "end",
        /// Its report is registered.
        Report = "report",
        /// Its report is taken back or void.
        Unreport = "unreport",
        /// The family cancels it in time.
        Cancel = "cancel",
        /// The provider cannot come.
        GiveBack = "give_back",
        /// The family's word reached the branch only after the hours had begun.
        Miss = "miss",
    }
);

impl ActivityAction {
    /// What happens to an activity that its family cancels at this step of the tariff's ladder.
    #[must_use]
    pub const fn of_cancellation(when: CancelWhen) -> Self {
        match when {
            CancelWhen::UntilDayBefore | CancelWhen::SameDayBeforeStart => Self::Cancel,
            CancelWhen::AfterStartOrNoNotice => Self::Miss,
        }
    }
}

/// Steps of the activity that an established request stands for. 活動開始 and 活動終了 are recorded by whoever was there, or
/// not at all; everything else follows from steps of its request and its report.
pub const ACTIVITY_TABLE: &[Step<ActivityStatus, ActivityAction>] = {
    use ActivityAction as D;
    use ActivityStatus as T;
    const fn step(from: T, action: D, to: T, by: &'static [Party]) -> Step<T, D> {
        Step { from, action, to, by }
    }
    &[
        step(T::Planned, D::Start, T::InProgress, &[Party::Provider, Party::Coordinator]),
        step(T::Planned, D::Report, T::Reported, &[Party::Provider, Party::Coordinator, Party::Timer]),
        step(T::InProgress, D::Report, T::Reported, &[Party::Provider, Party::Coordinator, Party::Timer]),
        step(T::InProgress, D::Cancel, T::CancelledByUser, &[Party::Family, Party::Coordinator]),
        step(T::InProgress, D::GiveBack, T::CancelledByProvider, &[Party::Provider, Party::Coordinator]),
        step(T::InProgress, D::Miss, T::NoShow, &[Party::Family, Party::Coordinator]),
        step(T::InProgress, D::End, T::Ended, &[Party::Provider, Party::Coordinator]),
        step(T::Ended, D::Report, T::Reported, &[Party::Provider, Party::Coordinator, Party::Timer]),
        step(T::Ended, D::Cancel, T::CancelledByUser, &[Party::Coordinator]),
        step(T::Ended, D::GiveBack, T::CancelledByProvider, &[Party::Coordinator]),
        step(T::Ended, D::Miss, T::NoShow, &[Party::Coordinator]),
        step(T::Reported, D::Unreport, T::Ended, &[Party::Provider, Party::Coordinator]),
        step(T::Planned, D::Cancel, T::CancelledByUser, &[Party::Family, Party::Coordinator]),
        step(T::Planned, D::GiveBack, T::CancelledByProvider, &[Party::Provider, Party::Coordinator]),
        step(T::Planned, D::Miss, T::NoShow, &[Party::Family, Party::Coordinator]),
    ]
};

/// Minutes around the plan within which a handover counts as on time: a button is never pressed on the minute, and a fee
/// must not grow by that.
pub const HANDOVER_MINUTES: i64 = 5;

/// The hours a report begins with: those that were recorded while the activity went on, else the planned ones.
#[must_use]
pub fn reported_hours(
    planned: (Instant, Instant),
    started: Option<Instant>,
    ended: Option<Instant>,
) -> (Instant, Instant) {
    let on_time = |plan: Instant, real: Option<Instant>| {
        real.filter(|real| real.minutes_since(plan).abs() > HANDOVER_MINUTES).unwrap_or(plan)
    };
    let hours = (on_time(planned.0, started), on_time(planned.1, ended));
    if hours.0 < hours.1 { hours } else { planned }
}

/// Why a provider may not be asked for a request: the hard gates (domain 5.2).
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Gate {
    /// The membership is not active (休止 and others).
    NotActive(crate::member::MembershipStatus),
    /// A required training was never taken.
    TrainingMissing(crate::member::TrainingKind),
    /// A required training has expired before the day of the activity.
    TrainingExpired(crate::member::TrainingKind, #[serde(with = "crate::time::serde_date")] Date),
    /// The provider has another activity or accepted request at that time.
    Clash {
        /// Start of the other one.
        start: Instant,
        /// End of the other one.
        end: Instant,
    },
    /// The family and the provider live in one household.
    SameHousehold,
    /// A 両方会員 cannot be both sides of one case.
    OwnRequest,
}

/// Facts about a provider that the gates decide on.
#[derive(Clone, Debug)]
pub struct ProviderFacts {
    /// Whether the provider is the family itself.
    pub is_family: bool,
    /// Whether both live at one address.
    pub same_household: bool,
    /// The membership's status.
    pub status: crate::member::MembershipStatus,
    /// The latest expiry of each training the provider holds.
    pub trainings: Vec<(crate::member::TrainingKind, Date)>,
    /// The provider's other commitments that overlap the asked period.
    pub clashes: Vec<(Instant, Instant)>,
}

/// Every gate that stops this provider for an activity on `day`; empty means the provider may be asked.
#[must_use]
pub fn gates(facts: &ProviderFacts, day: Date) -> Vec<Gate> {
    let mut gates = Vec::new();
    if facts.is_family {
        gates.push(Gate::OwnRequest);
    } else if facts.same_household {
        gates.push(Gate::SameHousehold);
    }
    if facts.status != crate::member::MembershipStatus::Active {
        gates.push(Gate::NotActive(facts.status));
    }
    for &kind in crate::member::REQUIRED_TRAININGS {
        let latest = facts.trainings.iter().filter(|(held, _)| *held == kind).map(|(_, until)| *until).max();
        match latest {
            None => gates.push(Gate::TrainingMissing(kind)),
            Some(until) if until < day => gates.push(Gate::TrainingExpired(kind, until)),
            Some(_) => {}
        }
    }
    if let Some(&(start, end)) = facts.clashes.first() {
        gates.push(Gate::Clash { start, end });
    }
    gates
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::parse_time;
    use crate::time::parse_iso_date;

    fn minutes(start: &str, end: &str, next_day: bool) -> Result<i64, FieldFault> {
        let day = parse_iso_date("2024-03-30").unwrap();
        let (start, end) = (parse_time(start).unwrap(), parse_time(end).unwrap());
        care_period(day, start, end, next_day).map(|(from, to)| to.minutes_since(from))
    }

    #[test]
    fn care_may_end_past_midnight_when_it_is_said() {
        assert_eq!(minutes("22:00", "1:30", true), Ok(210));
        assert_eq!(minutes("22:00", "24:00", false), Ok(120));
        assert_eq!(minutes("22:00", "0:00", true), Ok(120), "the same midnight");
        assert_eq!(minutes("22:00", "1:30", false), Err(FieldFault::EndBeforeStart));
        assert_eq!(minutes("22:00", "22:00", false), Err(FieldFault::EndBeforeStart));
        let too_long = Err(FieldFault::TooLongPeriod(MAX_CARE_MINUTES));
        assert_eq!(minutes("9:00", "9:30", true), too_long, "a tick too many");
        assert_eq!(minutes("7:59", "24:00", false), too_long);
        assert_eq!(minutes("8:00", "24:00", false), Ok(MAX_CARE_MINUTES));
    }

    #[test]
    fn a_period_lies_within_its_rules_whatever_is_typed() {
        for start in (0..=1440).step_by(45) {
            for end in (0..=1440).step_by(45) {
                for next_day in [false, true] {
                    let day = parse_iso_date("2024-02-29").unwrap();
                    if let Ok((from, to)) = care_period(day, start, end, next_day) {
                        assert!(from < to && to.minutes_since(from) <= MAX_CARE_MINUTES);
                        assert_eq!(to, Instant::at(day, end).plus_days(i64::from(next_day)));
                    }
                }
            }
        }
    }

    #[test]
    fn a_report_begins_with_the_recorded_hours_where_they_differ_from_the_plan() {
        let at = |minute| Instant::at(parse_iso_date("2024-03-30").unwrap(), minute);
        let planned = (at(690), at(810));
        let hours = |started, ended| reported_hours(planned, started, ended);
        assert_eq!(hours(None, None), planned);
        assert_eq!(hours(Some(at(685)), Some(at(815))), planned, "on time");
        assert_eq!(hours(Some(at(684)), Some(at(816))), (at(684), at(816)));
        assert_eq!(hours(Some(at(700)), None), (at(700), at(810)), "nobody said when it ended");
        assert_eq!(hours(Some(at(820)), None), planned, "no end before its start");
    }
}
