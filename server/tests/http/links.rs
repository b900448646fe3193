//! Addresses that leave the site: one-time links handed over, files for calendars, and the page a link opens.

use crate::support::{Browser, Site, location, site};
use reqwest::{Method, StatusCode};

/// A one-time link, as the desk shows it after making a new one for a member.
async fn new_link(midori: &Browser<'_>) -> String {
    let answer = midori.post("/api/member-links", &[("no", "MEM0040989")]).await;
    let path = location(&answer);
    assert!(path.contains("/link?"), "{path}");
    let (status, html) = midori.page(&path).await;
    assert_eq!(status, StatusCode::OK);
    assert!(html.contains("aria-label=\"案内リンクのQRコード\""), "{html}");
    let link = html.split("<span class=\"kp-copy\">").nth(1).and_then(|rest| rest.split('<').next()).unwrap();
    link.to_owned()
}

#[tokio::test]
async fn a_one_time_links_token_does_not_stand_in_the_desks_address() {
    let midori = site().browser("midori").await;
    let answer = midori.post("/api/member-links", &[("no", "MEM0040989")]).await;
    let path = location(&answer);
    let html = midori.page(&path).await.1;
    let token = html.split("/invitations/").nth(1).and_then(|rest| rest.split('<').next()).unwrap();
    let key = path.split("key=").nth(1).unwrap();
    assert!(token.len() == 43 && !path.contains(token), "{path}");
    let opens = site().stranger().get(&format!("/invitations/{key}")).await;
    assert_eq!(opens.status(), StatusCode::NOT_FOUND, "what the address bar shows opens nothing");
    let other = site().browser("midori").await.get(&path).await;
    assert_eq!(location(&other), "/desk/members/MEM0040989", "nor does it for another session");
}

