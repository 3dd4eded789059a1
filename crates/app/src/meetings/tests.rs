//! An event from its plan to its follow-ups, over a real database: what each office sees, and what nobody gets.

use super::*;
use crate::testing::quiet;
use crate::{Actor, App, Clock, EnterpriseForm, NeedForm, OfferForm, PublishOptions, Role};
use jiff::civil::{Date, date};

const DAY: Date = date(2026, 12, 5);

/// Two that need and two that offer, with a published list, and an event with two tables and three slots.
struct Stage {
    app: App,
    firms: Vec<(i64, String)>,
    folder: tempfile::TempDir,
}

const NAMES: [&str; 4] =
    ["虚构甲显示有限公司", "虚构乙显示有限公司", "虚构丙五金有限公司", "虚构丁五金有限公司"];

fn office() -> Actor {
    Actor::new("mishu", Role::Secretariat)
}

fn event_form() -> MeetingEventForm {
    MeetingEventForm {
        name: "十二月产销对接会".to_owned(),
        kind: "production_sales".to_owned(),
        day: DAY.to_string(),
        place: "一号厅".to_owned(),
        slots: vec!["09:00-09:20".to_owned(), "09:30-09:50".to_owned(), "10:00-10:20".to_owned()],
        tables: 2,
        interpreters: 0,
        most: 3,
        ..MeetingEventForm::default()
    }
}

impl Stage {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("y.db").display().to_string();
        let app = App::open(&file, Clock::at_noon(DAY)).await.unwrap();
        let (local, mut firms) = (Actor::local(), Vec::new());
        for (at, name) in NAMES.into_iter().enumerate() {
            let form = EnterpriseForm {
                name: name.to_owned(),
                region: "万安县".to_owned(),
                ..EnterpriseForm::default()
            };
            let id = app.save_enterprise(&local, None, &form).await.unwrap().id;
            let title = "LED显示屏面罩".to_owned();
            if at < 2 {
                let need = NeedForm {
                    enterprise: Some(id),
                    title,
                    quantity: "100片/月".to_owned(),
                    validity: "2027-12-31".to_owned(),
                    ..NeedForm::default()
                };
                app.save_need(&local, None, &need).await.unwrap();
            } else {
                let offer = OfferForm {
                    enterprise: Some(id),
                    title,
                    spare_capacity: "200片/月".to_owned(),
                    validity: "2027-12-31".to_owned(),
                    ..OfferForm::default()
                };
                app.save_offer(&local, None, &offer).await.unwrap();
            }
            let key = app.enterprise(&local, id).await.unwrap().row.enterprise.key;
            firms.push((id, key));
        }
        app.publish_period(&local, app.this_month(), PublishOptions::default(), &quiet).await.unwrap();
        app.save_meeting_event(&office(), None, &event_form()).await.unwrap();
        Self { app, firms, folder }
    }

    /// Another day of the same cluster.
    async fn on(&self, day: Date) -> App {
        let file = self.folder.path().join("y.db").display().to_string();
        App::open(&file, Clock::at_noon(day)).await.unwrap()
    }

    fn member(&self, at: usize) -> Actor {
        Actor::new("m", Role::Member { enterprise: Some(self.firms[at].1.clone()) })
    }

    fn id(&self, at: usize) -> i64 {
        self.firms[at].0
    }

    async fn sign_up(&self, at: usize, change: impl FnOnce(&mut SignUp)) {
        let mut sign_up = SignUp { people: 2, ..SignUp::default() };
        change(&mut sign_up);
        let form = SignUpForm { attends: true, sign_up, ..SignUpForm::default() };
        self.app.sign_up_to_meeting(&self.member(at), 1, &form).await.unwrap();
    }

    /// Everybody signs up and the timetable stands; its version.
    async fn seated(&self) -> i64 {
        for at in 0..4 {
            self.sign_up(at, |_| ()).await;
        }
        let seating = self.app.preview_seating(&office(), 1).await.unwrap();
        self.app.freeze_seating(&office(), 1, seating.version, &seating.digest).await.unwrap().version
    }
}

