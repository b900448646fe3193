//! `/desk`: 要対応 at the left, what is next at the right; filters stand in the address.

use super::api::SearchCases;
use crate::form::{kept, with_query};
use crate::page::{Page, page};
use crate::post::field;
use crate::ui::{
    Actions, ButtonKind, ButtonLink, Cell, Desk, EmptyState, FilterLink, Filters, HeadCell, IconName, Label, PageHead,
    Pager, QueueGroup as Group, QueueItem, Section, StatusTag, Table, Tone, When,
};
use crate::visit::{query, visit, visitor};
use crate::words::{coordination as words, status};
use domain::coordination::QueueGroup;
use domain::desk::{Queue, QueueLine, QueueShelf};
use domain::id::RequestId;
use domain::number::RequestNo;
use domain::request::CareKind;
use domain::time::{Date, japanese_date, japanese_period};
use leptos::prelude::*;
use service::coordination::{Found, FoundBy, FoundLine, QueueFilter};

/// Reads the filter from the address at hand.
pub(super) fn filter() -> QueueFilter {
    queue_filter(query)
}

/// Reads the filter from an address's values; what it does not know, it leaves out.
pub fn queue_filter(query: impl Fn(&str) -> Option<String>) -> QueueFilter {
    let group = query("group").unwrap_or_default();
    QueueFilter {
        group: QueueGroup::from_key(&group),
        mine: query("mine").as_deref() == Some("1"),
        kind: query("kind").and_then(|kind| CareKind::from_key(&kind)),
        closed: group == "closed",
        after: query("after").and_then(|after| after.parse().ok()),
    }
}

/// The address of the queue with a filter, at the desk or beside a case.
fn address(base: &str, filter: &QueueFilter) -> String {
    let mut parts = Vec::new();
    if filter.closed {
        parts.push("group=closed".to_owned());
    } else if let Some(group) = filter.group {
        parts.push(format!("group={}", group.key()));
    }
    if filter.mine {
        parts.push("mine=1".to_owned());
    }
    if let Some(kind) = filter.kind {
        parts.push(format!("kind={}", kind.key()));
    }
    if let Some(after) = filter.after {
        parts.push(format!("after={after}"));
    }
    if parts.is_empty() { base.to_owned() } else { format!("{base}?{}", parts.join("&")) }
}

/// `/desk`
#[component]
pub fn DeskPage() -> impl IntoView {
    let filter = filter();
    page(async move {
        let visit = visit()?;
        let queue = service::coordination::queue(&visit.env, &visit.actor, &filter).await?;
        let kept = kept::<SearchCases>().await;
        let today = visit.env.clock.today();
        let searched = kept.came_back().then(|| field!(kept.q).value());
        if let Some(words) = searched {
            let found = service::coordination::search(&visit.env, &visit.actor, &words, filter.after).await?;
            return Ok(results(&queue, &filter, found, words, today));
        }
        let right =
            if filter.closed { closed(&queue, &filter, today).into_any() } else { overview(&queue, today).into_any() };
        let title = format!("要対応 {}件", queue.to_do());
        let waiting = queue.waiting();
        let lead = if waiting > 0 {
            format!("ほかに、返事や予定の日を待つ依頼が{waiting}件")
        } else {
            String::new()
        };
        let list = sidebar(&queue, &filter, None, today);
        Ok(Page::new(
            "受付",
            view! {
                <PageHead title lead aside=ViewFnOnce::from(|| view! {
                    <Actions>
                        <ButtonLink href="/desk/notes">"要連絡のメモ"</ButtonLink>
                        <ButtonLink href="/desk/requests/new" icon=IconName::Plus>
                            "電話・書面の依頼を入力"
                        </ButtonLink>
                    </Actions>
                }) />
                <Desk queue=ViewFnOnce::from(move || list)>{right}</Desk>
            },
        )
        .wide())
    })
}

