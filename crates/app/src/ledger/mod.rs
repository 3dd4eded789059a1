//! The ledger: events of lots, and what follows from them.
//!
//! - [`files`] needs no database: it checks, hashes, reconciles and simulates what stands in files.
//! - [`capture`] appends events to the store and proves their chain.
//! - [`live`] keeps the genealogy of all lots in memory, caught up with the store before each answer.
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
mod live;
mod lots;
mod master;
mod passport;
mod sheet;
mod sight;
mod trace;

pub use balance::{BalanceQuery, BalanceReport};
pub use breakdown::{FootprintBreakdown, FootprintOverview, FootprintPart, SiteEmissions};
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
pub use ledger::balance::EntryKind;
pub use ledger::footprint::allocation::Allocation;
pub use ledger::footprint::factor::{Factor, Scope as FactorScope};
pub use ledger::graph::{Amount, Direction, Scratch};
pub use lots::{LotCard, LotEvent, LotLink, LotPage, LotPlace, LotQuery, LotRow};
pub use passport::{Passport, PassportField};
pub use sheet::{BalanceSheet, SheetLine, SheetQuery};
pub use trace::{RecallCustomer, RecallReport, TraceReport, TraceRow};

pub(crate) use live::Live;
