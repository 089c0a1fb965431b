//! The log's side: offers the witness what it does not have yet, checkpoint by checkpoint, and keeps what it cosigned.

use anyhow::{Context as _, ensure};
use beside_audit::{Answer, Checkpoint, MAX_OFFER_LINES, Offer, Refusal, SignedCheckpoint, Standing, WitnessPublicKey};

use super::client::WitnessClient;
use crate::audit::safeguards::WitnessState;
use crate::config::Audit;
use crate::storage::Storage;
use crate::storage::witnessed::StoredCheckpoint;

/// The way from the log to its witness.
#[derive(Debug, Clone)]
pub struct Offering {
    storage: Storage,
    client: WitnessClient,
    key: WitnessPublicKey,
}

/// What came of catching up.
enum Outcome {
    /// The witness has cosigned all that is signed, last at this time (Unix ms).
    Cosigned(u64, Option<u64>),
    /// It refused.
    Refused(Refusal),
}

impl Offering {
    /// The witness of the configuration, if there is one.
    ///
    /// # Errors
    /// The file of authorities is not right.
    pub fn configured(audit: &Audit, storage: &Storage) -> anyhow::Result<Option<Self>> {
        let (Some(url), Some(key)) = (&audit.witness, &audit.witness_key) else { return Ok(None) };
        let client = WitnessClient::new(url, audit.witness_authority.as_deref()).context("audit.witness_authority")?;
        Ok(Some(Self { storage: storage.clone(), client, key: key.clone() }))
    }

    /// Offers the witness all that it lacks, and notes how that went. `now` is Unix milliseconds.
    pub async fn catch_up(&self, state: &mut WitnessState, now: i64) {
        match self.try_catch_up(now).await {
            Ok(Outcome::Cosigned(size, at)) => {
                *state = WitnessState { size, cosigned_at: at, refusal: None, failing_since: None };
            }
            Ok(Outcome::Refused(refusal)) => {
                tracing::error!(%refusal, "the witness refused the audit log");
                state.refusal = Some(refusal);
                state.failing_since = None;
            }
            Err(error) => {
                if state.failing_since.is_none() {
                    tracing::error!(error = format!("{error:#}"), "the witness of the audit log could not be reached");
                }
                state.failing_since.get_or_insert(now);
            }
        }
    }

    async fn try_catch_up(&self, now: i64) -> anyhow::Result<Outcome> {
        let mut standing = self.client.standing().await?;
        let mut cosigned = self.cosigned(&standing)?;
        // Read after the witness was asked: whatever other brokers offered meanwhile, it is here already.
        let Some(newest) = self.storage.newest_checkpoint().await? else {
            return Ok(Outcome::Cosigned(standing.size, cosigned.map(|(_, at)| at)));
        };
        let same = cosigned.as_ref().is_some_and(|(checkpoint, _)| self.is_of(&newest, checkpoint));
        if standing.size >= newest.size && !same {
            // The log is shorter than it was, or another one. The witness has to hear of it.
            let offer = Offer { first_seq: 1, lines: Vec::new(), checkpoint: newest.note };
            match self.client.offer(&offer).await? {
                Answer::Refused { refusal, .. } => return Ok(Outcome::Refused(refusal)),
                Answer::Accepted { standing: there } => {
                    (cosigned, standing) = (self.cosigned(&there)?, there);
                    self.storage.keep_standing(self.key.name().as_str(), &standing, now).await?;
                }
            }
        }
        while let Some(next) = self.storage.checkpoint_after(standing.size).await? {
            let lines = self.storage.lines(standing.size, next.size, MAX_OFFER_LINES).await?;
            let offer = Offer { first_seq: standing.size + 1, lines, checkpoint: next.note };
            standing = match self.client.offer(&offer).await? {
                Answer::Accepted { standing } => standing,
                // Another broker of this database was faster; it goes on from there next time.
                Answer::Refused { refusal: Refusal::Shrunk { size, .. }, .. } if size <= self.newest_size().await? => {
                    break;
                }
                Answer::Refused { refusal, .. } => return Ok(Outcome::Refused(refusal)),
            };
            cosigned = self.cosigned(&standing)?;
            ensure!(standing.size >= next.size, "the witness accepted {} rows and says it has fewer", next.size);
            self.storage.keep_standing(self.key.name().as_str(), &standing, now).await?;
        }
        Ok(Outcome::Cosigned(standing.size, cosigned.map(|(_, at)| at)))
    }

    async fn newest_size(&self) -> anyhow::Result<u64> {
        Ok(self.storage.newest_checkpoint().await?.map_or(0, |newest| newest.size))
    }

    /// What the witness's word is worth: the checkpoint that it cosigned, and when (Unix ms).
    fn cosigned(&self, standing: &Standing) -> anyhow::Result<Option<(Checkpoint, u64)>> {
        let Some(note) = &standing.checkpoint else { return Ok(None) };
        let signed = SignedCheckpoint::open(note, self.storage.signer().public())
            .context("what the witness says it cosigned is no checkpoint of this log")?;
        let at =
            signed.cosigned_by(&self.key)?.context("the witness's answer is not cosigned under audit.witness_key")?;
        Ok(Some((signed.checkpoint().clone(), at)))
    }

    fn is_of(&self, stored: &StoredCheckpoint, checkpoint: &Checkpoint) -> bool {
        let own = SignedCheckpoint::open(&stored.note, self.storage.signer().public());
        own.is_ok_and(|own| own.checkpoint() == checkpoint)
    }
}
