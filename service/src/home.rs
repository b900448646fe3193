//! A member's home: what is the member's turn, what is planned, what is under way. At most three queries per side.

use crate::entity::{activity_report, care_request, member, offer, pre_meeting_sheet, trial_coupon};
use crate::error::{Error, Result};
use crate::{Env, policy, subsidy};
use domain::actor::Actor;
use domain::coordination::at_the_door;
use domain::coupon::Settlement;
use domain::number::{ReportNo, RequestNo};
use domain::policy::{Relation, Right, side};
use domain::report::{ReportStatus, RewardStatus};
use domain::request::{CareKind, CarePlace, CoordinationStatus, OfferStatus};
use domain::subsidy::YearMonth;
use domain::time::{Date, Instant};
use sea_orm::sea_query::{Condition, Expr, ExprTrait, JoinType, Order, Query};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, RelationTrait};

/// Things of one kind shown at most; the lists have the rest.
const MOST: u64 = 30;

/// Something that waits for the member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// 報告書の確認: a report to approve.
    Approve {
        /// The report.
        report: ReportNo,
        /// The activity's start and end.
        period: (Instant, Instant),
        /// The provider's family name.
        provider: String,
        /// Fee and expenses in yen, before おためし券.
        yen: i64,
    },
    /// 事前打合せ情報 to fill in.
    FillSheet {
        /// The request.
        request: RequestNo,
        /// The activity's start and end.
        period: (Instant, Instant),
        /// 事前打合せ日
        meeting: Option<Instant>,
    },
    /// An offer to answer.
    Answer {
        /// The request.
        request: RequestNo,
        /// The activity's start and end.
        period: (Instant, Instant),
        /// The kind of help.
        kind: CareKind,
        /// The family's town.
        town: String,
        /// Until when.
        until: Instant,
    },
    /// An ended activity without a report.
    WriteReport {
        /// The request.
        request: RequestNo,
        /// The activity's planned start and end.
        period: (Instant, Instant),
        /// The family's name.
        family: String,
    },
    /// A report begun and not yet registered.
    FinishReport {
        /// The report.
        report: ReportNo,
        /// The activity's start and end, when typed.
        period: Option<(Instant, Instant)>,
        /// The family's name.
        family: String,
    },
    /// 修正依頼: a report to mend.
    MendReport {
        /// The report.
        report: ReportNo,
        /// The activity's start and end, when typed.
        period: Option<(Instant, Instant)>,
        /// The family's name.
        family: String,
        /// What the family asks to mend.
        comment: String,
    },
    /// 報酬受領: an approved report whose reward is to be marked.
    Receive {
        /// The report.
        report: ReportNo,
        /// The activity's start and end, when typed.
        period: Option<(Instant, Instant)>,
        /// The family's name.
        family: String,
        /// What the family pays, in yen.
        yen: i64,
    },
}

/// Something planned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// The request.
    pub request: RequestNo,
    /// When it begins.
    pub start: Instant,
    /// When it ends; a meeting has no end.
    pub end: Option<Instant>,
    /// Whether it is the 事前打合せ instead of the activity.
    pub meeting: bool,
    /// The kind of help.
    pub kind: Option<CareKind>,
    /// The other side's name, where it is known.
    pub with: String,
    /// Whether the member gives the care.
    pub giving: bool,
    /// Where the meeting is; empty for an activity.
    pub meeting_place: String,
    /// What is needed at the door; only of an activity that is near.
    pub door: Option<AtTheDoor>,
}

impl Planned {
    const fn activity(
        request: RequestNo,
        (start, end): (Instant, Instant),
        kind: Option<CareKind>,
        with: String,
        giving: bool,
    ) -> Self {
        let meeting_place = String::new();
        Self { request, start, end: Some(end), meeting: false, kind, with, giving, meeting_place, door: None }
    }

    /// The meeting before this activity.
    fn meeting_at(self, start: Instant, place: Option<String>) -> Self {
        Self { start, end: None, meeting: true, meeting_place: place.unwrap_or_default(), ..self }
    }
}

/// What is needed at the door on the day of an activity and the day before, while contacts are open (domain 5.6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AtTheDoor {
    /// The other side's telephone.
    pub telephone: String,
    /// The family's address for the provider; empty for the family.
    pub address: String,
    /// Where the care takes place.
    pub place: Option<CarePlace>,
    /// Where exactly.
    pub place_detail: String,
    /// Whether the provider finds 事前打合せ情報.
    pub sheet: bool,
}

