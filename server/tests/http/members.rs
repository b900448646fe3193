//! 会員情報修正 at the desk, over HTTP and without script.

use crate::support::{Site, location, site};
use reqwest::StatusCode;

/// hanako, and her daughter with her おためし券.
const MEMBER: &str = "MEM0040989";
const PAGE: &str = "/desk/members/MEM0040989";
const FORMS: [&str; 2] = ["/api/member-names", "/api/child-corrections"];

/// The children's rows by their names, read from the page.
fn child(page: &str, name: &str) -> String {
    let (_, form) = page.split_once(&format!("{name}さんの登録内容を直す")).expect("the child's form");
    let (_, value) = form.split_once("name=\"child\" value=\"").expect("the child's row");
    value.split('"').next().unwrap().to_owned()
}

/// The revision that the page's forms carry.
fn revision(page: &str) -> String {
    let (_, value) = page.split_once("name=\"revision\" value=\"").expect("a revision");
    value.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn only_the_members_own_branch_corrects() {
    let (_, page) = site().browser("midori").await.page(PAGE).await;
    let (child, revision) = (child(&page, "桜"), revision(&page));
    for account in ["hanako", "teikyo", "ryoho", "riyo2", "aoba", "honbu"] {
        let person = site().browser(account).await;
        for path in FORMS {
            let fields = [("no", MEMBER), ("revision", revision.as_str()), ("child", child.as_str())];
            assert_eq!(person.post(path, &fields).await.status(), StatusCode::NOT_FOUND, "{account} {path}");
        }
    }
    for path in FORMS {
        let answer = site().stranger().post(path, &[("no", MEMBER), ("child", &child)]).await;
        assert!(location(&answer).starts_with("/login?next="), "{path}: {}", location(&answer));
    }
    let midori = site().browser("midori").await;
    for fields in
        [[("no", ""), ("child", "")], [("no", "MEM9999999"), ("child", "1")], [("no", MEMBER), ("child", "x")]]
    {
        assert_eq!(midori.post(FORMS[1], &fields).await.status(), StatusCode::NOT_FOUND, "{fields:?}");
    }
    let (_, after) = midori.page(PAGE).await;
    assert!(after.contains("木村花子") && !after.contains("の修正"), "nothing was changed");
}

#[tokio::test]
async fn a_form_with_faults_opens_again_as_it_was_typed() {
    let midori = site().browser("midori").await;
    let (_, page) = midori.page(PAGE).await;
    let (taro, sakura) = (child(&page, "太郎"), child(&page, "桜"));
    let typed =
        [("no", MEMBER), ("revision", "1"), ("family_name", ""), ("given_name", "花<子>"), ("family_kana", "髙")];
    let back = location(&midori.post(FORMS[0], &typed).await);
    assert!(back.starts_with(&format!("{PAGE}?form=")), "{back}");
    let (status, again) = midori.page(&back).await;
    assert_eq!(status, StatusCode::OK);
    assert!(again.contains("<title>エラー：") && again.contains("3か所を直してください"));
    for field in ["family_name", "family_kana", "given_kana"] {
        assert!(
            again.contains(&format!("href=\"#{field}\"")) && again.contains(&format!("id=\"{field}-error\"")),
            "{field}"
        );
    }
    assert!(again.contains("value=\"花&lt;子&gt;\"") && again.contains("value=\"髙\""), "nothing typed is lost");

    let (name, birth) = (format!("child_name[{sakura}]"), format!("child_birth[{sakura}]"));
    let fields = [("no", MEMBER), ("revision", "1"), ("child", &sakura), (&name, "さ<く>ら"), (&birth, "2024-03-17")];
    let (_, again) = midori.page(&location(&midori.post(FORMS[1], &fields).await)).await;
    for text in [
        format!("href=\"#child_kana[{sakura}]\""),
        format!("href=\"#{birth}\""),
        format!("id=\"{birth}-error\""),
        "名前（カナ）を入力してください。".to_owned(),
        "value=\"さ&lt;く&gt;ら\"".to_owned(),
        "value=\"2024-03-17\"".to_owned(),
    ] {
        assert!(again.contains(&text), "{text}");
    }
    let other = again.split_once(&format!("id=\"child_birth[{taro}]\"")).expect("太郎 has a form of his own").1;
    assert!(other[..200].contains("value=\"2019-06-10\""), "and it shows his record");
    let open: Vec<&str> = again.split("<details").filter(|part| part[..60].contains(" open")).collect();
    assert!(open.len() == 1 && open[0].contains("桜さんの登録内容を直す"), "only the form that came back is open");
}

#[tokio::test]
async fn a_correction_is_notified_and_stands_in_the_history() {
    // A city of its own: the other tests know these people by their names.
    let site = Site::start();
    let midori = site.browser("midori").await;
    let (_, page) = midori.page(PAGE).await;
    assert!(page.contains("会員情報修正") && page.contains("登録済みの報告書の金額は変わりません。"));
    let fields = [
        ("no", MEMBER),
        ("revision", &revision(&page)),
        ("family_name", "髙﨑"),
        ("given_name", "花子"),
        ("family_kana", "タカサキ"),
        ("given_kana", "ハナコ"),
    ];
    let done = location(&midori.post(FORMS[0], &fields).await);
    assert_eq!(done, format!("{PAGE}?done=change_name"));
    let (_, page) = midori.page(&done).await;
    assert!(page.contains("氏名を直しました。ご本人にお知らせしました。") && page.contains("髙﨑花子"));
    assert!(page.contains("姓（漢字）、姓（カナ）\n木村 花子（キムラ ハナコ） → 髙﨑 花子（タカサキ ハナコ）"));

    let sakura = child(&page, "桜");
    let names = ["child_name", "child_kana", "child_birth"].map(|name| format!("{name}[{sakura}]"));
    let send = async |birth: &str, revision: String| {
        let fields = [
            ("no", MEMBER),
            ("revision", &revision),
            ("child", &sakura),
            (names[0].as_str(), "桜"),
            (names[1].as_str(), "サクラ"),
            (names[2].as_str(), birth),
        ];
        location(&midori.post(FORMS[1], &fields).await)
    };
    let (_, again) = midori.page(&send("2023-03-31", revision(&page)).await).await;
    assert!(
        again.contains("2023年4月1日（土）より前の生年月日には直せません。")
            && again.contains("本部事務局にご相談ください。")
    );
    let done = send("令和5年7月10日", revision(&page)).await;
    assert_eq!(done, format!("{PAGE}?done=change_child"));
    let (_, after) = midori.page(&done).await;
    assert!(after.contains("桜さん：生年月日、おためし券の期限\n2023-06-10 → 2023-07-10"));
    assert!(after.contains("2025年7月31日"), "the tickets' new end");
    let (_, stale) = midori.page(&send("2023-07-11", revision(&page)).await).await;
    assert!(stale.contains("先に「子どもの登録内容の修正」をしました。"));

    let hanako = site.browser("hanako").await;
    let (_, home) = hanako.page("/").await;
    assert!(home.contains("髙﨑花子"));
    let (_, inbox) = hanako.page("/inbox").await;
    assert_eq!(inbox.matches("会員情報を修正しました").count(), 2);
}
