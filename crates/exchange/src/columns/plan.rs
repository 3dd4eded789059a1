//! The plan for a sheet: what it is, and what each column means, with how sure that is.

use super::evidence;
use super::field::{Field, SheetKind, Target};
use super::headings::{ACCEPT, HeadingText, Headings};
use super::map::{ColumnMap, Remembered, SourceMap, fingerprint};
use super::rows::{self, HeadingRows};
use crate::sheet::{ReadError, ReadFault, Row, Sheet, column_index, column_name};
use model::fold::{fold_key, fold_name};
use model::markets::MarketKey;
use std::collections::BTreeMap;

/// Where a column's meaning comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// A person named it, or said that it is to be left out.
    Mapped,
    /// It was decided at an earlier import of the same headings.
    Remembered,
    /// Guessed from the heading and the cells.
    Guessed,
    /// Left out: no meaning found, or another column fits better.
    Ignored,
}

/// One column of a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnPlan {
    /// Column, from 0.
    pub column: u32,
    /// Its heading; of two heading rows joined by `/`.
    pub heading: String,
    /// What it means; absent where it is left out.
    pub target: Option<Target>,
    /// 0..=1.
    pub confidence: f64,
    /// Where that comes from.
    pub how: How,
    /// Unit that the heading gives to its cells, such as `万片`, `元/kg`.
    pub unit: Option<String>,
}

/// What a sheet is and how its columns are read.
#[derive(Debug, Clone, PartialEq)]
pub struct SheetPlan {
    /// What its rows are.
    pub kind: SheetKind,
    /// Which market they belong to; enterprises belong to all.
    pub market: MarketKey,
    /// How sure that is, 0.5 (a toss-up) to 1.
    pub kind_confidence: f64,
    /// First heading row.
    pub heading_first: u32,
    /// Last heading row; rows below it are data.
    pub heading_last: u32,
    /// Columns with a heading, from left to right.
    pub columns: Vec<ColumnPlan>,
    /// Fingerprint of the headings, under which the plan is remembered.
    pub source: String,
}

/// What is known before looking at a sheet.
#[derive(Debug, Clone, Copy, Default)]
pub struct PlanOptions<'a> {
    /// The kind, where a person says it.
    pub kind: Option<SheetKind>,
    /// The market, where a person says it.
    pub market: Option<&'a str>,
    /// Mappings that a person gives.
    pub map: Option<&'a ColumnMap>,
    /// What was decided at earlier imports.
    pub remembered: Option<&'a Remembered>,
    /// True where the enterprise may be missing and rows are matched without a database.
    pub lenient: bool,
}

impl SheetPlan {
    /// The columns that fill a field.
    pub fn columns_of(&self, field: Field) -> impl Iterator<Item = &ColumnPlan> {
        self.columns.iter().filter(move |c| c.target == Some(Target::Field(field)))
    }

    /// The first column that fills a field.
    pub fn column_of(&self, field: Field) -> Option<&ColumnPlan> {
        self.columns_of(field).next()
    }

    /// Columns that are left out.
    pub fn ignored(&self) -> impl Iterator<Item = &ColumnPlan> {
        self.columns.iter().filter(|c| c.target.is_none())
    }

    /// What the application remembers of this plan, to be handed back in [`PlanOptions::remembered`].
    pub fn remember(&self) -> (String, SourceMap) {
        let columns = self
            .columns
            .iter()
            .filter(|c| !matches!(c.target, Some(Target::Own(_))))
            .map(|c| (fold_name(&c.heading), c.target.map_or(String::new(), |t| t.key().to_owned())))
            .collect::<BTreeMap<_, _>>();
        (self.source.clone(), SourceMap { kind: self.kind, columns })
    }
}

