//! One story through everything that the store does.

use crate::databases::{Place, on_both};
use crate::people;
use crate::sample::{FRAME, SCREEN, batch, by, chained, content, many, need, offer};
use model::list::{ListState, Review};
use model::visibility::Noun;
use serde_json::json;
use store::{Count, DuplicateState, Error, ImportCounts, NewDraft, Status, Store, series_version};

#[test]
fn the_story() {
    on_both(1, async |places: &[Place]| {
        let url = &places[0].url;
        let store = Store::open(url).await.unwrap();
        assert!(store.needs().await.unwrap().is_empty());
        importing(&store).await;
        duplicates(&store).await;
        accounts(&store).await;
        lists(&store).await;
        closing(&store).await;
        let report = store.check().await.unwrap();
        assert!(report.is_sound(), "{report:#?}");
        let (offers, audit) = (store.offers().await.unwrap(), store.audit(1, 1000).await.unwrap());
        assert_eq!(report.audit_head, audit.last().map(|entry| (entry.seq, entry.hash.clone())));
        store.close().await;

        let store = Store::open_existing(url).await.unwrap();
        assert_eq!(store.offers().await.unwrap(), offers);
        assert_eq!(store.audit(1, 1000).await.unwrap(), audit);
        assert_eq!(store.audit(3, 2).await.unwrap(), audit[2..4]);
        store.close().await;
    });
}

async fn importing(store: &Store) {
    let mut heard = Vec::new();
    let counts = store.import(&batch(), |done, total| heard.push((done, total))).await.unwrap();
    let new = |new| Count { new, ..Count::default() };
    let expect = ImportCounts {
        import_id: Some(1),
        enterprises: new(2),
        needs: new(1),
        offers: new(2),
        column_maps: 1,
        duplicates: 1,
    };
    assert_eq!(counts, expect);
    assert_eq!(heard, [(2, 5), (3, 5), (5, 5)]);
    assert_eq!(store.need("N-1").await.unwrap().value, need());
    assert_eq!(store.offer("O-1").await.unwrap().value, offer());
    assert_eq!(store.column_map("f-1").await.unwrap(), Some(json!({ "产品名称": "title" })));
    assert_eq!(store.column_map("f-2").await.unwrap(), None);
    assert_eq!(store.column_maps().await.unwrap(), batch().column_maps);

    // The same again changes nothing at all.
    let before = store.audit(1, 100).await.unwrap();
    let counts = store.import(&batch(), |_, _| ()).await.unwrap();
    let unchanged = |unchanged| Count { unchanged, ..Count::default() };
    let expect = ImportCounts {
        enterprises: unchanged(2),
        needs: unchanged(1),
        offers: unchanged(2),
        ..Default::default()
    };
    assert_eq!(counts, expect);
    assert_eq!(store.audit(1, 100).await.unwrap(), before);
    assert_eq!(store.imports(10).await.unwrap().len(), 1);

    // A changed row becomes a version; the old one stays.
    let mut changed = batch();
    changed.offers[0].title = "背光铁框（新）".to_owned();
    changed.by = by("wang");
    let counts = store.import(&changed, |_, _| ()).await.unwrap();
    assert_eq!(counts.offers, Count { changed: 1, unchanged: 1, new: 0 });
    let offer_now = store.offer("O-1").await.unwrap();
    assert_eq!((offer_now.version, offer_now.value.title.as_str()), (2, "背光铁框（新）"));
    let versions = store.offer_versions("O-1").await.unwrap();
    let seen: Vec<_> = versions
        .iter()
        .map(|v| (v.version, v.import_id, v.updated_by.as_str(), v.value.title.as_str()))
        .collect();
    assert_eq!(seen, [(1, Some(1), "li", "不锈钢背光铁框"), (2, Some(2), "wang", "背光铁框（新）")]);
    assert_eq!(store.imports(1).await.unwrap()[0].counts, counts);

    // Nothing of a faulty batch is stored.
    let mut faulty = many("X", 1200);
    faulty.offers[1100].enterprise = "name:nobody".to_owned();
    let error = store.import(&faulty, |_, _| ()).await.unwrap_err();
    assert!(error.to_string().contains("X-1100 belongs to enterprise name:nobody"), "{error}");
    let mut twice = batch();
    twice.needs.push(need());
    let error = store.import(&twice, |_, _| ()).await.unwrap_err();
    assert!(error.to_string().contains("N-1 stands twice"), "{error}");
    assert_eq!(store.offers().await.unwrap().len(), 2);
    assert!(matches!(store.offer("X-1").await, Err(Error::NotFound { .. })));
    assert!(matches!(store.offer_versions("X-1").await, Err(Error::NotFound { .. })));

    // More than one statement's worth, new and changed together.
    assert_eq!(store.import(&many("M", 1100), |_, _| ()).await.unwrap().offers.new, 1100);
    let mut mixed = many("M", 1700);
    for offer in &mut mixed.offers[..1100] {
        offer.note = "改".to_owned();
    }
    let counts = store.import(&mixed, |_, _| ()).await.unwrap();
    assert_eq!(counts.offers, Count { new: 600, changed: 1100, unchanged: 0 });
}

