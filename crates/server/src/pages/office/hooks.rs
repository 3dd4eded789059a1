//! `/settings/hooks`: how notices leave the platform, and `/settings/outbox`: what waits to go.

use super::picker::Picker;
use super::{settings, show};
use crate::answer::Answer;
use crate::parts::{self, Field};
use crate::viewer::{Posted, Viewer};
use crate::words::Lang;
use app::{Act, Code, Delivery, Error, HookConfig, HookInfo};
use axum::extract::Path;
use maud::{Markup, html};
use serde::Deserialize;

/// Deliveries shown.
const DELIVERIES: u32 = 200;

/// Forms of a webhook's body: the word and its name.
const FORMS: [(&str, &str); 4] = [
    ("wecom", "企业微信群机器人"),
    ("dingtalk", "钉钉群机器人"),
    ("feishu", "飞书群机器人"),
    ("json", "通用 JSON"),
];

/// `GET /settings/hooks`
pub async fn index(viewer: Viewer) -> Answer {
    let hooks = viewer.app().hooks(viewer.actor()).await.map_err(|e| viewer.fail(e))?;
    let lang = viewer.lang();
    let body = html! {
        div.head {
            h1 { (lang.t("设置")) }
            div.actions {
                a.button.quiet href="/settings/hooks/new?kind=webhook" { (lang.t("添加群机器人")) }
                a.button.quiet href="/settings/hooks/new?kind=smtp" { (lang.t("添加邮件服务器")) }
                a.button.quiet href="/settings/hooks/new?kind=partner" { (lang.t("添加碳足迹伙伴")) }
            }
        }
        (settings::tabs(&viewer))
        p.soft { (lang.t("每条消息都进收件箱；通道再把标题和链接送到邮件或群里。密码、电话、价格不会出现在消息里。断网时消息留在队列，恢复后补发。")) }
        @if hooks.is_empty() {
            (parts::empty(lang.t("还没有通知通道"), lang.t("没有通道也能用：消息都在收件箱。需要时添加邮件服务器，企业微信、钉钉、飞书的群机器人，或按 PACT 交换碳足迹的伙伴。")))
        } @else {
            (parts::scroll(lang.t("通知通道"), &table(lang, &hooks)))
        }
    };
    Ok(viewer.page(lang.t("通知通道"), &body))
}

/// What a hook is, in words, and where it leads.
fn kind(lang: Lang, hook: &HookInfo) -> (String, String) {
    match &hook.config {
        HookConfig::Smtp { host, port, .. } => (lang.t("邮件服务器").to_owned(), format!("{host}:{port}")),
        HookConfig::Webhook { url, form, .. } => {
            let name = FORMS.iter().find(|(word, _)| word == form).map_or("Webhook", |(_, zh)| lang.t(zh));
            (name.to_owned(), url.clone())
        }
        HookConfig::Partner { base, .. } => {
            let firm = hook.enterprise.as_deref().unwrap_or("");
            (lang.t("碳足迹伙伴").to_owned(), format!("{firm} {base}"))
        }
    }
}

fn table(lang: Lang, hooks: &[HookInfo]) -> Markup {
    html! {
        table.cards {
            thead { tr {
                th { (lang.t("名称")) }
                th { (lang.t("种类")) }
                th { (lang.t("去向")) }
                th { (lang.t("状态")) }
                th.n { (lang.t("等待")) }
                th.n { (lang.t("失败")) }
                th { (lang.t("最近的错误")) }
            } }
            tbody {
                @for hook in hooks {
                    @let (kind, to) = kind(lang, hook);
                    tr {
                        td.t data-label=(lang.t("名称")) { a href={ "/settings/hooks/" (hook.id) } { (hook.name) } }
                        td data-label=(lang.t("种类")) { (kind) }
                        td.w data-label=(lang.t("去向")) { (to) }
                        td data-label=(lang.t("状态")) {
                            @if hook.active { (parts::tag("good", lang.t("启用"))) } @else { (parts::tag("quiet", lang.t("停用"))) }
                        }
                        td.n data-label=(lang.t("等待")) { (hook.waiting) }
                        td.n data-label=(lang.t("失败")) { (hook.failed) }
                        td.w data-label=(lang.t("最近的错误")) { (hook.last_error.as_deref().unwrap_or("")) }
                    }
                }
            }
        }
    }
}

/// A hook, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Form {
    kind: String,
    version: i64,
    name: String,
    active: Option<String>,
    host: String,
    port: String,
    security: String,
    user: String,
    password: String,
    from: String,
    url: String,
    form: String,
    secret: String,
    base: String,
    auth: String,
    token_endpoint: String,
    client: String,
    find: String,
}

