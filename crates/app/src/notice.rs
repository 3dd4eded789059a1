//! Notices: the web inbox, and the queue of what goes out by mail or group robot.

mod deliver;
mod hooks;
#[cfg(test)]
mod tests;

pub(crate) use hooks::same_base;

use crate::{Act, Actor, App, Code, Error, Office, Result};
use notify::Letter;
use serde::{Deserialize, Serialize};
use std::fmt;
use store::{Account, NewMessage};

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
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    /// A partner that exchanges product carbon footprints by PACT: answers to its requests go there.
    Partner {
        /// Row id of its enterprise: only requests of that enterprise's accounts are answered there.
        enterprise: i64,
        /// Address below which its `/3/events` lies; its requests name it as their source.
        base: String,
        /// Address below which it says or has its token endpoint; empty where that is `base`.
        auth: String,
        /// Its token endpoint, where it is not to be found out; may be empty.
        token_endpoint: String,
        /// Client id that it gave us.
        client: String,
        /// Client secret; empty keeps the one that is stored.
        secret: String,
    },
}

impl fmt::Debug for HookConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Smtp { .. } => "Smtp { .. }",
            Self::Webhook { .. } => "Webhook { .. }",
            Self::Partner { .. } => "Partner { .. }",
        })
    }
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
    /// Name of a partner's enterprise.
    pub enterprise: Option<String>,
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

