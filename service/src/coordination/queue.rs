//! The coordinator's working queue (要対応): every open case of the ward in its group, the most urgent first.

use crate::entity::{account, activity, activity_report, care_request, member, offer};
use crate::error::{Error, Result};
use crate::member::{Met, matching};
use crate::page::{Page, behind};
use crate::{Env, db, policy, ward};
use domain::actor::Actor;
use domain::coordination::{QueueFacts, QueueGroup, queue_group, stall};
use domain::desk::{Queue, QueueLine, QueueShelf};
use domain::holiday::HolidayCalendar;
use domain::id::{AccountId, MemberId, RequestId};
use domain::number::{ReportNo, RequestNo};
use domain::policy::Right;
use domain::report::ReportStatus;
use domain::request::{ActivityStatus, CareKind, CoordinationStatus, OfferStatus};
use domain::time::Instant;
use sea_orm::FromQueryResult;
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Func, JoinType, Order, Query, SelectStatement, UnionType};

/// The most open cases a queue shows; a ward has some two hundred.
const MOST: u64 = 500;

/// What of the queue is shown; every part stands in the address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueueFilter {
    /// One group only.
    pub group: Option<QueueGroup>,
    /// Only what the coordinator took herself.
    pub mine: bool,
    /// One kind of help only.
    pub kind: Option<CareKind>,
    /// Cases that have ended, newest first, instead of the open ones.
    pub closed: bool,
    /// The key of the page of closed cases before.
    pub after: Option<RequestId>,
}

#[derive(FromQueryResult)]
struct Row {
    id: RequestId,
    request_no: RequestNo,
    status: CoordinationStatus,
    care_kind: CareKind,
    starts_at: Instant,
    ends_at: Instant,
    children_count: i64,
    requested_at: Instant,
    updated_at: Instant,
    meeting_at: Option<Instant>,
    owner_id: Option<AccountId>,
    family_name: String,
    given_name: String,
    town: String,
    owner: Option<String>,
    waiting: i64,
    under_way: i64,
    reported: i64,
}

/// A request of a line, by its name in the statement.
const fn r(column: care_request::Column) -> (&'static str, care_request::Column) {
    ("r", column)
}

/// The requests that a coordinator coordinates: her ward's, without drafts.
fn own(actor: &Actor) -> Result<Condition> {
    policy::visible_as::<care_request::Entity>(actor, Right::Coordinate, None, "r")
}

/// The lines of a coordinator's requests: each with its family, its owner and what is counted beside it.
fn lines(actor: &Actor) -> Result<SelectStatement> {
    use care_request::Column as R;
    let waiting = Query::select()
        .expr(Func::count(Expr::col(("o", offer::Column::Id))))
        .from_as(offer::Entity, "o")
        .and_where(Expr::col(("o", offer::Column::RequestId)).equals(r(R::Id)))
        .and_where(Expr::col(("o", offer::Column::Status)).is_in(OfferStatus::OPEN))
        .take();
    let under_way = Query::select()
        .expr(Func::count(Expr::col(("d", activity::Column::Id))))
        .from_as(activity::Entity, "d")
        .and_where(Expr::col(("d", activity::Column::RequestId)).equals(r(R::Id)))
        .and_where(Expr::col(("d", activity::Column::Status)).eq(ActivityStatus::InProgress))
        .take();
    let reported = Query::select()
        .expr(Func::count(Expr::col(("p", activity_report::Column::Id))))
        .from_as(activity_report::Entity, "p")
        .and_where(Expr::col(("p", activity_report::Column::RequestId)).equals(r(R::Id)))
        .and_where(Expr::col(("p", activity_report::Column::Status)).is_in(ReportStatus::REGISTERED))
        .take();
    Ok(Query::select()
        .columns([R::Id, R::RequestNo, R::Status, R::CareKind, R::StartsAt, R::EndsAt, R::ChildrenCount].map(r))
        .columns([R::RequestedAt, R::UpdatedAt, R::MeetingAt, R::OwnerId].map(r))
        .columns([member::Column::FamilyName, member::Column::GivenName, member::Column::Town].map(|name| ("m", name)))
        .expr_as(Expr::col(("a", account::Column::Name)), "owner")
        .expr_as(Expr::SubQuery(None, Box::new(waiting.into())), "waiting")
        .expr_as(Expr::SubQuery(None, Box::new(under_way.into())), "under_way")
        .expr_as(Expr::SubQuery(None, Box::new(reported.into())), "reported")
        .from_as(care_request::Entity, "r")
        .join_as(JoinType::Join, member::Entity, "m", Expr::col(("m", member::Column::Id)).equals(r(R::MemberId)))
        .join_as(JoinType::LeftJoin, account::Entity, "a", Expr::col(("a", account::Column::Id)).equals(r(R::OwnerId)))
        .cond_where(own(actor)?)
        .take())
}

