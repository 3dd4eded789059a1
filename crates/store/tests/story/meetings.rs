//! Events where firms meet: from invitation to follow-up, and through a backup, on both databases.

use crate::databases::{Place, on_both};
use crate::sample::{FRAME, SCREEN, batch, by};
use model::meeting::{MeetingEvent, MeetingSide, SignUp, Slot};
use store::{
    Error, EventState, FollowUpDone, MeetingOutcome, NewMeeting, NewParty, NewTimetable, PartyChange,
    PartyState, Signing, Store,
};

fn event() -> MeetingEvent {
    let slot = |from: &str, until: &str| Slot { from: from.parse().unwrap(), until: until.parse().unwrap() };
    MeetingEvent {
        name: "产销对接会".to_owned(),
        kind: "production_sales".to_owned(),
        day: "2026-12-05".parse().unwrap(),
        place: "一号厅".to_owned(),
        slots: vec![slot("09:00:00", "09:20:00"), slot("09:30:00", "09:50:00")],
        tables: 2,
        interpreters: 0,
        most: 2,
        group: String::new(),
        note: String::new(),
        gone: Vec::new(),
    }
}

fn party(enterprise: i64, side: MeetingSide, code: &str) -> NewParty {
    NewParty { enterprise, side, why: "有得谈".to_owned(), code: code.to_owned() }
}

/// An event to which one firm is invited.
pub async fn invited(store: &Store, enterprise: i64) {
    let id = store.add_meeting_event(&event(), &by("li")).await.unwrap();
    let parties = [party(enterprise, MeetingSide::Guest, "CCCCC22222")];
    store.invite_to_meeting(id, &parties, &by("li")).await.unwrap();
}

/// An event with two firms, one meeting with a result, follow-ups and a signing.
pub async fn held(store: &Store) -> (i64, i64) {
    let host = store.enterprise(SCREEN).await.unwrap().id;
    let guest = store.enterprise(FRAME).await.unwrap().id;
    let id = store.add_meeting_event(&event(), &by("li")).await.unwrap();
    let parties =
        [party(host, MeetingSide::Host, "AAAAA00000"), party(guest, MeetingSide::Guest, "BBBBB11111")];
    assert_eq!(store.invite_to_meeting(id, &parties, &by("li")).await.unwrap(), [host, guest]);
    assert!(store.invite_to_meeting(id, &parties, &by("li")).await.unwrap().is_empty(), "asked twice");
    let change = PartyChange {
        side: MeetingSide::Host,
        state: PartyState::Attending,
        vip: true,
        sign_up: SignUp { people: 2, refusals: vec![77], note: "geheim".to_owned(), ..SignUp::default() },
    };
    assert_eq!(store.set_meeting_party(id, host, 1, &change, &by("a")).await.unwrap(), 2);
    let late = store.set_meeting_party(id, host, 1, &change, &by("b")).await.unwrap_err();
    assert!(matches!(late, Error::Conflict { expected: 1, found: 2, .. }), "{late}");
    let meeting = NewMeeting { host, guest, need: Some(1), offer: Some(1), slot: 1, table: 0 };
    let meetings = [meeting];
    let seats = NewTimetable { event: &event(), meetings: &meetings, absent: &[], action: "meeting.seat" };
    assert_eq!(store.put_timetable(id, 1, &seats, &by("li")).await.unwrap(), 2);
    (id, store.meetings(Some(id)).await.unwrap()[0].id)
}

/// The rest of an event's way.
pub async fn recorded(store: &Store) {
    let (id, meeting) = held(store).await;
    let version = store.meetings(Some(id)).await.unwrap()[0].version;
    let follow_up = [(30, "2027-01-04".to_owned()), (60, "2027-02-03".to_owned())];
    let outcome = MeetingOutcome {
        result: "intent",
        amount_fen: Some(123_456),
        note: "样品",
        about: (Some(1), Some(2)),
        follow_up: &follow_up,
    };
    store.record_meeting_outcome(meeting, version, &outcome, &by("a")).await.unwrap();
    let signing = Signing {
        event: Some(id),
        kind: "talent_project".to_owned(),
        title: "人才项目".to_owned(),
        day: "2026-12-05".to_owned(),
        ..Signing::default()
    };
    assert_eq!(store.save_signing(&signing, &by("li")).await.unwrap(), (1, 1));
}

