//! Offers: one tap, the first acceptance wins, 48 hours, and nothing personal before.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test ends where it fails")]

mod support;

use domain::actor::{Channel, MemberKind};
use domain::event::Action;
use domain::event::Event;
use domain::id::OfferId;
use domain::number::RequestNo;
use domain::refusal::Refusal;
use domain::request::{CoordinationStatus as S, OFFER_TABLE, OfferAction, OfferStatus};
use service::coordination::{self, Asked, Outcome};
use service::{Error, db, history, offer};
use support::case::CaseSpec;
use support::{World, at};

fn anyhow() -> Asked {
    Asked { seen: None, channel: Channel::Phone }
}

both_databases! {
    async fn who_has_accepted_an_offer_reads_so_when_declining_it(world) {
        let (family, provider) = (world.a_family().await, world.a_provider().await);
        let no = world.a_case(&family, None, S::Offering).await;
        let offer = world.an_offer(no, &provider).await;
        offer::accept(&world.env, &provider.actor, offer, Channel::Web).await.unwrap();
        let late = offer::decline(&world.env, &provider.actor, offer, "", Channel::Web).await;
        assert!(matches!(late, Err(Error::Refused(Refusal::OfferAccepted))), "{late:?}");
        assert_eq!(world.status(no).await, S::ProviderFound);
    }

    async fn two_providers_at_once_and_one_wins(world) {
        let (family, desk) = (world.a_family().await, world.coordinator("midori").await);
        let first = world.a_provider().await;
        let second = world.member("midori", MemberKind::Provider, "佐藤", "恵").await;
        let other = world.second_server().await;
        for _ in 0..4 {
            let no = world.a_case(&family, None, S::InCoordination).await;
            // Agreed cases of an earlier round would clash: take them out of the way.
            db::execute(world.env.db.write(), "UPDATE care_request SET status = 'cancelled' WHERE status = 'provider_found'", vec![]).await.unwrap();
            offer::send(&world.env, &desk, no, anyhow(), &[first.no, second.no]).await.unwrap();
            let sql = |person: &support::Person| format!("SELECT MAX(id) FROM offer WHERE provider_id = {}", person.id);
            let (one, two) = (OfferId(world.count(&sql(&first)).await), OfferId(world.count(&sql(&second)).await));
            let (a, b) = tokio::join!(
                offer::accept(&world.env, &first.actor, one, Channel::Web),
                offer::accept(&other, &second.actor, two, Channel::Web),
            );
            let (winner, loser, lost) = match (&a, &b) {
                (Ok(Outcome::Executed), Err(lost)) => (&first, two, lost),
                (Err(lost), Ok(Outcome::Executed)) => (&second, one, lost),
                both => panic!("{both:?}"),
            };
            assert!(matches!(lost, Error::Refused(Refusal::OfferClosed)), "{lost:?}");
            let matched = format!("SELECT provider_id FROM care_request WHERE request_no = {}", no.0);
            assert_eq!(world.count(&matched).await, winner.id.0);
            assert_eq!(world.text(&format!("SELECT status FROM offer WHERE id = {loser}")).await, "closed");
        }
    }

    async fn the_coordinator_closes_while_a_provider_accepts(world) {
        let (family, desk, provider) = (world.a_family().await, world.coordinator("midori").await, world.a_provider().await);
        let other = world.second_server().await;
        for _ in 0..4 {
            let no = world.a_case(&family, None, S::Offering).await;
            let offer = world.an_offer(no, &provider).await;
            let (accepted, ended) = tokio::join!(
                offer::accept(&world.env, &provider.actor, offer, Channel::Web),
                coordination::not_establish(&other, &desk, no, Asked::seen(1), "no_provider", ""),
            );
            match (accepted, ended) {
                (Ok(_), Err(Error::Stale { by, action })) => {
                    assert_eq!((by.as_str(), action.unwrap().key()), ("山田 和子", "accept"));
                    assert_eq!(world.status(no).await, S::ProviderFound);
                }
                (Err(Error::Refused(Refusal::OfferClosed)), Ok(_)) => assert_eq!(world.status(no).await, S::NotEstablished),
                both => panic!("{both:?}"),
            }
            db::execute(world.env.db.write(), "UPDATE care_request SET status = 'cancelled' WHERE status = 'provider_found'", vec![]).await.unwrap();
        }
    }

    async fn one_provider_cannot_take_two_cases_at_one_time(world) {
        let (family, provider) = (world.a_family().await, world.a_provider().await);
        let (one, two) = (world.a_case(&family, None, S::Offering).await, world.a_case(&family, None, S::Offering).await);
        let (first, second) = (world.an_offer(one, &provider).await, world.an_offer(two, &provider).await);
        let other = world.second_server().await;
        let (a, b) = tokio::join!(
            offer::accept(&world.env, &provider.actor, first, Channel::Web),
            offer::accept(&other, &provider.actor, second, Channel::Web),
        );
        let clashed = |result: &service::Result<Outcome>| matches!(result, Err(Error::Refused(Refusal::CannotAccept(_))));
        assert!(a.is_ok() && clashed(&b) || b.is_ok() && clashed(&a), "{a:?} {b:?}");
    }

    async fn every_answer_outside_the_table_is_refused(world) {
        let env = &world.env;
        let (family, desk, provider) = (world.a_family().await, world.coordinator("midori").await, world.a_provider().await);
        let stranger = world.member("midori", MemberKind::Provider, "佐藤", "恵").await;
        let (aoba, hq) = (world.coordinator("aoba").await, world.hq().await);
        for &status in OfferStatus::ALL {
            let no = world.a_case(&family, None, S::Offering).await;
            let offer = world.an_offer(no, &provider).await;
            // A second open offer keeps the case where it is.
            world.an_offer(no, &stranger).await;
            db::execute(env.db.write(), "UPDATE offer SET status = $1 WHERE id = $2", vec![status.key().into(), offer.into()]).await.unwrap();
            for action in [OfferAction::Accept, OfferAction::Decline, OfferAction::Close] {
                for actor in [&stranger.actor, &family.person.actor, &aoba, &hq] {
                    let result = answer(&world, actor, offer, action).await;
                    assert!(matches!(result, Err(Error::NotFound)), "{status:?} {action:?}: {result:?}");
                }
                for (party, actor) in [(domain::actor::Party::Provider, &provider.actor), (domain::actor::Party::Coordinator, &desk)] {
                    let row = OFFER_TABLE.iter().find(|step| step.from == status && step.action == action);
                    let repeated = matches!(
                        (status, action),
                        (OfferStatus::Declined, OfferAction::Decline) | (OfferStatus::Closed, OfferAction::Close)
                    );
                    let result = match row {
                        Some(row) if row.by.contains(&party) => continue,
                        _ => answer(&world, actor, offer, action).await,
                    };
                    match row {
                        Some(_) => assert!(matches!(result, Err(Error::Refused(Refusal::NotYours))), "{status:?} {action:?} {party:?}"),
                        None if repeated && (party == domain::actor::Party::Coordinator || action == OfferAction::Decline) => {
                            assert_eq!(result.unwrap(), Outcome::AlreadyApplied);
                        }
                        None => assert!(matches!(result, Err(Error::Refused(Refusal::OfferClosed))), "{status:?} {action:?} {party:?}"),
                    }
                }
            }
            assert_eq!(world.text(&format!("SELECT status FROM offer WHERE id = {offer}")).await, status.key());
            assert_eq!(world.status(no).await, S::Offering);
        }
    }

    async fn when_all_decline_the_search_goes_on(world) {
        let env = &world.env;
        let (family, desk, provider) = (world.a_family().await, world.coordinator("midori").await, world.a_provider().await);
        let second = world.member("midori", MemberKind::Provider, "佐藤", "恵").await;
        let no = world.a_case(&family, None, S::InCoordination).await;
        offer::send(env, &desk, no, anyhow(), &[provider.no, second.no]).await.unwrap();
        assert_eq!(offer::send(env, &desk, no, anyhow(), &[provider.no, second.no]).await.unwrap(), Outcome::AlreadyApplied);
        assert_eq!(world.count("SELECT COUNT(*) FROM offer").await, 2);
        let id = async |person: &support::Person| OfferId(world.count(&format!("SELECT id FROM offer WHERE provider_id = {}", person.id)).await);
        offer::decline(env, &provider.actor, id(&provider).await, "", Channel::Web).await.unwrap();
        assert_eq!(world.status(no).await, S::Offering);
        let phone = offer::decline(env, &desk, id(&second).await, "別の予定", Channel::Phone).await.unwrap();
        assert_eq!(phone, Outcome::Executed);
        assert_eq!(world.status(no).await, S::InCoordination);
        let entries = history::of_request(env, &desk, no).await.unwrap().entries;
        let declined = entries.iter().rfind(|entry| entry.event.action().key() == "decline").unwrap();
        assert_eq!(declined.on_behalf_of, Some(format!("佐藤恵（{}）", second.no)));
        assert_eq!((declined.channel, declined.reason.as_deref()), (Channel::Phone, Some("別の予定")));
        assert_eq!(entries.last().unwrap().event.action().key(), "return_to_search");
        let none = offer::send(env, &desk, no, anyhow(), &[]).await;
        assert!(matches!(none, Err(Error::Refused(Refusal::NoProviderChosen))), "{none:?}");
        let foreign = world.member("aoba", MemberKind::Provider, "他", "区").await;
        assert!(matches!(offer::send(env, &desk, no, anyhow(), &[foreign.no]).await, Err(Error::NotFound)));
    }

    async fn every_offer_that_ends_with_another_step_is_in_the_history(world) {
        let env = &world.env;
        let (family, desk, provider) = (world.a_family().await, world.coordinator("midori").await, world.a_provider().await);
        let second = world.member("midori", MemberKind::Provider, "佐藤", "恵").await;
        let mut cases = Vec::new();
        for _ in 0..3 {
            let no = world.a_case(&family, None, S::Offering).await;
            cases.push((no, world.an_offer(no, &provider).await, world.an_offer(no, &second).await));
        }
        let [(taken, accepted, _), (ended, ..), (withdrawn, ..)] = cases[..] else { panic!("three cases") };
        offer::accept(env, &provider.actor, accepted, Channel::Web).await.unwrap();
        coordination::not_establish(env, &desk, ended, Asked::seen(1), "no_provider", "").await.unwrap();
        coordination::withdraw(env, &family.person.actor, withdrawn, Asked::seen(1), "").await.unwrap();
        for (no, step, closed) in [(taken, "accept", 1), (ended, "not_establish", 2), (withdrawn, "withdraw", 2)] {
            let entries = history::of_request(env, &desk, no).await.unwrap().entries;
            let closings: Vec<_> = entries.iter().filter(|entry| entry.event.action().key() == "close").collect();
            assert_eq!(closings.len(), closed, "{step}");
            let whose = format!("佐藤恵（{}）", second.no);
            let named = |event: &Event| matches!(event, Event::Close(answer) if answer.provider == whose);
            assert_eq!(closings.iter().filter(|entry| named(&entry.event)).count(), 1, "{step}");
            assert!(closings.iter().all(|entry| entry.channel == Channel::Job), "it follows from {step}");
            assert_eq!(entries.iter().filter(|entry| entry.event.action().key() == step).count(), 1);
        }
        assert_eq!(world.notified(&second.actor, "援助のお願いが終わりました").await, 3);
        assert_eq!(world.count("SELECT COUNT(*) FROM offer WHERE status = 'closed'").await, 5);
    }

    async fn a_family_learns_nothing_of_members_by_asking_them(world) {
        let env = &world.env;
        let (family, provider) = (world.a_family().await, world.a_provider().await);
        let no = world.a_case(&family, None, S::InCoordination).await;
        for asked in [provider.no, domain::number::MemberNo(7_777_777), family.person.no] {
            let result = offer::send(env, &family.person.actor, no, Asked::seen(1), &[asked]).await;
            assert_eq!(support::refused(result), Refusal::NotYours, "{asked}");
        }
        assert_eq!(world.count("SELECT COUNT(*) FROM offer").await, 0);
    }

    async fn a_browser_that_fetches_ahead_has_seen_nothing(world) {
        let env = &world.env;
        let (family, provider) = (world.a_family().await, world.a_provider().await);
        let no = world.a_case(&family, None, S::Offering).await;
        world.an_offer(no, &provider).await;
        assert!(offer::open_for(env, &provider.actor, false).await.unwrap().open[0].is_new);
        assert_eq!(world.text("SELECT status FROM offer").await, "sent");
        assert_eq!(world.count("SELECT COUNT(*) FROM event").await, 0);
        assert!(offer::open_for(env, &provider.actor, true).await.unwrap().open[0].is_new);
    }

    async fn an_offer_ends_after_48_hours_of_the_branchs_open_days(world) {
        let env = &world.env;
        let (family, desk, provider) = (world.a_family().await, world.coordinator("midori").await, world.a_provider().await);
        let no = world.a_case(&family, None, S::InCoordination).await;
        offer::send(env, &desk, no, anyhow(), &[provider.no]).await.unwrap();
        let offer = OfferId(world.count("SELECT id FROM offer").await);
        // It is Saturday; on Sunday and Monday the branch is closed and no time passes.
        env.clock.advance_to(at("2024-03-20T09:59"));
        assert_eq!(offer::expire_offers(env).await.unwrap(), 0);
        env.clock.advance_to(at("2024-03-20T10:00"));
        assert!(offer::open_for(env, &provider.actor, true).await.unwrap().open.is_empty(), "over before the job has run");
        let late = offer::accept(env, &provider.actor, offer, Channel::Web).await;
        assert!(matches!(late, Err(Error::Refused(Refusal::OfferClosed))), "{late:?}");
        assert_eq!(offer::expire_offers(env).await.unwrap(), 1);
        assert_eq!(offer::expire_offers(env).await.unwrap(), 0);
        assert_eq!(world.text("SELECT status FROM offer").await, "expired");
        assert_eq!(world.status(no).await, S::InCoordination);
        let notices = format!("SELECT COUNT(*) FROM notice WHERE account_id = {}", desk.account);
        assert_eq!(world.count(&notices).await, 1, "the branch learns that nobody is asked any more");
    }

    async fn an_offer_ends_at_the_latest_when_the_activity_starts(world) {
        let env = &world.env;
        let (family, desk, provider) = (world.a_family().await, world.coordinator("midori").await, world.a_provider().await);
        env.clock.advance_to(at("2024-03-29T10:00"));
        let no = world.a_case(&family, None, S::InCoordination).await;
        offer::send(env, &desk, no, anyhow(), &[provider.no]).await.unwrap();
        assert_eq!(world.count("SELECT expires_at FROM offer").await, at("2024-03-30T11:30").0);
    }

    async fn an_offer_says_where_it_is_and_what_it_brings(world) {
        let (family, provider) = (world.a_family().await, world.a_provider().await);
        let no = world.a_case(&family, None, S::Offering).await;
        world.an_offer(no, &provider).await;
        let unknown = offer::open_for(&world.env, &provider.actor, false).await.unwrap().open.remove(0);
        assert_eq!(unknown.receives, None, "no tariff covers the day");
        service::reference::seed(&world.env).await.unwrap();
        let shown = offer::open_for(&world.env, &provider.actor, false).await.unwrap().open.remove(0);
        assert_eq!(shown.care_place, domain::request::CarePlace::ProviderHome);
        assert!(shown.receives.is_some_and(|yen| yen > 0), "{:?}", shown.receives);
    }

    async fn looking_makes_an_offer_seen_once(world) {
        let env = &world.env;
        let (family, provider) = (world.a_family().await, world.a_provider().await);
        let no = world.a_case(&family, None, S::Offering).await;
        world.an_offer(no, &provider).await;
        assert!(offer::open_for(env, &provider.actor, true).await.unwrap().open[0].is_new);
        assert!(!offer::open_for(env, &provider.actor, true).await.unwrap().open[0].is_new);
        assert_eq!(world.text("SELECT status FROM offer").await, "seen");
        assert_eq!(world.events(Action::See).await, 1);
        assert!(matches!(offer::open_for(env, &family.person.actor, true).await, Err(Error::NotFound)));
    }

    async fn a_siblings_case_at_the_same_hours_is_no_clash(world) {
        let provider = world.a_provider().await;
        let family = world.a_family().await;
        let coordinator = world.coordinator("midori").await;
        let spec = CaseSpec { status: S::Established, ..CaseSpec::default() };
        let taros = world.case(&family, Some(&provider), spec.clone()).await;
        let sakuras = world.case(&family, None, CaseSpec { status: S::Offering, ..spec }).await;
        let gated = async || {
            let found = coordination::candidates(&world.env, &coordinator, sakuras).await.unwrap();
            found.into_iter().find(|one| one.no == provider.no).unwrap().gates
        };
        assert_eq!(gated().await.len(), 1, "the same child cannot be in two places: {taros}");
        let sql = "UPDATE care_request_child SET child_id = $1 WHERE request_id = $2";
        let values = vec![family.sakura.into(), world.request_id(sakuras).await.into()];
        service::db::execute(world.env.db.write(), sql, values).await.unwrap();
        assert_eq!(gated().await, []);
        let offer = world.an_offer(sakuras, &provider).await;
        offer::accept(&world.env, &provider.actor, offer, Channel::Web).await.unwrap();
    }

    async fn a_clash_that_came_later_stops_the_acceptance(world) {
        let env = &world.env;
        let (family, provider) = (world.a_family().await, world.a_provider().await);
        let no = world.a_case(&family, None, S::Offering).await;
        let offer = world.an_offer(no, &provider).await;
        let clash = CaseSpec { status: S::Established, starts_at: at("2024-03-30T13:29"), ends_at: at("2024-03-30T14:00"), ..CaseSpec::default() };
        let other: RequestNo = world.case(&family, Some(&provider), clash).await;
        let refused = offer::accept(env, &provider.actor, offer, Channel::Web).await;
        assert!(matches!(refused, Err(Error::Refused(Refusal::CannotAccept(_)))), "{refused:?}");
        let desk = offer::accept(env, &world.coordinator("midori").await, offer, Channel::Phone).await;
        assert!(matches!(desk, Err(Error::Refused(Refusal::Gates(_)))), "{desk:?}");
        db::execute(env.db.write(), "UPDATE activity SET starts_at = $1", vec![at("2024-03-30T13:30").0.into()]).await.unwrap();
        db::execute(env.db.write(), "UPDATE care_request SET starts_at = $1 WHERE request_no = $2", vec![at("2024-03-30T13:30").0.into(), i64::from(other.0).into()]).await.unwrap();
        offer::accept(env, &provider.actor, offer, Channel::Web).await.unwrap();
        assert_eq!(world.status(no).await, S::ProviderFound);
    }
}

async fn answer(
    world: &World,
    actor: &domain::actor::Actor,
    offer: OfferId,
    action: OfferAction,
) -> service::Result<Outcome> {
    match action {
        OfferAction::Accept => offer::accept(&world.env, actor, offer, Channel::Phone).await,
        OfferAction::Decline => offer::decline(&world.env, actor, offer, "", Channel::Phone).await,
        OfferAction::Close => offer::close(&world.env, actor, offer).await,
        OfferAction::See | OfferAction::Expire => panic!("{action:?} is no answer"),
    }
}
