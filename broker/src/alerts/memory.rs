//! What a broker that starts must remember, or everybody's address would be a new one: who was signed in to from where.

use std::net::IpAddr;
use std::time::Duration;

use beside_broker_core::{Address, Trier};
use beside_protocol::ids::OperatorId;

use crate::audit::Action;
use crate::audit::event::PLACE;
use crate::exchange::Exchange;
use crate::storage::StorageError;
use crate::storage::accounts::name_key;
use crate::storage::audit::{AuditEntry, AuditQuery};

/// How far back it looks.
const DAYS: i64 = 30;
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
/// And at how many sign-ins, the newest ones.
const SIGN_INS: usize = 20_000;
/// Rows that are read at a time.
const PAGE: u64 = 1_000;

/// Tells watch and defence of the sign-ins of before.
///
/// # Errors
/// See [`StorageError`].
pub async fn recall(exchange: &Exchange) -> Result<(), StorageError> {
    let now = exchange.clock.now();
    let mut query = AuditQuery {
        action: Some(Action::SignInSucceeded.as_str().to_owned()),
        from: Some(now.unix_ms - DAYS * DAY_MS),
        limit: PAGE,
        ..AuditQuery::default()
    };
    let mut newest_first = Vec::new();
    loop {
        let page = exchange.storage.audit(&query).await?;
        query.after = page.last().map(|row| row.seq);
        newest_first.extend(page.into_iter().filter_map(understand));
        if query.after.is_none() || newest_first.len() >= SIGN_INS {
            break;
        }
    }
    for sign_in in newest_first.iter().rev() {
        let ago = u64::try_from(now.unix_ms - sign_in.at).map_or(Duration::ZERO, Duration::from_millis);
        let trier = Trier::new(&sign_in.name_key, sign_in.address);
        exchange.defence(|defence| defence.was_signed_in(trier, ago, now.monotonic));
        exchange.watch.was_signed_in(&sign_in.account, sign_in.address, sign_in.at, now);
    }
    Ok(())
}

struct SignIn {
    account: OperatorId,
    name_key: String,
    address: Address,
    at: i64,
}

/// A row whose place was deleted tells nothing any more.
fn understand(row: AuditEntry) -> Option<SignIn> {
    let person = row.account?;
    let address: IpAddr = row.personal.get(PLACE)?.parse().ok()?;
    Some(SignIn {
        account: person.id.parse().ok()?,
        name_key: name_key(&person.name),
        address: address.into(),
        at: row.at,
    })
}
