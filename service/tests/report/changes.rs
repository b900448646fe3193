//! What changed when a report comes again: before beside after, for whoever reads it.

use super::*;
use domain::report::ExpenseKind;
use domain::report_change::Changed;
use domain::time::Instant;
use service::report::Changes;

async fn ask_revision(case: &Case, no: ReportNo) {
    let (actor, revision) = (&case.family.person.actor, case.revision(no).await);
    approval::request_revision(&case.world.env, actor, no, revision, "直してください", Channel::Web).await.unwrap();
}

/// 登録 of a changed form as the provider.
async fn register(case: &Case, no: ReportNo, form: &ReportForm) {
    let seen = Some((no, case.revision(no).await));
    report::register(&case.world.env, &case.provider.actor, seen, form, "", Channel::Web).await.unwrap();
}

async fn fields(case: &Case, no: ReportNo) -> Vec<Changed> {
    let changes = case.details(no, &case.family.person.actor).await.changes;
    changes.expect("it came again").fields.expect("what was before is known")
}

fn hours(end: &str) -> (Instant, Instant) {
    (at("2024-03-30T11:30"), at(end))
}

both_databases! {
    async fn a_report_that_comes_again_shows_before_beside_after(world) {
        let case = Case::established(world).await;
        let no = case.submitted().await;
        assert_eq!(case.details(no, &case.family.person.actor).await.changes, None, "the first time there is no before");
        ask_revision(&case, no).await;
        assert_eq!(case.details(no, &case.family.person.actor).await.changes, None, "nothing has come yet");
        let changed = ReportForm {
            end: "13:00".into(),
            children: vec![case.family.taro.to_string()],
            transport: String::new(),
            meal: "700".into(),
            notes: String::new(),
            ..case.form()
        };
        register(&case, no, &changed).await;
        // Saturday: 600 and 300 an hour for two hours became 600 for one and a half.
        let (both, taro) = ([case.family.taro, case.family.sakura].into(), [case.family.taro].into());
        let expected = [
            Changed::End(hours("2024-03-30T13:30"), hours("2024-03-30T13:00")),
            Changed::Children(both, taro),
            Changed::Expense(ExpenseKind::Transport, 300, 0),
            Changed::Expense(ExpenseKind::Meal, 0, 700),
            Changed::Fee(1800, 900),
            Changed::Pays(2100, 1600),
        ];
        let found = fields(&case, no).await;
        assert_eq!(found[..6], expected);
        assert!(matches!(found[6], Changed::Benefit(2000, now) if now < 2000), "{:?}", found[6]);
        assert_eq!(found[7..], [Changed::Notes("たくさん遊びました。".into(), String::new())]);
        let hq = case.world.hq().await;
        for actor in [&case.provider.actor, &case.coordinator, &hq] {
            let changes = case.details(no, actor).await.changes.unwrap();
            assert_eq!(changes.fields, Some(found.clone()));
            assert_eq!(changes.children.len(), 2, "also the child who is gone has a name");
        }
        case.approve(no, &[]).await.unwrap();
        assert_eq!(case.details(no, &case.family.person.actor).await.changes, None, "it is approved as it is");
    }

    async fn what_was_registered_twice_since_is_compared_with_what_the_family_read(world) {
        let case = Case::established(world).await;
        let no = case.submitted().await;
        ask_revision(&case, no).await;
        register(&case, no, &ReportForm { end: "13:00".into(), ..case.form() }).await;
        let revision = case.revision(no).await;
        report::pull_back(&case.world.env, &case.provider.actor, no, revision, Channel::Web).await.unwrap();
        register(&case, no, &ReportForm { transport: "500".into(), ..case.form() }).await;
        let expected = [Changed::Expense(ExpenseKind::Transport, 300, 500), Changed::Pays(2100, 2300)];
        assert_eq!(fields(&case, no).await, expected, "the end is again what she had read");
        // Asked again, she has read what is there now.
        ask_revision(&case, no).await;
        register(&case, no, &ReportForm { transport: "500".into(), notes: String::new(), ..case.form() }).await;
        assert_eq!(fields(&case, no).await, [Changed::Notes("たくさん遊びました。".into(), String::new())]);
    }

    async fn what_was_pulled_back_and_changed_unasked_is_shown_too(world) {
        let case = Case::established(world).await;
        let no = case.submitted().await;
        let revision = case.revision(no).await;
        report::pull_back(&case.world.env, &case.provider.actor, no, revision, Channel::Web).await.unwrap();
        register(&case, no, &ReportForm { end: "14:00".into(), ..case.form() }).await;
        let end = Changed::End(hours("2024-03-30T13:30"), hours("2024-03-30T14:00"));
        assert_eq!(fields(&case, no).await.first(), Some(&end));
    }

    async fn a_report_that_comes_again_as_it_was_says_so(world) {
        let case = Case::established(world).await;
        let no = case.approved().await;
        let revision = case.revision(no).await;
        approval::reopen(&case.world.env, &case.coordinator, no, revision, "金額の確認").await.unwrap();
        register(&case, no, &case.form()).await;
        assert_eq!(fields(&case, no).await, []);
    }

    async fn what_an_earlier_release_did_not_record_is_not_guessed(world) {
        let case = Case::established(world).await;
        let no = case.submitted().await;
        ask_revision(&case, no).await;
        register(&case, no, &ReportForm { end: "13:00".into(), ..case.form() }).await;
        let earlier = r#"{"fee":1350,"benefit":2000,"expenses":300}"#;
        let registered = db::raw("UPDATE event SET detail = :detail WHERE action = :action").with("detail", earlier);
        registered.with("action", Action::Submit.key()).execute(case.world.env.db.write()).await.unwrap();
        let changes = case.details(no, &case.family.person.actor).await.changes;
        assert!(matches!(changes, Some(Changes { fields: None, .. })), "{changes:?}");
    }
}
