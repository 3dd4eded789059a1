//! One case a use case. A new use case has no case here, and the match does not compile.

use crate::house::House;
use app::{
    AccountChange, Act, Actor, Allocation, App, AuditFilter, BalanceQuery, CaptureOptions, Decision,
    Direction, EnterpriseForm, EnterpriseQuery, EventForm, EventRequest, FlowQuery, HookConfig,
    ImportOptions, IndicatorPostings, IndicatorQuery, InputFile, LotQuery, MatchOptions, NearbyQuery,
    NeedForm, NewAccount, NewInvitation, NewToken, OfferForm, Office, OutcomeForm, PcfFilter, PcfForm,
    PublishOptions, RecordQuery, Result, Scratch, SheetQuery, Stage, SubscriptionSettings, Take,
    ZeroCarbonQuery,
};
use model::list::Review;
use model::outcome::OutcomeResult;
use model::visibility::Noun;
use std::fmt::Debug;
use std::path::PathBuf;

/// An event of the ledger, and a lot of it.
const EVENT: &str = r#"{"@context": [], "type": "TransformationEvent", "eventTime": "2026-01-01T00:00:00Z",
    "eventTimeZoneOffset": "+08:00", "readPoint": {"id": "urn:x:site"},
    "inputQuantityList": [{"epcClass": "urn:x:lot:a", "quantity": 2, "uom": "KGM"}],
    "outputQuantityList": [{"epcClass": "urn:x:lot:b", "quantity": 1, "uom": "KGM"}]}"#;
const LOT: &str = "urn:x:lot:b";

/// The house's events: one whose timetable stands, one that is planned.
const EVENTS: [i64; 2] = [1, 2];

/// What a use case is asked about.
pub struct Arguments {
    enterprises: Vec<i64>,
    needs: Vec<(i64, i64)>,
    offers: Vec<(i64, i64)>,
    account: i64,
    draft: i64,
    folder: PathBuf,
}

impl Arguments {
    pub fn of(house: &House) -> Self {
        Self {
            enterprises: house.enterprises.iter().map(|(id, _)| *id).collect(),
            needs: house.needs.clone(),
            offers: house.offers.clone(),
            account: house.accounts[0],
            draft: house.draft,
            folder: house.folder.path().to_owned(),
        }
    }
}

/// What was called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// The act's use case.
    Whole,
    /// One that refuses some records of an act that the office has (the drafter's approval, offices above one's own).
    ByRecord,
}

impl What {
    pub fn is_by_record(self) -> bool {
        self == Self::ByRecord
    }
}

fn quiet(_: Stage, _: u64, _: u64) {}

fn show<T: Debug>(result: Result<T>) -> Result<String> {
    result.map(|value| format!("{value:?}"))
}

/// The cells of a workbook.
fn cells(result: Result<Vec<u8>>) -> Result<String> {
    result.map(|bytes| {
        let options = exchange::sheet::ReadOptions::default();
        let sheets = exchange::sheet::read_with_progress(&bytes, "x.xlsx", &options, &mut |_| ()).unwrap();
        format!("{sheets:?}")
    })
}

fn file(name: &str, text: &str) -> InputFile {
    InputFile { name: name.to_owned(), bytes: text.as_bytes().to_vec() }
}

