//! What the pages of a case offer and say, on the newsletter's own case and beside it.

use crate::support::{Site, location, site};
use reqwest::{Method, StatusCode};

/// The element that starts before a text and holds it: from the last `<a ` on.
fn link_with<'a>(html: &'a str, text: &str) -> &'a str {
    let end = html.find(text).unwrap_or_else(|| panic!("no {text}"));
    let start = html[..end].rfind("<a ").unwrap_or_else(|| panic!("{text} is no link"));
    &html[start..end]
}

#[tokio::test]
async fn the_newsletters_case_can_be_cancelled_though_its_report_is_begun() {
    let (_, page) = site().browser("hanako").await.page("/requests/CDK0036630").await;
    assert!(page.contains("action=\"/api/cancellations\""));
    assert!(page.contains("いまキャンセルしても、キャンセル料はかかりません。"));
    assert!(!page.contains("EKH3000561"), "the draft stays the provider's own");
    let (_, page) = site().browser("teikyo").await.page("/coordination/CDK0036630").await;
    assert!(page.contains("action=\"/api/returns\"") && page.contains("作成中の報告書は取消になります。"));
    let (_, page) = site().browser("midori").await.page("/desk/requests/CDK0036630").await;
    for action in ["cancellations", "returns"] {
        assert!(page.contains(&format!("action=\"/api/{action}\"")), "{action}");
    }
    assert!(page.contains("連絡を受けた日") && page.contains("活動の日を待っています。"));
}

#[tokio::test]
async fn the_receipt_of_a_request_follows_the_case() {
    let (status, page) = site().browser("hanako").await.page("/requests/CDK0036630/done").await;
    assert_eq!(status, StatusCode::OK);
    assert!(!page.contains("にお電話します"), "the case is 成立");
    assert!(page.contains("当日は、お子さんを"));
}

#[tokio::test]
async fn on_the_day_before_home_has_what_is_needed_at_the_door() {
    // The case of the other tests stays as it is.
    let site = Site::start();
    let (hanako, teikyo) = (site.browser("hanako").await, site.browser("teikyo").await);
    let home = async || (hanako.page("/").await.1, teikyo.page("/").await.1);
    let sheet = "href=\"/requests/CDK0036630/meeting\"";
    let (family, provider) = home().await;
    for page in [&family, &provider] {
        assert!(page.contains("href=\"/requests/CDK0036630\""), "two weeks ahead it is planned");
        assert!(!page.contains("さんに電話する") && !page.contains(sheet) && !page.contains("住所"));
    }
    let day = 86_400_000_000_i64;
    let sql = "UPDATE care_request SET starts_at = starts_at - $1, ends_at = ends_at - $1 WHERE request_no = 36630";
    service::db::execute(site.env.db.write(), sql, vec![(13 * day).into()]).await.unwrap();
    let (family, provider) = home().await;
    assert!(provider.contains("明日　預かり") && provider.contains(sheet) && provider.contains("住所"));
    assert!(provider.contains("href=\"tel:0450000989\"") && provider.contains("木村さんに電話する"));
    assert!(family.contains("href=\"tel:0450000846\"") && family.contains("山田さんに電話する"));
    assert!(!family.contains("住所"), "where she lives is hers to say");
}

#[tokio::test]
async fn a_report_to_confirm_comes_before_what_was_needed_ahead_of_the_activity() {
    let site = Site::start();
    let sql = "SELECT r.request_no FROM care_request r JOIN activity_report p ON p.request_id = r.id \
               JOIN account a ON a.member_id = r.member_id \
               WHERE a.user_id = 'hanako' AND p.status = 'awaiting_approval' LIMIT 1";
    let no = service::db::scalar::<i64, _>(site.env.db.read(), sql, vec![]).await.unwrap().unwrap();
    service::db::execute(site.env.db.write(), "UPDATE pre_meeting_sheet SET complete = 0", vec![]).await.unwrap();
    let (_, page) = site.browser("hanako").await.page(&format!("/requests/CDK{no:07}")).await;
    assert!(page.contains("報告書を確認してください") && !page.contains("事前打合せ情報を入力してください"));
}

#[tokio::test]
async fn the_check_of_an_offer_that_is_over_says_so_at_the_list() {
    let provider = site().browser("teikyo").await;
    let answer = provider.get("/offers/check?offer=999999999").await;
    assert_eq!(location(&answer), "/offers?answer=over");
    let (_, list) = provider.page("/offers?answer=over").await;
    assert!(
        list.contains("このお願いには、もうお返事できません") && list.contains("いまのお願いは、この下にあります。")
    );
}

