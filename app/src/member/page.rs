//! `/desk/members/MEM…`: one member.

use crate::fault::Fault;
use crate::form::{Typed, typed};
use crate::page::{Page, page};
use crate::ui::{
    Actions, Button, ButtonKind, ButtonLink, Cell, Choice, ConfirmPanel, DataList, DataRow, DateField, Day, Disclosure,
    FieldGroup, Form, HeadCell, Hidden, IconName, Notice, NoticeKind, PageHead, Section, Select, StatusTag, Table,
    TextField, Tick, Timeline, TimelineEvent, Tone,
};
use crate::visit::{param, query, visit};
use crate::words;
use domain::member::{MembershipStatus, REQUIRED_TRAININGS};
use domain::number::MemberNo;
use domain::time::{Date, age_on, japanese_date};
use leptos::prelude::*;
use service::member::{self, ChildDetails, MemberDetails, TrainingDetails};

/// What a membership's status means for the desk.
pub(super) const fn tone(status: MembershipStatus) -> Tone {
    match status {
        MembershipStatus::Active => Tone::Good,
        MembershipStatus::Applied | MembershipStatus::InTraining => Tone::Waiting,
        MembershipStatus::Suspended => Tone::Neutral,
        MembershipStatus::Expired | MembershipStatus::Withdrawn => Tone::Stopped,
    }
}

/// What was just done, in a sentence.
fn done_text(done: &str) -> Option<&'static str> {
    match done {
        "suspend" => Some("休止にしました。新しい依頼や打診はできません。"),
        "resume" => Some("復帰しました。"),
        "change_contact" => Some("連絡先を直しました。"),
        "add_child" => Some("子どもを登録しました。"),
        "add_training" => Some("研修を記録しました。"),
        "issue_coupon" => Some("おためし券を発行しました。"),
        _ => None,
    }
}

/// The page.
#[component]
pub fn MemberPage() -> impl IntoView {
    let (no, done) = (param("no"), query("done"));
    page(async move {
        let visit = visit()?;
        let no = MemberNo::parse(&no).map_err(|_| Fault::NotFound)?;
        let member = member::page(&visit.env, &visit.actor, no).await?;
        let today = visit.env.clock.today();
        let (leave, child) = (typed("member-leaves").await, typed("children").await);
        let (training, coupon) = (typed("trainings").await, typed("coupon-issues").await);
        let contact = typed("member-contacts").await;
        let (status, number) = (member.status, no.to_string());
        let tag = move || view! { <StatusTag tone=tone(status) text=words::status::membership(status) /> };
        let done = done.as_deref().and_then(done_text);
        let body = view! {
            <PageHead
                title=member.name.full()
                over=format!("{number}　{}", words::member_kind(member.kind))
                back="/desk/members"
                back_label="会員一覧に戻る"
                aside=ViewFnOnce::from(tag)
            />
            {done.map(|text| view! { <Notice kind=NoticeKind::Success title=text announce=true /> })}
            {facts(&member, &number, today, &contact)}
            {member.kind.uses().then(|| children(&member, &number, today, &child, &coupon))}
            {member.kind.provides().then(|| trainings(&member.trainings, &number, today, &training))}
            {steps(&member, &number, &leave)}
            {history(&member)}
        };
        Ok(Page::new("会員", body))
    })
}

fn facts(member: &MemberDetails, no: &str, today: Date, form: &Typed) -> AnyView {
    let contact = &member.contact;
    let call = format!("tel:{}", contact.telephone.replace('-', ""));
    let mail = if contact.mail.is_empty() { "（登録なし）".to_owned() } else { contact.mail.clone() };
    let signs_in = if member.signs_in {
        "ユーザーIDとパスワードを設定済み"
    } else {
        "まだ設定していません（案内リンクをお渡しください）"
    };
    let (kana, telephone) = (member.name.reading(), contact.telephone.clone());
    let address = format!("〒{} {}{}", contact.postal, contact.town, contact.address);
    let joined = member.joined.date();
    // Of this page, also when the form came back: the facts above it are the latest.
    let revision = member.revision.to_string();
    let (number, open, fields) = (no.to_owned(), form.came_back(), super::form::contact(form, contact));
    view! {
        <DataList>
            <DataRow term="氏名（カナ）">{kana}</DataRow>
            <DataRow term="住所">{address}</DataRow>
            <DataRow term="電話番号"><a href=call>{telephone}</a></DataRow>
            <DataRow term="メールアドレス">{mail}</DataRow>
            <DataRow term="登録した日"><Day date=joined today /></DataRow>
            <DataRow term="ログイン">{signs_in}</DataRow>
        </DataList>
        <Disclosure label="連絡先を直す" open=open>
            <Form action="/api/member-contacts">
                <Hidden name="no" value=number />
                <Hidden name="revision" value=revision />
                {fields}
                <Actions>
                    <Button>"この連絡先に直す"</Button>
                </Actions>
            </Form>
        </Disclosure>
    }
    .into_any()
}

