//! `POST /api/v1/console/sign-in`: name, password and second factor against a cookie, for a browser. Scripts never see
//! what is in the cookie; what they need for requests that change something is in the answer.

use actix_web::{HttpRequest, HttpResponse, web};
use beside_protocol::api::{Role, SignIn};
use serde::Serialize;
use utoipa::ToSchema;

use super::super::browser::{self, Cookie};
use super::super::caller::Place;
use super::super::rights::Listener;
use super::super::signing_in::sign_in;
use super::super::{Refusal, Shared};

/// The answer to a sign-in by cookie.
#[derive(Serialize, ToSchema)]
pub(in super::super) struct ConsoleSignedIn {
    /// Who is signed in.
    account: ConsoleAccount,
    /// What every request but GET has to carry in the header `beside-csrf`.
    csrf: String,
}

/// Who is signed in.
#[derive(Serialize, ToSchema)]
struct ConsoleAccount {
    /// The account's id.
    id: String,
    /// Its name.
    name: String,
    /// What it may do.
    role: Role,
}

/// Signs a browser in, with a cookie. It ends the sign-in of the cookie before, if there is one.
#[utoipa::path(post, path = "/console/sign-in", tag = "public", request_body = SignIn, responses((status = 200, body = ConsoleSignedIn, headers(("set-cookie" = String, description = "`__Host-beside`: 256 random bits")))))]
pub(in super::super) async fn post(
    listener: web::ThinData<Listener>,
    shared: web::Data<Shared>,
    place: Place,
    request: HttpRequest,
    body: web::Json<SignIn>,
) -> Result<HttpResponse, Refusal> {
    browser::is_from_own_page(request.head())?;
    let before = Cookie::shown(request.headers())?.and_then(|shown| shown.parse::<Cookie>().ok());
    let cookie = Cookie::fresh();
    let account = sign_in(&shared, listener.0, place.0, body.into_inner(), &cookie.token()).await?;
    if let Some(before) = before {
        // It ends also if that can't be written down yet.
        let _ = shared.exchange.turn(|board, now, rng, out| board.signed_out(&before.token(), now, rng, out)).await;
    }
    let answer = ConsoleSignedIn {
        account: ConsoleAccount { id: account.account.id.to_string(), name: account.name, role: account.account.role },
        csrf: cookie.csrf(),
    };
    Ok(HttpResponse::Ok().insert_header(cookie.set()).json(answer))
}
