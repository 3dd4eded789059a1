//! Opening: the layout, and what cannot be opened.

use crate::databases::{Place, on_both};
use crate::sample::{batch, content};
use flate2::read::GzDecoder;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::Read as _;
use store::{Error, Store};

/// A column that is not in the backup's own list of tables would be lost by a restore.
#[test]
fn a_backup_carries_every_column_of_the_database() {
    on_both(1, async |places: &[Place]| {
        let place = &places[0];
        let store = Store::open(&place.url).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("b.yulin");
        store.backup(&path, |_, _| ()).await.unwrap();
        let mut text = String::new();
        GzDecoder::new(std::fs::File::open(&path).unwrap()).read_to_string(&mut text).unwrap();
        let mut carried = BTreeMap::new();
        for line in text.lines() {
            let line: Value = serde_json::from_str(line).unwrap();
            if let Some(table) = line["table"].as_str() {
                let mut columns: Vec<String> = line["columns"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|c| c[0].as_str().unwrap().to_owned())
                    .collect();
                columns.sort();
                carried.insert(table.to_owned(), columns);
            }
        }
        let sql = if place.is_sqlite() {
            "select t.name || ' ' || c.name from sqlite_master t, pragma_table_info(t.name) c where t.type = 'table'"
        } else {
            "select cast(table_name || ' ' || column_name as text) from information_schema.columns \
             where table_schema = 'public'"
        };
        let mut held: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for column in place.peek(sql).await {
            let (table, column) = column.split_once(' ').unwrap();
            held.entry(table.to_owned()).or_default().push(column.to_owned());
        }
        held.remove("schema_migration");
        // Who is signed in, and answers to requests that may be repeated, are of the moment; how events are found is computed from
        // them: no backup carries these.
        for ephemeral in ["session", "idempotency", "event_search", "event_term", "event_word", "pact_access"]
        {
            assert!(held.remove(ephemeral).is_some(), "{ephemeral} is a table");
        }
        held.values_mut().for_each(|columns| columns.sort());
        assert_eq!(carried, held);
    });
}

#[test]
fn a_newer_or_altered_layout_is_refused() {
    on_both(1, async |places: &[Place]| {
        let place = &places[0];
        Store::open(&place.url).await.unwrap().close().await;
        place.tamper("insert into schema_migration values (99, 'later', '')").await.unwrap();
        let error = Store::open(&place.url).await.unwrap_err();
        assert!(matches!(error, Error::Newer { found: 99, known: store::LAYOUT }), "{error}");
        assert_eq!(
            error.to_string(),
            format!(
                "open the database: it has layout 99, this program knows layouts up to {}; install a newer program",
                store::LAYOUT
            )
        );
        place.tamper("delete from schema_migration where number = 99").await.unwrap();
        place.tamper("update schema_migration set sha256 = 'x' where number = 1").await.unwrap();
        let error = Store::open(&place.url).await.unwrap_err();
        assert!(matches!(error, Error::Altered { number: 1 }), "{error}");
    });
}

/// A database of layout 2 with a published list opens, keeps it, and is guarded from then on.
#[test]
fn an_older_layout_is_brought_up_to_date() {
    on_both(1, async |places: &[Place]| {
        let place = &places[0];
        if place.is_sqlite() {
            std::fs::write(&place.url, "").unwrap();
        }
        let frozen = if place.is_sqlite() {
            include_str!("../../migrations/0002_frozen.sqlite.sql")
        } else {
            include_str!("../../migrations/0002_frozen.postgres.sql")
        };
        place
            .tamper(
                "create table schema_migration (\
                 number bigint not null primary key, name text not null, sha256 text not null)",
            )
            .await
            .unwrap();
        let steps =
            [("foundation", include_str!("../../migrations/0001_foundation.sql")), ("frozen", frozen)];
        for (number, (name, text)) in (1..).zip(steps) {
            place.tamper(text).await.unwrap();
            let sha256 = model::hex::sha256_hex(text.as_bytes());
            let row = format!("insert into schema_migration values ({number}, '{name}', '{sha256}')");
            place.tamper(&row).await.unwrap();
        }
        let text = content(&["铁框"]).canonical();
        let sha256 = model::hex::sha256_hex(text.as_bytes());
        place
            .tamper(&format!(
                "insert into list values \
                 (1, null, '2026-11', 'approved', null, null, 'li', 0, 'wang', null, null, null, 1); \
                 insert into list_part values (1, 1, '{}'); \
                 update list set number = 1, state = 'published', previous_sha256 = '', sha256 = '{sha256}'",
                text.replace('\'', "''")
            ))
            .await
            .unwrap();
        let store = Store::open(&place.url).await.unwrap();
        let list = store.list_by_number(1).await.unwrap().list;
        assert_eq!(list.content, content(&["铁框"]));
        assert_eq!(store.list_head(1).await.unwrap().import_id, None);
        assert!(place.tamper("insert into list_part values (1, 2, 'x')").await.is_err());
    });
}

#[test]
fn another_programs_database_is_left_alone() {
    on_both(1, async |places: &[Place]| {
        let place = &places[0];
        if place.is_sqlite() {
            std::fs::write(&place.url, "").unwrap();
        }
        place.tamper("create table theirs (x text)").await.unwrap();
        let error = Store::open(&place.url).await.unwrap_err();
        assert!(error.to_string().contains("tables of another program"), "{error}");
    });
}

#[cfg(unix)]
#[tokio::test]
async fn a_new_file_is_its_owners_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::sqlite();
    let store = Store::open(&place.url).await.unwrap();
    store.import(&batch(), |_, _| ()).await.unwrap();
    for file in [place.url.clone(), format!("{}-wal", place.url)] {
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o077, 0, "{file}");
    }
}

#[tokio::test]
async fn what_cannot_be_opened_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing.db").display().to_string();
    let error = Store::open_existing(&missing).await.unwrap_err();
    assert!(matches!(error, Error::Open { .. }), "{error}");
    assert!(!std::path::Path::new(&missing).exists());

    let text = folder.path().join("text.db");
    std::fs::write(&text, "这不是数据库".repeat(1000)).unwrap();
    let error = Store::open(&text.display().to_string()).await.unwrap_err();
    assert!(matches!(error, Error::Corrupt { .. }), "{error}");

    for url in [
        "postgres://yulin:geheim@127.0.0.1:1/yulin",
        "postgres://yulin:geheim@[/yulin",
        "postgres://u:geheim@h/x?port=y",
    ] {
        let error = Store::open(url).await.unwrap_err();
        assert!(matches!(error, Error::Open { .. }), "{error}");
        assert!(!format!("{error} {error:?}").contains("geheim"), "{error:?}");
    }
}

/// A page that rots is found by the check, not by chance.
#[tokio::test]
async fn a_rotten_page_is_found() {
    let place = Place::sqlite();
    let store = Store::open(&place.url).await.unwrap();
    store.import(&batch(), |_, _| ()).await.unwrap();
    store.close().await;
    let mut bytes = std::fs::read(&place.url).unwrap();
    let at = bytes.windows("不锈钢".len()).position(|window| window == "不锈钢".as_bytes()).unwrap();
    bytes[at] ^= 1;
    std::fs::write(&place.url, bytes).unwrap();
    let store = Store::open(&place.url).await.unwrap();
    let report = store.check().await.unwrap();
    assert!(!report.is_sound());
}
