//! The base line: axum, sqlx and string formatting draw the page `/requests` with nothing between them.
//!
//! It looks the session up and reads the rows with the very statements of the product, from the same file through as
//! many connections with the same settings, and writes the same markup; the frame around the cards is taken from the
//! product's own page. What it leaves out is everything else: routing of pages, components, escaping tables, headers.

use crate::Options;
use crate::city::now_micros;
use crate::outcome::{Done, Problem};
use axum::Router;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use domain::number::RequestNo;
use domain::request::{CareKind, CoordinationStatus};
use domain::time::{Date, Instant, clock, hhmm, iso_date, japanese_date};
use sha2::{Digest, Sha256};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions};
use std::collections::HashMap;
use std::fmt::Write as _;
use std::str::FromStr as _;
use std::sync::Arc;

/// The session's lookup, as `service::session` does it.
pub const SESSION: &str = "SELECT s.seen_at, s.expires_at, a.id AS account, a.name, a.role, a.ward, a.text_size, \
    m.id AS member, m.member_no, m.kind, m.ward AS member_ward, \
    (SELECT count(*) FROM notice n WHERE n.account_id = a.id AND n.read_at IS NULL) AS unread, \
    CASE WHEN m.kind IN ('provider', 'both') THEN (SELECT count(*) FROM offer o WHERE o.provider_id = m.id \
    AND o.status IN ('sent', 'seen') AND o.expires_at > $2) ELSE 0 END AS offers \
    FROM session s JOIN account a ON a.id = s.account_id LEFT JOIN member m ON m.id = a.member_id \
    WHERE s.token_hash = $1";

/// The list's rows, as `service::request::list` reads them.
pub const ROWS: &str = "SELECT request_no, status, starts_at, ends_at, children_count, care_kind, requested_at, updated_at \
    FROM care_request WHERE member_id = $1 \
    AND id < COALESCE((SELECT id FROM care_request WHERE request_no = $2 AND member_id = $1), $3) \
    ORDER BY id DESC LIMIT $4";

const PAGE: i64 = 50;
const CARDS: &str = "<ul class=\"kp-cards\">";

struct Base {
    pool: SqlitePool,
    /// What stands before and after the person's name in the page up to the first card.
    head: Vec<String>,
    tail: String,
    today: Date,
}

/// Cuts the product's page into what stands before, among and after the cards.
///
/// # Errors
/// When the page has no cards.
pub fn cut(page: &str) -> Done<[&str; 3]> {
    let missing = || Problem::new("The page of the list has no cards.");
    let (before, rest) = page.split_once(CARDS).ok_or_else(missing)?;
    let end = rest.find("</ul>").ok_or_else(missing)?;
    let (cards, after) = rest.split_at_checked(end).ok_or_else(missing)?;
    Ok([before, cards, after])
}

/// `kosapo-bench serve`: serves the base line until it is killed.
///
/// # Errors
/// When the database or the address cannot be had.
pub async fn serve(options: &Options) -> Done {
    let connect = SqliteConnectOptions::from_str(&format!("sqlite:{}", options.need("database")?))?
        .journal_mode(SqliteJournalMode::Wal)
        .pragma("synchronous", "FULL")
        .pragma("foreign_keys", "ON")
        .pragma("busy_timeout", "5000")
        .pragma("trusted_schema", "OFF")
        .pragma("mmap_size", "0")
        .pragma("query_only", "ON");
    let pool = SqlitePoolOptions::new().max_connections(8).min_connections(1).connect_with(connect).await?;
    let page = std::fs::read_to_string(options.need("page")?)?;
    let [before, _, after] = cut(&page)?;
    let name = options.need("name")?;
    let head = before.split(name).map(str::to_owned).collect();
    let today = domain::time::parse_iso_date(options.need("today")?).ok_or_else(|| Problem::new("--today"))?;
    let base = Arc::new(Base { pool, head, tail: after.to_owned(), today });
    let router = Router::new().route("/requests", get(list)).route("/healthz", get(async || "ok")).with_state(base);
    let listener = tokio::net::TcpListener::bind(options.need("addr")?).await?;
    axum::serve(listener, router).await?;
    Ok(())
}

type Session = (
    i64,
    i64,
    i64,
    String,
    String,
    Option<String>,
    String,
    Option<i64>,
    Option<i64>,
    Option<String>,
    Option<String>,
    i64,
    i64,
);
type Row = (i64, String, i64, i64, i64, String, i64, i64);

async fn list(
    State(base): State<Arc<Base>>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    match draw(&base, &query, &headers).await {
        Ok(Some(html)) => ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response(),
        Ok(None) => StatusCode::UNAUTHORIZED.into_response(),
        Err(problem) => (StatusCode::INTERNAL_SERVER_ERROR, problem.to_string()).into_response(),
    }
}

