//! The layout of the database, brought up to date at every opening.
//!
//! Not sqlx's own migrator: that one does not lock SQLite, so two programs that open a new file at once would
//! both create the tables; and restoring an older backup needs the layout of that day first.

use crate::error::{During, Error, Result};
use crate::location::Location;
use crate::sql::Dialect;
use model::hex::sha256_hex;
use sqlx::{AnyConnection, AssertSqlSafe, Row};

/// One step of the layout. Triggers are the only thing that has no text common to both databases,
/// so a step may have two texts; they stand side by side in the one folder.
struct Migration {
    number: i64,
    name: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
    /// True for a step that only keeps rows from being inserted: a restore takes it after it has filled the tables.
    guard: bool,
}

const FOUNDATION: &str = include_str!("../migrations/0001_foundation.sql");

const DRAFTS: &str = include_str!("../migrations/0003_drafts.sql");

const PEOPLE: &str = include_str!("../migrations/0005_people.sql");

const MARKET: &str = include_str!("../migrations/0006_market.sql");

const LEDGER: &str = include_str!("../migrations/0007_ledger.sql");

const LEARN: &str = include_str!("../migrations/0009_learn.sql");

const MEETINGS: &str = include_str!("../migrations/0010_meetings.sql");

const MARKETS: &str = include_str!("../migrations/0011_markets.sql");

const INSPECTION: &str = include_str!("../migrations/0012_inspection.sql");

const EPCIS: &str = include_str!("../migrations/0013_epcis.sql");

const PARTNERS: &str = include_str!("../migrations/0016_partners.sql");
const RECORD_DECISION: &str = include_str!("../migrations/0017_record_decision.sql");
const LEARNED_MARKET: &str = include_str!("../migrations/0018_learned_market.sql");

const MIGRATIONS: &[Migration] = &[
    Migration { number: 1, name: "foundation", sqlite: FOUNDATION, postgres: FOUNDATION, guard: false },
    Migration {
        number: 2,
        name: "frozen",
        sqlite: include_str!("../migrations/0002_frozen.sqlite.sql"),
        postgres: include_str!("../migrations/0002_frozen.postgres.sql"),
        guard: false,
    },
    Migration { number: 3, name: "drafts", sqlite: DRAFTS, postgres: DRAFTS, guard: false },
    Migration {
        number: 4,
        name: "append_only",
        sqlite: include_str!("../migrations/0004_append_only.sqlite.sql"),
        postgres: include_str!("../migrations/0004_append_only.postgres.sql"),
        guard: true,
    },
    Migration { number: 5, name: "people", sqlite: PEOPLE, postgres: PEOPLE, guard: false },
    Migration { number: 6, name: "market", sqlite: MARKET, postgres: MARKET, guard: false },
    Migration { number: 7, name: "ledger", sqlite: LEDGER, postgres: LEDGER, guard: false },
    Migration {
        number: 8,
        name: "ledger_append",
        sqlite: include_str!("../migrations/0008_ledger_append.sqlite.sql"),
        postgres: include_str!("../migrations/0008_ledger_append.postgres.sql"),
        guard: true,
    },
    Migration { number: 9, name: "learn", sqlite: LEARN, postgres: LEARN, guard: false },
    Migration { number: 10, name: "meetings", sqlite: MEETINGS, postgres: MEETINGS, guard: false },
    Migration { number: 11, name: "markets", sqlite: MARKETS, postgres: MARKETS, guard: false },
    Migration { number: 12, name: "inspection", sqlite: INSPECTION, postgres: INSPECTION, guard: false },
    Migration { number: 13, name: "epcis", sqlite: EPCIS, postgres: EPCIS, guard: false },
    Migration {
        number: 14,
        name: "inspection_frozen",
        sqlite: include_str!("../migrations/0014_inspection_frozen.sqlite.sql"),
        postgres: include_str!("../migrations/0014_inspection_frozen.postgres.sql"),
        guard: false,
    },
    Migration {
        number: 15,
        name: "inspection_complete",
        sqlite: include_str!("../migrations/0015_inspection_complete.sqlite.sql"),
        postgres: include_str!("../migrations/0015_inspection_complete.postgres.sql"),
        guard: true,
    },
    Migration { number: 16, name: "partners", sqlite: PARTNERS, postgres: PARTNERS, guard: false },
    Migration {
        number: 17,
        name: "record_decision",
        sqlite: RECORD_DECISION,
        postgres: RECORD_DECISION,
        guard: false,
    },
    Migration {
        number: 18,
        name: "learned_market",
        sqlite: LEARNED_MARKET,
        postgres: LEARNED_MARKET,
        guard: false,
    },
];

/// Newest layout this program knows.
pub const LAYOUT: i64 = MIGRATIONS[MIGRATIONS.len() - 1].number;

