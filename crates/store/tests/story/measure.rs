//! Measurements at the size of a city, run by hand:
//! `cargo test --release -p store --test story -- --ignored --nocapture measure`.

use crate::databases::{Place, on_both};
use crate::sample::{FRAME, batch, by, chained, content};
use model::list::{Change, ListOffer};
use model::need::Need;
use model::offer::Offer;
use std::time::Instant;
use store::{ImportBatch, NewDraft, Store};

const OFFERS: usize = 50_000;
const NEEDS: usize = 5_000;

/// An offer of the size of a real one: about 1.5 KB of JSON.
fn offer(n: usize) -> Offer {
    let mut offer = Offer::new(&format!("O-{n}"), FRAME, &format!("不锈钢背光铁框 型号{n}"));
    offer.detail =
        "厚度0.15±0.01mm；平面度≤0.05mm；材质SUS304；耐温-40~85℃；月产5000片；镀镍；铜厚≥20μm。".repeat(4);
    offer.unread = vec!["镀镍，表面无划伤".to_owned(); 4];
    offer.certificates = vec!["ISO9001".to_owned(), "IATF16949".to_owned()];
    offer.note = format!("第{n}行");
    offer
}

fn city() -> ImportBatch {
    ImportBatch {
        needs: (0..NEEDS)
            .map(|n| {
                let mut need = Need::new(&format!("N-{n}"), FRAME, &format!("背光铁框 {n}"));
                need.detail = "厚度0.15±0.01mm；平面度≤0.05mm；材质SUS304；耐温-40~85℃".repeat(4);
                need
            })
            .collect(),
        offers: (0..OFFERS).map(offer).collect(),
        ..batch()
    }
}

/// Peak memory of this process in MB, where the system tells.
fn peak_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok()).unwrap_or(0) / 1024
}

#[test]
#[ignore = "a measurement, run by hand in a release build"]
fn measure() {
    on_both(2, async |places: &[Place]| {
        let kind = if places[0].is_sqlite() { "SQLite" } else { "PostgreSQL" };
        let report = |what: &str, from: Instant| {
            eprintln!("{kind}: {what}: {:.2} s, peak {} MB", from.elapsed().as_secs_f64(), peak_mb());
        };
        let mut city = city();
        let bytes = serde_json::to_string(&city.offers[7]).unwrap().len();
        eprintln!("{kind}: {OFFERS} offers of {bytes} bytes, {NEEDS} needs; peak before {} MB", peak_mb());
        let store = Store::open(&places[0].url).await.unwrap();
        let from = Instant::now();
        store.import(&city, |_, _| ()).await.unwrap();
        report("import of all, new", from);
        let from = Instant::now();
        store.import(&city, |_, _| ()).await.unwrap();
        report("import of the same", from);
        city.offers.iter_mut().for_each(|offer| offer.note.push('改'));
        let from = Instant::now();
        store.import(&city, |_, _| ()).await.unwrap();
        report("import with every offer changed", from);
        drop(city);
        let from = Instant::now();
        let (needs, offers) = (store.needs().await.unwrap(), store.offers().await.unwrap());
        report("load of all", from);
        assert_eq!((needs.len(), offers.len()), (NEEDS, OFFERS));

        let mut list = content(&[]);
        list.offers = offers
            .into_iter()
            .zip(1..)
            .map(|(stored, number)| ListOffer { number, offer: stored.value, change: Change::New })
            .collect();
        drop(needs);
        let from = Instant::now();
        let draft = store.insert_draft(&NewDraft::of(&list), &by("li")).await.unwrap();
        drop(list);
        report("draft of a list of all offers", from);
        store.approve(draft.id, 1, None, &by("wang")).await.unwrap();
        let from = Instant::now();
        store.publish(draft.id, 2, 0, &by("wang"), chained).await.unwrap();
        report("publish", from);
        let from = Instant::now();
        let head = store.list(draft.id).await.unwrap();
        report("load of the list", from);
        drop(head);
        let from = Instant::now();
        store.lists().await.unwrap();
        report("heads of the lists", from);
        let from = Instant::now();
        assert!(store.check().await.unwrap().is_sound());
        report("check", from);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("b.yulin");
        let from = Instant::now();
        store.backup(&path, |_, _| ()).await.unwrap();
        report(&format!("backup of {} MB", std::fs::metadata(&path).unwrap().len() >> 20), from);
        let other = Store::open(&places[1].url).await.unwrap();
        let from = Instant::now();
        assert!(other.restore(&path, false, |_, _| ()).await.unwrap().check.is_sound());
        report("restore with its check", from);
    });
}
