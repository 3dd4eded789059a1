//! The ways out, as the administrator sets them up.

use super::{Delivery, HookConfig, HookInfo, written};
use crate::people::{bad, email_of};
use crate::{Act, Actor, App, Code, Error, Result};
use model::enterprise::Enterprise;
use notify::{Form, Letter, MailServer, Partner, Robot, Security};
use store::Hook;

/// What a test letter is about.
const TEST: &str = "test";

impl HookConfig {
    fn kind(&self) -> &'static str {
        match self {
            Self::Smtp { .. } => "smtp",
            Self::Webhook { .. } => "webhook",
            Self::Partner { .. } => "partner",
        }
    }

    /// Without secrets: of a webhook's address the host alone.
    fn shown(self) -> Self {
        match self {
            Self::Smtp { host, port, security, user, from, .. } => {
                Self::Smtp { host, port, security, user, password: String::new(), from }
            }
            Self::Webhook { url, form, .. } => Self::Webhook {
                url: Robot::host(&url).unwrap_or_default().to_owned(),
                form,
                secret: String::new(),
            },
            Self::Partner { enterprise, base, auth, token_endpoint, client, .. } => {
                Self::Partner { enterprise, base, auth, token_endpoint, client, secret: String::new() }
            }
        }
    }

    /// The same with the stored secrets where it has none of its own. A mail server's password stays only for the same host
    /// and user, a partner's secret only for the same addresses and client: nobody gets it sent to another machine.
    fn completed(self, stored: Option<Self>) -> Self {
        match (self, stored) {
            (
                Self::Smtp { host, port, security, user, password, from },
                Some(Self::Smtp { host: old_host, user: old_user, password: old, .. }),
            ) if password.is_empty() && host == old_host && user == old_user => {
                Self::Smtp { host, port, security, user, password: old, from }
            }
            (
                Self::Webhook { url, form, secret },
                Some(Self::Webhook { url: old_url, secret: old_secret, .. }),
            ) if url.is_empty() || Robot::host(&old_url) == Some(url.as_str()) => Self::Webhook {
                url: old_url,
                form,
                secret: if secret.is_empty() { old_secret } else { secret },
            },
            (
                Self::Partner { enterprise, base, auth, token_endpoint, client, secret },
                Some(Self::Partner {
                    base: old_base,
                    auth: old_auth,
                    token_endpoint: old_endpoint,
                    client: old_client,
                    secret: old,
                    ..
                }),
            ) if secret.is_empty()
                && (&base, &auth, &token_endpoint, &client)
                    == (&old_base, &old_auth, &old_endpoint, &old_client) =>
            {
                Self::Partner { enterprise, base, auth, token_endpoint, client, secret: old }
            }
            (config, _) => config,
        }
    }

    fn check(&self) -> Result<()> {
        match self {
            Self::Smtp { host, port, security, from, .. } => {
                let plain = |c: char| c.is_ascii_alphanumeric() || "-._:[]".contains(c);
                if host.is_empty() || !host.chars().all(plain) {
                    return Err(bad(
                        "host",
                        "the mail server's host is no host name",
                        "请填写邮件服务器主机名",
                    ));
                }
                if *port == 0 {
                    return Err(bad("port", "the port is 1 to 65535", "端口须为1至65535"));
                }
                if Security::parse(security).is_none() {
                    return Err(bad("security", "security is tls, starttls or none", "请选择加密方式"));
                }
                if email_of(from)?.is_empty() {
                    return Err(bad("from", "the sender needs an e-mail address", "请填写发件人邮箱"));
                }
            }
            Self::Webhook { url, form, .. } => {
                if Robot::host(url).is_none() {
                    return Err(bad(
                        "url",
                        "the webhook's address must begin with https:// or http://",
                        "机器人地址须以 https:// 或 http:// 开头",
                    ));
                }
                if Form::parse(form).is_none() {
                    return Err(bad(
                        "form",
                        "the form is wecom, dingtalk, feishu or json",
                        "请选择机器人种类",
                    ));
                }
            }
            Self::Partner { base, auth, token_endpoint, client, secret, .. } => {
                let addresses =
                    [("base", base, false), ("auth", auth, true), ("token_endpoint", token_endpoint, true)];
                for (field, address, may_lack) in addresses {
                    let lacks = may_lack && address.is_empty();
                    if !lacks && !Partner::is_address(address) {
                        return Err(bad(
                            field,
                            "a partner's address begins with https:// (http:// on this machine alone) and holds no user and no query",
                            "地址须以 https:// 开头（本机可用 http://），不含用户名和查询参数",
                        ));
                    }
                }
                if client.is_empty() || client.contains(':') || client.chars().any(char::is_control) {
                    return Err(bad(
                        "client",
                        "the client id is missing or holds a colon",
                        "请填写客户端编号，其中不能有冒号",
                    ));
                }
                if secret.is_empty() || secret.chars().any(char::is_control) {
                    return Err(bad(
                        "secret",
                        "the client secret is missing",
                        "请填写客户端密钥；地址或编号改动后要重新填写",
                    ));
                }
            }
        }
        Ok(())
    }

    /// Sends a letter this way; blocks until it is taken.
    pub(super) fn send(&self, letter: &Letter, now_ms: i64) -> Result<(), notify::Error> {
        match self.clone() {
            Self::Smtp { host, port, security, user, password, from } => {
                let security = Security::parse(&security)
                    .ok_or(notify::Error::Invalid("security is tls, starttls or none"))?;
                MailServer { host, port, security, user, password, from }.send(letter)
            }
            Self::Webhook { url, form, secret } => {
                let form = Form::parse(&form)
                    .ok_or(notify::Error::Invalid("the form is wecom, dingtalk, feishu or json"))?;
                Robot { url, form, secret }.send(letter, now_ms)
            }
            Self::Partner { base, auth, token_endpoint, client, secret, .. } => {
                let partner = Partner { base, auth, token_endpoint, client, secret };
                // What a partner would do with a test event is its own affair: that it lets us in is enough.
                if letter.kind == TEST { partner.token().map(drop) } else { partner.send(&letter.body) }
            }
        }
    }
}

