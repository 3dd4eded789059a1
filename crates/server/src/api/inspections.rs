//! Inspections: recipes, runs, evidence. A run is its enterprise's own; others see the evidence that it attaches to an offer.

use super::caller::Caller;
use super::problem::{Answer, Problem};
use super::read::{Json, Path, Query};
use super::shapes::{EnterpriseBrief, EvidenceShape};
use super::upload::{Files, FilesBody};
use super::write::{Made, created, done, ok};
use crate::jobs::aside;
use crate::site::Site;
use app::{AttachEvidence, EvidenceState, NewInspection, NewRecipe};
use axum::http::header;
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(recipes, save_recipe))
        .routes(routes!(recipe))
        .routes(routes!(check_recipe))
        .routes(routes!(inspections))
        .routes(routes!(inspection))
        .routes(routes!(inspection_file))
        .routes(routes!(inspect_frames))
        .routes(routes!(record_folder))
        .routes(routes!(compare))
        .routes(routes!(evidence))
        .routes(routes!(inspection_counts))
        .routes(routes!(attach_evidence))
        .routes(routes!(withdraw_evidence))
}

/// A version of a recipe.
#[derive(Debug, Serialize, ToSchema)]
struct Recipe {
    /// Row id of the version.
    id: i64,
    /// Its enterprise.
    enterprise: EnterpriseBrief,
    /// Name.
    name: String,
    /// Version, from 1.
    version: i64,
    /// TOML.
    text: String,
    /// Its SHA-256.
    sha256: String,
    /// Who wrote it.
    by: String,
    /// When, milliseconds since 1970 UTC.
    at_ms: i64,
}

impl From<app::RecipeRow> for Recipe {
    fn from(row: app::RecipeRow) -> Self {
        let app::RecipeRow { id, enterprise, name, version, text, sha256, by, at_ms, recipe: _ } = row;
        Self { id, enterprise: enterprise.into(), name, version, text, sha256, by, at_ms }
    }
}

/// List recipes
///
/// The newest version of each.
#[utoipa::path(get, path = "/inspection-recipes", tag = "inspections", responses((status = 200, body = Vec<Recipe>)))]
async fn recipes(caller: Caller) -> Answer {
    let rows = caller.app().recipes(caller.actor()).await?;
    ok(&rows.into_iter().map(Recipe::from).collect::<Vec<_>>())
}

/// Read a recipe
///
/// All its versions, newest first.
#[utoipa::path(get, path = "/inspection-recipes/{id}", tag = "inspections", params(("id" = i64, Path)), responses((status = 200, body = Vec<Recipe>)))]
async fn recipe(caller: Caller, Path(id): Path<i64>) -> Answer {
    let card = caller.app().recipe(caller.actor(), id).await?;
    ok(&card.versions.into_iter().map(Recipe::from).collect::<Vec<_>>())
}

/// A recipe to store.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "P0.8", "base": 0, "text": "pitch_um = 800\nbead_diameter_um = 300\num_per_px = 33.3\nrows = 100\ncolumns = 100\ntolerance_um = 30\n"}))]
struct RecipeBody {
    /// Row id of the enterprise; a member's own where absent.
    #[serde(default)]
    enterprise: Option<i64>,
    /// Name, one of the enterprise.
    name: String,
    /// TOML.
    text: String,
    /// The version that its writer saw; 0 for a new recipe.
    #[serde(default)]
    base: i64,
}

/// Store a recipe
///
/// As the version after `base`; 409 where somebody has stored another meanwhile.
#[utoipa::path(post, path = "/inspection-recipes", tag = "inspections", request_body = RecipeBody, responses((status = 201, body = Made)))]
async fn save_recipe(caller: Caller, Json(body): Json<RecipeBody>) -> Answer {
    let RecipeBody { enterprise, name, text, base } = body;
    let (id, _) =
        caller.app().save_recipe(caller.actor(), &NewRecipe { enterprise, name, text, base }).await?;
    created(&format!("/api/v1/inspection-recipes/{id}"), &Made { id })
}