/// Who hears of something.
#[derive(Debug, Clone, Copy)]
pub(crate) enum To<'a> {
    /// These accounts (row ids).
    Accounts(&'a [i64]),
    /// The members of the enterprise with this key; where it has none, the commissioners who look after it.
    Enterprise(&'a str),
    /// Everybody of an office; for a secretariat without accounts the administrators. Group robots hear it too.
    Office(Office),
    /// Everybody but auditors. Group robots hear it too.
    Everyone,
}

#[boxed::futures]
impl App {
    /// Tells people something: a message in the web inbox of each, a mail to those with an address where a mail server is set up,
    /// and a line to the group robots for what concerns an office or everybody. `title` and `body` are Chinese and never hold a
    /// secret or a protected field (whoever follows `link` sees there what they may see); `link` is a path on this server.
    ///
    /// What is told of has been stored before, so a failure here is logged and not returned. Returns how many were told.
    pub(crate) async fn notify(&self, kind: &str, to: To<'_>, title: &str, body: &str, link: &str) -> usize {
        match self.try_notify(kind, to, title, body, link).await {
            Ok(told) => told,
            Err(error) => {
                tracing::error!(kind, "a notice could not be stored: {error}");
                0
            }
        }
    }

    async fn try_notify(&self, kind: &str, to: To<'_>, title: &str, body: &str, link: &str) -> Result<usize> {
        let accounts = self.receivers(to).await?;
        let letter = Letter {
            kind: kind.to_owned(),
            title: title.to_owned(),
            body: body.to_owned(),
            link: self.address(link),
            ..Letter::default()
        };
        let mut letters = Vec::new();
        let hooks: Vec<_> = self.store.hooks().await?.into_iter().filter(|hook| hook.active).collect();
        if let Some(mail) = hooks.iter().find(|hook| hook.kind == "smtp") {
            for account in accounts.iter().filter(|account| !account.email.is_empty()) {
                letters.push((mail.id, written(&Letter { to: account.email.clone(), ..letter.clone() })));
            }
        }
        if matches!(to, To::Office(_) | To::Everyone) {
            let robots = hooks.iter().filter(|hook| hook.kind == "webhook");
            letters.extend(robots.map(|robot| (robot.id, written(&letter))));
        }
        let ids: Vec<i64> = accounts.iter().map(|account| account.id).collect();
        let message = NewMessage {
            kind: kind.to_owned(),
            title: title.to_owned(),
            body: body.to_owned(),
            link: link.to_owned(),
        };
        self.store.send(&ids, &message, &letters, &self.by(&Actor::local())).await?;
        Ok(ids.len())
    }

    /// The open accounts that are meant.
    async fn receivers(&self, to: To<'_>) -> Result<Vec<Account>> {
        let open: Vec<Account> = self.store.users().await?.into_iter().filter(|a| a.active).collect();
        let of_office = |office: Office| {
            open.iter().filter(|account| account.role == office.word()).cloned().collect::<Vec<_>>()
        };
        Ok(match to {
            To::Accounts(ids) => open.into_iter().filter(|account| ids.contains(&account.id)).collect(),
            To::Office(office) => match of_office(office) {
                none if none.is_empty() && office == Office::Secretariat => of_office(Office::Administrator),
                some => some,
            },
            To::Everyone => {
                open.into_iter().filter(|account| account.role != Office::Auditor.word()).collect()
            }
            To::Enterprise(key) => {
                let belongs =
                    |account: &&Account| account.enterprise.as_ref().is_some_and(|own| own.key == key);
                let members: Vec<Account> = open.iter().filter(belongs).cloned().collect();
                if !members.is_empty() {
                    return Ok(members);
                }
                let assigned = self.store.assignments(None).await?;
                let looks_after = |account: &Account| {
                    assigned.iter().any(|(id, enterprise)| *id == account.id && enterprise.key == key)
                };
                open.into_iter().filter(looks_after).collect()
            }
        })
    }

    /// Says at which address people reach this server, for the links in mails. Without it mails name no address.
    pub fn set_base(&self, base: &str) {
        let _ = self.base.set(base.trim_end_matches('/').to_owned());
    }

    /// The whole address of a path on this server; empty where it is not known.
    pub(crate) fn address(&self, link: &str) -> String {
        match self.base.get() {
            Some(base) if !link.is_empty() => format!("{base}{link}"),
            _ => String::new(),
        }
    }

    /// One's own messages, newest first, at most `limit`, with row ids below `before`.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn inbox(&self, actor: &Actor, before: Option<i64>, limit: u32) -> Result<Vec<MessageInfo>> {
        actor.need(Act::Inbox)?;
        let Some(account) = actor.account else { return Ok(Vec::new()) };
        let messages = self.store.messages(account, before, limit.clamp(1, 200)).await?;
        Ok(messages
            .into_iter()
            .map(|message| MessageInfo {
                id: message.id,
                kind: message.kind,
                title: message.title,
                body: message.body,
                link: message.link,
                at_ms: message.at_ms,
                read: message.read_ms.is_some(),
            })
            .collect())
    }

    /// Marks one's own messages as read; none given means all.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn mark_read(&self, actor: &Actor, ids: &[i64]) -> Result<()> {
        actor.need(Act::MarkRead)?;
        let Some(account) = actor.account else { return Ok(()) };
        Ok(self.store.mark_read(account, ids, self.clock.now_ms()).await?)
    }

    /// Title and text of a reminder of stale records, as an enterprise's people read them.
    pub fn reminder(enterprise: &str) -> (String, &'static str) {
        let body =
            "有些供需信息很久没有更新。请打开看一看：仍然有效的点“仍然有效”，变了的改一改，不再需要的关闭。";
        (format!("请核对{enterprise}的供需信息"), body)
    }

    /// Tells the members of enterprises with stale records (row ids) to look at them; how many were told.
    ///
    /// # Errors
    /// [`Code::NotFound`] for an unknown enterprise; storage errors.
    pub async fn remind(&self, actor: &Actor, enterprises: &[i64]) -> Result<u32> {
        actor.need(Act::Remind)?;
        if enterprises.is_empty() {
            return Err(Error::new(Code::BadInput, "no enterprise was chosen"));
        }
        let mut told = 0;
        for id in enterprises {
            let enterprise = self.store.enterprise_by_id(*id).await?.value;
            let (title, body) = Self::reminder(&enterprise.name);
            let to = To::Enterprise(&enterprise.key);
            told += self.notify("stale.remind", to, &title, body, "/stale").await;
        }
        let by = self.by(actor);
        let detail = serde_json::json!({ "enterprises": enterprises, "told": told });
        self.store.audit_append(&by, "stale.remind", "enterprise", &detail).await?;
        Ok(u32::try_from(told).unwrap_or(u32::MAX))
    }
}

/// A letter as the queue keeps it.
pub(crate) fn written(letter: &Letter) -> String {
    serde_json::to_string(letter).expect("texts always serialise")
}
