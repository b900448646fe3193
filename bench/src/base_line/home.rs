//! A member's home: what is the family's turn, and what is planned.

use super::{Base, Person, kind_word, person, when};
use crate::city::TODAY;
use crate::outcome::{Done, Problem};
use axum::http::HeaderMap;
use domain::number::RequestNo;
use domain::report::ReportStatus;
use domain::request::{CareKind, CoordinationStatus};
use domain::time::{Instant, clock, hhmm, iso_date, japanese_date};
use std::fmt::Write as _;

/// Reports to approve, as `service::home` reads them.
pub const APPROVALS: &str = r#"SELECT "activity_report"."report_no", "activity_report"."started_at", "activity_report"."ended_at", "activity_report"."fee_yen", "activity_report"."benefit_yen", "activity_report"."expenses_yen", "member"."family_name" FROM "activity_report" INNER JOIN "member" ON "activity_report"."provider_id" = "member"."id" WHERE "activity_report"."submitted_at" IS NOT NULL AND "activity_report"."user_member_id" = ? AND "activity_report"."status" = ? ORDER BY "activity_report"."id" ASC LIMIT ?"#;

/// Requests on their way, as `service::home` reads them.
pub const REQUESTS: &str = r#"SELECT "care_request"."request_no", "care_request"."status", "care_request"."starts_at", "care_request"."ends_at", "care_request"."care_kind", "care_request"."care_place", "care_request"."place_detail", "care_request"."meeting_at", "care_request"."meeting_place", "pre_meeting_sheet"."complete", "member"."family_name" AS "provider", "member"."telephone" FROM "care_request" LEFT JOIN "pre_meeting_sheet" ON "care_request"."id" = "pre_meeting_sheet"."request_id" LEFT JOIN "member" ON "care_request"."provider_id" = "member"."id" WHERE "care_request"."member_id" = ? AND "care_request"."status" IN (?, ?, ?, ?, ?, ?, ?, ?) AND ("care_request"."status" <> ? OR "care_request"."ends_at" > ?) ORDER BY "care_request"."starts_at" ASC, "care_request"."id" ASC LIMIT ?"#;

/// おためし券 left, as `service::home` counts them.
pub const TICKETS: &str = r#"SELECT CAST(SUM("issued" - "used") AS BIGINT) AS "tickets" FROM "trial_coupon" WHERE "trial_coupon"."member_id" = ? AND "trial_coupon"."expires_on" >= ? LIMIT ?"#;

/// Rows of one kind at most.
const MOST: i64 = 30;

type Approval = (i64, i64, i64, i64, i64, i64, String);
type Request = (
    i64,
    String,
    i64,
    i64,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<i64>,
    Option<String>,
    Option<i64>,
    Option<String>,
    Option<String>,
);

pub(super) async fn draw(base: &Base, headers: &HeaderMap) -> Done<Option<String>> {
    let Some(Person { member, name }) = person(base, headers).await? else { return Ok(None) };
    let awaiting = ReportStatus::AwaitingApproval.key();
    let approvals: Vec<Approval> =
        sqlx::query_as(APPROVALS).bind(member).bind(awaiting).bind(MOST).fetch_all(&base.pool).await?;
    let midnight = Instant::at(base.today, 0);
    let mut requests = sqlx::query_as(REQUESTS).bind(member);
    for status in std::iter::once(CoordinationStatus::Draft).chain(CoordinationStatus::OPEN) {
        requests = requests.bind(status.key());
    }
    let requests = requests.bind(CoordinationStatus::Established.key()).bind(midnight.0).bind(MOST);
    let requests: Vec<Request> = requests.fetch_all(&base.pool).await?;
    let _tickets: Option<i64> =
        sqlx::query_scalar(TICKETS).bind(member).bind(TODAY).bind(1).fetch_one(&base.pool).await?;
    if !approvals.is_empty() {
        return Err(Problem::new("The base line of the home draws no reports to approve."));
    }
    let (mut turns, mut planned) = (String::with_capacity(8 * 1024), String::with_capacity(8 * 1024));
    for row in &requests {
        cards(&mut turns, &mut planned, row, base.today)?;
    }
    Ok(Some(base.home.around(&name, &[turns, planned])))
}

/// The cards of a case with its meeting: the sheet to fill in, and the activity.
fn cards(turns: &mut String, planned: &mut String, row: &Request, today: domain::time::Date) -> Done {
    let (no, _, starts_at, ends_at, kind, _, _, meeting, _, complete, provider, _) = row;
    let no = RequestNo(u32::try_from(*no)?);
    let title = when(Instant(*starts_at), Instant(*ends_at), today);
    if let Some(meeting) = meeting.map(Instant).filter(|_| *complete != Some(1)) {
        let (date, time) = (iso_date(meeting.date()), hhmm(meeting.minute_of_day()));
        let (day, hour) = (japanese_date(meeting.date(), today), clock(meeting));
        write!(
            turns,
            "<li class=\"kp-card kp-card--yours\"><div><h3><a href=\"/requests/{no}/meeting\">\
             <small>事前打合せ情報の入力</small>{title}<span class=\"kp-hidden\">　入力する</span></a></h3></div>\
             <dl><div><dt>事前打合せ日</dt><dd><span class=\"kp-when\">\
             <time datetime=\"{date}T{time}\">{day}<wbr>{hour}</time></span></dd></div></dl>\
             <p aria-hidden=\"true\" class=\"kp-card__action\"><span>入力する</span>\
             <svg class=\"kp-icon\" aria-hidden=\"true\"><use href=\"#i-next\"/></svg></p></li>"
        )?;
    }
    let kind = kind.as_deref().and_then(CareKind::from_key).map_or("未入力", kind_word);
    let provider = provider.as_deref().map(super::escape).unwrap_or_default();
    write!(
        planned,
        "<li class=\"kp-card\"><div><h3><a href=\"/requests/{no}\"><small>{kind}</small>{title}\
         <span class=\"kp-hidden\">　内容を見る</span></a></h3></div>\
         <dl><div><dt>提供会員</dt><dd>{provider}さん</dd></div></dl>\
         <p aria-hidden=\"true\" class=\"kp-card__action\"><span>内容を見る</span>\
         <svg class=\"kp-icon\" aria-hidden=\"true\"><use href=\"#i-next\"/></svg></p></li>"
    )?;
    Ok(())
}