/// A recipe's text.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RecipeText {
    /// TOML.
    text: String,
}

/// Check a recipe
///
/// Nothing is stored; a fault is named with its line.
#[utoipa::path(post, path = "/inspection-recipes/check", tag = "inspections", request_body = RecipeText, responses((status = 204, description = "It is right")))]
async fn check_recipe(caller: Caller, Json(body): Json<RecipeText>) -> Answer {
    app::check_recipe(caller.actor(), &body.text)?;
    done()
}

/// A run.
#[derive(Debug, Serialize, ToSchema)]
struct Run {
    /// Row id.
    id: i64,
    /// Its enterprise.
    enterprise: EnterpriseBrief,
    /// Name.
    name: String,
    /// Row id of the version of its recipe.
    #[serde(skip_serializing_if = "Option::is_none")]
    recipe: Option<i64>,
    /// True while frames still come.
    running: bool,
    /// When it began, milliseconds since 1970 UTC.
    begun_ms: i64,
    /// When it last changed; of a finished run its end.
    changed_ms: i64,
    /// SHA-256 of a finished run.
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
    /// Where its frames came from, `panel` as summary.json has it, and how far behind a running one is.
    #[schema(value_type = Option<Object>)]
    figures: Value,
}

impl From<app::RunRow> for Run {
    fn from(row: app::RunRow) -> Self {
        let app::RunRow { id, enterprise, name, recipe, running, begun_ms, changed_ms, sha256, figures } =
            row;
        let figures = serde_json::to_value(figures).unwrap_or_default();
        Self {
            id,
            enterprise: enterprise.into(),
            name,
            recipe,
            running,
            begun_ms,
            changed_ms,
            sha256,
            figures,
        }
    }
}

/// A run with everything.
#[derive(Debug, Serialize, ToSchema)]
struct RunCard {
    /// The run.
    run: Run,
    /// Recipe, course, histograms, defects by place, files.
    #[schema(value_type = Option<Object>)]
    detail: Value,
    /// Control charts with broken run rules.
    #[schema(value_type = Option<Object>)]
    control: Value,
    /// Evidence made of it.
    evidence: Vec<Evidence>,
}

impl From<app::RunCard> for RunCard {
    fn from(card: app::RunCard) -> Self {
        Self {
            run: card.row.into(),
            detail: serde_json::to_value(card.detail).unwrap_or_default(),
            control: serde_json::to_value(card.control).unwrap_or_default(),
            evidence: card.evidence.into_iter().map(Into::into).collect(),
        }
    }
}

/// List inspections
///
/// Newest first, at most 200.
#[utoipa::path(get, path = "/inspections", tag = "inspections", responses((status = 200, body = Vec<Run>)))]
async fn inspections(caller: Caller) -> Answer {
    let rows = caller.app().inspections(caller.actor()).await?;
    ok(&rows.into_iter().map(Run::from).collect::<Vec<_>>())
}

/// Read an inspection
///
/// While it is under way, as of its last commit.
#[utoipa::path(get, path = "/inspections/{id}", tag = "inspections", params(("id" = i64, Path)), responses((status = 200, body = RunCard)))]
async fn inspection(caller: Caller, Path(id): Path<i64>) -> Answer {
    ok(&RunCard::from(caller.app().inspection(caller.actor(), id).await?))
}

/// Read a file of an inspection
#[utoipa::path(get, path = "/inspections/{id}/files/{name}", tag = "inspections", params(("id" = i64, Path), ("name" = String, Path, example = "overlay.png")), responses((status = 200, description = "The file", content_type = "application/octet-stream", body = Vec<u8>)))]
async fn inspection_file(caller: Caller, Path((id, name)): Path<(i64, String)>) -> Answer {
    let bytes = caller.app().inspection_file(caller.actor(), id, &name).await?;
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], bytes).into_response())
}

