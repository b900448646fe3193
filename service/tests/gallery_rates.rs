//! The gallery's fee calculator has no server: its rates are a file, which this test holds to the city's.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test ends where it fails")]

use serde_json::json;

#[test]
fn the_gallery_calculates_with_the_citys_rates() {
    let tariff = service::tariff_file::yokohama().unwrap();
    let holidays = service::holiday_file::japan().unwrap();
    let from = domain::time::parse_iso_date("2023-01-01").unwrap();
    let to = domain::time::parse_iso_date("2024-12-31").unwrap();
    let rates = json!({ "tariff": tariff, "holidays": holidays.window(from, to) }).to_string() + "\n";
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../app/src/gallery/rates.json");
    #[allow(clippy::disallowed_methods, reason = "the switch that renews the file")]
    if std::env::var("KOSAPO_RENEW").is_ok() {
        std::fs::write(file, &rates).unwrap();
    }
    let stored = std::fs::read_to_string(file).unwrap_or_default();
    assert!(stored == rates, "renew it: KOSAPO_RENEW=1 cargo test -p service --test gallery_rates");
}
