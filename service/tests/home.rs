//! A member's home: what waits for whom, by the case's state.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test ends where it fails")]

mod support;

use domain::actor::MemberKind;
use domain::number::RequestNo;
use domain::request::{CarePlace, CoordinationStatus};
use service::home::{self, AtTheDoor, FamilyTurn, ProviderTurn, Turn};
use service::request::{self, RequestForm, Sending};
use service::{Error, db};
use support::{Family, Person, World, at};

/// A request of the family for 2024-04-06 11:30 to 13:30.
async fn a_request(world: &World, family: &Family, once: &str) -> RequestNo {
    let form = RequestForm {
        date: "2024-04-06".into(),
        start: "11:30".into(),
        end: "13:30".into(),
        next_day: String::new(),
        children: vec![family.taro.to_string()],
        care_kind: "care".into(),
        care_place: "provider_home".into(),
        ..RequestForm::default()
    };
    let sending = Sending { once: once.into(), ..Sending::default() };
    request::submit(&world.env, &family.person.actor, &sending, &form).await.unwrap()
}

async fn put_into(world: &World, no: RequestNo, status: CoordinationStatus, provider: Option<&Person>) {
    let sql = "UPDATE care_request SET status = $1, provider_id = $2, meeting_at = $3 WHERE request_no = $4";
    let provider = provider.map(|person| person.id);
    let meeting = provider.map(|_| at("2024-03-23T09:00").0);
    let values = vec![status.key().into(), provider.into(), meeting.into(), i64::from(no.0).into()];
    assert_eq!(db::execute(world.env.db.write(), sql, values).await.unwrap(), 1);
}

async fn a_report(world: &World, family: &Family, provider: &Person, no: i64, status: &str, reward: &str) {
    let sql = "INSERT INTO activity_report (report_no, ward, provider_id, user_member_id, status, reward_status, \
               entered_on, started_at, ended_at, notes, channel, fee_yen, benefit_yen, expenses_yen, coupon_yen, \
               submitted_at, updated_at, revision) \
               VALUES ($1, 'midori', $2, $3, $4, $5, $6, $7, $8, '', 'web', 1200, 1000, 300, 500, \
               CASE $4 WHEN 'draft' THEN NULL ELSE 0 END, 0, 1)";
    let values = vec![
        no.into(),
        provider.id.into(),
        family.person.id.into(),
        status.into(),
        reward.into(),
        support::date("2024-03-16").into(),
        at("2024-03-10T11:30").0.into(),
        at("2024-03-10T13:30").0.into(),
    ];
    db::execute(world.env.db.write(), sql, values).await.unwrap();
}

