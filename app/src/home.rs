//! `/`: the member's home; staff go to their desks.

use crate::fault::Fault;
use crate::page::{Page, page, redirect};
use crate::ui::{
    Actions, BranchContact, ButtonKind, ButtonLink, Card, CardList, CardRow, EmptyState, IconName, Label, Money,
    Notice, PageHead, Section, StatusTag, Tone, When, tel_href,
};
use crate::visit::{Visit, visit};
use crate::words::{self, status};
use domain::actor::MemberKind;
use domain::money::grouped;
use domain::number::RequestNo;
use domain::policy::{Right, can};
use domain::request::CoordinationStatus;
use domain::time::{Date, Instant, clock, japanese_date};
use leptos::{children::ViewFnOnce, prelude::*};
use service::home::{Arranging, AtTheDoor, CloseOutlook, FamilyTurn, Planned, ProviderTurn, Turn, Underway};

/// `/`
#[component]
pub fn HomePage() -> impl IntoView {
    page(async move {
        let visit = visit()?;
        match visit.actor.kind() {
            Some(kind) => member(&visit, kind).await,
            None if can(&visit.actor, Right::KeepDesk) => redirect("/desk"),
            None => redirect("/hq"),
        }
    })
}

async fn member(visit: &Visit, kind: MemberKind) -> Result<Page, Fault> {
    let home = service::home::home(&visit.env, &visit.actor).await?;
    let today = visit.env.clock.today();
    let branch = visit.visitor.branch.clone();
    let (turns, planned) = (home.turns(), home.planned());
    let (underway, tickets) = home.family.map(|side| (side.underway, side.tickets)).unwrap_or_default();
    let (arranging, close) = home.provider.map(|side| (side.arranging, side.close)).unzip();
    let arranging = arranging.unwrap_or_default();
    let may_use_tickets = tickets.is_some_and(|left| left > 0);
    let quiet = turns.is_empty() && planned.is_empty() && arranging.is_empty() && underway.is_empty();
    let turns = (!turns.is_empty()).then(|| {
        let card = |turn| match turn {
            Turn::Family(turn) => family_card(turn, today, may_use_tickets),
            Turn::Provider(turn) => provider_card(turn, today),
        };
        let cards = turns.into_iter().map(card).collect_view();
        view! { <Section title="あなたの番です" yours=true><CardList>{cards}</CardList></Section> }
    });
    let planned = (!planned.is_empty()).then(|| {
        let cards = planned.into_iter().map(|planned| planned_card(planned, today)).collect_view();
        view! { <Section title="これからの予定"><CardList>{cards}</CardList></Section> }
    });
    let arranging = (!arranging.is_empty()).then(|| {
        let cards = arranging.into_iter().map(|taken| arranging_card(&taken, today)).collect_view();
        view! { <Section title="お引き受けいただいた援助"><CardList>{cards}</CardList></Section> }
    });
    let underway = (!underway.is_empty()).then(|| {
        let cards = underway.into_iter().map(|request| underway_card(request, branch.as_ref(), today)).collect_view();
        view! { <Section title="依頼中"><CardList>{cards}</CardList></Section> }
    });
    let empty = quiet.then(|| view! { <EmptyState title="いま、することはありません" text=quiet_text(kind) /> });
    let tickets = tickets.map(|tickets| {
        view! {
            <Section title="おためし券">
                <p class="kp-figure">
                    <a href="/coupons">
                        "のこり " <strong>{tickets}</strong> "枚"
                    </a>
                </p>
            </Section>
        }
    });
    let close = close.map(|close| close_box(&close));
    let ask = kind.uses().then(|| {
        view! {
            <Actions><ButtonLink href="/requests/new" kind=ButtonKind::Primary>"預かり依頼を登録する"</ButtonLink></Actions>
        }
    });
    Ok(Page::new(
        "ホーム",
        view! {
            <PageHead title=format!("{}さん", visit.actor.name) />
            {turns}
            {planned}
            {arranging}
            {underway}
            {empty}
            {ask}
            {tickets}
            {close}
            {menus(kind)}
        },
    ))
}

const fn quiet_text(kind: MemberKind) -> &'static str {
    match kind {
        MemberKind::User => "依頼を登録すると、調整の様子と予定がここに出ます。",
        MemberKind::Provider => "援助のお願いが届くと、ここに出ます。",
        MemberKind::Both => "依頼や援助のお願いがあると、ここに出ます。",
    }
}

fn when(period: Option<(Instant, Instant)>, today: Date) -> Label {
    period.map_or_else(|| Label::from("日時は未入力"), |(start, end)| Label::period(start, end, today))
}