#[tokio::test]
async fn a_one_time_link_reaches_the_member_by_mail_alone() {
    let own = Site::start();
    let midori = own.browser("midori").await;
    let sql = "SELECT member_no FROM member WHERE mail <> '' AND ward = 'midori' ORDER BY id LIMIT 1";
    let no = service::db::scalar::<i64, _>(own.env.db.read(), sql, vec![]).await.unwrap().unwrap();
    let no = format!("MEM{no:07}");
    let answer = midori.post("/api/member-link-mails", &[("no", no.as_str())]).await;
    assert_eq!(location(&answer), format!("/desk/members/{no}?done=invite_by_mail"));
    let page = midori.page(&location(&answer)).await.1;
    assert!(page.contains("ご本人のメールアドレスに送りました") && !page.contains("/invitations/"), "{page}");
    let sql = "SELECT body FROM outbox WHERE subject = '子サポのパスワードを決めるご案内です'";
    let body = service::db::scalar::<String, _>(own.env.db.read(), sql, vec![]).await.unwrap().unwrap();
    let path = body.split(&own.origin).nth(1).and_then(|rest| rest.lines().next()).unwrap();
    assert_eq!(own.stranger().get(path).await.status(), StatusCode::OK, "{path}");
    let aoba = own.browser("aoba").await.post("/api/member-link-mails", &[("no", no.as_str())]).await;
    assert_eq!(aoba.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn links_begin_with_the_origin_of_the_settings_whatever_a_proxy_calls_us() {
    let known = Site::known_as("https://kosapo.example.jp");
    let link = new_link(&known.browser("midori").await).await;
    assert!(link.starts_with("https://kosapo.example.jp/invitations/"), "{link}");
    let file = known.browser("hanako").await.get("/requests/CDK0036630/calendar.ics").await.text().await.unwrap();
    assert!(file.contains("URL:https://kosapo.example.jp/requests/CDK0036630"), "{file}");
}

#[tokio::test]
async fn a_one_time_links_form_may_be_sent_by_a_browser_without_sec_fetch_site() {
    let link = new_link(&site().browser("midori").await).await;
    let path = link.strip_prefix(&site().origin).expect("the address the coordinator came by");
    let answer = site().stranger().get(path).await;
    assert_eq!(answer.headers()["referrer-policy"], "no-referrer", "nobody else hears the token");
    let html = answer.text().await.unwrap();
    let head = html.split("</head>").next().unwrap();
    assert!(
        head.contains("<meta name=\"referrer\" content=\"same-origin\""),
        "else Safari posts `Origin: null`: {head}"
    );
    let (_, login) = site().stranger().page("/login").await;
    assert!(!login.contains("name=\"referrer\""), "elsewhere the header is enough");
    let request = site().stranger().request(Method::POST, "/api/invitations").header("origin", &site().origin);
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let answer = request.body("token=x&password=y&password_again=z").send().await.unwrap();
    assert_ne!(answer.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_sheet_with_the_longest_answers_is_saved() {
    let own = Site::start();
    let family = own.browser("hanako").await;
    let path = "/requests/CDK0036630/meeting";
    let (status, html) = family.page(path).await;
    assert_eq!(status, StatusCode::OK);
    let form = html.split("action=\"/api/sheets\"").nth(1).and_then(|rest| rest.split("</form>").next()).unwrap();
    let value = |tag: &str, name: &str| {
        let rest = tag.split(&format!("{name}=\"")).nth(1)?;
        rest.split('"').next().map(str::to_owned)
    };
    let long = "あ".repeat(500);
    let mut fields = Vec::new();
    for tag in form.split('<') {
        let Some(name) = value(tag, " name") else { continue };
        let hidden = tag.contains("type=\"hidden\"");
        // After 成立 the sheet stays complete, its telephone number too.
        if hidden || tag.contains("type=\"tel\"") {
            fields.push((name, value(tag, " value").unwrap_or_default()));
        } else if tag.starts_with("textarea") || tag.contains("type=\"text\"") {
            fields.push((name, long.clone()));
        }
    }
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let bytes: usize = fields.iter().map(|(_, value)| value.len() * 3).sum();
    assert!(bytes > server::api::LARGEST_FORM, "{bytes} bytes in {} fields", fields.len());
    let answer = family.post("/api/sheets", &fields).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert!(!location(&answer).contains("form="), "{}", location(&answer));
    assert!(family.page(path).await.1.contains(&long));
}

/// What a screen reader says of each link of a page: its text without tags.
fn link_names(html: &str) -> Vec<String> {
    let main = html.split_once("<main").map_or(html, |(_, main)| main);
    let links = main.split("<a ").skip(1).filter_map(|rest| rest.split_once("</a>")).map(|(link, _)| link);
    links
        .map(|link| {
            let inner = link.split_once('>').map_or("", |(_, inner)| inner);
            inner.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect()
        })
        .collect()
}

#[test]
fn a_name_is_read_without_its_tags() {
    let html = "<main><a href=\"/x\"><time datetime=\"2024\">3月<wbr>30日</time><span>を見る</span></a><a href=y>B</a>";
    assert_eq!(link_names(html), ["3月30日を見る", "B"]);
}

/// Out of its row, 「3月30日（土）」 or 「1,200円」 says neither what it is of nor what the link does.
#[tokio::test]
async fn no_link_is_named_by_a_date_or_an_amount_alone() {
    let site = site();
    let bare = |name: &str| {
        let name: String = name.split_whitespace().collect();
        let of_a_date = |c: char| c.is_ascii_digit() || "年月日火水木金土（）()：:〜-/,円時分今明".contains(c);
        !name.is_empty() && name.chars().all(of_a_date) && name.chars().any(|c| "年月日円".contains(c))
    };
    assert!(bare("3月30日（土）11:30〜13:30") && bare("1,200円") && bare("2024年4月") && !bare("4月の明細を見る"));
    let mut seen = 0;
    for person in ["hanako", "teikyo", "ryoho", "midori", "honbu"] {
        let browser = site.browser(person).await;
        for (method, path) in server::router::routes(true) {
            if method != Method::GET || path.contains([':', '{']) || path == "/desk/live" {
                continue;
            }
            let (status, html) = browser.page(&path).await;
            if status != StatusCode::OK {
                continue;
            }
            for name in link_names(&html) {
                seen += 1;
                assert!(!bare(&name), "{person} {path}: 「{name}」");
            }
        }
    }
    assert!(seen > 300, "{seen} links were read");
}
