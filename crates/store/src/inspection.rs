//! Inspections: versions of recipes, runs under way, finished runs frozen with the SHA-256 of all that they hold.
//!
//! What a run says is JSON text of the use cases: a short `summary` that lists show, and the `detail`. The hash of a finished
//! run is that of both and of a line for each file as `sha256sum` writes it, so that anybody can compute it again.

use crate::Store;
use crate::audit::{self, By};
use crate::check::CheckReport;
use crate::database::{Read, Write};
use crate::error::{During, Error, Result};
use crate::sql::{InsertMany, among};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::hex::sha256_hex;
use serde_json::json;
use sqlx::Row;
use sqlx::any::AnyRow;
use std::collections::BTreeMap;

/// Bytes of a file in one row; a multiple of three, so that parts of base64 join.
const PART: usize = 3 << 18;

/// A version of a recipe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRecipe {
    /// Row id of the version.
    pub id: i64,
    /// Row id of the enterprise.
    pub enterprise: i64,
    /// Name, one of its enterprise.
    pub name: String,
    /// Version, from 1.
    pub version: i64,
    /// TOML.
    pub content: String,
    /// Its SHA-256.
    pub sha256: String,
    /// Who wrote it.
    pub actor: String,
    /// When, milliseconds since 1970 UTC.
    pub at_ms: i64,
}

/// Whether a run is still under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunState {
    /// Frames still come.
    Running,
    /// Frozen.
    Finished,
}

/// A run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRun {
    /// Row id.
    pub id: i64,
    /// Row id of the enterprise.
    pub enterprise: i64,
    /// Name, one of its enterprise.
    pub name: String,
    /// Row id of the version of its recipe, where that is stored.
    pub recipe: Option<i64>,
    /// Whether it is still under way.
    pub state: RunState,
    /// When it began, milliseconds since 1970 UTC.
    pub begun_ms: i64,
    /// When it last changed.
    pub changed_ms: i64,
    /// Short figures, as JSON text.
    pub summary: String,
    /// All the rest, as JSON text; blank where a list was asked for.
    pub detail: String,
    /// SHA-256 of a finished run.
    pub sha256: Option<String>,
    /// Who began it.
    pub actor: String,
}

/// A run that begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRun {
    /// Row id of the enterprise.
    pub enterprise: i64,
    /// Name.
    pub name: String,
    /// Row id of the version of its recipe, where that is stored.
    pub recipe: Option<i64>,
}

/// What a run says now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunProgress {
    /// Short figures, as JSON text.
    pub summary: String,
    /// All the rest, as JSON text.
    pub detail: String,
}

/// A file of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunFile {
    /// Name, without a folder.
    pub name: String,
    /// Content.
    pub bytes: Vec<u8>,
}

/// A run that is frozen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FinishedRun {
    /// Its last words.
    pub progress: RunProgress,
    /// Its files, in order.
    pub files: Vec<RunFile>,
}

/// What is hashed of a finished run.
fn frozen(summary: &str, detail: &str, files: impl Iterator<Item = (String, String)>) -> String {
    let lines: String = files.map(|(name, sha256)| format!("{sha256}  {name}\n")).collect();
    sha256_hex(format!("{summary}\n{detail}\n{lines}").as_bytes())
}

const RECIPE: &str = "id, enterprise_id, name, version, content, sha256, actor, at_ms";

fn recipe(row: &AnyRow) -> sqlx::Result<StoredRecipe> {
    Ok(StoredRecipe {
        id: row.try_get(0)?,
        enterprise: row.try_get(1)?,
        name: row.try_get(2)?,
        version: row.try_get(3)?,
        content: row.try_get(4)?,
        sha256: row.try_get(5)?,
        actor: row.try_get(6)?,
        at_ms: row.try_get(7)?,
    })
}

