//! The base lines: axum, sqlx and string formatting draw `/requests` and a member's home with nothing between them.
//!
//! They look the session up and read the rows with the very statements of the product, from the same file through as
//! many connections with the same settings, and write the same markup; the frame around the cards is taken from the
//! product's own page. What they leave out is everything else: routing of pages, components, escaping tables, headers.

mod home;

use crate::Options;
use crate::city::now_micros;
use crate::outcome::{Done, Problem};
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use domain::actor::MemberKind;
use domain::number::RequestNo;
use domain::request::{CareKind, CoordinationStatus, OfferStatus};
use domain::time::{Date, Instant, clock, hhmm, iso_date, japanese_date};
use sha2::{Digest, Sha256};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions};
use std::fmt::Write as _;
use std::str::FromStr as _;
use std::sync::Arc;

/// The session's lookup, as `service::session` does it.
const SESSION: &str = "SELECT s.seen_at, s.expires_at, a.id AS account, a.name, a.role, a.ward, a.text_size, \
    m.id AS member, m.member_no, m.kind, m.ward AS member_ward, \
    (SELECT count(*) FROM notice n WHERE n.account_id = a.id AND n.read_at IS NULL) AS unread, \
    CASE WHEN m.kind IN ($1, $2) THEN (SELECT count(*) FROM offer o WHERE o.provider_id = m.id \
    AND o.status IN ($3, $4) AND o.expires_at > $5) ELSE 0 END AS offers, \
    (SELECT value FROM setting WHERE key = 'seal') AS secret \
    FROM session s JOIN account a ON a.id = s.account_id LEFT JOIN member m ON m.id = a.member_id \
    WHERE s.token_hash = $6";

/// The list's rows, as `service::request::list` reads them.
const ROWS: &str = r#"SELECT "care_request"."request_no", "care_request"."status", "care_request"."starts_at", "care_request"."ends_at", "care_request"."children_count", "care_request"."care_kind", "care_request"."requested_at", "care_request"."updated_at" FROM "care_request" WHERE "care_request"."member_id" = ? AND "care_request"."id" < ? ORDER BY "care_request"."id" DESC LIMIT ?"#;

/// Every statement of the base lines; the product must ask the same.
pub const STATEMENTS: [&str; 5] = [SESSION, ROWS, home::APPROVALS, home::REQUESTS, home::TICKETS];

const PAGE: i64 = 50;
const CARDS: &str = "<ul class=\"kp-cards\">";

/// What stands before, between and after the lists of cards of the product's page; of each piece what stands before,
/// between and after the person's name.
struct Frame(Vec<Vec<String>>);

impl Frame {
    fn of(page: &str, name: &str) -> Done<Self> {
        let pieces = cut(page)?.into_iter().step_by(2);
        Ok(Self(pieces.map(|piece| piece.split(name).map(str::to_owned).collect()).collect()))
    }

    fn around(&self, name: &str, cards: &[String]) -> String {
        let mut html = String::with_capacity(96 * 1024);
        let name = escape(name);
        let mut cards = cards.iter();
        for (place, piece) in self.0.iter().enumerate() {
            if place > 0 {
                html.push_str(CARDS);
                html.push_str(cards.next().map_or("", String::as_str));
            }
            for (index, part) in piece.iter().enumerate() {
                if index > 0 {
                    html.push_str(&name);
                }
                html.push_str(part);
            }
        }
        html
    }
}

struct Base {
    pool: SqlitePool,
    list: Frame,
    home: Frame,
    today: Date,
}

/// Cuts the product's page: what stands before, among, between, among and after the lists of cards.
///
/// # Errors
/// When the page has no cards.
pub fn cut(page: &str) -> Done<Vec<&str>> {
    let mut pieces = Vec::new();
    let mut rest = page;
    while let Some((before, after)) = rest.split_once(CARDS) {
        let end = after.find("</ul>").unwrap_or(after.len());
        let (cards, after) = after.split_at(end);
        pieces.extend([before, cards]);
        rest = after;
    }
    if pieces.is_empty() {
        return Err(Problem::new("The product's page has no cards."));
    }
    pieces.push(rest);
    Ok(pieces)
}

