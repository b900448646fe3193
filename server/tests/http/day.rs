//! `GET /days`: what the calendar beside a date field knows of a year, for whoever is signed in.

use crate::support::site;
use reqwest::StatusCode;
use serde_json::Value;

#[tokio::test]
async fn a_calendar_knows_holidays_the_readers_branch_and_the_line() {
    let site = site();
    let year = async |who: &str, query: &str| -> Value {
        let (status, text) = site.browser(who).await.page(&format!("/days{query}")).await;
        assert_eq!(status, StatusCode::OK, "{who} {query}");
        serde_json::from_str(&text).unwrap()
    };
    let hanako = year("hanako", "").await;
    assert_eq!(hanako["today"], "2024-03-16");
    assert_eq!(hanako["holidays"]["2024-04-29"], "昭和の日");
    assert_eq!(hanako["closed_word"], "緑区支部は休み");
    let closed = |year: &Value, day: &str| year["closed"].as_array().unwrap().iter().any(|closed| closed == day);
    for (day, is) in [("2024-04-28", true), ("2024-04-29", true), ("2024-04-27", false), ("2024-02-13", true)] {
        assert_eq!(closed(&hanako, day), is, "{day}");
    }
    assert_eq!(hanako["bounds"]["request"]["first"][1][0], "2024-04-06", "three weeks ahead");
    assert_eq!(hanako["bounds"]["past"]["last"][0][0], "2024-03-16");
    // 本部 has no branch that closes; of a year without a table nothing is guessed.
    assert_eq!(year("honbu", "").await["closed"].as_array().unwrap().len(), 0);
    let unknown = year("hanako", "?year=1950").await;
    assert!(unknown["holidays"].as_object().unwrap().is_empty() && unknown["closed"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn no_year_is_shown_to_strangers_nor_one_that_is_none() {
    let site = site();
    assert_eq!(site.stranger().get("/days").await.status(), StatusCode::NO_CONTENT);
    let hanako = site.browser("hanako").await;
    for year in ["abc", "1899", "2101", "-2147483648", "99999999999"] {
        assert_eq!(hanako.get(&format!("/days?year={year}")).await.status(), StatusCode::NOT_FOUND, "{year}");
    }
}
