//! Yulin's use cases. Here engines, store and exchange meet, and here alone access is decided:
//! every use case takes an [`Actor`] first.

mod access;
mod actor;
mod aside;
mod audit;
mod clock;
mod cluster;
mod duplicates;
mod error;
mod files;
mod import;
mod inspect;
mod keep;
mod learn;
mod ledger;
mod lists;
mod markets;
mod meetings;
mod merging;
mod notice;
mod people;
mod place;
mod progress;
mod records;
mod sheets;
#[cfg(test)]
mod testing;

pub use crate::ledger::{
    Allocation, Amount, BalanceQuery, BalanceReport, BalanceSheet, CAPTURE_EVENTS_MAX, CaptureFault,
    CaptureJobInfo, CaptureOptions, CaptureReport, ChainProof, CheckedEvents, Direction, ETCHANT_EXAMPLE,
    EVENTS_PER_PAGE_MAX, EntryKind, EpcFormat, EtchantReport, EventForm, EventMark, EventPage,
    EventParameter, EventRequest, EventSchedule, EventSite, EventsSince, Factor, FactorLibrary, FactorScope,
    FlowLink, FlowNode, FlowNodeKind, FlowQuery, FlowReport, FootprintBreakdown, FootprintOverview,
    FootprintPart, FootprintReport, FootprintStatement, Indicator, IndicatorInput, IndicatorPosting,
    IndicatorPostings, IndicatorQuery, IndicatorReport, LotCard, LotEvent, LotFootprintRow, LotLink, LotPage,
    LotPlace, LotQuery, LotRow, ManifestLine, ManifestReport, ManifestSum, Named, NamedQuery, NegativeStock,
    Passport, PassportField, PcfFilter, PcfForm, RecallCustomer, RecallReport, ReconcileReport,
    ReportSection, ScopeThree, Scratch, SheetLine, SheetQuery, SiteEmissions, SubscriptionInfo,
    SubscriptionSettings, TraceReport, TraceRow, Wording, ZeroCarbonQuery, ZeroCarbonStatement, check_events,
    hash_events, reconcile, simulate_etchant, unit_shown,
};
pub use actor::{Act, Actor, Office, Role};
pub use audit::{AuditChain, AuditEntry, AuditFilter};
pub use clock::Clock;
pub use cluster::Overview;
pub use duplicates::{DuplicateCluster, DuplicatePair, DuplicateRecord};
pub use error::{Code, CodeRow, Error, Result};
pub use files::{FileMatches, MatchForm, MatchOptions, match_files, write_matches};
pub use import::{
    COLUMN_LEFT_OUT, CellError, ColumnField, ColumnReport, DuplicateReport, ImportCount, ImportCounts,
    ImportOptions, ImportRecord, ImportReport, InputFile, SheetKind, SheetReport,
};
pub use inspect::{
    Arrival, AttachEvidence, BeadForms, BoardClassCount, BoardFinding, BoardModel, BoardPair, BoardRules,
    BoardsRun, BoardsSummary, Compared, Comparison, Control, Course, EndedFiles, EndedRun, EvidenceRow,
    EvidenceState, Figure, FrameFigures, Histogram, InspectionCounts, LiveFigures, Measure, MeasuredPart,
    NewInspection, NewRecipe, PanelOptions, PanelRun, PanelSummary, PlacedSummary, PlacementRun, Provable,
    RUN_FILE_MAX, RecipeCard, RecipeRow, RunAlarm, RunCard, RunDetail, RunFigures, RunFileInfo, RunKind,
    RunRow, RunRule, Source, Spots, TestedDifference, Watch, Worst, calibrate_camera, check_recipe,
    inspect_board, inspect_panel, inspect_placement, provable, read_placement, run_rules, use_led_bins,
};
pub use keep::{BackupSummary, Health};
pub use learn::{Known, Learning, Take, WeightsInfo, WeightsVersion};
pub use lists::{
    Allotted, AllottedOffer, Decided, Decision, Desk, DeskNeed, DeskPair, DeskRow, PublishOptions, Telling,
    Verification, WhatIf,
};
pub use markets::MarketInfo;
pub use meetings::{
    CheckedIn, DoorKey, FollowUpForm, FollowUpInfo, Invitee, KindFigures, MeetingCounts, MeetingEventCard,
    MeetingEventForm, MeetingEventInfo, MeetingEventState, MeetingFigures, MeetingInfo, MeetingOutcomeForm,
    MeetingPage, MeetingPartyState, MeetingProposal, MonthFigures, MovedMeeting, PartnerRow, PartyInfo,
    ReplanForm, Replanned, Seating, SignUpForm, SigningForm, SigningInfo, Wanted, slot_words,
};
pub use merging::{MergeField, MergeInfo, MergePreview};
pub use notice::{Delivery, HookConfig, HookInfo, MessageInfo};
pub use people::{
    AccountChange, AccountInfo, ClaimInfo, ClaimState, DEMO_PASSWORD, DemoAccount, DemoPeople,
    InvitationInfo, InvitationRow, InvitationState, Invited, NewAccount, NewInvitation, NewToken, Repeated,
    Session, SignedIn, TokenInfo,
};
pub use progress::{Progress, Stage};
pub use records::{
    CountyCount, EnterpriseBrief, EnterpriseCard, EnterpriseForm, EnterpriseQuery, EnterpriseRow,
    IntroductionInfo, IntroductionState, MatchRow, Nearby, NearbyQuery, NearbyRow, NeedCard, NeedForm,
    NeedPreview, NeedRow, OfferCard, OfferForm, OfferRow, OutcomeForm, OutcomeInfo, Page, RecordQuery,
    RecordStatus, Saved, Side, Sort, StaleRow, TwinConflict, TwinMerge, TwinMergePreview, TwinPair, Twins,
    UnreadWord, Version,
};

