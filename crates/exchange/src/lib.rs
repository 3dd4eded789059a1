//! Yulin's files and wire formats.
//!
//! In: [`sheet`] reads workbooks and delimited text, [`columns`] finds out what their columns mean, [`import`] turns
//! rows into drafts or placed refusals, [`rejects`] writes the refused rows back for correction. Out:
//! [`list_workbook`] and [`list_json`] write matching lists, [`matches`] writes pairs. No database, no network.

pub mod columns;
pub mod limits;
pub mod progress;
pub mod sheet;
