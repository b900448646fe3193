//! `/desk/members/new`: a new member.

use super::api::Record;
use crate::form::{Kept, Typed, kept, once};
use crate::page::{Page, page};
use crate::ui::{
    Actions, Button, ButtonKind, Choice, DateField, DayFor, FieldGroup, Form, IconName, MailField, OnEnter, PageHead,
    PostalField, RadioGroup, Section, TelField, TextField,
};
use crate::visit::{Submitted, visit};
use crate::words;
use domain::actor::MemberKind;
use domain::member::REQUIRED_TRAININGS;
use leptos::prelude::*;
use service::member::{ChildForm, Contact, ContactForm, MemberForm, Name, NameForm};

/// The most rows of children.
const MOST_ROWS: usize = 10;

/// The submitted form as the use case reads it.
pub(super) fn read(typed: &Submitted) -> MemberForm {
    MemberForm {
        kind: typed.get("kind"),
        name: read_name(typed),
        contact: read_contact(typed),
        children: (0..rows(typed)).map(|row| read_child(typed, row)).collect(),
        trainings: REQUIRED_TRAININGS.iter().map(|kind| typed.get(&format!("valid_until[{}]", kind.key()))).collect(),
    }
}

/// The name and its reading as the use cases read them.
pub(super) fn read_name(typed: &Submitted) -> NameForm {
    NameForm {
        family: typed.get("family_name"),
        given: typed.get("given_name"),
        family_kana: typed.get("family_kana"),
        given_kana: typed.get("given_kana"),
    }
}

/// The fields of [`read`] without those of the children.
pub(super) fn member_fields() -> Vec<&'static str> {
    [vec!["kind", "valid_until"], name_fields(), contact_fields()].concat()
}

/// The fields of [`read_name`].
pub(super) fn name_fields() -> Vec<&'static str> {
    vec!["family_name", "given_name", "family_kana", "given_kana"]
}

/// The fields of [`read_contact`].
pub(super) fn contact_fields() -> Vec<&'static str> {
    vec!["postal", "town", "address", "telephone", "mail"]
}

/// A child as the use cases read it, from the fields of its place in the form.
pub(super) fn read_child(typed: &Submitted, place: impl std::fmt::Display) -> ChildForm {
    ChildForm {
        name: typed.get(&format!("child_name[{place}]")),
        kana: typed.get(&format!("child_kana[{place}]")),
        birth_date: typed.get(&format!("child_birth[{place}]")),
    }
}

/// Address, telephone and mail as the use cases read them.
pub(super) fn read_contact(typed: &Submitted) -> ContactForm {
    ContactForm {
        postal: typed.get("postal"),
        town: typed.get("town"),
        address: typed.get("address"),
        telephone: typed.get("telephone"),
        mail: typed.get("mail"),
    }
}

/// How many rows of children a form has; at least one, at most [`MOST_ROWS`].
pub(super) fn rows(typed: &Submitted) -> usize {
    let named =
        typed.0.iter().filter_map(|(name, _)| name.strip_prefix("child_name[")?.strip_suffix(']')?.parse().ok());
    named.max().map_or(1, |last: usize| last.saturating_add(1)).clamp(1, MOST_ROWS)
}

/// The page.
#[component]
pub fn MemberFormPage() -> impl IntoView {
    page(async move {
        visit()?;
        let kept = kept::<Record>().await;
        let body = view! {
            <PageHead
                title="会員を登録する"
                lead="入会説明会に参加し、本人確認が済んだ方を登録します。最後に、ご本人がパスワードを決めるためのリンクが出ます。"
                back="/desk/members"
                back_label="会員一覧に戻る"
            />
            {form(&kept)}
        };
        Ok(Page::new("会員を登録する", body))
    })
}

fn form(kept: &Kept<Record>) -> impl IntoView + use<> {
    let (once, person, contact) = (once(kept), person(kept), contact(kept, &Contact::default()));
    let (children, trainings) = (children(kept), trainings(kept));
    view! {
        <Form to=kept.to()>
            <OnEnter name="do" value="check">"入力した内容を確かめる"</OnEnter>
            {once}
            {person}
            {contact}
            {children}
            {trainings}
            <Actions>
                <Button kind=ButtonKind::Primary name="do" value="check">"入力した内容を確かめる"</Button>
            </Actions>
        </Form>
    }
    .into_any()
}

