//! The pages around one report, in every state it takes: whose turn it is, and the one way on.

use crate::support::Site;
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
