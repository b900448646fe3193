//! The pre-meeting and the 事前打合せ情報: who writes, who reads, what is kept.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test ends where it fails")]

mod support;

use domain::actor::{Channel, MemberKind};
use domain::event::Action;
use domain::fault::{FieldError, FieldFault};
use domain::refusal::Refusal;
use domain::request::CoordinationStatus as S;
use service::coordination::{self, Asked, Outcome};
use service::meeting::{self, MeetingForm, SheetReader};
use service::{Error, history};
use support::case::CaseSpec;
use support::{Family, at, invalid};

fn form(date: &str, time: &str, place: &str) -> MeetingForm {
    MeetingForm { meeting_date: date.into(), meeting_time: time.into(), meeting_place: place.into() }
}

fn sheet(family: &Family, allergies: &str) -> Vec<(String, String)> {
    [
        ("first_phone".to_owned(), "090-0000-0001"),
        ("emergency_contact".to_owned(), "祖母 045-000-0002"),
        (format!("illness-{}", family.taro), "なし"),
        (format!("allergies-{}", family.taro), allergies),
    ]
    .map(|(key, value)| (key, value.to_owned()))
    .into()
}

both_databases! {
    async fn a_meeting_on_a_day_the_branch_is_closed_is_said_to_be_one(world) {
        let (family, provider) = (world.a_family().await, world.a_provider().await);
        let no = world.a_case(&family, Some(&provider), S::ProviderFound).await;
        let asked = || Asked { seen: None, channel: Channel::Web };
        let set = async |day: &str| {
            meeting::schedule(&world.env, &family.person.actor, no, asked(), &form(day, "10:00", "いっぽ")).await.unwrap();
            meeting::closed_branch(&world.env, &family.person.actor, no).await.unwrap()
        };
        assert_eq!(set("2024-03-21").await, None, "a Thursday");
        assert_eq!(set("2024-03-24").await.as_deref(), Some("緑区支部"), "a Sunday");
        let notices = "SELECT body FROM notice ORDER BY id DESC LIMIT 1";
        assert!(world.text(notices).await.contains("緑区支部の休みの日"));
        let stranger = world.member("midori", MemberKind::User, "佐藤", "美咲").await;
        let hidden = meeting::closed_branch(&world.env, &stranger.actor, no).await;
        assert!(matches!(hidden, Err(Error::NotFound)));
    }

    async fn each_side_sets_and_moves_the_meeting(world) {
        let env = &world.env;
        let (family, provider, desk) = (world.a_family().await, world.a_provider().await, world.coordinator("midori").await);
        let no = world.a_case(&family, Some(&provider), S::ProviderFound).await;
        let steps = [
            (&family.person.actor, form("2024-03-20", "9:00", "いっぽ")),
            (&provider.actor, form("2024-03-21", "9:00", "いっぽ")),
            (&desk, form("2024-03-21", "10:00", "いっぽ")),
        ];
        for (revision, (actor, form)) in (1_i64..).zip(&steps) {
            let asked = Asked::seen(revision);
            let asked = if actor.coordinator_ward().is_some() { asked.by(Channel::Phone) } else { asked };
            let done = meeting::schedule(env, actor, no, asked, form).await.unwrap();
            assert_eq!(done, Outcome::Executed);
            let again = meeting::schedule(env, actor, no, asked, form).await.unwrap();
            assert_eq!(again, Outcome::AlreadyApplied);
        }
        let stale = meeting::schedule(env, &provider.actor, no, Asked::seen(1), &form("2024-03-22", "9:00", "x")).await;
        let Err(Error::Stale { by, .. }) = stale else { panic!("{stale:?}") };
        assert_eq!(by, "midoriの担当");
        let stale = meeting::schedule(env, &desk, no, Asked::seen(1).by(Channel::Phone), &form("2024-03-22", "9:00", "x")).await;
        assert!(matches!(stale, Err(Error::Stale { .. })));
        assert_eq!(world.notified(&provider.actor, "事前打合せの日時が変わりました").await, 2);
        // The meeting is what the notice is about: its day comes before the day of the care, in the inbox and by mail.
        for table in ["notice", "outbox"] {
            for subject in ["事前打合せの日時が決まりました", "事前打合せの日時が変わりました"] {
                let body = world.text(&format!("SELECT body FROM {table} WHERE subject LIKE '%{subject}%' ORDER BY id LIMIT 1")).await;
                let (meeting, care) = (body.find("事前打合せ日 3月2"), body.find("援助の日時 "));
                assert!(meeting.is_some() && care.is_some() && meeting < care, "{table}: {body}");
                assert_eq!(body.find("月"), meeting.map(|at| at + "事前打合せ日 3".len()), "no other day before it: {body}");
            }
        }
        assert_eq!(coordination::provider_case(env, &provider.actor, no).await.unwrap().family.unwrap().meeting_at, Some(at("2024-03-21T10:00")));
    }

    async fn the_registered_telephone_is_not_asked_again(world) {
        let env = &world.env;
        let (family, provider) = (world.a_family().await, world.a_provider().await);
        let no = world.a_case(&family, Some(&provider), S::MeetingScheduled).await;
        let telephone = world.text(&format!("SELECT telephone FROM member WHERE id = {}", family.person.id)).await;
        let fresh = meeting::read_sheet(env, &family.person.actor, no).await.unwrap();
        assert_eq!((fresh.revision, fresh.suggested), (0, false));
        assert_eq!(fresh.answers.get("first_phone"), Some(&telephone));
        assert!(fresh.missing.contains(&"emergency_contact".to_owned()) && !fresh.missing.contains(&"first_phone".to_owned()));
    }

    async fn a_sheet_that_the_provider_relies_on_stays_complete(world) {
        let env = &world.env;
        let (family, provider, desk) = (world.a_family().await, world.a_provider().await, world.coordinator("midori").await);
        let agreed = world.a_case(&family, Some(&provider), S::Established).await;
        world.a_sheet(agreed, &family, true).await;
        let emptied = |key: &str| {
            let mut fields = sheet(&family, "卵・牛乳");
            fields.retain(|(name, _)| name != key);
            fields
        };
        let illness = format!("illness-{}", family.taro);
        for (actor, channel) in [(&family.person.actor, Channel::Web), (&desk, Channel::Phone)] {
            for key in ["first_phone", illness.as_str()] {
                let gap = meeting::save_sheet(env, actor, agreed, 1, channel, &emptied(key)).await;
                assert_eq!(invalid(gap), [FieldError::new(key, FieldFault::Missing)]);
            }
        }
        assert_eq!(world.count("SELECT revision FROM pre_meeting_sheet").await, 1);
        meeting::save_sheet(env, &family.person.actor, agreed, 1, Channel::Web, &sheet(&family, "卵・牛乳")).await.unwrap();
        let before = world.a_case(&family, Some(&provider), S::MeetingScheduled).await;
        meeting::save_sheet(env, &family.person.actor, before, 0, Channel::Web, &emptied("first_phone")).await.unwrap();
    }

    async fn members_do_not_learn_each_others_names_from_a_stale_page(world) {
        let env = &world.env;
        let (family, provider) = (world.a_family().await, world.a_provider().await);
        let no = world.a_case(&family, Some(&provider), S::ProviderFound).await;
        meeting::schedule(env, &provider.actor, no, Asked::seen(1), &form("2024-03-20", "9:00", "いっぽ")).await.unwrap();
        let stale = meeting::schedule(env, &family.person.actor, no, Asked::seen(1), &form("2024-03-21", "9:00", "いっぽ")).await;
        let Err(Error::Stale { by, .. }) = stale else { panic!("{stale:?}") };
        assert_eq!(by, "お相手の会員");
    }

    async fn all_faults_of_the_form_come_at_once(world) {
        let env = &world.env;
        let (family, provider, desk) = (world.a_family().await, world.a_provider().await, world.coordinator("midori").await);
        let no = world.a_case(&family, Some(&provider), S::ProviderFound).await;
        let result = meeting::schedule(env, &desk, no, Asked::seen(1), &form("あした", "25:00", "\u{3000}")).await;
        let Err(Error::Invalid(fields)) = result else { panic!("{result:?}") };
        let names: Vec<&str> = fields.iter().map(|field| field.field.as_str()).collect();
        assert_eq!(names, ["meeting_date", "meeting_time", "meeting_place", "channel"]);
        let after = meeting::schedule(env, &desk, no, Asked::seen(1).by(Channel::Phone), &form("2024-03-30", "11:30", "x")).await;
        assert!(matches!(after, Err(Error::Invalid(fields)) if fields[0].fault == FieldFault::MeetingAfterActivity));
        let past = meeting::schedule(env, &family.person.actor, no, Asked::seen(1), &form("2024-03-15", "9:00", "x")).await;
        assert!(matches!(past, Err(Error::Invalid(fields)) if fields[0].fault == FieldFault::Past));
        for channel in [Channel::Web, Channel::Job] {
            let unsaid = meeting::schedule(env, &desk, no, Asked::seen(1).by(channel), &form("2024-03-15", "9:00", "x")).await;
            assert_eq!(invalid(unsaid), [FieldError::new("channel", FieldFault::Missing)], "how it reached the branch");
        }
        meeting::schedule(env, &desk, no, Asked::seen(1).by(Channel::Phone), &form("2024-03-15", "9:00", "x")).await.unwrap();
    }

    async fn the_family_writes_from_the_meeting_on_and_every_version_is_kept(world) {
        let env = &world.env;
        let (family, provider, desk) = (world.a_family().await, world.a_provider().await, world.coordinator("midori").await);
        let user = &family.person.actor;
        for &status in S::ALL {
            let no = world.a_case(&family, Some(&provider), status).await;
            let saved = meeting::save_sheet(env, user, no, 0, Channel::Web, &sheet(&family, "卵")).await;
            if status.sheet_open() {
                assert_eq!(saved.unwrap(), Outcome::Executed, "{status:?}");
            } else {
                assert!(matches!(saved, Err(Error::Refused(Refusal::RequestMoved(now))) if now == status), "{status:?}");
            }
        }
        let no = world.a_case(&family, Some(&provider), S::MeetingScheduled).await;
        meeting::save_sheet(env, user, no, 0, Channel::Web, &sheet(&family, "")).await.unwrap();
        let view = meeting::read_sheet(env, user, no).await.unwrap();
        assert_eq!(view.missing, [format!("allergies-{}", family.taro)]);
        assert_eq!((view.reader, view.revision, view.editable), (SheetReader::Family, 1, true));
        let again = meeting::save_sheet(env, user, no, 0, Channel::Web, &sheet(&family, "")).await.unwrap();
        assert_eq!(again, Outcome::AlreadyApplied);
        let on_behalf = meeting::save_sheet(env, &desk, no, 1, Channel::Web, &sheet(&family, "卵")).await;
        assert!(matches!(on_behalf, Err(Error::Invalid(fields)) if fields[0].field == "channel"));
        meeting::save_sheet(env, &desk, no, 1, Channel::Paper, &sheet(&family, "卵")).await.unwrap();
        let stale = meeting::save_sheet(env, user, no, 1, Channel::Web, &sheet(&family, "小麦")).await;
        assert!(matches!(stale, Err(Error::Stale { by, .. }) if by == "midoriの担当"));
        let id = world.request_id(no).await;
        assert_eq!(world.count(&format!("SELECT COUNT(*) FROM sheet_version WHERE request_id = {id}")).await, 2);
        let mut wrong = sheet(&family, &"あ".repeat(501));
        wrong[0].1 = "とても大切な電話".into();
        let result = meeting::save_sheet(env, user, no, 2, Channel::Web, &wrong).await;
        let Err(Error::Invalid(fields)) = result else { panic!("{result:?}") };
        assert_eq!(fields.len(), 2);
        let provider_writes = meeting::save_sheet(env, &provider.actor, no, 2, Channel::Web, &sheet(&family, "x")).await;
        assert!(matches!(provider_writes, Err(Error::NotFound)));
        let leaked = world.count("SELECT COUNT(*) FROM event WHERE detail LIKE '%卵%' OR reason LIKE '%卵%'").await;
        assert_eq!(leaked, 0, "health data stays out of the audit trail");
    }

    async fn every_look_but_the_familys_is_recorded(world) {
        let env = &world.env;
        let (family, provider, desk) = (world.a_family().await, world.a_provider().await, world.coordinator("midori").await);
        let hq = world.hq().await;
        let no = world.a_case(&family, Some(&provider), S::Established).await;
        meeting::save_sheet(env, &family.person.actor, no, 0, Channel::Web, &sheet(&family, "卵")).await.unwrap();
        meeting::read_sheet(env, &family.person.actor, no).await.unwrap();
        let seen = meeting::read_sheet(env, &provider.actor, no).await.unwrap();
        assert_eq!((seen.reader, seen.editable), (SheetReader::Provider, false));
        assert_eq!(seen.answers[&format!("allergies-{}", family.taro)], "卵");
        meeting::read_sheet(env, &desk, no).await.unwrap();
        assert!(matches!(meeting::read_sheet(env, &hq, no).await, Err(Error::NotFound)));
        assert!(matches!(meeting::state_reason(env, &hq, no, "", "key").await, Err(Error::Invalid(_))));
        assert!(matches!(meeting::state_reason(env, &desk, no, "x", "key").await, Err(Error::NotFound)));
        for _ in 0..2 {
            meeting::state_reason(env, &hq, no, "事故の確認", "key").await.unwrap();
        }
        assert_eq!(world.events(Action::AskSheet).await, 1, "pressed twice");
        assert!(matches!(meeting::read_sheet(env, &world.hq().await, no).await, Err(Error::NotFound)), "another officer");
        assert_eq!(meeting::read_sheet(env, &hq, no).await.unwrap().reader, SheetReader::Headquarters);
        env.clock.advance_to(at("2024-03-16T10:30"));
        assert!(matches!(meeting::read_sheet(env, &hq, no).await, Err(Error::NotFound)), "half an hour later");
        let entries = history::of_request(env, &desk, no).await.unwrap().entries;
        let looks: Vec<_> = entries.iter().filter(|entry| entry.event.action().key() == "view_sheet").collect();
        let who: Vec<&str> = looks.iter().map(|entry| entry.who.as_str()).collect();
        assert_eq!(who, ["山田 和子", "midoriの担当", "本部"]);
        assert_eq!(looks[2].reason.as_deref(), Some("事故の確認"));
        assert_eq!(looks[0].event, domain::event::Event::ViewSheet(domain::event::Sheet { sheet_revision: 1 }));
        for stranger in [world.coordinator("aoba").await, world.member("midori", domain::actor::MemberKind::Both, "他", "人").await.actor] {
            assert!(matches!(meeting::read_sheet(env, &stranger, no).await, Err(Error::NotFound)));
            let write = meeting::save_sheet(env, &stranger, no, 1, Channel::Phone, &sheet(&family, "x")).await;
            assert!(matches!(write, Err(Error::NotFound)));
        }
    }

    async fn the_next_case_starts_from_the_last_sheet(world) {
        let env = &world.env;
        let (family, provider, desk) = (world.a_family().await, world.a_provider().await, world.coordinator("midori").await);
        let first = world.a_case(&family, Some(&provider), S::Established).await;
        let mut fields = sheet(&family, "卵");
        fields.push((format!("allergies-{}", family.sakura), "この依頼にいない子".into()));
        meeting::save_sheet(env, &family.person.actor, first, 0, Channel::Web, &fields).await.unwrap();
        let spec = |status, start: &str, end: &str| CaseSpec { status, starts_at: at(start), ends_at: at(end), ..CaseSpec::default() };
        let next = world.case(&family, Some(&provider), spec(S::MeetingScheduled, "2024-03-28T09:00", "2024-03-28T10:00")).await;
        let view = meeting::read_sheet(env, &family.person.actor, next).await.unwrap();
        assert_eq!((view.suggested, view.revision, view.missing.len()), (true, 0, 0));
        assert_eq!(view.answers.len(), 4, "answers about other children are not carried over");
        let waived = world.case(&family, Some(&provider), spec(S::ProviderFound, "2024-03-29T09:00", "2024-03-29T10:00")).await;
        coordination::establish_waived(env, &desk, waived, Asked::seen(1)).await.unwrap();
        let seen = meeting::read_sheet(env, &provider.actor, waived).await.unwrap();
        assert_eq!((seen.revision, seen.answers.len()), (1, 4));
    }

    async fn a_provider_hears_when_the_sheet_changes_after_the_agreement(world) {
        let env = &world.env;
        let (family, provider) = (world.a_family().await, world.a_provider().await);
        let user = &family.person.actor;
        let subject = "事前打合せ情報が新しくなりました";
        let before = world.a_case(&family, Some(&provider), S::MeetingHeld).await;
        meeting::save_sheet(env, user, before, 0, Channel::Web, &sheet(&family, "卵")).await.unwrap();
        assert_eq!(world.notified(&provider.actor, subject).await, 0, "nothing is shared yet");
        let agreed = world.a_case(&family, Some(&provider), S::Established).await;
        world.a_sheet(agreed, &family, true).await;
        meeting::save_sheet(env, user, agreed, 1, Channel::Web, &sheet(&family, "小麦")).await.unwrap();
        assert_eq!(world.notified(&provider.actor, subject).await, 1);
        assert_eq!(world.count("SELECT COUNT(*) FROM outbox WHERE body LIKE '%小麦%'").await, 0);
    }
}
