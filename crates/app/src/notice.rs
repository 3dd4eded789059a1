//! Notices: the web inbox, and the queue of what goes out by mail or group robot.

use crate::{Actor, App, Result};
use serde::{Deserialize, Serialize};

/// A message of the web inbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MessageInfo {
    /// Row id.
    pub id: i64,
    /// What it is about, such as `claim.open` or `introduction.asked`.
    pub kind: String,
    /// Title, in Chinese.
    pub title: String,
    /// Text, in Chinese; never a secret.
    pub body: String,
    /// Path on this server where it leads.
    pub link: String,
    /// When it came.
    pub at_ms: i64,
    /// True once it was read.
    pub read: bool,
}

/// A way out. Secrets go in and never come out again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum HookConfig {
    /// A mail server.
    Smtp {
        /// Host name.
        host: String,
        /// Port.
        port: u16,
        /// `tls`, `starttls` or `none`.
        security: String,
        /// User; may be empty.
        user: String,
        /// Password; empty keeps the one that is stored.
        password: String,
        /// Address of the sender.
        from: String,
    },
    /// A group robot of 企业微信, 钉钉 or 飞书, or any receiver of JSON.
    Webhook {
        /// Address; it holds the robot's key, so it is a secret. Empty keeps the one that is stored.
        url: String,
        /// Form of the body: `wecom`, `dingtalk`, `feishu` or `json`.
        form: String,
        /// Secret for the signature (钉钉, 飞书); may be empty.
        secret: String,
    },
}

/// A hook as the administrator sees it: without secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HookInfo {
    /// Row id.
    pub id: i64,
    /// Version, for changes.
    pub version: i64,
    /// Name.
    pub name: String,
    /// Kind and settings, every secret empty; of a webhook's address the host alone.
    pub config: HookConfig,
    /// True where it is used.
    pub active: bool,
    /// Waiting and failed deliveries.
    pub waiting: u32,
    /// Failed for good.
    pub failed: u32,
    /// The newest error.
    pub last_error: Option<String>,
}

/// One delivery of the queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Delivery {
    /// Row id.
    pub id: i64,
    /// Name of the hook.
    pub hook: String,
    /// Title of the message.
    pub title: String,
    /// `waiting`, `sent` or `failed`.
    pub state: String,
    /// How often it was tried.
    pub attempts: u32,
    /// When it was queued.
    pub at_ms: i64,
    /// When it is tried next.
    pub next_ms: i64,
    /// What went wrong last.
    pub error: Option<String>,
}

impl App {
    /// One's own messages, newest first, at most `limit`, with row ids below `before`.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn inbox(&self, actor: &Actor, before: Option<i64>, limit: u32) -> Result<Vec<MessageInfo>> {
        let _ = (actor, before, limit);
        Err(crate::pending())
    }

    /// Marks one's own messages as read; none given means all.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn mark_read(&self, actor: &Actor, ids: &[i64]) -> Result<()> {
        let _ = (actor, ids);
        Err(crate::pending())
    }

    /// All hooks.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn hooks(&self, actor: &Actor) -> Result<Vec<HookInfo>> {
        let _ = actor;
        Err(crate::pending())
    }

    /// Makes a hook, or changes one (`Some((id, version))`).
    ///
    /// # Errors
    /// [`crate::Code::BadInput`] with the field; [`crate::Code::Conflict`].
    pub async fn save_hook(
        &self,
        actor: &Actor,
        at: Option<(i64, i64)>,
        name: &str,
        config: &HookConfig,
        active: bool,
    ) -> Result<i64> {
        let _ = (actor, at, name, config, active);
        Err(crate::pending())
    }

    /// Removes a hook with its queue.
    ///
    /// # Errors
    /// [`crate::Code::NotFound`]; [`crate::Code::Conflict`].
    pub async fn delete_hook(&self, actor: &Actor, id: i64, version: i64) -> Result<()> {
        let _ = (actor, id, version);
        Err(crate::pending())
    }

    /// Sends a test message through a hook now (a mail to `to`) and says what came of it.
    ///
    /// # Errors
    /// [`crate::Code::Output`] with the other side's answer, without secrets.
    pub async fn test_hook(&self, actor: &Actor, id: i64, to: &str) -> Result<()> {
        let _ = (actor, id, to);
        Err(crate::pending())
    }

    /// The newest deliveries.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn outbox(&self, actor: &Actor, limit: u32) -> Result<Vec<Delivery>> {
        let _ = (actor, limit);
        Err(crate::pending())
    }

    /// Tells the members of enterprises with stale records (row ids) to look at them; how many were told.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn remind(&self, actor: &Actor, enterprises: &[i64]) -> Result<u32> {
        let _ = (actor, enterprises);
        Err(crate::pending())
    }

    /// Tries what is due in the queue, with doubling pauses (1 min to 6 h, 12 tries). The server calls it once a minute and
    /// after every change; nobody's leave is asked because nothing is shown. Returns how many went out.
    ///
    /// # Errors
    /// Storage errors; a delivery that fails is none.
    pub async fn deliver(&self) -> Result<u32> {
        Err(crate::pending())
    }
}
