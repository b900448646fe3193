//! The stream of an open desk: what it hears, how soon, and when it ends.

use crate::support::{Browser, Site, site};
use domain::desk::Queue;
use reqwest::{Method, Response, StatusCode};
use std::time::Duration;
use tokio::time::{Instant, timeout};

/// An open stream, read message by message.
struct Live {
    answer: Response,
    rest: String,
}

impl Live {
    async fn open(person: &Browser<'_>) -> Self {
        // As a browser asks, or the last line below could not fail.
        let ask = person.request(Method::GET, "/desk/live").header("accept-encoding", "gzip, deflate, br, zstd");
        let answer = ask.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        assert!(!answer.headers().contains_key("content-encoding"), "news are not held back by a compressor");
        Self { answer, rest: String::new() }
    }

    /// The next message: its event and its data. `None` at the end of the stream.
    async fn next(&mut self) -> Option<(String, String)> {
        loop {
            if let Some((message, rest)) = self.rest.split_once("\n\n") {
                let line = |name: &str| {
                    let line = message.lines().find_map(|line| line.strip_prefix(name));
                    line.map(|text| text.trim().to_owned())
                };
                let found = line("event:").map(|event| (event, line("data:").unwrap_or_default()));
                self.rest = rest.to_owned();
                // What has no event is the sign of life of a silent stream.
                match found {
                    Some(found) => return Some(found),
                    None => continue,
                }
            }
            let chunk = self.answer.chunk().await.unwrap()?;
            self.rest.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    /// The number the next message names, within a time.
    async fn reached(&mut self, within: Duration) -> Option<i64> {
        let (event, number) = timeout(within, self.next()).await.ok()??;
        assert_eq!(event, "reached");
        Some(number.parse().unwrap())
    }
}

async fn note(desk: &Browser<'_>, text: &str) {
    let answer = desk.post("/api/notes", &[("request", "CDK0036630"), ("note", text)]).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
}

const SECOND: Duration = Duration::from_secs(1);

async fn heard_by_its_ward_alone(site: &Site, other: &Site) {
    let (midori, aoba) = (site.browser("midori").await, other.browser("aoba").await);
    let (mut own, mut foreign) = (Live::open(&midori).await, Live::open(&aoba).await);
    let mut beside = Live::open(&other.browser("midori").await).await;
    for live in [&mut own, &mut foreign, &mut beside] {
        live.reached(SECOND).await.expect("where it stands is said at once");
        // Both servers have looked once: from now on they know what is new.
        while live.reached(SECOND).await.is_some() {}
    }
    note(&midori, "電話がありました").await;
    let number = own.reached(SECOND).await.expect("within a second");
    assert!(number > 0);
    assert_eq!(beside.reached(SECOND).await, Some(number), "the other server's desk hears it too");
    assert_eq!(foreign.reached(SECOND).await, None, "another ward hears nothing");
    drop(own);
    note(&midori, "もう一度電話がありました").await;
    let mut again = Live::open(&midori).await;
    let mut caught_up = again.reached(SECOND).await.unwrap();
    while caught_up <= number {
        caught_up = again.reached(SECOND).await.expect("what came while it was away is caught up with");
    }
}

#[tokio::test]
async fn a_step_is_heard_within_a_second_on_two_servers_by_its_ward_alone() {
    let site = Site::start();
    heard_by_its_ward_alone(&site, &site.beside()).await;
}

#[tokio::test]
async fn a_step_is_heard_within_a_second_on_two_servers_of_one_postgresql() {
    let (site, database) = Site::postgres().await;
    heard_by_its_ward_alone(&site, &site.beside()).await;
    database.remove().await;
}

/// How many cases the page hears of.
async fn news(desk: &Browser<'_>, since: &str) -> String {
    desk.page(&format!("/desk/news?since={since}")).await.1
}

#[tokio::test]
async fn a_desk_hears_of_what_others_did_since_it_was_drawn_and_never_of_its_own_steps() {
    let site = Site::start();
    let (midori, aoba, hanako) =
        (site.browser("midori").await, site.browser("aoba").await, site.browser("hanako").await);
    // What the page is drawn with is at most one look old.
    tokio::time::sleep(SECOND).await;
    let since = async |desk: &Browser<'_>| {
        let (_, page) = desk.page("/desk").await;
        let (_, rest) = page.split_once("data-live=\"").expect("the queue knows since when it stands");
        rest.split_once('"').unwrap().0.to_owned()
    };
    let (own, foreign) = (since(&midori).await, since(&aoba).await);
    note(&midori, "電話がありました").await;
    assert_eq!(news(&midori, &own).await, "{\"cases\":0}", "her own step is no news");
    let (_, page) = hanako.page("/requests/CDK0036630").await;
    let form = &page[page.find("action=\"/api/cancellations\"").unwrap()..];
    let (_, rest) = form.split_once("name=\"revision\" value=\"").unwrap();
    let revision = rest.split_once('"').unwrap().0;
    let fields = [("request", "CDK0036630"), ("revision", revision), ("reason", "熱が出ました")];
    assert_eq!(hanako.post("/api/cancellations", &fields).await.status(), StatusCode::SEE_OTHER);
    assert_eq!(news(&midori, &own).await, "{\"cases\":1}");
    assert_eq!(news(&aoba, &foreign).await, "{\"cases\":0}", "another ward's desk does not hear of it");
    assert_eq!(hanako.get("/desk/news?since=0").await.status(), StatusCode::NOT_FOUND);
    assert_eq!(midori.get("/desk/news?since=x").await.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn the_stream_ends_within_five_seconds_of_the_session() {
    let midori = site().browser("midori").await;
    let mut live = Live::open(&midori).await;
    live.reached(SECOND).await.unwrap();
    let left = Instant::now();
    assert_eq!(midori.post("/api/logouts", &[]).await.status(), StatusCode::SEE_OTHER);
    let last = timeout(Duration::from_secs(5), async {
        let mut last = None;
        while let Some((event, _)) = live.next().await {
            last = Some(event);
        }
        last
    });
    assert_eq!(last.await.expect("it ends").as_deref(), Some("ended"));
    assert!(left.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn only_a_coordinator_has_a_stream() {
    for path in ["/desk/live", "/desk/news?since=0", "/desk/queue"] {
        assert_eq!(site().stranger().get(path).await.status(), StatusCode::NO_CONTENT, "{path} ends without an error");
        for person in ["hanako", "teikyo", "honbu"] {
            assert_eq!(site().browser(person).await.get(path).await.status(), StatusCode::NOT_FOUND, "{person} {path}");
        }
    }
}

#[tokio::test]
async fn the_queue_is_given_as_the_desk_shows_it() {
    for (name, query) in
        [("midori", ""), ("midori", "?mine=1"), ("midori", "?kind=escort"), ("midori", "?group=closed"), ("aoba", "")]
    {
        let desk = site().browser(name).await;
        let (_, json) = desk.page(&format!("/desk/queue{query}")).await;
        let queue: Queue = serde_json::from_str(&json).unwrap();
        let (_, page) = desk.page(&format!("/desk{query}")).await;
        let lines: Vec<_> = queue.groups.iter().flat_map(|shelf| &shelf.lines).collect();
        assert_eq!(page.matches("class=\"kp-queue__link\"").count(), lines.len(), "{name} {query}");
        assert!(page.contains(&format!("要対応 {}件", queue.to_do())), "{name} {query}");
        // What waits for others is counted apart, and stands below what waits for the branch.
        let waiting = format!("待ち {}件", queue.waiting());
        assert_eq!(page.contains(&waiting), queue.waiting() > 0, "{name} {query}");
        let waits: Vec<bool> = queue.groups.iter().map(|shelf| shelf.group.waits()).collect();
        assert!(waits.is_sorted() && waits.contains(&true) && waits.contains(&false), "{waits:?}");
        for line in lines.into_iter().chain(&queue.closed) {
            assert!(
                page.contains(&format!("/desk/requests/{}", line.no)) && page.contains(&line.family),
                "{name} {}",
                line.no
            );
        }
    }
}
