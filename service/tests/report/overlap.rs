//! Hours that meet: refused, but for siblings, whose order runs over both reports.

use super::*;

/// 太郎's and 桜's drafts for the same two hours with the same provider: the case, the elder's and the younger's report.
async fn siblings(world: support::World) -> (Case, ReportNo, ReportNo) {
    let case = Case::established(world).await;
    let (taro, sakura) = (case.family.taro, case.family.sakura);
    let hours = ("2024-03-30T11:30", "2024-03-30T13:30");
    let beside = request(&case.world, &case.family.person, &case.provider, hours, &[taro, sakura]).await;
    let elder = case.draft(&ReportForm { children: vec![taro.to_string()], ..case.form() }).await;
    let younger = case.draft(&form_for(beside, hours.0, hours.1, &[sakura])).await;
    (case, elder, younger)
}

async fn fee(case: &Case, no: ReportNo) -> i64 {
    case.details(no, &case.provider.actor).await.settlement.fee
}

both_databases! {
    async fn hours_do_not_overlap_except_for_siblings(world) {
        let case = Case::established(world).await;
        let first = case.draft(&ReportForm { children: vec![case.family.taro.to_string()], ..case.form() }).await;
        submit(&case, &case.provider.actor, first).await.unwrap();

        let strangers = case.world.member("midori", MemberKind::User, "佐藤", "桃子").await;
        let child = case.world.child(strangers.id, "蓮", "2020-01-01").await;
        let other = request(&case.world, &strangers, &case.provider, ("2024-03-30T13:00", "2024-03-30T14:00"), &[child]).await;
        let no = case.draft(&form_for(other, "2024-03-30T13:00", "2024-03-30T14:00", &[child])).await;
        let before = case.everything().await;
        assert_eq!(refused(submit(&case, &case.provider.actor, no).await), Refusal::Overlap { report: first.to_string() });
        assert_eq!(case.everything().await, before);

        let own = [case.family.taro, case.family.sakura];
        let sibling = request(&case.world, &case.family.person, &case.provider, ("2024-03-30T11:30", "2024-03-30T13:30"), &own).await;
        let same = case.draft(&form_for(sibling, "2024-03-30T12:00", "2024-03-30T13:00", &[case.family.taro])).await;
        assert_eq!(refused(submit(&case, &case.provider.actor, same).await), Refusal::Overlap { report: first.to_string() });

        // The other child may overlap, and is then the second one: half the price, whole benefit.
        let form = form_for(sibling, "2024-03-30T12:00", "2024-03-30T13:00", &[case.family.sakura]);
        let revision = case.revision(same).await;
        let env = &case.world.env;
        report::save(env, &case.provider.actor, Some((same, revision)), &form, "", Channel::Web).await.unwrap();
        submit(&case, &case.provider.actor, same).await.unwrap();
        let details = case.details(same, &case.provider.actor).await;
        assert_eq!((details.settlement.fee, details.settlement.benefit), (300, 500));

        // Back to back is no overlap.
        let form = form_for(other, "2024-03-30T13:30", "2024-03-30T14:00", &[child]);
        let revision = case.revision(no).await;
        report::save(env, &case.provider.actor, Some((no, revision)), &form, "", Channel::Web).await.unwrap();
        submit(&case, &case.provider.actor, no).await.unwrap();
    }

    async fn the_elder_child_pays_in_full_whichever_report_comes_first(world) {
        let (case, elder, younger) = siblings(world).await;
        let (env, provider, family) = (&case.world.env, &case.provider.actor, &case.family.person.actor);
        submit(&case, provider, younger).await.unwrap();
        assert_eq!(fee(&case, younger).await, 1200, "alone so far");
        let seen = case.approval_form(younger, &[]).await;
        submit(&case, provider, elder).await.unwrap();
        assert_eq!((fee(&case, elder).await, fee(&case, younger).await), (1200, 600));

        // The family is notified, and cannot approve what it saw before.
        assert_eq!(case.world.notified(family, &format!("援助活動報告書 {younger} の金額が変わりました")).await, 1);
        assert_eq!(case.world.notified(provider, &format!("援助活動報告書 {younger} の金額が変わりました")).await, 1);
        let late = approval::approve(env, family, younger, &seen, Channel::Web).await;
        assert_eq!(refused(late), Refusal::ChangedSinceSeen);

        // Fixed or pulled back and registered again, in whatever order, it stays so.
        let revision = case.revision(younger).await;
        approval::request_revision(env, family, younger, revision, "備考を直してください", Channel::Web).await.unwrap();
        submit(&case, provider, younger).await.unwrap();
        assert_eq!((fee(&case, elder).await, fee(&case, younger).await), (1200, 600), "fixed");
        for order in [[elder, younger], [younger, elder]] {
            for no in order {
                let revision = case.revision(no).await;
                report::pull_back(env, provider, no, revision, Channel::Web).await.unwrap();
            }
            for no in order {
                submit(&case, provider, no).await.unwrap();
            }
            assert_eq!((fee(&case, elder).await, fee(&case, younger).await), (1200, 600), "{order:?}");
        }
    }

    async fn a_child_is_alone_again_when_the_report_beside_it_goes(world) {
        let (case, elder, younger) = siblings(world).await;
        let (env, provider) = (&case.world.env, &case.provider.actor);
        submit(&case, provider, elder).await.unwrap();
        submit(&case, provider, younger).await.unwrap();
        assert_eq!((fee(&case, elder).await, fee(&case, younger).await), (1200, 600));
        let revision = case.revision(elder).await;
        report::pull_back(env, provider, elder, revision, Channel::Web).await.unwrap();
        assert_eq!(fee(&case, younger).await, 1200, "taken back");
        submit(&case, provider, elder).await.unwrap();
        assert_eq!(fee(&case, younger).await, 600, "registered again");
        let revision = case.revision(elder).await;
        report::void(env, provider, elder, revision, "来ませんでした", Channel::Web).await.unwrap();
        assert_eq!(fee(&case, younger).await, 1200, "voided");
        let benefit = case.details(younger, provider).await.settlement.benefit;
        assert_eq!(benefit, 1000, "the benefit never depended on it");
    }

    async fn steps_on_two_reports_side_by_side_never_wait_for_each_other(world) {
        let (case, elder, younger) = siblings(world).await;
        let (env, provider) = (&case.world.env, &case.provider.actor);
        for _ in 0..5 {
            let (one, other) = tokio::join!(submit(&case, provider, elder), submit(&case, provider, younger));
            one.and(other).unwrap();
            assert_eq!((fee(&case, elder).await, fee(&case, younger).await), (1200, 600));
            let (seen, also) = (case.revision(elder).await, case.revision(younger).await);
            let back = |no, revision| report::pull_back(env, provider, no, revision, Channel::Web);
            let (one, other) = tokio::join!(back(elder, seen), back(younger, also));
            one.unwrap();
            // Recalculated meanwhile, it is another report than the page showed.
            if let Err(error) = other {
                assert!(matches!(error, Error::Stale { .. }), "{error:?}");
                back(younger, case.revision(younger).await).await.unwrap();
            }
        }
    }

    async fn an_approval_beside_a_registration_leaves_one_full_price(world) {
        let (case, elder, younger) = siblings(world).await;
        let (env, provider, family) = (&case.world.env, &case.provider.actor, &case.family.person.actor);
        let other_server = case.world.second_server().await;
        let desk = case.world.coordinator("midori").await;
        for round in 0..12 {
            submit(&case, provider, younger).await.unwrap();
            let seen = case.approval_form(younger, &[]).await;
            let (registered, approved) = tokio::join!(
                submit(&case, provider, elder),
                approval::approve(&other_server, family, younger, &seen, Channel::Web),
            );
            registered.unwrap();
            let fees = (fee(&case, elder).await, fee(&case, younger).await);
            assert_eq!(fees.0 + fees.1, 1800, "round {round}: {fees:?}, {approved:?}");
            match approved {
                Ok(()) => {
                    let revision = case.revision(younger).await;
                    approval::reopen(env, &desk, younger, revision, "もう一度").await.unwrap();
                }
                Err(error) => {
                    assert!(matches!(error, Error::Refused(Refusal::ChangedSinceSeen)), "{error:?}");
                    let revision = case.revision(younger).await;
                    report::pull_back(env, provider, younger, revision, Channel::Web).await.unwrap();
                }
            }
            let revision = case.revision(elder).await;
            report::pull_back(env, provider, elder, revision, Channel::Web).await.unwrap();
        }
    }

    async fn a_stale_page_reads_of_the_fee_charged_again_and_not_of_the_readers_own_step(world) {
        let (case, elder, younger) = siblings(world).await;
        let (env, provider) = (&case.world.env, &case.provider.actor);
        let draft = case.revision(younger).await;
        submit(&case, provider, younger).await.unwrap();
        let page = case.revision(younger).await;
        submit(&case, provider, elder).await.unwrap();
        let late = report::pull_back(env, provider, younger, page, Channel::Web).await;
        assert_eq!(stale(late), ("自動処理".into(), "charge_anew".into()));
        // 登録 pressed twice is still done, whatever was charged in between.
        report::submit(env, provider, younger, draft, Channel::Web).await.unwrap();
    }

    async fn another_place_for_the_same_yen_is_nothing_to_look_at(world) {
        let (case, elder, younger) = siblings(world).await;
        let (env, provider, family) = (&case.world.env, &case.provider.actor, &case.family.person.actor);
        let ren = case.world.child(case.family.person.id, "蓮", "2024-01-01").await;
        let hours = ("2024-03-30T11:30", "2024-03-30T13:30");
        let third = request(&case.world, &case.family.person, &case.provider, hours, &[ren]).await;
        let youngest = case.draft(&form_for(third, hours.0, hours.1, &[ren])).await;
        for no in [elder, younger, youngest] {
            submit(&case, provider, no).await.unwrap();
        }
        let places = async |no: ReportNo| {
            let quote = case.details(no, provider).await.quote.unwrap();
            quote.places().into_iter().map(|place| place.position).collect::<Vec<_>>()
        };
        assert_eq!((fee(&case, youngest).await, places(youngest).await), (600, vec![2]));
        let seen = case.approval_form(youngest, &[]).await;
        let revision = case.revision(younger).await;
        report::pull_back(env, provider, younger, revision, Channel::Web).await.unwrap();
        assert_eq!((fee(&case, youngest).await, places(youngest).await), (600, vec![1]), "the second child now");
        let changed = case.world.count("SELECT COUNT(*) FROM notice WHERE subject LIKE '%変わりました'").await;
        assert_eq!(changed, 0, "nobody is notified of 600円 → 600円");
        assert_eq!(case.world.events(Action::Recalculate).await, 0);
        // What the family has before it is still what it approves, and the second child comes third.
        approval::approve(env, family, youngest, &seen, Channel::Web).await.unwrap();
        submit(&case, provider, younger).await.unwrap();
        assert_eq!((fee(&case, younger).await, places(younger).await), (600, vec![2]), "the second place is approved");
        assert_eq!(fee(&case, elder).await, 1200);
    }

    async fn what_is_approved_stays_and_the_elder_child_takes_the_place_left(world) {
        let (case, elder, younger) = siblings(world).await;
        let (env, provider, family) = (&case.world.env, &case.provider.actor, &case.family.person.actor);
        submit(&case, provider, younger).await.unwrap();
        let form = case.approval_form(younger, &[]).await;
        approval::approve(env, family, younger, &form, Channel::Web).await.unwrap();
        submit(&case, provider, elder).await.unwrap();
        assert_eq!((fee(&case, younger).await, fee(&case, elder).await), (1200, 600), "full price once");
        // Opened again by the branch, it yields to the elder child.
        let desk = case.world.coordinator("midori").await;
        let revision = case.revision(younger).await;
        approval::reopen(env, &desk, younger, revision, "お子さんの順番を直すため").await.unwrap();
        assert_eq!(fee(&case, elder).await, 1200);
        submit(&case, provider, younger).await.unwrap();
        assert_eq!((fee(&case, younger).await, fee(&case, elder).await), (600, 1200));
    }

    async fn half_price_ends_with_the_overlap(world) {
        let case = Case::established(world).await;
        let (taro, sakura) = (case.family.taro, case.family.sakura);
        let provider = &case.provider.actor;
        let hours = ("2024-03-30T09:30", "2024-03-30T13:30");
        let long = request(&case.world, &case.family.person, &case.provider, hours, &[sakura]).await;
        let first = case.draft(&form_for(case.request, "2024-03-30T09:00", "2024-03-30T10:00", &[taro])).await;
        submit(&case, provider, first).await.unwrap();
        let second = case.draft(&form_for(long, hours.0, hours.1, &[sakura])).await;
        // The live sum of the form says the same as the registration.
        let view = report::existing(&case.world.env, provider, second).await.unwrap();
        let care = view.form.care(view.today, &view.request.as_ref().unwrap().children, &view.others).unwrap().unwrap();
        let live = domain::fee::quote(&view.rates.tariff, &view.rates.holidays, &care).unwrap();
        submit(&case, provider, second).await.unwrap();
        let quote = case.details(second, provider).await.quote.unwrap();
        let fees: Vec<i64> = quote.lines.iter().map(|line| line.fee()).collect();
        assert_eq!(fees, [300, 600, 600, 600]);
        assert_eq!(live, quote);
    }

    async fn two_overlapping_registrations_at_once_leave_one(world) {
        let case = Case::established(world).await;
        let strangers = case.world.member("midori", MemberKind::User, "佐藤", "桃子").await;
        let child = case.world.child(strangers.id, "蓮", "2020-01-01").await;
        let other = request(&case.world, &strangers, &case.provider, ("2024-03-30T13:00", "2024-03-30T14:00"), &[child]).await;
        let a = case.draft(&case.form()).await;
        let b = case.draft(&form_for(other, "2024-03-30T13:00", "2024-03-30T14:00", &[child])).await;
        let (one, two) = tokio::join!(submit(&case, &case.provider.actor, a), submit(&case, &case.provider.actor, b));
        let (lost, winner) = if one.is_ok() { (two, a) } else { (one, b) };
        assert_eq!(refused(lost), Refusal::Overlap { report: winner.to_string() });
    }
}
