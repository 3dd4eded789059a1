//! Whoever changes the database past the store is refused by it, or found by the check.

use crate::databases::{Place, on_both};
use crate::sample::{batch, by, chained, content};
use store::{NewDraft, Store};

/// A store with one import and one published list.
async fn filled(place: &Place) -> Store {
    let store = Store::open(&place.url).await.unwrap();
    store.import(&batch(), |_, _| ()).await.unwrap();
    let draft = store.insert_draft(&NewDraft::of(&content(&["铁框"])), &by("li")).await.unwrap();
    store.approve(draft.id, 1, None, &by("wang")).await.unwrap();
    store.publish(draft.id, 2, 0, &by("wang"), chained).await.unwrap();
    assert!(store.check().await.unwrap().is_sound());
    store
}

#[test]
fn the_database_refuses_to_change_what_is_frozen() {
    on_both(1, async |places: &[Place]| {
        let place = &places[0];
        let store = filled(place).await;
        store
            .set_status(model::visibility::Noun::Need, "N-1", 1, store::Status::Closed, &by("li"))
            .await
            .unwrap();
        for (sql, expect) in [
            ("update audit set actor = 'x' where seq = 1", "append-only"),
            ("delete from audit", "append-only"),
            ("update past_version set body = ''", "frozen"),
            ("delete from past_version", "frozen"),
            ("update list_part set content = ''", "frozen"),
            ("delete from list_part", "frozen"),
            ("update list set number = 7", "frozen"),
            ("update list set sha256 = ''", "frozen"),
            ("update list set state = 'draft', number = null", "frozen"),
            ("delete from list", "frozen"),
        ] {
            let error = place.tamper(sql).await.unwrap_err().to_string();
            assert!(error.contains(expect), "{sql}: {error}");
        }
        if !place.is_sqlite() {
            assert!(place.tamper("truncate audit").await.is_err());
            assert!(place.tamper("truncate list cascade").await.is_err());
        }
        assert!(store.check().await.unwrap().is_sound());
    });
}

/// SQLite's `or replace` deletes without asking the triggers on delete, and any insert adds to what is frozen.
#[test]
fn the_database_refuses_to_add_to_or_replace_what_is_frozen() {
    on_both(1, async |places: &[Place]| {
        let place = &places[0];
        let store = filled(place).await;
        let draft = store.insert_draft(&NewDraft::of(&content(&["端子"])), &by("li")).await.unwrap();
        assert_eq!(draft.id, 2);
        store
            .set_status(model::visibility::Noun::Need, "N-1", 1, store::Status::Closed, &by("li"))
            .await
            .unwrap();
        let draft_columns = "period, state, drafted_by, drafted_ms, version";
        let mut cases = vec![
            ("insert into list_part values (1, 99, 'x')".to_owned(), "frozen"),
            ("update list_part set list_id = 1, part = 99 where list_id = 2".to_owned(), "frozen"),
            ("insert into list_review select 99, 1, 'n', 'o', '{}', 'x', 0".to_owned(), "frozen"),
            ("insert into audit select 999, 0, 'x', 'x', 'x', '{}', 'x', 'x'".to_owned(), "append-only"),
            (
                format!(
                    "insert into list (id, number, sha256, {draft_columns}) \
                     values (9, 9, '', '2026-11', 'published', 'x', 0, 1)"
                ),
                "frozen",
            ),
        ];
        if place.is_sqlite() {
            let head = format!("insert or replace into list (id, {draft_columns})");
            cases.extend([
                (format!("{head} values (1, '2026-11', 'draft', 'x', 0, 1)"), "frozen"),
                (format!("{head} values (2, '2026-11', 'draft', 'x', 0, 1)"), "frozen"),
                ("insert or replace into list_part values (1, 1, 'x')".to_owned(), "frozen"),
                ("update or replace list_part set list_id = 1 where list_id = 2".to_owned(), "frozen"),
                ("update or replace list set id = 1 where id = 2".to_owned(), "frozen"),
                (
                    "update or replace list set number = 1, state = 'published' where id = 2".to_owned(),
                    "frozen",
                ),
                ("replace into audit select * from audit where seq = 1".to_owned(), "append-only"),
                (
                    "insert or replace into audit select (select max(seq) + 1 from audit), at_ms, actor, action, \
                     object, detail, (select hash from audit order by seq desc limit 1), hash \
                     from audit where seq = 1"
                        .to_owned(),
                    "append-only",
                ),
                ("replace into past_version select * from past_version".to_owned(), "frozen"),
            ]);
        }
        for (sql, expect) in cases {
            // Whoever opens the file with another tool may have references unchecked.
            let sql = if place.is_sqlite() { format!("pragma foreign_keys = off; {sql}") } else { sql };
            let error = place.tamper(&sql).await.expect_err(&sql).to_string();
            assert!(error.contains(expect), "{sql}: {error}");
        }
        assert!(store.check().await.unwrap().is_sound());
    });
}