#[tokio::test]
async fn who_should_come_is_said_by_the_matches() {
    let stage = Stage::new().await;
    let proposals = stage.app.meeting_proposals(&office(), 1).await.unwrap();
    let side = |at: usize| proposals.iter().find(|p| p.enterprise.id == stage.id(at)).unwrap();
    assert_eq!(proposals.len(), 4);
    assert_eq!((side(0).side, side(2).side), (MeetingSide::Host, MeetingSide::Guest));
    assert_eq!(side(0).partners, 2);
    assert!(side(0).why.contains("2家企业可供") && side(0).why.contains("LED显示屏面罩"), "{}", side(0).why);
    let all: Vec<Invitee> =
        stage.firms.iter().map(|(id, _)| Invitee { enterprise: *id, side: None }).collect();
    assert_eq!(stage.app.invite_to_meeting(&office(), 1, &all).await.unwrap(), 4);
    assert_eq!(
        stage.app.invite_to_meeting(&office(), 1, &all).await.unwrap(),
        0,
        "asked twice is asked once"
    );
    let page = stage.app.meeting_page(&stage.member(2), 1, None).await.unwrap();
    assert_eq!((page.side, page.partners.len(), page.may_sign_up), (MeetingSide::Guest, 2, true));
    let party = page.party.unwrap();
    assert_eq!(party.state, MeetingPartyState::Invited);
    assert!(party.why.contains("2家企业需要"), "{}", party.why);
}

#[tokio::test]
async fn a_kind_of_event_has_its_own_market() {
    let stage = Stage::new().await;
    let (app, local) = (&stage.app, Actor::local());
    let own = |pairs: &[(&str, &str)]| {
        pairs.iter().map(|(id, text)| ((*id).to_owned(), (*text).to_owned())).collect()
    };
    let need = NeedForm {
        enterprise: Some(stage.id(0)),
        title: "贴片线扩产设备款".to_owned(),
        market: "finance".to_owned(),
        validity: "2027-12-31".to_owned(),
        own: own(&[("amount", "500万元"), ("term", "24月")]),
        ..NeedForm::default()
    };
    app.save_need(&local, None, &need).await.unwrap();
    let offer = OfferForm {
        enterprise: Some(stage.id(3)),
        title: "贴片线扩产设备款".to_owned(),
        validity: "2027-12-31".to_owned(),
        market: "finance".to_owned(),
        own: own(&[("amount", "50~1000万元"), ("term", "36月")]),
        ..OfferForm::default()
    };
    app.save_offer(&local, None, &offer).await.unwrap();
    let options = PublishOptions { market: "finance".to_owned(), ..PublishOptions::default() };
    app.publish_period(&local, app.this_month(), options, &quiet).await.unwrap();
    let form = MeetingEventForm { kind: "industry_finance".to_owned(), ..event_form() };
    let event = app.save_meeting_event(&office(), None, &form).await.unwrap().id;
    let proposals = app.meeting_proposals(&office(), event).await.unwrap();
    let sides: std::collections::BTreeMap<i64, MeetingSide> =
        proposals.iter().map(|p| (p.enterprise.id, p.side)).collect();
    // The bank sits at its table, whoever looks for money comes to it; buyers of parts have no business there.
    let expect = [(stage.id(0), MeetingSide::Guest), (stage.id(3), MeetingSide::Host)];
    assert_eq!(sides, expect.into_iter().collect());
    let why = &proposals.iter().find(|p| p.enterprise.id == stage.id(0)).unwrap().why;
    assert!(why.contains("可供") && why.contains("贴片线扩产设备款"), "{why}");
}

