//! Whole lists as files, streamed page by page: neither a long list nor a slow reader makes the broker hold more than
//! three pages.
//!
//! An export stands in the log twice: when it begins, and when it is complete or breaks off, with the rows that went out
//! by then. A file that is not whole never looks so: the connection breaks before its end.

use std::time::Duration;

use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::{HttpResponse, web};
use beside_broker_core::Observation;
use beside_protocol::ErrorCode;
use bytes::Bytes;
use futures_util::{Stream, stream};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::{OwnedSemaphorePermit, TryAcquireError};
use utoipa::ToSchema;

use super::caller::Caller;
use super::{Refusal, Shared};
use crate::audit::{Action, Event};
use crate::csv;
use crate::storage::{Storage, StorageError};

/// Rows read at a time.
pub(super) const PAGE: u64 = 250;
/// Exports at a time; further ones are refused as `overloaded`.
pub(super) const EXPORTS: usize = 4;
/// The latest time to filter by: numbers in the log are no larger (2⁵³ − 1).
const TIME_MAX: i64 = 9_007_199_254_740_991;
/// How long a reader may take no page before it is given up.
const STALLED: Duration = Duration::from_secs(60);

/// The form of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Format {
    /// RFC 4180 in UTF-8 with a byte order mark; times in ISO 8601.
    Csv,
    /// An array of what the list has as its items.
    Json,
}

/// A list that can be exported.
pub(super) trait Source: 'static {
    /// A row, in JSON as the list has it.
    type Row: Serialize;
    /// Its stable name, which the file has too.
    const NAME: &'static str;
    /// The names of a row's cells.
    const COLUMNS: &'static [&'static str];

    /// The next rows, [`PAGE`] at most; none at the end.
    async fn next(&mut self, storage: &Storage) -> Result<Vec<Self::Row>, StorageError>;

    /// A row's cells, in the order of [`COLUMNS`](Self::COLUMNS).
    fn cells(row: &Self::Row) -> Result<Vec<String>, StorageError>;
}

/// Begins to stream. `filters` adds to the event in the log what was asked for.
pub(super) async fn begin<S: Source>(
    source: S,
    format: Format,
    filters: impl FnOnce(Event) -> Event,
    caller: Caller,
    shared: &web::Data<Shared>,
) -> Result<HttpResponse, Refusal> {
    let permit = shared.exports.clone().try_acquire_owned().map_err(|error| match error {
        TryAcquireError::NoPermits => ErrorCode::Overloaded,
        TryAcquireError::Closed => ErrorCode::Internal,
    })?;
    let extension = match format {
        Format::Csv => "csv",
        Format::Json => "json",
    };
    let event = filters(caller.event(Action::LogExported, shared.now()).with("what", S::NAME));
    let event = event.with("format", extension);
    shared.log(event.clone().with("outcome", "begun")).await?;
    let (pieces, receiver) = channel(1);
    let export = Export { shared: shared.clone(), caller, event, rows: 0, _permit: permit };
    actix_web::rt::spawn(export.run(source, format, pieces));
    let content_type = match format {
        Format::Csv => "text/csv; charset=utf-8; header=present",
        Format::Json => "application/json",
    };
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, content_type))
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{}.{extension}\"", S::NAME)))
        .streaming(body(receiver)))
}

/// A piece of a file. What ends without [`End`](Self::End) is not whole.
#[derive(Debug)]
enum Piece {
    Bytes(Bytes),
    End,
}

#[derive(Debug, thiserror::Error)]
#[error("the export broke off")]
struct BrokenOff;

fn body(receiver: Receiver<Piece>) -> impl Stream<Item = Result<Bytes, BrokenOff>> {
    stream::try_unfold(receiver, |mut receiver| async {
        match receiver.recv().await {
            Some(Piece::Bytes(bytes)) => Ok(Some((bytes, receiver))),
            Some(Piece::End) => Ok(None),
            None => Err(BrokenOff),
        }
    })
}

/// An export under way.
struct Export {
    shared: web::Data<Shared>,
    caller: Caller,
    event: Event,
    /// How many went out.
    rows: u64,
    _permit: OwnedSemaphorePermit,
}

/// Why an export broke off.
enum Broken {
    /// The reader is gone, or reads no more.
    Reader,
    /// The rows could not be read.
    Storage(StorageError),
}

