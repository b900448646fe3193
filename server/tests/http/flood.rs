//! One client that takes too much: the others are served all the same.

use crate::support::{Site, address, cookie, location};
use futures_util::future::join_all;
use reqwest::StatusCode;
use server::cli::LimitArgs;
use server::config::Address;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

const LIMITS: LimitArgs = LimitArgs { http_connections: 60, http_connections_per_address: 20, writes_per_minute: 5 };

fn site(proxy: bool) -> Site {
    Site::with(move |listens| Address { limits: LIMITS, proxy, ..address(listens, None) })
}

fn connect(site: &Site) -> TcpStream {
    let stream = TcpStream::connect(site.origin.trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    stream
}

/// A client of another address of this machine.
fn elsewhere() -> reqwest::Client {
    let from = Ipv4Addr::new(127, 0, 0, 2);
    reqwest::Client::builder()
        .local_address(std::net::IpAddr::V4(from))
        .timeout(Duration::from_secs(5))
        .build()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn half_open_connections_of_one_address_leave_the_others_served_and_are_cut() {
    let site = site(false);
    let began = std::time::Instant::now();
    let mut open: Vec<TcpStream> = (0..100).map(|_| connect(&site)).collect();
    for stream in &mut open {
        // Those past the address' share are closed already.
        let _ = stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n");
    }
    let answer = elsewhere().get(format!("{}/healthz", site.origin)).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    // The first of them had a place: its head never comes, and it is cut.
    let mut rest = Vec::new();
    let _ = open[0].read_to_end(&mut rest);
    let took = began.elapsed();
    assert!((10..30).contains(&took.as_secs()), "cut after {took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_never_ends_is_cut_and_those_held_are_few() {
    let site = site(false);
    let mut open: Vec<TcpStream> = (0..19).map(|_| connect(&site)).collect();
    for stream in &mut open {
        let head = "POST /api/sheets HTTP/1.1\r\nHost: x\r\nSec-Fetch-Site: same-origin\r\n\
            Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 523264\r\n\r\na=1";
        stream.write_all(head.as_bytes()).unwrap();
    }
    let answer = elsewhere().get(format!("{}/login", site.origin)).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let mut answer = [0; 12];
    open[0].read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 408");
}

#[tokio::test(flavor = "multi_thread")]
async fn http_2_is_not_spoken_in_the_clear() {
    let site = site(false);
    let mut stream = connect(&site);
    stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 4"), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_chunks_are_no_long_text() {
    let site = site(false);
    let mut stream = connect(&site);
    let sent = "POST /api/sessions HTTP/1.1\r\nHost: x\r\nSec-Fetch-Site: same-origin\r\nConnection: close\r\n\
        Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nuser_id=a\r\n";
    stream.write_all(sent.as_bytes()).unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 400");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_who_sends_too_many_forms_finds_the_last_one_on_the_page() {
    let site = site(false);
    let midori = site.browser("midori").await;
    for _ in 0..LIMITS.writes_per_minute {
        let answer = midori.post("/api/text-sizes", &[("text_size", "large"), ("next", "/desk")]).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    }
    let answer = midori.post("/api/notes", &[("note", "ご連絡ください"), ("old_password", "secret")]).await;
    assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(answer.headers().contains_key("retry-after"));
    let page = answer.text().await.unwrap();
    assert!(page.contains("少しお待ちください") && page.contains("もう一度送る"), "{page}");
    assert!(page.contains("ご連絡ください") && !page.contains("secret"), "{page}");
    // Others write on.
    let other = site.browser("aoba").await;
    let answer = other.post("/api/text-sizes", &[("text_size", "large"), ("next", "/desk")]).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_nul_in_a_password_is_an_error_and_not_another_password() {
    let site = site(false);
    let password = format!("{}\0", demo::PASSWORD);
    let answer = site.stranger().post("/api/sessions", &[("user_id", "midori"), ("password", &password)]).await;
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    assert_eq!(cookie(&answer), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endless_address_is_not_echoed() {
    let site = site(false);
    let answer = site.stranger().get(&format!("/requests/{}", "x".repeat(58_000))).await;
    assert_eq!(answer.status(), StatusCode::URI_TOO_LONG);
    assert!(!answer.headers().contains_key("location"));
    let answer = site.stranger().post("/api/sessions", &[("user_id", &"x".repeat(50_001)), ("password", "x")]).await;
    assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test(flavor = "multi_thread")]
async fn signed_out_posts_are_not_kept_and_logins_only_a_few() {
    let site = site(false);
    let stranger = site.stranger();
    for _ in 0..30 {
        let answer = stranger.post("/api/notes", &[("note", &"x".repeat(20_000))]).await;
        assert!(!location(&answer).contains("form"), "{}", location(&answer));
        stranger.post("/api/sessions", &[("user_id", ""), ("more", &"x".repeat(20_000)), ("password", "")]).await;
    }
    let sql = "SELECT CAST(COUNT(*) * 1000000 + SUM(bytes) AS BIGINT) FROM form_draft";
    let kept = service::db::scalar::<i64, _>(site.env.db.read(), sql, vec![]).await.unwrap().unwrap();
    assert!((20_000_000..20_030_000).contains(&kept), "{kept}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_is_worked_to_its_end_though_the_browser_leaves() {
    let site = site(false);
    let midori = site.browser("midori").await;
    let large = async || {
        let sql = "SELECT COUNT(*) FROM account WHERE user_id = 'midori' AND text_size = 'large'";
        service::db::scalar::<i64, _>(site.env.db.read(), sql, vec![]).await.unwrap() == Some(1)
    };
    assert!(!large().await);
    let holds = site.env.db.begin().await.unwrap();
    let leaves = Duration::from_millis(300);
    let fields = [("text_size", "large"), ("next", "/desk")];
    let sent = tokio::time::timeout(leaves, midori.post("/api/text-sizes", &fields)).await;
    assert!(sent.is_err(), "the browser left before the answer");
    holds.rollback().await.unwrap();
    let freed = std::time::Instant::now();
    while !large().await {
        assert!(freed.elapsed() < Duration::from_secs(5), "the form is lost");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_sends_and_leaves_keeps_the_place_until_the_work_is_done() {
    let site = site(false);
    let login = async || site.stranger().get("/login").await.status();
    let holds = site.env.db.begin().await.unwrap();
    // All come at once, so that each has time to come in on a busy machine, and leave one after the other.
    let leaves = async |place: u64| {
        let fields = [("user_id", "nobody"), ("password", "wrong")];
        let stays = Duration::from_millis(1_000 + 50 * place);
        tokio::time::timeout(stays, site.stranger().post("/api/sessions", &fields)).await.map(|answer| answer.status())
    };
    let places = u64::try_from(LIMITS.http_connections_per_address).unwrap();
    for sent in join_all((0..places).map(leaves)).await {
        assert!(sent.is_err(), "{sent:?}");
    }
    assert_eq!(login().await, StatusCode::SERVICE_UNAVAILABLE);
    let other = elsewhere().get(format!("{}/login", site.origin)).send().await.unwrap();
    assert_eq!(other.status(), StatusCode::OK);
    holds.rollback().await.unwrap();
    let freed = std::time::Instant::now();
    while login().await != StatusCode::OK {
        assert!(freed.elapsed() < Duration::from_secs(20), "the places never come back");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
