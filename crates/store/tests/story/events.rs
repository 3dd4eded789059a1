//! Events of the ledger: appended once, chained, guarded.

use crate::databases::{Place, on_both};
use crate::sample::by;
use ledger::hash::EventHash;
use store::{NewCapture, NewEvent, Store};

fn capture(bytes: &[u8]) -> NewCapture {
    let event = |byte: &u8| NewEvent {
        hash: EventHash([*byte; 32]),
        declares_error: false,
        body: format!(r#"{{"事件": {byte}}}"#),
    };
    NewCapture {
        file: "e.json".to_owned(),
        head: "{}".to_owned(),
        enterprise: String::new(),
        events: bytes.iter().map(event).collect(),
    }
}

/// Two captures of three events, and a declaration that the second of them is wrong.
pub async fn captured(store: &Store) {
    store.capture(&capture(&[1, 2, 200]), &by("li")).await.unwrap();
    let mut second = capture(&[2, 2, 3]);
    second.events[1].declares_error = true;
    let done = store.capture(&second, &by("li")).await.unwrap();
    assert_eq!((done.capture, done.new, done.known, done.last), (Some(2), 2, 1, 5));
}

#[test]
fn events_are_appended_once_and_chained() {
    on_both(1, async |places: &[Place]| {
        let store = Store::open(&places[0].url).await.unwrap();
        assert_eq!(store.newest_event().await.unwrap().0, 0);
        captured(&store).await;
        let again = store.capture(&capture(&[1, 200]), &by("li")).await.unwrap();
        assert_eq!((again.capture, again.new, again.known, again.last), (None, 0, 2, 5));
        assert_eq!(store.newest_event().await.unwrap(), (5, again.link));
        let (events, heads) = store.events(1, 3).await.unwrap();
        assert_eq!(events.iter().map(|e| (e.seq, e.capture)).collect::<Vec<_>>(), [(2, 1), (3, 1), (4, 2)]);
        assert!(events[2].declares_error && heads.len() == 2);
        assert_eq!(events[0].body, r#"{"事件": 2}"#);
        assert_eq!(store.events_of_hash(EventHash([2; 32])).await.unwrap(), [2]);
        let report = store.check().await.unwrap();
        assert!(report.is_sound(), "{report:?}");
        assert_eq!(report.event_head, Some((5, again.link.to_string())));
        // A capture that is larger than a statement.
        let hash = |i: u32| {
            let mut bytes = [7; 32];
            bytes[..4].copy_from_slice(&i.to_be_bytes());
            EventHash(bytes)
        };
        let events = (0..1203)
            .map(|i| NewEvent { hash: hash(i), declares_error: false, body: i.to_string() })
            .collect();
        let many = NewCapture {
            file: "m.json".to_owned(),
            head: "{}".to_owned(),
            enterprise: String::new(),
            events,
        };
        assert_eq!(store.capture(&many, &by("li")).await.unwrap().last, 1208);
        assert_eq!(store.capture(&many, &by("li")).await.unwrap().known, 1203);
        assert!(store.check().await.unwrap().is_sound());
    });
}

#[test]
fn the_database_keeps_events_as_they_are() {
    on_both(1, async |places: &[Place]| {
        let place = &places[0];
        let store = Store::open(&place.url).await.unwrap();
        captured(&store).await;
        let row = |seq: i64| format!("insert into event values ({seq}, 2, 'a', 1, 0, 'x', 'b')");
        for sql in [
            "update event set body = 'x' where seq = 2".to_owned(),
            "delete from event where seq = 5".to_owned(),
            "update capture set head = 'x'".to_owned(),
            "delete from capture".to_owned(),
            row(4),
            row(7),
            row(0),
            "insert into capture values (9, 'f', '{}', 1, 'x', 0)".to_owned(),
        ] {
            assert!(place.tamper(&sql).await.is_err(), "{sql}");
        }
        if place.is_sqlite() {
            let replace = row(5).replace("insert", "insert or replace");
            assert!(place.tamper(&replace).await.is_err());
        } else {
            assert!(place.tamper("truncate event").await.is_err());
        }
        assert!(store.check().await.unwrap().is_sound());
        // A row that only counts on is found by its link.
        place.tamper(&row(6)).await.unwrap();
        let report = store.check().await.unwrap();
        assert_eq!(report.faults[0].object, "event/6", "{report:?}");
        assert!(report.faults[0].message.starts_with("first broken link"), "{report:?}");
    });
}
