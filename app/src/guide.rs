//! Public pages: しくみと流れ, 緊急連絡先一覧, and what a phone shows without a network.

use crate::page::{Page, page, redirect};
use crate::ui::{
    Actions, ButtonKind, Cell, HeadCell, Notice, NoticeKind, PageHead, ScriptButton, Section, Table, Telephone,
};
use crate::visit::visitor;
use domain::policy::{Right, can};
use leptos::prelude::*;
use service::ward::Branch;

/// `/guide`: しくみと流れ
#[component]
pub fn GuidePage() -> impl IntoView {
    page(async move {
        let step = |title: &'static str, text: &'static str| view! { <li><strong>{title}</strong><br />{text}</li> };
        Ok(Page::new(
            "しくみと流れ",
            view! {
                <PageHead
                    title="しくみと流れ"
                    lead="子どもを預かってほしい人と、預かる人が会員になり、地域でささえあうしくみです。"
                />
                <Section title="会員">
                    <div class="kp-prose"><dl>
                        <dt><strong>"利用会員"</strong></dt>
                        <dd>"子どもを預ける会員です。市内にお住まいで、生後57日から小学6年生までのお子さんがいる方。"</dd>
                        <dt><strong>"提供会員"</strong></dt>
                        <dd>"子どもを預かる会員です。市内にお住まいの20歳以上で、研修を終えた方。資格は要りません。"</dd>
                        <dt><strong>"両方会員"</strong></dt>
                        <dd>"預けることも、預かることもする会員です。"</dd>
                    </dl></div>
                </Section>
                <Section title="流れ">
                    <div class="kp-prose"><ol>
                        {step("依頼", "預けたい日が3週間以上先なら画面から、それより近ければ支部への電話で依頼します。")}
                        {step("調整", "支部のコーディネーターが、条件の合う提供会員を探します。")}
                        {step("事前打合せ", "お子さんも一緒に会い、当日のことを相談します。")}
                        {step("成立と援助活動", "お子さんは、大人の手から大人の手へ引き渡します。")}
                        {step("報告と承認", "提供会員が援助活動報告書を登録します。利用会員が確かめて承認します。")}
                        {step("支払いと受領", "利用料は、提供会員に直接支払います。提供会員は「報酬受領」を押します。")}
                        {step("給付金", "毎月5日までに承認と受領が済んだ活動は、給付金の申請手続きが自動で行われます。")}
                    </ol></div>
                </Section>
                <Section title="お預かりできないとき">
                    <p>"病気のとき・病気の回復期、宿泊、家事の手伝いは行っていません。"</p>
                </Section>
                <ul class="kp-links">
                    <li><a href="/fee">"料金の計算"</a></li>
                    <li><a href="/contacts">"緊急連絡先一覧"</a></li>
                </ul>
            },
        ))
    })
}

/// `/contacts`: 緊急連絡先一覧
#[component]
pub fn ContactsPage() -> impl IntoView {
    page(async move {
        let visitor = visitor()?;
        let headquarters = visitor.env.settings.headquarters.clone();
        let branches = service::ward::all(&visitor.env).await?;
        let own = visitor.session.as_ref().and_then(|session| session.actor.ward().map(str::to_owned));
        let own = branches.iter().find(|branch| Some(&branch.ward) == own.as_ref());
        let own = own.map(|branch| crate::request::branch_box(branch, "あなたの支部"));
        Ok(Page::new(
            "緊急連絡先一覧",
            view! {
                <PageHead title="緊急連絡先一覧" />
                {own}
                {emergency()}
                <Section title="区支部">{table(&branches, &headquarters)}</Section>
            },
        ))
    })
}