both_databases! {
    async fn a_request_moves_from_underway_to_planned_and_then_waits_for_its_report(world) {
        let family = world.a_family().await;
        let provider = world.a_provider().await;
        let no = a_request(&world, &family, "a").await;
        let (user, giver) = (&family.person.actor, &provider.actor);

        let shown = home::family(&world.env, user).await.unwrap();
        assert_eq!((shown.underway[0].no, shown.underway[0].status), (no, CoordinationStatus::Submitted));
        assert!(shown.turns.is_empty() && shown.planned.is_empty());

        put_into(&world, no, CoordinationStatus::ProviderFound, Some(&provider)).await;
        let shown = home::provider(&world.env, giver).await.unwrap();
        assert!(shown.planned.is_empty(), "the family is not known yet");
        assert_eq!(shown.arranging.iter().map(|taken| taken.request).collect::<Vec<_>>(), [no], "打合せ日の調整中");
        assert_eq!(home::family(&world.env, user).await.unwrap().underway.len(), 1, "the family has it under way");

        put_into(&world, no, CoordinationStatus::MeetingScheduled, Some(&provider)).await;
        let shown = home::family(&world.env, user).await.unwrap();
        assert!(matches!(shown.turns[..], [FamilyTurn::FillSheet { request, .. }] if request == no));
        assert!(shown.planned[0].meeting && shown.planned[0].with == "山田");
        assert!(home::provider(&world.env, giver).await.unwrap().planned[0].meeting);

        put_into(&world, no, CoordinationStatus::MeetingHeld, Some(&provider)).await;
        let shown = home::provider(&world.env, giver).await.unwrap();
        let standing = shown.arranging.iter().map(|taken| (taken.request, taken.status)).collect::<Vec<_>>();
        assert_eq!(standing, [(no, CoordinationStatus::MeetingHeld)], "from the meeting until 成立 as well");

        put_into(&world, no, CoordinationStatus::Established, Some(&provider)).await;
        let shown = home::provider(&world.env, giver).await.unwrap();
        assert!(shown.arranging.is_empty());
        assert_eq!((shown.planned[0].start, shown.planned[0].giving), (at("2024-04-06T11:30"), true));
        assert!(shown.turns.is_empty());

        // A report begun before the activity changes nothing until the activity is over.
        a_report(&world, &family, &provider, 3_000_009, "draft", "not_received").await;
        let sql = "UPDATE activity_report SET request_id = (SELECT id FROM care_request), started_at = $1, ended_at = $2";
        let ahead = vec![at("2024-04-06T11:30").0.into(), at("2024-04-06T13:30").0.into()];
        db::execute(world.env.db.write(), sql, ahead).await.unwrap();
        let shown = home::provider(&world.env, giver).await.unwrap();
        assert_eq!((shown.planned.len(), shown.turns.len()), (1, 0));
        world.env.clock.advance_to(at("2024-04-06T13:29"));
        assert_eq!(home::provider(&world.env, giver).await.unwrap().planned.len(), 1);
        world.env.clock.advance_to(at("2024-04-06T13:30"));
        let shown = home::provider(&world.env, giver).await.unwrap();
        assert!(matches!(shown.turns[..], [ProviderTurn::FinishReport { .. }]) && shown.planned.is_empty());

        db::execute(world.env.db.write(), "DELETE FROM activity_report", vec![]).await.unwrap();
        let shown = home::provider(&world.env, giver).await.unwrap();
        assert!(matches!(shown.turns[..], [ProviderTurn::WriteReport { request, .. }] if request == no));
        assert_eq!(shown.close.slipping, 1, "what nobody has written slips too");
        assert!(shown.planned.is_empty());
    }

    async fn contacts_are_at_hand_at_the_door_and_nowhere_else(world) {
        let env = &world.env;
        let (family, provider) = (world.a_family().await, world.a_provider().await);
        let no = world.a_case(&family, Some(&provider), CoordinationStatus::Established).await;
        let stranger = world.member("midori", MemberKind::Both, "佐藤", "一郎").await;
        let (user, giver) = (&family.person.actor, &provider.actor);
        let sql = "UPDATE member SET telephone = $2 WHERE id = $1";
        for (person, telephone) in [(&family.person, "090-0000-0002"), (&provider, "090-0000-0003")] {
            db::execute(env.db.write(), sql, vec![person.id.into(), telephone.into()]).await.unwrap();
        }
        let door = async |actor| home::home(env, actor).await.unwrap().planned().remove(0).door;

        env.clock.advance_to(at("2024-03-28T23:59"));
        assert_eq!((door(user).await, door(giver).await), (None, None), "two days before nobody stands at a door");
        env.clock.advance_to(at("2024-03-29T00:00"));
        let place = (Some(CarePlace::ProviderHome), "駅の改札".to_owned());
        let due = AtTheDoor {
            telephone: "090-0000-0003".into(),
            address: String::new(),
            place: place.0,
            place_detail: place.1.clone(),
            sheet: false,
        };
        assert_eq!(door(user).await, Some(due.clone()), "the provider's telephone, never her address");
        let address = format!("十日市場町{}", family.person.no.0);
        let due = AtTheDoor { telephone: "090-0000-0002".into(), address, ..due };
        assert_eq!(door(giver).await, Some(due.clone()));
        world.a_sheet(no, &family, true).await;
        assert_eq!(door(giver).await, Some(AtTheDoor { sheet: true, ..due }));
        assert!(!door(user).await.unwrap().sheet, "its own sheet is not what the family calls with");
        env.clock.advance_to(at("2024-03-30T13:29"));
        assert!(door(user).await.is_some() && door(giver).await.is_some(), "until it is over");
        assert!(home::home(env, &stranger.actor).await.unwrap().planned().is_empty());

        // Before 成立 there is the meeting's place, and nothing to call.
        let sql = "UPDATE care_request SET status = $1, meeting_at = $2 WHERE request_no = $3";
        let values = vec!["meeting_scheduled".into(), at("2024-03-30T13:30").0.into(), i64::from(no.0).into()];
        db::execute(env.db.write(), sql, values).await.unwrap();
        for actor in [user, giver] {
            let planned = home::home(env, actor).await.unwrap().planned().remove(0);
            assert_eq!((planned.meeting, planned.meeting_place.as_str(), planned.door), (true, "いっぽ", None));
        }
    }

    async fn every_report_waits_for_the_right_person(world) {
        let family = world.a_family().await;
        let provider = world.a_provider().await;
        a_report(&world, &family, &provider, 3_000_001, "draft", "not_received").await;
        a_report(&world, &family, &provider, 3_000_002, "awaiting_approval", "not_received").await;
        a_report(&world, &family, &provider, 3_000_003, "revision_requested", "not_received").await;
        a_report(&world, &family, &provider, 3_000_004, "approved", "not_received").await;
        a_report(&world, &family, &provider, 3_000_005, "approved", "received").await;
        a_report(&world, &family, &provider, 3_000_006, "voided", "not_received").await;
        let shown = home::family(&world.env, &family.person.actor).await.unwrap();
        assert!(matches!(shown.turns[..], [FamilyTurn::Approve { report, yen: 1500, .. }] if report.0 == 3_000_002));

        let shown = home::provider(&world.env, &provider.actor).await.unwrap();
        let reports: Vec<u32> = shown
            .turns
            .iter()
            .map(|turn| match turn {
                ProviderTurn::FixReport { report, .. } | ProviderTurn::FinishReport { report, .. } | ProviderTurn::Receive { report, yen: 1000, .. } => report.0,
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(reports, [3_000_003, 3_000_001, 3_000_004], "to fix, to finish, to receive");
        let close = shown.close;
        assert_eq!((close.month.to_string().as_str(), close.days_left), ("2024-04", 20));
        assert_eq!((close.ready, close.ready_yen, close.slipping), (1, 1500, 4));
        world.env.clock.advance_to(at("2024-04-05T23:59"));
        assert_eq!(home::provider(&world.env, &provider.actor).await.unwrap().close.days_left, 0);
    }

    async fn an_offer_is_shown_without_the_family(world) {
        let family = world.a_family().await;
        let provider = world.a_provider().await;
        let no = a_request(&world, &family, "a").await;
        let sql = "INSERT INTO offer (request_id, provider_id, status, sent_at, expires_at) \
                   SELECT id, $2, 'sent', 0, $3 FROM care_request WHERE request_no = $1";
        let values = vec![i64::from(no.0).into(), provider.id.into(), at("2024-03-18T10:00").0.into()];
        db::execute(world.env.db.write(), sql, values).await.unwrap();
        let shown = home::provider(&world.env, &provider.actor).await.unwrap();
        assert!(matches!(&shown.turns[..], [ProviderTurn::Answer { town, .. }] if town == "十日市場町"));
        world.env.clock.advance_to(at("2024-03-18T10:00"));
        assert!(home::provider(&world.env, &provider.actor).await.unwrap().turns.is_empty(), "its time is over");
    }

    async fn staff_and_strangers_see_nothing_of_it(world) {
        let family = world.a_family().await;
        let provider = world.a_provider().await;
        a_request(&world, &family, "a").await;
        a_report(&world, &family, &provider, 3_000_002, "awaiting_approval", "not_received").await;
        let both = world.member("midori", MemberKind::Both, "佐藤", "一郎").await;
        let shown = home::home(&world.env, &both.actor).await.unwrap();
        assert!(shown.turns().is_empty() && shown.planned().is_empty());
        let (asking, giving) = (shown.family.unwrap(), shown.provider.unwrap());
        assert!(asking.underway.is_empty() && giving.arranging.is_empty());
        assert_eq!((asking.tickets, giving.close.ready, giving.close.slipping), (None, 0, 0));
        for actor in [world.coordinator("midori").await, world.hq().await] {
            assert!(matches!(home::home(&world.env, &actor).await, Err(Error::NotFound)));
            assert!(matches!(home::family(&world.env, &actor).await, Err(Error::NotFound)));
            assert!(matches!(home::provider(&world.env, &actor).await, Err(Error::NotFound)));
        }
    }

    async fn each_member_has_the_sides_of_what_she_does(world) {
        let (family, provider) = (world.a_family().await, world.a_provider().await);
        let both = world.member("midori", MemberKind::Both, "佐藤", "一郎").await;
        for (person, sides) in [(&family.person, (true, false)), (&provider, (false, true)), (&both, (true, true))] {
            let shown = home::home(&world.env, &person.actor).await.unwrap();
            assert_eq!((shown.family.is_some(), shown.provider.is_some()), sides, "{}", person.actor.name);
        }
        assert!(matches!(home::family(&world.env, &provider.actor).await, Err(Error::NotFound)));
        assert!(matches!(home::provider(&world.env, &family.person.actor).await, Err(Error::NotFound)));
    }

    async fn what_waits_on_both_sides_stands_in_one_order(world) {
        let (family, provider) = (world.a_family().await, world.a_provider().await);
        let both = world.member("midori", MemberKind::Both, "佐藤", "一郎").await;
        a_report(&world, &family, &both, 3_000_001, "draft", "not_received").await;
        a_report(&world, &family, &both, 3_000_002, "revision_requested", "not_received").await;
        let both = Family { person: both, ..family };
        a_report(&world, &both, &provider, 3_000_003, "awaiting_approval", "not_received").await;
        let turns = home::home(&world.env, &both.person.actor).await.unwrap().turns();
        let waiting: Vec<u32> = turns
            .iter()
            .map(|turn| match turn {
                Turn::Family(FamilyTurn::Approve { report, .. })
                | Turn::Provider(ProviderTurn::FixReport { report, .. } | ProviderTurn::FinishReport { report, .. }) => report.0,
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(waiting, [3_000_003, 3_000_002, 3_000_001], "what others wait for comes first");
    }

    async fn tickets_are_counted_while_they_last(world) {
        let family = world.a_family().await;
        let sql = "INSERT INTO trial_coupon (child_id, member_id, issued, used, issued_at, expires_on) \
                   VALUES ($1, $2, 8, 2, 0, $3)";
        let values = vec![family.sakura.into(), family.person.id.into(), support::date("2024-03-17").into()];
        db::execute(world.env.db.write(), sql, values).await.unwrap();
        assert_eq!(home::family(&world.env, &family.person.actor).await.unwrap().tickets, Some(6));
        world.env.clock.advance_to(at("2024-03-18T00:00"));
        assert_eq!(home::family(&world.env, &family.person.actor).await.unwrap().tickets, None);
    }
}