/// Plans one sheet.
///
/// # Errors
/// No headings, no rows, no telling what the rows are, or no column that a row cannot do without.
pub fn plan(sheet: &Sheet, words: &Headings<'_>, options: &PlanOptions<'_>) -> Result<SheetPlan, ReadError> {
    let wanted: Vec<String> =
        options.map.into_iter().flat_map(|m| &m.0).map(|entry| entry.heading.clone()).collect();
    let lettered = wanted.iter().any(|w| column_index(w).is_some());
    let words = words.of_sheet(sheet, options.market);
    let found = rows::find(sheet, words, &wanted).or_else(|| rows::first(sheet).filter(|_| lettered));
    let found = found.ok_or_else(|| {
        sheet.error(ReadFault::NoHeading { looked: sheet.rows.len().min(rows::LOOKED_ROWS) })
    })?;
    let data: Vec<&Row> = sheet.rows.iter().filter(|r| r.number > found.last).collect();
    if data.is_empty() {
        return Err(sheet.error(ReadFault::NoRows { heading_row: found.last }));
    }
    let listed = || {
        let headings: Vec<&str> = found.headings.iter().map(|(_, _, h)| h.as_str()).collect();
        headings.join("、")
    };
    // The workbook of rejected rows has one column more than the sheet that it came from, and is the same source.
    let is_reason = |own: &str| {
        words.guess(SheetKind::Needs, &words.heading(own)).is_some_and(|(target, confidence)| {
            target == Target::Field(Field::Reason) && confidence >= ACCEPT
        })
    };
    let source = fingerprint(found.headings.iter().map(|(_, _, h)| h.as_str()).filter(|own| !is_reason(own)));
    let remembered = options.remembered.and_then(|r| r.get(&source));
    let sample = evidence::Sample::new(&data);
    let mut best = Vec::new();
    for kind in SheetKind::ALL {
        let columns = assign(kind, &found, words, &sample, options, remembered);
        best.push((kind, columns));
    }
    let (kind, kind_confidence) = match options.kind.or(remembered.map(|r| r.kind)) {
        Some(kind) => (kind, 1.0),
        None => words
            .side_of(sheet)
            .map(|kind| (kind, 1.0))
            .or_else(|| evidence::kind(sheet, &found, words, &best, options.map))
            .ok_or_else(|| sheet.error(ReadFault::UnknownKind { headings: listed() }))?,
    };
    let columns = best.swap_remove(kind as usize).1;
    let plan = SheetPlan {
        kind,
        market: words.market_key(),
        kind_confidence,
        heading_first: found.first,
        heading_last: found.last,
        columns,
        source,
    };
    let mut required = vec![kind.required()];
    if !options.lenient {
        required.push(Field::Enterprise);
    }
    for field in required {
        let by_code = field == Field::Enterprise
            && plan.column_of(Field::Uscc).is_some()
            && kind != SheetKind::Enterprises;
        if plan.column_of(field).is_none() && !by_code {
            let name = match words.name_of(field, kind) {
                Some(name) => name,
                None if field == Field::Title && kind == SheetKind::Needs => "需求产品名称",
                None => field.zh(),
            };
            let fault =
                ReadFault::NoRequiredColumn { kind: kind.zh(), field: name.to_owned(), headings: listed() };
            return Err(sheet.error(fault));
        }
    }
    Ok(plan)
}

/// Plans all sheets of a workbook: index of the sheet and its plan. Hidden sheets, empty ones and those that by name
/// only explain are passed over; every other sheet with rows is in the answer or is an error.
///
/// # Errors
/// The first sheet with rows that cannot be planned; a mapping whose heading no sheet of its kind has.
pub fn plan_workbook(
    sheets: &[Sheet],
    words: &Headings<'_>,
    options: &PlanOptions<'_>,
) -> Result<Vec<(usize, SheetPlan)>, ReadError> {
    let mut plans = Vec::new();
    let mut passed = None;
    for (index, sheet) in sheets.iter().enumerate().filter(|(_, s)| !s.rows.is_empty()) {
        match plan(sheet, words, options) {
            Ok(plan) if !sheet.hidden => plans.push((index, plan)),
            Ok(_) => {}
            Err(error) if sheet.hidden || explains(sheet) => passed = passed.or(Some(error)),
            // An empty form among filled sheets is common; alone it is an error.
            Err(error) if matches!(*error.fault, ReadFault::NoRows { .. }) => passed = passed.or(Some(error)),
            Err(error) => return Err(error),
        }
    }
    if plans.is_empty() {
        let file = sheets.first().map_or("", |s| &*s.file);
        return Err(passed.unwrap_or_else(|| ReadError::new(file, ReadFault::NoData)));
    }
    for entry in options.map.into_iter().flat_map(|m| &m.0) {
        let mut of_kind = plans.iter().filter(|(_, p)| p.kind == entry.kind).peekable();
        if let Some((index, plan)) = of_kind.peek().copied()
            && !of_kind
                .any(|(_, p)| p.columns.iter().any(|c| c.how == How::Mapped && entry.is_target(c.target)))
        {
            let headings: Vec<&str> = plan.columns.iter().map(|c| c.heading.as_str()).collect();
            let fault =
                ReadFault::UnknownHeading { heading: entry.heading.clone(), headings: headings.join("、") };
            return Err(sheets[*index].error(fault));
        }
    }
    Ok(plans)
}

/// True for a sheet that by its name only explains the others. 产品目录 is no such name, 目录 is.
fn explains(sheet: &Sheet) -> bool {
    const WHOLE: [&str; 8] = ["说明", "封面", "目录", "字典", "cover", "index", "readme", "notes"];
    const PARTS: [&str; 8] =
        ["填表说明", "填写说明", "使用说明", "填报说明", "须知", "填表指南", "下拉", "instruction"];
    let name = fold_key(&sheet.name);
    WHOLE.contains(&name.as_str()) || PARTS.iter().any(|w| name.contains(w))
}

