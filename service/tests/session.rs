//! Signing in: who gets a session, how it ends, and how failures are slowed down.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test ends where it fails")]

mod support;

use domain::actor::{AccountRole, Channel, MemberKind};
use domain::request::CoordinationStatus as S;
use domain::time::Instant;
use sea_orm::{ActiveValue::Set, EntityTrait};
use service::entity::account;
use service::session::TextSize;
use service::{Error, session};
use support::{World, at};

async fn staff(world: &World, user_id: &str) {
    let row = account::ActiveModel {
        user_id: Set(Some(user_id.into())),
        password_hash: Set(Some(world.env.hasher.hash("correct horse").await.unwrap())),
        name: Set("担当".into()),
        role: Set(AccountRole::Coordinator),
        ward: Set(Some("midori".into())),
        created_at: Set(Instant::default()),
        ..Default::default()
    };
    account::Entity::insert(row).exec(world.env.db.write()).await.unwrap();
}

both_databases! {
    async fn a_session_lives_until_it_is_ended_or_idle(world) {
        staff(&world, "midori").await;
        let token = session::sign_in(&world.env, "ＭＩＤＯＲＩ ", "correct horse", "192.0.2.1", None).await.unwrap();
        assert_eq!(world.count("SELECT count(*) FROM session WHERE token_hash LIKE '%-%'").await, 0);
        let found = session::find(&world.env, &token).await.unwrap().unwrap();
        assert_eq!(found.actor.coordinator_ward(), Some("midori"));
        world.env.clock.advance_real_minutes(29);
        assert!(session::find(&world.env, &token).await.unwrap().is_some(), "used within 30 minutes");
        world.env.clock.advance_real_minutes(30);
        assert!(session::find(&world.env, &token).await.unwrap().is_none(), "staff are signed out after 30 idle minutes");

        let token = session::sign_in(&world.env, "midori", "correct horse", "192.0.2.1", None).await.unwrap();
        session::end(&world.env, &token).await.unwrap();
        assert!(session::find(&world.env, &token).await.unwrap().is_none());
    }

    async fn a_provider_reads_how_many_offers_wait(world) {
        let (family, provider) = (world.a_family().await, world.a_provider().await);
        let both = world.member("midori", MemberKind::Both, "佐藤", "一郎").await;
        let offers = async |person: &support::Person| {
            let token = session::start(world.env.db.write(), &world.env, person.actor.account, false).await.unwrap();
            session::find(&world.env, &token).await.unwrap().unwrap().offers
        };
        let first = world.a_case(&family, None, S::Offering).await;
        let second = world.a_case(&family, None, S::Offering).await;
        assert_eq!(offers(&provider).await, 0);
        for no in [first, second] {
            world.an_offer(no, &provider).await;
        }
        let asked = world.an_offer(first, &both).await;
        // Nobody asks a family; a row that says so is not counted.
        world.an_offer(first, &family.person).await;
        assert_eq!((offers(&provider).await, offers(&both).await, offers(&family.person).await), (2, 1, 0));
        service::offer::open_for(&world.env, &both.actor, true).await.unwrap();
        assert_eq!(offers(&both).await, 1, "seen is not answered");
        service::offer::decline(&world.env, &both.actor, asked, "", Channel::Web).await.unwrap();
        assert_eq!(offers(&both).await, 0);
        world.env.clock.advance_to(at("2024-03-18T09:59"));
        assert_eq!(offers(&provider).await, 2);
        world.env.clock.advance_to(at("2024-03-18T10:00"));
        assert_eq!(offers(&provider).await, 0, "the 48 hours are over");
    }

    async fn large_letters_stay_with_the_account(world) {
        staff(&world, "midori").await;
        let token = session::sign_in(&world.env, "midori", "correct horse", "192.0.2.1", None).await.unwrap();
        let first = session::find(&world.env, &token).await.unwrap().unwrap();
        assert_eq!(first.text_size, TextSize::Normal);
        session::set_text_size(&world.env, &first.actor, TextSize::Large).await.unwrap();
        session::end(&world.env, &token).await.unwrap();
        let token = session::sign_in(&world.env, "midori", "correct horse", "192.0.2.1", None).await.unwrap();
        assert_eq!(session::find(&world.env, &token).await.unwrap().unwrap().text_size, TextSize::Large);
    }

    async fn failures_of_one_user_id_are_slowed_down(world) {
        staff(&world, "midori").await;
        for failure in 0..5 {
            let answer = session::sign_in(&world.env, "midori", "wrong", &format!("192.0.2.{failure}"), None).await;
            assert!(matches!(answer, Err(Error::LoginFailed)), "{failure}: {answer:?}");
        }
        let answer = session::sign_in(&world.env, "midori", "correct horse", "192.0.2.9", None).await;
        assert!(matches!(answer, Err(Error::Throttled { seconds: 1..=2 })), "{answer:?}");
        world.env.clock.advance_real_minutes(1);
        assert!(session::sign_in(&world.env, "midori", "correct horse", "192.0.2.9", None).await.is_ok());
    }

    async fn many_guesses_at_once_are_as_few_as_one_after_another(world) {
        staff(&world, "midori").await;
        let mut tasks = tokio::task::JoinSet::new();
        for guess in 0..65 {
            let env = world.env.clone();
            tasks.spawn(async move { session::sign_in(&env, "midori", &format!("guess {guess}"), &format!("192.0.2.{guess}"), None).await });
        }
        let answers = tasks.join_all().await;
        let looked_at = answers.iter().filter(|answer| matches!(answer, Err(Error::LoginFailed))).count();
        assert!((1..=5).contains(&looked_at), "{looked_at} guesses were compared with the password");
        assert!(answers.iter().all(|answer| matches!(answer, Err(Error::LoginFailed | Error::Throttled { .. }))));
    }

    async fn who_signs_in_is_not_counted(world) {
        staff(&world, "midori").await;
        for _ in 0..30 {
            session::sign_in(&world.env, "midori", "correct horse", "192.0.2.1", None).await.unwrap();
        }
        assert_eq!(world.count("SELECT COUNT(*) FROM login_failure").await, 0);
        // Nor does it wash the address clean for guesses at others.
        for failure in 0..10 {
            session::sign_in(&world.env, "midori", "correct horse", "192.0.2.1", None).await.unwrap();
            let answer = session::sign_in(&world.env, &format!("nobody{failure}"), "wrong", "192.0.2.1", None).await;
            assert!(matches!(answer, Err(Error::LoginFailed)), "{failure}: {answer:?}");
        }
        let answer = session::sign_in(&world.env, "nobody", "wrong", "192.0.2.1", None).await;
        assert!(matches!(answer, Err(Error::Throttled { .. })), "{answer:?}");
    }

    async fn strangers_lock_nobody_out_of_her_own_device(world) {
        staff(&world, "midori").await;
        let env = &world.env;
        let device = session::device(env, "Midori", None).await.unwrap();
        assert_eq!(session::device(env, "midori", Some(&device)).await.unwrap(), device, "it stays as it is");
        for failure in 0..9 {
            let _ = session::sign_in(env, "midori", "wrong", &format!("192.0.2.{failure}"), None).await;
        }
        let stranger = session::sign_in(env, "midori", "correct horse", "198.51.100.1", None).await;
        assert!(matches!(stranger, Err(Error::Throttled { .. })), "{stranger:?}");
        session::sign_in(env, "midori", "correct horse", "192.0.2.1", Some(&device)).await.unwrap();
        // It is no way around the count: not for another, not made up, and not for guesses on the device itself.
        for foreign in ["", "x.y", &session::device(env, "aoba", None).await.unwrap()] {
            let answer = session::sign_in(env, "midori", "correct horse", "198.51.100.2", Some(foreign)).await;
            assert!(matches!(answer, Err(Error::Throttled { .. })), "{foreign}: {answer:?}");
        }
        for _ in 0..5 {
            let _ = session::sign_in(env, "midori", "wrong", "192.0.2.1", Some(&device)).await;
        }
        let answer = session::sign_in(env, "midori", "correct horse", "192.0.2.1", Some(&device)).await;
        assert!(matches!(answer, Err(Error::Throttled { .. })), "{answer:?}");
    }

    async fn right_passwords_under_way_are_no_failures(world) {
        staff(&world, "midori").await;
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..20 {
            let env = world.env.clone();
            tasks.spawn(async move { session::sign_in(&env, "midori", "correct horse", "192.0.2.1", None).await });
        }
        let answers = tasks.join_all().await;
        assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    }

    async fn a_login_whose_browser_leaves_is_no_failure(world) {
        staff(&world, "midori").await;
        for _ in 0..12 {
            let env = world.env.clone();
            let try_it = async move { session::sign_in(&env, "midori", "correct horse", "192.0.2.1", None).await };
            let _ = tokio::time::timeout(std::time::Duration::from_millis(3), try_it).await;
        }
        session::sign_in(&world.env, "midori", "correct horse", "192.0.2.1", None).await.unwrap();
        assert_eq!(world.count("SELECT COUNT(*) FROM login_failure").await, 0);
    }

    async fn an_address_that_is_kept_out_leaves_no_row_for_the_user_ids_it_tries(world) {
        staff(&world, "midori").await;
        for guess in 0..100 {
            let answer = session::sign_in(&world.env, &format!("nobody{guess}"), "wrong", "192.0.2.1", None).await;
            let kept_out = matches!(answer, Err(Error::Throttled { .. }));
            assert!(kept_out || (guess < 10 && matches!(answer, Err(Error::LoginFailed))), "{guess}: {answer:?}");
        }
        let rows = world.count("SELECT COUNT(*) FROM login_failure WHERE key LIKE 'user:%'").await;
        assert!(rows <= 10, "{rows} rows for one address");
        assert_eq!(world.count("SELECT COUNT(*) FROM login_failure WHERE count < 1").await, 0);
        // Nor does a user ID that rests leave one for the addresses that try it.
        for address in 0..100 {
            let _ = session::sign_in(&world.env, "midori", "wrong", &format!("198.51.100.{address}"), None).await;
        }
        let rows = world.count("SELECT COUNT(*) FROM login_failure WHERE key LIKE 'address:198%'").await;
        assert!(rows <= 5, "{rows} rows for one user ID");
    }

    async fn failures_from_one_address_are_slowed_down(world) {
        for failure in 0..10 {
            let answer = session::sign_in(&world.env, &format!("nobody{failure}"), "wrong", "192.0.2.1", None).await;
            assert!(matches!(answer, Err(Error::LoginFailed)), "{failure}: {answer:?}");
        }
        staff(&world, "midori").await;
        let answer = session::sign_in(&world.env, "midori", "correct horse", "192.0.2.1", None).await;
        assert!(matches!(answer, Err(Error::Throttled { .. })), "{answer:?}");
        let elsewhere = session::sign_in(&world.env, "midori", "correct horse", "192.0.2.2", None).await;
        assert!(elsewhere.is_ok());
    }
}
