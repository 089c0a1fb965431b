//! What a token gives away, and the ceremony.

use std::ffi::OsString;
use std::fs;

use anyhow::{Context, Result, ensure};

use super::super::ceremony::{self, Plan, Role};
use super::super::key::KeyKind;
use super::super::pin::Pin;
use super::super::token::Token;
use super::Stage;
use crate::command::Tool;

pub(super) fn rehearse(stage: &mut Stage<'_>) -> Result<()> {
    let token = stage.authority.token().clone();
    let wrong = Token::with_environment(
        token.module().to_owned(),
        token.label(),
        Pin::new("87654321"),
        vec![("SOFTHSM2_CONF", OsString::from(stage.folder.join("softhsm2.conf")))],
    );
    let key = wrong.key("update-root")?;
    let outcome = fails(key.sign(b"text"), "PIN incorrect");
    stage.step("token: with a wrong PIN it signs nothing", outcome)?;
    let outcome = fails(token.generate("update-root", KeyKind::P256), "already");
    stage.step("token: a label is given once", outcome)?;

    let out = stage.folder.join("ceremony");
    let plan = Plan {
        roles: Vec::new(),
        generation: "rehearsal".to_owned(),
        present: vec!["Kim, keeper".to_owned(), "Sato, witness".to_owned()],
        publisher: "Beside rehearsal".to_owned(),
        country: "KR".to_owned(),
        out: out.clone(),
    };
    let outcome = ceremony::hold(&token, &plan).and_then(|protocol| {
        let text = fs::read_to_string(protocol)?;
        let line = hex::encode(token.key("vendor-statements-rehearsal")?.public()?.as_bytes());
        for wanted in ["Sato, witness: ___", "SoftHSM", "never extractable", "code-signing-rehearsal.csr", &line] {
            ensure!(text.contains(wanted), "the protocol does not have \"{wanted}\":\n{text}");
        }
        Ok(())
    });
    stage.step("ceremony: the keys of all roles are made and written down", outcome)?;
    let request = ["req", "-verify", "-noout", "-subject", "-in"];
    let tool = Tool::new("openssl").args(request).args([out.join("code-signing-rehearsal.csr")]);
    let outcome = tool.ended().and_then(|ended| {
        let said = ended.said();
        ensure!(said.contains("verify OK") && said.contains("Beside rehearsal"), "{said}");
        Ok(())
    });
    stage.step("ceremony: the certificate request is signed by its key", outcome)?;
    let again = Plan { roles: vec![Role::UpdateRoot], out: stage.folder.join("ceremony-again"), ..plan };
    stage.step("ceremony: a generation is made once", fails(ceremony::hold(&token, &again), "already"))
}

fn fails<T>(outcome: Result<T>, words: &str) -> Result<()> {
    let error = outcome.err().context("it did")?;
    ensure!(format!("{error:#}").contains(words), "{error:#}");
    Ok(())
}
