//! `/settings/keep`: a backup to take away, and a check of everything that is stored.

use super::held::Held;
use super::settings;
use crate::answer::Answer;
use crate::backup::Backup;
use crate::jobs::Done;
use crate::pages::desk::job;
use crate::parts;
use crate::viewer::{Posted, Viewer};
use app::{Act, Code, Error, Health};
use axum::Extension;
use axum::extract::Path;
use maud::{Markup, html};
use serde::Deserialize;

/// What waits here.
#[derive(Debug, Clone, Default)]
pub struct Results {
    backups: Held<Backup>,
    checks: Held<Health>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Ask {
    backup: String,
    check: String,
}

/// `GET /settings/keep`
pub async fn page(Extension(results): Extension<Results>, viewer: Viewer) -> Answer {
    viewer.actor().need(Act::Backup).map_err(|e| viewer.fail(e))?;
    let ask: Ask = viewer.query();
    let health = results.checks.take(&viewer.session, &ask.check);
    let ready = results.backups.has(&viewer.session, &ask.backup).then_some(ask.backup.as_str());
    Ok(viewer.page(viewer.lang().t("备份与检查"), &body(&viewer, ready, health.as_ref())))
}

fn body(viewer: &Viewer, ready: Option<&str>, health: Option<&Health>) -> Markup {
    let lang = viewer.lang();
    html! {
        h1 { (lang.t("设置")) }
        (settings::tabs(viewer))
        section {
            h2 { (lang.t("备份")) }
            p { (lang.t("一个文件装下全部数据：企业、需求、供给、清单、账号、审计。可以恢复到 SQLite，也可以恢复到 PostgreSQL。备份期间照常使用。")) }
            p.notice { (lang.t("备份里有全部保密内容和密码的散列：存放在只有管理员能进入的地方。下载会记入审计。")) }
            @if let Some(word) = ready {
                div.notice.done role="status" {
                    (lang.t("备份已做好，15分钟内下载一次。")) " "
                    a.button href={ "/settings/backup/" (word) } download { (lang.t("下载备份")) }
                }
            } @else {
                (parts::post_button(viewer, "/settings/backup", "", lang.t("做一份备份"), None))
            }
            p.soft { (lang.t("每天自动备份请在服务器上定时运行：")) " " code { "yulin backup /srv/backup/yulin-$(date +%F).yulin" } }
        }
        section {
            h2 { (lang.t("恢复")) }
            p { (lang.t("恢复会替换整个数据库，包括账号和正在使用的登录，所以不在网页上做，只在服务器上用命令做：先停服务，先验证备份，再替换。")) }
            pre.code tabindex="0" { "systemctl stop yulin\nyulin restore /srv/backup/yulin-2026-11-22.yulin --force\nyulin check\nsystemctl start yulin" }
        }
        section {
            h2 { (lang.t("检查")) }
            p { (lang.t("核对数据库完整性、审计链、每份清单的哈希和每条记录的哈希。数据多时要等一会儿。")) }
            (parts::post_button(viewer, "/settings/check", "quiet", lang.t("开始检查"), None))
            @if let Some(health) = health { (found(viewer, health)) }
        }
    }
}

fn found(viewer: &Viewer, health: &Health) -> Markup {
    let lang = viewer.lang();
    html! {
        @if health.faults.is_empty() {
            div.notice.done role="status" { "✓ " (lang.t("一切完好")) }
        } @else {
            div.failure role="alert" {
                p { strong { "✗ " (lang.t("发现问题")) " " (health.faults.len()) } }
                ul { @for fault in &health.faults { li { (fault) } } }
                p { (lang.t("请保留现在的数据库文件，用最近的完好备份恢复到另一处，再比较。")) }
            }
        }
        details {
            summary { (lang.t("核对了什么")) " " (health.passed.len()) }
            ul.plain { @for line in &health.passed { li { code { (line) } } } }
        }
    }
}

/// `POST /settings/check`: checks everything, as a job.
pub async fn check(
    Extension(results): Extension<Results>,
    Posted { viewer, .. }: Posted<super::person::Nothing>,
) -> Answer {
    let (app, actor, session) = (viewer.site.app.clone(), viewer.actor().clone(), viewer.session.clone());
    job::begin(&viewer, app::Act::Check, "检查", "/settings/keep", move |_| async move {
        let health = app.check(&actor).await?;
        let path = format!("/settings/keep?check={}", results.checks.put(&session, health));
        Ok(Done { path, note: String::new() })
    })
    .await
}

/// `POST /settings/backup`: writes a backup into a folder of its own, as a job.
pub async fn make(
    Extension(results): Extension<Results>,
    Posted { viewer, .. }: Posted<super::person::Nothing>,
) -> Answer {
    let (app, actor, session) = (viewer.site.app.clone(), viewer.actor().clone(), viewer.session.clone());
    job::begin(&viewer, app::Act::Backup, "备份", "/settings/keep", move |teller| async move {
        let backup =
            Backup::make(&app, &actor, &|stage, done, total| teller.tell(stage, done, total)).await?;
        let path = format!("/settings/keep?backup={}", results.backups.put(&session, backup));
        Ok(Done { path, note: String::new() })
    })
    .await
}

/// `GET /settings/backup/{word}`: sends a backup, once; its folder goes with the last byte.
pub async fn take(
    Path(word): Path<String>,
    Extension(results): Extension<Results>,
    viewer: Viewer,
) -> Answer {
    viewer.actor().need(Act::Backup).map_err(|e| viewer.fail(e))?;
    let Some(backup) = results.backups.take(&viewer.session, &word) else {
        let error = Error::new(Code::NotFound, viewer.lang().t("这份备份已经下载过，或已过期"));
        return Err(viewer.fail(error.hint(viewer.lang().t("重新做一份。"))));
    };
    backup.send(viewer.app().now_ms()).map_err(|e| viewer.fail(e))
}
