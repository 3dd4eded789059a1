//! Yulin's files and wire formats.
//!
//! In: [`sheet`] reads workbooks and delimited text, [`columns`] finds out what their columns mean, [`import`] turns
//! rows into drafts or placed refusals, [`rejects`] writes the refused rows back for correction, [`pairing`] reads any
//! two files for matching without a database, [`epcis_xml`] brings EPCIS events in XML to JSON, [`frame`] decodes frames of
//! cameras, [`vectors`] reads what another program made of titles. Out: [`list_workbook`] writes matching lists, [`export`] rows of the market, [`mod@matches`] writes pairs,
//! [`timetable`] and [`ics`] events of meetings, [`inspection`] what an inspection found, [`pact`] product carbon footprints,
//! [`plain`] any table of text. No database, no network.

pub mod columns;
pub mod epcis_xml;
pub mod export;
pub mod frame;
pub mod ics;
pub mod import;
pub mod inspection;
pub mod invitees;
pub mod limits;
pub mod list_workbook;
pub mod matches;
pub mod pact;
pub mod pairing;
pub mod plain;
pub mod progress;
pub mod rejects;
pub mod sheet;
pub mod timetable;
pub mod vectors;
mod words;
mod write;

pub use write::WriteError;
