//! Every format gives the same cells.

use crate::build::{Biff, xls, xlsx};
use exchange::sheet::{Format, Merge, ReadOptions, Sheet, Value, read};
use rust_xlsxwriter::{ExcelDateTime, Format as Style, Formula, Workbook};

fn sheets(bytes: &[u8], name: &str) -> Vec<Sheet> {
    read(bytes, name, &ReadOptions::default()).unwrap_or_else(|e| panic!("{e}"))
}

/// Rows as texts, with their numbers.
fn texts(sheet: &Sheet) -> Vec<(u32, Vec<String>)> {
    let row = |r: &exchange::sheet::Row| (r.number, (0..r.width()).map(|c| r.text(c).into_owned()).collect());
    sheet.rows.iter().map(row).collect()
}

const TEXT: &str = "企业名称,需求产品,数量\n某某公司,键合金丝,５００\n";

fn expected() -> Vec<(u32, Vec<String>)> {
    let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
    vec![(1, row(["企业名称", "需求产品", "数量"])), (2, row(["某某公司", "键合金丝", "５００"]))]
}

#[test]
fn delimited_text_of_all_encodings_and_delimiters() {
    let (gb, _, _) = encoding_rs::GB18030.encode(TEXT);
    let utf16: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(TEXT.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let unmarked: Vec<u8> = "id,name\n1,ab\n2,cd\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bytes in [TEXT.as_bytes().to_vec(), format!("\u{feff}{TEXT}").into_bytes(), gb.into_owned(), utf16] {
        assert_eq!(texts(&sheets(&bytes, "需求.csv")[0]), expected());
    }
    assert_eq!(sheets(&unmarked, "a.csv")[0].rows.len(), 3);
    for delimiter in ['\t', ';', '|'] {
        let sheet = sheets(TEXT.replace(',', &delimiter.to_string()).as_bytes(), "目录/需求.txt").remove(0);
        assert_eq!((texts(&sheet), sheet.format, &*sheet.name), (expected(), Format::Csv(delimiter), "需求"));
    }
    let named = sheets(format!("sep=;\n{}", TEXT.replace(',', ";")).as_bytes(), "a.csv").remove(0);
    assert_eq!((named.format, named.rows[0].number), (Format::Csv(';'), 2));
}

#[test]
fn xls_cells_and_merges() {
    let cells = [
        (0, 0, Biff::Text("企业名称")),
        (0, 1, Biff::Text("数量")),
        (2, 0, Biff::Text("某某公司")),
        (2, 1, Biff::Number(0.5)),
    ];
    // The extension does not matter.
    let sheet = sheets(&xls("需求表", &cells, &[[2, 3, 0, 0]], false), "需求.xlsx").remove(0);
    assert_eq!((sheet.format, &*sheet.name), (Format::Xls, "需求表"));
    assert_eq!(texts(&sheet)[1], (3, vec!["某某公司".to_owned(), "0.5".to_owned()]));
    assert_eq!(sheet.merges, [Merge { first_row: 3, first_column: 0, last_row: 4, last_column: 0 }]);
}

#[test]
fn xlsx_cells_keep_their_types() {
    let mut book = Workbook::new();
    let page = book.add_worksheet();
    let date = ExcelDateTime::from_ymd(2026, 11, 22).unwrap();
    page.write_number(0, 0, 0.1 + 0.2).unwrap();
    page.write_datetime_with_format(0, 1, &date, &Style::new().set_num_format("yyyy\"年\"m\"月\"d\"日\""))
        .unwrap();
    page.write_boolean(0, 2, true).unwrap();
    page.write_formula(0, 3, Formula::new("=1/0").set_result("#DIV/0!")).unwrap();
    page.write_number_with_format(0, 4, 0.9999, &Style::new().set_num_format("0.00%")).unwrap();
    page.write_number_with_format(0, 5, 5000, &Style::new().set_num_format("#,##0\"片/月\"")).unwrap();
    page.write_number_with_format(0, 6, 5000, &Style::new().set_num_format("#,##0.00_);[Red](#,##0.00)"))
        .unwrap();
    page.write_string(0, 7, "  文字  ").unwrap();
    page.write_string(0, 8, "   ").unwrap();
    page.merge_range(2, 0, 4, 0, "合并", &Style::new()).unwrap();
    book.add_worksheet().set_hidden(true).write_string(0, 0, "x").unwrap();
    let sheets = sheets(&book.save_to_buffer().unwrap(), "类型.xlsx");
    let row = &sheets[0].rows[0];
    let shown: Vec<String> = (0..9).map(|c| row.text(c).into_owned()).collect();
    assert_eq!(shown, ["0.3", "2026-11-22", "是", "#DIV/0!", "99.99%", "5000片/月", "5000", "文字", ""]);
    assert!(matches!(row.get(1), Some(Value::Date(_))));
    assert_eq!(row.get(3), Some(&Value::Error("#DIV/0!")));
    assert_eq!(row.get(6), Some(&Value::Number(5000.0)));
    assert_eq!(row.get(8), None);
    assert_eq!(sheets[0].merges, [Merge { first_row: 3, first_column: 0, last_row: 5, last_column: 0 }]);
    assert_eq!((sheets[0].hidden, sheets[1].hidden), (false, true));
}

#[test]
fn a_workbook_named_csv_is_still_a_workbook() {
    let bytes = xlsx("需求", &[&["企业名称", "需求产品"], &["甲公司", "端子"]]);
    assert_eq!(sheets(&bytes, "需求.csv")[0].format, Format::Xlsx);
}