#[tokio::test]
async fn open_offers_are_counted_beside_their_place() {
    // A 両方会員 has the place inside the menu, whose own word says it too.
    for (account, waits) in [("teikyo", "打診<span class=\"kp-hidden\">（1件）"), ("ryoho", "（打診1件）")] {
        let person = site().browser(account).await;
        let (_, offers) = person.page("/offers").await;
        assert!(offers.contains("お返事を待っている依頼が1件あります。"), "{account}");
        let (_, page) = person.page("/inbox").await;
        assert!(page.contains(waits), "{account}");
        let place = &page[page.find("href=\"/offers\"").unwrap()..];
        assert!(place[..place.find("</a>").unwrap()].contains("1件"), "{account}");
    }
    let (_, page) = site().browser("hanako").await.page("/inbox").await;
    assert!(!page.contains("打診"), "nobody asks a family");
}

#[tokio::test]
async fn a_card_names_the_number_and_the_day() {
    let (_, page) = site().browser("hanako").await.page("/requests").await;
    assert!(page.contains("依頼ID CDK0036630　預けたい日"));
}

#[tokio::test]
async fn a_draft_is_given_up_where_it_is_written_and_hidden_from_the_branch() {
    let family = site().browser("hanako").await;
    let (_, list) = family.page("/requests").await;
    let draft = list.split("href=\"/requests/").find(|part| part[10..].starts_with("/edit"));
    let draft = &draft.expect("hanako has a draft")[..10];
    let (_, page) = family.page(&format!("/requests/{draft}/edit")).await;
    assert!(page.contains("この下書きをやめる") && page.contains("入力した内容は元に戻せません。"));
    let desk = site().browser("midori").await;
    let note = desk.post("/api/notes", &[("request", draft), ("note", "x")]).await;
    assert_eq!(note.status(), StatusCode::NOT_FOUND);
    let fields = [("request", draft), ("revision", "1"), ("reason", "x"), ("channel", "phone")];
    assert_eq!(desk.post("/api/withdrawals", &fields).await.status(), StatusCode::NOT_FOUND);
    let (_, page) = family.page(&format!("/requests/{draft}/edit")).await;
    assert!(page.contains("この下書きをやめる"), "the draft is still there");
}

#[tokio::test]
async fn the_desk_has_one_thing_to_do_first() {
    let (_, page) = site().browser("midori").await.page("/desk").await;
    assert!(!link_with(&page, "電話・書面の依頼を入力").contains("primary"));
}

#[tokio::test]
async fn a_search_at_the_desk_finds_by_report_and_offers_a_way_on() {
    let desk = site().browser("midori").await;
    let found = desk.post("/api/desk-searches", &[("q", "EKH3000561")]).await;
    assert_eq!(location(&found), "/desk/requests/CDK0036630");
    let foreign = site().browser("aoba").await.post("/api/desk-searches", &[("q", "EKH3000561")]).await;
    assert!(!location(&foreign).contains("CDK"), "{}", location(&foreign));
    let nobody = desk.post("/api/desk-searches", &[("q", "いないひと")]).await;
    let (_, page) = desk.page(&location(&nobody)).await;
    assert!(page.contains("value=\"いないひと\""), "the words stay in the box");
    assert!(page.contains("会員から探す") && page.contains("見つかりませんでした"));
}

#[tokio::test]
async fn the_headquarters_read_that_there_is_a_note_and_not_its_words() {
    let desk = site().browser("midori").await;
    let words = "夫には知られたくないとのこと";
    let note = [("request", "CDK0036630"), ("note", words), ("once", "a note for the branch alone")];
    assert!(location(&desk.post("/api/notes", &note).await).contains("done=noted"));
    let history = "/requests/CDK0036630/history";
    assert!(desk.page(history).await.1.contains(words));
    let (_, page) = site().browser("honbu").await.page(history).await;
    assert!(page.contains("メモの内容は支部だけが読めます。") && !page.contains(words));
}

#[tokio::test]
async fn the_day_of_a_call_is_said_as_it_was_read() {
    // The day before today: typed without its year it is the next one.
    let desk = site().browser("midori").await;
    for (form, what, number) in [("/api/notes", "request", "CDK0036630"), ("/api/member-notes", "no", "MEM0040989")] {
        let note = [(what, number), ("note", "折り返す"), ("call_on", "3/15"), ("once", form)];
        for _ in 0..2 {
            let (_, page) = desk.page(&location(&desk.post(form, &note).await)).await;
            assert!(page.contains("2025年3月15日（土）に連絡するメモを残しました。"), "{form}");
        }
        let note = [(what, number), ("note", "それだけ"), ("call_on", ""), ("once", number)];
        let (_, page) = desk.page(&location(&desk.post(form, &note).await)).await;
        assert!(page.contains("メモを残しました。") && !page.contains("に連絡するメモ"), "{form}");
    }
}

#[tokio::test]
async fn the_history_stands_newest_first() {
    let (_, page) = site().browser("midori").await.page("/requests/CDK0036630/history").await;
    let place = |word: &str| page.rfind(word).unwrap_or_else(|| panic!("no {word}"));
    assert!(place("事前打合せの実施") < place("事前打合せ日の設定"));
    assert!(page.contains("事前打合せ情報 第1版"));
}

