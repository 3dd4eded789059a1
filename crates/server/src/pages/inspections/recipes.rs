//! Recipes: the list, one with its versions, a form that says what is wrong and in which line.

use super::runs::ways;
use crate::answer::Answer;
use crate::format;
use crate::parts::{Field, crumbs, empty_to, form_error, scroll};
use crate::viewer::{Posted, Viewer};
use app::{Act, Code, Error, NewRecipe, RecipeCard, RecipeRow};
use axum::extract::Path;
use maud::{Markup, html};
use serde::Deserialize;

/// What a new recipe begins with.
const BEGIN: &str = "pitch_um = 800            # 灯珠间距，微米\nbead_diameter_um = 300    # 灯珠直径\n\
um_per_px = 33.3          # 每像素微米数，允许偏差 2%\nrows = 100\ncolumns = 100\n\
tolerance_um = 30         # 允许偏移\ncolour = \"mono\"           # 或 \"rgb\"，同时判色差\n";

/// `GET /inspections/recipes`
pub async fn index(viewer: Viewer) -> Answer {
    let lang = viewer.lang();
    let rows = viewer.app().recipes(viewer.actor()).await.map_err(|e| viewer.fail(e))?;
    let body = html! {
        div.headline {
            h1 { (lang.t("检测方案")) }
            nav.toolbar.screen aria-label=(lang.t("操作")) {
                @if viewer.actor().may(Act::SaveRecipe) { a.button href="/inspections/recipes/new" { (lang.t("新的方案")) } }
            }
        }
        (ways(&viewer))
        @if rows.is_empty() {
            (empty_to(lang.t("还没有检测方案"), lang.t("方案写明灯珠间距、直径、行列数和允许偏移；每次修改留一个版本。"), "/inspections/recipes/new", lang.t("新的方案")))
        } @else { (scroll(lang.t("检测方案"), &table(&viewer, &rows))) }
    };
    Ok(viewer.page(lang.t("检测方案"), &body))
}

fn table(viewer: &Viewer, rows: &[RecipeRow]) -> Markup {
    let lang = viewer.lang();
    html! {
        table.cards {
            thead { tr {
                th scope="col" { (lang.t("名称")) }
                th scope="col" { (lang.t("企业")) }
                th.n scope="col" { (lang.t("版本")) }
                th.n scope="col" { (lang.t("间距")) " μm" }
                th.n scope="col" { (lang.t("直径")) " μm" }
                th.n scope="col" { (lang.t("行 × 列")) }
                th.n scope="col" { (lang.t("允许偏移")) " μm" }
                th scope="col" { (lang.t("更新")) }
            } }
            tbody { @for row in rows {
                @let recipe = row.recipe.as_ref();
                tr {
                    td.t data-label=(lang.t("名称")) { a.strong href={ "/inspections/recipes/" (row.id) } { (row.name) } }
                    td data-label=(lang.t("企业")) { (row.enterprise.name) }
                    td.n data-label=(lang.t("版本")) { (row.version) }
                    td.n data-label=(lang.t("间距")) { @if let Some(r) = recipe { (r.pitch_um) } }
                    td.n data-label=(lang.t("直径")) { @if let Some(r) = recipe { (r.bead_diameter_um) } }
                    td.n data-label=(lang.t("行 × 列")) { @if let Some(r) = recipe { (r.rows) " × " (r.columns) } }
                    td.n data-label=(lang.t("允许偏移")) { @if let Some(r) = recipe { (r.tolerance_um) } }
                    td.d data-label=(lang.t("更新")) { (format::moment(row.at_ms)) " " (row.by) }
                }
            } }
        }
    }
}

/// A recipe, as typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Form {
    name: String,
    text: String,
    base: i64,
    enterprise: Option<i64>,
}

/// The enterprises among which an administrator names one.
pub async fn enterprises(viewer: &Viewer) -> Result<Vec<(String, String)>, crate::answer::Failure> {
    if viewer.actor().enterprise().is_some() {
        return Ok(Vec::new());
    }
    let query = app::EnterpriseQuery { per_page: 200, ..Default::default() };
    let rows = viewer.app().enterprises(viewer.actor(), &query).await.map_err(|e| viewer.fail(e))?.rows;
    Ok(rows.into_iter().map(|r| (r.id.to_string(), r.enterprise.name)).collect())
}

/// `GET /inspections/recipes/new`
pub async fn new(viewer: Viewer) -> Answer {
    viewer.actor().need(Act::SaveRecipe).map_err(|e| viewer.fail(e))?;
    let firms = enterprises(&viewer).await?;
    let form = Form { text: BEGIN.to_owned(), ..Form::default() };
    Ok(viewer.page(viewer.lang().t("新的方案"), &new_page(&viewer, &form, firms, None)))
}

fn new_page(viewer: &Viewer, form: &Form, firms: Vec<(String, String)>, error: Option<&Error>) -> Markup {
    let lang = viewer.lang();
    html! {
        (crumbs(lang, &[("/inspections", lang.t("检测")), ("/inspections/recipes", lang.t("检测方案"))], lang.t("新的方案")))
        h1 { (lang.t("新的方案")) }
        (form_error(lang, error))
        form.card method="post" action="/inspections/recipes/new" data-guard {
            (viewer.csrf_field())
            @if !firms.is_empty() {
                (Field::select("enterprise", lang.t("企业"), firms).value(form.enterprise.unwrap_or_default()).required().error_of(error))
            }
            (Field::text("name", lang.t("名称")).value(&form.name).required().max(80).error_of(error))
            (text_field(viewer, &form.text, error))
            div.actions { button type="submit" { (lang.t("保存方案")) } }
        }
    }
}

