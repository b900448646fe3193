//! Every part in every state, one under the other.

use super::{SCREENS, branch, hanako, others, places};
use crate::post::Address;
use crate::report::api::VoidReport;
use crate::request::api::{SendRequest, WithdrawRequest};
use crate::ui::*;
use domain::time::{Date, Instant, parse_iso_date};
use leptos::prelude::*;

fn day(text: &str) -> Date {
    parse_iso_date(text).unwrap_or(Date::MIN)
}

const LONG: &str = "勅使河原　寿限無寿限無五劫之助𠮷（つちよし）";

/// All parts.
#[component]
pub fn Parts() -> impl IntoView {
    let screens = SCREENS
        .iter()
        .map(|screen| FilterLink {
            label: screen.label.to_owned(),
            href: format!("#{}", screen.name),
            current: screen.name == "parts",
            count: None,
        })
        .collect::<Vec<_>>();
    view! {
        <Shell nav=places("#parts") more=others() person=Some(hanako()) branch=Some(branch())>
            <PageHead title="部品" lead="すべての部品を、すべての状態で並べています。" />
            <Filters label="見るもの" links=screens />
            <div class="kp-gallery">
                <Words />
                <Buttons />
                <Fields />
                <Choices />
                <Cards />
                <Facts />
                <Sums />
                <Tables />
                <News />
                <Drawings />
            </div>
        </Shell>
    }
    .into_any()
}

#[component]
fn Part(#[prop(into)] name: String, children: Children) -> impl IntoView {
    view! {
        <section class="kp-gallery__part">
            <h2 class="kp-gallery__name">{name}</h2>
            {children()}
        </section>
    }
    .into_any()
}

#[component]
fn Words() -> impl IntoView {
    view! {
        <Part name="状態">
            <div class="kp-gallery__row">
                <StatusTag tone=Tone::Neutral text="下書き" />
                <StatusTag tone=Tone::Waiting text="調整中" />
                <StatusTag tone=Tone::Waiting text="打合せ予定" />
                <StatusTag tone=Tone::Yours text="承認待ち" />
                <StatusTag tone=Tone::New text="未読" />
                <StatusTag tone=Tone::Good text="成立" />
                <StatusTag tone=Tone::Done text="受領済" />
                <StatusTag tone=Tone::Stopped text="取下げ" />
            </div>
            <Stepper current=CaseStep::Request />
            <Stepper current=CaseStep::Established />
            <Stepper current=CaseStep::Subsidy />
        </Part>
    }
    .into_any()
}

#[component]
fn Buttons() -> impl IntoView {
    view! {
        <Part name="ボタン">
            <Actions>
                <Button kind=ButtonKind::Primary>"登録して木村さんに確認を依頼"</Button>
                <Button>"一時保存"</Button>
                <Button icon=IconName::Copy>"コピー"</Button>
                <Button kind=ButtonKind::Text>"一覧に戻る"</Button>
                <Button kind=ButtonKind::Danger>"取消"</Button>
            </Actions>
            <ConfirmPanel
                label="この依頼を取り下げる"
                explain="取り下げると、支部は提供会員を探すのをやめます。もう一度依頼するときは、新しく登録してください。"
                to={Address::of::<WithdrawRequest>(false)}
                submit="依頼を取り下げる"
                open=true
            >
                <TextArea field="withdraw_reason" label="理由" rows=2 required=true />
            </ConfirmPanel>
            <ConfirmPanel label="取消" explain="" to={Address::of::<VoidReport>(false)} submit="報告書を取り消す">
                ""
            </ConfirmPanel>
        </Part>
    }
    .into_any()
}

#[component]
fn Fields() -> impl IntoView {
    let wrong = |text: &str| Some(text.to_owned());
    view! {
        <Part name="入力">
            <Form to={Address::of::<SendRequest>(false)}>
                <TextField field=Field::new("plain").or("木村 花子") label="お名前" required=true autocomplete="name" />
                <TextField field=Field::new("long").or(LONG) label="お名前（長い）" support="会員証と同じ漢字で書いてください。" />
                <TextField field=Field::new("empty").error(wrong("希望する場所を書いてください。例：提供会員の家")) label="希望する場所" required=true support="提供会員の家、ご自宅、拠点など。" />
                <DateField field=Field::new("date").or("令和6年2月30日").error(wrong("「令和6年2月30日」という日はありません。カレンダーで確かめてください。")) label="預けたい日" days=DayFor::Request required=true />
                <FieldGroup>
                    <TimeField field=Field::new("from").or("11:30") label="開始" required=true />
                    <TimeField field=Field::new("to").or("9:30").error(wrong("開始より後の時刻にしてください。")) label="終了" required=true />
                </FieldGroup>
                <YenField field=Field::new("transport").or("300") label="交通費" />
                <YenField field=Field::new("meal").or("三百").error(wrong("金額を数字で書いてください。例：300")) label="食事代" />
                <TelField field=Field::new("tel").or("０４５ー９８２ー３５２１") label="電話番号" support="ハイフンはなくてもかまいません。" />
                <MailField field=Field::new("mail").or("hanako@example.jp") label="メールアドレス" />
                <PasswordField field="password" label="パスワード" autocomplete="current-password" required=true />
                <TextArea field=Field::new("notes").or("卵アレルギーがあります。\n<b>薬</b>は持たせます。") label="連絡事項" />
                <TextArea field=Field::new("notes2").error(wrong("どこを直してほしいか書いてください。")) label="修正してほしいこと" required=true />
            </Form>
        </Part>
    }
    .into_any()
}

