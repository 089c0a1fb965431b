//! The list of parts of a release (SBOM): CycloneDX 1.5 in JSON, everything that both lock files name. What is needed only
//! to build or test has the scope `excluded`.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::BufWriter;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use cyclonedx_bom::models::component::{Classification, Scope};
use cyclonedx_bom::models::hash::{Hash, HashAlgorithm, HashValue, Hashes};
use cyclonedx_bom::models::license::{LicenseChoice, Licenses};
use cyclonedx_bom::prelude::{Bom, Component, Components, Metadata, Purl, SpdxExpression, SpecVersion, Validate as _};

use super::inventory::{self, Checksum, Origin, Part};
use crate::check::Findings;
use crate::checkout::Checkout;

/// Writes the list of parts of this version.
pub(super) fn write(parts: &[Part], version: &str, file: &Path) -> Result<()> {
    let release = Component::new(Classification::Application, "beside", version, Some(format!("beside@{version}")));
    let components = parts.iter().map(component).collect::<Result<_>>()?;
    let bom = Bom {
        spec_version: SpecVersion::V1_5,
        // The same release has the same list, to the byte.
        serial_number: None,
        metadata: Some(Metadata { component: Some(release), ..Metadata::default() }),
        components: Some(Components(components)),
        ..Bom::default()
    };
    judge(&bom)?;
    let to = File::create(file).with_context(|| format!("writing {}", file.display()))?;
    bom.output_as_json_v1_5(&mut BufWriter::new(to)).with_context(|| format!("writing {}", file.display()))
}

/// Reads a list of parts, and says how many it has.
///
/// # Errors
/// It is no CycloneDX 1.5.
pub(super) fn read(file: &Path) -> Result<Bom> {
    let bytes = fs::read(file).with_context(|| format!("reading {}", file.display()))?;
    let bom = Bom::parse_from_json_v1_5(bytes.as_slice()).with_context(|| format!("reading {}", file.display()))?;
    judge(&bom)?;
    Ok(bom)
}

/// What both lock files name and the list does not, or the other way round.
pub(super) fn compare(bom: &Bom, checkout: &Checkout) -> Result<Findings> {
    let locked: BTreeSet<String> =
        inventory::locked(checkout)?.into_iter().map(|(origin, name, version)| url(origin, &name, &version)).collect();
    let components = bom.components.iter().flat_map(|components| &components.0);
    let listed: BTreeSet<String> = components.filter_map(|component| component.bom_ref.clone()).collect();
    let missing = locked.difference(&listed).map(|part| format!("the list of parts lacks {part}"));
    let foreign = listed.difference(&locked).map(|part| format!("no lock file names {part}, which the list has"));
    Ok(missing.chain(foreign).collect())
}

fn judge(bom: &Bom) -> Result<()> {
    let result = bom.validate_version(SpecVersion::V1_5);
    ensure!(result.passed(), "no CycloneDX 1.5: {:?}", result.errors().collect::<Vec<_>>());
    Ok(())
}

fn component(part: &Part) -> Result<Component> {
    let url = url(part.origin, &part.name, &part.version);
    let mut component = Component::new(Classification::Library, &part.name, &part.version, Some(url));
    component.purl = Some(purl(part)?);
    component.scope = Some(if part.ships { Scope::Required } else { Scope::Excluded });
    component.licenses = part.licence.as_deref().map(licences).transpose()?;
    component.hashes = part.checksum.as_ref().map(|checksum| {
        let (alg, digest) = match checksum {
            Checksum::Sha256(digest) => (HashAlgorithm::SHA_256, digest),
            Checksum::Sha512(digest) => (HashAlgorithm::SHA_512, digest),
        };
        Hashes(vec![Hash { alg, content: HashValue(digest.clone()) }])
    });
    Ok(component)
}

/// How a part is called in the list.
fn url(origin: Origin, name: &str, version: &str) -> String {
    let kind = match origin {
        Origin::Cargo => "cargo",
        Origin::Npm => "npm",
    };
    format!("{kind}:{name}@{version}")
}

/// The package URL (purl-spec).
fn purl(part: &Part) -> Result<Purl> {
    let kind = match part.origin {
        Origin::Cargo => "cargo",
        Origin::Npm => "npm",
    };
    Purl::new(kind, &part.name, &part.version).with_context(|| format!("{} {} has no URL", part.name, part.version))
}

fn licences(named: &str) -> Result<Licenses> {
    // The way in which older packages write "or".
    let expression = SpdxExpression::parse_lax(named.to_owned()).with_context(|| format!("the licence {named}"))?;
    Ok(Licenses(vec![LicenseChoice::Expression(expression)]))
}
