//! Passwords: Argon2id (19 MiB, 2 passes), off the async threads and bounded, so a flood of sign-ins cannot take the
//! machine.

use crate::error::{Error, Result};
use crate::id;
use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, RECOMMENDED_SALT_LEN, Version};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization;

/// How many sign-ins may wait for a hashing place before the next one is asked to come back.
const WAITING: usize = 64;

/// The most hashes at once: each keeps 19 MiB, and four make 200 sign-ins a second.
const PLACES: usize = 4;

/// Places for hashing: one fewer than the machine has cores, at least one.
///
/// The memory of a place is kept for the next hash. Given back each time, it would be taken from the heap of whichever
/// thread comes next, and those heaps only grow: 100 sign-ins at once left 213 MiB resident.
#[derive(Clone, Debug)]
pub struct Hasher {
    places: Arc<Semaphore>,
    queue: Arc<Semaphore>,
    memory: Arc<Mutex<Vec<Vec<Block>>>>,
}

impl Default for Hasher {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self::new(cores.saturating_sub(1).clamp(1, PLACES), WAITING)
    }
}

/// The hash checked when no account fits, so that both answers take the same time.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$RIBqBbpmnS3rZEGWDAPvUcqxEBjlHqrmLrhpDWmFA8o";

impl Hasher {
    fn new(places: usize, waiting: usize) -> Self {
        let (places, queue) = (Arc::new(Semaphore::new(places)), Arc::new(Semaphore::new(waiting)));
        Self { places, queue, memory: Arc::default() }
    }

