//! Signing in and out over HTTP.

use crate::support::{cookie, location, site};
use crate::writers::drawn_for;
use reqwest::StatusCode;

#[tokio::test]
async fn the_session_cookie_is_bound_to_this_site() {
    let person = site().stranger();
    let fields = [("user_id", "hanako"), ("password", "kosapo-demo"), ("next", "/requests")];
    let answer = person.post("/api/sessions", &fields).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert_eq!(location(&answer), "/requests");
    let lines: Vec<_> = answer.headers().get_all("set-cookie").iter().map(|line| line.to_str().unwrap()).collect();
    assert!(lines.len() == 2 && lines[0].starts_with("__Host-sid=") && lines[1].starts_with("__Host-device="));
    for line in lines {
        for part in ["Path=/", "Secure", "HttpOnly", "SameSite=Lax"] {
            assert!(line.split("; ").any(|found| found == part), "{line} lacks {part}");
        }
        assert!(!line.contains("Domain"));
    }
}

#[tokio::test]
async fn a_login_gives_a_new_session_and_ends_the_old_one() {
    let mut person = site().browser("riyo2").await;
    let old = person.cookie.clone();
    let answer = person.post("/api/sessions", &[("user_id", "riyo2"), ("password", "kosapo-demo")]).await;
    let new = cookie(&answer);
    assert_ne!(old, new);
    assert_eq!(person.get("/requests").await.status(), StatusCode::SEE_OTHER, "the old cookie is worth nothing");
    person.cookie = new;
    assert_eq!(person.get("/requests").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn logout_ends_the_session_on_the_server() {
    let person = site().browser("teikyo2").await;
    let answer = person.post("/api/logouts", &[]).await;
    assert_eq!(location(&answer), "/login");
    assert_eq!(answer.headers().get("clear-site-data").unwrap(), "\"cache\"");
    let again = person.get("/reports").await;
    assert_eq!(again.status(), StatusCode::SEE_OTHER);
    assert!(location(&again).starts_with("/login?next="));
    assert_eq!(person.post("/api/logouts", &[]).await.status(), StatusCode::SEE_OTHER, "twice is as good as once");
}

#[tokio::test]
async fn a_failed_login_keeps_the_user_id_and_never_the_password() {
    let person = site().stranger();
    let answer = person.post("/api/sessions", &[("user_id", "ｈanako"), ("password", "secret-typo")]).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let back = location(&answer);
    assert!(back.starts_with("/login?form="), "{back}");
    assert!(!back.contains("anako"), "nothing personal in the URL: {back}");
    let (status, html) = person.page(&back).await;
    assert_eq!(status, StatusCode::OK);
    assert!(html.contains("<title>エラー："), "the title says so first");
    assert!(html.contains("value=\"ｈanako\""), "what was typed stays");
    assert!(!html.contains("secret-typo"));
    assert!(html.contains("ユーザーIDかパスワードが違います"));
}

#[tokio::test]
async fn both_login_failures_look_the_same() {
    let person = site().stranger();
    let mut pages = Vec::new();
    for user_id in ["aoba", "nobody"] {
        let answer = person.post("/api/sessions", &[("user_id", user_id), ("password", "wrong-one")]).await;
        let (_, html) = person.page(&location(&answer)).await;
        let start = html.find("<main").unwrap();
        let end = html.find("demo-accounts").unwrap();
        pages.push(html[start..end].replace(user_id, "X"));
    }
    assert_eq!(pages[0], pages[1]);
}

#[tokio::test]
async fn a_form_sent_after_the_session_ended_waits_for_the_next_login() {
    let mut person = site().browser("hanako").await;
    let writer = drawn_for(&person, "/requests/new").await;
    person.cookie = None;
    let fields = [
        ("writer", writer.as_str()),
        ("date", "2024-05-01"),
        ("start", "9:00"),
        ("end", "11:00"),
        ("notes", "玄関の鍵は右です"),
        ("do", "check"),
    ];
    let answer = person.post("/api/requests", &fields).await;
    let login = location(&answer);
    assert!(login.starts_with("/login?next="), "{login}");
    let next = login.trim_start_matches("/login?next=").replace("%2F", "/").replace("%3F", "?").replace("%3D", "=");
    let person = site().browser("hanako").await;
    let (status, html) = person.page(&next).await;
    assert_eq!(status, StatusCode::OK, "{next}");
    assert!(html.contains("玄関の鍵は右です"), "nothing typed is lost");
}
