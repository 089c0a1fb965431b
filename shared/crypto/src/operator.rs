//! The operator's side: accept (M2), prove (M4), learn the answer (M5). Each state makes its message once.

use beside_identity::CheckMode;
use beside_protocol::handshake::CAP_NO_ORGANISATION;
use beside_protocol::record::Direction;
use beside_protocol::{CheckNumber, Rights, SessionId};
use rand_core::CryptoRng;
use subtle::ConstantTimeEq as _;

use crate::credential::OperatorCredential;
use crate::ephemeral::Ephemeral;
use crate::error::HandshakeError;
use crate::keys::SessionKeys;
use crate::message::{Answer, Knock, Proof, Share, Verdict, decode_m3, encode_m2, open_m5, seal_m4};
use crate::schedule::HandshakeKeys;
use crate::seen::Seen;
use crate::transcript::{commitment, th, th2, th4};
use crate::trust::{OPERATOR_LABEL, announcement};

/// Has accepted a knock with M2. Waits for M3.
pub struct OperatorAccepted {
    knock: Knock,
    m1: Vec<u8>,
    ephemeral: Ephemeral,
    credential: Option<OperatorCredential>,
    m2: Vec<u8>,
}

impl OperatorAccepted {
    /// Takes M1 and draws the keys of one attempt. `fingerprint` is SHA-256 of this side's DTLS certificate.
    ///
    /// # Errors
    /// [`HandshakeError`]: M1 is not one, or of a version that this build does not speak.
    pub fn new(
        rng: &mut impl CryptoRng,
        m1: &[u8],
        fingerprint: [u8; 32],
        caps: u64,
        credential: Option<OperatorCredential>,
    ) -> Result<Self, HandshakeError> {
        let knock = Knock::decode(m1)?;
        let ephemeral = Ephemeral::generate(rng);
        let mut nonce = [0; 32];
        rng.fill_bytes(&mut nonce);
        let announced = announcement(credential.as_ref().map_or(&[], |credential| credential.operator.bytes()));
        let m2 = encode_m2(&Share { key: ephemeral.public, nonce, fingerprint, caps }, &announced);
        Ok(Self { knock, m1: m1.to_vec(), ephemeral, credential, m2 })
    }

    /// The session that M1 names.
    #[must_use]
    pub const fn sid(&self) -> SessionId {
        self.knock.sid
    }

    /// M2, the acceptance.
    #[must_use]
    pub fn m2(&self) -> &[u8] {
        &self.m2
    }

    /// What was received so far.
    #[must_use]
    pub fn seen(&self) -> Seen {
        Seen::default().note(&self.m1)
    }

    /// Takes the customer's share and proves who this side is.
    ///
    /// # Errors
    /// [`HandshakeError`]: M3 is not what M1 committed to, or its key is no good; the attempt is over.
    pub fn receive_m3(self, m3: &[u8]) -> Result<OperatorShaken, HandshakeError> {
        let peer = decode_m3(m3)?;
        let opened = commitment(&Knock::head(self.knock.sid), m3);
        if !bool::from(opened.ct_eq(&self.knock.commitment)) {
            return Err(HandshakeError::Commitment);
        }
        let seen = self.seen().note(m3);
        let th = th(&self.m1, &self.m2, m3);
        let keys = HandshakeKeys::derive(&th, &*self.ephemeral.agree(&peer.key)?);
        let m4 = match &self.credential {
            None => seal_m4(&keys.operator, &th, &Proof::default())?,
            Some(credential) => {
                let signature = credential.key.sign(OPERATOR_LABEL, &th);
                let proof = Proof {
                    operator: credential.operator.bytes(),
                    status: credential.status.bytes(),
                    signature: &signature,
                };
                seal_m4(&keys.operator, &th, &proof)?
            }
        };
        let status_mode = self.credential.map(|credential| credential.status.body().check_mode);
        Ok(OperatorShaken {
            sid: self.knock.sid,
            th,
            keys,
            m4,
            status_mode,
            peer_fingerprint: peer.fingerprint,
            peer_caps: peer.caps,
            seen,
        })
    }
}

/// Shares keys with somebody and has made M4. Waits for M5 and for the check.
pub struct OperatorShaken {
    sid: SessionId,
    th: [u8; 32],
    keys: HandshakeKeys,
    m4: Vec<u8>,
    status_mode: Option<CheckMode>,
    peer_fingerprint: [u8; 32],
    peer_caps: u64,
    seen: Seen,
}

impl OperatorShaken {
    /// M4, the proof. It may be sent again, the same bytes, after a lost socket.
    #[must_use]
    pub fn m4(&self) -> &[u8] {
        &self.m4
    }

    /// The number that the people compare.
    #[must_use]
    pub const fn check_number(&self) -> &CheckNumber {
        &self.keys.check_number
    }

    /// Who compares it: the customer types if the customer's client has no org.json, else as our status says. Without a
    /// status a client with org.json ends the attempt, so nobody is left to ask.
    #[must_use]
    pub const fn check_mode(&self) -> CheckMode {
        match self.status_mode {
            Some(mode) if self.peer_caps & CAP_NO_ORGANISATION == 0 => mode,
            Some(_) | None => CheckMode::CustomerTypes,
        }
    }

    /// SHA-256 of the customer's DTLS certificate, for every WebRTC connection of the session.
    #[must_use]
    pub const fn peer_fingerprint(&self) -> [u8; 32] {
        self.peer_fingerprint
    }

    /// The customer's feature bits; unknown ones mean nothing.
    #[must_use]
    pub const fn peer_caps(&self) -> u64 {
        self.peer_caps
    }

    /// What was received so far.
    #[must_use]
    pub const fn seen(&self) -> &Seen {
        &self.seen
    }

    /// Takes the customer's answer; keys come with it only if the verdict is [`Verdict::Accepted`].
    ///
    /// # Errors
    /// [`HandshakeError`]: M5 does not open, or grants what it may not; the attempt is over.
    pub fn receive_m5(self, m5: &[u8]) -> Result<(Answer, Option<SessionKeys>), HandshakeError> {
        let answer = open_m5(&self.keys.customer, &th4(&self.th, &self.m4), m5)?;
        match answer.verdict {
            Verdict::Accepted => {
                let traffic = self.keys.traffic(&th2(&self.th, &self.m4, m5));
                Ok((answer, Some(SessionKeys::new(self.sid, Direction::ToCustomer, traffic))))
            }
            Verdict::Refused | Verdict::NumberDiffers if answer.rights == Rights::NONE && answer.lease_seconds == 0 => {
                Ok((answer, None))
            }
            Verdict::Refused | Verdict::NumberDiffers => Err(HandshakeError::Malformed("grant beside a refusal")),
        }
    }
}
