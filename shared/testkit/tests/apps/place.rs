//! Everything that there is before anybody does anything: keys, a broker that runs, and statements that it keeps.

use std::path::Path;

use beside_crypto::sealed_key;
use beside_identity::{Kind, Organisation, Verified};
use beside_installation::{DataFolder, Fault, Found, Trust};
use beside_protocol::{AccessCode, SessionId, code_in_link};

use crate::broker::{Broker, TlsCertificate};
use crate::customer::Customer;
use crate::operator::Operator;
use crate::organisation::{DAY, Keys, days_ago, random, today};

/// A place where sessions can happen.
pub(crate) struct Place {
    pub(crate) keys: Keys,
    pub(crate) broker: Broker,
    _folder: tempfile::TempDir,
}

impl Place {
    /// Everything in order.
    pub(crate) async fn new() -> Self {
        let mut place = Self::without_statements(TlsCertificate::Good).await;
        place.keep_certificate().await;
        place.keep_status().await;
        place.open();
        place
    }

    /// A broker that keeps no statement and does not run yet.
    pub(crate) async fn without_statements(certificate: TlsCertificate) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let keys = Keys::new();
        let broker = Broker::prepare(folder.path(), &keys, certificate).await;
        Self { keys, broker, _folder: folder }
    }

    pub(crate) async fn keep_certificate(&self) {
        let certificate = self.keys.certificate(&self.broker.operator.id, days_ago(1), today() + 20 * DAY);
        self.broker.keep(Kind::Operator, days_ago(1), &certificate).await;
    }

    pub(crate) async fn keep_status(&self) {
        self.broker.keep(Kind::Status, today(), &self.keys.status(false, today())).await;
    }

    /// Starts the broker, or starts it again.
    pub(crate) fn open(&mut self) {
        self.broker.serve(&self.keys);
    }

    pub(crate) fn trust(&self) -> Trust {
        let authority = self.broker.authority.clone().into();
        Trust { vendor_keys: vec![self.keys.vendor.public()], authorities: vec![authority] }
    }

    pub(crate) fn organisation(&self) -> Verified<Organisation> {
        self.keys.verified(&self.broker.host_and_port())
    }

    pub(crate) fn found(&self) -> Found {
        Found { organisation: Some(self.organisation()), newest_status: None }
    }

    /// A client of the organisation.
    pub(crate) fn customer(&self) -> Customer {
        self.customer_who(Ok(self.found()))
    }

    /// A client that found this at start.
    pub(crate) fn customer_who(&self, found: Result<Found, Fault>) -> Customer {
        self.customer_with(found, None)
    }

    /// A client that was opened by a link with a code.
    pub(crate) fn customer_by_link(&self, code: &str) -> Customer {
        self.customer_with(Ok(self.found()), code_in_link(&format!("beside:{code}")))
    }

    fn customer_with(&self, found: Result<Found, Fault>, offered: Option<AccessCode>) -> Customer {
        let folder = tempfile::tempdir().unwrap();
        let data = data_folder(folder.path());
        let setup = beside_client_controller::Setup { data, trust: self.trust(), found, offered };
        Customer::start(setup, Some(folder))
    }

    /// The manager of the organisation's operator, whose key lies beside it.
    pub(crate) fn operator(&self) -> Operator {
        self.operator_who(Ok(self.found()), self.trust())
    }

    /// The operator's manager, with what it found at start and whom it trusts.
    pub(crate) fn operator_who(&self, found: Result<Found, Fault>, trust: Trust) -> Operator {
        let folder = tempfile::tempdir().unwrap();
        let data = data_folder(folder.path());
        let account = &self.broker.operator;
        std::fs::create_dir_all(data.path("keys")).unwrap();
        let sealed = sealed_key::seal(&account.password, &self.keys.operator, &mut random()).unwrap();
        std::fs::write(data.path(&format!("keys/{}.json", account.id)), sealed).unwrap();
        let setup = beside_manager_controller::Setup { data, trust, found };
        let entry = (self.broker.host_and_port(), account.name.clone(), account.password.clone());
        Operator::start(setup, folder, entry)
    }

    /// Both people up to the knock, which the operator has accepted.
    pub(crate) async fn accepted(&self) -> (Customer, Operator, SessionId) {
        let (mut customer, mut operator) = (self.customer(), self.operator());
        let code = operator.signs_in().await;
        customer.knocks(&code).await;
        let sid = operator.accepts().await;
        (customer, operator, sid)
    }

    /// Both people up to the customer's yes; the operator has not typed the number yet.
    pub(crate) async fn allowed(&self) -> (Customer, Operator, SessionId, String) {
        let (mut customer, mut operator, sid) = self.accepted().await;
        let number = customer.sees_number().await;
        operator.is_asked_for_number(sid).await;
        customer.answers(true).await;
        customer.is_starting().await;
        (customer, operator, sid, number)
    }

    /// Both people in session.
    pub(crate) async fn in_session(&self) -> (Customer, Operator, SessionId) {
        let (mut customer, operator, sid, number) = self.allowed().await;
        customer.desktop.paint(1);
        operator.types_number(sid, &number);
        customer.is_in_session().await;
        operator.sees_screen(sid, &customer).await;
        (customer, operator, sid)
    }
}

pub(crate) fn data_folder(folder: &Path) -> DataFolder {
    DataFolder::at(folder.join("data")).unwrap()
}