impl Form {
    fn fresh(kind: &str) -> Self {
        let kind = if ["smtp", "partner"].contains(&kind) { kind } else { "webhook" }.to_owned();
        Self {
            kind,
            active: Some("true".to_owned()),
            port: "465".to_owned(),
            security: "tls".to_owned(),
            form: "wecom".to_owned(),
            ..Self::default()
        }
    }

    fn of(hook: &HookInfo) -> Self {
        let base = Self {
            version: hook.version,
            name: hook.name.clone(),
            active: hook.active.then(|| "true".to_owned()),
            ..Self::default()
        };
        match hook.config.clone() {
            HookConfig::Smtp { host, port, security, user, password: _, from } => {
                Self { kind: "smtp".to_owned(), host, port: port.to_string(), security, user, from, ..base }
            }
            // The address is a secret: it is typed anew, or left as it is.
            HookConfig::Webhook { url: _, form, secret: _ } => {
                Self { kind: "webhook".to_owned(), form, ..base }
            }
            HookConfig::Partner { enterprise: _, base: address, auth, token_endpoint, client, secret: _ } => {
                Self { kind: "partner".to_owned(), base: address, auth, token_endpoint, client, ..base }
            }
        }
    }

    fn config(&self, lang: Lang, enterprise: i64) -> Result<HookConfig, Error> {
        if self.kind == "partner" {
            let trimmed = |text: &str| text.trim().to_owned();
            return Ok(HookConfig::Partner {
                enterprise,
                base: trimmed(&self.base),
                auth: trimmed(&self.auth),
                token_endpoint: trimmed(&self.token_endpoint),
                client: trimmed(&self.client),
                secret: trimmed(&self.secret),
            });
        }
        if self.kind != "smtp" {
            return Ok(HookConfig::Webhook {
                url: self.url.trim().to_owned(),
                form: self.form.clone(),
                secret: self.secret.trim().to_owned(),
            });
        }
        let port = self.port.trim().parse().map_err(|_| {
            let mut error = Error::new(Code::BadInput, lang.t("通道没有保存"));
            error
                .fields
                .push(("port".to_owned(), lang.t("端口是1到65535的整数，一般是465、587或25").to_owned()));
            error
        })?;
        Ok(HookConfig::Smtp {
            host: self.host.trim().to_owned(),
            port,
            security: self.security.clone(),
            user: self.user.trim().to_owned(),
            password: self.password.clone(),
            from: self.from.trim().to_owned(),
        })
    }

