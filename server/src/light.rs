//! Pages that travel light: what no browser needs is taken out, what is left is compressed.

use app::assets::AssetNames;
use app::ui::IconName;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use memchr::memmem;
use std::sync::LazyLock;
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

/// Drops what refuses the plain form (`identity;q=0`, `*;q=0`): whoever can take none of ours gets a page all the same.
fn allow_plain(headers: &mut HeaderMap) {
    let Some(asked) = headers.remove(header::ACCEPT_ENCODING) else { return };
    let Ok(asked) = asked.to_str() else { return };
    let ours = |item: &&str| {
        let coding = item.split(';').next().unwrap_or_default().trim();
        !coding.eq_ignore_ascii_case("identity") && coding != "*"
    };
    let kept: Vec<&str> = asked.split(',').filter(ours).collect();
    if let Ok(kept) = HeaderValue::from_str(&kept.join(",")) {
        headers.insert(header::ACCEPT_ENCODING, kept);
    }
}

/// Leaves an answer uncompressed when the page of somebody else asked for it (docs/adr/0009).
///
/// How long a compressed page is shows whether what the asker put into its address stands in the page as well. A page
/// of ours, a bookmark and the address bar may ask; whoever could try a thousand addresses is another site.
pub async fn only_our_own(mut request: Request, next: Next) -> Response {
    let site = request.headers().get("sec-fetch-site");
    if site.is_some_and(|site| site != "same-origin" && site != "none") {
        request.headers_mut().remove(header::ACCEPT_ENCODING);
    }
    allow_plain(request.headers_mut());
    next.run(request).await
}

/// Lightens every page, and says how long it is.
pub async fn pages(request: Request, next: Next) -> Response {
    let bodiless = request.method() == Method::HEAD;
    let response = next.run(request).await;
    let html =
        response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if bodiless || !html {
        return response;
    }
    let (mut head, body) = response.into_parts();
    // A page is drawn whole before its first byte leaves, so nothing is held back here.
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let page = lighten(&body);
    head.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(page.len()));
    Response::from_parts(head, Body::from(page))
}

const ISLAND: &str = "<leptos-island";
const ISLAND_END: &str = "</leptos-island>";
const BODY_END: &str = "</body>";
/// What a page with an island says early, so that script and wasm come beside the page and not after it.
static PRELOADS: LazyLock<String> = LazyLock::new(|| {
    let AssetNames { islands, wasm, .. } = crate::assets::names();
    format!(
        "<link rel=\"modulepreload\" href=\"{islands}\">\
         <link rel=\"preload\" as=\"fetch\" type=\"application/wasm\" crossorigin href=\"{wasm}\">"
    )
});
/// How an icon names its strokes.
const REFERENCE: &str = "<use href=\"#i-";
const SHEET: &str = "<svg class=\"kp-hidden\" aria-hidden=\"true\">";

/// A page without what nothing reads: the marks by which a browser's script finds its way stand in islands only, the
/// scripts that fill islands' resources and the early loads on pages that have one; the strokes of each icon stand once, at the end.
///
/// A mark is a comment. Text and attributes cannot hold one: leptos escapes `<` in both. All that is searched for is
/// ASCII, so that a page is cut as bytes and nowhere inside a letter.
fn lighten(page: &[u8]) -> Vec<u8> {
    let mut light = Vec::with_capacity(page.len() + 8192);
    let (document, scripts) = split_once(page, BODY_END).unwrap_or((page, b""));
    let (first, mut islands) = until_island(document);
    without_marks(&mut light, first);
    let awake = islands.is_some();
    if awake && let Some(head) = memmem::find(&light, b"</head>") {
        light.splice(head..head, PRELOADS.bytes());
    }
    let mut depth = 0_usize;
    while let Some(island) = islands {
        let mut rest;
        (rest, islands) = until_island(island);
        depth += 1;
        light.extend_from_slice(ISLAND.as_bytes());
        while depth > 0 {
            let Some((inside, after)) = split_once(rest, ISLAND_END) else { break };
            light.extend_from_slice(inside);
            light.extend_from_slice(ISLAND_END.as_bytes());
            depth -= 1;
            rest = after;
        }
        if depth == 0 { without_marks(&mut light, rest) } else { light.extend_from_slice(rest) }
    }
    icons(&mut light, awake);
    if document.len() < page.len() {
        light.extend_from_slice(BODY_END.as_bytes());
        light.extend_from_slice(if awake { scripts } else { b"</html>" });
    }
    light
}

