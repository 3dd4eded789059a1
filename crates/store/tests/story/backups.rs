//! Backup and restore, on each database and across.

use crate::databases::{Place, across, on_both};
use crate::sample::{batch, by, chained, content, many};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use std::io::{Read as _, Write as _};
use std::path::Path;
use store::{Error, NewDraft, Store};

async fn filled(place: &Place) -> Store {
    let store = Store::open(&place.url).await.unwrap();
    store.import(&batch(), |_, _| ()).await.unwrap();
    store.import(&many("M", 1200), |_, _| ()).await.unwrap();
    let mut changed = batch();
    changed.offers[0].note = "改".to_owned();
    store.import(&changed, |_, _| ()).await.unwrap();
    crate::people::everything(&store).await;
    crate::events::captured(&store).await;
    crate::meetings::recorded(&store).await;
    for name in ["cluster.name", "cluster_city", "Beta", "alpha"] {
        store.set_setting(name, "吉安", &by("admin")).await.unwrap();
    }
    // More than one part of a megabyte.
    let long = "铁框".repeat(400_000);
    let draft = store.insert_draft(&NewDraft::of(&content(&[&long])), &by("li")).await.unwrap();
    store.record_review(draft.id, "N-1", "O-1", &model::list::Review::Confirmed, &by("li")).await.unwrap();
    store.approve(draft.id, 2, None, &by("wang")).await.unwrap();
    store.publish(draft.id, 3, 0, &by("wang"), chained).await.unwrap();
    store.insert_draft(&NewDraft::of(&content(&["草稿"])), &by("li")).await.unwrap();
    store
}

async fn assert_same(a: &Store, b: &Store) {
    assert_eq!(a.enterprises().await.unwrap(), b.enterprises().await.unwrap());
    assert_eq!(a.needs().await.unwrap(), b.needs().await.unwrap());
    assert_eq!(a.offers().await.unwrap(), b.offers().await.unwrap());
    assert_eq!(a.offer_versions("O-1").await.unwrap(), b.offer_versions("O-1").await.unwrap());
    assert_eq!(a.duplicates(None).await.unwrap(), b.duplicates(None).await.unwrap());
    assert_eq!(a.lists().await.unwrap(), b.lists().await.unwrap());
    assert_eq!(a.list(1).await.unwrap(), b.list(1).await.unwrap());
    assert_eq!(a.reviews(1).await.unwrap(), b.reviews(1).await.unwrap());
    assert_eq!(a.users().await.unwrap(), b.users().await.unwrap());
    assert_eq!(a.assignments(None).await.unwrap(), b.assignments(None).await.unwrap());
    assert_eq!(a.invitations().await.unwrap(), b.invitations().await.unwrap());
    assert_eq!(a.claims(None).await.unwrap(), b.claims(None).await.unwrap());
    assert_eq!(a.api_tokens(1).await.unwrap(), b.api_tokens(1).await.unwrap());
    assert_eq!(a.messages(1, None, 9).await.unwrap(), b.messages(1, None, 9).await.unwrap());
    assert_eq!(a.hooks().await.unwrap(), b.hooks().await.unwrap());
    assert_eq!(a.letters(9).await.unwrap(), b.letters(9).await.unwrap());
    // Whoever was signed in signs in again.
    assert!(a.session("s-1").await.unwrap().is_some() && b.session("s-1").await.unwrap().is_none());
    assert_eq!(a.events(0, 99).await.unwrap(), b.events(0, 99).await.unwrap());
    assert_eq!(a.imports(9).await.unwrap(), b.imports(9).await.unwrap());
    assert_eq!(a.audit(1, 1000).await.unwrap(), b.audit(1, 1000).await.unwrap());
    assert_eq!(a.check().await.unwrap(), b.check().await.unwrap());
}

async fn write(store: &Store, path: &Path) -> Vec<u8> {
    let mut last = (0, 1);
    let rows = store.backup(path, |done, total| last = (done, total)).await.unwrap();
    assert_eq!(last, (rows, rows));
    std::fs::read(path).unwrap()
}

