//! A new inspection: frames to be measured now, or the folder of one that was finished elsewhere.

use super::recipes::enterprises;
use crate::answer::Answer;
use crate::jobs::{Done, Teller};
use crate::pages::desk::job;
use crate::parts::{Field, crumbs, empty_to};
use crate::viewer::{Uploaded, Viewer};
use app::{Act, InputFile, NewInspection};
use maud::{Markup, html};

/// `GET /inspections/new`
pub async fn new(viewer: Viewer) -> Answer {
    viewer.actor().need(Act::RecordInspection).map_err(|e| viewer.fail(e))?;
    let lang = viewer.lang();
    let recipes = viewer.app().recipes(viewer.actor()).await.map_err(|e| viewer.fail(e))?;
    let options: Vec<(String, String)> = recipes
        .iter()
        .map(|r| {
            (
                r.id.to_string(),
                format!("{} · {} {} · {}", r.name, lang.t("版本"), r.version, r.enterprise.name),
            )
        })
        .collect();
    let firms = enterprises(&viewer).await?;
    let hint =
        format!("{} {} MB", lang.t("一次可选多个文件，合计不超过"), viewer.site.options.body_max >> 20);
    let body = html! {
        (crumbs(lang, &[("/inspections", lang.t("检测"))], lang.t("新的检测")))
        h1 { (lang.t("新的检测")) }
        h2 { (lang.t("上传画面，现在检测")) }
        @if options.is_empty() {
            (empty_to(lang.t("还没有检测方案"), lang.t("先写一个方案：灯珠间距、直径、行列数和允许偏移。"), "/inspections/recipes/new", lang.t("新的方案")))
        } @else {
            form.card method="post" action="/inspections/frames" enctype="multipart/form-data" {
                (viewer.csrf_field())
                (Field::text("name", lang.t("名称")).required().max(80).hint(lang.t("批次号或日期，同一企业内不重复")))
                (Field::select("recipe", lang.t("检测方案"), options).required())
                (files_field(lang.t("画面"), "frames", ".png,.tif,.tiff,.bmp,.raw,.pgm,.ppm,.avi", &hint))
                div.actions { button type="submit" { (lang.t("检测")) } }
            }
        }
        h2 { (lang.t("上传做完的检测")) }
        form.card method="post" action="/inspections/folder" enctype="multipart/form-data" {
            (viewer.csrf_field())
            @if !firms.is_empty() { (Field::select("enterprise", lang.t("企业"), firms).required()) }
            (Field::text("name", lang.t("名称")).of("folder").required().max(80))
            (files_field(lang.t("检测输出的文件"), "folder", "", &hint))
            p.hint { (lang.t("要有 summary.json、frames.csv、beads.bin 或 beads.csv，以及方案的 .toml；数值按灯珠重新计算，不一致则退回。")) }
            div.actions { button type="submit" { (lang.t("存档")) } }
        }
        h2 { (lang.t("产线实时检测")) }
        pre.recipe { "yulin inspect watch DIR --recipe panel.toml --run NAME --enterprise FIRM --db yulin.db" }
    };
    Ok(viewer.page(lang.t("新的检测"), &body))
}

fn files_field(label: &str, id: &str, accept: &str, hint: &str) -> Markup {
    html! {
        div.field {
            label for={ "f-" (id) } { (label) span.must aria-hidden="true" { " *" } }
            input id={ "f-" (id) } type="file" name="files" multiple required accept=[(!accept.is_empty()).then_some(accept)] aria-describedby={ "f-" (id) "-hint" };
            p.hint id={ "f-" (id) "-hint" } { (hint) }
        }
    }
}

fn files(uploaded: &Uploaded) -> Vec<InputFile> {
    uploaded.files.iter().map(|f| InputFile { name: f.name.clone(), bytes: f.bytes.to_vec() }).collect()
}

/// `POST /inspections/frames`
pub async fn frames(uploaded: Uploaded) -> Answer {
    let viewer = uploaded.viewer.clone();
    let recipe = uploaded.field("recipe").parse().map_err(|_| viewer.nowhere())?;
    let recipe = viewer.app().recipe(viewer.actor(), recipe).await.map_err(|e| viewer.fail(e))?.row;
    let new = NewInspection {
        enterprise: Some(recipe.enterprise.id),
        name: uploaded.field("name").to_owned(),
        recipe_name: recipe.name,
        recipe: recipe.text,
    };
    let (app, actor, files) = (viewer.site.app.clone(), viewer.actor().clone(), files(&uploaded));
    let work = async move |teller: Teller| {
        let page = crate::pages::inspection::file;
        let told = move |s, d, t| teller.tell(s, d, t);
        let id = app.inspect_frames(&actor, &new, files, page, &told).await?;
        Ok(Done { path: format!("/inspections/{id}"), note: String::new() })
    };
    job::begin(&viewer, Act::RecordInspection, "检测", "/inspections/new", work).await
}

/// `POST /inspections/folder`
pub async fn folder(uploaded: Uploaded) -> Answer {
    let viewer = uploaded.viewer.clone();
    let new = NewInspection {
        enterprise: uploaded.field("enterprise").parse().ok(),
        name: uploaded.field("name").to_owned(),
        recipe_name: "panel.toml".to_owned(),
        recipe: String::new(),
    };
    let (app, actor, files) = (viewer.site.app.clone(), viewer.actor().clone(), files(&uploaded));
    let note = viewer.lang().t("已存档").to_owned();
    let work = async move |_: Teller| {
        let id = app.record_folder(&actor, new, files).await?;
        Ok(Done { path: format!("/inspections/{id}"), note })
    };
    job::begin(&viewer, Act::RecordInspection, "存档", "/inspections/new", work).await
}
