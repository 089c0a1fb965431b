//! X.509: the test authority's certificates and revocation lists, and the request for a real certificate. Keys are those
//! of tokens.

use anyhow::{Context, Result};
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, CertificateRevocationListParams, CrlDistributionPoint,
    CustomExtension, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyUsagePurpose, PublicKeyData, RevocationReason,
    RevokedCertParams, SerialNumber, SigningKey,
};
use time::OffsetDateTime;

/// RFC 5280, 4.2.1.12: extended key usage.
const EXTENDED_KEY_USAGE: &[u64] = &[2, 5, 29, 37];
/// `SEQUENCE { id-kp-timeStamping }` in DER. RFC 3161 demands that it is critical, which rcgen's own field is not.
const TIME_STAMPING: &[u8] = &[0x30, 0x0a, 0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x08];

/// The discard port of this machine.
const NOWHERE: &str = "http://127.0.0.1:9/revoked.crl";

/// From when until when a certificate holds, in Unix seconds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Life {
    pub(super) from: u64,
    pub(super) until: u64,
}

/// Whom a code-signing certificate names.
#[derive(Debug, Clone)]
pub(crate) struct Subject {
    /// The publisher, as Windows shows it.
    pub(crate) name: String,
    /// ISO 3166 code of the country.
    pub(crate) country: String,
}

/// A certificate authority of ours, for tests.
pub(super) struct Root<K> {
    parameters: CertificateParams,
    key: K,
}

impl<K: SigningKey> Root<K> {
    /// The authority of this name under this key.
    pub(super) fn new(name: &str, key: K, life: Life) -> Result<Self> {
        let mut parameters = parameters(life)?;
        parameters.distinguished_name.push(DnType::CommonName, name);
        parameters.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        Ok(Self { parameters, key })
    }

    /// Its own certificate.
    pub(super) fn certificate(&self) -> Result<Certificate> {
        self.parameters.self_signed(&self.key).context("signing the authority's certificate")
    }

    /// Certifies a key for signing programs.
    ///
    /// Like real ones the certificate says where its authority's revocation list is, though nothing is there: whoever
    /// asks the network fails.
    pub(super) fn certify(
        &self,
        subject: &Subject,
        key: &impl PublicKeyData,
        serial: u64,
        life: Life,
    ) -> Result<Certificate> {
        let mut parameters = named(subject, life)?;
        parameters.serial_number = Some(SerialNumber::from(serial));
        parameters.crl_distribution_points = vec![CrlDistributionPoint { uris: vec![NOWHERE.to_owned()] }];
        self.sign(parameters, key)
    }

    /// Certifies a key for time-stamps.
    pub(super) fn certify_time_stamps(&self, name: &str, key: &impl PublicKeyData, life: Life) -> Result<Certificate> {
        let mut parameters = parameters(life)?;
        parameters.distinguished_name.push(DnType::CommonName, name);
        let mut usage = CustomExtension::from_oid_content(EXTENDED_KEY_USAGE, TIME_STAMPING.to_vec());
        usage.set_criticality(true);
        parameters.custom_extensions = vec![usage];
        self.sign(parameters, key)
    }

    fn sign(&self, mut parameters: CertificateParams, key: &impl PublicKeyData) -> Result<Certificate> {
        parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        parameters.use_authority_key_identifier_extension = true;
        parameters.signed_by(key, &self.issuer()).context("signing a certificate")
    }

    /// A list, in PEM, that revokes these certificates: serial number and since when, in Unix seconds.
    pub(super) fn revoke(&self, revoked: &[(u64, u64)], life: Life) -> Result<String> {
        let entry = |(serial, since): &(u64, u64)| -> Result<RevokedCertParams> {
            Ok(RevokedCertParams {
                serial_number: SerialNumber::from(*serial),
                revocation_time: at(*since)?,
                reason_code: Some(RevocationReason::KeyCompromise),
                invalidity_date: None,
            })
        };
        let list = CertificateRevocationListParams {
            this_update: at(life.from)?,
            next_update: at(life.until)?,
            crl_number: SerialNumber::from(life.from),
            issuing_distribution_point: None,
            revoked_certs: revoked.iter().map(entry).collect::<Result<_>>()?,
            key_identifier_method: self.parameters.key_identifier_method.clone(),
        };
        list.signed_by(&self.issuer())?.pem().context("writing a revocation list")
    }

    fn issuer(&self) -> Issuer<'_, &K> {
        Issuer::from_params(&self.parameters, &self.key)
    }
}

/// A request, in PEM, for a code-signing certificate; its signature shows that the key is at hand.
pub(super) fn request(subject: &Subject, key: &impl SigningKey) -> Result<String> {
    let mut parameters = CertificateParams::default();
    parameters.distinguished_name = named(subject, Life { from: 0, until: 1 })?.distinguished_name;
    let request = parameters.serialize_request(key).context("signing the certificate request")?;
    request.pem().context("writing the certificate request")
}

fn named(subject: &Subject, life: Life) -> Result<CertificateParams> {
    let mut parameters = parameters(life)?;
    parameters.distinguished_name.push(DnType::CountryName, subject.country.as_str());
    parameters.distinguished_name.push(DnType::OrganizationName, subject.name.as_str());
    parameters.distinguished_name.push(DnType::CommonName, subject.name.as_str());
    parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::CodeSigning];
    Ok(parameters)
}

fn parameters(life: Life) -> Result<CertificateParams> {
    let mut parameters = CertificateParams::default();
    parameters.distinguished_name = rcgen::DistinguishedName::new();
    parameters.not_before = at(life.from)?;
    parameters.not_after = at(life.until)?;
    Ok(parameters)
}

fn at(seconds: u64) -> Result<OffsetDateTime> {
    Ok(OffsetDateTime::from_unix_timestamp(i64::try_from(seconds)?)?)
}
