//! What people prove themselves with: passwords, second factors, recovery codes.

pub mod hashing;
pub mod passwords;
pub mod recovery_code;
pub mod second_factor;