/// Which run, by which recipe.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct IntakeQuery {
    /// Name of the run, one of its enterprise.
    #[param(required = true, example = "L7")]
    name: String,
    /// Row id of a version of a recipe; not needed where the folder has its `.toml`.
    recipe: Option<i64>,
    /// Row id of the enterprise; a member's own where absent.
    enterprise: Option<i64>,
}

impl IntakeQuery {
    async fn read(self, caller: &Caller) -> Result<NewInspection, Problem> {
        let Self { name, recipe, enterprise } = self;
        let Some(id) = recipe else {
            return Ok(NewInspection {
                enterprise,
                name,
                recipe_name: "panel.toml".to_owned(),
                recipe: String::new(),
            });
        };
        let row = caller.app().recipe(caller.actor(), id).await?.row;
        Ok(NewInspection {
            enterprise: enterprise.or(Some(row.enterprise.id)),
            name,
            recipe_name: row.name,
            recipe: row.text,
        })
    }
}

/// Inspect frames
///
/// Measured now, in the order of the parts; all of it is stored, or nothing.
#[utoipa::path(post, path = "/inspections/frames", tag = "inspections", params(IntakeQuery), request_body(content = FilesBody, content_type = "multipart/form-data"), responses((status = 201, body = Made)))]
async fn inspect_frames(caller: Caller, Query(query): Query<IntakeQuery>, Files(files): Files) -> Answer {
    let new = query.read(&caller).await?;
    let page = crate::pages::inspection::file;
    let (app, actor, told) = (caller.site.app.clone(), caller.actor().clone(), caller.tell());
    let id = aside(move || async move { app.inspect_frames(&actor, &new, files, page, &told).await }).await?;
    created(&format!("/api/v1/inspections/{id}"), &Made { id })
}

/// Record a finished inspection
///
/// Its files (`summary.json`, `frames.csv`, `beads.bin` or `beads.csv`, the recipe's `.toml`, whatever else it wrote). The figures
/// are computed again from the beads; 422 where the files contradict each other.
#[utoipa::path(post, path = "/inspections/folder", tag = "inspections", params(IntakeQuery), request_body(content = FilesBody, content_type = "multipart/form-data"), responses((status = 201, body = Made)))]
async fn record_folder(caller: Caller, Query(query): Query<IntakeQuery>, Files(files): Files) -> Answer {
    let new = query.read(&caller).await?;
    let (app, actor) = (caller.site.app.clone(), caller.actor().clone());
    let id = aside(move || async move { app.record_folder(&actor, new, files).await }).await?;
    created(&format!("/api/v1/inspections/{id}"), &Made { id })
}

/// Compare two inspections
///
/// With their differences tested: second less first, its 95 % interval, and the probability that chance makes it.
#[utoipa::path(get, path = "/inspections/{id}/comparison/{other}", tag = "inspections", params(("id" = i64, Path), ("other" = i64, Path)), responses((status = 200, body = ComparisonShape)))]
async fn compare(caller: Caller, Path((first, second)): Path<(i64, i64)>) -> Answer {
    let found = caller.app().compare_inspections(caller.actor(), first, second).await?;
    let differences = serde_json::to_value(&found.differences).unwrap_or_default();
    ok(&ComparisonShape { first: found.first.row.into(), second: found.second.row.into(), differences })
}

/// Two runs with their differences.
#[derive(Debug, Serialize, ToSchema)]
struct ComparisonShape {
    /// The one.
    first: Run,
    /// The other.
    second: Run,
    /// What differs, by how much, and `p`.
    #[schema(value_type = Vec<Object>)]
    differences: Value,
}

/// How evidence stands.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum EvidenceWord {
    Valid,
    Expired,
    Stale,
    Withdrawn,
}

