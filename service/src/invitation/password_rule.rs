//! Which passwords are taken: long enough, and none that everybody tries first. No rule about kinds of characters,
//! no date of expiry (docs/adr/0003-passwords.md).

use domain::fault::FieldFault;
use domain::number::MemberNo;
use unicode_normalization::UnicodeNormalization;

/// The least length for somebody with a mail address on file, who is notified of every new password.
const WITH_MAIL: usize = 8;
/// The least length for everybody else (criteria B-PW-1: the password is the only factor).
const WITHOUT_MAIL: usize = 15;
/// The longest password; longer ones are refused, never cut.
const MOST: usize = 256;
/// How much of a password must be left without the words that everybody who knows the person would try.
pub const CONTEXT_LENGTH: usize = 6;

/// Passwords that are tried first, one a line, folded.
const COMMON: &str = include_str!("../../data/common-passwords.txt");

/// Words that belong to this place rather than to the person.
const CONTEXT: &[&str] = &[
    "kosapo",
    "kosodate",
    "support",
    "yokohama",
    "password",
    "tsurumi",
    "kanagawa",
    "nishi",
    "naka",
    "minami",
    "hodogaya",
    "isogo",
    "kanazawa",
    "kohoku",
    "totsuka",
    "konan",
    "asahi",
    "midori",
    "seya",
    "sakae",
    "izumi",
    "aoba",
    "tsuzuki",
    "ippo",
    "子サポ",
    "子育て",
    "サポート",
    "横浜",
    "緑区",
    "青葉",
];

/// Rows of keys and alphabets, along which fingers run.
const RUNS: &[&str] = &["01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm"];

/// The least length of a password in characters.
#[must_use]
pub const fn least_length(has_mail: bool) -> usize {
    if has_mail { WITH_MAIL } else { WITHOUT_MAIL }
}

/// Whose password it is.
pub(super) struct Person<'a> {
    pub user_id: &'a str,
    pub name: &'a str,
    pub kana: &'a str,
    pub member_no: Option<MemberNo>,
    pub mail: &'a str,
}

/// What is wrong with a password (in NFKC).
pub(super) fn fault(password: &str, person: &Person<'_>) -> Option<FieldFault> {
    let length = password.chars().count();
    let least = least_length(!person.mail.is_empty());
    if length == 0 {
        Some(FieldFault::Missing)
    } else if length < least {
        Some(FieldFault::PasswordTooShort { least, typed: length })
    } else if length > MOST {
        Some(FieldFault::PasswordTooLong { most: MOST, typed: length })
    } else if is_guessable(password, person) {
        Some(FieldFault::PasswordTooCommon)
    } else {
        None
    }
}

fn is_guessable(password: &str, person: &Person<'_>) -> bool {
    let folded: String = password.nfkc().flat_map(char::to_lowercase).collect();
    if COMMON.lines().any(|common| common == folded) || is_run(&folded) {
        return true;
    }
    let mail = person.mail.split('@').next().unwrap_or_default();
    let number = person.member_no.map(|no| no.0.to_string()).unwrap_or_default();
    let mut rest = folded;
    let mut words: Vec<String> = CONTEXT.iter().map(|word| (*word).to_owned()).collect();
    words.extend([person.user_id, person.name, person.kana, mail, &number].map(str::to_lowercase));
    words.retain(|word| word.chars().count() >= 2);
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let mut found = false;
    for word in words {
        if rest.contains(&word) {
            found = true;
            rest = rest.replace(&word, "");
        }
    }
    found && rest.chars().filter(|c| c.is_alphanumeric()).count() < CONTEXT_LENGTH
}

/// One character over and over, a short piece over and over, or a run along the keys.
fn is_run(folded: &str) -> bool {
    let chars: Vec<char> = folded.chars().collect();
    let repeats = (1..=3).any(|piece| chars.iter().zip(chars.iter().skip(piece)).all(|(one, other)| one == other));
    let along = RUNS.iter().any(|run| {
        let backwards: String = run.chars().rev().collect();
        run.repeat(2).contains(folded) || backwards.repeat(2).contains(folded)
    });
    repeats || along
}

#[cfg(test)]
mod tests {
    use super::*;

    const HANAKO: Person<'_> = Person {
        user_id: "hanako",
        name: "木村花子",
        kana: "キムラ",
        member_no: Some(MemberNo(40_989)),
        mail: "hanako.k@example.jp",
    };

    #[test]
    fn passwords_that_everybody_tries_are_refused() {
        for password in [
            "password",
            "Password1",
            "12345678",
            "ＰＡＳＳＷＯＲＤ",
            "aaaaaaaa",
            "abcabcabc",
            "qwertyuiop",
            "98765432",
            "hanako1234",
            "kosapo2024",
            "Yokohama1",
            "midori-aoba1",
            "mem40989",
            "木村花子木村花子",
            "sakura123",
        ] {
            let password: String = password.nfkc().collect();
            assert_eq!(fault(&password, &HANAKO), Some(FieldFault::PasswordTooCommon), "{password}");
        }
    }

    #[test]
    fn a_sentence_of_ones_own_is_taken_in_any_script() {
        for password in ["朝のラジオ体操にいく", "green-Teapot-71", "yokohama no umi wa aoi na", "𠮷野家でひるごはん"]
        {
            assert_eq!(fault(password, &HANAKO), None, "{password}");
        }
    }

    #[test]
    fn without_a_mail_address_it_must_be_longer() {
        let staff = Person { mail: "", ..HANAKO };
        assert_eq!(fault("green-Teapot", &staff), Some(FieldFault::PasswordTooShort { least: 15, typed: 12 }));
        assert_eq!(fault("green-Teapot-71-blue", &staff), None);
        assert_eq!(fault("teapot7", &HANAKO), Some(FieldFault::PasswordTooShort { least: 8, typed: 7 }));
        assert_eq!(fault("", &HANAKO), Some(FieldFault::Missing));
        assert!(fault(&"緑".repeat(100).chars().chain("x".repeat(160).chars()).collect::<String>(), &HANAKO).is_some());
    }

    #[test]
    fn the_list_is_folded_and_long_enough_to_matter() {
        assert!(COMMON.lines().count() >= 300, "{}", COMMON.lines().count());
        for line in COMMON.lines() {
            assert_eq!(line, line.nfkc().flat_map(char::to_lowercase).collect::<String>());
            assert!(line.chars().count() >= WITH_MAIL, "{line} is refused for its length");
        }
    }
}
