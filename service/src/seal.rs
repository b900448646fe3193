//! Seals: texts that a browser keeps or sends back, and that only our servers can have written.

use crate::entity::setting;
use crate::error::{Result, stored};
use crate::{Env, id};
use sea_orm::EntityTrait;

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
///
/// # Errors
/// Those of the database.
pub async fn secret(env: &Env) -> Result<String> {
    let row = setting::Entity::find_by_id(SECRET).one(env.db.read()).await?;
    Ok(stored(row, "secret of seals")?.value)
}

#[cfg(test)]
mod tests {
    use super::{opened, sealed};

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
