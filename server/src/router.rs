//! The routes: pages of `app`, server functions, files, health.

use crate::api::{LARGEST_FORM, LARGEST_SHEET, api, provide_visitor};
use crate::state::AppState;
use crate::{assets, calendar, day, demo_clock, health, light, live, middleware};
use app::routes::{PageRoute, document, pages};
use app::visit::Params;
use axum::Router;
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{DefaultBodyLimit, RawPathParams, Request};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter, any, on};
use leptos::nonce::use_nonce;
use leptos::prelude::{provide_context, use_context};
use leptos::server_fn::axum::server_fn_paths;
use leptos_axum::{ResponseOptions, render_app_async_with_context};
use tower_http::catch_panic::CatchPanicLayer;

/// A route that is neither a page nor a server function.
struct Own {
    path: &'static str,
    method: Method,
    handler: MethodRouter<AppState>,
    /// Whether the session is read for it.
    visited: bool,
}

/// The server's own routes; whoever adds one adds it here, and its right in [`domain::policy::DOORS`].
fn own(demo: bool) -> Vec<Own> {
    let get = |path, handler, visited| Own { path, method: Method::GET, handler, visited };
    let mut own = vec![
        get("/healthz", on(MethodFilter::GET, health::health), false),
        get("/requests/{no}/calendar.ics", on(MethodFilter::GET, calendar::file), true),
        get("/days", on(MethodFilter::GET, day::year), true),
        get("/desk/live", on(MethodFilter::GET, live::stream), true),
        get("/desk/news", on(MethodFilter::GET, live::news), true),
        get("/desk/queue", on(MethodFilter::GET, live::queue), true),
    ];
    if demo {
        let handler = on(MethodFilter::POST, demo_clock::advance);
        own.push(Own { path: "/demo/clock", method: Method::POST, handler, visited: true });
    }
    own
}

/// Every route by method and path, but for the files of [`assets`], which are everybody's: what a test of permissions
/// walks.
#[must_use]
pub fn routes(demo: bool) -> Vec<(Method, String)> {
    let pages = pages().map(|(path, _)| (Method::GET, path.to_owned()));
    let functions = server_fn_paths().map(|(path, method)| (method, path.to_owned()));
    let own = own(demo).into_iter().map(|own| (own.method, own.path.to_owned()));
    pages.chain(functions).chain(own).collect()
}

/// The whole server.
pub fn router(state: AppState) -> Router {
    // Only the first start in a process can be the one that says so: tests start several.
    let _ = any_spawner::Executor::init_tokio();
    let drawn = pages().fold(Router::new(), |router, page| router.route(page.0, draws(page)));
    let (visited, bare): (Vec<_>, Vec<_>) = own(state.env.demo.is_some()).into_iter().partition(|own| own.visited);
    let add = |router: Router<AppState>, own: Own| router.route(own.path, own.handler);
    let router = Router::new()
        // `api` counts by path; this is for leptos, which reads the form once more.
        .route("/api/{*path}", any(api).with_state(state.limits.clone()).layer(DefaultBodyLimit::max(LARGEST_SHEET)))
        .merge(drawn)
        .fallback(not_found);
    let router = visited
        .into_iter()
        .fold(router, add)
        .layer(from_fn_with_state(state.clone(), middleware::session))
        .layer(from_fn(middleware::to_the_end));
    let router = bare
        .into_iter()
        .fold(router, add)
        .merge(assets::router())
        .layer(from_fn_with_state(state.clone(), middleware::same_origin))
        .layer(DefaultBodyLimit::max(LARGEST_FORM));
    around(router, state)
}

/// What stands around every route: a panic becomes an answer, and an answer gets our own page and headers, and travels light.
pub fn around(router: Router<AppState>, state: AppState) -> Router {
    router
        .layer(CatchPanicLayer::custom(middleware::panicked))
        .layer(from_fn_with_state(state.clone(), middleware::bounded))
        .layer(from_fn_with_state(state.clone(), middleware::own_pages))
        .layer(from_fn(light::pages))
        .layer(light::compression())
        .layer(from_fn(light::only_our_own))
        .with_state(state)
}

async fn not_found() -> StatusCode {
    StatusCode::NOT_FOUND
}

/// Answers with a page, drawn whole before its first byte leaves.
fn draws((_, page): PageRoute) -> MethodRouter<AppState> {
    let handler = async move |params: Result<RawPathParams, RawPathParamsRejection>, request: Request| -> Response {
        // What is not even text is no address of ours.
        let Ok(params) = params else { return StatusCode::NOT_FOUND.into_response() };
        let params = Params(params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect());
        render_app_async_with_context(move || provide(params.clone()), move || document(page))(request).await
    };
    on(MethodFilter::GET, handler)
}

/// The context of every page: who asks, what its path says, and a policy with this response's nonce.
fn provide(params: Params) {
    provide_visitor();
    provide_context(params);
    let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>()) else { return };
    let script = format!("script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'");
    let policy = middleware::POLICY.replace("script-src 'self' 'wasm-unsafe-eval'", &script);
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
    }
}