async fn duplicates(store: &Store) {
    let open = store.duplicates(Some(DuplicateState::Open)).await.unwrap();
    // In the order of the rows, whichever way it was proposed.
    assert_eq!((open[0].proposal.a.as_str(), open[0].proposal.b.as_str()), (SCREEN, FRAME));
    assert_eq!(open[0].proposal.score, 0.1 + 0.2);
    // A decision can be changed; what was said last counts.
    for state in [DuplicateState::Confirmed, DuplicateState::Rejected] {
        store.decide_duplicate(open[0].id, state, &by("li")).await.unwrap();
    }
    // It can also be taken back: then nobody has decided.
    store.decide_duplicate(open[0].id, DuplicateState::Open, &by("li")).await.unwrap();
    let again = store.duplicates(Some(DuplicateState::Open)).await.unwrap();
    assert_eq!((again.len(), &again[0].decided_by, again[0].decided_ms), (1, &None, None));
    store.decide_duplicate(open[0].id, DuplicateState::Rejected, &by("li")).await.unwrap();

    let mut renewed = batch();
    renewed.offers.clear();
    renewed.duplicates[0].score = 0.9;
    let counts = store.import(&renewed, |_, _| ()).await.unwrap();
    assert_eq!((counts.duplicates, counts.import_id), (0, None));
    let all = store.duplicates(None).await.unwrap();
    assert_eq!(
        (all.len(), all[0].state, all[0].decided_by.as_deref()),
        (1, DuplicateState::Rejected, Some("li"))
    );
}

async fn accounts(store: &Store) {
    people::accounts(store).await;
    assert_eq!(store.setting("cluster.name").await.unwrap(), None);
    for name in ["吉安", "吉安电子信息"] {
        store.set_setting("cluster.name", name, &by("admin")).await.unwrap();
        assert_eq!(store.setting("cluster.name").await.unwrap().as_deref(), Some(name));
    }
}