/// A case the member took as a provider with nothing ahead that has a day: until the meeting is arranged, and from the
/// meeting until 成立. Still nothing personal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arranging {
    /// The request.
    pub request: RequestNo,
    /// The activity's start and end.
    pub period: (Instant, Instant),
    /// The kind of help.
    pub kind: Option<CareKind>,
    /// Where the case stands.
    pub status: CoordinationStatus,
}

/// A request on its way (依頼中).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Underway {
    /// The request.
    pub no: RequestNo,
    /// Its status.
    pub status: CoordinationStatus,
    /// The activity's start and end; `None` while a draft has none that can be read.
    pub period: Option<(Instant, Instant)>,
}

/// What the next close brings a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloseOutlook {
    /// The close's month.
    pub month: YearMonth,
    /// Days from today to the 5th, today included as 0.
    pub days_left: i64,
    /// What would be claimed now, in yen.
    pub ready_yen: i64,
    /// Reports that would be claimed now.
    pub ready: usize,
    /// Reports and ended activities without one that would slip to the month after.
    pub slipping: usize,
}

/// A member's home.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Home {
    /// あなたの番です, most urgent first.
    pub turns: Vec<Turn>,
    /// これからの予定, soonest first.
    pub planned: Vec<Planned>,
    /// お引き受けいただいた援助 that wait for the branch, soonest first.
    pub arranging: Vec<Arranging>,
    /// 依頼中, soonest first.
    pub underway: Vec<Underway>,
    /// おためし券 のこり; `None` when none were ever issued.
    pub tickets: Option<i64>,
    /// The next close, for providers.
    pub close: Option<CloseOutlook>,
}

/// A member's home.
///
/// # Errors
/// [`Error::NotFound`] for staff; those of the database.
pub async fn home(env: &Env, actor: &Actor) -> Result<Home> {
    if actor.member().is_none() {
        return Err(Error::NotFound);
    }
    let now = env.clock.now();
    let mut home = Home::default();
    if side(actor, Right::AskForCare, None).is_some() {
        approvals(env, actor, &mut home).await?;
        requests(env, actor, now, &mut home).await?;
        let left = Expr::col(trial_coupon::Column::Issued).sub(Expr::col(trial_coupon::Column::Used)).sum();
        let tickets: Option<Option<i64>> = trial_coupon::Entity::find()
            .select_only()
            .expr_as(left.cast_as("BIGINT"), "tickets")
            .filter(policy::visible::<trial_coupon::Entity>(actor, Right::ListCoupons, None)?)
            .filter(trial_coupon::Column::ExpiresOn.gte(now.date()))
            .into_tuple()
            .one(env.db.read())
            .await?;
        home.tickets = tickets.flatten();
    }
    if side(actor, Right::ProvideCare, None).is_some() {
        offers(env, actor, now, &mut home).await?;
        cases(env, actor, now, &mut home).await?;
        reports(env, actor, now, &mut home).await?;
    }
    home.turns.sort_by_key(urgency);
    home.planned.sort_by_key(|planned| planned.start);
    Ok(home)
}

/// The reports that are the member's as one side.
fn own_reports(actor: &Actor, side: Relation) -> Result<Condition> {
    policy::visible::<activity_report::Entity>(actor, Right::ReadReport, Some(side))
}

/// Approvals first, then answers that expire, then what is to be written, then receipts.
fn urgency(turn: &Turn) -> (u8, Instant) {
    let none = Instant::default();
    match turn {
        Turn::Approve { period, .. } => (0, period.0),
        Turn::Answer { until, .. } => (1, *until),
        Turn::FillSheet { meeting, period, .. } => (2, meeting.unwrap_or(period.0)),
        Turn::MendReport { period, .. } => (3, period.map_or(none, |period| period.0)),
        Turn::WriteReport { period, .. } => (4, period.0),
        Turn::FinishReport { period, .. } => (5, period.map_or(none, |period| period.0)),
        Turn::Receive { period, .. } => (6, period.map_or(none, |period| period.0)),
    }
}