fn person(typed: &Typed) -> AnyView {
    let kinds = [
        (MemberKind::User, "子どもを預けたい方"),
        (MemberKind::Provider, "子どもを預かる方（20歳以上、研修を終えた方）"),
        (MemberKind::Both, "預けることも、預かることもする方"),
    ]
    .map(|(kind, note)| Choice::new(kind.key(), words::member_kind(kind)).note(note));
    let name = name(typed, &Name::default());
    view! {
        <RadioGroup field=typed.field("kind") label="会員種別" options=kinds.into() required=true />
        {name}
    }
    .into_any()
}

/// The fields of the name and its reading; `now` is what they hold at the form's first showing.
pub(super) fn name(typed: &Typed, now: &Name) -> AnyView {
    let text = |name: &str, now: &str| typed.field(name).or(now);
    let (family, given) = (text("family_name", &now.family), text("given_name", &now.given));
    let (family_kana, given_kana) = (text("family_kana", &now.family_kana), text("given_kana", &now.given_kana));
    view! {
        <FieldGroup>
            <TextField field=family label="姓（漢字）" required=true autocomplete="off" />
            <TextField field=given label="名（漢字）" required=true autocomplete="off" />
        </FieldGroup>
        <FieldGroup>
            <TextField field=family_kana label="姓（カナ）" required=true autocomplete="off" />
            <TextField field=given_kana label="名（カナ）" required=true autocomplete="off" />
        </FieldGroup>
    }
    .into_any()
}

/// The fields of address, telephone and mail; `now` is what they hold at the form's first showing.
pub(super) fn contact(typed: &Typed, now: &Contact) -> AnyView {
    let text = |name: &str, now: &str| typed.field(name).or(now);
    let (postal, town, address) = (text("postal", &now.postal), text("town", &now.town), text("address", &now.address));
    let (telephone, mail) = (text("telephone", &now.telephone), text("mail", &now.mail));
    view! {
        <FieldGroup>
            <PostalField field=postal label="郵便番号" required=true />
            <TextField field=town label="町名" required=true support="区の後の町の名前（例：十日市場町）" autocomplete="off" />
        </FieldGroup>
        <TextField field=address label="番地・建物" required=true autocomplete="off" />
        <TelField field=telephone label="電話番号" required=true support="つながりやすい番号（例：045-982-3521）" autocomplete="off" />
        <MailField field=mail label="メールアドレス" support="お知らせを受け取るためのものです。なくても登録できます。" autocomplete="off" />
    }
    .into_any()
}

fn children(typed: &Typed) -> AnyView {
    let more = usize::from(typed.came_back() && typed.fields().get("do") == "add_child");
    let count = (rows(typed.fields()) + more).min(MOST_ROWS);
    let rows = (0..count)
        .map(|row| {
            let field = |name: &str| typed.field(&format!("{name}[{row}]"));
            let (name, kana, birth) = (field("child_name"), field("child_kana"), field("child_birth"));
            let legend = format!("{}人目", row + 1);
            view! {
                <fieldset class="kp-field">
                    <legend class="kp-field__label">{legend}</legend>
                    <FieldGroup>
                        <TextField field=name label="名前" autocomplete="off" />
                        <TextField field=kana label="名前（カナ）" autocomplete="off" />
                        <DateField field=birth label="生年月日" days=DayFor::Past />
                    </FieldGroup>
                </fieldset>
            }
        })
        .collect_view();
    view! {
        <Section title="子ども（利用会員・両方会員の方）">
            <p>"生後57日から小学6年生までの子どもを登録します。"</p>
            {rows}
            {(count < MOST_ROWS).then(|| {
                view! {
                    <Actions>
                        <Button name="do" value="add_child" icon=IconName::Plus>"子どもの欄を増やす"</Button>
                    </Actions>
                }
            })}
        </Section>
    }
    .into_any()
}

fn trainings(typed: &Typed) -> AnyView {
    let rows = REQUIRED_TRAININGS
        .iter()
        .map(|kind| {
            let field = typed.field(&format!("valid_until[{}]", kind.key()));
            let label = format!("{}の有効期限", words::status::training(*kind));
            view! { <DateField field label days=DayFor::Ahead /> }
        })
        .collect_view();
    view! {
        <Section title="研修（提供会員・両方会員の方）">
            <p>"受けていない研修は、空けておいてください。三つそろうまでは「研修中」となり、打診できません。"</p>
            <FieldGroup>{rows}</FieldGroup>
        </Section>
    }
    .into_any()
}
