//! A workbook of pairs with verdicts and reasons.

use super::{MatchWriter, Pairs};
use crate::words;
use crate::write::{Column, Put, Styles, WriteError, narrow, table, wide, workbook};
use model::matching::Match;
use std::io::Write;

pub(super) struct XlsxWriter;

const COLUMNS: [Column<'static>; 10] = [
    narrow("需求编号", 12.0),
    wide("需求名称", 26.0),
    narrow("名次", 6.0),
    narrow("供给编号", 12.0),
    wide("供给名称", 26.0),
    narrow("得分", 8.0),
    narrow("距离（km）", 9.0),
    narrow("可行", 6.0),
    wide("规格比对", 48.0),
    wide("理由", 48.0),
];

impl MatchWriter for XlsxWriter {
    fn write(&self, pairs: &Pairs<'_>, out: &mut dyn Write) -> Result<(), WriteError> {
        let mut book = workbook("供需匹配结果", None)?;
        let rows = pairs.matches.iter().map(|m| row(m, pairs));
        let count = format!("共 {} 对", pairs.matches.len());
        table(&mut book, &Styles::new(), "匹配结果", ["供需匹配结果", &count], &COLUMNS, rows)?;
        // The container is written with seeks, which a pipe cannot do.
        out.write_all(&book.save_to_buffer()?)?;
        Ok(())
    }
}

fn row(m: &Match, pairs: &Pairs<'_>) -> [Put; 10] {
    [
        m.need.as_str().into(),
        pairs.titles.need(&m.need).into(),
        m.rank.into(),
        m.offer.as_str().into(),
        pairs.titles.offer(&m.offer).into(),
        Put::Score(m.score),
        m.distance_km.map(|km| (km * 10.0).round() / 10.0).into(),
        if m.feasible { "是" } else { "否" }.into(),
        words::verdicts(m, pairs.reference).into(),
        words::reasons(m).into(),
    ]
}
