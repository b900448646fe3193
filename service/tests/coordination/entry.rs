//! Requests entered for a caller or from paper.

use super::*;
use service::coordination::Entry;
use service::request::RequestForm;

fn by_call(member: MemberNo, channel: Channel, form: &RequestForm, once: &str) -> Entry {
    Entry { member, channel, form: form.clone(), once: once.to_owned() }
}

both_databases! {
    async fn a_call_becomes_a_case_in_the_coordinators_care(world) {
        let env = &world.env;
        let (family, desk, aoba) =
            (world.a_family().await, world.coordinator("midori").await, world.coordinator("aoba").await);
        let typed = RequestForm {
            date: "令和6年3月17日".into(),
            start: "１０：００".into(),
            end: "12:00".into(),
            next_day: String::new(),
            children: vec![family.taro.to_string(), family.sakura.to_string()],
            care_kind: "care".into(),
            care_place: "provider_home".into(),
            ..Default::default()
        };
        let no = family.person.no;
        let empty = RequestForm::default();
        let faults = coordination::enter(env, &desk, &by_call(no, Channel::Web, &empty, "a")).await;
        let Err(Error::Invalid(fields)) = faults else { panic!("{faults:?}") };
        let names: Vec<&str> = fields.iter().map(|field| field.field.as_str()).collect();
        assert_eq!(names, ["date", "start", "end", "children", "care_kind", "care_place", "channel"]);
        let checked = coordination::check_entry(env, &desk, &by_call(no, Channel::Web, &empty, "a")).await;
        assert!(matches!(checked, Err(Error::Invalid(again)) if again == fields), "said before the check page");
        let checked = coordination::check_entry(env, &desk, &by_call(no, Channel::Phone, &typed, "b")).await.unwrap();
        assert_eq!((checked.wanted.children.len(), checked.same_time), (2, vec![]));
        assert_eq!(world.count("SELECT COUNT(*) FROM care_request").await, 0, "reading back enters nothing");
        let entered = coordination::enter(env, &desk, &by_call(no, Channel::Phone, &typed, "b")).await.unwrap();
        let again = coordination::enter(env, &desk, &by_call(no, Channel::Phone, &typed, "b")).await.unwrap();
        assert_eq!((entered, world.count("SELECT COUNT(*) FROM care_request").await), (again, 1));
        let case = coordination::details(env, &desk, entered).await.unwrap();
        assert_eq!((case.status, case.channel, case.children.len()), (S::InCoordination, Channel::Phone, 2));
        assert_eq!(case.owner.as_deref(), Some("midoriの担当"), "tomorrow: no lead time on the telephone");
        let entry = history::of_request(env, &desk, entered).await.unwrap().entries.remove(0);
        assert_eq!((entry.event.action().key(), entry.channel), ("enter", Channel::Phone));
        assert_eq!(entry.on_behalf_of, Some(format!("木村花子（{no}）")));
        let found = coordination::search(env, &desk, &no.to_string(), None).await.unwrap();
        assert_eq!(found.lines.iter().map(|found| found.line.no).collect::<Vec<_>>(), [entered]);
        assert!(coordination::search(env, &aoba, &no.to_string(), None).await.unwrap().lines.is_empty());
        assert!(matches!(coordination::enter(env, &aoba, &by_call(no, Channel::Phone, &typed, "c")).await, Err(Error::NotFound)));
        let foreign = coordination::check_entry(env, &aoba, &by_call(no, Channel::Phone, &typed, "c")).await;
        assert!(matches!(foreign, Err(Error::NotFound)), "{foreign:?}");
        let provider = world.a_provider().await;
        assert!(matches!(coordination::entry_page(env, &desk, provider.no).await, Err(Error::NotFound)));
        let suspend = "UPDATE member SET status = 'suspended' WHERE id = $1";
        db::execute(env.db.write(), suspend, vec![family.person.id.into()]).await.unwrap();
        let refused = coordination::enter(env, &desk, &by_call(no, Channel::Phone, &typed, "d")).await;
        assert!(matches!(refused, Err(Error::Refused(Refusal::NotActive))), "{refused:?}");
        let refused = coordination::check_entry(env, &desk, &by_call(no, Channel::Phone, &typed, "d")).await;
        assert!(matches!(refused, Err(Error::Refused(Refusal::NotActive))), "{refused:?}");
    }

    async fn a_page_gone_back_to_and_changed_is_another_request(world) {
        let env = &world.env;
        let (family, desk) = (world.a_family().await, world.coordinator("midori").await);
        let typed = RequestForm {
            date: "2024-03-20".into(),
            start: "10:00".into(),
            end: "12:00".into(),
            next_day: String::new(),
            children: vec![family.taro.to_string()],
            care_kind: "care".into(),
            care_place: "provider_home".into(),
            ..Default::default()
        };
        let no = family.person.no;
        let entered = coordination::enter(env, &desk, &by_call(no, Channel::Phone, &typed, "a")).await.unwrap();
        let later = RequestForm { end: "13:00".into(), ..typed.clone() };
        let wrong = RequestForm { end: "9:00".into(), ..typed.clone() };
        let refused = coordination::enter(env, &desk, &by_call(no, Channel::Phone, &wrong, "a")).await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "what is wrong does not pass for what was entered: {refused:?}");
        let both = RequestForm {
            children: vec![family.taro.to_string(), family.sakura.to_string()],
            ..typed.clone()
        };
        for (changed, channel) in [(&later, Channel::Phone), (&both, Channel::Phone), (&typed, Channel::Paper)] {
            let checked = coordination::check_entry(env, &desk, &by_call(no, channel, changed, "a")).await.map(|_| entered);
            let sent = coordination::enter(env, &desk, &by_call(no, channel, changed, "a")).await;
            for refused in [checked, sent] {
                let Err(Error::Refused(Refusal::AlreadyEntered { number })) = refused else { panic!("{refused:?}") };
                assert_eq!(number, entered.to_string());
            }
        }
        let again = coordination::check_entry(env, &desk, &by_call(no, Channel::Phone, &typed, "a")).await.unwrap();
        assert!(again.same_time.is_empty(), "the very same page");
        let twice = coordination::check_entry(env, &desk, &by_call(no, Channel::Phone, &later, "b")).await.unwrap();
        assert_eq!(twice.same_time, [entered]);
        let after = RequestForm { start: "12:00".into(), end: "13:00".into(), ..typed };
        let after = coordination::check_entry(env, &desk, &by_call(no, Channel::Phone, &after, "c")).await.unwrap();
        assert!(after.same_time.is_empty(), "one begins as the other ends");
        world.a_case(&family, None, S::Draft).await;
        world.a_case(&family, None, S::Withdrawn).await;
        let newsletter = RequestForm {
            date: "2024-03-30".into(),
            start: "11:30".into(),
            end: "13:30".into(),
            next_day: String::new(),
            ..later
        };
        let free = coordination::check_entry(env, &desk, &by_call(no, Channel::Phone, &newsletter, "d")).await.unwrap();
        assert!(free.same_time.is_empty(), "drafts are the family's alone, ended ones in nobody's way");
    }

    async fn a_callers_night_is_entered_and_overlaps_the_next_morning(world) {
        let env = &world.env;
        let (family, desk) = (world.a_family().await, world.coordinator("midori").await);
        let typed = |date: &str, start: &str, end: &str, next_day: &str| RequestForm {
            date: date.into(),
            start: start.into(),
            end: end.into(),
            next_day: next_day.into(),
            children: vec![family.taro.to_string()],
            care_kind: "care".into(),
            care_place: "provider_home".into(),
            ..Default::default()
        };
        let no = family.person.no;
        let night = typed("2024-03-22", "22:00", "2:00", "true");
        let entered = coordination::enter(env, &desk, &by_call(no, Channel::Phone, &night, "a")).await.unwrap();
        let same_time = async |form: RequestForm, key: &str| {
            coordination::check_entry(env, &desk, &by_call(no, Channel::Phone, &form, key)).await.unwrap().same_time
        };
        assert_eq!(same_time(typed("2024-03-23", "1:00", "3:00", ""), "b").await, [entered], "after midnight");
        assert_eq!(same_time(typed("2024-03-22", "21:00", "24:00", ""), "c").await, [entered], "before it");
        assert!(same_time(typed("2024-03-23", "2:00", "3:00", ""), "d").await.is_empty(), "one begins as the other ends");
        let far = typed("2025-03-23", "9:00", "10:00", "");
        let beyond = coordination::enter(env, &desk, &by_call(no, Channel::Phone, &far, "e")).await;
        let Err(Error::Invalid(fields)) = beyond else { panic!("beyond twelve months") };
        assert_eq!(fields.len(), 1);
        assert!(matches!(fields[0].fault, FieldFault::TooFarAhead { months: 12, .. }), "{fields:?}");
    }

    async fn hours_that_have_begun_are_not_entered_for_a_caller(world) {
        let env = &world.env;
        let (family, desk) = (world.a_family().await, world.coordinator("midori").await);
        env.clock.advance_to(at("2024-03-30T11:30"));
        let typed = |start: &str| RequestForm {
            date: "2024-03-30".into(),
            start: start.into(),
            end: "13:30".into(),
            next_day: String::new(),
            children: vec![family.taro.to_string()],
            care_kind: "care".into(),
            care_place: "provider_home".into(),
            ..Default::default()
        };
        for start in ["9:00", "11:30"] {
            let refused = coordination::enter(env, &desk, &by_call(family.person.no, Channel::Phone, &typed(start), "")).await;
            let Err(Error::Invalid(fields)) = refused else { panic!("{refused:?}") };
            assert_eq!(fields, [FieldError::new("start", FieldFault::Past)]);
        }
        coordination::enter(env, &desk, &by_call(family.person.no, Channel::Phone, &typed("11:31"), "")).await.unwrap();
    }
}
