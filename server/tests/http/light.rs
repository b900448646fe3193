//! What is compressed, and for whom.

use crate::support::site;
use reqwest::Method;

#[tokio::test]
async fn a_page_is_compressed_as_the_browser_likes_it() {
    let person = site().browser("hanako").await;
    for (accepts, coding) in [("br, gzip", "br"), ("gzip", "gzip"), ("identity", ""), ("br;q=0, gzip", "gzip")] {
        let answer = person.request(Method::GET, "/requests").header("accept-encoding", accepts).send().await.unwrap();
        let told = answer.headers().get("content-encoding").map_or("", |value| value.to_str().unwrap());
        assert_eq!(told, coding, "{accepts}");
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