impl Migration {
    fn text(&self, dialect: Dialect) -> &'static str {
        match dialect {
            Dialect::Sqlite => self.sqlite,
            Dialect::Postgres => self.postgres,
        }
    }
}

const BOOK: &str = "create table if not exists schema_migration (\
    number bigint not null primary key, name text not null, sha256 text not null)";

/// True when nothing is missing: then opening needs no write lock, and does not wait for a running import.
///
/// # Errors
/// [`Error::Newer`], [`Error::Altered`], [`Error::Open`] when it is another program's.
pub(crate) async fn is_current(
    from: &mut AnyConnection,
    location: &Location,
    dialect: Dialect,
) -> Result<bool> {
    let doing = "read the database's layout";
    // One statement: another program may be creating the tables at this moment.
    let row = sqlx::query(match dialect {
        Dialect::Sqlite => {
            "select count(*), count(case when name = 'schema_migration' then 1 end) \
             from sqlite_master where type = 'table'"
        }
        Dialect::Postgres => {
            "select count(*), count(case when table_name = 'schema_migration' then 1 end) \
             from information_schema.tables where table_schema = current_schema()"
        }
    })
    .fetch_one(&mut *from)
    .await
    .during(doing)?;
    let (tables, own): (i64, i64) = (row.try_get(0).during(doing)?, row.try_get(1).during(doing)?);
    if own == 0 {
        if tables > 0 {
            return Err(Error::Open {
                location: location.to_string(),
                reason: "it holds tables of another program; name a new file or an empty database".to_owned(),
            });
        }
        return Ok(false);
    }
    let done = applied(from).await?;
    verify(&done, dialect)?;
    Ok(done.len() == MIGRATIONS.len())
}

/// Runs what is missing. The caller holds the write lock and a transaction.
pub(crate) async fn migrate(to: &mut AnyConnection, dialect: Dialect) -> Result<()> {
    run(to, dialect, |_| true).await
}

/// Makes the tables of layout `until` without the guards that would refuse to fill them.
pub(crate) async fn migrate_to_fill(to: &mut AnyConnection, dialect: Dialect, until: i64) -> Result<()> {
    run(to, dialect, |step| step.number <= until && !step.guard).await
}

async fn run(to: &mut AnyConnection, dialect: Dialect, wanted: impl Fn(&Migration) -> bool) -> Result<()> {
    let action = "bring the database's layout up to date";
    sqlx::raw_sql(BOOK).execute(&mut *to).await.during(action)?;
    let done = applied(to).await?;
    verify(&done, dialect)?;
    for step in MIGRATIONS.iter().filter(|m| wanted(m) && !done.iter().any(|d| d.0 == m.number)) {
        let text = step.text(dialect);
        sqlx::raw_sql(text).execute(&mut *to).await.during(action)?;
        dialect
            .query("insert into schema_migration (number, name, sha256) values (?, ?, ?)")
            .bind(step.number)
            .bind(step.name)
            .bind(sha256_hex(text.as_bytes()))
            .execute(&mut *to)
            .await
            .during(action)?;
    }
    Ok(())
}

/// Drops every table of the store, to restore into what is left.
pub(crate) async fn drop_all(to: &mut AnyConnection, tables: impl Iterator<Item = &str>) -> Result<()> {
    for table in tables.chain(["schema_migration"]) {
        sqlx::raw_sql(AssertSqlSafe(format!("drop table if exists {table}")))
            .execute(&mut *to)
            .await
            .during("empty the database")?;
    }
    Ok(())
}

async fn applied(from: &mut AnyConnection) -> Result<Vec<(i64, String)>> {
    let action = "read the database's layout";
    let rows = sqlx::query("select number, sha256 from schema_migration order by number")
        .fetch_all(from)
        .await
        .during(action)?;
    rows.iter().map(|row| Ok((row.try_get(0).during(action)?, row.try_get(1).during(action)?))).collect()
}

fn verify(done: &[(i64, String)], dialect: Dialect) -> Result<()> {
    for (number, sha256) in done {
        match MIGRATIONS.iter().find(|m| m.number == *number) {
            None => return Err(Error::Newer { found: *number, known: LAYOUT }),
            Some(step) if sha256_hex(step.text(dialect).as_bytes()) != *sha256 => {
                return Err(Error::Altered { number: *number });
            }
            Some(_) => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_folder_is_a_step() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        files.sort();
        let mut steps = Vec::new();
        assert!(MIGRATIONS.is_sorted_by(|a, b| a.number < b.number));
        for step in MIGRATIONS {
            let stem = format!("{:04}_{}", step.number, step.name);
            if step.sqlite == step.postgres {
                steps.push(format!("{stem}.sql"));
            } else {
                steps.extend([format!("{stem}.postgres.sql"), format!("{stem}.sqlite.sql")]);
            }
        }
        assert_eq!(files, steps);
    }
}
