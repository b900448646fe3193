//! おためし券: issuing, spending, returning, and who sees them.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test ends where it fails")]

mod support;

use domain::actor::{Channel, MemberKind};
use domain::event::Action;
use domain::fault::FieldFault;
use domain::id::{ChildId, CouponId, ReportId};
use domain::number::ReportNo;
use domain::refusal::Refusal;
use domain::report::{ReportStatus, RewardStatus};
use domain::tariff::TariffVersion;
use domain::time::Instant;
use sea_orm::{ActiveValue::Set, EntityTrait};
use service::coupon::{self, Confirmed, EntryKind};
use service::entity::{activity_report, activity_report_child, tariff_version};
use service::{Env, Error, db};
use support::{Family, World, at, date};

/// The tariff whose coupon rule is the newsletter's: 8 tickets, born from 2023-04-01, to the month of the 2nd birthday.
async fn seed_tariff(world: &World) {
    let tariff = service::tariff_file::yokohama().unwrap();
    for version in tariff.versions {
        let version: TariffVersion = version;
        let row = tariff_version::ActiveModel {
            name: Set(version.name.clone()),
            effective_from: Set(version.effective_from.unwrap_or(date("2000-01-01"))),
            effective_to: Set(version.effective_to),
            rules: Set(serde_json::to_string(&version).unwrap()),
        };
        // The reference data may already be there.
        let _ = tariff_version::Entity::insert(row).exec_without_returning(world.env.db.write()).await;
    }
}

/// A report of the family with its younger child, in whatever state: tickets look only at its id.
async fn a_report(world: &World, family: &Family, no: i64) -> ReportId {
    let provider = world.a_provider().await;
    let row = activity_report::ActiveModel {
        report_no: Set(ReportNo(u32::try_from(no).unwrap())),
        ward: Set("midori".into()),
        request_id: Set(None),
        provider_id: Set(provider.id),
        user_member_id: Set(Some(family.person.id)),
        status: Set(ReportStatus::AwaitingApproval),
        reward_status: Set(RewardStatus::NotReceived),
        entered_on: Set(date("2024-03-16")),
        notes: Set(String::new()),
        channel: Set(Channel::Web),
        fee_yen: Set(1200),
        benefit_yen: Set(1000),
        expenses_yen: Set(0),
        coupon_yen: Set(0),
        updated_at: Set(Instant::default()),
        revision: Set(1),
        ..Default::default()
    };
    let id = activity_report::Entity::insert(row).exec(world.env.db.write()).await.unwrap().last_insert_id;
    for child_id in [family.taro, family.sakura] {
        let row = activity_report_child::ActiveModel { report_id: Set(id), child_id: Set(child_id) };
        activity_report_child::Entity::insert(row).exec_without_returning(world.env.db.write()).await.unwrap();
    }
    id
}

async fn spend(env: &Env, report: ReportId, child: ChildId, tickets: i64, activity: &str) -> service::Result<CouponId> {
    let tx = env.db.begin().await?;
    let coupon = coupon::consume(&tx, env.clock.now(), report, child, tickets, date(activity)).await?;
    tx.commit().await?;
    Ok(coupon)
}

async fn give_back(env: &Env, report: ReportId) -> i64 {
    let tx = env.db.begin().await.unwrap();
    let returned = coupon::give_back(&tx, env.clock.now(), report).await.unwrap();
    tx.commit().await.unwrap();
    returned
}

fn seen() -> Confirmed {
    Confirmed { documents: true, other_child: false }
}

