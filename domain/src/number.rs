//! The numbers people read aloud: MEM (member), CDK (request), EKH (report), KSK (claim).
//!
//! Written strictly (prefix and seven digits), read leniently: full-width digits, lower case, the letter O for zero,
//! missing leading zeros, spaces and hyphens (the newsletter's own samples disagree: `MEM004989`, card `MEM0××××××`).

use crate::input::narrow;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Why a text is no number of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a number is its three letters and up to seven digits")]
pub struct NotANumber;

/// Whether the three letters are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Letters {
    /// They tell the kinds of numbers apart.
    Must,
    /// The field or the list says which kind is meant.
    May,
}

/// Reads the counter of a number of one prefix.
fn parse_counter(prefix: &str, letters: Letters, text: &str) -> Result<u32, NotANumber> {
    let mut compact = String::with_capacity(10);
    for c in narrow(text).chars() {
        if matches!(c, ' ' | '-') {
            continue;
        }
        if compact.len() >= 16 || !c.is_ascii_alphanumeric() {
            return Err(NotANumber);
        }
        compact.push(c.to_ascii_uppercase());
    }
    let bare = compact.starts_with(|c: char| c.is_ascii_digit());
    let digits = match compact.strip_prefix(prefix) {
        Some(digits) => digits,
        None if bare && letters == Letters::May => &compact,
        None => return Err(NotANumber),
    };
    let digits = digits.replace('O', "0");
    if digits.is_empty() || digits.len() > 7 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(NotANumber);
    }
    digits.parse().map_err(|_| NotANumber)
}

macro_rules! number {
    ($(#[$doc:meta])* $name:ident, $prefix:literal, $first:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(into = "String", try_from = "String")]
        pub struct $name(pub u32);

        impl $name {
            /// The three letters before the digits.
            pub const PREFIX: &'static str = $prefix;
            /// The counter of the first number given.
            pub const FIRST: u32 = $first;

            /// Reads what a person typed or a URL carries.
            ///
            /// # Errors
            /// When the text is no number of this kind.
            pub fn parse(text: &str) -> Result<Self, NotANumber> {
                parse_counter($prefix, Letters::Must, text).map(Self)
            }

            /// Reads the same without its letters too, where nothing else than such a number is looked for.
            ///
            /// # Errors
            /// When the text is no number of this kind.
            pub fn find(text: &str) -> Result<Self, NotANumber> {
                parse_counter($prefix, Letters::May, text).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "{:07}"), self.0)
            }
        }

        impl From<$name> for String {
            fn from(number: $name) -> Self {
                number.to_string()
            }
        }

        /// From the counter alone, as it is stored.
        impl TryFrom<i64> for $name {
            type Error = NotANumber;
            fn try_from(counter: i64) -> Result<Self, NotANumber> {
                u32::try_from(counter).map(Self).map_err(|_| NotANumber)
            }
        }

        impl TryFrom<String> for $name {
            type Error = NotANumber;
            fn try_from(text: String) -> Result<Self, NotANumber> {
                Self::parse(&text)
            }
        }

        crate::stored::stored_as!($name, i64, |number| i64::from(number.0), |counter| <u32 as TryFrom<i64>>::try_from(counter).ok().map($name));
    };
}

number!(
    /// A member's number (会員番号).
    MemberNo, "MEM", 1
);
number!(
    /// A request's number (依頼ID).
    RequestNo, "CDK", 1
);
number!(
    /// A report's number (報告書ID); the counter starts at 3,000,000.
    ReportNo, "EKH", 3_000_001
);
number!(
    /// The number of a provider's monthly claim (給付金請求申請).
    ClaimNo, "KSK", 1
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_leniently_and_written_strictly() {
        for text in ["CDK0036630", "cdk36630", "ＣＤＫ００３６６３０", "CDK OO36630", "CDK-0036630"] {
            assert_eq!(RequestNo::parse(text).unwrap().to_string(), "CDK0036630", "{text}");
        }
        assert_eq!(MemberNo::parse("MEMO040989").unwrap().to_string(), "MEM0040989");
    }

    #[test]
    fn where_one_kind_is_looked_for_the_letters_may_be_missing() {
        for text in
            ["36630", "0036630", "００３６６３０", "CDK36630", "003-6630", "\u{200B}36630\u{FEFF}", "ＣＤＫ─36630"]
        {
            assert_eq!(RequestNo::find(text).map(|no| no.to_string()), Ok("CDK0036630".into()), "{text}");
        }
        for text in ["", "EKH36630", "花子", "12345678", "O36630"] {
            assert_eq!(RequestNo::find(text), Err(NotANumber), "{text}");
        }
        assert_eq!(RequestNo::parse("36630"), Err(NotANumber));
    }

    #[test]
    fn other_texts_are_refused() {
        for text in ["", "CDK", "EKH3000561", "CDK00366300", "CDK003６a", "CDK1/../", "𠮷", "CDK99999999999999999999"]
        {
            assert_eq!(RequestNo::parse(text), Err(NotANumber), "{text}");
        }
    }

    #[test]
    fn a_counter_that_was_never_given_is_no_number() {
        assert_eq!(RequestNo::try_from(36_630), Ok(RequestNo(36_630)));
        assert_eq!(RequestNo::try_from(-1), Err(NotANumber));
        assert_eq!(RequestNo::try_from(i64::MAX), Err(NotANumber));
    }
}
