//! The witness's listener: `POST /v1/offer` for the log, `GET /v1/standing` for whoever verifies it.
//!
//! An offer proves itself: its checkpoint, signed by the log, comes in a header, and only for one that is new and whose
//! signature holds is the body read. So strangers can't make the witness take in more than a header.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use beside_audit::{Answer, LogPublicKey, MAX_OFFER_BYTES, Offer, Refusal, SignedCheckpoint, Standing};
use futures_util::StreamExt as _;
use tokio::sync::Semaphore;

use super::config::WitnessConfig;
use super::copy::LogCopy;
use crate::clock::Clock;
use crate::listener::{DRAIN, bind};
use crate::platform::stop_signal;
use crate::tls::Certificate;

/// The header of an offer's checkpoint: the note in base64.
pub const CHECKPOINT: &str = "beside-checkpoint";
/// As JSON the lines are at most twice as long; the rest is the checkpoint and what is around.
const BODY_MAX: usize = 2 * MAX_OFFER_BYTES + 1024 * 1024;
/// A checkpoint with the log's signature has a few hundred bytes.
const HEADER_MAX: usize = 8 * 1024;
/// Offers that are read at a time; further ones are told to come again.
const READ_AT_ONCE: usize = 2;
/// How long an offer may take to arrive.
const ARRIVAL: Duration = Duration::from_secs(60);

/// What the endpoints need.
struct Host {
    copy: Arc<Mutex<LogCopy>>,
    log_keys: Vec<LogPublicKey>,
    reading: Semaphore,
    clock: Clock,
}

/// Why an offer could not be judged.
#[derive(Debug, thiserror::Error)]
enum Unjudged {
    #[error("an offer has the header {CHECKPOINT} with a note in base64, and the same checkpoint in its body")]
    Malformed,
    #[error("an offer has at most {BODY_MAX} bytes")]
    TooLarge,
    #[error("the witness reads other offers; try again")]
    Busy,
    #[error("the offer took too long to arrive")]
    Slow,
    #[error("the witness's disk failed")]
    Disk,
}

impl actix_web::ResponseError for Unjudged {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Malformed => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Slow => StatusCode::REQUEST_TIMEOUT,
            Self::Disk => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

/// Runs until SIGTERM or SIGINT. Once it listens, one line of JSON is written to `announce`: `listening`, an address.
///
/// # Errors
/// Says what could not be opened, read or bound.
pub async fn serve(config: &WitnessConfig, announce: &mut impl Write) -> anyhow::Result<()> {
    let certificate = Certificate::read(&config.tls)?;
    let copy = LogCopy::open(config)?;
    let rows = copy.standing().size;
    let host = web::Data::new(Host {
        copy: Arc::new(Mutex::new(copy)),
        log_keys: config.log_keys.clone(),
        reading: Semaphore::new(READ_AT_ONCE),
        clock: Clock::start(),
    });
    let listener = bind("listen", config.listen)?;
    let listening = listener.local_addr()?;
    let server = HttpServer::new(move || {
        let api = web::scope("/v1").route("/offer", web::post().to(offer)).route("/standing", web::get().to(standing));
        App::new().app_data(host.clone()).service(api)
    });
    let server = server.workers(1).disable_signals().shutdown_timeout(DRAIN);
    let server = server.listen_rustls_0_23(listener, certificate.server_config()?)?.run();
    let follow = actix_web::rt::spawn(certificate.follow());
    let handle = server.handle();
    let stop = stop_signal().context("signals can't be received")?;
    actix_web::rt::spawn(async move {
        stop.await;
        handle.stop(true).await;
    });
    writeln!(announce, "{}", serde_json::json!({ "listening": listening.to_string() }))?;
    announce.flush()?;
    tracing::info!(rows, "the witness listens");
    server.await.context("the server failed")?;
    follow.abort();
    tracing::info!("stopped");
    Ok(())
}

async fn standing(host: web::Data<Host>) -> web::Json<Standing> {
    web::Json(host.standing())
}

async fn offer(host: web::Data<Host>, request: HttpRequest, body: web::Payload) -> Result<HttpResponse, Unjudged> {
    let note = note(&request).ok_or(Unjudged::Malformed)?;
    let size = match SignedCheckpoint::open(&note, &host.log_keys) {
        Ok(checkpoint) => checkpoint.checkpoint().size,
        Err(error) => {
            let refusal = Refusal::Forged { reason: error.to_string() };
            return Ok(answer(&Answer::Refused { refusal, standing: host.standing() }));
        }
    };
    let offer = if size > host.standing().size {
        let offer = read(&host, body).await?;
        if offer.checkpoint != note {
            return Err(Unjudged::Malformed);
        }
        offer
    } else {
        // Whatever comes with it is known already, or contradicted by the checkpoint alone.
        Offer { first_seq: 1, lines: Vec::new(), checkpoint: note }
    };
    let (copy, now) = (Arc::clone(&host.copy), u64::try_from(host.clock.now().unix_ms).unwrap_or(0));
    let taken = web::block(move || copy.lock().unwrap_or_else(PoisonError::into_inner).take(&offer, now)).await;
    match taken {
        Ok(Ok(taken)) => Ok(answer(&taken)),
        Ok(Err(error)) => {
            tracing::error!(%error, "the copy of the audit log can't be written");
            Err(Unjudged::Disk)
        }
        Err(_) => Err(Unjudged::Disk),
    }
}

impl Host {
    fn standing(&self) -> Standing {
        self.copy.lock().unwrap_or_else(PoisonError::into_inner).standing()
    }
}

fn note(request: &HttpRequest) -> Option<String> {
    let header = request.headers().get(CHECKPOINT).filter(|header| header.len() <= HEADER_MAX)?;
    String::from_utf8(STANDARD.decode(header.as_bytes()).ok()?).ok()
}

async fn read(host: &Host, mut body: web::Payload) -> Result<Offer, Unjudged> {
    let _turn = host.reading.try_acquire().map_err(|_| Unjudged::Busy)?;
    let arrive = async {
        let mut bytes = Vec::new();
        while let Some(chunk) = body.next().await {
            let chunk = chunk.map_err(|_| Unjudged::Malformed)?;
            if bytes.len() + chunk.len() > BODY_MAX {
                return Err(Unjudged::TooLarge);
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    };
    let bytes = tokio::time::timeout(ARRIVAL, arrive).await.map_err(|_| Unjudged::Slow)??;
    serde_json::from_slice(&bytes).map_err(|_| Unjudged::Malformed)
}

fn answer(answer: &Answer) -> HttpResponse {
    match answer {
        Answer::Accepted { standing } => {
            tracing::debug!(rows = standing.size, "cosigned");
            HttpResponse::Ok().json(answer)
        }
        Answer::Refused { refusal, standing } if refusal.is_alarm() => {
            tracing::error!(%refusal, rows = standing.size, "ALARM: the audit log was refused");
            HttpResponse::Conflict().json(answer)
        }
        Answer::Refused { refusal, .. } => {
            tracing::info!(%refusal, "an offer was refused");
            HttpResponse::Conflict().json(answer)
        }
    }
}