/// The queue of the coordinator's own ward.
///
/// # Errors
/// [`Error::NotFound`] for everybody who is no coordinator.
pub async fn queue(env: &Env, actor: &Actor, filter: &QueueFilter) -> Result<Queue> {
    let now = env.clock.now();
    let open = lines(actor)?
        .and_where(Expr::col(r(care_request::Column::Status)).is_in(CoordinationStatus::OPEN))
        .order_by(r(care_request::Column::StartsAt), Order::Asc)
        .order_by(r(care_request::Column::Id), Order::Asc)
        .limit(MOST)
        .take();
    let rows: Vec<Row> = db::select(env.db.read(), &open).await?;
    let wanted = |row: &Row| {
        (!filter.mine || row.owner_id == Some(actor.account)) && filter.kind.is_none_or(|kind| kind == row.care_kind)
    };
    let late = Late::load(env, policy::ward(actor, Right::Coordinate)?, now).await?;
    // The soonest day of care comes first, and so in every group; what has waited too long for somebody is in 滞り.
    let empty = |group: &QueueGroup| QueueShelf { group: *group, count: 0, lines: Vec::new() };
    let mut groups: Vec<QueueShelf> = QueueGroup::ALL.iter().map(empty).collect();
    for row in rows.into_iter().filter(wanted) {
        let facts = facts(&row, &late);
        let Some(group) = queue_group(&facts, now) else { continue };
        let Some(shelf) = groups.iter_mut().find(|shelf| shelf.group == group) else { continue };
        shelf.count += 1;
        if !filter.closed && filter.group.is_none_or(|asked| asked == group) {
            shelf.lines.push(line(row, &facts, now));
        }
    }
    let (closed, next) = if filter.closed { closed(env, actor, filter).await? } else { (vec![], None) };
    Ok(Queue { groups, closed, next })
}

async fn closed(env: &Env, actor: &Actor, filter: &QueueFilter) -> Result<(Vec<QueueLine>, Option<RequestId>)> {
    // One walk of the ward's index per ended status, merged by the newest request.
    let mut ended = lines(actor)?;
    ended.and_where(Expr::col(r(care_request::Column::Status)).is_in(CoordinationStatus::ENDED));
    if filter.mine {
        ended.and_where(Expr::col(r(care_request::Column::OwnerId)).eq(actor.account));
    }
    if let Some(kind) = filter.kind {
        ended.and_where(Expr::col(r(care_request::Column::CareKind)).eq(kind));
    }
    page_of(env, actor, ended, filter.after).await
}

/// The case that a report is about, for a coordinator of its ward.
///
/// # Errors
/// [`Error::NotFound`] for everybody else, and for a report that names no request yet.
pub async fn case_of_report(env: &Env, actor: &Actor, no: ReportNo) -> Result<RequestNo> {
    let case = Query::select()
        .column(r(care_request::Column::RequestNo))
        .from_as(activity_report::Entity, "p")
        .join_as(
            JoinType::Join,
            care_request::Entity,
            "r",
            Expr::col(r(care_request::Column::Id)).equals(("p", activity_report::Column::RequestId)),
        )
        .and_where(Expr::col(("p", activity_report::Column::ReportNo)).eq(no))
        .cond_where(own(actor)?)
        .take();
    db::select_value(env.db.read(), &case).await?.ok_or(Error::NotFound)
}

/// One case that a search found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundLine {
    /// The case.
    pub line: QueueLine,
    /// By what.
    pub by: FoundBy,
}

/// By what a case was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FoundBy {
    /// Its own number, without its letters.
    Request,
    /// Its report's number, without its letters.
    Report,
    /// Its family.
    Family,
    /// Its provider, of this name.
    Provider(String),
}

/// One page of what a search found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// How many cases there are in all.
    pub total: i64,
    /// What of the member was met; `None` without words.
    pub met: Option<Met>,
    /// The cases of this page, newest first.
    pub lines: Vec<FoundLine>,
    /// The key of the next page.
    pub next: Option<RequestId>,
}

