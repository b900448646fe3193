//! The screens the parts were drawn for: a member's home, the report form, a form with faults, the desk.

use super::{branch, hanako, others, places};
use crate::desk::api::{SearchCases, SendOffers};
use crate::post::Address;
use crate::report::api::{SendReport, VoidReport};
use crate::request::api::SendRequest;
use crate::session::api::SignOut;
use crate::ui::*;
use leptos::prelude::*;

#[component]
fn Logout() -> impl IntoView {
    view! {
        <Form to={Address::of::<SignOut>(false)}>
            <Button kind=ButtonKind::Secondary icon=IconName::Leave>"ログアウト"</Button>
        </Form>
    }
    .into_any()
}

/// A member's home: what is hers to do now, what comes, what she asked for.
#[component]
pub fn HomeScreen() -> impl IntoView {
    view! {
        <Shell
            nav=places("#home")
            more=others()
            person=Some(hanako())
            branch=Some(branch())
            session=|| view! { <Logout /> }
        >
            <PageHead title="木村さんのホーム" />
            <Section title="あなたの番です" yours=true>
                <CardList>
                    <Card
                        title="報告書の確認　3月30日（土）"
                        href="#report"
                        yours=true
                        action="内容を確認する"
                        status=|| view! { <StatusTag tone=Tone::Yours text="承認待ち" /> }
                    >
                        <CardRow term="提供会員">"山田さん"</CardRow>
                        <CardRow term="活動の時間">"11:30〜13:30"</CardRow>
                        <CardRow term="お支払い"><Money yen=1200 /></CardRow>
                    </Card>
                </CardList>
            </Section>
            <Section title="これからの予定">
                <CardList>
                    <Card title="4月6日（土）9:00〜10:00" href="#home" status=|| view! { <StatusTag tone=Tone::Good text="成立" /> }>
                        <CardRow term="希望する援助内容">"送迎"</CardRow>
                        <CardRow term="提供会員">"山田さん"</CardRow>
                    </Card>
                </CardList>
            </Section>
            <Section title="依頼中" aside=|| view! { <a href="#home">"すべての依頼"</a> }>
                <CardList>
                    <Card
                        title="4月13日（土）14:00〜17:00"
                        over="CDK0036701"
                        href="#home"
                        status=|| view! { <StatusTag tone=Tone::Waiting text="調整中" /> }
                    >
                        <CardRow term="つぎは">"支部から電話があります（火〜土 9:00〜17:00）"</CardRow>
                    </Card>
                </CardList>
                <ButtonLink href="#faults" kind=ButtonKind::Primary icon=IconName::Plus>"依頼を登録する"</ButtonLink>
            </Section>
            <Section title="おためし券" aside=|| view! { <a href="#home">"くわしく"</a> }>
                <DataList>
                    <DataRow term="桜さん（0歳）">"のこり 6枚（2025年6月30日まで）"</DataRow>
                </DataList>
            </Section>
        </Shell>
    }
    .into_any()
}

