//! The children on a member's page: their おためし券, their corrections, a child more.

use super::api::{AddChild, ChangeChild, IssueCoupon};
use crate::form::{Kept, fresh};
use crate::post::field;
use crate::ui::{
    Actions, Button, Cell, DateField, DayFor, Disclosure, FieldGroup, Form, HeadCell, Hidden, IconName, Section, Table,
    TextField, Tick,
};
use domain::time::{Date, age_on, iso_date, japanese_date};
use leptos::prelude::*;
use service::member::{ChildDetails, MemberDetails};

/// What came back of the forms about children.
pub(super) struct ChildForms {
    /// A child more.
    pub add: Kept<AddChild>,
    /// A child's record corrected.
    pub correct: Kept<ChangeChild>,
    /// おためし券 issued.
    pub issue: Kept<IssueCoupon>,
}

/// The section of a member's page.
pub(super) fn children(member: &MemberDetails, no: &str, today: Date, forms: &ChildForms) -> AnyView {
    let ChildForms { add: form, correct, issue: coupon } = forms;
    let due: Vec<&ChildDetails> = member.children.iter().filter(|child| child.coupon_due).collect();
    // The error summary links to `#documents`: that is the child whose form came back, or the first.
    let first = due.first().map_or_else(String::new, |child| child.id.to_string());
    let first = field!(coupon.child).or(first).value();
    let issue = due.into_iter().map(|child| issue(child, no, coupon, &first)).collect_view();
    let correct = member.children.iter().map(|child| correction(child, member, no, correct)).collect_view();
    let rows = member.children.iter().map(|child| child_row(child, today)).collect_view();
    let head = ["名前", "カナ", "生年月日", "おためし券"].map(HeadCell::new).into();
    let (number, to, open) = (no.to_owned(), form.to(), form.came_back());
    let (name, kana, birth) = (field!(form.child_name), field!(form.child_kana), field!(form.child_birth));
    view! {
        <Section title="子ども">
            <Table caption="子ども" head>{rows}</Table>
            {issue}
            {correct}
            <Disclosure label="子どもを追加する" open=open>
                <Form to>
                    <Hidden name="no" value=number />
                    <FieldGroup>
                        <TextField field=name label="名前" required=true autocomplete="off" />
                        <TextField field=kana label="名前（カナ）" required=true autocomplete="off" />
                        <DateField field=birth label="生年月日" days=DayFor::Past required=true />
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

fn issue(child: &ChildDetails, no: &str, kept: &Kept<IssueCoupon>, first: &str) -> impl IntoView + use<> {
    let key = child.id.to_string();
    let here = key == first;
    let documents = if here {
        field!(kept.documents)
    } else {
        let others = fresh::<IssueCoupon>();
        field!(others.documents).with_id(format!("documents-{key}"))
    };
    // Asked only where the branch's question came back: who is asked every time no longer reads it.
    let other_child = field!(kept.other_child);
    let other_child = other_child.fault().filter(|_| here).map(|_| {
        view! { <Tick field=other_child label="書類で、別の子どもであることを確かめました" /> }
    });
    let label = format!("会員と{}さんの本人確認書類（氏名・住所・生年月日）を確かめました", child.name);
    let button = format!("{}さんのおためし券を発行する", child.name);
    let no = no.to_owned();
    view! {
        <Form to=kept.to()>
            <Hidden name="no" value=no />
            <Hidden name="child" value=key />
            <Tick field=documents label=label />
            {other_child}
            <Actions>
                <Button icon=IconName::Ticket>{button}</Button>
            </Actions>
        </Form>
    }
}

/// The form that corrects one child; its fields carry the child's row, so each form of the page has its own.
fn correction(child: &ChildDetails, member: &MemberDetails, no: &str, kept: &Kept<ChangeChild>) -> AnyView {
    let key = child.id.to_string();
    // What came back belongs to one child; the others show their records.
    let here = kept.came_back() && kept.fields().get("child") == key;
    let others = fresh::<ChangeChild>();
    let own = if here { kept } else { &others };
    let field = |name: &str, now: String| own.field(&format!("{name}[{key}]")).or(now);
    let name = field("child_name", child.name.clone());
    let kana = field("child_kana", child.kana.clone());
    let birth = field("child_birth", iso_date(child.birth_date));
    let tickets = child.coupon.is_some().then(|| {
        view! { <p>"発行済のおためし券の期限は、生年月日に合わせて変わります。使ったおためし券は、そのままです。"</p> }
    });
    let (to, no, revision) = (kept.to(), no.to_owned(), member.revision.to_string());
    view! {
        <Disclosure label=format!("{}さんの登録内容を直す", child.name) open=here>
            <p>"登録済みの報告書の金額は変わりません。"</p>
            {tickets}
            <Form to>
                <Hidden name="no" value=no />
                <Hidden name="child" value=key />
                <Hidden name="revision" value=revision />
                <FieldGroup>
                    <TextField field=name label="名前" required=true autocomplete="off" />
                    <TextField field=kana label="名前（カナ）" required=true autocomplete="off" />
                    <DateField field=birth label="生年月日" days=DayFor::Past required=true />
                </FieldGroup>
                <Actions>
                    <Button>"この内容に直す"</Button>
                </Actions>
            </Form>
        </Disclosure>
    }
    .into_any()
}
