//! The REST requests and answers that both sides of a connection need: sign-in and statements.

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::error::ErrorCode;
use crate::ids::{OperatorId, Token};

/// `POST /api/v1/sign-in`.
#[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The account's name.
    pub name: String,
    /// The password.
    pub password: String,
    /// Six digits of an authenticator app, or a recovery code, where the account has a second factor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second_factor: Option<String>,
}

/// The answer to a sign-in. It ends every older sign-in of the account, with its codes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SignedIn {
    /// The bearer token.
    pub token: Token,
    /// The account's id; for an operator the id of the certificate.
    pub id: OperatorId,
    /// The account's name.
    pub name: String,
    /// What the account may do.
    pub role: Role,
}

/// What an account may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Sets everything up.
    Administrator,
    /// Helps customers.
    Operator,
}

/// `GET /api/v1/credential` with the operator's bearer token: the operator's own statement and the newest status,
/// base64. The manager verifies them; the broker only keeps them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Credential {
    /// Kind 2, if an administrator has uploaded one.
    pub operator: Option<String>,
    /// Kind 3.
    pub status: Option<String>,
}

/// `POST /api/v1/statements` with an administrator's bearer token: one signed statement of kind 2 or 3, base64.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UploadStatement {
    /// The statement.
    pub statement: String,
}

/// Every error answer: problem details (RFC 9457), `application/problem+json`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Problem {
    /// `about:blank`, since the code below says what happened.
    #[serde(rename = "type")]
    pub kind: String,
    /// English words for a log.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// The stable code.
    pub code: ErrorCode,
    /// Seconds after which another try makes sense.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
}