/// Gives every column its meaning for one kind of sheet.
fn assign(
    kind: SheetKind,
    found: &HeadingRows,
    words: &Headings<'_>,
    sample: &evidence::Sample<'_>,
    options: &PlanOptions<'_>,
    remembered: Option<&SourceMap>,
) -> Vec<ColumnPlan> {
    let mut columns: Vec<ColumnPlan> = found
        .headings
        .iter()
        .map(|(column, parent, own)| {
            let text = words.heading(own);
            let group = words.heading(parent);
            let (target, confidence) = guess(kind, words, parent, own, &text, &group);
            let (target, confidence) = match target {
                // 单位 heads both units of measurement and organisations; the cells tell.
                Some(Target::Field(Field::Unit | Field::CapacityUnit))
                    if sample.names_enterprises(*column) =>
                {
                    (Some(Target::Field(Field::Enterprise)), 0.8)
                }
                Some(Target::Field(field)) => (target, sample.adjust(*column, field, confidence)),
                _ => (target, confidence),
            };
            let heading =
                if parent.is_empty() || parent == own { own.clone() } else { format!("{parent}/{own}") };
            let target = target.filter(|_| confidence >= ACCEPT);
            let how = if target.is_some() { How::Guessed } else { How::Ignored };
            ColumnPlan { column: *column, heading, target, confidence, how, unit: text.unit.or(group.unit) }
        })
        .collect();
    if let Some(map) = remembered.filter(|r| r.kind == kind) {
        for column in &mut columns {
            if let Some(key) = map.columns.get(&fold_name(&column.heading)) {
                column.target = Target::parse(key);
                column.how = if column.target.is_some() { How::Remembered } else { How::Ignored };
                column.confidence = 0.99;
            }
        }
    }
    for entry in options.map.into_iter().flat_map(|m| m.of(kind)) {
        let wanted = fold_name(&entry.heading);
        let by_heading = |c: &ColumnPlan| {
            fold_name(&c.heading) == wanted
                || c.heading.rsplit('/').next().is_some_and(|own| fold_name(own) == wanted)
        };
        let at = columns.iter().position(by_heading).or_else(|| {
            let index = column_index(&entry.heading)?;
            columns
                .iter()
                .position(|c| c.column == index && column_name(c.column).eq_ignore_ascii_case(&entry.heading))
        });
        if let Some(at) = at {
            let column = &mut columns[at];
            let target = match &entry.own {
                None => entry.target,
                // A field that the sheet's market does not have is told below, as a heading that no sheet has.
                Some(id) => match words.own_place(id) {
                    Some(place) => Some(Target::Own(place)),
                    None => continue,
                },
            };
            (column.target, column.how, column.confidence) = (target, How::Mapped, 1.0);
        }
    }
    keep_best(&mut columns);
    columns
}

fn guess(
    kind: SheetKind,
    words: &Headings<'_>,
    parent: &str,
    own: &str,
    text: &HeadingText,
    group: &HeadingText,
) -> (Option<Target>, f64) {
    if parent.is_empty() {
        return words.guess(kind, text).map_or((None, 0.0), |(t, c)| (Some(t), c));
    }
    // 产能 over 年 | 剩余 reads as 年产能 or 产能年; the child alone and the group alone come after that.
    let joined = [words.heading(&format!("{parent}{own}")), words.heading(&format!("{own}{parent}"))];
    let readings = joined
        .iter()
        .filter_map(|h| words.guess(kind, h).filter(|(_, c)| *c >= 0.95))
        .chain(words.guess(kind, text))
        .chain(joined.iter().filter_map(|h| words.guess(kind, h)))
        .find(|(_, c)| *c >= ACCEPT);
    if let Some((target, confidence)) = readings {
        return (Some(target), confidence);
    }
    match words.guess(kind, group) {
        // A column under 规格参数 whose own name is unknown is still a clause of the specification.
        Some((Target::Field(Field::Detail), confidence)) => (Some(Target::Clause), 0.85 * confidence),
        Some((target, confidence)) => (Some(target), 0.8 * confidence),
        None => (None, 0.0),
    }
}

/// Of several columns with one meaning the surest stays (the first among equals), unless their texts are joined.
fn keep_best(columns: &mut [ColumnPlan]) {
    let rank = |c: &ColumnPlan| (c.how == How::Mapped, c.confidence);
    for i in 0..columns.len() {
        let Some(Target::Field(field)) = columns[i].target else { continue };
        if field.is_joined() && columns[i].how != How::Mapped {
            continue;
        }
        for j in 0..columns.len() {
            let same = j != i && columns[j].target == columns[i].target;
            let wins =
                rank(&columns[i]) > rank(&columns[j]) || (rank(&columns[i]) == rank(&columns[j]) && i < j);
            if same && wins && !(field.is_joined() && columns[j].how == How::Mapped) {
                columns[j].target = None;
                columns[j].how = How::Ignored;
            }
        }
    }
}
