//! Forms submit as documents, with and without script.
//!
//! A form posts to its server function. [`run`] does the work there and leaves the next path; on a fault it keeps what
//! was typed under a secret name and leads back to the form (`?form=…`), whose page shows it through [`typed`].

use crate::fault::Fault;
use crate::ui::Hidden;
use crate::visit::{Submitted, Visit, Visitor, visit, visitor};
use crate::words;
use domain::refusal::Refusal;
use leptos::prelude::*;
use service::form_draft::{self, FormDraft, Writer};
use std::future::Future;

/// The hidden field that makes a form's effect happen once.
pub const ONCE: &str = "once";

/// The hidden field that says for whom a form was drawn.
pub const WRITER: &str = "writer";

/// The submitted form.
#[must_use]
pub fn submitted() -> Submitted {
    visitor().map(|visitor| visitor.submitted).unwrap_or_default()
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
    let result = match visit() {
        Ok(_) if is_of_another(&visitor) => Err(Fault::OtherWriter),
        Ok(visit) => work(visit).await,
        Err(fault) => Err(fault),
    };
    finish(&visitor, back.into(), None, result).await
}

/// Whether the form was drawn for another account than the one signed in.
fn is_of_another(visitor: &Visitor) -> bool {
    let writer = visitor.submitted.get(WRITER);
    !writer.is_empty() && visitor.session.as_ref().is_some_and(|session| session.writer != writer)
}

/// Runs a form that needs nobody signed in, as the login's; only the `shown` fields are kept for its next showing.
///
/// # Errors
/// The fault of the work, already led back to the form.
pub async fn run_open<W, F>(back: impl Into<String>, shown: &[&str], work: W) -> Result<(), Fault>
where
    W: FnOnce(Visitor) -> F,
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
        (None, _) => form_draft::writer(&visitor.env, &visitor.submitted.get(WRITER)).await?.map(Writer::Account),
    };
    let Some(writer) = writer else { return Ok(None) };
    let mut fields = typed_fields(visitor);
    if let Some(shown) = shown {
        fields.retain(|(name, value)| shown.contains(&name.as_str()) && value.len() <= LONGEST_OPEN);
    }
    let fault = serde_json::to_string(fault).unwrap_or_default();
    let draft = FormDraft { form: form_name(&visitor.path), fields, fault };
    form_draft::keep(&visitor.env, writer, &draft).await.map(Some)
}

/// The longest text in bytes that is kept of somebody who is not signed in.
const LONGEST_OPEN: usize = 2048;

/// What was typed: everything but passwords and for whom the form was drawn.
fn typed_fields(visitor: &Visitor) -> Vec<(String, String)> {
    let fields = visitor.submitted.0.iter();
    fields.filter(|(name, _)| !name.contains("password") && name != WRITER).cloned().collect()
}

/// Leads back to a form with what was typed and no fault: `追加` and `計算する` buttons show the form again.
///
/// # Errors
/// Those of the database.
pub async fn show_again(visit: &Visit, back: &str) -> Result<String, Fault> {
    let visitor = &visit.visitor;
    let draft = FormDraft { form: form_name(&visitor.path), fields: typed_fields(visitor), fault: String::new() };
    let token = form_draft::keep(&visitor.env, Writer::Account(visit.actor.account), &draft).await?;
    Ok(with_query(back, "form", &token))
}

/// The names and values of a form or a query; text that is no UTF-8 becomes replacement characters.
#[must_use]
pub fn pairs(bytes: &[u8]) -> Vec<(String, String)> {
    serde_urlencoded::from_bytes(bytes).unwrap_or_default()
}

fn form_name(path: &str) -> String {
    path.trim_start_matches("/api/").to_owned()
}

/// Adds a query value to a path that may already have a query.
#[must_use]
pub fn with_query(path: &str, name: &str, value: &str) -> String {
    let joint = if path.contains('?') { '&' } else { '?' };
    let encoded: String = serde_urlencoded::to_string([(name, value)]).unwrap_or_default();
    format!("{path}{joint}{encoded}")
}

/// What was typed into a form before it came back; empty at its first showing.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    fields: Submitted,
    errors: Vec<(String, String)>,
    refused: Option<Refusal>,
    came_back: bool,
}

/// Opens what was typed into the form of an endpoint (`"approvals"`) and puts its faults at the top of the page.
pub async fn typed(endpoint: &str) -> Typed {
    let Ok(visitor) = visitor() else { return Typed::default() };
    let Some(token) = visitor.query("form") else { return Typed::default() };
    let account = visitor.session.as_ref().map(|session| session.actor.account);
    let Ok(draft) = form_draft::open(&visitor.env, account, &token).await else { return Typed::default() };
    if draft.form != endpoint {
        return Typed::default();
    }
    let fault = serde_json::from_str::<Fault>(&draft.fault).ok();
    if matches!(fault, Some(Fault::SignedOut | Fault::OtherWriter)) {
        visitor.outcome.say(words::KEPT);
    }
    let staff = visitor.session.as_ref().is_some_and(|session| session.actor.member().is_none());
    let errors = match &fault {
        Some(Fault::Refused(refusal)) if staff => vec![(String::new(), words::refusal::to_staff(refusal))],
        Some(fault) => words::fault(endpoint, fault),
        None => Vec::new(),
    };
    let refused = fault.and_then(|fault| if let Fault::Refused(refusal) = fault { Some(refusal) } else { None });
    visitor.outcome.mend(errors.clone());
    Typed { fields: Submitted(draft.fields.into()), errors, refused, came_back: true }
}

impl Typed {
    /// Whether the form came back, and so `value` answers with what was typed.
    #[must_use]
    pub const fn came_back(&self) -> bool {
        self.came_back
    }

    /// What was typed into a field, or the default at the form's first showing.
    pub fn value(&self, name: &str, default: impl FnOnce() -> String) -> String {
        if self.came_back { self.fields.get(name) } else { default() }
    }

    /// What was chosen in a group, or the default at the form's first showing.
    pub fn values(&self, name: &str, default: impl FnOnce() -> Vec<String>) -> Vec<String> {
        if self.came_back { self.fields.all(name) } else { default() }
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

/// The hidden field that makes a form's effect happen once; what came back keeps its key, unless its reader was told
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
