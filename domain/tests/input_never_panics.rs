//! Whatever is typed, reading it answers and never panics; what was read once reads the same again.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test ends where it fails")]

use domain::input::{
    narrow, parse_count, parse_date, parse_kana, parse_line, parse_mail, parse_name, parse_near_date, parse_phone,
    parse_postal_code, parse_text, parse_time, parse_yen,
};
use domain::time::{hhmm, iso_date};
use proptest::prelude::*;

/// Any text, and text made of the pieces the readers look for.
fn typed() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "令和",
        "平成",
        "R",
        "元",
        "年",
        "月",
        "日",
        "(土)",
        "曜日",
        "午後",
        "時",
        "半",
        "分",
        ":",
        "/",
        "-",
        "ー",
        ".",
        " ",
        "　",
        "1",
        "９",
        "30",
        "2024",
        "20240229",
        "¥",
        ",",
        "円",
        "@",
        "+81",
        "〒",
        "ｶ",
        "ﾞ",
        "ﾟ",
        "き",
        "\u{3099}",
        "\u{202E}",
        "\u{200D}",
        "\0",
        "\r",
        "\n",
        "𠮷",
        "髙",
        "\u{301}",
        "\u{10FFFF}",
    ]);
    prop_oneof![any::<String>(), prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())]
}

proptest! {
    #[test]
    fn anything_typed_gets_an_answer(text in typed()) {
        let _ = narrow(&text);
        if let Ok(date) = parse_date(&text) {
            prop_assert_eq!(parse_date(&iso_date(date)), Ok(date));
        }
        let today = parse_date("2024-02-29").unwrap();
        match (parse_date(&text), parse_near_date(&text, today)) {
            (Ok(written), near) => prop_assert_eq!(near, Ok(written), "a year that is written counts"),
            (Err(_), Ok(near)) => prop_assert!((near - today).whole_days().abs() <= 183),
            _ => {}
        }
        if let Ok(minute) = parse_time(&text) {
            prop_assert!(minute < 1440);
            prop_assert_eq!(parse_time(&hhmm(minute)), Ok(minute));
        }
        if let Ok(yen) = parse_yen(&text, 99_999) {
            prop_assert!((0..=99_999).contains(&yen));
            prop_assert_eq!(parse_yen(&yen.to_string(), 99_999), Ok(yen));
        }
        if let Ok(count) = parse_count(&text, 1, 5) {
            prop_assert!((1..=5).contains(&count));
        }
        for read in [parse_phone, parse_mail, parse_postal_code, parse_kana, parse_name] {
            if let Ok(kept) = read(&text) {
                prop_assert!(!kept.is_empty());
                let again = read(&kept);
                prop_assert_eq!(again.as_deref(), Ok(kept.as_str()));
            }
        }
        if let Ok(kept) = parse_text(&text, 200) {
            prop_assert!(kept.chars().count() <= 200);
            let again = parse_text(&kept, 200);
            prop_assert_eq!(again.as_deref(), Ok(kept.as_str()));
            let unusable = kept.contains(['\0', '\r', '\u{202E}']);
            prop_assert!(!unusable);
        }
        if let Ok(kept) = parse_line(&text, 200) {
            prop_assert!(!kept.contains('\n'));
        }
    }
}
