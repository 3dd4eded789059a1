//! Two enterprises made one, and two again.

use crate::databases::{Place, on_both};
use crate::sample::{FRAME, SCREEN, batch, by};
use model::enterprise::Enterprise;
use model::offer::Offer;
use model::visibility::Noun;
use store::{Error, NewUser, Status, Store};

/// Row ids of the sample's enterprises, in the order of their rows.
const SCREEN_ID: i64 = 1;
const FRAME_ID: i64 = 2;

#[test]
fn a_merge_moves_all_and_a_split_moves_it_back() {
    on_both(2, async |places: &[Place]| {
        let store = Store::open(&places[0].url).await.unwrap();
        store.import(&batch(), |_, _| ()).await.unwrap();
        let user = NewUser {
            name: "wang".to_owned(),
            role: "member".to_owned(),
            enterprise: Some(FRAME_ID),
            ..NewUser::default()
        };
        store.add_user(&user, &by("li")).await.unwrap();
        let before = store.enterprise(SCREEN).await.unwrap();
        crate::meetings::invited(&store, FRAME_ID).await;
        let at_event = async |store: &Store| store.meeting_parties(None).await.unwrap().remove(0).enterprise;
        let value = Enterprise {
            other_names: vec!["泰和精密五金有限公司".to_owned()],
            ..before.value.clone()
        };
        let late =
            store.merge_enterprises(&value, (SCREEN_ID, 1), (FRAME_ID, 7), &by("li")).await.unwrap_err();
        assert!(matches!(late, Error::Conflict { found: 1, .. }), "{late}");
        let merge = store.merge_enterprises(&value, (SCREEN_ID, 1), (FRAME_ID, 1), &by("li")).await.unwrap();

        assert_eq!(store.enterprises().await.unwrap().len(), 1);
        assert_eq!(store.all_enterprises().await.unwrap()[1].value.merged_into.as_deref(), Some(SCREEN));
        let offers = store.offers().await.unwrap();
        assert!(offers.iter().all(|o| o.value.enterprise == SCREEN && o.version == 2), "{offers:?}");
        let account = async || store.users().await.unwrap().remove(0).enterprise.unwrap().id;
        assert_eq!((account().await, at_event(&store).await), (SCREEN_ID, SCREEN_ID));
        let twice =
            store.merge_enterprises(&value, (SCREEN_ID, 2), (FRAME_ID, 2), &by("li")).await.unwrap_err();
        assert!(matches!(twice, Error::Invalid { .. }), "{twice}");
        assert!(store.check().await.unwrap().is_sound());

        // It goes through a backup, and is undone there.
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("b.yulin");
        store.backup(&path, |_, _| ()).await.unwrap();
        let other = Store::open(&places[1].url).await.unwrap();
        other.restore(&path, false, |_, _| ()).await.unwrap();
        assert_eq!(
            other.merges(Noun::Enterprise).await.unwrap(),
            store.merges(Noun::Enterprise).await.unwrap()
        );
        for store in [store, other] {
            assert!(store.split_enterprises(merge, &by("li")).await.unwrap());
            let again = store.split_enterprises(merge, &by("li")).await.unwrap_err();
            assert!(matches!(again, Error::Invalid { .. }), "{again}");
            let offers = store.offers().await.unwrap();
            assert!(offers.iter().all(|o| o.value.enterprise == FRAME && o.version == 3), "{offers:?}");
            assert_eq!(store.users().await.unwrap().remove(0).enterprise.unwrap().id, FRAME_ID);
            assert_eq!(at_event(&store).await, FRAME_ID);
            assert_eq!(store.enterprise(SCREEN).await.unwrap().value, before.value);
            assert_eq!(
                store.merges(Noun::Enterprise).await.unwrap()[0].split,
                Some(("li".to_owned(), by("li").at_ms))
            );
            assert!(store.check().await.unwrap().is_sound());
        }
    });
}

/// Two offers: decided, made one, through a backup, and two again.
#[test]
fn two_offers_become_one_and_two_again() {
    on_both(2, async |places: &[Place]| {
        let store = Store::open(&places[0].url).await.unwrap();
        store.import(&batch(), |_, _| ()).await.unwrap();
        let offers = store.offers().await.unwrap();
        let (kept, lost) = ((offers[0].id, 1), (offers[1].id, 1));
        let decided = async |store: &Store| store.record_decisions(Noun::Offer).await.unwrap();
        store.decide_records(Noun::Offer, (lost.0, kept.0), Some(false), &by("li")).await.unwrap();
        store.decide_records(Noun::Offer, (kept.0, lost.0), Some(true), &by("wang")).await.unwrap();
        let said = decided(&store).await;
        assert_eq!(
            said.iter().map(|d| (d.a, d.b, d.same, d.by.0.as_str())).collect::<Vec<_>>(),
            [(kept.0, lost.0, true, "wang")]
        );
        assert_eq!(store.record_decisions(Noun::Need).await.unwrap(), []);

        let value = Offer { standard: "GB/T 1".to_owned(), ..offers[0].value.clone() };
        let late = store.merge_offers(&value, kept, (lost.0, 7), &by("li")).await.unwrap_err();
        assert!(matches!(late, Error::Conflict { found: 1, .. }), "{late}");
        let merge = store.merge_offers(&value, kept, lost, &by("li")).await.unwrap();
        let merged = store.offers().await.unwrap();
        assert_eq!((merged[0].status, &merged[0].value.standard), (Status::Open, &value.standard));
        assert_eq!((merged[1].status, merged[1].version), (Status::Closed, 2));
        assert_eq!(merged[1].value.merged_into.as_deref(), Some("O-1"));
        let twice = store.merge_offers(&value, (kept.0, 2), (lost.0, 2), &by("li")).await.unwrap_err();
        assert!(matches!(twice, Error::Invalid { .. }), "{twice}");
        assert!(store.check().await.unwrap().is_sound());

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("b.yulin");
        store.backup(&path, |_, _| ()).await.unwrap();
        let other = Store::open(&places[1].url).await.unwrap();
        other.restore(&path, false, |_, _| ()).await.unwrap();
        assert_eq!(decided(&other).await, said);
        for store in [store, other] {
            assert_eq!(store.merges(Noun::Offer).await.unwrap()[0].loser, lost.0);
            assert_eq!(store.merges(Noun::Need).await.unwrap(), []);
            let wrong = store.split_needs(merge, &by("li")).await.unwrap_err();
            assert!(matches!(wrong, Error::NotFound { .. }), "{wrong}");
            assert!(store.split_offers(merge, &by("li")).await.unwrap());
            let parted = store.offers().await.unwrap();
            assert_eq!((parted[1].status, &parted[1].value), (Status::Open, &offers[1].value));
            assert_eq!(parted[0].value, offers[0].value);
            let again = store.split_offers(merge, &by("li")).await.unwrap_err();
            assert!(matches!(again, Error::Invalid { .. }), "{again}");
            store.decide_records(Noun::Offer, (kept.0, lost.0), None, &by("li")).await.unwrap();
            assert_eq!(decided(&store).await, []);
            assert!(store.check().await.unwrap().is_sound());
        }
    });
}