fn run(row: &AnyRow) -> sqlx::Result<StoredRun> {
    let state: &str = row.try_get(4)?;
    Ok(StoredRun {
        id: row.try_get(0)?,
        enterprise: row.try_get(1)?,
        name: row.try_get(2)?,
        recipe: row.try_get(3)?,
        state: if state == "finished" { RunState::Finished } else { RunState::Running },
        begun_ms: row.try_get(5)?,
        changed_ms: row.try_get(6)?,
        summary: row.try_get(7)?,
        detail: row.try_get(8)?,
        sha256: row.try_get(9)?,
        actor: row.try_get(10)?,
    })
}

/// Columns of a run; `detail` is an expression, so that lists do not carry what they do not show.
fn columns(detail: &str) -> String {
    format!(
        "id, enterprise_id, name, recipe_id, state, begun_ms, changed_ms, summary, {detail}, sha256, actor"
    )
}

#[boxed::futures]
impl Store {
    /// The newest version of each recipe of these enterprises (of all where nothing is said), by row id.
    ///
    /// # Errors
    /// The database's.
    pub async fn recipes(&self, enterprises: Option<&[i64]>) -> Result<Vec<StoredRecipe>> {
        let doing = "read the recipes";
        let mut tx = self.database.read(doing).await?;
        let whose = among("r.enterprise_id", enterprises.map(<[_]>::len));
        let mut query = tx.query(format!(
            "select {RECIPE} from inspection_recipe r where version = \
             (select max(version) from inspection_recipe o where o.enterprise_id = r.enterprise_id and o.name = r.name){whose} \
             order by id"
        ));
        for enterprise in enterprises.unwrap_or_default() {
            query = query.bind(*enterprise);
        }
        let rows = query.fetch_all(&mut *tx).await.during(doing)?;
        rows.iter().map(recipe).collect::<sqlx::Result<_>>().during(doing)
    }

