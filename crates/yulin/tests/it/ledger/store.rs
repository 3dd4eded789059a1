//! Capture, verify, trace, recall, balance, footprint, export: with the database.

use super::plant::{SITE, document, event, kilograms, lot, plant};
use super::{files_of, shared};
use crate::common::{ok, run, text};
use serde_json::Value;
use std::path::Path;

/// A folder whose database holds the plant's events.
fn captured() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("plant.json"), document(&plant())).unwrap();
    let said = ok(dir.path(), &["ledger", "capture", "plant.json"]);
    assert!(said.contains("new 新增 8, known 已有 0, last 末号 8"), "{said}");
    dir
}

fn json(dir: &Path, args: &[&str]) -> Value {
    serde_json::from_str(&ok(dir, &[args, &["--json"]].concat())).unwrap()
}

fn close(found: &Value, expect: f64) {
    let found_number = found.as_f64().unwrap_or_else(|| panic!("{found} is no number"));
    assert!((found_number - expect).abs() < 1e-9 * expect.abs().max(1.0), "{found} {expect}");
}

#[test]
fn the_same_events_are_stored_once_and_a_faulty_document_not_at_all() {
    let dir = captured();
    let dir = dir.path();
    assert!(ok(dir, &["ledger", "capture", "plant.json"]).contains("new 新增 0, known 已有 8, last 末号 8"));
    let good =
        event("ObjectEvent", 50, r#""action": "OBSERVE", "epcList": ["urn:epc:id:sgtin:4012345.011111.1"]"#);
    let bad =
        event("ObjectEvent", 51, r#""action": "SEE", "epcList": ["urn:epc:id:sgtin:4012345.011111.1"]"#);
    std::fs::write(dir.join("bad.json"), document(&[bad, good])).unwrap();
    let output = run(dir, &["ledger", "capture", "bad.json"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        text(&output).contains("bad.json: /epcisBody/eventList/0/action：读到 \"SEE\""),
        "{}",
        text(&output)
    );
    assert!(ok(dir, &["ledger", "verify"]).contains("8 events"));
    // Past the fault the valid event is stored, the faulty one named.
    let output = run(dir, &["ledger", "capture", "bad.json", "--proceed"]);
    assert!(
        output.status.success()
            && text(&output).contains("left out 未采集: bad.json: /epcisBody/eventList/0")
    );
    assert!(ok(dir, &["ledger", "verify"]).contains("9 events"));
    let check = ok(dir, &["check"]);
    assert!(
        check.contains("ledger chain: 9 events") && check.lines().all(|l| l.starts_with("ok")),
        "{check}"
    );
}

#[test]
fn every_published_document_is_captured_and_comes_out_with_its_hashes() {
    let Some(shared) = shared() else { return };
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let mut files = files_of(&shared.join("epcis_valid"), "json");
    files.extend(files_of(&shared.join("event_hash"), "jsonld"));
    let mut wanted = std::collections::BTreeSet::new();
    for file in files {
        let content = std::fs::read_to_string(&file).unwrap();
        // Answers of queries are not for capture, and fields that a repository ignores are its own.
        if content.contains("EPCISQueryDocument") || content.contains("ignoreFields") {
            continue;
        }
        ok(dir, &["ledger", "capture", &file]);
        wanted.extend(ok(dir, &["ledger", "hash", &file]).lines().map(str::to_owned));
    }
    assert!(wanted.len() > 20, "{}", wanted.len());
    ok(dir, &["ledger", "verify"]);
    ok(dir, &["ledger", "export", "epcis", "--out", "all.json"]);
    let found = ok(dir, &["ledger", "hash", "all.json"]).lines().map(str::to_owned).collect();
    assert_eq!(wanted, found, "an export holds the same events");
    let table = ok(dir, &["ledger", "export", "csv"]);
    assert!(
        table.starts_with("\u{feff}seq,hash,time,") && table.contains(",TransformationEvent,"),
        "{table}"
    );
}

#[test]
fn traces_carry_amounts() {
    let dir = captured();
    let dir = dir.path();
    let up = ok(dir, &["ledger", "trace", &lot("P"), "--direction", "up", "--format", "ndjson"]);
    let rows: Vec<Value> = up.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let part = |rows: &[Value], name: &str| {
        let end = format!("/10/{name}");
        rows.iter()
            .find(|r| r["lot"].as_str().unwrap().ends_with(&end))
            .unwrap_or_else(|| panic!("{name}"))
            .clone()
    };
    assert_eq!(rows.len(), 4);
    for (name, share, kg, depth) in
        [("P", 1.0, 50.0, 0), ("W", 1.0, 50.0, 1), ("A", 0.6, 30.0, 2), ("B", 0.4, 20.0, 2)]
    {
        let row = part(&rows, name);
        close(&row["share"], share);
        close(&row["carried"]["value"], kg);
        assert_eq!(row["depth"], depth);
    }
    let down = ok(dir, &["ledger", "trace", &lot("A"), "--direction", "down", "--depth", "1"]);
    assert!(down.contains("/10/W") && !down.contains("/10/Q") && down.contains("超出深度"), "{down}");
    let dot = ok(dir, &["ledger", "trace", &lot("A"), "--direction", "down", "--format", "dot"]);
    assert!(dot.starts_with("digraph trace {") && dot.matches(" -> ").count() == 4, "{dot}");
    let output = run(dir, &["ledger", "trace", "urn:x:none", "--direction", "up"]);
    assert!(output.status.code() == Some(4) && text(&output).contains("urn:x:none"), "{}", text(&output));
    // The customers of A: 60 % of what each of them kept.
    let recall = json(dir, &["ledger", "recall", &lot("A")]);
    let customers = recall["customers"].as_array().unwrap();
    assert_eq!(customers.len(), 2);
    for (customer, kg) in customers.iter().zip([30.0, 24.0]) {
        close(&customer["carried"][0]["value"], kg);
    }
}

#[test]
fn a_balance_closes_and_says_what_it_does_not_know() {
    let dir = captured();
    let dir = dir.path();
    let all = json(dir, &["ledger", "balance", "--site", SITE]);
    for (key, kg) in
        [("received_kg", 108.0), ("shipped_kg", 98.0), ("consumed_kg", 198.0), ("produced_kg", 198.0)]
    {
        close(&all["flows"][key], kg);
    }
    // 2 kg scrap and 8 kg that came back.
    close(&all["closing_kg"], 10.0);
    let copper =
        json(dir, &["ledger", "balance", "--site", SITE, "--substance", "Cu", "--period", "2026-11"]);
    close(&copper["flows"]["consumed_kg"], 0.999 * 198.0);
    assert_eq!(copper["without_content"].as_array().unwrap().len(), 2, "nothing says what is in P and Q");
    let next = json(dir, &["ledger", "balance", "--site", SITE, "--period", "2026-12"]);
    close(&next["opening_kg"], 10.0);
    close(&next["closing_kg"], 10.0);
    close(&next["flows"]["received_kg"], 0.0);
}

#[test]
fn a_footprint_follows_its_activities_and_factors() {
    let dir = captured();
    let dir = dir.path();
    // (60 kg · 4.1 + 40 kg · 1.1 + 100 kWh · 0.5271) / 100 kg, by mass; rewinding adds nothing.
    let expect = (60.0 * 4.1 + 40.0 * 1.1 + 52.71) / 100.0;
    let found = json(dir, &["ledger", "footprint", &lot("P")]);
    close(&found["unit_kg"], expect);
    close(&found["lots"][0]["total_kg"], 50.0 * expect);
    close(&found["lots"][0]["recycled_content"], 0.4);
    assert_eq!(
        (&found["unit"], &found["lots"][0]["activities"]),
        (&"KGM".into(), &serde_json::json!([1, 0]))
    );
    // The product is all its lots: the first product's lots are A, B, W, S, P and Q, of which W, S, P and Q were made.
    let product = json(dir, &["ledger", "footprint", "https://id.gs1.org/01/04012345111118"]);
    assert_eq!(product["lots"].as_array().unwrap().len(), 4, "{product}");
    let economic = run(dir, &["ledger", "footprint", &lot("P"), "--allocation", "economic"]);
    assert!(economic.status.code() == Some(2) && text(&economic).contains("没有价格"), "{}", text(&economic));
}

#[test]
fn an_event_declared_wrong_is_withdrawn() {
    let dir = captured();
    let dir = dir.path();
    // The rewinding of Q never was: the same event with its declaration.
    let wrong = plant()[4].replacen(
        "{\"type\"",
        r#"{"errorDeclaration": {"declarationTime": "2026-11-02T00:00:00Z", "reason": "did_not_occur"}, "type""#,
        1,
    );
    std::fs::write(dir.join("wrong.json"), document(&[wrong])).unwrap();
    assert!(ok(dir, &["ledger", "capture", "wrong.json"]).contains("new 新增 1"));
    let up = ok(dir, &["ledger", "trace", &lot("Q"), "--direction", "up", "--format", "ndjson"]);
    assert_eq!(up.lines().count(), 1, "{up}");
    close(&json(dir, &["ledger", "balance", "--site", SITE])["flows"]["consumed_kg"], 150.0);
    assert!(ok(dir, &["ledger", "verify"]).contains("9 events"));
}

#[test]
fn what_was_changed_past_the_program_is_named() {
    let dir = captured();
    let dir = dir.path();
    // A backup is text with a hash of its own; a tamperer of the database drops the guards first.
    ok(dir, &["backup", "b.yulin"]);
    for (sql, broken) in [
        ("update event set body = replace(body, '48', '47') where seq = 5", "event 5: "),
        ("delete from event where seq = 3", "event 4: "),
        ("update event set hash = (select hash from event where seq = 1) where seq = 7", "event 7: "),
        ("update capture set head = replace(head, 'urn:yulin', 'urn:other')", "event 1: "),
    ] {
        ok(dir, &["restore", "b.yulin", "--force"]);
        assert!(ok(dir, &["ledger", "verify"]).contains("8 events"), "what was restored is whole");
        let database = dir.join("yulin.db");
        let drop =
            "drop trigger event_no_update; drop trigger event_no_delete; drop trigger capture_no_update; ";
        let tamper = store_sql(&database, &format!("{drop}{sql}"));
        assert!(tamper, "{sql}");
        let output = run(dir, &["ledger", "verify"]);
        assert_eq!(output.status.code(), Some(6), "{sql}");
        assert!(text(&output).contains(broken), "{sql}: {}", text(&output));
        assert_eq!(run(dir, &["check"]).status.code(), Some(6), "{sql}");
    }
    // With the guards in place nothing is changed at all.
    ok(dir, &["restore", "b.yulin", "--force"]);
    assert!(!store_sql(&dir.join("yulin.db"), "delete from event"));
    let more = document(&[event(
        "ObjectEvent",
        60,
        &format!(r#""action": "OBSERVE", "quantityList": {}"#, kilograms(&[("P", 1.0)])),
    )]);
    std::fs::write(dir.join("more.json"), more).unwrap();
    assert!(
        ok(dir, &["ledger", "capture", "more.json"]).contains("last 末号 9"),
        "what was restored goes on"
    );
}

/// Runs statements past the program; false where the database refuses.
fn store_sql(database: &Path, sql: &str) -> bool {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        use sqlx::{AssertSqlSafe, Connection, Executor};
        let mut connection =
            sqlx::SqliteConnection::connect(&format!("sqlite:{}", database.display())).await.unwrap();
        let done = connection.execute(sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))).await.is_ok();
        connection.close().await.unwrap();
        done
    })
}
