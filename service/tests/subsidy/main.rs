//! The monthly close: what it takes, when, exactly once; and what providers, branches and headquarters see of it.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test ends where it fails")]

#[path = "../support/mod.rs"]
mod support;

mod claim;
mod preview;

use domain::actor::{Channel, MemberKind};
use domain::event::Action;
use domain::id::ReportId;
use domain::number::ReportNo;
use domain::refusal::Refusal;
use domain::report::{ReportStatus, RewardStatus};
use domain::request::CoordinationStatus;
use domain::subsidy::{Slip, YearMonth, close_of};
use domain::time::Instant;
use sea_orm::{ActiveValue::Set, EntityTrait};
use service::entity::activity_report;
use service::subsidy::claims::{self, ClaimFilter};
use service::subsidy::preview::{Place, preview};
use service::subsidy::{CloseResult, close_month, overview, run_due};
use service::{Env, Error, approval, close_lock, db, receipt};
use support::reported::Case;
use support::{Person, World, at, date};

fn month(text: &str) -> YearMonth {
    YearMonth::parse(text).unwrap()
}

/// The moment after which nothing belongs to the month's close any more.
fn cutoff(text: &str) -> Instant {
    month(text).cutoff()
}

fn just_before(moment: Instant) -> Instant {
    Instant(moment.0 - 1)
}

struct Given {
    no: i64,
    status: &'static str,
    approved: Option<Instant>,
    received: Option<Instant>,
    benefit: i64,
    coupon: i64,
    activity: &'static str,
}

impl Given {
    /// A report of 1,000 yen benefit, approved and received at these moments.
    fn settled(no: i64, approved: Instant, received: Instant) -> Self {
        Self {
            no,
            status: "approved",
            approved: Some(approved),
            received: Some(received),
            benefit: 1000,
            coupon: 0,
            activity: "2024-03-30",
        }
    }

    fn waiting(no: i64, status: &'static str, approved: Option<Instant>) -> Self {
        Self { status, approved, received: None, ..Self::settled(no, Instant(0), Instant(0)) }
    }
}

async fn report(world: &World, provider: &Person, ward: &str, given: Given) -> ReportId {
    let row = activity_report::ActiveModel {
        report_no: Set(ReportNo(u32::try_from(3_000_000 + given.no).unwrap())),
        ward: Set(ward.into()),
        request_id: Set(None),
        provider_id: Set(provider.id),
        user_member_id: Set(None),
        status: Set(ReportStatus::from_key(given.status).unwrap()),
        reward_status: Set(if given.received.is_some() { RewardStatus::Received } else { RewardStatus::NotReceived }),
        entered_on: Set(date(given.activity)),
        started_at: Set(Some(Instant::at(date(given.activity), 690))),
        ended_at: Set(Some(Instant::at(date(given.activity), 810))),
        notes: Set(String::new()),
        channel: Set(Channel::Web),
        fee_yen: Set(1200),
        benefit_yen: Set(given.benefit),
        expenses_yen: Set(300),
        coupon_yen: Set(given.coupon),
        approved_at: Set(given.approved),
        received_at: Set(given.received),
        updated_at: Set(Instant::default()),
        revision: Set(1),
        ..Default::default()
    };
    activity_report::Entity::insert(row).exec(world.env.db.write()).await.unwrap().last_insert_id
}

fn lines(result: &CloseResult) -> Vec<(&str, i64)> {
    result.claims.iter().flat_map(|claim| &claim.lines).map(|line| (line.report.as_str(), line.yen)).collect()
}

/// Everything a close writes, as numbers, to see that nothing moved.
async fn written(world: &World) -> Vec<i64> {
    let mut counts = Vec::new();
    for sql in [
        "SELECT COUNT(*) FROM subsidy_claim",
        "SELECT COUNT(*) FROM subsidy_line",
        "SELECT CAST(COALESCE(SUM(yen), 0) AS BIGINT) FROM subsidy_line",
        "SELECT CAST(COALESCE(SUM(total_yen), 0) AS BIGINT) FROM subsidy_claim",
        "SELECT CAST(COALESCE(SUM(line_count), 0) AS BIGINT) FROM subsidy_claim",
        "SELECT COUNT(*) FROM activity_report WHERE claim_id IS NOT NULL",
        "SELECT COUNT(*) FROM close_run",
        "SELECT COUNT(*) FROM event",
        "SELECT COUNT(*) FROM notice",
        "SELECT COUNT(*) FROM outbox",
        "SELECT CAST(COALESCE(SUM(next), 0) AS BIGINT) FROM sequence WHERE kind = 'KSK'",
    ] {
        counts.push(world.count(sql).await);
    }
    counts
}