/// Evidence: what a finished inspection measured of a property that an offer states.
#[derive(Debug, Serialize, ToSchema)]
struct Evidence {
    /// Row id.
    id: i64,
    /// How it stands.
    state: EvidenceWord,
    /// The offer's enterprise.
    enterprise: EnterpriseBrief,
    /// Row id of the offer.
    offer: i64,
    /// Its title.
    offer_title: String,
    /// Row id of the run, for those who may see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    run: Option<i64>,
    /// What the offer stated when it was attached.
    stated: String,
    /// What was measured.
    evidence: EvidenceShape,
    /// When it was attached, milliseconds since 1970 UTC.
    at_ms: i64,
}

impl From<app::EvidenceRow> for Evidence {
    fn from(row: app::EvidenceRow) -> Self {
        let app::EvidenceRow {
            id,
            state,
            enterprise,
            offer,
            offer_title,
            run,
            stated,
            evidence,
            by: _,
            at_ms,
        } = row;
        let state = match state {
            EvidenceState::Valid => EvidenceWord::Valid,
            EvidenceState::Expired => EvidenceWord::Expired,
            EvidenceState::Stale => EvidenceWord::Stale,
            EvidenceState::Withdrawn => EvidenceWord::Withdrawn,
        };
        let (enterprise, evidence) = (enterprise.into(), evidence.into());
        Self { id, state, enterprise, offer, offer_title, run, stated, evidence, at_ms }
    }
}

/// List evidence
///
/// A member's own, a commissioner's enterprises', all for the secretariat.
#[utoipa::path(get, path = "/evidence", tag = "inspections", responses((status = 200, body = Vec<Evidence>)))]
async fn evidence(caller: Caller) -> Answer {
    let rows = caller.app().evidence(caller.actor()).await?;
    ok(&rows.into_iter().map(Evidence::from).collect::<Vec<_>>())
}

/// How much is measured in the cluster, without names.
#[derive(Debug, Serialize, ToSchema)]
struct InspectionCounts {
    /// Enterprises with inspections on record.
    enterprises: u64,
    /// Finished inspections.
    finished: u64,
    /// Inspections under way.
    running: u64,
    /// Evidence that counts.
    valid: u64,
    /// Offers with evidence that counts.
    offers: u64,
}

/// Count inspections and evidence
#[utoipa::path(get, path = "/evidence/counts", tag = "inspections", responses((status = 200, body = InspectionCounts)))]
async fn inspection_counts(caller: Caller) -> Answer {
    let app::InspectionCounts { enterprises, finished, running, valid, offers } =
        caller.app().inspection_counts(caller.actor()).await?;
    ok(&InspectionCounts { enterprises, finished, running, valid, offers })
}

/// Evidence to attach.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct EvidenceBody {
    /// Row id of the finished run.
    run: i64,
    /// Row id of the offer, of the same enterprise.
    offer: i64,
    /// Property: `yield_rate`, `placement_accuracy` and others of data/evidence.csv.
    property: String,
    /// Months that it counts.
    #[schema(minimum = 1, maximum = 24)]
    months: u8,
}

/// Attach evidence to an offer
///
/// The whole 95 % interval must be as good as what the offer states.
#[utoipa::path(post, path = "/evidence", tag = "inspections", request_body = EvidenceBody, responses((status = 201, body = Made)))]
async fn attach_evidence(caller: Caller, Json(body): Json<EvidenceBody>) -> Answer {
    let EvidenceBody { run, offer, property, months } = body;
    let id = caller
        .app()
        .attach_evidence(caller.actor(), &AttachEvidence { run, offer, property, months })
        .await?;
    created("/api/v1/evidence", &Made { id })
}

/// Withdraw evidence
///
/// It stays on record as withdrawn.
#[utoipa::path(post, path = "/evidence/{id}/withdrawal", tag = "inspections", params(("id" = i64, Path)), responses((status = 204, description = "Withdrawn")))]
async fn withdraw_evidence(caller: Caller, Path(id): Path<i64>) -> Answer {
    caller.app().withdraw_evidence(caller.actor(), id).await?;
    done()
}