/// The text of a recipe, checked as one types.
fn text_field(viewer: &Viewer, text: &str, error: Option<&Error>) -> Markup {
    let lang = viewer.lang();
    html! {
        div hx-post="/inspections/recipes/check" hx-trigger="input delay:600ms" hx-target="#check" hx-include="[name=text]" {
            (Field::area("text", lang.t("方案（TOML）"), 14).value(text).required().error_of(error)
                .hint(lang.t("字段见 docs/inspection.md；[limits] 可以不写，用默认判级限")))
        }
        div #check aria-live="polite" {}
    }
}

/// `POST /inspections/recipes/check`: what is wrong with a text, as one types.
pub async fn check(Posted { viewer, form, .. }: Posted<Form>) -> Answer {
    let lang = viewer.lang();
    let piece = match app::check_recipe(viewer.actor(), &form.text) {
        Ok(r) => {
            html! { p.right { "✓ " (r.rows) " × " (r.columns) " · " (format!("{:.1} px / {:.1} px", r.bead_diameter_um / r.um_per_px, r.pitch_um / r.um_per_px)) } }
        }
        Err(error) => html! { p.error { (lang.say(&error.message)) } },
    };
    Ok(viewer.piece(piece))
}

/// `POST /inspections/recipes/new`
pub async fn create(Posted { viewer, form, .. }: Posted<Form>) -> Answer {
    let lang = viewer.lang();
    let new =
        NewRecipe { enterprise: form.enterprise, name: form.name.clone(), text: lines(&form.text), base: 0 };
    match viewer.app().save_recipe(viewer.actor(), &new).await {
        Ok((id, _)) => Ok(viewer.go_with(&format!("/inspections/recipes/{id}"), lang.t("已保存"))),
        Err(error) if matches!(error.code, Code::BadInput | Code::Conflict) => {
            let error = lang.said(error);
            let firms = enterprises(&viewer).await?;
            Ok(viewer.refused(&error, lang.t("新的方案"), &new_page(&viewer, &form, firms, Some(&error))))
        }
        Err(error) => Err(viewer.fail(error)),
    }
}

/// Lines as files have them: a browser sends each with a carriage return.
fn lines(text: &str) -> String {
    text.replace("\r\n", "\n")
}

/// `GET /inspections/recipes/{id}`
pub async fn page(viewer: Viewer, Path(id): Path<i64>) -> Answer {
    let card = viewer.app().recipe(viewer.actor(), id).await.map_err(|e| viewer.fail(e))?;
    Ok(viewer.page(&card.row.name, &card_page(&viewer, &card, None, None)))
}

fn card_page(viewer: &Viewer, card: &RecipeCard, typed: Option<&str>, error: Option<&Error>) -> Markup {
    let lang = viewer.lang();
    let row = &card.row;
    let newest = card.versions.first().map_or(row.version, |v| v.version);
    html! {
        (crumbs(lang, &[("/inspections", lang.t("检测")), ("/inspections/recipes", lang.t("检测方案"))], &row.name))
        h1 { (row.name) " " span.soft { (lang.t("版本")) " " (row.version) } }
        p.soft { (row.enterprise.name) " · " (row.by) " · " (format::moment(row.at_ms)) " · SHA-256 " code { (&row.sha256[..row.sha256.len().min(12)]) } }
        @if row.version < newest {
            p.notice { (lang.t("这是旧版本；保存它就成为新版本。")) }
        }
        @if viewer.actor().may(Act::SaveRecipe) {
            (form_error(lang, error))
            form.card method="post" action={ "/inspections/recipes/" (row.id) } data-guard {
                (viewer.csrf_field())
                input type="hidden" name="base" value=(newest);
                (text_field(viewer, typed.unwrap_or(&row.text), error))
                div.actions { button type="submit" { (lang.t("保存为新版本")) } }
            }
        } @else { pre.recipe { (row.text) } }
        h2 { (lang.t("历史版本")) }
        ol.plain reversed { @for version in &card.versions {
            li value=(version.version) {
                @if version.id == row.id { strong { (lang.t("版本")) " " (version.version) } }
                @else { a href={ "/inspections/recipes/" (version.id) } { (lang.t("版本")) " " (version.version) } }
                " " span.soft { (version.by) " · " (format::moment(version.at_ms)) }
            }
        } }
    }
}

/// `POST /inspections/recipes/{id}`
pub async fn change(Path(id): Path<i64>, Posted { viewer, form, .. }: Posted<Form>) -> Answer {
    let lang = viewer.lang();
    let card = viewer.app().recipe(viewer.actor(), id).await.map_err(|e| viewer.fail(e))?;
    let new = NewRecipe {
        enterprise: Some(card.row.enterprise.id),
        name: card.row.name.clone(),
        text: lines(&form.text),
        base: form.base,
    };
    match viewer.app().save_recipe(viewer.actor(), &new).await {
        Ok((id, version)) => {
            let note = format!("{} {version}", lang.t("已保存为版本"));
            Ok(viewer.go_with(&format!("/inspections/recipes/{id}"), &note))
        }
        Err(error) if matches!(error.code, Code::BadInput | Code::Conflict) => {
            let error = lang.said(error);
            let page = card_page(&viewer, &card, Some(&form.text), Some(&error));
            Ok(viewer.refused(&error, &card.row.name, &page))
        }
        Err(error) => Err(viewer.fail(error)),
    }
}