fn family_card(turn: FamilyTurn, today: Date, may_use_tickets: bool) -> AnyView {
    // The page proposes tickets, so that this amount is not the one to pay.
    let pays = if may_use_tickets { "お支払い（おためし券を使う前）" } else { "お支払い" };
    match turn {
        FamilyTurn::Approve { report, period, provider, yen } => view! {
            <Card
                title=when(Some(period), today)
                over="報告書の確認"
                href=format!("/reports/{report}")
                action="内容を確かめて承認する"
                yours=true
            >
                <CardRow term="提供会員">{format!("{provider}さん")}</CardRow>
                <CardRow term=pays><Money yen /></CardRow>
            </Card>
        }
        .into_any(),
        FamilyTurn::FillSheet { request, period, meeting } => {
            let meeting = meeting.map(|start| {
                view! { <CardRow term="事前打合せ日"><When start end=None today /></CardRow> }
            });
            view! {
                <Card
                    title=when(Some(period), today)
                    over="事前打合せ情報の入力"
                    href=format!("/requests/{request}/meeting")
                    action="入力する"
                    yours=true
                >
                    {meeting}
                </Card>
            }
            .into_any()
        }
    }
}

fn provider_card(turn: ProviderTurn, today: Date) -> AnyView {
    match turn {
        ProviderTurn::Answer { request: _, period, kind, town, until } => {
            let until = format!("{}{}まで", japanese_date(until.date(), today), clock(until));
            view! {
                <Card title=when(Some(period), today) over="援助のお願い" href="/offers" action="受ける・辞退を選ぶ" yours=true>
                    <CardRow term="援助内容">{status::care_kind(kind)}</CardRow>
                    <CardRow term="町名">{town}</CardRow>
                    <CardRow term="お返事の期限">{until}</CardRow>
                </Card>
            }
            .into_any()
        }
        ProviderTurn::WriteReport { request, period, family } => report_card(
            "報告書の作成",
            Some(period),
            format!("/reports/new?request={request}"),
            "報告書を作る",
            family,
            today,
            ().into_any(),
        ),
        ProviderTurn::FinishReport { report, period, family } => {
            let href = format!("/reports/{report}/edit");
            report_card("作成中の報告書", period, href, "続きを入力する", family, today, ().into_any())
        }
        ProviderTurn::FixReport { report, period, family, comment } => {
            let comment = view! { <CardRow term="修正してほしいこと">{comment}</CardRow> }.into_any();
            report_card(
                "報告書の修正依頼",
                period,
                format!("/reports/{report}/edit"),
                "報告書を直す",
                family,
                today,
                comment,
            )
        }
        ProviderTurn::Receive { report, period, family, yen } => {
            let amount = view! { <CardRow term="受け取る額"><Money yen /></CardRow> }.into_any();
            report_card("報酬の受領", period, format!("/reports/{report}"), "報酬受領を押す", family, today, amount)
        }
    }
}

fn report_card(
    over: &'static str,
    period: Option<(Instant, Instant)>,
    href: String,
    action: &'static str,
    family: String,
    today: Date,
    more: AnyView,
) -> AnyView {
    let family = (!family.is_empty()).then(|| view! { <CardRow term="利用会員">{format!("{family}さん")}</CardRow> });
    view! {
        <Card title=when(period, today) over href action yours=true>
            {family}
            {more}
        </Card>
    }
    .into_any()
}

fn planned_card(planned: Planned, today: Date) -> impl IntoView {
    let title = match planned.end {
        Some(end) => Label::period(planned.start, end, today),
        None => Label::Time { start: planned.start, end: None, today },
    };
    let what = match (planned.meeting, planned.kind) {
        (true, _) => "事前打合せ",
        (false, kind) => kind.map_or("援助活動", status::care_kind),
    };
    let over = match planned.start.date() {
        day if day == today => format!("今日　{what}"),
        day if Some(day) == today.next_day() => format!("明日　{what}"),
        _ => what.to_owned(),
    };
    let term = if planned.giving { "利用会員" } else { "提供会員" };
    let with = (!planned.with.is_empty()).then(|| view! { <CardRow term>{format!("{}さん", planned.with)}</CardRow> });
    let meeting_place = planned.meeting_place;
    let meeting_place = (!meeting_place.is_empty()).then(|| view! { <CardRow term="場所">{meeting_place}</CardRow> });
    let action = if planned.giving && !planned.meeting && planned.door.is_none() {
        "連絡先と事前打合せ情報を見る"
    } else {
        "内容を見る"
    };
    let href = format!("/requests/{}", planned.request);
    let rows = planned.door.as_ref().map(door_rows);
    let tools = planned.door.map(|door| door_links(door, &planned.with, planned.request));
    view! {
        <Card title over href action tools=ViewFnOnce::from(move || tools)>
            {with}
            {meeting_place}
            {rows}
        </Card>
    }
}

/// Where one goes.
fn door_rows(door: &AtTheDoor) -> impl IntoView + use<> {
    let address = door.address.clone();
    let address = (!address.is_empty()).then(|| view! { <CardRow term="住所">{address}</CardRow> });
    let place = door.place.map_or("", status::care_place);
    let detail = if door.place_detail.is_empty() { String::new() } else { format!("（{}）", door.place_detail) };
    view! {
        {address}
        <CardRow term="場所">{place}{detail}</CardRow>
    }
}

