//! Connections, and the two kinds of transaction: one writer at a time, and readers of one moment.

use crate::error::{During, Error, Result, sorted};
use crate::location::Location;
use crate::migrate;
use crate::sql::Dialect;
use sqlx::any::{AnyArguments, AnyConnectOptions, AnyPoolOptions, AnyRow};
use sqlx::query::Query;
use sqlx::{Any, AnyConnection, AnyPool, AssertSqlSafe, ConnectOptions, Connection, Transaction};
use std::borrow::Cow;
use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, OwnedMutexGuard};

/// How long to wait for a server to answer.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
/// How long a writer waits for another program's transaction; an import of 50,000 rows takes seconds.
const BUSY_TIMEOUT_MS: u32 = 30_000;
/// A connection to a server that answered so short a time ago is not asked whether it still does.
const TRUSTED_FOR: Duration = Duration::from_secs(1);
/// Readers at once; writers queue anyway.
const CONNECTIONS_MAX: u32 = 8;

/// An open database.
#[derive(Clone)]
pub(crate) struct Database {
    pub(crate) location: Location,
    pub(crate) dialect: Dialect,
    pool: AnyPool,
    /// Writers of this process queue here in order; those of other processes wait in the database.
    turn: Arc<Mutex<()>>,
}

impl Database {
    /// Opens the database, creates it where it is a new file, and brings its layout up to date.
    pub(crate) async fn open(location: Location) -> Result<Self> {
        sqlx::any::install_default_drivers();
        let dialect = match location {
            Location::File(_) => Dialect::Sqlite,
            Location::Url(_) => Dialect::Postgres,
        };
        // The source may quote the URL, so it is not shown.
        let options = AnyConnectOptions::from_str(&location.driver_url()).map_err(|_| Error::Open {
            location: location.to_string(),
            reason: "that is no URL of a database; write postgres://USER:PASSWORD@HOST:PORT/DATABASE, \
                     with %XX for special characters of the password"
                .to_owned(),
        })?;
        let options = options.disable_statement_logging();
        if let Location::File(path) = &location {
            create_private(path)?;
        }
        // The first connection is made outside the pool, which would hide why a server does not answer.
        let mut first = connect(&location, &options).await?;
        set_up(&mut first, dialect).await?;
        if dialect == Dialect::Sqlite {
            switch_to_wal(&mut first).await?;
        }
        if !migrate::is_current(&mut first, &location, dialect).await? {
            let action = "bring the database's layout up to date";
            let mut tx = first.begin_with(begin_write(dialect)).await.during(action)?;
            if dialect == Dialect::Postgres {
                // The audit table, by which writers queue, may not be there yet.
                sqlx::raw_sql("select pg_advisory_xact_lock(825241936)")
                    .execute(&mut *tx)
                    .await
                    .during(action)?;
            }
            migrate::migrate(&mut tx, dialect).await?;
            tx.commit().await.during(action)?;
        }
        first.close().await.during("open the database")?;
        let pool = AnyPoolOptions::new()
            .max_connections(CONNECTIONS_MAX)
            // A server may have gone away since; a file has not, nor does a server in a moment, and the question costs as much as a
            // small query.
            .test_before_acquire(false)
            .before_acquire(move |connection, rest| {
                Box::pin(async move {
                    if dialect == Dialect::Postgres && rest.idle_for > TRUSTED_FOR {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            })
            .after_connect(move |connection, _| {
                Box::pin(async move { set_up_raw(connection, dialect).await })
            })
            .connect_lazy_with(options);
        Ok(Self { location, dialect, pool, turn: Arc::default() })
    }

    /// Closes all connections; SQLite then folds its log into the file.
    pub(crate) async fn close(&self) {
        self.pool.close().await;
    }

    /// Begins the one writing transaction. Dropped without [`Write::commit`], it leaves nothing.
    ///
    /// Writers queue in both databases: each appends to the audit, and a chain has one end.
    pub(crate) async fn write(&self, action: &'static str) -> Result<Write> {
        let turn = Arc::clone(&self.turn).lock_owned().await;
        let mut tx = self.pool.begin_with(begin_write(self.dialect)).await.during(action)?;
        if self.dialect == Dialect::Postgres {
            // Readers are not kept out by this mode.
            sqlx::raw_sql("lock table audit in exclusive mode").execute(&mut *tx).await.during(action)?;
        }
        Ok(Write { tx, dialect: self.dialect, _turn: turn })
    }

    /// Asks for one row by one statement, which sees one moment without a transaction around it.
    pub(crate) async fn row(&self, text: &'static str, action: &'static str) -> Result<Option<AnyRow>> {
        self.dialect.query(text).fetch_optional(&self.pool).await.during(action)
    }

    /// Begins a transaction that sees one moment of the database throughout.
    pub(crate) async fn read(&self, action: &'static str) -> Result<Read> {
        let begin = match self.dialect {
            Dialect::Sqlite => "begin deferred",
            Dialect::Postgres => "begin isolation level repeatable read read only",
        };
        let tx = self.pool.begin_with(begin).await.during(action)?;
        Ok(Read { tx, dialect: self.dialect })
    }
}

fn begin_write(dialect: Dialect) -> &'static str {
    match dialect {
        // A deferred transaction that writes later fails at once when another has written meanwhile.
        Dialect::Sqlite => "begin immediate",
        // After the lock each statement must see what the last writer committed.
        Dialect::Postgres => "begin isolation level read committed",
    }
}

/// Makes a new file that only its owner reads; SQLite gives its log the same rights.
fn create_private(path: &Path) -> Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(source) if source.kind() != std::io::ErrorKind::AlreadyExists => {
            Err(Error::Io { action: "create the database", path: path.to_owned(), source })
        }
        _ => Ok(()),
    }
}

