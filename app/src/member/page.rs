//! `/desk/members/MEM…`: one member.

use super::api::{AddTraining, ChangeContact, ChangeName, Invite, NoteMember, Resume, Suspend};
use super::children::{ChildForms, children};
use super::form;
use super::link::send_by_mail;
use crate::fault::Fault;
use crate::form::{Kept, fresh, kept, once, with_query};
use crate::page::{Page, page};
use crate::post::{Address, field};
use crate::ui::{
    Actions, Button, ButtonKind, ButtonLink, Cell, Choice, ConfirmPanel, DataList, DataRow, DateField, Day, DayFor,
    Disclosure, FieldGroup, Form, HeadCell, Hidden, IconName, Notice, NoticeKind, PageHead, Pager, Section, Select,
    StatusTag, Table, Telephone, TextArea, TextField, Timeline, TimelineEvent, Tone,
};
use crate::visit::{param, query, visit};
use crate::words;
use domain::desk::QueueLine;
use domain::event::Event;
use domain::id::RequestId;
use domain::member::{MembershipStatus, REQUIRED_TRAININGS};
use domain::number::MemberNo;
use domain::time::{Date, japanese_date};
use leptos::prelude::*;
use service::member::{self, MemberDetails, TrainingDetails};

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
fn done_text(done: &str) -> Option<String> {
    let text = match done {
        "note" => return Some(crate::desk::noted()),
        "suspend" => Some("休止にしました。新しい依頼や打診はできません。"),
        "resume" => Some("復帰しました。"),
        "change_name" => Some("氏名を直しました。ご本人にお知らせしました。"),
        "change_contact" => Some("連絡先を直しました。"),
        "change_child" => Some("子どもの登録内容を直しました。ご本人にお知らせしました。"),
        "add_child" => Some("子どもを登録しました。"),
        "add_training" => Some("研修を記録しました。"),
        "invite_by_mail" => {
            Some("案内リンクを、ご本人のメールアドレスに送りました。前に出したリンクは、もう開けません。")
        }
        "issue_coupon" => Some("おためし券を発行しました。"),
        _ => None,
    };
    text.map(str::to_owned)
}

/// The page.
#[component]
pub fn MemberPage() -> impl IntoView {
    let (no, done) = (param("no"), query("done"));
    let after = query("after").and_then(|after| after.parse().ok());
    page(async move {
        let visit = visit()?;
        let no = MemberNo::parse(&no).map_err(|_| Fault::NotFound)?;
        let member = member::page(&visit.env, &visit.actor, no).await?;
        let today = visit.env.clock.today();
        let (cases, more) = service::coordination::cases_of_member(&visit.env, &visit.actor, member.id, after).await?;
        let (name, contact) = (kept().await, kept().await);
        let child_forms = ChildForms { add: kept().await, correct: kept().await, issue: kept().await };
        let (training, leave, note) = (kept().await, kept().await, kept().await);
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
            {facts(&member, today)}
            {corrections(&member, &number, &name, &contact)}
            {member.kind.uses().then(|| children(&member, &number, today, &child_forms))}
            {member.kind.provides().then(|| trainings(&member.trainings, &number, today, &training))}
            {case_list(cases, &number, after.is_some(), more, today)}
            {note_form(&number, &note)}
            {steps(&member, &number, &leave)}
            {history(&member)}
        };
        Ok(Page::new("会員", body).about(Some(no)))
    })
}

fn facts(member: &MemberDetails, today: Date) -> AnyView {
    let contact = &member.contact;
    let mail = if contact.mail.is_empty() { "（登録なし）".to_owned() } else { contact.mail.clone() };
    let signs_in = if member.signs_in {
        "ユーザーIDとパスワードを設定済み"
    } else {
        "まだ設定していません（案内リンクをお渡しください）"
    };
    let (kana, telephone) = (member.name.reading(), contact.telephone.clone());
    let address = format!("〒{} {}{}", contact.postal, contact.town, contact.address);
    let joined = member.joined.date();
    view! {
        <DataList>
            <DataRow term="氏名（カナ）">{kana}</DataRow>
            <DataRow term="住所">{address}</DataRow>
            <DataRow term="電話番号"><Telephone number=telephone /></DataRow>
            <DataRow term="メールアドレス">{mail}</DataRow>
            <DataRow term="登録した日"><Day date=joined today /></DataRow>
            <DataRow term="ログイン">{signs_in}</DataRow>
        </DataList>
    }
    .into_any()
}

fn corrections(member: &MemberDetails, no: &str, name: &Kept<ChangeName>, contact: &Kept<ChangeContact>) -> AnyView {
    let name_form = correction(member, no, name.to(), &NAME, form::name(name, &member.name));
    let contact_form = correction(member, no, contact.to(), &CONTACT, form::contact(contact, &member.contact));
    view! {
        <Section title="会員情報修正">
            {name_form}
            {contact_form}
        </Section>
    }
    .into_any()
}

/// The words of a form that corrects the member's record.
struct Correction {
    label: &'static str,
    explain: &'static str,
    submit: &'static str,
}

const NAME: Correction = Correction {
    label: "氏名を直す",
    explain: "画面と書類は、すべて直した氏名になります。これまでの経過と履歴には、前の氏名が残ります。",
    submit: "この氏名に直す",
};

const CONTACT: Correction = Correction { label: "連絡先を直す", explain: "", submit: "この連絡先に直す" };

