//! A field as its form knows it: name, value and fault in one.

use serde::{Deserialize, Serialize};

/// What a control is named, what it holds and what is to be fixed there. A page gets it from the form that it opened
/// (`field!(kept.reason)`); a name alone is a field with nothing in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    id: String,
    /// What it was sent with or is shown with; `None` while nobody has said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    values: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip)]
    apart: String,
}

impl Field {
    /// A field with nothing in it. The brackets of a name that several values share are no part of its id.
    pub fn new(name: impl Into<String>) -> Self {
        let name = name.into();
        let id = name.strip_suffix("[]").map(str::to_owned).unwrap_or_default();
        Self { name, id, ..Self::default() }
    }

    /// The field with another id than its name.
    #[must_use]
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.id = id.into();
        self
    }

    /// The field of a form that has it in common with another form of its page: only the one that came back has the plain
    /// id, to which the error summary leads.
    #[must_use]
    pub fn apart(mut self) -> Self {
        if !self.apart.is_empty() {
            self.id = self.apart.clone();
        }
        self
    }

    /// The same where a form stands on its page several times: `place` tells them apart.
    #[must_use]
    pub fn apart_in(mut self, place: &str) -> Self {
        if !self.apart.is_empty() {
            self.id = format!("{place}-{}", self.id());
        }
        self
    }

    /// What it holds unless its form came back.
    #[must_use]
    pub fn or(self, value: impl Into<String>) -> Self {
        self.or_all(vec![value.into()])
    }

    /// What is chosen in it unless its form came back.
    #[must_use]
    pub fn or_all(mut self, values: Vec<String>) -> Self {
        self.values.get_or_insert(values);
        self
    }

    /// What is to be fixed, without the mark ＊.
    #[must_use]
    pub fn error(mut self, error: impl Into<Option<String>>) -> Self {
        self.error = error.into();
        self
    }

    /// The id it has wherever its form did not come back.
    #[cfg(feature = "ssr")]
    pub(crate) fn of(mut self, form: &str, came_back: bool, values: Option<Vec<String>>) -> Self {
        if !came_back {
            self.apart = format!("{form}-{}", self.id());
        }
        self.values = values;
        self
    }

    /// The name its value is sent under.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The element's id.
    #[must_use]
    pub fn id(&self) -> &str {
        if self.id.is_empty() { &self.name } else { &self.id }
    }

    /// The text in it, or the one value chosen.
    #[must_use]
    pub fn value(&self) -> String {
        self.values.iter().flatten().next().cloned().unwrap_or_default()
    }

    /// Every value chosen.
    #[must_use]
    pub fn values(&self) -> Vec<String> {
        self.values.clone().unwrap_or_default()
    }

    /// Whether anything was typed, chosen or ticked in it.
    #[must_use]
    pub fn is_set(&self) -> bool {
        !self.value().is_empty()
    }

    /// What is to be fixed there.
    #[must_use]
    pub fn fault(&self) -> Option<String> {
        self.error.clone()
    }
}

impl From<&str> for Field {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

impl From<String> for Field {
    fn from(name: String) -> Self {
        Self::new(name)
    }
}
