//! The family's side of a home: reports to approve, requests on their way, おためし券. Three queries.

use super::{AtTheDoor, MOST, Planned, Rank};
use crate::entity::{activity_report, care_request, member, pre_meeting_sheet, trial_coupon};
use crate::error::Result;
use crate::{Env, policy};
use domain::actor::Actor;
use domain::coordination::at_the_door;
use domain::coupon::Settlement;
use domain::number::{ReportNo, RequestNo};
use domain::policy::{Relation, Right};
use domain::report::ReportStatus;
use domain::request::{CareKind, CarePlace, CoordinationStatus};
use domain::time::{Date, Instant};
use sea_orm::sea_query::{Expr, ExprTrait, JoinType};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, RelationTrait};

/// What a family finds on its home.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FamilyHome {
    /// What waits for the family, most urgent first.
    pub turns: Vec<FamilyTurn>,
    /// Meetings and activities ahead, soonest first.
    pub planned: Vec<Planned>,
    /// 依頼中, soonest first.
    pub underway: Vec<Underway>,
    /// おためし券 のこり; `None` when none were ever issued.
    pub tickets: Option<i64>,
}

/// Something that waits for the family.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FamilyTurn {
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
}

impl FamilyTurn {
    pub(super) fn urgency(&self) -> (Rank, Instant) {
        match self {
            Self::Approve { period, .. } => (Rank::Approval, period.0),
            Self::FillSheet { meeting, period, .. } => (Rank::Sheet, meeting.unwrap_or(period.0)),
        }
    }
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

/// The family's side of the home.
///
/// # Errors
/// [`crate::Error::NotFound`] for whoever asks for no care.
pub async fn family(env: &Env, actor: &Actor) -> Result<FamilyHome> {
    let now = env.clock.now();
    let mut home = FamilyHome::default();
    approvals(env, actor, &mut home).await?;
    requests(env, actor, now, &mut home).await?;
    home.tickets = tickets(env, actor, now.date()).await?;
    home.turns.sort_by_key(FamilyTurn::urgency);
    home.planned.sort_by_key(|planned| planned.start);
    Ok(home)
}

/// Reports to approve.
async fn approvals(env: &Env, actor: &Actor, home: &mut FamilyHome) -> Result<()> {
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
        .filter(policy::visible::<activity_report::Entity>(actor, Right::ReadReport, Some(Relation::Family))?)
        .filter(P::Status.eq(ReportStatus::AwaitingApproval))
        .order_by_asc(P::Id)
        .limit(MOST)
        .into_model()
        .all(env.db.read())
        .await?;
    for row in rows {
        let Some(period) = row.started_at.zip(row.ended_at) else { continue };
        home.turns.push(FamilyTurn::Approve {
            report: row.report_no,
            period,
            provider: row.family_name,
            yen: Settlement::of(row.fee_yen, 0, row.expenses_yen, row.benefit_yen).user_pays,
        });
    }
    Ok(())
}

/// Requests from the draft to the activity: what is to be filled in, what is planned, what is on its way.
async fn requests(env: &Env, actor: &Actor, now: Instant, home: &mut FamilyHome) -> Result<()> {
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
            home.turns.push(FamilyTurn::FillSheet { request: no, period: (start, end), meeting });
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

/// おためし券 that are left and still good.
async fn tickets(env: &Env, actor: &Actor, today: Date) -> Result<Option<i64>> {
    use trial_coupon::Column as T;
    let left: Option<Option<i64>> = trial_coupon::Entity::find()
        .select_only()
        .expr_as(Expr::col(T::Issued).sub(Expr::col(T::Used)).sum().cast_as("BIGINT"), "tickets")
        .filter(policy::visible::<trial_coupon::Entity>(actor, Right::ListCoupons, None)?)
        .filter(T::ExpiresOn.gte(today))
        .into_tuple()
        .one(env.db.read())
        .await?;
    Ok(left.flatten())
}
