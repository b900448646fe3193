//! How we speak to people, on pages and in mails: short sentences that blame nobody.

/// Words that blame or say nothing.
pub const BANNED: &[&str] = &["不正", "無効", "エラー", "禁止", "失敗", "必須項目"];

/// The most characters of a sentence.
pub const LONGEST: usize = 60;

/// What is wrong with a text, for the tests of everything that people read.
#[must_use]
pub fn fault(text: &str) -> Option<String> {
    if let Some(word) = BANNED.iter().find(|word| text.contains(**word)) {
        return Some(format!("says {word}"));
    }
    let long = text.split('。').find(|sentence| sentence.chars().count() > LONGEST);
    long.map(|sentence| format!("too long: {sentence}"))
}

#[cfg(test)]
mod tests {
    use super::fault;

    #[test]
    fn blame_and_long_sentences_are_faults() {
        assert_eq!(fault("支部へお電話ください。"), None);
        assert_eq!(fault("入力が不正です。"), Some("says 不正".into()));
        assert!(fault(&"あ".repeat(61)).is_some_and(|fault| fault.starts_with("too long")));
        assert_eq!(fault(&format!("{}。{}。", "あ".repeat(60), "い".repeat(60))), None, "each sentence for itself");
    }
}
