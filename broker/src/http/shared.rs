//! What the endpoints need.

use std::net::IpAddr;
use std::sync::{Arc, PoisonError, RwLock};

use actix_web::{HttpRequest, web};
use beside_broker_core::Address;
use beside_broker_core::Trier;
use beside_broker_core::forwarded::{ForwardedKind, TrustedProxies, client_address};
use beside_identity::PublicKey;
use beside_protocol::ErrorCode;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use super::Refusal;
use super::export::EXPORTS;
use super::live::Wall;
use crate::access::AccessRules;
use crate::alerts::outlet::Way;
use crate::audit::Event;
use crate::backups::Backups;
use crate::config::{Config, ForwardingHeader, Organisation};
use crate::credentials::hashing::Hashing;
use crate::credentials::passwords::{PasswordFault, PasswordJudge};
use crate::exchange::Exchange;
use crate::statistics::Statistics;
use crate::storage::StorageError;
use crate::surroundings::Surroundings;

/// What the endpoints need.
#[derive(Debug)]
pub struct Shared {
    /// The switchboard and what carries out its effects.
    pub exchange: Arc<Exchange>,
    /// Passwords are compared here.
    pub hashing: Hashing,
    /// And judged here.
    pub judge: PasswordJudge,
    /// Who may sign statements.
    pub organisation_keys: Vec<PublicKey>,
    /// Whom the public page names.
    pub organisation: Organisation,
    /// What graphs are drawn from.
    pub statistics: Arc<Statistics>,
    /// What the sockets that look on were sent.
    pub wall: Wall,
    /// Permission for exports, as many as there may be at a time.
    pub exports: Arc<Semaphore>,
    /// Disk and certificate.
    pub surroundings: Surroundings,
    /// Those that the broker makes by itself, if it does.
    pub backups: Option<Arc<Backups>>,
    /// Where alerts are sent.
    pub ways: Vec<Arc<Way>>,
    /// The address of the public listener, for links.
    pub public_url: String,
    proxies: TrustedProxies,
    header: ForwardingHeader,
    rules: RwLock<Known>,
}

#[derive(Debug)]
struct Known {
    rules: Arc<AccessRules>,
    /// The newest row of the audit log that they take into account.
    seen: i64,
}

