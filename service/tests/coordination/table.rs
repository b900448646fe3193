//! The table of a request: what is refused to whom, what a double click and a stale page come to.

use super::*;

both_databases! {
    async fn every_step_outside_the_table_is_refused_and_changes_nothing(world) {
        let env = &world.env;
        let (family, provider) = (world.a_family().await, world.a_provider().await);
        let other = world.member("midori", MemberKind::Provider, "佐藤", "恵").await;
        let desk = world.coordinator("midori").await;
        let strangers = [
            world.coordinator("aoba").await,
            world.hq().await,
            world.member("midori", MemberKind::User, "他", "人").await.actor,
            other.actor.clone(),
        ];
        let parties =
            [(Party::Family, &family.person.actor), (Party::Provider, &provider.actor), (Party::Coordinator, &desk)];
        let (mut refused, mut hidden) = (0, 0);
        for &status in S::ALL {
            let no = world.a_case(&family, Some(&provider), status).await;
            let matched = world.count(&format!("SELECT COALESCE(provider_id, 0) FROM care_request WHERE request_no = {}", no.0)).await > 0;
            let before = footprint(&world).await;
            for action in STEPS {
                for actor in &strangers {
                    let result = attempt(env, actor, no, action, &other).await;
                    assert!(matches!(result, Err(Error::NotFound)), "{status:?} {action:?} {actor:?}: {result:?}");
                    hidden += 1;
                }
                for (party, actor) in parties {
                    let Err(expected) = next(TABLE, status, action, party) else { continue };
                    let result = attempt(env, actor, no, action, &other).await;
                    if party == Party::Provider && !matched {
                        assert!(matches!(result, Err(Error::NotFound)), "{status:?} {action:?}: {result:?}");
                        continue;
                    }
                    if party == Party::Coordinator && status == S::Draft {
                        assert!(matches!(result, Err(Error::NotFound)), "a draft is the family's alone: {action:?} {result:?}");
                        continue;
                    }
                    let Err(Error::Refused(refusal)) = result else { panic!("{status:?} {action:?} {party:?}: {result:?}") };
                    assert_eq!(refusal, of_request(expected, status), "{action:?} {party:?}");
                    refused += 1;
                }
            }
            assert_eq!(footprint(&world).await, before, "{status:?}");
        }
        let rows = TABLE.iter().filter(|step| STEPS.contains(&step.action));
        let allowed: usize = rows.map(|step| step.by.len()).sum();
        let (unmatched, drafts) = (6 * STEPS.len(), STEPS.len());
        assert_eq!(refused, S::ALL.len() * STEPS.len() * 3 - allowed - unmatched - drafts);
        assert_eq!(hidden, S::ALL.len() * STEPS.len() * strangers.len());
        assert_eq!(next(TABLE, S::Submitted, A::Take, Party::Family), Err(StepRefused::NotYours));
    }

    async fn a_double_click_is_one_step_and_a_stale_page_learns_who_was_first(world) {
        let env = &world.env;
        let family = world.a_family().await;
        let (first, second) = (world.coordinator("midori").await, world.coordinator("midori").await);
        let no = world.a_case(&family, None, S::Submitted).await;
        assert_eq!(coordination::take(env, &first, no, Asked::seen(1)).await.unwrap(), Outcome::Executed);
        assert_eq!(coordination::take(env, &first, no, Asked::seen(1)).await.unwrap(), Outcome::AlreadyApplied);
        let late = coordination::take(env, &second, no, Asked::seen(1)).await;
        let Err(Error::Stale { by, action }) = late else { panic!("{late:?}") };
        assert_eq!((by, action), (first.name.clone(), Some(domain::event::Action::Take)));
        let late = coordination::not_establish(env, &second, no, Asked::seen(1), "distance", "").await;
        assert!(matches!(late, Err(Error::Stale { .. })), "{late:?}");
        assert_eq!(world.count("SELECT COUNT(*) FROM event").await, 1);
    }
}