#[tokio::test]
async fn wishes_weigh_and_refusals_are_kept_to_oneself() {
    let stage = Stage::new().await;
    let (a, b, c) = (stage.id(0), stage.id(1), stage.id(2));
    stage.sign_up(0, |s| (s.wishes, s.note) = (vec![c, c], "要看样品".to_owned())).await;
    stage.sign_up(1, |s| s.refusals = vec![c]).await;
    stage.sign_up(2, |s| s.wishes = vec![a, b]).await;
    stage.sign_up(3, |s| s.away = vec![0, 1]).await;
    let seating = stage.app.preview_seating(&office(), 1).await.unwrap();
    let first = &seating.wanted[0];
    assert_eq!((first.host.id, first.guest.id, first.host_wishes && first.guest_wishes), (a, c, true));
    assert!(first.weight > 2.0 * seating.wanted[1].weight);
    assert!(!seating.wanted.iter().any(|w| (w.host.id, w.guest.id) == (b, c)), "a refusal is a refusal");
    // The one who is late has one slot for two who want it.
    assert_eq!((seating.meetings.len(), seating.gap), (2, 0.0));
    // Of another firm nobody gets wishes, refusals, notes or codes.
    let stranger = stage.member(2);
    let card = stage.app.meeting_event(&stranger, 1).await.unwrap();
    assert_eq!(card.parties.iter().map(|p| p.enterprise.id).collect::<Vec<_>>(), [c]);
    let page = stage.app.meeting_page(&stranger, 1, Some(c)).await.unwrap();
    let shown = serde_json::to_string(&(card, page)).unwrap();
    assert!(!shown.contains("要看样品") && !shown.contains("\"refused\":true"), "{shown}");
    let other = stage.app.meeting_page(&stranger, 1, Some(a)).await.unwrap_err();
    assert_eq!(other.code, Code::NotFound);
    let bureau = Actor::new("gxj", Role::Bureau);
    let seen = stage.app.meeting_event(&bureau, 1).await.unwrap();
    assert_eq!(seen.parties.len(), 4);
    assert!(seen.parties.iter().all(|p| p.sign_up.is_none() && p.code.is_none() && p.why.is_empty()));
}

#[tokio::test]
async fn who_saw_no_sign_up_overwrites_none() {
    let stage = Stage::new().await;
    stage.sign_up(0, |_| ()).await;
    let form = SignUpForm {
        attends: false,
        sign_up: SignUp { people: 1, ..SignUp::default() },
        ..SignUpForm::default()
    };
    let unseen = stage.app.sign_up_to_meeting(&stage.member(0), 1, &form).await.unwrap_err();
    assert_eq!(unseen.code, Code::Conflict);
}

#[tokio::test]
async fn an_event_with_a_result_is_not_planned_again() {
    let stage = Stage::new().await;
    let version = stage.seated().await;
    let meeting = stage.app.meeting_event(&office(), 1).await.unwrap().meetings.remove(0);
    let outcome = MeetingOutcomeForm { result: "intent".to_owned(), ..MeetingOutcomeForm::default() };
    stage.app.record_meeting(&office(), meeting.id, meeting.version, &outcome).await.unwrap();
    let set = async |version, state| stage.app.set_meeting_state(&office(), 1, version, state).await;
    let cancelled = set(version, MeetingEventState::Cancelled).await.unwrap();
    let again = set(cancelled.version, MeetingEventState::Planned).await.unwrap_err();
    assert_eq!(again.code, Code::Conflict);
}

