//! What every request passes: our own error pages and headers, the same-origin rule, the session.

use crate::limits::{FORM_TIME, Share};
use crate::state::AppState;
use app::fault::Fault;
use app::page::{NOT_FOUND, fault_document};
use app::session::{COOKIE, DEVICE};
use app::visit::{Outcome, Submitted, Visitor};
use axum::Extension;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::policy::{self, Right};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// The policy of every response that has no nonce of its own.
pub const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' blob: data:; font-src 'self'; \
    connect-src 'self'; manifest-src 'self'; worker-src 'self'; script-src 'self' 'wasm-unsafe-eval'; \
    form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'";

const HEADERS: &[(&str, &str)] = &[
    ("strict-transport-security", "max-age=31536000; includeSubDomains"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
];

/// Puts the security headers on every response, and our own page on errors that have none.
pub async fn own_pages(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let bare = visitor(&state, &request);
    let mut response = next.run(request).await;
    let visitor = response.extensions_mut().remove::<Arc<Visitor>>().unwrap_or_else(|| Arc::new(bare));
    let left_to_us = response.headers_mut().remove(NOT_FOUND).is_some();
    let html = response.headers().get(header::CONTENT_TYPE).is_some_and(|value| {
        value.to_str().is_ok_and(|value| value.starts_with("text/html") || value.starts_with("application/json"))
    });
    let status = response.status();
    if (status.is_client_error() || status.is_server_error()) && (left_to_us || !html) {
        let fault = response.extensions_mut().remove::<Fault>().unwrap_or_else(|| fault_of(status));
        let bare = std::mem::replace(&mut response, page(&visitor, &fault, status));
        for name in [header::ALLOW, header::SET_COOKIE, header::RETRY_AFTER] {
            for value in bare.headers().get_all(&name) {
                response.headers_mut().append(&name, value.clone());
            }
        }
    }
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().entry(header::RETRY_AFTER).or_insert(HeaderValue::from_static("5"));
    }
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.entry(HeaderName::from_static(name)).or_insert(HeaderValue::from_static(value));
    }
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(POLICY));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("private, no-store"));
    response
}

/// The longest path with its query: what is longer is no link of ours, and would come back in `Location`.
const LONGEST_ADDRESS: usize = 8 << 10;

/// Works on so many requests of one address at a time; the next one is asked to come back. An address
/// longer than any of ours is not looked at.
pub async fn bounded(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    if request.uri().path_and_query().is_some_and(|address| address.as_str().len() > LONGEST_ADDRESS) {
        return StatusCode::URI_TOO_LONG.into_response();
    }
    let Some(place) = state.limits.requests.take(&address(state.address.proxy, &request), 1) else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let place = Arc::new(place);
    request.extensions_mut().insert(Arc::clone(&place));
    next.run(request).await
}

/// How long a request may be worked on.
const DEADLINE: Duration = Duration::from_secs(20);

/// Works a request to its end though the browser leaves, so that no step stops half-way and no connection to the database
/// is left in the middle of an answer; one that takes too long, because something behind us went silent, is 503.
///
/// Its place among the requests of its address is held as long: who sends and leaves again and again gets no more of them.
pub async fn to_the_end(request: Request, next: Next) -> Response {
    let arrives = if request.method().is_safe() { Duration::ZERO } else { FORM_TIME };
    let deadline = DEADLINE + arrives;
    let place = request.extensions().get::<Arc<Share>>().cloned();
    let work = async move {
        let response = next.run(request).await;
        drop(place);
        response
    };
    within(deadline, work).await
}

async fn within(deadline: Duration, work: impl Future<Output = Response> + Send + 'static) -> Response {
    let mut work = tokio::spawn(work);
    match tokio::time::timeout(deadline, &mut work).await {
        Ok(Ok(response)) => response,
        Ok(Err(broken)) => {
            broken.try_into_panic().map_or_else(|_| StatusCode::SERVICE_UNAVAILABLE.into_response(), panicked)
        }
        Err(_) => {
            work.abort();
            tracing::error!("a request took longer than {} seconds", deadline.as_secs());
            (StatusCode::SERVICE_UNAVAILABLE, Extension(Fault::Unavailable)).into_response()
        }
    }
}

