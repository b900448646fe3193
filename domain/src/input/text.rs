//! Names and free text: kept as typed, without what cannot be seen or turns text around.

use super::InputFault;

/// The longest reason, comment or note, in characters.
pub const REASON_MAX: usize = 500;
/// The longest name or reading, in characters.
pub const NAME_MAX: usize = 40;
/// Most combining marks in a row; more would cover the lines above and below.
const MARKS_IN_A_ROW: usize = 4;

/// Spaces of no width, joiners that join nothing here, byte order marks, soft hyphens, fillers that fill nothing.
pub(super) const fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{2064}' | '\u{206A}'..='\u{206F}' | '\u{FEFF}' | '\u{00AD}' | '\u{061C}'
        | '\u{180E}' | '\u{034F}' | '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}' | '\u{2800}')
}

/// A text without its invisible characters; what is left is what a reader sees.
pub fn visible(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().filter(|c| !is_invisible(*c))
}

/// Marks that turn the direction of the text after them.
const fn turns_text(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Characters no font of the receiver shows: private use, noncharacters, tags.
const fn is_unshowable(c: char) -> bool {
    matches!(c,
        '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{10FFFF}' | '\u{FDD0}'..='\u{FDEF}' | '\u{FFF0}'..='\u{FFFF}'
        | '\u{2028}' | '\u{2029}' | '\u{E0000}'..='\u{E00FF}')
}

/// Marks that are written over or under the character before; variation selectors of kanji are none.
const fn is_mark(c: char) -> bool {
    matches!(c,
        '\u{0300}'..='\u{036F}' | '\u{0483}'..='\u{0489}' | '\u{0591}'..='\u{05BD}' | '\u{064B}'..='\u{065F}'
        | '\u{0E31}' | '\u{0E34}'..='\u{0E3A}' | '\u{0E47}'..='\u{0E4E}' | '\u{1AB0}'..='\u{1AFF}'
        | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}' | '\u{3099}' | '\u{309A}' | '\u{FE20}'..='\u{FE2F}')
}

/// Reads a person's name and keeps 髙, 﨑 and 𠮷 as typed; words are parted by one space.
///
/// # Errors
/// [`InputFault::Missing`], [`InputFault::TooLong`] beyond [`NAME_MAX`] characters, or
/// [`InputFault::UnusableCharacter`].
pub fn parse_name(text: &str) -> Result<String, InputFault> {
    let mut name = String::with_capacity(text.len().min(256));
    let mut marks = 0;
    for c in text.chars().filter(|c| !is_invisible(*c)) {
        if c.is_whitespace() && !matches!(c, '\n' | '\r' | '\u{0B}' | '\u{0C}' | '\u{85}' | '\u{2028}' | '\u{2029}') {
            if !name.is_empty() && !name.ends_with(' ') {
                name.push(' ');
            }
            marks = 0;
            continue;
        }
        marks = if is_mark(c) { marks + 1 } else { 0 };
        if c.is_control() || turns_text(c) || is_unshowable(c) || marks > MARKS_IN_A_ROW {
            return Err(InputFault::UnusableCharacter);
        }
        name.push(c);
    }
    let name = name.trim_end();
    match name.chars().count() {
        0 => Err(InputFault::Missing),
        1..=NAME_MAX => Ok(name.to_owned()),
        _ => Err(InputFault::TooLong { max: NAME_MAX }),
    }
}

/// Reads free text of several lines; empty is allowed. Line ends become `\n`; control characters, marks that turn
/// text around and piled-up combining marks are left out.
///
/// # Errors
/// [`InputFault::TooLong`] beyond `max` characters.
pub fn parse_text(text: &str, max: usize) -> Result<String, InputFault> {
    let mut clean = String::with_capacity(text.len().min(4096));
    let mut marks = 0;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let c = match c {
            '\r' => {
                if chars.peek() == Some(&'\n') {
                    continue;
                }
                '\n'
            }
            '\u{0B}' | '\u{0C}' | '\u{85}' | '\u{2028}' | '\u{2029}' => '\n',
            '\t' => ' ',
            c => c,
        };
        // A joiner holds the parts of one picture character together; the other invisible ones hold nothing.
        let hidden =
            (c.is_control() && c != '\n') || turns_text(c) || is_unshowable(c) || (is_invisible(c) && c != '\u{200D}');
        if hidden {
            continue;
        }
        marks = if is_mark(c) { marks + 1 } else { 0 };
        if marks <= MARKS_IN_A_ROW {
            clean.push(c);
        }
    }
    let clean = clean.trim();
    if clean.chars().count() > max { Err(InputFault::TooLong { max }) } else { Ok(clean.to_owned()) }
}

