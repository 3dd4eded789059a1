//! Twenty kinds of broken workbook: each gives an exact, placed error and exit code 2, and nothing is stored.

use crate::common::{ok, run, text};
use rust_xlsxwriter::{Workbook, Worksheet};
use std::path::Path;

/// A file, what is wrong with it, and what the error must say: its place and what was read.
struct Broken {
    name: &'static str,
    bytes: Vec<u8>,
    says: &'static [&'static str],
}

const OFFER_HEADINGS: [&str; 6] =
    ["企业名称", "统一社会信用代码", "所在县区", "产品名称", "规格参数", "月产能"];
const GOOD_ROW: [&str; 6] = ["虚构甲有限公司", "", "泰和县", "显示面罩", "精度±0.03mm", "3万片/月"];

fn workbook(fill: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.set_name("供给清单").unwrap();
    fill(sheet);
    workbook.save_to_buffer().unwrap()
}

/// A sheet of offers whose second data row (row 3) is changed in one column.
fn row_with(column: u16, value: &str) -> Vec<u8> {
    workbook(|sheet| {
        sheet.write_row(0, 0, OFFER_HEADINGS).unwrap();
        sheet.write_row(1, 0, GOOD_ROW).unwrap();
        let mut row = GOOD_ROW;
        row[3] = "显示背板";
        row[usize::from(column)] = value;
        sheet.write_row(2, 0, row).unwrap();
    })
}

fn csv(text: &str) -> Vec<u8> {
    text.as_bytes().to_vec()
}

fn broken() -> Vec<Broken> {
    let good = row_with(0, "虚构甲有限公司");
    let case = |name, bytes, says| Broken { name, bytes, says };
    vec![
        case("empty.xlsx", Vec::new(), &["empty.xlsx", "空"]),
        case("truncated.xlsx", good[..good.len() / 2].to_vec(), &["truncated.xlsx", "不完整"]),
        case("picture.xlsx", b"\x89PNG\r\n\x1a\n0000000000000000".to_vec(), &["picture.xlsx", "不是"]),
        case(
            "page.xls",
            csv("<html><table><tr><td>企业名称</td></tr></table></html>"),
            &["page.xls", "HTML"],
        ),
        case(
            "quotes.csv",
            csv("企业名称,产品名称,规格参数\n虚构甲有限公司,\"面罩,P1.25\n虚构乙有限公司,背板,x\n"),
            &["quotes.csv", "行"],
        ),
        case(
            "bytes.csv",
            [csv("企业名称,产品名称\n"), vec![0xff, 0x80, 0xfe, 0x81, 0x0a]].concat(),
            &["bytes.csv"],
        ),
        case("no_heading.csv", csv("1,2,3\n4,5,6\n"), &["no_heading.csv", "表头"]),
        case("no_rows.csv", csv("企业名称,所在县区,产品名称,规格参数,月产能\n"), &["no_rows.csv"]),
        case(
            "no_title.csv",
            csv("企业名称,所在县区,规格参数,月产能,供货半径\n虚构甲有限公司,泰和县,P1.25,3万片/月,100\n"),
            &["no_title.csv", "产品名称"],
        ),
        case(
            "code.xlsx",
            row_with(1, "91360826MA0000001X"),
            &["code.xlsx", "[供给清单]", "B3", "统一社会信用代码"],
        ),
        case(
            "code_number.csv",
            csv(
                "企业名称,统一社会信用代码,所在县区,产品名称,月产能\n虚构甲有限公司,9.1361E+17,泰和县,面罩,3万片/月\n",
            ),
            &["code_number.csv", "B2"],
        ),
        case("region.xlsx", row_with(2, "不存在市"), &["region.xlsx", "C3", "不存在市"]),
        case("title.xlsx", row_with(3, ""), &["title.xlsx", "D3", "产品名称"]),
        case("quantity.xlsx", row_with(5, "很多很多"), &["quantity.xlsx", "F3", "很多很多"]),
        case("unit.xlsx", row_with(5, "30馞/月"), &["unit.xlsx", "F3", "馞"]),
        case("negative.xlsx", row_with(5, "-5片/月"), &["negative.xlsx", "F3", "-5片/月"]),
        case("firm.xlsx", row_with(0, ""), &["firm.xlsx", "A3", "企业名称"]),
        case(
            "date.csv",
            csv(
                "企业名称,所在县区,需求产品名称,数量,截止日期\n虚构甲有限公司,泰和县,面罩,5000片,2026-13-45\n",
            ),
            &["date.csv", "E2", "2026-13-45"],
        ),
        case(
            "formula.xlsx",
            workbook(|sheet| {
                sheet.write_row(0, 0, OFFER_HEADINGS).unwrap();
                sheet.write_row(1, 0, GOOD_ROW).unwrap();
                sheet
                    .write_formula(1, 5, rust_xlsxwriter::Formula::new("=1/0").set_result("#DIV/0!"))
                    .unwrap();
            }),
            &["formula.xlsx", "F2"],
        ),
        case(
            "price.csv",
            csv("企业名称,所在县区,产品名称,单价区间\n虚构甲有限公司,泰和县,面罩,约莫还行吧\n"),
            &["price.csv", "D2", "约莫还行吧"],
        ),
        case(
            "twice.xlsx",
            workbook(|sheet| {
                sheet.write_row(0, 0, OFFER_HEADINGS).unwrap();
                sheet.write_row(1, 0, GOOD_ROW).unwrap();
                sheet.write_row(2, 0, GOOD_ROW).unwrap();
            }),
            &["twice.xlsx", "3"],
        ),
        case(
            "visibility.csv",
            csv("企业名称,所在县区,需求产品名称,数量,公开级别\n虚构甲有限公司,泰和县,面罩,5000片,随便\n"),
            &["visibility.csv", "E2", "随便"],
        ),
    ]
}

