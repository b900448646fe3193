//! Where a member lives and is reached: read from a form, at registration and when it is corrected.

use super::household_key;
use crate::entity::member;
use domain::fault::{FieldError, FieldFault};
use domain::input::{parse_line, parse_mail, parse_phone, parse_postal_code, required};

/// Address, telephone and mail as typed.
#[derive(Clone, Debug, Default)]
pub struct ContactForm {
    /// 郵便番号
    pub postal: String,
    /// 町名
    pub town: String,
    /// 番地・建物
    pub address: String,
    /// 電話番号
    pub telephone: String,
    /// メールアドレス, may be empty
    pub mail: String,
}

/// Address, telephone and mail, checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contact {
    /// 郵便番号: 「226-0025」
    pub postal: String,
    /// 町名
    pub town: String,
    /// 番地・建物
    pub address: String,
    /// 電話番号: 「045-982-3521」
    pub telephone: String,
    /// メールアドレス, may be empty
    pub mail: String,
}

impl Contact {
    pub(super) fn of(row: &member::Model) -> Self {
        Self {
            postal: row.postal.clone(),
            town: row.town.clone(),
            address: row.address.clone(),
            telephone: row.telephone.clone(),
            mail: row.mail.clone(),
        }
    }

    /// What is the same for members of one household.
    #[must_use]
    pub fn household_key(&self) -> String {
        household_key(&self.postal, &self.town, &self.address)
    }
}

/// Reads the fields; every one that is to be fixed goes to `faults` and stays empty.
pub(super) fn parse(form: &ContactForm, faults: &mut Vec<FieldError>) -> Contact {
    let mut keep = |field: &str, read: Result<String, domain::input::InputFault>| {
        read.unwrap_or_else(|fault| {
            faults.push(FieldError::new(field, FieldFault::Input(fault)));
            String::new()
        })
    };
    let line = |text: &str, max| parse_line(text, max).and_then(required);
    Contact {
        postal: keep("postal", parse_postal_code(&form.postal)),
        town: keep("town", line(&form.town, 40)),
        address: keep("address", line(&form.address, 100)),
        telephone: keep("telephone", parse_phone(&form.telephone)),
        mail: if form.mail.trim().is_empty() { String::new() } else { keep("mail", parse_mail(&form.mail)) },
    }
}