#[test]
fn the_check_names_the_first_broken_link() {
    on_both(1, async |places: &[Place]| {
        let cases = [
            (
                "audit",
                "update audit set actor = 'x' where seq = 2",
                "audit/2",
                "was changed after it was written",
            ),
            ("audit", "delete from audit where seq = 2", "audit/3", "it should be number 2"),
            (
                "list_part",
                "update list_part set content = replace(content, '铁框', '铜框')",
                "list/1 (No. 1)",
                "it was changed afterwards",
            ),
            (
                "audit",
                "delete from audit where seq = 4",
                "list/1 (No. 1)",
                "the audit records no publication",
            ),
            (
                "",
                "update offer set body = replace(body, '端子', '接头')",
                "offer/O-2",
                "changed from outside",
            ),
            ("", "update offer set title = '接头' where key = 'O-2'", "offer/O-2", "a column by which"),
            ("", "update offer set version = 2 where key = 'O-2'", "offer/O-2", "has 0 past versions"),
        ];
        let place = &places[0];
        let store = filled(place).await;
        let folder = tempfile::tempdir().unwrap();
        let sound = folder.path().join("sound.yulin");
        store.backup(&sound, |_, _| ()).await.unwrap();
        for (trigger, sql, object, message) in cases {
            store.restore(&sound, true, |_, _| ()).await.unwrap();
            disarm(place, trigger).await;
            place.tamper(sql).await.unwrap();
            let report = store.check().await.unwrap();
            let first = &report.faults[0];
            assert!(first.object == object && first.message.contains(message), "{sql}: {report:#?}");
            assert_eq!(report.faults_total, 1, "{sql}: {report:#?}");
        }
    });
}

/// Who forges a list with its hash is found by the audit.
#[test]
fn a_forged_list_with_its_own_hash_is_found() {
    on_both(1, async |places: &[Place]| {
        let place = &places[0];
        let store = filled(place).await;
        for table in ["list", "list_part"] {
            disarm(place, table).await;
        }
        let forged = content(&["铜框"]);
        place
            .tamper(&format!(
                "update list_part set content = '{}'; update list set sha256 = '{}'",
                forged.canonical().replace('\'', "''"),
                forged.sha256()
            ))
            .await
            .unwrap();
        let report = store.check().await.unwrap();
        assert_eq!(report.faults.len(), 1, "{report:#?}");
        assert!(report.faults[0].message.contains("the audit records no publication"), "{report:#?}");
    });
}

/// Takes the triggers off a table, as an administrator of the database could.
pub async fn disarm(place: &Place, table: &str) {
    if table.is_empty() {
        return;
    }
    if !place.is_sqlite() {
        return place.tamper(&format!("alter table {table} disable trigger user")).await.unwrap();
    }
    let names = place
        .peek(&format!("select name from sqlite_master where type = 'trigger' and tbl_name = '{table}'"))
        .await;
    for name in names {
        place.tamper(&format!("drop trigger {name}")).await.unwrap();
    }
}