both_databases! {
    async fn tickets_for_the_same_child_in_another_family_are_asked_about(world) {
        seed_tariff(&world).await;
        let mother = world.a_family().await;
        let midori = world.coordinator("midori").await;
        coupon::issue(&world.env, &midori, mother.sakura, seen()).await.unwrap();
        let grandmother = world.member("aoba", MemberKind::User, "佐藤", "節子").await;
        let again = world.child(grandmother.id, "桜 様", "2023-06-10").await;
        let aoba = world.coordinator("aoba").await;
        let asked = coupon::issue(&world.env, &aoba, again, seen()).await;
        let Err(Error::Invalid(faults)) = asked else { panic!("{asked:?}") };
        assert_eq!(faults[0].field, "other_child");
        let named = format!("緑区 {}", mother.person.no);
        assert_eq!(faults[0].fault, FieldFault::SameChild(vec![named.clone()]));
        assert_eq!(world.count("SELECT COUNT(*) FROM trial_coupon").await, 1);

        coupon::issue(&world.env, &aoba, again, Confirmed { other_child: true, ..seen() }).await.unwrap();
        let detail = world.text(&format!("SELECT detail FROM event WHERE action = '{}' ORDER BY id DESC LIMIT 1", Action::IssueCoupon.key())).await;
        assert!(detail.contains(&named), "who said so stands in the history: {detail}");
    }

    async fn the_branch_issues_eight_tickets_and_the_family_sees_them(world) {
        seed_tariff(&world).await;
        let family = world.a_family().await;
        let midori = world.coordinator("midori").await;
        coupon::issue(&world.env, &midori, family.sakura, seen()).await.unwrap();

        let books = coupon::own(&world.env, &family.person.actor).await.unwrap();
        let names: Vec<_> = books.iter().map(|book| (book.child_name.as_str(), book.remaining)).collect();
        assert_eq!(names, [("太郎", 0), ("桜", 8)], "eldest first; nothing was issued for 太郎");
        assert_eq!(books[1].expires_on, Some(date("2025-06-30")), "the end of the month of the 2nd birthday");
        assert_eq!(books[1].history.iter().map(|entry| (entry.kind, entry.tickets)).collect::<Vec<_>>(), [(EntryKind::Issued, 8)]);
        assert_eq!(world.events(Action::IssueCoupon).await, 1);
        assert_eq!(world.count("SELECT COUNT(*) FROM notice WHERE link = '/coupons'").await, 1);
        assert_eq!(coupon::of_member(&world.env, &midori, family.person.id).await.unwrap(), books);
        assert_eq!(coupon::of_member(&world.env, &world.hq().await, family.person.id).await.unwrap(), books);
    }

    async fn issuing_is_refused_with_its_reason(world) {
        seed_tariff(&world).await;
        let family = world.a_family().await;
        let midori = world.coordinator("midori").await;
        let too_old = coupon::issue(&world.env, &midori, family.taro, seen()).await;
        assert!(matches!(too_old, Err(Error::Refused(Refusal::CouponNotEligible))), "born before 2023-04-01: {too_old:?}");
        let unseen = coupon::issue(&world.env, &midori, family.sakura, Confirmed::default()).await;
        assert!(matches!(unseen, Err(Error::Invalid(_))), "identity documents not confirmed: {unseen:?}");
        let provider = world.member("midori", MemberKind::Provider, "山田", "和子").await;
        let child = world.child(provider.id, "葵", "2023-06-10").await;
        let kind = coupon::issue(&world.env, &midori, child, seen()).await;
        assert!(matches!(kind, Err(Error::Refused(Refusal::CouponNotEligible))), "a 提供会員 asks for no care: {kind:?}");

        coupon::issue(&world.env, &midori, family.sakura, seen()).await.unwrap();
        let twice = coupon::issue(&world.env, &midori, family.sakura, seen()).await;
        assert!(matches!(twice, Err(Error::Refused(Refusal::CouponIssued))), "{twice:?}");
        assert_eq!(world.count("SELECT issued FROM trial_coupon").await, 8);
    }

    async fn strangers_neither_issue_nor_see(world) {
        seed_tariff(&world).await;
        let family = world.a_family().await;
        let aoba = world.coordinator("aoba").await;
        for actor in [&aoba, &world.hq().await, &family.person.actor] {
            let refused = coupon::issue(&world.env, actor, family.sakura, seen()).await;
            assert!(matches!(refused, Err(Error::NotFound)), "{}: {refused:?}", actor.name);
        }
        let provider = world.a_provider().await;
        for actor in [&aoba, &provider.actor] {
            assert!(matches!(coupon::of_member(&world.env, actor, family.person.id).await, Err(Error::NotFound)));
        }
        assert!(matches!(coupon::own(&world.env, &provider.actor).await, Err(Error::NotFound)));
    }

    async fn tickets_are_spent_and_returned_and_never_fall_below_zero(world) {
        seed_tariff(&world).await;
        let family = world.a_family().await;
        coupon::issue(&world.env, &world.coordinator("midori").await, family.sakura, seen()).await.unwrap();
        let first = a_report(&world, &family, 3_000_001).await;
        let second = a_report(&world, &family, 3_000_002).await;
        spend(&world.env, first, family.sakura, 6, "2024-03-30").await.unwrap();
        let short = spend(&world.env, second, family.sakura, 3, "2024-03-30").await;
        assert!(matches!(short, Err(Error::Refused(Refusal::CouponShort { remaining: 2 }))), "{short:?}");
        let usable = coupon::usable(world.env.db.read(), second, date("2024-03-30")).await.unwrap();
        assert_eq!(usable.iter().map(|usable| (usable.child, usable.tickets)).collect::<Vec<_>>(), [(family.sakura, 2)]);

        assert_eq!(give_back(&world.env, first).await, 6);
        assert_eq!(give_back(&world.env, first).await, 0, "nothing is returned twice");
        let books = coupon::own(&world.env, &family.person.actor).await.unwrap();
        assert_eq!(books[1].remaining, 8);
        let kinds: Vec<_> = books[1].history.iter().map(|entry| (entry.kind, entry.tickets, entry.report.clone())).collect();
        let report = Some("EKH3000001".to_owned());
        assert_eq!(kinds, [(EntryKind::Returned, 6, report.clone()), (EntryKind::Used, 6, report), (EntryKind::Issued, 8, None)]);

        // After a reopening the corrected report spends again, and only that comes back the next time.
        spend(&world.env, first, family.sakura, 1, "2024-03-30").await.unwrap();
        assert_eq!(give_back(&world.env, first).await, 1);
    }

    async fn the_last_valid_day_is_the_activitys_not_the_approvals(world) {
        seed_tariff(&world).await;
        let family = world.a_family().await;
        coupon::issue(&world.env, &world.coordinator("midori").await, family.sakura, seen()).await.unwrap();
        let report = a_report(&world, &family, 3_000_001).await;
        world.env.clock.advance_to(at("2025-07-03T10:00"));
        let late = spend(&world.env, report, family.sakura, 1, "2025-07-01").await;
        assert!(matches!(late, Err(Error::Refused(Refusal::CouponShort { remaining: 0 }))), "{late:?}");
        spend(&world.env, report, family.sakura, 1, "2025-06-30").await.unwrap();
        assert!(coupon::usable(world.env.db.read(), report, date("2025-07-01")).await.unwrap().is_empty());
    }

    async fn approvals_that_meet_share_what_is_left(world) {
        seed_tariff(&world).await;
        let family = world.a_family().await;
        coupon::issue(&world.env, &world.coordinator("midori").await, family.sakura, seen()).await.unwrap();
        let mut reports = Vec::new();
        for no in 0..6 {
            reports.push(a_report(&world, &family, 3_000_001 + no).await);
        }
        let other = world.second_server().await;
        let mut tasks = tokio::task::JoinSet::new();
        for (place, report) in reports.into_iter().enumerate() {
            let env = if place % 2 == 0 { world.env.clone() } else { other.clone() };
            let child = family.sakura;
            tasks.spawn(async move { spend(&env, report, child, 3, "2024-03-30").await });
        }
        let results = tasks.join_all().await;
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 2, "8 tickets pay 3 and 3: {results:?}");
        let sql = "SELECT issued - used FROM trial_coupon";
        assert_eq!(db::scalar::<i64, _>(world.env.db.read(), sql, vec![]).await.unwrap(), Some(2));
        assert_eq!(world.count("SELECT CAST(SUM(tickets) AS BIGINT) FROM coupon_entry WHERE kind = 'used'").await, 6);
    }
}