/// Cases of the coordinator's own ward whose family or provider is found by number, name, reading or the telephone's last
/// digits, newest first; digits that may be a member's number are looked for as a request's and a report's too. `after` is
/// the last case of the page before.
///
/// # Errors
/// [`Error::NotFound`] for everybody who is no coordinator.
pub async fn search(env: &Env, actor: &Actor, words: &str, after: Option<RequestId>) -> Result<Found> {
    let members = policy::visible_as::<member::Entity>(actor, Right::KeepMember, None, "m")?;
    let Some((met, condition)) = matching(words, "m") else {
        return Ok(Found { total: 0, met: None, lines: vec![], next: None });
    };
    // Each side by its own index; one condition over both would walk the whole ward.
    let side = |column: care_request::Column| {
        Query::select()
            .column(("q", care_request::Column::Id))
            .from_as(member::Entity, "m")
            .join_as(
                JoinType::Join,
                care_request::Entity,
                "q",
                Expr::col(("q", column)).equals(("m", member::Column::Id)),
            )
            .cond_where(members.clone())
            .and_where(condition.clone())
            .take()
    };
    let mut sides =
        side(care_request::Column::MemberId).union(UnionType::Distinct, side(care_request::Column::ProviderId)).take();
    let numbered = if met == Met::NumberOrTelephone { numbered(env, actor, words).await? } else { vec![] };
    if !numbered.is_empty() {
        let cases = Query::select()
            .column(care_request::Column::Id)
            .from(care_request::Entity)
            .and_where(Expr::col(care_request::Column::RequestNo).is_in(numbered.iter().map(|(no, _)| *no)))
            .take();
        sides.union(UnionType::Distinct, cases);
    }
    let found = Expr::col(r(care_request::Column::Id)).in_subquery(sides);
    let total = Query::select()
        .expr(Func::count(Expr::col(r(care_request::Column::Id))))
        .from_as(care_request::Entity, "r")
        .cond_where(own(actor)?)
        .and_where(found.clone())
        .take();
    let total = db::select_value(env.db.read(), &total).await?.unwrap_or(0);
    let found = lines(actor)?.and_where(found).take();
    let (lines, next) = page_of(env, actor, found, after).await?;
    // Which side it was, of this page alone.
    let providers = found_providers(env, words, &lines).await?;
    let by = |case: RequestNo| {
        let number = numbered.iter().find(|(no, _)| *no == case).map(|(_, by)| by.clone());
        let provider = || providers.iter().find(|(no, _)| *no == case).map(|(_, name)| FoundBy::Provider(name.clone()));
        number.or_else(provider).unwrap_or(FoundBy::Family)
    };
    let lines = lines.into_iter().map(|line| FoundLine { by: by(line.no), line }).collect();
    Ok(Found { total, met: Some(met), lines, next })
}