/// A line says what its report says, a claim what its lines say, a run what its claims say, and no report is in two.
async fn books_balance(world: &World) {
    let claims = "SELECT COUNT(*) FROM subsidy_claim c WHERE c.total_yen <> (SELECT COALESCE(SUM(l.yen), 0) FROM subsidy_line l WHERE l.claim_id = c.id) \
                  OR c.line_count <> (SELECT COUNT(*) FROM subsidy_line l WHERE l.claim_id = c.id)";
    assert_eq!(world.count(claims).await, 0, "every claim is the sum of its lines");
    let lines = "SELECT COUNT(*) FROM subsidy_line l JOIN activity_report r ON r.id = l.report_id JOIN subsidy_claim c ON c.id = l.claim_id \
                 WHERE l.yen <> r.benefit_yen + r.coupon_yen OR r.claim_id IS NULL OR r.claim_id <> l.claim_id OR c.provider_id <> r.provider_id";
    assert_eq!(world.count(lines).await, 0, "every line is its report's, in its provider's claim");
    let runs = "SELECT COUNT(*) FROM close_run u WHERE u.total_yen <> (SELECT COALESCE(SUM(c.total_yen), 0) FROM subsidy_claim c WHERE c.month = u.month) \
                OR u.claim_count <> (SELECT COUNT(*) FROM subsidy_claim c WHERE c.month = u.month) \
                OR u.line_count <> (SELECT COALESCE(SUM(c.line_count), 0) FROM subsidy_claim c WHERE c.month = u.month)";
    assert_eq!(world.count(runs).await, 0, "every run is the sum of its claims");
    let marked = world.count("SELECT COUNT(*) FROM activity_report WHERE claim_id IS NOT NULL").await;
    assert_eq!(marked, world.count("SELECT COUNT(*) FROM subsidy_line").await);
}