#[tokio::test]
async fn what_was_looked_at_is_what_stands() {
    let stage = Stage::new().await;
    for at in 0..3 {
        stage.sign_up(at, |_| ()).await;
    }
    let seen = stage.app.preview_seating(&office(), 1).await.unwrap();
    stage.sign_up(3, |_| ()).await;
    let late = stage.app.freeze_seating(&office(), 1, seen.version, &seen.digest).await.unwrap_err();
    assert_eq!(late.code, Code::Conflict);
    let seen = stage.app.preview_seating(&office(), 1).await.unwrap();
    let saved = stage.app.freeze_seating(&office(), 1, seen.version, &seen.digest).await.unwrap();
    let card = stage.app.meeting_event(&office(), 1).await.unwrap();
    let seats = |all: &[MeetingInfo]| {
        all.iter().map(|m| (m.slot, m.table, m.host.id, m.guest.id)).collect::<Vec<_>>()
    };
    assert_eq!(seats(&card.meetings), seats(&seen.meetings));
    assert_eq!((card.info.counts.meetings, card.meetings.len()), (4, 4));
    let own = stage.app.meeting_event(&stage.member(0), 1).await.unwrap();
    assert_eq!(own.meetings.len(), 2);
    assert!(own.meetings.iter().all(|m| m.host.id == stage.id(0)));
    // Nobody signs up any more; back to planning is possible as long as nothing has a result.
    let form = SignUpForm {
        attends: false,
        sign_up: SignUp { people: 1, ..SignUp::default() },
        ..SignUpForm::default()
    };
    let late = stage.app.sign_up_to_meeting(&stage.member(0), 1, &form).await.unwrap_err();
    assert_eq!(late.code, Code::Conflict);
    stage.app.set_meeting_state(&office(), 1, saved.version, MeetingEventState::Planned).await.unwrap();
    assert!(stage.app.meeting_event(&office(), 1).await.unwrap().meetings.is_empty());
    let stored = stage.app.store.meetings(Some(1)).await.unwrap();
    assert!(stored.len() == 4 && stored.iter().all(|m| !m.seated), "{stored:?}");
}

#[tokio::test]
async fn a_meeting_with_its_result_keeps_its_seat() {
    let stage = Stage::new().await;
    stage.seated().await;
    let meetings = stage.app.meeting_event(&office(), 1).await.unwrap().meetings;
    let met = meetings.iter().find(|m| m.slot == 0).unwrap();
    let outcome = MeetingOutcomeForm { result: "intent".to_owned(), ..MeetingOutcomeForm::default() };
    stage.app.record_meeting(&office(), met.id, met.version, &outcome).await.unwrap();
    let form = ReplanForm { now: 0, absent: vec![met.host.id], tables: Vec::new() };
    let error = stage.app.preview_replan(&office(), 1, &form).await.unwrap_err();
    assert_eq!(error.fields[0].0, "now");
    let plan = stage.app.preview_replan(&office(), 1, &ReplanForm { now: 1, ..form }).await.unwrap();
    assert!(plan.meetings.iter().any(|m| (m.id, m.slot, m.table) == (met.id, 0, met.table)
        || (m.host.id, m.guest.id, m.slot) == (met.host.id, met.guest.id, 0)));
}

#[tokio::test]
async fn on_the_day_little_changes() {
    let stage = Stage::new().await;
    let version = stage.seated().await;
    let form = ReplanForm { now: 0, absent: vec![stage.id(3)], tables: vec![0] };
    let plan = stage.app.preview_replan(&office(), 1, &form).await.unwrap();
    assert_eq!((plan.lost.len(), plan.won.len()), (2, 0), "{plan:#?}");
    assert!(plan.meetings.iter().all(|m| m.table == 1));
    assert_eq!(plan.kept as usize + plan.moved.len(), 2);
    let wrong = stage.app.apply_replan(&office(), 1, version, &form, "x").await.unwrap_err();
    assert_eq!(wrong.code, Code::Conflict);
    stage.app.apply_replan(&office(), 1, plan.version, &form, &plan.digest).await.unwrap();
    let card = stage.app.meeting_event(&office(), 1).await.unwrap();
    assert_eq!((card.meetings.len(), card.info.event.gone.len()), (2, 1));
    let absent = card.parties.iter().find(|p| p.enterprise.id == stage.id(3)).unwrap();
    assert_eq!((absent.absent_from, absent.meetings), (Some(0), 0));
    // A table that is gone stays gone.
    let again = ReplanForm { now: 1, absent: vec![stage.id(2)], tables: Vec::new() };
    let plan = stage.app.preview_replan(&office(), 1, &again).await.unwrap();
    assert!(plan.meetings.iter().all(|m| m.table == 1));
    for (form, field) in [
        (ReplanForm { now: 3, ..again.clone() }, "now"),
        (ReplanForm { tables: vec![2], ..again.clone() }, "tables"),
        (ReplanForm { absent: vec![999], ..again }, "absent"),
    ] {
        let error = stage.app.preview_replan(&office(), 1, &form).await.unwrap_err();
        assert_eq!(error.fields[0].0, field);
    }
}

