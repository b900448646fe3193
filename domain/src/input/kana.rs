//! Readings in katakana, from half-width kana and hiragana too.

use super::text::{NAME_MAX, is_invisible};
use super::{InputFault, hyphen};

/// Half-width kana U+FF66 to U+FF9D in order.
const HALF_WIDTH: &str =
    "ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン";

/// Reads a reading (フリガナ): katakana, hiragana or half-width kana, written back in full-width katakana. Words are
/// parted by one space.
///
/// # Errors
/// [`InputFault::Missing`], [`InputFault::NotKana`], or [`InputFault::TooLong`].
pub fn parse_kana(text: &str) -> Result<String, InputFault> {
    let mut kana = String::with_capacity(text.len().min(256));
    for c in text.chars().filter(|c| !is_invisible(*c)) {
        let c = full_width(c);
        match c {
            '\u{3099}' | '\u{309A}' => {
                let base = kana.pop().ok_or(InputFault::NotKana)?;
                kana.push(with_mark(base, c).ok_or(InputFault::NotKana)?);
            }
            // After a kana a hyphen is a long mark: サト－.
            c if (hyphen::is_dash(c) || c == '一') && kana.ends_with(|before| ('ァ'..='ヺ').contains(&before)) => {
                kana.push('ー');
            }
            'ァ'..='ヺ' | 'ー' | 'ヽ' | 'ヾ' | '・' => kana.push(c),
            'ぁ'..='ゖ' | 'ゝ' | 'ゞ' => {
                kana.push(char::from_u32(u32::from(c) + 0x60).ok_or(InputFault::NotKana)?);
            }
            c if c.is_whitespace() => {
                if !kana.is_empty() && !kana.ends_with(' ') {
                    kana.push(' ');
                }
            }
            _ => return Err(InputFault::NotKana),
        }
    }
    let kana = kana.trim_end();
    match kana.chars().count() {
        0 => Err(InputFault::Missing),
        1..=NAME_MAX => Ok(kana.to_owned()),
        _ => Err(InputFault::TooLong { max: NAME_MAX }),
    }
}

fn full_width(c: char) -> char {
    match c {
        '\u{FF66}'..='\u{FF9D}' => {
            let index = usize::try_from(u32::from(c) - 0xFF66).unwrap_or(usize::MAX);
            HALF_WIDTH.chars().nth(index).unwrap_or(c)
        }
        '\u{FF9E}' | '゛' => '\u{3099}',
        '\u{FF9F}' | '゜' => '\u{309A}',
        '\u{FF65}' => '・',
        c => c,
    }
}

/// The kana with a voicing mark, where one exists: カ → ガ, ハ → パ, ウ → ヴ.
fn with_mark(base: char, mark: char) -> Option<char> {
    let voiced = mark == '\u{3099}';
    let shift = match base {
        'カ' | 'キ' | 'ク' | 'ケ' | 'コ' | 'サ' | 'シ' | 'ス' | 'セ' | 'ソ' | 'タ' | 'チ' | 'ツ' | 'テ' | 'ト'
        | 'ヽ'
            if voiced =>
        {
            1
        }
        'ハ' | 'ヒ' | 'フ' | 'ヘ' | 'ホ' => {
            if voiced {
                1
            } else {
                2
            }
        }
        'ウ' if voiced => return Some('ヴ'),
        'ワ' if voiced => return Some('ヷ'),
        _ => return None,
    };
    char::from_u32(u32::from(base) + shift)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readings_become_full_width_katakana() {
        for (typed, kept) in [
            ("キムラ", "キムラ"),
            ("きむら　はなこ", "キムラ ハナコ"),
            ("ｷﾑﾗ ﾊﾅｺ", "キムラ ハナコ"),
            ("ﾀﾞｲｽｹ", "ダイスケ"),
            ("ｱﾝﾊﾟﾝ", "アンパン"),
            ("ｳﾞｨｵﾗ", "ヴィオラ"),
            ("ｼﾞｮｰｼﾞ", "ジョージ"),
            ("か\u{3099}く", "ガク"),
            ("ゔぃ", "ヴィ"),
            ("マリー・アンヌ", "マリー・アンヌ"),
            ("ｦﾝ", "ヲン"),
            ("サト－", "サトー"),
            ("さと-", "サトー"),
            ("ｻﾄ─ ｼﾞｮ−ｼﾞ", "サトー ジョージ"),
            ("サ\u{200B}トー", "サトー"),
        ] {
            assert_eq!(parse_kana(typed).as_deref(), Ok(kept), "{typed}");
        }
    }

    #[test]
    fn what_is_no_reading_is_refused() {
        for typed in ["木村", "Kimura", "キムラ1", "ﾞ", "ｱﾞ", "-キムラ", "キムラ -"] {
            assert_eq!(parse_kana(typed), Err(InputFault::NotKana), "{typed}");
        }
        assert_eq!(parse_kana("　"), Err(InputFault::Missing));
        assert_eq!(parse_kana(&"ア".repeat(41)), Err(InputFault::TooLong { max: 40 }));
    }
}
