//! The pages that the program carries: for the public the public page and the account link, for administration the
//! console; and what they load. All of them are one page, which finds out by its address what it shows.

use actix_web::http::header::{
    AcceptEncoding, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, Encoding, HeaderName,
    LOCATION, REFERRER_POLICY, VARY, X_FRAME_OPTIONS,
};
use actix_web::{HttpResponse, web};
use beside_protocol::ErrorCode;
use rust_embed::{EmbeddedFile, RustEmbed};

use super::rights::Listener;
use super::{Refusal, Shared};

/// `npm run build` made them before the program was compiled, each that is worth it also packed by Brotli (`.br`).
#[derive(RustEmbed)]
#[folder = "../ui/console/dist"]
#[allow_missing = true]
struct Files;

const POLICY: &str =
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const PERMISSIONS: HeaderName = HeaderName::from_static("permissions-policy");
/// A page is asked for anew each time; what it loads has its content's hash in its name.
const ALWAYS_ANEW: &str = "no-store";
const CONSOLE: &str = "/console";
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// How long `security.txt` says that it is good, in milliseconds. It is made anew for each request.
const SECURITY_TXT_LIFE: i64 = 30 * 86_400_000;

/// What a browser can unpack; nothing if it says nothing that can be understood.
type Takes = Option<web::Header<AcceptEncoding>>;

/// Adds the pages of a listener to a server.
pub(super) fn mount(config: &mut web::ServiceConfig, listener: Listener) {
    match listener {
        Listener::Public => {
            for path in ["/", "/account"] {
                config.route(path, web::get().to(page));
            }
            config.route("/.well-known/security.txt", web::get().to(security_txt));
        }
        Listener::Administration => {
            config.route("/", web::get().to(to_console));
            // The console's own views have addresses, which can be kept and sent.
            for path in [CONSOLE, "/console/{view:.*}"] {
                config.route(path, web::get().to(page));
            }
        }
        Listener::Both => {}
    }
    config.route("/assets/{file}", web::get().to(asset));
}

async fn to_console() -> HttpResponse {
    HttpResponse::SeeOther().insert_header((LOCATION, CONSOLE)).finish()
}

async fn page(takes: Takes) -> Result<HttpResponse, Refusal> {
    serve("index.html", &takes, ALWAYS_ANEW)
}

async fn asset(file: web::Path<String>, takes: Takes) -> Result<HttpResponse, Refusal> {
    serve(&format!("assets/{file}"), &takes, FOR_EVER)
}

fn serve(path: &str, takes: &Takes, caching: &'static str) -> Result<HttpResponse, Refusal> {
    let EmbeddedFile { data, metadata } = Files::get(path).ok_or(ErrorCode::NotFound)?;
    let mut answer = HttpResponse::Ok();
    let data = match packed(path, takes) {
        Some(packed) => {
            answer.insert_header((CONTENT_ENCODING, "br"));
            packed.data
        }
        None => data,
    };
    Ok(answer
        .insert_header((CONTENT_TYPE, metadata.mimetype()))
        .insert_header((VARY, "Accept-Encoding"))
        .insert_header((CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((CACHE_CONTROL, caching))
        .insert_header((REFERRER_POLICY, "no-referrer"))
        .insert_header((X_FRAME_OPTIONS, "DENY"))
        .insert_header((PERMISSIONS, "camera=(), microphone=(), geolocation=(), display-capture=()"))
        .body(data))
}

/// The file as Brotli packed it, for a browser that says it takes that.
fn packed(path: &str, takes: &Takes) -> Option<EmbeddedFile> {
    let chosen = takes.as_ref()?.negotiate([Encoding::brotli(), Encoding::identity()].iter());
    if chosen == Some(Encoding::brotli()) { Files::get(&format!("{path}.br")) } else { None }
}

/// RFC 9116: whom to tell of a weakness. Without a contact in the configuration there is none to name.
async fn security_txt(shared: web::Data<Shared>) -> Result<HttpResponse, Refusal> {
    let contact = shared.organisation.security_contact.as_ref().ok_or(ErrorCode::NotFound)?;
    let expires = i128::from(shared.now() + SECURITY_TXT_LIFE) * 1_000_000;
    let expires = time::OffsetDateTime::from_unix_timestamp_nanos(expires).map_err(|_| ErrorCode::Internal)?;
    let expires = expires.replace_nanosecond(0).unwrap_or(expires);
    let expires = expires.format(&time::format_description::well_known::Rfc3339).map_err(|_| ErrorCode::Internal)?;
    let text = format!(
        "Contact: {contact}\nExpires: {expires}\nPreferred-Languages: ko, ja, en\n\
         Canonical: {}/.well-known/security.txt\n",
        shared.public_url
    );
    Ok(HttpResponse::Ok().insert_header((CONTENT_TYPE, "text/plain; charset=utf-8")).body(text))
}
