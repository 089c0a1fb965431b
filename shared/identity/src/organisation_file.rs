//! `org.json`, the file beside the client that says whose it is: `{"statement": "<base64 of kind 1>"}`.
//!
//! Nothing else in it is read, and it never comes from the network.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use beside_protocol::ErrorCode;

use crate::clock::UnixTime;
use crate::key::PublicKey;
use crate::statement::{Kind, Organisation, StatementError, Verified};

/// Longest file that is read, in bytes; the longest statement fits with room to spare.
pub const FILE_MAX: usize = 65_536;

/// Why a file names no organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum OrganisationFileError {
    /// It is longer than [`FILE_MAX`].
    #[error("org.json is too large")]
    TooLarge,
    /// It is not JSON with a base64 text `statement`.
    #[error("org.json is not readable")]
    Unreadable,
    /// Its statement is not believed.
    #[error("org.json: {0}")]
    Statement(#[from] StatementError),
}

impl OrganisationFileError {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> ErrorCode {
        match self {
            Self::TooLarge | Self::Unreadable => ErrorCode::OrganisationInvalid,
            Self::Statement(error) => error.code(Kind::Organisation),
        }
    }
}

#[derive(Serialize, Deserialize)]
struct File {
    statement: String,
}

/// Reads the file and verifies the organisation in it.
///
/// # Errors
/// See [`OrganisationFileError`].
pub fn read(
    file: &[u8],
    vendor_keys: &[PublicKey],
    now: UnixTime,
) -> Result<Verified<Organisation>, OrganisationFileError> {
    if file.len() > FILE_MAX {
        return Err(OrganisationFileError::TooLarge);
    }
    let file: File = serde_json::from_slice(file).map_err(|_| OrganisationFileError::Unreadable)?;
    let statement = STANDARD.decode(file.statement).map_err(|_| OrganisationFileError::Unreadable)?;
    Ok(Verified::<Organisation>::verify(&statement, vendor_keys, now)?)
}

/// The file for a statement of kind 1, as UTF-8 text that ends in a newline.
#[must_use]
pub fn write(statement: &[u8]) -> String {
    format!("{{\"statement\": \"{}\"}}\n", STANDARD.encode(statement))
}
