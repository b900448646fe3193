//! The demo city holds to the rules that the use cases keep.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test ends where it fails")]

#[path = "../../service/tests/support/mod.rs"]
mod support;

use demo::{Found, Size};
use domain::member::MembershipStatus;
use domain::report::{ReportStatus, RewardStatus};
use domain::request::{ActivityStatus, CoordinationStatus, OfferStatus};
use domain::time::{Instant, parse_rfc3339};
use sea_orm::FromQueryResult;
use service::clock::Clock;
use service::{Env, db, reference};

fn start() -> Instant {
    parse_rfc3339("2024-03-16T10:00:00+09:00").unwrap()
}

/// How many rows a condition finds.
async fn count(env: &Env, from: &str) -> i64 {
    db::scalar(env.db.read(), &format!("SELECT COUNT(*) FROM {from}"), vec![]).await.unwrap().unwrap_or(-1)
}

#[derive(Debug, PartialEq, Eq, FromQueryResult)]
struct NewsletterCase {
    status: String,
    starts_at: i64,
    ends_at: i64,
    requested_at: i64,
    meeting_at: i64,
    established_at: i64,
    children_count: i64,
    report_no: i64,
    report_status: String,
    reward_status: String,
    entered_on: domain::time::Date,
    family_no: i64,
    provider: String,
}

#[derive(Debug, FromQueryResult)]
struct Month {
    month: String,
    claim_count: i64,
    total_yen: i64,
}

#[derive(Debug, FromQueryResult)]
struct Trained {
    starts_at: i64,
    kinds: i64,
    ends: domain::time::Date,
}

#[derive(Debug, PartialEq, Eq, FromQueryResult)]
struct Line {
    line: String,
}

/// Two cities of the same arguments hold the same rows, and the server's first rounds change none.
async fn written_twice(world: &support::World, now: &str) {
    let now = parse_rfc3339(now).unwrap();
    let (one, other) = (world.another().await, world.another().await);
    for env in [&one.env, &other.env] {
        demo::seed(env, Size::Small, now).await.unwrap();
    }
    let rows = everything(&one.env).await;
    assert!(rows == everything(&other.env).await, "written twice");
    let reminded = "event WHERE action LIKE 'remind%'";
    assert!(count(&one.env, reminded).await > 0, "the jobs have run");
    // Half a minute and a quarter of an hour later.
    for minutes in [0, 1, 15] {
        let env = Env { clock: Clock::frozen(now.plus_minutes(minutes)), ..other.env.clone() };
        assert!(service::job::run_due(&env).await.unwrap());
        assert!(rows == everything(&env).await, "{minutes} minutes after the start");
    }
}