    /// A version of a recipe by its row id.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn recipe(&self, id: i64) -> Result<StoredRecipe> {
        let doing = "read the recipe";
        let mut tx = self.database.read(doing).await?;
        let row = tx
            .query(format!("select {RECIPE} from inspection_recipe where id = ?"))
            .bind(id)
            .fetch_optional(&mut *tx)
            .await
            .during(doing)?
            .ok_or_else(|| Error::NotFound { object: format!("recipe {id}") })?;
        recipe(&row).during(doing)
    }

    /// All versions of a recipe, newest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn recipe_versions(&self, enterprise: i64, name: &str) -> Result<Vec<StoredRecipe>> {
        let doing = "read the recipe's versions";
        let mut tx = self.database.read(doing).await?;
        let rows = tx
            .query(format!(
                "select {RECIPE} from inspection_recipe where enterprise_id = ? and name = ? order by version desc"
            ))
            .bind(enterprise)
            .bind(name.to_owned())
            .fetch_all(&mut *tx)
            .await
            .during(doing)?;
        rows.iter().map(recipe).collect::<sqlx::Result<_>>().during(doing)
    }

    /// Stores the next version of a recipe: version `base + 1`, where `base` is the one that its writer saw, 0 for a new
    /// recipe. A text that is the newest already is not stored again.
    ///
    /// # Errors
    /// [`Error::Conflict`] where `base` is not the newest; [`Error::Exists`] where a new recipe has the name of another.
    pub async fn save_recipe(
        &self,
        enterprise: i64,
        name: &str,
        content: &str,
        base: i64,
        by: &By,
    ) -> Result<StoredRecipe> {
        let doing = "store the recipe";
        let mut tx = self.database.write(doing).await?;
        let newest = tx
            .query(format!(
                "select {RECIPE} from inspection_recipe where enterprise_id = ? and name = ? order by version desc limit 1"
            ))
            .bind(enterprise)
            .bind(name.to_owned())
            .fetch_optional(&mut *tx)
            .await
            .during(doing)?;
        let newest = newest.map(|row| recipe(&row)).transpose().during(doing)?;
        let found = newest.as_ref().map_or(0, |r| r.version);
        if found != base {
            let object = format!("recipe {name}");
            return Err(match base {
                0 => Error::Exists { object },
                expected => Error::Conflict { object, expected, found },
            });
        }
        let sha256 = sha256_hex(content.as_bytes());
        if let Some(same) = newest.filter(|r| r.sha256 == sha256) {
            return Ok(same);
        }
        let row = tx
            .query(format!(
                "insert into inspection_recipe ({RECIPE}) values \
                 ((select coalesce(max(id), 0) + 1 from inspection_recipe), ?, ?, ?, ?, ?, ?, ?) returning {RECIPE}"
            ))
            .bind(enterprise)
            .bind(name.to_owned())
            .bind(base + 1)
            .bind(content.to_owned())
            .bind(sha256.clone())
            .bind(by.actor.clone())
            .bind(by.at_ms)
            .fetch_one(&mut *tx)
            .await
            .during(doing)?;
        let stored = recipe(&row).during(doing)?;
        let detail = json!({ "name": name, "version": stored.version, "sha256": sha256 });
        audit::append(&mut tx, by, "recipe.save", format!("recipe/{}", stored.id), &detail).await?;
        tx.commit(doing).await?;
        Ok(stored)
    }

    /// Runs of these enterprises (of all where nothing is said), newest first, without their details.
    ///
    /// # Errors
    /// The database's.
    pub async fn runs(&self, enterprises: Option<&[i64]>, limit: u32) -> Result<Vec<StoredRun>> {
        let doing = "read the inspections";
        let mut tx = self.database.read(doing).await?;
        let columns = columns("'' as detail");
        let whose = among("enterprise_id", enterprises.map(<[_]>::len));
        let mut query = tx.query(format!(
            "select {columns} from inspection_run where 1 = 1{whose} order by id desc limit ?"
        ));
        for enterprise in enterprises.unwrap_or_default() {
            query = query.bind(*enterprise);
        }
        let rows = query.bind(i64::from(limit)).fetch_all(&mut *tx).await.during(doing)?;
        rows.iter().map(run).collect::<sqlx::Result<_>>().during(doing)
    }

    /// True where one of these enterprises has a run of this name.
    ///
    /// # Errors
    /// The database's.
    pub async fn has_run(&self, enterprises: &[i64], name: &str) -> Result<bool> {
        let doing = "read the inspections";
        let mut tx = self.database.read(doing).await?;
        let whose = among("enterprise_id", Some(enterprises.len()));
        let mut query = tx
            .query(format!("select id from inspection_run where name = ?{whose} limit 1"))
            .bind(name.to_owned());
        for enterprise in enterprises {
            query = query.bind(*enterprise);
        }
        let found = query.fetch_optional(&mut *tx).await.during(doing)?;
        Ok(found.is_some())
    }

    /// Number of enterprises with runs, of finished runs, and of those under way.
    ///
    /// # Errors
    /// The database's.
    pub async fn run_counts(&self) -> Result<[u64; 3]> {
        let doing = "count the inspections";
        let mut tx = self.database.read(doing).await?;
        let row = tx
            .query("select count(distinct enterprise_id), count(sha256), count(*) - count(sha256) from inspection_run")
            .fetch_one(&mut *tx)
            .await
            .during(doing)?;
        let get = |place: usize| row.try_get::<i64, _>(place).map(i64::unsigned_abs);
        Ok([get(0).during(doing)?, get(1).during(doing)?, get(2).during(doing)?])
    }

    /// A run by its row id.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn run(&self, id: i64) -> Result<StoredRun> {
        let doing = "read the inspection";
        let mut tx = self.database.read(doing).await?;
        let row = tx
            .query(format!("select {} from inspection_run where id = ?", columns("detail")))
            .bind(id)
            .fetch_optional(&mut *tx)
            .await
            .during(doing)?
            .ok_or_else(|| Error::NotFound { object: format!("inspection {id}") })?;
        run(&row).during(doing)
    }

    /// Begins a run, or finds the one of this name that is still under way: whoever begins again after a fall goes on.
    ///
    /// # Errors
    /// [`Error::Frozen`] where the one of this name is finished, or runs by another recipe.
    pub async fn begin_run(&self, new: &NewRun, by: &By) -> Result<i64> {
        let doing = "begin the inspection";
        let mut tx = self.database.write(doing).await?;
        let row = tx
            .query(format!(
                "select {} from inspection_run where enterprise_id = ? and name = ?",
                columns("'' as detail")
            ))
            .bind(new.enterprise)
            .bind(new.name.clone())
            .fetch_optional(&mut *tx)
            .await
            .during(doing)?;
        if let Some(row) = row {
            let known = run(&row).during(doing)?;
            if known.state == RunState::Running && known.recipe == new.recipe {
                return Ok(known.id);
            }
            let found =
                if known.state == RunState::Finished { "finished" } else { "under way by another recipe" };
            return Err(Error::Frozen {
                object: format!("inspection {}", new.name),
                state: found.to_owned(),
            });
        }
        let row = tx
            .query(
                "insert into inspection_run (id, enterprise_id, name, recipe_id, state, begun_ms, changed_ms, summary, \
                 detail, actor) values ((select coalesce(max(id), 0) + 1 from inspection_run), ?, ?, ?, 'running', ?, ?, \
                 '{}', '{}', ?) returning id",
            )
            .bind(new.enterprise)
            .bind(new.name.clone())
            .bind(new.recipe)
            .bind(by.at_ms)
            .bind(by.at_ms)
            .bind(by.actor.clone())
            .fetch_one(&mut *tx)
            .await
            .during(doing)?;
        let id: i64 = row.try_get(0).during(doing)?;
        let detail = json!({ "name": new.name, "recipe": new.recipe });
        audit::append(&mut tx, by, "inspection.begin", format!("inspection/{id}"), &detail).await?;
        tx.commit(doing).await?;
        Ok(id)
    }

    /// Puts what a run says now in the place of what it said before. The audit has its begin and its end: what lies between
    /// nobody decides.
    ///
    /// # Errors
    /// [`Error::Frozen`] where it is not under way.
    pub async fn push_run(&self, id: i64, now: &RunProgress, at_ms: i64) -> Result<()> {
        let doing = "store the inspection";
        let mut tx = self.database.write(doing).await?;
        write(&mut tx, id, now, None, at_ms, doing).await?;
        tx.commit(doing).await
    }

    /// Freezes a run with its files; returns its SHA-256.
    ///
    /// # Errors
    /// [`Error::Frozen`] where it is not under way.
    pub async fn finish_run(&self, id: i64, end: &FinishedRun, by: &By) -> Result<String> {
        let doing = "finish the inspection";
        let mut tx = self.database.write(doing).await?;
        let mut many = InsertMany::new(
            tx.dialect,
            "inspection_file",
            &["run_id", "place", "part", "name", "content"],
            String::new(),
        );
        for (place, file) in end.files.iter().enumerate() {
            // An empty file has one empty part.
            let parts = file.bytes.chunks(PART).chain(file.bytes.is_empty().then_some([].as_slice()));
            for (part, bytes) in parts.enumerate() {
                many.bind(id)
                    .bind(place as i64)
                    .bind(part as i64)
                    .bind(file.name.clone())
                    .bind(STANDARD.encode(bytes));
                // A row may be a megabyte: one at a time.
                many.flush(&mut tx, doing).await?;
            }
        }
        let hashes = end.files.iter().map(|f| (f.name.clone(), sha256_hex(&f.bytes)));
        let sha256 = frozen(&end.progress.summary, &end.progress.detail, hashes);
        write(&mut tx, id, &end.progress, Some(&sha256), by.at_ms, doing).await?;
        let detail = json!({ "sha256": sha256, "files": end.files.len() });
        audit::append(&mut tx, by, "inspection.finish", format!("inspection/{id}"), &detail).await?;
        tx.commit(doing).await?;
        Ok(sha256)
    }

    /// A file of a run; nothing where it has none of this name.
    ///
    /// # Errors
    /// The database's.
    pub async fn run_file(&self, id: i64, name: &str) -> Result<Option<Vec<u8>>> {
        let doing = "read the inspection's file";
        let mut tx = self.database.read(doing).await?;
        let rows = tx
            .query("select content from inspection_file where run_id = ? and name = ? order by place, part")
            .bind(id)
            .bind(name.to_owned())
            .fetch_all(&mut *tx)
            .await
            .during(doing)?;
        let mut bytes = Vec::new();
        for row in &rows {
            decode(row.try_get(0).during(doing)?, &mut bytes).ok_or_else(|| Error::Invalid {
                action: doing,
                reason: format!("a part of {name} of inspection {id} is no base64; run the check"),
            })?;
        }
        Ok((!rows.is_empty()).then_some(bytes))
    }
}