/// Reads free text of one line; empty is allowed, line ends become spaces.
///
/// # Errors
/// [`InputFault::TooLong`] beyond `max` characters.
pub fn parse_line(text: &str, max: usize) -> Result<String, InputFault> {
    parse_text(text, max).map(|text| text.replace('\n', " "))
}

/// Reads a reason, comment or note of at most [`REASON_MAX`] characters; empty is allowed.
///
/// # Errors
/// [`InputFault::TooLong`].
pub fn parse_reason(text: &str) -> Result<String, InputFault> {
    parse_text(text, REASON_MAX)
}

/// Refuses an empty text.
///
/// # Errors
/// [`InputFault::Missing`].
pub fn required(text: String) -> Result<String, InputFault> {
    if text.is_empty() { Err(InputFault::Missing) } else { Ok(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_as_long_wherever_it_is_given() {
        assert_eq!(parse_reason(" 発熱の\r\nため　").as_deref(), Ok("発熱の\nため"));
        assert_eq!(parse_reason(&"理".repeat(REASON_MAX)).map(|reason| reason.chars().count()), Ok(REASON_MAX));
        assert_eq!(parse_reason(&"理".repeat(REASON_MAX + 1)), Err(InputFault::TooLong { max: REASON_MAX }));
        assert_eq!(parse_reason("　").as_deref(), Ok(""));
    }

    #[test]
    fn names_are_kept_as_typed() {
        for name in ["髙﨑𠮷", "木村 花子", "辻\u{E0100}", "O'Brien-山田", "<b>太郎</b>", "Nguyễn Thị"]
        {
            assert_eq!(parse_name(name).as_deref(), Ok(name), "{name}");
        }
        assert_eq!(parse_name("　木村　　花子　").as_deref(), Ok("木村 花子"));
        assert_eq!(parse_name("\u{FEFF}花子\u{200B}").as_deref(), Ok("花子"));
        assert_eq!(parse_name(&"𠮷".repeat(40)).map(|name| name.chars().count()), Ok(40));
    }

    #[test]
    fn names_without_anything_to_see_or_with_turning_marks_are_refused() {
        for text in ["", "　", "\u{200B}\u{200D}"] {
            assert_eq!(parse_name(text), Err(InputFault::Missing), "{text:?}");
        }
        for text in
            ["花\0子", "花\u{202E}子", "花\n子", "\u{E000}", "花\u{2066}", "e\u{301}\u{301}\u{301}\u{301}\u{301}"]
        {
            assert_eq!(parse_name(text), Err(InputFault::UnusableCharacter), "{text:?}");
        }
        assert_eq!(parse_name(&"花".repeat(41)), Err(InputFault::TooLong { max: 40 }));
    }

    #[test]
    fn free_text_loses_only_what_cannot_be_shown() {
        let read = |text| parse_text(text, 20).unwrap();
        assert_eq!(read("一行目\r\n二行目\r三行目\n"), "一行目\n二行目\n三行目");
        assert_eq!(read("a\0b\u{7}c\u{202E}d\u{200B}e"), "abcde");
        assert_eq!(read("家族👨\u{200D}👩\u{200D}👧"), "家族👨\u{200D}👩\u{200D}👧");
        assert_eq!(read("<script>"), "<script>");
        assert_eq!(read(&format!("e{}", "\u{301}".repeat(50))), format!("e{}", "\u{301}".repeat(4)));
        assert_eq!(parse_text(&"あ".repeat(20), 20).map(|text| text.chars().count()), Ok(20));
        assert_eq!(parse_text(&"あ".repeat(21), 20), Err(InputFault::TooLong { max: 20 }));
        assert_eq!(parse_line("一\r\n二", 20).as_deref(), Ok("一 二"));
        assert_eq!(parse_text("  ", 20).and_then(required), Err(InputFault::Missing));
    }
}
