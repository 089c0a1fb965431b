//! `GET /api/v1/backups`.

use actix_web::web;
use beside_protocol::ErrorCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Refusal, Shared};
use crate::backups::{Failure, Fault};

/// The backups that the broker makes by itself. Times are Unix milliseconds.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(in super::super) struct Backups {
    /// What is set; absent if the broker makes none by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    settings: Option<BackupSettings>,
    /// Those that lie in the folder, newest first.
    backups: Vec<BackupEntry>,
    /// Since when one is being made.
    #[serde(skip_serializing_if = "Option::is_none")]
    running_since: Option<i64>,
    /// Why the last one failed, until one succeeds.
    #[serde(skip_serializing_if = "Option::is_none")]
    failed: Option<BackupFailure>,
}

/// What is set.
#[derive(Debug, Serialize, ToSchema)]
struct BackupSettings {
    /// The folder on the broker's machine.
    directory: String,
    /// Public parts of the keys that open them.
    recipients: Vec<String>,
    /// Hours between two.
    every_hours: u32,
    /// How many are kept.
    keep: u32,
}

/// A backup.
#[derive(Debug, Serialize, ToSchema)]
struct BackupEntry {
    /// The file's name.
    name: String,
    /// When it was made.
    made_at: i64,
    /// Bytes.
    size: u64,
}

/// A backup that could not be made.
#[derive(Debug, Serialize, ToSchema)]
struct BackupFailure {
    /// When.
    at: i64,
    /// `no_room`, `folder` or `database`.
    #[schema(pattern = "^(no_room|folder|database)$")]
    fault: &'static str,
}

impl From<Failure> for BackupFailure {
    fn from(failure: Failure) -> Self {
        Self { at: failure.at, fault: failure.fault.as_str() }
    }
}

/// The backups that the broker makes by itself.
#[utoipa::path(get, path = "/backups", tag = "system", responses((status = 200, body = Backups)))]
pub(in super::super) async fn get(shared: web::Data<Shared>) -> Result<web::Json<Backups>, Refusal> {
    let Some(backups) = shared.backups.clone() else { return Ok(web::Json(Backups::default())) };
    let standing = backups.standing();
    let settings = backups.settings();
    let settings = BackupSettings {
        directory: settings.directory.display().to_string(),
        recipients: settings.recipients.iter().map(ToString::to_string).collect(),
        every_hours: settings.every_hours,
        keep: settings.keep,
    };
    let kept = web::block(move || backups.kept()).await.map_err(|_| ErrorCode::Internal)?;
    let unreadable = kept.is_err().then(|| BackupFailure { at: shared.now(), fault: Fault::Folder.as_str() });
    let kept = kept.unwrap_or_default().into_iter();
    Ok(web::Json(Backups {
        settings: Some(settings),
        backups: kept.map(|kept| BackupEntry { name: kept.name, made_at: kept.made_at, size: kept.size }).collect(),
        running_since: standing.running_since,
        failed: standing.failed.map(BackupFailure::from).or(unreadable),
    }))
}