#[test]
fn a_backup_restores_to_the_same() {
    on_both(2, async |places: &[Place]| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("b.yulin");
        let store = filled(&places[0]).await;
        let bytes = write(&store, &path).await;
        let other = Store::open(&places[1].url).await.unwrap();
        let report = other.restore(&path, false, |_, _| ()).await.unwrap();
        assert!(report.check.is_sound(), "{report:#?}");
        assert_same(&store, &other).await;
        assert_eq!(write(&other, &path).await, bytes);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no partial file stays");

        // A filled database is refused, unless it is to be replaced.
        let error = other.restore(&path, false, |_, _| ()).await.unwrap_err();
        assert!(error.to_string().contains("not empty"), "{error}");
        other.import(&many("Z", 10), |_, _| ()).await.unwrap();
        other.restore(&path, true, |_, _| ()).await.unwrap();
        assert_same(&store, &other).await;
        // What was restored goes on, and is as frozen as before.
        assert_eq!(other.import(&many("Z", 10), |_, _| ()).await.unwrap().offers.new, 10);
        assert!(places[1].tamper("delete from audit").await.is_err());
        assert!(other.check().await.unwrap().is_sound());
    });
}

#[test]
fn a_backup_crosses_between_the_databases() {
    across(async |places: &[Place]| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("b.yulin");
        let sqlite = filled(&places[0]).await;
        let bytes = write(&sqlite, &path).await;
        let postgres = Store::open(&places[1].url).await.unwrap();
        postgres.restore(&path, false, |_, _| ()).await.unwrap();
        assert_same(&sqlite, &postgres).await;
        assert_eq!(write(&postgres, &path).await, bytes);
        let back = Store::open(&places[2].url).await.unwrap();
        back.restore(&path, false, |_, _| ()).await.unwrap();
        assert_same(&sqlite, &back).await;
    });
}

#[test]
fn a_damaged_backup_is_refused_with_its_place() {
    on_both(2, async |places: &[Place]| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("b.yulin");
        let bytes = write(&filled(&places[0]).await, &path).await;
        let mut text = String::new();
        GzDecoder::new(&bytes[..]).read_to_string(&mut text).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let target = Store::open(&places[1].url).await.unwrap();
        target.import(&batch(), |_, _| ()).await.unwrap();
        let before = target.audit(1, 100).await.unwrap();

        let mut flipped = bytes.clone();
        flipped[bytes.len() / 2] ^= 0x10;
        let mut trailing = bytes.clone();
        trailing.extend(b"more");
        let without_end = lines[..lines.len() - 1].join("\n") + "\n";
        let row = lines.iter().position(|line| line.contains("端子 7")).unwrap();
        let mut lost_row = lines.clone();
        lost_row.remove(row);
        let cases = [
            (bytes[..bytes.len() / 2].to_vec(), None, "damaged, cut off"),
            (bytes[..bytes.len() - 4].to_vec(), Some(lines.len()), "damaged, cut off"),
            (flipped, None, ""),
            (trailing, Some(lines.len()), ""),
            (packed(&without_end), Some(lines.len()), "last line is missing"),
            (packed(&text.replacen("端子 7", "端子 8", 1)), Some(lines.len()), "does not have the hash"),
            (packed(&(lost_row.join("\n") + "\n")), Some(lines.len() - 1), "counts other rows"),
            (packed(&text.replacen("\"端子 7\"", "7", 1)), Some(row + 1), "title is not of the kind"),
            (
                packed(&text.replacen("\"table\":\"need\"", "\"table\":\"pg_user\"", 1)),
                None,
                "there is no table pg_user",
            ),
            (packed(&text.replacen("[\"id\",", "[\"id) --\",", 1)), Some(2), "is no name of a column"),
            (packed("{\"format\":\"other\"}\n"), Some(1), "no backup of Yulin"),
            (b"not gzip at all".to_vec(), Some(1), "damaged, cut off"),
            (Vec::new(), Some(1), "cut off"),
        ];
        for (place, (bytes, line, expect)) in cases.into_iter().enumerate() {
            std::fs::write(&path, bytes).unwrap();
            let error = target.restore(&path, true, |_, _| ()).await.unwrap_err();
            let Error::Backup { line: found, reason, .. } = &error else { panic!("case {place}: {error}") };
            assert!(reason.contains(expect), "case {place}: {error}");
            if let Some(line) = line {
                assert_eq!(*found, line as u64, "case {place}: {error}");
            }
        }
        std::fs::write(&path, packed("{\"format\":\"yulin-backup\",\"version\":1,\"layout\":99}\n")).unwrap();
        let error = target.restore(&path, true, |_, _| ()).await.unwrap_err();
        assert!(matches!(error, Error::Newer { found: 99, .. }), "{error}");
        assert_eq!(target.audit(1, 100).await.unwrap(), before);
        assert_eq!(target.offers().await.unwrap().len(), 2);
    });
}

fn packed(text: &str) -> Vec<u8> {
    let mut out = GzEncoder::new(Vec::new(), Compression::fast());
    out.write_all(text.as_bytes()).unwrap();
    out.finish().unwrap()
}