    /// What was typed comes back, but no secret: it would stand in the page's source.
    fn without_secrets(&self) -> Self {
        Self { password: String::new(), secret: String::new(), url: String::new(), ..self.clone() }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Ask {
    kind: String,
}

/// `GET /settings/hooks/new?kind=smtp|webhook`
pub async fn new(viewer: Viewer) -> Answer {
    viewer.actor().need(Act::SaveHook).map_err(|e| viewer.fail(e))?;
    let form = Form::fresh(&viewer.query::<Ask>().kind);
    Ok(viewer.page(title(viewer.lang(), &form), &edit(&viewer, None, &form, &Picker::default(), None)))
}

fn title(lang: Lang, form: &Form) -> &'static str {
    lang.t(match form.kind.as_str() {
        "smtp" => "邮件服务器",
        "partner" => "碳足迹伙伴",
        _ => "群机器人",
    })
}

/// The enterprise of a partner.
fn picker(hook: &HookInfo) -> Picker {
    match (&hook.config, &hook.enterprise) {
        (HookConfig::Partner { enterprise, .. }, Some(name)) => {
            Picker::one(Some((*enterprise, name.clone())))
        }
        _ => Picker::default(),
    }
}

async fn hook(viewer: &Viewer, id: i64) -> Result<HookInfo, crate::answer::Failure> {
    let hooks = viewer.app().hooks(viewer.actor()).await.map_err(|e| viewer.fail(e))?;
    hooks.into_iter().find(|hook| hook.id == id).ok_or_else(|| viewer.nowhere())
}

/// The hook that a form changes; none where it makes one.
async fn known(viewer: &Viewer, id: Option<i64>) -> Result<Option<HookInfo>, crate::answer::Failure> {
    match id {
        Some(id) => hook(viewer, id).await.map(Some),
        None => Ok(None),
    }
}

/// `GET /settings/hooks/{id}`
pub async fn page(Path(id): Path<i64>, viewer: Viewer) -> Answer {
    let hook = hook(&viewer, id).await?;
    Ok(viewer.page(&hook.name, &edit(&viewer, Some(&hook), &Form::of(&hook), &picker(&hook), None)))
}

fn edit(
    viewer: &Viewer,
    hook: Option<&HookInfo>,
    form: &Form,
    picker: &Picker,
    error: Option<&Error>,
) -> Markup {
    let lang = viewer.lang();
    let here = hook.map_or(title(lang, form), |hook| hook.name.as_str());
    let action =
        hook.map_or_else(|| "/settings/hooks".to_owned(), |hook| format!("/settings/hooks/{}", hook.id));
    html! {
        (parts::crumbs(lang, &[("/settings", lang.t("设置")), ("/settings/hooks", lang.t("通知通道"))], here))
        h1 { (here) }
        (parts::form_error(lang, error))
        form.card method="post" action=(action) autocomplete="off" {
            (viewer.csrf_field())
            input type="hidden" name="kind" value=(form.kind);
            input type="hidden" name="version" value=(form.version);
            (Field::text("name", lang.t("名称")).value(&form.name).required().max(64).error_of(error)
                .hint(lang.t("写给管理员看，如：联盟通知群")))
            @match form.kind.as_str() {
                "smtp" => (smtp(lang, hook, form, error)),
                "partner" => (partner(lang, hook, form, picker, error)),
                _ => (webhook(lang, hook, form, error)),
            }
            (Field::check("active", lang.t("启用"), form.active.is_some()))
            div.actions {
                button type="submit" { (lang.t("保存")) }
                a.button.quiet href="/settings/hooks" { (lang.t("返回")) }
            }
        }
        @if let Some(hook) = hook {
            section {
                h2 { (lang.t("测试")) }
                form.card method="post" action={ "/settings/hooks/" (hook.id) "/test" } {
                    (viewer.csrf_field())
                    @if form.kind == "smtp" {
                        (Field::typed("email", "to", lang.t("测试邮件发到")).required().max(200))
                    }
                    div.actions { button.quiet type="submit" {
                        @if form.kind == "partner" { (lang.t("向伙伴取一次令牌")) } @else { (lang.t("发一条测试消息")) }
                    } }
                }
            }
            section {
                h2 { (lang.t("删除")) }
                p { (lang.t("通道和它队列里没有发出的消息一起删除；收件箱里的消息还在。")) }
                form.inline method="post" action={ "/settings/hooks/" (hook.id) "/delete" } data-confirm=(lang.t("确定删除这个通道吗？")) {
                    (viewer.csrf_field())
                    input type="hidden" name="version" value=(hook.version);
                    button.danger type="submit" { (lang.t("删除通道")) }
                }
            }
        }
    }
}

fn smtp(lang: Lang, hook: Option<&HookInfo>, form: &Form, error: Option<&Error>) -> Markup {
    let security = [("tls", "TLS"), ("starttls", "STARTTLS"), ("none", lang.t("不加密（只限本机或内网）"))];
    let keep = if hook.is_some() {
        lang.t("不填就沿用已保存的")
    } else {
        lang.t("不需要登录的服务器不填")
    };
    html! {
        (Field::text("host", lang.t("服务器")).value(&form.host).required().max(200).error_of(error).hint("smtp.example.com"))
        (Field::typed("number", "port", lang.t("端口")).value(&form.port).required().error_of(error))
        (Field::select("security", lang.t("加密"), security).value(&form.security).error_of(error))
        (Field::text("user", lang.t("用户名")).value(&form.user).max(200).autocomplete("off").error_of(error))
        (Field::typed("password", "password", lang.t("密码")).max(200).autocomplete("new-password").error_of(error).hint(keep))
        (Field::typed("email", "from", lang.t("发件人")).value(&form.from).required().max(200).error_of(error))
    }
}

fn webhook(lang: Lang, hook: Option<&HookInfo>, form: &Form, error: Option<&Error>) -> Markup {
    let forms = FORMS.map(|(word, zh)| (word, lang.t(zh)));
    let host = hook.and_then(|hook| match &hook.config {
        HookConfig::Webhook { url, .. } => Some(url.as_str()),
        _ => None,
    });
    let kept = host.map(|host| format!("{} {host}", lang.t("不填就沿用已保存的地址：")));
    let hint = kept
        .as_deref()
        .unwrap_or(lang.t("在群里添加机器人后得到的 https 地址。地址里有密钥，保存后不再显示。"));
    let url = Field::typed("url", "url", lang.t("机器人地址"))
        .value(&form.url)
        .max(1000)
        .autocomplete("off")
        .error_of(error)
        .hint(hint);
    html! {
        (Field::select("form", lang.t("种类"), forms).value(&form.form).error_of(error))
        @if hook.is_some() { (url) } @else { (url.required()) }
        (Field::typed("password", "secret", lang.t("签名密钥")).max(200).autocomplete("new-password").error_of(error)
            .hint(lang.t("钉钉和飞书选了“加签”时才填；修改时不填就沿用已保存的。")))
    }
}

fn partner(
    lang: Lang,
    hook: Option<&HookInfo>,
    form: &Form,
    picker: &Picker,
    error: Option<&Error>,
) -> Markup {
    let keep = if hook.is_some() {
        lang.t("地址和编号都不改时，不填就沿用已保存的")
    } else {
        lang.t("伙伴给我方的密钥，保存后不再显示")
    };
    let address = |name, label, value| {
        Field::typed("url", name, label).value(value).max(500).autocomplete("off").error_of(error)
    };
    html! {
        p.soft { (lang.t("伙伴用它的账号令牌向 /pact/3/events 请求碳足迹，答复只送到这里登记的地址：先向它的令牌端点取令牌，再送出；送不到就留在队列。")) }
        (picker.markup(lang, lang.t("伙伴的企业（只答复这家企业账号的请求）")))
        @if let Some(words) = parts::wrong(error, "enterprise") { p.failure { (words) } }
        (address("base", lang.t("接口地址"), &form.base).required()
            .hint(lang.t("其下有 /3/events，请求的 source 要写它，如 https://pact.example.com")))
        (address("auth", lang.t("认证地址"), &form.auth)
            .hint(lang.t("其下有 /.well-known/openid-configuration 或 /auth/token；与接口地址相同时不填")))
        (address("token_endpoint", lang.t("令牌端点"), &form.token_endpoint)
            .hint(lang.t("只在令牌端点位于另一台主机时填写完整地址")))
        (Field::text("client", lang.t("客户端编号")).value(&form.client).required().max(200).autocomplete("off").error_of(error))
        (Field::typed("password", "secret", lang.t("客户端密钥")).max(500).autocomplete("new-password").error_of(error).hint(keep))
    }
}

/// `POST /settings/hooks`
pub async fn create(posted: Posted<Form>) -> Answer {
    save(None, posted).await
}

/// `POST /settings/hooks/{id}`
pub async fn change(Path(id): Path<i64>, posted: Posted<Form>) -> Answer {
    save(Some(id), posted).await
}

async fn save(id: Option<i64>, Posted { viewer, form, fields }: Posted<Form>) -> Answer {
    let lang = viewer.lang();
    let picker = Picker::read(false, &fields);
    if !form.find.is_empty() {
        viewer.actor().need(Act::SaveHook).map_err(|e| viewer.fail(e))?;
        let hook = known(&viewer, id).await?;
        let picker = picker.find(&viewer).await.map_err(|e| viewer.fail(e))?;
        let page = edit(&viewer, hook.as_ref(), &form.without_secrets(), &picker, None);
        return Ok(viewer.page(title(lang, &form), &page));
    }
    let saved = match form.config(lang, picker.ids().first().copied().unwrap_or(0)) {
        Ok(config) => {
            let at = id.map(|id| (id, form.version));
            viewer.app().save_hook(viewer.actor(), at, form.name.trim(), &config, form.active.is_some()).await
        }
        Err(error) => Err(error),
    };
    match saved {
        Ok(id) => {
            let note = match form.kind.as_str() {
                "partner" => lang.t("已保存，向伙伴取一次令牌试试"),
                _ => lang.t("已保存，发一条测试消息试试"),
            };
            Ok(viewer.go_with(&format!("/settings/hooks/{id}"), note))
        }
        Err(error) => {
            let error = lang.said(error);
            let hook = known(&viewer, id).await?;
            let form = form.without_secrets();
            let page = edit(&viewer, hook.as_ref(), &form, &picker, Some(&error));
            Ok(viewer.refused(&error, title(lang, &form), &page))
        }
    }
}

/// Where a test mail goes.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Test {
    to: String,
}