/// The settings of a stored hook, secrets included.
pub(super) fn config_of(hook: &Hook) -> Result<HookConfig> {
    serde_json::from_str(&hook.config).map_err(|_| {
        Error::new(Code::StorageCorrupt, format!("the settings of hook {} cannot be read", hook.id))
    })
}

/// True where two spellings name one base address: a source of an event may leave out the scheme (`//host/path`) and name the place of
/// events below it.
pub(crate) fn same_base(one: &str, other: &str) -> bool {
    let bare = |text: &str| {
        let text = text.strip_prefix("https:").or_else(|| text.strip_prefix("http:")).unwrap_or(text);
        let text = text.trim_end_matches('/');
        text.strip_suffix("/3/events").unwrap_or(text).trim_end_matches('/').to_ascii_lowercase()
    };
    bare(one) == bare(other)
}

#[boxed::futures]
impl App {
    /// All hooks.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn hooks(&self, actor: &Actor) -> Result<Vec<HookInfo>> {
        actor.need(Act::Hooks)?;
        let mut out = Vec::new();
        for hook in self.store.hooks().await? {
            let queue = self.store.hook_queue(hook.id).await?;
            let config = config_of(&hook)?.shown();
            let enterprise = match &config {
                HookConfig::Partner { enterprise, .. } => Some(self.enterprise_of(*enterprise).await?.name),
                _ => None,
            };
            out.push(HookInfo {
                config,
                enterprise,
                id: hook.id,
                version: hook.version,
                name: hook.name,
                active: hook.active,
                waiting: u32::try_from(queue.waiting).unwrap_or(u32::MAX),
                failed: u32::try_from(queue.failed).unwrap_or(u32::MAX),
                last_error: queue.last_error,
            });
        }
        Ok(out)
    }

    /// Makes a hook, or changes one (`Some((id, version))`); then an empty secret keeps the stored one, and so does a webhook's
    /// address that is empty or the host alone. Of an enterprise one partner at most has a base address.
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
        actor.need(Act::SaveHook)?;
        let name = name.trim();
        if name.is_empty() || name.chars().count() > 50 {
            return Err(bad("name", "a hook's name has 1 to 50 characters", "名称须为1至50个字"));
        }
        let stored = match at {
            Some((id, _)) => Some(config_of(&self.hook(id).await?)?),
            None => None,
        };
        let config = config.clone().completed(stored);
        config.check()?;
        if let HookConfig::Partner { enterprise, base, .. } = &config {
            let key = self.enterprise_of(*enterprise).await?.key;
            let twin = self.partners_of(&[key]).await?.into_iter().find(|(_, other)| same_base(other, base));
            if twin.is_some_and(|(hook, _)| at.is_none_or(|(id, _)| id != hook.id)) {
                return Err(bad(
                    "base",
                    "this enterprise has a partner at this address already",
                    "这家企业在这个地址已有伙伴",
                ));
            }
        }
        let text = serde_json::to_string(&config).expect("texts always serialise");
        let by = self.by(actor);
        let Some((id, version)) = at else {
            return Ok(self.store.add_hook(config.kind(), name, &text, active, &by).await?);
        };
        let changed =
            Hook { id, version, kind: config.kind().to_owned(), name: name.to_owned(), config: text, active };
        self.store.set_hook(&changed, &by).await?;
        Ok(id)
    }

    /// Removes a hook with its queue.
    ///
    /// # Errors
    /// [`crate::Code::NotFound`]; [`crate::Code::Conflict`].
    pub async fn delete_hook(&self, actor: &Actor, id: i64, version: i64) -> Result<()> {
        actor.need(Act::DeleteHook)?;
        Ok(self.store.delete_hook(id, version, &self.by(actor)).await?)
    }

    /// Sends a test message through a hook now (a mail to `to`) and says what came of it.
    ///
    /// # Errors
    /// [`crate::Code::Output`] with the other side's answer, without secrets.
    pub async fn test_hook(&self, actor: &Actor, id: i64, to: &str) -> Result<()> {
        actor.need(Act::TestHook)?;
        let hook = self.hook(id).await?;
        let to = email_of(to)?;
        if hook.kind == "smtp" && to.is_empty() {
            return Err(bad("to", "say where the test mail goes", "请填写收件人邮箱"));
        }
        let letter = Letter {
            to,
            kind: TEST.to_owned(),
            title: "雨林平台测试消息".to_owned(),
            body: "收到这条消息，说明通知渠道已经接通。".to_owned(),
            link: self.address("/"),
        };
        let sent = self.try_send(config_of(&hook)?, letter).await?;
        let by = self.by(actor);
        let detail = serde_json::json!({ "sent": sent.is_ok() });
        self.store.audit_append(&by, "hook.test", &format!("hook/{id}"), &detail).await?;
        sent.map_err(|error| {
            Error::new(Code::Output, format!("the letter was not taken: {error}"))
                .hint("check the hook's settings and whether this machine reaches the other side")
        })
    }

    /// The newest deliveries.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn outbox(&self, actor: &Actor, limit: u32) -> Result<Vec<Delivery>> {
        actor.need(Act::Outbox)?;
        let letters = self.store.letters(limit.clamp(1, 1000)).await?;
        Ok(letters
            .into_iter()
            .map(|letter| Delivery {
                title: serde_json::from_str::<Letter>(&letter.message).unwrap_or_default().title,
                id: letter.id,
                hook: letter.hook_name,
                state: letter.state,
                attempts: u32::try_from(letter.attempts).unwrap_or(u32::MAX),
                at_ms: letter.at_ms,
                next_ms: letter.next_ms,
                error: letter.error,
            })
            .collect())
    }

    async fn enterprise_of(&self, id: i64) -> Result<Enterprise> {
        match self.store.enterprise_by_id(id).await {
            Ok(found) => Ok(found.value),
            Err(store::Error::NotFound { .. }) => {
                Err(bad("enterprise", "there is no such enterprise", "请选择企业"))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The partners of enterprises (keys) with their base addresses, also those that are not used.
    pub(crate) async fn partners_of(&self, keys: &[String]) -> Result<Vec<(Hook, String)>> {
        let mut out = Vec::new();
        for hook in self.store.hooks().await?.into_iter().filter(|hook| hook.kind == "partner") {
            if let HookConfig::Partner { enterprise, base, .. } = config_of(&hook)?
                && keys.contains(&self.enterprise_of(enterprise).await?.key)
            {
                out.push((hook, base));
            }
        }
        Ok(out)
    }

    async fn hook(&self, id: i64) -> Result<Hook> {
        let hook = self.store.hooks().await?.into_iter().find(|hook| hook.id == id);
        hook.ok_or_else(|| Error::new(Code::NotFound, format!("no hook {id}")))
    }

    /// Puts one mail into the queue, where a mail server is set up; true where it is. For what only its receiver may read.
    pub(crate) async fn mail(&self, letters: &[Letter]) -> Result<bool> {
        let hooks = self.store.hooks().await?;
        let Some(mail) = hooks.into_iter().find(|hook| hook.active && hook.kind == "smtp") else {
            return Ok(false);
        };
        let letters: Vec<_> = letters.iter().map(|letter| (mail.id, written(letter))).collect();
        let nothing = store::NewMessage {
            kind: String::new(),
            title: String::new(),
            body: String::new(),
            link: String::new(),
        };
        self.store.send(&[], &nothing, &letters, &self.by(&Actor::local())).await?;
        Ok(true)
    }
}
