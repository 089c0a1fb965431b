//! `GET /api/v1/about`: whom the public page names. Nothing of value.

use actix_web::web;
use serde::Serialize;
use utoipa::ToSchema;

use super::Shared;

/// Whose broker this is.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct About {
    /// The organisation's name.
    organisation: Option<String>,
    /// Where to report a weakness.
    security_contact: Option<String>,
    /// Where to ask about personal data.
    privacy_contact: Option<String>,
}

/// Whose broker this is, and whom to turn to.
#[utoipa::path(get, path = "/about", tag = "public", responses((status = 200, body = About)))]
pub(super) async fn get(shared: web::Data<Shared>) -> web::Json<About> {
    let organisation = shared.organisation.clone();
    web::Json(About {
        organisation: organisation.name,
        security_contact: organisation.security_contact,
        privacy_contact: organisation.privacy_contact,
    })
}
