//! 会員情報修正: a member's name and a child's record, corrected by the branch, with everything that hangs on them.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test ends where it fails")]

mod support;

use domain::actor::{Actor, Channel, MemberKind};
use domain::event::Action;
use domain::fault::{FieldError, FieldFault};
use domain::id::ChildId;
use domain::input::InputFault;
use domain::member::RecordField;
use domain::number::{MemberNo, ReportNo};
use domain::refusal::Refusal;
use domain::report_form::ReportForm;
use domain::request::CoordinationStatus as S;
use service::member::{self, ChildForm, ContactForm, MemberDetails, NameForm};
use service::{Error, Result, approval, coupon, db, reference, report};
use support::case::CaseSpec;
use support::reported::{Case, form_for, request};
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
async fn correct(world: &World, actor: &Actor, family: &Family, child: ChildId, form: &ChildForm) -> Result<()> {
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
async fn tickets_end(world: &World, child: ChildId) -> domain::time::Date {
    let sql = "SELECT expires_on FROM trial_coupon WHERE child_id = $1";
    db::scalar(world.env.db.read(), sql, vec![child.into()]).await.unwrap().unwrap()
}

/// 太郎's and 桜's drafts for the same two hours with the same provider: the case, 太郎's and 桜's report.
async fn side_by_side(world: World) -> (Case, ReportNo, ReportNo) {
    let case = Case::established(world).await;
    let (taro, sakura) = (case.family.taro, case.family.sakura);
    let hours = ("2024-03-30T11:30", "2024-03-30T13:30");
    let beside = request(&case.world, &case.family.person, &case.provider, hours, &[sakura]).await;
    let elder = case.draft(&ReportForm { children: vec![taro.to_string()], ..case.form() }).await;
    let younger = case.draft(&form_for(beside, hours.0, hours.1, &[sakura])).await;
    (case, elder, younger)
}

async fn submit(case: &Case, no: ReportNo) -> Result<()> {
    report::submit(&case.world.env, &case.provider.actor, no, case.revision(no).await, Channel::Web).await
}

async fn fees(case: &Case, numbers: [ReportNo; 2]) -> [i64; 2] {
    let fee = async |no| case.details(no, &case.provider.actor).await.settlement.fee;
    [fee(numbers[0]).await, fee(numbers[1]).await]
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
        let change = changed(&after.history[0].event);
        assert_eq!(after.history[0].event.action().key(), "change_name");
        assert_eq!(change.fields, [RecordField::FamilyName, RecordField::FamilyKana, RecordField::GivenKana]);
        assert_eq!(change.before, "木村 花子（カナ カナ）");
        assert_eq!(change.after, "髙﨑 花子（タカサキ ハナコ）");
        let account = world.text(&format!("SELECT name FROM account WHERE id = {}", family.person.actor.account)).await;
        assert_eq!(account, "髙﨑花子", "as the header shows it");
        for (words, found) in [("高崎", 1), ("タカサキ", 1), ("木村", 0)] {
            let list = member::list(&world.env, &midori, words, None, None).await.unwrap();
            assert_eq!(list.members.len(), found, "{words}");
        }
        assert_eq!(world.notified(&family.person.actor, "会員情報を修正しました（氏名）").await, 1);
        assert!(world.text("SELECT body FROM outbox").await.contains("髙﨑 花子（タカサキ ハナコ）"));
    }

    async fn a_name_that_cannot_be_read_is_named_at_once_and_the_same_again_writes_nothing(world) {
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
        assert_eq!((by.as_str(), action.unwrap().key()), ("midoriの担当", "change_name"));
        assert_eq!(written(&world).await, once);
    }

    async fn a_changed_contact_is_notified_and_so_is_the_mail_address_it_was_before(world) {
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
        assert_eq!((world.notified(&family.person.actor, "会員情報を修正しました（連絡先）").await, sent(&own.mail).await), (1, 1));
        assert!(world.text("SELECT body FROM notice").await.contains("直した項目 電話番号\n"));

        let moved = ContactForm { mail: "new@example.jp".into(), ..moved };
        let before = written(&world).await;
        for _ in 0..2 {
            member::change_contact(&world.env, &midori, no, &moved, 2).await.unwrap();
        }
        assert_eq!(written(&world).await[1..3], [before[1] + 1, before[2] + 2], "once, in the inbox and to two addresses");
        assert_eq!((sent(&own.mail).await, sent("new@example.jp").await), (2, 1));
        let old = format!("SELECT body FROM outbox WHERE to_mail = '{}' ORDER BY id DESC LIMIT 1", own.mail);
        let old = world.text(&old).await;
        assert!(old.contains("このアドレスには届きません") && !old.contains("new@example.jp"), "{old}");
        // An address given up for none has nobody else to be notified.
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

    async fn a_child_is_corrected_and_the_member_notified(world) {
        let midori = world.coordinator("midori").await;
        let family = world.a_family().await;
        let form = ChildForm { name: "さくら".into(), kana: "ｻｸﾗ".into(), birth_date: "令和5年6月1日".into() };
        correct(&world, &midori, &family, family.sakura, &form).await.unwrap();
        let after = page(&world, &midori, family.person.no).await;
        let child = after.children.iter().find(|child| child.id == family.sakura).unwrap();
        assert_eq!((child.name.as_str(), child.kana.as_str()), ("さくら", "サクラ"));
        assert_eq!(child.birth_date, date("2023-06-01"));
        let change = changed(&after.history[0].event);
        assert_eq!(after.history[0].event.action().key(), "change_child");
        assert_eq!(change.fields, [RecordField::ChildName, RecordField::ChildKana, RecordField::ChildBirth]);
        assert_eq!((change.before.as_str(), change.after.as_str()), ("2023-06-10", "2023-06-01"));
        assert_eq!(change.child, Some(family.sakura));
        assert_eq!(world.notified(&family.person.actor, "会員情報を修正しました（お子さん）").await, 1);
        let mail = world.text("SELECT body FROM outbox").await;
        assert!(!mail.contains("さくら") && !mail.contains("2023") && !mail.contains("おためし券"), "{mail}");

        let once = written(&world).await;
        member::change_child(&world.env, &midori, family.person.no, family.sakura, &form, 1).await.unwrap();
        assert_eq!(written(&world).await, once, "sent twice");
        let other = ChildForm { name: "桜子".into(), ..form.clone() };
        let stale = member::change_child(&world.env, &midori, family.person.no, family.sakura, &other, 1).await;
        assert!(matches!(&stale, Err(Error::Stale { action: Some(domain::event::Action::ChangeChild), .. })), "{stale:?}");
        let only_name = ChildForm { name: "桜".into(), ..form };
        correct(&world, &midori, &family, family.sakura, &only_name).await.unwrap();
        let change = changed(&page(&world, &midori, family.person.no).await.history[0].event).clone();
        assert_eq!((change.fields, change.before), (vec![RecordField::ChildName], String::new()));
    }

    async fn what_is_wrong_with_a_child_is_named_at_once_at_the_childs_own_fields(world) {
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
        coupon::issue(&world.env, &midori, family.sakura, service::coupon::Confirmed { documents: true, other_child: false }).await.unwrap();
        assert_eq!(tickets_end(&world, family.sakura).await, date("2025-06-30"));

        correct(&world, &midori, &family, family.sakura, &sakura("2023-08-10")).await.unwrap();
        assert_eq!(tickets_end(&world, family.sakura).await, date("2025-08-31"));
        let change = changed(&page(&world, &midori, family.person.no).await.history[0].event).clone();
        assert_eq!(change.fields, [RecordField::ChildBirth, RecordField::CouponEnd]);
        let mail = world.text("SELECT body FROM notice WHERE subject = '会員情報を修正しました（お子さん）'").await;
        assert!(mail.contains("おためし券の期限は、2025年8月31日"), "{mail}");

        correct(&world, &midori, &family, family.sakura, &sakura("2023-08-11")).await.unwrap();
        let change = changed(&page(&world, &midori, family.person.no).await.history[0].event).clone();
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
        coupon::issue(&world.env, midori, family.sakura, service::coupon::Confirmed { documents: true, other_child: false }).await.unwrap();
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

    async fn what_awaits_approval_is_charged_by_the_corrected_order(world) {
        let case = Case::established(world).await;
        let (env, family) = (&case.world.env, &case.family.person.actor);
        let no = case.submitted().await;
        let before = case.details(no, family).await;
        let seen = case.approval_form(no, &[]).await;
        correct(&case.world, &case.coordinator, &case.family, case.family.sakura, &sakura("2023-06-09")).await.unwrap();
        assert_eq!(case.revision(no).await, before.revision, "the order is the same");
        // Now 桜 is the elder: the same yen together, others of each child.
        correct(&case.world, &case.coordinator, &case.family, case.family.sakura, &sakura("2018-06-10")).await.unwrap();
        let after = case.details(no, family).await;
        let fee = |details: &service::report::ReportDetails, child: ChildId| {
            details.children.iter().find(|part| part.child.id == child).unwrap().fee
        };
        let fees = |details| [case.family.taro, case.family.sakura].map(|child| fee(details, child));
        assert_eq!((fees(&before), fees(&after)), ([1200, 600], [600, 1200]));
        assert_eq!(before.settlement, after.settlement);
        for person in [family, &case.provider.actor] {
            assert_eq!(case.world.notified(person, &format!("援助活動報告書 {no} の内訳が変わりました")).await, 1);
        }
        let body = case.world.text("SELECT body FROM notice WHERE subject LIKE '%内訳が変わりました'").await;
        assert!(body.starts_with("支部がお子さんの生年月日を直したため、") && body.contains("利用料：1,800円のまま"), "{body}");
        let key = Action::Recalculate.key();
        let detail = case.world.text(&format!("SELECT detail FROM event WHERE action = '{key}'")).await;
        assert!(detail.contains(r#""because":"birth_date""#), "{detail}");
        let late = approval::approve(env, family, no, &seen, Channel::Web).await;
        assert!(matches!(late, Err(Error::Refused(Refusal::ChangedSinceSeen))), "{late:?}");

        case.approve(no, &[]).await.unwrap();
        let approved = case.details(no, family).await;
        correct(&case.world, &case.coordinator, &case.family, case.family.sakura, &sakura("2023-06-10")).await.unwrap();
        let stays = case.details(no, family).await;
        assert_eq!((stays.quote, stays.content_hash), (approved.quote, approved.content_hash), "what is approved stays");
    }

    async fn reports_side_by_side_change_places_with_the_corrected_order(world) {
        let (case, elder, younger) = side_by_side(world).await;
        for no in [elder, younger] {
            submit(&case, no).await.unwrap();
        }
        assert_eq!(fees(&case, [elder, younger]).await, [1200, 600]);
        for (birth, expected) in [("2018-06-10", [600, 1200]), ("2023-06-10", [1200, 600])] {
            correct(&case.world, &case.coordinator, &case.family, case.family.sakura, &sakura(birth)).await.unwrap();
            assert_eq!(fees(&case, [elder, younger]).await, expected, "born {birth}");
        }
        let subject = format!("援助活動報告書 {elder} の金額が変わりました");
        assert_eq!(case.world.notified(&case.family.person.actor, &subject).await, 2, "once of each correction");
        let count = "SELECT COUNT(*) FROM notice WHERE subject LIKE '%変わりました' AND body NOT LIKE '%生年月日%'";
        assert_eq!(case.world.count(count).await, 0);

        // One that is being fixed is charged at its next 登録; the one beside it yields at once.
        let (env, revision) = (&case.world.env, case.revision(younger).await);
        let family = &case.family.person.actor;
        approval::request_revision(env, family, younger, revision, "備考を直してください", Channel::Web).await.unwrap();
        correct(&case.world, &case.coordinator, &case.family, case.family.sakura, &sakura("2018-06-10")).await.unwrap();
        submit(&case, younger).await.unwrap();
        assert_eq!(fees(&case, [elder, younger]).await, [600, 1200]);
    }

    async fn a_correction_beside_registrations_leaves_one_full_price(world) {
        let (case, elder, younger) = side_by_side(world).await;
        let second = case.world.second_server().await;
        for round in 0..8 {
            // In every other round the younger child's report is registered already.
            let first = if round % 2 == 0 { Some(submit(&case, younger).await) } else { None };
            assert!(first.is_none_or(|result| result.is_ok()));
            let revision = page(&case.world, &case.coordinator, case.family.person.no).await.revision;
            let (birth, expected) =
                if round % 4 < 2 { ("2018-06-10", [600, 1200]) } else { ("2023-06-10", [1200, 600]) };
            let form = sakura(birth);
            let (corrected, one, other) = tokio::join!(
                member::change_child(&second, &case.coordinator, case.family.person.no, case.family.sakura, &form, revision),
                submit(&case, elder),
                async { if round % 2 == 0 { Ok(()) } else { submit(&case, younger).await } },
            );
            assert!(matches!((&corrected, &one, &other), (Ok(()), Ok(()), Ok(()))), "{corrected:?} {one:?} {other:?}");
            assert_eq!(fees(&case, [elder, younger]).await, expected, "round {round}");
            for no in [elder, younger] {
                let (env, revision) = (&case.world.env, case.revision(no).await);
                report::pull_back(env, &case.provider.actor, no, revision, Channel::Web).await.unwrap();
            }
        }
    }

    async fn a_registration_waits_for_the_birth_date_that_is_being_corrected(world) {
        let case = Case::established(world).await;
        let no = case.draft(&case.form()).await;
        let revision = case.revision(no).await;
        let correcting = case.world.env.db.begin().await.unwrap();
        let sql = "UPDATE child SET birth_date = '2018-06-10' WHERE id = $1";
        db::execute(&correcting, sql, vec![case.family.sakura.into()]).await.unwrap();
        let (second, provider) = (case.world.second_server().await, case.provider.actor.clone());
        let registering = tokio::spawn(async move { report::submit(&second, &provider, no, revision, Channel::Web).await });
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        assert!(!registering.is_finished(), "the order of the children is not yet known");
        correcting.commit().await.unwrap();
        registering.await.unwrap().unwrap();
        let quote = case.details(no, &case.provider.actor).await.quote.unwrap();
        assert_eq!([case.family.taro, case.family.sakura].map(|child| quote.child_fee(child)), [600, 1200]);
    }

    async fn a_correction_begins_again_when_a_report_came_while_it_waited(world) {
        let case = Case::established(world).await;
        let no = case.submitted().await;
        // The report is there and not yet registered, as another server would see it.
        let set = "UPDATE activity_report SET status = $1";
        db::execute(case.world.env.db.write(), set, vec!["draft".into()]).await.unwrap();
        let registering = case.world.env.db.begin().await.unwrap();
        service::request::form::held_children(&registering, case.family.person.id).await.unwrap();
        let second = case.world.second_server().await;
        let (member, child, desk) = (case.family.person.no, case.family.sakura, case.coordinator.clone());
        let correcting = tokio::spawn(async move {
            member::change_child(&second, &desk, member, child, &sakura("2018-06-10"), 1).await
        });
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        assert!(!correcting.is_finished(), "the child is held");
        db::execute(&registering, set, vec!["awaiting_approval".into()]).await.unwrap();
        registering.commit().await.unwrap();
        correcting.await.unwrap().unwrap();
        let quote = case.details(no, &case.provider.actor).await.quote.unwrap();
        assert_eq!([case.family.taro, case.family.sakura].map(|child| quote.child_fee(child)), [600, 1200]);
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

    async fn two_corrections_at_once_leave_one_and_name_it_to_the_other(world) {
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
        assert_eq!(world.events(Action::ChangeChild).await, 1);
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
        // The correction holds the member and waits for the child; the request that refers to the member still goes in.
        let sql = "INSERT INTO care_request (request_no, ward, member_id, status, care_kind, care_place, starts_at, \
                   ends_at, place_detail, notes, channel, children_count, requested_at, updated_at, revision) \
                   VALUES (99, 'midori', $1, 'submitted', 'care', 'provider_home', 0, 1, '', '', 'web', 0, 0, 0, 1)";
        db::execute(&writing, sql, vec![family.person.id.into()]).await.unwrap();
        writing.commit().await.unwrap();
        correcting.await.unwrap().unwrap();
    }
}

/// What a correction changed, as the history keeps it.
fn changed(event: &domain::event::Event) -> &domain::event::Change {
    use domain::event::Event as E;
    let (E::ChangeName(change) | E::ChangeContact(change) | E::ChangeChild(change)) = event else {
        panic!("{event:?}")
    };
    change
}