both_databases! {
    async fn an_activity_of_march_settled_on_the_fourth_is_in_the_close_of_april(world) {
        let provider = world.a_provider().await;
        let no = provider.no.to_string();
        report(&world, &provider, "midori", Given { coupon: 500, ..Given::settled(561, at("2024-04-01T09:00"), at("2024-04-04T18:00")) }).await;
        world.env.clock.advance_to(at("2024-04-06T00:05"));
        let result = close_month(&world.env, month("2024-04"), false).await.unwrap();
        let json = serde_json::to_value(&result).unwrap();
        assert_eq!(json, serde_json::json!({
            "month": "2024-04",
            "cutoff": "2024-04-06T00:00:00+09:00",
            "claims": [{ "provider": no, "lines": [{ "report": "EKH3000561", "yen": 1500 }], "total": 1500 }],
            "total": 1500,
            "preliminary": false,
        }), "the benefit of 1,000 and what a ticket covered");
        books_balance(&world).await;
        let page = claims::list(&world.env, &provider.actor, &ClaimFilter::default()).await.unwrap();
        assert_eq!(page.claims.iter().map(|claim| (claim.no.as_str(), claim.total_yen)).collect::<Vec<_>>(), [("KSK0000001", 1500)]);
        assert_eq!(world.count("SELECT COUNT(*) FROM notice WHERE link = '/claims/KSK0000001'").await, 1);
        assert_eq!(world.count("SELECT COUNT(*) FROM outbox").await, 1);
        assert_eq!(world.events(Action::Claim).await, 1);
    }

    async fn the_fifth_counts_to_its_last_microsecond(world) {
        let provider = world.a_provider().await;
        let end = cutoff("2024-04");
        let last = just_before(end);
        for (no, approved, received) in [(1, last, last), (2, last, end), (3, end, end), (4, at("2024-03-20T10:00"), last)] {
            report(&world, &provider, "midori", Given::settled(no, approved, received)).await;
        }
        world.env.clock.advance_to(end);
        let april = close_month(&world.env, month("2024-04"), false).await.unwrap();
        assert_eq!(lines(&april), [("EKH3000001", 1000), ("EKH3000004", 1000)]);
        world.env.clock.advance_to(cutoff("2024-05"));
        let may = close_month(&world.env, month("2024-05"), false).await.unwrap();
        assert_eq!(lines(&may), [("EKH3000002", 1000), ("EKH3000003", 1000)], "what slipped is in the next close");
        books_balance(&world).await;
    }

    async fn a_late_approval_of_an_early_receipt_counts_by_the_later_of_both(world) {
        let provider = world.a_provider().await;
        report(&world, &provider, "midori", Given::settled(1, at("2024-04-07T10:00"), at("2024-04-03T10:00"))).await;
        world.env.clock.advance_to(cutoff("2024-05"));
        assert_eq!(lines(&close_month(&world.env, month("2024-04"), false).await.unwrap()), []);
        assert_eq!(lines(&close_month(&world.env, month("2024-05"), false).await.unwrap()), [("EKH3000001", 1000)]);
    }

    async fn the_year_turns_between_december_and_january(world) {
        let provider = world.a_provider().await;
        let end = cutoff("2025-01");
        report(&world, &provider, "midori", Given { activity: "2024-12-31", ..Given::settled(1, at("2024-12-31T20:00"), just_before(end)) }).await;
        report(&world, &provider, "midori", Given { activity: "2025-01-05", ..Given::settled(2, at("2025-01-05T20:00"), end) }).await;
        world.env.clock.advance_to(at("2025-02-06T00:05"));
        assert_eq!(run_due(&world.env).await.unwrap(), [month("2025-01"), month("2025-02")]);
        assert_eq!(lines(&close_month(&world.env, month("2025-01"), true).await.unwrap()), [("EKH3000001", 1000)]);
        assert_eq!(lines(&close_month(&world.env, month("2025-02"), true).await.unwrap()), [("EKH3000002", 1000)]);
    }

    async fn two_missed_months_are_closed_in_order_as_of_their_cutoffs(world) {
        let provider = world.a_provider().await;
        world.env.clock.advance_to(at("2024-04-06T00:05"));
        assert_eq!(run_due(&world.env).await.unwrap(), [month("2024-04")], "an empty close is a close");
        report(&world, &provider, "midori", Given::settled(1, at("2024-04-20T10:00"), at("2024-05-05T23:59"))).await;
        report(&world, &provider, "midori", Given::settled(2, at("2024-04-20T10:00"), at("2024-05-06T00:00"))).await;
        report(&world, &provider, "midori", Given::settled(3, at("2024-06-06T00:00"), at("2024-06-06T00:00"))).await;
        world.env.clock.advance_to(at("2024-06-20T10:00"));
        let before: Vec<_> = [
            close_month(&world.env, month("2024-05"), true).await.unwrap(),
            close_month(&world.env, month("2024-06"), true).await.unwrap(),
        ].into();
        assert_eq!(run_due(&world.env).await.unwrap(), [month("2024-05"), month("2024-06")]);
        let after: Vec<_> = [
            close_month(&world.env, month("2024-05"), true).await.unwrap(),
            close_month(&world.env, month("2024-06"), true).await.unwrap(),
        ].into();
        assert_eq!(before, after, "the dry run of a month not closed yet leaves out what an earlier one takes");
        assert_eq!(lines(&after[0]), [("EKH3000001", 1000)]);
        assert_eq!(lines(&after[1]), [("EKH3000002", 1000)]);
        assert_eq!(run_due(&world.env).await.unwrap(), []);
        books_balance(&world).await;
    }

    async fn closing_a_month_closes_the_missed_ones_before_it(world) {
        let provider = world.a_provider().await;
        report(&world, &provider, "midori", Given::settled(1, at("2024-04-01T10:00"), at("2024-04-02T10:00"))).await;
        report(&world, &provider, "midori", Given::settled(2, at("2024-04-10T10:00"), at("2024-04-10T10:00"))).await;
        world.env.clock.advance_to(at("2024-07-01T10:00"));
        let may = close_month(&world.env, month("2024-05"), false).await.unwrap();
        assert_eq!(lines(&may), [("EKH3000002", 1000)]);
        assert_eq!(world.count("SELECT COUNT(*) FROM close_run WHERE month = '2024-04' AND total_yen = 1000").await, 1);
    }

    async fn before_the_cutoff_only_a_preliminary_dry_run_answers(world) {
        let provider = world.a_provider().await;
        report(&world, &provider, "midori", Given::settled(1, at("2024-03-10T10:00"), at("2024-03-11T10:00"))).await;
        let early = just_before(cutoff("2024-04"));
        world.env.clock.advance_to(early);
        let before = written(&world).await;
        let refused = close_month(&world.env, month("2024-04"), false).await;
        assert!(matches!(refused, Err(Error::Refused(Refusal::BeforeCutoff))), "{refused:?}");
        let dry = close_month(&world.env, month("2024-04"), true).await.unwrap();
        assert!(dry.preliminary);
        assert_eq!(lines(&dry), [("EKH3000001", 1000)]);
        assert_eq!(run_due(&world.env).await.unwrap(), [month("2024-03")], "March's cutoff has passed");
        assert_eq!(written(&world).await[..6], before[..6], "nothing of April was claimed");
        world.env.clock.advance_to(cutoff("2024-04"));
        assert!(!close_month(&world.env, month("2024-04"), true).await.unwrap().preliminary);
    }

    async fn the_dry_run_writes_nothing_and_says_what_the_run_does(world) {
        let first = world.a_provider().await;
        let second = world.member("aoba", MemberKind::Both, "佐藤", "明子").await;
        report(&world, &second, "aoba", Given { coupon: 500, ..Given::settled(1, at("2024-04-01T10:00"), at("2024-04-02T10:00")) }).await;
        report(&world, &first, "midori", Given::settled(2, at("2024-04-01T10:00"), at("2024-04-02T10:00"))).await;
        report(&world, &first, "midori", Given { benefit: 750, ..Given::settled(3, at("2024-04-01T10:00"), at("2024-04-02T10:00")) }).await;
        world.env.clock.advance_to(at("2024-04-06T00:05"));
        let before = written(&world).await;
        let dry = close_month(&world.env, month("2024-04"), true).await.unwrap();
        assert_eq!(written(&world).await, before);
        let run = close_month(&world.env, month("2024-04"), false).await.unwrap();
        assert_eq!(dry, run);
        assert_eq!(run.claims.iter().map(|claim| claim.total).collect::<Vec<_>>(), [1750, 1500], "by member number");
        assert_eq!(run.total, 3250);
        books_balance(&world).await;
    }

    async fn twice_is_once(world) {
        let provider = world.a_provider().await;
        report(&world, &provider, "midori", Given::settled(1, at("2024-04-01T10:00"), at("2024-04-02T10:00"))).await;
        world.env.clock.advance_to(at("2024-04-06T00:05"));
        let first = close_month(&world.env, month("2024-04"), false).await.unwrap();
        let before = written(&world).await;
        world.env.clock.advance_to(at("2024-04-20T10:00"));
        assert_eq!(close_month(&world.env, month("2024-04"), false).await.unwrap(), first);
        assert_eq!(run_due(&world.env).await.unwrap(), []);
        assert_eq!(written(&world).await, before);
    }

    async fn two_servers_at_once_close_once(world) {
        for place in 0..8 {
            let provider = world.member("midori", MemberKind::Provider, "山田", &format!("{place}")).await;
            for line in 0..5 {
                report(&world, &provider, "midori", Given::settled(place * 10 + line, at("2024-04-01T10:00"), at("2024-04-02T10:00"))).await;
            }
        }
        world.env.clock.advance_to(at("2024-04-06T00:05"));
        let other = world.second_server().await;
        let mut tasks = tokio::task::JoinSet::new();
        for place in 0..6 {
            let env = if place % 2 == 0 { world.env.clone() } else { other.clone() };
            tasks.spawn(async move { close_month(&env, month("2024-04"), false).await.unwrap() });
        }
        let results = tasks.join_all().await;
        assert!(results.iter().all(|result| *result == results[0]), "everybody gets the same answer");
        assert_eq!(results[0].total, 40_000);
        assert_eq!(written(&world).await, [8, 40, 40_000, 40_000, 40, 40, 1, 40, 8, 8, 9]);
        books_balance(&world).await;
    }

    async fn receipts_that_meet_the_run_are_in_this_close_or_the_next_never_lost(world) {
        let provider = world.a_provider().await;
        let end = cutoff("2024-04");
        let mut waiting = Vec::new();
        for no in 0..40 {
            waiting.push(report(&world, &provider, "midori", Given::waiting(no, "approved", Some(at("2024-04-01T10:00")))).await);
        }
        world.env.clock.advance_to(just_before(end));
        let other = world.second_server().await;
        let mut tasks = tokio::task::JoinSet::new();
        for (place, id) in waiting.into_iter().enumerate() {
            let env = if place % 2 == 0 { world.env.clone() } else { other.clone() };
            tasks.spawn(async move {
                let tx = env.db.begin().await.unwrap();
                let now = close_lock::shared(&env, &tx).await.unwrap();
                let sql = "UPDATE activity_report SET reward_status = 'received', received_at = $2 WHERE id = $1";
                db::execute(&tx, sql, vec![id.into(), now.0.into()]).await.unwrap();
                tx.commit().await.unwrap();
                if place == 15 {
                    env.clock.advance_to(end);
                    close_month(&env, month("2024-04"), false).await.unwrap();
                }
            });
        }
        tasks.join_all().await;
        let before = world.count(&format!("SELECT COUNT(*) FROM activity_report WHERE received_at < {}", end.0)).await;
        assert_eq!(world.count("SELECT COUNT(*) FROM subsidy_line").await, before, "exactly what was received before the cutoff");
        world.env.clock.advance_to(cutoff("2024-05"));
        close_month(&world.env, month("2024-05"), false).await.unwrap();
        assert_eq!(world.count("SELECT COUNT(*) FROM subsidy_line").await, 40);
        books_balance(&world).await;
    }

    async fn a_close_takes_of_all_reports_what_the_rule_says_of_each(world) {
        let provider = world.a_provider().await;
        let moments = [cutoff("2024-03"), cutoff("2024-04")];
        let moments: Vec<Instant> = moments.into_iter().flat_map(|end| [just_before(end), end]).collect();
        let mut expected = Vec::new();
        for (approved, received) in moments.iter().flat_map(|one| moments.iter().map(|other| (*one, *other))) {
            let no = i64::try_from(expected.len()).unwrap() + 1;
            report(&world, &provider, "midori", Given::settled(no, approved, received)).await;
            expected.push((format!("EKH{}", 3_000_000 + no), close_of(Some(approved), Some(received))));
        }
        report(&world, &provider, "midori", Given::waiting(99, "approved", Some(moments[0]))).await;
        world.env.clock.advance_to(cutoff("2024-04"));
        for text in ["2024-03", "2024-04"] {
            let asked = close_month(&world.env, month(text), true).await.unwrap();
            let ran = close_month(&world.env, month(text), false).await.unwrap();
            assert_eq!(asked, ran);
            let of_month = expected.iter().filter(|(_, taken)| *taken == Some(month(text)));
            let of_month: Vec<&str> = of_month.map(|(report, _)| report.as_str()).collect();
            assert_eq!(lines(&ran).into_iter().map(|(report, _)| report).collect::<Vec<_>>(), of_month, "{text}");
        }
    }

    async fn six_thousand_reports_are_closed_in_one_go(world) {
        let mut providers = Vec::new();
        for place in 0..40 {
            providers.push(world.member("midori", MemberKind::Provider, "山田", &format!("{place}")).await.id);
        }
        let values: Vec<String> = (0..6000_usize)
            .map(|no| format!("({}, 'midori', {}, 'approved', 'received', '2024-04-01', '', 'web', 1200, 1000, 0, {}, 1, 1, 0, 1)",
                3_000_001 + no, providers[no % 40], if no % 3 == 0 { 500 } else { 0 }))
            .collect();
        let sql = "INSERT INTO activity_report (report_no, ward, provider_id, status, reward_status, entered_on, notes, channel, \
                   fee_yen, benefit_yen, expenses_yen, coupon_yen, approved_at, received_at, updated_at, revision) VALUES ";
        for chunk in values.chunks(1000) {
            db::execute(world.env.db.write(), &format!("{sql}{}", chunk.join(", ")), vec![]).await.unwrap();
        }
        db::execute(world.env.db.write(), "INSERT INTO close_run VALUES ('2024-03', 0, 0, 0, 0, 0)", vec![]).await.unwrap();
        world.env.clock.advance_to(at("2024-04-06T00:05"));
        let result = close_month(&world.env, month("2024-04"), false).await.unwrap();
        assert_eq!(result.total, 6000 * 1000 + 2000 * 500);
        assert_eq!(result.claims.len(), 40);
        books_balance(&world).await;
    }
}

