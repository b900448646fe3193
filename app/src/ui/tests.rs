//! What the markup promises, whatever the look: names, descriptions, order, and nothing the browser would check itself.

use super::*;
use leptos::prelude::*;

fn html(draw: impl FnOnce() -> AnyView) -> String {
    Owner::new().with(|| draw().to_html())
}

/// Every screen of the gallery.
fn gallery() -> String {
    use crate::gallery::{Gallery, SCREENS};
    SCREENS.iter().map(|screen| html(|| view! { <Gallery show=screen.name /> }.into_any())).collect()
}

fn place(html: &str, part: &str) -> usize {
    html.find(part).unwrap_or_else(|| panic!("{part} is not in {html}"))
}

#[test]
fn a_field_reads_label_must_support_control_error() {
    let html = html(|| {
        view! {
            <TextField field=Field::new("place").or("拠点").error(Some("場所を書いてください。".to_owned())) label="場所" required=true support="例：拠点" />
        }
        .into_any()
    });
    let order =
        ["<label", "場所", "※必須", "例：拠点", "<input", "＊場所を書いてください。"].map(|part| place(&html, part));
    assert!(order.is_sorted(), "{html}");
    assert!(html.contains("value=\"拠点\""), "{html}");
    assert!(html.contains("for=\"place\"") && html.contains("id=\"place\""), "{html}");
}

#[test]
fn a_link_named_by_a_date_says_what_it_does() {
    let today = domain::time::parse_iso_date("2024-03-16").unwrap_or_else(|| panic!("a date"));
    let card = |over: &'static str, action: &'static str| {
        html(|| view! { <Card title=Label::Day { date: today, today } href="/x" over action /> }.into_any())
    };
    let name = |html: &str| {
        let (_, link) = html.split_once("<a ").unwrap_or_else(|| panic!("{html}"));
        link.split("</a>").next().unwrap_or_default().to_owned()
    };
    assert!(name(&card("報告書の確認", "内容を確かめて承認する")).contains("内容を確かめて承認する"));
    let shown = name(&card("依頼ID CDK0036630　預けたい日", ""));
    assert!(shown.contains("依頼ID CDK0036630　預けたい日") && !shown.contains("kp-hidden"), "{shown}");
    assert!(name(&card("", "")).contains("内容を見る"));
    let named = html(|| view! { <Card title="木村花子さん" href="/x" over="CDK0036630" /> }.into_any());
    assert!(named.contains("CDK0036630") && !name(&named).contains("CDK"), "{named}");
}

#[test]
fn a_stretch_of_time_is_read_by_machines_as_well() {
    let at = |text: &str| {
        domain::time::parse_rfc3339(&format!("2024-03-{text}:00+09:00")).unwrap_or_else(|| panic!("{text}"))
    };
    let drawn = |end: &str| {
        let (start, end) = (at("30T07:30"), at(end));
        html(|| view! { <When start end=Some(end) today=start.date() /> }.into_any()).replace("<!>", "")
    };
    let start = "<time datetime=\"2024-03-30T07:30\">3月30日（土）<wbr>7:30</time>〜";
    for (end, tail) in [
        ("30T13:30", "<time>13:30</time>"),
        ("30T09:00", "<time datetime=\"09:00\">9:00</time>"),
        ("31T00:00", "<time datetime=\"2024-03-31T00:00\">24:00</time>"),
        ("31T01:15", "<wbr><time datetime=\"2024-03-31T01:15\">3月31日（日）1:15</time>"),
    ] {
        let html = drawn(end);
        assert!(html.contains(&format!("{start}{tail}")), "{html}");
    }
}

#[test]
fn no_field_of_a_form_forbids_the_browser_to_bring_it_back() {
    let fields = [
        html(|| view! { <DateField field="f" label="日" days=DayFor::Plan /> }.into_any()),
        html(|| view! { <TimeField field="f" label="時刻" /> }.into_any()),
        html(|| view! { <YenField field="f" label="円" /> }.into_any()),
        html(|| view! { <TextField field="f" label="姓" autocomplete="off" /> }.into_any()),
    ];
    for html in fields {
        assert!(!html.contains("autocomplete") && html.contains("data-own"), "{html}");
    }
    assert!(html(|| view! { <TelField field="f" label="電話" /> }.into_any()).contains("autocomplete=\"tel\""));
}

#[test]
fn where_digits_go_a_telephone_shows_digits() {
    let fields = [
        (html(|| view! { <PostalField field="f" label="郵便番号" /> }.into_any()), "numeric"),
        (html(|| view! { <TimeField field="f" label="時刻" /> }.into_any()), "numeric"),
        (html(|| view! { <YenField field="f" label="円" /> }.into_any()), "numeric"),
        (html(|| view! { <DecimalField field="f" label="平熱" /> }.into_any()), "decimal"),
    ];
    for (html, mode) in fields {
        assert!(html.contains(&format!("inputmode=\"{mode}\"")), "{html}");
    }
}

