//! Hours that meet: refused, but for siblings, whose order runs over both reports.

use super::*;

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

    async fn the_first_report_registered_again_does_not_become_half_price_too(world) {
        let case = Case::established(world).await;
        let (env, provider) = (&case.world.env, &case.provider.actor);
        let (taro, sakura) = (case.family.taro, case.family.sakura);
        let hours = ("2024-03-30T11:30", "2024-03-30T13:30");
        let beside = request(&case.world, &case.family.person, &case.provider, hours, &[taro, sakura]).await;
        let fee = async |no| case.details(no, provider).await.settlement.fee;
        // The younger one is reported first, so hers is the full price: what is registered stays.
        let first = case.draft(&ReportForm { children: vec![sakura.to_string()], ..case.form() }).await;
        submit(&case, provider, first).await.unwrap();
        let second = case.draft(&form_for(beside, hours.0, hours.1, &[taro])).await;
        submit(&case, provider, second).await.unwrap();
        assert_eq!((fee(first).await, fee(second).await), (1200, 600));
        let revision = case.revision(first).await;
        let family = &case.family.person.actor;
        approval::request_revision(env, family, first, revision, "備考を直してください", Channel::Web).await.unwrap();
        submit(&case, provider, first).await.unwrap();
        assert_eq!((fee(first).await, fee(second).await), (1200, 600), "the provider lost the half of it");
        // Pulled back and registered after the other one, it leaves the full price to that one instead.
        let revision = case.revision(first).await;
        report::pull_back(env, provider, first, revision, Channel::Web).await.unwrap();
        let revision = case.revision(second).await;
        report::pull_back(env, provider, second, revision, Channel::Web).await.unwrap();
        submit(&case, provider, second).await.unwrap();
        submit(&case, provider, first).await.unwrap();
        assert_eq!((fee(first).await, fee(second).await), (600, 1200), "never full price twice");
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
        let care = view.form.care(&view.request.as_ref().unwrap().children, &view.others).unwrap().unwrap();
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
