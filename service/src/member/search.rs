//! Finding members the way people write them: one spelling for full and half width, hiragana and katakana, and the
//! usual variants of a kanji (髙 and 高, 﨑 and 崎, 𠮷 and 吉).

use unicode_normalization::UnicodeNormalization;

/// Variants of kanji in family names that a caller cannot tell apart by ear.
const VARIANTS: &[(char, char)] = &[
    ('髙', '高'),
    ('﨑', '崎'),
    ('嵜', '崎'),
    ('碕', '崎'),
    ('𠮷', '吉'),
    ('德', '徳'),
    ('濵', '浜'),
    ('濱', '浜'),
    ('邉', '辺'),
    ('邊', '辺'),
    ('齋', '斉'),
    ('齊', '斉'),
    ('斎', '斉'),
    ('澤', '沢'),
    ('廣', '広'),
    ('眞', '真'),
    ('惠', '恵'),
    ('櫻', '桜'),
    ('國', '国'),
    ('嶋', '島'),
    ('嶌', '島'),
    ('龍', '竜'),
    ('瀨', '瀬'),
    ('桒', '桑'),
];

/// One spelling of a text for comparing: NFKC, lower case, katakana, plain kanji, without spaces, hyphens and control
/// characters (of which PostgreSQL takes no NUL).
#[must_use]
pub fn fold(text: &str) -> String {
    text.nfkc()
        .flat_map(char::to_lowercase)
        .filter(|c| !c.is_whitespace() && !c.is_control() && !matches!(c, '-' | '‐' | '‑' | '–' | '—' | '−' | '・'))
        .map(|c| match c {
            'ぁ'..='ゖ' => char::from_u32(c as u32 + 0x60).unwrap_or(c),
            _ => VARIANTS.iter().find(|(variant, _)| *variant == c).map_or(c, |(_, plain)| *plain),
        })
        .collect()
}

/// What a member is found by in lists: 漢字 and カナ of the full name, folded.
#[must_use]
pub fn search_key(family_name: &str, given_name: &str, family_kana: &str, given_kana: &str) -> String {
    format!("{} {}", fold(&format!("{family_name}{given_name}")), fold(&format!("{family_kana}{given_kana}")))
}

/// The key that two members of one household share: postal code, town and address, folded.
#[must_use]
pub fn household_key(postal: &str, town: &str, address: &str) -> String {
    fold(&format!("{postal}{town}{address}")).replace(['ー', 'ｰ'], "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_usual_spelling_of_a_name_is_one() {
        assert_eq!(fold("髙﨑 𠮷子"), fold("高崎吉子"));
        assert_eq!(fold("ｷﾑﾗ　はなこ"), fold("キムラハナコ"));
        assert_ne!(fold("木村"), fold("木材"));
        assert_eq!(fold("木\u{0}村\n"), "木村");
    }

    #[test]
    fn one_household_has_one_key() {
        let key = household_key("226-0025", "十日市場町", "817-8 いっぽ荘１０１");
        assert_eq!(key, household_key("２２６００２５", "十日市場町", "817－8　いっぽ荘101"));
        assert_ne!(key, household_key("226-0025", "十日市場町", "817-8 いっぽ荘102"));
    }
}
