//! The telephones people are led to, as the people who run the server name them in a file.

use domain::input::parse_phone;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Telephones of the headquarters and the branches.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Contacts {
    /// Of 本部事務局; empty when unknown.
    pub headquarters: String,
    /// Of the branches, by the ward's key.
    pub branches: BTreeMap<String, String>,
}

impl Contacts {
    /// Reads `headquarters = "045-…"` and, below `[branches]`, `tsurumi = "045-…"`; telephones as people write them.
    ///
    /// # Errors
    /// A sentence when it holds something else.
    pub fn parse(text: &str) -> Result<Self, String> {
        let typed: Self = toml::from_str(text).map_err(|error| error.to_string().replace('\n', " "))?;
        let telephone = |whose: &str, typed: &str| {
            parse_phone(typed).map_err(|fault| format!("the telephone of {whose}, {typed}, {fault}"))
        };
        let headquarters = match typed.headquarters.as_str() {
            "" => String::new(),
            typed => telephone("headquarters", typed)?,
        };
        let branches = typed.branches.iter().map(|(ward, typed)| Ok((ward.clone(), telephone(ward, typed)?)));
        Ok(Self { headquarters, branches: branches.collect::<Result<_, String>>()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn telephones_are_read_as_people_write_them() {
        let text = "headquarters = '０４５－０００－０００１'\n[branches]\ntsurumi = '+81 45-000-0002'\n";
        let read = Contacts::parse(text).unwrap();
        assert_eq!(read.headquarters, "045-000-0001");
        assert_eq!(read.branches.get("tsurumi").map(String::as_str), Some("045-000-0002"));
        assert_eq!(Contacts::parse(""), Ok(Contacts::default()));
        assert!(Contacts::parse("headquarters = 'soon'").unwrap_err().contains("headquarters"));
        assert!(Contacts::parse("[branches]\ntsurumi = '110'").unwrap_err().contains("tsurumi"));
        assert!(Contacts::parse("[wards]").is_err());
    }
}
