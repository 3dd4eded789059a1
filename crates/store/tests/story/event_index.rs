//! Finding events, capture jobs, named queries and subscriptions.

use crate::databases::{Place, on_both};
use crate::events::captured;
use crate::sample::by;
use crate::tampering::disarm;
use store::{CaptureOutcome, Error, EventFilter, IndexedEvent, NewCaptureJob, NewEventSubscription, Store};

fn entry(seq: i64, time_ms: i64, terms: &[i64], word: &str) -> IndexedEvent {
    let words = vec![("bizSteps", "key".to_owned(), word.to_owned())];
    IndexedEvent { seq, time_ms, record_ms: 100 * seq, terms: terms.to_vec(), words }
}

#[test]
fn events_are_found_by_terms_times_and_order() {
    on_both(1, async |places: &[Place]| {
        let store = Store::open(&places[0].url).await.unwrap();
        captured(&store).await;
        assert_eq!(store.index_end().await.unwrap(), (0, 0));
        let entries = [
            entry(1, 50, &[1, 10], "packing"),
            entry(2, 40, &[1, 20], "shipping"),
            entry(3, 30, &[2, 10], "packing"),
            entry(4, 20, &[1, 10, 20], "shipping"),
        ];
        store.index_events(&entries).await.unwrap();
        // Who comes too late changes nothing.
        store.index_events(&entries[1..]).await.unwrap();
        assert_eq!(store.index_end().await.unwrap(), (4, 400));
        let filter = EventFilter { limit: 10, ..EventFilter::default() };
        let of = |terms: &[&[i64]]| EventFilter {
            terms: terms.iter().map(|group| group.to_vec()).collect(),
            ..filter.clone()
        };
        let time = EventFilter { by_time: true, ..filter.clone() };
        for (wanted, expect) in [
            (filter.clone(), &[1, 2, 3, 4][..]),
            (of(&[&[1]]), &[1, 2, 4]),
            (of(&[&[1], &[10]]), &[1, 4]),
            (of(&[&[10, 20]]), &[1, 2, 3, 4]),
            (of(&[&[10, 20], &[2]]), &[3]),
            (of(&[&[99]]), &[]),
            (time.clone(), &[4, 3, 2, 1]),
            (EventFilter { descending: true, ..time.clone() }, &[1, 2, 3, 4]),
            (EventFilter { after: Some((30, 3)), ..time.clone() }, &[2, 1]),
            (EventFilter { after: Some((0, 2)), ..of(&[&[1]]) }, &[4]),
            (EventFilter { time: (Some(30), Some(40)), ..filter.clone() }, &[2, 3]),
            (EventFilter { record: (None, Some(200)), ..of(&[&[1]]) }, &[1, 2]),
            (EventFilter { limit: 2, ..of(&[&[1]]) }, &[1, 2]),
        ] {
            let found: Vec<i64> =
                store.find_events(&wanted).await.unwrap().iter().map(|(seq, _)| *seq).collect();
            assert_eq!(found, expect, "{wanted:?}");
        }
        let (mut found, heads) = store.events_by_number(&[3, 1, 77]).await.unwrap();
        found.sort_by_key(|event| event.seq);
        assert_eq!(
            found.iter().map(|e| (e.seq, e.capture, e.record_ms)).collect::<Vec<_>>(),
            [(1, 1, 100), (3, 1, 300)]
        );
        assert_eq!(heads.len(), 1);
        let own = ["key".to_owned()];
        assert_eq!(store.event_words("bizSteps", Some(&own), "", 10).await.unwrap(), ["packing", "shipping"]);
        assert_eq!(store.event_words("bizSteps", None, "packing", 10).await.unwrap(), ["shipping"]);
        let other = ["other".to_owned()];
        assert!(store.event_words("bizSteps", Some(&other), "", 10).await.unwrap().is_empty());
    });
}

#[test]
fn the_index_goes_on_behind_a_lost_event_and_leaves_none_out() {
    on_both(1, async |places: &[Place]| {
        let store = Store::open(&places[0].url).await.unwrap();
        captured(&store).await;
        let third = [entry(3, 30, &[1], "packing")];
        store.index_events(&[entry(1, 50, &[1], "packing")]).await.unwrap();
        store.index_events(&third).await.unwrap();
        assert_eq!(store.index_end().await.unwrap().0, 1, "the second is next");
        disarm(&places[0], "event").await;
        places[0].tamper("delete from event where seq = 2").await.unwrap();
        store.index_events(&third).await.unwrap();
        assert_eq!(store.index_end().await.unwrap().0, 3);
    });
}

