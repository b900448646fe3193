//! Members: recorded, found and kept up to date by the coordinator of their own ward, by nobody else.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test ends where it fails")]

mod support;

use domain::actor::MemberKind;
use domain::fault::{FieldError, FieldFault};
use domain::input::InputFault;
use domain::member::MembershipStatus;
use domain::number::MemberNo;
use domain::refusal::Refusal;
use domain::request::CoordinationStatus as S;
use service::member::{self, ChildForm, ContactForm, MemberForm, NameForm, TrainingForm};
use service::{Error, db, reference};
use support::case::CaseSpec;
use support::refused;

fn a_family() -> MemberForm {
    MemberForm {
        kind: "user".into(),
        name: NameForm {
            family: "髙﨑".into(),
            given: "𠮷子".into(),
            family_kana: "たかさき".into(),
            given_kana: "ﾖｼｺ".into(),
        },
        contact: ContactForm {
            postal: "２２６ー００２５".into(),
            town: "十日市場町".into(),
            address: "８１７－８".into(),
            telephone: "０４５ー０００ー１２３４".into(),
            mail: String::new(),
        },
        children: vec![
            ChildForm { name: "桜".into(), kana: "さくら".into(), birth_date: "令和5年6月10日".into() },
            ChildForm::default(),
        ],
        trainings: vec![],
    }
}

fn fields(error: Error) -> Vec<String> {
    match error {
        Error::Invalid(faults) => faults.into_iter().map(|fault| fault.field).collect(),
        other => panic!("{other}"),
    }
}