/// What stands before the next island, and what follows its beginning.
fn until_island(page: &[u8]) -> (&[u8], Option<&[u8]>) {
    split_once(page, ISLAND).map_or((page, None), |(before, after)| (before, Some(after)))
}

/// Adds a piece of a page without its comments.
fn without_marks(light: &mut Vec<u8>, piece: &[u8]) {
    let mut from = 0;
    for at in memmem::find_iter(piece, "<!") {
        let inside = piece.get(at + 2..).unwrap_or_default();
        let length = if inside.starts_with(b">") {
            1
        } else if let Some(comment) = inside.strip_prefix(b"--") {
            split_once(comment, "-->").map_or(inside.len(), |(comment, _)| comment.len() + "---->".len())
        } else {
            // `<!DOCTYPE html>`
            continue;
        };
        // One that stands in a comment has gone with it.
        if at >= from {
            light.extend_from_slice(piece.get(from..at).unwrap_or_default());
            from = at + 2 + length;
        }
    }
    light.extend_from_slice(piece.get(from..).unwrap_or_default());
}

/// `str::split_once` with the processor's wide instructions: a page is long, and searched several times.
fn split_once<'a>(text: &'a [u8], what: &str) -> Option<(&'a [u8], &'a [u8])> {
    let at = memmem::find(text, what.as_bytes())?;
    Some((text.get(..at)?, text.get(at + what.len()..)?))
}

/// Adds the strokes of the icons that the page names; of all when a script may draw more.
fn icons(light: &mut Vec<u8>, awake: bool) {
    let mut drawn: Vec<IconName> = Vec::new();
    if awake {
        drawn.extend(IconName::ALL);
    } else {
        for at in memmem::find_iter(light, REFERENCE) {
            let named = light.get(at + REFERENCE.len()..).unwrap_or_default();
            let named = named.split(|byte| *byte == b'"').next().unwrap_or_default();
            if drawn.iter().all(|icon| icon.id().as_bytes() != named) {
                drawn.extend(IconName::ALL.iter().filter(|icon| icon.id().as_bytes() == named));
            }
        }
    }
    if !drawn.is_empty() {
        light.extend_from_slice(SHEET.as_bytes());
        drawn.iter().for_each(|icon| light.extend_from_slice(icon.symbol().as_bytes()));
        light.extend_from_slice(b"</svg>");
    }
}

#[cfg(test)]
mod tests {
    fn lighten(page: &str) -> String {
        String::from_utf8(super::lighten(page.as_bytes())).unwrap()
    }

    #[test]
    fn marks_that_nothing_wakes_are_left_out() {
        let page = "<!DOCTYPE html><html><body><p>一<!>二</p><!--<() />--></body></html><script>x=[];</script>";
        assert_eq!(lighten(page), "<!DOCTYPE html><html><body><p>一二</p></body></html>");
    }

    #[test]
    fn an_island_keeps_its_marks_and_its_scripts() {
        let island = "<leptos-island data-component=\"A\"><p>一<!>二</p><leptos-children><!>\
                      <leptos-island data-component=\"B\"><!></leptos-island><!></leptos-children></leptos-island>";
        let page = format!("<body><!>{island}<!></body></html><script>x=[];</script>");
        let light = lighten(&page);
        assert!(light.starts_with(&format!("<body>{island}<svg ")), "{light}");
        assert!(light.ends_with("</svg></body></html><script>x=[];</script>"), "{light}");
    }

    #[test]
    fn every_icon_is_drawn_once_and_no_other_is() {
        let icon = "<svg class=\"kp-icon\" aria-hidden=\"true\"><use href=\"#i-clock\"/></svg>";
        let light = lighten(&format!("<body>{icon}{icon}</body></html>"));
        assert_eq!(light.matches("<symbol").count(), 1, "{light}");
        assert_eq!(light.matches("<symbol id=\"i-clock\"").count(), 1, "{light}");
        assert!(light.ends_with("</svg></body></html>"), "{light}");
    }

    #[test]
    fn an_island_may_draw_any_icon() {
        let icon = "<use href=\"#i-clock\"/>";
        let light = lighten(&format!("<body><leptos-island>{icon}</leptos-island></body></html>"));
        assert_eq!(light.matches("<symbol").count(), app::ui::IconName::ALL.len());
    }

    #[test]
    fn what_stands_before_a_page_breaks_off_is_kept() {
        assert_eq!(lighten("<p>一<!>"), "<p>一");
        assert!(lighten("<body><leptos-island><!>").starts_with("<body><leptos-island><!>"));
    }
}
