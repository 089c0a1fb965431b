//! A broker of one's own, and the raw peers that talk to it.

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use beside_broker::config::Config;
use beside_broker::storage::Storage;
use beside_identity::SigningKey;
use beside_protocol::handshake::{M1, M1_LENGTH, M2, M2_LENGTH};
use beside_protocol::ids::SessionId;
use futures_util::{SinkExt as _, StreamExt as _};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use reqwest::{Client, ClientBuilder, Method, RequestBuilder, Response};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use serde_json::{Value, json};
use tokio::net::{TcpSocket, TcpStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error, Message};

/// Longer than anything here takes, so that a broken broker fails a test instead of hanging it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A running broker. It is killed, and its files are deleted, with the value.
pub(crate) struct Broker {
    folder: PathBuf,
    config: PathBuf,
    tls: Arc<ClientConfig>,
    http: Client,
    process: Option<Child>,
    address: SocketAddr,
    administration: SocketAddr,
    pub(crate) metrics: SocketAddr,
    pub(crate) stun: SocketAddr,
    pub(crate) organisation: SigningKey,
    pub(crate) administrator: Account,
}

/// An account and what it proves itself with.
#[derive(Default)]
pub(crate) struct Account {
    pub(crate) name: String,
    pub(crate) id: String,
    pub(crate) password: String,
    /// Base32, if it has a second factor.
    pub(crate) totp: Option<String>,
    /// The codes that were not used yet, in the order in which they can be.
    pub(crate) codes: Mutex<VecDeque<String>>,
}

impl Account {
    fn parse(json: &str) -> Self {
        let value: Value = serde_json::from_str(json).unwrap();
        let text = |key: &str| value[key].as_str().unwrap().to_owned();
        let totp = value["totp_secret"].as_str().map(str::to_owned);
        let account =
            Self { name: text("name"), id: text("id"), password: text("password"), totp, codes: Mutex::default() };
        let recovery = value["recovery_codes"].as_array().into_iter().flatten();
        let recovery = recovery.map(|code| code.as_str().unwrap().to_owned());
        account
            .codes
            .lock()
            .unwrap()
            .extend(account.totp.iter().flat_map(|secret| codes_around_now(secret)).chain(recovery));
        account
    }

    /// A code of the second factor that was not used yet.
    pub(crate) fn code(&self) -> Option<String> {
        self.codes.lock().unwrap().pop_front()
    }
}

/// The codes of the steps that a broker takes now, oldest first: each works once, and none after a newer one.
pub(crate) fn codes_around_now(secret: &str) -> [String; 2] {
    let now = beside_broker::clock::Clock::start().now().unix_ms as u64 / 1_000;
    [now, now + 30].map(|time| totp(secret, time))
}

/// The code of a time.
pub(crate) fn totp(secret: &str, unix_seconds: u64) -> String {
    let secret = totp_rs::Secret::try_from_base32(secret).unwrap();
    totp_rs::Builder::new().with_secret(secret).build_noncompliant().generate(unix_seconds).to_string()
}

/// Runs `beside-broker` to its end: whether it succeeded, stdout, stderr.
pub(crate) fn command(config: &Path, arguments: &[&str]) -> (bool, String, String) {
    let (code, stdout, stderr) = command_code(config, arguments);
    (code == 0, stdout, stderr)
}

/// The same with the exit code.
pub(crate) fn command_code(config: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output =
        Command::new(env!("CARGO_BIN_EXE_beside-broker")).arg("--config").arg(config).args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// Starts a server of `beside-broker`, and hears what it announces. Its stderr goes to a file.
pub(crate) fn server(config: &Path, arguments: &[&str], stderr: &Path) -> (Child, Value) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_beside-broker"));
    command.arg("--config").arg(config).args(arguments);
    announced(command, stderr)
}

