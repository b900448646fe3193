//! The files for the browser that are inside the executable: compressed at build time, served as they are.
//!
//! `build.rs` fills the table from the folder that `cargo xtask build` made. A plain `cargo build` has no assets:
//! pages then name files that answer 404, which is enough for tests of HTTP and markup.

use app::assets::AssetNames;
use axum::{
    Router,
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use std::borrow::Cow;

/// One file with its compressed forms.
#[derive(Debug)]
pub struct Asset {
    /// Where a browser finds it, such as `/pkg/kosapo.0a1b2c3d4e5f.css`.
    pub path: &'static str,
    /// Its name without the hash, such as `kosapo.css`.
    pub logical: &'static str,
    /// The media type.
    pub content_type: &'static str,
    /// A digest of the content.
    pub etag: &'static str,
    /// Whether the path changes with the content, so that a browser may keep it for ever.
    pub immutable: bool,
    /// The content.
    pub raw: &'static [u8],
    /// The content compressed with brotli, where that makes it smaller.
    pub brotli: Option<&'static [u8]>,
    /// The content compressed with gzip, where that makes it smaller.
    pub gzip: Option<&'static [u8]>,
}

/// All files of this build.
pub static ASSETS: &[Asset] = include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// Finds the file that is served at a path.
pub fn find(path: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.path == path)
}

/// The addresses that pages name in their `<head>`; those of the islands are named by the
/// pages that hold one.
pub fn names() -> AssetNames {
    AssetNames {
        css: path_of("kosapo.css"),
        boot: path_of("kosapo.js"),
        islands: path_of("islands.js"),
        wasm: path_of("kosapo.wasm"),
    }
}

fn path_of(logical: &str) -> Cow<'static, str> {
    let asset = ASSETS.iter().find(|asset| asset.logical == logical);
    asset.map_or_else(|| format!("/pkg/{logical}").into(), |asset| asset.path.into())
}

/// A route for every file; each answers GET and HEAD.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    ASSETS.iter().fold(Router::new(), |router, asset| {
        router.route(asset.path, get(async move |headers: HeaderMap| respond(asset, &headers)))
    })
}

/// Answers with the form of the file that suits the browser, or with 304 when it has that form already.
pub fn respond(asset: &Asset, request: &HeaderMap) -> Response {
    let accepted = Accepted::from(request);
    let (coding, bytes) = match (asset.brotli, asset.gzip) {
        (Some(bytes), _) if accepted.brotli => (Some("br"), bytes),
        (_, Some(bytes)) if accepted.gzip => (Some("gzip"), bytes),
        _ => (None, asset.raw),
    };
    let etag = format!("\"{}{}\"", asset.etag, coding.map(|coding| format!("-{coding}")).unwrap_or_default());
    let mut response = if holds(request, &etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let mut response = Body::from(bytes).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.content_type));
        if let Some(coding) = coding {
            response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
        }
        response
    };
    let kept = if asset.immutable { "public, max-age=31536000, immutable" } else { "no-cache" };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Ok(etag) = HeaderValue::try_from(etag) {
        headers.insert(header::ETAG, etag);
    }
    response
}

/// The compressed forms that a browser takes; one with `q=0` is refused.
#[derive(Debug, Default, PartialEq)]
struct Accepted {
    brotli: bool,
    gzip: bool,
}

impl From<&HeaderMap> for Accepted {
    fn from(request: &HeaderMap) -> Self {
        let mut accepted = Self::default();
        for item in listed(request, &header::ACCEPT_ENCODING) {
            let mut parts = item.split(';').map(str::trim);
            let coding = parts.next().unwrap_or_default();
            let refused = parts.any(|part| part.strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0)));
            match coding {
                "br" => accepted.brotli = !refused,
                "gzip" => accepted.gzip = !refused,
                _ => {}
            }
        }
        accepted
    }
}

/// Whether the browser says that it has this form of the file.
fn holds(request: &HeaderMap, etag: &str) -> bool {
    listed(request, &header::IF_NONE_MATCH).any(|item| item == "*" || item.trim_start_matches("W/") == etag)
}

fn listed<'a>(request: &'a HeaderMap, name: &header::HeaderName) -> impl Iterator<Item = &'a str> {
    request.get_all(name).iter().filter_map(|value| value.to_str().ok()).flat_map(|list| list.split(',').map(str::trim))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHEET: Asset = Asset {
        path: "/pkg/kosapo.0123.css",
        logical: "kosapo.css",
        content_type: "text/css; charset=utf-8",
        etag: "0123",
        immutable: true,
        raw: b"raw",
        brotli: Some(b"br"),
        gzip: Some(b"gz"),
    };
    const PICTURE: Asset =
        Asset { path: "/a.png", content_type: "image/png", immutable: false, brotli: None, gzip: None, ..SHEET };

    fn ask(asset: &Asset, name: header::HeaderName, value: &'static str) -> Response {
        let mut headers = HeaderMap::new();
        headers.insert(name, HeaderValue::from_static(value));
        respond(asset, &headers)
    }

    fn said<'a>(response: &'a Response, name: &str) -> &'a str {
        response.headers().get(name).map_or("", |value| value.to_str().unwrap())
    }

    #[test]
    fn brotli_comes_before_gzip_and_gzip_before_nothing() {
        for (accepts, coding) in [
            ("gzip, deflate, br, zstd", "br"),
            ("gzip, deflate", "gzip"),
            ("br;q=0, gzip;q=0.5", "gzip"),
            ("gzip;q=0.0", ""),
            ("identity", ""),
        ] {
            let response = ask(&SHEET, header::ACCEPT_ENCODING, accepts);
            assert_eq!(said(&response, "content-encoding"), coding, "{accepts}");
            assert_eq!(said(&response, "vary"), "accept-encoding");
        }
    }

    #[test]
    fn a_picture_is_sent_as_it_is() {
        let response = ask(&PICTURE, header::ACCEPT_ENCODING, "br, gzip");
        assert_eq!(said(&response, "content-encoding"), "");
        assert_eq!(said(&response, "content-type"), "image/png");
    }

    #[test]
    fn only_a_hashed_name_is_kept_for_ever() {
        let headers = HeaderMap::new();
        assert_eq!(said(&respond(&SHEET, &headers), "cache-control"), "public, max-age=31536000, immutable");
        assert_eq!(said(&respond(&PICTURE, &headers), "cache-control"), "no-cache");
    }

    #[test]
    fn a_browser_that_has_the_file_hears_so() {
        assert_eq!(ask(&PICTURE, header::IF_NONE_MATCH, "\"0123\"").status(), StatusCode::NOT_MODIFIED);
        assert_eq!(ask(&PICTURE, header::IF_NONE_MATCH, "\"x\", W/\"0123\"").status(), StatusCode::NOT_MODIFIED);
        assert_eq!(ask(&PICTURE, header::IF_NONE_MATCH, "\"0124\"").status(), StatusCode::OK);
        assert_eq!(ask(&SHEET, header::IF_NONE_MATCH, "\"0123-br\"").status(), StatusCode::OK);
    }
}
