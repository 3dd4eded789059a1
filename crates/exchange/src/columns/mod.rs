//! What the columns of a sheet mean.
//!
//! [`plan`] finds the heading rows, guesses the kind of the sheet and a field for every column, each with its
//! confidence; mappings of a person ([`ColumnMap`]) and of earlier imports ([`Remembered`]) go before guesses.
//! The words are data: `data/headings.csv`.

mod evidence;
mod field;
mod headings;
mod map;
mod plan;
mod rows;
#[cfg(test)]
mod tests;

pub use field::{Field, SheetKind, Target};
pub(crate) use headings::record_field;
pub use headings::{ACCEPT, BUILTIN, Headings};
pub use map::{ColumnMap, LEAVE_OUT, MapEntry, MapError, Remembered, SourceMap, fingerprint};
pub use plan::{ColumnPlan, How, PlanOptions, SheetPlan, plan, plan_workbook};