/// The host that the browser asked for; HTTP/2 names it in the address itself.
fn host(request: &Request) -> Option<&str> {
    let named = request.uri().authority().map(Authority::as_str);
    named.or_else(|| request.headers().get(header::HOST)?.to_str().ok())
}

/// A request of somebody not known (yet).
fn visitor(state: &AppState, request: &Request) -> Visitor {
    let uri = request.uri();
    Visitor {
        env: state.env.clone(),
        session: None,
        token: None,
        device: cookie(request.headers(), DEVICE),
        looks: false,
        path: uri.path().to_owned(),
        query: Arc::new(app::form::pairs(uri.query().unwrap_or_default().as_bytes())),
        submitted: Submitted::default(),
        address: address(state.address.proxy, request),
        site: state.address.site(host(request)),
        assets: state.assets.clone(),
        branch: None,
        reached: state.live.latest(),
        outcome: Outcome::default(),
    }
}

fn fault_of(status: StatusCode) -> Fault {
    match status {
        StatusCode::NOT_FOUND => Fault::NotFound,
        StatusCode::SERVICE_UNAVAILABLE => Fault::Busy,
        StatusCode::PAYLOAD_TOO_LARGE | StatusCode::URI_TOO_LONG => Fault::TooLong,
        StatusCode::TOO_MANY_REQUESTS => Fault::TooMany { seconds: 60 },
        status if status.is_server_error() => Fault::ours(&format!("an answer of {status} without a page")),
        _ => Fault::Unreadable,
    }
}

/// What a handler that panicked answers; [`own_pages`] draws it with the number under which it is logged.
pub fn panicked(cause: Box<dyn std::any::Any + Send>) -> Response {
    let words = cause.downcast_ref::<String>().map(String::as_str).or_else(|| cause.downcast_ref::<&str>().copied());
    let fault = Fault::ours(&format!("a panic: {}", words.unwrap_or("without words")));
    (StatusCode::INTERNAL_SERVER_ERROR, Extension(fault)).into_response()
}

/// The page of a fault, outside of the route table; what is not there looks the same under every address.
pub fn page(visitor: &Visitor, fault: &Fault, status: StatusCode) -> Response {
    let html = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    if *fault == Fault::NotFound {
        let nowhere = Visitor { path: String::new(), query: Arc::default(), ..visitor.clone() };
        return (status, html, fault_document(&nowhere, fault)).into_response();
    }
    (status, html, fault_document(visitor, fault)).into_response()
}

/// Refuses everything but GET, HEAD and OPTIONS unless the browser says it comes from our own pages.
///
/// `Sec-Fetch-Site: same-origin` is enough; without that header the `Origin` must be ours; with neither it is refused.
pub async fn same_origin(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if safe || is_ours(&state, &request) {
        return next.run(request).await;
    }
    StatusCode::FORBIDDEN.into_response()
}

fn is_ours(state: &AppState, request: &Request) -> bool {
    let headers = request.headers();
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin";
    }
    let origin = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok());
    origin.is_some_and(|origin| state.address.is_ours(origin, host(request)))
}

/// Whether there is a door at an address that somebody of this role may ever open; whoever is signed out is asked to sign
/// in by the page. Server functions answer for themselves, in the form that the caller reads.
fn is_open(visitor: &Visitor, path: &str) -> bool {
    let Some(right) = policy::door(path) else { return path.starts_with("/api/") };
    path.starts_with("/api/") || permits(visitor, right)
}

/// Whether somebody of the visitor's role may ever have a right; signed out, the page or the form says so itself.
pub fn permits(visitor: &Visitor, right: Right) -> bool {
    visitor.session.as_ref().is_none_or(|session| policy::opens(right, Some(&session.actor.role)))
}