/// `/offline`: what a phone shows without a network; the same for everybody, and so kept by the service worker.
#[component]
pub fn OfflinePage() -> impl IntoView {
    page(async move {
        let visitor = visitor()?;
        let headquarters = visitor.env.settings.headquarters.clone();
        let branches = service::ward::all(&visitor.env).await?;
        Ok(Page::new(
            "支部の電話番号",
            view! {
                <PageHead title="支部の電話番号" />
                // `boot.js` asks for the page that this one stands in for as soon as there is a network.
                <div data-offline="">
                    <Notice kind=NoticeKind::Warning title="つながらないとき">
                        <p>"通信できないときは、この画面が出ます。お急ぎのときは支部へお電話ください。"</p>
                    </Notice>
                </div>
                {emergency()}
                <Section title="区支部">{table(&branches, &headquarters)}</Section>
            },
        )
        .for_everybody())
    })
}

/// `/unsent`: what a phone shows when a form did not get through; the same for everybody, and kept like [`OfflinePage`].
#[component]
pub fn UnsentPage() -> impl IntoView {
    page(async move {
        let visitor = visitor()?;
        let headquarters = visitor.env.settings.headquarters.clone();
        let branches = service::ward::all(&visitor.env).await?;
        Ok(Page::new(
            "送れませんでした",
            view! {
                <PageHead title="送れませんでした" />
                <Notice kind=NoticeKind::Warning title="まだ届いていないかもしれません">
                    // Reloading repeats the form, also without the button, and whatever the browser forgets on the way back.
                    <p>"つながったら、もう一度送ってください。この画面を読み込み直すと、入力した内容がそのまま送られます。二重に登録されることはありません。"</p>
                </Notice>
                <Actions>
                    <ScriptButton does="again" kind=ButtonKind::Primary>"もう一度送る"</ScriptButton>
                    <ScriptButton does="back">"前の画面に戻る"</ScriptButton>
                </Actions>
                <Section title="お急ぎのときは、支部へお電話ください">{table(&branches, &headquarters)}</Section>
            },
        )
        .for_everybody())
    })
}

/// `/go/request`: where 「依頼する」 of the phone's home screen leads, whoever holds the phone.
#[component]
pub fn GoRequestPage() -> impl IntoView {
    page(async move {
        let actor = crate::visit::visit()?.actor;
        redirect(if can(&actor, Right::AskForCare) {
            "/requests/new"
        } else if can(&actor, Right::KeepDesk) {
            "/desk/requests/new"
        } else {
            "/"
        })
    })
}

/// National numbers, the same from every telephone.
fn emergency() -> impl IntoView {
    view! {
        <Section title="命にかかわるとき">
            <ul class="kp-links">
                <li><a href="tel:119">"119　救急・消防"</a></li>
                <li><a href="tel:110">"110　警察"</a></li>
            </ul>
        </Section>
    }
}

/// The branches, and the headquarters where people are sent who find no number there.
fn table(branches: &[Branch], headquarters: &str) -> impl IntoView + use<> {
    let head = vec![HeadCell::new("支部"), HeadCell::new("電話番号"), HeadCell::new("受付時間")];
    let rows = branches.iter().map(row).collect_view();
    let number = headquarters.to_owned();
    let headquarters = (!headquarters.is_empty()).then(|| {
        view! {
            <tr>
                <Cell label="支部" main=true>"本部事務局"</Cell>
                <Cell label="電話番号"><Telephone number /></Cell>
                <Cell label="受付時間">""</Cell>
            </tr>
        }
    });
    view! { <Table caption="区支部の電話番号と受付時間" head>{rows}{headquarters}</Table> }
}

fn row(branch: &Branch) -> impl IntoView + use<> {
    let name = branch.name.clone();
    let tel = if branch.telephone.is_empty() {
        "本部へお問い合わせください".into_any()
    } else {
        view! { <Telephone number=branch.telephone.clone() /> }.into_any()
    };
    let closed = branch.closed_text();
    let closed = (!closed.is_empty()).then(|| view! { <br /><span class="kp-note">{format!("休み：{closed}")}</span> });
    let hours = branch.hours_text.clone();
    view! {
        <tr>
            <Cell label="支部" main=true>{name}</Cell>
            <Cell label="電話番号">{tel}</Cell>
            <Cell label="受付時間">{hours}{closed}</Cell>
        </tr>
    }
}