impl Shared {
    /// Reads the rules and is ready to serve.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn new(
        config: &Config,
        exchange: Arc<Exchange>,
        hashing: Hashing,
        surroundings: Surroundings,
        ways: Vec<Arc<Way>>,
    ) -> Result<Self, StorageError> {
        let (rules, seen) = exchange.storage.access_rules(exchange.clock.now().unix_ms).await?;
        let statistics = Arc::new(Statistics::new(exchange.storage.clone(), exchange.clock));
        Ok(Self {
            statistics,
            wall: Wall::default(),
            exports: Arc::new(Semaphore::new(EXPORTS)),
            exchange,
            hashing,
            judge: PasswordJudge::new(config.passwords.breached_list.clone(), config.organisation.name.clone()),
            organisation_keys: config.organisation_keys.clone(),
            organisation: config.organisation.clone(),
            surroundings,
            backups: config.backup.clone().map(|settings| Arc::new(Backups::new(settings))),
            ways,
            public_url: config.listen.url(),
            proxies: TrustedProxies::new(config.proxies.trusted.clone()),
            header: config.proxies.header,
            rules: RwLock::new(Known { rules: Arc::new(rules), seen }),
        })
    }

    /// Unix milliseconds.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.exchange.clock.now().unix_ms
    }

    /// Who may use the broker from where and when.
    #[must_use]
    pub fn rules(&self) -> Arc<AccessRules> {
        Arc::clone(&self.rules.read().unwrap_or_else(PoisonError::into_inner).rules)
    }

    /// Reads the rules again if somebody, perhaps another process, changed them, and lets go of whom they now refuse.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn refresh_rules(&self) -> Result<(), StorageError> {
        let seen = self.rules.read().unwrap_or_else(PoisonError::into_inner).seen;
        if self.exchange.storage.newest_change(seen).await?.is_some() {
            let (rules, seen) = self.exchange.storage.access_rules(self.now()).await?;
            self.exchange.watch.set_thresholds(rules.policy.alerts.clone());
            let rules = Arc::new(rules);
            *self.rules.write().unwrap_or_else(PoisonError::into_inner) = Known { rules, seen };
        }
        // Also without a change: hours end by themselves.
        self.exchange.shut_out_refused(&self.rules()).await
    }

    /// Every reason against a password for the account of `name`.
    ///
    /// # Errors
    /// [`ErrorCode::Internal`] if the list of passwords from breaches can't be read.
    pub async fn judge(&self, password: &str, name: &str) -> Result<Vec<PasswordFault>, Refusal> {
        let (judge, rules) = (self.judge.clone(), self.rules().policy.passwords);
        let (password, name) = (Zeroizing::new(password.to_owned()), name.to_owned());
        let judged = web::block(move || judge.judge(&password, &name, rules)).await;
        match judged {
            Ok(Ok(faults)) => Ok(faults),
            Ok(Err(error)) => {
                tracing::error!(%error, "the list of passwords from breaches can't be read");
                Err(ErrorCode::Internal.into())
            }
            Err(_) => Err(ErrorCode::Internal.into()),
        }
    }

    /// The PHC string of a new password.
    ///
    /// # Errors
    /// [`ErrorCode::Overloaded`] or [`ErrorCode::Internal`].
    pub async fn hash(&self, password: &str) -> Result<Zeroizing<String>, Refusal> {
        let slot = self.hashing.slot()?;
        Ok(self.hashing.hash(&slot, Zeroizing::new(password.to_owned())).await?)
    }

    /// Counts a try to prove something; it counts as failed until it is told to have succeeded.
    ///
    /// # Errors
    /// [`ErrorCode::TooManyTries`], with the time to wait.
    pub fn may_try(&self, trier: Trier) -> Result<(), Refusal> {
        let now = self.exchange.clock.now().monotonic;
        self.exchange.delay(|delay| match delay.wait(trier, now) {
            Some(wait) => Err(Refusal { retry_after: Some(wait), ..ErrorCode::TooManyTries.into() }),
            None => {
                delay.begin(trier, now);
                Ok(())
            }
        })
    }

    /// Writes one event to the audit log.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn log(&self, event: Event) -> Result<(), StorageError> {
        let mut writing = self.exchange.storage.writing().await?;
        writing.log(event).await?;
        writing.commit().await
    }

    /// Whose request it is: the peer's, or whom a listed proxy names.
    ///
    /// # Errors
    /// [`ErrorCode::MessageMalformed`] if a listed proxy's header can't be read.
    pub fn client_address(&self, request: &HttpRequest) -> Result<Address, Refusal> {
        let peer: IpAddr = request.peer_addr().ok_or(ErrorCode::Internal)?.ip();
        let (name, kind) = match self.header {
            ForwardingHeader::XForwardedFor => ("x-forwarded-for", ForwardedKind::XForwardedFor),
            ForwardingHeader::Forwarded => ("forwarded", ForwardedKind::Forwarded),
        };
        let values: Result<Vec<&str>, _> =
            request.headers().get_all(name).map(actix_web::http::header::HeaderValue::to_str).collect();
        let values = values.map_err(|_| ErrorCode::MessageMalformed);
        let peer = Address::from(peer);
        // From a peer that is no proxy the header means nothing, not even that it is malformed.
        match values {
            Err(_) if !self.proxies.lists(peer) => Ok(peer),
            values => {
                client_address(peer, &values?, kind, &self.proxies).map_err(|_| ErrorCode::MessageMalformed.into())
            }
        }
    }
}
