//! Secrets that are shown once: random, and stored only as their SHA-256.

use crate::{Code, Error, Result};
use model::hex::{hex, sha256_hex};

/// 32 random bytes in hexadecimal.
///
/// # Errors
/// Where the machine gives no randomness.
pub(crate) fn token() -> Result<String> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes)
        .map_err(|e| Error::new(Code::Internal, format!("the machine gives no randomness: {e}")))?;
    Ok(hex(&bytes))
}

/// What is stored of a token. A token has 256 random bits, so one plain hash is enough.
pub(crate) fn hash(token: &str) -> String {
    sha256_hex(token.as_bytes())
}