async fn lists(store: &Store) {
    let draft = store.insert_draft(&NewDraft::of(&content(&["铁框"])), &by("li")).await.unwrap();
    assert_eq!((draft.id, draft.version, draft.state, draft.number), (1, 1, ListState::Draft, None));
    let edited = store.update_draft(1, 1, &content(&["铁框", "端子"]), &by("li")).await.unwrap();
    assert_eq!(edited.version, 2);
    let late = store.update_draft(1, 1, &content(&[]), &by("wang")).await.unwrap_err();
    assert!(matches!(late, Error::Conflict { expected: 1, found: 2, .. }), "{late}");
    assert_eq!(store.list(1).await.unwrap().list.content, content(&["铁框", "端子"]));

    let rejected = Review::Rejected { reason: "太贵".to_owned() };
    store.record_review(1, "N-1", "O-1", &rejected, &by("wang")).await.unwrap();
    store.record_review(1, "N-1", "O-1", &Review::Confirmed, &by("li")).await.unwrap();
    let said: Vec<_> = store.reviews(1).await.unwrap().into_iter().map(|r| (r.review, r.actor)).collect();
    assert_eq!(said, [(rejected, "wang".to_owned()), (Review::Confirmed, "li".to_owned())]);

    let early = store.publish(1, 4, 0, &by("li"), chained).await.unwrap_err();
    assert_eq!(early.to_string(), "publish list 1: its state is draft, it must be approved");
    // Who read the draft before the last review does not approve past it, nor leaves half of the step.
    let blind = store.approve(1, 3, Some(&content(&[])), &by("wang")).await.unwrap_err();
    assert!(matches!(blind, Error::Conflict { expected: 3, found: 4, .. }), "{blind}");
    assert_eq!(store.list(1).await.unwrap().list.content, content(&["铁框", "端子"]));
    let approved = store.approve(1, 4, Some(&content(&["铁框"])), &by("wang")).await.unwrap();
    assert_eq!((approved.version, approved.approved_by.as_deref()), (5, Some("wang")));
    assert_eq!(store.list(1).await.unwrap().list.content, content(&["铁框"]));
    assert_eq!(store.reopen(1, 5, &by("wang")).await.unwrap().approved_by, None);
    store.approve(1, 6, None, &by("wang")).await.unwrap();

    // A publication that fails takes no number.
    let unchained = |_: u32, _: &str, mut content: model::list::ListContent| {
        content.previous_sha256 = "x".to_owned();
        content
    };
    assert!(matches!(store.publish(1, 7, 0, &by("wang"), unchained).await, Err(Error::Invalid { .. })));
    let first = store.publish(1, 7, 0, &by("wang"), chained).await.unwrap();
    assert_eq!((first.number, first.state), (Some(1), ListState::Published));
    assert_eq!(first.previous_sha256.as_deref(), Some(""));
    let published = store.list_by_number(1).await.unwrap().list;
    assert_eq!(published.sha256, first.sha256);
    assert_eq!(Some(published.content.sha256()), first.sha256);

    let second = store.insert_draft(&NewDraft::of(&content(&["铁框"])), &by("li")).await.unwrap();
    let second = store.approve(second.id, second.version, None, &by("wang")).await.unwrap();
    let moved = store.publish(second.id, second.version, 0, &by("wang"), chained).await.unwrap_err();
    assert!(matches!(moved, Error::Conflict { expected: 0, found: 1, .. }), "{moved}");
    let second = store.publish(second.id, second.version, 1, &by("wang"), chained).await.unwrap();
    assert_eq!(store.list_head(2).await.unwrap(), second);
    assert_eq!((second.number, &second.previous_sha256), (Some(2), &first.sha256));
    assert_eq!(store.last_published(None).await.unwrap().unwrap().list.number, Some(2));
    assert_eq!(store.last_published(Some(2)).await.unwrap().unwrap().list.number, Some(1));
    assert_eq!(store.last_published(Some(1)).await.unwrap(), None);

    assert!(matches!(store.withdraw(2, 3, "  ", &by("wang")).await, Err(Error::Invalid { .. })));
    store.withdraw(2, 3, "数据有误", &by("wang")).await.unwrap();
    assert_eq!(store.last_published(None).await.unwrap().unwrap().list.number, Some(1));
    let withdrawn = store.list_by_number(2).await.unwrap().list;
    assert_eq!(
        (withdrawn.state, withdrawn.withdrawn_reason.as_deref()),
        (ListState::Withdrawn, Some("数据有误"))
    );
    assert!(matches!(store.update_draft(1, 8, &content(&[]), &by("li")).await, Err(Error::State { .. })));
    assert!(matches!(
        store.record_review(1, "N-1", "O-1", &Review::Confirmed, &by("li")).await,
        Err(Error::State { .. })
    ));
    assert!(matches!(store.list(9).await, Err(Error::NotFound { .. })));
    let heads: Vec<_> =
        store.lists().await.unwrap().iter().map(|head| (head.id, head.number, head.state)).collect();
    assert_eq!(heads, [(1, Some(1), ListState::Published), (2, Some(2), ListState::Withdrawn)]);
    assert_eq!(series_version(&store.lists().await.unwrap()), 3);
    let sha256 = second.sha256.unwrap();
    assert_eq!(store.list_by_sha256(&sha256).await.unwrap().list.number, Some(2));
    assert!(matches!(store.list_by_sha256("").await, Err(Error::NotFound { .. })));
    replaced(store).await;
}

