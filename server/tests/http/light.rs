//! Pages that travel light: what is taken out of them, what is compressed, and for whom.

use crate::support::{Browser, site};
use reqwest::Method;

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
        let told = answer.headers().get("content-encoding").map_or("", |value| value.to_str().unwrap());
        assert_eq!(told, coding, "{asker}");
    }
}

#[tokio::test]
async fn a_members_home_is_five_kilobytes_on_the_wire() {
    for name in ["hanako", "teikyo", "ryoho"] {
        let (_, bytes) = sent(&site().browser(name).await, "/", "br", "none").await;
        assert!(bytes <= 5_000, "{name}: {bytes}");
    }
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