/// `kosapo-bench serve`: serves the base lines until it is killed.
///
/// # Errors
/// When the database or the address cannot be had.
pub async fn serve(options: &Options) -> Done {
    let connect = SqliteConnectOptions::from_str(&format!("sqlite:{}", options.need("database")?))?
        .journal_mode(SqliteJournalMode::Wal)
        .row_buffer_size(512)
        .pragma("synchronous", "FULL")
        .pragma("foreign_keys", "ON")
        .pragma("busy_timeout", "1500")
        .pragma("trusted_schema", "OFF")
        .pragma("mmap_size", "0")
        .pragma("query_only", "ON");
    let pool = SqlitePoolOptions::new().max_connections(8).min_connections(1).test_before_acquire(false);
    let pool = pool.connect_with(connect).await?;
    let name = options.need("name")?;
    let frame = |page| Frame::of(&std::fs::read_to_string(options.need(page)?)?, name);
    let today = domain::time::parse_iso_date(options.need("today")?).ok_or_else(|| Problem::new("--today"))?;
    let base = Arc::new(Base { pool, list: frame("page")?, home: frame("home")?, today });
    let router = Router::new()
        .route("/requests", get(list))
        .route("/", get(home))
        .route("/healthz", get(async || "ok"))
        .with_state(base);
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
    Option<String>,
);
type Row = (i64, String, i64, i64, i64, Option<String>, i64, i64);

/// Whose page it is.
struct Person {
    member: i64,
    name: String,
}

async fn list(State(base): State<Arc<Base>>, headers: HeaderMap) -> Response {
    answer(draw(&base, &headers).await)
}

async fn home(State(base): State<Arc<Base>>, headers: HeaderMap) -> Response {
    answer(home::draw(&base, &headers).await)
}

fn answer(drawn: Done<Option<String>>) -> Response {
    match drawn {
        Ok(Some(html)) => ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response(),
        Ok(None) => StatusCode::UNAUTHORIZED.into_response(),
        Err(problem) => (StatusCode::INTERNAL_SERVER_ERROR, problem.to_string()).into_response(),
    }
}

async fn person(base: &Base, headers: &HeaderMap) -> Done<Option<Person>> {
    let cookie = headers.get(header::COOKIE).and_then(|cookie| cookie.to_str().ok()).unwrap_or_default();
    let Some((_, token)) = cookie.split_once('=') else { return Ok(None) };
    let mut find = sqlx::query_as(SESSION);
    for key in
        MemberKind::PROVIDING.iter().map(|kind| kind.key()).chain(OfferStatus::OPEN.iter().map(|open| open.key()))
    {
        find = find.bind(key);
    }
    let session: Option<Session> = find.bind(now_micros()).bind(hash(token)).fetch_optional(&base.pool).await?;
    let Some((_, expires_at, _, name, _, _, _, Some(member), ..)) = session else { return Ok(None) };
    Ok((now_micros() < expires_at).then_some(Person { member, name }))
}

async fn draw(base: &Base, headers: &HeaderMap) -> Done<Option<String>> {
    let Some(person) = person(base, headers).await? else { return Ok(None) };
    let rows: Vec<Row> =
        sqlx::query_as(ROWS).bind(person.member).bind(i64::MAX).bind(PAGE + 1).fetch_all(&base.pool).await?;
    let mut cards = String::with_capacity(64 * 1024);
    for row in rows.iter().take(usize::try_from(PAGE)?) {
        card(&mut cards, row, base.today)?;
    }
    Ok(Some(base.list.around(&person.name, &[cards])))
}

fn card(html: &mut String, row: &Row, today: Date) -> Done {
    let (no, status, starts_at, ends_at, children, kind, requested_at, updated_at) = row;
    let no = RequestNo(u32::try_from(*no)?);
    let (tone, word, icon) = CoordinationStatus::from_key(status).map_or(("neutral", "", ""), tag);
    let title = when(Instant(*starts_at), Instant(*ends_at), today);
    let kind = kind.as_deref().and_then(CareKind::from_key).map_or("未入力", kind_word);
    write!(
        html,
        "<li class=\"kp-card\"><div><h3><a href=\"/requests/{no}\"><small>依頼ID {no}　預けたい日</small>{title}</a></h3>\
         <span class=\"kp-hidden\">コーディネーターステータス：</span><span class=\"kp-tag--{tone}\">\
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
    let machine = |at: Instant| format!("{}T{}", iso_date(at.date()), hhmm(at.minute_of_day()));
    let from = machine(start);
    let to = if end.date() == start.date() { hhmm(end.minute_of_day()) } else { machine(end) };
    let (day, start, end) = (japanese_date(start.date(), today), clock(start), clock(end));
    let to = if to == end { String::new() } else { format!(" datetime=\"{to}\"") };
    format!("<span class=\"kp-when\"><time datetime=\"{from}\">{day}<wbr>{start}</time>〜<time{to}>{end}</time></span>")
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
