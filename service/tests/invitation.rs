//! One-time links: used once, in time, by POST; and what a password may be.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test ends where it fails")]

mod support;

use domain::fault::FieldFault;
use service::invitation::{self, AcceptForm};
use service::member::{self, ChildForm, ContactForm, MemberForm, NameForm};
use service::staff::{self, StaffRole};
use service::{Error, session};
use support::World;

fn form(user_id: &str, password: &str) -> AcceptForm {
    AcceptForm { user_id: user_id.into(), password: password.into(), password_again: password.into() }
}

async fn a_link(world: &World, mail: &str) -> String {
    let midori = world.coordinator("midori").await;
    let form = MemberForm {
        kind: "user".into(),
        name: NameForm {
            family: "佐藤".into(),
            given: "美咲".into(),
            family_kana: "サトウ".into(),
            given_kana: "ミサキ".into(),
        },
        contact: ContactForm {
            postal: "226-0003".into(),
            town: "鴨居".into(),
            address: "3-21-8".into(),
            telephone: "045-000-0101".into(),
            mail: mail.into(),
        },
        children: vec![ChildForm { name: "蓮".into(), kana: "レン".into(), birth_date: "2021-01-05".into() }],
        trainings: vec![],
    };
    member::register(&world.env, &midori, &form, "").await.unwrap().token
}

fn faults(error: Error) -> Vec<(String, FieldFault)> {
    match error {
        Error::Invalid(faults) => faults.into_iter().map(|fault| (fault.field, fault.fault)).collect(),
        other => panic!("{other}"),
    }
}

both_databases! {
    async fn a_link_opens_once_and_signs_the_person_in(world) {
        let token = a_link(&world, "misaki@example.jp").await;
        let shown = invitation::open(&world.env, &token).await.unwrap();
        assert_eq!((shown.name.as_str(), shown.user_id, shown.least_length), ("佐藤美咲", None, 8));
        invitation::open(&world.env, &token).await.expect("looking at the page uses nothing up");
        let cookie = invitation::accept(&world.env, &token, &form("Misaki.S", "朝のラジオ体操")).await.unwrap_err();
        assert_eq!(faults(cookie), [("password".into(), FieldFault::PasswordTooShort { least: 8, typed: 7 })]);
        let cookie = invitation::accept(&world.env, &token, &form("Misaki.S", "朝のラジオ体操にいく")).await.unwrap();
        let signed_in = session::find(&world.env, &cookie).await.unwrap().unwrap();
        assert_eq!(signed_in.actor.name, "佐藤美咲");
        let notices = "SELECT COUNT(*) FROM outbox WHERE to_mail = 'misaki@example.jp' AND subject = 'パスワードが設定されました'";
        assert_eq!(world.count(notices).await, 1, "who holds the link may be somebody else");
        assert_eq!(world.notified(&signed_in.actor, "パスワードが設定されました").await, 1);
        session::sign_in(&world.env, "misaki.s", "朝のラジオ体操にいく", "127.0.0.1", None).await.unwrap();
        for _ in 0..2 {
            assert!(matches!(invitation::open(&world.env, &token).await, Err(Error::NotFound)));
            let again = invitation::accept(&world.env, &token, &form("other", "朝のラジオ体操にいく")).await;
            assert!(matches!(again, Err(Error::NotFound)));
        }
    }

    async fn a_link_ends_after_72_hours(world) {
        let token = a_link(&world, "").await;
        world.env.clock.advance_real_minutes(72 * 60 - 1);
        assert!(invitation::is_open(&world.env, &token).await.unwrap());
        world.env.clock.advance_real_minutes(1);
        assert!(!invitation::is_open(&world.env, &token).await.unwrap());
        assert!(matches!(invitation::open(&world.env, &token).await, Err(Error::NotFound)));
        assert!(matches!(invitation::open(&world.env, "unknown").await, Err(Error::NotFound)));
    }

    async fn every_field_is_named_at_once(world) {
        let token = a_link(&world, "").await;
        let error = invitation::accept(&world.env, &token, &AcceptForm::default()).await.unwrap_err();
        assert_eq!(faults(error), [
            ("user_id".into(), FieldFault::Missing),
            ("password".into(), FieldFault::Missing),
        ]);
        let error = invitation::accept(&world.env, &token, &form("みさき", "short but fine")).await.unwrap_err();
        assert_eq!(faults(error), [
            ("user_id".into(), FieldFault::NotAUserId),
            ("password".into(), FieldFault::PasswordTooShort { least: 15, typed: 14 }),
        ]);
        let typed = AcceptForm { password_again: "something else entirely".into(), ..form("misaki", "a green teapot, full") };
        let error = invitation::accept(&world.env, &token, &typed).await.unwrap_err();
        assert_eq!(faults(error), [("password_again".into(), FieldFault::Differs)]);
        invitation::accept(&world.env, &token, &form("misaki", "a green teapot, full")).await.unwrap();
    }

    async fn a_user_id_belongs_to_one_account_however_it_is_spelt(world) {
        let first = a_link(&world, "one@example.jp").await;
        invitation::accept(&world.env, &first, &form("misaki", "a green teapot, full")).await.unwrap();
        let second = a_link(&world, "two@example.jp").await;
        let error = invitation::accept(&world.env, &second, &form("ＭＩＳＡＫＩ", "a blue teapot, empty")).await.unwrap_err();
        assert_eq!(faults(error), [("user_id".into(), FieldFault::UserIdTaken)]);
    }

    async fn staff_get_a_link_with_their_user_id(world) {
        let token = staff::create(&world.env, "Midori.T", "緑川洋子", StaffRole::Coordinator, Some("midori")).await.unwrap();
        let shown = invitation::open(&world.env, &token).await.unwrap();
        assert_eq!((shown.user_id.as_deref(), shown.least_length), (Some("midori.t"), 15));
        let fresh = staff::create(&world.env, "midori.t", "緑川洋子", StaffRole::Coordinator, Some("midori")).await.unwrap();
        assert!(!invitation::is_open(&world.env, &token).await.unwrap());
        let cookie = invitation::accept(&world.env, &fresh, &form("ignored", "a green teapot, full")).await.unwrap();
        let actor = session::find(&world.env, &cookie).await.unwrap().unwrap().actor;
        assert_eq!(actor.coordinator_ward(), Some("midori"));
        let taken = staff::create(&world.env, "midori.t", "ほかの人", StaffRole::Hq, None).await.unwrap_err();
        assert_eq!(faults(taken), [("user_id".into(), FieldFault::UserIdTaken)]);
        let error = staff::create(&world.env, "x", "", StaffRole::Coordinator, Some("tokyo")).await.unwrap_err();
        let fields: Vec<String> = faults(error).into_iter().map(|(field, _)| field).collect();
        assert_eq!(fields, ["user_id", "name", "ward"]);
    }
}
