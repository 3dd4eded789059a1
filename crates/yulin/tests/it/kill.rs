//! A process killed at any moment of an import or a publication leaves all of it or nothing.

use crate::common::{ok, yulin};
use std::fmt::Write as _;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};
use store::Store;

const KILLS: u32 = 25;

/// A workbook of so many offers and needs, as csv. `round` changes every row.
fn workbooks(dir: &Path, rows: usize, round: usize) -> (String, String) {
    let mut offers = String::from("企业名称,所在县区,产品名称,规格参数,月产能\n");
    let mut needs = String::from("企业名称,所在县区,需求产品名称,规格型号,数量\n");
    for i in 0..rows {
        let firm = i % 40;
        writeln!(
            offers,
            "虚构供应{firm}号有限公司,泰和县,显示面罩{i}型,精度±0.0{}mm,{}片/月",
            1 + round,
            1000 + i
        )
        .unwrap();
        if i % 4 == 0 {
            writeln!(
                needs,
                "虚构采购{firm}号有限公司,万安县,显示面罩{i}型,精度±0.05mm,{}片/月",
                100 + i + round
            )
            .unwrap();
        }
    }
    let (a, b) = (format!("供给{round}.csv"), format!("需求{round}.csv"));
    std::fs::write(dir.join(&a), offers).unwrap();
    std::fs::write(dir.join(&b), needs).unwrap();
    (a, b)
}

/// What the database holds: rows with their versions, and the states of the lists.
fn state(database: &Path) -> (Vec<i64>, Vec<String>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let store = Store::open(&database.to_string_lossy()).await.expect("the database opens after a kill");
        let report = store.check().await.unwrap();
        assert!(report.is_sound(), "{:?}", report.faults);
        let offers = store.offers().await.unwrap();
        let needs = store.needs().await.unwrap();
        let lists = store.lists().await.unwrap();
        let rows = vec![
            offers.len() as i64,
            offers.iter().map(|o| o.version).sum(),
            needs.len() as i64,
            needs.iter().map(|n| n.version).sum(),
        ];
        let numbers: Vec<u32> = lists.iter().filter_map(|l| l.number).collect();
        assert_eq!(
            numbers,
            (1..=numbers.len() as u32).collect::<Vec<_>>(),
            "numbers run from 1 without a gap"
        );
        let states =
            lists.iter().map(|l| format!("{:?} {:?} {}", l.number, l.state, l.sha256.is_some())).collect();
        store.close().await;
        (rows, states)
    })
}

fn copy(from: &Path, to: &Path) {
    for suffix in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{suffix}", to.display()));
    }
    std::fs::copy(from, to).unwrap();
}

/// Runs a command on copies of `base`, killed after delays spread over its whole run, and returns the states seen.
fn kill_often(dir: &Path, base: &Path, args: &[&str]) -> Vec<(Vec<i64>, Vec<String>)> {
    let victim = dir.join("victim.db");
    let victim_name = victim.to_string_lossy().into_owned();
    let full: Vec<&str> = args.iter().copied().chain(["--db", &victim_name]).collect();
    copy(base, &victim);
    let begin = Instant::now();
    ok(dir, &full);
    let whole = begin.elapsed();
    let mut seen = vec![state(base), state(&victim)];
    for kill in 0..KILLS {
        copy(base, &victim);
        let mut child = yulin(dir).args(&full).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(whole * kill / (KILLS - 1));
        let _ = child.kill();
        let _ = child.wait();
        std::thread::sleep(Duration::from_millis(5));
        seen.push(state(&victim));
    }
    seen
}

#[test]
fn an_import_is_all_or_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let base = dir.path().join("base.db");
    let (offers, needs) = workbooks(dir.path(), 600, 0);
    ok(dir.path(), &["import", &offers, &needs, "--db", "base.db"]);
    let (offers, needs) = workbooks(dir.path(), 800, 1);
    let seen = kill_often(dir.path(), &base, &["import", &offers, &needs]);
    let (before, after) = (&seen[0], &seen[1]);
    assert_ne!(before, after);
    for (kill, state) in seen[2..].iter().enumerate() {
        assert!(
            state == before || state == after,
            "kill {kill}: {state:?}\nbefore {before:?}\nafter {after:?}"
        );
    }
}

#[test]
fn a_publication_is_all_or_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let base = dir.path().join("base.db");
    let (offers, needs) = workbooks(dir.path(), 600, 0);
    ok(dir.path(), &["import", &offers, &needs, "--db", "base.db"]);
    let seen = kill_often(dir.path(), &base, &["publish", "--period", "2026-11", "--out", "out"]);
    // Each step (draft, approve, publish) is whole; no list is published without its content and hash.
    for (kill, (rows, lists)) in seen.iter().enumerate() {
        assert_eq!(rows, &seen[0].0, "kill {kill}: a publication changes no record");
        let allowed = ["None Draft false", "None Approved false", "Some(1) Published true"];
        assert!(
            lists.len() <= 1 && lists.iter().all(|l| allowed.contains(&l.as_str())),
            "kill {kill}: {lists:?}"
        );
    }
    // The next start goes on from where the kill left it.
    let victim = dir.path().join("victim.db").to_string_lossy().into_owned();
    copy(&base, Path::new(&victim));
    ok(dir.path(), &["draft", "--period", "2026-11", "--db", &victim]);
    ok(dir.path(), &["publish", "--period", "2026-11", "--out", "out", "--db", &victim]);
    assert_eq!(state(Path::new(&victim)).1, ["Some(1) Published true"]);
}
