//! Foreign bytes never bring the reader down.

use crate::build::{Biff, with_part, xls, xlsx};
use exchange::columns::{Headings, PlanOptions, plan_workbook};
use exchange::import::{Context, parse};
use exchange::limits::Limits;
use exchange::sheet::{ReadOptions, read};
use model::reference::Reference;
use proptest::prelude::*;
use std::sync::LazyLock;

static WORDS: LazyLock<Headings<'static>> = LazyLock::new(|| Headings::builtin(Reference::builtin()));
static XLSX: LazyLock<Vec<u8>> =
    LazyLock::new(|| xlsx("需求", &[&["企业名称", "需求产品名称", "数量"], &["某某公司", "端子", "5只"]]));
static XLS: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let cells =
        [(0, 0, Biff::Text("企业名称")), (0, 1, Biff::Text("需求产品名称")), (1, 0, Biff::Number(5.0))];
    xls("需求", &cells, &[[0, 1, 0, 0]], false)
});

/// Reads, plans and parses; whatever comes out, it comes out.
fn swallow(bytes: &[u8]) {
    let limits = Limits { inflated_bytes: 64 << 20, cells: 1_000_000, ..Limits::default() };
    let Ok(sheets) = read(bytes, "来件", &ReadOptions { delimiter: None, limits }) else { return };
    let reference = Reference::builtin();
    let Ok(plans) = plan_workbook(&sheets, &WORDS, &PlanOptions::default()) else { return };
    let context = Context {
        reference,
        today: jiff::civil::date(2026, 11, 22),
        recognise: &|_, _| None,
        lenient: false,
    };
    for (index, plan) in plans {
        let drafts = parse(&sheets[index], &plan, &context);
        assert!(drafts.accepted() + drafts.rejected as usize == drafts.rows as usize);
    }
}

/// Changes bytes at places counted from the beginning.
fn changed(bytes: &[u8], changes: &[(usize, u8)]) -> Vec<u8> {
    let mut out = bytes.to_vec();
    for (at, byte) in changes {
        let at = at % out.len();
        out[at] = *byte;
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        swallow(&bytes);
    }

    #[test]
    fn random_text(text in "(企业名称|需求产品名称|数量|[,;\t\n\"]|\\PC|[0-9片吨/月.-]){0,80}") {
        swallow(text.as_bytes());
        swallow(format!("企业名称,需求产品名称,规格型号,数量,预算,有效期,电话\n{text}\n").as_bytes());
    }

    #[test]
    fn workbooks_with_wrong_bytes(changes in proptest::collection::vec((any::<usize>(), any::<u8>()), 1..8), cut in any::<usize>()) {
        for whole in [&*XLSX, &*XLS] {
            let bytes = changed(whole, &changes);
            swallow(&bytes);
            swallow(&bytes[..cut % bytes.len()]);
        }
    }

    #[test]
    fn workbook_parts_with_wrong_text(changes in proptest::collection::vec((any::<usize>(), "(<|>|/|\"|=|[0-9]{1,12}|[A-Z]{1,4}[0-9]{0,9}|row|c|\\PC)"), 1..6), part in 0usize..4) {
        let part = ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml", "xl/styles.xml"][part];
        swallow(&with_part(&XLSX, part, |xml| {
            changes.iter().fold(xml, |xml, (at, text)| {
                let chars: Vec<char> = xml.chars().collect();
                let at = at % chars.len();
                let end = (at + text.chars().count() / 2).min(chars.len());
                chars[..at].iter().copied().chain(text.chars()).chain(chars[end..].iter().copied()).collect()
            })
        }));
    }

    #[test]
    fn xls_records_with_wrong_bytes(changes in proptest::collection::vec((0usize..400, any::<u8>()), 1..6)) {
        // The workbook stream of the built file begins at its third sector.
        let changes: Vec<_> = changes.into_iter().map(|(at, byte)| (512 * 3 + at, byte)).collect();
        swallow(&changed(&XLS, &changes));
    }
}
