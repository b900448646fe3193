//! The coordinator's working queue (要対応): every open case of the ward in its group, the most urgent first.

use crate::error::{Error, Result};
use crate::member::{self, Met};
use crate::{Env, db, ward};
use domain::actor::Actor;
use domain::coordination::{QueueFacts, QueueGroup, Stall, queue_group, stall};
use domain::holiday::HolidayCalendar;
use domain::number::{ReportNo, RequestNo};
use domain::request::{CareKind, CoordinationStatus};
use domain::time::Instant;
use sea_orm::FromQueryResult;

/// The most open cases a queue shows; a ward has some two hundred.
const MOST: i64 = 500;
/// Rows of one page of closed cases.
const PAGE: usize = 50;

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
    pub after: Option<i64>,
}

/// One case of the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueLine {
    /// 依頼ID
    pub no: RequestNo,
    /// The status.
    pub status: CoordinationStatus,
    /// The family's name.
    pub family: String,
    /// The family's town.
    pub town: String,
    /// Start of the activity.
    pub starts_at: Instant,
    /// End of the activity.
    pub ends_at: Instant,
    /// 希望する援助内容
    pub care_kind: CareKind,
    /// 預ける子どもの人数
    pub children: i64,
    /// When the request came in.
    pub requested_at: Instant,
    /// 事前打合せ日
    pub meeting_at: Option<Instant>,
    /// Who took it.
    pub owner: Option<String>,
    /// Offers without an answer yet.
    pub waiting_offers: i64,
    /// Why it is stalled.
    pub stall: Option<Stall>,
}

/// The queue in its groups, empty groups included, and how many cases each holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Queue {
    /// The groups in their order; with a filter, only the asked group holds cases.
    pub groups: Vec<(QueueGroup, u64, Vec<QueueLine>)>,
    /// Closed cases, when asked for.
    pub closed: Vec<QueueLine>,
    /// The key of the next page of closed cases.
    pub next: Option<i64>,
}

impl Queue {
    /// How many cases wait for the branch (要対応).
    #[must_use]
    pub fn to_do(&self) -> u64 {
        self.groups.iter().filter(|(group, ..)| !group.waits()).map(|(_, count, _)| count).sum()
    }

    /// How many wait for somebody else, or for their day (待ち).
    #[must_use]
    pub fn waiting(&self) -> u64 {
        self.groups.iter().filter(|(group, ..)| group.waits()).map(|(_, count, _)| count).sum()
    }
}

#[derive(FromQueryResult)]
struct Row {
    id: i64,
    request_no: RequestNo,
    status: CoordinationStatus,
    care_kind: CareKind,
    starts_at: i64,
    ends_at: i64,
    children_count: i64,
    requested_at: i64,
    updated_at: i64,
    meeting_at: Option<i64>,
    owner_id: Option<i64>,
    family_name: String,
    given_name: String,
    town: String,
    owner: Option<String>,
    waiting: i64,
    reported: i64,
}

const COLUMNS: &str = "SELECT r.id, r.request_no, r.status, r.care_kind, r.starts_at, r.ends_at, r.children_count, \
    r.requested_at, r.updated_at, r.meeting_at, r.owner_id, m.family_name, m.given_name, m.town, a.name AS owner, \
    (SELECT COUNT(*) FROM offer o WHERE o.request_id = r.id AND o.status IN ('sent', 'seen')) AS waiting, \
    (SELECT COUNT(*) FROM activity_report p WHERE p.request_id = r.id \
     AND p.status IN ('awaiting_approval', 'revision_requested', 'approved')) AS reported \
    FROM care_request r JOIN member m ON m.id = r.member_id LEFT JOIN account a ON a.id = r.owner_id ";

