//! A form is done for the account for which it was drawn, and what was typed is shown to its writer alone.

use crate::support::{Browser, Site, location, site};
use app::post::Known;
use reqwest::StatusCode;
use std::collections::{BTreeMap, BTreeSet};

/// What the forms of a page say for whom they were drawn.
pub async fn drawn_for(browser: &Browser<'_>, path: &str) -> String {
    let (status, page) = browser.page(path).await;
    assert_eq!(status, StatusCode::OK);
    let (_, rest) = page.split_once("name=\"writer-").expect("the form says for whom it was drawn");
    let (_, rest) = rest.split_once("\" value=\"").unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

#[tokio::test]
async fn a_form_drawn_for_one_account_is_not_done_for_another() {
    let midori = site().browser("midori").await;
    let aoba = site().browser("aoba").await;
    let writer = drawn_for(&midori, "/desk/members/new").await;
    let fields = [("writer", writer.as_str()), ("family_name", "山田"), ("given_name", "夏子")];
    let answer = aoba.post("/api/members", &fields).await;
    let next = location(&answer);
    assert!(next.starts_with("/login?other=1&next="), "{next}");
    let (_, asks) = aoba.page(&next).await;
    assert!(asks.contains("ほかのユーザーIDで開いた画面から送られました"), "{asks}");
    // What was typed waits for its writer, and for nobody else.
    let back = decoded(next.split_once("next=").unwrap().1);
    assert!(midori.page(&back).await.1.contains("夏子"));
    assert!(!aoba.page(&back).await.1.contains("夏子"));
}

#[tokio::test]
async fn a_form_sent_after_the_session_ended_waits_for_its_writer_alone() {
    // What signed-out people leave has a quota, which other tests of a shared server may have used up.
    let site = Site::start();
    let midori = site.browser("midori").await;
    let writer = drawn_for(&midori, "/desk/members/new").await;
    let fields = [("writer", writer.as_str()), ("family_name", "山田"), ("given_name", "秋子")];
    let answer = site.stranger().post("/api/members", &fields).await;
    let next = location(&answer);
    assert!(next.starts_with("/login?next="), "{next}");
    let back = decoded(next.split_once("next=").unwrap().1);
    assert!(!site.browser("aoba").await.page(&back).await.1.contains("秋子"));
    let (_, page) = site.browser("midori").await.page(&back).await;
    assert!(page.contains("秋子") && page.contains("入力した内容は残っています"));
    // Nobody writes into another's forms: what only looks like a seal is kept for nobody.
    let forged = format!("{}0", &writer[..writer.len() - 1]);
    let fields = [("writer", forged.as_str()), ("family_name", "山田")];
    let answer = site.stranger().post("/api/members", &fields).await;
    assert!(forged == writer || !location(&answer).contains("form"), "{}", location(&answer));
}

fn decoded(text: &str) -> String {
    text.replace("%2F", "/").replace("%3F", "?").replace("%3D", "=").replace("%26", "&")
}

#[tokio::test]
async fn only_what_a_form_has_is_kept_and_no_longer_than_a_field_may_be() {
    let family = site().browser("hanako").await;
    let (long, junk) = ("x".repeat(20_000), "j".repeat(20_000));
    let fields = [("date", "unreadable, to be kept"), ("notes", &long), ("junk", &junk), ("do", "check")];
    let answer = family.post("/api/requests", &fields).await;
    assert!(location(&answer).contains("form="), "{}", location(&answer));
    let sql = "SELECT fields FROM form_draft WHERE fields LIKE '%unreadable, to be kept%'";
    let kept: String = service::db::scalar(site().env.db.read(), sql, vec![]).await.unwrap().unwrap();
    assert!(!kept.contains("junk") && kept.contains(&long[..10_000]), "{kept}");
    assert!(kept.len() < 13_000, "{} bytes", kept.len());
}

/// The forms of a page: where each is sent, and the names of its fields.
fn forms(page: &str) -> impl Iterator<Item = (&str, Vec<&str>)> {
    page.split("<form").skip(1).filter_map(|form| {
        let form = form.split_once("</form>").map_or(form, |(form, _)| form);
        let action = form.split_once("action=\"")?.1.split_once('"')?.0;
        let names = form.split(" name=\"").skip(1).filter_map(|rest| Some(rest.split_once('"')?.0)).collect();
        Some((action, names))
    })
}

#[tokio::test]
async fn every_field_of_every_page_belongs_to_its_form() {
    let mut met: BTreeMap<&'static str, BTreeSet<String>> = BTreeMap::new();
    for account in ["hanako", "teikyo", "ryoho", "midori", "honbu"] {
        let person = site().browser(account).await;
        let mut seen = BTreeSet::new();
        let mut waiting = vec!["/".to_owned()];
        while let Some(path) = waiting.pop() {
            // A page of each kind, a few of those with a number: their forms differ by state.
            let kind: String = path.chars().filter(|c| !c.is_ascii_digit()).collect();
            if seen.iter().filter(|(known, _)| *known == kind).count() >= 6 || !seen.insert((kind, path.clone())) {
                continue;
            }
            let (_, page) = person.page(&path).await;
            for (action, names) in forms(&page) {
                let Some(form) = Known::at(action) else { continue };
                let names: Vec<&str> = names.into_iter().filter(|name| !name.starts_with("writer-")).collect();
                for (name, own) in names.iter().zip(form.has(names.iter().copied())) {
                    assert!(own, "{path} as {account}: {action} has no field {name}, so it would not come back");
                }
                met.entry(form.path).or_default().extend(names.into_iter().map(str::to_owned));
            }
            let links = page.split("href=\"/").skip(1).filter_map(|rest| rest.split_once('"'));
            waiting.extend(links.map(|(path, _)| format!("/{}", path.replace("&amp;", "&"))).filter(|path| {
                !path.starts_with("/pkg") && !path.contains('#') && !path.contains(".ics") && !path.contains("after=")
            }));
        }
    }
    // The other tests of this server move its cases on, so that a form may stand nowhere by now.
    assert!(met.len() >= 15, "{met:?}");
}