#[tokio::test]
async fn the_door_takes_a_code_twice_and_no_other() {
    let stage = Stage::new().await;
    stage.seated().await;
    let code = stage.app.meeting_page(&stage.member(0), 1, None).await.unwrap().party.unwrap().code.unwrap();
    let key = DoorKey::Code(code.to_lowercase());
    let before = stage.app.at_the_door(&office(), 1, &key).await.unwrap();
    assert_eq!((before.enterprise.id, before.at_ms, before.meetings.len()), (stage.id(0), None, 2));
    let first = stage.app.check_in(&office(), 1, &key).await.unwrap();
    let second = stage.on(date(2026, 12, 6)).await.check_in(&office(), 1, &key).await.unwrap();
    assert!(first.at_ms.is_some());
    assert_eq!(first, second, "tapped twice");
    let wrong = stage.app.check_in(&office(), 1, &DoorKey::Code("00000-00000".to_owned())).await.unwrap_err();
    assert_eq!(wrong.code, Code::NotFound);
    for text in [
        format!("{key:?}"),
        format!("{wrong:?}"),
        format!("{:?}", stage.app.meeting_event(&office(), 1).await),
    ] {
        assert!(!text.contains(&code), "{text}");
    }
    // The code is in no audit entry, and a member opens no door.
    let plain = code.replace('-', "");
    for entry in stage.app.store.audit(1, 1000).await.unwrap() {
        assert!(!entry.detail.contains(&plain) && !entry.object.contains(&plain), "{entry:?}");
    }
    let member = stage.app.check_in(&stage.member(0), 1, &key).await.unwrap_err();
    assert_eq!(member.code, Code::NotAllowed);
}

#[tokio::test]
async fn results_are_followed_for_ninety_days() {
    let stage = Stage::new().await;
    stage.seated().await;
    let meeting = stage.app.meeting_event(&stage.member(0), 1).await.unwrap().meetings.remove(0);
    let signed = MeetingOutcomeForm {
        result: "intent".to_owned(),
        amount_yuan: Some(1234.56),
        note: "样品".to_owned(),
    };
    let other = if meeting.guest.id == stage.id(2) { 3 } else { 2 };
    let stranger = stage.app.record_meeting(&stage.member(other), meeting.id, meeting.version, &signed).await;
    assert_eq!(stranger.unwrap_err().code, Code::NotFound);
    let early = stage.on(date(2026, 12, 4)).await;
    let early =
        early.record_meeting(&stage.member(0), meeting.id, meeting.version, &signed).await.unwrap_err();
    assert_eq!(early.code, Code::Conflict);
    let version =
        stage.app.record_meeting(&stage.member(0), meeting.id, meeting.version, &signed).await.unwrap();
    let late = stage.app.record_meeting(&office(), meeting.id, meeting.version, &signed).await.unwrap_err();
    assert_eq!(late.code, Code::Conflict, "nothing is overwritten unseen");
    let nothing = MeetingOutcomeForm { result: "no_price".to_owned(), ..signed.clone() };
    let wrong = stage.app.record_meeting(&office(), meeting.id, version, &nothing).await.unwrap_err();
    assert_eq!(wrong.fields[0].0, "amount_yuan");

    let asked = stage.app.follow_ups(&stage.member(0)).await.unwrap();
    let due: Vec<&str> = asked.iter().map(|f| f.due.as_str()).collect();
    assert_eq!(due, ["2027-01-04", "2027-02-03", "2027-03-05"]);
    assert!(stage.app.follow_ups(&stage.member(other)).await.unwrap().is_empty());
    let later = stage.on(date(2027, 1, 4)).await;
    assert_eq!((later.remind_follow_ups().await.unwrap(), later.remind_follow_ups().await.unwrap()), (1, 0));
    let form = FollowUpForm {
        meeting: meeting.id,
        days: 30,
        version: asked[0].version,
        outcome: MeetingOutcomeForm {
            result: "signed".to_owned(),
            amount_yuan: Some(2000.0),
            note: String::new(),
        },
    };
    assert_eq!(later.answer_follow_up(&stage.member(other), &form).await.unwrap_err().code, Code::NotFound);
    later.answer_follow_up(&stage.member(0), &form).await.unwrap();
    // The ranking that learns hears of both words.
    let heard = stage.app.store.outcomes().await.unwrap();
    let heard: Vec<_> = heard.iter().map(|o| (o.outcome.result.as_str(), o.outcome.amount_fen)).collect();
    assert_eq!(heard, [("intent", Some(123_456)), ("contract", Some(200_000))]);
    let figures = later.meeting_figures(&office(), Some(2026)).await.unwrap();
    let december = &figures.months[11];
    assert_eq!((december.events, december.meetings, december.recorded), (1, 4, 1));
    assert_eq!((december.contracts, december.contract_fen, december.intents), (1, 200_000, 0));
    assert_eq!((december.due, december.answered), (1, 1));
    assert_eq!(&figures.whole, &MonthFigures { month: 0, ..december.clone() });
}

