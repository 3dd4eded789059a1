//! Inspections on record: what is stored of a run, and who may see it.
//!
//! A run is its enterprise's own: its people see and record it, and the administrator, who keeps the database and its backups
//! anyway. All others see the evidence that the enterprise attaches to an offer, never the run.

use super::board::{BoardFinding, BoardsSummary};
use super::gather::{Course, Histogram, Spots};
use super::panel::{PanelSummary, read_recipe};
use super::placement::{MeasuredPart, PlacedSummary};
use super::steady::{Control, control};
use crate::records::Market;
use crate::{Act, Actor, App, Code, EnterpriseBrief, Error, Result, Role};
use exchange::inspection::picture::Picture;
use model::hex::sha256_hex;
use serde::{Deserialize, Serialize};
use store::{FinishedRun, NewRun, RunFile, RunProgress, RunState, StoredRun};

/// Runs that a list shows.
const RUNS_MAX: u32 = 200;

/// Largest file that is kept with a run, in bytes.
pub const RUN_FILE_MAX: u64 = 16 << 20;

/// Most bytes of all files that are kept with a run.
const RUN_FILES_MAX: u64 = 32 << 20;

/// Longest name of a run or recipe.
const NAME_MAX: usize = 80;

/// Where a run's frames came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Frames as they came, at the line.
    Watch,
    /// Frames that were sent through the browser or the API.
    Frames,
    /// The folder of an inspection that was finished elsewhere.
    Folder,
    /// Files that the command line inspected.
    Command,
}

/// What a run inspects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunKind {
    /// Beads of panels.
    Panel,
    /// Boards against their template.
    Boards,
    /// Rectangular parts against their nominal places.
    Placement,
}

/// How far behind a running inspection is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct LiveFigures {
    /// Frames that wait.
    pub waiting: u64,
    /// Milliseconds that the oldest of them waits.
    pub oldest_ms: u64,
    /// Milliseconds that the sender was held back.
    pub held_ms: u64,
    /// Frames a second over the last minute or less.
    pub frames_per_second: f64,
}

/// What lists show of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunFigures {
    /// Where its frames came from.
    pub source: Source,
    /// Its figures; none before the first frame.
    pub panel: Option<PanelSummary>,
    /// How far behind it is, while it runs.
    #[serde(default)]
    pub live: Option<LiveFigures>,
    /// Figures of a run of boards. What other kinds have is not written of a panel's run: its text and hash are as ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boards: Option<BoardsSummary>,
    /// Figures of a run of placement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub placement: Option<PlacedSummary>,
}

impl RunFigures {
    /// None yet.
    pub fn of(source: Source) -> Self {
        Self { source, panel: None, live: None, boards: None, placement: None }
    }

    /// What the run inspects, which follows from the figures that it has.
    pub fn kind(&self) -> RunKind {
        match (&self.boards, &self.placement) {
            (Some(_), _) => RunKind::Boards,
            (None, Some(_)) => RunKind::Placement,
            (None, None) => RunKind::Panel,
        }
    }
}

/// A finished inspection that is not on record yet.
#[derive(Debug, Clone, PartialEq)]
pub struct EndedRun {
    /// What lists show.
    pub figures: RunFigures,
    /// All the rest.
    pub detail: RunDetail,
    /// Its files.
    pub files: EndedFiles,
}

/// A file of a finished inspection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunFileInfo {
    /// Name.
    pub name: String,
    /// Bytes.
    pub bytes: u64,
    /// False for one that is too large to be kept: it stays where the inspection wrote it.
    pub kept: bool,
}

/// All else that is stored of a run.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RunDetail {
    /// The recipe as it was, TOML.
    pub recipe: String,
    /// Its course.
    pub course: Course,
    /// Offsets to the right.
    pub dx: Histogram,
    /// Offsets downward.
    pub dy: Histogram,
    /// Where on the panel defects were.
    pub spots: Spots,
    /// The frame with the most defects: number, name, defects.
    pub worst: Option<(u64, String, u64)>,
    /// Refused frames with the reasons, the first hundred.
    pub refusals: Vec<String>,
    /// Its files.
    pub files: Vec<RunFileInfo>,
    /// Of boards: the first findings; all are in `findings.ndjson`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<BoardFinding>,
    /// Of placement: the first parts, those that are not good before the good ones; all are in `parts.ndjson`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<MeasuredPart>,
}

