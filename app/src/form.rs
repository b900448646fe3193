//! Forms submit as documents, with and without script.
//!
//! A form posts to its server function. [`run`] does the work there and leaves the next path; on a fault it keeps what
//! was typed under a secret name and leads back to the form (`?form=…`), whose page shows it through [`kept`]. A fault is
//! shown at the top of that page in any case.

use crate::fault::Fault;
use crate::post::{Address, Known, Labels, Post};
use crate::ui::{Field, Hidden};
use crate::visit::{self, Submitted, Visit, Visitor, visitor};
use crate::words;
use domain::refusal::Refusal;
use leptos::prelude::*;
use service::form_draft::{self, FormDraft, Writer};
use std::future::Future;
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;

/// Where the server functions are.
pub(crate) const API: &str = "/api/";

/// The hidden field that makes a form's effect happen once.
pub const ONCE: &str = "once";

/// The hidden field that says for whom a form was drawn; its name goes on with the account, see [`writer_field`].
const WRITER: &str = "writer";

/// The name of that field. Without script a browser's Back puts what was typed into the form of the same address whose
/// fields have the same names: of another account's they have not.
#[must_use]
pub fn writer_field(writer: &str) -> String {
    format!("{WRITER}-{}", writer.split('.').next().unwrap_or_default())
}

/// For whom the submitted form was drawn; empty when it does not say so.
fn writer(submitted: &Submitted) -> &str {
    submitted.0.iter().find(|(name, _)| is_writer(name)).map_or("", |(_, value)| value)
}

fn is_writer(name: &str) -> bool {
    name.strip_prefix(WRITER).is_some_and(|account| account.is_empty() || account.starts_with('-'))
}

/// The submitted form.
#[must_use]
pub fn submitted() -> Submitted {
    visitor().map(|visitor| visitor.submitted.clone()).unwrap_or_default()
}

/// Runs a signed-in person's form: `work` answers with the next path; on a fault the browser goes back to `back`.
///
/// # Errors
/// The fault of the work, already led back to the form.
pub async fn run<W, F>(back: impl Into<String>, work: W) -> Result<(), Fault>
where
    W: FnOnce(Visit) -> F,
    F: Future<Output = Result<String, Fault>>,
{
    let visitor = visitor()?;
    let result = match visit::visit() {
        Ok(_) if is_of_another(&visitor) => Err(Fault::OtherWriter),
        Ok(visit) => work(visit).await,
        Err(fault) => Err(fault),
    };
    finish(&visitor, back.into(), None, result).await
}

/// Whether the form was drawn for another account than the one signed in.
fn is_of_another(visitor: &Visitor) -> bool {
    let writer = writer(&visitor.submitted);
    !writer.is_empty() && visitor.session.as_ref().is_some_and(|session| session.writer != writer)
}

/// Runs a form that needs nobody signed in, as the login's; only the `shown` fields are kept for its next showing.
///
/// # Errors
/// The fault of the work, already led back to the form.
pub async fn run_open<W, F>(back: impl Into<String>, shown: &[&str], work: W) -> Result<(), Fault>
where
    W: FnOnce(Arc<Visitor>) -> F,
    F: Future<Output = Result<String, Fault>>,
{
    let visitor = visitor()?;
    let result = work(visitor.clone()).await;
    finish(&visitor, back.into(), Some(shown), result).await
}

async fn finish(
    visitor: &Visitor,
    back: String,
    shown: Option<&[&str]>,
    result: Result<String, Fault>,
) -> Result<(), Fault> {
    let fault = match result {
        Ok(next) => {
            visitor.outcome.go(next);
            return Ok(());
        }
        Err(fault) => fault,
    };
    // Where nothing can be stored the form cannot be kept either: the browser has it, one step back.
    if matches!(fault, Fault::NotFound | Fault::Unavailable) {
        return Err(fault);
    }
    let next = match keep(visitor, shown, &fault).await {
        Ok(Some(token)) => with_query(&back, "form", &token),
        Ok(None) => back,
        Err(error @ service::Error::Unavailable(_)) => return Err(error.into()),
        Err(error) => {
            // The person is led back all the same, to an empty form.
            crate::fault::log(&error);
            back
        }
    };
    let next = match fault {
        Fault::SignedOut => with_query("/login", "next", &next),
        Fault::OtherWriter => with_query(&with_query("/login", crate::session::OTHER, "1"), "next", &next),
        _ => next,
    };
    visitor.outcome.go(next);
    Err(fault)
}