/// The report form of a provider, with the sum that moves as one types.
#[component]
pub fn ReportScreen() -> impl IntoView {
    let transport = RwSignal::new("300".to_owned());
    let rows = Signal::derive(move || {
        let expenses = transport.get().trim().parse::<i64>().unwrap_or(0);
        vec![
            MoneyRow::total("木村さんが払う", 1200 + expenses),
            MoneyRow::part("11:30〜12:30　土曜日", 600),
            MoneyRow::part("12:30〜13:30　土曜日", 600),
            MoneyRow::part("交通費", expenses),
            MoneyRow::sum("市の給付金", 1000),
            MoneyRow::sum("あなたの受取り", 2200 + expenses),
        ]
    });
    let provider =
        Person {
            name: "山田 和子".to_owned(), role: "提供会員".to_owned(), number: Some("MEM0040846".to_owned())
        };
    view! {
        <Shell nav=places("#report") more=others() person=Some(provider) branch=Some(branch())>
            <PageHead
                title="援助活動報告書"
                over="EKH3000561"
                back="#home"
                aside=|| view! { <StatusTag tone=Tone::Neutral text="作成中" /> }
            />
            <Stepper current=CaseStep::Report />
            <DataList>
                <DataRow term="依頼ID">"CDK0036630"</DataRow>
                <DataRow term="利用会員">"木村 花子"</DataRow>
                <DataRow term="入力日">"2024-03-16"</DataRow>
            </DataList>
            <Form to={Address::of::<SendReport>(false)}>
                <DateField field=Field::new("date").or("2024-03-30") label="活動の日" days=DayFor::Past required=true />
                <FieldGroup>
                    <TimeField field=Field::new("from").or("11:30") label="開始" required=true />
                    <TimeField field=Field::new("to").or("13:30") label="終了" required=true />
                </FieldGroup>
                <CheckboxGroup field=Field::new("children").or_all(vec!["1".to_owned()]) label="預かった子ども" options=vec![Choice::new("1", "太郎（4歳）"), Choice::new("2", "桜（0歳）")] required=true />
                <FieldGroup>
                    <YenField field=Field::new("transport").or("300") label="交通費" bind=transport />
                    <YenField field="meal" label="食事代" />
                </FieldGroup>
                <TextArea field="remarks" label="備考" rows=3 />
                <MoneyTable caption="この活動の料金" rows />
                <Actions>
                    <Button kind=ButtonKind::Primary name="step" value="submit">"登録して木村さんに確認を依頼"</Button>
                    <Button name="step" value="save">"一時保存"</Button>
                </Actions>
            </Form>
            <ConfirmPanel
                label="この報告書を取り消す"
                explain="取り消すと、木村さんは確認できなくなります。番号は二度と使われません。"
                to={Address::of::<VoidReport>(false)}
                submit="報告書を取り消す"
            >
                <TextArea field="reason" label="理由" rows=2 required=true />
            </ConfirmPanel>
        </Shell>
    }
    .into_any()
}

/// A request sent with faults: the summary, the same words at the fields, and everything that was typed.
#[component]
pub fn FaultScreen() -> impl IntoView {
    let date = "「令和6年2月30日」という日はありません。カレンダーで確かめてください。";
    let to = "終了は、開始の11:30より後の時刻にしてください。";
    let children = "預ける子どもを1人以上選んでください。";
    let errors = [("date", date), ("to", to), ("children", children)]
        .map(|(field, text)| (field.to_owned(), text.to_owned()))
        .to_vec();
    view! {
        <Shell nav=places("#faults") more=others() person=Some(hanako()) branch=Some(branch())>
            <ErrorSummary errors />
            <PageHead
                title="預かり依頼登録"
                back="#home"
                lead="利用日と内容が決まっている依頼を登録してください。3週間未満の日は、支部へお電話ください。"
            />
            <Notice title="お急ぎの方はお電話ください">
                <p>"緑区支部 045-982-3521（火〜土 9:00〜17:00）"</p>
            </Notice>
            <Form to={Address::of::<SendRequest>(false)}>
                <DateField field=Field::new("date").or("令和6年2月30日").error(Some(date.to_owned())) label="預けたい日" days=DayFor::Request required=true support="3週間後の4月6日（土）から選べます。例：2024-04-06、令和6年4月6日" />
                <FieldGroup>
                    <TimeField field=Field::new("from").or("11:30") label="開始" required=true />
                    <TimeField field=Field::new("to").or("１０：００").error(Some(to.to_owned())) label="終了" required=true />
                </FieldGroup>
                <CheckboxGroup field=Field::new("children").error(Some(children.to_owned())) label="預ける子ども" options=vec![Choice::new("1", "太郎（4歳）"), Choice::new("2", "桜（0歳）").note("おためし券 のこり6枚")] required=true />
                <RadioGroup field=Field::new("kind").or("care") label="希望する援助内容" options=vec![
                        Choice::new("care", "預かり"),
                        Choice::new("escort", "送迎"),
                        Choice::new("both", "預かりと送迎"),
                    ] required=true />
                <TextArea field="notes" label="連絡事項" support="支部だけが読みます。" />
                <Actions>
                    <Button kind=ButtonKind::Primary>"入力した内容を確かめる"</Button>
                    <Button name="step" value="save">"一時保存"</Button>
                </Actions>
            </Form>
        </Shell>
    }
    .into_any()
}