both_databases! {
    async fn what_the_branch_changes_of_a_membership_is_notified(world) {
        let env = &world.env;
        let midori = world.coordinator("midori").await;
        let both = world.member("midori", MemberKind::Both, "鈴木", "一美").await;
        let child = ChildForm { name: "桜".into(), kana: "サクラ".into(), birth_date: "2023-06-10".into() };
        let training = TrainingForm { kind: "life_saving".into(), valid_until: "2029-03-31".into() };
        for _ in 0..2 {
            member::add_child(env, &midori, both.no, &child).await.unwrap();
            member::add_training(env, &midori, both.no, &training).await.unwrap();
            member::suspend(env, &midori, both.no, "内部の事情").await.unwrap();
        }
        for _ in 0..2 {
            member::resume(env, &midori, both.no).await.unwrap();
        }
        let token = member::invite(env, &midori, both.no).await.unwrap();
        for subject in [
            "お子さんを登録しました",
            "研修の受講を記録しました",
            "会員の活動が「休止」になりました",
            "会員の活動を再開しました",
            "案内リンクを出しました",
        ] {
            assert_eq!(world.notified(&both.actor, subject).await, 1, "{subject}");
        }
        for secret in ["内部の事情".to_owned(), token] {
            let said = format!("SELECT COUNT(*) FROM outbox WHERE body LIKE '%{secret}%' OR subject LIKE '%{secret}%'");
            assert_eq!(world.count(&said).await, 0, "{secret}");
        }
    }

    async fn a_member_is_recorded_with_a_link_and_found_by_every_usual_spelling(world) {
        let midori = world.coordinator("midori").await;
        let done = member::register(&world.env, &midori, &a_family(), "key").await.unwrap();
        let page = member::page(&world.env, &midori, done.no).await.unwrap();
        assert_eq!(page.name.full(), "髙﨑𠮷子");
        assert_eq!(page.name.reading(), "タカサキ ヨシコ");
        assert_eq!((page.contact.postal.as_str(), page.contact.telephone.as_str()), ("226-0025", "045-000-1234"));
        assert_eq!(page.status, MembershipStatus::Active);
        assert_eq!(page.children.len(), 1);
        assert_eq!(page.children[0].birth_date, support::date("2023-06-10"));
        assert!(!page.signs_in);
        assert_eq!(page.history[0].event.action().key(), "register");
        assert_eq!(world.count("SELECT COUNT(*) FROM invitation").await, 1);
        let stored: String = db::scalar(world.env.db.read(), "SELECT token_hash FROM invitation", vec![])
            .await.unwrap().unwrap();
        assert_ne!(stored, done.token, "only the hash is stored");
        let no = done.no.to_string();
        for words in ["高崎", "たかさき", "ﾀｶｻｷ　ヨシコ", "１２３４", "045-000-1234", no.as_str(), "吉子"] {
            let found = member::list(&world.env, &midori, words, None, None).await.unwrap();
            assert_eq!(found.members.len(), 1, "{words}");
            assert_eq!(found.members[0].no, done.no, "{words}");
        }
        // Read as leniently as they were recorded: order, 様, invisible characters, the number abroad.
        for words in ["吉子 高崎", "高崎吉子様", "よしこ たかさき", "髙\u{200B}﨑\u{FEFF}", "+81 45-000-1234", "045─000━1234"] {
            let found = member::list(&world.env, &midori, words, None, None).await.unwrap();
            assert_eq!(found.members.iter().map(|one| one.no).collect::<Vec<_>>(), [done.no], "{words}");
        }
        // A database of before holds keys of another spelling: the next start makes them again.
        let old = "UPDATE member SET search_key = '髙﨑𠮷子', household_key = ''";
        db::execute(world.env.db.write(), old, vec![]).await.unwrap();
        assert!(member::list(&world.env, &midori, "吉子 高崎", None, None).await.unwrap().members.is_empty());
        member::respell(&world.env).await.unwrap();
        assert_eq!(member::list(&world.env, &midori, "吉子 高崎", None, None).await.unwrap().members.len(), 1);
        assert_eq!(world.count("SELECT COUNT(*) FROM member WHERE household_key = ''").await, 0);
        for words in ["木村", "%", "_", "9999", "MEM0000099"] {
            let found = member::list(&world.env, &midori, words, None, None).await.unwrap();
            assert!(found.members.is_empty(), "{words}");
        }
        let providers = member::list(&world.env, &midori, "", Some(MemberKind::Provider), None).await.unwrap();
        assert!(providers.members.is_empty());
    }

    async fn everything_wrong_is_named_at_once_and_nothing_is_written(world) {
        let midori = world.coordinator("midori").await;
        let empty = member::register(&world.env, &midori, &MemberForm::default(), "").await.unwrap_err();
        assert_eq!(fields(empty), [
            "kind", "family_name", "given_name", "family_kana", "given_kana", "postal", "town", "address", "telephone",
            "child_name[0]",
        ]);
        let form = MemberForm {
            kind: "both".into(),
            contact: ContactForm { telephone: "982-3521".into(), mail: "hanako".into(), ..a_family().contact },
            children: vec![
                ChildForm { name: "太郎".into(), kana: "太郎".into(), birth_date: "2024-03-17".into() },
                ChildForm { name: "次郎".into(), kana: "ジロウ".into(), birth_date: "2011-04-01".into() },
            ],
            trainings: vec!["2028-02-30".into(), String::new(), "2028-03-31".into()],
            ..a_family()
        };
        let error = member::check(&world.env, &midori, &form).unwrap_err();
        let Error::Invalid(faults) = error else { panic!("{error}") };
        assert_eq!(faults, [
            FieldError::new("telephone", FieldFault::Input(InputFault::NotAPhone)),
            FieldError::new("mail", FieldFault::Input(InputFault::NotAMail)),
            FieldError::new("child_kana[0]", FieldFault::Input(InputFault::NotKana)),
            FieldError::new("child_birth[0]", FieldFault::Future),
            FieldError::new("child_birth[1]", FieldFault::ChildNotEligible(vec!["次郎".into()])),
            FieldError::new("valid_until[pre_service]", FieldFault::Input(InputFault::NoSuchDay)),
        ]);
        assert_eq!(world.count("SELECT COUNT(*) FROM member").await, 0);
    }

    async fn a_form_sent_twice_records_one_member(world) {
        let midori = world.coordinator("midori").await;
        let first = member::register(&world.env, &midori, &a_family(), "once").await.unwrap();
        let again = member::register(&world.env, &midori, &a_family(), "once").await.unwrap();
        assert_eq!(first.no, again.no);
        assert_eq!(first.token, again.token, "the link that may be handed over already stays the one");
        assert!(service::invitation::is_open(&world.env, &first.token).await.unwrap());
        assert_eq!(world.count("SELECT COUNT(*) FROM invitation").await, 1);
        assert_eq!(world.count("SELECT COUNT(*) FROM member").await, 1);
    }

    async fn a_page_gone_back_to_and_changed_is_not_taken_for_the_member_it_made(world) {
        let midori = world.coordinator("midori").await;
        let first = member::register(&world.env, &midori, &a_family(), "once").await.unwrap();
        let mut other = a_family();
        other.contact.telephone = "045-982-9999".into();
        match member::register(&world.env, &midori, &other, "once").await {
            Err(Error::Refused(Refusal::AlreadyEntered { number })) => assert_eq!(number, first.no.to_string()),
            wrong => panic!("{wrong:?}"),
        }
        other.contact.telephone = "いち".into();
        assert!(matches!(member::register(&world.env, &midori, &other, "once").await, Err(Error::Invalid(_))));
        other.contact.telephone = "045-982-9999".into();
        let second = member::register(&world.env, &midori, &other, "fresh").await.unwrap();
        assert_ne!(second.no, first.no);
    }

    async fn nobody_else_sees_or_changes_a_member(world) {
        let midori = world.coordinator("midori").await;
        let done = member::register(&world.env, &midori, &a_family(), "").await.unwrap();
        let page = member::page(&world.env, &midori, done.no).await.unwrap();
        let aoba = world.coordinator("aoba").await;
        let hq = world.hq().await;
        let provider = world.a_provider().await;
        for stranger in [&aoba, &hq, &provider.actor] {
            let env = &world.env;
            let child = ChildForm { name: "一".into(), kana: "イチ".into(), birth_date: "2022-01-01".into() };
            let training = TrainingForm { kind: "life_saving".into(), valid_until: "2028-01-01".into() };
            assert!(matches!(member::page(env, stranger, done.no).await, Err(Error::NotFound)));
            assert!(matches!(member::suspend(env, stranger, done.no, "理由").await, Err(Error::NotFound)));
            assert!(matches!(member::resume(env, stranger, done.no).await, Err(Error::NotFound)));
            let contact = ContactForm::default();
            assert!(matches!(member::change_contact(env, stranger, done.no, &contact, 1).await, Err(Error::NotFound)));
            let name = NameForm::default();
            assert!(matches!(member::change_name(env, stranger, done.no, &name, 1).await, Err(Error::NotFound)));
            let own = page.children[0].id;
            assert!(matches!(member::change_child(env, stranger, done.no, own, &child, 1).await, Err(Error::NotFound)));
            assert!(matches!(member::invite(env, stranger, done.no).await, Err(Error::NotFound)));
            assert!(matches!(member::add_child(env, stranger, done.no, &child).await, Err(Error::NotFound)));
            assert!(matches!(member::add_training(env, stranger, done.no, &training).await, Err(Error::NotFound)));
        }
        for stranger in [&hq, &provider.actor] {
            assert!(matches!(member::list(&world.env, stranger, "", None, None).await, Err(Error::NotFound)));
            assert!(matches!(member::register(&world.env, stranger, &a_family(), "").await, Err(Error::NotFound)));
        }
        assert!(member::list(&world.env, &aoba, "髙﨑", None, None).await.unwrap().members.is_empty());
        let unknown = member::page(&world.env, &midori, MemberNo(999)).await;
        assert!(matches!(unknown, Err(Error::NotFound)));
    }

    async fn a_members_telephone_and_address_are_corrected(world) {
        let midori = world.coordinator("midori").await;
        let no = member::register(&world.env, &midori, &a_family(), "").await.unwrap().no;
        let before = member::page(&world.env, &midori, no).await.unwrap();
        let moved = ContactForm { telephone: "045 111 2222".into(), town: "鴨居".into(), ..a_family().contact };
        let wrong = ContactForm { telephone: "12".into(), mail: "x".into(), ..moved.clone() };
        let error = member::change_contact(&world.env, &midori, no, &wrong, before.revision).await.unwrap_err();
        assert_eq!(fields(error), ["telephone", "mail"]);
        member::change_contact(&world.env, &midori, no, &moved, before.revision).await.unwrap();
        let after = member::page(&world.env, &midori, no).await.unwrap();
        assert_eq!((after.contact.town.as_str(), after.contact.telephone.as_str()), ("鴨居", "045-111-2222"));
        assert_eq!(after.history[0].event.action().key(), "change_contact");
        member::change_contact(&world.env, &midori, no, &moved, before.revision).await.unwrap();
        assert_eq!(member::page(&world.env, &midori, no).await.unwrap(), after, "the same again changes nothing");
        let stale = member::change_contact(&world.env, &midori, no, &a_family().contact, before.revision).await;
        assert!(matches!(stale, Err(Error::Stale { .. })), "{stale:?}");
        assert!(member::list(&world.env, &midori, "2222", None, None).await.unwrap().members.len() == 1);
    }

    async fn a_provider_becomes_active_with_the_last_training(world) {
        let midori = world.coordinator("midori").await;
        let form = MemberForm {
            kind: "provider".into(),
            children: vec![],
            trainings: vec!["2028-03-31".into(), String::new(), "2028-03-31".into()],
            ..a_family()
        };
        let no = member::register(&world.env, &midori, &form, "").await.unwrap().no;
        let page = member::page(&world.env, &midori, no).await.unwrap();
        assert_eq!(page.status, MembershipStatus::InTraining);
        assert_eq!(page.trainings.iter().filter(|training| training.valid_until.is_some()).count(), 2);
        let past = TrainingForm { kind: "life_saving".into(), valid_until: "2024-03-15".into() };
        let error = member::add_training(&world.env, &midori, no, &past).await.unwrap_err();
        assert_eq!(fields(error), ["valid_until"]);
        let missing = member::add_training(&world.env, &midori, no, &TrainingForm::default()).await.unwrap_err();
        assert_eq!(fields(missing), ["training", "valid_until"]);
        let last = TrainingForm { kind: "life_saving".into(), valid_until: "令和11年3月31日".into() };
        member::add_training(&world.env, &midori, no, &last).await.unwrap();
        member::add_training(&world.env, &midori, no, &last).await.unwrap();
        let page = member::page(&world.env, &midori, no).await.unwrap();
        assert_eq!(page.status, MembershipStatus::Active);
        assert_eq!(page.history.iter().filter(|event| event.event.action().key() == "add_training").count(), 1);
    }

    async fn a_member_takes_leave_and_returns(world) {
        let midori = world.coordinator("midori").await;
        let no = member::register(&world.env, &midori, &a_family(), "").await.unwrap().no;
        let error = member::suspend(&world.env, &midori, no, " ").await.unwrap_err();
        assert_eq!(fields(error), ["reason"]);
        member::suspend(&world.env, &midori, no, "里帰り出産のため").await.unwrap();
        member::suspend(&world.env, &midori, no, "里帰り出産のため").await.unwrap();
        let page = member::page(&world.env, &midori, no).await.unwrap();
        assert_eq!(page.status, MembershipStatus::Suspended);
        assert_eq!(page.history.iter().filter(|event| event.event.action().key() == "suspend").count(), 1);
        assert_eq!(page.history[0].reason.as_deref(), Some("里帰り出産のため"));
        member::resume(&world.env, &midori, no).await.unwrap();
        assert_eq!(member::page(&world.env, &midori, no).await.unwrap().status, MembershipStatus::Active);
    }

    async fn nobody_leaves_an_agreed_activity_behind(world) {
        let (family, provider) = (world.a_family().await, world.a_provider().await);
        let midori = world.coordinator("midori").await;
        let starts_at = world.env.clock.now().plus_days(3);
        let spec = CaseSpec { status: S::Established, starts_at, ends_at: starts_at.plus_minutes(90), ..CaseSpec::default() };
        let planned = world.case(&family, Some(&provider), spec).await.to_string();
        for no in [family.person.no, provider.no] {
            let refusal = refused(member::suspend(&world.env, &midori, no, "引っ越しのため").await);
            assert_eq!(refusal, Refusal::StillPlanned { request: planned.clone() });
        }
    }

    async fn a_child_is_added_once_and_gets_tickets_when_due(world) {
        reference::seed(&world.env).await.unwrap();
        let midori = world.coordinator("midori").await;
        let no = member::register(&world.env, &midori, &a_family(), "").await.unwrap().no;
        let child = ChildForm { name: "太郎".into(), kana: "タロウ".into(), birth_date: "2019-06-10".into() };
        member::add_child(&world.env, &midori, no, &child).await.unwrap();
        member::add_child(&world.env, &midori, no, &child).await.unwrap();
        let page = member::page(&world.env, &midori, no).await.unwrap();
        let due: Vec<(&str, bool)> =
            page.children.iter().map(|child| (child.name.as_str(), child.coupon_due)).collect();
        assert_eq!(due, [("太郎", false), ("桜", true)], "born before and after 2023-04-01, eldest first");
        service::coupon::issue(&world.env, &midori, page.children[1].id, service::coupon::Confirmed { documents: true, other_child: false }).await.unwrap();
        let page = member::page(&world.env, &midori, no).await.unwrap();
        assert!(!page.children[1].coupon_due);
        assert_eq!(page.children[1].coupon.as_ref().unwrap().remaining, 8);
    }

    async fn a_long_list_goes_on_where_it_stopped(world) {
        let midori = world.coordinator("midori").await;
        for place in 0..53 {
            world.member("midori", MemberKind::User, "会員", &place.to_string()).await;
        }
        world.member("aoba", MemberKind::User, "よその", "会員").await;
        let first = member::list(&world.env, &midori, "", None, None).await.unwrap();
        assert_eq!(first.members.len(), 50);
        let rest = member::list(&world.env, &midori, "", None, first.next).await.unwrap();
        assert_eq!((rest.members.len(), rest.next), (3, None));
        assert!(rest.members.iter().all(|member| first.members.iter().all(|other| other.no != member.no)));
    }
}
