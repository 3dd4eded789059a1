//! Answers to queries that go to a subscriber.

use crate::robot::{agent, sorted};
use crate::sign::hmac_sha256;
use crate::{Error, Robot};

const WHO: &str = "the subscriber";

/// Sends JSON and waits until the other side has taken it. The body is signed in the header `GS1-Signature` as HMAC-SHA-256 in hexadecimal
/// digits, where there is a secret. Redirections are not followed.
///
/// # Errors
/// [`Error`], without the address.
pub fn post_json(url: &str, body: &str, secret: &str) -> Result<(), Error> {
    if Robot::host(url).is_none() {
        return Err(Error::Invalid("the address must begin with https:// or http://"));
    }
    let mut request = agent().post(url).header("content-type", "application/json; charset=utf-8");
    if !secret.is_empty() {
        let sign = hmac_sha256(secret.as_bytes(), body.as_bytes());
        let digits: String = sign.iter().map(|byte| format!("{byte:02x}")).collect();
        request = request.header("gs1-signature", format!("sha256={digits}"));
    }
    let answer = request.send(body).map_err(|error| sorted(&error, WHO))?;
    let code = answer.status().as_u16();
    if (200..300).contains(&code) {
        return Ok(());
    }
    Err(Error::Refused { who: WHO, code: i64::from(code), for_good: false })
}
