//! The demo city holds to the rules that the use cases keep.

mod support;

use domain::time::{Instant, parse_rfc3339};
use sea_orm::FromQueryResult;
use service::demo::{self, Size};
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

    async fn a_demo_is_never_written_into_real_data(world) {
        reference::seed(&world.env).await.unwrap();
        reference::seed(&world.env).await.unwrap();
        world.member("midori", domain::actor::MemberKind::User, "本物", "会員").await;
        let error = demo::seed(&world.env, Size::Small, start()).await.unwrap_err();
        assert!(error.to_string().contains("not empty"), "{error}");
        assert_eq!(demo::mark(&world.env).await.unwrap(), None);
    }

    async fn a_marked_database_is_kept_as_it_is(world) {
        demo::seed(&world.env, Size::Small, start()).await.unwrap();
        assert_eq!(demo::mark(&world.env).await.unwrap().as_deref(), Some("small"));
        let before = count(&world.env, "event").await;
        demo::seed(&world.env, Size::Small, start()).await.unwrap();
        assert_eq!(count(&world.env, "event").await, before);
        let error = demo::seed(&world.env, Size::City { years: 1 }, start()).await.unwrap_err();
        assert!(error.to_string().contains("small"), "{error}");
    }
}
