//! Lists of reports: the provider's own, the family's, a ward's, the city's.

use crate::error::{Result, stored};
use crate::{Env, db, number};
use domain::actor::{Actor, Role};
use domain::coupon::Settlement;
use domain::number::{ReportNo, RequestNo};
use domain::report::{ReportStatus, RewardStatus};
use domain::time::{Date, Instant};
use sea_orm::{FromQueryResult, Value};

/// Reports on one page.
const PAGE: usize = 50;

/// From which side a member looks; a 両方会員 has two lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// 援助活動報告一覧・登録
    Provider,
    /// 援助活動報告一覧
    Family,
    /// The branch and the headquarters.
    Staff,
}

/// A report in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportSummary {
    /// The key of the next page.
    pub id: i64,
    /// 報告書ID.
    pub no: ReportNo,
    /// 依頼ID.
    pub request: Option<RequestNo>,
    /// 報告書ステータス.
    pub status: ReportStatus,
    /// 報酬受領ステータス.
    pub reward: RewardStatus,
    /// 入力日.
    pub entered_on: Date,
    /// Start of the activity, once typed.
    pub start: Option<Instant>,
    /// Its end.
    pub end: Option<Instant>,
    /// 「木村 花子」, once a request is chosen.
    pub family: Option<String>,
    /// 「山田 和子」
    pub provider: String,
    /// The ward's name: 「緑区」.
    pub ward: String,
    /// What the family pays, in yen; before the approval without おためし券.
    pub user_pays: i64,
    /// Whether the family may still pay a part of it with おためし券.
    pub before_tickets: bool,
    /// The city's benefit, in yen.
    pub benefit: i64,
    /// 更新日時.
    pub updated_at: Instant,
}

/// A page of reports.
#[derive(Clone, Debug)]
pub struct ReportList {
    /// From which side it is seen.
    pub side: Side,
    /// Whether the member may look from both sides.
    pub both: bool,
    /// The reports, the latest first.
    pub rows: Vec<ReportSummary>,
    /// The key to ask the next page with.
    pub next: Option<i64>,
    /// Today in Asia/Tokyo.
    pub today: Date,
}

#[derive(FromQueryResult)]
struct Row {
    id: i64,
    report_no: i64,
    request_no: Option<i64>,
    status: String,
    reward_status: String,
    entered_on: Date,
    started_at: Option<i64>,
    ended_at: Option<i64>,
    family_name: Option<String>,
    given_name: Option<String>,
    provider_family: String,
    provider_given: String,
    ward: String,
    fee_yen: i64,
    expenses_yen: i64,
    coupon_yen: i64,
    benefit_yen: i64,
    tickets_until: Option<Date>,
    updated_at: i64,
}

/// The actor's reports, the latest first, 50 a page; `wanted` chooses the side of a 両方会員, all others have one.
///
/// # Errors
/// Those of the database.
pub async fn list(
    env: &Env,
    actor: &Actor,
    wanted: Side,
    status: Option<ReportStatus>,
    after: Option<i64>,
) -> Result<ReportList> {
    let (side, both, scope, own): (Side, bool, &str, Option<Value>) = match &actor.role {
        Role::Member { member, kind, .. } => {
            let both = kind.uses() && kind.provides();
            if kind.provides() && !(wanted == Side::Family && both) {
                (Side::Provider, both, "r.provider_id = $1", Some((*member).into()))
            } else {
                // The family sees a report from its first 登録 on.
                let scope = "r.user_member_id = $1 AND r.submitted_at IS NOT NULL";
                (Side::Family, both, scope, Some((*member).into()))
            }
        }
        Role::Coordinator { ward } => (Side::Staff, false, "r.ward = $1", Some(ward.clone().into())),
        Role::Hq => (Side::Staff, false, "1 = 1", None),
    };
    let mut values: Vec<Value> = own.into_iter().collect();
    let mut filter = String::new();
    if let Some(status) = status {
        values.push(status.key().into());
        filter.push_str(&format!(" AND r.status = ${}", values.len()));
    }
    // Asked of the first page too, so that the headquarters' list begins at the newest key as well.
    values.push(after.unwrap_or(i64::MAX).into());
    filter.push_str(&format!(" AND r.id < ${}", values.len()));
    let sql = format!(
        "SELECT r.id, r.report_no, c.request_no, r.status, r.reward_status, r.entered_on, r.started_at, r.ended_at, \
         m.family_name, m.given_name, p.family_name AS provider_family, p.given_name AS provider_given, \
         w.name AS ward, r.fee_yen, r.expenses_yen, r.coupon_yen, r.benefit_yen, r.updated_at, \
         CASE WHEN r.status = 'awaiting_approval' THEN (SELECT MAX(t.expires_on) FROM trial_coupon t \
         JOIN activity_report_child k ON k.child_id = t.child_id AND k.report_id = r.id WHERE t.used < t.issued) \
         END AS tickets_until \
         FROM activity_report r JOIN member p ON p.id = r.provider_id JOIN ward w ON w.code = r.ward \
         LEFT JOIN member m ON m.id = r.user_member_id LEFT JOIN care_request c ON c.id = r.request_id \
         WHERE {scope}{filter} ORDER BY r.id DESC LIMIT {}",
        PAGE + 1
    );
    let mut rows = db::rows::<Row, _>(env.db.read(), &sql, values).await?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let rows = rows.into_iter().map(summary).collect::<Result<Vec<_>>>()?;
    let next = rows.last().filter(|_| more).map(|row| row.id);
    Ok(ReportList { side, both, rows, next, today: env.clock.today() })
}

fn summary(row: Row) -> Result<ReportSummary> {
    Ok(ReportSummary {
        id: row.id,
        no: number::read(row.report_no)?,
        request: row.request_no.map(number::read).transpose()?,
        status: stored(ReportStatus::from_key(&row.status), "report status")?,
        reward: stored(RewardStatus::from_key(&row.reward_status), "reward status")?,
        entered_on: row.entered_on,
        start: row.started_at.map(Instant),
        end: row.ended_at.map(Instant),
        family: row.family_name.zip(row.given_name).map(|(family, given)| format!("{family} {given}")),
        provider: format!("{} {}", row.provider_family, row.provider_given),
        ward: row.ward,
        user_pays: Settlement::of(row.fee_yen, row.coupon_yen, row.expenses_yen, row.benefit_yen).user_pays,
        // As on the approval's page: by the day of the activity, however late it is approved.
        before_tickets: row.started_at.zip(row.tickets_until).is_some_and(|(at, last)| Instant(at).date() <= last),
        benefit: row.benefit_yen,
        updated_at: Instant(row.updated_at),
    })
}