/// A new draft brings its reviews and takes the place of the old one, all of it or nothing.
async fn replaced(store: &Store) {
    let content = content(&["铁框"]);
    let said = [("N-1".to_owned(), "O-1".to_owned(), Review::Confirmed)];
    let import_id = store.snapshot().await.unwrap().import_id;
    assert_eq!(import_id, store.imports(1).await.unwrap().first().map(|i| i.id));
    let old = NewDraft { reviews: &said, import_id, ..NewDraft::of(&content) };
    let old = store.insert_draft(&old, &by("li")).await.unwrap();
    assert_eq!((old.version, old.import_id), (1, import_id));
    assert_eq!(store.reviews(old.id).await.unwrap().len(), 1);
    store.record_review(old.id, "N-1", "O-1", &Review::Confirmed, &by("li")).await.unwrap();
    let second = store.insert_draft(&NewDraft::of(&content), &by("li")).await.unwrap_err();
    assert!(matches!(second, Error::Conflict { .. }), "{second}");
    let new = NewDraft { replaces: Some((old.id, 1)), ..NewDraft::of(&content) };
    let late = store.insert_draft(&new, &by("li")).await.unwrap_err();
    assert!(matches!(late, Error::Conflict { expected: 1, found: 2, .. }), "{late}");
    let new = NewDraft { replaces: Some((old.id, 2)), ..new };
    let new = store.insert_draft(&new, &by("wang")).await.unwrap();
    let old = store.lists().await.unwrap().into_iter().find(|l| l.id == old.id).unwrap();
    assert_eq!((old.state, old.discarded_by.as_deref()), (ListState::Discarded, Some("wang")));
    assert!(matches!(store.approve(old.id, 3, None, &by("wang")).await, Err(Error::State { .. })));
    assert_eq!(store.discard(new.id, 1, &by("li")).await.unwrap().state, ListState::Discarded);
    assert!(matches!(store.discard(new.id, 2, &by("li")).await, Err(Error::State { .. })));
}

async fn closing(store: &Store) {
    let late = store.set_status(Noun::Offer, "O-1", 1, Status::Closed, &by("li")).await.unwrap_err();
    assert!(matches!(late, Error::Conflict { expected: 1, found: 2, .. }), "{late}");
    assert_eq!(store.set_status(Noun::Offer, "O-1", 2, Status::Closed, &by("li")).await.unwrap(), 3);
    assert_eq!(store.set_status(Noun::Offer, "O-1", 3, Status::Closed, &by("li")).await.unwrap(), 3);
    assert_eq!(store.offer("O-1").await.unwrap().status, Status::Closed);
    // A later import brings a version, but does not open it again.
    store.import(&batch(), |_, _| ()).await.unwrap();
    let offer_now = store.offer("O-1").await.unwrap();
    assert_eq!((offer_now.version, offer_now.status), (4, Status::Closed));
    let statuses: Vec<_> = store.offer_versions("O-1").await.unwrap().iter().map(|v| v.status).collect();
    assert_eq!(statuses, [Status::Open, Status::Open, Status::Closed, Status::Closed]);
    store.audit_append(&by("li"), "contact.read", "offer/O-1", &json!({ "field": "phone" })).await.unwrap();
    assert_eq!(store.audit(1, 1000).await.unwrap().last().unwrap().action, "contact.read");
}
