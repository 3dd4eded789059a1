//! Rows that an importer must refuse, each with the cell and the reason that it should name.

use super::table::Table;
use anyhow::Result;
use model::uscc::Uscc;

/// What is wrong with a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The last character of the code is wrong.
    UsccCheck,
    /// The code has another length than 18.
    UsccLength,
    /// The code has a letter that codes do not use.
    UsccCharacter,
    /// No such county or park.
    UnknownRegion,
    /// No number can be read.
    UnreadableQuantity,
    /// The unit is in no table.
    UnknownUnit,
    /// The name of the product is missing.
    MissingTitle,
    /// The name of the enterprise is missing.
    MissingName,
    /// No such day.
    BadDate,
    /// No price can be read.
    UnreadablePrice,
    /// The same row stands above.
    Duplicate,
}

impl Kind {
    /// The importer's word for it (`exchange::import::ErrorCode`).
    pub fn code(self) -> &'static str {
        match self {
            Self::UsccCheck | Self::UsccLength | Self::UsccCharacter => "uscc_invalid",
            Self::UnknownRegion => "region_unknown",
            Self::UnreadableQuantity => "quantity_unreadable",
            Self::UnknownUnit => "unit_unknown",
            Self::MissingTitle => "missing_title",
            Self::MissingName => "missing_enterprise",
            Self::BadDate => "date_unreadable",
            Self::UnreadablePrice => "price_unreadable",
            Self::Duplicate => "duplicate_row",
        }
    }

    /// What a person reads.
    pub fn reason(self) -> &'static str {
        match self {
            Self::UsccCheck => "统一社会信用代码第18位校验码不符 / wrong check character",
            Self::UsccLength => "统一社会信用代码不是18位 / not 18 characters",
            Self::UsccCharacter => "统一社会信用代码含有不使用的字母 / a letter that codes do not use",
            Self::UnknownRegion => "不是已知的县区或园区 / unknown county or park",
            Self::UnreadableQuantity => "数量或产能读不出数字 / no number in the quantity",
            Self::UnknownUnit => "计量单位不在单位表中 / unknown unit",
            Self::MissingTitle => "缺少产品名称 / product name is missing",
            Self::MissingName => "缺少企业名称 / enterprise name is missing",
            Self::BadDate => "不是有效日期 / no such day",
            Self::UnreadablePrice => "价格读不出数字 / no number in the price",
            Self::Duplicate => "与上文某行重复 / the same row stands above",
        }
    }
}

/// One cell that is to be refused.
#[derive(Debug, Clone)]
pub struct Fault {
    /// File name.
    pub file: &'static str,
    /// Sheet.
    pub sheet: &'static str,
    /// Name of the cell.
    pub cell: String,
    /// Heading of its column.
    pub heading: &'static str,
    /// What stands there.
    pub read: String,
    /// What is wrong with it.
    pub kind: Kind,
}

impl Fault {
    /// The fault at a row and column of a table.
    pub fn at(file: &'static str, table: &Table, row: usize, column: usize, kind: Kind) -> Self {
        Self {
            file,
            sheet: table.name,
            cell: table.cell_name(row, column),
            heading: table.columns[column].heading,
            read: table.rows[row][column].text(),
            kind,
        }
    }
}

/// A list of faults as csv: what tests expect.
///
/// # Errors
/// Never in practice: the writer writes to memory.
pub fn csv(faults: &[Fault]) -> Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["file", "sheet", "cell", "heading", "read", "fault"])?;
    for fault in faults {
        writer.write_record([
            fault.file,
            fault.sheet,
            &fault.cell,
            fault.heading,
            &fault.read,
            fault.kind.code(),
        ])?;
    }
    Ok(writer.into_inner()?)
}

/// The code with a wrong last character.
pub fn wrong_check(code: &Uscc) -> String {
    let (first, last) = code.as_str().split_at(17);
    format!("{first}{}", if last == "7" { "8" } else { "7" })
}
