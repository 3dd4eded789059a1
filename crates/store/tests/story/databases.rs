//! A fresh database of each kind for a test.

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;

/// A fresh, empty database; gone when dropped.
pub struct Place {
    pub url: String,
    folder: Option<TempDir>,
    server: Option<(String, String)>,
}

impl Place {
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = folder.path().join("yulin.db").display().to_string();
        Self { url, folder: Some(folder), server: None }
    }

    /// `None` when no server is named.
    pub async fn postgres() -> Option<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let Ok(server) = std::env::var("YULIN_TEST_POSTGRES") else {
            assert!(
                std::env::var("CI").as_deref() != Ok("true"),
                "CI must name a PostgreSQL server in YULIN_TEST_POSTGRES"
            );
            eprintln!("skipped: no PostgreSQL (YULIN_TEST_POSTGRES)");
            return None;
        };
        let name = format!("yulin_test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        run(&server, format!("create database {name}")).await;
        let (base, query) = server.split_once('?').map_or((server.as_str(), ""), |(b, q)| (b, q));
        let host = &base[..base.rfind('/').filter(|at| !base[..*at].ends_with('/')).unwrap_or(base.len())];
        let url = format!("{host}/{name}?{query}").trim_end_matches('?').to_owned();
        Some(Self { url, folder: None, server: Some((server, name)) })
    }

    pub fn is_sqlite(&self) -> bool {
        self.folder.is_some()
    }

    async fn remove(self) {
        if let Some((server, name)) = &self.server {
            run(server, format!("drop database {name} with (force)")).await;
        }
    }

    /// Runs statements past the store, as a tamperer would.
    pub async fn tamper(&self, sql: &str) -> sqlx::Result<()> {
        sqlx::any::install_default_drivers();
        let url = if self.is_sqlite() { format!("sqlite:{}", self.url) } else { self.url.clone() };
        let mut connection = sqlx::AnyConnection::connect(&url).await?;
        connection.execute(sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))).await?;
        connection.close().await
    }

    /// Reads one text past the store.
    pub async fn peek(&self, sql: &str) -> Vec<String> {
        sqlx::any::install_default_drivers();
        let url = if self.is_sqlite() { format!("sqlite:{}", self.url) } else { self.url.clone() };
        let mut connection = sqlx::AnyConnection::connect(&url).await.unwrap();
        sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_all(&mut connection).await.unwrap()
    }
}

async fn run(server: &str, sql: String) {
    let mut connection = PgConnection::connect(server).await.unwrap();
    connection.execute(AssertSqlSafe(sql)).await.unwrap();
    connection.close().await.unwrap();
}

/// Runs a test on `count` fresh databases, once on SQLite and once on PostgreSQL.
pub fn on_both(count: usize, test: impl AsyncFn(&[Place])) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let sqlite: Vec<Place> = (0..count).map(|_| Place::sqlite()).collect();
    runtime.block_on(test(&sqlite));
    let mut postgres = Vec::new();
    for _ in 0..count {
        match runtime.block_on(Place::postgres()) {
            Some(place) => postgres.push(place),
            None => return,
        }
    }
    guarded(&runtime, postgres, test);
}

/// Runs a test on one SQLite and one PostgreSQL database together.
pub fn across(test: impl AsyncFn(&[Place])) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    if let Some(postgres) = runtime.block_on(Place::postgres()) {
        guarded(&runtime, vec![Place::sqlite(), postgres, Place::sqlite()], test);
    }
}

/// Runs a test and removes its databases even when it fails.
fn guarded(runtime: &tokio::runtime::Runtime, places: Vec<Place>, test: impl AsyncFn(&[Place])) {
    let outcome = catch_unwind(AssertUnwindSafe(|| runtime.block_on(test(&places))));
    for place in places {
        runtime.block_on(place.remove());
    }
    if let Err(panic) = outcome {
        resume_unwind(panic);
    }
}
