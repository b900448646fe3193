//! 成立: what must be true before two members are agreed, and when the meeting may be waived.

use super::*;

both_databases! {
    async fn a_meeting_cannot_be_held_before_its_time(world) {
        let env = &world.env;
        let (family, provider, desk) = (world.a_family().await, world.a_provider().await, world.coordinator("midori").await);
        let no = world.a_case(&family, Some(&provider), S::MeetingScheduled).await;
        world.a_sheet(no, &family, true).await;
        let early = meeting::hold(env, &desk, no, Asked::seen(1)).await;
        let Err(Error::Refused(Refusal::MeetingAhead { at: when })) = early else { panic!("{early:?}") };
        assert_eq!(when, at("2024-03-25T11:30"));
        env.clock.advance_to(when);
        meeting::hold(env, &desk, no, Asked::seen(1)).await.unwrap();
        assert_eq!(world.status(no).await, S::MeetingHeld);
    }

    async fn nothing_is_agreed_without_a_complete_sheet(world) {
        let env = &world.env;
        let (family, provider, desk) = (world.a_family().await, world.a_provider().await, world.coordinator("midori").await);
        let held = world.a_case(&family, Some(&provider), S::MeetingHeld).await;
        let spec = |day: &str| CaseSpec {
            status: S::ProviderFound,
            starts_at: at(&format!("{day}T09:00")),
            ends_at: at(&format!("{day}T10:00")),
            ..CaseSpec::default()
        };
        let waived = world.case(&family, Some(&provider), spec("2024-03-28")).await;
        let none = coordination::establish_waived(env, &desk, waived, by_phone()).await;
        assert!(matches!(none, Err(Error::Refused(Refusal::NoSheetToCarry))), "no sheet at all: {none:?}");
        world.a_sheet(held, &family, false).await;
        let half = coordination::establish(env, &desk, held, by_phone()).await;
        assert!(matches!(half, Err(Error::Refused(Refusal::SheetIncomplete))), "{half:?}");
        let half = coordination::establish_waived(env, &desk, waived, by_phone()).await;
        assert!(matches!(half, Err(Error::Refused(Refusal::NoSheetToCarry))), "half a sheet: {half:?}");
        assert_eq!(world.count("SELECT COUNT(*) FROM activity").await, 0);
        assert_eq!(world.count("SELECT COUNT(*) FROM pre_meeting_sheet").await, 1, "nothing was carried over");
        db::execute(env.db.write(), "DELETE FROM pre_meeting_sheet", vec![]).await.unwrap();
        world.a_sheet(held, &family, true).await;
        // A later sheet about another child is passed over for the one that says enough of this child.
        let later = world.case(&family, Some(&provider), CaseSpec { status: S::MeetingHeld, ..spec("2024-03-27") }).await;
        env.clock.advance_to(at("2024-03-16T11:00"));
        world.a_sheet(later, &family, false).await;
        coordination::establish_waived(env, &desk, waived, by_phone()).await.unwrap();
        coordination::establish(env, &desk, held, by_phone()).await.unwrap();
    }

    async fn gates_are_asked_again_at_the_end(world) {
        let env = &world.env;
        let (family, provider, desk) = (world.a_family().await, world.a_provider().await, world.coordinator("midori").await);
        let no = world.a_case(&family, Some(&provider), S::MeetingHeld).await;
        db::execute(env.db.write(), "UPDATE member SET status = 'suspended' WHERE id = $1", vec![provider.id.into()]).await.unwrap();
        let refused = coordination::establish(env, &desk, no, by_phone()).await;
        let Err(Error::Refused(Refusal::Gates(gates))) = refused else { panic!("{refused:?}") };
        assert_eq!(gates, [Gate::NotActive(MembershipStatus::Suspended)]);
        assert_eq!(world.status(no).await, S::MeetingHeld);
    }

    async fn a_meeting_is_waived_only_for_a_pair_that_met_this_year(world) {
        let env = &world.env;
        let (family, provider, desk) = (world.a_family().await, world.a_provider().await, world.coordinator("midori").await);
        let spec = |status, start: &str, end: &str| CaseSpec {
            status, starts_at: at(start), ends_at: at(end), ..CaseSpec::default()
        };
        let first = world.case(&family, Some(&provider), spec(S::ProviderFound, "2024-03-30T09:00", "2024-03-30T10:00")).await;
        let refused = coordination::establish_waived(env, &desk, first, by_phone()).await;
        assert!(matches!(refused, Err(Error::Refused(Refusal::MeetingNotWaivable))), "{refused:?}");
        let met = world.case(&family, Some(&provider), spec(S::Completed, "2024-02-03T09:00", "2024-02-03T10:00")).await;
        world.a_sheet(met, &family, true).await;
        let april = world.case(&family, Some(&provider), spec(S::ProviderFound, "2024-04-01T09:00", "2024-04-01T10:00")).await;
        let refused = coordination::establish_waived(env, &desk, april, by_phone()).await;
        assert!(matches!(refused, Err(Error::Refused(Refusal::MeetingNotWaivable))), "a new fiscal year: {refused:?}");
        assert!(coordination::details(env, &desk, first).await.unwrap().waivable);
        coordination::establish_waived(env, &desk, first, by_phone()).await.unwrap();
        assert_eq!(world.status(first).await, S::Established);
    }

    async fn a_meeting_is_not_waived_for_a_child_or_a_place_the_provider_does_not_know(world) {
        let env = &world.env;
        let (family, provider, desk) = (world.a_family().await, world.a_provider().await, world.coordinator("midori").await);
        let met = CaseSpec { status: S::Completed, starts_at: at("2024-02-03T09:00"), ends_at: at("2024-02-03T10:00"), ..CaseSpec::default() };
        let met = world.case(&family, Some(&provider), met).await;
        world.a_sheet(met, &family, true).await;
        let no = world.a_case(&family, Some(&provider), S::ProviderFound).await;
        let id = world.request_id(no).await;
        let run = async |sql: &str, value: sea_orm::Value| db::execute(env.db.write(), sql, vec![id.into(), value]).await.unwrap();
        run("UPDATE care_request_child SET child_id = $2 WHERE request_id = $1", family.sakura.into()).await;
        assert!(!coordination::details(env, &desk, no).await.unwrap().waivable, "another child");
        run("UPDATE care_request_child SET child_id = $2 WHERE request_id = $1", family.taro.into()).await;
        run("UPDATE care_request SET care_place = $2 WHERE id = $1", "user_home".into()).await;
        let refused = coordination::establish_waived(env, &desk, no, by_phone()).await;
        assert!(matches!(refused, Err(Error::Refused(Refusal::MeetingNotWaivable))), "another place: {refused:?}");
        run("UPDATE care_request SET care_place = $2 WHERE id = $1", "provider_home".into()).await;
        coordination::establish_waived(env, &desk, no, by_phone()).await.unwrap();
    }

    async fn nothing_is_offered_accepted_or_agreed_once_the_day_has_begun(world) {
        let env = &world.env;
        let (family, provider, desk) = (world.a_family().await, world.a_provider().await, world.coordinator("midori").await);
        let searching = world.a_case(&family, None, S::InCoordination).await;
        let offering = world.a_case(&family, None, S::Offering).await;
        let asked = world.an_offer(offering, &provider).await;
        let held = world.a_case(&family, Some(&provider), S::MeetingHeld).await;
        world.a_sheet(held, &family, true).await;
        db::execute(env.db.write(), "UPDATE offer SET expires_at = $1", vec![at("2024-04-01T10:00").0.into()]).await.unwrap();
        env.clock.advance_to(at("2024-03-30T11:30"));
        for result in [
            offer::send(env, &desk, searching, by_phone(), &[provider.no]).await,
            offer::accept(env, &provider.actor, asked, Channel::Web).await,
            offer::accept(env, &desk, asked, Channel::Phone).await,
            coordination::establish(env, &desk, held, by_phone()).await,
        ] {
            assert!(matches!(result, Err(Error::Refused(Refusal::ActivityBegun))), "{result:?}");
        }
        assert_eq!(world.count("SELECT COUNT(*) FROM activity").await, 0);
    }
}
