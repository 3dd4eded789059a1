//! What every handler works with.

use crate::words::Lang;
use app::App;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// How the server is run.
#[derive(Debug, Clone)]
pub struct Options {
    /// True behind TLS: cookies are `Secure` and named `__Host-...`, and browsers are told to stay with TLS.
    pub secure: bool,
    /// True where a proxy in front says whom a request comes from (`X-Forwarded-For`).
    pub trust_proxy: bool,
    /// Address of this server as people reach it, for links in mails and workbooks; else what the request says.
    pub base: Option<String>,
    /// Largest body of a request, bytes: files of workbooks.
    pub body_max: usize,
    /// Largest form without files, bytes.
    pub form_max: usize,
    /// Seconds after which a request is given up.
    pub timeout_s: u64,
    /// Seconds for a request's head; also how long a connection may be idle.
    pub header_timeout_s: u64,
    /// Seconds between two pieces of a body.
    pub body_timeout_s: u64,
    /// Seconds in which the other side must take a piece of an answer.
    pub write_timeout_s: u64,
    /// Seconds that requests under way have at the stop.
    pub stop_s: u64,
    /// Connections at a time.
    pub connections_max: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            secure: false,
            trust_proxy: false,
            base: None,
            body_max: 64 << 20,
            form_max: 1 << 20,
            timeout_s: 120,
            header_timeout_s: 15,
            body_timeout_s: 20,
            write_timeout_s: 30,
            stop_s: 20,
            connections_max: 1024,
        }
    }
}

/// Those who listen to events at a time.
const SOCKETS_MAX: usize = 64;

/// State of all routes; clones share it.
#[derive(Debug, Clone)]
pub struct Site {
    /// The use cases.
    pub app: Arc<App>,
    /// How the server is run.
    pub options: Arc<Options>,
    /// Long work under way.
    pub jobs: crate::jobs::Jobs,
    /// Uploaded files that wait for their owner's word.
    pub uploads: crate::uploads::Uploads,
    /// What would change if firms came, as somebody asked within the hour.
    pub scenarios: crate::uploads::Kept<crate::pages::market::Assumed>,
    /// What each person can undo on the review desk.
    pub undos: crate::pages::desk::Undos,
    /// Tokens of pages of events that were given back.
    pub dropped: crate::epcis::Dropped,
    /// Room for those who listen to events.
    pub sockets: Arc<tokio::sync::Semaphore>,
    /// Figures of what the server does.
    pub metrics: Arc<crate::metrics::Metrics>,
    /// True where pages are English for whoever has not chosen a language.
    english: Arc<AtomicBool>,
}

impl Site {
    /// A site over the use cases.
    pub fn new(app: Arc<App>, options: Options) -> Self {
        if let Some(base) = &options.base {
            app.set_base(base);
        }
        Self {
            app,
            options: Arc::new(options),
            jobs: crate::jobs::Jobs::default(),
            uploads: crate::uploads::Uploads::default(),
            scenarios: crate::uploads::Kept::default(),
            undos: crate::pages::desk::Undos::default(),
            dropped: crate::epcis::Dropped::default(),
            sockets: Arc::new(tokio::sync::Semaphore::new(SOCKETS_MAX)),
            metrics: Arc::default(),
            english: Arc::default(),
        }
    }

    /// The language for whoever has not chosen one.
    pub fn lang(&self) -> Lang {
        if self.english.load(Ordering::Relaxed) { Lang::En } else { Lang::Zh }
    }

    /// Reads what the cluster's administrator has set; the server does it at its start and once a minute.
    pub async fn refresh(&self) {
        if let Ok(lang) = self.app.lang().await {
            self.english.store(lang == "en", Ordering::Relaxed);
        }
    }

    /// Name of the session's cookie.
    pub fn cookie_name(&self) -> &'static str {
        if self.options.secure { "__Host-yulin" } else { "yulin" }
    }
}
