//! What every handler works with.

use app::App;
use std::sync::Arc;

/// How the server is run.
#[derive(Debug, Clone)]
pub struct Options {
    /// True behind TLS: cookies are `Secure` and named `__Host-...`, and browsers are told to stay with TLS.
    pub secure: bool,
    /// True where a proxy in front says whom a request comes from (`X-Forwarded-For`).
    pub trust_proxy: bool,
    /// Address of this server as people reach it, for links in mails and workbooks; else what the request says.
    pub base: Option<String>,
    /// Largest body of a request, bytes.
    pub body_max: usize,
    /// Seconds after which a request is given up.
    pub timeout_s: u64,
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
            timeout_s: 120,
            connections_max: 1024,
        }
    }
}

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
    /// What each person can undo on the review desk.
    pub undos: crate::pages::desk::Undos,
}

impl Site {
    /// A site over the use cases.
    pub fn new(app: Arc<App>, options: Options) -> Self {
        Self {
            app,
            options: Arc::new(options),
            jobs: crate::jobs::Jobs::default(),
            uploads: crate::uploads::Uploads::default(),
            undos: crate::pages::desk::Undos::default(),
        }
    }

    /// Name of the session's cookie.
    pub fn cookie_name(&self) -> &'static str {
        if self.options.secure { "__Host-yulin" } else { "yulin" }
    }
}
