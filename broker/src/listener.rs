//! A listener: accepts connections, speaks TLS and HTTP on them, and answers with an app.
//!
//! It is put together from the same parts as actix-web's own server, which would take the connection for itself: ours
//! [hang on a lifeline](crate::signalling::lifeline), and so need no second descriptor of the system's to be cut by.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use actix_http::{HttpService, Protocol};
use actix_service::{ServiceFactoryExt as _, map_config};
use actix_tls::accept::TlsError;
use actix_tls::accept::rustls_0_23::{Acceptor, TlsStream};
use actix_web::body::MessageBody;
use actix_web::dev::{AppConfig, Server, Service as _, ServiceFactory, ServiceRequest, ServiceResponse, fn_service};
use actix_web::middleware::DefaultHeaders;
use actix_web::rt::net::TcpStream;
use actix_web::{App, Error, web};
use anyhow::Context as _;
use futures_util::TryFutureExt as _;

use crate::http::Shared;
use crate::signalling::lifeline::Tethered;
use crate::tls::Certificate;

/// How long requests and sockets may take to end when the broker stops, in seconds.
pub const DRAIN: u64 = 5;

const H2: &[u8] = b"h2";
const HTTP_1_1: &[u8] = b"http/1.1";

/// Takes a port. `name` is the setting that says which.
///
/// # Errors
/// It is taken, or not ours to take.
pub fn bind(name: &str, address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).with_context(|| format!("{name}: {address} can't be bound"))
}

/// Serves what `configure` mounts. `name` is the listener's in the metrics.
///
/// # Errors
/// The certificate, or the port, is no good.
pub fn serve(
    name: &'static str,
    listener: TcpListener,
    certificate: &Arc<Certificate>,
    shared: &web::Data<Shared>,
    configure: fn(&mut web::ServiceConfig),
) -> anyhow::Result<Server> {
    let mut tls = certificate.server_config()?;
    tls.alpn_protocols = vec![H2.to_vec(), HTTP_1_1.to_vec()];
    let shared = shared.clone();
    let server = Server::build().disable_signals().shutdown_timeout(DRAIN);
    // Connections that only wait for a further request end as soon as the broker stops.
    let stops = server.graceful_shutdown_signal();
    let server = server.listen(name, listener, move || {
        let stops = stops.clone();
        let stopping = move || {
            let stops = stops.clone();
            async move { stops.notified().await }
        };
        let http = HttpService::build()
            .graceful_shutdown_signal(stopping)
            .on_connect_ext(|connection: &TlsStream<Tethered>, data| {
                data.insert(connection.get_ref().0.lifeline().clone());
            })
            .finish(map_config(app(name, &shared, configure), |()| AppConfig::default()));
        fn_service(async |tcp: TcpStream| Ok(Tethered::new(tcp)))
            .and_then(Acceptor::new(tls.clone()))
            .map_err(TlsError::into_service_error)
            .and_then(async |connection: TlsStream<Tethered>| {
                let (tethered, tls) = connection.get_ref();
                let protocol = if tls.alpn_protocol() == Some(H2) { Protocol::Http2 } else { Protocol::Http1 };
                let peer = tethered.tcp().peer_addr().ok();
                Ok((connection, protocol, peer))
            })
            .and_then(http.map_err(TlsError::Service))
    });
    Ok(server?.run())
}

/// What answers every request, and counts the answers.
fn app(
    name: &'static str,
    shared: &web::Data<Shared>,
    configure: fn(&mut web::ServiceConfig),
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody + use<>>,
        Error = Error,
        InitError = (),
    > + use<>,
> {
    let headers = DefaultHeaders::new()
        .add(("X-Content-Type-Options", "nosniff"))
        .add(("Cache-Control", "no-store"))
        .add(("Strict-Transport-Security", "max-age=31536000"));
    let counted = shared.clone();
    let count = move |answer: &ServiceResponse| {
        counted.exchange.metrics.answered(name, answer.status().as_u16());
    };
    App::new()
        .app_data(shared.clone())
        .wrap_fn(move |request, service| {
            let count = count.clone();
            service.call(request).map_ok(move |answer| {
                count(&answer);
                answer
            })
        })
        .wrap(headers)
        .configure(configure)
}