#[test]
fn each_is_refused_with_its_place() {
    let dir = tempfile::tempdir().unwrap();
    let cases = broken();
    assert!(cases.len() >= 20);
    let mut faults = Vec::new();
    for case in &cases {
        std::fs::write(dir.path().join(case.name), &case.bytes).unwrap();
        let output = run(dir.path(), &["import", case.name]);
        let said = text(&output);
        if output.status.code() != Some(2) {
            faults.push(format!("{}: exit {:?}\n{said}", case.name, output.status.code()));
        }
        for word in case.says {
            if !said.contains(word) {
                faults.push(format!("{}: does not say {word}\n{said}", case.name));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
    assert!(nothing_stored(dir.path()), "a refused file left something behind");
}

#[test]
fn a_file_that_is_not_there() {
    let dir = tempfile::tempdir().unwrap();
    let output = run(dir.path(), &["import", "missing.xlsx"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output).contains("missing.xlsx"));
}

#[test]
fn one_wrong_file_stops_the_others() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(
        dir.path().join("good.csv"),
        "企业名称,所在县区,产品名称,月产能\n虚构甲有限公司,泰和县,面罩,3万片/月\n",
    )
    .unwrap();
    std::fs::write(dir.path().join("bad.xlsx"), row_with(2, "不存在市")).unwrap();
    assert_eq!(run(dir.path(), &["import", "good.csv", "bad.xlsx"]).status.code(), Some(2));
    assert!(nothing_stored(dir.path()));
    // With leave, the right rows go in and the wrong one comes back.
    let said =
        ok(dir.path(), &["import", "good.csv", "bad.xlsx", "--accept-valid", "--rejects", "back.xlsx"]);
    assert!(said.contains("offers 供给: new 新增 2"), "{said}");
    assert!(dir.path().join("back.xlsx").exists());
}

/// True where a database that exists holds no record at all.
fn nothing_stored(dir: &Path) -> bool {
    let said = ok(dir, &["check"]);
    ["enterprise", "need", "offer", "import_batch"]
        .iter()
        .all(|table| said.contains(&format!("{table}: 0 rows")))
}