/// `POST /settings/hooks/{id}/test`
pub async fn test(Path(id): Path<i64>, Posted { viewer, form, .. }: Posted<Test>) -> Answer {
    let lang = viewer.lang();
    match viewer.app().test_hook(viewer.actor(), id, form.to.trim()).await {
        Ok(()) => {
            Ok(viewer
                .go_with(&format!("/settings/hooks/{id}"), lang.t("测试成功：消息已送到，或伙伴给了令牌")))
        }
        Err(error) if error.code == Code::Output => {
            let hook = hook(&viewer, id).await?;
            let error = Error { fields: Vec::new(), ..lang.said(error) }
                .hint(lang.t("核对地址、端口和密码；本机要能连到那个地址。"));
            let page = edit(&viewer, Some(&hook), &Form::of(&hook), &picker(&hook), Some(&error));
            Ok(viewer.page(&hook.name, &page))
        }
        Err(error) => Err(viewer.fail(error)),
    }
}

/// Which version is deleted.
#[derive(Debug, Deserialize)]
pub struct Delete {
    version: i64,
}

/// `POST /settings/hooks/{id}/delete`
pub async fn delete(Path(id): Path<i64>, Posted { viewer, form, .. }: Posted<Delete>) -> Answer {
    viewer.app().delete_hook(viewer.actor(), id, form.version).await.map_err(|e| viewer.fail(e))?;
    Ok(viewer.go_with("/settings/hooks", viewer.lang().t("通道已删除")))
}