both_databases! {
    async fn the_newsletters_case_is_there(world) {
        demo::seed(&world.env, Size::Small, start()).await.unwrap();
        let sql = "SELECT r.status, r.starts_at, r.ends_at, r.requested_at, r.meeting_at, r.established_at, \
                   r.children_count, p.report_no, p.status AS report_status, p.reward_status, p.entered_on, \
                   m.member_no AS family_no, a.user_id AS provider \
                   FROM care_request r JOIN activity_report p ON p.request_id = r.id JOIN member m ON m.id = r.member_id \
                   JOIN account a ON a.member_id = r.provider_id WHERE r.request_no = 36630";
        let case = db::row::<NewsletterCase, _>(world.env.db.read(), sql, vec![]).await.unwrap().unwrap();
        let at = |text: &str| parse_rfc3339(&format!("{text}:00+09:00")).unwrap();
        assert_eq!(case, NewsletterCase {
            status: "established".into(),
            starts_at: at("2024-03-30T11:30").0,
            ends_at: at("2024-03-30T13:30").0,
            requested_at: at("2024-03-02T14:45").0,
            meeting_at: at("2024-03-15T09:00").0,
            established_at: at("2024-03-15T10:20").0,
            children_count: 1,
            report_no: 3_000_561,
            report_status: "draft".into(),
            reward_status: "not_received".into(),
            entered_on: support::date("2024-03-16"),
            family_no: 40_989,
            provider: "teikyo".into(),
        });
        assert_eq!(count(&world.env, "child c JOIN member m ON m.id = c.member_id WHERE m.member_no = 40989").await, 2);
        assert_eq!(count(&world.env, "member WHERE ward = 'midori'").await, 200);
        assert_eq!(count(&world.env, "member WHERE ward = 'aoba'").await, 50);
    }

    async fn no_offer_ends_on_a_day_on_which_its_branch_is_closed(world) {
        #[derive(Debug, FromQueryResult)]
        struct Offer {
            ward: String,
            expires_at: Instant,
            starts_at: Instant,
        }
        demo::seed(&world.env, Size::Small, start()).await.unwrap();
        let sql = "SELECT r.ward, r.starts_at, o.expires_at FROM offer o JOIN care_request r ON r.id = o.request_id";
        let offers = db::rows::<Offer, _>(world.env.db.read(), sql, vec![]).await.unwrap();
        assert!(offers.len() > 50, "{}", offers.len());
        for offer in offers.iter().filter(|offer| offer.expires_at < offer.starts_at) {
            let closed = service::ward::closed_on(world.env.db.read(), &offer.ward, offer.expires_at.date()).await.unwrap();
            assert_eq!(closed, None, "{offer:?}");
        }
    }

    async fn everybody_of_the_list_can_sign_in(world) {
        demo::seed(&world.env, Size::Small, start()).await.unwrap();
        for account in demo::ACCOUNTS {
            let sql = "SELECT password_hash FROM account WHERE user_id = $1";
            let hash: Option<String> =
                db::scalar(world.env.db.read(), sql, vec![account.user_id.into()]).await.unwrap();
            let fits = world.env.hasher.verify(demo::PASSWORD, hash.as_deref()).await.unwrap();
            assert!(fits, "{}", account.user_id);
        }
    }

    async fn its_branches_have_numbers_that_reach_nobody(world) {
        demo::fill_in_branches(world.env.db.write()).await.unwrap();
        let branches = service::ward::all(&world.env).await.unwrap();
        for branch in &branches {
            assert!(!branch.telephone.is_empty() && branch.hours.is_some(), "{}", branch.name);
            assert!(branch.mail.is_empty() || domain::input::is_reserved_mail(&branch.mail), "{}", branch.mail);
        }
        let (midori, aoba) = (&branches[12], &branches[16]);
        assert_eq!((aoba.ward.as_str(), aoba.telephone.as_str()), ("aoba", "045-000-0017"));
        assert_eq!((aoba.hours_text.as_str(), midori.telephone.as_str()), ("火〜土 9:00〜17:00", "045-982-3521"));
        let weekdays = aoba.hours.as_ref().map(|hours| hours.weekdays.len());
        assert_eq!((weekdays, aoba.closed_text().as_str()), (Some(5), "日・月・祝日・年末年始（12/29〜1/3）"));
    }

    async fn a_demo_is_never_written_into_real_data(world) {
        reference::seed(&world.env).await.unwrap();
        reference::seed(&world.env).await.unwrap();
        world.member("midori", domain::actor::MemberKind::User, "本物", "会員").await;
        let error = demo::seed(&world.env, Size::Small, start()).await.unwrap_err();
        assert!(error.to_string().contains("not empty"), "{error}");
        assert_eq!(demo::look(&world.env.db).await.unwrap(), Found::Real);
    }

    async fn a_marked_database_is_kept_as_it_is(world) {
        demo::seed(&world.env, Size::Small, start()).await.unwrap();
        assert_eq!(demo::look(&world.env.db).await.unwrap(), Found::City("small".into()));
        let before = count(&world.env, "event").await;
        demo::seed(&world.env, Size::Small, start()).await.unwrap();
        assert_eq!(count(&world.env, "event").await, before);
        let error = demo::seed(&world.env, Size::City { years: 1 }, start()).await.unwrap_err();
        assert!(error.to_string().contains("small"), "{error}");
    }

    async fn every_state_of_the_workflow_can_be_seen(world) {
        demo::seed(&world.env, Size::Small, start()).await.unwrap();
        for status in CoordinationStatus::ALL {
            let found = count(&world.env, &format!("care_request WHERE status = '{}'", status.key())).await;
            assert!(found > 0, "no request in {status:?}");
        }
        for status in OfferStatus::ALL {
            assert!(count(&world.env, &format!("offer WHERE status = '{}'", status.key())).await > 0, "{status:?}");
        }
        // 活動終了 is one press away: the story begins with an activity that is just over.
        for status in ActivityStatus::ALL.iter().filter(|status| **status != ActivityStatus::Ended) {
            assert!(count(&world.env, &format!("activity WHERE status = '{}'", status.key())).await > 0, "{status:?}");
        }
        for status in ReportStatus::ALL {
            let found = count(&world.env, &format!("activity_report WHERE status = '{}'", status.key())).await;
            assert!(found > 0, "no report in {status:?}");
        }
        for reward in RewardStatus::ALL {
            let from = format!("activity_report WHERE status = 'approved' AND reward_status = '{}'", reward.key());
            assert!(count(&world.env, &from).await > 0, "no approved report {reward:?}");
        }
        for status in MembershipStatus::ALL {
            assert!(count(&world.env, &format!("member WHERE status = '{}'", status.key())).await > 0, "{status:?}");
        }
        for ward in ["midori", "aoba"] {
            let found = count(&world.env, &format!("care_request WHERE ward = '{ward}'")).await;
            assert!(found > 20, "{found} requests in {ward}");
        }
        let closes: Vec<Month> = db::rows(
            world.env.db.read(),
            "SELECT month, cutoff, claim_count, line_count, total_yen FROM close_run ORDER BY month",
            vec![],
        ).await.unwrap();
        assert_eq!(closes.iter().map(|close| close.month.as_str()).collect::<Vec<_>>(), ["2024-01", "2024-02", "2024-03"]);
        assert!(closes.iter().all(|close| close.claim_count > 0 && close.total_yen > 0), "{closes:?}");
    }

    async fn every_row_is_one_the_use_cases_would_have_written(world) {
        demo::seed(&world.env, Size::Small, start()).await.unwrap();
        let env = &world.env;
        let never = [
            "activity_report r WHERE status = 'approved' AND NOT EXISTS (SELECT 1 FROM approval a WHERE a.report_id = r.id \
             AND a.undone_at IS NULL AND a.content_hash = r.content_hash AND a.at = r.approved_at)",
            "approval a JOIN activity_report r ON r.id = a.report_id WHERE a.undone_at IS NULL AND r.status <> 'approved'",
            "activity_report r WHERE reward_status = 'received' AND (status <> 'approved' OR NOT EXISTS (SELECT 1 FROM \
             receipt c WHERE c.report_id = r.id AND c.undone_at IS NULL AND c.at = r.received_at))",
            "receipt c JOIN approval a ON a.id = c.approval_id WHERE c.at < a.at",
            "receipt c JOIN approval a ON a.id = c.approval_id WHERE (c.method = 'coupon_only') <> (a.user_pays_yen = 0)",
            "activity_report WHERE status IN ('awaiting_approval', 'approved') AND (snapshot IS NULL OR content_hash IS NULL \
             OR started_at >= ended_at OR ended_at > submitted_at)",
            "activity_report r JOIN activity_report_child c ON c.report_id = r.id JOIN child k ON k.id = c.child_id \
             WHERE k.member_id <> r.user_member_id",
            "activity_report r WHERE submitted_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM activity_report_child c \
             WHERE c.report_id = r.id)",
            "activity_report r WHERE submitted_at IS NOT NULL AND expenses_yen <> \
             COALESCE((SELECT SUM(yen) FROM expense e WHERE e.report_id = r.id), 0)",
            "activity_report one JOIN activity_report other ON other.provider_id = one.provider_id AND other.id > one.id \
             WHERE one.status IN ('awaiting_approval', 'revision_requested', 'approved') \
             AND other.status IN ('awaiting_approval', 'revision_requested', 'approved') \
             AND one.started_at < other.ended_at AND other.started_at < one.ended_at",
            "activity_report r JOIN care_request c ON c.id = r.request_id WHERE c.provider_id <> r.provider_id \
             OR c.member_id <> r.user_member_id OR c.ward <> r.ward OR c.status NOT IN ('established', 'completed')",
            "trial_coupon t WHERE used <> COALESCE((SELECT SUM(CASE kind WHEN 'used' THEN tickets WHEN 'returned' THEN \
             -tickets ELSE 0 END) FROM coupon_entry e WHERE e.coupon_id = t.id), 0)",
            "trial_coupon t WHERE issued <> COALESCE((SELECT SUM(tickets) FROM coupon_entry e WHERE e.coupon_id = t.id \
             AND kind = 'issued'), 0)",
            "trial_coupon t JOIN child c ON c.id = t.child_id WHERE c.birth_date < '2023-04-01' OR c.member_id <> t.member_id",
            "approval a WHERE undone_at IS NULL AND tickets <> COALESCE((SELECT SUM(CASE kind WHEN 'used' THEN e.tickets \
             ELSE -e.tickets END) FROM coupon_entry e WHERE e.report_id = a.report_id), 0)",
            "care_request r JOIN member p ON p.id = r.provider_id JOIN member u ON u.id = r.member_id \
             WHERE p.id = u.id OR p.household_key = u.household_key OR p.kind = 'user' OR p.status <> 'active'",
            "care_request r WHERE status = 'established' AND NOT EXISTS (SELECT 1 FROM activity a WHERE a.request_id = r.id \
             AND a.provider_id = r.provider_id AND (a.status = 'reported') = EXISTS (SELECT 1 FROM activity_report p \
             WHERE p.request_id = r.id AND p.status IN ('awaiting_approval', 'revision_requested')) \
             AND a.status IN ('planned', 'in_progress', 'ended', 'reported'))",
            "care_request r WHERE status = 'established' AND EXISTS (SELECT 1 FROM activity_report p WHERE p.request_id = r.id \
             AND p.status = 'approved')",
            "care_request r WHERE status = 'completed' AND NOT EXISTS (SELECT 1 FROM activity_report p WHERE p.request_id = r.id \
             AND p.status IN ('approved', 'revision_requested'))",
            "care_request r WHERE status IN ('meeting_held', 'established', 'completed') AND NOT EXISTS (SELECT 1 FROM \
             pre_meeting_sheet s WHERE s.request_id = r.id AND s.complete = 1)",
            "care_request r WHERE status = 'offering' AND NOT EXISTS (SELECT 1 FROM offer o WHERE o.request_id = r.id \
             AND o.status IN ('sent', 'seen'))",
            "offer o JOIN care_request r ON r.id = o.request_id WHERE o.status IN ('sent', 'seen') AND r.status <> 'offering'",
            "care_request WHERE channel = 'web' AND status <> 'draft' AND starts_at < requested_at + 20 * 86400000000",
            "care_request WHERE requested_at > updated_at OR updated_at > 1710550800000000",
            "event WHERE at > 1710550800000000",
            "care_request r WHERE NOT EXISTS (SELECT 1 FROM event e WHERE e.request_id = r.id AND e.to_status = r.status)",
            "activity_report r WHERE NOT EXISTS (SELECT 1 FROM event e WHERE e.report_id = r.id AND e.to_status = r.status)",
            "notice WHERE body LIKE '%{%' OR link LIKE '%{%' OR subject LIKE '%{%'",
            "activity_report WHERE draft_fields LIKE '%{CDK}%'",
            "subsidy_line l JOIN activity_report r ON r.id = l.report_id WHERE r.claim_id IS NULL OR r.claim_id <> l.claim_id",
            "outbox",
        ];
        for from in never {
            assert_eq!(count(env, from).await, 0, "{from}");
        }
        let status = count(env, "(SELECT request_no FROM care_request GROUP BY request_no HAVING COUNT(*) > 1) twice").await;
        assert_eq!(status, 0);
        let sql = "SELECT r.starts_at, COUNT(DISTINCT t.kind) AS kinds, MIN(t.valid_until) AS ends FROM care_request r \
                   JOIN training t ON t.member_id = r.provider_id GROUP BY r.id, r.starts_at";
        for trained in db::rows::<Trained, _>(env.db.read(), sql, vec![]).await.unwrap() {
            assert_eq!(trained.kinds, 3);
            assert!(trained.ends >= Instant(trained.starts_at).date(), "{trained:?}");
        }
        // The jobs that the clock starts with find nothing left to do.
        let completed = service::coordination::complete_finished(env).await.unwrap();
        assert_eq!((completed, service::subsidy::run_due(env).await.unwrap()), (0, vec![]));
    }

    async fn the_last_event_of_a_case_says_its_status(world) {
        demo::seed(&world.env, Size::Small, start()).await.unwrap();
        for (table, column) in [("care_request", "request_id"), ("activity_report", "report_id")] {
            let moves = if table == "care_request" { "AND e.report_id IS NULL AND e.action NOT IN ('start', 'end')" } else { "AND e.action NOT IN ('mark_received', 'claim')" };
            let from = format!(
                "{table} r JOIN event e ON e.{column} = r.id WHERE e.to_status IS NOT NULL {moves} AND e.to_status <> r.status \
                 AND NOT EXISTS (SELECT 1 FROM event l WHERE l.{column} = r.id AND l.to_status IS NOT NULL AND l.id > e.id {})",
                moves.replace("e.", "l.")
            );
            assert_eq!(count(&world.env, &from).await, 0, "{from}");
            let from = format!(
                "event e JOIN event l ON l.{column} = e.{column} AND l.id > e.id WHERE l.at < e.at"
            );
            assert_eq!(count(&world.env, &from).await, 0, "{from}");
        }
    }

    async fn everybody_who_signs_in_finds_something_to_do(world) {
        demo::seed(&world.env, Size::Small, start()).await.unwrap();
        let waits = [
            ("hanako", "activity_report r JOIN account a ON a.member_id = r.user_member_id WHERE r.status = 'awaiting_approval'"),
            ("teikyo", "offer o JOIN account a ON a.member_id = o.provider_id WHERE o.status IN ('sent', 'seen')"),
            ("teikyo", "activity_report r JOIN account a ON a.member_id = r.provider_id WHERE r.status = 'draft'"),
            ("ryoho", "activity_report r JOIN account a ON a.member_id = r.user_member_id WHERE r.status = 'awaiting_approval'"),
            ("ryoho", "offer o JOIN account a ON a.member_id = o.provider_id WHERE o.status IN ('sent', 'seen')"),
            ("midori", "care_request r JOIN account a ON a.ward = r.ward WHERE r.status = 'submitted'"),
            ("aoba", "care_request r JOIN account a ON a.ward = r.ward WHERE r.status IN ('in_coordination', 'offering')"),
        ];
        for (who, from) in waits {
            let found = count(&world.env, &format!("{from} AND a.user_id = '{who}'")).await;
            assert!(found > 0, "nothing for {who}: {from}");
        }
        let sql = "SELECT used FROM trial_coupon t JOIN child c ON c.id = t.child_id JOIN account a \
                   ON a.member_id = t.member_id WHERE a.user_id = 'hanako' AND c.given_name = '桜'";
        let used: Option<i64> = db::scalar(world.env.db.read(), sql, vec![]).await.unwrap();
        assert_eq!(used, Some(2));
    }

    async fn the_numbers_go_on_above_those_used(world) {
        demo::seed(&world.env, Size::Small, start()).await.unwrap();
        let tx = world.env.db.begin().await.unwrap();
        let member = service::number::next_member(&tx).await.unwrap();
        let request = service::number::next_request(&tx).await.unwrap();
        let report = service::number::next_report(&tx).await.unwrap();
        tx.commit().await.unwrap();
        for (no, table, column) in [
            (member.0, "member", "member_no"), (request.0, "care_request", "request_no"),
            (report.0, "activity_report", "report_no"),
        ] {
            assert_eq!(count(&world.env, &format!("{table} WHERE {column} = {}", no - 1)).await, 1, "{table}");
            assert_eq!(count(&world.env, &format!("{table} WHERE {column} >= {no}")).await, 0, "{table}");
        }
        world.member("midori", domain::actor::MemberKind::User, "新しい", "会員").await;
    }

    async fn the_same_arguments_give_the_same_rows(world) {
        written_twice(&world, "2024-03-16T10:00:00+09:00").await;
    }

    async fn the_same_arguments_give_the_same_rows_after_the_close_of_a_month(world) {
        written_twice(&world, "2024-04-07T12:30:00+09:00").await;
    }

    async fn a_city_that_was_not_written_to_its_end_is_no_city(world) {
        demo::seed(&world.env, Size::Small, start()).await.unwrap();
        db::execute(world.env.db.write(), "UPDATE setting SET value = 'writing small' WHERE key = 'demo'", vec![]).await.unwrap();
        assert_eq!(demo::look(&world.env.db).await.unwrap(), Found::HalfWritten);
        let error = demo::seed(&world.env, Size::Small, start()).await.unwrap_err();
        assert!(error.to_string().contains("not written to its end"), "{error}");
    }

    async fn tables_of_another_program_are_seen(world) {
        db::execute(world.env.db.write(), "DROP TABLE setting", vec![]).await.unwrap();
        assert_eq!(demo::look(&world.env.db).await.unwrap(), Found::Foreign);
        let error = demo::is_to_be_written(&world.env.db, Size::Small).await.unwrap_err();
        assert!(error.to_string().contains("another program"), "{error}");
    }

    async fn the_city_has_a_first_and_a_last_day(world) {
        for now in ["2024-03-16T09:59:59+09:00", "2028-01-01T00:00:00+09:00", "9999-12-31T23:59:59Z"] {
            let error = demo::seed(&world.env, Size::Small, parse_rfc3339(now).unwrap()).await.unwrap_err();
            assert!(error.to_string().contains("2027-12-31"), "{now}: {error}");
        }
        assert_eq!(demo::look(&world.env.db).await.unwrap(), Found::Real, "nothing was written");
    }

    async fn commands_on_the_demos_database_share_its_clock(world) {
        assert!(!demo::clock(&world.env.db).await.unwrap().is_movable(), "a real database has the real time");
        demo::seed(&world.env, Size::Small, start()).await.unwrap();
        let env = Env { clock: Clock::demo(start()), demo: Some(demo::SHOWN), ..world.env.clone() };
        service::demo::keep_clock(&env).await.unwrap();
        let near = |clock: Clock, moment: Instant| (clock.now().0 - moment.0).abs() < 60_000_000;
        assert!(near(demo::clock(&env.db).await.unwrap(), start()));
        let to = parse_rfc3339("2024-03-18T10:00:00+09:00").unwrap();
        service::job::advance_clock(&env, to).await.unwrap();
        assert!(near(demo::clock(&env.db).await.unwrap(), to));
    }
}

