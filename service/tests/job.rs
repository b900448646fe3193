//! Jobs: what is due runs once, in order, on one server at a time; the demo's clock passes every due moment.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test ends where it fails")]

mod support;

use domain::actor::Channel;
use domain::event::Action;
use domain::number::ReportNo;
use domain::report::{ReportStatus, RewardStatus};
use domain::request::CoordinationStatus;
use domain::time::{Instant, rfc3339};
use sea_orm::{ActiveValue::Set, EntityTrait};
use service::entity::{activity_report, job_lease};
use service::form_draft::{self, FormDraft};
use service::job::{ClockTarget, advance_clock, run_due};
use service::{Env, Error, db, session};
use support::{Person, World, at, date};

async fn report(world: &World, provider: &Person, no: i64, status: &str, settled: Option<Instant>) {
    let row = activity_report::ActiveModel {
        report_no: Set(ReportNo(u32::try_from(3_000_000 + no).unwrap())),
        ward: Set("midori".into()),
        provider_id: Set(provider.id),
        status: Set(ReportStatus::from_key(status).unwrap()),
        reward_status: Set(if settled.is_some() { RewardStatus::Received } else { RewardStatus::NotReceived }),
        entered_on: Set(date("2024-03-16")),
        started_at: Set(Some(at("2024-03-15T10:00"))),
        ended_at: Set(Some(at("2024-03-15T12:00"))),
        notes: Set(String::new()),
        channel: Set(Channel::Web),
        fee_yen: Set(1000),
        benefit_yen: Set(1000),
        expenses_yen: Set(0),
        coupon_yen: Set(0),
        approved_at: Set(settled),
        received_at: Set(settled),
        updated_at: Set(Instant::default()),
        revision: Set(1),
        ..Default::default()
    };
    activity_report::Entity::insert(row).exec(world.env.db.write()).await.unwrap();
}

async fn texts(env: &Env, sql: &str) -> Vec<String> {
    #[derive(sea_orm::FromQueryResult)]
    struct Text {
        text: String,
    }
    db::rows::<Text, _>(env.db.read(), sql, vec![]).await.unwrap().into_iter().map(|row| row.text).collect()
}

async fn notified(world: &World) -> i64 {
    world.count("SELECT COUNT(*) FROM notice WHERE link = '/subsidies'").await
}

