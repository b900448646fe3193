//! One request as the pages and server functions know it: who asks, for what, with which form.

use crate::assets::AssetNames;
use crate::fault::Fault;
use crate::ui::BranchContact;
use domain::actor::Actor;
use leptos::prelude::use_context;
use service::Env;
use service::form_draft::FormDraft;
use service::session::Session;
use std::sync::{Arc, Mutex, PoisonError};

/// A request; the server makes it, `page` and `form` read it.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// What the use cases work with.
    pub env: Env,
    /// Who is signed in.
    pub session: Option<Session>,
    /// The session cookie's token.
    pub token: Option<String>,
    /// By what this device is known, where somebody signed in before.
    pub device: Option<String>,
    /// Whether a person looks at the answer: not when a browser fetches ahead, and not on HEAD.
    pub looks: bool,
    /// The path asked for.
    pub path: String,
    /// The query as names and values.
    pub query: Arc<Vec<(String, String)>>,
    /// The form as names and values.
    pub submitted: Submitted,
    /// The address the request came from.
    pub address: String,
    /// Scheme and host as people type them, put before links that leave the page: `https://kosapo.example.jp`.
    pub site: String,
    /// The names of scripts and styles.
    pub assets: AssetNames,
    /// The telephone of the person's branch.
    pub branch: Option<BranchContact>,
    /// The number of the latest event when the page was asked for.
    pub reached: i64,
    /// What page and form leave for the frame and for the server.
    pub outcome: Outcome,
}

/// A submitted form.
#[derive(Clone, Debug, Default)]
pub struct Submitted(pub Arc<Vec<(String, String)>>);

impl Submitted {
    /// The first value of a name; empty when there is none.
    #[must_use]
    pub fn get(&self, name: &str) -> String {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone()).unwrap_or_default()
    }

    /// Every value of a name.
    #[must_use]
    pub fn all(&self, name: &str) -> Vec<String> {
        self.0.iter().filter(|(key, _)| key == name).map(|(_, value)| value.clone()).collect()
    }
}

/// What a page or a form leaves behind besides its view.
#[derive(Clone, Debug, Default)]
pub struct Outcome(Arc<Mutex<Left>>);

#[derive(Debug, Default)]
struct Left {
    next: Option<String>,
    faults: Vec<(String, String)>,
    news: Option<&'static str>,
    kept: Kept,
}

/// The form that was sent back to a page.
#[derive(Clone, Debug, Default)]
pub(crate) enum Kept {
    /// Nobody has asked for it.
    #[default]
    Closed,
    /// Read, and not yet shown by the page it was sent to; `None` when there is none.
    Read(Option<Arc<FormDraft>>),
    /// The page shows it with its faults.
    Shown(Arc<FormDraft>),
}

impl Outcome {
    /// Leaves the path where the browser goes next.
    pub fn go(&self, path: String) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).next = Some(path);
    }

    /// Where the browser goes next.
    #[must_use]
    pub fn next(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).next.clone()
    }

    /// What became of the form that was sent back.
    pub(crate) fn kept(&self) -> Kept {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).kept.clone()
    }

    /// Leaves the form that was sent back for whoever asks next.
    pub(crate) fn keep(&self, kept: Kept) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).kept = kept;
    }

    /// Leaves what is to be fixed, for the top of the page.
    pub fn leave_faults(&self, faults: Vec<(String, String)>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).faults = faults;
    }

    /// Leaves a sentence for the top of the page.
    pub fn say(&self, news: &'static str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).news = Some(news);
    }

    /// The sentence for the top of the page.
    #[must_use]
    pub fn news(&self) -> Option<&'static str> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).news
    }

    /// What is to be fixed: field ids and sentences.
    #[must_use]
    pub fn faults(&self) -> Vec<(String, String)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).faults.clone()
    }
}

/// A signed-in request.
#[derive(Clone, Debug)]
pub struct Visit {
    /// What the use cases work with.
    pub env: Env,
    /// Who asks.
    pub actor: Actor,
    /// The whole request.
    pub visitor: Arc<Visitor>,
}

/// The request at hand; [`Fault::Unreadable`] outside of one (while the routes are listed).
///
/// # Errors
/// As said.
pub fn visitor() -> Result<Arc<Visitor>, Fault> {
    use_context::<Arc<Visitor>>().ok_or(Fault::Unreadable)
}

/// The request at hand, of somebody signed in.
///
/// # Errors
/// [`Fault::SignedOut`] when nobody is.
pub fn visit() -> Result<Visit, Fault> {
    let visitor = visitor()?;
    let session = visitor.session.clone().ok_or(Fault::SignedOut)?;
    Ok(Visit { env: visitor.env.clone(), actor: session.actor, visitor })
}

impl Visitor {
    /// The page at hand with its query, as a link to it; of a very long one the path alone.
    #[must_use]
    pub fn here(&self) -> String {
        let query = serde_urlencoded::to_string(self.query.as_ref()).unwrap_or_default();
        if query.is_empty() || self.path.len() + query.len() >= crate::session::LONGEST_NEXT {
            return self.path.clone();
        }
        format!("{}?{query}", self.path)
    }

    /// The first value of a name in the query; `None` when missing or empty.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<String> {
        self.query.iter().find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.clone())
    }
}

/// The first value of a name in the query; `None` when missing or empty.
#[must_use]
pub fn query(name: &str) -> Option<String> {
    visitor().ok()?.query(name)
}

/// What stands in the path where its route has names, decoded; the server gives it to the page as its context.
#[derive(Clone, Debug)]
pub struct Params(pub Arc<[(String, String)]>);

/// A part of the path; empty when the route has none of that name.
#[must_use]
pub fn param(name: &str) -> String {
    let Some(Params(params)) = use_context() else { return String::new() };
    params.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone()).unwrap_or_default()
}
