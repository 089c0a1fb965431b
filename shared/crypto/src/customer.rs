//! The customer's side: knock (M1), reveal (M3), verify (M4), answer (M5). Each state makes its message once.

use beside_identity::{CheckMode, Operator, Status, UnixTime, Verified};
use beside_protocol::handshake::{CAP_NO_ORGANISATION, M1_LENGTH};
use beside_protocol::record::Direction;
use beside_protocol::{CheckNumber, Rights, SessionId};
use rand_core::CryptoRng;

use crate::ephemeral::Ephemeral;
use crate::error::HandshakeError;
use crate::keys::SessionKeys;
use crate::message::{Answer, Knock, Proof, Share, Verdict, decode_m2, encode_m3, open_m4, seal_m5};
use crate::schedule::HandshakeKeys;
use crate::seen::Seen;
use crate::transcript::{commitment, th, th2, th4};
use crate::trust::{Certified, CustomerTrust};

/// Has knocked: M1 is made, and M3 with it, for M1 commits to M3. Waits for M2.
pub struct CustomerKnock {
    sid: SessionId,
    ephemeral: Ephemeral,
    caps: u64,
    m1: [u8; M1_LENGTH],
    m3: Vec<u8>,
}

impl CustomerKnock {
    /// Draws the keys of one attempt. `sid` must be random and new; `fingerprint` is SHA-256 of this side's DTLS
    /// certificate; `caps` has [`CAP_NO_ORGANISATION`] set exactly if this client has no org.json.
    pub fn new(rng: &mut impl CryptoRng, sid: SessionId, fingerprint: [u8; 32], caps: u64) -> Self {
        let ephemeral = Ephemeral::generate(rng);
        let mut nonce = [0; 32];
        rng.fill_bytes(&mut nonce);
        let m3 = encode_m3(&Share { key: ephemeral.public, nonce, fingerprint, caps });
        let m1 = Knock { sid, commitment: commitment(&Knock::head(sid), &m3) }.encode();
        Self { sid, ephemeral, caps, m1, m3 }
    }

    /// M1, the knock.
    #[must_use]
    pub const fn m1(&self) -> &[u8] {
        &self.m1
    }

    /// Takes the operator's acceptance.
    ///
    /// # Errors
    /// [`HandshakeError`]: M2 is not one, or its key is no good; the attempt is over.
    pub fn receive_m2(self, m2: &[u8]) -> Result<CustomerRevealed, HandshakeError> {
        let (peer, announced) = decode_m2(m2)?;
        let th = th(&self.m1, m2, &self.m3);
        let keys = HandshakeKeys::derive(&th, &*self.ephemeral.agree(&peer.key)?);
        Ok(CustomerRevealed {
            sid: self.sid,
            caps: self.caps,
            m3: self.m3,
            th,
            keys,
            announced,
            peer_fingerprint: peer.fingerprint,
            peer_caps: peer.caps,
            seen: Seen::default().note(m2),
        })
    }
}

/// Has opened its commitment with M3. Waits for M4.
pub struct CustomerRevealed {
    sid: SessionId,
    caps: u64,
    m3: Vec<u8>,
    th: [u8; 32],
    keys: HandshakeKeys,
    announced: [u8; 32],
    peer_fingerprint: [u8; 32],
    peer_caps: u64,
    seen: Seen,
}

impl CustomerRevealed {
    /// M3, the customer's share.
    #[must_use]
    pub fn m3(&self) -> &[u8] {
        &self.m3
    }

    /// What was received so far.
    #[must_use]
    pub const fn seen(&self) -> &Seen {
        &self.seen
    }

    /// Takes the operator's proof. `now` is the later of the system's clock and the build's date.
    ///
    /// # Errors
    /// [`HandshakeError`]: M4 does not open, or the operator may not be trusted; the attempt is over.
    pub fn receive_m4(
        self,
        m4: &[u8],
        trust: &CustomerTrust,
        now: UnixTime,
    ) -> Result<CustomerVerified, HandshakeError> {
        if (self.caps & CAP_NO_ORGANISATION != 0) != trust.organisation.is_none() {
            return Err(HandshakeError::OwnCapabilities);
        }
        let plain = open_m4(&self.keys.operator, &self.th, m4)?;
        let certified = trust.judge(&Proof::decode(&plain)?, &self.announced, &self.th, now)?;
        Ok(CustomerVerified {
            sid: self.sid,
            th: self.th,
            keys: self.keys,
            m4: m4.to_vec(),
            certified,
            peer_fingerprint: self.peer_fingerprint,
            peer_caps: self.peer_caps,
            seen: self.seen.note(m4),
        })
    }
}

/// Knows whom it speaks with, as far as the organisation file allows. Waits for the customer's answer.
pub struct CustomerVerified {
    sid: SessionId,
    th: [u8; 32],
    keys: HandshakeKeys,
    m4: Vec<u8>,
    certified: Option<Certified>,
    peer_fingerprint: [u8; 32],
    peer_caps: u64,
    seen: Seen,
}

impl CustomerVerified {
    /// The number that the people compare.
    #[must_use]
    pub const fn check_number(&self) -> &CheckNumber {
        &self.keys.check_number
    }

    /// Who compares it: as the status says, and without one the customer types what the operator reads out.
    #[must_use]
    pub fn check_mode(&self) -> CheckMode {
        self.status().map_or(CheckMode::CustomerTypes, |status| status.body().check_mode)
    }

    /// The operator, if this client has an org.json.
    #[must_use]
    pub fn operator(&self) -> Option<&Verified<Operator>> {
        self.certified.as_ref().map(|certified| &certified.operator)
    }

    /// The organisation's status, if this client has an org.json. Its `issued` is now the newest seen.
    #[must_use]
    pub fn status(&self) -> Option<&Verified<Status>> {
        self.certified.as_ref().map(|certified| &certified.status)
    }

    /// SHA-256 of the operator's DTLS certificate, for every WebRTC connection of the session.
    #[must_use]
    pub const fn peer_fingerprint(&self) -> [u8; 32] {
        self.peer_fingerprint
    }

    /// The operator's feature bits; unknown ones mean nothing.
    #[must_use]
    pub const fn peer_caps(&self) -> u64 {
        self.peer_caps
    }

    /// What was received so far.
    #[must_use]
    pub const fn seen(&self) -> &Seen {
        &self.seen
    }

    /// Makes M5, and the session's keys if the verdict is [`Verdict::Accepted`]. Any other verdict grants nothing,
    /// whatever `rights` and `lease_seconds` say.
    ///
    /// # Errors
    /// [`HandshakeError::NotSealed`]: never for a message of this length.
    pub fn answer(
        self,
        verdict: Verdict,
        rights: Rights,
        lease_seconds: u32,
    ) -> Result<(Vec<u8>, Option<SessionKeys>), HandshakeError> {
        let answer = match verdict {
            Verdict::Accepted => Answer { verdict, rights, lease_seconds },
            Verdict::Refused | Verdict::NumberDiffers => Answer { verdict, rights: Rights::NONE, lease_seconds: 0 },
        };
        let m5 = seal_m5(&self.keys.customer, &th4(&self.th, &self.m4), &answer)?;
        let keys = (verdict == Verdict::Accepted).then(|| {
            let traffic = self.keys.traffic(&th2(&self.th, &self.m4, &m5));
            SessionKeys::new(self.sid, Direction::ToOperator, traffic)
        });
        Ok((m5, keys))
    }
}
