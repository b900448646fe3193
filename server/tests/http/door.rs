//! What every request meets: the same-origin rule, headers, our own pages on errors, shapes and sizes of bodies.

use crate::support::site;
use leptos::server_fn::axum::server_fn_paths;
use reqwest::{Method, StatusCode};

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
    let paths: Vec<_> = server_fn_paths().filter(|(_, method)| *method == Method::POST).map(|(path, _)| path).collect();
    assert!(paths.len() > 2, "the server functions are registered");
    for path in paths.iter().copied().chain(["/demo/clock", "/", "/requests/new", "/nowhere"]) {
        for (headers, allowed) in cases {
            let mut request = person.request(Method::POST, path).header(FORM.0, FORM.1).body("%zz");
            for (name, value) in *headers {
                request = request.header(*name, *value);
            }
            let status = request.send().await.unwrap().status();
            assert_eq!(status != StatusCode::FORBIDDEN, *allowed, "{path} {headers:?}: {status}");
            assert!(!status.is_server_error(), "{path} {headers:?}: {status}");
        }
        if path == "/api/logouts" {
            break;
        }
    }
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
        let html = answer.text().await.unwrap();
        assert!(html.contains("<html lang=\"ja\"") && html.contains("子サポ"), "{method} {path} shows our own page");
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
async fn health_says_what_it_checked() {
    let answer = site().stranger().get("/healthz").await;
    assert_eq!(answer.status(), StatusCode::OK);
    let text = answer.text().await.unwrap();
    for key in ["\"status\":\"ok\"", "\"version\":", "\"database\":\"ok\"", "\"migrations\":"] {
        assert!(text.contains(key), "{text}");
    }
}