async fn approvals(env: &Env, actor: &Actor, home: &mut Home) -> Result<()> {
    #[derive(FromQueryResult)]
    struct Row {
        report_no: ReportNo,
        started_at: Option<Instant>,
        ended_at: Option<Instant>,
        fee_yen: i64,
        benefit_yen: i64,
        expenses_yen: i64,
        family_name: String,
    }
    use activity_report::Column as P;
    let rows: Vec<Row> = activity_report::Entity::find()
        .select_only()
        .columns([P::ReportNo, P::StartedAt, P::EndedAt, P::FeeYen, P::BenefitYen, P::ExpensesYen])
        .column(member::Column::FamilyName)
        .join(JoinType::InnerJoin, activity_report::Relation::Provider.def())
        .filter(own_reports(actor, Relation::Family)?)
        .filter(P::Status.eq(ReportStatus::AwaitingApproval))
        .order_by_asc(P::Id)
        .limit(MOST)
        .into_model()
        .all(env.db.read())
        .await?;
    for row in rows {
        let Some(period) = row.started_at.zip(row.ended_at) else { continue };
        home.turns.push(Turn::Approve {
            report: row.report_no,
            period,
            provider: row.family_name,
            yen: Settlement::of(row.fee_yen, 0, row.expenses_yen, row.benefit_yen).user_pays,
        });
    }
    Ok(())
}

async fn requests(env: &Env, actor: &Actor, now: Instant, home: &mut Home) -> Result<()> {
    #[derive(FromQueryResult)]
    struct Row {
        request_no: RequestNo,
        status: CoordinationStatus,
        starts_at: Instant,
        ends_at: Instant,
        care_kind: Option<CareKind>,
        care_place: Option<CarePlace>,
        place_detail: String,
        meeting_at: Option<Instant>,
        meeting_place: Option<String>,
        complete: Option<i64>,
        provider: Option<String>,
        telephone: Option<String>,
    }
    use care_request::{Column as Q, Relation as Of};
    let rows: Vec<Row> = care_request::Entity::find()
        .select_only()
        .columns([Q::RequestNo, Q::Status, Q::StartsAt, Q::EndsAt, Q::CareKind, Q::CarePlace, Q::PlaceDetail])
        .columns([Q::MeetingAt, Q::MeetingPlace])
        .column(pre_meeting_sheet::Column::Complete)
        .column_as(member::Column::FamilyName, "provider")
        .column(member::Column::Telephone)
        .join(JoinType::LeftJoin, Of::Sheet.def())
        .join(JoinType::LeftJoin, Of::Provider.def())
        .filter(policy::visible::<care_request::Entity>(actor, Right::AskForCare, None)?)
        .filter(Q::Status.is_in(std::iter::once(CoordinationStatus::Draft).chain(CoordinationStatus::OPEN)))
        .filter(Q::Status.ne(CoordinationStatus::Established).or(Q::EndsAt.gt(now)))
        .order_by_asc(Q::StartsAt)
        .order_by_asc(Q::Id)
        .limit(MOST)
        .into_model()
        .all(env.db.read())
        .await?;
    for row in rows {
        let status = row.status;
        let no = row.request_no;
        let (start, end) = (row.starts_at, row.ends_at);
        let meeting = row.meeting_at;
        let with = row.provider.filter(|_| status.meeting_known()).unwrap_or_default();
        if status.sheet_open() && row.complete != Some(1) {
            home.turns.push(Turn::FillSheet { request: no, period: (start, end), meeting });
        }
        let kind = row.care_kind;
        let planned = Planned::activity(no, (start, end), kind, with, false);
        if let Some(start) = meeting.filter(|meeting| status == CoordinationStatus::MeetingScheduled && *meeting > now)
        {
            home.planned.push(planned.clone().meeting_at(start, row.meeting_place));
        }
        if status == CoordinationStatus::Established {
            let near = at_the_door(status, (start, end), now);
            let door = row.telephone.filter(|_| near).map(|telephone| AtTheDoor {
                telephone,
                address: String::new(),
                place: row.care_place,
                place_detail: row.place_detail,
                sheet: false,
            });
            home.planned.push(Planned { door, ..planned });
        } else {
            let known =
                (row.starts_at != Instant::default() && row.ends_at != Instant::default()).then_some((start, end));
            home.underway.push(Underway { no, status, period: known });
        }
    }
    Ok(())
}

