//! `/settings/hooks`: how notices leave the platform, and `/settings/outbox`: what waits to go.

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
            }
        }
        (settings::tabs(&viewer))
        p.soft { (lang.t("每条消息都进收件箱；通道再把标题和链接送到邮件或群里。密码、电话、价格不会出现在消息里。断网时消息留在队列，恢复后补发。")) }
        @if hooks.is_empty() {
            (parts::empty(lang.t("还没有通知通道"), lang.t("没有通道也能用：消息都在收件箱。需要时添加邮件服务器，或企业微信、钉钉、飞书的群机器人。")))
        } @else {
            (parts::scroll(lang.t("通知通道"), &table(lang, &hooks)))
        }
    };
    Ok(viewer.page(lang.t("通知通道"), &body))
}

/// What a hook is, in words, and where it leads.
fn kind(lang: Lang, config: &HookConfig) -> (String, String) {
    match config {
        HookConfig::Smtp { host, port, .. } => (lang.t("邮件服务器").to_owned(), format!("{host}:{port}")),
        HookConfig::Webhook { url, form, .. } => {
            let name = FORMS.iter().find(|(word, _)| word == form).map_or("Webhook", |(_, zh)| lang.t(zh));
            (name.to_owned(), url.clone())
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
                    @let (kind, to) = kind(lang, &hook.config);
                    tr {
                        td.t data-label=(lang.t("名称")) { a href={ "/settings/hooks/" (hook.id) } { (hook.name) } }
                        td data-label=(lang.t("种类")) { (kind) }
                        td data-label=(lang.t("去向")) { (to) }
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
}

impl Form {
    fn fresh(kind: &str) -> Self {
        let kind = if kind == "smtp" { "smtp" } else { "webhook" }.to_owned();
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
        }
    }

    fn config(&self, lang: Lang) -> Result<HookConfig, Error> {
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
    Ok(viewer.page(title(viewer.lang(), &form), &edit(&viewer, None, &form, None)))
}

fn title(lang: Lang, form: &Form) -> &'static str {
    if form.kind == "smtp" { lang.t("邮件服务器") } else { lang.t("群机器人") }
}

async fn hook(viewer: &Viewer, id: i64) -> Result<HookInfo, crate::answer::Failure> {
    let hooks = viewer.app().hooks(viewer.actor()).await.map_err(|e| viewer.fail(e))?;
    hooks.into_iter().find(|hook| hook.id == id).ok_or_else(|| viewer.nowhere())
}

/// `GET /settings/hooks/{id}`
pub async fn page(Path(id): Path<i64>, viewer: Viewer) -> Answer {
    let hook = hook(&viewer, id).await?;
    Ok(viewer.page(&hook.name, &edit(&viewer, Some(&hook), &Form::of(&hook), None)))
}

fn edit(viewer: &Viewer, hook: Option<&HookInfo>, form: &Form, error: Option<&Error>) -> Markup {
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
            @if form.kind == "smtp" { (smtp(lang, hook, form, error)) } @else { (webhook(lang, hook, form, error)) }
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
                    div.actions { button.quiet type="submit" { (lang.t("发一条测试消息")) } }
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
        HookConfig::Smtp { .. } => None,
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

/// `POST /settings/hooks`
pub async fn create(posted: Posted<Form>) -> Answer {
    save(None, posted).await
}

/// `POST /settings/hooks/{id}`
pub async fn change(Path(id): Path<i64>, posted: Posted<Form>) -> Answer {
    save(Some(id), posted).await
}

async fn save(id: Option<i64>, Posted { viewer, form, .. }: Posted<Form>) -> Answer {
    let lang = viewer.lang();
    let saved = match form.config(lang) {
        Ok(config) => {
            let at = id.map(|id| (id, form.version));
            viewer.app().save_hook(viewer.actor(), at, form.name.trim(), &config, form.active.is_some()).await
        }
        Err(error) => Err(error),
    };
    match saved {
        Ok(id) => Ok(viewer.go_with(&format!("/settings/hooks/{id}"), lang.t("已保存，发一条测试消息试试"))),
        Err(error) => {
            let error = lang.said(error);
            let hook = match id {
                Some(id) => Some(hook(&viewer, id).await?),
                None => None,
            };
            // What was typed comes back, but no secret: it would stand in the page's source.
            let form = Form { password: String::new(), secret: String::new(), url: String::new(), ..form };
            let page = edit(&viewer, hook.as_ref(), &form, Some(&error));
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
            Ok(viewer.go_with(&format!("/settings/hooks/{id}"), lang.t("测试消息已送出，请到那一边看看")))
        }
        Err(error) if error.code == Code::Output => {
            let hook = hook(&viewer, id).await?;
            let error = Error { fields: Vec::new(), ..lang.said(error) }
                .hint(lang.t("核对地址、端口和密码；本机要能连到那个地址。"));
            Ok(viewer.page(&hook.name, &edit(&viewer, Some(&hook), &Form::of(&hook), Some(&error))))
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
            active: true,
            waiting: 0,
            failed: 0,
            last_error: None,
        };
        let form = Form::of(&hook);
        assert_eq!((form.url.as_str(), form.secret.as_str(), form.version), ("", "", 3));
        // Sent back as it is, it keeps what is stored.
        let HookConfig::Webhook { url, form, .. } = form.config(Lang::Zh).unwrap() else {
            panic!("a webhook")
        };
        assert_eq!((url.as_str(), form.as_str()), ("", "wecom"));
    }

    #[test]
    fn a_port_that_is_none_names_its_field() {
        let form = Form { kind: "smtp".to_owned(), port: "70000".to_owned(), ..Form::default() };
        assert_eq!(form.config(Lang::Zh).unwrap_err().fields[0].0, "port");
    }
}
