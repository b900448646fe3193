//! The family's request: written, kept, registered, copied, withdrawn, and seen by nobody else.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test ends where it fails")]

mod support;

use domain::actor::{Actor, Channel, MemberKind, Party};
use domain::event::Action;
use domain::fault::FieldFault;
use domain::id::{AccountId, ChildId};
use domain::input::InputFault;
use domain::number::RequestNo;
use domain::refusal::Refusal;
use domain::request::{CareKind, CoordinationStatus, RequestAction, TABLE};
use domain::workflow::next;
use service::coordination::{self, Asked};
use service::request::{self, RequestForm, Sending, Viewer};
use service::{Env, Error, Result, db};
use support::{Family, World, at};

/// 取下げ from a page that showed this revision.
async fn withdraw(env: &Env, actor: &Actor, no: RequestNo, seen: i64, reason: &str, channel: Channel) -> Result<()> {
    coordination::withdraw(env, actor, no, Asked::seen(seen).by(channel), reason).await.map(drop)
}

/// The newsletter's wish: Saturday 2024-04-06, three weeks after 2024-03-16.
fn wish(family: &Family) -> RequestForm {
    let text = |text: &str| text.to_owned();
    RequestForm {
        date: text("2024-04-06"),
        start: text("11:30"),
        end: text("13:30"),
        next_day: String::new(),
        children: vec![family.taro.to_string()],
        care_kind: text("care"),
        care_place: text("provider_home"),
        place_detail: String::new(),
        notes: text("𠮷田さんの紹介です。"),
    }
}

fn once(key: &str) -> Sending {
    Sending { once: key.to_owned(), ..Sending::default() }
}

fn draft(no: RequestNo, revision: i64) -> Sending {
    Sending { request: no.to_string(), revision: revision.to_string(), once: String::new() }
}

/// Field names and faults of an answer that asks to fix.
fn faults<T: std::fmt::Debug>(answer: Result<T>) -> Vec<(String, FieldFault)> {
    match answer {
        Err(Error::Invalid(errors)) => errors.into_iter().map(|error| (error.field, error.fault)).collect(),
        other => panic!("expected fields to fix, got {other:?}"),
    }
}