/// The queue with its filters; `open` is the case shown beside it.
pub(super) fn sidebar(
    queue: &Queue,
    filter: &QueueFilter,
    open: Option<RequestNo>,
    today: Date,
) -> impl IntoView + use<> {
    let link = |label: &str, change: QueueFilter, current: bool| FilterLink {
        label: label.to_owned(),
        href: address("/desk", &QueueFilter { after: None, ..change }),
        current,
        count: None,
    };
    let links = vec![
        link("すべて", QueueFilter { mine: false, ..*filter }, !filter.mine),
        link("自分の担当", QueueFilter { mine: true, ..*filter }, filter.mine),
    ];
    let mut kinds = vec![link("全内容", QueueFilter { kind: None, ..*filter }, filter.kind.is_none())];
    for kind in CareKind::ALL {
        let chosen = QueueFilter { kind: Some(*kind), ..*filter };
        kinds.push(link(status::care_kind(*kind), chosen, filter.kind == Some(*kind)));
    }
    let groups = |waits: bool| {
        let shown = queue.groups.iter().filter(move |shelf| shelf.count > 0 && shelf.group.waits() == waits);
        shown
            .map(|QueueShelf { group, count, lines }| {
                let items = lines.iter().map(|line| item(line, filter, open, today)).collect_view();
                view! { <Group label=words::group(*group) count=*count tone=tone(*group)>{items}</Group> }
            })
            .collect_view()
    };
    let ours = groups(false);
    let others = (queue.waiting() > 0).then(|| {
        view! {
            <p class="kp-desk-waiting">{format!("待ち {}件", queue.waiting())}</p>
            {groups(true)}
        }
    });
    let nothing = queue.groups.iter().all(|shelf| shelf.count == 0).then(|| {
        view! { <p class="kp-note">"この条件にあてはまる依頼はありません。"</p> }
    });
    let closed = address("/desk", &QueueFilter { closed: true, group: None, after: None, ..*filter });
    // Whoever reads the page hears that there is news; script writes it in (`frontend/desk.js`), and asks this address
    // for the queue as it is by then.
    let reached = visitor().map(|visitor| visitor.reached).unwrap_or_default();
    let own = address("/desk", filter);
    view! {
        <div class="kp-desk-news" role="status" data-live=reached data-queue=own></div>
        <div class="kp-desk-filters">
            <Filters label="担当" links />
            <Filters label="援助内容" links=kinds />
        </div>
        {nothing}
        {ours}
        {others}
        <p class="kp-desk-more"><a href=closed aria-current=filter.closed.then_some("page")>"終わった依頼を見る"</a></p>
    }
}

const fn tone(group: QueueGroup) -> Tone {
    match group {
        QueueGroup::Stalled | QueueGroup::Untaken | QueueGroup::Searching | QueueGroup::Meeting => Tone::Yours,
        QueueGroup::Answering | QueueGroup::MeetingAhead => Tone::Waiting,
        QueueGroup::Established => Tone::Good,
    }
}

fn item(line: &QueueLine, filter: &QueueFilter, open: Option<RequestNo>, today: Date) -> impl IntoView + use<> {
    let href = address(&format!("/desk/requests/{}", line.no), &QueueFilter { after: None, ..*filter });
    let note = line.stall.map(|stall| format!("{}・{}", status::request(line.status), words::stall(stall)));
    let note = note.unwrap_or_else(|| remark(line, today));
    view! {
        <QueueItem
            href
            title=line.family.clone()
            day=Label::Day { date: line.starts_at.date(), today }
            note
            current=open == Some(line.no)
        />
    }
}

/// What is worth knowing before the case is opened.
fn remark(line: &QueueLine, today: Date) -> String {
    let kind = status::care_kind(line.care_kind);
    match (line.waiting_offers, line.meeting_at) {
        (count, _) if count > 0 => format!("{kind} 打診{count}人"),
        (_, Some(at)) if !matches!(line.status, domain::request::CoordinationStatus::Established) => {
            format!("{kind} 打合せ {}", japanese_date(at.date(), today))
        }
        _ => format!("{kind} {}人", line.children),
    }
}

/// The most urgent case, and the groups in figures.
fn overview(queue: &Queue, today: Date) -> impl IntoView + use<> {
    let ours = queue.groups.iter().filter(|shelf| !shelf.group.waits());
    let first = ours.flat_map(|shelf| &shelf.lines).next().cloned();
    let next = first.map(|line| {
        let period = japanese_period(line.starts_at, line.ends_at, today);
        let stall = line.stall.map(|stall| view! { <p>{words::stall(stall)}</p> });
        let facts =
            format!("{}さん（{}） {} {}人", line.family, line.town, status::care_kind(line.care_kind), line.children);
        view! {
            <Section title="つぎの一件" yours=true>
                <p>
                    <strong>{period}</strong>
                    " "
                    <StatusTag tone=status::request_tone(line.status) text=status::request(line.status) />
                </p>
                <p>{facts}</p>
                {stall}
                <Actions>
                    <ButtonLink href=format!("/desk/requests/{}", line.no) kind=ButtonKind::Primary>
                        {format!("{} を開く", line.no)}
                    </ButtonLink>
                </Actions>
            </Section>
        }
        .into_any()
    });
    next.unwrap_or_else(|| {
        view! {
            <EmptyState
                title="対応を待つ依頼はありません"
                text="画面からの依頼が届くと、左の一覧に並びます。電話や書面の依頼は、上のボタンから入力できます。"
            />
        }
        .into_any()
    })
}

