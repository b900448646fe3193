//! A form is done for the account for which it was drawn, and what was typed is shown to its writer alone.

use crate::support::{Browser, location, site};
use reqwest::StatusCode;

/// What the forms of a page say for whom they were drawn.
pub async fn drawn_for(browser: &Browser<'_>, path: &str) -> String {
    let (status, page) = browser.page(path).await;
    assert_eq!(status, StatusCode::OK);
    let (_, rest) = page.split_once("name=\"writer-").expect("the form says for whom it was drawn");
    let (_, rest) = rest.split_once("\" value=\"").unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

#[tokio::test]
async fn a_form_drawn_for_one_account_is_not_done_for_another() {
    let midori = site().browser("midori").await;
    let aoba = site().browser("aoba").await;
    let writer = drawn_for(&midori, "/desk/members/new").await;
    let fields = [("writer", writer.as_str()), ("family_name", "山田"), ("given_name", "夏子")];
    let answer = aoba.post("/api/members", &fields).await;
    let next = location(&answer);
    assert!(next.starts_with("/login?other=1&next="), "{next}");
    let (_, asks) = aoba.page(&next).await;
    assert!(asks.contains("ほかのユーザーIDで開いた画面から送られました"), "{asks}");
    // What was typed waits for its writer, and for nobody else.
    let back = decoded(next.split_once("next=").unwrap().1);
    assert!(midori.page(&back).await.1.contains("夏子"));
    assert!(!aoba.page(&back).await.1.contains("夏子"));
}

#[tokio::test]
async fn a_form_sent_after_the_session_ended_waits_for_its_writer_alone() {
    let midori = site().browser("midori").await;
    let writer = drawn_for(&midori, "/desk/members/new").await;
    let fields = [("writer", writer.as_str()), ("family_name", "山田"), ("given_name", "秋子")];
    let answer = site().stranger().post("/api/members", &fields).await;
    let next = location(&answer);
    assert!(next.starts_with("/login?next="), "{next}");
    let back = decoded(next.split_once("next=").unwrap().1);
    assert!(!site().browser("aoba").await.page(&back).await.1.contains("秋子"));
    let (_, page) = site().browser("midori").await.page(&back).await;
    assert!(page.contains("秋子") && page.contains("入力した内容は残っています"));
    // Nobody writes into another's forms: what only looks like a seal is kept for nobody.
    let forged = format!("{}0", &writer[..writer.len() - 1]);
    let fields = [("writer", forged.as_str()), ("family_name", "山田")];
    let answer = site().stranger().post("/api/members", &fields).await;
    assert!(forged == writer || !location(&answer).contains("form"), "{}", location(&answer));
}

fn decoded(text: &str) -> String {
    text.replace("%2F", "/").replace("%3F", "?").replace("%3D", "=").replace("%26", "&")
}
