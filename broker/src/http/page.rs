//! Lists come in pages: each names the cursor of the next.

use std::str::FromStr;

use actix_web::web;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use beside_protocol::ErrorCode;
use serde::Serialize;
use utoipa::ToSchema;

/// Rows of a page, if nobody asks for another number.
pub(super) const ROWS: u64 = 50;
/// The most rows of a page.
pub(super) const ROWS_MAX: u64 = 200;

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Page<T> {
    /// The rows.
    pub(super) items: Vec<T>,
    /// What to ask for the next page with; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next: Option<String>,
}

/// How many rows to read for a page: one more than it shows, to know whether there is another.
///
/// # Errors
/// [`ErrorCode::MessageMalformed`] for none or too many.
pub(super) fn rows(limit: Option<u64>) -> Result<u64, ErrorCode> {
    match limit.unwrap_or(ROWS) {
        rows @ 1..=ROWS_MAX => Ok(rows + 1),
        _ => Err(ErrorCode::MessageMalformed),
    }
}

/// A page of what was read for `rows`.
pub(super) fn page<T>(mut items: Vec<T>, rows: u64, cursor: impl Fn(&T) -> String) -> web::Json<Page<T>> {
    let full = usize::try_from(rows - 1).unwrap_or(usize::MAX);
    let more = items.len() > full;
    items.truncate(full);
    let next = items.last().filter(|_| more).map(|last| URL_SAFE_NO_PAD.encode(cursor(last)));
    web::Json(Page { items, next })
}

/// What [`page`] made a cursor of.
///
/// # Errors
/// [`ErrorCode::MessageMalformed`] for what never was one.
pub(super) fn cursor(text: Option<&String>) -> Result<Option<String>, ErrorCode> {
    let decode = |text: &String| {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| ErrorCode::MessageMalformed)?;
        String::from_utf8(bytes).map_err(|_| ErrorCode::MessageMalformed)
    };
    text.map(decode).transpose()
}

/// The cursor of a list in the order of time and id.
pub(super) fn time_cursor(at: i64, id: &str) -> String {
    format!("{at} {id}")
}

/// What [`time_cursor`] was made of.
///
/// # Errors
/// [`ErrorCode::MessageMalformed`] for what never was one.
pub(super) fn time_and<T: FromStr>(asked: Option<&String>) -> Result<Option<(i64, T)>, ErrorCode> {
    let Some(text) = cursor(asked)? else { return Ok(None) };
    let (at, id) = text.split_once(' ').ok_or(ErrorCode::MessageMalformed)?;
    at.parse().ok().zip(id.parse().ok()).map(Some).ok_or(ErrorCode::MessageMalformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_leads_to_the_next_page_and_the_last_page_has_none() {
        let read = rows(Some(2)).unwrap();
        let first = page(vec![1, 2, 3], read, ToString::to_string).into_inner();
        assert_eq!(first.items, [1, 2]);
        assert_eq!(cursor(first.next.as_ref()).unwrap().unwrap(), "2");
        assert_eq!(page(vec![3, 4], read, ToString::to_string).into_inner().next, None);
        assert_eq!(cursor(Some(&"!".to_owned())), Err(ErrorCode::MessageMalformed));
        let next = page(vec![7, 8], rows(Some(1)).unwrap(), |at| time_cursor(*at, "x")).into_inner().next;
        assert_eq!(time_and(next.as_ref()), Ok(Some((7, "x".to_owned()))));
        assert_eq!(time_and::<String>(first.next.as_ref()), Err(ErrorCode::MessageMalformed));
        assert!(rows(Some(0)).is_err() && rows(Some(201)).is_err() && rows(None).is_ok());
    }
}