/// Keeps a form for its writer: whoever is signed in, or for whom it was drawn. Of somebody unknown only the few fields
/// of the forms that need nobody signed in are kept.
async fn keep(visitor: &Visitor, shown: Option<&[&str]>, fault: &Fault) -> service::Result<Option<String>> {
    let signed_in = visitor.session.as_ref().map(|session| session.actor.account);
    let writer = match (shown, signed_in) {
        (Some(_), _) => Some(Writer::Address(&visitor.address)),
        (None, Some(account)) if *fault != Fault::OtherWriter => Some(Writer::Account(account)),
        (None, _) => form_draft::writer(&visitor.env, writer(&visitor.submitted)).await?.map(Writer::Account),
    };
    let Some(writer) = writer else { return Ok(None) };
    let mut fields = typed_fields(visitor);
    if let Some(shown) = shown {
        fields.retain(|(name, value)| shown.contains(&name.as_str()) && value.len() <= LONGEST_OPEN);
    }
    let fault = serde_json::to_string(fault).unwrap_or_default();
    let draft = FormDraft { form: form_name(&visitor.path).to_owned(), fields, fault };
    form_draft::keep(&visitor.env, writer, &draft).await.map(Some)
}

/// The longest text in bytes that is kept of somebody who is not signed in.
const LONGEST_OPEN: usize = 2048;

/// The longest text in bytes that is kept of anybody: twice what any field takes, so that whoever wrote too much can
/// shorten it.
const LONGEST: usize = 12_000;

/// What was typed into the fields that the form has, but no passwords.
fn typed_fields(visitor: &Visitor) -> Vec<(String, String)> {
    let Some(form) = Known::at(&visitor.path) else { return Vec::new() };
    let fields = &visitor.submitted.0;
    let own = form.has(fields.iter().map(|(name, _)| name.as_str()));
    let own = fields.iter().zip(own).filter_map(|(field, own)| own.then_some(field));
    let typed = own.filter(|(name, _)| !name.contains("password"));
    typed.map(|(name, value)| (name.clone(), value[..value.floor_char_boundary(LONGEST)].to_owned())).collect()
}

/// Leads back to a form with what was typed and no fault: `追加` and `計算する` buttons show the form again.
pub async fn show_again(visit: &Visit, back: &str) -> Result<String, Fault> {
    let visitor = &visit.visitor;
    let draft =
        FormDraft { form: form_name(&visitor.path).to_owned(), fields: typed_fields(visitor), fault: String::new() };
    let token = form_draft::keep(&visitor.env, Writer::Account(visit.actor.account), &draft).await?;
    Ok(with_query(back, "form", &token))
}

/// The names and values of a form or a query; text that is no UTF-8 becomes replacement characters.
#[must_use]
pub fn pairs(bytes: &[u8]) -> Vec<(String, String)> {
    serde_urlencoded::from_bytes(bytes).unwrap_or_default()
}

/// What a form is called where it is kept: the last part of its address.
fn form_name(path: &str) -> &str {
    path.trim_start_matches(API)
}

/// Adds a query value to a path that may already have a query.
#[must_use]
pub fn with_query(path: &str, name: &str, value: &str) -> String {
    let joint = if path.contains('?') { '&' } else { '?' };
    let encoded: String = serde_urlencoded::to_string([(name, value)]).unwrap_or_default();
    format!("{path}{joint}{encoded}")
}

/// What was typed into a form before it came back; empty at its first showing. Parts that several forms share take this.
#[derive(Clone, Debug)]
pub struct Typed {
    form: &'static str,
    fields: Submitted,
    errors: Vec<(String, String)>,
    refused: Option<Refusal>,
    came_back: bool,
}

/// A form of a page: what was typed into it, and where it is sent.
pub struct Kept<F> {
    typed: Typed,
    form: PhantomData<fn() -> F>,
}

impl<F> Deref for Kept<F> {
    type Target = Typed;

    fn deref(&self) -> &Typed {
        &self.typed
    }
}

impl<F: Post> Kept<F> {
    /// Where it is sent.
    #[must_use]
    pub fn to(&self) -> Address {
        Address::of::<F>(self.came_back)
    }

    /// A field by its name, for `field!`: `_there` compiles for a field of the form alone.
    #[must_use]
    pub fn checked(&self, _there: fn(&F::Fields), name: &str) -> Field {
        self.field(name)
    }
}

/// A form with nothing typed into it: one that has no faults, or whose page does not show what came back.
#[must_use]
pub fn fresh<F: Post>() -> Kept<F> {
    let typed = Typed {
        form: form_name(F::PATH),
        fields: Submitted::default(),
        errors: Vec::new(),
        refused: None,
        came_back: false,
    };
    Kept { typed, form: PhantomData }
}

/// Opens what was typed into a form and puts its faults at the top of the page.
pub async fn kept<F: Post>() -> Kept<F> {
    let mut kept = fresh::<F>();
    let Ok(visitor) = visitor() else { return kept };
    let Some(draft) = draft(&visitor).await.filter(|draft| draft.form == kept.typed.form) else { return kept };
    visitor.outcome.keep(visit::Kept::Shown(draft.clone()));
    let fault = fault(&draft);
    if matches!(fault, Some(Fault::SignedOut | Fault::OtherWriter)) {
        visitor.outcome.say(words::KEPT);
    }
    kept.typed.errors = show_faults(&visitor, F::LABELS, fault.as_ref());
    kept.typed.refused = fault.and_then(|fault| if let Fault::Refused(refusal) = fault { Some(refusal) } else { None });
    kept.typed.fields = Submitted(draft.fields.clone().into());
    kept.typed.came_back = true;
    kept
}

