//! Who is notified of a step: the branch of a member's, a member of what the branch did in her name.

use super::*;

both_databases! {
    async fn the_branch_hears_of_every_turn_that_a_member_gives_a_case(world) {
        let env = &world.env;
        seed_tariff(&world).await;
        let (family, provider, desk) = (world.a_family().await, world.a_provider().await, world.coordinator("midori").await);
        let cancelled = world.a_case(&family, Some(&provider), S::Established).await;
        coordination::cancel(env, &family.person.actor, cancelled, Asked::seen(1), &why("発熱")).await.unwrap();
        assert_eq!(world.notified(&desk, "利用会員が援助活動をキャンセルしました").await, 1);
        let given_back = world.a_case(&family, Some(&provider), S::Established).await;
        coordination::search_again(env, &provider.actor, given_back, Asked::seen(1), "", "急用").await.unwrap();
        assert_eq!(world.notified(&desk, "提供会員が行けなくなりました").await, 1);
        assert_eq!(world.notified(&desk, "打診がすべて終わりました").await, 0, "nobody was asked");
        let asked = world.a_case(&family, None, S::Offering).await;
        let offered = world.an_offer(asked, &provider).await;
        offer::accept(env, &provider.actor, offered, Channel::Web).await.unwrap();
        assert_eq!(world.notified(&desk, "引き受ける提供会員が見つかりました").await, 1);
        assert_eq!(world.notified(&world.coordinator("aoba").await, "引き受ける提供会員が見つかりました").await, 0);
    }

    async fn messages_about_two_cases_of_one_person_differ_in_their_subjects(world) {
        let env = &world.env;
        let (family, provider, desk) = (world.a_family().await, world.a_provider().await, world.coordinator("midori").await);
        for day in ["2024-03-29", "2024-03-30"] {
            let hours = (at(&format!("{day}T11:30")), at(&format!("{day}T13:30")));
            let spec = CaseSpec { status: S::InCoordination, starts_at: hours.0, ends_at: hours.1, ..CaseSpec::default() };
            let no = world.case(&family, None, spec).await;
            offer::send(env, &desk, no, by_phone(), &[provider.no]).await.unwrap();
            assert_eq!(world.notified(&provider.actor, &format!("援助のお願いが届きました（{no}）")).await, 1);
        }
        let of = format!("FROM notice WHERE account_id = {}", provider.actor.account);
        assert_eq!(world.count(&format!("SELECT COUNT(DISTINCT subject) {of}")).await, 2);
        assert_eq!(world.count("SELECT COUNT(*) FROM outbox WHERE subject LIKE '%木村%' OR subject LIKE '%太郎%'").await, 0);
    }

    async fn a_member_hears_of_what_the_branch_did_in_her_name(world) {
        let env = &world.env;
        seed_tariff(&world).await;
        let (family, provider, desk) = (world.a_family().await, world.a_provider().await, world.coordinator("midori").await);
        let second = world.member("midori", MemberKind::Provider, "佐藤", "恵").await;
        let no = world.a_case(&family, None, S::Offering).await;
        let (yes, nay) = (world.an_offer(no, &provider).await, world.an_offer(no, &second).await);
        offer::decline(env, &desk, nay, "", Channel::Phone).await.unwrap();
        offer::accept(env, &desk, yes, Channel::Phone).await.unwrap();
        assert_eq!(world.notified(&second.actor, "支部が代わりに「辞退」をしました").await, 1);
        assert_eq!(world.notified(&provider.actor, "支部が代わりに「受諾」をしました").await, 1);
        assert_eq!(world.notified(&desk, "引き受ける提供会員が見つかりました").await, 0, "the branch knows what it did");
        let no = world.a_case(&family, Some(&provider), S::Established).await;
        let taro = family.taro;
        let sheet = [
            ("first_phone".to_owned(), "090-0000-0001".to_owned()),
            ("emergency_contact".to_owned(), "祖母".to_owned()),
            (format!("illness-{taro}"), "なし".to_owned()),
            (format!("allergies-{taro}"), "卵".to_owned()),
        ];
        meeting::save_sheet(env, &desk, no, 0, Channel::Paper, &sheet).await.unwrap();
        assert_eq!(world.notified(&family.person.actor, "支部が代わりに「事前打合せ情報の登録」をしました").await, 1);
        coordination::cancel(env, &desk, no, Asked::seen(1).by(Channel::Phone), &why("発熱")).await.unwrap();
        let notices = format!("SELECT COUNT(*) FROM notice WHERE account_id = {} AND body LIKE '%支部が代わりにキャンセルしました%'", family.person.actor.account);
        assert_eq!(world.count(&notices).await, 1);
    }

    async fn a_members_step_by_phone_is_notified_as_such(world) {
        let env = &world.env;
        seed_tariff(&world).await;
        let (family, provider, desk) = (world.a_family().await, world.a_provider().await, world.coordinator("midori").await);
        let no = world.a_case(&family, Some(&provider), S::Established).await;
        let own = coordination::cancel(env, &desk, no, Asked::seen(1), &why("発熱")).await;
        assert!(matches!(own, Err(Error::Invalid(fields)) if fields[0].field == "channel"), "a channel must be chosen");
        coordination::cancel(env, &desk, no, Asked::seen(1).by(Channel::Phone), &why("発熱")).await.unwrap();
        let entry = history::of_request(env, &desk, no).await.unwrap().entries.remove(0);
        assert_eq!(entry.on_behalf_of, Some(format!("木村花子（{}）", family.person.no)));
        assert_eq!((entry.channel, entry.who.as_str()), (Channel::Phone, "midoriの担当"));
    }
}
