//! Single records, what changed since, and introductions.

use crate::databases::{Place, on_both};
use crate::sample::{FRAME, batch, by, need, offer};
use model::need::Need;
use model::visibility::Noun;
use store::{Error, IntroductionState, Side, Status, Store};

/// A reader takes over what changed since it looked last, and everything where another history has taken the place of the one that
/// it knew.
#[test]
fn a_reader_gets_what_changed_since() {
    on_both(1, async |places: &[Place]| {
        let store = Store::open(&places[0].url).await.unwrap();
        let empty = store.changes(None).await.unwrap().unwrap();
        assert!(empty.whole && empty.offers.is_empty());
        assert_eq!(store.changes(Some(&empty.moment)).await.unwrap(), None);
        store.import(&batch(), |_, _| ()).await.unwrap();
        let first = store.changes(Some(&empty.moment)).await.unwrap().unwrap();
        assert_eq!((first.enterprises.len(), first.needs.len(), first.offers.len()), (2, 1, 2));
        let moment = first.moment;
        assert_eq!(store.changes(Some(&moment)).await.unwrap(), None);

        // The same again changes nothing; one other offer is one change.
        let mut changed = batch();
        changed.offers[0].note = "新".to_owned();
        store.import(&changed, |_, _| ()).await.unwrap();
        let next = store.changes(Some(&moment)).await.unwrap().unwrap();
        assert!(!next.whole && next.enterprises.is_empty() && next.needs.is_empty());
        assert_eq!(next.offers.iter().map(|o| o.value.note.as_str()).collect::<Vec<_>>(), ["新"]);
        assert_eq!(next.offers[0].version, 2);
        store.set_status(Noun::Need, "N-1", 1, Status::Closed, &by("li")).await.unwrap();
        let (id, _) = store.save_need(&Need::new("N-2", FRAME, "端子"), None, &by("wang")).await.unwrap();
        let last = store.changes(Some(&next.moment)).await.unwrap().unwrap();
        assert_eq!(last.needs.iter().map(|n| n.id).collect::<Vec<_>>(), [1, id]);
        assert!(last.offers.is_empty());

        // An entry of the audit without a change of records gives a new moment and no record.
        store.audit_append(&by("li"), "export", "need", &serde_json::json!({})).await.unwrap();
        let nothing = store.changes(Some(&last.moment)).await.unwrap().unwrap();
        assert!(!nothing.whole && nothing.needs.is_empty() && nothing.moment.change == last.moment.change);

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("b.yulin");
        store.backup(&path, |_, _| ()).await.unwrap();
        store.set_status(Noun::Offer, "O-1", 2, Status::Closed, &by("li")).await.unwrap();
        let known = store.changes(Some(&nothing.moment)).await.unwrap().unwrap().moment;
        store.restore(&path, true, |_, _| ()).await.unwrap();
        let restored = store.changes(Some(&known)).await.unwrap().unwrap();
        assert!(restored.whole);
        assert_eq!((restored.enterprises.len(), restored.needs.len(), restored.offers.len()), (2, 2, 2));
        assert_eq!(restored.moment, nothing.moment);
    });
}

