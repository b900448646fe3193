//! Telephone numbers that call when they are tapped.

use leptos::prelude::*;
use std::ops::Range;

/// `tel:` with the digits alone.
pub(crate) fn tel_href(number: &str) -> String {
    let digits = number.chars().filter_map(|c| if c == '+' { Some(c) } else { digit(c) });
    format!("tel:{}", digits.collect::<String>())
}

/// A telephone number as it was written; tapping it calls.
#[component]
pub fn Telephone(
    /// 「045-982-3521」
    #[prop(into)]
    number: String,
) -> impl IntoView {
    let call = tel_href(&number);
    view! { <a href=call>{number}</a> }.into_any()
}

/// A person's own words; tapping a telephone number in them calls.
#[component]
pub fn OwnWords(
    /// The words as they were typed.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    let mut parts = Vec::new();
    let mut read = 0;
    for found in numbers(&text) {
        parts.push(text[read..found.start].to_owned().into_any());
        parts.push(view! { <Telephone number=&text[found.clone()] /> }.into_any());
        read = found.end;
    }
    parts.push(text[read..].to_owned().into_any());
    view! { <span class="kp-answer">{parts}</span> }.into_any()
}

/// The ASCII digit of a half-width or full-width one.
fn digit(c: char) -> Option<char> {
    match c {
        '0'..='9' => Some(c),
        '０'..='９' => char::from_digit(u32::from(c) - u32::from('０'), 10),
        _ => None,
    }
}

const fn joins(c: char) -> bool {
    matches!(c, '-' | '‐' | '−' | 'ー' | '－' | '(' | ')' | '（' | '）' | ' ' | '　')
}

/// Digits of a number that begins like this: eleven of a mobile or IP telephone, else ten.
fn length(digits: &str) -> usize {
    let eleven = ["050", "060", "070", "080", "090", "0800"];
    if eleven.iter().any(|head| digits.starts_with(head)) { 11 } else { 10 }
}

/// Where whole telephone numbers stand in a text, as byte ranges.
fn numbers(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut digits = String::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match digit(c) {
            Some(digit) => {
                if digits.is_empty() {
                    start = at;
                }
                digits.push(digit);
                let ends = chars.peek().is_none_or(|(_, next)| self::digit(*next).is_none());
                if ends && digits.starts_with('0') && digits.len() == length(&digits) {
                    found.push(start..at + c.len_utf8());
                    digits.clear();
                }
            }
            None if joins(c) => {}
            None => digits.clear(),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_telephone_link_holds_digits_only() {
        assert_eq!(tel_href("045-982-3521"), "tel:0459823521");
        assert_eq!(tel_href("+81 45 982 3521"), "tel:+81459823521");
        assert_eq!(tel_href("０４５（９８２）３５２１"), "tel:0459823521");
    }

    fn found(text: &str) -> Vec<&str> {
        numbers(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn telephone_numbers_are_found_in_a_persons_own_words() {
        assert_eq!(
            found("祖母 045-000-0001、父 ０９０ー１２３４ー５６７８"),
            ["045-000-0001", "０９０ー１２３４ー５６７８"]
        );
        assert_eq!(found("090 1234 5678 045 982 3521"), ["090 1234 5678", "045 982 3521"]);
        assert_eq!(found("母(080)12345678"), ["080)12345678"]);
    }

    #[test]
    fn dates_times_and_other_figures_are_no_telephone_numbers() {
        for text in ["", "なし", "2019-06-10 09:00-17:00", "MEM0040989", "0123456789012", "036.8度 150ml"] {
            assert_eq!(found(text), Vec::<&str>::new(), "{text}");
        }
    }
}
