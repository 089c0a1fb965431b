//! The second factor: time-based one-time codes (RFC 6238: SHA-1, six digits, 30 seconds), which every authenticator
//! knows.

use rand_core::CryptoRng;
use totp_rs::{Algorithm, Builder, Secret, Totp};
use zeroize::Zeroizing;

/// Bytes of a secret: 160 bits, as RFC 4226 recommends.
const SECRET: usize = 20;
const STEP: u64 = 30;
/// Steps that a clock may be off, in both directions.
const SKEW: u16 = 1;
/// What authenticators show beside the account's name.
const ISSUER: &str = "Beside";

/// A secret that an authenticator shares. It does not print.
pub struct SecondFactor(Totp);

impl SecondFactor {
    /// A fresh secret for an account.
    #[must_use]
    pub fn generate(account: &str, rng: &mut impl CryptoRng) -> Self {
        let mut secret = Zeroizing::new(vec![0; SECRET]);
        rng.fill_bytes(&mut secret);
        Self::of(Secret::from(secret.to_vec()), account)
    }

    /// The secret of an account as it was stored; nothing if the text is not one.
    #[must_use]
    pub fn from_base32(secret: &str, account: &str) -> Option<Self> {
        Secret::try_from_base32(secret).ok().map(|secret| Self::of(secret, account))
    }

    fn of(secret: Secret, account: &str) -> Self {
        // A colon separates issuer and name in the address that authenticators read.
        let account = account.replace(':', " ");
        let builder = Builder::new().with_algorithm(Algorithm::SHA1).with_digits(6).with_skew(SKEW);
        let builder = builder.with_step_duration(STEP).with_secret(secret).with_account_name(account);
        Self(builder.with_issuer(Some(ISSUER)).build_noncompliant())
    }

    /// The secret in the letters that people type into authenticators.
    #[must_use]
    pub fn to_base32(&self) -> Zeroizing<String> {
        Zeroizing::new(self.0.secret().to_base32())
    }

    /// The `otpauth:` address that authenticators read from a picture.
    #[must_use]
    pub fn to_address(&self) -> Zeroizing<String> {
        Zeroizing::new(self.0.to_url().unwrap_or_default())
    }

    /// The time step of a right code: within one step of `unix_seconds`, and later than the newest one that was used.
    /// Nothing for any other code.
    #[must_use]
    pub fn check(&self, code: &str, used: Option<i64>, unix_seconds: u64) -> Option<i64> {
        let code: String = code.chars().filter(|character| !character.is_whitespace()).collect();
        let now = unix_seconds / STEP;
        (now.saturating_sub(SKEW.into())..=now + u64::from(SKEW))
            .filter_map(|step| i64::try_from(step).ok())
            .filter(|step| used.is_none_or(|used| *step > used))
            .find(|step| self.at(*step).as_deref().is_some_and(|right| same(right, &code)))
    }

    /// The code of a time step.
    fn at(&self, step: i64) -> Option<Zeroizing<String>> {
        let seconds = u64::try_from(step).ok()?.checked_mul(STEP)?;
        Some(Zeroizing::new(self.0.generate(seconds).to_string()))
    }
}

impl std::fmt::Debug for SecondFactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecondFactor(hidden)")
    }
}

/// Compares without telling by time where two codes differ.
fn same(right: &str, typed: &str) -> bool {
    use subtle::ConstantTimeEq as _;
    right.as_bytes().ct_eq(typed.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of the test values of RFC 6238, appendix B.
    const RFC: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    #[test]
    fn the_codes_are_those_of_the_rfc() {
        let factor = SecondFactor::from_base32(RFC, "kim").unwrap();
        // The RFC's values have eight digits; these are their last six.
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            assert_eq!(factor.check(code, None, seconds), Some((seconds / STEP) as i64), "{seconds}");
        }
        assert_eq!(factor.check("287 082", None, 59), Some(1), "as it is read out");
        assert_eq!(factor.check("287083", None, 59), None);
        assert_eq!(factor.check("", None, 59), None);
    }

    #[test]
    fn a_code_works_once_and_not_long() {
        let factor = SecondFactor::from_base32(RFC, "kim").unwrap();
        let step = factor.check("287082", None, 59 + STEP).unwrap();
        assert_eq!(step, 1, "a clock may be one step off");
        assert_eq!(factor.check("287082", None, 59 + 2 * STEP), None);
        assert_eq!(factor.check("287082", Some(step), 59), None);
        assert_eq!(factor.check("287082", Some(step - 1), 59), Some(step));
    }

    #[test]
    fn an_authenticator_can_read_it() {
        let factor = SecondFactor::generate("김:민수", &mut crate::clock::random());
        let address = factor.to_address();
        let secret = factor.to_base32();
        assert!(address.starts_with("otpauth://totp/Beside:") && address.contains(secret.as_str()), "{}", *address);
        assert_eq!(secret.len(), 32);
        assert!(!format!("{factor:?}").contains(secret.as_str()));
        assert!(SecondFactor::from_base32(&secret, "김").is_some());
    }
}