use model::list::MatchingList;
use model::period::Period;
use model::reference::Reference;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Instant;
use store::Store;

pub use exchange::inspection::picture::{board_colour, part_colour, ring_colour};
/// How a chain node stands, what of it stays unmet in yuan, how nodes are ranked and what relatedness is, in Chinese and in English.
pub use market::gaps::{
    NodeStanding, RANKING_EN, RANKING_ZH, RELATEDNESS_EN, RELATEDNESS_ZH, Ranking, STANDING_EN, STANDING_ZH,
    Scenario, Standing, UnmetValue, VALUE_EN, VALUE_ZH, rank,
};
/// How gaps are weighed, in Chinese and in English.
pub use market::gaps::{WEIGHT_EN as GAP_WEIGHT_EN, WEIGHT_ZH as GAP_WEIGHT_ZH};
/// What can be learned of the weights, what was learned, and what that gained.
pub use market::learn::{
    Change as WeightChange, Gain, KNOBS, Knobs, Measured, NEEDS_MIN, Report as LearningReport,
};
/// The formula of the local supporting rate, in English.
pub use market::local_rate::FORMULA_EN as LOCAL_RATE_FORMULA_EN;
pub use store::ListHead;
/// What a bead is, what fails systematically; control charts, and a tested difference.
pub use vision::board::BoardClass;
pub use vision::capability::{Capability, Interval as Estimate};
pub use vision::classify::Class as BeadClass;
pub use vision::map::LineKind as DefectLine;
pub use vision::map::{Systematic, SystematicKind};
pub use vision::placement::PlacementClass;
pub use vision::spc::{Chart, Difference, XbarR};

/// The running application: a store, the reference tables and a clock.
#[derive(Debug)]
pub struct App {
    store: Store,
    reference: &'static Reference,
    clock: Clock,
    /// The list read last with its version: pages ask for the same one again and again.
    last_list: Mutex<Option<(i64, Arc<MatchingList>)>>,
    /// All records, as of the newest change.
    live: records::Live,
    /// All lots, as of the newest event.
    ledger: crate::ledger::Live,
    /// Emission factors.
    factors: &'static FactorLibrary,
    /// The learned weights asked for last, by market.
    scoring: Mutex<BTreeMap<model::markets::MarketKey, model::list::Scoring>>,
    desk: lists::DeskMemory,
    throttle: Mutex<people::Throttle>,
    started: Instant,
    /// One runs the queue at a time: a letter must not go out twice.
    delivering: tokio::sync::Mutex<()>,
    /// One catches up the index of events, one captures what waits, one tells subscribers.
    indexing: tokio::sync::Mutex<()>,
    capturing: tokio::sync::Mutex<()>,
    telling: tokio::sync::Mutex<()>,
    /// Address at which people reach the server.
    base: OnceLock<String>,
}

#[boxed::futures]
impl App {
    /// Opens the database (a file, or `postgres://...`), creating or migrating it.
    ///
    /// # Errors
    /// When the database cannot be opened, is damaged, or is newer than this program.
    pub async fn open(db: &str, clock: Clock) -> Result<Self> {
        Ok(Self::over(Store::open(db).await?, clock))
    }

    /// Opens a database that must be there: a mistyped name is an error, not a new database.
    ///
    /// # Errors
    /// As [`Self::open`], and where there is none.
    pub async fn open_existing(db: &str, clock: Clock) -> Result<Self> {
        Ok(Self::over(Store::open_existing(db).await?, clock))
    }

    fn over(store: Store, clock: Clock) -> Self {
        Self {
            store,
            reference: Reference::builtin(),
            clock,
            last_list: Mutex::new(None),
            live: records::Live::default(),
            ledger: crate::ledger::Live::default(),
            factors: FactorLibrary::builtin(),
            scoring: Mutex::default(),
            desk: lists::DeskMemory::default(),
            throttle: Mutex::default(),
            started: Instant::now(),
            delivering: tokio::sync::Mutex::default(),
            indexing: tokio::sync::Mutex::default(),
            capturing: tokio::sync::Mutex::default(),
            telling: tokio::sync::Mutex::default(),
            base: OnceLock::new(),
        }
    }

    /// The same with other reference tables.
    #[must_use]
    pub fn with_reference(self, reference: &'static Reference) -> Self {
        Self { reference, ..self }
    }

    /// The same with other emission factors.
    #[must_use]
    pub fn with_factors(self, factors: &'static FactorLibrary) -> Self {
        Self { factors, ledger: crate::ledger::Live::over(factors), ..self }
    }

    /// The reference tables: regions, the chain graph, levels of fields. They are no secret.
    pub fn reference(&self) -> &'static Reference {
        self.reference
    }

    /// Where the database is, without a password.
    pub fn location(&self) -> String {
        self.store.location()
    }

    /// Number of the database's layout that this program writes.
    pub fn layout(&self) -> i64 {
        store::LAYOUT
    }

    /// Closes the database, so that its one file holds everything.
    pub async fn close(&self) {
        self.store.close().await;
    }

    /// Now, milliseconds since 1970 UTC, by the clock that the use cases go by.
    pub fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    /// The calendar month of today.
    pub fn this_month(&self) -> Period {
        Period::month_of(self.clock.today())
    }
}
