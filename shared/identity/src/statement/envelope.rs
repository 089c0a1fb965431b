//! The common form: `kind ‖ 01 ‖ H(signer) ‖ issued u64 ‖ expires u64 ‖ fields ‖ signature`.

use beside_protocol::limits::STATEMENT_MAX;

use super::StatementError;
use super::field::{FieldReader, FieldWriter};
use crate::clock::UnixTime;
use crate::key::{KeyHash, PublicKey, SIGNATURE_LENGTH, SigningKey};

/// Version of the form.
const VERSION: u8 = 1;
/// Bytes before the fields.
const HEAD: usize = 1 + 1 + 32 + 8 + 8;
/// What a statement's signature is for.
const LABEL: &str = "beside1 statement";

/// The kind of a statement, its first byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Kind {
    /// An organisation, signed by the vendor.
    Organisation = 1,
    /// An operator, signed by an organisation.
    Operator = 2,
    /// A status, signed by an organisation.
    Status = 3,
    /// A request to be certified, signed by the key that it is about.
    Request = 4,
}

/// What a statement can be about. Only the four kinds of this crate are.
#[expect(private_bounds, reason = "seals the trait: the fields are this crate's business")]
pub trait Body: BodyFields {
    /// Its kind.
    const KIND: Kind;
    /// Its longest life in seconds.
    const LIFE_MAX: u64;
}

/// The fields of a kind; crate-private, which seals [`Body`].
pub(super) trait BodyFields: Sized {
    fn write(&self, fields: &mut FieldWriter<'_>) -> Result<(), StatementError>;
    fn read(fields: &mut FieldReader<'_>) -> Result<Self, StatementError>;

    /// The key that must have signed it, if the statement itself says which.
    fn own_signer(&self) -> Option<&PublicKey> {
        None
    }
}

/// Signs a statement. What it returns is accepted by the kind's `verify`, or it returns an error.
///
/// # Errors
/// As for [`Draft::new`].
pub fn issue<T: Body>(
    body: &T,
    signer: &SigningKey,
    issued: UnixTime,
    expires: UnixTime,
) -> Result<Vec<u8>, StatementError> {
    let draft = Draft::new(body, signer.public(), issued, expires)?;
    let signature = signer.sign(LABEL, &draft.bytes);
    draft.sign(&signature)
}

/// A statement that waits for its signature, for keys that are not in this process: in a token, say.
#[derive(Debug, Clone)]
pub struct Draft {
    bytes: Vec<u8>,
    signer: PublicKey,
}

impl Draft {
    /// Writes the statement down, to be signed by the private key of `signer`.
    ///
    /// # Errors
    /// [`StatementError::LifeTooLong`], or [`StatementError::Malformed`] if a field is out of its limits or the life is
    /// not positive; [`StatementError::Foreign`] if it says itself that another key must sign it.
    pub fn new<T: Body>(
        body: &T,
        signer: PublicKey,
        issued: UnixTime,
        expires: UnixTime,
    ) -> Result<Self, StatementError> {
        let mut bytes = vec![T::KIND as u8, VERSION];
        bytes.extend_from_slice(&signer.hash().0);
        bytes.extend_from_slice(&issued.0.to_be_bytes());
        bytes.extend_from_slice(&expires.0.to_be_bytes());
        body.write(&mut FieldWriter::new(&mut bytes))?;
        let whole = [&bytes[..], &[0; SIGNATURE_LENGTH]].concat();
        Envelope::parse::<T>(&whole)?.read::<T>()?;
        Ok(Self { bytes, signer })
    }

    /// What has to be signed, by ECDSA on P-256 with SHA-256.
    #[must_use]
    pub fn message(&self) -> Vec<u8> {
        [LABEL.as_bytes(), &[0], &self.bytes].concat()
    }

    /// The statement with its signature, `r ‖ s`.
    ///
    /// # Errors
    /// [`StatementError::Altered`]: the signature is not the signer's over [`message`](Self::message).
    pub fn sign(mut self, signature: &[u8; SIGNATURE_LENGTH]) -> Result<Vec<u8>, StatementError> {
        self.signer.verify(LABEL, &self.bytes, signature).map_err(|_| StatementError::Altered)?;
        self.bytes.extend_from_slice(signature);
        Ok(self.bytes)
    }
}

/// A statement taken apart, nothing of it believed yet.
pub(super) struct Envelope<'a> {
    signed: &'a [u8],
    fields: &'a [u8],
    signature: &'a [u8; SIGNATURE_LENGTH],
    pub(super) signer: KeyHash,
    pub(super) issued: UnixTime,
    pub(super) expires: UnixTime,
}

impl<'a> Envelope<'a> {
    /// Splits the bytes of a statement of `T`'s kind and checks its life's length.
    pub(super) fn parse<T: Body>(bytes: &'a [u8]) -> Result<Self, StatementError> {
        const SHORT: StatementError = StatementError::Malformed("cut short");
        if bytes.len() > STATEMENT_MAX {
            return Err(StatementError::Malformed("too long"));
        }
        let (signed, signature) = bytes.split_last_chunk::<SIGNATURE_LENGTH>().ok_or(SHORT)?;
        let (head, fields) = signed.split_first_chunk::<HEAD>().ok_or(SHORT)?;
        let (&[kind, version], head) = head.split_first_chunk().ok_or(SHORT)?;
        let (signer, head) = head.split_first_chunk().ok_or(SHORT)?;
        let (issued, head) = head.split_first_chunk().ok_or(SHORT)?;
        let expires = head.try_into().map_err(|_| SHORT)?;
        if kind != T::KIND as u8 {
            return Err(StatementError::Malformed("another kind of statement"));
        }
        if version != VERSION {
            return Err(StatementError::Malformed("unknown version"));
        }
        let issued = UnixTime(u64::from_be_bytes(*issued));
        let expires = UnixTime(u64::from_be_bytes(expires));
        match expires.0.checked_sub(issued.0) {
            None | Some(0) => return Err(StatementError::Malformed("expires before it is issued")),
            Some(life) if life > T::LIFE_MAX => return Err(StatementError::LifeTooLong),
            Some(_) => {}
        }
        Ok(Self { signed, fields, signature, signer: KeyHash(*signer), issued, expires })
    }

    /// Reads the fields; a statement that names its own signer must be signed by that key.
    pub(super) fn read<T: Body>(&self) -> Result<T, StatementError> {
        let mut fields = FieldReader::new(self.fields);
        let body = T::read(&mut fields)?;
        fields.end()?;
        match body.own_signer() {
            Some(key) if key.hash() != self.signer => Err(StatementError::Foreign),
            Some(_) | None => Ok(body),
        }
    }

    /// Checks that one of `signers` has signed it.
    pub(super) fn check_signature(&self, signers: &[PublicKey]) -> Result<(), StatementError> {
        let signer = signers.iter().find(|key| key.hash() == self.signer).ok_or(StatementError::Foreign)?;
        signer.verify(LABEL, self.signed, self.signature).map_err(|_| StatementError::Altered)
    }
}
