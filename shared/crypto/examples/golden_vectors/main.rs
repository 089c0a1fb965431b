//! Writes the golden vectors: `cargo run -p beside-crypto --example golden_vectors > shared/crypto/vectors/handshake.json`.

use std::io::Write as _;

mod derivation;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    std::io::stdout().write_all(derivation::json()?.as_bytes())?;
    Ok(())
}