#[tokio::test]
async fn the_ledger_of_signings_counts_by_kind() {
    let stage = Stage::new().await;
    let form = SigningForm {
        event: Some(1),
        kind: "talent_project".to_owned(),
        title: "封测人才项目".to_owned(),
        day: "2026-12-05".to_owned(),
        amount_yuan: Some(10.0),
        ..SigningForm::default()
    };
    let saved = stage.app.save_signing(&office(), None, &form).await.unwrap();
    let count = async |kind: &str| {
        let figures = stage.app.meeting_figures(&office(), None).await.unwrap();
        figures.signings.iter().find(|k| k.kind == kind).map(|k| (k.count, k.amount_fen)).unwrap()
    };
    assert_eq!(count("talent_project").await, (1, 1000));
    let void = SigningForm { void: true, ..form.clone() };
    stage.app.save_signing(&office(), Some((saved.id, saved.version)), &void).await.unwrap();
    assert_eq!(count("talent_project").await, (0, 0));
    assert_eq!(stage.app.signings(&office()).await.unwrap().len(), 1, "it stays");
    let wrong = SigningForm { kind: "x".to_owned(), title: String::new(), ..form };
    let error = stage.app.save_signing(&office(), None, &wrong).await.unwrap_err();
    assert_eq!(error.fields.len(), 2);
}

#[tokio::test]
async fn the_files_hold_what_the_actor_may_see() {
    let stage = Stage::new().await;
    stage.seated().await;
    let rows = async |actor: &Actor| {
        let bytes = stage.app.timetable_workbook(actor, 1).await.unwrap();
        let sheets =
            exchange::sheet::read(&bytes, "t.xlsx", &exchange::sheet::ReadOptions::default()).unwrap();
        sheets[1].rows.len() - 3
    };
    assert_eq!((rows(&office()).await, rows(&stage.member(0)).await), (8, 4));
    let calendar = stage.app.meeting_calendar(&stage.member(2), 1, None).await.unwrap();
    let text = String::from_utf8(calendar).unwrap();
    assert_eq!(text.matches("BEGIN:VEVENT").count(), 2);
    assert!(text.contains("DTSTART:20261205T0"), "{text}");
    let text = String::from_utf8(stage.app.meeting_calendar(&office(), 1, Some(stage.id(0))).await.unwrap())
        .unwrap();
    assert_eq!(text.matches("BEGIN:VEVENT").count(), 2);
}