/// What a search found takes the place of the queue on a phone, and stands beside it where there is room.
fn results(queue: &Queue, filter: &QueueFilter, found: Found, words: String, today: Date) -> Page {
    let title = format!("検索の結果 {}件", found.total);
    let address = |after: Option<RequestId>| {
        let path = query("form").map_or_else(|| "/desk".to_owned(), |form| with_query("/desk", "form", &form));
        after.map_or_else(|| path.clone(), |after| with_query(&path, "after", &after.to_string()))
    };
    let (first, next) = (filter.after.map(|_| address(None)), found.next.map(|after| address(Some(after))));
    let body = if found.lines.is_empty() {
        view! {
            <EmptyState
                title="見つかりませんでした"
                text="依頼ID、報告書ID、会員番号、氏名（漢字・カナ）、電話番号の下4けたで探せます。"
                action=ViewFnOnce::from(|| view! {
                    <Actions>
                        <ButtonLink href="/desk/members">"会員から探す"</ButtonLink>
                        <ButtonLink href="/desk/requests/new" icon=IconName::Plus>"電話・書面の依頼を入力"</ButtonLink>
                    </Actions>
                })
            />
        }
        .into_any()
    } else {
        found_table(found, today).into_any()
    };
    let said = format!("「{words}」で探しました。新しい依頼から並びます。");
    let list = sidebar(queue, &QueueFilter { after: None, ..*filter }, None, today);
    let shown = view! {
        <PageHead title lead=said back="/desk" back_label="要対応の一覧に戻る" />
        <Desk queue=ViewFnOnce::from(move || list) found=true>
            {body}
            <Pager first next />
        </Desk>
    };
    Page::new("検索の結果", shown).wide().searched(words)
}

/// The cases found, each with what matched.
fn found_table(found: Found, today: Date) -> impl IntoView {
    let what = found.met.map_or("", words::met);
    let head = ["依頼ID", "一致した項目", "預けたい日", "利用会員", "ステータス"].map(HeadCell::new).to_vec();
    let rows = found
        .lines
        .into_iter()
        .map(|FoundLine { line, by }| {
            let href = format!("/desk/requests/{}", line.no);
            let met = match by {
                FoundBy::Request => "依頼ID".to_owned(),
                FoundBy::Report => "報告書ID".to_owned(),
                FoundBy::Provider(provider) => format!("提供会員の{what}（{provider}）"),
                FoundBy::Family => format!("利用会員の{what}"),
            };
            view! {
                <tr>
                    <Cell label="依頼ID" main=true><a href=href>{line.no.to_string()}</a></Cell>
                    <Cell label="一致した項目">{met}</Cell>
                    <Cell label="預けたい日"><When start=line.starts_at end=Some(line.ends_at) today /></Cell>
                    <Cell label="利用会員">{format!("{}（{}）", line.family, line.town)}</Cell>
                    <Cell label="ステータス">
                        <StatusTag tone=status::request_tone(line.status) text=status::request(line.status) />
                    </Cell>
                </tr>
            }
        })
        .collect_view();
    view! { <Table caption="検索の結果" head dense=true>{rows}</Table> }
}

fn closed(queue: &Queue, filter: &QueueFilter, today: Date) -> impl IntoView + use<> {
    let next = queue.next.map(|after| address("/desk", &QueueFilter { after: Some(after), ..*filter }));
    let first = filter.after.map(|_| address("/desk", &QueueFilter { after: None, ..*filter }));
    let body = if queue.closed.is_empty() {
        view! { <EmptyState title="終わった依頼はありません" /> }.into_any()
    } else {
        table("終わった依頼", queue.closed.clone(), today).into_any()
    };
    view! {
        <Section title="終わった依頼">
            {body}
            <Pager first next />
        </Section>
    }
}

/// Cases as a table, as the desk and a member's page list them.
pub(crate) fn table(caption: &'static str, lines: Vec<QueueLine>, today: Date) -> impl IntoView {
    let head = ["依頼ID", "預けたい日", "利用会員", "援助内容", "ステータス"].map(HeadCell::new).to_vec();
    let rows = lines
        .into_iter()
        .map(|line| {
            let href = format!("/desk/requests/{}", line.no);
            view! {
                <tr>
                    <Cell label="依頼ID" main=true><a href=href>{line.no.to_string()}</a></Cell>
                    <Cell label="預けたい日"><When start=line.starts_at end=Some(line.ends_at) today /></Cell>
                    <Cell label="利用会員">{format!("{}（{}）", line.family, line.town)}</Cell>
                    <Cell label="援助内容">{status::care_kind(line.care_kind)}</Cell>
                    <Cell label="ステータス">
                        <StatusTag tone=status::request_tone(line.status) text=status::request(line.status) />
                    </Cell>
                </tr>
            }
        })
        .collect_view();
    view! { <Table caption head dense=true>{rows}</Table> }
}
