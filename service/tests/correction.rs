//! 会員情報修正: a member's name and a child's record, corrected by the branch, with everything that hangs on them.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test ends where it fails")]

mod support;

use domain::actor::{Actor, MemberKind};
use domain::fault::{FieldError, FieldFault};
use domain::input::InputFault;
use domain::member::RecordField;
use domain::number::MemberNo;
use domain::refusal::Refusal;
use domain::request::CoordinationStatus as S;
use service::member::{self, ChildForm, ContactForm, MemberDetails, NameForm};
use service::{Error, Result, approval, coupon, db, reference};
use support::case::CaseSpec;
use support::reported::Case;
use support::{Family, World, at, date, invalid};

/// 木村花子 after her marriage.
fn married() -> NameForm {
    NameForm {
        family: "髙﨑".into(), given: "花子".into(), family_kana: "ﾀｶｻｷ".into(), given_kana: "はなこ".into()
    }
}

/// 桜 as the support records her, with another birth date.
fn sakura(birth: &str) -> ChildForm {
    ChildForm { name: "桜".into(), kana: "カナ".into(), birth_date: birth.into() }
}

async fn page(world: &World, actor: &Actor, no: MemberNo) -> MemberDetails {
    member::page(&world.env, actor, no).await.unwrap()
}

/// Corrects a child from a page that was just opened.
async fn correct(world: &World, actor: &Actor, family: &Family, child: i64, form: &ChildForm) -> Result<()> {
    let no = family.person.no;
    let revision = page(world, actor, no).await.revision;
    member::change_child(&world.env, actor, no, child, form, revision).await
}

/// What a correction writes, to see that nothing was written.
async fn written(world: &World) -> Vec<i64> {
    let mut counts = Vec::new();
    for sql in [
        "SELECT COUNT(*) FROM event",
        "SELECT COUNT(*) FROM notice",
        "SELECT COUNT(*) FROM outbox",
        "SELECT CAST(SUM(revision) AS BIGINT) FROM member",
    ] {
        counts.push(world.count(sql).await);
    }
    counts
}

/// The last day of a child's tickets.
async fn tickets_end(world: &World, child: i64) -> domain::time::Date {
    let sql = "SELECT expires_on FROM trial_coupon WHERE child_id = $1";
    db::scalar(world.env.db.read(), sql, vec![child.into()]).await.unwrap().unwrap()
}

