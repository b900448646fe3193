//! The children on a member's page: their おためし券, their corrections, a child more.

use crate::form::Typed;
use crate::ui::{
    Actions, Button, Cell, DateField, Disclosure, FieldGroup, Form, HeadCell, Hidden, IconName, Section, Table,
    TextField, Tick,
};
use domain::time::{Date, age_on, iso_date, japanese_date};
use leptos::prelude::*;
use service::member::{ChildDetails, MemberDetails};

/// What came back of the forms about children.
pub(super) struct ChildForms {
    /// A child more.
    pub add: Typed,
    /// A child's record corrected.
    pub correct: Typed,
    /// おためし券 issued.
    pub issue: Typed,
}

/// The section of a member's page.
pub(super) fn children(member: &MemberDetails, no: &str, today: Date, forms: &ChildForms) -> AnyView {
    let ChildForms { add: form, correct, issue: coupon } = forms;
    let due: Vec<&ChildDetails> = member.children.iter().filter(|child| child.coupon_due).collect();
    // The error summary links to `#documents`: that is the child whose form came back, or the first.
    let first = coupon.value("child", || due.first().map_or_else(String::new, |child| child.id.to_string()));
    let issue = due.into_iter().map(|child| issue(child, no, coupon, &first)).collect_view();
    let correct = member.children.iter().map(|child| correction(child, member, no, correct)).collect_view();
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
            {correct}
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
    let documents = here && typed.fields().get("documents") == "true";
    // Asked only where the branch's question came back: who is asked every time no longer reads it.
    let other_child = typed.error("other_child").filter(|_| here).map(|error| {
        view! { <Tick name="other_child" label="書類で、別の子どもであることを確かめました" error=Some(error) /> }
    });
    let label = format!("会員と{}さんの本人確認書類（氏名・住所・生年月日）を確かめました", child.name);
    let button = format!("{}さんのおためし券を発行する", child.name);
    let no = no.to_owned();
    view! {
        <Form action="/api/coupon-issues">
            <Hidden name="no" value=no />
            <Hidden name="child" value=key />
            <Tick name="documents" label=label id=id error=error checked=documents />
            {other_child}
            <Actions>
                <Button icon=IconName::Ticket>{button}</Button>
            </Actions>
        </Form>
    }
}

/// The form that corrects one child; its fields carry the child's row, so each form of the page has its own.
fn correction(child: &ChildDetails, member: &MemberDetails, no: &str, typed: &Typed) -> AnyView {
    let key = child.id.to_string();
    // What came back belongs to one child; the others show their records.
    let here = typed.came_back() && typed.fields().get("child") == key;
    let field = |name: &str, now: String| {
        let name = format!("{name}[{key}]");
        if here { (typed.fields().get(&name), typed.error(&name), name) } else { (now, None, name) }
    };
    let (name, name_error, name_field) = field("child_name", child.name.clone());
    let (kana, kana_error, kana_field) = field("child_kana", child.kana.clone());
    let (birth, birth_error, birth_field) = field("child_birth", iso_date(child.birth_date));
    let tickets = child.coupon.is_some().then(|| {
        view! { <p>"発行済のおためし券の期限は、生年月日に合わせて変わります。使ったおためし券は、そのままです。"</p> }
    });
    let (no, revision) = (no.to_owned(), member.revision.to_string());
    view! {
        <Disclosure label=format!("{}さんの登録内容を直す", child.name) open=here>
            <p>"登録済みの報告書の金額は変わりません。"</p>
            {tickets}
            <Form action="/api/child-corrections">
                <Hidden name="no" value=no />
                <Hidden name="child" value=key />
                <Hidden name="revision" value=revision />
                <FieldGroup>
                    <TextField name=name_field label="名前" value=name error=name_error required=true autocomplete="off" />
                    <TextField name=kana_field label="名前（カナ）" value=kana error=kana_error required=true autocomplete="off" />
                    <DateField name=birth_field label="生年月日" value=birth error=birth_error required=true />
                </FieldGroup>
                <Actions>
                    <Button>"この内容に直す"</Button>
                </Actions>
            </Form>
        </Disclosure>
    }
    .into_any()
}