/// Every value of every row of every table, but for what real time leaves behind.
async fn everything(env: &Env) -> Vec<String> {
    let left_out =
        ["seaql_migrations", "setting", "session", "login_failure", "form_draft", "idempotency", "job_lease"];
    let mut tables = env.db.tables().await.unwrap();
    tables.retain(|table| !left_out.contains(&table.as_str()));
    tables.sort();
    assert!(tables.len() > 20, "{tables:?}");
    let mut all = Vec::new();
    for table in tables {
        let sql = if env.db.backend() == sea_orm::DbBackend::Postgres {
            format!(
                "SELECT CAST(column_name AS TEXT) AS line FROM information_schema.columns WHERE table_name = '{table}'"
            )
        } else {
            format!("SELECT name AS line FROM pragma_table_info('{table}')")
        };
        let columns: Vec<Line> = db::rows(env.db.read(), &sql, vec![]).await.unwrap();
        let columns: Vec<_> =
            columns.iter().map(|column| format!("COALESCE(CAST({} AS TEXT), '')", column.line)).collect();
        let sql = format!("SELECT {} AS line FROM {table} ORDER BY line", columns.join(" || '/' || "));
        let rows: Vec<Line> = db::rows(env.db.read(), &sql, vec![]).await.unwrap();
        all.extend(rows.into_iter().map(|row| format!("{table} {}", row.line)));
    }
    all
}