fn children(member: &MemberDetails, no: &str, today: Date, form: &Typed, coupon: &Typed) -> AnyView {
    let due: Vec<&ChildDetails> = member.children.iter().filter(|child| child.coupon_due).collect();
    // The error summary links to `#documents`: that is the child whose form came back, or the first.
    let first = coupon.value("child", || due.first().map_or_else(String::new, |child| child.id.to_string()));
    let issue = due.into_iter().map(|child| issue(child, no, coupon, &first)).collect_view();
    let rows = member.children.iter().map(|child| child_row(child, today)).collect_view();
    let head = ["名前", "カナ", "生年月日", "おためし券"].map(HeadCell::new).into();
    let (number, open) = (no.to_owned(), form.came_back());
    let (name, name_error) = (form.value("child_name", String::new), form.error("child_name"));
    let (kana, kana_error) = (form.value("child_kana", String::new), form.error("child_kana"));
    let (birth, birth_error) = (form.value("child_birth", String::new), form.error("child_birth"));
    view! {
        <Section title="子ども">
            <Table caption="子ども" head>{rows}</Table>
            {issue}
            <Disclosure label="子どもを追加する" open=open>
                <Form action="/api/children">
                    <Hidden name="no" value=number />
                    <FieldGroup>
                        <TextField name="child_name" label="名前" value=name error=name_error required=true autocomplete="off" />
                        <TextField name="child_kana" label="名前（カナ）" value=kana error=kana_error required=true autocomplete="off" />
                        <DateField name="child_birth" label="生年月日" value=birth error=birth_error required=true />
                    </FieldGroup>
                    <Actions>
                        <Button>"この子どもを登録する"</Button>
                    </Actions>
                </Form>
            </Disclosure>
        </Section>
    }
    .into_any()
}

fn child_row(child: &ChildDetails, today: Date) -> impl IntoView + use<> {
    let coupon = match &child.coupon {
        Some(book) => {
            let until = book.expires_on.map(|day| format!("・{}まで", japanese_date(day, today))).unwrap_or_default();
            format!("のこり{}枚／{}枚{until}", book.remaining, book.issued)
        }
        None if child.coupon_due => "発行できます".to_owned(),
        None => "対象外".to_owned(),
    };
    let birth = format!("{}（{}歳）", japanese_date(child.birth_date, today), age_on(child.birth_date, today));
    let (name, kana) = (child.name.clone(), child.kana.clone());
    view! {
        <tr>
            <Cell label="名前" main=true>{name}</Cell>
            <Cell label="カナ">{kana}</Cell>
            <Cell label="生年月日">{birth}</Cell>
            <Cell label="おためし券">{coupon}</Cell>
        </tr>
    }
}

fn issue(child: &ChildDetails, no: &str, typed: &Typed, first: &str) -> impl IntoView + use<> {
    let key = child.id.to_string();
    let here = key == first;
    let id = if here { "documents".to_owned() } else { format!("documents-{key}") };
    let error = if here { typed.error("documents") } else { None };
    let label = format!("会員と{}さんの本人確認書類（氏名・住所・生年月日）を確かめました", child.name);
    let button = format!("{}さんのおためし券を発行する", child.name);
    let no = no.to_owned();
    view! {
        <Form action="/api/coupon-issues">
            <Hidden name="no" value=no />
            <Hidden name="child" value=key />
            <Tick name="documents" label=label id=id error=error />
            <Actions>
                <Button icon=IconName::Ticket>{button}</Button>
            </Actions>
        </Form>
    }
}

