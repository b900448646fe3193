//! The many strokes that people and their keyboards write for a hyphen.

/// Strokes that are hyphens wherever digits and letters are read: dashes, the minus, the long vowel mark, rules of boxes.
pub(super) const fn is_dash(c: char) -> bool {
    matches!(
        c,
        '-' | '\u{2010}'
            ..='\u{2015}'
                | '\u{2043}'
                | '\u{2212}'
                | '\u{30FC}'
                | '\u{FF70}'
                | '\u{FE63}'
                | '\u{FE58}'
                | '\u{FF0D}'
                | '─'
                | '━'
    )
}

/// A copy in which every such stroke between two digits is `-`; there the kanji 一 is one too, as in 045一982一3521.
#[must_use]
pub fn hyphenate(text: &str) -> String {
    let is_digit = |c: &char| c.is_ascii_digit() || ('０'..='９').contains(c);
    let mut hyphenated = String::with_capacity(text.len());
    let mut after_digit = false;
    let mut chars = text.chars().filter(|c| !super::text::is_invisible(*c)).peekable();
    while let Some(c) = chars.next() {
        let between = after_digit && chars.peek().is_some_and(is_digit);
        hyphenated.push(if between && (is_dash(c) || c == '一') { '-' } else { c });
        after_digit = is_digit(&c);
    }
    hyphenated
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::narrow;

    #[test]
    fn every_stroke_between_digits_is_a_hyphen() {
        for stroke in ['-', '－', 'ー', 'ｰ', '─', '━', '一', '‐', '–', '—', '―', '−'] {
            assert_eq!(hyphenate(&format!("817{stroke}8")), "817-8", "{stroke}");
            assert_eq!(narrow(&format!("０４５{stroke}９８２")), "045-982", "{stroke}");
        }
        assert_eq!(hyphenate("サトー"), "サトー");
        assert_eq!(hyphenate("一丁目1番一"), "一丁目1番一");
    }
}
