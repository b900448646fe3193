//! Finding members the way people write them: one spelling for full and half width, hiragana and katakana, and the
//! usual variants of a kanji (髙 and 高, 﨑 and 崎, 𠮷 and 吉).

use domain::input::hyphenate;
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
    ('𡈽', '土'),
    ('圡', '土'),
    ('栁', '柳'),
    ('桺', '柳'),
    ('鷗', '鴎'),
    ('曻', '昇'),
    ('瀧', '滝'),
    ('髮', '髪'),
    ('條', '条'),
    ('壽', '寿'),
    ('冨', '富'),
    ('舘', '館'),
    ('藪', '薮'),
    ('關', '関'),
    ('榮', '栄'),
    ('遙', '遥'),
];

/// What people write after a name that is not theirs; no Japanese name ends in it.
const HONORIFIC: char = '様';

/// One spelling of a text for comparing: what a reader sees of it, NFKC, lower case, katakana, plain kanji, strokes
/// between digits as hyphens, without spaces, hyphens and control characters (of which PostgreSQL takes no NUL).
///
/// Records are keyed with it and searches are read with it, so a spelling that is taken in one is found by the other.
/// Whoever changes what it does raises [`SPELLING`].
#[must_use]
pub fn fold(text: &str) -> String {
    hyphenate(text)
        .nfkc()
        .flat_map(char::to_lowercase)
        .filter(|c| !c.is_whitespace() && !c.is_control() && !is_variation(*c))
        .filter(|c| !matches!(c, '-' | '‐' | '‑' | '–' | '—' | '―' | '−' | '─' | '━' | '・'))
        .map(|c| match c {
            'ぁ'..='ゖ' => char::from_u32(c as u32 + 0x60).unwrap_or(c),
            _ => VARIANTS.iter().find(|(variant, _)| *variant == c).map_or(c, |(_, plain)| *plain),
        })
        .collect()
}

/// The version of [`fold`] and of the keys made with it; keys of another version are replaced at the next start.
pub const SPELLING: i64 = 2;

/// Marks that choose one shape of a kanji among several (辻󠄀 and 辻).
const fn is_variation(c: char) -> bool {
    matches!(c, '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}

/// A name as it is looked for: folded, without a trailing 様.
#[must_use]
pub fn fold_name(text: &str) -> String {
    let folded = fold(text);
    let bare = folded.trim_end_matches(HONORIFIC);
    if bare.is_empty() { folded } else { bare.to_owned() }
}

/// What a member is found by in lists: 漢字 and カナ of the full name, folded. The family name stands once more after the
/// given one, so that 「花子 木村」 is found as 「木村 花子」 is.
#[must_use]
pub fn search_key(family_name: &str, given_name: &str, family_kana: &str, given_kana: &str) -> String {
    let key = |family: &str, given: &str| {
        let family = fold_name(family);
        format!("{family}{}{family}", fold_name(given))
    };
    format!("{} {}", key(family_name, given_name), key(family_kana, given_kana))
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
        for (typed, plain) in [
            ("𡈽屋", "土屋"),
            ("圡屋", "土屋"),
            ("栁", "柳"),
            ("鷗", "鴎"),
            ("木\u{200B}村\u{FEFF}", "木村"),
            ("木\u{AD}村", "木村"),
            ("辻\u{E0100}", "辻"),
        ] {
            assert_eq!(fold(typed), fold(plain), "{typed}");
        }
    }

    #[test]
    fn folding_twice_is_folding_once() {
        for text in ["髙﨑 𠮷子", "𡈽屋", "817一8─2", "ｷﾑﾗ", "ＡＢＣ－１", "様", "木村様", "ゔ", "ǅ", "ﷺ"]
        {
            assert_eq!(fold(&fold(text)), fold(text), "{text}");
        }
    }

    #[test]
    fn a_name_is_found_in_either_order_and_with_sama() {
        let key = search_key("木村", "花子", "キムラ", "ハナコ");
        for typed in
            ["木村花子", "花子 木村", "木村　花子様", "花子", "はなこ きむら", "キムラ", "木\u{200B}村", "花子様"]
        {
            assert!(key.contains(&fold_name(typed)), "{typed}");
        }
        for typed in ["花子花子", "村木", "様"] {
            assert!(!key.contains(&fold_name(typed)), "{typed}");
        }
        assert_eq!(search_key("木村", "花子様", "", ""), search_key("木村", "花子", "", ""));
    }

    #[test]
    fn one_household_has_one_key() {
        let key = household_key("226-0025", "十日市場町", "817-8 いっぽ荘１０１");
        for address in [
            "817－8　いっぽ荘101",
            "817ー8いっぽ荘101",
            "８１７─８ いっぽ荘101",
            "817一8 いっぽ荘101",
            "817━8\u{200B}いっぽ荘101",
        ] {
            assert_eq!(key, household_key("２２６００２５", "十日市場町", address), "{address}");
        }
        assert_ne!(key, household_key("226-0025", "十日市場町", "817-8 いっぽ荘102"));
    }
}
