//! A link as a QR code, drawn in the page: for the paper that is handed over, and for a telephone held to the screen.

use leptos::prelude::*;
use qrcodegen::{QrCode, QrCodeEcc};

/// Modules of white around the code; readers need four.
const QUIET: i32 = 4;

/// The code of a link; nothing where it does not fit.
pub(super) fn qr(link: &str) -> Option<impl IntoView + use<>> {
    let code = QrCode::encode_text(link, QrCodeEcc::Medium).ok()?;
    let side = code.size() + 2 * QUIET;
    let dots = (0..code.size()).flat_map(|y| (0..code.size()).map(move |x| (x, y)));
    let dots = dots.filter(|(x, y)| code.get_module(*x, *y));
    let path: String = dots.map(|(x, y)| format!("M{} {}h1v1h-1z", x + QUIET, y + QUIET)).collect();
    Some(view! {
        <svg class="kp-qr" viewBox=format!("0 0 {side} {side}") width="180" height="180" role="img" aria-label="案内リンクのQRコード">
            <rect width=side.to_string() height=side.to_string() fill="#fff" />
            <path d=path fill="#000" shape-rendering="crispEdges" />
        </svg>
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_of_any_city_fits_and_keeps_its_white_edge() {
        let link = format!("https://kosapo.kosodate.city.yokohama.example.jp/invitations/{}", "x".repeat(43));
        let html = qr(&link).unwrap().into_view().to_html();
        assert!(html.contains("fill=\"#fff\"") && html.contains("M4 4h1v1h-1z"), "{html}");
        assert!(!html.contains("M3 ") && !html.contains(" 3h1"), "{html}");
    }
}
