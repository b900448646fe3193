//! Passwords: Argon2id (19 MiB, 2 passes), off the async threads and bounded, so a flood of sign-ins cannot take the
//! machine.

use crate::error::{Error, Result};
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use std::sync::Arc;
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization;

/// How many sign-ins may wait for a hashing place before the next one is told to come back.
const WAITING: usize = 64;

/// Places for hashing: one fewer than the machine has cores, at least one.
#[derive(Clone, Debug)]
pub struct Hasher {
    places: Arc<Semaphore>,
    queue: Arc<Semaphore>,
}

impl Default for Hasher {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let places = cores.saturating_sub(1).max(1);
        Self { places: Arc::new(Semaphore::new(places)), queue: Arc::new(Semaphore::new(WAITING)) }
    }
}

/// The hash checked when no account fits, so that both answers take the same time.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$RIBqBbpmnS3rZEGWDAPvUcqxEBjlHqrmLrhpDWmFA8o";

impl Hasher {
    /// Hashes a new password into a PHC string.
    ///
    /// # Errors
    /// [`Error::Busy`] when too many wait.
    pub async fn hash(&self, password: &str) -> Result<String> {
        let password: String = password.nfkc().collect();
        self.run(move || {
            Argon2::default()
                .hash_password(password.as_bytes())
                .map(|hash| hash.to_string())
                .map_err(|error| Error::Broken(format!("argon2: {error}")))
        })
        .await?
    }

    /// Whether a password fits a PHC string; without one, works as long and says no.
    ///
    /// # Errors
    /// [`Error::Busy`] when too many wait.
    pub async fn verify(&self, password: &str, hash: Option<&str>) -> Result<bool> {
        let password: String = password.nfkc().collect();
        let known = hash.is_some();
        let hash = hash.unwrap_or(NOBODY).to_owned();
        let fits =
            self.run(move || Argon2::default().verify_password(password.as_bytes(), hash.as_str()).is_ok()).await?;
        Ok(known && fits)
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let waiting = Arc::clone(&self.queue).try_acquire_owned().map_err(|_| Error::Busy)?;
        let place = Arc::clone(&self.places).acquire_owned().await.map_err(|_| Error::Busy)?;
        // The places go with the work: a browser that leaves drops this future, and the hashing goes on without it.
        let work = move || {
            let done = work();
            // Whoever is given this place finds the queue already shorter.
            drop((waiting, place));
            done
        };
        tokio::task::spawn_blocking(work).await.map_err(|error| Error::Broken(format!("hashing: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_fits_its_own_hash_only() {
        let hasher = Hasher::default();
        let hash = hasher.hash("ｋｏsapo-demo").await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(hasher.verify("kosapo-demo", Some(&hash)).await.unwrap(), "NFKC makes both spellings one");
        assert!(!hasher.verify("kosapo-demO", Some(&hash)).await.unwrap());
    }

    #[tokio::test]
    async fn a_browser_that_leaves_does_not_free_its_place_before_the_work_is_done() {
        let hasher = Hasher { places: Arc::new(Semaphore::new(1)), queue: Arc::new(Semaphore::new(2)) };
        let (started, begun) = std::sync::mpsc::channel();
        let (release, wait) = std::sync::mpsc::channel::<()>();
        let asked = hasher.clone();
        let task = tokio::spawn(async move {
            asked
                .run(move || {
                    started.send(()).unwrap();
                    wait.recv().unwrap();
                })
                .await
        });
        tokio::task::spawn_blocking(move || begun.recv().unwrap()).await.unwrap();
        task.abort();
        assert!(task.await.unwrap_err().is_cancelled());
        assert_eq!((hasher.places.available_permits(), hasher.queue.available_permits()), (0, 1));
        release.send(()).unwrap();
        hasher.run(|| ()).await.unwrap();
        assert_eq!((hasher.places.available_permits(), hasher.queue.available_permits()), (1, 2));
    }

    #[test]
    fn nobodys_hash_costs_as_much_as_a_real_one() {
        assert!(Argon2::default().verify_password(b"x", NOBODY).is_err());
        assert!(NOBODY.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    }
}
