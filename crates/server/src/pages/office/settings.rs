//! `/settings`: the cluster itself, and what the installation is.

use super::show;
use crate::answer::Answer;
use crate::parts::{self, Field};
use crate::viewer::{Posted, Viewer};
use app::{Act, Error, Overview};
use maud::{Markup, html};
use serde::Deserialize;

/// The tabs of the settings.
pub fn tabs(viewer: &Viewer) -> Markup {
    let lang = viewer.lang();
    parts::tabs(
        viewer,
        lang.t("设置"),
        &[
            ("/settings", lang.t("集群"), None),
            ("/settings/hooks", lang.t("通知通道"), None),
            ("/settings/outbox", lang.t("发送队列"), None),
            ("/settings/keep", lang.t("备份与检查"), None),
        ],
    )
}

/// Name and region, as typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Form {
    name: String,
    region: String,
    lang: String,
}

/// `GET /settings`
pub async fn index(viewer: Viewer) -> Answer {
    viewer.actor().need(Act::NameCluster).map_err(|e| viewer.fail(e))?;
    let overview = viewer.app().overview(viewer.actor()).await.map_err(|e| viewer.fail(e))?;
    let lang = viewer.app().lang().await.map_err(|e| viewer.fail(e))?;
    let form = Form { name: overview.cluster.clone(), region: overview.region.clone(), lang };
    Ok(viewer.page(viewer.lang().t("设置"), &body(&viewer, &overview, &form, None)))
}

fn body(viewer: &Viewer, overview: &Overview, form: &Form, error: Option<&Error>) -> Markup {
    let lang = viewer.lang();
    html! {
        h1 { (lang.t("设置")) }
        (tabs(viewer))
        @if overview.demo { div.notice { (lang.t("这是虚构的示例集群。")) } }
        (parts::form_error(lang, error))
        form.card method="post" action="/settings" {
            (viewer.csrf_field())
            (Field::text("name", lang.t("集群名称")).value(&form.name).required().max(80).error_of(error)
                .hint(lang.t("写在每份清单的标题上。")))
            (Field::text("region", lang.t("所在地区")).value(&form.region).required().max(40).error_of(error)
                .hint(lang.t("市或县区的名称或代码，如 吉安市 或 360800。地区之外的企业算外地会员，不计入本地配套。")))
            (Field::select("lang", lang.t("页面语言"), [("zh", "中文"), ("en", "English")]).value(&form.lang).error_of(error)
                .hint(lang.t("给还没有自己选语言的人；每个人可以随时换。")))
            div.actions { button type="submit" { (lang.t("保存")) } }
        }
        section {
            h2 { (lang.t("本机")) }
            (show::facts(&[
                (lang.t("程序版本"), html! { (env!("CARGO_PKG_VERSION")) }),
                (lang.t("数据库"), html! { code { (viewer.app().location()) } " · " (lang.t("布局")) " " (viewer.app().layout()) }),
                (lang.t("地址"), html! { code { (viewer.base) } }),
                (lang.t("安全连接"), html! {
                    @if viewer.site.options.secure { (parts::tag("good", "TLS")) }
                    @else { (parts::tag("warn", lang.t("没有 TLS"))) " " span.soft { (lang.t("在内网之外使用时，请用 yulin serve --tls-cert 或反向代理。")) } }
                }),
                (lang.t("运行状况"), html! {
                    a href="/health" { "/health" } " · " a href="/ready" { "/ready" } " · " a href="/metrics" { "/metrics" }
                    " " span.soft { (lang.t("供监控系统读取")) }
                }),
                (lang.t("接口"), html! { a href="/api/docs" { (lang.t("接口文档")) } " · " a href="/visibility" { (lang.t("谁能看到哪些字段")) } }),
            ]))
        }
    }
}

/// `POST /settings`
pub async fn save(Posted { viewer, form, .. }: Posted<Form>) -> Answer {
    let lang = viewer.lang();
    let named = viewer.app().name_cluster(viewer.actor(), form.name.trim(), form.region.trim()).await;
    let saved = match named {
        Ok(()) => viewer.app().set_lang(viewer.actor(), &form.lang).await,
        Err(error) => Err(error),
    };
    match saved {
        Ok(()) => {
            viewer.site.refresh().await;
            Ok(viewer.go_with("/settings", lang.t("已保存")))
        }
        Err(error) => {
            let error = lang.said(error);
            let overview = viewer.app().overview(viewer.actor()).await.map_err(|e| viewer.fail(e))?;
            let page = body(&viewer, &overview, &form, Some(&error));
            Ok(viewer.refused(&error, lang.t("设置"), &page))
        }
    }
}