/// A report that would break the run's last statements: the trigger fails after claims and lines were written.
async fn break_close(env: &Env) {
    let sql = if env.db.backend() == sea_orm::DbBackend::Sqlite {
        "CREATE TRIGGER stop_close BEFORE INSERT ON close_run BEGIN SELECT RAISE(ABORT, 'power cut'); END"
    } else {
        "CREATE FUNCTION stop_close() RETURNS trigger AS 'BEGIN RAISE EXCEPTION ''power cut''; END' LANGUAGE plpgsql; \
         CREATE TRIGGER stop_close BEFORE INSERT ON close_run FOR EACH ROW EXECUTE FUNCTION stop_close()"
    };
    sea_orm::ConnectionTrait::execute_unprepared(env.db.write(), sql).await.unwrap();
}

async fn fix_close(env: &Env) {
    let sql = if env.db.backend() == sea_orm::DbBackend::Sqlite {
        "DROP TRIGGER stop_close"
    } else {
        "DROP TRIGGER stop_close ON close_run"
    };
    sea_orm::ConnectionTrait::execute_unprepared(env.db.write(), sql).await.unwrap();
}

both_databases! {
    async fn a_run_that_breaks_near_its_end_leaves_nothing_and_the_next_is_as_the_first(world) {
        let provider = world.a_provider().await;
        report(&world, &provider, "midori", Given::settled(1, at("2024-04-01T10:00"), at("2024-04-02T10:00"))).await;
        report(&world, &provider, "midori", Given { coupon: 500, ..Given::settled(2, at("2024-04-01T10:00"), at("2024-04-02T10:00")) }).await;
        world.env.clock.advance_to(at("2024-04-06T00:05"));
        let before = written(&world).await;
        break_close(&world.env).await;
        let broken = close_month(&world.env, month("2024-04"), false).await;
        assert!(matches!(broken, Err(Error::Database(_))), "{broken:?}");
        assert_eq!(written(&world).await, before, "not a row is left of the broken run");
        fix_close(&world.env).await;
        let run = close_month(&world.env, month("2024-04"), false).await.unwrap();
        assert_eq!(lines(&run), [("EKH3000001", 1000), ("EKH3000002", 1500)]);
        assert_eq!(written(&world).await, [1, 2, 2500, 2500, 2, 2, 1, 2, 1, 1, 2], "the claim's number was not used up");
        books_balance(&world).await;
    }
}

