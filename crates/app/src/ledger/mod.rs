//! The ledger: events of lots, and what follows from them.
//!
//! - [`files`] needs no database: it checks, hashes, reconciles and simulates what stands in files.
//! - [`capture`] appends events to the store and proves their chain.
//! - [`live`] keeps the genealogy of all lots in memory, caught up with the store before each answer.
//! - [`scope`] says whose events are whose; [`index`] and [`search`] find them; [`jobs`], [`named`], [`subscribe`] are the rest of the
//!   interface of EPCIS.
//! - [`trace`], [`balance`], [`footprint`], [`export`] answer from it.

mod balance;
mod breakdown;
mod capture;
mod circular;
mod code;
mod demo;
mod document;
mod export;
mod facts;
mod files;
mod flows;
mod footprint;
mod index;
mod jobs;
mod live;
mod lots;
mod manifests;
mod master;
mod named;
mod pact;
mod passport;
mod pcf_event;
mod report;
mod schedule;
mod scope;
mod search;
mod sheet;
mod sight;
mod statement;
mod subscribe;
mod trace;

pub use balance::{BalanceQuery, BalanceReport, NegativeStock};
pub use breakdown::{FootprintBreakdown, FootprintOverview, FootprintPart, ScopeThree, SiteEmissions};
pub use capture::{CaptureOptions, CaptureReport, ChainProof};
pub use circular::{
    Indicator, IndicatorInput, IndicatorPosting, IndicatorPostings, IndicatorQuery, IndicatorReport, Named,
};
pub use export::EventForm;
pub use files::{
    CheckedEvents, ETCHANT_EXAMPLE, EtchantReport, ReconcileReport, check_events, hash_events, reconcile,
    simulate_etchant,
};
pub use flows::{FlowLink, FlowNode, FlowNodeKind, FlowQuery, FlowReport};
pub use footprint::{FootprintReport, LotFootprintRow};
pub use jobs::{CAPTURE_EVENTS_MAX, CaptureFault, CaptureJobInfo};
pub use ledger::balance::EntryKind;
pub use ledger::footprint::allocation::Allocation;
pub use ledger::footprint::factor::{Factor, FactorLibrary, Scope as FactorScope};
pub use ledger::graph::{Amount, Direction, Scratch};
pub use ledger::query::Parameter as EventParameter;
pub use lots::{LotCard, LotEvent, LotLink, LotPage, LotPlace, LotQuery, LotRow};
pub use manifests::{ManifestLine, ManifestReport, ManifestSum};
pub use named::NamedQuery;
pub use pact::{PcfFilter, PcfForm};
pub use passport::{Passport, PassportField};
pub use report::{FootprintStatement, ReportSection, Wording, unit_shown};
pub use schedule::EventSchedule;
pub use scope::EventSite;
pub use search::{EVENTS_PER_PAGE_MAX, EpcFormat, EventMark, EventPage, EventRequest};
pub use sheet::{BalanceSheet, SheetLine, SheetQuery};
pub use statement::{ZeroCarbonQuery, ZeroCarbonStatement};
pub use subscribe::{EventsSince, SubscriptionInfo, SubscriptionSettings};
pub use trace::{RecallCustomer, RecallReport, TraceReport, TraceRow};

pub(crate) use live::Live;
