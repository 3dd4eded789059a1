//! The program as its users run it: real files, real databases, real kills.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

mod broken;
mod cli;
mod common;
mod demo;
mod inspect;
mod kill;
mod ledger;
mod serve;