/// Whom one calls, and what one reads, in one tap.
fn door_links(door: AtTheDoor, name: &str, no: RequestNo) -> AnyView {
    let call = tel_href(&door.telephone);
    let whom = format!("（{name}さんに電話する）");
    let sheet = door.sheet.then(|| {
        let href = format!("/requests/{no}/meeting");
        view! { <ButtonLink href icon=IconName::Guide>"事前打合せ情報を見る"</ButtonLink> }
    });
    view! {
        <Actions>
            <ButtonLink href=call icon=IconName::Phone>
                {door.telephone}
                <span class="kp-hidden">{whom}</span>
            </ButtonLink>
            {sheet}
        </Actions>
    }
    .into_any()
}

/// A case taken that waits for the branch: for the meeting's day, or for 成立 after the meeting.
fn arranging_card(taken: &Arranging, today: Date) -> impl IntoView + use<> {
    let (text, note) = if taken.status == CoordinationStatus::ProviderFound {
        ("打合せ日の調整中", "事前打合せの日時は、支部からお電話で相談します。")
    } else {
        ("成立の手続き中", "成立すると、お知らせが届きます。")
    };
    let tag = move || view! { <StatusTag tone=Tone::Waiting text /> };
    let kind = taken.kind.map_or("援助活動", status::care_kind);
    view! {
        <Card
            title=when(Some(taken.period), today)
            over=kind
            href=format!("/coordination/{}", taken.request)
            status=tag
            note
        />
    }
}

/// A request on its way, with what the family can expect next.
fn underway_card(request: Underway, branch: Option<&BranchContact>, today: Date) -> impl IntoView + use<> {
    let now = request.status;
    let (name, hours) = branch.map_or(("支部", ""), |branch| (branch.name.as_str(), branch.hours.as_str()));
    let next = words::request::waiting(now, name, hours);
    let tag = move || view! { <StatusTag tone=status::request_tone(now) text=status::request(now) /> };
    let href = if now == CoordinationStatus::Draft {
        format!("/requests/{}/edit", request.no)
    } else {
        format!("/requests/{}", request.no)
    };
    view! { <Card title=when(request.period, today) over=request.no.to_string() href status=tag note=next /> }
}

/// 「毎月5日」 with what it brings.
fn close_box(close: &CloseOutlook) -> impl IntoView + use<> {
    let day = format!("{}月{}日", close.month.month, domain::subsidy::CUTOFF_DAY);
    let left = if close.days_left == 0 { "今日まで".to_owned() } else { format!("あと{}日", close.days_left) };
    let title = format!("{day}の給付金の請求（{left}）");
    let ready = if close.ready == 0 {
        "いま請求に入る報告書はありません。".to_owned()
    } else {
        format!("いまのところ、{}件 {}円が請求されます。", close.ready, grouped(close.ready_yen))
    };
    let slipping = (close.slipping > 0).then(|| {
        let count = close.slipping;
        view! { <p>{format!("{count}件は、報告書の承認と報酬の受領が{day}までに済むと、今回の請求に入ります。")}</p> }
    });
    view! {
        <Section title="給付金">
            <Notice title>
                <p>{ready}</p>
                {slipping}
                <p><a href="/subsidies">"給付金申請一覧を見る"</a></p>
            </Notice>
        </Section>
    }
}

/// The newsletter's top screens: a 両方会員 has both.
fn menus(kind: MemberKind) -> impl IntoView {
    const USER: &[(&str, &str)] = &[
        ("援助依頼一覧・登録", "/requests"),
        ("援助活動報告一覧", "/reports?side=family"),
        ("おためし券残数確認", "/coupons"),
    ];
    const PROVIDER: &[(&str, &str)] = &[
        ("援助のお願い（打診）", "/offers"),
        ("コーディネート結果", "/coordination"),
        ("援助活動報告一覧・登録", "/reports"),
        ("給付金申請一覧・請求申請", "/subsidies"),
        ("給付金請求申請一覧", "/claims"),
    ];
    const EVERYBODY: &[(&str, &str)] =
        &[("しくみと流れ", "/guide"), ("緊急連絡先一覧", "/contacts"), ("受信メール", "/inbox")];
    let menu = |title: &'static str, links: &'static [(&'static str, &'static str)]| {
        let links = links.iter().map(|(label, href)| view! { <li><a href=*href>{*label}</a></li> }).collect_view();
        view! { <Section title><ul class="kp-links">{links}</ul></Section> }
    };
    view! {
        {kind.uses().then(|| menu("利用会員/預ける会員向け", USER))}
        {kind.provides().then(|| menu("提供会員/預かる会員向け", PROVIDER))}
        {menu("ご案内", EVERYBODY)}
    }
}