/// The queue of the coordinator's own ward.
///
/// # Errors
/// [`Error::NotFound`] for everybody who is no coordinator.
pub async fn queue(env: &Env, actor: &Actor, filter: &QueueFilter) -> Result<Queue> {
    let ward = actor.coordinator_ward().ok_or(Error::NotFound)?;
    let now = env.clock.now();
    let sql = format!(
        "{COLUMNS}WHERE r.ward = $1 AND r.status IN ('submitted', 'in_coordination', 'offering', 'provider_found', \
         'meeting_scheduled', 'meeting_held', 'established') ORDER BY r.starts_at, r.id LIMIT $2"
    );
    let rows: Vec<Row> = db::rows(env.db.read(), &sql, vec![ward.into(), MOST.into()]).await?;
    let wanted = |row: &Row| {
        (!filter.mine || row.owner_id == Some(actor.account)) && filter.kind.is_none_or(|kind| kind == row.care_kind)
    };
    let late = Late::load(env, ward, now).await?;
    // The soonest day of care comes first, and so in every group; what has waited too long for somebody is in 滞り.
    let mut groups: Vec<(QueueGroup, u64, Vec<QueueLine>)> =
        QueueGroup::ALL.iter().map(|group| (*group, 0, Vec::new())).collect();
    for row in rows.into_iter().filter(wanted) {
        let facts = facts(&row, &late)?;
        let Some(group) = queue_group(&facts, now) else { continue };
        let Some((_, count, lines)) = groups.iter_mut().find(|(known, ..)| *known == group) else { continue };
        *count += 1;
        if !filter.closed && filter.group.is_none_or(|asked| asked == group) {
            lines.push(line(row, &facts, now)?);
        }
    }
    let (closed, next) = if filter.closed { closed(env, actor, ward, filter).await? } else { (vec![], None) };
    Ok(Queue { groups, closed, next })
}

async fn closed(env: &Env, actor: &Actor, ward: &str, filter: &QueueFilter) -> Result<(Vec<QueueLine>, Option<i64>)> {
    // One walk of the ward's index per ended status, merged by the newest request.
    let sql = format!(
        "{COLUMNS}WHERE r.ward = $1 AND r.status IN ('completed', 'not_established', 'withdrawn', 'cancelled') \
         AND r.id < $2 AND ($3 = 0 OR r.owner_id = $3) AND ($4 = '' OR r.care_kind = $4) ORDER BY r.id DESC LIMIT {}",
        PAGE + 1
    );
    let owner = if filter.mine { actor.account } else { 0 };
    let kind = filter.kind.map_or("", CareKind::key);
    let values = vec![ward.into(), filter.after.unwrap_or(i64::MAX).into(), owner.into(), kind.into()];
    page_of(env, ward, &sql, values).await
}

/// The case that a report is about, for a coordinator of its ward.
///
/// # Errors
/// [`Error::NotFound`] for everybody else, and for a report that names no request yet.
pub async fn case_of_report(env: &Env, actor: &Actor, no: ReportNo) -> Result<RequestNo> {
    let ward = actor.coordinator_ward().ok_or(Error::NotFound)?;
    let sql = "SELECT r.request_no FROM activity_report p JOIN care_request r ON r.id = p.request_id \
               WHERE p.report_no = $1 AND r.ward = $2 AND r.status <> 'draft'";
    db::scalar(env.db.read(), sql, vec![no.into(), ward.into()]).await?.ok_or(Error::NotFound)
}

/// One case that a search found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundLine {
    /// The case.
    pub line: QueueLine,
    /// The provider, by whom it was found; `None` where the family was.
    pub provider: Option<String>,
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
    pub next: Option<i64>,
}

/// Cases of the coordinator's own ward whose family or provider is found by number, name, reading or the telephone's last
/// digits, newest first; `after` is the last case of the page before.
///
/// # Errors
/// [`Error::NotFound`] for everybody who is no coordinator.
pub async fn search(env: &Env, actor: &Actor, words: &str, after: Option<i64>) -> Result<Found> {
    let ward = actor.coordinator_ward().ok_or(Error::NotFound)?;
    let Some((met, condition, value)) = member::matching(words) else {
        return Ok(Found { total: 0, met: None, lines: vec![], next: None });
    };
    // Each side by its own index; one condition over both would walk the whole ward.
    let side = |column: &str| {
        let condition = condition.replace('?', "$2");
        format!("SELECT q.id FROM member m JOIN care_request q ON q.{column} = m.id WHERE m.ward = $1 AND {condition}")
    };
    let found = format!(
        "r.ward = $1 AND r.status <> 'draft' AND r.id IN ({} UNION {})",
        side("member_id"),
        side("provider_id")
    );
    let total = format!("SELECT COUNT(*) FROM care_request r WHERE {found}");
    let total = db::scalar(env.db.read(), &total, vec![ward.into(), value.clone()]).await?.unwrap_or(0);
    let sql = format!("{COLUMNS}WHERE {found} AND r.id < $3 ORDER BY r.id DESC LIMIT {}", PAGE + 1);
    let values = vec![ward.into(), value.clone(), after.unwrap_or(i64::MAX).into()];
    let (lines, next) = page_of(env, ward, &sql, values).await?;
    // Which side it was, of this page alone.
    let providers = found_providers(env, condition, value, &lines).await?;
    let lines = lines
        .into_iter()
        .map(|line| FoundLine {
            provider: providers.iter().find(|(no, _)| *no == line.no).map(|(_, name)| name.clone()),
            line,
        })
        .collect();
    Ok(Found { total, met: Some(met), lines, next })
}

