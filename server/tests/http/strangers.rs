//! Who may open what, over real HTTP: signed out, another role, a stranger to the case, another ward.

use crate::support::{location, site};
use reqwest::StatusCode;

/// Every page of the fixed points that needs somebody signed in.
const CLOSED: &[&str] = &[
    "/requests",
    "/requests/new",
    "/requests/CDK0036630",
    "/requests/CDK0036630/meeting",
    "/requests/CDK0036630/history",
    "/offers",
    "/coordination",
    "/reports",
    "/reports/new",
    "/reports/EKH3000561",
    "/reports/EKH3000561/print",
    "/subsidies",
    "/claims",
    "/coupons",
    "/inbox",
    "/desk",
    "/desk/requests/new",
    "/desk/members",
    "/desk/members/new",
    "/hq",
];

#[tokio::test]
async fn signed_out_every_page_leads_to_the_login_and_back() {
    let stranger = site().stranger();
    for path in ["/", "/fee"].iter().chain(CLOSED) {
        let answer = stranger.get(path).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{path}");
        assert_eq!(location(&answer), format!("/login?next={}", path.replace('/', "%2F")), "{path}");
    }
}

#[tokio::test]
async fn the_public_pages_need_nobody() {
    let stranger = site().stranger();
    for path in ["/login", "/guide", "/contacts", "/offline", "/unsent"] {
        assert_eq!(stranger.get(path).await.status(), StatusCode::OK, "{path}");
    }
}

/// Role pages by demo account; what a line does not name is a 404 for it.
const ROLES: &[(&str, &[&str])] = &[
    ("hanako", &["/requests", "/requests/new", "/reports", "/coupons", "/inbox"]),
    ("teikyo", &["/offers", "/coordination", "/reports", "/reports/new", "/subsidies", "/claims", "/inbox"]),
    (
        "ryoho",
        &[
            "/requests",
            "/requests/new",
            "/offers",
            "/coordination",
            "/reports",
            "/reports/new",
            "/subsidies",
            "/claims",
            "/coupons",
            "/inbox",
        ],
    ),
    (
        "midori",
        &[
            "/desk",
            "/desk/requests/new",
            "/desk/members",
            "/desk/members/new",
            "/reports",
            "/subsidies",
            "/claims",
            "/inbox",
        ],
    ),
    ("honbu", &["/hq", "/reports", "/subsidies", "/claims", "/inbox"]),
];

#[tokio::test]
async fn each_role_has_its_own_pages() {
    let all = CLOSED.iter().filter(|path| !path.contains("CDK") && !path.contains("EKH"));
    let all: Vec<_> = all.copied().collect();
    for (account, own) in ROLES {
        let person = site().browser(account).await;
        for path in &all {
            let expected = if own.contains(path) { StatusCode::OK } else { StatusCode::NOT_FOUND };
            // A coordinator may enter a report for a provider who phoned.
            if *account == "midori" && *path == "/reports/new" {
                continue;
            }
            assert_eq!(person.get(path).await.status(), expected, "{account} {path}");
        }
    }
}

#[tokio::test]
async fn a_foreign_case_looks_like_none() {
    let pairs = [
        ("/requests/CDK0036630", "/requests/CDK9999999"),
        ("/requests/CDK0036630/meeting", "/requests/CDK9999999/meeting"),
        ("/requests/CDK0036630/history", "/requests/CDK9999999/history"),
        ("/requests/CDK0036630/calendar.ics", "/requests/CDK9999999/calendar.ics"),
        ("/reports/EKH3000561", "/reports/EKH9999999"),
        ("/reports/EKH3000561/print", "/reports/EKH9999999/print"),
        ("/desk/requests/CDK0036630", "/desk/requests/CDK9999999"),
        ("/desk/members/MEM0040989", "/desk/members/MEM9999999"),
    ];
    for account in ["riyo2", "teikyo2", "aoba", "ryoho"] {
        let person = site().browser(account).await;
        for (foreign, nothing) in pairs {
            let (status, foreign_page) = person.page(foreign).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{account} {foreign}");
            let (status, nothing_page) = person.page(nothing).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{account} {nothing}");
            assert_eq!(without_clock(&foreign_page), without_clock(&nothing_page), "{account} {foreign}");
            assert!(!foreign_page.contains("木村"), "{account} {foreign}");
        }
    }
}

