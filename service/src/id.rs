//! Random tokens and their hashes: the only place that asks the machine for randomness.

use crate::error::{Error, Result};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use std::sync::OnceLock;

/// A secret of 256 random bits in 43 URL-safe characters.
///
/// # Errors
/// When the machine has no randomness.
pub fn token() -> Result<String> {
    let mut bytes = [0_u8; 32];
    fill(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// A secret of the same shape that this process alone can make, and makes again, of a text: for what is to be answered
/// twice alike and yet must not stand in the database.
///
/// # Errors
/// When the machine has no randomness.
pub fn token_of(text: &str) -> Result<String> {
    static SEED: OnceLock<String> = OnceLock::new();
    let seed = match SEED.get() {
        Some(seed) => seed,
        None => {
            let seed = token()?;
            SEED.get_or_init(|| seed)
        }
    };
    Ok(URL_SAFE_NO_PAD.encode(Sha256::digest(format!("{seed} {text}"))))
}

/// Six random digits, short enough for the telephone; zeros when the machine has no randomness.
#[must_use]
pub fn six_digits() -> String {
    let mut bytes = [0_u8; 4];
    let number = fill(&mut bytes).map_or(0, |()| u32::from_le_bytes(bytes) % 1_000_000);
    format!("{number:06}")
}

/// SHA-256 of a text in hexadecimal: what the database keeps of a secret, and how a report's content is named.
#[must_use]
pub fn sha256(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().fold(String::with_capacity(64), |mut hex, byte| {
        hex.push(char::from_digit(u32::from(byte >> 4), 16).unwrap_or('0'));
        hex.push(char::from_digit(u32::from(byte & 15), 16).unwrap_or('0'));
        hex
    })
}

/// Fills with random bytes.
///
/// # Errors
/// When the system has no randomness.
#[expect(clippy::disallowed_methods, reason = "the one place that asks for randomness")]
pub(crate) fn fill(bytes: &mut [u8]) -> Result<()> {
    getrandom::fill(bytes).map_err(|error| Error::Broken(format!("no randomness: {error}")))
}