/// Calls the use cases that an act is leave for, over all records, and shows all that they return.
#[expect(clippy::too_many_lines, reason = "one arm a use case")]
pub async fn exercise(app: &App, actor: &Actor, act: Act, with: &Arguments) -> Vec<(What, Result<String>)> {
    let mut out = Vec::new();
    let mut put = |outcome| out.push((What::Whole, outcome));
    let (need, offer) = (with.needs[0], with.offers[5]);
    let all = RecordQuery { all: true, per_page: 200, ..RecordQuery::default() };
    let q = |q: &str| RecordQuery { q: q.to_owned(), ..all.clone() };
    match act {
        Act::NewestList => put(show(app.newest_list(actor, "").await)),
        Act::ListByNumber => out.push((What::ByRecord, show(app.list_by_number(actor, 1).await))),
        Act::Lists => put(show(app.lists(actor).await)),
        Act::Verify => put(show(app.verify(actor, 1).await)),
        Act::ListWorkbook => {
            // Whoever holds a list got it from another use case.
            let list = app.list_by_number(actor, 1).await.ok();
            let list = list.unwrap_or_else(|| std::sync::Arc::new(empty_list()));
            put(cells(app.list_workbook(actor, &list)));
        }
        Act::Standings => {
            let list = app.list_by_number(actor, 1).await.ok();
            let list = list.unwrap_or_else(|| std::sync::Arc::new(empty_list()));
            put(show(app.standings(actor, &list).await));
        }
        Act::WhatIf => {
            let offers = file("o.csv", "企业名称,产品名称\n乙,面罩\n");
            // Who may not read the list may not ask what would change on it.
            out.push((What::ByRecord, show(app.what_if(actor, 1, &offers, &quiet).await)));
        }
        Act::Markets => put(show(app.markets(actor).await)),
        Act::Draft => put(show(app.draft(actor, "", app.this_month(), &quiet).await)),
        Act::DraftById => put(show(app.draft_by_id(actor, with.draft).await)),
        Act::Desk => {
            put(show(app.desk(actor, with.draft).await));
            put(show(app.desk_need(actor, with.draft, 1).await));
            put(show(app.desk_needs(actor, with.draft, &[1, 2, 3]).await));
            put(show(app.desk_offers(actor, with.draft, "面罩", 50).await));
        }
        Act::Review => put(show(app.review(actor, with.draft, 1, 1, Review::Confirmed).await)),
        Act::Decide => {
            let decision = Decision { need: 1, offer: 2, review: Review::Added, base: 0 };
            put(show(app.decide(actor, with.draft, &[decision]).await));
        }
        Act::WorkOn => put(show(app.work_on(actor, with.draft, 1).await)),
        Act::Discard => put(show(app.discard(actor, with.draft).await)),
        Act::Approve => {
            let approved = show(app.approve(actor, with.draft, &quiet).await);
            out.push((What::ByRecord, approved));
        }
        Act::Reopen => put(show(app.reopen(actor, with.draft).await)),
        Act::Publish => put(show(app.publish(actor, with.draft, &quiet).await)),
        Act::PublishPeriod => {
            let options = PublishOptions { again: true, keep_draft: true, ..PublishOptions::default() };
            let published = show(app.publish_period(actor, app.this_month(), options, &quiet).await);
            out.push((What::ByRecord, published));
        }
        Act::Withdraw => put(show(app.withdraw(actor, 1, "有误").await)),
        Act::Import => {
            let files = vec![file("a.csv", "企业名称,需求产品名称,数量\n虚构万安显示有限公司,面罩,5片\n")];
            put(show(app.import(actor, files, &ImportOptions::default(), &quiet).await));
        }
        Act::Imports => put(show(app.imports(actor, 10).await)),
        Act::Duplicates => {
            put(show(app.duplicates(actor).await));
            put(show(app.decided_duplicates(actor).await));
            put(show(app.duplicate_clusters(actor).await));
            put(show(app.merged_duplicates(actor).await));
            put(show(app.merge_preview(actor, with.enterprises[0], with.enterprises[1]).await));
        }
        Act::MergeDuplicate => {
            let (a, b) = (with.enterprises[0], with.enterprises[1]);
            put(show(app.merge_duplicate(actor, (a, 1), (b, 1)).await));
        }
        Act::SplitDuplicate => put(show(app.split_duplicate(actor, 1).await)),
        Act::ProposeDuplicate => put(show(app.propose_duplicate(actor, "a", "b").await)),
        Act::DecideDuplicate => put(show(app.decide_duplicate(actor, "a", "b", true).await)),
        Act::Twins => {
            put(show(app.twins(actor).await));
            put(show(app.decided_twins(actor).await));
            put(show(app.twin_conflicts(actor).await));
            put(show(app.merged_twins(actor).await));
            for (noun, of) in [(Noun::Need, &with.needs), (Noun::Offer, &with.offers)] {
                for pair in of.windows(2) {
                    put(show(app.twin_merge_preview(actor, noun, (pair[0].0, pair[1].0)).await));
                    put(show(app.twin_pair(actor, noun, (pair[0].0, pair[1].0)).await));
                }
            }
        }
        Act::DecideTwins => {
            for (noun, of) in [(Noun::Need, &with.needs), (Noun::Offer, &with.offers)] {
                for pair in of.windows(2) {
                    put(show(app.decide_twins(actor, noun, (pair[0].0, pair[1].0), Some(true)).await));
                }
            }
        }
        Act::MergeTwins => {
            for (noun, of) in [(Noun::Need, &with.needs), (Noun::Offer, &with.offers)] {
                for pair in of.windows(2) {
                    put(show(app.merge_twins(actor, noun, pair[0], pair[1]).await));
                }
            }
        }
        Act::SplitTwins => {
            put(show(app.split_twins(actor, Noun::Need, 1).await));
            put(show(app.split_twins(actor, Noun::Offer, 1).await));
        }
        Act::Needs => {
            put(show(app.needs(actor, &all).await));
            put(show(app.needs(actor, &q("面罩")).await));
            put(show(app.needs(actor, &RecordQuery { mine: true, ..all.clone() }).await));
        }
        Act::Need => {
            for (id, _) in &with.needs {
                put(show(app.need(actor, *id).await));
                put(show(app.need_form(actor, *id).await));
            }
        }
        Act::PreviewNeed => {
            let form = NeedForm { title: "LED显示屏面罩".to_owned(), ..NeedForm::default() };
            put(show(app.preview_need(actor, &form).await));
            let form = NeedForm { enterprise: Some(with.enterprises[1]), ..form };
            put(show(app.preview_need(actor, &form).await));
        }
        Act::SaveNeed => {
            for at in &with.needs {
                let form = NeedForm { title: String::new(), ..NeedForm::default() };
                put(show(app.save_need(actor, Some(*at), &form).await));
            }
        }
        Act::Offers => {
            put(show(app.offers(actor, &all).await));
            put(show(app.offers(actor, &q("面罩")).await));
        }
        Act::Offer => {
            for (id, _) in &with.offers {
                put(show(app.offer(actor, *id).await));
                put(show(app.offer_form(actor, *id).await));
            }
        }
        Act::SaveOffer => {
            for at in &with.offers {
                let form = OfferForm { title: String::new(), ..OfferForm::default() };
                put(show(app.save_offer(actor, Some(*at), &form).await));
            }
        }
        Act::SetStatus => {
            put(show(app.set_open(actor, Noun::Need, need.0, need.1, false).await));
            put(show(app.set_status(actor, Noun::Need, "nothing", false).await));
        }
        Act::Enterprises => put(show(app.enterprises(actor, &EnterpriseQuery::default()).await)),
        Act::Enterprise => {
            for id in &with.enterprises {
                put(show(app.enterprise(actor, *id).await));
                put(show(app.enterprise_form(actor, *id).await));
            }
        }
        Act::SaveEnterprise => {
            for id in &with.enterprises {
                put(show(app.save_enterprise(actor, Some((*id, 1)), &EnterpriseForm::default()).await));
            }
        }
        Act::Nearby => {
            let query = NearbyQuery { q: "LED显示屏面罩".to_owned(), ..NearbyQuery::default() };
            put(show(app.nearby(actor, &query).await));
        }
        Act::Stale => {
            put(show(app.stale(actor, 0).await));
            put(cells(app.stale_sheet(actor, 0).await));
        }
        Act::Overview => put(show(app.overview(actor).await)),
        Act::MatchFiles => {
            let needs = file("n.csv", "企业名称,需求产品名称\n甲,面罩\n");
            let offers = file("o.csv", "企业名称,产品名称\n乙,面罩\n");
            let options =
                MatchOptions { top: 3, maps: Vec::new(), delimiter: None, reference: app.reference() };
            let clock = app::Clock::china();
            put(show(app::match_files(actor, &needs, &offers, &options, &clock, &quiet)));
        }
        Act::InspectPanel => {
            let options = app::PanelOptions {
                threads: 1,
                lot: "lot".to_owned(),
                recipe_name: "panel.toml".to_owned(),
                forms: app::BeadForms::default(),
                accept_valid: false,
            };
            let (clock, out) = (app::Clock::china(), tempfile::tempdir().expect("a folder"));
            let run = app::inspect_panel(
                actor,
                "pitch_um = 0",
                &mut std::iter::empty(),
                None,
                out.path(),
                &options,
                &clock,
                &|_| String::new(),
                &|_, _| {},
            );
            put(show(run.map(|(run, _)| run.summary.frames)));
        }
        Act::InspectBoard => {
            let packet = || exchange::frame::Packet::file("board.png", Vec::new());
            let pair = app::BoardPair { template: packet(), image: packet() };
            put(show(app::inspect_board(actor, &pair, &app::BoardRules::default()).map(drop)));
        }
        Act::InspectPlacement => {
            put(show(app::read_placement(actor, "um_per_px = 0", "p.toml")));
        }
        Act::CalibrateCamera => put(show(app::calibrate_camera(actor, "red,green,blue,x,y,z", "p.csv"))),
        Act::Recipes => {
            put(show(app.recipes(actor).await));
            put(show(app.recipe(actor, 1).await));
            put(show(app::check_recipe(actor, "pitch_um = 0")));
        }
        Act::SaveRecipe => {
            let new = app::NewRecipe { enterprise: Some(with.enterprises[0]), ..app::NewRecipe::default() };
            put(show(app.save_recipe(actor, &new).await));
        }
        Act::Inspections => {
            put(show(app.inspections(actor).await));
            for id in 1..=3 {
                put(show(app.inspection(actor, id).await));
                put(show(app.inspection_file(actor, id, "summary.json").await));
            }
            put(show(app.compare_inspections(actor, 1, 2).await));
        }
        Act::RecordInspection => {
            let new = app::NewInspection {
                enterprise: Some(with.enterprises[0]),
                name: "L7".to_owned(),
                recipe_name: "P0.8".to_owned(),
                recipe: "pitch_um = 0".to_owned(),
            };
            put(show(app.begin_inspection(actor, &new).await));
            put(show(app.inspect_frames(actor, &new, Vec::new(), |_| String::new(), &quiet).await));
            put(show(app.record_folder(actor, new, Vec::new()).await));
            let figures = app::RunFigures::of(app::Source::Watch);
            let detail = app::RunDetail::default();
            put(show(app.free_inspection_name(actor, Some(with.enterprises[0]), "L8").await));
            let measured =
                app::EndedRun { figures: figures.clone(), detail: detail.clone(), files: Vec::new() };
            put(show(app.record_inspection(actor, Some(with.enterprises[0]), "", measured).await));
            put(show(app.push_inspection(actor, 1, &figures, &detail).await));
            put(show(app.finish_inspection(actor, 1, figures, detail, Vec::new()).await));
        }
        Act::Evidence => {
            put(show(app.evidence(actor).await));
            put(show(app.inspection_counts(actor).await));
        }
        Act::AttachEvidence => {
            let new =
                app::AttachEvidence { run: 1, offer: offer.0, property: "yield_rate".to_owned(), months: 6 };
            put(show(app.attach_evidence(actor, &new).await));
            put(show(app.withdraw_evidence(actor, 1).await));
        }
        Act::Export => {
            put(cells(app.export(actor, false, &all).await));
            put(cells(app.export(actor, true, &all).await));
        }
        Act::LedgerFiles => {
            let event = file("e.json", "{}");
            put(show(app::check_events(actor, event.clone(), app::FactorLibrary::builtin())));
            put(show(app::hash_events(actor, event.clone())));
            put(show(app::reconcile(actor, &event)));
            // The digits of its samples may spell any marker by chance, and nothing of the database is in them.
            put(show(app::simulate_etchant(actor, &event).map(|report| report.run.samples.len())));
        }
        Act::CaptureEvents => {
            let event = file("e.json", EVENT);
            put(show(app.capture_events(actor, event, CaptureOptions::default()).await));
        }
        Act::VerifyEvents => put(show(app.verify_events(actor).await)),
        Act::LedgerLots => {
            out.push((What::ByRecord, show(app.ledger_lots(actor, &LotQuery::default()).await)))
        }
        // Lots and sites of other enterprises are as if they were not there.
        Act::LedgerLot => out.push((What::ByRecord, show(app.ledger_lot(actor, LOT).await))),
        Act::Trace => out.push((What::ByRecord, show(app.trace(actor, LOT, Direction::Up, None).await))),
        Act::Reach => put(show(app.reach(actor, LOT, Direction::Down, &mut Scratch::new()).await)),
        Act::Recall => out.push((What::ByRecord, show(app.recall(actor, LOT).await))),
        Act::Balance => {
            let site = "urn:x:site".to_owned();
            let query = BalanceQuery { site: site.clone(), substance: None, period: None };
            out.push((What::ByRecord, show(app.balance(actor, &query).await)));
            let query = SheetQuery { site, substance: None, period: None };
            out.push((What::ByRecord, show(app.balance_sheet(actor, &query).await)));
        }
        Act::Flows => out.push((What::ByRecord, show(app.flows(actor, &FlowQuery::default()).await))),
        Act::Footprint => {
            out.push((What::ByRecord, show(app.footprint(actor, LOT, Allocation::Mass).await)));
            out.push((What::ByRecord, cells(app.footprint_workbook(actor, LOT, Allocation::Mass).await)));
            out.push((What::ByRecord, show(app.footprint_breakdown(actor, LOT, Allocation::Mass).await)));
        }
        Act::FootprintOverview => {
            out.push((What::ByRecord, show(app.footprint_overview(actor, None).await)));
        }
        Act::Indicators => {
            out.push((What::ByRecord, show(app.indicators(actor, &IndicatorQuery::default()).await)));
        }
        Act::IndicatorPostings => {
            let query = IndicatorPostings {
                site: "urn:x:site".to_owned(),
                of: "produced".to_owned(),
                substance: None,
                period: None,
            };
            out.push((What::ByRecord, show(app.indicator_postings(actor, &query).await)));
        }
        Act::ZeroCarbon => put(show(app.zero_carbon(actor, &ZeroCarbonQuery::default()).await)),
        Act::ExportEvents => {
            for form in [EventForm::Epcis, EventForm::Csv] {
                let mut bytes = Vec::new();
                put(show(app.export_events(actor, form, &mut bytes).await));
            }
        }
        Act::TakeCapture => {
            // Without an enterprise there is nobody in whose name to capture.
            let document = file("e.json", EVENT);
            out.push((What::ByRecord, show(app.take_capture(actor, document, false).await)));
            let single = file("s.json", &EVENT.replace("T00:00:00Z", "T01:00:00Z"));
            out.push((What::ByRecord, show(app.capture_event(actor, single).await)));
        }
        Act::CaptureJobs => {
            out.push((What::ByRecord, show(app.capture_jobs(actor, None, 10).await)));
            out.push((What::ByRecord, show(app.capture_job(actor, "none").await)));
        }
        Act::SearchEvents => {
            let request = EventRequest { per_page: 100, ..EventRequest::default() };
            out.push((What::ByRecord, show(app.search_events(actor, &request).await)));
            out.push((What::ByRecord, show(app.event_words(actor, "bizLocations", "", 10).await)));
        }
        Act::EventQueries => {
            let request = EventRequest::default();
            out.push((What::ByRecord, show(app.event_queries(actor, "", 10).await)));
            out.push((What::ByRecord, show(app.event_query(actor, "all").await)));
            out.push((What::ByRecord, show(app.run_event_query(actor, "all", &request).await)));
            out.push((What::ByRecord, show(app.event_subscriptions(actor, "all").await)));
            let settings = SubscriptionSettings::default();
            out.push((What::ByRecord, show(app.events_since(actor, "all", Some(0), &settings).await)));
        }
        Act::SaveEventQuery => {
            let query = serde_json::json!({});
            out.push((What::ByRecord, show(app.add_event_query(actor, "all", &query, &[]).await)));
            out.push((What::ByRecord, show(app.delete_event_query(actor, "none").await)));
        }
        Act::Subscribe => {
            let settings = SubscriptionSettings::default();
            let target = "http://localhost/x";
            out.push((What::ByRecord, show(app.subscribe(actor, "all", target, "", &settings).await)));
            out.push((What::ByRecord, show(app.unsubscribe(actor, "all", "none").await)));
        }
        Act::EventSites => put(show(app.event_sites(actor).await)),
        Act::SetEventSite => put(show(app.set_event_site(actor, "urn:x:site", None).await)),
        Act::EventTargets => put(show(app.event_targets(actor).await)),
        Act::SetEventTargets => put(show(app.set_event_targets(actor, &[]).await)),
        Act::Pcfs => {
            out.push((What::ByRecord, show(app.pcfs(actor, &PcfFilter::default()).await)));
            out.push((What::ByRecord, show(app.pcf(actor, "none").await)));
        }
        Act::PublishPcf => put(show(app.publish_pcf(actor, &PcfForm::default()).await)),
        Act::PcfEvent => {
            out.push((What::ByRecord, show(app.pcf_event(actor, &serde_json::json!({})).await)));
        }
        Act::Weights => {
            put(show(app.weights(actor, "").await));
            put(show(app.preview_learning(actor, "", &quiet).await));
        }
        Act::Learn => put(show(app.learn(actor, "", Take::IfItGains, &quiet).await)),
        Act::Titles => put(show(app.titles(actor).await)),
        Act::UnreadWords => put(show(app.unread_words(actor).await)),
        Act::UseWeights => put(show(app.use_weights(actor, "", 0).await)),
        Act::Introductions => put(show(app.introductions(actor).await)),
        Act::AskIntroduction => put(show(app.ask_introduction(actor, need.0, offer.0, "").await)),
        Act::AnswerIntroduction => {
            out.push((What::ByRecord, show(app.answer_introduction(actor, 1, 1, false, "").await)));
        }
        Act::EndIntroduction => put(show(app.end_introduction(actor, 1, 1, "").await)),
        Act::RecordOutcome => {
            let form = OutcomeForm {
                result: OutcomeResult::Contract,
                amount_fen: Some(100),
                reason: String::new(),
                note: String::new(),
                day: None,
            };
            put(show(app.record_outcome(actor, 1, &form).await));
        }
        Act::Outcomes => put(show(app.outcomes(actor).await)),
        Act::MeetingEvents => put(show(app.meeting_events(actor).await)),
        Act::MeetingEvent => {
            for event in EVENTS {
                put(show(app.meeting_event(actor, event).await));
            }
        }
        Act::SaveMeetingEvent => {
            put(show(app.save_meeting_event(actor, None, &app::MeetingEventForm::default()).await));
        }
        Act::SetMeetingState => {
            put(show(app.set_meeting_state(actor, 2, 1, app::MeetingEventState::Seated).await));
        }
        Act::MeetingProposals => put(show(app.meeting_proposals(actor, 2).await)),
        Act::InviteToMeeting => {
            let invitee = app::Invitee { enterprise: with.enterprises[0], side: None };
            put(show(app.invite_to_meeting(actor, 2, &[invitee]).await));
        }
        Act::MarkMeetingParty => {
            let (firm, side) = (with.enterprises[0], model::meeting::MeetingSide::Host);
            put(show(app.mark_meeting_party(actor, 2, firm, 9, true, side).await));
        }
        Act::MeetingPage => {
            for event in EVENTS {
                put(show(app.meeting_page(actor, event, None).await));
                for firm in &with.enterprises {
                    put(show(app.meeting_page(actor, event, Some(*firm)).await));
                }
            }
        }
        Act::SignUpToMeeting => {
            for firm in &with.enterprises {
                let form = app::SignUpForm { enterprise: Some(*firm), ..app::SignUpForm::default() };
                put(show(app.sign_up_to_meeting(actor, 2, &form).await));
            }
        }
        Act::PreviewSeating => put(show(app.preview_seating(actor, 2).await)),
        Act::FreezeSeating => put(show(app.freeze_seating(actor, 2, 1, "").await)),
        Act::PreviewReplan | Act::ApplyReplan => {
            let form = app::ReplanForm { now: 0, absent: vec![with.enterprises[0]], tables: Vec::new() };
            put(if act == Act::PreviewReplan {
                show(app.preview_replan(actor, 1, &form).await)
            } else {
                show(app.apply_replan(actor, 1, 2, &form, "").await)
            });
        }
        Act::AtTheDoor | Act::CheckIn => {
            for key in
                [app::DoorKey::Code("AAAAA00000".into()), app::DoorKey::Enterprise(with.enterprises[0])]
            {
                put(if act == Act::AtTheDoor {
                    show(app.at_the_door(actor, 1, &key).await)
                } else {
                    show(app.check_in(actor, 1, &key).await)
                });
            }
        }
        Act::RecordMeeting => {
            let form =
                app::MeetingOutcomeForm { result: "intent".to_owned(), ..app::MeetingOutcomeForm::default() };
            put(show(app.record_meeting(actor, 1, 1, &form).await));
        }
        Act::FollowUps => put(show(app.follow_ups(actor).await)),
        Act::AnswerFollowUp => {
            put(show(
                app.answer_follow_up(actor, &app::FollowUpForm { meeting: 1, ..Default::default() }).await,
            ));
        }
        Act::TimetableWorkbook => {
            put(cells(app.timetable_workbook(actor, 1).await));
        }
        Act::MeetingCalendar => {
            let calendar = app.meeting_calendar(actor, 1, None).await;
            put(calendar.map(|bytes| String::from_utf8(bytes).unwrap()));
        }
        Act::MeetingFigures => put(show(app.meeting_figures(actor, None).await)),
        Act::Signings => put(show(app.signings(actor).await)),
        Act::SaveSigning => put(show(app.save_signing(actor, None, &app::SigningForm::default()).await)),
        Act::Accounts => {
            put(show(app.accounts(actor).await));
            put(show(app.find_enterprise(actor, "虚构万安显示有限公司").await));
        }
        Act::AddAccount => {
            let new =
                NewAccount { name: "new".to_owned(), office: Some(Office::Bureau), ..NewAccount::default() };
            put(show(app.add_account(actor, &new).await));
        }
        Act::SetAccount => {
            put(show(app.set_account(actor, with.account, 9, &AccountChange::default()).await));
        }
        Act::ResetPassword => put(show(app.reset_password(actor, with.account).await)),
        Act::Invite => {
            let new = NewInvitation {
                office: Office::Member,
                enterprise: None,
                name: "x".to_owned(),
                email: String::new(),
                days: 3,
            };
            put(app.invite(actor, &new, "http://localhost").await.map(|invited| invited.name));
        }
        Act::InviteWorkbook => {
            put(cells(app.invitation_template(actor)));
            let book = file("x.csv", "企业名称,联系人\n虚构万安显示有限公司,张\n");
            put(app.invite_workbook(actor, &book, "http://localhost").await.map(|_| String::new()));
        }
        Act::Invitations => put(show(app.invitations(actor).await)),
        Act::RevokeInvitation => put(show(app.revoke_invitation(actor, 1).await)),
        Act::Claims => put(show(app.claims(actor).await)),
        Act::DecideClaim => put(show(app.decide_claim(actor, 1, false, "x").await)),
        Act::Assign => put(show(app.assign(actor, with.account, &[]).await)),
        Act::Me => {
            put(show(app.me(actor).await));
            put(show(app.my_claim(actor).await));
        }
        Act::ChangePassword => put(show(app.change_password(actor, "", "wrong", "also wrong").await)),
        Act::Claim => put(show(app.claim(actor, "x", "x", "").await)),
        Act::Tokens => put(show(app.tokens(actor).await)),
        Act::CreateToken => {
            let new = NewToken { name: "x".to_owned(), may_write: false, days: 1 };
            put(show(app.create_token(actor, &new).await));
        }
        Act::RevokeToken => put(show(app.revoke_token(actor, 99).await)),
        Act::Inbox => put(show(app.inbox(actor, None, 50).await)),
        Act::MarkRead => put(show(app.mark_read(actor, &[1]).await)),
        Act::Hooks => put(show(app.hooks(actor).await)),
        Act::SaveHook => {
            let config =
                HookConfig::Webhook { url: String::new(), form: "json".to_owned(), secret: String::new() };
            put(show(app.save_hook(actor, None, "x", &config, false).await));
        }
        Act::DeleteHook => put(show(app.delete_hook(actor, 1, 1).await)),
        Act::TestHook => put(show(app.test_hook(actor, 1, "").await)),
        Act::Outbox => put(show(app.outbox(actor, 10).await)),
        Act::Remind => put(show(app.remind(actor, &with.enterprises).await)),
        Act::ShareLimit => put(show(app.share_limit(actor).await)),
        Act::SetShareLimit => put(show(app.set_share_limit(actor, Some(2.0)).await)),
        Act::NameCluster => put(show(app.name_cluster(actor, "", "").await)),
        Act::Backup => put(show(app.backup(actor, &with.folder.join("b"), &quiet).await)),
        Act::Restore => put(show(app.restore(actor, &with.folder.join("none"), true, &quiet).await)),
        Act::Check => put(show(app.check(actor).await)),
        // Serving is of the command line; leave is all there is to it.
        Act::Serve => put(show(actor.need(Act::Serve))),
        Act::Audit => {
            let query = AuditFilter { limit: 1000, ..AuditFilter::default() };
            put(show(app.audit(actor, &query).await));
            put(cells(app.audit_sheet(actor, &query).await));
        }
        Act::VerifyAudit => put(show(app.verify_audit(actor).await)),
    }
    out
}

/// A list without rows, for whoever may not read one.
fn empty_list() -> model::list::MatchingList {
    let json = r#"{"id":0,"number":null,"state":"draft","period":"2026-11","sha256":null,"drafted_by":"","approved_by":null,
        "published_ms":null,"withdrawn_reason":null,"content":{"format":1,"engine":1,"cluster":"","period":"2026-11",
        "previous_sha256":"","compared_with_sha256":"","summary":{"needs":0,"offers":0,"enterprises":0,"matched":0,"part":0,
        "unmet":0,"local_supporting_rate":0.0,"local_supporting_formula":"","gone":[]},"enterprises":[],"needs":[],"offers":[],
        "pairs":[],"gaps":[]}}"#;
    serde_json::from_str(json).unwrap()
}