fn trainings(held: &[TrainingDetails], no: &str, today: Date, form: &Typed) -> AnyView {
    let rows = held.iter().map(|training| training_row(training, today)).collect_view();
    let kinds = REQUIRED_TRAININGS.iter().map(|kind| Choice::new(kind.key(), words::status::training(*kind))).collect();
    let (number, open) = (no.to_owned(), form.came_back());
    let (kind, kind_error) = (form.value("training", String::new), form.error("training"));
    let (until, until_error) = (form.value("valid_until", String::new), form.error("valid_until"));
    view! {
        <Section title="研修">
            <Table caption="研修" head=["研修", "有効期限"].map(HeadCell::new).into()>{rows}</Table>
            <Disclosure label="研修を記録する・更新する" open=open>
                <Form action="/api/trainings">
                    <Hidden name="no" value=number />
                    <FieldGroup>
                        <Select name="training" label="研修" options=kinds value=kind error=kind_error required=true empty="選んでください" />
                        <DateField name="valid_until" label="有効期限" value=until error=until_error required=true />
                    </FieldGroup>
                    <Actions>
                        <Button>"研修を記録する"</Button>
                    </Actions>
                </Form>
            </Disclosure>
        </Section>
    }
    .into_any()
}

fn training_row(training: &TrainingDetails, today: Date) -> impl IntoView + use<> {
    let name = words::status::training(training.kind);
    let state = match training.valid_until {
        None => view! { <StatusTag tone=Tone::Stopped text="まだ受けていません" /> }.into_any(),
        Some(until) if until < today => {
            let text = format!("{}に切れました", japanese_date(until, today));
            view! { <StatusTag tone=Tone::Stopped text /> }.into_any()
        }
        Some(until) if until < today + time::Duration::days(90) => {
            let text = format!("{}まで（もうすぐ切れます）", japanese_date(until, today));
            view! { <StatusTag tone=Tone::Yours text /> }.into_any()
        }
        Some(until) => {
            let text = format!("{}まで", japanese_date(until, today));
            view! { <StatusTag tone=Tone::Good text /> }.into_any()
        }
    };
    view! {
        <tr>
            <Cell label="研修" main=true>{name}</Cell>
            <Cell label="有効期限">{state}</Cell>
        </tr>
    }
}

fn steps(member: &MemberDetails, no: &str, leave: &Typed) -> AnyView {
    let link_label = if member.signs_in {
        "パスワードを決め直すリンクを出す"
    } else {
        "新しい案内リンクを出す"
    };
    let leave_step = match member.status {
        MembershipStatus::Active => {
            let (reason, error) = (leave.value("reason", String::new), leave.error("reason"));
            let (number, open) = (no.to_owned(), leave.came_back());
            view! {
                <ConfirmPanel
                    label="休止にする"
                    explain="休止のあいだは、新しい依頼や打診ができません。これからの予定があるときは休止にできません。"
                    action="/api/member-leaves"
                    submit="この会員を休止にする"
                    open=open
                >
                    <Hidden name="no" value=number />
                    <TextField name="reason" label="理由" value=reason error=error required=true autocomplete="off" />
                </ConfirmPanel>
            }
            .into_any()
        }
        MembershipStatus::Suspended => {
            let number = no.to_owned();
            view! {
                <Form action="/api/member-returns">
                    <Hidden name="no" value=number />
                    <Actions>
                        <Button kind=ButtonKind::Primary>"復帰する"</Button>
                    </Actions>
                </Form>
            }
            .into_any()
        }
        _ => ().into_any(),
    };
    let number = no.to_owned();
    let entry = (member.kind.uses() && member.status == MembershipStatus::Active).then(|| {
        let href = format!("/desk/requests/new?member={no}");
        view! {
            <Actions>
                <ButtonLink href kind=ButtonKind::Primary icon=IconName::Plus>"電話などで受けた依頼を登録する"</ButtonLink>
            </Actions>
        }
    });
    view! {
        <Section title="手続き">
            {entry}
            <Form action="/api/member-links">
                <Hidden name="no" value=number />
                <Actions>
                    <Button>{link_label}</Button>
                </Actions>
            </Form>
            {leave_step}
        </Section>
    }
    .into_any()
}

fn history(member: &MemberDetails) -> AnyView {
    let events = member.history.iter().map(|event| TimelineEvent {
        at: event.at,
        what: words::status::action(&event.action).to_owned(),
        who: event.by.clone(),
        via: String::new(),
        note: event.reason.clone().unwrap_or_default(),
    });
    let events: Vec<TimelineEvent> = events.collect();
    view! {
        <Section title="経過">
            <Timeline events />
        </Section>
    }
    .into_any()
}