#[test]
fn a_capture_job_waits_until_it_is_finished() {
    on_both(1, async |places: &[Place]| {
        let store = Store::open(&places[0].url).await.unwrap();
        let new = |token: &str, enterprise: &str| NewCaptureJob {
            token: token.to_owned(),
            enterprise: enterprise.to_owned(),
            file: "e.json".to_owned(),
            document: format!("document {token}"),
            proceed: false,
        };
        store.add_capture_job(&new("a", "x"), &by("li")).await.unwrap();
        store.add_capture_job(&new("b", "y"), &by("li")).await.unwrap();
        assert_eq!(store.waiting_capture_jobs("x").await.unwrap(), 1);
        let (job, document) = store.next_capture_job().await.unwrap().unwrap();
        assert_eq!((job.token.as_str(), document.as_str()), ("a", "document a"));
        let outcome = CaptureOutcome { success: true, captured: 3, known: 1, errors: "[]".to_owned() };
        store.finish_capture_job(job.id, &outcome, 7).await.unwrap();
        assert_eq!(store.next_capture_job().await.unwrap().unwrap().0.token, "b");
        let job = store.capture_job("a", Some(&["x".to_owned()])).await.unwrap().unwrap();
        assert_eq!((job.captured, job.known, job.finished_ms), (3, 1, Some(7)));
        assert_eq!(store.capture_job("a", Some(&["y".to_owned()])).await.unwrap(), None);
        assert_eq!(store.capture_jobs(None, None, 10).await.unwrap().len(), 2);
        assert_eq!(store.capture_jobs(Some(&["y".to_owned()]), None, 10).await.unwrap().len(), 1);
        assert!(store.capture_jobs(Some(&[]), None, 10).await.unwrap().is_empty());
        assert!(store.capture_jobs(None, Some(1), 10).await.unwrap().is_empty());
    });
}

#[test]
fn queries_and_subscriptions_belong_to_an_enterprise() {
    on_both(1, async |places: &[Place]| {
        let store = Store::open(&places[0].url).await.unwrap();
        let li = by("li");
        store.add_event_query("x", "q", "{}", 2, &li).await.unwrap();
        store.add_event_query("y", "q", "{}", 2, &li).await.unwrap();
        assert!(matches!(store.add_event_query("x", "q", "{}", 2, &li).await, Err(Error::Exists { .. })));
        store.add_event_query("x", "r", "{}", 2, &li).await.unwrap();
        assert!(matches!(store.add_event_query("x", "s", "{}", 2, &li).await, Err(Error::Invalid { .. })));
        assert_eq!(store.event_queries("x", "q", 9).await.unwrap().len(), 1);
        let query = store.event_query("x", "q").await.unwrap();
        let new = NewEventSubscription {
            token: "t".to_owned(),
            query: query.id,
            target: "https://erp.example".to_owned(),
            secret: "s".to_owned(),
            settings: "{}".to_owned(),
            after: 3,
            next_ms: 50,
        };
        store.add_event_subscription(&new, 1, &li).await.unwrap();
        let more = NewEventSubscription { token: "u".to_owned(), ..new };
        assert!(matches!(store.add_event_subscription(&more, 1, &li).await, Err(Error::Invalid { .. })));
        assert!(store.due_subscriptions(49, 9).await.unwrap().is_empty());
        let due = store.due_subscriptions(50, 9).await.unwrap();
        assert_eq!((due.len(), due[0].after, due[0].query.name.as_str()), (1, 3, "q"));
        assert!(!format!("{due:?}").contains("erp.example"), "neither target nor secret is printed");
        store.subscription_failed(due[0].id, "away", 60).await.unwrap();
        let failed = &store.event_subscriptions(query.id).await.unwrap()[0];
        assert_eq!((failed.attempts, failed.error.as_deref(), failed.next_ms), (1, Some("away"), 60));
        store.subscription_served(failed.id, 9, 70, Some(65)).await.unwrap();
        let served = &store.event_subscriptions(query.id).await.unwrap()[0];
        assert_eq!(
            (served.after, served.attempts, served.error.as_deref(), served.notified_ms),
            (9, 0, None, Some(65))
        );
        let other = store.event_query("y", "q").await.unwrap();
        assert!(matches!(
            store.delete_event_subscription(other.id, "t", &li).await,
            Err(Error::NotFound { .. })
        ));
        store.delete_event_query("x", "q", &li).await.unwrap();
        assert!(store.due_subscriptions(99, 9).await.unwrap().is_empty());
        store.set_event_site("urn:x:site", Some("x"), &li).await.unwrap();
        store.set_event_site("urn:x:site", Some("y"), &li).await.unwrap();
        assert_eq!(store.event_sites().await.unwrap(), [("urn:x:site".to_owned(), "y".to_owned())]);
        store.set_event_site("urn:x:site", None, &li).await.unwrap();
        assert!(store.event_sites().await.unwrap().is_empty());
        assert!(store.check().await.unwrap().is_sound());
    });
}