#[test]
fn the_more_columns_a_table_has_the_more_room_it_needs() {
    let room = |columns: usize| {
        let head = vec![HeadCell::new("区"); columns];
        html(move || view! { <Table caption="表" head><tr></tr></Table> }.into_any())
    };
    for (columns, class) in [(5, "kp-room"), (6, "kp-room kp-room--six"), (8, "kp-room kp-room--eight")] {
        let html = room(columns);
        assert!(html.contains(&format!("<div class=\"{class}\"><table")), "{html}");
    }
}

#[test]
fn a_fault_is_always_described() {
    let error = || Some("直してください。".to_owned());
    let fields = [
        html(|| view! { <DateField field=Field::new("f").error(error()) label="日" days=DayFor::Plan /> }.into_any()),
        html(|| view! { <YenField field=Field::new("f").error(error()) label="円" /> }.into_any()),
        html(|| view! { <TextArea field=Field::new("f").error(error()) label="文" /> }.into_any()),
        html(|| {
            view! { <Select field=Field::new("f").error(error()) label="区" options=vec![Choice::new("1", "緑区")] /> }
                .into_any()
        }),
        html(|| {
            view! { <RadioGroup field=Field::new("f").error(error()) label="区" options=vec![Choice::new("1", "緑区")] /> }.into_any()
        }),
        html(|| {
            view! { <CheckboxGroup field=Field::new("f").error(error()) label="区" options=vec![Choice::new("1", "緑区")] /> }
                .into_any()
        }),
        html(|| view! { <Tick field=Field::new("f").error(error()) label="確認" /> }.into_any()),
    ];
    for html in fields {
        assert!(html.contains("aria-invalid=\"true\""), "{html}");
        assert!(html.contains("id=\"f-error\"") && html.contains("id=\"f\""), "{html}");
        let described = html
            .split("aria-describedby=\"")
            .skip(1)
            .any(|rest| rest.split('"').next().is_some_and(|ids| ids.split(' ').any(|id| id == "f-error")));
        assert!(described, "{html}");
    }
}

#[test]
fn a_field_without_fault_is_not_marked() {
    let html = html(|| view! { <TimeField field="from" label="開始" /> }.into_any());
    assert!(!html.contains("aria-invalid") && !html.contains("＊"), "{html}");
    assert!(html.contains("aria-describedby=\"from-support\""), "{html}");
}

#[test]
fn the_summary_links_every_field_in_the_same_words() {
    let errors = vec![
        ("date".to_owned(), "日付を書いてください。".to_owned()),
        (String::new(), "先に直されました。".to_owned()),
    ];
    let html = html(|| view! { <ErrorSummary errors /> }.into_any());
    assert!(
        html.contains("role=\"alert\"") && html.contains("tabindex=\"-1\"") && html.contains("autofocus"),
        "{html}"
    );
    assert!(html.contains("href=\"#date\"") && html.contains(">日付を書いてください。</a>"), "{html}");
    assert!(html.contains("1か所を直してください") && html.contains("先に直されました。"), "{html}");
}

#[test]
fn no_faults_no_summary() {
    let html = html(|| view! { <ErrorSummary errors=Vec::new() /> }.into_any());
    assert!(!html.contains("alert"), "{html}");
}

#[test]
fn the_browser_checks_nothing_and_nothing_is_styled_inline() {
    let html = gallery();
    for part in [" required", " placeholder", " disabled", " style=", "onclick", "http://", "https://"] {
        assert!(!html.contains(part), "{part}");
    }
    assert_eq!(html.matches("<form").count(), html.matches(" novalidate").count());
    assert_eq!(html.matches("<form").count(), html.matches("method=\"post\"").count());
}

#[test]
fn the_gallery_sends_its_forms_where_the_product_does() {
    let html = gallery();
    let known: Vec<_> = leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path).collect();
    let actions = html.split(" action=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let unknown: Vec<_> = actions.filter(|action| !known.contains(action)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

#[test]
fn what_waits_is_said_in_words_also_inside_the_menu() {
    let html = html(|| {
        let nav = vec![NavItem::new(IconName::Mail, "メール", "/inbox").badge(2)];
        let more = vec![
            NavItem::new(IconName::Hand, "打診", "/offers").badge(1),
            NavItem::new(IconName::Yen, "料金の計算", "/fee"),
        ];
        view! { <Shell nav more>""</Shell> }.into_any()
    });
    let order = ["メール", "（2件）", "メニュー", "（打診1件）", "<span>打診</span>", ">1件<", "料金の計算"];
    assert!(order.map(|part| place(&html, part)).is_sorted(), "{html}");
    assert_eq!(html.matches("件").count(), 3, "nothing is said of nothing");
}

#[test]
fn text_of_people_stays_text() {
    let evil = "\"><img src=x onerror=1></textarea><script>";
    let html = html(|| {
        view! {
            <TextField field=Field::new("a").or(evil) label="名" />
            <TextArea field=Field::new("b").or(evil) label="文" />
            <DataList><DataRow term="名">{evil}</DataRow></DataList>
            <Card title=evil href="/" />
            <CheckAnswers rows=vec![CheckRow::new("名", evil, "/")] />
        }
        .into_any()
    });
    assert!(!html.contains("<img") && !html.contains("<script"), "{html}");
}