/// The forms of a page that send to an endpoint.
fn forms<'a>(html: &'a str, endpoint: &str) -> Vec<&'a str> {
    let action = format!("action=\"{endpoint}\"");
    let forms = html.split("<form").skip(1).map(|form| form.split("</form>").next().unwrap());
    forms.filter(|form| form.split('>').next().unwrap().contains(&action)).collect()
}

#[tokio::test]
async fn enter_in_the_reason_of_a_refusal_never_accepts() {
    // A browser presses the first button of the form that Enter was typed in.
    let mut asked = 0;
    let desk = site().browser("midori").await;
    let (_, queue) = desk.page("/desk").await;
    let cases = queue.split("href=\"/desk/requests/").skip(1).filter_map(|part| part.get(..10));
    let cases: std::collections::BTreeSet<_> = cases.filter(|no| no.starts_with("CDK")).collect();
    let mut pages = vec![site().browser("teikyo").await.page("/offers").await.1];
    for case in cases {
        pages.push(desk.page(&format!("/desk/requests/{case}")).await.1);
    }
    for page in &pages {
        for form in forms(page, "/api/answers").into_iter().filter(|form| form.contains("name=\"reason\"")) {
            let button = form.find("<button").expect("a form has a button");
            let button = form[button..].split('>').next().unwrap();
            assert!(button.contains("value=\"decline\""), "{button}");
            asked += 1;
        }
    }
    assert!(asked >= 2, "an offer of the provider and one at the desk");
}

#[tokio::test]
async fn an_offer_is_seen_by_a_person_and_not_by_a_browser_that_fetches_ahead() {
    let site = Site::start();
    let provider = site.browser("teikyo").await;
    let unseen = async || {
        let sql = "SELECT COUNT(*) FROM offer o JOIN account a ON a.member_id = o.provider_id \
                   WHERE a.user_id = 'teikyo' AND o.status = 'sent'";
        service::db::scalar::<i64, _>(site.env.db.read(), sql, vec![]).await.unwrap().unwrap()
    };
    service::db::execute(site.env.db.write(), "UPDATE offer SET status = 'sent' WHERE status = 'seen'", vec![])
        .await
        .unwrap();
    let before = unseen().await;
    assert!(before > 0, "teikyo is asked");
    for name in ["sec-purpose", "purpose"] {
        let ahead = provider.request(Method::GET, "/offers").header(name, "prefetch").send().await.unwrap();
        assert_eq!(ahead.status(), StatusCode::OK);
    }
    assert_eq!(provider.request(Method::HEAD, "/offers").send().await.unwrap().status(), StatusCode::OK);
    assert_eq!(unseen().await, before);
    assert_eq!(provider.get("/offers").await.status(), StatusCode::OK);
    assert_eq!(unseen().await, 0);
}

#[tokio::test]
async fn only_what_is_coordinated_by_telephone_has_a_channel_before_one_is_chosen() {
    let desk = site().browser("midori").await;
    let chosen = |page: &str| {
        let radios = page.split("<input").skip(1).map(|input| input.split('>').next().unwrap());
        radios
            .filter(|input| input.contains("name=\"channel\""))
            .map(|input| input.contains("checked"))
            .collect::<Vec<_>>()
    };
    let (_, page) = desk.page("/desk/requests/CDK0036630").await;
    assert_eq!(chosen(&page), [true, false, false].repeat(2), "cancel and give back");
    let (_, page) = desk.page("/requests/CDK0036630/meeting").await;
    assert_eq!(chosen(&page), [false, false, false], "the sheet is of paper as often");
    let (_, page) = desk.page("/desk/requests/new?member=MEM0040989").await;
    assert_eq!(chosen(&page), [true, false, false], "nearly everybody calls");
    let fields = [("request", "CDK0036630"), ("reason", "x"), ("channel", "job")];
    let answer = desk.post("/api/cancellations", &fields).await;
    let (_, page) = desk.page(&location(&answer)).await;
    assert!(page.contains("連絡の方法を選んでください"), "a job is no way of a member's word");
}

#[tokio::test]
async fn a_form_that_its_page_does_not_open_still_shows_its_fault() {
    let midori = site().browser("midori").await;
    // Nobody takes an agreed case, and its page has no such button to open a form for.
    let sent = midori.post("/api/takings", &[("request", "CDK0036630"), ("revision", "1")]).await;
    let back = location(&sent);
    assert!(back.starts_with("/desk/requests/CDK0036630?form="), "{back}");
    let (status, page) = midori.page(&back).await;
    assert_eq!(status, StatusCode::OK);
    assert!(!page.contains("action=\"/api/takings\""));
    assert!(page.contains("id=\"faults\"") && page.contains("<title>エラー："), "{page}");
}
