//! What every request passes: our own error pages and headers, the same-origin rule, the session.

use crate::state::AppState;
use app::fault::Fault;
use app::page::fault_document;
use app::session::COOKIE;
use app::visit::{Outcome, Submitted, Visitor};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::net::SocketAddr;
use std::sync::Arc;

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
    let bare = Visitor {
        env: state.env.clone(),
        session: None,
        token: None,
        path: request.uri().path().to_owned(),
        query: Arc::default(),
        submitted: Submitted::default(),
        address: String::new(),
        assets: state.assets.clone(),
        branch: None,
        outcome: Outcome::default(),
    };
    let mut response = next.run(request).await;
    let html = response.headers().get(header::CONTENT_TYPE).is_some_and(|value| {
        value.to_str().is_ok_and(|value| value.starts_with("text/html") || value.starts_with("application/json"))
    });
    if (response.status().is_client_error() || response.status().is_server_error()) && !html {
        let fault = fault_of(response.status());
        let status = response.status();
        let allow = response.headers().get(header::ALLOW).cloned();
        response = page(&bare, &fault, status);
        if let Some(allow) = allow {
            response.headers_mut().insert(header::ALLOW, allow);
        }
    }
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.entry(HeaderName::from_static(name)).or_insert(HeaderValue::from_static(value));
    }
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(POLICY));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("private, no-store"));
    response
}

fn fault_of(status: StatusCode) -> Fault {
    match status {
        StatusCode::NOT_FOUND => Fault::NotFound,
        StatusCode::SERVICE_UNAVAILABLE => Fault::Busy,
        status if status.is_server_error() => Fault::Broken { reference: "-".into() },
        _ => Fault::Unreadable,
    }
}

/// The page of a fault, outside of the route table.
pub fn page(visitor: &Visitor, fault: &Fault, status: StatusCode) -> Response {
    let html = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    (status, html, fault_document(visitor, fault)).into_response()
}

/// Refuses everything but GET, HEAD and OPTIONS unless the browser says it comes from our own pages.
///
/// `Sec-Fetch-Site: same-origin` is enough; without that header the `Origin` must be ours; with neither it is refused.
pub async fn same_origin(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if safe || is_ours(&state, request.headers()) {
        return next.run(request).await;
    }
    StatusCode::FORBIDDEN.into_response()
}

fn is_ours(state: &AppState, headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin";
    }
    let origin = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok());
    origin.is_some_and(|origin| state.origins.iter().any(|ours| ours == origin))
}

/// Finds who is signed in and leaves a [`Visitor`] for the pages and server functions.
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
    let address = address(&state, &request);
    let query = request.uri().query().unwrap_or_default();
    let visitor = Visitor {
        env: state.env.clone(),
        session,
        token,
        path: request.uri().path().to_owned(),
        query: Arc::new(app::form::pairs(query.as_bytes())),
        submitted: Submitted::default(),
        address,
        assets: state.assets.clone(),
        branch,
        outcome: Outcome::default(),
    };
    request.extensions_mut().insert(visitor);
    next.run(request).await
}

fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs
        .find(|(key, value)| *key == name && value.len() <= 128 && !value.is_empty())
        .map(|(_, value)| value.to_owned())
}

/// The address that failures are counted for; behind our proxy the one that the proxy saw.
fn address(state: &AppState, request: &Request) -> String {
    if state.proxy {
        let forwarded = request.headers().get("x-forwarded-for").and_then(|value| value.to_str().ok());
        if let Some(last) = forwarded.and_then(|list| list.rsplit(',').next()) {
            return last.trim().chars().take(64).collect();
        }
    }
    request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map_or_else(String::new, |ConnectInfo(peer)| peer.ip().to_string())
}
