//! The REST requests and answers that both sides of a connection need: sign-in and statements.

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::error::ErrorCode;
use crate::ids::{OperatorId, Token};
use crate::proof::{Challenge, Proof};

/// `POST /api/v1/sign-in`.
#[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The account's name.
    pub name: String,
    /// The password.
    pub password: String,
    /// The code of the second factor, or a recovery code; the answer to [`ErrorCode::SecondFactorNeeded`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second_factor: Option<String>,
    /// The answer to [`ErrorCode::ProofNeeded`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[zeroize(skip)]
    pub proof: Option<Proof>,
}

/// The answer to a sign-in. It ends every older sign-in of the account, with its codes.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignedIn {
    /// The bearer token.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub token: Token,
    /// The account's id; for an operator the id of the certificate.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub id: OperatorId,
    /// The account's name.
    pub name: String,
    /// What the account may do.
    pub role: Role,
}

/// What an account may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Sets everything up.
    Administrator,
    /// Sees what the groups that it belongs to do.
    Supervisor,
    /// Helps customers.
    Operator,
    /// Reads everything, changes nothing but the sign-off of a review.
    Auditor,
}

/// `GET /api/v1/credential` with the operator's bearer token: the operator's own statement and the newest status,
/// base64. The manager verifies them; the broker only keeps them.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Credential {
    /// Kind 2, if an administrator has uploaded one.
    pub operator: Option<String>,
    /// Kind 3.
    pub status: Option<String>,
}

/// `POST /api/v1/statements` with an administrator's bearer token: one signed statement of kind 2 or 3, base64.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct UploadStatement {
    /// The statement.
    pub statement: String,
}

/// Every error answer: problem details (RFC 9457), `application/problem+json`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
    /// With [`ErrorCode::ProofNeeded`]: the same request again, with a proof for this challenge, will be looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub challenge: Option<Challenge>,
    /// Stable texts that say more, where a code stands for several things: which rules a password breaks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_there_is_not_said() {
        let text = r#"{"name":"kim","password":"long enough"}"#;
        let request: SignIn = serde_json::from_str(text).unwrap();
        assert!(request.second_factor.is_none() && request.proof.is_none());
        assert_eq!(serde_json::to_string(&request).unwrap(), text);
        let text = r#"{"type":"about:blank","title":"Forbidden","status":403,"code":"forbidden"}"#;
        let problem: Problem = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&problem).unwrap(), text);
    }
}
