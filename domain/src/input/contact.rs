//! Telephone numbers, mail addresses, postal codes.

use super::{InputFault, narrow};

/// The longest mail address, in characters (RFC 5321).
const MAIL_MAX: usize = 254;
const LOCAL_MAX: usize = 64;

/// Reads a Japanese telephone number and keeps its digits and hyphens: `045-982-3521`, `(045)982-3521`,
/// `０９０１２３４５６７８`, `+81 90 1234 5678`.
///
/// # Errors
/// [`InputFault::Missing`], or [`InputFault::NotAPhone`] unless it has 10 or 11 digits and begins with 0.
pub fn parse_phone(text: &str) -> Result<String, InputFault> {
    let text = narrow(text);
    if text.is_empty() {
        return Err(InputFault::Missing);
    }
    let (text, abroad) = match text.strip_prefix("+81") {
        Some(rest) => (rest.trim_start_matches([' ', '-']), true),
        None => (text.as_str(), false),
    };
    let mut phone = String::with_capacity(13);
    if abroad && !text.starts_with('0') && !text.starts_with("(0)") {
        phone.push('0');
    }
    for c in text.chars() {
        match c {
            '0'..='9' => phone.push(c),
            '-' | '(' | ')' | ' ' | '.' => {
                if !phone.is_empty() && !phone.ends_with('-') {
                    phone.push('-');
                }
            }
            _ => return Err(InputFault::NotAPhone),
        }
        if phone.len() > 20 {
            return Err(InputFault::NotAPhone);
        }
    }
    let phone = phone.trim_end_matches('-').to_owned();
    let digits = phone.bytes().filter(u8::is_ascii_digit).count();
    if phone.starts_with('0') && (10..=11).contains(&digits) { Ok(phone) } else { Err(InputFault::NotAPhone) }
}

/// Carriers that gave out addresses with `..` or a dot before the `@`; people keep them to this day.
const DOTTED: &[&str] = &["docomo.ne.jp", "ezweb.ne.jp", "au.com"];

/// Reads a mail address; full-width letters become ASCII, the domain lower case. `aaa..bbb@docomo.ne.jp` and
/// `xxx.@docomo.ne.jp` are people's addresses; at other places the dots are a slip of the pen.
///
/// # Errors
/// [`InputFault::Missing`], [`InputFault::TooLong`], [`InputFault::MailDots`], or [`InputFault::NotAMail`].
pub fn parse_mail(text: &str) -> Result<String, InputFault> {
    let text = narrow(text);
    if text.is_empty() {
        return Err(InputFault::Missing);
    }
    if text.chars().count() > MAIL_MAX {
        return Err(InputFault::TooLong { max: MAIL_MAX });
    }
    let (local, domain) = text.split_once('@').ok_or(InputFault::NotAMail)?;
    let domain = domain.to_ascii_lowercase();
    let local_char = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~-".contains(&b);
    let local_ok = (1..=LOCAL_MAX).contains(&local.len())
        && !local.starts_with('.')
        && local.split('.').all(|part| part.bytes().all(local_char));
    let label_ok = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let top = domain.rsplit('.').next().unwrap_or_default();
    let top_ok = top.len() >= 2 && top.starts_with(|c: char| c.is_ascii_alphabetic());
    let domain_ok = domain.contains('.') && domain.split('.').all(label_ok) && top_ok;
    if !local_ok || !domain_ok {
        return Err(InputFault::NotAMail);
    }
    if local.split('.').any(str::is_empty) && !DOTTED.iter().any(|carrier| is_within(&domain, carrier)) {
        return Err(InputFault::MailDots);
    }
    Ok(format!("{local}@{domain}"))
}

