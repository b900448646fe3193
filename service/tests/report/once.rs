//! Pressed twice, in two windows, by two people: one result.

use super::*;

both_databases! {
    async fn one_request_has_one_report_until_it_is_voided(world) {
        let case = Case::established(world).await;
        let first = case.draft(&case.form()).await;
        let result = report::save(&case.world.env, &case.provider.actor, None, &case.form(), "k2", Channel::Web).await;
        assert_eq!(refused(result), Refusal::AlreadyReported { report: first.to_string() });
        let result = report::save(&case.world.env, &case.coordinator, None, &case.form(), "k3", Channel::Phone).await;
        assert_eq!(refused(result), Refusal::AlreadyReported { report: first.to_string() });
        assert!(report::candidates(&case.world.env, &case.provider.actor, "").await.unwrap().is_empty());
        let revision = case.revision(first).await;
        report::void(&case.world.env, &case.provider.actor, first, revision, "やり直し", Channel::Web).await.unwrap();
        let second = case.draft(&case.form()).await;
        assert!(second > first, "a number is never used again");
    }

    async fn two_first_saves_at_once_make_one_report(world) {
        let case = Case::established(world).await;
        let form = case.form();
        let save = |actor, channel| report::save(&case.world.env, actor, None, &form, "", channel);
        let (one, two) = tokio::join!(save(&case.provider.actor, Channel::Web), save(&case.coordinator, Channel::Phone));
        let (won, lost) = if one.is_ok() { (one, two) } else { (two, one) };
        assert_eq!(refused(lost), Refusal::AlreadyReported { report: won.unwrap().to_string() });
        assert_eq!(case.world.count("SELECT COUNT(*) FROM activity_report").await, 1);
    }

    async fn two_windows_on_one_report_give_one_result(world) {
        let case = Case::established(world).await;
        let env = &case.world.env;
        let no = case.submitted().await;
        let revision = case.revision(no).await;
        report::pull_back(env, &case.provider.actor, no, revision, Channel::Web).await.unwrap();
        assert_eq!(case.activity().await, "planned");
        // The other window still shows 承認待ち.
        let old = report::void(env, &case.provider.actor, no, revision, "いらない", Channel::Web).await;
        assert_eq!(stale(old), (case.provider.actor.name.clone(), "pull_back".into()));
        // The same click again is no fault.
        report::pull_back(env, &case.provider.actor, no, revision, Channel::Web).await.unwrap();
        assert_eq!(case.details(no, &case.provider.actor).await.status, ReportStatus::Draft);
    }

    async fn registering_twice_is_once(world) {
        let case = Case::established(world).await;
        let no = case.draft(&case.form()).await;
        let revision = case.revision(no).await;
        let submit = || report::submit(&case.world.env, &case.provider.actor, no, revision, Channel::Web);
        let (one, two) = tokio::join!(submit(), submit());
        one.unwrap();
        two.unwrap();
        assert_eq!(case.world.count("SELECT COUNT(*) FROM event WHERE action = 'submit'").await, 1);
        assert_eq!(case.world.count("SELECT COUNT(*) FROM outbox").await, 1);
    }
}
