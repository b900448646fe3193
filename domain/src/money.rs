//! Whole yen: shares rounded down, digits grouped for reading.

/// The share of an amount in percent, rounded down to whole yen (never below zero for amounts from zero).
#[must_use]
pub fn percent_of(yen: i64, percent: i64) -> i64 {
    yen.saturating_mul(percent).div_euclid(100)
}

/// `1,200`: an amount with its thousands grouped, a minus as wide as a digit, without a unit.
#[must_use]
pub fn grouped(yen: i64) -> String {
    let digits = yen.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if yen < 0 {
        text.push('−');
    }
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_rounded_down() {
        assert_eq!(percent_of(500, 50), 250);
        assert_eq!(percent_of(375, 50), 187);
        assert_eq!(percent_of(500, 0), 0);
    }

    #[test]
    fn thousands_are_grouped() {
        let texts = [0, 999, 1_200, 24_000, 1_234_567, -1_000].map(grouped);
        assert_eq!(texts, ["0", "999", "1,200", "24,000", "1,234,567", "−1,000"]);
        assert_eq!(grouped(i64::MIN), "−9,223,372,036,854,775,808");
    }
}
