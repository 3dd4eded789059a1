//! Refusals: which cell, what was read, what was expected, what to do.

use crate::columns::{Field, SheetKind, SheetPlan};
use crate::sheet::{Sheet, a1};
use serde::Serialize;
use std::fmt;

/// What is wrong with a cell or row; a stable code for interfaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// No title of the product or service.
    MissingTitle,
    /// Neither name nor code of the enterprise.
    MissingEnterprise,
    /// No valid unified social credit code.
    UsccInvalid,
    /// The code was turned into a number, which loses its last digits.
    UsccNumber,
    /// A name that no region of the table has.
    RegionUnknown,
    /// A name that several regions have.
    RegionAmbiguous,
    /// A park that the table does not know (a warning).
    ParkUnknown,
    /// No industry of GB/T 4754.
    IndustryUnknown,
    /// No quantity.
    QuantityUnreadable,
    /// A unit that the table does not know.
    UnitUnknown,
    /// A quantity without unit (a warning).
    UnitMissing,
    /// Zero or negative.
    QuantityNotPositive,
    /// More free capacity than capacity (a warning).
    SpareAboveCapacity,
    /// No number.
    NumberUnreadable,
    /// A number outside what can be.
    NumberOutOfRange,
    /// No price.
    PriceUnreadable,
    /// The lowest price is above the highest.
    PriceOrder,
    /// No date.
    DateUnreadable,
    /// The end of validity is before its beginning.
    ValidityOrder,
    /// Validity ended before today (a warning).
    Expired,
    /// Wrong number of digits in a telephone number.
    PhoneDigits,
    /// A number where words are expected.
    TextExpected,
    /// Too many characters.
    TooLong,
    /// No level of visibility.
    VisibilityUnknown,
    /// Neither yes nor no.
    FlagUnknown,
    /// A formula that ends in an error.
    FormulaError,
    /// The same row stands above.
    DuplicateRow,
    /// Cells beyond the last heading: a delimiter too many.
    ExtraCells,
    /// One code under names of different enterprises.
    NameConflict,
    /// A known code under a new name (a warning).
    Renamed,
    /// An unknown name that may be short for a known one (a warning).
    ShortName,
    /// A level that opens what was closed (a warning).
    VisibilityOpened,
    /// A record of the same title was replaced by another specification (a warning).
    Replaced,
    /// A closed record was changed and is closed still (a warning).
    StillClosed,
    /// A telephone number in words that are not protected as one (a warning).
    PhoneInText,
    /// A field that its market asks for is empty.
    FieldMissing,
    /// No value that the field of a market can hold.
    FieldUnreadable,
}

/// One refusal (or, where the code says so, one warning).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CellError {
    /// Name of the file.
    pub file: String,
    /// Name of the sheet.
    pub sheet: String,
    /// Row, from 1.
    pub row: u32,
    /// Column, from 0.
    pub column: u32,
    /// A1 name.
    pub cell: String,
    /// Field in Chinese words.
    pub field: String,
    /// What is wrong.
    pub code: ErrorCode,
    /// What was read; empty for a blank cell.
    pub read: String,
    /// What was expected.
    pub expected: String,
    /// What to do; may be empty.
    pub hint: String,
}

/// Characters of a cell that an error shows.
const READ_CHARS: usize = 60;

impl CellError {
    /// A refusal at the cell of a field; where the sheet has no such column, in the first one.
    pub fn at(sheet: &Sheet, plan: &SheetPlan, row: u32, field: Field, code: ErrorCode) -> Self {
        let column = plan.column_of(field).map_or(0, |c| c.column);
        Self::new(sheet, row, column, field.name(plan.kind == SheetKind::Needs), code)
    }

    /// A refusal placed in a sheet.
    pub(super) fn new(sheet: &Sheet, row: u32, column: u32, field: &str, code: ErrorCode) -> Self {
        Self {
            file: sheet.file.to_string(),
            sheet: sheet.name.to_string(),
            row,
            column,
            cell: a1(row, column),
            field: field.to_owned(),
            code,
            read: String::new(),
            expected: String::new(),
            hint: String::new(),
        }
    }

    /// Says what was read, shortened where it is long.
    #[must_use]
    pub fn read(mut self, text: &str) -> Self {
        self.read = match text.char_indices().nth(READ_CHARS) {
            Some((end, _)) => format!("{}…", &text[..end]),
            None => text.to_owned(),
        };
        self
    }

    /// Says what was expected.
    #[must_use]
    pub fn expected(mut self, text: impl Into<String>) -> Self {
        self.expected = text.into();
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn hint(mut self, text: impl Into<String>) -> Self {
        self.hint = text.into();
        self
    }

    /// The refusal without its place, as the extra column of a rejected row says it.
    pub fn reason(&self) -> String {
        let read = if self.read.is_empty() { "为空".to_owned() } else { format!("“{}”", self.read) };
        let hint = if self.hint.is_empty() { String::new() } else { format!("（{}）", self.hint) };
        format!("{}{read}：应为{}{hint}", self.field, self.expected)
    }
}

impl fmt::Display for CellError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} [{}] {} {}", self.file, self.sheet, self.cell, self.reason())
    }
}

impl Field {
    /// The field's name in a sheet of needs, where a title is what is needed.
    pub(super) fn name(self, of_need: bool) -> &'static str {
        match self {
            Self::Title if of_need => "需求产品名称",
            field => field.zh(),
        }
    }
}
