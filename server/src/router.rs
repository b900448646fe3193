//! The routes: pages of `app`, server functions, files, health.

use crate::api::{LARGEST_FORM, LARGEST_SHEET, api, provide_visitor};
use crate::state::AppState;
use crate::{assets, calendar, demo_clock, health, light, live, middleware};
use app::routes::{App, shell};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{any, get, post};
use leptos::nonce::use_nonce;
use leptos::prelude::use_context;
use leptos_axum::{LeptosRoutes, ResponseOptions, generate_route_list};
use tower_http::catch_panic::CatchPanicLayer;

/// The whole server.
pub fn router(state: AppState) -> Router {
    // leptos adds a route of its own for every server function; ours stands before them all.
    let pages = Router::new()
        .leptos_routes_with_context(&state, generate_route_list(App), provide, shell)
        .fallback(not_found)
        .with_state::<()>(state.clone());
    let mut router = Router::new()
        // `api` counts by path; this is for leptos, which reads the form once more.
        .route("/api/{*path}", any(api).with_state(state.limits.clone()).layer(DefaultBodyLimit::max(LARGEST_SHEET)))
        .route("/requests/{no}/calendar.ics", get(calendar::file))
        .route("/desk/live", get(live::stream))
        .route("/desk/news", get(live::news))
        .fallback_service(pages);
    if state.env.demo {
        router = router.route("/demo/clock", post(demo_clock::advance));
    }
    let router = router
        .layer(from_fn_with_state(state.clone(), middleware::session))
        .layer(from_fn(middleware::to_the_end))
        .route("/healthz", get(health::health))
        .merge(assets::router())
        .layer(from_fn_with_state(state.clone(), middleware::same_origin))
        .layer(DefaultBodyLimit::max(LARGEST_FORM));
    around(router, state)
}

/// What stands around every route: a panic becomes an answer, and an answer gets our own page and headers.
pub fn around(router: Router<AppState>, state: AppState) -> Router {
    router
        .layer(CatchPanicLayer::custom(middleware::panicked))
        .layer(from_fn_with_state(state.clone(), middleware::bounded))
        .layer(from_fn_with_state(state.clone(), middleware::own_pages))
        .layer(light::compression())
        .layer(from_fn(light::only_our_own))
        .with_state(state)
}

async fn not_found() -> StatusCode {
    StatusCode::NOT_FOUND
}

/// The context of every page: who asks, and a policy with this response's nonce.
fn provide() {
    provide_visitor();
    let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>()) else { return };
    let script = format!("script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'");
    let policy = middleware::POLICY.replace("script-src 'self' 'wasm-unsafe-eval'", &script);
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
    }
}