fn refusal<T: std::fmt::Debug>(answer: Result<T>) -> Refusal {
    match answer {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

async fn put_into(world: &World, no: RequestNo, status: CoordinationStatus) {
    let sql = "UPDATE care_request SET status = $1 WHERE request_no = $2";
    let values = vec![status.key().into(), i64::from(no.0).into()];
    assert_eq!(db::execute(world.env.db.write(), sql, values).await.unwrap(), 1);
}

async fn status_of(world: &World, actor: &Actor, no: RequestNo) -> CoordinationStatus {
    request::details(&world.env, actor, no).await.unwrap().status
}

both_databases! {
    async fn a_registered_request_stands_in_the_list_and_the_branch_is_notified(world) {
        let family = world.a_family().await;
        let coordinator = world.coordinator("midori").await;
        let stranger = world.coordinator("aoba").await;
        let no = request::submit(&world.env, &family.person.actor, &once("a"), &wish(&family)).await.unwrap();

        let list = request::list(&world.env, &family.person.actor, None).await.unwrap();
        assert_eq!(list.requests.len(), 1);
        let card = &list.requests[0];
        assert_eq!((card.no, card.status, card.children), (no, CoordinationStatus::Submitted, 1));
        assert_eq!((card.start, card.end), (Some(at("2024-04-06T11:30")), Some(at("2024-04-06T13:30"))));
        assert_eq!((card.kind, card.requested_at), (Some(CareKind::Care), world.env.clock.now()));

        let details = request::details(&world.env, &family.person.actor, no).await.unwrap();
        assert_eq!(details.notes, "𠮷田さんの紹介です。");
        assert_eq!((details.children[0].given_name.as_str(), details.children[0].age), ("太郎", 4));
        let notices = |account: AccountId| format!("SELECT count(*) FROM notice WHERE account_id = {account}");
        assert_eq!(world.count(&notices(coordinator.account)).await, 1);
        assert_eq!(world.count(&notices(stranger.account)).await, 0);
        assert_eq!(world.count(&notices(family.person.actor.account)).await, 1);
        assert_eq!(world.count("SELECT count(*) FROM outbox").await, 2, "the family's mail and the branch's");
        assert_eq!(world.count("SELECT count(*) FROM outbox WHERE subject LIKE '%木村%' OR subject LIKE '%太郎%'").await, 0);
    }

    async fn full_width_and_era_dates_are_read(world) {
        let family = world.a_family().await;
        let form = RequestForm {
            date: "令和６年４月６日".into(),
            start: "９：３０".into(),
            end: "１１時半".into(),
            next_day: String::new(),
            ..wish(&family)
        };
        let no = request::submit(&world.env, &family.person.actor, &once("a"), &form).await.unwrap();
        let details = request::details(&world.env, &family.person.actor, no).await.unwrap();
        assert_eq!((details.start, details.end), (Some(at("2024-04-06T09:30")), Some(at("2024-04-06T11:30"))));
    }

    async fn care_past_midnight_is_asked_for_by_saying_so(world) {
        let family = world.a_family().await;
        let actor = &family.person.actor;
        let night = |end: &str, next_day: &str| RequestForm {
            start: "22:00".into(),
            end: end.into(),
            next_day: next_day.into(),
            ..wish(&family)
        };
        let unsaid = faults(request::check(&world.env, actor, &night("1:30", "")).await);
        assert_eq!(unsaid, [("end".to_owned(), FieldFault::EndBeforeStart)]);
        let checked = request::check(&world.env, actor, &night("1:30", "true")).await.unwrap();
        assert_eq!((checked.start, checked.end), (at("2024-04-06T22:00"), at("2024-04-07T01:30")));
        let no = request::submit(&world.env, actor, &once("a"), &night("24:00", "")).await.unwrap();
        let list = request::list(&world.env, actor, None).await.unwrap();
        assert_eq!(list.requests[0].end, Some(at("2024-04-07T00:00")), "the day's end");
        let body = world.text("SELECT body FROM notice ORDER BY id LIMIT 1").await;
        assert!(body.contains("22:00〜24:00"), "{body}");
        let draft_no = request::save_draft(&world.env, actor, &once("b"), &night("1:30", "true")).await.unwrap();
        assert_eq!(request::edit(&world.env, actor, draft_no).await.unwrap().form.next_day, "true", "what was ticked comes back");
        assert_ne!(no, draft_no);
    }

    async fn a_day_nobody_can_plan_for_is_refused_with_its_rule(world) {
        let family = world.a_family().await;
        let actor = &family.person.actor;
        service::reference::seed(&world.env).await.unwrap();
        let on = |date: &str| RequestForm { date: date.into(), ..wish(&family) };
        let leap = faults(request::check(&world.env, actor, &on("2/29")).await);
        assert_eq!(leap, [("date".to_owned(), FieldFault::Input(InputFault::NotWithinAYear))]);
        let last = support::date("2025-03-16");
        let far = faults(request::check(&world.env, actor, &on("2025-03-17")).await);
        assert_eq!(far, [("date".to_owned(), FieldFault::TooFarAhead { months: 12, last })]);
        assert!(request::check(&world.env, actor, &on("2025-03-16")).await.is_ok());
        let unknown = faults(request::check(&world.env, actor, &on("2028-01-05")).await);
        assert_eq!(unknown, [("date".to_owned(), FieldFault::HolidaysUnknown { last: support::date("2027-12-31") })]);
    }

    async fn every_wrong_field_is_named_at_once(world) {
        let family = world.a_family().await;
        let actor = &family.person.actor;
        let empty = request::submit(&world.env, actor, &once("a"), &RequestForm::default()).await;
        let missing: Vec<_> =
            ["date", "start", "end", "children", "care_kind", "care_place"].map(|name| (name.to_owned(), FieldFault::Missing)).into();
        assert_eq!(faults(empty), missing);

        let long = "あ".repeat(1001);
        let form = RequestForm {
            date: "4月31日".into(),
            start: "25:00".into(),
            care_kind: "overnight".into(),
            notes: long.clone(),
            ..wish(&family)
        };
        let named = faults(request::check(&world.env, actor, &form).await);
        let field = |name: &str| named.iter().find(|(field, _)| field == name).map(|(_, fault)| fault.clone());
        assert!(matches!(field("date"), Some(FieldFault::Input(_))));
        assert_eq!(field("start"), Some(FieldFault::Input(InputFault::NotATime)));
        assert_eq!(field("care_kind"), Some(FieldFault::NotAChoice));
        assert_eq!(field("notes"), Some(FieldFault::Input(InputFault::TooLong { max: 1000 })));
        assert_eq!(named.len(), 4);
        assert_eq!(world.count("SELECT count(*) FROM care_request").await, 0);
    }

    async fn times_and_places_have_their_rules(world) {
        let family = world.a_family().await;
        let actor = &family.person.actor;
        let form = wish(&family);
        let changed = |change: fn(&mut RequestForm)| { let mut form = form.clone(); change(&mut form); form };
        let cases: [(RequestForm, &str, FieldFault); 7] = [
            (changed(|form| form.end = "11:30".into()), "end", FieldFault::EndBeforeStart),
            (changed(|form| form.end = "9:00".into()), "end", FieldFault::EndBeforeStart),
            (changed(|form| { form.start = "6:00".into(); form.end = "22:01".into(); }), "end", FieldFault::TooLongPeriod(960)),
            (changed(|form| form.date = "2024-03-15".into()), "date", FieldFault::Past),
            (changed(|form| form.care_place = "other".into()), "place_detail", FieldFault::Missing),
            (changed(|form| form.care_kind = "escort".into()), "place_detail", FieldFault::Missing),
            (changed(|form| form.care_kind = "base_care".into()), "care_place", FieldFault::NotAChoice),
        ];
        for (form, field, fault) in cases {
            assert_eq!(faults(request::check(&world.env, actor, &form).await), [(field.to_owned(), fault)]);
        }
        let whole = changed(|form| { form.start = "6:00".into(); form.end = "22:00".into(); });
        assert!(request::check(&world.env, actor, &whole).await.is_ok(), "16 hours are the most");
        let base = changed(|form| { form.care_kind = "base_care".into(); form.care_place = String::new(); });
        assert!(request::check(&world.env, actor, &base).await.is_ok(), "the base is the place");
    }

    async fn only_own_and_eligible_children_can_be_chosen(world) {
        let family = world.a_family().await;
        let other = world.member("midori", MemberKind::User, "佐藤", "一郎").await;
        let foreign = world.child(other.id, "次郎", "2020-01-01").await;
        let newborn = world.child(family.person.id, "葵", "2024-02-10").await;
        let graduate = world.child(family.person.id, "蓮", "2011-04-01").await;
        let with = |children: &[ChildId]| RequestForm {
            children: children.iter().map(ToString::to_string).collect(),
            ..wish(&family)
        };
        let actor = &family.person.actor;
        let field = |fault| vec![("children".to_owned(), fault)];
        for children in [vec![foreign], vec![family.taro, foreign]] {
            assert_eq!(faults(request::check(&world.env, actor, &with(&children)).await), field(FieldFault::NotAChoice));
        }
        // 2024-02-10 + 57 days is 2024-04-07, one day late. Born 2011-04-01: the 6th grade ended in March 2023.
        let names = vec!["蓮".to_owned(), "葵".to_owned()];
        let answer = request::check(&world.env, actor, &with(&[family.taro, newborn, graduate])).await;
        assert_eq!(faults(answer), field(FieldFault::ChildNotEligible(names)));
        let next_day = RequestForm { date: "2024-04-07".into(), ..with(&[newborn]) };
        assert!(request::check(&world.env, actor, &next_day).await.is_ok());
    }

    async fn three_weeks_are_counted_at_the_moment_of_registration(world) {
        let family = world.a_family().await;
        let actor = &family.person.actor;
        // 2024-04-06 is 21 days after 2024-03-16; the clock stands at 10:00 of that day.
        let day_before = RequestForm { date: "2024-04-05".into(), ..wish(&family) };
        let first = domain::time::parse_iso_date("2024-04-06").unwrap();
        assert_eq!(refusal(request::submit(&world.env, actor, &once("a"), &day_before).await), Refusal::TooSoon { first });
        let unfinished = RequestForm { children: vec![], start: String::new(), ..day_before };
        assert_eq!(refusal(request::check(&world.env, actor, &unfinished).await), Refusal::TooSoon { first });
        let today = RequestForm { date: "2024-03-16".into(), ..wish(&family) };
        assert_eq!(refusal(request::check(&world.env, actor, &today).await), Refusal::TooSoon { first });

        // Opened and checked before midnight, registered at the last second: taken. One second later: for the telephone.
        world.env.clock.advance_to(domain::time::Instant(at("2024-03-17T00:00").0 - 1));
        assert_eq!(request::start(&world.env, actor).await.unwrap().first_date, first);
        assert!(request::check(&world.env, actor, &wish(&family)).await.is_ok());
        let no = request::submit(&world.env, actor, &once("b"), &wish(&family)).await.unwrap();
        world.env.clock.advance_to(at("2024-03-17T00:00"));
        let late = refusal(request::submit(&world.env, actor, &once("c"), &wish(&family)).await);
        assert_eq!(late, Refusal::TooSoon { first: domain::time::parse_iso_date("2024-04-07").unwrap() });
        assert_eq!(request::submit(&world.env, actor, &once("b"), &wish(&family)).await.unwrap(), no, "sent again after midnight");
        assert_eq!(world.count("SELECT count(*) FROM care_request").await, 1);
    }

    async fn a_draft_keeps_everything_as_typed_and_can_be_registered(world) {
        let family = world.a_family().await;
        let actor = &family.person.actor;
        let form = RequestForm {
            date: "４月のどこか".into(),
            start: String::new(),
            notes: "\n 二行目 </textarea>𠮷".into(),
            ..wish(&family)
        };
        let no = request::save_draft(&world.env, actor, &once("a"), &form).await.unwrap();
        let page = request::edit(&world.env, actor, no).await.unwrap();
        assert_eq!((page.form, page.draft), (form, Some((no, 1))));
        let card = request::list(&world.env, actor, None).await.unwrap().requests[0].clone();
        assert_eq!((card.status, card.start), (CoordinationStatus::Draft, None));
        assert_eq!(world.count("SELECT count(*) FROM outbox").await, 0, "nobody is notified of a draft");

        world.env.clock.advance_to(at("2024-03-16T10:40"));
        let sent = request::submit(&world.env, actor, &draft(no, 1), &wish(&family)).await.unwrap();
        assert_eq!(sent, no);
        let details = request::details(&world.env, actor, no).await.unwrap();
        assert_eq!((details.status, details.requested_at), (CoordinationStatus::Submitted, at("2024-03-16T10:40")));
        assert_eq!(refusal(request::edit(&world.env, actor, no).await), Refusal::RequestMoved(CoordinationStatus::Submitted));
    }

    async fn a_form_sent_twice_makes_one_request(world) {
        let family = world.a_family().await;
        let actor = &family.person.actor;
        let form = wish(&family);
        let sending = once("double");
        let (one, two) = tokio::join!(
            request::submit(&world.env, actor, &sending, &form),
            request::submit(&world.env, actor, &sending, &form)
        );
        assert_eq!(one.unwrap(), two.unwrap());
        assert_eq!(world.count("SELECT count(*) FROM care_request").await, 1);
        assert_eq!(world.events(Action::Submit).await, 1);
        assert_eq!(world.count("SELECT count(*) FROM outbox").await, 2, "the family's mail and the branch's");

        let other = request::submit(&world.env, actor, &once("again"), &form).await.unwrap();
        assert_ne!(other, request::submit(&world.env, actor, &sending, &form).await.unwrap(), "another form is another wish");
    }

    async fn going_back_and_changing_is_not_lost(world) {
        let family = world.a_family().await;
        let actor = &family.person.actor;
        let sending = once("page");
        let no = request::save_draft(&world.env, actor, &sending, &wish(&family)).await.unwrap();
        let changed = RequestForm { notes: "変えました".into(), ..wish(&family) };
        assert_eq!(request::save_draft(&world.env, actor, &sending, &changed).await.unwrap(), no);
        assert_eq!(request::edit(&world.env, actor, no).await.unwrap().form, changed);
        let third = RequestForm { notes: "もう一度".into(), ..wish(&family) };
        let entered = Refusal::AlreadyEntered { number: no.to_string() };
        assert_eq!(refusal(request::save_draft(&world.env, actor, &sending, &third).await), entered);
        assert_eq!(world.count("SELECT count(*) FROM care_request").await, 1);
    }

    async fn a_page_gone_back_to_after_registering_makes_no_second_request_unasked(world) {
        let family = world.a_family().await;
        let actor = &family.person.actor;
        let no = request::submit(&world.env, actor, &once("page"), &wish(&family)).await.unwrap();
        let changed = RequestForm { notes: "変えました".into(), ..wish(&family) };
        let entered = Refusal::AlreadyEntered { number: no.to_string() };
        assert_eq!(refusal(request::submit(&world.env, actor, &once("page"), &changed).await), entered);
        assert_eq!(refusal(request::save_draft(&world.env, actor, &once("page"), &changed).await), entered);
        assert_ne!(request::submit(&world.env, actor, &once("fresh"), &changed).await.unwrap(), no);
    }

    async fn a_page_gone_back_to_after_a_withdrawal_is_not_received_again(world) {
        let family = world.a_family().await;
        let actor = &family.person.actor;
        let no = request::submit(&world.env, actor, &once("page"), &wish(&family)).await.unwrap();
        assert_eq!(request::submit(&world.env, actor, &once("page"), &wish(&family)).await.unwrap(), no, "pressed twice");
        withdraw(&world.env, actor, no, 1, "", Channel::Web).await.unwrap();
        let ended = Refusal::RequestEnded { request: no.to_string(), now: CoordinationStatus::Withdrawn };
        assert_eq!(refusal(request::submit(&world.env, actor, &once("page"), &wish(&family)).await), ended);
        let draft = request::save_draft(&world.env, actor, &once("draft"), &wish(&family)).await.unwrap();
        withdraw(&world.env, actor, draft, 1, "", Channel::Web).await.unwrap();
        let again = refusal(request::submit(&world.env, actor, &once("draft"), &wish(&family)).await);
        assert!(matches!(again, Refusal::RequestEnded { .. }), "{again:?}");
        assert_ne!(request::submit(&world.env, actor, &once("fresh"), &wish(&family)).await.unwrap(), no);
    }

    async fn of_two_windows_the_second_reads_who_was_first(world) {
        let family = world.a_family().await;
        let actor = &family.person.actor;
        let no = request::save_draft(&world.env, actor, &once("a"), &wish(&family)).await.unwrap();
        let left = RequestForm { notes: "左".into(), ..wish(&family) };
        let right = RequestForm { notes: "右".into(), ..wish(&family) };
        request::save_draft(&world.env, actor, &draft(no, 1), &left).await.unwrap();
        match request::save_draft(&world.env, actor, &draft(no, 1), &right).await {
            Err(Error::Stale { by, action }) => assert_eq!((by.as_str(), action.unwrap().key()), ("木村 花子", "save_draft")),
            other => panic!("{other:?}"),
        }
        assert_eq!(request::edit(&world.env, actor, no).await.unwrap().form, left);
        // The same content sent again is no quarrel.
        assert_eq!(request::save_draft(&world.env, actor, &draft(no, 1), &left).await.unwrap(), no);
        request::submit(&world.env, actor, &draft(no, 2), &left).await.unwrap();
        let answer = request::submit(&world.env, actor, &draft(no, 2), &right).await;
        assert!(matches!(&answer, Err(Error::Stale { action: Some(domain::event::Action::Submit), .. })), "{answer:?}");
        assert_eq!(request::submit(&world.env, actor, &draft(no, 2), &left).await.unwrap(), no);
        assert_eq!(world.events(Action::Submit).await, 1);
    }

    async fn a_copy_has_everything_but_date_and_time_and_writes_nothing(world) {
        let family = world.a_family().await;
        let actor = &family.person.actor;
        let form = RequestForm {
            children: vec![family.taro.to_string(), family.sakura.to_string()],
            care_kind: "escort".into(),
            place_detail: "園から自宅まで".into(),
            ..wish(&family)
        };
        let no = request::submit(&world.env, actor, &once("a"), &form).await.unwrap();
        let copy = request::copy(&world.env, actor, no).await.unwrap();
        assert_eq!(copy.draft, None);
        let empty = String::new();
        assert_eq!(copy.form, RequestForm { date: empty.clone(), start: empty.clone(), end: empty, ..form });
        assert_eq!(world.count("SELECT count(*) FROM care_request").await, 1);
    }

    async fn nobody_else_sees_or_touches_a_request(world) {
        let family = world.a_family().await;
        let no = request::submit(&world.env, &family.person.actor, &once("a"), &wish(&family)).await.unwrap();
        let kept = request::save_draft(&world.env, &family.person.actor, &once("d"), &wish(&family)).await.unwrap();
        let neighbour = world.member("midori", MemberKind::Both, "佐藤", "一郎").await.actor;
        let provider = world.a_provider().await.actor;
        let (own_ward, other_ward) = (world.coordinator("midori").await, world.coordinator("aoba").await);
        let hq = world.hq().await;
        let env = &world.env;
        for actor in [&neighbour, &provider, &other_ward, &hq] {
            let viewer = request::viewer(env, actor, no).await;
            assert!(actor.is_hq() || matches!(viewer, Err(Error::NotFound)), "{}", actor.name);
            assert!(matches!(request::details(env, actor, no).await, Err(Error::NotFound)), "{}", actor.name);
            assert!(matches!(request::edit(env, actor, kept).await, Err(Error::NotFound)), "{}", actor.name);
            assert!(matches!(request::copy(env, actor, no).await, Err(Error::NotFound)), "{}", actor.name);
            let answer = withdraw(env, actor, no, 1, "理由", Channel::Phone).await;
            assert!(matches!(answer, Err(Error::NotFound)), "{}", actor.name);
            let answer = request::save_draft(env, actor, &draft(kept, 1), &wish(&family)).await;
            assert!(matches!(answer, Err(Error::NotFound)), "{}", actor.name);
            let answer = request::submit(env, actor, &draft(kept, 1), &wish(&family)).await;
            assert!(matches!(answer, Err(Error::NotFound)), "{}", actor.name);
        }
        for actor in [&provider, &own_ward, &hq] {
            assert!(matches!(request::start(env, actor).await, Err(Error::NotFound)), "{}", actor.name);
            assert!(matches!(request::list(env, actor, None).await, Err(Error::NotFound)), "{}", actor.name);
        }
        assert_eq!(request::viewer(env, &own_ward, no).await.unwrap(), Viewer::Coordinator);
        assert_eq!(request::viewer(env, &hq, no).await.unwrap(), Viewer::Headquarters);
        for staff in [&own_ward, &hq] {
            assert!(matches!(request::viewer(env, staff, kept).await, Err(Error::NotFound)), "a draft is the family's");
        }
        assert_eq!(request::viewer(env, &family.person.actor, no).await.unwrap(), Viewer::Family);
        assert!(request::list(env, &neighbour, None).await.unwrap().requests.is_empty());
        let answer = request::submit(env, &neighbour, &once("a"), &wish(&family)).await;
        assert_eq!(faults(answer), [("children".to_owned(), FieldFault::NotAChoice)], "children of others");
    }

    async fn a_member_on_leave_calls_the_branch(world) {
        let family = world.a_family().await;
        let actor = &family.person.actor;
        let no = request::save_draft(&world.env, actor, &once("a"), &wish(&family)).await.unwrap();
        let sql = "UPDATE member SET status = 'suspended' WHERE id = $1";
        db::execute(world.env.db.write(), sql, vec![family.person.id.into()]).await.unwrap();
        assert_eq!(refusal(request::start(&world.env, actor).await), Refusal::NotActive);
        assert_eq!(refusal(request::check(&world.env, actor, &wish(&family)).await), Refusal::NotActive);
        assert_eq!(refusal(request::submit(&world.env, actor, &draft(no, 1), &wish(&family)).await), Refusal::NotActive);
        assert_eq!(status_of(&world, actor, no).await, CoordinationStatus::Draft);
    }

    async fn the_familys_steps_follow_the_table_in_every_state(world) {
        let family = world.a_family().await;
        let actor = &family.person.actor;
        for (place, &status) in CoordinationStatus::ALL.iter().enumerate() {
            let no = request::save_draft(&world.env, actor, &once(&format!("d{place}")), &wish(&family)).await.unwrap();
            put_into(&world, no, status).await;
            for action in [RequestAction::SaveDraft, RequestAction::Submit, RequestAction::Withdraw] {
                let allowed = next(TABLE, status, action, Party::Family);
                let changed = RequestForm { notes: format!("{place}{}", action.key()), ..wish(&family) };
                let revision = request::details(&world.env, actor, no).await.unwrap().revision;
                let answer = match action {
                    RequestAction::SaveDraft => request::save_draft(&world.env, actor, &draft(no, revision), &changed).await.map(drop),
                    RequestAction::Submit => request::submit(&world.env, actor, &draft(no, revision), &changed).await.map(drop),
                    _ => withdraw(&world.env, actor, no, revision, "都合が変わりました", Channel::Web).await,
                };
                let now = status_of(&world, actor, no).await;
                match allowed {
                    Ok(to) => {
                        answer.unwrap();
                        assert_eq!(now, to, "{status:?} {action:?}");
                        put_into(&world, no, status).await;
                    }
                    Err(_) => {
                        assert_eq!(refusal(answer), Refusal::RequestMoved(status), "{status:?} {action:?}");
                        assert_eq!(now, status, "{status:?} {action:?}");
                    }
                }
            }
        }
    }

    async fn a_withdrawal_closes_the_offers_and_tells_who_was_asked(world) {
        let family = world.a_family().await;
        let (one, two) = (world.a_provider().await, world.a_provider().await);
        let coordinator = world.coordinator("midori").await;
        let no = request::submit(&world.env, &family.person.actor, &once("a"), &wish(&family)).await.unwrap();
        put_into(&world, no, CoordinationStatus::Offering).await;
        for (person, status) in [(&one, "sent"), (&two, "declined")] {
            let sql = "INSERT INTO offer (request_id, provider_id, status, sent_at, expires_at) \
                       SELECT id, $2, $3, 0, 0 FROM care_request WHERE request_no = $1";
            let values = vec![i64::from(no.0).into(), person.id.into(), status.into()];
            db::execute(world.env.db.write(), sql, values).await.unwrap();
        }
        let actor = &family.person.actor;
        let answer = withdraw(&world.env, actor, no, 7, "都合", Channel::Web).await;
        assert!(matches!(answer, Err(Error::Stale { .. })), "{answer:?}");
        withdraw(&world.env, actor, no, 1, "祖母に頼めました", Channel::Web).await.unwrap();
        withdraw(&world.env, actor, no, 1, "祖母に頼めました", Channel::Web).await.unwrap();
        assert_eq!(status_of(&world, actor, no).await, CoordinationStatus::Withdrawn);
        assert_eq!(world.count("SELECT count(*) FROM offer WHERE status = 'closed'").await, 1);
        assert_eq!(world.count(&format!("SELECT count(*) FROM event WHERE action = '{}' AND reason = '祖母に頼めました'", Action::Withdraw.key())).await, 1);
        let notices = |account: AccountId| format!("SELECT count(*) FROM notice WHERE account_id = {account}");
        assert_eq!(world.count(&notices(one.actor.account)).await, 1);
        assert_eq!(world.count(&notices(two.actor.account)).await, 0, "who declined hears no more of it");
        assert_eq!(world.count(&notices(coordinator.account)).await, 2, "the request and its end");
    }

    async fn a_withdrawal_needs_no_reason(world) {
        let family = world.a_family().await;
        let coordinator = world.coordinator("midori").await;
        let actor = &family.person.actor;
        let one = request::submit(&world.env, actor, &once("a"), &wish(&family)).await.unwrap();
        withdraw(&world.env, actor, one, 1, " 　", Channel::Web).await.unwrap();
        assert_eq!(status_of(&world, actor, one).await, CoordinationStatus::Withdrawn);
        let two = request::submit(&world.env, actor, &once("b"), &wish(&family)).await.unwrap();
        withdraw(&world.env, &coordinator, two, 1, "", Channel::Phone).await.unwrap();
        assert_eq!(status_of(&world, actor, two).await, CoordinationStatus::Withdrawn);
        assert_eq!(world.count(&format!("SELECT count(*) FROM event WHERE action = '{}' AND reason IS NULL", Action::Withdraw.key())).await, 2);
    }

    async fn a_coordinator_withdraws_for_a_caller_and_the_history_says_so(world) {
        let family = world.a_family().await;
        let coordinator = world.coordinator("midori").await;
        let no = request::submit(&world.env, &family.person.actor, &once("a"), &wish(&family)).await.unwrap();
        for channel in [Channel::Web, Channel::Job] {
            let answer = withdraw(&world.env, &coordinator, no, 1, "都合", channel).await;
            assert_eq!(faults(answer), [("channel".to_owned(), FieldFault::Missing)]);
        }
        withdraw(&world.env, &coordinator, no, 1, "電話でのお申し出", Channel::Phone).await.unwrap();
        let called = db::raw("SELECT on_behalf_of FROM event WHERE action = :action AND channel = :channel")
            .with("action", Action::Withdraw.key())
            .with("channel", Channel::Phone.key());
        let name: Option<String> = called.value(world.env.db.read()).await.unwrap();
        assert_eq!(name.unwrap(), format!("木村花子（{}）", family.person.no));
        let notices = format!("SELECT count(*) FROM notice WHERE account_id = {}", family.person.actor.account);
        assert_eq!(world.count(&notices).await, 2);
    }

    async fn the_list_goes_on_by_key_after_fifty(world) {
        let family = world.a_family().await;
        let actor = &family.person.actor;
        let mut numbers = Vec::new();
        for n in 0..52 {
            numbers.push(request::save_draft(&world.env, actor, &once(&format!("k{n}")), &wish(&family)).await.unwrap());
        }
        numbers.reverse();
        let page = request::list(&world.env, actor, None).await.unwrap();
        assert_eq!(page.requests.iter().map(|request| request.no).collect::<Vec<_>>(), numbers[..50]);
        assert_eq!(page.next, Some(numbers[49]));
        let rest = request::list(&world.env, actor, page.next).await.unwrap();
        assert_eq!(rest.requests.iter().map(|request| request.no).collect::<Vec<_>>(), numbers[50..]);
        assert_eq!(rest.next, None);
        // A number of somebody else opens nobody's list further down.
        let unknown = request::list(&world.env, actor, Some(RequestNo(9_999_999))).await.unwrap();
        assert_eq!(unknown.requests.len(), 50);
    }

    async fn the_provider_is_shown_by_state(world) {
        let family = world.a_family().await;
        let provider = world.a_provider().await;
        let actor = &family.person.actor;
        let no = request::submit(&world.env, actor, &once("a"), &wish(&family)).await.unwrap();
        let sql = "UPDATE care_request SET provider_id = $1";
        db::execute(world.env.db.write(), sql, vec![provider.id.into()]).await.unwrap();
        for (status, name, telephone) in [
            (CoordinationStatus::ProviderFound, false, false),
            (CoordinationStatus::MeetingScheduled, true, false),
            (CoordinationStatus::MeetingHeld, true, false),
            (CoordinationStatus::Established, true, true),
            (CoordinationStatus::Completed, true, true),
        ] {
            put_into(&world, no, status).await;
            let shown = request::details(&world.env, actor, no).await.unwrap().provider;
            assert_eq!(shown.is_some(), name, "{status:?}");
            assert_eq!(shown.is_some_and(|provider| provider.telephone.is_some()), telephone, "{status:?}");
            assert_eq!(request::viewer(&world.env, &provider.actor, no).await.unwrap(), Viewer::Provider);
        }
        // 30 days after the activity both sides have what they need, and no more.
        let telephone = async || {
            let provider = request::details(&world.env, actor, no).await.unwrap().provider.unwrap();
            (!provider.name.is_empty(), provider.telephone.is_some())
        };
        world.env.clock.advance_to(at("2024-05-06T23:59"));
        assert_eq!(telephone().await, (true, true));
        world.env.clock.advance_to(at("2024-05-07T00:00"));
        assert_eq!(telephone().await, (true, false));
    }
}
