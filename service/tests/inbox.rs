//! 受信メール: one's own messages only, the latest first, unread until opened by a step of one's own.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test ends where it fails")]

mod support;

use domain::actor::Channel;
use service::notice::{Link, Message, notify_coordinators, notify_member};
use service::{Error, approval, db, inbox, receipt, report};
use support::reported::Case;
use support::{Person, World};

async fn notify(world: &World, person: &Person, subject: &str) {
    let message = Message { subject: subject.into(), body: "本文".into(), link: Link::Coupons };
    let tx = world.env.db.begin().await.unwrap();
    notify_member(&tx, world.env.clock.now(), world.env.clock.real_now(), person.id, &message).await.unwrap();
    tx.commit().await.unwrap();
}

both_databases! {
    async fn messages_stay_unread_until_they_are_marked(world) {
        let family = world.a_family().await.person;
        notify(&world, &family, "一通目").await;
        notify(&world, &family, "二通目").await;
        let page = inbox::list(&world.env, &family.actor, None).await.unwrap();
        assert_eq!((page.unread, page.next), (2, None));
        assert_eq!(page.messages.iter().map(|mail| mail.subject.as_str()).collect::<Vec<_>>(), ["二通目", "一通目"]);
        let id = page.messages[0].id;
        let opened = inbox::details(&world.env, &family.actor, id).await.unwrap();
        assert_eq!((opened.body.as_str(), opened.link, opened.summary.unread), ("本文", Link::Coupons, true));
        assert_eq!(inbox::unread(&world.env, &family.actor).await.unwrap(), 2, "looking marks nothing");
        inbox::mark_read(&world.env, &family.actor, id).await.unwrap();
        inbox::mark_read(&world.env, &family.actor, id).await.unwrap();
        let page = inbox::list(&world.env, &family.actor, None).await.unwrap();
        assert_eq!(page.messages.iter().map(|mail| mail.unread).collect::<Vec<_>>(), [false, true]);
        assert_eq!(page.unread, 1);
    }

    async fn nobody_opens_or_marks_anothers_message(world) {
        let family = world.a_family().await.person;
        let stranger = world.a_provider().await;
        notify(&world, &family, "一通目").await;
        let id = inbox::list(&world.env, &family.actor, None).await.unwrap().messages[0].id;
        assert!(matches!(inbox::details(&world.env, &stranger.actor, id).await, Err(Error::NotFound)));
        assert!(matches!(inbox::mark_read(&world.env, &stranger.actor, id).await, Err(Error::NotFound)));
        assert!(inbox::list(&world.env, &stranger.actor, None).await.unwrap().messages.is_empty());
        assert_eq!(inbox::unread(&world.env, &family.actor).await.unwrap(), 1);
    }

    async fn all_are_marked_up_to_the_newest_one_seen_and_nobody_elses(world) {
        let (family, stranger) = (world.a_family().await.person, world.a_provider().await);
        for subject in ["一通目", "二通目"] {
            notify(&world, &family, subject).await;
            notify(&world, &stranger, subject).await;
        }
        let newest = inbox::list(&world.env, &family.actor, None).await.unwrap().messages[0].id;
        notify(&world, &family, "見る前に届いた三通目").await;
        inbox::mark_all_read(&world.env, &family.actor, newest).await.unwrap();
        inbox::mark_all_read(&world.env, &family.actor, newest).await.unwrap();
        let left = inbox::list(&world.env, &family.actor, None).await.unwrap();
        let unread: Vec<&str> = left.messages.iter().filter(|mail| mail.unread).map(|mail| mail.subject.as_str()).collect();
        assert_eq!((left.unread, unread), (1, vec!["見る前に届いた三通目"]));
        assert_eq!(inbox::unread(&world.env, &stranger.actor).await.unwrap(), 2);
    }

    async fn a_long_inbox_pages_by_key(world) {
        let midori = world.coordinator("midori").await;
        for no in 0..120 {
            let message = Message { subject: format!("{no}"), body: String::new(), link: Link::Nothing };
            let tx = world.env.db.begin().await.unwrap();
            notify_coordinators(&tx, world.env.clock.now(), world.env.clock.real_now(), "midori", &message).await.unwrap();
            tx.commit().await.unwrap();
        }
        let mut seen = Vec::new();
        let mut after = None;
        loop {
            let page = inbox::list(&world.env, &midori, after).await.unwrap();
            seen.extend(page.messages.into_iter().map(|mail| mail.subject));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(seen, (0..120).rev().map(|no| no.to_string()).collect::<Vec<_>>());
    }

    async fn messages_stand_by_the_time_they_were_sent(world) {
        let family = world.a_family().await.person;
        let now = world.env.clock.now();
        // As the demo writes them: not in the order in which they were sent, and two of one moment.
        for (no, days) in [-3_i64, -1, -2, -2].into_iter().enumerate() {
            let message = Message { subject: format!("{no}"), body: String::new(), link: Link::Nothing };
            let tx = world.env.db.begin().await.unwrap();
            notify_member(&tx, now.plus_days(days), world.env.clock.real_now(), family.id, &message).await.unwrap();
            tx.commit().await.unwrap();
        }
        let page = inbox::list(&world.env, &family.actor, None).await.unwrap();
        let subjects = |page: &inbox::InboxPage| page.messages.iter().map(|mail| mail.subject.clone()).collect::<Vec<_>>();
        assert_eq!(subjects(&page), ["1", "3", "2", "0"]);
        let later = inbox::list(&world.env, &family.actor, Some(page.messages[1].id)).await.unwrap();
        assert_eq!(subjects(&later), ["2", "0"]);
        let stranger = world.a_provider().await;
        let foreign = inbox::list(&world.env, &stranger.actor, Some(page.messages[1].id)).await.unwrap();
        assert!(foreign.messages.is_empty());
    }

    async fn the_branch_gets_one_mail_however_many_work_there_and_none_without_an_address(world) {
        let (_, _) = (world.coordinator("midori").await, world.coordinator("midori").await);
        let remind = async || {
            let message = Message { subject: "新しい依頼".into(), body: "本文".into(), link: Link::Nothing };
            let tx = world.env.db.begin().await.unwrap();
            notify_coordinators(&tx, world.env.clock.now(), world.env.clock.real_now(), "midori", &message).await.unwrap();
            tx.commit().await.unwrap();
        };
        let mails = "SELECT COUNT(*) FROM outbox o JOIN notice n ON n.id = o.notice_id WHERE o.to_mail = 'midori@example.jp'";
        db::execute(world.env.db.write(), "UPDATE ward SET mail = ''", vec![]).await.unwrap();
        remind().await;
        assert_eq!(world.count("SELECT COUNT(*) FROM outbox").await, 0);
        db::execute(world.env.db.write(), "UPDATE ward SET mail = 'midori@example.jp' WHERE code = 'midori'", vec![]).await.unwrap();
        remind().await;
        assert_eq!((world.count(mails).await, world.count("SELECT COUNT(*) FROM outbox").await), (1, 1));
        assert_eq!(world.count("SELECT COUNT(*) FROM notice").await, 4, "each of the two finds both in 受信メール");
    }

    async fn a_member_hears_of_what_the_branch_did_with_a_report_in_her_name(world) {
        let case = Case::established(world).await;
        let (env, desk) = (&case.world.env, &case.coordinator);
        let no = report::save(env, desk, None, &case.form(), "", Channel::Paper).await.unwrap();
        let submit = async || {
            let revision = case.revision(no).await;
            report::submit(env, desk, no, revision, Channel::Paper).await.unwrap();
        };
        submit().await;
        report::pull_back(env, desk, no, case.revision(no).await, Channel::Phone).await.unwrap();
        submit().await;
        let form = approval::ApprovalForm { evidence: "署名した書面".into(), ..case.approval_form(no, &[]).await };
        approval::approve(env, desk, no, &form, Channel::Paper).await.unwrap();
        receipt::receive(env, desk, no, case.revision(no).await, "cash", Channel::Phone).await.unwrap();
        receipt::undo_receipt(env, desk, no, case.revision(no).await, Channel::Phone).await.unwrap();
        approval::reopen(env, desk, no, case.revision(no).await, "時刻の間違い").await.unwrap();
        report::void(env, desk, no, case.revision(no).await, "間違い", Channel::Counter).await.unwrap();
        let (family, provider) = (&case.family.person.actor, &case.provider.actor);
        for (person, step, times) in [
            (provider, "登録", 2),
            (provider, "登録の取り戻し", 1),
            (family, "承認", 1),
            (provider, "報酬受領", 1),
            (provider, "受領の取り消し", 1),
            (provider, "取消", 1),
            (family, "登録", 0),
            (provider, "承認", 0),
        ] {
            let subject = format!("支部が代わりに「{step}」をしました");
            assert_eq!(case.world.notified(person, &subject).await, times, "{step}");
        }
    }

    async fn of_ones_own_steps_nobody_is_notified_that_the_branch_did_them(world) {
        let case = Case::established(world).await;
        case.received().await;
        assert_eq!(case.world.count("SELECT COUNT(*) FROM notice WHERE subject LIKE '支部が代わりに%'").await, 0);
    }
}