/// Shows what is to be fixed in the form that was sent back to a page which does not open it: a step that has no fields,
/// or that can no longer be taken.
pub(crate) async fn show_unopened(visitor: &Visitor) {
    let Some(draft) = draft(visitor).await else { return };
    if matches!(visitor.outcome.kept(), visit::Kept::Read(_)) {
        let labels =
            Known::all().find(|known| form_name(known.path) == draft.form).map_or(&[][..], |known| known.labels);
        show_faults(visitor, labels, fault(&draft).as_ref());
    }
}

/// The form that was sent back to the page at hand, read once.
async fn draft(visitor: &Visitor) -> Option<Arc<FormDraft>> {
    match visitor.outcome.kept() {
        visit::Kept::Shown(draft) => return Some(draft),
        visit::Kept::Read(read) => return read,
        visit::Kept::Closed => {}
    }
    let token = visitor.query("form")?;
    let account = visitor.session.as_ref().map(|session| session.actor.account);
    let draft = form_draft::open(&visitor.env, account, &token).await.ok().map(Arc::new);
    visitor.outcome.keep(visit::Kept::Read(draft.clone()));
    draft
}

fn fault(draft: &FormDraft) -> Option<Fault> {
    serde_json::from_str(&draft.fault).ok()
}

/// Puts what is to be fixed at the top of the page: field names and sentences.
fn show_faults(visitor: &Visitor, labels: Labels, fault: Option<&Fault>) -> Vec<(String, String)> {
    let staff = visitor.session.as_ref().is_some_and(|session| session.actor.member().is_none());
    let errors = match fault {
        Some(Fault::Refused(refusal)) if staff => vec![(String::new(), words::refusal::to_staff(refusal))],
        Some(fault) => words::fault(labels, fault),
        None => Vec::new(),
    };
    visitor.outcome.leave_faults(errors.clone());
    errors
}

impl Typed {
    /// Whether the form came back, and so its fields hold what was typed.
    #[must_use]
    pub const fn came_back(&self) -> bool {
        self.came_back
    }

    /// A field by its name: what was typed into it and what is to be fixed. Where the form's type is at hand, `field!`
    /// checks the name.
    #[must_use]
    pub fn field(&self, name: &str) -> Field {
        let field = Field::new(name);
        let error = self.error(field.id());
        let values = self.came_back.then(|| self.fields.all(name));
        field.of(self.form, self.came_back, values).error(error)
    }

    /// What was typed into a field, or the default at the form's first showing.
    pub fn value(&self, name: &str, default: impl FnOnce() -> String) -> String {
        if self.came_back { self.fields.get(name) } else { default() }
    }

    /// What was chosen in a group, or the default at the form's first showing.
    pub fn values(&self, name: &str, default: impl FnOnce() -> Vec<String>) -> Vec<String> {
        if self.came_back { self.fields.all(name) } else { default() }
    }

    /// The revision that the form was written on, so that a newer one is not overwritten unseen; whoever has read of the
    /// newer one goes on from there.
    #[must_use]
    pub fn revision(&self, now: i64) -> String {
        let said = self.error("").is_some();
        if self.came_back && !said { self.fields.get("revision") } else { now.to_string() }
    }

    /// Everything that was typed.
    #[must_use]
    pub fn fields(&self) -> &Submitted {
        &self.fields
    }

    /// The sentence at a field.
    #[must_use]
    pub fn error(&self, name: &str) -> Option<String> {
        self.errors.iter().find(|(field, _)| field == name).map(|(_, text)| text.clone())
    }
}

/// The hidden field that makes a form's effect happen once; what came back keeps its key, unless its reader has read
/// that the key has made something else.
#[must_use]
pub fn once(typed: &Typed) -> impl IntoView + use<> {
    let fresh = || service::id::token().unwrap_or_default();
    let used = matches!(typed.refused, Some(Refusal::AlreadyEntered { .. } | Refusal::RequestEnded { .. }));
    let key = Some(typed.fields.get(ONCE)).filter(|key| !key.is_empty() && !used).unwrap_or_else(fresh);
    view! { <Hidden name=ONCE value=key /> }
}

/// The answers once more, exactly as typed, for a page that shows them before they are sent.
#[must_use]
pub fn sent_again(typed: &Typed) -> impl IntoView + use<> {
    // The button pressed next says what it does.
    let fields = typed.fields().0.iter().filter(|(name, _)| name != "do");
    fields.cloned().map(|(name, value)| view! { <Hidden name value /> }).collect_view()
}