async fn offers(env: &Env, actor: &Actor, now: Instant, home: &mut Home) -> Result<()> {
    use care_request::Column as Q;
    use offer::Column as O;
    let rows: Vec<(RequestNo, Instant, Instant, CareKind, String, Instant)> = offer::Entity::find()
        .select_only()
        .columns([Q::RequestNo, Q::StartsAt, Q::EndsAt, Q::CareKind])
        .column(member::Column::Town)
        .column(O::ExpiresAt)
        .join(JoinType::InnerJoin, offer::Relation::Request.def())
        .join(JoinType::InnerJoin, care_request::Relation::Member.def())
        .filter(policy::visible::<offer::Entity>(actor, Right::AnswerOffer, None)?)
        .filter(O::Status.is_in(OfferStatus::OPEN))
        .filter(O::ExpiresAt.gt(now))
        .order_by_asc(O::ExpiresAt)
        .order_by_asc(O::Id)
        .limit(MOST)
        .into_tuple()
        .all(env.db.read())
        .await?;
    for (request, start, end, kind, town, until) in rows {
        home.turns.push(Turn::Answer { request, period: (start, end), kind, town, until });
    }
    Ok(())
}

/// Cases given to the member: meetings and activities ahead, and ended activities without a report.
async fn cases(env: &Env, actor: &Actor, now: Instant, home: &mut Home) -> Result<()> {
    #[derive(FromQueryResult)]
    struct Row {
        request_no: RequestNo,
        status: CoordinationStatus,
        starts_at: Instant,
        ends_at: Instant,
        care_kind: Option<CareKind>,
        care_place: Option<CarePlace>,
        place_detail: String,
        meeting_at: Option<Instant>,
        meeting_place: Option<String>,
        family_name: String,
        given_name: String,
        telephone: String,
        town: String,
        address: String,
        sheet: Option<i64>,
    }
    use activity_report::Column as P;
    use care_request::{Column as Q, Relation as Of};
    use member::Column as M;
    let reported = Query::select()
        .expr(Expr::val(1))
        .from(activity_report::Entity)
        .and_where(Expr::col((activity_report::Entity, P::RequestId)).equals((care_request::Entity, Q::Id)))
        .and_where(P::Status.ne(ReportStatus::Voided))
        .take();
    let rows: Vec<Row> = care_request::Entity::find()
        .select_only()
        .columns([Q::RequestNo, Q::Status, Q::StartsAt, Q::EndsAt, Q::CareKind, Q::CarePlace, Q::PlaceDetail])
        .columns([Q::MeetingAt, Q::MeetingPlace])
        .columns([M::FamilyName, M::GivenName, M::Telephone, M::Town, M::Address])
        .column_as(pre_meeting_sheet::Column::Revision, "sheet")
        .join(JoinType::InnerJoin, Of::Member.def())
        .join(JoinType::LeftJoin, Of::Sheet.def())
        .filter(policy::visible::<care_request::Entity>(actor, Right::ProvideCare, None)?)
        .filter(Q::Status.is_in(CoordinationStatus::TAKEN))
        // An activity with a report stays planned until it is over: its report may be begun before.
        .filter(Q::EndsAt.gt(now).or(Expr::not_exists(reported)))
        // `+ 0` keeps SQLite from walking the cases of all years in their order instead of seeking the few open ones.
        .order_by(Expr::col((care_request::Entity, Q::StartsAt)).add(0), Order::Asc)
        .order_by_asc(Q::Id)
        .limit(MOST)
        .into_model()
        .all(env.db.read())
        .await?;
    for row in rows {
        let (start, end) = (row.starts_at, row.ends_at);
        let request = row.request_no;
        let family = format!("{}{}", row.family_name, row.given_name);
        let kind = row.care_kind;
        let planned = Planned::activity(request, (start, end), kind, row.family_name, true);
        let status = row.status;
        let agreed = status == CoordinationStatus::Established;
        let meeting = row.meeting_at.filter(|meeting| *meeting > now);
        if agreed && end <= now {
            home.turns.push(Turn::WriteReport { request, period: (start, end), family });
        } else if agreed {
            let door = at_the_door(status, (start, end), now).then(|| AtTheDoor {
                telephone: row.telephone,
                address: format!("{}{}", row.town, row.address),
                place: row.care_place,
                place_detail: row.place_detail,
                sheet: row.sheet.is_some(),
            });
            home.planned.push(Planned { door, ..planned });
        } else if let Some(start) = meeting.filter(|_| status == CoordinationStatus::MeetingScheduled) {
            home.planned.push(planned.meeting_at(start, row.meeting_place));
        } else if end > now {
            // What nobody arranged in time is the branch's to end.
            home.arranging.push(Arranging { request, period: (start, end), kind, status });
        }
    }
    Ok(())
}