/// Appends a part's bytes; nothing where it is no base64.
fn decode(part: &str, to: &mut Vec<u8>) -> Option<()> {
    STANDARD.decode_vec(part, to).ok()
}

async fn write(
    tx: &mut Write,
    id: i64,
    now: &RunProgress,
    sha256: Option<&str>,
    at_ms: i64,
    doing: &'static str,
) -> Result<()> {
    let done = tx
        .query(
            "update inspection_run set summary = ?, detail = ?, changed_ms = ?, state = ?, sha256 = ? \
             where id = ? and state = 'running'",
        )
        .bind(now.summary.clone())
        .bind(now.detail.clone())
        .bind(at_ms)
        .bind(if sha256.is_some() { "finished" } else { "running" })
        .bind(sha256.map(str::to_owned))
        .bind(id)
        .execute(&mut **tx)
        .await
        .during(doing)?;
    if done.rows_affected() == 0 {
        return Err(Error::Frozen { object: format!("inspection {id}"), state: "not under way".to_owned() });
    }
    Ok(())
}

/// Computes the hash of every finished run again, and compares it with the audit's; every run whose end the audit records is there.
pub(crate) async fn check(
    tx: &mut Read,
    report: &mut CheckReport,
    mut finished: BTreeMap<i64, String>,
    doing: &'static str,
) -> Result<()> {
    let rows = tx
        .query("select id, summary, detail, sha256 from inspection_run where state = 'finished' order by id")
        .fetch_all(&mut **tx)
        .await
        .during(doing)?;
    for row in &rows {
        let get = || {
            Ok((
                row.try_get::<i64, _>(0)?,
                row.try_get::<&str, _>(1)?,
                row.try_get::<&str, _>(2)?,
                row.try_get::<&str, _>(3)?,
            ))
        };
        let (id, summary, detail, sha256) = get().during(doing)?;
        let parts = tx
            .query("select place, name, content from inspection_file where run_id = ? order by place, part")
            .bind(id)
            .fetch_all(&mut **tx)
            .await
            .during(doing)?;
        let mut files: BTreeMap<i64, (String, Vec<u8>)> = BTreeMap::new();
        for part in &parts {
            let get = || {
                Ok((part.try_get::<i64, _>(0)?, part.try_get::<String, _>(1)?, part.try_get::<&str, _>(2)?))
            };
            let (place, name, content) = get().during(doing)?;
            // What is no base64 has another hash than what was.
            let _ = decode(content, &mut files.entry(place).or_insert((name, Vec::new())).1);
        }
        let hashes = files.into_values().map(|(name, bytes)| (name, sha256_hex(&bytes)));
        let recorded = finished.remove(&id);
        if frozen(summary, detail, hashes) != sha256 {
            report.fault(
                format!("inspection/{id}"),
                "its content or its files do not have the hash that it was frozen with: something was changed afterwards",
            );
        } else if recorded.as_deref() != Some(sha256) {
            report.fault(format!("inspection/{id}"), "the audit records no end with this hash");
        }
    }
    for id in finished.into_keys() {
        report.fault(
            format!("inspection/{id}"),
            "the audit records its end, but it is not there as a finished one",
        );
    }
    Ok(())
}