async fn connect(location: &Location, options: &AnyConnectOptions) -> Result<AnyConnection> {
    let open = |reason: String| Error::Open { location: location.to_string(), reason };
    match tokio::time::timeout(CONNECT_TIMEOUT, options.connect()).await {
        Ok(Ok(connection)) => Ok(connection),
        Ok(Err(sqlx::Error::Configuration(_))) => {
            Err(open("a parameter of the URL has no valid value".to_owned()))
        }
        Ok(Err(error @ sqlx::Error::Io(_))) => Err(open(format!("{error}; is the database server running?"))),
        Ok(Err(error)) => Err(match sorted("open the database", error) {
            Error::Database { source, .. } => open(source.to_string()),
            other => other,
        }),
        Err(_) => Err(open(format!("no answer within {} s", CONNECT_TIMEOUT.as_secs()))),
    }
}

async fn set_up(connection: &mut AnyConnection, dialect: Dialect) -> Result<()> {
    set_up_raw(connection, dialect).await.during("open the database")
}

async fn set_up_raw(connection: &mut AnyConnection, dialect: Dialect) -> sqlx::Result<()> {
    let text = match dialect {
        // FULL: what was acknowledged survives a power cut, also in WAL mode.
        Dialect::Sqlite => format!(
            "pragma busy_timeout = {BUSY_TIMEOUT_MS}; pragma foreign_keys = on; pragma synchronous = full; \
             pragma cache_size = -16000"
        ),
        Dialect::Postgres => format!("set lock_timeout = {BUSY_TIMEOUT_MS}"),
    };
    sqlx::raw_sql(AssertSqlSafe(text)).execute(connection).await?;
    Ok(())
}

/// WAL lets readers read while an import writes. The mode stays in the file; switching needs the file alone,
/// and SQLite does not wait for that by itself.
async fn switch_to_wal(connection: &mut AnyConnection) -> Result<()> {
    let action = "open the database";
    let deadline = tokio::time::Instant::now() + Duration::from_millis(BUSY_TIMEOUT_MS.into());
    loop {
        let mode: String =
            sqlx::query_scalar("pragma journal_mode").fetch_one(&mut *connection).await.during(action)?;
        if mode == "wal" {
            return Ok(());
        }
        match sqlx::raw_sql("pragma journal_mode = wal").execute(&mut *connection).await.during(action) {
            Ok(_) => return Ok(()),
            Err(Error::Busy { .. }) if tokio::time::Instant::now() < deadline => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            Err(error) => return Err(error),
        }
    }
}

/// The writing transaction.
pub(crate) struct Write {
    tx: Transaction<'static, Any>,
    pub(crate) dialect: Dialect,
    _turn: OwnedMutexGuard<()>,
}

/// A reading transaction.
pub(crate) struct Read {
    tx: Transaction<'static, Any>,
    pub(crate) dialect: Dialect,
}

impl Write {
    /// A statement with `?` for its arguments.
    pub(crate) fn query(&self, text: impl Into<Cow<'static, str>>) -> Query<'static, Any, AnyArguments> {
        self.dialect.query(text)
    }

    /// Has all that follows in this transaction looked up by index, also by triggers. PostgreSQL would read a whole table for each
    /// question as long as it has no statistics of it, which is so until a minute after its first rows.
    pub(crate) async fn look_up_by_index(&mut self, action: &'static str) -> Result<()> {
        if self.dialect == Dialect::Postgres {
            sqlx::raw_sql("set local enable_seqscan = off").execute(&mut *self.tx).await.during(action)?;
        }
        Ok(())
    }

    /// Makes it durable.
    pub(crate) async fn commit(self, action: &'static str) -> Result<()> {
        self.tx.commit().await.during(action)
    }
}

impl Read {
    /// A statement with `?` for its arguments.
    pub(crate) fn query(&self, text: impl Into<Cow<'static, str>>) -> Query<'static, Any, AnyArguments> {
        self.dialect.query(text)
    }
}

impl Deref for Write {
    type Target = AnyConnection;
    fn deref(&self) -> &AnyConnection {
        &self.tx
    }
}

impl DerefMut for Write {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        &mut self.tx
    }
}

impl Deref for Read {
    type Target = AnyConnection;
    fn deref(&self) -> &AnyConnection {
        &self.tx
    }
}

impl DerefMut for Read {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        &mut self.tx
    }
}