/// The coordinator's desk: the queue at the left, one case at the right.
#[component]
pub fn DeskScreen() -> impl IntoView {
    let nav = vec![
        NavItem::new(IconName::Calendar, "依頼", "#desk").at("#desk").badge(14),
        NavItem::new(IconName::Person, "会員", "#members"),
        NavItem::new(IconName::Report, "報告", "#reports"),
    ];
    let midori = Person { name: "midori".to_owned(), role: "緑区支部".to_owned(), number: None };
    view! {
        <Shell
            nav
            more=others()
            person=Some(midori)
            branch=Some(branch())
            wide=true
            staff=true
            tools=|| view! { <SearchBox to={Address::of::<SearchCases>(false)} label="依頼ID・氏名" /> }
            session=|| view! { <Logout /> }
        >
            <Desk open=true queue=|| view! { <Queue /> }>
                <PageHead
                    title="4月6日（土）9:00〜10:00　送迎 2人"
                    over="CDK0036701"
                    aside=|| view! { <StatusTag tone=Tone::Waiting text="調整中" /> }
                />
                <Stepper current=CaseStep::Coordination />
                <DataList>
                    <DataRow term="利用会員">"木村 花子（MEM0040989）"</DataRow>
                    <DataRow term="町">"十日市場町"</DataRow>
                    <DataRow term="電話"><a href="tel:0450000000">"045-000-0000"</a></DataRow>
                </DataList>
                <Section title="候補（3人）">
                    <Candidates />
                </Section>
                <Section title="経過">
                    <Timeline events=Vec::new() />
                    <EmptyState title="まだ経過はありません" text="打診や電話の記録が、ここに並びます。" />
                </Section>
            </Desk>
        </Shell>
    }
    .into_any()
}

#[component]
fn Queue() -> impl IntoView {
    view! {
        <QueueGroup label="未着手" count=2 tone=Tone::Yours>
            <QueueItem href="#desk" title="木村 花子" day="4/6（土）" current=true />
            <QueueItem href="#desk" title="勅使河原 寿限無五劫之助" day="4/8（月）" note="1営業日を過ぎました" />
        </QueueGroup>
        <QueueGroup label="返事待ち" count=1>
            <QueueItem href="#desk" title="佐藤 一郎" day="4/10（水）" note="残り5時間" />
        </QueueGroup>
        <QueueGroup label="打合せ" count=0 tone=Tone::Good>""</QueueGroup>
    }
    .into_any()
}

#[component]
fn Candidates() -> impl IntoView {
    let head = vec![
        HeadCell::new("提供会員"),
        HeadCell::new("空き"),
        HeadCell::new("近さ"),
        HeadCell::new("経験"),
        HeadCell::new("すること"),
    ];
    let row = |name: &'static str, free: &'static str, near: &'static str, known: &'static str| {
        view! {
            <tr>
                <Cell label="提供会員" main=true>{name}</Cell>
                <Cell label="空き">{free}</Cell>
                <Cell label="近さ">{near}</Cell>
                <Cell label="経験">{known}</Cell>
                <Cell label="すること"><Button>"打診"</Button></Cell>
            </tr>
        }
    };
    view! {
        <Form to={Address::of::<SendOffers>(false)}>
            <Table caption="候補の提供会員" head dense=true>
                {row("山田 和子", "○", "同じ町", "この子と3回")}
                {row("佐藤 次郎", "△", "となりの町", "2歳の経験")}
                {row("鈴木 三郎", "×", "同じ町", "救命講習の期限切れ 2026-03")}
            </Table>
        </Form>
    }
    .into_any()
}