/// The providers among a page's members by whom its cases were found; a family that was met as well comes first.
async fn found_providers(
    env: &Env,
    condition: &str,
    value: sea_orm::Value,
    lines: &[QueueLine],
) -> Result<Vec<(RequestNo, String)>> {
    #[derive(FromQueryResult)]
    struct Row {
        request_no: RequestNo,
        family_name: String,
        given_name: String,
    }
    if lines.is_empty() {
        return Ok(Vec::new());
    }
    let family = condition.replace("m.", "f.").replace('?', "$1");
    let provider = condition.replace('?', "$1");
    let numbers: Vec<String> = lines.iter().map(|line| line.no.0.to_string()).collect();
    let sql = format!(
        "SELECT r.request_no, m.family_name, m.given_name FROM care_request r JOIN member m ON m.id = r.provider_id \
         JOIN member f ON f.id = r.member_id WHERE r.request_no IN ({}) AND {provider} AND NOT ({family})",
        numbers.join(", ")
    );
    let rows: Vec<Row> = db::rows(env.db.read(), &sql, vec![value]).await?;
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
    member: i64,
    after: Option<i64>,
) -> Result<(Vec<QueueLine>, Option<i64>)> {
    let ward = actor.coordinator_ward().ok_or(Error::NotFound)?;
    let sql = format!(
        "{COLUMNS}WHERE r.ward = $1 AND r.status <> 'draft' AND r.id IN (SELECT id FROM care_request WHERE member_id = $2 \
         UNION SELECT id FROM care_request WHERE provider_id = $2) AND r.id < $3 ORDER BY r.id DESC LIMIT {}",
        PAGE + 1
    );
    page_of(env, ward, &sql, vec![ward.into(), member.into(), after.unwrap_or(i64::MAX).into()]).await
}

/// One page of lines, of which the statement reads one more than a page holds.
async fn page_of(
    env: &Env,
    ward: &str,
    sql: &str,
    values: Vec<sea_orm::Value>,
) -> Result<(Vec<QueueLine>, Option<i64>)> {
    let now = env.clock.now();
    let late = Late::load(env, ward, now).await?;
    let mut rows: Vec<Row> = db::rows(env.db.read(), sql, values).await?;
    let next = if rows.len() > PAGE { rows.get(PAGE - 1).map(|row| row.id) } else { None };
    rows.truncate(PAGE);
    let lines = rows
        .into_iter()
        .map(|row| {
            let facts = facts(&row, &late)?;
            line(row, &facts, now)
        })
        .collect::<Result<Vec<_>>>()?;
    Ok((lines, next))
}

fn facts(row: &Row, late: &Late) -> Result<QueueFacts> {
    let requested_at = Instant(row.requested_at);
    Ok(QueueFacts {
        status: row.status,
        starts_at: Instant(row.starts_at),
        ends_at: Instant(row.ends_at),
        requested_at,
        updated_at: Instant(row.updated_at),
        meeting_at: row.meeting_at.map(Instant),
        reported: row.reported > 0,
        untaken_late_at: late.after(requested_at),
    })
}

fn line(row: Row, facts: &QueueFacts, now: Instant) -> Result<QueueLine> {
    Ok(QueueLine {
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
    })
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
