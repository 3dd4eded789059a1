//! The ledger engine: one record of lots from which trace, balance, energy and carbon all follow.
//!
//! It does no I/O: no file, no clock, no environment, no unseeded randomness. Documents and events come in as text and
//! plain values, answers go out as plain values; the store remains the truth and keeps the chain of hashes.
//!
//! - [`event`]: EPCIS 2.0 documents to typed events, every fault with its exact place.
//! - [`hash`]: the event hash of CBV 2.0 and the chain built on it.
//! - [`graph`]: genealogy of lots: trace, carried quantities, recall.
//! - [`balance`]: mass balance by site, process, lot, substance and period; data reconciliation.
//! - [`footprint`]: energy and carbon of sites, lots and whole product systems.
//! - [`circular`]: circular-economy indicators with their printed definitions.
//! - [`random`]: random numbers from a seed.
//! - [`process`]: physical models of processes: the etchant loop.
//! - [`query`]: the query language of EPCIS 2.0 over events.

pub mod balance;
pub mod circular;
pub mod event;
pub mod footprint;
pub mod graph;
pub mod hash;
pub mod json;
pub mod process;
pub mod query;
pub mod random;
mod sparse;
pub mod time;
