//! The door to the server functions: sizes and shapes are checked here, and answers become pages or JSON.

use crate::limits::{FORM_TIME, Limits, announced};
use crate::middleware::{page, permits};
use app::fault::Fault;
use app::form::pairs;
use app::meeting::api::SaveSheet;
use app::visit::{Submitted, Visitor};
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::policy;
use leptos::prelude::{provide_context, with_context};
use leptos::server_fn::ServerFn;
use leptos::server_fn::axum::server_fn_paths;
use std::error::Error;
use std::sync::Arc;
use std::time::Instant;

/// The largest form in bytes.
pub const LARGEST_FORM: usize = 64 * 1024;

/// The largest 事前打合せ情報 in bytes: some dozen texts of 500 characters for each child, nine bytes a character.
pub const LARGEST_SHEET: usize = 512 * 1024;

/// The longest text of any field in bytes, far beyond what each field's own rule allows: SQLite searches for none longer
/// than 50,000.
const LONGEST_TEXT: usize = 30_000;

/// How much is read: of somebody who is signed out no sheet.
fn largest(path: &str, signed_in: bool) -> usize {
    if signed_in && path == SaveSheet::PATH { LARGEST_SHEET } else { LARGEST_FORM }
}

/// Answers `/api/*`.
///
/// A form is answered with a page: 303 to the next path or back to the form. A script that asks for JSON alone gets
/// JSON with the status of its [`Fault`].
pub async fn api(State(limits): State<Arc<Limits>>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let Some(mut visitor) = request.extensions().get::<Arc<Visitor>>().map(|visitor| Visitor::clone(visitor)) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let script = request.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(is_script);
    let known: Vec<_> = server_fn_paths().filter(|(known, _)| *known == path).collect();
    // A server function without a door in the table of rights is nobody's.
    if known.is_empty() || !policy::door(&path).is_some_and(|right| permits(&visitor, right)) {
        return refuse(&visitor, &Fault::NotFound, StatusCode::NOT_FOUND, script);
    }
    if !known.iter().any(|(_, method)| *method == *request.method()) {
        let mut response = refuse(&visitor, &Fault::Unreadable, StatusCode::METHOD_NOT_ALLOWED, script);
        let methods = known.iter().map(|(_, method)| method.as_str()).collect::<Vec<_>>().join(", ");
        if let Ok(methods) = HeaderValue::from_str(&methods) {
            response.headers_mut().insert(header::ALLOW, methods);
        }
        return response;
    }
    let largest = largest(&path, visitor.session.is_some());
    // Held until the answer is there: the form is read, decoded and kept in memory so long.
    let Some(_held) = limits.forms.take(&visitor.address, announced(&request, largest)) else {
        return refuse(&visitor, &Fault::Busy, StatusCode::SERVICE_UNAVAILABLE, script);
    };
    let (mut parts, body) = request.into_parts();
    let bytes = match tokio::time::timeout(FORM_TIME, to_bytes(body, largest)).await {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(error)) if is_too_long(&error) => {
            return refuse(&visitor, &Fault::TooLong, StatusCode::PAYLOAD_TOO_LARGE, script);
        }
        Ok(Err(_)) => return refuse(&visitor, &Fault::Unreadable, StatusCode::BAD_REQUEST, script),
        Err(_) => return refuse(&visitor, &Fault::Unreadable, StatusCode::REQUEST_TIMEOUT, script),
    };
    let form = parts
        .headers
        .get(header::CONTENT_TYPE)
        .is_none_or(|kind| kind.to_str().is_ok_and(|kind| kind.starts_with("application/x-www-form-urlencoded")));
    if !form {
        return refuse(&visitor, &Fault::Unreadable, StatusCode::UNSUPPORTED_MEDIA_TYPE, script);
    }
    if password_has_nul(&bytes) {
        return refuse(&visitor, &Fault::Unreadable, StatusCode::BAD_REQUEST, script);
    }
    let bytes = without_nul(&bytes);
    visitor.submitted = Submitted(pairs(&bytes).into());
    if visitor.submitted.0.iter().any(|(_, value)| value.len() > LONGEST_TEXT) {
        return refuse(&visitor, &Fault::TooLong, StatusCode::PAYLOAD_TOO_LARGE, script);
    }
    let person = visitor.session.as_ref().map(|session| format!("account {}", session.actor.account));
    if let Some(Err(wait)) = person.map(|person| limits.writes.count(&person, Instant::now())) {
        let fault = Fault::TooMany { seconds: i64::try_from(wait.as_secs()).unwrap_or(60) + 1 };
        return too_many(&visitor, &fault, script);
    }
    // Without these leptos answers every caller as a script; what forms need is decided below.
    parts.headers.remove(header::ACCEPT);
    parts.headers.remove(header::REFERER);
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
    let visitor = Arc::new(visitor);
    parts.extensions.insert(Arc::clone(&visitor));
    let inner = Request::from_parts(parts, Body::from(bytes));
    let response = leptos_axum::handle_server_fns_with_context(provide_visitor, inner).await.into_response();
    answer(&visitor, response, script).await
}

