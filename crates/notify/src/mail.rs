//! Mail by SMTP.

use crate::{Error, Letter, TIMEOUT};
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{Address, SmtpTransport, Transport};

const WHO: &str = "the mail server";

/// How the connection is kept safe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS from the beginning (port 465).
    Tls,
    /// TLS after a greeting; refused where the server offers none (port 587).
    StartTls,
    /// None: for a server on the same intranet only.
    None,
}

impl Security {
    /// Reads `tls`, `starttls` or `none`.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "tls" => Some(Self::Tls),
            "starttls" => Some(Self::StartTls),
            "none" => Some(Self::None),
            _ => None,
        }
    }
}

/// A mail server.
#[derive(Clone)]
pub struct MailServer {
    /// Host name.
    pub host: String,
    /// Port.
    pub port: u16,
    /// How the connection is kept safe.
    pub security: Security,
    /// User; empty where the server asks for none.
    pub user: String,
    /// Password.
    pub password: String,
    /// Sender's address.
    pub from: String,
}

impl MailServer {
    /// Sends a letter and waits until the server has taken it.
    ///
    /// # Errors
    /// [`Error`], without address, user or password.
    pub fn send(&self, letter: &Letter) -> Result<(), Error> {
        let message = Message::builder()
            .from(mailbox(&self.from).ok_or(Error::Invalid("the sender's address is no e-mail address"))?)
            .to(mailbox(&letter.to).ok_or(Error::Invalid("the receiver's address is no e-mail address"))?)
            .subject(letter.title.replace(['\r', '\n'], " "))
            .header(ContentType::TEXT_PLAIN)
            .body(letter.text())
            .map_err(|_| Error::Invalid("the letter cannot be written as a mail"))?;
        let sent = self.transport()?.send(&message);
        sent.map(drop).map_err(|error| sorted(&error))
    }

    fn transport(&self) -> Result<SmtpTransport, Error> {
        let tls = || {
            TlsParameters::new(self.host.clone())
                .map_err(|_| Error::Invalid("the mail server's host is no host name"))
        };
        let tls = match self.security {
            Security::Tls => Tls::Wrapper(tls()?),
            Security::StartTls => Tls::Required(tls()?),
            Security::None => Tls::None,
        };
        let mut builder = SmtpTransport::builder_dangerous(self.host.as_str())
            .port(self.port)
            .tls(tls)
            .timeout(Some(TIMEOUT));
        if !self.user.is_empty() {
            builder = builder.credentials(Credentials::new(self.user.clone(), self.password.clone()));
        }
        Ok(builder.build())
    }
}

fn mailbox(address: &str) -> Option<Mailbox> {
    address.trim().parse::<Address>().ok().map(|address| Mailbox::new(None, address))
}

/// The error by its kind: the server's own words may repeat the receiver's address.
fn sorted(error: &lettre::transport::smtp::Error) -> Error {
    if error.is_timeout() {
        return Error::Timeout(WHO);
    }
    if error.is_tls() {
        return Error::Tls(WHO);
    }
    match error.status() {
        Some(code) => {
            let code = i64::from(u16::from(code));
            // 550 to 554: this receiver or this letter, not the server's state or the sender's password.
            Error::Refused { who: WHO, code, for_good: (550..=554).contains(&code) }
        }
        None => Error::Unreachable(WHO),
    }
}