/// The cases that digits may be the number of, or of whose report they may be.
async fn numbered(env: &Env, actor: &Actor, digits: &str) -> Result<Vec<(RequestNo, FoundBy)>> {
    let mut numbered: Vec<_> = RequestNo::find(digits).map(|no| (no, FoundBy::Request)).into_iter().collect();
    // Reports count from 3,000,001: no other digits are asked for.
    if let Ok(report) = ReportNo::find(digits)
        && report.0 >= ReportNo::FIRST
    {
        match case_of_report(env, actor, report).await {
            Ok(no) => numbered.push((no, FoundBy::Report)),
            Err(Error::NotFound) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(numbered)
}

/// The providers among a page's members by whom its cases were found; a family that was met as well comes first.
async fn found_providers(env: &Env, words: &str, lines: &[QueueLine]) -> Result<Vec<(RequestNo, String)>> {
    #[derive(FromQueryResult)]
    struct Row {
        request_no: RequestNo,
        family_name: String,
        given_name: String,
    }
    let (Some((_, provider)), Some((_, family)), false) =
        (matching(words, "m"), matching(words, "f"), lines.is_empty())
    else {
        return Ok(Vec::new());
    };
    let of = |name: &'static str, column: care_request::Column| Expr::col((name, member::Column::Id)).equals(r(column));
    let found = Query::select()
        .column(r(care_request::Column::RequestNo))
        .columns([member::Column::FamilyName, member::Column::GivenName].map(|name| ("m", name)))
        .from_as(care_request::Entity, "r")
        .join_as(JoinType::Join, member::Entity, "m", of("m", care_request::Column::ProviderId))
        .join_as(JoinType::Join, member::Entity, "f", of("f", care_request::Column::MemberId))
        .and_where(Expr::col(r(care_request::Column::RequestNo)).is_in(lines.iter().map(|line| line.no)))
        .and_where(provider)
        .and_where(family.not())
        .take();
    let rows: Vec<Row> = db::select(env.db.read(), &found).await?;
    Ok(rows.into_iter().map(|row| (row.request_no, format!("{} {}", row.family_name, row.given_name))).collect())
}

/// The cases of one member of the coordinator's own ward, as family or as provider, newest first; `after` is the last case
/// of the page before.
///
/// # Errors
/// [`Error::NotFound`] for everybody who is no coordinator.
pub async fn cases_of_member(
    env: &Env,
    actor: &Actor,
    member: MemberId,
    after: Option<RequestId>,
) -> Result<(Vec<QueueLine>, Option<RequestId>)> {
    let side = |column: care_request::Column| {
        Query::select()
            .column(care_request::Column::Id)
            .from(care_request::Entity)
            .and_where(Expr::col(column).eq(member))
            .take()
    };
    let sides =
        side(care_request::Column::MemberId).union(UnionType::Distinct, side(care_request::Column::ProviderId)).take();
    let cases = lines(actor)?.and_where(Expr::col(r(care_request::Column::Id)).in_subquery(sides)).take();
    page_of(env, actor, cases, after).await
}

/// One page of lines, newest first, after the last one of the page before.
async fn page_of(
    env: &Env,
    actor: &Actor,
    lines: SelectStatement,
    after: Option<RequestId>,
) -> Result<(Vec<QueueLine>, Option<RequestId>)> {
    let now = env.clock.now();
    let late = Late::load(env, policy::ward(actor, Right::Coordinate)?, now).await?;
    let place = behind(r(care_request::Column::Id), after.unwrap_or(RequestId::LAST));
    let page = Page::of(env.db.read(), lines, [place], |row: &Row| row.id).await?;
    let lines = page.rows.into_iter().map(|row| {
        let facts = facts(&row, &late);
        line(row, &facts, now)
    });
    Ok((lines.collect(), page.next))
}

fn facts(row: &Row, late: &Late) -> QueueFacts {
    QueueFacts {
        status: row.status,
        starts_at: row.starts_at,
        ends_at: row.ends_at,
        requested_at: row.requested_at,
        updated_at: row.updated_at,
        meeting_at: row.meeting_at,
        under_way: row.under_way > 0,
        reported: row.reported > 0,
        untaken_late_at: late.after(row.requested_at),
    }
}

fn line(row: Row, facts: &QueueFacts, now: Instant) -> QueueLine {
    QueueLine {
        no: row.request_no,
        status: facts.status,
        family: format!("{} {}", row.family_name, row.given_name),
        town: row.town,
        starts_at: facts.starts_at,
        ends_at: facts.ends_at,
        care_kind: row.care_kind,
        children: row.children_count,
        requested_at: facts.requested_at,
        meeting_at: facts.meeting_at,
        owner: row.owner,
        waiting_offers: row.waiting,
        stall: stall(facts, now),
    }
}

/// When an untaken request is late: one business day of the branch after it came in.
pub(super) struct Late {
    branch: ward::Branch,
    holidays: HolidayCalendar,
}

/// How far back an untaken request is judged by the branch's days; older ones are late in any case.
const LOOK_BACK_DAYS: i64 = 60;

impl Late {
    pub async fn load(env: &Env, ward: &str, now: Instant) -> Result<Self> {
        let connection = env.db.read();
        let branch = ward::branch(connection, ward).await?;
        let (from, to) = (now.plus_days(-LOOK_BACK_DAYS).date(), now.plus_days(LOOK_BACK_DAYS).date());
        Ok(Self { branch, holidays: ward::holidays(connection, from, to).await? })
    }

    pub fn after(&self, came: Instant) -> Instant {
        let Some(hours) = &self.branch.hours else { return came.plus_days(1) };
        let open = self.branch.is_open(&self.holidays, came);
        let first = if open { Some(came) } else { self.branch.next_opening(&self.holidays, came) };
        let next = first.and_then(|first| self.branch.next_opening(&self.holidays, first));
        match (first, next) {
            (Some(first), Some(next)) => next.plus_minutes(i64::from(first.minute_of_day()) - i64::from(hours.open)),
            _ => came.plus_days(1),
        }
    }
}
