//! The pages around one report, in every state it takes: whose turn it is, and the one way on.

use crate::support::{Site, location};
use reqwest::StatusCode;

/// A report of teikyo for hanako, and its case.
const REPORT: &str = "EKH3000554";
const CASE: &str = "CDK0036590";

async fn set(site: &Site, columns: &str) {
    let sql = format!("UPDATE activity_report SET {columns} WHERE report_no = 3000554");
    service::db::execute(site.env.db.write(), &sql, vec![]).await.unwrap();
}

/// What a page says of the step that is current.
fn current(page: &str) -> &str {
    let (_, rest) = page.split_once("aria-current=\"step\"").expect("a stepper");
    rest.get(..rest.find("</li>").unwrap()).unwrap()
}

#[tokio::test]
async fn every_page_of_a_report_leads_to_what_comes_next() {
    let site = Site::start();
    let (teikyo, hanako, midori) =
        (site.browser("teikyo").await, site.browser("hanako").await, site.browser("midori").await);
    let edit = format!("href=\"/reports/{REPORT}/edit\"");
    let read = async |path: &str| {
        let (status, page) = teikyo.page(path).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        page
    };
    let (report, done, case) =
        (format!("/reports/{REPORT}"), format!("/reports/{REPORT}/done"), format!("/coordination/{CASE}"));
    let desk = format!("/desk/requests/{CASE}");

    let page = read(&done).await;
    for text in ["このあとの流れ", "2日後と5日後に確認のお願い", "ご不明な点は、支部へお電話ください。"]
    {
        assert!(page.contains(text), "{text}");
    }
    // hanako has tickets, so the amount on her card is not yet the one to pay.
    let (_, home) = hanako.page("/").await;
    assert!(home.contains("お支払い（おためし券を使う前）"));
    let (_, page) = hanako.page(&report).await;
    assert!(page.contains("href=\"/reports?side=family\""), "back to the side she came from");

    set(&site, "status = 'revision_requested', revision_comment = '終了は13時です'").await;
    for (path, link) in [(&case, "報告書を直す"), (&"/".to_owned(), "報告書を直す"), (&report, "報告書を直す")]
    {
        let page = read(path).await;
        assert!(page.contains(&edit) && page.contains(link), "{path}");
    }
    let page = read(&report).await;
    assert!(page.find(&edit).unwrap() < page.find("/api/voidings").unwrap(), "first what is to be done");
    assert!(read(&case).await.contains("修正の依頼が来ています。"));
    assert!(read(&done).await.contains("いまの状態"), "not this page's turn any more, but it still opens");
    for page in [read(&case).await, read(&report).await, midori.page(&desk).await.1] {
        assert!(current(&page).contains("報告"), "{}", current(&page));
    }

    set(&site, "status = 'approved', approved_at = updated_at").await;
    let page = read(&case).await;
    assert!(page.contains("報酬受領の画面へ") && page.contains(&format!("href=\"{report}\"")));
    assert!(read(&done).await.contains("承認済"));

    set(&site, "reward_status = 'received', received_at = updated_at, coupon_yen = fee_yen, expenses_yen = 0").await;
    for page in [read(&case).await, read(&report).await, midori.page(&desk).await.1] {
        assert!(current(&page).contains("給付金"), "{}", current(&page));
    }
    assert!(read(&format!("/reports/{REPORT}/print")).await.contains("利用料は、おためし券で支払われました。"));
}

#[tokio::test]
async fn a_report_is_checked_before_it_is_said_to_be_registered() {
    let site = Site::start();
    let teikyo = site.browser("teikyo").await;
    let (_, choice) = teikyo.page("/reports/new").await;
    let (_, link) = choice.split_once("href=\"/reports/new?request=").expect("an activity to report");
    let (_, page) = teikyo.page(&format!("/reports/new?request={}", &link[..10])).await;
    assert!(page.contains("入力内容を確認する") && !page.contains("確認を依頼"));
}

/// The value that a page's field holds.
fn held(page: &str, name: &str) -> String {
    let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\"")).unwrap_or_else(|| panic!("a field {name}"));
    rest.split_once('"').unwrap().0.to_owned()
}

#[tokio::test]
async fn a_report_that_comes_again_shows_what_changed_to_both_sides_and_the_branch() {
    let site = Site::start();
    let (teikyo, hanako, midori) =
        (site.browser("teikyo").await, site.browser("hanako").await, site.browser("midori").await);
    let report = format!("/reports/{REPORT}");
    let (_, page) = hanako.page(&report).await;
    assert!(!page.contains("変わったところ"), "the first time nothing has changed");
    let revision = held(&page, "revision");
    let asked = [("report", REPORT), ("revision", &revision), ("comment", "おやつ代は120円です")];
    assert_eq!(hanako.post("/api/revision-requests", &asked).await.status(), StatusCode::SEE_OTHER);

    let (_, page) = teikyo.page(&format!("{report}/edit")).await;
    let names = ["revision", "entered_on", "date", "start", "end", "transport", "meal"];
    let mut fields: Vec<(&str, String)> = names.iter().map(|&name| (name, held(&page, name))).collect();
    let snack = held(&page, "snack");
    for (at, _) in page.match_indices("name=\"children\"") {
        let around = page.get(page[..at].rfind("<input").unwrap()..).unwrap();
        let input = around.split_once('>').unwrap().0;
        if input.contains("checked") {
            fields.push(("children", input.split_once("value=\"").unwrap().1.split_once('"').unwrap().0.to_owned()));
        }
    }
    fields.extend([("report", REPORT.into()), ("request", CASE.into()), ("snack", "120".into())]);
    fields.extend([("notes", "おやつは<b>りんご</b>".into()), ("do", "submit".into())]);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let answer = teikyo.post("/api/reports", &fields).await;
    let next = location(&answer).to_owned();
    assert!(next.ends_with("/done"), "{next}");

    for browser in [&hanako, &teikyo, &midori] {
        let (_, page) = browser.page(&report).await;
        let (_, rest) = page.split_once("変わったところ").expect("what changed");
        let changed = rest.split_once("</section>").unwrap().0;
        assert!(changed.contains(&format!("{snack}円")), "before beside after: {changed}");
        for text in ["おやつ代", "120円", "備考", "おやつは&lt;b&gt;りんご&lt;/b&gt;"] {
            assert!(changed.contains(text), "{text}: {changed}");
        }
        assert!(!changed.contains("交通費") && !changed.contains("開始時間"), "only what changed: {changed}");
        assert!(page.find("変わったところ") < page.find("報告の内容"), "above the report");
    }
    let (status, _) = site.browser("riyo2").await.page(&report).await;
    assert_eq!(status, StatusCode::NOT_FOUND);

    let sql = "UPDATE event SET detail = NULL WHERE action = $1";
    let submitted = domain::event::Action::Submit.key();
    service::db::execute(site.env.db.write(), sql, vec![submitted.into()]).await.unwrap();
    assert!(hanako.page(&report).await.1.contains("前の内容は記録されていません。"));
}