#[test]
fn an_event_goes_its_way() {
    on_both(1, async |places: &[Place]| {
        let store = Store::open(&places[0].url).await.unwrap();
        store.import(&batch(), |_, _| ()).await.unwrap();
        recorded(&store).await;
        let row = store.meeting_event(1).await.unwrap();
        assert_eq!((row.state, row.version, &row.event), (EventState::Seated, 2, &event()));
        assert_eq!(store.meeting_events().await.unwrap(), [row]);
        assert!(matches!(store.meeting_event(9).await, Err(Error::NotFound { .. })));

        // What came of a meeting stays when the timetable is made again; a firm that is absent is noted.
        let guest = store.meetings(None).await.unwrap()[0].guest;
        let none =
            NewTimetable { event: &event(), meetings: &[], absent: &[(guest, 1)], action: "meeting.replan" };
        let late = store.put_timetable(1, 1, &none, &by("li")).await.unwrap_err();
        assert!(matches!(late, Error::Conflict { found: 2, .. }), "{late}");
        store.put_timetable(1, 2, &none, &by("li")).await.unwrap();
        let meeting = store.meetings(Some(1)).await.unwrap().remove(0);
        assert!(meeting.seated && meeting.result.as_deref() == Some("intent"), "{meeting:?}");
        assert_eq!((meeting.amount_fen, meeting.offer), (Some(123_456), Some(2)));
        let parties = store.meeting_parties(Some(1)).await.unwrap();
        let absent = parties.iter().find(|p| p.enterprise == guest).unwrap();
        assert_eq!((absent.absent_from, absent.code.as_str()), (Some(1), "BBBBB11111"));
        assert!(!format!("{absent:?}").contains("BBBBB"));

        // The door: the first moment counts.
        let later = store::By::new("li", by("li").at_ms + 60_000);
        assert_eq!(store.check_in(1, guest, &by("li")).await.unwrap(), by("li").at_ms);
        assert_eq!(store.check_in(1, guest, &later).await.unwrap(), by("li").at_ms);
        assert!(matches!(store.check_in(1, 99, &later).await, Err(Error::NotFound { .. })));

        // Each follow-up is reminded of once; an answered one is not asked again.
        let due = |day: &'static str| store.take_due_follow_ups(day, &later);
        assert!(due("2027-01-03").await.unwrap().is_empty());
        assert_eq!(due("2027-01-04").await.unwrap(), [(meeting.id, 30)]);
        assert!(due("2027-01-04").await.unwrap().is_empty());
        let done = FollowUpDone {
            meeting: meeting.id,
            days: 60,
            version: 1,
            result: "signed",
            amount_fen: None,
            note: "已签",
        };
        store.finish_follow_up(&done, &later).await.unwrap();
        let again = store.finish_follow_up(&done, &later).await.unwrap_err();
        assert!(matches!(again, Error::Conflict { found: 2, .. }), "{again}");
        assert!(due("2027-12-31").await.unwrap().is_empty());
        let asked = store.meeting_follow_ups().await.unwrap();
        assert_eq!(
            asked.iter().map(|f| (f.days, f.done.is_some())).collect::<Vec<_>>(),
            [(30, false), (60, true)]
        );

        let mut signing = store.signings().await.unwrap().remove(0);
        signing.void = true;
        assert_eq!(store.save_signing(&signing, &later).await.unwrap(), (1, 2));
        assert!(matches!(store.save_signing(&signing, &later).await, Err(Error::Conflict { .. })));

        // Neither codes nor what a firm said stand in the audit.
        for entry in store.audit(1, 1000).await.unwrap() {
            for secret in ["AAAAA", "BBBBB", "geheim", "77"] {
                assert!(!entry.detail.contains(secret), "{entry:?}");
            }
        }
        assert!(store.check().await.unwrap().is_sound());
    });
}

#[test]
fn an_event_goes_through_a_backup() {
    on_both(2, async |places: &[Place]| {
        let store = Store::open(&places[0].url).await.unwrap();
        store.import(&batch(), |_, _| ()).await.unwrap();
        recorded(&store).await;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("b.yulin");
        store.backup(&path, |_, _| ()).await.unwrap();
        let other = Store::open(&places[1].url).await.unwrap();
        assert!(other.restore(&path, false, |_, _| ()).await.unwrap().check.is_sound());
        assert_eq!(other.meeting_events().await.unwrap(), store.meeting_events().await.unwrap());
        assert_eq!(other.meeting_parties(None).await.unwrap(), store.meeting_parties(None).await.unwrap());
        assert_eq!(other.meetings(None).await.unwrap(), store.meetings(None).await.unwrap());
        assert_eq!(other.meeting_follow_ups().await.unwrap(), store.meeting_follow_ups().await.unwrap());
        assert_eq!(other.signings().await.unwrap(), store.signings().await.unwrap());
    });
}
