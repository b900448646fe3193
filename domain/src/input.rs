//! Reads what a person typed, leniently: full-width digits, 令和 dates, 9時半, half-width kana.
//!
//! The same functions run in the browser and on the server, never panic, and answer with an [`InputFault`] that names
//! the fault without words of any language.

mod contact;
mod date;
mod hyphen;
mod kana;
mod number;
mod text;

use serde::{Deserialize, Serialize};

pub use self::contact::{is_reserved_mail, parse_mail, parse_phone, parse_postal_code};
pub use self::date::{parse_coming_date, parse_date, parse_near_date, parse_time};
pub use self::hyphen::hyphenate;
pub use self::kana::parse_kana;
pub use self::number::{parse_count, parse_yen};
pub use self::text::{NAME_MAX, REASON_MAX, parse_line, parse_name, parse_reason, parse_text, required, visible};

/// What is wrong with something typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case", tag = "fault")]
pub enum InputFault {
    /// Nothing was typed.
    #[error("is missing")]
    Missing,
    /// Not written as a date.
    #[error("is not a date such as 2024-03-30")]
    NotADate,
    /// Written as a date, but the calendar has no such day.
    #[error("is a day that does not exist")]
    NoSuchDay,
    /// A day without a year, such as 29 February, that does not come within a year.
    #[error("is a day that does not come within a year: give the year too")]
    NotWithinAYear,
    /// Not written as a time of day from 0:00 to 24:00.
    #[error("is not a time such as 11:30")]
    NotATime,
    /// Not a whole number of yen.
    #[error("is not an amount in yen")]
    NotAnAmount,
    /// Not a whole number.
    #[error("is not a number")]
    NotANumber,
    /// A number outside its range.
    #[error("must be from {min} to {max}")]
    OutOfRange {
        /// Least allowed.
        min: i64,
        /// Most allowed.
        max: i64,
    },
    /// Longer than so many characters.
    #[error("is longer than {max} characters")]
    TooLong {
        /// Most characters allowed.
        max: usize,
    },
    /// Not a Japanese telephone number of 10 or 11 digits.
    #[error("is not a telephone number")]
    NotAPhone,
    /// Not a mail address.
    #[error("is not a mail address")]
    NotAMail,
    /// A mail address with dots before the `@` that only some carriers gave out: two in a row, or one at the end.
    #[error("has dots in a row or at the end before the @, which only docomo.ne.jp, ezweb.ne.jp and au.com gave out")]
    MailDots,
    /// Something other than kana.
    #[error("is not written in kana")]
    NotKana,
    /// Not a postal code of seven digits.
    #[error("is not a postal code")]
    NotAPostalCode,
    /// A character that cannot be shown or turns text around.
    #[error("contains a character that cannot be used")]
    UnusableCharacter,
}

/// Full-width ASCII becomes ASCII, every dash and the long vowel mark a hyphen, every space a space; invisible
/// characters and the ends' spaces go. For numbers, dates and addresses, not for names.
///
/// Whatever is typed to be found or to sign in (numbers, telephones, user IDs) goes through here too, so it is read as
/// leniently as what is recorded.
#[must_use]
pub fn narrow(text: &str) -> String {
    let narrowed: String = hyphenate(text).chars().filter(|c| !text::is_invisible(*c)).map(narrow_char).collect();
    narrowed.trim().to_owned()
}

fn narrow_char(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => u32::from(c).checked_sub(0xFEE0).and_then(char::from_u32).unwrap_or(c),
        c if hyphen::is_dash(c) => '-',
        '\u{FFE5}' => '¥',
        c if c.is_whitespace() => ' ',
        c => c,
    }
}
