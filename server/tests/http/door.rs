//! What every request meets: the same-origin rule, headers, our own pages on errors, shapes and sizes of bodies.

use crate::support::{Site, address, site};
use leptos::server_fn::axum::server_fn_paths;
use reqwest::{Method, StatusCode};
use server::router::around;
use server::state::AppState;

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

#[tokio::test]
async fn a_form_must_come_from_our_own_pages() {
    let person = site().browser("hanako").await;
    let ours = site().origin.clone();
    let cases: &[(&[(&str, &str)], bool)] = &[
        (&[("sec-fetch-site", "same-origin")], true),
        (&[("origin", &ours)], true),
        (&[], false),
        (&[("sec-fetch-site", "cross-site")], false),
        (&[("sec-fetch-site", "same-site")], false),
        (&[("sec-fetch-site", "none")], false),
        (&[("origin", "null")], false),
        (&[("origin", "https://example.org")], false),
        (&[("sec-fetch-site", "cross-site"), ("origin", &ours)], false),
        (&[("x-http-method-override", "POST")], false),
    ];
    let functions = server_fn_paths().filter(|(_, method)| *method == Method::POST).map(|(path, _)| path);
    let mut paths: Vec<_> = functions.chain(["/demo/clock", "/", "/requests/new", "/nowhere"]).collect();
    // Whoever has left is somebody else: the last path of all.
    paths.sort_unstable_by_key(|path| (*path == "/api/logouts", *path));
    assert!(paths.len() > 40, "the server functions are registered: {}", paths.len());
    assert_eq!(paths.last(), Some(&"/api/logouts"));
    let mut tried = 0;
    for path in &paths {
        for (headers, allowed) in cases {
            let mut request = person.request(Method::POST, path).header(FORM.0, FORM.1).body("%zz");
            for (name, value) in *headers {
                request = request.header(*name, *value);
            }
            let status = request.send().await.unwrap().status();
            assert_eq!(status != StatusCode::FORBIDDEN, *allowed, "{path} {headers:?}: {status}");
            assert!(!status.is_server_error(), "{path} {headers:?}: {status}");
        }
        tried += 1;
    }
    assert_eq!(tried, paths.len());
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let person = site().stranger();
    for path in ["/login", "/", "/nowhere", "/requests", "/healthz", "/api/nowhere", "/pkg/nowhere.js"] {
        let answer = person.get(path).await;
        let header = |name: &str| {
            let value = answer.headers().get(name).unwrap_or_else(|| panic!("{path} lacks {name}"));
            value.to_str().unwrap().to_owned()
        };
        assert!(header("strict-transport-security").contains("max-age=31536000"), "{path}");
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("cross-origin-opener-policy"), "same-origin", "{path}");
        assert_eq!(header("cross-origin-resource-policy"), "same-origin", "{path}");
        let policy = header("content-security-policy");
        for part in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{path}: {policy}");
        assert_eq!(header("cache-control"), "private, no-store", "{path}");
    }
}

#[tokio::test]
async fn the_nonce_of_a_page_is_its_own() {
    let person = site().stranger();
    let mut nonces = Vec::new();
    for _ in 0..2 {
        let answer = person.get("/login").await;
        let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
        let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).unwrap().to_owned();
        let html = answer.text().await.unwrap();
        assert!(html.contains(&format!("nonce=\"{nonce}\"")), "the script carries the policy's nonce");
        assert!(!html.contains(" style=\""), "no inline style");
        nonces.push(nonce);
    }
    assert_ne!(nonces[0], nonces[1]);
}

#[tokio::test]
async fn unknown_paths_and_wrong_methods_get_our_own_page() {
    let person = site().browser("hanako").await;
    let cases = [
        (Method::GET, "/nowhere", StatusCode::NOT_FOUND),
        (Method::GET, "/requests/../../etc/passwd", StatusCode::NOT_FOUND),
        (Method::GET, "/%E6%9C%A8%E6%9D%91", StatusCode::NOT_FOUND),
        (Method::GET, "/api/nowhere", StatusCode::NOT_FOUND),
        (Method::GET, "/api/sessions", StatusCode::METHOD_NOT_ALLOWED),
        (Method::POST, "/login", StatusCode::METHOD_NOT_ALLOWED),
        (Method::PUT, "/requests", StatusCode::METHOD_NOT_ALLOWED),
        (Method::DELETE, "/", StatusCode::METHOD_NOT_ALLOWED),
        (Method::POST, "/healthz", StatusCode::METHOD_NOT_ALLOWED),
    ];
    for (method, path, expected) in cases {
        let answer = person.request(method.clone(), path).header("sec-fetch-site", "same-origin").send().await.unwrap();
        assert_eq!(answer.status(), expected, "{method} {path}");
        let allow = answer.headers().contains_key("allow");
        assert_eq!(allow, expected == StatusCode::METHOD_NOT_ALLOWED, "{method} {path} says what is allowed");
        let html = answer.text().await.unwrap();
        assert!(html.contains("<html lang=\"ja\"") && html.contains("子サポ"), "{method} {path} shows our own page");
    }
}

