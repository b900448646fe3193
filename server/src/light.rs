//! Pages that travel light: what our own pages ask for is compressed.

use axum::extract::Request;
use axum::http::header;
use axum::middleware::Next;
use axum::response::Response;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;

/// Compresses what is drawn for one person: pages, JSON, calendars. Files carry their own compressed forms, streams of
/// events (`text/event-stream`) and what is hardly longer than its header stay as they are; all that is the layer's own
/// rule.
///
/// The level: docs/adr/0009.
pub fn compression() -> CompressionLayer {
    CompressionLayer::new().br(true).gzip(true).quality(CompressionLevel::Precise(4))
}

/// Leaves an answer uncompressed when the page of somebody else asked for it (docs/adr/0009).
///
/// How long a compressed page is tells whether what the asker put into its address stands in the page as well. A page
/// of ours, a bookmark and the address bar may ask; whoever could try a thousand addresses is another site.
pub async fn only_our_own(mut request: Request, next: Next) -> Response {
    let site = request.headers().get("sec-fetch-site");
    if site.is_some_and(|site| site != "same-origin" && site != "none") {
        request.headers_mut().remove(header::ACCEPT_ENCODING);
    }
    next.run(request).await
}