/// Finds who is signed in and leaves a [`Visitor`] for the pages and server functions, and for [`own_pages`].
///
/// An address with a NUL is refused here, for every page: no link of ours has one, and PostgreSQL keeps none. One with
/// `..` in it leads nowhere: the table of pages would resolve it to another page.
pub async fn session(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let token = cookie(request.headers(), COOKIE);
    let session = match &token {
        None => None,
        Some(token) => match service::session::find(&state.env, token).await {
            Ok(session) => session,
            Err(error) => {
                tracing::error!(%error, "the session cannot be read");
                return StatusCode::SERVICE_UNAVAILABLE.into_response();
            }
        },
    };
    let branch = session
        .as_ref()
        .and_then(|session| session.actor.ward())
        .and_then(|ward| state.branches.get(ward))
        .filter(|branch| !branch.tel.is_empty())
        .cloned();
    let looks = looks(request.method(), request.headers());
    let visitor = Arc::new(Visitor { session, token, branch, looks, ..visitor(&state, &request) });
    let uri = request.uri();
    let mut response = if has_nul(uri.path().as_bytes()) || has_nul(uri.query().unwrap_or_default().as_bytes()) {
        StatusCode::BAD_REQUEST.into_response()
    } else if uri.path().split('/').any(is_dots) || !is_open(&visitor, uri.path()) {
        StatusCode::NOT_FOUND.into_response()
    } else {
        request.extensions_mut().insert(Arc::clone(&visitor));
        next.run(request).await
    };
    response.extensions_mut().insert(visitor);
    response
}

/// Whether a person looks at the answer: not when a browser fetches a page ahead, and not on HEAD.
fn looks(method: &Method, headers: &HeaderMap) -> bool {
    let ahead = ["sec-purpose", "purpose"].iter().any(|name| {
        headers.get(*name).and_then(|value| value.to_str().ok()).is_some_and(|value| value.contains("prefetch"))
    });
    method != Method::HEAD && !ahead
}

/// Whether an encoded text holds a NUL, as it is or as `%00`.
fn has_nul(encoded: &[u8]) -> bool {
    encoded.contains(&0) || encoded.windows(3).any(|three| three == b"%00")
}

/// `.` or `..`, however encoded.
fn is_dots(segment: &str) -> bool {
    matches!(segment.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..")
}

fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs
        .find(|(key, value)| *key == name && value.len() <= 128 && !value.is_empty())
        .map(|(_, value)| value.to_owned())
}

/// The address that failures are counted for; behind our proxy the one that the proxy saw.
///
/// What a proxy saw is the last item of the last line; all before it may come from the caller.
fn address(proxy: bool, request: &Request) -> String {
    if proxy {
        let last = request.headers().get_all("x-forwarded-for").iter().next_back();
        let item = last.and_then(|line| line.to_str().ok()).and_then(|line| line.rsplit(',').next());
        if let Some(item) = item.map(str::trim).filter(|item| !item.is_empty()) {
            return item.chars().take(64).collect();
        }
    }
    request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map_or_else(String::new, |ConnectInfo(peer)| peer.ip().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    #[tokio::test]
    async fn a_request_that_takes_longer_than_its_deadline_is_unavailable() {
        let deadline = Duration::from_millis(200);
        let after = |wait| async move {
            tokio::time::sleep(wait).await;
            StatusCode::OK.into_response()
        };
        assert_eq!(within(deadline, after(Duration::ZERO)).await.status(), StatusCode::OK);
        let late = within(deadline, after(Duration::from_secs(60))).await;
        assert_eq!(late.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(late.extensions().get(), Some(&Fault::Unavailable));
    }

    #[test]
    fn failures_are_counted_for_the_address_that_our_proxy_saw() {
        let cases: [(&[&str], &str); 5] = [
            (&["203.0.113.9"], "203.0.113.9"),
            (&["198.51.100.1, 203.0.113.9"], "203.0.113.9"),
            // The caller wrote the first line, the proxy added its own.
            (&["198.51.100.1", "203.0.113.9"], "203.0.113.9"),
            (&["198.51.100.1", "198.51.100.2, 203.0.113.9"], "203.0.113.9"),
            (&["198.51.100.1,"], "127.0.0.1"),
        ];
        for (lines, expected) in cases {
            let mut request = Request::new(Body::empty());
            request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 40_000))));
            for line in lines {
                request.headers_mut().append("x-forwarded-for", HeaderValue::from_static(line));
            }
            assert_eq!(address(true, &request), expected, "{lines:?}");
            assert_eq!(address(false, &request), "127.0.0.1", "without a proxy nobody is believed: {lines:?}");
        }
    }
}