fn correction(member: &MemberDetails, no: &str, to: Address, words: &'static Correction, fields: AnyView) -> AnyView {
    // Of this page, also when the form came back: the facts above it are the latest.
    let (no, revision) = (no.to_owned(), member.revision.to_string());
    view! {
        <Disclosure label=words.label open=to.came_back()>
            {(!words.explain.is_empty()).then(|| view! { <p>{words.explain}</p> })}
            <Form to>
                <Hidden name="no" value=no />
                <Hidden name="revision" value=revision />
                {fields}
                <Actions>
                    <Button>{words.submit}</Button>
                </Actions>
            </Form>
        </Disclosure>
    }
    .into_any()
}

fn trainings(held: &[TrainingDetails], no: &str, today: Date, form: &Kept<AddTraining>) -> AnyView {
    let rows = held.iter().map(|training| training_row(training, today)).collect_view();
    let kinds = REQUIRED_TRAININGS.iter().map(|kind| Choice::new(kind.key(), words::status::training(*kind))).collect();
    let (number, to, open) = (no.to_owned(), form.to(), form.came_back());
    let (kind, until) = (field!(form.training), field!(form.valid_until));
    view! {
        <Section title="研修">
            <Table caption="研修" head=["研修", "有効期限"].map(HeadCell::new).into()>{rows}</Table>
            <Disclosure label="研修を記録する・更新する" open=open>
                <Form to>
                    <Hidden name="no" value=number />
                    <FieldGroup>
                        <Select field=kind label="研修" options=kinds required=true empty="選んでください" />
                        <DateField field=until label="有効期限" days=DayFor::Ahead required=true />
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

/// The member's cases on either side, newest first.
fn case_list(cases: Vec<QueueLine>, no: &str, later: bool, more: Option<RequestId>, today: Date) -> AnyView {
    let path = format!("/desk/members/{no}");
    let first = later.then(|| format!("{path}#cases"));
    let next = more.map(|after| format!("{}#cases", with_query(&path, "after", &after.to_string())));
    let body = if cases.is_empty() {
        view! { <p class="kp-note">"依頼は、まだありません。"</p> }.into_any()
    } else {
        crate::desk::case_table("この会員の依頼", cases, today).into_any()
    };
    view! {
        <div id="cases">
            <Section title="依頼">
                {body}
                <Pager first next />
            </Section>
        </div>
    }
    .into_any()
}

fn steps(member: &MemberDetails, no: &str, leave: &Kept<Suspend>) -> AnyView {
    let (link_label, mail_label) = if member.signs_in {
        ("パスワードを決め直すリンクを出す", "パスワードを決め直すリンクをメールで送る")
    } else {
        ("新しい案内リンクを出す", "新しい案内リンクをメールで送る")
    };
    let leave_step = match member.status {
        MembershipStatus::Active => {
            let (number, reason) = (no.to_owned(), field!(leave.reason));
            view! {
                <ConfirmPanel
                    label="休止にする"
                    explain="休止のあいだは、新しい依頼や打診ができません。これからの予定があるときは休止にできません。"
                    to=leave.to()
                    submit="この会員を休止にする"
                >
                    <Hidden name="no" value=number />
                    <TextField field=reason label="理由" required=true autocomplete="off" />
                </ConfirmPanel>
            }
            .into_any()
        }
        MembershipStatus::Suspended => {
            let number = no.to_owned();
            view! {
                <Form to={fresh::<Resume>().to()}>
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
    let by_mail = (!member.contact.mail.is_empty()).then(|| send_by_mail(no.to_owned(), mail_label));
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
            <Form to={fresh::<Invite>().to()}>
                <Hidden name="no" value=number />
                <Actions>
                    <Button>{link_label}</Button>
                </Actions>
            </Form>
            {by_mail}
            {leave_step}
        </Section>
    }
    .into_any()
}

fn note_form(number: &str, kept: &Kept<NoteMember>) -> AnyView {
    let (to, once, number) = (kept.to(), once(kept), number.to_owned());
    let (note, day) = (field!(kept.note), field!(kept.call_on));
    view! {
        <Section title="電話中メモ">
            <Form to>
                {once}
                <Hidden name="no" value=number />
                <TextArea field=note label="電話で聞いたこと" rows=2 support="支部だけが見られます。下の経過に残ります。" />
                <DateField field=day label="要連絡の日" days=DayFor::Plan support="入力すると、その日から「要連絡」の一覧に出ます。" />
                <Actions><Button>"メモを残す"</Button></Actions>
            </Form>
        </Section>
    }
    .into_any()
}

fn history(member: &MemberDetails) -> AnyView {
    let events = member.history.iter().map(|event| TimelineEvent {
        at: event.at,
        what: words::status::action(event.event.action()).to_owned(),
        who: event.by.clone(),
        via: String::new(),
        note: event.reason.clone().or_else(|| changed(&event.event, member)).unwrap_or_default(),
    });
    let events: Vec<TimelineEvent> = events.collect();
    view! {
        <Section title="経過">
            <Timeline events />
        </Section>
    }
    .into_any()
}

/// What a correction changed, and what names and birth dates were before.
fn changed(event: &Event, member: &MemberDetails) -> Option<String> {
    let (Event::ChangeName(change) | Event::ChangeContact(change) | Event::ChangeChild(change)) = event else {
        return None;
    };
    let fields = change.fields.iter().map(|field| words::status::record_field(*field)).collect::<Vec<_>>().join("、");
    let child = member.children.iter().find(|child| change.child == Some(child.id));
    let whose = child.map(|child| format!("{}さん：", child.name)).unwrap_or_default();
    let values =
        if change.before.is_empty() { String::new() } else { format!("\n{} → {}", change.before, change.after) };
    (!fields.is_empty()).then(|| format!("{whose}{fields}{values}"))
}