/// Whether a domain is another one or lies below it.
fn is_within(domain: &str, other: &str) -> bool {
    domain.strip_suffix(other).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// Whether an address lies where nobody has a mailbox: domains reserved for examples and tests (RFC 2606, and JPRS for
/// `example.jp`).
#[must_use]
pub fn is_reserved_mail(address: &str) -> bool {
    const RESERVED: &[&str] =
        &["example", "invalid", "test", "localhost", "example.com", "example.net", "example.org", "example.jp"];
    let domain = address.rsplit_once('@').map(|(_, domain)| domain.trim_end_matches('.').to_ascii_lowercase());
    domain.is_some_and(|domain| RESERVED.iter().any(|reserved| is_within(&domain, reserved)))
}

/// Reads a postal code: `〒226-0025`, `2260025`, `２２６－００２５`; written `226-0025`.
///
/// # Errors
/// [`InputFault::Missing`], or [`InputFault::NotAPostalCode`].
pub fn parse_postal_code(text: &str) -> Result<String, InputFault> {
    let text = narrow(text);
    if text.is_empty() {
        return Err(InputFault::Missing);
    }
    let code = text.strip_prefix('〒').unwrap_or(&text).trim_start();
    let (area, town) = match code.split_once('-') {
        Some(parts) => parts,
        None => code.split_at_checked(3).ok_or(InputFault::NotAPostalCode)?,
    };
    let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if area.len() == 3 && town.len() == 4 && all_digits(area) && all_digits(town) {
        Ok(format!("{area}-{town}"))
    } else {
        Err(InputFault::NotAPostalCode)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn telephone_numbers_keep_their_hyphens() {
        for (typed, kept) in [
            ("045-982-3521", "045-982-3521"),
            ("０４５ー９８２ー３５２１", "045-982-3521"),
            ("(045)982-3521", "045-982-3521"),
            ("045 982 3521", "045-982-3521"),
            ("09012345678", "09012345678"),
            ("+81 90-1234-5678", "090-1234-5678"),
            ("０４５─９８２━３５２１", "045-982-3521"),
            ("045一982一3521", "045-982-3521"),
            ("\u{FEFF}045\u{200B}-982\u{AD}-3521\u{2060}", "045-982-3521"),
        ] {
            assert_eq!(parse_phone(typed).as_deref(), Ok(kept), "{typed}");
        }
        for typed in ["982-3521", "045-982-35211234", "1234567890", "045-982-352a", "なし", "--", "110"] {
            assert_eq!(parse_phone(typed), Err(InputFault::NotAPhone), "{typed}");
        }
        assert_eq!(parse_phone(" "), Err(InputFault::Missing));
    }

    #[test]
    fn mail_addresses_have_the_shape_of_one() {
        for (typed, kept) in [
            ("hanako@example.jp", "hanako@example.jp"),
            ("Hanako.K+a@Example.CO.JP", "Hanako.K+a@example.co.jp"),
            ("ｈａｎａｋｏ＠ｅｘａｍｐｌｅ．ｊｐ", "hanako@example.jp"),
        ] {
            assert_eq!(parse_mail(typed).as_deref(), Ok(kept), "{typed}");
        }
        for typed in [
            "hanako",
            "@example.jp",
            "hanako@",
            "hanako@jp",
            "ha nako@example.jp",
            "a@b@example.jp",
            "花子@example.jp",
            ".a@example.jp",
            ".a@docomo.ne.jp",
            "a@-x.jp",
            "a@x..jp",
            "a@x.1",
            "a@x.jp\nBcc: b@x.jp",
        ] {
            assert_eq!(parse_mail(typed), Err(InputFault::NotAMail), "{typed}");
        }
        for typed in ["a..b@example.jp", "a.@example.jp", "a..b@notdocomo.ne.jp"] {
            assert_eq!(parse_mail(typed), Err(InputFault::MailDots), "{typed}");
        }
        let long = format!("a@{}.jp", "x".repeat(260));
        assert_eq!(parse_mail(&long), Err(InputFault::TooLong { max: 254 }));
    }

    #[test]
    fn old_addresses_of_carriers_are_peoples_addresses() {
        for typed in ["aaa..bbb@docomo.ne.jp", "xxx.@docomo.ne.jp", "a...b.@ezweb.ne.jp", "x..y@a1.ezweb.ne.jp"] {
            assert_eq!(parse_mail(typed).as_deref(), Ok(typed));
        }
    }

    #[test]
    fn reserved_domains_are_told_apart_from_real_ones() {
        for address in
            ["a@kosapo.example", "a@b.invalid", "riyo@example.jp", "a@EXAMPLE.com", "a@localhost", "a@x.test."]
        {
            assert!(is_reserved_mail(address), "{address}");
        }
        for address in
            ["a@midori-ippo.com", "a@docomo.ne.jp", "a@example.co.jp.evil.com", "a@myexample.jp", "example.jp", ""]
        {
            assert!(!is_reserved_mail(address), "{address}");
        }
    }

    #[test]
    fn postal_codes_have_seven_digits() {
        for typed in ["〒226-0025", "2260025", "２２６－００２５", "226ー0025"] {
            assert_eq!(parse_postal_code(typed).as_deref(), Ok("226-0025"), "{typed}");
        }
        for typed in ["226-025", "226", "22-60025", "二二六", "226-0025x"] {
            assert_eq!(parse_postal_code(typed), Err(InputFault::NotAPostalCode), "{typed}");
        }
    }
}
