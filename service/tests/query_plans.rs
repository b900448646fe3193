//! No list walks through a table that grows: every select that the lists really send is explained on both databases.
//!
//! SQLite plans here without statistics, as for large tables; PostgreSQL is set to avoid walking where any index
//! would do. `cargo xtask bench` explains the same selects on an analysed city.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test ends where it fails")]

mod support;

use domain::actor::{Actor, Channel, MemberKind};
use domain::id::{MemberId, NoticeId, ReportId, RequestId};
use domain::number::{MemberNo, RequestNo};
use domain::report::ReportStatus;
use domain::subsidy::YearMonth;
use migration::GROWING;
use sea_orm::{ConnectionTrait, DbBackend};
use service::coordination::{self, QueueFilter};
use service::report::Side;
use service::subsidy;
use service::subsidy::claims::ClaimFilter;
use service::{coupon, db, home, inbox, member, offer, report, request, session};
use std::collections::BTreeSet;
use std::fmt::Debug;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use support::World;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// The statements sent since the last look.
static SENT: Mutex<Vec<String>> = Mutex::new(Vec::new());
/// The two tests share what is sent, so they take turns.
static TURN: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// Listens to what sqlx logs.
struct Listener;

impl Subscriber for Listener {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "sqlx::query"
    }

    fn event(&self, event: &Event<'_>) {
        let mut statement = Statement::default();
        event.record(&mut statement);
        let sql = if statement.full.trim().is_empty() { statement.summary } else { statement.full };
        SENT.lock().unwrap_or_else(PoisonError::into_inner).push(sql.split_whitespace().collect::<Vec<_>>().join(" "));
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[derive(Default)]
struct Statement {
    summary: String,
    full: String,
}

impl Visit for Statement {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "summary" => value.clone_into(&mut self.summary),
            "db.statement" => value.clone_into(&mut self.full),
            _ => {}
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}
}

/// Takes the selects sent so far.
fn selects() -> BTreeSet<String> {
    let sent = std::mem::take(&mut *SENT.lock().unwrap_or_else(PoisonError::into_inner));
    sent.into_iter().filter(|sql| sql.starts_with("SELECT") || sql.starts_with("WITH")).collect()
}

/// Reads every list as everybody who has it, first and later pages, and returns the selects.
async fn read_all(world: &World) -> BTreeSet<String> {
    service::reference::seed(&world.env).await.unwrap();
    let env = &world.env;
    let both = world.member("midori", MemberKind::Both, "髙﨑", "陽子").await.actor;
    let asking = world.a_family().await;
    let family = asking.person.actor.clone();
    let provider = world.a_provider().await.actor;
    let coordinator = world.coordinator("midori").await;
    let hq = world.hq().await;
    let _ = selects();

    session::find(env, "nobody").await.unwrap();
    for actor in [&family, &both] {
        request::list(env, actor, None).await.unwrap();
        request::list(env, actor, Some(RequestNo(36_630))).await.unwrap();
        coupon::own(env, actor).await.unwrap();
    }
    for actor in [&provider, &both] {
        offer::open_for(env, actor, true).await.unwrap();
        coordination::provider_cases(env, actor, None).await.unwrap();
        coordination::provider_cases(env, actor, Some(RequestId(7))).await.unwrap();
    }
    for actor in [&family, &provider, &both, &coordinator, &hq] {
        reports(world, actor).await;
        inbox::list(env, actor, None).await.unwrap();
        inbox::list(env, actor, Some(NoticeId(7))).await.unwrap();
        inbox::unread(env, actor).await.unwrap();
    }
    for actor in [&family, &provider, &both] {
        home::home(env, actor).await.unwrap();
    }
    for actor in [&provider, &both, &coordinator, &hq] {
        for month in [None, YearMonth::parse("2024-02")] {
            subsidy::claims::list(env, actor, &ClaimFilter { month, ..ClaimFilter::default() }).await.unwrap();
        }
        subsidy::preview::preview(env, actor, None, subsidy::preview::Place::default()).await.unwrap();
    }
    subsidy::preview::preview(env, &hq, Some("midori"), subsidy::preview::Place::default()).await.unwrap();
    subsidy::overview::overview(env, &hq).await.unwrap();
    for (mine, closed, after) in
        [(false, false, None), (true, false, None), (false, true, None), (false, true, Some(RequestId(7)))]
    {
        let filter = QueueFilter { mine, closed, after, ..QueueFilter::default() };
        coordination::queue(env, &coordinator, &filter).await.unwrap();
    }
    coordination::search(env, &coordinator, "CDK0036630", None).await.unwrap();
    coordination::search(env, &coordinator, "木村", None).await.unwrap();
    coordination::cases_of_member(env, &coordinator, MemberId(1), None).await.unwrap();
    let form = request::RequestForm {
        date: "2024-03-30".into(),
        start: "11:30".into(),
        end: "13:30".into(),
        next_day: String::new(),
        children: vec![asking.taro.to_string()],
        care_kind: "care".into(),
        care_place: "provider_home".into(),
        ..Default::default()
    };
    let member = asking.person.no;
    let call = coordination::Entry { member, channel: Channel::Phone, form, once: "a".into() };
    coordination::check_entry(env, &coordinator, &call).await.unwrap();
    for actor in [&provider, &both, &coordinator] {
        for search in ["", "CDK0036630", "木村"] {
            report::candidates(env, actor, search).await.unwrap();
        }
        report::blank(env, actor, None, None).await.unwrap();
    }
    member::list(env, &coordinator, "", None, None).await.unwrap();
    member::list(env, &coordinator, "", Some(MemberKind::User), Some(MemberNo(7))).await.unwrap();
    selects()
}

