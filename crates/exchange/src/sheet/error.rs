//! Why a file, a sheet or its headings cannot be read: exact, placed, with what to do.

use std::fmt;

/// A file that cannot be read, with the place of the fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadError {
    /// Name of the file.
    pub file: String,
    /// Name of the sheet, where the fault is in one.
    pub sheet: Option<String>,
    /// Cell (`C5`) or line (`第3行`), where the fault has one.
    pub place: Option<String>,
    /// What is wrong; boxed, so that the error is small beside what is returned without one.
    pub fault: Box<ReadFault>,
}

/// What is wrong with a file, a sheet or its headings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadFault {
    /// No byte, or white space only.
    #[error("文件是空的")]
    EmptyFile,
    /// Another kind of file.
    #[error("不是表格文件，而是 {0}")]
    NotAWorkbook(&'static str),
    /// No known kind of file.
    #[error("不是可识别的表格文件（开头字节为 {0}）")]
    UnknownContent(String),
    /// A spreadsheet in a format that is not read.
    #[error("{0}格式的表格不支持")]
    Unsupported(&'static str),
    /// Opens only with a password.
    #[error("工作簿设有打开密码")]
    Encrypted,
    /// A zip container whose end is missing.
    #[error("文件不完整：xlsx 压缩包没有结尾")]
    Truncated,
    /// A part of the container is damaged.
    #[error("文件已损坏：压缩包内“{entry}”无法解压（{detail}）")]
    DamagedEntry {
        /// Name of the part.
        entry: String,
        /// What the decompressor says.
        detail: String,
    },
    /// The workbook's structure is damaged.
    #[error("工作簿结构已损坏（{0}）")]
    Damaged(String),
    /// A web page with a workbook's file name.
    #[error("文件名像 Excel，内容其实是网页（HTML）")]
    Html,
    /// Excel 2003's XML with a workbook's file name.
    #[error("内容是“XML 表格 2003”格式")]
    Xml2003,
    /// Larger than the limit.
    #[error("文件有 {bytes} 字节，上限 {limit} 字节")]
    FileTooLarge {
        /// Size.
        bytes: u64,
        /// Limit.
        limit: u64,
    },
    /// Decompresses to more than the limit: a zip bomb.
    #[error("压缩包解开后超过 {limit_mib} MiB，疑似压缩炸弹")]
    InflatesTooLarge {
        /// Limit.
        limit_mib: u64,
    },
    /// More parts than the limit.
    #[error("压缩包内有 {found} 个部件，上限 {limit}")]
    TooManyEntries {
        /// Number found.
        found: usize,
        /// Limit.
        limit: usize,
    },
    /// More sheets than the limit.
    #[error("有 {found} 个工作表，上限 {limit}")]
    TooManySheets {
        /// Number found.
        found: usize,
        /// Limit.
        limit: usize,
    },
    /// More rows than the limit.
    #[error("工作表超过 {limit} 行")]
    TooManyRows {
        /// Limit.
        limit: usize,
    },
    /// A cell with content beyond the last column that is read.
    #[error("此单元格超出第 {limit} 列")]
    TooManyColumns {
        /// Limit.
        limit: u32,
    },
    /// More cells than the limit.
    #[error("文件超过 {limit} 个有内容的单元格")]
    TooManyCells {
        /// Limit.
        limit: usize,
    },
    /// A cell's text is longer than the limit.
    #[error("单元格内有 {found} 个字符，上限 {limit}")]
    CellTooLong {
        /// Characters found.
        found: usize,
        /// Limit.
        limit: usize,
    },
    /// Text that is neither UTF-8, UTF-16 with its mark nor GB18030.
    #[error("文字编码无法识别：{0}")]
    Encoding(&'static str),
    /// A quoted field that never ends, or goes on after its closing quote.
    #[error("从此行开始的双引号没有正确闭合")]
    BrokenQuotes,
    /// No sheet has a row.
    #[error("没有任何工作表含有数据")]
    NoData,
    /// No row looks like headings.
    #[error("找不到表头行（前 {looked} 行中没有一行含有可识别的列名）")]
    NoHeading {
        /// Rows looked at.
        looked: usize,
    },
    /// Headings are there, rows are not.
    #[error("表头（第 {heading_row} 行）下面没有数据行")]
    NoRows {
        /// Row of the headings.
        heading_row: u32,
    },
    /// The headings fit neither enterprises, needs nor offers.
    #[error("看不出这是企业表、需求表还是供给表（列名：{headings}）")]
    UnknownKind {
        /// The headings.
        headings: String,
    },
    /// The column without which a row means nothing.
    #[error("{kind}缺少“{field}”列（列名：{headings}）")]
    NoRequiredColumn {
        /// Kind of sheet in words.
        kind: &'static str,
        /// Field that is missing, in words.
        field: String,
        /// The headings.
        headings: String,
    },
    /// A mapping names a heading that the sheet does not have.
    #[error("指定的列名“{heading}”不在表头中（列名：{headings}）")]
    UnknownHeading {
        /// Heading asked for.
        heading: String,
        /// The headings.
        headings: String,
    },
}

impl ReadError {
    /// A fault of the whole file.
    pub fn new(file: &str, fault: ReadFault) -> Self {
        Self { file: file.to_owned(), sheet: None, place: None, fault: Box::new(fault) }
    }

    /// The same fault, placed in a sheet.
    #[must_use]
    pub fn in_sheet(mut self, sheet: &str) -> Self {
        self.sheet = Some(sheet.to_owned());
        self
    }

    /// The same fault, placed at a cell or line.
    #[must_use]
    pub fn at(mut self, place: impl Into<String>) -> Self {
        self.place = Some(place.into());
        self
    }

    /// Stable code for interfaces.
    pub fn code(&self) -> &'static str {
        match *self.fault {
            ReadFault::EmptyFile => "file_empty",
            ReadFault::NotAWorkbook(_) => "not_a_workbook",
            ReadFault::UnknownContent(_) => "unknown_content",
            ReadFault::Unsupported(_) => "format_unsupported",
            ReadFault::Encrypted => "encrypted",
            ReadFault::Truncated => "truncated",
            ReadFault::DamagedEntry { .. } => "damaged_entry",
            ReadFault::Damaged(_) => "damaged",
            ReadFault::Html => "html_as_workbook",
            ReadFault::Xml2003 => "xml_2003",
            ReadFault::FileTooLarge { .. } => "file_too_large",
            ReadFault::InflatesTooLarge { .. } => "inflates_too_large",
            ReadFault::TooManyEntries { .. } => "too_many_entries",
            ReadFault::TooManySheets { .. } => "too_many_sheets",
            ReadFault::TooManyRows { .. } => "too_many_rows",
            ReadFault::TooManyColumns { .. } => "too_many_columns",
            ReadFault::TooManyCells { .. } => "too_many_cells",
            ReadFault::CellTooLong { .. } => "cell_too_long",
            ReadFault::Encoding(_) => "encoding_unknown",
            ReadFault::BrokenQuotes => "broken_quotes",
            ReadFault::NoData => "no_data",
            ReadFault::NoHeading { .. } => "no_heading",
            ReadFault::NoRows { .. } => "no_rows",
            ReadFault::UnknownKind { .. } => "unknown_kind",
            ReadFault::NoRequiredColumn { .. } => "no_required_column",
            ReadFault::UnknownHeading { .. } => "unknown_heading",
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match *self.fault {
            ReadFault::EmptyFile | ReadFault::NoData | ReadFault::NoRows { .. } => {
                "请确认选对了文件，填好数据后再导入"
            }
            ReadFault::NotAWorkbook(_) | ReadFault::UnknownContent(_) => {
                "请提供 xlsx、xls、xlsb、csv 或 tsv 文件"
            }
            ReadFault::Unsupported(_) | ReadFault::Html | ReadFault::Xml2003 => {
                "请用 Excel 或 WPS 打开，另存为“Excel 工作簿（.xlsx）”后再导入"
            }
            ReadFault::Encrypted => "请在 Excel 或 WPS 中取消打开密码，保存后再导入",
            ReadFault::Truncated | ReadFault::DamagedEntry { .. } => {
                "多半是传输或下载中断，请向发件人重新索取文件"
            }
            ReadFault::Damaged(_) => "请用 Excel 或 WPS 打开修复，另存为 xlsx 后再导入",
            ReadFault::FileTooLarge { .. } => "请删去图片和无关工作表，或拆成几个文件",
            ReadFault::InflatesTooLarge { .. } | ReadFault::TooManyEntries { .. } => {
                "请核实文件来源；若可信，请把数据复制到新工作簿后再导入"
            }
            ReadFault::TooManySheets { .. }
            | ReadFault::TooManyRows { .. }
            | ReadFault::TooManyCells { .. } => "请拆成几个文件分别导入",
            ReadFault::TooManyColumns { .. } => "请删去表格右侧多余的内容",
            ReadFault::CellTooLong { .. } => "请缩短此单元格的文字",
            ReadFault::Encoding(_) => "请用 Excel 另存为“CSV UTF-8（逗号分隔）”后再导入",
            ReadFault::BrokenQuotes => "请检查此行：字段中的双引号要写成两个（\"\"），并成对出现",
            ReadFault::NoHeading { .. } => {
                "请在数据上方写一行列名，如“企业名称、需求产品名称、规格型号、数量”"
            }
            ReadFault::UnknownKind { .. } => "请在工作表名中写明“企业”“需求”或“供给”，或指定表的类别",
            ReadFault::NoRequiredColumn { .. } => "请补上该列，或用 --map 指定，如 --map needs.title=列名",
            ReadFault::UnknownHeading { .. } => "请照表头原样写列名，或写列的字母",
        }
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if let Some(sheet) = &self.sheet {
            write!(f, " [{sheet}]")?;
        }
        if let Some(place) = &self.place {
            write!(f, " {place}")?;
        }
        write!(f, "：{}。{}。", self.fault, self.hint())
    }
}

impl std::error::Error for ReadError {}