    /// Hashes a new password into a PHC string.
    ///
    /// # Errors
    /// [`Error::Busy`] when too many wait.
    pub async fn hash(&self, password: &str) -> Result<String> {
        let password: String = password.nfkc().collect();
        let mut salt = [0; RECOMMENDED_SALT_LEN];
        id::fill(&mut salt)?;
        self.run(move |memory| {
            fresh(password.as_bytes(), salt, memory)
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
        let fits = self.run(move |memory| fits(password.as_bytes(), &hash, memory).unwrap_or(false)).await?;
        Ok(known && fits)
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce(&mut Vec<Block>) -> T + Send + 'static) -> Result<T> {
        let waiting = Arc::clone(&self.queue).try_acquire_owned().map_err(|_| Error::Busy)?;
        let place = Arc::clone(&self.places).acquire_owned().await.map_err(|_| Error::Busy)?;
        let kept = Arc::clone(&self.memory);
        // The places go with the work: a browser that leaves drops this future, and the hashing goes on without it.
        let work = move || {
            let mut memory = kept.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
            let done = work(&mut memory);
            kept.lock().unwrap_or_else(PoisonError::into_inner).push(memory);
            // Whoever is given this place finds the memory there and the queue already shorter.
            drop((waiting, place));
            done
        };
        tokio::task::spawn_blocking(work).await.map_err(|error| Error::Broken(format!("hashing: {error}")))
    }
}

/// Hashes with the parameters of today and a salt of its own.
fn fresh(
    password: &[u8],
    salt: [u8; RECOMMENDED_SALT_LEN],
    memory: &mut Vec<Block>,
) -> argon2::password_hash::Result<PasswordHash> {
    let (algorithm, version, params) = <(Algorithm, Version, Params)>::default();
    let hash = output(password, &salt, Params::DEFAULT_OUTPUT_LEN, (algorithm, version, params.clone()), memory)?;
    Ok(PasswordHash {
        algorithm: algorithm.ident(),
        version: Some(version.into()),
        params: ParamsString::try_from(&params)?,
        salt: Some(Salt::new(&salt)?),
        hash: Some(hash),
    })
}

/// Whether a password fits a stored hash, with the parameters that stand in it.
fn fits(password: &[u8], hash: &str, memory: &mut Vec<Block>) -> argon2::password_hash::Result<bool> {
    let hash = PasswordHash::new(hash)?;
    let (Some(salt), Some(expected)) = (&hash.salt, &hash.hash) else { return Ok(false) };
    let algorithm = Algorithm::try_from(hash.algorithm.as_str())?;
    let version = hash.version.map(Version::try_from).transpose()?.unwrap_or_default();
    let given = output(password, salt, expected.len(), (algorithm, version, Params::try_from(&hash)?), memory)?;
    // `Output` compares in constant time.
    Ok(given == *expected)
}

/// Runs Argon2 in memory that may hold an earlier hash's blocks: the first pass writes each before anything reads it.
fn output(
    password: &[u8],
    salt: &[u8],
    length: usize,
    (algorithm, version, params): (Algorithm, Version, Params),
    memory: &mut Vec<Block>,
) -> argon2::password_hash::Result<Output> {
    memory.resize(params.block_count().max(memory.len()), Block::new());
    let argon2 = Argon2::new(algorithm, version, params);
    let mut out = [0; Output::MAX_LENGTH];
    let out = out.get_mut(..length).ok_or(argon2::password_hash::Error::OutputSize)?;
    argon2.hash_password_into_with_memory(password, salt, &mut *out, memory)?;
    Ok(Output::new(out)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use argon2::PasswordVerifier;

    #[tokio::test]
    async fn a_password_fits_its_own_hash_only() {
        let hasher = Hasher::default();
        let hash = hasher.hash("ｋｏsapo-demo").await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(hasher.verify("kosapo-demo", Some(&hash)).await.unwrap(), "NFKC makes both spellings one");
        assert!(!hasher.verify("kosapo-demO", Some(&hash)).await.unwrap());
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn sign_ins_share_the_memory_of_their_places() {
        let hasher = Hasher::new(2, 64);
        let tasks: Vec<_> = (0..12)
            .map(|_| {
                tokio::spawn({
                    let hasher = hasher.clone();
                    async move { hasher.verify("kosapo-demo", None).await }
                })
            })
            .collect();
        for task in tasks {
            assert!(!task.await.unwrap().unwrap());
        }
        let memory = hasher.memory.lock().unwrap();
        let blocks: Vec<_> = memory.iter().map(Vec::len).collect();
        assert!(matches!(blocks.as_slice(), [19_456] | [19_456, 19_456]), "{blocks:?}");
    }

    #[tokio::test]
    async fn used_memory_hashes_as_new_memory_does() {
        let hasher = Hasher::new(1, 1);
        let hash = hasher.hash("kosapo-demo").await.unwrap();
        for _ in 0..2 {
            assert!(hasher.verify("kosapo-demo", Some(&hash)).await.unwrap());
            assert!(!hasher.verify("another", Some(&hash)).await.unwrap());
            assert!(!hasher.verify("kosapo-demo", None).await.unwrap());
        }
        assert!(Argon2::default().verify_password(b"kosapo-demo", hash.as_str()).is_ok(), "another's reading of it");
        let small = "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$RIBqBbpmnS3rZEGWDAPvUcqxEBjlHqrmLrhpDWmFA8o";
        let costs = hasher.verify("kosapo-demo", Some(small)).await.unwrap();
        assert!(!costs && !hasher.verify("kosapo-demo", Some("no hash")).await.unwrap());
    }

    #[tokio::test]
    async fn a_browser_that_leaves_does_not_free_its_place_before_the_work_is_done() {
        let hasher = Hasher::new(1, 2);
        let (started, begun) = std::sync::mpsc::channel();
        let (release, wait) = std::sync::mpsc::channel::<()>();
        let asked = hasher.clone();
        let task = tokio::spawn(async move {
            asked
                .run(move |_| {
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
        hasher.run(|_| ()).await.unwrap();
        assert_eq!((hasher.places.available_permits(), hasher.queue.available_permits()), (1, 2));
    }

    #[test]
    fn nobodys_hash_costs_as_much_as_a_real_one() {
        assert!(!fits(b"x", NOBODY, &mut Vec::new()).unwrap());
        assert!(NOBODY.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    }
}