/// A path as it is written; clients resolve `..` before they send it.
fn raw_status(path: &str, cookie: &str) -> String {
    use std::io::{Read, Write};
    let host = site().origin.trim_start_matches("http://");
    let mut stream = std::net::TcpStream::connect(host).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nhost: {host}\r\ncookie: {cookie}\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.lines().next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn dots_in_an_address_lead_to_no_other_page() {
    let person = site().browser("hanako").await;
    let cookie = person.cookie.clone().unwrap();
    for path in ["/requests/..", "/requests/%2e%2e", "/requests/.%2E/", "/requests/./x", "/%2e%2e/login", "/.."] {
        assert_eq!(raw_status(path, &cookie), "HTTP/1.1 404 Not Found", "{path}");
    }
    assert_eq!(raw_status("/requests", &cookie), "HTTP/1.1 200 OK");
}

#[tokio::test]
async fn an_address_that_is_no_text_leads_nowhere() {
    let person = site().browser("hanako").await;
    let cookie = person.cookie.clone().unwrap();
    for path in ["/requests/%ff", "/requests/%E3%81/meeting", "/inbox/%80"] {
        assert_eq!(raw_status(path, &cookie), "HTTP/1.1 404 Not Found", "{path}");
    }
}

#[tokio::test]
async fn who_is_to_come_back_later_hears_when() {
    // A server of its own: the failures count for the address that all tests share.
    let own = Site::start();
    let script = reqwest::Client::new();
    let mut seen = None;
    for _ in 0..8 {
        let request = script.post(format!("{}/api/sessions", own.origin)).header("sec-fetch-site", "same-origin");
        let request = request.header("accept", "application/json").header(FORM.0, FORM.1);
        let answer = request.body("user_id=nobody-at-all&password=wrong-one").send().await.unwrap();
        if answer.status() == StatusCode::TOO_MANY_REQUESTS {
            seen = answer.headers().get("retry-after").map(|value| value.to_str().unwrap().to_owned());
            break;
        }
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert!(seen.is_some_and(|seconds| seconds.parse::<u32>().is_ok_and(|seconds| seconds > 0)));
}

#[tokio::test]
async fn the_demos_clock_does_not_leave_the_years_it_knows() {
    let staff = site().browser("midori").await;
    for to in ["2028-01-01T00:00:00+09:00", "9999-12-31T23:59:59+09:00", "9999-12-31T23:59:59-23:00", "soon", ""] {
        let answer = staff.post("/demo/clock", &[("to", to), ("back", "/desk")]).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{to}");
    }
    assert_eq!(staff.get("/desk").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn the_demos_clock_is_not_turned_back() {
    let staff = site().browser("midori").await;
    for to in ["2024-03-16T09:59:59+09:00", "2020-01-01T00:00:00Z"] {
        let answer = staff.post("/demo/clock", &[("to", to), ("back", "/desk")]).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{to}");
        assert!(answer.text().await.unwrap().contains("デモの時計は先へだけ進められます。"), "{to}");
    }
}

#[tokio::test]
async fn bad_input_is_no_fault_of_ours_on_sqlite() {
    bad_input(site()).await;
}

#[tokio::test]
async fn bad_input_is_no_fault_of_ours_on_postgres() {
    let (site, database) = Site::postgres().await;
    bad_input(&site).await;
    database.remove().await;
}

/// Everything a browser can send where a text is expected, on every page and form that keeps or looks for it.
async fn bad_input(site: &Site) {
    let long = "x".repeat(5_000);
    let texts =
        ["%00", "a%00b", "%EF%BF%BF", "%F0%A0%AE%B7", "%FF%FE", "%27%3B--", "9999999999999999999", "-1", "", &long];
    let pages: &[(&str, &str, &[&str])] = &[
        ("honbu", "/subsidies", &["ward", "ready_after", "slip_after"]),
        ("honbu", "/claims", &["ward", "month", "after"]),
        ("honbu", "/reports", &["ward", "status", "after", "q"]),
        ("midori", "/desk", &["q", "status", "after", "form"]),
        ("midori", "/desk/members", &["q", "after", "form"]),
        ("midori", "/desk/requests/new", &["q", "member", "form"]),
        ("midori", "/desk/requests/check", &["form"]),
        ("teikyo", "/reports/new", &["q", "request", "form"]),
        ("teikyo", "/offers", &["after"]),
        ("hanako", "/requests", &["after", "status"]),
        ("hanako", "/requests/new", &["copy", "form"]),
        ("hanako", "/fee", &["date", "start", "end", "children", "form"]),
        ("hanako", "/inbox", &["after"]),
    ];
    for (account, path, names) in pages {
        let person = site.browser(account).await;
        for (name, text) in names.iter().flat_map(|name| texts.iter().map(move |text| (name, text))) {
            let status = person.get(&format!("{path}?{name}={text}")).await.status();
            assert_eq!(
                status == StatusCode::BAD_REQUEST,
                text.contains("%00"),
                "{account} {path}?{name}={text:.20}: {status}"
            );
            let text = &text[..text.len().min(20)];
            assert!(!status.is_server_error(), "{account} {path}?{name}={text}: {status}");
        }
        for text in ["%00", "CDK%00", &long] {
            let status = person.get(&format!("{path}/{text}")).await.status();
            assert!(status.is_client_error(), "{account} {path}/…: {status}");
        }
    }
    let forms: &[(&str, &str, &[&str])] = &[
        ("", "/api/sessions", &["user_id", "password", "next"]),
        ("midori", "/api/member-searches", &["q"]),
        ("midori", "/api/caller-searches", &["q", "member"]),
        ("midori", "/api/desk-searches", &["q"]),
        ("teikyo", "/api/report-searches", &["q"]),
        ("hanako", "/api/requests", &["once", "notes", "date", "children", "place_detail", "no"]),
        ("midori", "/api/entries", &["member", "member=MEM0040989&notes", "member=MEM0040989&once"]),
        ("midori", "/api/members", &["once", "family_name", "address", "mail"]),
        ("midori", "/api/member-names", &["no", "revision", "no=MEM0040989&revision", "no=MEM0040989&family_kana"]),
        ("midori", "/api/child-corrections", &["no", "no=MEM0040989&child", "no=MEM0040989&child=1&child_birth[1]"]),
        ("teikyo", "/api/reports", &["once", "notes", "request", "transport"]),
    ];
    for (account, path, names) in forms {
        let person = if account.is_empty() { site.stranger() } else { site.browser(account).await };
        for (name, text) in names.iter().flat_map(|name| texts.iter().map(move |text| (name, text))) {
            let request = person.request(Method::POST, path).header("sec-fetch-site", "same-origin");
            let answer = request.header(FORM.0, FORM.1).body(format!("{name}={text}&do=check")).send().await.unwrap();
            let status = answer.status();
            assert!(status.is_client_error() || status == StatusCode::SEE_OTHER, "{path} {name}={text:.20}: {status}");
        }
    }
}

#[tokio::test]
async fn malformed_and_oversized_bodies_are_refused_without_a_fault_of_ours() {
    let person = site().stranger();
    let large = "user_id=".to_owned() + &"x".repeat(70_000);
    let long = "user_id=".to_owned() + &"%F0%A0%AE%B7".repeat(4_000) + "&password=x";
    let nested = "user_id".to_owned() + &"[a]".repeat(2_000) + "=x";
    let cases: &[(&str, &[u8], u16)] = &[
        ("application/x-www-form-urlencoded", large.as_bytes(), 413),
        ("application/json", b"{}", 415),
        ("multipart/form-data; boundary=x", b"--x--", 415),
        ("application/x-www-form-urlencoded", b"user_id=%FF%FE&password=%00", 0),
        ("application/x-www-form-urlencoded", b"\xff\xfe\x00", 0),
        ("application/x-www-form-urlencoded", b"user_id=a&user_id=b&password=x", 0),
        ("application/x-www-form-urlencoded", b"user_id[100000]=x", 0),
        ("application/x-www-form-urlencoded", nested.as_bytes(), 0),
        ("application/x-www-form-urlencoded", long.as_bytes(), 0),
        ("application/x-www-form-urlencoded", b"", 0),
    ];
    for (kind, body, expected) in cases {
        let request = person.request(Method::POST, "/api/sessions").header("sec-fetch-site", "same-origin");
        let answer = request.header("content-type", *kind).body(body.to_vec()).send().await.unwrap();
        let status = answer.status();
        let name = String::from_utf8_lossy(&body[..body.len().min(40)]).into_owned();
        assert!(status.is_client_error() || status == StatusCode::SEE_OTHER, "{kind} {name}: {status}");
        if *expected > 0 {
            assert_eq!(status.as_u16(), *expected, "{kind} {name}");
        }
    }
}

#[tokio::test]
async fn a_script_that_asks_for_json_hears_every_refusal_in_it() {
    let client = reqwest::Client::new();
    let large = "user_id=".to_owned() + &"x".repeat(70_000);
    for (method, path, kind, body, expected) in [
        (Method::POST, "/api/nowhere", FORM.1, "", 404),
        (Method::GET, "/api/sessions", FORM.1, "", 405),
        (Method::POST, "/api/sessions", FORM.1, large.as_str(), 413),
        (Method::POST, "/api/sessions", "application/json", "{}", 415),
    ] {
        let request =
            client.request(method, format!("{}{path}", site().origin)).header("sec-fetch-site", "same-origin");
        let request = request.header("accept", "application/json").header("content-type", kind);
        let answer = request.body(body.to_owned()).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), expected, "{path}");
        assert_eq!(answer.headers()["content-type"], "application/json", "{path} {expected}");
        assert!(answer.text().await.unwrap().starts_with('"'), "{path} {expected}: the fault's name");
    }
}

#[tokio::test]
async fn a_form_that_is_too_long_says_what_to_shorten() {
    let person = site().browser("hanako").await;
    let answer = person.post("/api/requests", &[("notes", &"あ".repeat(8_000))]).await;
    assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
    let html = answer.text().await.unwrap();
    assert!(html.contains("文章が長すぎて送れませんでした"), "{html}");
    assert!(html.contains("前のページに戻り、文章を短くして、もう一度押してください。"), "{html}");
}

#[tokio::test]
async fn a_panic_is_a_page_with_a_number_for_the_telephone() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let addr = listener.local_addr().unwrap();
    let state = AppState::new(site().env.clone(), address(addr, None)).await.unwrap();
    let broken = axum::routing::get(|| async { panic!("on purpose") as &'static str });
    let service = around(axum::Router::new().route("/", broken), state).into_make_service();
    let server = tokio::spawn(axum_server::from_tcp(listener).unwrap().serve(service));
    let answer = reqwest::get(format!("http://{addr}/")).await.unwrap();
    server.abort();
    assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert!(answer.headers().contains_key("content-security-policy"));
    let html = answer.text().await.unwrap();
    let number = html.split("番号「").nth(1).and_then(|rest| rest.split('」').next()).unwrap_or_default();
    assert!(number.len() == 6 && number.bytes().all(|byte| byte.is_ascii_digit()), "{html}");
    assert!(!html.contains("on purpose"), "the words are for the log");
}

#[tokio::test]
async fn every_document_has_the_same_head() {
    let stranger = site().stranger();
    let head = |html: &str| {
        let head = html.split("<head>").nth(1).and_then(|rest| rest.split("</head>").next()).unwrap().to_owned();
        ["theme-color", "manifest.webmanifest", "apple-touch-icon", "color-scheme", "type=\"module\""]
            .map(|part| head.contains(part))
    };
    for path in ["/login", "/nowhere"] {
        assert_eq!(head(&stranger.page(path).await.1), [true; 5], "{path}");
    }
}

#[tokio::test]
async fn health_says_what_it_checked() {
    let answer = site().stranger().get("/healthz").await;
    assert_eq!(answer.status(), StatusCode::OK);
    let text = answer.text().await.unwrap();
    for key in ["\"status\":\"ok\"", "\"version\":", "\"database\":\"ok\"", "\"migrations\":"] {
        assert!(text.contains(key), "{text}");
    }
}