/// Starts what ends in such a server.
fn announced(mut command: Command, stderr: &Path) -> (Child, Value) {
    let mut process = command.stdout(Stdio::piped()).stderr(std::fs::File::create(stderr).unwrap()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let said = serde_json::from_str(&line).unwrap_or_else(|_| panic!("{}", std::fs::read_to_string(stderr).unwrap()));
    (process, said)
}

/// Asks a process to stop, as systemd does, and waits until it has; says whether it did so well.
pub(crate) fn stop(process: &mut Child) -> bool {
    let asked = Command::new("kill").arg("-TERM").arg(process.id().to_string()).status().unwrap();
    asked.success() && process.wait().unwrap().success()
}

/// The PostgreSQL that the environment names, and the database in it of the broker in `folder`.
fn postgres(folder: &Path) -> Option<(String, String)> {
    let server = std::env::var("BESIDE_TEST_POSTGRES").ok()?;
    Some((server, folder.file_name().unwrap().to_str().unwrap().replace('-', "_")))
}

/// Runs one command of SQL in no broker's database; whether it was done.
fn sql(server: &str, command: &str) -> bool {
    let mut psql = Command::new("psql");
    psql.arg(format!("{server}/postgres")).arg("-qc").arg(command).status().is_ok_and(|status| status.success())
}

/// The database of a broker: SQLite, or one of its own in the PostgreSQL that the environment names.
fn database(folder: &Path) -> String {
    match postgres(folder) {
        Some((server, name)) => {
            assert!(sql(&server, &format!("CREATE DATABASE {name}")));
            format!("{server}/{name}")
        }
        None => format!("sqlite:{}?mode=rwc", folder.join("broker.sqlite").display()),
    }
}

impl Broker {
    /// A fresh broker with its first administrator.
    pub(crate) fn start() -> Self {
        Self::start_with("")
    }

    /// A fresh broker with more in its configuration.
    pub(crate) fn start_with(extra: &str) -> Self {
        let mut broker = Self::initialised_with(extra);
        broker.serve();
        broker
    }

    /// A fresh broker that has its first administrator and does not serve yet.
    pub(crate) fn initialised_with(extra: &str) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("beside-broker-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let tls = certificates(&folder);
        let organisation = SigningKey::generate(&mut beside_broker::clock::random());
        let config = folder.join("broker.toml");
        let text = format!(
            "organisation_keys = [\"{}\"]\n{extra}[listen]\npublic = \"127.0.0.1:0\"\n\
             administration = \"127.0.0.1:0\"\nmetrics = \"127.0.0.1:0\"\n\
             [tls]\ncertificate = {:?}\nkey = {:?}\n[database]\nurl = {:?}\n\
             [keys]\nencryption = {{ file = {:?} }}\ncheckpoints = {:?}\n",
            hex::encode(organisation.public().as_bytes()),
            folder.join("certificate.pem"),
            folder.join("key.pem"),
            database(&folder),
            folder.join("broker.key"),
            folder.join("checkpoints.key"),
        );
        std::fs::write(&config, text).unwrap();
        let (done, stdout, stderr) = command(&config, &["init", "--json"]);
        assert!(done, "{stderr}");
        let http = client(&tls).build().unwrap();
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
        Self {
            folder,
            config,
            tls,
            http,
            process: None,
            address: nowhere,
            administration: nowhere,
            metrics: nowhere,
            stun: nowhere,
            organisation,
            administrator: Account::parse(&stdout),
        }
    }

    /// Adds to the end of the configuration, which is in effect from the next start.
    pub(crate) fn configure(&self, more: &str) {
        let text = std::fs::read_to_string(&self.config).unwrap();
        std::fs::write(&self.config, text + more).unwrap();
    }

    /// The folder of the broker's files.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The configuration, read.
    pub(crate) fn configuration(&self) -> Config {
        Config::read(&self.config).unwrap()
    }

    /// Starts serving.
    pub(crate) fn serve(&mut self) {
        self.serves(server(&self.config, &["serve"], &self.folder.join("stderr")));
    }

    /// Starts serving after a script (POSIX shell) in a mount namespace of its own, where it may mount what it likes.
    pub(crate) fn serve_after(&mut self, script: &str) {
        let mut command = Command::new("unshare");
        if !rustix::process::geteuid().is_root() {
            command.args(["--user", "--map-root-user"]);
        }
        let script = format!("set -e\n{script}\nexec \"$@\"");
        let program = [env!("CARGO_BIN_EXE_beside-broker"), "--config", self.config.to_str().unwrap(), "serve"];
        command.args(["--mount", "--", "sh", "-c", &script, "sh"]).args(program);
        self.serves(announced(command, &self.folder.join("stderr")));
    }

    fn serves(&mut self, (process, said): (Child, Value)) {
        let address = |name: &str| said[name].as_str().unwrap().parse().unwrap();
        (self.address, self.stun) = (address("listening"), address("stun"));
        (self.administration, self.metrics) = (address("administration"), address("metrics"));
        self.process = Some(process);
    }

    /// Kills the broker as a power cut would, and starts it again.
    pub(crate) fn restart(&mut self) {
        let mut process = self.process.take().unwrap();
        process.kill().unwrap();
        process.wait().unwrap();
        self.serve();
    }

    /// Stops the broker in order.
    pub(crate) fn stop(&mut self) {
        assert!(stop(&mut self.process.take().unwrap()), "{}", self.stderr());
    }

    /// The id of the broker's process.
    pub(crate) fn pid(&self) -> u32 {
        self.process.as_ref().unwrap().id()
    }

    /// Waits until the broker has ended by itself, and says whether it did so well.
    pub(crate) fn ended(&mut self) -> bool {
        self.process.take().unwrap().wait().unwrap().success()
    }

    /// What the broker wrote to stderr so far.
    pub(crate) fn stderr(&self) -> String {
        std::fs::read_to_string(self.folder.join("stderr")).unwrap()
    }

    /// A file in the broker's folder.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The configuration of another broker with the same keys and a database of its own, which is empty.
    pub(crate) fn empty_sibling(&self) -> PathBuf {
        let folder = self.folder.join("sibling");
        std::fs::create_dir_all(&folder).unwrap();
        let config = folder.join("broker.toml");
        let text = std::fs::read_to_string(&self.config).unwrap();
        let own = text.lines().find(|line| line.starts_with("url = ")).unwrap().to_owned();
        let named =
            self.folder.with_file_name(format!("{}-sibling", self.folder.file_name().unwrap().to_str().unwrap()));
        let url = match postgres(&named) {
            Some(_) => database(&named),
            None => database(&folder),
        };
        std::fs::write(&config, text.replace(&own, &format!("url = {url:?}"))).unwrap();
        config
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> (bool, String, String) {
        command(&self.config, arguments)
    }

    /// A client that trusts the test authority.
    pub(crate) const fn client(&self) -> &Client {
        &self.http
    }

    /// Starts a command without waiting for its end.
    pub(crate) fn spawn(&self, arguments: &[&str]) -> Child {
        let mut command = Command::new(env!("CARGO_BIN_EXE_beside-broker"));
        command.arg("--config").arg(&self.config).args(arguments).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().unwrap()
    }

    /// Like [`Self::command`], with the exit code.
    pub(crate) fn command_code(&self, arguments: &[&str]) -> (i32, String, String) {
        command_code(&self.config, arguments)
    }

    pub(crate) fn add_operator(&self, name: &str) -> Account {
        self.add("operator", name)
    }

    pub(crate) fn add(&self, role: &str, name: &str) -> Account {
        let (done, stdout, stderr) = self.command(&["user", "add", "--role", role, name, "--json"]);
        assert!(done, "{stderr}");
        Account::parse(&stdout)
    }

    /// The broker's database, as another process on the same machine opens it.
    pub(crate) async fn storage(&self) -> Storage {
        beside_broker::commands::open(&Config::read(&self.config).unwrap()).await.unwrap()
    }

    /// The log as `beside-broker log --json` prints it.
    pub(crate) fn log(&self) -> Value {
        let (done, stdout, stderr) = self.command(&["log", "--json"]);
        assert!(done, "{stderr}");
        serde_json::from_str(&stdout).unwrap()
    }

    pub(crate) async fn request(
        &self,
        method: Method,
        path: &str,
        bearer: Option<&str>,
        body: Option<Value>,
    ) -> Response {
        self.send(self.build(self.address, method, path, bearer, body)).await
    }

    /// The same on the administration's listener, with a reason.
    pub(crate) async fn administer(
        &self,
        method: Method,
        path: &str,
        bearer: &str,
        body: Option<Value>,
    ) -> (u16, Value) {
        let request = self.build(self.administration, method, path, Some(bearer), body);
        self.answer(request.header("beside-reason", "because%20of%20a%20test")).await
    }

    /// Status and JSON of the answer to a request.
    pub(crate) async fn answer(&self, request: RequestBuilder) -> (u16, Value) {
        let answer = self.send(request).await;
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        (status, if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() })
    }

    /// The rows of the audit log of one action, or with a dot at its end of a family, newest first.
    pub(crate) async fn audited(&self, bearer: &str, action: &str) -> Vec<Value> {
        let mut rows = Vec::new();
        let mut path = format!("audit?limit=200&action={action}");
        loop {
            let (status, page) = self.administer(Method::GET, &path, bearer, None).await;
            assert_eq!(status, 200, "{page}");
            rows.extend_from_slice(page["items"].as_array().unwrap());
            let Some(next) = page["next"].as_str() else { return rows };
            path = format!("audit?limit=200&action={action}&cursor={next}");
        }
    }

    /// A request to any of the listeners.
    pub(crate) fn build(
        &self,
        to: SocketAddr,
        method: Method,
        path: &str,
        bearer: Option<&str>,
        body: Option<Value>,
    ) -> RequestBuilder {
        self.build_with(&self.http, to, method, path, bearer, body)
    }

    /// The same over the connections of another client.
    pub(crate) fn build_with(
        &self,
        client: &Client,
        to: SocketAddr,
        method: Method,
        path: &str,
        bearer: Option<&str>,
        body: Option<Value>,
    ) -> RequestBuilder {
        let mut request = client.request(method, format!("https://{to}/api/v1/{path}"));
        if let Some(token) = bearer {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        request
    }

    /// A client with connections of its own, from another address of this machine: 127.0.0.0/8 is all its own.
    pub(crate) fn client_at(&self, place: [u8; 4]) -> Client {
        client(&self.tls).local_address(std::net::IpAddr::from(place)).build().unwrap()
    }

    /// A client that follows redirections as it is told.
    pub(crate) fn stranger(&self, redirections: reqwest::redirect::Policy) -> Client {
        client(&self.tls).redirect(redirections).build().unwrap()
    }

    pub(crate) async fn get(&self, url: reqwest::Url) -> Response {
        self.send(self.http.get(url)).await
    }

    pub(crate) async fn send(&self, request: RequestBuilder) -> Response {
        tokio::time::timeout(PATIENCE, request.send()).await.unwrap().unwrap()
    }

    pub(crate) const fn public(&self) -> SocketAddr {
        self.address
    }

    pub(crate) const fn administration(&self) -> SocketAddr {
        self.administration
    }

    /// Signs in where administrators, supervisors and auditors do.
    pub(crate) async fn sign_in_to_console(&self, account: &Account) -> String {
        let body = json!({ "name": account.name, "password": account.password, "second_factor": account.code() });
        let answer = self.send(self.build(self.administration, Method::POST, "sign-in", None, Some(body))).await;
        let status = answer.status();
        let answer: Value = answer.json().await.unwrap();
        assert_eq!(status, 200, "{answer}");
        answer["token"].as_str().unwrap().to_owned()
    }

    /// An administrator who has just given the second factor again.
    pub(crate) async fn stepped_up(&self) -> String {
        let token = self.sign_in_to_console(&self.administrator).await;
        let body = json!({ "second_factor": self.administrator.code() });
        assert_eq!(self.administer(Method::POST, "step-up", &token, Some(body)).await.0, 200);
        token
    }

    pub(crate) async fn try_sign_in(&self, name: &str, password: &str) -> (u16, Value) {
        let body = json!({ "name": name, "password": password });
        let response = self.request(Method::POST, "sign-in", None, Some(body)).await;
        (response.status().as_u16(), response.json().await.unwrap())
    }

    pub(crate) async fn sign_in(&self, account: &Account) -> String {
        let (status, answer) = self.try_sign_in(&account.name, &account.password).await;
        assert_eq!(status, 200, "{answer}");
        answer["token"].as_str().unwrap().to_owned()
    }

    /// Opens a WebSocket with these extra headers.
    ///
    /// # Errors
    /// The HTTP status of the refusal.
    pub(crate) async fn try_socket(&self, path: &str, headers: &[(&'static str, &str)]) -> Result<Peer, u16> {
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        self.try_socket_at(self.address, [127, 0, 0, 1], &format!("signal/{path}"), &headers).await
    }

    /// The same on any listener, from any address of this machine.
    ///
    /// # Errors
    /// The HTTP status of the refusal.
    pub(crate) async fn try_socket_at(
        &self,
        to: SocketAddr,
        from: [u8; 4],
        path: &str,
        headers: &[(&'static str, String)],
    ) -> Result<Peer, u16> {
        let mut request = format!("wss://{to}/api/v1/{path}").into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::from((from, 0))).unwrap();
        let tcp = socket.connect(to).await.unwrap();
        let name = ServerName::try_from("127.0.0.1").unwrap();
        let stream = TlsConnector::from(Arc::clone(&self.tls)).connect(name, tcp).await.unwrap();
        match tokio::time::timeout(PATIENCE, tokio_tungstenite::client_async(request, stream)).await.unwrap() {
            Ok((socket, _)) => Ok(Peer(socket)),
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    pub(crate) async fn customer(&self) -> Peer {
        self.try_socket("customer", &[]).await.unwrap()
    }

    pub(crate) async fn operator(&self, token: &str) -> Peer {
        self.try_socket("operator", &[("authorization", &format!("Bearer {token}"))]).await.unwrap()
    }

    /// An operator who is signed in and connected, and the code on the manager's screen.
    pub(crate) async fn operator_with_code(&self, account: &Account) -> (Peer, String) {
        let token = self.sign_in(account).await;
        let mut operator = self.operator(&token).await;
        let code = operator.code().await;
        (operator, code)
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
        if let Some((server, name)) = postgres(&self.folder) {
            sql(&server, &format!("DROP DATABASE {name} WITH (FORCE)"));
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn client(tls: &ClientConfig) -> ClientBuilder {
    Client::builder().tls_backend_preconfigured(tls.clone()).no_proxy()
}

/// A test authority's certificate for localhost, and a client that trusts it.
fn certificates(folder: &Path) -> Arc<ClientConfig> {
    let authority_key = KeyPair::generate().unwrap();
    let mut authority = CertificateParams::new(Vec::<String>::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root = authority.self_signed(&authority_key).unwrap();
    let key = KeyPair::generate().unwrap();
    let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
    let leaf = CertificateParams::new(names).unwrap().signed_by(&key, &Issuer::new(authority, authority_key)).unwrap();
    std::fs::write(folder.join("certificate.pem"), leaf.pem()).unwrap();
    std::fs::write(folder.join("key.pem"), key.serialize_pem()).unwrap();
    std::fs::write(folder.join("authority.pem"), root.pem()).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(root.der().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    Arc::new(config)
}

/// One end of a WebSocket that says whatever a test wants.
pub(crate) struct Peer(pub(crate) WebSocketStream<TlsStream<TcpStream>>);

impl Peer {
    pub(crate) async fn say(&mut self, message: Value) {
        self.0.send(Message::text(message.to_string())).await.unwrap();
    }

    pub(crate) async fn say_text(&mut self, text: &str) {
        self.0.send(Message::text(text.to_owned())).await.unwrap();
    }

    pub(crate) async fn frame(&mut self, sid: SessionId, bytes: &[u8]) {
        self.0.send(Message::binary(beside_protocol::frame::encode(sid, bytes))).await.unwrap();
    }

    /// Waits until the broker has dealt with everything said so far: it answers a ping only after that.
    pub(crate) async fn heard(&mut self) {
        self.0.send(Message::Ping(Vec::new().into())).await.unwrap();
        loop {
            match tokio::time::timeout(PATIENCE, self.0.next()).await.expect("the broker said nothing") {
                Some(Ok(Message::Pong(_))) => return,
                Some(Ok(_)) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    async fn next(&mut self) -> Option<Result<Message, Error>> {
        loop {
            match tokio::time::timeout(PATIENCE, self.0.next()).await.expect("the broker said nothing") {
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                other => return other,
            }
        }
    }

    /// The next message.
    pub(crate) async fn hear(&mut self) -> Value {
        match self.next().await {
            Some(Ok(Message::Text(text))) => serde_json::from_str(&text).unwrap(),
            other => panic!("{other:?}"),
        }
    }

    /// The next message of a type; what comes before it is passed over.
    pub(crate) async fn hear_of(&mut self, kind: &str) -> Value {
        loop {
            let message = self.hear().await;
            if message["type"] == kind {
                return message;
            }
        }
    }

    /// The next frame and its session.
    pub(crate) async fn hear_frame(&mut self) -> (SessionId, Vec<u8>) {
        match self.next().await {
            Some(Ok(Message::Binary(bytes))) => {
                let (sid, inside) = beside_protocol::frame::decode(&bytes).unwrap();
                (sid, inside.to_vec())
            }
            other => panic!("{other:?}"),
        }
    }

    /// The next frame; messages before it are passed over.
    pub(crate) async fn hear_of_frame(&mut self) -> (SessionId, Vec<u8>) {
        loop {
            match self.next().await {
                Some(Ok(Message::Binary(bytes))) => {
                    let (sid, inside) = beside_protocol::frame::decode(&bytes).unwrap();
                    return (sid, inside.to_vec());
                }
                Some(Ok(Message::Text(_))) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// The code that the manager is told to show.
    pub(crate) async fn code(&mut self) -> String {
        self.hear_of("code").await["code"].as_str().unwrap().to_owned()
    }

    /// How the broker closes: code and reason. Messages before it are passed over.
    pub(crate) async fn closed(&mut self) -> (u16, String) {
        loop {
            match self.next().await {
                Some(Ok(Message::Close(Some(frame)))) => return (frame.code.into(), frame.reason.to_string()),
                Some(Ok(_)) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    pub(crate) async fn knock(&mut self, code: &str, sid: SessionId) {
        self.say(json!({ "type": "knock", "code": code, "m1": m1(sid) })).await;
    }

    pub(crate) async fn accept(&mut self, sid: SessionId) {
        self.say(json!({ "type": "accept", "sid": sid.to_text(), "m2": m2() })).await;
    }

    pub(crate) async fn event(&mut self, sid: SessionId, event: Value) {
        self.say(json!({ "type": "event", "sid": sid.to_text(), "event": event })).await;
    }

    pub(crate) async fn end(&mut self, sid: SessionId, by: &str, reason: &str) {
        self.say(json!({ "type": "end", "sid": sid.to_text(), "end": { "by": by, "reason": reason } })).await;
    }
}

pub(crate) fn sid(number: u8) -> SessionId {
    SessionId([number; 16])
}

fn base64url(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn m1(sid: SessionId) -> String {
    let mut bytes = vec![M1, 1, 1];
    bytes.extend_from_slice(&sid.0);
    bytes.resize(M1_LENGTH, 9);
    base64url(&bytes)
}

pub(crate) fn m2() -> String {
    let mut bytes = vec![M2];
    bytes.resize(M2_LENGTH, 9);
    base64url(&bytes)
}

/// A session that the operator has accepted: the customer's end, the operator's end, the customer's token.
pub(crate) async fn accepted(broker: &Broker, account: &Account, sid: SessionId) -> (Peer, Peer, String) {
    let (mut operator, code) = broker.operator_with_code(account).await;
    let mut customer = broker.customer().await;
    customer.knock(&code, sid).await;
    let token = customer.hear_of("waiting").await["token"].as_str().unwrap().to_owned();
    operator.hear_of("knock").await;
    operator.accept(sid).await;
    assert_eq!(customer.hear_of("accepted").await["m2"], m2());
    // The further code that the operator got meanwhile.
    operator.hear_of("code").await;
    (customer, operator, token)
}