#[tokio::test]
async fn the_newsletters_case_is_open_to_its_people() {
    let cases = [
        ("hanako", "/requests/CDK0036630", StatusCode::OK),
        ("hanako", "/requests/CDK0036630/meeting", StatusCode::OK),
        ("hanako", "/requests/CDK0036630/history", StatusCode::NOT_FOUND),
        ("hanako", "/requests/CDK0036630/calendar.ics", StatusCode::OK),
        ("teikyo", "/requests/CDK0036630/calendar.ics", StatusCode::OK),
        ("midori", "/requests/CDK0036630/calendar.ics", StatusCode::NOT_FOUND),
        ("teikyo", "/requests/CDK0036630/meeting", StatusCode::OK),
        ("teikyo", "/reports/EKH3000561", StatusCode::OK),
        ("midori", "/requests/CDK0036630/history", StatusCode::OK),
        ("midori", "/desk/requests/CDK0036630", StatusCode::OK),
        ("honbu", "/requests/CDK0036630/history", StatusCode::OK),
    ];
    for (account, path, expected) in cases {
        let person = site().browser(account).await;
        assert_eq!(person.get(path).await.status(), expected, "{account} {path}");
    }
    // One address for a case; whoever may see it is led to the view of their own side.
    for (account, view) in [
        ("teikyo", "/coordination/CDK0036630"),
        ("midori", "/desk/requests/CDK0036630"),
        ("honbu", "/requests/CDK0036630/history"),
    ] {
        let person = site().browser(account).await;
        assert_eq!(location(&person.get("/requests/CDK0036630").await), view, "{account}");
        assert_eq!(person.get(view).await.status(), StatusCode::OK, "{account}");
    }
}

#[tokio::test]
async fn a_draft_report_is_the_providers_own() {
    let family = site().browser("hanako").await;
    assert_eq!(family.get("/reports/EKH3000561").await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_name_searched_for_a_new_report_never_stands_in_the_address() {
    for account in ["teikyo", "midori"] {
        let person = site().browser(account).await;
        let (_, page) = person.page("/reports/new").await;
        assert!(page.contains("action=\"/api/report-searches\"") && !page.contains("method=\"get\""), "{account}");
        for word in ["きむら", "木\0村", "%"] {
            let answer = person.post("/api/report-searches", &[("q", word)]).await;
            assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{account} {word:?}");
            let next = location(&answer);
            assert!(next.starts_with("/reports/new?form="), "{account} {next}");
            assert_eq!(person.page(&next).await.0, StatusCode::OK, "{account} {word:?}");
        }
    }
}

#[tokio::test]
async fn what_is_not_there_looks_the_same_everywhere() {
    for account in ["hanako", "midori", "honbu"] {
        let person = site().browser(account).await;
        let other = if account == "hanako" { "/desk" } else { "/offers" };
        let mut pages = Vec::new();
        for path in
            ["/nowhere", "/requests/CDK9999999?x=y", other, "/api/nowhere", "/reports/EKH9999999/print", "/a/b/c"]
        {
            let (status, html) = person.page(path).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{account} {path}");
            assert!(html.contains("ログアウト"), "{account} {path} has the person's navigation");
            pages.push(without_clock(&html));
        }
        pages.dedup();
        assert_eq!(pages.len(), 1, "{account}");
    }
}

/// A page without the moment that the demo's clock shows.
fn without_clock(html: &str) -> String {
    let (head, rest) = html.split_once("<time").unwrap_or((html, ""));
    format!("{head}{}", rest.split_once("</time>").map_or("", |(_, rest)| rest))
}

#[tokio::test]
async fn after_a_login_the_page_asked_for_comes() {
    for next in ["/", "/fee?date=2024-03-30"] {
        let stranger = site().stranger();
        let login = location(&stranger.get(next).await);
        assert!(login.starts_with("/login?next=%2F"), "{login}");
        let fields = [("user_id", "hanako"), ("password", "kosapo-demo"), ("next", next)];
        assert_eq!(location(&stranger.post("/api/sessions", &fields).await), next);
    }
}

#[tokio::test]
async fn a_very_long_address_does_not_travel_through_the_login() {
    let query = "name=value&".repeat(700);
    let answer = site().stranger().get(&format!("/requests?{query}")).await;
    assert_eq!(location(&answer), "/login?next=%2Frequests");
}

#[tokio::test]
async fn the_address_of_an_invitation_is_shown_to_nobody() {
    let answer = site().stranger().get(&format!("/invitations/{}", "x".repeat(43))).await;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    assert_eq!(answer.headers()["referrer-policy"], "no-referrer");
    assert!(answer.text().await.unwrap().contains("このリンクは開けません"));
}
