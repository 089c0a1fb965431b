//! Passwords: Argon2id, a few at a time, off the async threads.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use beside_protocol::ErrorCode;
use rand_core::CryptoRng;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

/// Memory in KiB of one hash (OWASP's first choice for Argon2id with one lane).
const MEMORY: u32 = 47_104;
/// Hashes computed at once; more would only take each other's memory bandwidth.
const AT_ONCE: usize = 2;
/// Sign-ins that wait for their turn. A further one is refused as overloaded.
const QUEUE: usize = 64;

/// What a password hash can't be made of: only a fault of this machine or its database.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("a password could not be hashed: {0}")]
pub struct HashError(argon2::password_hash::Error);

fn argon2() -> Result<Argon2<'static>, HashError> {
    let params = Params::new(MEMORY, 1, 1, None).map_err(|error| HashError(error.into()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// The PHC string of a password under a fresh salt. Takes tens of milliseconds.
///
/// # Errors
/// See [`HashError`].
pub fn hash(password: &str, rng: &mut impl CryptoRng) -> Result<String, HashError> {
    let mut salt = [0; 16];
    rng.fill_bytes(&mut salt);
    argon2()?.hash_password_with_salt(password.as_bytes(), &salt).map(|hash| hash.to_string()).map_err(HashError)
}

/// Verifies passwords, with a bound on how many at a time.
#[derive(Debug)]
pub struct Hashing {
    permits: Arc<Semaphore>,
    waiting: AtomicUsize,
    /// What an unknown name's password is compared with, so that it costs the same.
    nobody: String,
}

/// A place in the queue.
#[derive(Debug)]
pub struct Slot<'a>(&'a Hashing);

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Hashing {
    /// Prepares the comparison for unknown names.
    ///
    /// # Errors
    /// See [`HashError`].
    pub fn new(rng: &mut impl CryptoRng) -> Result<Self, HashError> {
        let nobody = hash(&beside_broker_core::password::generate(rng), rng)?;
        Ok(Self { permits: Arc::new(Semaphore::new(AT_ONCE)), waiting: AtomicUsize::new(0), nobody })
    }

    /// How many wait or are being compared.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// A place in the queue.
    ///
    /// # Errors
    /// [`ErrorCode::Overloaded`] if it is full.
    pub fn slot(&self) -> Result<Slot<'_>, ErrorCode> {
        let slot = Slot(self);
        if self.waiting.fetch_add(1, Ordering::Relaxed) < QUEUE + AT_ONCE {
            Ok(slot)
        } else {
            Err(ErrorCode::Overloaded)
        }
    }

    /// Whether `password` is the one of `hash`; without a hash it is never, at the same cost.
    ///
    /// # Errors
    /// [`ErrorCode::Internal`] if the hash can't be used.
    pub async fn verify(
        &self,
        _slot: &Slot<'_>,
        password: Zeroizing<String>,
        hash: Option<String>,
    ) -> Result<bool, ErrorCode> {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.nobody.clone());
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(|_| ErrorCode::Internal)?;
        let compared = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            argon2().map(|argon2| argon2.verify_password(password.as_bytes(), hash.as_str()))
        });
        match compared.await {
            Ok(Ok(Ok(()))) => Ok(known),
            Ok(Ok(Err(argon2::password_hash::Error::PasswordInvalid))) => Ok(false),
            Ok(Ok(Err(error)) | Err(HashError(error))) => {
                tracing::error!(%error, "a stored password hash can't be used");
                Err(ErrorCode::Internal)
            }
            Err(error) => {
                tracing::error!(%error, "hashing a password panicked");
                Err(ErrorCode::Internal)
            }
        }
    }
}

impl Hashing {
    /// The PHC string of a new password.
    ///
    /// # Errors
    /// [`ErrorCode::Internal`] if it can't be hashed.
    pub async fn hash(&self, _slot: &Slot<'_>, password: Zeroizing<String>) -> Result<Zeroizing<String>, ErrorCode> {
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(|_| ErrorCode::Internal)?;
        let hashed = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            hash(&password, &mut crate::clock::random()).map(Zeroizing::new)
        });
        match hashed.await {
            Ok(Ok(hash)) => Ok(hash),
            Ok(Err(error)) => {
                tracing::error!(%error, "a password could not be hashed");
                Err(ErrorCode::Internal)
            }
            Err(error) => {
                tracing::error!(%error, "hashing a password panicked");
                Err(ErrorCode::Internal)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::random;

    #[actix_web::test]
    async fn the_right_password_and_no_other() {
        let hashing = Hashing::new(&mut random()).unwrap();
        let stored = hash("correct horse", &mut random()).unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=47104,t=1,p=1$"), "{stored}");
        let slot = hashing.slot().unwrap();
        let password = |text: &str| Zeroizing::new(text.to_owned());
        assert!(hashing.verify(&slot, password("correct horse"), Some(stored.clone())).await.unwrap());
        assert!(!hashing.verify(&slot, password("correct horsf"), Some(stored)).await.unwrap());
        assert!(!hashing.verify(&slot, password("anything"), None).await.unwrap());
        assert_eq!(hashing.verify(&slot, password("x"), Some("not a hash".into())).await, Err(ErrorCode::Internal));
    }

    #[test]
    fn the_queue_is_bounded() {
        let hashing = Hashing::new(&mut random()).unwrap();
        let slots: Vec<_> = (0..QUEUE + AT_ONCE).map(|_| hashing.slot().unwrap()).collect();
        assert_eq!(hashing.slot().unwrap_err(), ErrorCode::Overloaded);
        drop(slots);
        assert!(hashing.slot().is_ok());
    }
}