#[test]
fn a_single_record_is_stored_as_a_version() {
    on_both(1, async |places: &[Place]| {
        let store = Store::open(&places[0].url).await.unwrap();
        store.import(&batch(), |_, _| ()).await.unwrap();
        let exists = store.save_need(&need(), None, &by("wang")).await.unwrap_err();
        assert!(matches!(exists, Error::Exists { .. }), "{exists}");
        assert_eq!(
            store.save_need(&need(), Some((1, 1)), &by("wang")).await.unwrap(),
            (1, 1),
            "nothing differs"
        );
        let mut changed = need();
        changed.note = "改".to_owned();
        assert_eq!(store.save_need(&changed, Some((1, 1)), &by("wang")).await.unwrap(), (1, 2));
        let late = store.save_need(&need(), Some((1, 1)), &by("zhao")).await.unwrap_err();
        assert!(matches!(late, Error::Conflict { expected: 1, found: 2, .. }), "{late}");
        let other = store.save_need(&changed, Some((9, 1)), &by("zhao")).await.unwrap_err();
        assert!(matches!(other, Error::NotFound { .. }), "{other}");
        let stranger = Need::new("N-9", "name:无此企业", "端子");
        assert!(matches!(
            store.save_need(&stranger, None, &by("zhao")).await.unwrap_err(),
            Error::NotFound { .. }
        ));
        let versions = store.need_versions("N-1").await.unwrap();
        let told: Vec<_> =
            versions.iter().map(|v| (v.version, v.updated_by.as_str(), v.value.note.as_str())).collect();
        assert_eq!(told, [(1, "li", ""), (2, "wang", "改")]);
        assert_eq!(store.need_by_id(1).await.unwrap().value, changed);
        let mut more = offer();
        more.key = "O-9".to_owned();
        assert_eq!(store.save_offer(&more, None, &by("wang")).await.unwrap(), (3, 1));
        // Opening what stands says that it still holds.
        assert_eq!(store.set_status(Noun::Offer, "O-9", 1, Status::Open, &by("wang")).await.unwrap(), 2);
        let entries = store.audit(1, 100).await.unwrap();
        let told: Vec<_> = entries.iter().map(|e| (e.action.as_str(), e.object.as_str())).collect();
        assert_eq!(
            told[1..],
            [("record.save", "need/1"), ("record.save", "offer/3"), ("record.status", "offer/3")]
        );
        assert!(store.check().await.unwrap().is_sound());
    });
}

#[test]
fn an_introduction_stands_when_both_have_agreed() {
    on_both(2, async |places: &[Place]| {
        let store = Store::open(&places[0].url).await.unwrap();
        store.import(&batch(), |_, _| ()).await.unwrap();
        let id = store.ask_introduction(1, 1, Side::Need, "样品", &by("a")).await.unwrap();
        let twice = store.ask_introduction(1, 1, Side::Offer, "", &by("b")).await.unwrap_err();
        assert!(matches!(twice, Error::Exists { .. }), "{twice}");
        let late = store.answer_introduction(id, 7, Side::Offer, true, "", &by("b")).await.unwrap_err();
        assert!(matches!(late, Error::Conflict { found: 1, .. }), "{late}");
        let state = store.answer_introduction(id, 1, Side::Offer, true, "", &by("b")).await.unwrap();
        assert_eq!(state, IntroductionState::Agreed);
        let again = store.answer_introduction(id, 2, Side::Offer, false, "", &by("b")).await.unwrap_err();
        assert!(matches!(again, Error::Invalid { .. }), "{again}");
        store.end_introduction(id, 2, "签约", &by("a")).await.unwrap();
        assert_eq!(store.ask_introduction(1, 1, Side::Secretariat, "", &by("s")).await.unwrap(), id);
        let state = store.answer_introduction(id, 4, Side::Need, true, "", &by("a")).await.unwrap();
        assert_eq!(state, IntroductionState::Asked);
        let state = store.answer_introduction(id, 5, Side::Offer, false, "满", &by("b")).await.unwrap();
        assert_eq!(state, IntroductionState::Declined);
        let found = store.changes(None).await.unwrap().unwrap().introductions.remove(0);
        assert_eq!((found.version, found.outcome.as_str(), found.need_agreed.is_some()), (6, "满", true));

        // It goes through a backup, into an empty database.
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("b.yulin");
        store.backup(&path, |_, _| ()).await.unwrap();
        let other = Store::open(&places[1].url).await.unwrap();
        other.restore(&path, false, |_, _| ()).await.unwrap();
        assert_eq!(other.changes(None).await.unwrap().unwrap().introductions, [found]);
    });
}
