//! A request for a caller at the desk: every answer read back before it is entered, over HTTP and without script.

use crate::support::{Browser, Site, location, site};
use reqwest::StatusCode;

const FORM: &str = "/desk/requests/new?member=MEM0040989";

/// A call of hanako's about the afternoon of 2024-04-02, four days before the web form's first day.
async fn call(site: &Site) -> Vec<(String, String)> {
    let sql = "SELECT c.id FROM child c JOIN member m ON m.id = c.member_id \
               WHERE m.member_no = 40989 AND c.given_name = '太郎'";
    let taro: i64 = service::db::scalar(site.env.db.read(), sql, vec![]).await.unwrap().unwrap();
    let fields = [
        ("member", "MEM0040989"),
        ("channel", "phone"),
        ("date", "令和６年４月２日"),
        ("start", "１４：００"),
        ("end", "16:30"),
        ("children[]", &taro.to_string()),
        ("care_kind", "care"),
        ("care_place", "provider_home"),
        ("place_detail", "𠮷田　髙子の家"),
        ("notes", "卵アレルギー"),
    ];
    fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

async fn send(desk: &Browser<'_>, fields: &[(String, String)], more: &[(&str, &str)]) -> String {
    let fields = fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let fields: Vec<_> = fields.chain(more.iter().copied()).collect();
    let answer = desk.post("/api/entries", &fields).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    location(&answer)
}

fn once(page: &str) -> &str {
    let (_, rest) = page.split_once("name=\"once\" value=\"").expect("the form has a key");
    &rest[..rest.find('"').unwrap()]
}

#[tokio::test]
async fn a_callers_request_is_read_back_before_it_is_entered() {
    // What is entered notifies people, and other tests compare their pages.
    let site = Site::start();
    let desk = site.browser("midori").await;
    let (_, form) = desk.page(FORM).await;
    assert!(form.contains("入力内容を確認する") && !form.contains("この依頼を受け付ける"));
    let (call, key) = (call(&site).await, once(&form).to_owned());

    let check = send(&desk, &call, &[("once", &key), ("do", "check")]).await;
    assert!(check.starts_with("/desk/requests/check?form="), "{check}");
    let (status, page) = desk.page(&check).await;
    assert_eq!(status, StatusCode::OK);
    for said in [
        "木村 花子",
        "MEM0040989",
        "電話",
        "4月2日（火）",
        "14:00〜16:30",
        "太郎（4歳）",
        "提供会員の自宅",
        "𠮷田　髙子の家",
        "卵アレルギー",
        // Two hours and a half of a weekday, as the family's own check page calculates.
        "利用料のめやす",
        "1,250",
        "お電話の方に内容を読み上げて",
        "3週間より近い日の依頼です",
        "この依頼を受け付ける",
    ] {
        assert!(page.contains(said), "{said}");
    }

    // Each answer leads back to its field, with every other as it was typed.
    let token = check.split_once("form=").unwrap().1;
    for field in ["channel", "date", "start", "children", "care_kind", "care_place", "place_detail", "notes"] {
        let href = format!("href=\"{}&amp;form={token}#{field}\"", FORM);
        assert!(page.contains(&href), "{href}");
    }
    let (_, form) = desk.page(&format!("{FORM}&form={token}")).await;
    for kept in ["令和６年４月２日", "１４：００", "𠮷田　髙子の家", "卵アレルギー", &key] {
        assert!(form.contains(kept), "{kept}");
    }

    let entered = send(&desk, &call, &[("once", &key), ("do", "enter")]).await;
    assert!(entered.starts_with("/desk/requests/CDK") && entered.ends_with("?done=entered"), "{entered}");
    assert_eq!(send(&desk, &call, &[("once", &key), ("do", "enter")]).await, entered, "pressed twice, entered once");
    let (_, page) = desk.page(&entered).await;
    assert!(page.contains("依頼を受け付けました") && page.contains("4月2日（火）"));

    // Gone back to and changed it is another request, and its form has another key.
    let mut changed = call.clone();
    changed[4].1 = "17:00".into();
    let back = send(&desk, &changed, &[("once", &key), ("do", "enter")]).await;
    let (_, page) = desk.page(&back).await;
    let number = &entered["/desk/requests/".len()..][..10];
    assert!(page.contains(&format!("この画面からは、すでに登録しています（{number}）。")), "{back}");
    assert!(page.contains("value=\"17:00\"") && once(&page) != key);
    let check = send(&desk, &changed, &[("once", once(&page)), ("do", "check")]).await;
    let (_, page) = desk.page(&check).await;
    assert!(page.contains("同じ時間の依頼があります") && page.contains(number), "perhaps it is the same wish");
}

#[tokio::test]
async fn everything_wrong_is_said_at_the_form() {
    let desk = site().browser("midori").await;
    for does in ["check", "enter", ""] {
        let back = send(&desk, &[("member".into(), "MEM0040989".into())], &[("do", does)]).await;
        assert!(back.starts_with(&format!("{FORM}&form=")), "{does}: {back}");
        let (_, page) = desk.page(&back).await;
        assert!(page.contains("7か所を直してください"), "{does}");
        let check = back.replace("new?member=MEM0040989&", "check?");
        let answer = desk.get(&check).await;
        assert_eq!(location(&answer), back, "what is wrong is not read back");
    }
}

#[tokio::test]
async fn a_call_is_read_back_to_its_own_branch_alone() {
    let call = call(site()).await;
    let fields: Vec<_> = call.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    for account in ["aoba", "hanako", "teikyo", "honbu"] {
        let person = site().browser(account).await;
        for does in ["check", "enter"] {
            let fields: Vec<_> = fields.iter().copied().chain([("do", does)]).collect();
            let answer = person.post("/api/entries", &fields).await;
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{account} {does}");
        }
        if account != "aoba" {
            assert_eq!(person.get("/desk/requests/check").await.status(), StatusCode::NOT_FOUND, "{account}");
        }
    }
    let desk = site().browser("midori").await;
    let check = send(&desk, &call, &[("do", "check")]).await;
    for path in ["/desk/requests/check", "/desk/requests/check?form=nothing"] {
        assert_eq!(location(&desk.get(path).await), "/desk/requests/new", "{path}");
    }
    // Somebody else's page opens for nobody.
    let aoba = site().browser("aoba").await;
    assert_eq!(location(&aoba.get(&check).await), "/desk/requests/new");
}
