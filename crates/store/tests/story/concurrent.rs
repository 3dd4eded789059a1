//! Many at once: nobody's work is lost, and nobody's half work stays.

use crate::databases::{Place, on_both};
use crate::sample::{batch, by, chained, content, many};
use model::list::ListState;
use serde_json::json;
use std::time::Duration;
use store::{Error, NewDraft, Store, series_version};

#[test]
fn a_new_database_may_be_opened_by_several_at_once() {
    on_both(1, async |places: &[Place]| {
        let url = places[0].url.clone();
        let tasks: Vec<_> = (0..6)
            .map(|_| {
                let url = url.clone();
                tokio::spawn(async move { Store::open(&url).await })
            })
            .collect();
        for task in tasks {
            let store = task.await.unwrap().unwrap();
            assert!(store.check().await.unwrap().is_sound());
        }
    });
}

#[test]
fn writers_do_not_lose() {
    on_both(1, async |places: &[Place]| {
        // Two stores do not share the queue in memory: as two programs.
        let stores = [Store::open(&places[0].url).await.unwrap(), Store::open(&places[0].url).await.unwrap()];
        let mut tasks = Vec::new();
        for writer in 0..8 {
            let store = stores[writer % 2].clone();
            tasks.push(tokio::spawn(async move {
                for n in 0..10 {
                    let object = format!("offer/{writer}-{n}");
                    store.audit_append(&by("li"), "contact.read", &object, &json!({})).await.unwrap();
                }
                store.import(&many(&format!("W{writer}"), 700), |_, _| ()).await.unwrap();
                let mut content = content(&["铁框"]);
                content.period = format!("2026-{:02}", writer + 1).parse().unwrap();
                let draft = store.insert_draft(&NewDraft::of(&content), &by("li")).await.unwrap();
                store.approve(draft.id, 1, None, &by("wang")).await.unwrap();
                // Another program's publication in between is a conflict: look again, publish again.
                loop {
                    let series = series_version(&store.lists().await.unwrap());
                    match store.publish(draft.id, 2, series, &by("wang"), chained).await {
                        Ok(_) => break,
                        Err(Error::Conflict { object, .. }) => {
                            assert_eq!(object, "the series of numbered lists");
                        }
                        Err(error) => panic!("{error}"),
                    }
                }
            }));
        }
        for task in tasks {
            task.await.unwrap();
        }
        let store = &stores[0];
        assert_eq!(store.offers().await.unwrap().len(), 8 * 700);
        assert_eq!(store.audit(1, 1000).await.unwrap().len(), 8 * (10 + 1 + 3));
        let mut numbers: Vec<_> =
            store.lists().await.unwrap().iter().filter_map(|head| head.number).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, [1, 2, 3, 4, 5, 6, 7, 8]);
        let report = store.check().await.unwrap();
        assert!(report.is_sound(), "{report:#?}");
    });
}

#[test]
fn two_editors_of_one_draft_one_wins() {
    on_both(1, async |places: &[Place]| {
        let store = Store::open(&places[0].url).await.unwrap();
        let draft = store.insert_draft(&NewDraft::of(&content(&[])), &by("li")).await.unwrap();
        let edits = ["甲", "乙", "丙", "丁"].map(|title| {
            let store = store.clone();
            tokio::spawn(async move { store.update_draft(draft.id, 1, &content(&[title]), &by(title)).await })
        });
        let mut won = 0;
        for edit in edits {
            match edit.await.unwrap() {
                Ok(head) => {
                    assert_eq!(head.version, 2);
                    won += 1;
                }
                Err(error) => {
                    assert!(matches!(error, store::Error::Conflict { expected: 1, found: 2, .. }), "{error}")
                }
            }
        }
        assert_eq!(won, 1);
        assert_eq!(store.list(draft.id).await.unwrap().list.state, ListState::Draft);
    });
}

#[test]
fn readers_see_one_moment_while_a_writer_writes() {
    on_both(1, async |places: &[Place]| {
        let store = Store::open(&places[0].url).await.unwrap();
        store.import(&batch(), |_, _| ()).await.unwrap();
        let writer = {
            let store = store.clone();
            tokio::spawn(async move { store.import(&many("W", 5000), |_, _| ()).await.unwrap() })
        };
        while !writer.is_finished() {
            let seen = store.offers().await.unwrap().len();
            assert!(seen == 2 || seen == 5002, "{seen}");
        }
        writer.await.unwrap();
        assert_eq!(store.offers().await.unwrap().len(), 5002);
    });
}

#[test]
fn an_import_that_is_given_up_leaves_nothing() {
    on_both(1, async |places: &[Place]| {
        let store = Store::open(&places[0].url).await.unwrap();
        store.import(&batch(), |_, _| ()).await.unwrap();
        for limit_ms in [5, 20, 60] {
            let work = many("G", 20_000);
            let import = store.import(&work, |_, _| ());
            assert!(tokio::time::timeout(Duration::from_millis(limit_ms), import).await.is_err());
            assert_eq!(store.offers().await.unwrap().len(), 2);
        }
        // The place of the given-up writer is free again.
        assert_eq!(store.import(&many("G", 3), |_, _| ()).await.unwrap().offers.new, 3);
        assert!(store.check().await.unwrap().is_sound());
    });
}

/// A server that was restarted between two uses: connections that rested are asked before they are used.
#[test]
fn a_restarted_server_is_found_again() {
    on_both(1, async |places| {
        let store = Store::open(&places[0].url).await.unwrap();
        let before = store.newest_event().await.unwrap();
        if !places[0].is_sqlite() {
            let ended = places[0]
                .peek("select pg_terminate_backend(pid)::text from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()")
                .await;
            assert!(!ended.is_empty() && ended.iter().all(|ended| ended == "true"), "{ended:?}");
            // A connection that was used a moment ago is trusted.
            tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
        }
        assert_eq!(store.newest_event().await.unwrap(), before);
    });
}
