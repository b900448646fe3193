//! Pages that travel light: what is taken out of them, what is compressed, and for whom.

use crate::support::{Browser, Site, location, site};
use reqwest::{Method, StatusCode};

#[tokio::test]
async fn whoever_refuses_every_form_gets_the_plain_page() {
    for refused in ["identity;q=0", "*;q=0", "br;q=0, gzip;q=0, identity; q=0, *;q=0"] {
        let answer = site().stranger().request(Method::GET, "/login").header("accept-encoding", refused).send().await;
        let answer = answer.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{refused}");
        assert!(!answer.headers().contains_key("content-encoding"), "{refused}");
    }
    let only = site().stranger().request(Method::GET, "/login").header("accept-encoding", "gzip, identity;q=0");
    assert_eq!(only.send().await.unwrap().headers()["content-encoding"], "gzip");
}

/// Asks for a page as a browser that takes these codings; the coding and the bytes that came.
async fn sent(person: &Browser<'_>, path: &str, coding: &str, asker: &str) -> (String, usize) {
    let request = person.request(Method::GET, path).header("accept-encoding", coding).header("sec-fetch-site", asker);
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    let coding = answer.headers().get("content-encoding").map_or("", |value| value.to_str().unwrap()).to_owned();
    assert!(answer.headers().get("vary").is_some_and(|vary| vary == "accept-encoding"), "{path}");
    (coding, answer.bytes().await.unwrap().len())
}

#[tokio::test]
async fn a_page_is_compressed_as_the_browser_likes_it() {
    let person = site().browser("hanako").await;
    for (accepts, coding) in [("br, gzip", "br"), ("gzip", "gzip"), ("identity", ""), ("br;q=0, gzip", "gzip")] {
        assert_eq!(sent(&person, "/requests", accepts, "same-origin").await.0, coding, "{accepts}");
    }
}

#[tokio::test]
async fn what_somebody_elses_page_asks_for_is_not_compressed() {
    let person = site().browser("hanako").await;
    for (asker, coding) in [("none", "br"), ("same-origin", "br"), ("same-site", ""), ("cross-site", "")] {
        let request = person.request(Method::GET, "/requests").header("accept-encoding", "br");
        let answer = request.header("sec-fetch-site", asker).send().await.unwrap();
        let given = answer.headers().get("content-encoding").map_or("", |value| value.to_str().unwrap());
        assert_eq!(given, coding, "{asker}");
    }
}

#[tokio::test]
async fn a_members_home_is_five_kilobytes_on_the_wire() {
    for name in ["hanako", "teikyo", "ryoho"] {
        let (_, bytes) = sent(&site().browser(name).await, "/", "br", "none").await;
        assert!(bytes <= 5_000, "{name}: {bytes}");
    }
}

/// Sends 50 requests that differ as people's do: their days, hours, kinds.
async fn fifty_requests(site: &Site, person: &Browser<'_>, name: &str) {
    let sql = format!(
        "SELECT c.id FROM child c JOIN account a ON a.member_id = c.member_id WHERE a.user_id = '{name}' ORDER BY c.id LIMIT 1"
    );
    let child: i64 = service::db::scalar(site.env.db.read(), &sql, vec![]).await.unwrap().unwrap();
    for n in 0..50_u32 {
        let (date, child) = (format!("2024-{:02}-{:02}", 5 + n / 25, 1 + n % 25), child.to_string());
        let (start, end) = (format!("{}:30", 7 + n % 9), format!("{}:{}0", 9 + n % 9, n % 6));
        let fields = [
            ("date", date.as_str()),
            ("start", &start),
            ("end", &end),
            ("children[]", &child),
            ("care_kind", ["care", "escort", "care_with_escort"].get(n as usize % 3).copied().unwrap_or_default()),
            ("care_place", "provider_home"),
            ("place_detail", "さくら保育園から自宅まで"),
            ("do", "submit"),
        ];
        let answer = person.post("/api/requests", &fields).await;
        assert!(location(&answer).ends_with("/done"), "{n}: {}", location(&answer));
    }
}

/// The list of 50 requests, in bytes: as it is, and on the wire. Both only ever become fewer.
const FIFTY: (usize, usize) = (45_000, 6_000);

#[tokio::test]
async fn a_list_of_fifty_requests_grows_no_more() {
    let site = Site::start();
    let person = site.browser("riyo2").await;
    fifty_requests(&site, &person, "riyo2").await;
    let (_, page) = person.page("/requests").await;
    assert_eq!(page.matches("<small>依頼ID ").count(), 50);
    let (coding, bytes) = sent(&person, "/requests", "br", "same-origin").await;
    println!("50 requests: {} bytes, {bytes} on the wire", page.len());
    assert!(page.len() <= FIFTY.0, "{} bytes", page.len());
    assert!(coding == "br" && bytes <= FIFTY.1, "{bytes} bytes on the wire");
}

#[tokio::test]
async fn no_page_without_an_island_holds_a_mark_or_a_script_for_one() {
    let person = site().browser("hanako").await;
    for path in ["/", "/requests", "/reports", "/inbox", "/guide"] {
        let (_, page) = person.page(path).await;
        for part in ["<!>", "<!--", "__RESOLVED", "leptos-island", ".wasm"] {
            assert!(!page.contains(part), "{path}: {part}");
        }
    }
    let (_, page) = site().stranger().page("/login").await;
    assert!(!page.contains("leptos-island") && !page.contains(".wasm"), "a password is shown by plain script: {page}");
    assert!(page.contains("<meta name=\"description\""), "{page}");
}

#[tokio::test]
async fn a_page_with_an_island_asks_for_its_files_early() {
    let (_, page) = site().browser("hanako").await.page("/fee").await;
    let head = page.split("</head>").next().unwrap();
    assert!(head.contains("rel=\"modulepreload\"") && head.contains("as=\"fetch\""), "{head}");
    assert!(page.contains("__RESOLVED_RESOURCES"), "the island's own scripts stay");
}

#[tokio::test]
async fn nothing_typed_is_mistaken_for_a_mark() {
    let (_, page) = site().browser("hanako").await.page("/fee?date=%3C!%3E%3C!--x--%3E&start=9").await;
    assert!(!page.contains("value=\"<!>"), "leptos escapes the sign in an attribute");
    let (_, page) = site().stranger().page("/login?next=/requests?q=%3C!%3E").await;
    assert!(page.contains("&lt;!&gt;") || !page.contains("q="), "{page}");
}
