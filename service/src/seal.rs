//! Seals: texts that a browser keeps or sends back, and that only our servers can have written.

use crate::entity::setting;
use crate::error::{Error, Result, stored};
use crate::{Env, id};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sea_orm::EntityTrait;
use sha2::{Digest, Sha256};

/// The setting that holds the secret; a migration drew it.
const SECRET: &str = "seal";

/// A text with its seal behind it, `text.seal`; each purpose has seals of its own.
#[must_use]
pub fn sealed(secret: &str, purpose: &str, text: &str) -> String {
    let inner = id::sha256(&format!("{secret}\n{purpose}\n{text}"));
    let seal = id::sha256(&format!("{secret}\n{inner}"));
    // 128 bits: it stands in every form.
    format!("{text}.{}", &seal[..32])
}

/// The text of a sealed one; `None` when it is not ours.
#[must_use]
pub fn opened<'a>(secret: &str, purpose: &str, sealed_text: &'a str) -> Option<&'a str> {
    let (text, _) = sealed_text.rsplit_once('.')?;
    // Compared by their hashes: how long it takes says nothing about the seal.
    (id::sha256(&sealed(secret, purpose, text)) == id::sha256(sealed_text)).then_some(text)
}

/// The secret of this database's servers.
pub async fn secret(env: &Env) -> Result<String> {
    let row = setting::Entity::find_by_id(SECRET).one(env.db.read()).await?;
    Ok(stored(row, "secret of seals")?.value)
}

/// Characters of chance before a veiled token: no two tokens lie under one veil, so an old one gives no new one away.
const CHANCE: usize = 16;

/// A token as it may stand in an address bar: without the secret it opens nothing.
///
/// # Errors
/// When the machine has no randomness, or the token is none of ours.
pub fn veiled(secret: &str, purpose: &str, token: &str) -> Result<String> {
    let mut chance = id::token()?;
    chance.truncate(CHANCE);
    let under = veil(secret, purpose, &chance, token);
    under.map(|under| chance + &under).ok_or_else(|| Error::Broken("a token that is none".into()))
}

/// The token under its veil; under another secret or purpose something that opens nothing.
#[must_use]
pub fn unveiled(secret: &str, purpose: &str, shown: &str) -> Option<String> {
    let (chance, under) = shown.split_at_checked(CHANCE)?;
    veil(secret, purpose, chance, under)
}

fn veil(secret: &str, purpose: &str, chance: &str, token: &str) -> Option<String> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok().filter(|bytes| bytes.len() == 32)?;
    let veil = Sha256::digest(format!("veil\n{purpose}\n{chance}\n{secret}"));
    Some(URL_SAFE_NO_PAD.encode(bytes.iter().zip(veil).map(|(byte, over)| byte ^ over).collect::<Vec<u8>>()))
}

#[cfg(test)]
mod tests {
    use super::{opened, sealed, unveiled, veiled};

    #[test]
    fn a_veiled_token_is_read_under_the_same_secret_alone() {
        let token = crate::id::token().unwrap();
        let shown = veiled("session", "MEM0040989", &token).unwrap();
        assert!(!shown.contains(&token) && shown != veiled("session", "MEM0040989", &token).unwrap());
        assert_eq!(unveiled("session", "MEM0040989", &shown), Some(token.clone()));
        assert_ne!(unveiled("other", "MEM0040989", &shown), Some(token.clone()));
        assert_ne!(unveiled("session", "MEM0040990", &shown), Some(token));
        for broken in ["", "x", "äö", "一二三四五六", &shown[1..], &shown[..40]] {
            assert_eq!(unveiled("session", "MEM0040989", broken), None, "{broken}");
        }
        assert!(veiled("session", "MEM0040989", "none").is_err());
    }

    #[test]
    fn only_what_we_sealed_for_the_purpose_opens() {
        let ours = sealed("secret", "writer", "17");
        assert_eq!(opened("secret", "writer", &ours), Some("17"));
        assert_eq!(opened("other", "writer", &ours), None);
        assert_eq!(opened("secret", "device", &ours), None);
        for wrong in ["", "17", "17.", &ours[1..], &format!("1{ours}"), &format!("{ours}0")] {
            assert_eq!(opened("secret", "writer", wrong), None, "{wrong}");
        }
    }
}