/// A run in a list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunRow {
    /// Row id.
    pub id: i64,
    /// Its enterprise.
    pub enterprise: EnterpriseBrief,
    /// Name, one of its enterprise.
    pub name: String,
    /// Row id of the version of its recipe, where that is stored.
    pub recipe: Option<i64>,
    /// True while frames still come.
    pub running: bool,
    /// When it began, milliseconds since 1970 UTC.
    pub begun_ms: i64,
    /// When it last changed; of a finished run its end.
    pub changed_ms: i64,
    /// SHA-256 of a finished run.
    pub sha256: Option<String>,
    /// Its figures; none before anything was said.
    pub figures: Option<RunFigures>,
}

impl RunRow {
    /// What it inspects.
    pub fn kind(&self) -> RunKind {
        self.figures.as_ref().map_or(RunKind::Panel, RunFigures::kind)
    }
}

/// A run with everything.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunCard {
    /// As a list shows it.
    pub row: RunRow,
    /// All the rest; none before anything was said.
    pub detail: Option<RunDetail>,
    /// Whether the process is steady.
    pub control: Option<Control>,
    /// Evidence made of it.
    pub evidence: Vec<super::EvidenceRow>,
}

/// A run that begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewInspection {
    /// Row id of the enterprise; a member's own where nothing is said.
    pub enterprise: Option<i64>,
    /// Name of the run.
    pub name: String,
    /// Name of its recipe.
    pub recipe_name: String,
    /// The recipe, TOML. One that is not stored yet is, as the next version of that name.
    pub recipe: String,
}

/// Files of an ended inspection: name, bytes, content where it was not too large.
pub type EndedFiles = Vec<(String, u64, Option<Vec<u8>>)>;

/// Files of a run of boards or placement: figures, lines, and the picture of what was worst.
pub(super) fn ended(
    summary: &impl Serialize,
    (name, lines): (&str, Vec<u8>),
    overlay: &Picture,
) -> Result<EndedFiles> {
    let json = serde_json::to_vec_pretty(summary).map_err(|e| Error::new(Code::Internal, e.to_string()))?;
    let png = overlay.png().map_err(|e| Error::new(Code::Output, e.to_string()))?;
    let file = |(name, bytes): (&str, Vec<u8>)| {
        let content = (bytes.len() as u64 <= RUN_FILE_MAX).then(|| bytes.clone());
        (name.to_owned(), bytes.len() as u64, content)
    };
    Ok([("summary.json", json), ("overlay.png", png), (name, lines)].map(file).into())
}

/// A run's name as it is stored.
pub(super) fn named(name: &str, field: &str) -> Result<String> {
    let name = name.trim();
    let fits = !name.is_empty() && name.chars().count() <= NAME_MAX && !name.chars().any(char::is_control);
    if fits {
        return Ok(name.to_owned());
    }
    Err(crate::records::field(field, "名称要有1到80个字"))
}

#[boxed::futures]
impl App {
    /// The enterprise whose inspections an actor records: a member's own; the administrator names one.
    pub(super) fn inspected(&self, market: &Market, actor: &Actor, named: Option<i64>) -> Result<i64> {
        let own = market.viewer(actor).own();
        let known = |id: i64| market.enterprises.get(id).map(|held| held.id);
        match (&actor.role, named.or(own)) {
            (Role::Administrator, Some(id)) => known(id),
            (Role::Member { .. }, id) if id == own => own,
            _ => None,
        }
        .ok_or_else(|| match (&actor.role, named) {
            (Role::Administrator, None) => {
                Error::new(Code::BadInput, "it is not said whose inspection this is")
                    .hint("name the enterprise")
            }
            _ => crate::records::unknown(),
        })
    }

    /// Whose inspections an actor sees: one enterprise's with those that were merged into it, or everybody's.
    pub(super) fn sees_runs(&self, market: &Market, actor: &Actor) -> Option<Vec<i64>> {
        match actor.role {
            Role::Administrator => None,
            // A member without an enterprise has none.
            _ => Some(market.viewer(actor).own().map_or_else(Vec::new, |own| market.kin(own))),
        }
    }

