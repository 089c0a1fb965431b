//! `/api/v1/backups`: those that the broker makes by itself.

pub(super) mod list;
pub(super) mod make;

use super::{Refusal, Shared};
