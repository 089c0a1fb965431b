//! Requests of browsers: the cookie of a console's sign-in, and what shows that a request comes from the console's own
//! pages.
//!
//! A browser sends the cookie by itself, so the cookie alone proves nothing. `SameSite=Strict` keeps it from requests that
//! other sites make; behind that stand, each on its own, a header that only the console's scripts can make (which no page
//! of another origin can send without being asked about it first), and the browser's own word about the page that asks
//! (`Origin`, and `Sec-Fetch-Site` of the W3C's Fetch Metadata Request Headers).

use std::str::FromStr;

use actix_web::dev::RequestHead;
use actix_web::http::header::{COOKIE, HOST, HeaderMap, HeaderName, HeaderValue, ORIGIN, SET_COOKIE};
use actix_web::http::{Method, header};
use beside_protocol::ErrorCode;
use beside_protocol::ids::Token;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::clock::fresh_secret;

/// The cookie of a sign-in. Browsers take one of such a name only over TLS, from the host itself and for all of it.
pub(super) const NAME: &str = "__Host-beside";
/// The header in which a request that changes something shows that a script of the console made it.
pub(super) const CSRF_HEADER: &str = "beside-csrf";
const ATTRIBUTES: &str = "Path=/; Secure; HttpOnly; SameSite=Strict";
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// What the cookie of a sign-in holds: 256 random bits, from which everything else is derived, so that no part of it
/// does another's work: the cookie is no bearer token, and whoever sees what scripts see has neither.
#[derive(Debug, Clone)]
pub(super) struct Cookie(Token);

impl Cookie {
    /// A new one.
    pub(super) fn fresh() -> Self {
        Self(fresh_secret())
    }

    /// What a request shows as the cookie, if it has one, whatever it is. HTTP/2 spreads cookies over several headers.
    ///
    /// # Errors
    /// [`ErrorCode::MessageMalformed`] for more than one.
    pub(super) fn shown(headers: &HeaderMap) -> Result<Option<&str>, ErrorCode> {
        // Other cookies of the same host may hold anything.
        let all = headers.get_all(COOKIE).flat_map(|value| value.as_bytes().split(|byte| *byte == b';'));
        let mut own = all.filter_map(|pair| pair.trim_ascii().strip_prefix(NAME.as_bytes())?.strip_prefix(b"="));
        match (own.next(), own.next()) {
            (_, Some(_)) => Err(ErrorCode::MessageMalformed),
            (one, None) => Ok(one.map(|value| str::from_utf8(value).unwrap_or_default())),
        }
    }

    /// The token that stands for the sign-in inside the broker; its hash is what is kept.
    pub(super) fn token(&self) -> Token {
        Token(self.derived(b"beside console sign-in"))
    }

    /// What scripts send back in the header [`CSRF_HEADER`].
    pub(super) fn csrf(&self) -> String {
        Token(self.derived(b"beside console csrf")).to_text()
    }

    /// Has the browser keep it, until it is closed.
    pub(super) fn set(&self) -> (HeaderName, String) {
        (SET_COOKIE, format!("{NAME}={}; {ATTRIBUTES}", self.0.to_text()))
    }

    /// Has the browser forget it.
    pub(super) fn clear() -> (HeaderName, String) {
        (SET_COOKIE, format!("{NAME}=; {ATTRIBUTES}; Max-Age=0"))
    }

    /// Whether the request that the cookie came with was made by the console.
    ///
    /// # Errors
    /// [`ErrorCode::CsrfRefused`] if not.
    pub(super) fn vouched_for(&self, head: &RequestHead) -> Result<(), ErrorCode> {
        if head.method == Method::GET {
            // A GET changes nothing; what it answers must not go to other sites. `none` is the person, not a page.
            return match only(head.headers(), &FETCH_SITE)? {
                None | Some("same-origin" | "none") => Ok(()),
                Some(_) => Err(ErrorCode::CsrfRefused),
            };
        }
        is_from_own_page(head)?;
        let shown = head.headers().get(CSRF_HEADER).map(HeaderValue::as_bytes).ok_or(ErrorCode::CsrfRefused)?;
        if bool::from(shown.ct_eq(self.csrf().as_bytes())) { Ok(()) } else { Err(ErrorCode::CsrfRefused) }
    }

    fn derived(&self, purpose: &[u8]) -> [u8; 32] {
        // HMAC pads a key of less than one block with zeros (RFC 2104), so giving it a whole block needs no error path.
        let mut block = Zeroizing::new([0; 64]);
        block[..32].copy_from_slice(&self.0.0);
        Hmac::<Sha256>::new(&(*block).into()).chain_update(purpose).finalize().into_bytes().into()
    }
}