#[component]
fn Choices() -> impl IntoView {
    let kinds = || {
        vec![
            Choice::new("care", "預かり"),
            Choice::new("escort", "送迎"),
            Choice::new("both", "預かりと送迎").note("送り迎えの前後に預かります。"),
        ]
    };
    let children = || vec![Choice::new("1", "太郎（4歳）"), Choice::new("2", "桜（0歳）").note("おためし券 のこり6枚")];
    view! {
        <Part name="選択">
            <Form to={Address::of::<SendRequest>(false)}>
                <RadioGroup field=Field::new("kind").or("care") label="希望する援助内容" options=kinds() required=true />
                <RadioGroup field=Field::new("kind2").error(Some("希望する援助内容を選んでください。".to_owned())) label="希望する援助内容（選んでいない）" options=kinds() required=true />
                <CheckboxGroup field=Field::new("children").or_all(vec!["1".to_owned()]) label="預ける子ども" options=children() required=true support="一緒に預ける子どもをすべて選んでください。" />
                <CheckboxGroup field=Field::new("children2").error(Some("預ける子どもを1人以上選んでください。".to_owned())) label="預ける子ども（選んでいない）" options=children() />
                <Select field=Field::new("ward").or("escort") label="区" options=kinds() empty="選んでください" />
                <Tick field="agreed" label="内容を確認しました" />
            </Form>
        </Part>
    }
    .into_any()
}

#[component]
fn Cards() -> impl IntoView {
    view! {
        <Part name="カード">
            <CardList>
                <Card
                    title="3月30日（土）11:30〜13:30"
                    over="CDK0036630"
                    href="#parts"
                    status=|| view! { <StatusTag tone=Tone::Good text="成立" /> }
                >
                    <CardRow term="預ける子どもの人数">"1人"</CardRow>
                    <CardRow term="希望する援助内容">"預かり"</CardRow>
                    <CardRow term="依頼をした日"><Moment at=Instant::at(day("2024-03-02"), 885) /></CardRow>
                    <CardRow term="更新日時"><Moment at=Instant::at(day("2024-03-15"), 600) /></CardRow>
                </Card>
                <Card
                    title="報告書の確認　3月30日（土）"
                    over="EKH3000561"
                    href="#parts"
                    yours=true
                    action="内容を確認する"
                    status=|| view! { <StatusTag tone=Tone::Yours text="承認待ち" /> }
                >
                    <CardRow term="提供会員">{LONG}</CardRow>
                    <CardRow term="お支払い"><Money yen=1_234_567 /></CardRow>
                </Card>
                <Card
                    title="3月17日（日）9:00〜11:00"
                    over="明日　送迎"
                    href="#parts"
                    action="内容を見る"
                    tools=|| view! {
                        <Actions>
                            <ButtonLink href="tel:0450000989" icon=IconName::Phone>"045-000-0989"</ButtonLink>
                            <ButtonLink href="#parts" icon=IconName::Guide>"事前打合せ情報を見る"</ButtonLink>
                        </Actions>
                    }
                >
                    <CardRow term="利用会員">{LONG}</CardRow>
                    <CardRow term="住所">"十日市場町1501-3 メゾン十日市場102号室"</CardRow>
                </Card>
                <Card title="読むだけのカード" />
            </CardList>
            <EmptyState
                title="まだ依頼はありません"
                text="依頼を登録すると、ここに調整の様子が表示されます。"
                action=|| view! { <ButtonLink href="#parts" kind=ButtonKind::Primary>"依頼を登録する"</ButtonLink> }
            />
        </Part>
    }
    .into_any()
}

#[component]
fn Facts() -> impl IntoView {
    let event = |minute, what: &str, who: &str, via: &str, note: &str| TimelineEvent {
        at: Instant::at(day("2024-03-16"), minute),
        what: what.to_owned(),
        who: who.to_owned(),
        via: via.to_owned(),
        note: note.to_owned(),
    };
    let start = Instant::at(day("2024-03-30"), 690);
    view! {
        <Part name="記録">
            <DataList>
                <DataRow term="預けたい日">
                    <When start end=Some(start.plus_minutes(120)) today=day("2024-03-16") />
                </DataRow>
                <DataRow term="別の年の日"><Day date=day("2023-06-10") today=day("2024-03-16") /></DataRow>
                <DataRow term="提供会員">{LONG}</DataRow>
                <DataRow term="連絡事項">"卵アレルギーがあります。\nおやつは持たせます。"</DataRow>
            </DataList>
            <CheckAnswers rows=vec![
                CheckRow::new("預けたい日", "2024年3月30日（土）11:30〜13:30", "#date"),
                CheckRow::new("預ける子ども", "太郎（4歳）、桜（0歳）", "#children"),
                CheckRow::new("お名前", LONG, "#name"),
                CheckRow::new("連絡事項", "", "#notes"),
            ] />
            <Timeline events=vec![
                event(602, "受付", "緑区支部 midori（木村花子さんの代理）", "電話", ""),
                event(605, "担当", "緑区支部 midori", "", "折り返しは15時以降。\nお迎えの道順を確かめる。"),
                event(900, "打診", "緑区支部 midori", "", ""),
            ] />
            <Disclosure label="料金の決まりを見る">
                <p>"最初の1時間は、1時間分の料金です。その後は30分ごとに計算します。"</p>
            </Disclosure>
        </Part>
    }
    .into_any()
}

