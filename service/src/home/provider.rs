//! The provider's side of a home: offers, cases taken, reports, and what the next close brings. Three queries, and at most
//! two for the last close.

use super::{AtTheDoor, MOST, Planned, Rank};
use crate::entity::{activity_report, care_request, member, offer, pre_meeting_sheet};
use crate::error::Result;
use crate::{Env, policy, subsidy};
use domain::actor::Actor;
use domain::coordination::at_the_door;
use domain::coupon::Settlement;
use domain::number::{ReportNo, RequestNo};
use domain::policy::{Relation, Right};
use domain::report::{ReportStatus, RewardStatus};
use domain::request::{CareKind, CarePlace, CoordinationStatus, OfferStatus};
use domain::subsidy::YearMonth;
use domain::time::Instant;
use sea_orm::sea_query::{Expr, ExprTrait, JoinType, Order, Query};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, RelationTrait};

/// What a provider finds on her home.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderHome {
    /// What waits for the provider, most urgent first.
    pub turns: Vec<ProviderTurn>,
    /// Meetings and activities ahead, soonest first.
    pub planned: Vec<Planned>,
    /// お引き受けいただいた援助 that wait for the branch, soonest first.
    pub arranging: Vec<Arranging>,
    /// The next close.
    pub close: CloseOutlook,
}

/// Something that waits for the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProviderTurn {
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
    /// 修正依頼: a report to fix.
    FixReport {
        /// The report.
        report: ReportNo,
        /// The activity's start and end, when typed.
        period: Option<(Instant, Instant)>,
        /// The family's name.
        family: String,
        /// What the family asks to be fixed.
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

impl ProviderTurn {
    pub(super) fn urgency(&self) -> (Rank, Instant) {
        let start = |period: &Option<(Instant, Instant)>| period.map_or_else(Instant::default, |period| period.0);
        match self {
            Self::Answer { until, .. } => (Rank::Offer, *until),
            Self::FixReport { period, .. } => (Rank::Fix, start(period)),
            Self::WriteReport { period, .. } => (Rank::Report, period.0),
            Self::FinishReport { period, .. } => (Rank::Draft, start(period)),
            Self::Receive { period, .. } => (Rank::Receipt, start(period)),
        }
    }
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

impl CloseOutlook {
    /// The next close before anything is counted.
    fn empty(now: Instant) -> Self {
        let month = YearMonth::of_close(now);
        let (last, today) = (month.cutoff().date(), now.date());
        let days_left = i64::from(last.to_julian_day()) - i64::from(today.to_julian_day()) - 1;
        Self { month, days_left, ready_yen: 0, ready: 0, slipping: 0 }
    }
}

/// The provider's side of the home.
///
/// # Errors
/// [`crate::Error::NotFound`] for whoever gives no care.
pub async fn provider(env: &Env, actor: &Actor) -> Result<ProviderHome> {
    let now = env.clock.now();
    let close = CloseOutlook::empty(now);
    let mut home = ProviderHome { turns: Vec::new(), planned: Vec::new(), arranging: Vec::new(), close };
    offers(env, actor, now, &mut home).await?;
    cases(env, actor, now, &mut home).await?;
    reports(env, actor, now, &mut home).await?;
    home.turns.sort_by_key(ProviderTurn::urgency);
    home.planned.sort_by_key(|planned| planned.start);
    Ok(home)
}

/// Offers to answer.
async fn offers(env: &Env, actor: &Actor, now: Instant, home: &mut ProviderHome) -> Result<()> {
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
        home.turns.push(ProviderTurn::Answer { request, period: (start, end), kind, town, until });
    }
    Ok(())
}

/// Cases given to the member: meetings and activities ahead, and ended activities without a report.
async fn cases(env: &Env, actor: &Actor, now: Instant, home: &mut ProviderHome) -> Result<()> {
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
            home.turns.push(ProviderTurn::WriteReport { request, period: (start, end), family });
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

/// Reports not yet claimed, and what the next close makes of them.
async fn reports(env: &Env, actor: &Actor, now: Instant, home: &mut ProviderHome) -> Result<()> {
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
        .filter(policy::visible::<activity_report::Entity>(actor, Right::ReadReport, Some(Relation::Provider))?)
        .filter(P::ClaimId.is_null())
        // Written out, as in the partial index of the unclaimed.
        .filter(P::Status.into_expr().ne(Expr::Constant(ReportStatus::Voided.into())))
        .order_by_asc(P::Id)
        .into_model()
        .all(env.db.read())
        .await?;
    let passed = subsidy::passed(env).await?;
    // An ended activity that nobody has written down slips too.
    home.close.slipping += home.turns.iter().filter(|turn| matches!(turn, ProviderTurn::WriteReport { .. })).count();
    let close = &mut home.close;
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
            (ReportStatus::Draft, _) => home.turns.push(ProviderTurn::FinishReport { report, period, family }),
            (ReportStatus::RevisionRequested, _) => {
                let comment = row.revision_comment.unwrap_or_default();
                home.turns.push(ProviderTurn::FixReport { report, period, family, comment });
            }
            (ReportStatus::Approved, RewardStatus::NotReceived) => {
                home.turns.push(ProviderTurn::Receive { report, period, family, yen: settlement.user_pays });
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
    Ok(())
}
