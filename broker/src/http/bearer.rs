//! Authority as types: a handler that takes one can't be reached without it.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, web};
use beside_broker_core::Account;
use beside_protocol::ErrorCode;
use beside_protocol::api::Role;
use beside_protocol::ids::{OperatorId, Token};

use super::{Refusal, Shared};

/// A signed-in operator.
#[derive(Debug)]
pub struct OperatorBearer {
    /// Whose account it is.
    pub id: OperatorId,
    /// The bearer token.
    pub token: Token,
}

/// A signed-in administrator.
#[derive(Debug)]
pub struct AdministratorBearer {
    /// Whose account it is.
    pub id: OperatorId,
}

/// Anybody who is signed in.
#[derive(Debug)]
pub(super) struct AnyBearer {
    pub(super) token: Token,
}

type Extracted<T> = Pin<Box<dyn Future<Output = Result<T, Refusal>>>>;

async fn bearer(request: HttpRequest) -> Result<(Account, Token), Refusal> {
    let token: Token = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .and_then(|token| token.parse().ok())
        .ok_or(ErrorCode::SignedOut)?;
    let shared = request.app_data::<web::Data<Shared>>().ok_or(ErrorCode::Internal)?;
    let account = shared.exchange.turn(|board, now, _, _| board.bearer(&token, now)).await?;
    Ok((account.ok_or(ErrorCode::SignedOut)?, token))
}

impl FromRequest for OperatorBearer {
    type Error = Refusal;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let (account, token) = bearer(request).await?;
            match account.role {
                Role::Operator => Ok(Self { id: account.id, token }),
                Role::Administrator => Err(ErrorCode::NotAnOperator.into()),
            }
        })
    }
}

impl FromRequest for AdministratorBearer {
    type Error = Refusal;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let (account, _) = bearer(request).await?;
            match account.role {
                Role::Administrator => Ok(Self { id: account.id }),
                Role::Operator => Err(ErrorCode::Forbidden.into()),
            }
        })
    }
}

impl FromRequest for AnyBearer {
    type Error = Refusal;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { bearer(request).await.map(|(_, token)| Self { token }) })
    }
}