async fn reports(env: &Env, actor: &Actor, now: Instant, home: &mut Home) -> Result<()> {
    #[derive(FromQueryResult)]
    struct Row {
        report_no: ReportNo,
        status: ReportStatus,
        reward_status: RewardStatus,
        started_at: Option<Instant>,
        ended_at: Option<Instant>,
        fee_yen: i64,
        benefit_yen: i64,
        expenses_yen: i64,
        coupon_yen: i64,
        approved_at: Option<Instant>,
        received_at: Option<Instant>,
        revision_comment: Option<String>,
        family_name: Option<String>,
        given_name: Option<String>,
    }
    use activity_report::Column as P;
    let rows: Vec<Row> = activity_report::Entity::find()
        .select_only()
        .columns([P::ReportNo, P::Status, P::RewardStatus, P::StartedAt, P::EndedAt, P::ApprovedAt, P::ReceivedAt])
        .columns([P::FeeYen, P::BenefitYen, P::ExpensesYen, P::CouponYen, P::RevisionComment])
        .columns([member::Column::FamilyName, member::Column::GivenName])
        .join(JoinType::LeftJoin, activity_report::Relation::UserMember.def())
        .filter(own_reports(actor, Relation::Provider)?)
        .filter(P::ClaimId.is_null())
        // Written out, as in the partial index of the unclaimed.
        .filter(P::Status.into_expr().ne(Expr::Constant(ReportStatus::Voided.into())))
        .order_by_asc(P::Id)
        .into_model()
        .all(env.db.read())
        .await?;
    let month = YearMonth::of_close(now);
    let passed = subsidy::passed(env).await?;
    let unwritten = home.turns.iter().filter(|turn| matches!(turn, Turn::WriteReport { .. })).count();
    let mut close =
        CloseOutlook { month, days_left: days_left(month, now.date()), ready_yen: 0, ready: 0, slipping: unwritten };
    for row in rows {
        let report = row.report_no;
        let period = row.started_at.zip(row.ended_at);
        let family = format!("{}{}", row.family_name.unwrap_or_default(), row.given_name.unwrap_or_default());
        let status = row.status;
        let reward = row.reward_status;
        let settlement = Settlement::of(row.fee_yen, row.coupon_yen, row.expenses_yen, row.benefit_yen);
        close.slipping += 1;
        match (status, reward) {
            // Before the activity is over its report cannot be registered: nobody's turn.
            (ReportStatus::Draft, _) if period.is_some_and(|(_, end)| end > now) => {}
            (ReportStatus::Draft, _) => home.turns.push(Turn::FinishReport { report, period, family }),
            (ReportStatus::RevisionRequested, _) => {
                let comment = row.revision_comment.unwrap_or_default();
                home.turns.push(Turn::MendReport { report, period, family, comment });
            }
            (ReportStatus::Approved, RewardStatus::NotReceived) => {
                home.turns.push(Turn::Receive { report, period, family, yen: settlement.user_pays });
            }
            // In a close whose cutoff has passed: claimed in a moment, and not in the next.
            (ReportStatus::Approved, RewardStatus::Received)
                if passed.is_some_and(|passed| passed.month_of(row.approved_at, row.received_at).is_some()) =>
            {
                close.slipping -= 1;
            }
            (ReportStatus::Approved, RewardStatus::Received) => {
                close.slipping -= 1;
                close.ready += 1;
                close.ready_yen += settlement.city_pays();
            }
            (ReportStatus::AwaitingApproval | ReportStatus::Voided, _) => {}
        }
    }
    home.close = Some(close);
    Ok(())
}

/// Days from today to the last day that counts for a close.
fn days_left(month: YearMonth, today: Date) -> i64 {
    let cutoff = month.cutoff().date();
    i64::from(cutoff.to_julian_day()) - i64::from(today.to_julian_day()) - 1
}
