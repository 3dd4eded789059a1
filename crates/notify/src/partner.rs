//! Partners that exchange product carbon footprints by PACT 3.0: an event goes to the partner's `/3/events`, with an access token of
//! the partner's own token endpoint (OAuth 2.0 client credentials, RFC 6749, 4.4).

use crate::robot::{agent, read_json, sorted};
use crate::{Error, Robot};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

const WHO: &str = "the partner";
const TOKENS: &str = "the partner's token endpoint";
/// Longest access token that is taken.
const TOKEN_BYTES: usize = 16 << 10;

/// A partner's system, and how it knows us.
#[derive(Clone)]
pub struct Partner {
    /// Address below which its `/3/events` lies.
    pub base: String,
    /// Address below which it says or has its token endpoint; empty where that is `base`.
    pub auth: String,
    /// Its token endpoint, where it is not to be found out; may be empty.
    pub token_endpoint: String,
    /// Client id that it gave us.
    pub client: String,
    /// Client secret.
    pub secret: String,
}

impl Partner {
    /// True for an address that secrets may go to: https, or http of this machine itself; no user, query, fragment or steps upwards.
    pub fn is_address(url: &str) -> bool {
        let plain = |b: u8| b.is_ascii_graphic() && !matches!(b, b'\\' | b'@' | b'#' | b'?');
        let here = |host: &str| {
            let port = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()));
            let name = port.map_or(host, |(name, _)| name);
            ["127.0.0.1", "localhost", "[::1]"].contains(&name)
        };
        url.bytes().all(plain)
            && !url.contains("..")
            && Robot::host(url).is_some_and(|host| url.starts_with("https://") || here(host))
    }

    /// Sends an event (a CloudEvent as JSON) and waits until the partner has taken it.
    ///
    /// # Errors
    /// [`Error`], without addresses and secrets.
    pub fn send(&self, event: &str) -> Result<(), Error> {
        let token = self.token()?;
        let answer = agent()
            .post(format!("{}/3/events", self.base.trim_end_matches('/')))
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/cloudevents+json; charset=UTF-8")
            .send(event);
        match answer.map_err(|error| sorted(&error, WHO))?.status().as_u16() {
            200..300 => Ok(()),
            code => Err(Error::Refused { who: WHO, code: i64::from(code), for_good: false }),
        }
    }

    /// Fetches an access token.
    ///
    /// # Errors
    /// [`Error`], without addresses and secrets.
    pub fn token(&self) -> Result<String, Error> {
        let basic = BASE64_STANDARD.encode(format!("{}:{}", self.client, self.secret));
        let mut answer = agent()
            .post(self.found_token_endpoint()?)
            .header("authorization", format!("Basic {basic}"))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("accept", "application/json")
            .send("grant_type=client_credentials")
            .map_err(|error| sorted(&error, TOKENS))?;
        let code = answer.status().as_u16();
        if code != 200 {
            return Err(Error::Refused { who: TOKENS, code: i64::from(code), for_good: false });
        }
        let said = read_json(&mut answer);
        let token = said["access_token"].as_str().unwrap_or_default();
        let fits =
            !token.is_empty() && token.len() <= TOKEN_BYTES && token.bytes().all(|b| b.is_ascii_graphic());
        if fits {
            Ok(token.to_owned())
        } else {
            Err(Error::Unusable("the partner's token endpoint gave no access token"))
        }
    }

    /// The token endpoint as the OpenID provider configuration names it, else `/auth/token`. One at another host would get our secret
    /// on the word of an answer alone: the administrator has to state it.
    fn found_token_endpoint(&self) -> Result<String, Error> {
        if !self.token_endpoint.is_empty() {
            return Ok(self.token_endpoint.clone());
        }
        let auth = if self.auth.is_empty() { &self.base } else { &self.auth }.trim_end_matches('/');
        let answer = agent().get(format!("{auth}/.well-known/openid-configuration")).call();
        let mut answer = answer.map_err(|error| sorted(&error, TOKENS))?;
        let said =
            if answer.status().as_u16() == 200 { read_json(&mut answer) } else { serde_json::Value::Null };
        match said["token_endpoint"].as_str() {
            None => Ok(format!("{auth}/auth/token")),
            Some(named) if Self::is_address(named) && origin(named) == origin(auth) => Ok(named.to_owned()),
            Some(_) => Err(Error::Unusable(
                "the partner names a token endpoint at another host; state it among the partner's settings",
            )),
        }
    }
}

/// Scheme and host, in lower case.
fn origin(url: &str) -> Option<String> {
    let (scheme, _) = url.split_once("://")?;
    Some(format!("{scheme}://{}", Robot::host(url)?).to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_go_to_safe_addresses_only() {
        for (url, expect) in [
            ("https://pact.example", true),
            ("https://pact.example:8443/api/", true),
            ("http://127.0.0.1:8080/pact", true),
            ("http://localhost/pact", true),
            ("http://[::1]:8080", true),
            ("http://pact.example", false),
            ("http://10.0.0.1/pact", false),
            ("http://127.0.0.1.evil.example/", false),
            ("https://user:secret@pact.example", false),
            ("https://pact.example?x=1", false),
            ("https://pact.example/../x", false),
            ("ftp://pact.example", false),
            ("pact.example", false),
            ("", false),
        ] {
            assert_eq!(Partner::is_address(url), expect, "{url}");
        }
        assert_eq!(origin("HTTPS://Pact.Example/x"), None);
        assert_eq!(origin("https://Pact.Example/x").unwrap(), "https://pact.example");
    }
}