async fn draw(base: &Base, query: &HashMap<String, String>, headers: &HeaderMap) -> Done<Option<String>> {
    let cookie = headers.get(header::COOKIE).and_then(|cookie| cookie.to_str().ok()).unwrap_or_default();
    let Some((_, token)) = cookie.split_once('=') else { return Ok(None) };
    let session: Option<Session> =
        sqlx::query_as(SESSION).bind(hash(token)).bind(now_micros()).fetch_optional(&base.pool).await?;
    let Some((_, expires_at, _, name, _, _, _, Some(member), ..)) = session else { return Ok(None) };
    if now_micros() >= expires_at {
        return Ok(None);
    }
    let after = query.get("after").and_then(|no| RequestNo::parse(no).ok()).map_or(-1, |no| i64::from(no.0));
    let rows: Vec<Row> =
        sqlx::query_as(ROWS).bind(member).bind(after).bind(i64::MAX).bind(PAGE + 1).fetch_all(&base.pool).await?;
    let mut html = String::with_capacity(96 * 1024);
    for (index, part) in base.head.iter().enumerate() {
        if index > 0 {
            html.push_str(&escape(&name));
        }
        html.push_str(part);
    }
    html.push_str(CARDS);
    for row in rows.iter().take(usize::try_from(PAGE)?) {
        card(&mut html, row, base.today)?;
    }
    html.push_str(&base.tail);
    Ok(Some(html))
}

fn card(html: &mut String, row: &Row, today: Date) -> Done {
    let (no, status, starts_at, ends_at, children, kind, requested_at, updated_at) = row;
    let no = RequestNo(u32::try_from(*no)?);
    let (tone, word, icon) = CoordinationStatus::from_key(status).map_or(("neutral", "", ""), tag);
    let title = when(Instant(*starts_at), Instant(*ends_at), today);
    let kind = CareKind::from_key(kind).map_or("未入力", kind_word);
    write!(
        html,
        "<li class=\"kp-card kp-card--link\"><div><div><p>依頼ID {no}　預けたい日</p>\
         <h3><a href=\"/requests/{no}\">{title}</a></h3></div>\
         <span class=\"kp-hidden\">コーディネーターステータス：</span><span class=\"kp-tag kp-tag--{tone}\">\
         <svg class=\"kp-icon\" aria-hidden=\"true\"><use href=\"#i-{icon}\"/></svg><span>{word}</span></span></div><dl>"
    )?;
    line(html, "預ける子どもの人数", &format!("{children}人"))?;
    line(html, "希望する援助内容", kind)?;
    line(html, "依頼をした日", &moment(*requested_at))?;
    line(html, "更新日時", &moment(*updated_at))?;
    html.push_str("</dl></li>");
    Ok(())
}

fn line(html: &mut String, term: &str, value: &str) -> Done {
    write!(html, "<div><dt>{term}</dt><dd>{value}</dd></div>")?;
    Ok(())
}

fn when(start: Instant, end: Instant, today: Date) -> String {
    let machine = |at: Instant| format!("{}T{}+09:00", iso_date(at.date()), hhmm(at.minute_of_day()));
    let (from, to) = (machine(start), machine(end));
    let (day, start, end) = (japanese_date(start.date(), today), clock(start), clock(end));
    format!(
        "<span class=\"kp-when\"><time datetime=\"{from}\">{day}<wbr>{start}</time>〜\
         <time datetime=\"{to}\">{end}</time></span>"
    )
}

fn moment(micros: i64) -> String {
    let at = Instant(micros);
    let (date, time) = (iso_date(at.date()), hhmm(at.minute_of_day()));
    format!("<time>{date} {time}</time>")
}

const fn tag(status: CoordinationStatus) -> (&'static str, &'static str, &'static str) {
    use CoordinationStatus as S;
    match status {
        S::Draft => ("neutral", "下書き", "pencil"),
        S::Submitted => ("waiting", "受付待ち", "clock"),
        S::InCoordination => ("waiting", "調整中", "clock"),
        S::Offering => ("waiting", "打診中", "clock"),
        S::ProviderFound => ("waiting", "提供会員決定", "clock"),
        S::MeetingScheduled => ("waiting", "打合せ予定", "clock"),
        S::MeetingHeld => ("waiting", "打合せ済", "clock"),
        S::Established => ("good", "成立", "checkcircle"),
        S::Completed => ("done", "完了", "check"),
        S::NotEstablished => ("stopped", "不成立", "stop"),
        S::Withdrawn => ("stopped", "取下げ", "stop"),
        S::Cancelled => ("stopped", "キャンセル", "stop"),
    }
}

const fn kind_word(kind: CareKind) -> &'static str {
    match kind {
        CareKind::Care => "預かり",
        CareKind::Escort => "送迎",
        CareKind::CareWithEscort => "預かりと送迎",
        CareKind::BaseCare => "拠点ひろばでの預かり",
    }
}

/// What the database keeps of a cookie's token.
pub fn hash(token: &str) -> String {
    Sha256::digest(token.as_bytes()).iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
