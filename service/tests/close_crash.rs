//! A close that is killed in the middle: the process gets no chance to clean up, and the next run is as the first.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test ends where it fails")]

mod support;

use domain::subsidy::YearMonth;
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DbBackend};
use service::clock::Clock;
use service::db::{Db, PoolSize};
use service::subsidy::{CloseResult, close_month};
use service::{Env, db};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use support::{World, at};

const URL: &str = "KOSAPO_TEST_CRASH_URL";

fn april() -> YearMonth {
    YearMonth { year: 2024, month: 4 }
}

/// Two providers with ten settled reports each.
async fn settled_reports(world: &World) {
    let first = world.a_provider().await.id;
    let second = world.a_provider().await.id;
    let stamp = at("2024-04-02T10:00").0;
    for no in 0..20 {
        let provider = if no % 2 == 0 { first } else { second };
        let sql = format!(
            "INSERT INTO activity_report (report_no, ward, provider_id, status, reward_status, entered_on, notes, channel, \
             fee_yen, benefit_yen, expenses_yen, coupon_yen, approved_at, received_at, updated_at, revision) \
             VALUES ({}, 'midori', {provider}, 'approved', 'received', '2024-04-01', '', 'web', 1200, 1000, 0, 0, {stamp}, {stamp}, 0, 1)",
            3_000_001 + no
        );
        db::execute(world.env.db.write(), &sql, vec![]).await.unwrap();
    }
    world.env.clock.advance_to(at("2024-04-06T00:05"));
}

/// Makes the run stand still after its claims, lines and marks were written, before it commits.
async fn stand_still(env: &Env) {
    let sql = if env.db.backend() == DbBackend::Sqlite {
        "CREATE TABLE hundred (x INTEGER); \
         INSERT INTO hundred WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 100) SELECT x FROM n; \
         CREATE TRIGGER stand_still BEFORE INSERT ON close_run BEGIN \
         SELECT COUNT(*) FROM hundred a, hundred b, hundred c, hundred d, hundred e, hundred f; END"
    } else {
        "CREATE FUNCTION stand_still() RETURNS trigger AS 'BEGIN PERFORM pg_sleep(3); RETURN NEW; END' LANGUAGE plpgsql; \
         CREATE TRIGGER stand_still BEFORE INSERT ON close_run FOR EACH ROW EXECUTE FUNCTION stand_still()"
    };
    env.db.write().execute_unprepared(sql).await.unwrap();
}

async fn go_on(env: &Env) {
    let sql = match env.db.backend() {
        DbBackend::Sqlite => "DROP TRIGGER stand_still",
        _ => "DROP TRIGGER stand_still ON close_run",
    };
    env.db.write().execute_unprepared(sql).await.unwrap();
}

/// Starts this test program once more as the server that will be killed.
fn start_server(url: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "the_server_that_is_killed"])
        .env(URL, url)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Waits until the other process is inside the run's last statement.
async fn until_inside(world: &World, child: &mut Child) {
    let mut options = ConnectOptions::new(world.url.clone());
    options.max_connections(1).sqlx_logging(false);
    options.map_sqlx_sqlite_opts(|sqlite| sqlite.busy_timeout(Duration::ZERO));
    let probe = Database::connect(options).await.unwrap();
    loop {
        assert!(child.try_wait().unwrap().is_none(), "the other server ended before it was killed");
        let inside = if world.env.db.backend() == DbBackend::Sqlite {
            match probe.execute_unprepared("BEGIN IMMEDIATE").await {
                Ok(_) => {
                    probe.execute_unprepared("ROLLBACK").await.unwrap();
                    false
                }
                Err(_) => true,
            }
        } else {
            let sql = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() \
                       AND wait_event = 'PgSleep' AND query LIKE 'INSERT INTO \"close_run\"%'";
            db::scalar::<i64, _>(&probe, sql, vec![]).await.unwrap() == Some(1)
        };
        if inside {
            break;
        }
        tokio::task::yield_now().await;
    }
    probe.close().await.unwrap();
}

async fn clean_run(world: &World) -> CloseResult {
    close_month(&world.env, april(), false).await.unwrap()
}

#[tokio::test]
#[ignore = "started and killed by the tests below"]
async fn the_server_that_is_killed() {
    #[allow(clippy::disallowed_methods, reason = "how the parent names the database")]
    let url = std::env::var(URL).unwrap();
    let env = Env {
        db: Db::connect(&url, PoolSize::suiting(&url)).await.unwrap(),
        clock: Clock::frozen(at("2024-04-06T00:05")),
        hasher: service::password::Hasher::default(),
        settings: std::sync::Arc::default(),
        demo: None,
    };
    close_month(&env, april(), false).await.unwrap();
}

both_databases! {
    async fn a_killed_run_leaves_nothing_and_the_next_is_as_the_first(world) {
        settled_reports(&world).await;
        let expected = close_month(&world.env, april(), true).await.unwrap();
        stand_still(&world.env).await;
        let mut child = start_server(&world.url);
        until_inside(&world, &mut child).await;
        child.kill().unwrap();
        child.wait().unwrap();

        go_on(&world.env).await;
        assert_eq!(world.count("SELECT COUNT(*) FROM subsidy_claim").await, 0);
        assert_eq!(world.count("SELECT COUNT(*) FROM subsidy_line").await, 0);
        assert_eq!(world.count("SELECT COUNT(*) FROM activity_report WHERE claim_id IS NOT NULL").await, 0);
        assert_eq!(world.count("SELECT COUNT(*) FROM notice").await, 0);
        assert_eq!(clean_run(&world).await, expected);
        assert_eq!(clean_run(&world).await, expected);
        assert_eq!(world.count("SELECT COUNT(*) FROM subsidy_line").await, 20);
        assert_eq!(world.count("SELECT CAST(SUM(total_yen) AS BIGINT) FROM subsidy_claim").await, 20_000);
        assert_eq!(world.count("SELECT MIN(claim_no) FROM subsidy_claim").await, 1, "no claim number was used up");
    }
}