/// `GET /settings/outbox`
pub async fn outbox(viewer: Viewer) -> Answer {
    let rows = viewer.app().outbox(viewer.actor(), DELIVERIES).await.map_err(|e| viewer.fail(e))?;
    let lang = viewer.lang();
    let body = html! {
        h1 { (lang.t("设置")) }
        (settings::tabs(&viewer))
        p.soft { (lang.t("发不出的消息会自动重试，间隔从1分钟加倍到6小时，12次后记为失败。")) }
        @if rows.is_empty() {
            (parts::empty(lang.t("队列是空的"), lang.t("有消息经通道发出时，这里看得到它们的去向。")))
        } @else {
            (parts::scroll(lang.t("发送队列"), &deliveries(lang, &rows)))
        }
    };
    Ok(viewer.page(lang.t("发送队列"), &body))
}

fn deliveries(lang: Lang, rows: &[Delivery]) -> Markup {
    html! {
        table.cards {
            thead { tr {
                th { (lang.t("进队")) }
                th { (lang.t("通道")) }
                th { (lang.t("标题")) }
                th { (lang.t("状态")) }
                th.n { (lang.t("次数")) }
                th { (lang.t("下次")) }
                th { (lang.t("错误")) }
            } }
            tbody {
                @for row in rows {
                    tr {
                        td data-label=(lang.t("进队")) { (show::moment(row.at_ms)) }
                        td data-label=(lang.t("通道")) { (row.hook) }
                        td.t data-label=(lang.t("标题")) { (row.title) }
                        td data-label=(lang.t("状态")) {
                            @match row.state.as_str() {
                                "sent" => (parts::tag("good", lang.t("已送出"))),
                                "failed" => (parts::tag("bad", lang.t("失败"))),
                                _ => (parts::tag("info", lang.t("等待"))),
                            }
                        }
                        td.n data-label=(lang.t("次数")) { (row.attempts) }
                        td data-label=(lang.t("下次")) { @if row.state == "waiting" { (show::moment(row.next_ms)) } }
                        td.w data-label=(lang.t("错误")) { (row.error.as_deref().unwrap_or("")) }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edited_hook_sends_no_secret_to_the_page() {
        let hook = HookInfo {
            id: 1,
            version: 3,
            name: "群".to_owned(),
            config: HookConfig::Webhook {
                url: "qyapi.example".to_owned(),
                form: "wecom".to_owned(),
                secret: String::new(),
            },
            enterprise: None,
            active: true,
            waiting: 0,
            failed: 0,
            last_error: None,
        };
        let form = Form::of(&hook);
        assert_eq!((form.url.as_str(), form.secret.as_str(), form.version), ("", "", 3));
        // Sent back as it is, it keeps what is stored.
        let HookConfig::Webhook { url, form, .. } = form.config(Lang::Zh, 0).unwrap() else {
            panic!("a webhook")
        };
        assert_eq!((url.as_str(), form.as_str()), ("", "wecom"));
    }

    #[test]
    fn a_port_that_is_none_names_its_field() {
        let form = Form { kind: "smtp".to_owned(), port: "70000".to_owned(), ..Form::default() };
        assert_eq!(form.config(Lang::Zh, 0).unwrap_err().fields[0].0, "port");
    }
}