    pub(super) async fn seen_run(&self, market: &Market, actor: &Actor, id: i64) -> Result<StoredRun> {
        let run = self.store.run(id).await.map_err(as_unknown)?;
        match self.sees_runs(market, actor) {
            Some(firms) if !firms.contains(&run.enterprise) => Err(crate::records::unknown()),
            _ => Ok(run),
        }
    }

    pub(super) fn run_row(&self, market: &Market, actor: &Actor, run: &StoredRun) -> RunRow {
        RunRow {
            id: run.id,
            enterprise: market.brief(&market.viewer(actor), market.surviving(run.enterprise)),
            name: run.name.clone(),
            recipe: run.recipe,
            running: run.state == RunState::Running,
            begun_ms: run.begun_ms,
            changed_ms: run.changed_ms,
            sha256: run.sha256.clone(),
            figures: serde_json::from_str(&run.summary).ok(),
        }
    }

    /// Runs that the actor may see, newest first, at most 200.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn inspections(&self, actor: &Actor) -> Result<Vec<RunRow>> {
        actor.need(Act::Inspections)?;
        let market = self.market().await?;
        let runs = self.store.runs(self.sees_runs(&market, actor).as_deref(), RUNS_MAX).await?;
        Ok(runs.iter().map(|run| self.run_row(&market, actor, run)).collect())
    }

    /// A run by its row id.
    ///
    /// # Errors
    /// [`Code::NotFound`], also for others' runs.
    pub async fn inspection(&self, actor: &Actor, id: i64) -> Result<RunCard> {
        actor.need(Act::Inspections)?;
        let market = self.market().await?;
        let run = self.seen_run(&market, actor, id).await?;
        let detail: Option<RunDetail> = serde_json::from_str(&run.detail).ok();
        let evidence = self.evidence_rows(&market, actor, |e| e.value.run == id).await?;
        Ok(RunCard {
            row: self.run_row(&market, actor, &run),
            control: detail.as_ref().and_then(|d| control(d.course.whole())),
            detail,
            evidence,
        })
    }

    /// A file of a finished run.
    ///
    /// # Errors
    /// [`Code::NotFound`], also for others' runs.
    pub async fn inspection_file(&self, actor: &Actor, id: i64, name: &str) -> Result<Vec<u8>> {
        actor.need(Act::Inspections)?;
        let market = self.market().await?;
        self.seen_run(&market, actor, id).await?;
        self.store.run_file(id, name).await?.ok_or_else(crate::records::unknown)
    }

    /// Begins a run, or finds the one of this name that is still under way. Its recipe is stored where it is not known yet.
    ///
    /// # Errors
    /// [`Code::BadInput`] for the recipe, with its line; [`Code::Conflict`] where a finished run has this name.
    pub async fn begin_inspection(&self, actor: &Actor, new: &NewInspection) -> Result<i64> {
        actor.need(Act::RecordInspection)?;
        let market = self.market().await?;
        let enterprise = self.inspected(&market, actor, new.enterprise)?;
        read_recipe(&new.recipe, &new.recipe_name)?;
        let name = named(&new.name, "name")?;
        let recipe = self.recipe_of(actor, enterprise, &new.recipe_name, &new.recipe).await?;
        let new = NewRun { enterprise, name, recipe: Some(recipe) };
        Ok(self.store.begin_run(&new, &self.by(actor)).await?)
    }

    /// Refuses a name that a run has, before anything is measured.
    ///
    /// # Errors
    /// [`Code::BadInput`], [`Code::Conflict`] with the field; [`Code::NotFound`] for others' enterprises.
    pub async fn free_inspection_name(
        &self,
        actor: &Actor,
        enterprise: Option<i64>,
        name: &str,
    ) -> Result<()> {
        actor.need(Act::RecordInspection)?;
        let market = self.market().await?;
        let enterprise = self.inspected(&market, actor, enterprise)?;
        if self.store.has_run(&market.kin(enterprise), &named(name, "name")?).await? {
            let mut error = crate::records::field("name", "已有同名的检测，请换一个名称");
            error.code = Code::Conflict;
            return Err(error);
        }
        Ok(())
    }

    /// Puts a finished inspection of boards or of placement on record, frozen; its row id and hash. It keeps the text of what it
    /// went by; the stored recipes are those of panels.
    ///
    /// # Errors
    /// As [`App::free_inspection_name`].
    pub async fn record_inspection(
        &self,
        actor: &Actor,
        enterprise: Option<i64>,
        name: &str,
        measured: EndedRun,
    ) -> Result<(i64, String)> {
        actor.need(Act::RecordInspection)?;
        self.free_inspection_name(actor, enterprise, name).await?;
        let market = self.market().await?;
        let enterprise = self.inspected(&market, actor, enterprise)?;
        let new = NewRun { enterprise, name: named(name, "name")?, recipe: None };
        let id = self.store.begin_run(&new, &self.by(actor)).await?;
        let EndedRun { figures, detail, files } = measured;
        Ok((id, self.finish_inspection(actor, id, figures, detail, files).await?))
    }

    /// Row id of the version of a recipe with this text; stored now where there is none.
    async fn recipe_of(&self, actor: &Actor, enterprise: i64, name: &str, text: &str) -> Result<i64> {
        let sha256 = sha256_hex(text.as_bytes());
        let recipes = self.store.recipes(Some(&[enterprise])).await?;
        if let Some(known) = recipes.iter().find(|r| r.sha256 == sha256) {
            return Ok(known.id);
        }
        let name = named(name, "recipe")?;
        let versions = self.store.recipe_versions(enterprise, &name).await?;
        if let Some(known) = versions.iter().find(|r| r.sha256 == sha256) {
            return Ok(known.id);
        }
        let base = versions.first().map_or(0, |r| r.version);
        Ok(self.store.save_recipe(enterprise, &name, text, base, &self.by(actor)).await?.id)
    }

    /// Puts on record what a run says now.
    ///
    /// # Errors
    /// [`Code::NotFound`], [`Code::Conflict`] where it has ended.
    pub async fn push_inspection(
        &self,
        actor: &Actor,
        id: i64,
        figures: &RunFigures,
        detail: &RunDetail,
    ) -> Result<()> {
        actor.need(Act::RecordInspection)?;
        let market = self.market().await?;
        self.seen_run(&market, actor, id).await?;
        Ok(self.store.push_run(id, &progress_of(figures, detail)?, self.clock.now_ms()).await?)
    }

    /// Freezes a run with its files; those that are too large are named, not kept. A run that is frozen already stays as it is.
    ///
    /// # Errors
    /// [`Code::NotFound`]; storage errors.
    pub async fn finish_inspection(
        &self,
        actor: &Actor,
        id: i64,
        figures: RunFigures,
        mut detail: RunDetail,
        files: EndedFiles,
    ) -> Result<String> {
        actor.need(Act::RecordInspection)?;
        let market = self.market().await?;
        let run = self.seen_run(&market, actor, id).await?;
        if let Some(sha256) = run.sha256 {
            return Ok(sha256);
        }
        let mut kept = Vec::new();
        let mut room = RUN_FILES_MAX;
        for (name, bytes, content) in sorted(files) {
            let content = content.filter(|_| bytes <= RUN_FILE_MAX.min(room));
            detail.files.push(RunFileInfo { name: name.clone(), bytes, kept: content.is_some() });
            if let Some(bytes) = content {
                room -= bytes.len() as u64;
                kept.push(RunFile { name, bytes });
            }
        }
        let figures = RunFigures { live: None, ..figures };
        let end = FinishedRun { progress: progress_of(&figures, &detail)?, files: kept };
        Ok(self.store.finish_run(id, &end, &self.by(actor)).await?)
    }
}

/// What is not there is refused in the same words as what is another's.
pub(super) fn as_unknown(error: store::Error) -> Error {
    match error {
        store::Error::NotFound { .. } => crate::records::unknown(),
        other => other.into(),
    }
}

/// What people look at first; then by name.
fn sorted(mut files: EndedFiles) -> EndedFiles {
    const FIRST: [&str; 5] = ["summary.json", "overlay.png", "map.png", "report.html", "frames.csv"];
    let place = |name: &str| FIRST.iter().position(|f| *f == name).unwrap_or(FIRST.len());
    files.sort_by(|a, b| place(&a.0).cmp(&place(&b.0)).then_with(|| a.0.cmp(&b.0)));
    files
}

fn progress_of(figures: &RunFigures, detail: &RunDetail) -> Result<RunProgress> {
    let write = |e: serde_json::Error| Error::new(Code::Internal, e.to_string());
    Ok(RunProgress {
        summary: serde_json::to_string(figures).map_err(write)?,
        detail: serde_json::to_string(detail).map_err(write)?,
    })
}