/// Whether a body was longer than what is read of it, and not cut or broken on its way.
fn is_too_long(error: &axum::Error) -> bool {
    let mut cause: Option<&dyn Error> = Some(error);
    while let Some(error) = cause {
        if error.is::<http_body_util::LengthLimitError>() {
            return true;
        }
        cause = error.source();
    }
    false
}

/// Whether a password holds a NUL: dropping it would make another password of it.
fn password_has_nul(encoded: &[u8]) -> bool {
    pairs(encoded).iter().any(|(name, value)| name.contains("password") && value.contains('\0'))
}

/// An encoded form without NUL, as it is or as `%00`: no key gives one, and PostgreSQL keeps none.
fn without_nul(encoded: &[u8]) -> Vec<u8> {
    encoded.iter().filter(|byte| **byte != 0).fold(Vec::with_capacity(encoded.len()), |mut left, byte| {
        left.push(*byte);
        // What closes up around a NUL may be the next one.
        if left.ends_with(b"%00") {
            left.truncate(left.len() - 3);
        }
        left
    })
}

fn is_script(accept: &str) -> bool {
    accept.contains("application/json") && !accept.contains("text/html")
}

/// A fault as its page, or as JSON for a script.
fn refuse(visitor: &Visitor, fault: &Fault, status: StatusCode, script: bool) -> Response {
    if script { (status, axum::Json(fault)).into_response() } else { page(visitor, fault, status) }
}

/// Says that too many forms came, with the form once more behind a button: nothing typed is lost, nothing is kept here.
fn too_many(visitor: &Visitor, fault: &Fault, script: bool) -> Response {
    let mut answer = refuse(visitor, fault, StatusCode::TOO_MANY_REQUESTS, script);
    if let Fault::TooMany { seconds } = fault {
        answer.headers_mut().insert(header::RETRY_AFTER, (*seconds).into());
    }
    answer
}

/// What the browser is to forget at logout.
const CLEAR: &str = "clear-site-data";

async fn answer(visitor: &Visitor, response: Response, script: bool) -> Response {
    let cookies: Vec<_> = response.headers().get_all(header::SET_COOKIE).iter().cloned().collect();
    let cleared: Vec<_> = response.headers().get_all(CLEAR).iter().cloned().collect();
    let mut answer = match (visitor.outcome.next(), response.status().is_success(), script) {
        (Some(next), _, false) => redirect(&next),
        (_, true, _) => return response,
        (_, false, script) => {
            let bytes = to_bytes(response.into_body(), LARGEST_FORM).await.unwrap_or_default();
            let fault: Fault = serde_json::from_slice(&bytes).unwrap_or(Fault::Unreadable);
            let status = StatusCode::from_u16(fault.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let mut answer = refuse(visitor, &fault, status, script);
            if let Fault::Throttled { seconds } = fault {
                answer.headers_mut().insert(header::RETRY_AFTER, seconds.into());
            }
            answer
        }
    };
    for value in cleared {
        answer.headers_mut().append(CLEAR, value);
    }
    for cookie in cookies {
        answer.headers_mut().append(header::SET_COOKIE, cookie);
    }
    answer
}

/// 303 to a path of ours; a path that is no header value leads home.
pub fn redirect(path: &str) -> Response {
    let location = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
}

/// Gives pages and server functions their [`Visitor`]; the one closure for all of leptos' entrances.
pub fn provide_visitor() {
    let visitor = with_context(|parts: &axum::http::request::Parts| parts.extensions.get::<Arc<Visitor>>().cloned());
    if let Some(visitor) = visitor.flatten() {
        provide_context(visitor);
    }
}

#[cfg(test)]
mod tests {
    use super::without_nul;

    #[test]
    fn no_nul_is_left_of_a_form() {
        let cases: [(&[u8], &[u8]); 5] = [
            (b"q=%00", b"q="),
            (b"q=a%00b\0c&d=%2500", b"q=abc&d=%2500"),
            (b"q=%0%000", b"q="),
            (b"%%0000=%0", b"=%0"),
            (b"q=%E6%9C%A8", b"q=%E6%9C%A8"),
        ];
        for (from, to) in cases {
            assert_eq!(without_nul(from), to, "{}", String::from_utf8_lossy(from));
        }
    }
}
