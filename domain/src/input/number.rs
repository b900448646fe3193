//! Amounts in yen and small counts.

use super::{InputFault, narrow};

/// Reads an amount: `300`, `３００円`, `1,200`, `¥300`; from 0 to `max` yen.
///
/// # Errors
/// [`InputFault::Missing`], [`InputFault::NotAnAmount`], or an amount outside 0 to `max`.
pub fn parse_yen(text: &str, max: i64) -> Result<i64, InputFault> {
    let text = narrow(text);
    let number = text.strip_prefix(['¥', '\\']).unwrap_or(&text);
    let number = number.strip_suffix('円').unwrap_or(number).trim();
    read(&text, number, 0, max, InputFault::NotAnAmount)
}

/// Reads a count: `2`, `２人`, `3枚`; from `min` to `max`.
///
/// # Errors
/// [`InputFault::Missing`], [`InputFault::NotANumber`], or a count outside `min` to `max`.
pub fn parse_count(text: &str, min: i64, max: i64) -> Result<i64, InputFault> {
    let text = narrow(text);
    let number = text.strip_suffix(['人', '名', '枚']).unwrap_or(&text).trim();
    read(&text, number, min, max, InputFault::NotANumber)
}

fn read(typed: &str, number: &str, min: i64, max: i64, fault: InputFault) -> Result<i64, InputFault> {
    if typed.is_empty() {
        return Err(InputFault::Missing);
    }
    let digits = ungroup(number).ok_or(fault)?;
    let digits = digits.trim_start_matches('0');
    let value: i64 = match digits.len() {
        0 => 0,
        1..=18 => digits.parse().map_err(|_| fault)?,
        _ => i64::MAX,
    };
    if (min..=max).contains(&value) { Ok(value) } else { Err(InputFault::OutOfRange { min, max }) }
}

/// The digits without commas, which may stand between groups of three only.
fn ungroup(text: &str) -> Option<String> {
    let mut groups = text.split(',');
    let first = groups.next()?;
    let grouped = text.contains(',');
    let well_formed = |group: &str| !group.is_empty() && group.bytes().all(|b| b.is_ascii_digit());
    if !well_formed(first) || (grouped && first.len() > 3) {
        return None;
    }
    let mut digits = first.to_owned();
    for group in groups {
        if group.len() != 3 || !well_formed(group) {
            return None;
        }
        digits.push_str(group);
    }
    Some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_in_all_their_writings() {
        for text in ["1200", "1,200", "１２００", "１，２００円", "¥1,200", "￥１２００", " 1200 円", "01200"]
        {
            assert_eq!(parse_yen(text, 99_999), Ok(1200), "{text}");
        }
        assert_eq!(parse_yen("0", 99_999), Ok(0));
        assert_eq!(parse_yen("99,999", 99_999), Ok(99_999));
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for text in ["-300", "300.5", "1,20", "1,,200", ",300", "三百", "円", "¥", "12,3456", "1e3"] {
            assert_eq!(parse_yen(text, 99_999), Err(InputFault::NotAnAmount), "{text}");
        }
        let range = InputFault::OutOfRange { min: 0, max: 99_999 };
        assert_eq!(parse_yen("100000", 99_999), Err(range));
        assert_eq!(parse_yen("99999999999999999999999999", 99_999), Err(range));
        assert_eq!(parse_yen("　", 99_999), Err(InputFault::Missing));
    }

    #[test]
    fn counts_have_both_ends() {
        assert_eq!(parse_count("２人", 1, 5), Ok(2));
        assert_eq!(parse_count("0", 1, 5), Err(InputFault::OutOfRange { min: 1, max: 5 }));
        assert_eq!(parse_count("6枚", 1, 5), Err(InputFault::OutOfRange { min: 1, max: 5 }));
        assert_eq!(parse_count("ふたり", 1, 5), Err(InputFault::NotANumber));
    }
}
