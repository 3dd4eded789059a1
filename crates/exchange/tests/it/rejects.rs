//! Rejected rows go out, are corrected, and come back.

use crate::build::xlsx;
use exchange::columns::{Headings, PlanOptions, SheetKind, plan_workbook};
use exchange::import::{Context, SheetDrafts, parse};
use exchange::rejects::{Rejected, write};
use exchange::sheet::{ReadOptions, Sheet, Value, read};
use model::reference::Reference;
use std::io::Cursor;

fn import(bytes: &[u8]) -> (Vec<Sheet>, Vec<(usize, exchange::columns::SheetPlan, SheetDrafts)>) {
    let reference = Reference::builtin();
    let sheets = read(bytes, "来件.xlsx", &ReadOptions::default()).unwrap_or_else(|e| panic!("{e}"));
    let words = Headings::builtin(reference);
    let plans = plan_workbook(&sheets, &words, &PlanOptions::default()).unwrap_or_else(|e| panic!("{e}"));
    let context = Context {
        reference,
        today: jiff::civil::date(2026, 11, 22),
        recognise: &|_, _| None,
        lenient: false,
    };
    let drafts = plans.into_iter().map(|(i, p)| (i, p.clone(), parse(&sheets[i], &p, &context))).collect();
    (sheets, drafts)
}

fn rejected(bytes: &[u8]) -> Vec<u8> {
    let (sheets, read) = import(bytes);
    let parts: Vec<Rejected<'_>> =
        read.iter().map(|(i, plan, d)| Rejected { sheet: &sheets[*i], plan, errors: &d.errors }).collect();
    let mut out = Cursor::new(Vec::new());
    write(&parts, &mut out).unwrap();
    out.into_inner()
}

#[test]
fn only_the_bad_rows_with_their_reasons() {
    let bytes = xlsx(
        "表一",
        &[
            &["2026年11月企业需求汇总"],
            &["企业名称", "需求产品名称", "数量", "联系电话"],
            &["甲公司", "端子", "5只", "13800138000"],
            &["同上", "连接器", "-5只", "1380013800"],
            &["乙公司", "=A1连接器", "5坨", ""],
            &["丙公司", "线缆", "7米", ""],
        ],
    );
    let back = rejected(&bytes);
    let sheet = read(&back, "退回.xlsx", &ReadOptions::default()).unwrap().remove(0);
    assert_eq!(&*sheet.name, "表一（需求表）");
    let text = |row: usize, column: u32| sheet.rows[row].text(column).into_owned();
    assert_eq!(sheet.rows.len(), 4);
    assert_eq!((text(1, 4), text(2, 0)), ("退回原因".to_owned(), "甲公司".to_owned()));
    insta::assert_snapshot!(text(2, 4), @"
数量“-5只”：应为大于零的数量
电话“1380013800”：应为11位手机号，或带区号的固定电话（“1380013800”有10位数字）
");
    assert_eq!(sheet.rows[3].get(1), Some(&Value::Text("=A1连接器".to_owned())));
    // Corrected, it goes in as it is: the reason column is passed over.
    let corrected = crate::build::with_part(&back, "xl/sharedStrings.xml", |x| {
        x.replace("-5只", "5只").replace("1380013800<", "13800138000<").replace("5坨", "5只")
    });
    let (_, again) = import(&corrected);
    let (_, plan, drafts) = &again[0];
    assert_eq!((plan.kind, drafts.needs.len()), (SheetKind::Needs, 2));
    assert_eq!(drafts.errors, []);
    assert_eq!(drafts.needs[0].value.enterprise.name, "甲公司");
}

#[test]
fn the_same_rows_give_the_same_bytes() {
    let bytes = xlsx("需求", &[&["企业名称", "需求产品名称", "数量"], &["甲公司", "", "5只"]]);
    assert_eq!(rejected(&bytes), rejected(&bytes));
}

#[test]
fn a_rejected_sheet_keeps_its_fingerprint() {
    let rows: &[&[&str]] = &[&["企业名称", "需求产品名称", "数量"], &["甲公司", "端子", "-5只"]];
    let bytes = xlsx("需求", rows);
    let (_, first) = import(&bytes);
    let (_, again) = import(&rejected(&bytes));
    assert_eq!(first[0].1.source, again[0].1.source);
    assert!(again[0].1.column_of(exchange::columns::Field::Reason).is_some());
}

#[test]
fn odd_merges_in_headings_do_not_stop_it() {
    let bytes = xlsx("需求", &[&["企业名称", "需求产品名称", "数量"], &["甲公司", "端子", "-5只"]]);
    let (mut sheets, read) = import(&bytes);
    let merge = |first_column: u32, last_column: u32| exchange::sheet::Merge {
        first_row: 1,
        first_column,
        last_row: 1,
        last_column,
    };
    sheets[0].merges = vec![merge(0, 0), merge(0, 1), merge(1, 2), merge(2, 1)];
    let (_, plan, drafts) = &read[0];
    let mut out = Cursor::new(Vec::new());
    write(&[Rejected { sheet: &sheets[0], plan, errors: &drafts.errors }], &mut out).unwrap();
}
