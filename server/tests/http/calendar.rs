//! `/requests/CDK…/calendar.ics`: a case's days for its own two members, over HTTP.

use crate::support::{Site, location, site};
use reqwest::{Method, StatusCode};

const CASE: &str = "/requests/CDK0036630";
const FILE: &str = "/requests/CDK0036630/calendar.ics";

#[tokio::test]
async fn family_and_provider_get_the_same_file() {
    let mut files = Vec::new();
    for (account, page) in [("hanako", CASE), ("teikyo", "/coordination/CDK0036630")] {
        let person = site().browser(account).await;
        let (_, page) = person.page(page).await;
        let link = format!("href=\"{FILE}\"");
        assert!(page.contains(&link) && page.contains("カレンダーに入れる"), "{account}");
        let answer = person.get(FILE).await;
        assert_eq!(answer.status(), StatusCode::OK, "{account}");
        let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(header("content-type"), "text/calendar; charset=utf-8");
        assert_eq!(header("content-disposition"), "attachment; filename=\"CDK0036630.ics\"");
        assert_eq!(header("cache-control"), "private, no-store");
        assert_eq!(header("x-content-type-options"), "nosniff");
        let file = answer.text().await.unwrap();
        for line in [
            "DTSTART:20240315T000000Z",
            "SUMMARY:子サポ 事前打合せ（CDK0036630）",
            "UID:CDK0036630-meeting@kosapo",
            "DTSTART:20240330T023000Z",
            "DTEND:20240330T043000Z",
            "SUMMARY:子サポ 預かり（CDK0036630）",
            "UID:CDK0036630-activity@kosapo",
            "STATUS:CONFIRMED",
            &format!("URL:{}{CASE}", site().origin),
        ] {
            assert!(file.lines().any(|found| found == line), "{account}: {line} in\n{file}");
        }
        for secret in ["木村", "花子", "太郎", "山田", "十日市場", "045", "いっぽ"] {
            assert!(!file.contains(secret), "{account}: {secret} in\n{file}");
        }
        files.push(file.lines().filter(|line| !line.starts_with("DTSTAMP")).map(str::to_owned).collect::<Vec<_>>());
    }
    assert_eq!(files[0], files[1]);
}

#[tokio::test]
async fn nobody_else_learns_that_there_is_one() {
    for account in ["riyo2", "teikyo2", "ryoho", "midori", "aoba", "honbu"] {
        let person = site().browser(account).await;
        let mut pages = Vec::new();
        for path in [FILE, "/requests/CDK9999999/calendar.ics", "/requests/x/calendar.ics", "/nowhere"] {
            let answer = person.get(path).await;
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{account} {path}");
            assert!(!answer.headers().contains_key("content-disposition"), "{account} {path}");
            pages.push(answer.text().await.unwrap().contains("ページが見つかりません"));
        }
        assert_eq!(pages, [true; 4], "{account}");
    }
    // The way through the login ends at a page: a file would leave the login where it stands.
    let answer = site().stranger().get(FILE).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert_eq!(location(&answer), "/login?next=%2Frequests%2FCDK0036630");
    let person = site().browser("hanako").await;
    let posted = person.request(Method::POST, FILE).header("sec-fetch-site", "same-origin").send().await.unwrap();
    assert_eq!(posted.status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn the_file_follows_the_case() {
    // The case of the other tests stays as it is.
    let site = Site::start();
    let (hanako, teikyo) = (site.browser("hanako").await, site.browser("teikyo").await);
    let set = async |columns: &str| {
        let sql = format!("UPDATE care_request SET {columns}, revision = revision + 1 WHERE request_no = 36630");
        service::db::execute(site.env.db.write(), &sql, vec![]).await.unwrap();
    };
    let sequence = |file: &str| -> u32 {
        let found = file.lines().find_map(|line| line.strip_prefix("SEQUENCE:"));
        found.expect("a sequence").parse().unwrap()
    };
    let (_, first) = hanako.page(FILE).await;

    set("status = 'cancelled'").await;
    for (person, page) in [(&hanako, CASE), (&teikyo, "/coordination/CDK0036630")] {
        assert!(person.page(page).await.1.contains("カレンダーの予定を取り消す"));
        let (status, file) = person.page(FILE).await;
        assert_eq!(status, StatusCode::OK);
        assert!(file.contains("STATUS:CANCELLED") && sequence(&file) > sequence(&first), "{file}");
    }

    set("status = 'meeting_scheduled'").await;
    let (_, file) = teikyo.page(FILE).await;
    assert!(file.contains("事前打合せ") && !file.contains("預かり"), "nothing is agreed yet");
    assert!(!hanako.page(CASE).await.1.contains("calendar.ics"), "the meeting's time is past: nothing lies ahead");

    set("status = 'provider_found'").await;
    for person in [&hanako, &teikyo] {
        assert_eq!(person.get(FILE).await.status(), StatusCode::NOT_FOUND);
    }
    assert!(!hanako.page(CASE).await.1.contains("calendar.ics"));
}
