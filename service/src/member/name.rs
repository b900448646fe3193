//! What a member is called: read from a form, at registration and when it is corrected.

use crate::entity::member;
use domain::fault::{FieldError, FieldFault};
use domain::input::{InputFault, parse_kana, parse_name};

/// A member's name and its reading as typed.
#[derive(Clone, Debug, Default)]
pub struct NameForm {
    /// 姓（漢字）
    pub family: String,
    /// 名（漢字）
    pub given: String,
    /// 姓（カナ）
    pub family_kana: String,
    /// 名（カナ）
    pub given_kana: String,
}

/// A member's name and its reading, checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Name {
    /// 姓（漢字）
    pub family: String,
    /// 名（漢字）
    pub given: String,
    /// 姓（カナ）
    pub family_kana: String,
    /// 名（カナ）
    pub given_kana: String,
}

impl Name {
    pub(super) fn of(row: &member::Model) -> Self {
        Self {
            family: row.family_name.clone(),
            given: row.given_name.clone(),
            family_kana: row.family_kana.clone(),
            given_kana: row.given_kana.clone(),
        }
    }

    /// 「木村花子」, as the account carries it.
    #[must_use]
    pub fn full(&self) -> String {
        format!("{}{}", self.family, self.given)
    }

    /// 「キムラ ハナコ」
    #[must_use]
    pub fn reading(&self) -> String {
        format!("{} {}", self.family_kana, self.given_kana)
    }

    /// 「木村 花子（キムラ ハナコ）」
    #[must_use]
    pub fn with_reading(&self) -> String {
        format!("{} {}（{}）", self.family, self.given, self.reading())
    }

    /// What the member is found by.
    #[must_use]
    pub fn search_key(&self) -> String {
        super::search_key(&self.family, &self.given, &self.family_kana, &self.given_kana)
    }
}

/// Reads the fields; every one that is to be fixed goes to `faults` and stays empty.
pub(super) fn parse(form: &NameForm, faults: &mut Vec<FieldError>) -> Name {
    let mut keep = |field: &str, read: Result<String, InputFault>| {
        read.unwrap_or_else(|fault| {
            faults.push(FieldError::new(field, FieldFault::Input(fault)));
            String::new()
        })
    };
    Name {
        family: keep("family_name", parse_name(&form.family)),
        given: keep("given_name", parse_name(&form.given)),
        family_kana: keep("family_kana", parse_kana(&form.family_kana)),
        given_kana: keep("given_kana", parse_kana(&form.given_kana)),
    }
}