impl FromStr for Cookie {
    type Err = ErrorCode;

    /// # Errors
    /// [`ErrorCode::SignedOut`] for what never was one.
    fn from_str(text: &str) -> Result<Self, ErrorCode> {
        text.parse().map(Self).map_err(|_| ErrorCode::SignedOut)
    }
}

/// Whether the page that makes a request, if the browser says which, is of this listener.
///
/// # Errors
/// [`ErrorCode::CsrfRefused`] if not.
pub(super) fn is_from_own_page(head: &RequestHead) -> Result<(), ErrorCode> {
    let site = only(head.headers(), &FETCH_SITE)?;
    let origin = only(head.headers(), &ORIGIN)?;
    let own = |origin| own_origin(head).is_some_and(|own| own.eq_ignore_ascii_case(origin));
    let fits = site.is_none_or(|site| site == "same-origin") && origin.is_none_or(own);
    if fits { Ok(()) } else { Err(ErrorCode::CsrfRefused) }
}

/// The same for a WebSocket, which browsers open for any page and always with its origin.
///
/// # Errors
/// [`ErrorCode::CsrfRefused`] if not.
pub(super) fn is_opened_by_own_page(head: &RequestHead) -> Result<(), ErrorCode> {
    if !head.headers().contains_key(ORIGIN) {
        return Err(ErrorCode::CsrfRefused);
    }
    is_from_own_page(head)
}

/// The origin of the listener, as the browser that asks knows it. There is no HTTP without TLS here.
fn own_origin(head: &RequestHead) -> Option<String> {
    let host = match head.headers().get(HOST) {
        Some(host) => host.to_str().ok()?,
        // HTTP/2 has it elsewhere.
        None => head.uri.authority()?.as_str(),
    };
    Some(format!("https://{host}"))
}

/// The value of a header that comes once.
fn only<'a>(headers: &'a HeaderMap, name: &header::HeaderName) -> Result<Option<&'a str>, ErrorCode> {
    let mut values = headers.get_all(name);
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| ErrorCode::CsrfRefused),
        (Some(_), Some(_)) => Err(ErrorCode::CsrfRefused),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_cookie_is_found_among_others() {
        let shown = |values: &[&'static [u8]]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(COOKIE, HeaderValue::from_bytes(value).unwrap());
            }
            Cookie::shown(&headers).map(|shown| shown.map(str::to_owned))
        };
        let some = |text: &str| Ok(Some(text.to_owned()));
        assert_eq!(shown(&[b"a=\xea\xb9\x80; __Host-beside=x; b=c=d"]), some("x"));
        assert_eq!(shown(&[b"a=b", b"__Host-beside=x=y"]), some("x=y"), "HTTP/2 spreads them");
        assert_eq!(shown(&[b"__Host-beside=\xea"]), some(""));
        assert_eq!(shown(&[b"__Host-besides=x; x__Host-beside=x; __Host-beside"]), Ok(None));
        assert_eq!(shown(&[b"__Host-beside=x", b"__Host-beside=x"]), Err(ErrorCode::MessageMalformed));
    }

    #[test]
    fn what_is_derived_is_told_apart_by_its_purpose() {
        let cookie = Cookie(Token([7; 32]));
        let all = [cookie.0.to_text(), cookie.token().to_text(), cookie.csrf()];
        assert!(all[0] != all[1] && all[1] != all[2] && all[2] != all[0], "{all:?}");
        assert_eq!(Cookie(Token([7; 32])).csrf(), cookie.csrf());
        assert_ne!(Cookie(Token([8; 32])).csrf(), cookie.csrf());
    }

    #[test]
    fn the_listeners_own_origin_is_known_in_both_versions_of_http() {
        let of = |request: TestRequest, origin: &'static str| {
            is_from_own_page(request.insert_header((ORIGIN, origin)).to_http_request().head()).is_ok()
        };
        let first = || TestRequest::with_uri("/x").insert_header((HOST, "Console.example:8444"));
        let second = || TestRequest::with_uri("https://console.example:8444/x");
        for request in [first, second] {
            assert!(of(request(), "https://console.example:8444"));
            for foreign in ["https://console.example", "http://console.example:8444", "https://example:8444", "null"] {
                assert!(!of(request(), foreign), "{foreign}");
            }
        }
        assert!(
            !of(TestRequest::with_uri("/x"), "https://console.example:8444"),
            "without a host there is no own origin"
        );
    }
}