both_databases! {
    async fn the_close_waits_for_five_past_midnight_of_the_sixth(world) {
        world.env.clock.advance_to(at("2024-04-06T00:04"));
        assert!(run_due(&world.env).await.unwrap());
        let april = "SELECT COUNT(*) FROM close_run WHERE month = '2024-04'";
        assert_eq!(world.count(april).await, 0);
        world.env.clock.advance_to(at("2024-04-06T00:05"));
        run_due(&world.env).await.unwrap();
        run_due(&world.env).await.unwrap();
        assert_eq!(world.count(april).await, 1);
    }

    async fn providers_hear_on_the_first_third_and_fifth_what_would_slip(world) {
        let provider = world.a_provider().await;
        report(&world, &provider, 1, "awaiting_approval", None).await;
        report(&world, &provider, 2, "draft", None).await;
        report(&world, &provider, 3, "approved", Some(at("2024-03-16T10:00"))).await;
        for (day, so_far) in [("2024-03-31", 0), ("2024-04-01", 1), ("2024-04-02", 1), ("2024-04-03", 2), ("2024-04-05", 3), ("2024-04-06", 3)] {
            world.env.clock.advance_to(at(&format!("{day}T08:59")));
            run_due(&world.env).await.unwrap();
            world.env.clock.advance_to(at(&format!("{day}T09:00")));
            run_due(&world.env).await.unwrap();
            run_due(&world.env).await.unwrap();
            assert_eq!(notified(&world).await, so_far, "by {day}");
        }
        let bodies = texts(&world.env, "SELECT body AS text FROM notice WHERE link = '/subsidies'").await;
        assert!(bodies.iter().all(|body| body.contains("2件")), "{bodies:?}");
    }

    async fn a_draft_without_times_is_reminded_of_by_the_hours_of_its_request(world) {
        let provider = world.a_provider().await;
        let family = world.a_family().await;
        let request = world.a_case(&family, Some(&provider), CoordinationStatus::Established).await;
        report(&world, &provider, 1, "draft", None).await;
        let sql = "UPDATE activity_report SET started_at = NULL, ended_at = NULL, request_id = $1";
        db::execute(world.env.db.write(), sql, vec![world.request_id(request).await.into()]).await.unwrap();
        // The request's hours are 2024-03-30; by the first day of April they are over.
        world.env.clock.advance_to(at("2024-04-01T09:00"));
        run_due(&world.env).await.unwrap();
        let bodies = texts(&world.env, "SELECT body AS text FROM notice WHERE link = '/subsidies'").await;
        assert_eq!(bodies.len(), 1);
        assert!(bodies[0].starts_with("まだ請求に入らない報告書が1件あります。"), "{bodies:?}");
    }

    async fn who_has_nothing_open_hears_nothing(world) {
        let provider = world.a_provider().await;
        report(&world, &provider, 1, "approved", Some(at("2024-03-16T10:00"))).await;
        report(&world, &provider, 2, "voided", None).await;
        world.env.clock.advance_to(at("2024-04-01T09:00"));
        run_due(&world.env).await.unwrap();
        assert_eq!(notified(&world).await, 0);
    }

    async fn a_jump_of_the_demo_clock_is_as_if_the_time_had_passed(world) {
        let provider = world.a_provider().await;
        report(&world, &provider, 1, "approved", Some(at("2024-03-16T10:00"))).await;
        report(&world, &provider, 2, "draft", None).await;
        advance_clock(&world.env, at("2024-05-20T12:00")).await.unwrap();
        assert_eq!(world.env.clock.now(), at("2024-05-20T12:00"));
        let runs = texts(&world.env, "SELECT month AS text FROM close_run ORDER BY month").await;
        assert_eq!(runs, ["2024-03", "2024-04", "2024-05"], "March's cutoff had passed before the jump");
        let april = world.count("SELECT ran_at FROM close_run WHERE month = '2024-04'").await;
        assert_eq!(rfc3339(Instant(april)), "2024-04-06T00:05:00+09:00");
        let days = texts(&world.env, "SELECT key AS text FROM setting WHERE key LIKE 'unsettled_told:%' ORDER BY key").await;
        assert_eq!(days, ["01", "03", "05"].into_iter().flat_map(|day| [format!("unsettled_told:2024-04-{day}")]).chain(
            ["01", "03", "05"].into_iter().map(|day| format!("unsettled_told:2024-05-{day}"))).collect::<Vec<_>>());
        assert_eq!(notified(&world).await, 6);
        let order = texts(&world.env, "SELECT link AS text FROM notice ORDER BY id").await;
        assert_eq!(order[3], "/claims/KSK0000001", "the claim of April is notified after three reminders: {order:?}");
    }

    async fn an_activity_without_a_report_is_reminded_of(world) {
        let provider = world.a_provider().await;
        let family = world.a_family().await;
        world.a_case(&family, Some(&provider), CoordinationStatus::Established).await;
        world.env.clock.advance_to(at("2024-04-01T09:00"));
        run_due(&world.env).await.unwrap();
        let bodies = texts(&world.env, "SELECT body AS text FROM notice WHERE link = '/subsidies'").await;
        assert_eq!(bodies.len(), 1);
        assert!(bodies[0].starts_with("報告書がまだない援助活動が1件あります。\n4月5日までに"), "{bodies:?}");
    }

    async fn the_branch_hears_once_of_a_request_that_nobody_takes(world) {
        let (family, desk) = (world.a_family().await, world.coordinator("midori").await);
        let spec = support::case::CaseSpec { requested_at: at("2024-03-16T10:00"), ..support::case::CaseSpec::default() };
        let waiting = world.case(&family, None, spec.clone()).await;
        let taken = world.case(&family, None, spec).await;
        let subject = "担当の決まっていない依頼があります";
        service::coordination::take(&world.env, &desk, taken, service::coordination::Asked::seen(1)).await.unwrap();
        // 緑区支部 is closed on Sunday and Monday; on Tuesday at 10:00 a business day has passed.
        world.env.clock.advance_to(at("2024-03-19T09:59"));
        run_due(&world.env).await.unwrap();
        assert_eq!(world.notified(&desk, subject).await, 0);
        world.env.clock.advance_to(at("2024-03-19T10:00"));
        run_due(&world.env).await.unwrap();
        run_due(&world.env).await.unwrap();
        assert_eq!(world.notified(&desk, subject).await, 1);
        let link = world.text("SELECT link FROM notice WHERE subject LIKE '担当%'").await;
        assert_eq!(link, format!("/desk/requests/{waiting}"));
        assert_eq!(world.events(Action::RemindUntaken).await, 1);
    }

    async fn a_clock_of_the_real_world_is_moved_by_nobody(world) {
        let env = Env { clock: service::clock::Clock::system(), ..world.env.clone() };
        assert!(matches!(advance_clock(&env, at("2099-01-01T00:00")).await, Err(Error::NotFound)));
    }

    async fn one_server_at_a_time_holds_the_jobs(world) {
        world.env.clock.advance_to(at("2024-04-06T00:05"));
        let until = world.env.clock.real_now().plus_minutes(2);
        let lease = job_lease::ActiveModel { name: Set("jobs".into()), holder: Set("another server".into()), until: Set(until) };
        job_lease::Entity::insert(lease).exec_without_returning(world.env.db.write()).await.unwrap();
        assert!(!run_due(&world.env).await.unwrap(), "another server is at it");
        assert_eq!(world.count("SELECT COUNT(*) FROM close_run").await, 0);
        world.env.clock.advance_real_minutes(2);
        assert!(run_due(&world.env).await.unwrap(), "the lease of a server that vanished runs out");
        assert_eq!(world.count("SELECT COUNT(*) FROM close_run WHERE month = '2024-04'").await, 1);
        assert_eq!(world.count("SELECT COUNT(*) FROM job_lease").await, 0);
    }

    async fn a_demo_started_again_frees_the_lease_of_the_one_that_was_killed(world) {
        let until = world.env.clock.real_now().plus_minutes(2);
        let lease = job_lease::ActiveModel { name: Set("jobs".into()), holder: Set("killed".into()), until: Set(until) };
        job_lease::Entity::insert(lease).exec_without_returning(world.env.db.write()).await.unwrap();
        assert!(!run_due(&world.env).await.unwrap());
        service::job::free_lease(&world.env).await.unwrap();
        assert!(run_due(&world.env).await.unwrap());
    }

    async fn two_servers_at_once_do_everything_once(world) {
        let provider = world.a_provider().await;
        report(&world, &provider, 1, "draft", None).await;
        world.env.clock.advance_to(at("2024-04-05T09:00"));
        let other = world.second_server().await;
        let mut tasks = tokio::task::JoinSet::new();
        for place in 0..8 {
            let env = if place % 2 == 0 { world.env.clone() } else { other.clone() };
            tasks.spawn(async move { run_due(&env).await.unwrap() });
        }
        assert!(tasks.join_all().await.into_iter().any(|ran| ran));
        assert_eq!(notified(&world).await, 1);
    }

    async fn what_has_run_out_is_forgotten_once_an_hour(world) {
        let provider = world.a_provider().await;
        let draft = FormDraft { form: "reports".into(), fields: vec![], fault: String::new() };
        form_draft::keep(&world.env, form_draft::Writer::Address("192.0.2.1"), &draft).await.unwrap();
        session::start(world.env.db.write(), &world.env, provider.actor.account, false).await.unwrap();
        let key = "INSERT INTO idempotency (account_id, key, result, at) VALUES ($1, $2, '', $3)";
        let stamp = world.env.clock.now();
        db::execute(world.env.db.write(), key, vec![provider.actor.account.into(), "old".into(), stamp.into()]).await.unwrap();
        run_due(&world.env).await.unwrap();
        let all = "SELECT (SELECT COUNT(*) FROM form_draft) + (SELECT COUNT(*) FROM session) + (SELECT COUNT(*) FROM idempotency)";
        assert_eq!(world.count(all).await, 3, "nothing is old yet");
        world.env.clock.advance_real_minutes(365 * 24 * 60);
        let stamp = world.env.clock.now();
        db::execute(world.env.db.write(), key, vec![provider.actor.account.into(), "new".into(), stamp.into()]).await.unwrap();
        run_due(&world.env).await.unwrap();
        assert_eq!(texts(&world.env, "SELECT key AS text FROM idempotency").await, ["new"]);
        assert_eq!(world.count(all).await, 1);
    }
}

#[test]
fn the_clock_is_moved_to_a_moment_the_next_day_or_the_next_fifth() {
    let moment = |text: &str, now: &str| rfc3339(ClockTarget::parse(text).unwrap().moment(at(now)));
    assert_eq!(moment("next-day", "2024-02-28T23:00"), "2024-02-29T10:00:00+09:00");
    assert_eq!(moment("next-5th", "2024-03-16T10:00"), "2024-04-05T10:00:00+09:00");
    assert_eq!(moment("next-5th", "2024-04-05T09:59"), "2024-04-05T10:00:00+09:00");
    assert_eq!(moment("next-5th", "2024-04-05T10:00"), "2024-05-05T10:00:00+09:00");
    assert_eq!(moment("next-5th", "2024-12-06T10:00"), "2025-01-05T10:00:00+09:00");
    assert_eq!(moment("2024-04-06T00:05:00+09:00", "2024-03-16T10:00"), "2024-04-06T00:05:00+09:00");
    assert_eq!(ClockTarget::parse("tomorrow"), None);
}
