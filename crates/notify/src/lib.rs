//! The ways out of the platform: mail by SMTP, webhooks of group robots, partners of PACT. Blocking, with a time limit; what is to be sent, to
//! whom and when, `app` decides.
//!
//! Addresses of robots, passwords and receivers are secrets or personal: no error holds them, and no type here prints them.

mod callback;
mod mail;
mod partner;
mod robot;
mod sign;

pub use callback::post_json;
pub use mail::{MailServer, Security};
pub use partner::Partner;
pub use robot::{Form, Robot};

use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long the other side may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// What is sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Letter {
    /// Receiver's address, for mail.
    pub to: String,
    /// What it is about, such as `claim.open`.
    pub kind: String,
    /// Title, one line.
    pub title: String,
    /// Text.
    pub body: String,
    /// Whole address where it leads; may be empty.
    pub link: String,
}

impl Letter {
    /// Title, text and link as plain text.
    fn text(&self) -> String {
        let parts = [self.title.as_str(), &self.body, &self.link];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
    }
}

/// Why a letter was not taken. Completes “the letter was not taken: {error}”.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Nobody answers there.
    #[error("{0} cannot be reached")]
    Unreachable(&'static str),
    /// The other side is too slow.
    #[error("{0} did not answer within 10 seconds")]
    Timeout(&'static str),
    /// No safe connection.
    #[error("{0} offers no TLS connection that can be trusted")]
    Tls(&'static str),
    /// The other side refuses.
    #[error("{who} refused it with code {code}")]
    Refused {
        /// Which side.
        who: &'static str,
        /// HTTP status, SMTP reply or the robot's own code.
        code: i64,
        /// True where trying again is of no use.
        for_good: bool,
    },
    /// What the other side says is of no use; it may say better later, or the settings may be corrected.
    #[error("{0}")]
    Unusable(&'static str),
    /// What was to be sent, or where to, is not valid.
    #[error("{0}")]
    Invalid(&'static str),
}

impl Error {
    /// True where trying again later is of no use: the letter itself is wrong. A wrong password or address of a robot can be
    /// corrected, so it is none of these.
    pub fn is_for_good(&self) -> bool {
        matches!(self, Self::Invalid(_) | Self::Refused { for_good: true, .. })
    }
}
