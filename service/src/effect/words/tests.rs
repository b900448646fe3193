//! What is written to people, held to the rules of the pages.

use std::collections::BTreeSet;

/// What stands in quotation marks in this folder and is read by people.
fn texts() -> Vec<String> {
    let sources = [include_str!("../words.rs"), include_str!("many.rs")];
    let code = sources.iter().flat_map(|source| source.lines()).filter(|line| !line.trim_start().starts_with("//"));
    let code = code.collect::<Vec<_>>().join("\n").replace("\\\n", "");
    let literals = code.split('"').skip(1).step_by(2);
    literals.filter(|text| !text.is_ascii()).map(str::to_owned).collect()
}

#[test]
fn notices_speak_as_plainly_as_the_pages() {
    let texts = texts();
    assert!(texts.len() > 80, "{} texts", texts.len());
    for text in texts {
        // What is filled in counts as one character.
        let filled = text.split('{').map(|part| part.split_once('}').map_or(part, |(_, rest)| rest));
        let filled = filled.collect::<Vec<_>>().join("〇").replace("\\n", "。");
        assert_eq!(domain::plain::fault(&filled), None, "{text}");
    }
}

#[test]
fn every_notice_has_a_subject_of_its_own() {
    let mut seen = BTreeSet::new();
    let ends = ["ました", "ます", "ません", "ください", "います", "お知らせ", "）", "です"];
    let subjects = texts().into_iter().filter(|text| ends.iter().any(|end| text.ends_with(end)));
    let subjects: Vec<String> = subjects.filter(|text| text.chars().count() > 6).collect();
    assert!(subjects.len() > 35, "{} subjects", subjects.len());
    for subject in subjects {
        assert!(seen.insert(subject.clone()), "two notices are called {subject}");
    }
}