both_databases! {
    async fn a_name_is_corrected_everywhere_but_in_the_past(world) {
        let midori = world.coordinator("midori").await;
        let family = world.a_family().await;
        let no = family.person.no;
        let before = page(&world, &midori, no).await;
        member::change_name(&world.env, &midori, no, &married(), before.revision).await.unwrap();
        let after = page(&world, &midori, no).await;
        assert_eq!((after.name.full().as_str(), after.name.reading().as_str()), ("髙﨑花子", "タカサキ ハナコ"));
        assert_eq!(after.revision, before.revision + 1);
        let change = after.history[0].change.as_ref().unwrap();
        assert_eq!(after.history[0].action, "change_name");
        assert_eq!(change.fields, [RecordField::FamilyName, RecordField::FamilyKana, RecordField::GivenKana]);
        assert_eq!(change.before, "木村 花子（カナ カナ）");
        assert_eq!(change.after, "髙﨑 花子（タカサキ ハナコ）");
        let account = world.text(&format!("SELECT name FROM account WHERE id = {}", family.person.actor.account)).await;
        assert_eq!(account, "髙﨑花子", "as the header shows it");
        for (words, found) in [("高崎", 1), ("タカサキ", 1), ("木村", 0)] {
            let list = member::list(&world.env, &midori, words, None, None).await.unwrap();
            assert_eq!(list.members.len(), found, "{words}");
        }
        assert_eq!(world.told(&family.person.actor, "会員情報を修正しました").await, 1);
        assert!(world.text("SELECT body FROM outbox").await.contains("髙﨑 花子（タカサキ ハナコ）"));
    }

    async fn a_name_that_cannot_be_read_is_told_at_once_and_the_same_again_writes_nothing(world) {
        let midori = world.coordinator("midori").await;
        let family = world.a_family().await;
        let no = family.person.no;
        let revision = page(&world, &midori, no).await.revision;
        let untouched = written(&world).await;
        let wrong = NameForm { given: "花".repeat(60), family_kana: "髙﨑".into(), ..NameForm::default() };
        let faults = invalid(member::change_name(&world.env, &midori, no, &wrong, revision).await);
        let fields: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(fields, ["family_name", "given_name", "family_kana", "given_kana"]);
        assert_eq!(written(&world).await, untouched);

        member::change_name(&world.env, &midori, no, &married(), revision).await.unwrap();
        let once = written(&world).await;
        member::change_name(&world.env, &midori, no, &married(), revision).await.unwrap();
        assert_eq!(written(&world).await, once, "sent twice");

        let other = NameForm { given: "華子".into(), ..married() };
        let colleague = world.coordinator("midori").await;
        let stale = member::change_name(&world.env, &colleague, no, &other, revision).await;
        let Err(Error::Stale { by, action }) = stale else { panic!("{stale:?}") };
        assert_eq!((by.as_str(), action.as_str()), ("midoriの担当", "change_name"));
        assert_eq!(written(&world).await, once);
    }

    async fn a_changed_contact_is_told_and_so_is_the_mail_address_it_was_before(world) {
        let midori = world.coordinator("midori").await;
        let family = world.a_family().await;
        let no = family.person.no;
        let own = ContactForm {
            postal: "226-0025".into(),
            town: "十日市場町".into(),
            address: no.0.to_string(),
            telephone: "045-000-0001".into(),
            mail: format!("m{}@example.jp", no.0),
        };
        let sent = async |to: &str| world.count(&format!("SELECT COUNT(*) FROM outbox WHERE to_mail = '{to}'")).await;
        let moved = ContactForm { telephone: "045-000-0009".into(), ..own.clone() };
        member::change_contact(&world.env, &midori, no, &moved, 1).await.unwrap();
        assert_eq!((world.told(&family.person.actor, "会員情報を修正しました").await, sent(&own.mail).await), (1, 1));
        assert!(world.text("SELECT body FROM notice").await.contains("直した項目 電話番号\n"));

        let moved = ContactForm { mail: "new@example.jp".into(), ..moved };
        let untold = written(&world).await;
        for _ in 0..2 {
            member::change_contact(&world.env, &midori, no, &moved, 2).await.unwrap();
        }
        assert_eq!(written(&world).await[1..3], [untold[1] + 1, untold[2] + 2], "once, in the inbox and to two addresses");
        assert_eq!((sent(&own.mail).await, sent("new@example.jp").await), (2, 1));
        let old = format!("SELECT body FROM outbox WHERE to_mail = '{}' ORDER BY id DESC LIMIT 1", own.mail);
        let old = world.text(&old).await;
        assert!(old.contains("このアドレスには届きません") && !old.contains("new@example.jp"), "{old}");
        // An address given up for none has nobody else to be told.
        let none = ContactForm { mail: String::new(), ..moved };
        member::change_contact(&world.env, &midori, no, &none, 3).await.unwrap();
        assert_eq!(sent("new@example.jp").await, 2);
    }

    async fn a_provider_is_renamed_too(world) {
        let midori = world.coordinator("midori").await;
        let provider = world.a_provider().await;
        member::change_name(&world.env, &midori, provider.no, &married(), 1).await.unwrap();
        assert_eq!(page(&world, &midori, provider.no).await.name.full(), "髙﨑花子");
    }

    async fn a_child_is_corrected_and_the_member_told(world) {
        let midori = world.coordinator("midori").await;
        let family = world.a_family().await;
        let form = ChildForm { name: "さくら".into(), kana: "ｻｸﾗ".into(), birth_date: "令和5年6月1日".into() };
        correct(&world, &midori, &family, family.sakura, &form).await.unwrap();
        let after = page(&world, &midori, family.person.no).await;
        let child = after.children.iter().find(|child| child.id == family.sakura).unwrap();
        assert_eq!((child.name.as_str(), child.kana.as_str()), ("さくら", "サクラ"));
        assert_eq!(child.birth_date, date("2023-06-01"));
        let change = after.history[0].change.as_ref().unwrap();
        assert_eq!(after.history[0].action, "change_child");
        assert_eq!(change.fields, [RecordField::ChildName, RecordField::ChildKana, RecordField::ChildBirth]);
        assert_eq!((change.before.as_str(), change.after.as_str()), ("2023-06-10", "2023-06-01"));
        assert_eq!(change.child, Some(family.sakura));
        assert_eq!(world.told(&family.person.actor, "会員情報を修正しました").await, 1);
        let mail = world.text("SELECT body FROM outbox").await;
        assert!(!mail.contains("さくら") && !mail.contains("2023") && !mail.contains("おためし券"), "{mail}");

        let once = written(&world).await;
        member::change_child(&world.env, &midori, family.person.no, family.sakura, &form, 1).await.unwrap();
        assert_eq!(written(&world).await, once, "sent twice");
        let other = ChildForm { name: "桜子".into(), ..form.clone() };
        let stale = member::change_child(&world.env, &midori, family.person.no, family.sakura, &other, 1).await;
        assert!(matches!(&stale, Err(Error::Stale { action, .. }) if action == "change_child"), "{stale:?}");
        let only_name = ChildForm { name: "桜".into(), ..form };
        correct(&world, &midori, &family, family.sakura, &only_name).await.unwrap();
        let change = page(&world, &midori, family.person.no).await.history[0].change.clone().unwrap();
        assert_eq!((change.fields, change.before), (vec![RecordField::ChildName], String::new()));
    }

    async fn what_is_wrong_with_a_child_is_told_at_once_at_the_childs_own_fields(world) {
        let midori = world.coordinator("midori").await;
        let family = world.a_family().await;
        let untouched = written(&world).await;
        let (child, field) = (family.sakura, |name: &str| format!("{name}[{}]", family.sakura));
        let empty = invalid(correct(&world, &midori, &family, child, &ChildForm::default()).await);
        let missing = || FieldFault::Input(InputFault::Missing);
        assert_eq!(empty, ["child_name", "child_kana", "child_birth"].map(|name| FieldError::new(field(name), missing())));
        for (birth, fault) in [
            ("2024-03-17", FieldFault::Future),
            ("2024-02-30", FieldFault::Input(InputFault::NoSuchDay)),
            ("むかし", FieldFault::Input(InputFault::NotADate)),
            ("2011-04-01", FieldFault::ChildNotEligible(vec!["桜".into()])),
        ] {
            let faults = invalid(correct(&world, &midori, &family, child, &sakura(birth)).await);
            assert_eq!(faults, [FieldError::new(field("child_birth"), fault)], "{birth}");
        }
        assert_eq!(written(&world).await, untouched);
    }

    async fn a_child_that_has_grown_up_keeps_its_birth_date(world) {
        let midori = world.coordinator("midori").await;
        let family = world.a_family().await;
        let ichiro = world.child(family.person.id, "一郎", "2010-05-05").await;
        let form = ChildForm { name: "一朗".into(), kana: "イチロウ".into(), birth_date: "2010-05-05".into() };
        correct(&world, &midori, &family, ichiro, &form).await.unwrap();
        assert_eq!(page(&world, &midori, family.person.no).await.children[0].name, "一朗");
    }

    async fn nobody_corrects_the_child_of_another_member_or_ward(world) {
        let midori = world.coordinator("midori").await;
        let family = world.a_family().await;
        let other = world.member("midori", MemberKind::User, "佐藤", "美咲").await;
        let foreign = world.member("aoba", MemberKind::User, "佐藤", "美咲").await;
        let untouched = written(&world).await;
        for no in [other.no, foreign.no, MemberNo(999)] {
            let form = sakura("2023-06-01");
            let refused = member::change_child(&world.env, &midori, no, family.sakura, &form, 1).await;
            assert!(matches!(refused, Err(Error::NotFound)), "{no}: {refused:?}");
        }
        for actor in [&world.coordinator("aoba").await, &world.hq().await, &family.person.actor] {
            let no = family.person.no;
            let child = member::change_child(&world.env, actor, no, family.sakura, &ChildForm::default(), 1).await;
            let name = member::change_name(&world.env, actor, no, &NameForm::default(), 1).await;
            assert!(matches!((&child, &name), (Err(Error::NotFound), Err(Error::NotFound))), "{}", actor.name);
        }
        assert_eq!(written(&world).await, untouched);
    }

    async fn issued_tickets_end_by_the_corrected_birth_date(world) {
        reference::seed(&world.env).await.unwrap();
        let midori = world.coordinator("midori").await;
        let family = world.a_family().await;
        coupon::issue(&world.env, &midori, family.sakura, true).await.unwrap();
        assert_eq!(tickets_end(&world, family.sakura).await, date("2025-06-30"));

        correct(&world, &midori, &family, family.sakura, &sakura("2023-08-10")).await.unwrap();
        assert_eq!(tickets_end(&world, family.sakura).await, date("2025-08-31"));
        let change = page(&world, &midori, family.person.no).await.history[0].change.clone().unwrap();
        assert_eq!(change.fields, [RecordField::ChildBirth, RecordField::CouponEnd]);
        let mail = world.text("SELECT body FROM notice WHERE subject = '会員情報を修正しました'").await;
        assert!(mail.contains("おためし券の期限は、2025年8月31日"), "{mail}");

        correct(&world, &midori, &family, family.sakura, &sakura("2023-08-11")).await.unwrap();
        let change = page(&world, &midori, family.person.no).await.history[0].change.clone().unwrap();
        assert_eq!(change.fields, [RecordField::ChildBirth], "the end of the same month");

        let untouched = written(&world).await;
        let refused = correct(&world, &midori, &family, family.sakura, &sakura("2023-03-31")).await;
        let stays = Refusal::CouponStays { born_from: date("2023-04-01") };
        assert!(matches!(&refused, Err(Error::Refused(why)) if *why == stays), "{refused:?}");
        assert_eq!(tickets_end(&world, family.sakura).await, date("2025-08-31"));
        assert_eq!(written(&world).await, untouched);
    }

    async fn a_used_ticket_stays_inside_its_book_and_a_registered_report_keeps_its_sum(world) {
        let case = Case::established(world).await;
        let (world, midori, family) = (&case.world, &case.coordinator, &case.family);
        // 桜 as a child who turned two in the month before the activity.
        db::execute(world.env.db.write(), "UPDATE child SET birth_date = '2023-04-20' WHERE given_name = '桜'", vec![])
            .await
            .unwrap();
        coupon::issue(&world.env, midori, family.sakura, true).await.unwrap();
        let no = case.submitted().await;
        case.approve(no, &[(family.sakura, "1")]).await.unwrap();
        let sums = |details: service::report::ReportDetails| (details.settlement, details.quote, details.content_hash);
        let registered = sums(case.details(no, &family.person.actor).await);
        // The newsletter's clock does not reach the tickets' end, so the activity is moved there.
        let end = at("2025-05-10T11:30").0;
        db::execute(world.env.db.write(), "UPDATE activity_report SET started_at = $1", vec![end.into()]).await.unwrap();

        correct(world, midori, family, family.sakura, &sakura("2023-04-10")).await.unwrap();
        assert_eq!(tickets_end(world, family.sakura).await, date("2025-05-10"), "not the end of April");
        assert_eq!(sums(case.details(no, &family.person.actor).await), registered);

        // What was returned holds nothing any more.
        let revision = case.revision(no).await;
        approval::reopen(&world.env, midori, no, revision, "時刻の誤り").await.unwrap();
        correct(world, midori, family, family.sakura, &sakura("2023-04-11")).await.unwrap();
        assert_eq!(tickets_end(world, family.sakura).await, date("2025-04-30"));
    }

    async fn the_sibling_order_of_a_registered_report_stays(world) {
        let case = Case::established(world).await;
        let no = case.submitted().await;
        let before = case.details(no, &case.family.person.actor).await;
        // Now 桜 is the elder.
        correct(&case.world, &case.coordinator, &case.family, case.family.sakura, &sakura("2018-06-10")).await.unwrap();
        let after = case.details(no, &case.family.person.actor).await;
        let fee = |details: &service::report::ReportDetails, child: i64| {
            details.children.iter().find(|part| part.child.id == child).unwrap().fee
        };
        for child in [case.family.taro, case.family.sakura] {
            assert_eq!(fee(&before, child), fee(&after, child));
        }
        assert_eq!(before.settlement, after.settlement);
        case.approve(no, &[]).await.unwrap();
    }

    async fn an_open_request_holds_the_childs_age(world) {
        let midori = world.coordinator("midori").await;
        let family = world.a_family().await;
        let provider = world.a_provider().await;
        let taro = |birth: &str| ChildForm { name: "太郎".into(), kana: "カナ".into(), birth_date: birth.into() };
        // Born so, 太郎 is not yet 57 days old on 2024-03-30.
        let newborn = taro("2024-02-10");
        for status in S::ALL {
            let no = world.a_case(&family, Some(&provider), *status).await;
            let result = correct(&world, &midori, &family, family.taro, &newborn).await;
            if *status == S::Draft || status.is_final() && *status != S::Completed {
                assert!(result.is_ok(), "{status:?}: {result:?}");
                correct(&world, &midori, &family, family.taro, &taro("2019-06-10")).await.unwrap();
            } else {
                let stops = Refusal::ChildOnRequest { child: "太郎".into(), requests: vec![no.to_string()] };
                assert!(matches!(&result, Err(Error::Refused(why)) if *why == stops), "{status:?}: {result:?}");
            }
            let ended = format!("UPDATE care_request SET status = 'withdrawn' WHERE request_no = {}", no.0);
            db::execute(world.env.db.write(), &ended, vec![]).await.unwrap();
        }

        // 完了 is the end once its report is approved, and not while that is open again.
        let no = world.a_case(&family, Some(&provider), S::Completed).await;
        world.a_report(no, &provider, "approved").await;
        correct(&world, &midori, &family, family.taro, &newborn).await.unwrap();
        correct(&world, &midori, &family, family.taro, &taro("2019-06-10")).await.unwrap();
        db::execute(world.env.db.write(), "UPDATE activity_report SET status = 'revision_requested'", vec![]).await.unwrap();
        let reopened = correct(&world, &midori, &family, family.taro, &newborn).await;
        assert!(matches!(reopened, Err(Error::Refused(Refusal::ChildOnRequest { .. }))), "{reopened:?}");
        assert!(correct(&world, &midori, &family, family.sakura, &sakura("2024-02-10")).await.is_ok(), "not on it");
    }

    async fn a_request_names_every_case_that_is_in_the_way(world) {
        let midori = world.coordinator("midori").await;
        let family = world.a_family().await;
        let first = world.a_case(&family, None, S::Submitted).await;
        let spec = CaseSpec { starts_at: at("2024-03-25T09:00"), ends_at: at("2024-03-25T10:00"), ..CaseSpec::default() };
        let second = world.case(&family, None, spec).await;
        let form = ChildForm { name: "太郎".into(), kana: "カナ".into(), birth_date: "2024-02-10".into() };
        let result = correct(&world, &midori, &family, family.taro, &form).await;
        let requests = vec![second.to_string(), first.to_string()];
        let stops = Refusal::ChildOnRequest { child: "太郎".into(), requests };
        assert!(matches!(&result, Err(Error::Refused(why)) if *why == stops), "{result:?}");
    }

    async fn two_corrections_at_once_leave_one_and_tell_the_other(world) {
        let midori = world.coordinator("midori").await;
        let family = world.a_family().await;
        let second = world.second_server().await;
        let (no, child) = (family.person.no, family.sakura);
        let (one, other) = (sakura("2023-06-01"), sakura("2023-06-02"));
        let (first, last) = tokio::join!(
            member::change_child(&world.env, &midori, no, child, &one, 1),
            member::change_child(&second, &midori, no, child, &other, 1),
        );
        let late = if first.is_ok() { last } else { first };
        assert!(matches!(late, Err(Error::Stale { .. })), "{late:?}");
        assert_eq!(world.count("SELECT COUNT(*) FROM event WHERE action = 'change_child'").await, 1);
    }

    async fn a_correction_waits_for_the_request_that_is_being_written(world) {
        use service::request::form::held_children;
        let midori = world.coordinator("midori").await;
        let family = world.a_family().await;
        let writing = world.env.db.begin().await.unwrap();
        assert_eq!(held_children(&writing, family.person.id).await.unwrap().len(), 2);
        let second = world.second_server().await;
        let (no, child) = (family.person.no, family.sakura);
        let correcting = tokio::spawn(async move {
            member::change_child(&second, &midori, no, child, &sakura("2023-06-01"), 1).await
        });
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        assert!(!correcting.is_finished(), "the child is held");
        writing.commit().await.unwrap();
        correcting.await.unwrap().unwrap();
    }
}