both_databases! {
    async fn what_the_real_steps_settled_is_claimed_and_then_fixed(world) {
        let case = Case::established(world).await;
        let (env, provider) = (&case.world.env, &case.provider);
        case.coupon(case.family.sakura, 0).await;
        let no = case.submitted().await;
        case.approve(no, &[(case.family.sakura, "1")]).await.unwrap();
        receipt::receive(env, &provider.actor, no, case.revision(no).await, "cash", Channel::Web).await.unwrap();

        let end = cutoff("2024-04");
        env.clock.advance_to(end);
        let in_close = |result: service::Result<()>| {
            assert!(matches!(&result, Err(Error::Refused(Refusal::InClose { month })) if month == "2024-04"), "{result:?}");
        };
        let undo = async || {
            receipt::undo_receipt(env, &case.coordinator, no, case.revision(no).await, Channel::Phone).await
        };
        let reopen = async || approval::reopen(env, &case.coordinator, no, case.revision(no).await, "時刻の誤り").await;
        in_close(undo().await);
        in_close(reopen().await);
        let run = close_month(env, month("2024-04"), false).await.unwrap();
        // Two children for two hours: 2,000 yen of benefit; a ticket of the second child pays half of the 500 yen.
        assert_eq!(lines(&run), [(no.to_string().as_str(), 2250)]);
        assert_eq!(run.claims[0].provider, provider.no.to_string());
        in_close(undo().await);
        in_close(reopen().await);
        assert_eq!(case.tickets_used(case.family.sakura).await, 1);
        books_balance(&case.world).await;
    }
}