async fn reports(world: &World, actor: &Actor) {
    for side in [Side::Provider, Side::Family] {
        for status in [None, Some(ReportStatus::RevisionRequested)] {
            for after in [None, Some(ReportId(7))] {
                report::list(&world.env, actor, side, status, after).await.unwrap();
            }
        }
    }
}

/// The plan's steps that walk through a growing table; a partial index holds only what is open and may be walked.
async fn walks(world: &World, sql: &str) -> Vec<String> {
    let walks = |step: &str, word: &str| {
        let Some((_, rest)) = step.split_once(word) else { return false };
        let table = rest.split([' ', ',', ')']).next().unwrap_or_default();
        let known = GROWING.contains(&table) || GROWING.iter().any(|growing| is_alias(sql, growing, table));
        known && !rest.contains("_unclaimed")
    };
    if world.env.db.backend() == DbBackend::Sqlite {
        let statement = db::statement(DbBackend::Sqlite, &format!("EXPLAIN QUERY PLAN {sql}"), vec![]);
        let rows = world.env.db.read().query_all_raw(statement).await.unwrap();
        let steps: Vec<String> = rows.iter().map(|row| row.try_get("", "detail").unwrap()).collect();
        return steps.into_iter().filter(|step| step.starts_with("SCAN ") && walks(step, "SCAN ")).collect();
    }
    let transaction = world.env.db.begin().await.unwrap();
    for setting in ["SET LOCAL enable_seqscan = off", "SET LOCAL plan_cache_mode = force_generic_plan"] {
        transaction.execute_unprepared(setting).await.unwrap();
    }
    transaction.execute_unprepared(&format!("PREPARE listed AS {sql}")).await.unwrap();
    let places = (1..=20).take_while(|place| sql.contains(&format!("${place}"))).count();
    let values = if places == 0 { String::new() } else { format!("({})", vec!["NULL"; places].join(", ")) };
    let statement = db::statement(DbBackend::Postgres, &format!("EXPLAIN EXECUTE listed{values}"), vec![]);
    let rows = transaction.query_all_raw(statement).await.unwrap();
    let steps: Vec<String> = rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect();
    transaction.execute_unprepared("DEALLOCATE listed").await.unwrap();
    steps.into_iter().filter(|step| walks(step, "Seq Scan on ")).collect()
}

/// Whether `FROM table alias` or `JOIN table alias` stands in a statement, quoted as a builder writes it or not.
fn is_alias(sql: &str, table: &str, alias: &str) -> bool {
    let sql = format!("{} ", sql.replace('"', ""));
    ["FROM", "JOIN"].iter().any(|word| {
        sql.contains(&format!("{word} {table} {alias} ")) || sql.contains(&format!("{word} {table} AS {alias} "))
    })
}

async fn no_list_walks(world: World) {
    let selects = read_all(&world).await;
    assert!(selects.len() >= 25, "the lists' selects are heard: {selects:#?}");
    let mut found = Vec::new();
    for sql in &selects {
        for step in walks(&world, sql).await {
            found.push(format!("{step}\n    {sql}"));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// A select without an index is told apart.
async fn a_walk_is_seen(world: &World) {
    for sql in [
        "SELECT r.id FROM activity_report r WHERE r.fee_yen = $1 LIMIT 50",
        r#"SELECT "r"."id" FROM "activity_report" AS "r" WHERE "r"."fee_yen" = $1 LIMIT 50"#,
    ] {
        assert!(!walks(world, sql).await.is_empty(), "{sql}");
    }
}

/// Each side of a home asks for its own, and a 両方会員 for no more than both.
async fn a_home_asks_as_often_as_its_sides(world: &World) {
    let family = world.a_family().await.person.actor;
    let provider = world.a_provider().await.actor;
    let both = world.member("midori", MemberKind::Both, "髙﨑", "陽子").await.actor;
    // A select of one row is heard only after its row has been read.
    let heard = || tokio::time::sleep(Duration::from_millis(100));
    for (actor, most) in [(&family, 3), (&provider, 5), (&both, 8)] {
        heard().await;
        SENT.lock().unwrap_or_else(PoisonError::into_inner).clear();
        home::home(&world.env, actor).await.unwrap();
        heard().await;
        let mut sent = std::mem::take(&mut *SENT.lock().unwrap_or_else(PoisonError::into_inner));
        // What a connection says when it is taken and given back is no question.
        sent.retain(|sql| sql.starts_with("SELECT"));
        assert_eq!(sent.len(), most, "{}: {sent:#?}", actor.name);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite() {
    let _turn = TURN.lock().await;
    let _ = tracing::subscriber::set_global_default(Listener);
    let world = World::sqlite().await;
    a_walk_is_seen(&world).await;
    a_home_asks_as_often_as_its_sides(&world).await;
    no_list_walks(world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres() {
    let _turn = TURN.lock().await;
    let _ = tracing::subscriber::set_global_default(Listener);
    let world = World::postgres().await;
    a_walk_is_seen(&world).await;
    a_home_asks_as_often_as_its_sides(&world).await;
    no_list_walks(world).await;
}