#[component]
fn Sums() -> impl IntoView {
    view! {
        <Part name="お金">
            <MoneyTable
                caption="この活動の料金"
                rows=vec![
                    MoneyRow::total("木村さんが払う", 1500),
                    MoneyRow::part("11:30〜12:30", 600).because("土曜日のため時間外の料金です。"),
                    MoneyRow::part("12:30〜13:30", 600).because("土曜日のため時間外の料金です。"),
                    MoneyRow::part("交通費", 300),
                    MoneyRow::sum("市の給付金", 1000).because("1時間500円、子ども1人"),
                    MoneyRow::sum("あなたの受取り", 2500),
                ]
            />
        </Part>
    }
    .into_any()
}

#[component]
fn Tables() -> impl IntoView {
    let row = |id: &'static str, name: &'static str, yen| {
        view! {
            <tr>
                <Cell label="報告書ID" main=true><a href="#parts">{id}</a></Cell>
                <Cell label="利用会員">{name}</Cell>
                <Cell label="状態"><StatusTag tone=Tone::Done text="受領済" /></Cell>
                <Cell label="給付金" numeric=true><Money yen /></Cell>
            </tr>
        }
    };
    let head = || {
        vec![HeadCell::new("報告書ID"), HeadCell::new("利用会員"), HeadCell::new("状態"), HeadCell::number("給付金")]
    };
    let link =
        |label: &str, current, count| FilterLink { label: label.to_owned(), href: "#parts".to_owned(), current, count };
    view! {
        <Part name="表">
            <Filters
                label="状態"
                links=vec![link("すべて", true, None), link("調整中", false, Some(12)), link("成立", false, Some(3)), link("終わったもの", false, None)]
            />
            <Table caption="給付金申請一覧" head=head()>
                {row("EKH3000561", "木村 花子", 1000)}
                {row("EKH3000562", LONG, 12_500)}
            </Table>
            <Table caption="給付金申請一覧（支部）" head=head() dense=true>
                {row("EKH3000561", "木村 花子", 1000)}
                {row("EKH3000562", "佐藤 一郎", 500)}
            </Table>
            <Pager first=Some("#parts".to_owned()) next=Some("#parts".to_owned()) />
        </Part>
    }
    .into_any()
}

#[component]
fn News() -> impl IntoView {
    view! {
        <Part name="お知らせ">
            <ErrorSummary errors=vec![
                ("empty".to_owned(), "希望する場所を書いてください。例：提供会員の家".to_owned()),
                (String::new(), "この報告書は、山田さんが先に直しました。もう一度確かめてください。".to_owned()),
            ] />
            <Notice title="請求申請は毎月5日に自動で行われます">
                <p>"5日までに「承認済」「受領済」になった活動が対象です。"</p>
            </Notice>
            <Notice kind=NoticeKind::Success title="一時保存しました" announce=true />
            <Notice kind=NoticeKind::Warning title="お急ぎの方はお電話ください" />
            <PhoneBox branch=branch() lead="3週間未満の日は、支部へお電話ください。" />
            <ConfirmationPanel title="依頼を受け付けました" number_label="依頼ID" number="CDK0036701" />
        </Part>
    }
    .into_any()
}

#[component]
fn Drawings() -> impl IntoView {
    let all = [
        IconName::Home,
        IconName::Calendar,
        IconName::Report,
        IconName::Mail,
        IconName::Menu,
        IconName::Person,
        IconName::Phone,
        IconName::Clock,
        IconName::Hand,
        IconName::Check,
        IconName::CheckCircle,
        IconName::Stop,
        IconName::Pencil,
        IconName::Info,
        IconName::Warning,
        IconName::Fault,
        IconName::Next,
        IconName::Back,
        IconName::Down,
        IconName::Plus,
        IconName::Ticket,
        IconName::Yen,
        IconName::Search,
        IconName::Copy,
        IconName::Print,
        IconName::Guide,
        IconName::Letters,
        IconName::Leave,
    ];
    view! {
        <Part name="図">
            <div class="kp-gallery__row">
                {all.map(|name| view! { <Icon name /> }).collect_view()}
            </div>
        </Part>
    }
    .into_any()
}
