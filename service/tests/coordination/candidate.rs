//! Candidates: every gate by its name, and nobody on both sides.

use super::*;

both_databases! {
    async fn candidates_name_every_gate_and_why_they_stand_there(world) {
        let env = &world.env;
        let (family, desk) = (world.a_family().await, world.coordinator("midori").await);
        let far = world.member("midori", MemberKind::Provider, "遠", "方").await;
        let known = world.member("midori", MemberKind::Provider, "馴", "染").await;
        let new = world.member("midori", MemberKind::Provider, "新", "顔").await;
        let barred = world.member("midori", MemberKind::Provider, "不", "可").await;
        let untrained = world.member("midori", MemberKind::Both, "未", "受").await;
        world.member("aoba", MemberKind::Provider, "他", "区").await;
        let run = async |sql: &str, id: domain::id::MemberId| db::execute(env.db.write(), sql, vec![id.into()]).await.unwrap();
        run("UPDATE member SET town = '長津田町' WHERE id = $1", far.id).await;
        run("UPDATE member SET status = 'suspended', household_key = (SELECT household_key FROM member WHERE family_name = '木村') WHERE id = $1", barred.id).await;
        run("DELETE FROM training WHERE kind = 'pre_service' AND member_id = $1", untrained.id).await;
        run("UPDATE training SET valid_until = '2024-03-29' WHERE kind = 'life_saving' AND member_id = $1", untrained.id).await;
        let past = CaseSpec { status: S::Completed, starts_at: at("2024-02-03T09:00"), ends_at: at("2024-02-03T10:00"), ..CaseSpec::default() };
        world.case(&family, Some(&known), past.clone()).await;
        let busy = CaseSpec { status: S::MeetingHeld, starts_at: at("2024-03-30T13:00"), ends_at: at("2024-03-30T15:00"), ..CaseSpec::default() };
        world.case(&family, Some(&barred), busy).await;
        let no = world.a_case(&family, None, S::InCoordination).await;

        let found = coordination::candidates(env, &desk, no).await.unwrap();
        let order: Vec<_> = found.iter().map(|one| one.no).collect();
        assert_eq!(order, [known.no, new.no, far.no, barred.no, untrained.no]);
        assert_eq!((found[0].times_with_children, found[0].times_with_family, found[0].recent), (1, 1, 1));
        assert_eq!((found[1].same_town, found[2].same_town), (true, false));
        assert_eq!(
            found[3].gates,
            [
                Gate::SameHousehold,
                Gate::NotActive(MembershipStatus::Suspended),
                Gate::Clash { start: at("2024-03-30T13:00"), end: at("2024-03-30T15:00") },
            ]
        );
        assert_eq!(
            found[4].gates,
            [
                Gate::TrainingMissing(TrainingKind::PreService),
                Gate::TrainingExpired(TrainingKind::LifeSaving, date("2024-03-29")),
            ]
        );
        for (provider, listed) in [(&barred, &found[3]), (&untrained, &found[4])] {
            let refused = offer::send(env, &desk, no, by_phone(), &[provider.no]).await;
            assert!(matches!(refused, Err(Error::Refused(Refusal::Gates(gates))) if gates == listed.gates));
        }
        assert_eq!(world.count("SELECT COUNT(*) FROM offer").await, 0);
    }

    async fn a_member_of_both_kinds_is_never_both_sides(world) {
        let env = &world.env;
        let desk = world.coordinator("midori").await;
        let both = world.member("midori", MemberKind::Both, "両", "方").await;
        let child = world.child(both.id, "次郎", "2019-06-10").await;
        let family = support::Family { person: both, taro: child, sakura: child };
        let no = world.a_case(&family, None, S::InCoordination).await;
        let found = coordination::candidates(env, &desk, no).await.unwrap();
        assert_eq!(found[0].gates, [Gate::OwnRequest]);
        let refused = offer::send(env, &desk, no, by_phone(), &[family.person.no]).await;
        assert!(matches!(refused, Err(Error::Refused(Refusal::Gates(_)))));
    }
}
