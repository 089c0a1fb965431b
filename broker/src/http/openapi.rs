//! `GET /api/openapi.json`: the API described by the table of rights that it is built from.

use actix_web::http::Method;
use actix_web::{HttpResponse, web};
use beside_protocol::api::Problem;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{ContentBuilder, OpenApi, PathItem, Ref, RefOr, Required, ResponseBuilder, Responses};
use utoipa::{OpenApi as _, PartialSchema as _, ToSchema as _};

use super::browser::NAME;
use super::gate::REASON_HEADER;
use super::rights::{Access, Granted, Listener};
use super::routes::{Described, Route, TABLE};

const BEARER: &str = "bearer";
const COOKIE: &str = "cookie";
const COOKIE_WORDS: &str = "On the administration's listener, from `POST /console/sign-in`. Every request but GET needs the \
     header `beside-csrf` with what came with the cookie, and none may have `Authorization` as well.";

/// The description.
pub(super) async fn get() -> HttpResponse {
    HttpResponse::Ok().json(web::Json(describe()))
}

/// The description of every route in the table.
#[must_use]
pub fn describe() -> OpenApi {
    let mut document = Described::openapi();
    document.info.title = "Beside broker".to_owned();
    document.info.version = env!("CARGO_PKG_VERSION").to_owned();
    document.info.description = Some(
        "What the broker answers. Errors are problem details (RFC 9457) with a stable code. Lists come in pages: ask again \
         with the cursor `next`. Times are Unix milliseconds, UTC."
            .to_owned(),
    );
    document.info.license = None;
    document.info.contact = None;
    let bearer = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
    let components = document.components.get_or_insert_default();
    components.security_schemes.insert(BEARER.to_owned(), bearer.into());
    let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(NAME, COOKIE_WORDS)));
    components.security_schemes.insert(COOKIE.to_owned(), cookie.into());
    components.schemas.insert(Problem::name().into_owned(), Problem::schema());
    let mut referenced = Vec::new();
    Problem::schemas(&mut referenced);
    components.schemas.extend(referenced);
    for (path, item) in &mut document.paths.paths {
        for route in TABLE.iter().filter(|route| route.path == path) {
            if let Some(operation) = operation(item, &route.method) {
                complete(operation, route);
            }
        }
    }
    document.paths.paths = std::mem::take(&mut document.paths.paths)
        .into_iter()
        .map(|(path, item)| (format!("/api/v1{path}"), item))
        .collect();
    document
}

fn operation<'a>(item: &'a mut PathItem, method: &Method) -> Option<&'a mut Operation> {
    match *method {
        Method::GET => item.get.as_mut(),
        Method::POST => item.post.as_mut(),
        Method::PUT => item.put.as_mut(),
        Method::PATCH => item.patch.as_mut(),
        Method::DELETE => item.delete.as_mut(),
        _ => None,
    }
}

/// Adds what follows from the row of the table: who may call it, and which errors it can answer.
fn complete(operation: &mut Operation, route: &Route) {
    operation.operation_id = Some(format!("{} {}", route.method, route.path));
    let mut errors = vec![400, 404, 429, 503];
    match route.access {
        Access::Anyone => operation.security = Some(Vec::new()),
        Access::Roles(Granted { roles, scope, sensitive }) => {
            errors.extend([401, 403]);
            let scopes: Vec<&str> = scope.iter().map(|scope| scope.as_str()).collect();
            let mut security = vec![SecurityRequirement::new(BEARER, [""; 0])];
            if route.listener.serves(Listener::Administration) {
                security.push(SecurityRequirement::new(COOKIE, [""; 0]));
            }
            operation.security = Some(security);
            let mut words =
                format!("Roles: {}.", roles.iter().map(|role| role_text(*role)).collect::<Vec<_>>().join(", "));
            if let [scope] = scopes[..] {
                words.push_str(&format!(" Scope of API tokens: `{scope}`."));
            }
            // A reason is always taken, and must then be one.
            errors.push(422);
            operation.parameters.get_or_insert_default().push(reason(sensitive).into());
            if sensitive {
                words.push_str(" Needs the second factor again (`POST /step-up`) and a reason.");
            }
            operation.description = Some(words);
        }
    }
    if route.path.ends_with("/sign-in") || route.path.starts_with("/account-link") {
        errors.extend([401, 403]);
    }
    if route.path == "/live/socket" {
        errors.push(403);
    }
    if operation.request_body.is_some() {
        errors.extend([413, 422]);
    }
    if route.method != Method::GET {
        errors.push(409);
    }
    for status in errors {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name(Problem::name()))).build();
        let response = ResponseBuilder::new().description("Refused").content("application/problem+json", content);
        operation.responses.responses.entry(status.to_string()).or_insert_with(|| response.build().into());
    }
    put_in_words(&mut operation.responses);
}

/// A description has words for every response (OpenAPI 3.1, section 4.8.17).
fn put_in_words(responses: &mut Responses) {
    for response in responses.responses.values_mut() {
        if let RefOr::T(response) = response
            && response.description.is_empty()
        {
            response.description = "Done".to_owned();
        }
    }
}

fn reason(required: bool) -> Parameter {
    ParameterBuilder::new()
        .name(REASON_HEADER)
        .parameter_in(ParameterIn::Header)
        .required(if required { Required::True } else { Required::False })
        .description(Some("Why, for the log: 3 to 500 characters of UTF-8, percent-encoded."))
        .schema(Some(String::schema()))
        .build()
}

const fn role_text(role: beside_protocol::api::Role) -> &'static str {
    crate::storage::accounts::role_text(role)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    /// The console's types are made from this file. One that is out of date is written anew, and the test fails: whoever
    /// changed the API sees in the difference what pages get to hear of it.
    #[test]
    fn the_console_has_this_description() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/console/src/generated/openapi.json");
        let described = serde_json::to_string_pretty(&describe()).unwrap() + "\n";
        let kept = fs::read_to_string(&file).unwrap_or_default();
        if kept != described {
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(&file, described).unwrap();
            panic!("{} was out of date, and has been written anew", file.display());
        }
    }

    #[test]
    fn every_route_is_described_and_nothing_else() {
        let document = describe();
        for route in TABLE {
            let path = format!("/api/v1{}", route.path);
            let item = document.paths.paths.get(&path).unwrap_or_else(|| panic!("{path} is not described"));
            let mut item = item.clone();
            let described = operation(&mut item, &route.method);
            let described = described.unwrap_or_else(|| panic!("{} {path} is not described", route.method));
            assert!(described.summary.is_some(), "{path}");
            let open = matches!(route.access, Access::Anyone);
            assert_eq!(described.security.as_ref().unwrap().is_empty(), open, "{path}");
        }
        let described: usize = document
            .paths
            .paths
            .values()
            .map(|item| [&item.get, &item.post, &item.put, &item.patch, &item.delete].into_iter().flatten().count())
            .sum();
        assert_eq!(described, TABLE.len());
    }
}
