//! The pages of the benefit, the tickets, the headquarters and the inbox, over HTTP and without script.

use crate::support::{Site, location, site};
use reqwest::StatusCode;

#[tokio::test]
async fn each_page_opens_for_its_roles_and_is_the_same_404_for_the_others() {
    let site = site();
    for (user, open) in [
        ("hanako", ["/coupons", "/inbox"].as_slice()),
        ("teikyo", &["/subsidies", "/claims", "/inbox"]),
        ("ryoho", &["/subsidies", "/claims", "/coupons", "/inbox"]),
        ("midori", &["/subsidies", "/claims", "/inbox"]),
        ("honbu", &["/subsidies", "/claims", "/hq", "/inbox"]),
    ] {
        let browser = site.browser(user).await;
        for path in ["/subsidies", "/claims", "/coupons", "/hq", "/inbox"] {
            let wanted = if open.contains(&path) { StatusCode::OK } else { StatusCode::NOT_FOUND };
            assert_eq!(browser.get(path).await.status(), wanted, "{user} {path}");
        }
    }
    let stranger = site.stranger().get("/claims?month=2024-04").await;
    assert_eq!(stranger.status(), StatusCode::SEE_OTHER);
    assert!(location(&stranger).starts_with("/login?next="));
}

#[tokio::test]
async fn odd_addresses_are_answered_by_a_page() {
    let site = site();
    let honbu = site.browser("honbu").await;
    for (path, wanted) in [
        ("/subsidies?ward=midori", StatusCode::OK),
        ("/subsidies?ward=nowhere", StatusCode::NOT_FOUND),
        ("/subsidies?ready_after=%F0%A0%AE%B7&slip_after=99999999999999999999", StatusCode::OK),
        ("/claims?month=2024-13", StatusCode::OK),
        ("/claims?after=KSK9999999", StatusCode::NOT_FOUND),
        ("/claims/KSK9999999", StatusCode::NOT_FOUND),
        ("/claims/EKH3000561", StatusCode::NOT_FOUND),
        ("/inbox/0", StatusCode::NOT_FOUND),
        ("/inbox/x", StatusCode::NOT_FOUND),
    ] {
        assert_eq!(honbu.get(path).await.status(), wanted, "{path}");
    }
}

#[tokio::test]
async fn a_message_is_read_only_after_its_button_was_pressed() {
    let site = site();
    let hanako = site.browser("hanako").await;
    let (_, inbox) = hanako.page("/inbox").await;
    let id = between(&inbox, "name=\"mail\" value=\"", "\"").expect("the demo has an unread message");
    let unread = between(&inbox, "未読が", "件").unwrap().parse::<u32>().unwrap();
    let (status, message) = hanako.page(&format!("/inbox/{id}")).await;
    assert_eq!(status, StatusCode::OK);
    assert!(message.contains("既読にする"), "looking by the address marks nothing");
    let opened = hanako.post("/api/readings", &[("mail", &id)]).await;
    assert_eq!((opened.status(), location(&opened)), (StatusCode::SEE_OTHER, format!("/inbox/{id}")));
    let (_, inbox) = hanako.page("/inbox").await;
    let left = between(&inbox, "未読が", "件").map_or(0, |count| count.parse().unwrap());
    assert_eq!(left, unread - 1);
    let foreign = site.browser("midori").await.post("/api/readings", &[("mail", &id)]).await;
    assert_eq!(foreign.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_close_runs_when_the_demo_clock_passes_the_fifth_and_the_claims_show_it() {
    // The clock of the other tests stays where it is.
    let site = Site::start();
    let honbu = site.browser("honbu").await;
    let (_, before) = honbu.page("/subsidies").await;
    assert!(before.contains("請求申請は毎月5日に自動で行われます"));
    assert!(before.contains("4月5日（金）までに"));
    for to in ["next-5th", "next-day"] {
        let moved = honbu.post("/demo/clock", &[("to", to), ("back", "/claims")]).await;
        assert_eq!(moved.status(), StatusCode::SEE_OTHER, "{to}");
    }
    let (_, overview) = honbu.page("/hq").await;
    assert!(overview.contains("2024-04-06 00:05"), "the close of April ran at its time");
    assert!(overview.contains("/claims?month=2024-04"));
    let (status, after) = honbu.page("/subsidies").await;
    assert_eq!(status, StatusCode::OK);
    assert!(after.contains("5月5日（日）までに"));
}

fn between(text: &str, before: &str, after: &str) -> Option<String> {
    let (_, rest) = text.split_once(before)?;
    rest.split_once(after).map(|(found, _)| found.to_owned())
}