impl From<StorageError> for Broken {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

impl Export {
    async fn run(mut self, source: impl Source, format: Format, pieces: Sender<Piece>) {
        let outcome = match self.write(source, format, &pieces).await {
            Ok(()) => "complete",
            Err(Broken::Reader) => "abandoned",
            Err(Broken::Storage(error)) => {
                tracing::error!(%error, "an export broke off");
                "failed"
            }
        };
        let rows = i64::try_from(self.rows).unwrap_or(i64::MAX);
        let event = Event { at: self.shared.now(), ..self.event }.with("outcome", outcome).with("rows", rows);
        let logged = self.shared.log(event).await;
        let account = self.caller.responsible().clone();
        self.shared.exchange.observe(&Observation::Exported { account, rows: self.rows });
        match logged {
            // Only what is in the log is whole.
            Ok(()) if outcome == "complete" => {
                let _ = send(&pieces, Piece::End, STALLED).await;
            }
            Ok(()) => {}
            Err(error) => tracing::error!(%error, "the end of an export could not be logged"),
        }
    }

    async fn write<S: Source>(&mut self, mut source: S, format: Format, pieces: &Sender<Piece>) -> Result<(), Broken> {
        let mut text = String::new();
        match format {
            Format::Csv => {
                text.push_str(csv::BYTE_ORDER_MARK);
                csv::line(&mut text, S::COLUMNS.iter().copied());
            }
            Format::Json => text.push('['),
        }
        loop {
            let rows = source.next(&self.shared.exchange.storage).await?;
            for (index, row) in (self.rows..).zip(&rows) {
                match format {
                    Format::Csv => csv::line(&mut text, S::cells(row)?.iter().map(String::as_str)),
                    Format::Json => {
                        text.push_str(if index == 0 { "\n" } else { ",\n" });
                        text.push_str(&json(row)?);
                    }
                }
            }
            if rows.is_empty() {
                break;
            }
            send(pieces, Piece::Bytes(std::mem::take(&mut text).into()), STALLED).await?;
            self.rows += rows.len() as u64;
        }
        if format == Format::Json {
            text.push_str("\n]\n");
        }
        if text.is_empty() { Ok(()) } else { send(pieces, Piece::Bytes(text.into()), STALLED).await }
    }
}

/// Hands a piece over, if the reader takes it within `patience`.
async fn send(pieces: &Sender<Piece>, piece: Piece, patience: Duration) -> Result<(), Broken> {
    match tokio::time::timeout(patience, pieces.send(piece)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(Broken::Reader),
    }
}

/// Whether times to filter by (Unix milliseconds) can stand in the log.
pub(super) fn loggable(times: [Option<i64>; 2]) -> Result<(), ErrorCode> {
    let stands = |time: &i64| (0..=TIME_MAX).contains(time);
    if times.iter().flatten().all(stands) { Ok(()) } else { Err(ErrorCode::MessageMalformed) }
}

/// A value of a row as JSON.
pub(super) fn json(value: &impl Serialize) -> Result<String, StorageError> {
    serde_json::to_string(value).map_err(|_| StorageError::Invalid("row"))
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt as _;

    use super::*;

    #[actix_web::test]
    async fn a_file_is_whole_only_if_its_end_was_said() {
        for whole in [true, false] {
            let (pieces, receiver) = channel(2);
            assert!(send(&pieces, Piece::Bytes("a".into()), STALLED).await.is_ok());
            if whole {
                assert!(send(&pieces, Piece::End, STALLED).await.is_ok());
            }
            drop(pieces);
            let read: Vec<_> = body(receiver).collect().await;
            assert_eq!(read.len(), if whole { 1 } else { 2 });
            assert_eq!(read.iter().all(Result::is_ok), whole);
        }
    }

    #[actix_web::test]
    async fn a_reader_that_stalls_or_is_gone_is_given_up() {
        let (pieces, receiver) = channel(1);
        assert!(send(&pieces, Piece::Bytes("a".into()), Duration::ZERO).await.is_ok());
        let stalled = send(&pieces, Piece::Bytes("b".into()), Duration::ZERO).await;
        assert!(matches!(stalled, Err(Broken::Reader)));
        drop(receiver);
        assert!(matches!(send(&pieces, Piece::End, STALLED).await, Err(Broken::Reader)));
    }
}
