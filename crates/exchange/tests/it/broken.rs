//! Broken workbooks: each gives an exact, placed error that says what to do.

use crate::build::{Biff, compound, with_part, xls, xlsx, zip};
use exchange::columns::{Headings, PlanOptions, plan_workbook};
use exchange::limits::Limits;
use exchange::sheet::{ReadOptions, read};
use model::reference::Reference;

fn refused_with(limits: Limits, name: &str, bytes: &[u8]) -> String {
    let options = ReadOptions { delimiter: None, limits };
    let sheets = match read(bytes, name, &options) {
        Ok(sheets) => sheets,
        Err(error) => return error.to_string(),
    };
    let words = Headings::builtin(Reference::builtin());
    match plan_workbook(&sheets, &words, &PlanOptions::default()) {
        Ok(_) => panic!("{name} is not refused"),
        Err(error) => error.to_string(),
    }
}

fn refused(name: &str, bytes: &[u8]) -> String {
    refused_with(Limits::default(), name, bytes)
}

fn good() -> Vec<u8> {
    xlsx("需求", &[&["企业名称", "需求产品名称", "数量"], &["某某公司", "端子", "5只"]])
}

#[test]
fn files_of_another_kind() {
    insta::assert_snapshot!(refused("空.xlsx", b""), @"空.xlsx：文件是空的。请确认选对了文件，填好数据后再导入。");
    insta::assert_snapshot!(refused("空白.csv", b" \n\r\n"), @"空白.csv：文件是空的。请确认选对了文件，填好数据后再导入。");
    insta::assert_snapshot!(refused("扫描件.xlsx", b"%PDF-1.7\n1 0 obj"), @"扫描件.xlsx：不是表格文件，而是 PDF 文档。请提供 xlsx、xls、xlsb、csv 或 tsv 文件。");
    insta::assert_snapshot!(refused("照片.xls", b"\xff\xd8\xff\xe0\0\x10JFIF"), @"照片.xls：不是表格文件，而是 JPEG 图片。请提供 xlsx、xls、xlsb、csv 或 tsv 文件。");
    insta::assert_snapshot!(refused("报告.xlsx", &zip(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w/>")])), @"报告.xlsx：不是表格文件，而是 Word 文档（docx）。请提供 xlsx、xls、xlsb、csv 或 tsv 文件。");
    insta::assert_snapshot!(refused("打包.xlsx", &zip(&[("需求.csv", b"a,b")])), @"打包.xlsx：不是表格文件，而是 普通 zip 压缩包。请提供 xlsx、xls、xlsb、csv 或 tsv 文件。");
    insta::assert_snapshot!(refused("开放.xlsx", &zip(&[("mimetype", b"application/vnd.oasis"), ("content.xml", b"<x/>")])), @"开放.xlsx：OpenDocument（ods）格式的表格不支持。请用 Excel 或 WPS 打开，另存为“Excel 工作簿（.xlsx）”后再导入。");
    insta::assert_snapshot!(refused("旧报告.xls", &compound(&[("WordDocument", b"x")])), @"旧报告.xls：不是表格文件，而是 Word 文档（doc）。请提供 xlsx、xls、xlsb、csv 或 tsv 文件。");
    insta::assert_snapshot!(refused("网页.xls", b"<html><body><table><tr><td>1</td></tr></table></body></html>"), @"网页.xls：文件名像 Excel，内容其实是网页（HTML）。请用 Excel 或 WPS 打开，另存为“Excel 工作簿（.xlsx）”后再导入。");
    insta::assert_snapshot!(refused("旧.xls", b"<?xml version=\"1.0\"?><?mso-application progid=\"Excel.Sheet\"?><Workbook/>"), @"旧.xls：内容是“XML 表格 2003”格式。请用 Excel 或 WPS 打开，另存为“Excel 工作簿（.xlsx）”后再导入。");
    insta::assert_snapshot!(refused("程序.csv", b"\x00\x01\x02\x03\x04\x05\x06\x07\x08\x0e\x0f\x10\x11\x12"), @"程序.csv：不是可识别的表格文件（开头字节为 00 01 02 03 04 05 06 07）。请提供 xlsx、xls、xlsb、csv 或 tsv 文件。");
}

#[test]
fn damaged_and_locked_files() {
    let good = good();
    insta::assert_snapshot!(refused("半截.xlsx", &good[..good.len() / 2]), @"半截.xlsx：文件不完整：xlsx 压缩包没有结尾。多半是传输或下载中断，请向发件人重新索取文件。");
    let mut flipped = good.clone();
    let at = flipped.windows(24).position(|w| w == b"xl/worksheets/sheet1.xml").unwrap() + 60;
    flipped[at..at + 20].iter_mut().for_each(|b| *b ^= 0x5a);
    insta::assert_snapshot!(refused("翻位.xlsx", &flipped), @"翻位.xlsx：文件已损坏：压缩包内“xl/worksheets/sheet1.xml”无法解压（corrupt deflate stream）。多半是传输或下载中断，请向发件人重新索取文件。");
    insta::assert_snapshot!(refused("缺页.xlsx", &with_part(&good, "xl/_rels/workbook.xml.rels", |_| "<Relationships/>".to_owned())), @"缺页.xlsx：工作簿结构已损坏（Relationship not found）。请用 Excel 或 WPS 打开修复，另存为 xlsx 后再导入。");
    insta::assert_snapshot!(refused("断标签.xlsx", &with_part(&good, "xl/worksheets/sheet1.xml", |x| x.split("</sheetData>").next().unwrap().to_owned())), @"断标签.xlsx [需求]：工作簿结构已损坏（Unexpected end of xml, expecting '</sheetData>'）。请用 Excel 或 WPS 打开修复，另存为 xlsx 后再导入。");
    insta::assert_snapshot!(refused("谎报.xlsx", &with_part(&good, "xl/sharedStrings.xml", |x| x.replace("uniqueCount=\"", "uniqueCount=\"99999999999"))), @"谎报.xlsx：文件已损坏：压缩包内“xl/sharedStrings.xml”无法解压（声明的条数与内容不符）。多半是传输或下载中断，请向发件人重新索取文件。");
    insta::assert_snapshot!(refused("加密.xlsx", &compound(&[("EncryptionInfo", b"x"), ("EncryptedPackage", b"x")])), @"加密.xlsx：工作簿设有打开密码。请在 Excel 或 WPS 中取消打开密码，保存后再导入。");
    let cells = [(0, 0, Biff::Text("企业名称")), (1, 0, Biff::Text("某某公司"))];
    insta::assert_snapshot!(refused("密码.xls", &xls("需求", &cells, &[], true)), @"密码.xls：工作簿设有打开密码。请在 Excel 或 WPS 中取消打开密码，保存后再导入。");
    let whole = xls("需求", &cells, &[], false);
    insta::assert_snapshot!(refused("半截.xls", &whole[..2000]), @"半截.xls：工作簿结构已损坏（工作簿数据不完整，文件可能被截断）。请用 Excel 或 WPS 打开修复，另存为 xlsx 后再导入。");
    insta::assert_snapshot!(refused("越界.xls", &xls("需求", &[(65535, 65535, Biff::Number(1.0)), (0, 0, Biff::Number(1.0))], &[], false)), @"越界.xls：工作簿结构已损坏（单元格列号超出 xls 的范围）。请用 Excel 或 WPS 打开修复，另存为 xlsx 后再导入。");
}

#[test]
fn files_beyond_the_limits() {
    let limits = Limits::default();
    insta::assert_snapshot!(refused_with(Limits { file_bytes: 1000, ..limits }, "大.csv", &[b'a'; 1001]), @"大.csv：文件有 1001 字节，上限 1000 字节。请删去图片和无关工作表，或拆成几个文件。");
    let zeros = vec![b' '; 3 << 20];
    let bomb = zip(&[("xl/workbook.xml", b"<workbook/>"), ("xl/worksheets/sheet1.xml", &zeros)]);
    insta::assert_snapshot!(refused_with(Limits { inflated_bytes: 2 << 20, ..limits }, "炸弹.xlsx", &bomb), @"炸弹.xlsx：压缩包解开后超过 2 MiB，疑似压缩炸弹。请核实文件来源；若可信，请把数据复制到新工作簿后再导入。");
    let parts: Vec<(String, Vec<u8>)> =
        (0..30).map(|i| (format!("xl/workbook.xml{i}"), Vec::new())).collect();
    let mut parts: Vec<(&str, &[u8])> = parts.iter().map(|(n, c)| (n.as_str(), c.as_slice())).collect();
    parts.push(("xl/workbook.xml", b"<workbook/>"));
    insta::assert_snapshot!(refused_with(Limits { zip_entries: 20, ..limits }, "碎.xlsx", &zip(&parts)), @"碎.xlsx：压缩包内有 31 个部件，上限 20。请核实文件来源；若可信，请把数据复制到新工作簿后再导入。");
    let mut book = rust_xlsxwriter::Workbook::new();
    (0..5).for_each(|_| drop(book.add_worksheet().write_number(0, 0, 1)));
    insta::assert_snapshot!(refused_with(Limits { sheets: 4, ..limits }, "多表.xlsx", &book.save_to_buffer().unwrap()), @"多表.xlsx：有 5 个工作表，上限 4。请拆成几个文件分别导入。");
    let tall = "名称,数量\n".repeat(6);
    insta::assert_snapshot!(refused_with(Limits { rows: 5, ..limits }, "长.csv", tall.as_bytes()), @"长.csv [长]：工作表超过 5 行。请拆成几个文件分别导入。");
    insta::assert_snapshot!(refused_with(Limits { cells: 5, ..limits }, "满.csv", tall.as_bytes()), @"满.csv [满]：文件超过 5 个有内容的单元格。请拆成几个文件分别导入。");
    let mut book = rust_xlsxwriter::Workbook::new();
    book.add_worksheet().write_string(6, 600, "远处").unwrap();
    insta::assert_snapshot!(refused("宽.xlsx", &book.save_to_buffer().unwrap()), @"宽.xlsx [Sheet1] WC7：此单元格超出第 512 列。请删去表格右侧多余的内容。");
    let long = format!("企业名称,需求产品名称\n某某公司,{}\n", "长".repeat(40_000));
    insta::assert_snapshot!(refused("长格.csv", long.as_bytes()), @"长格.csv [长格] B2：单元格内有 40000 个字符，上限 32767。请缩短此单元格的文字。");
}

#[test]
fn text_that_is_broken() {
    insta::assert_snapshot!(refused("引号.csv", "企业名称,需求产品\n甲公司,\"端子\n乙公司,连接器\n".as_bytes()), @r#"引号.csv 第2行：从此行开始的双引号没有正确闭合。请检查此行：字段中的双引号要写成两个（""），并成对出现。"#);
    insta::assert_snapshot!(refused("引号后.csv", "企业名称,需求产品\n甲公司,端子\n乙公司,\"15\"寸屏\n".as_bytes()), @r#"引号后.csv 第3行：从此行开始的双引号没有正确闭合。请检查此行：字段中的双引号要写成两个（""），并成对出现。"#);
    let mut text =
        "企业名称,需求产品名称,规格型号,数量\n甲公司,连接器端子线缆模组,屏幕,5\n".as_bytes().to_vec();
    text.extend(b"\xc3\x28\xff,1\n");
    insta::assert_snapshot!(refused("坏字节.csv", &text), @"坏字节.csv 第3行：文字编码无法识别：此行有无效的 UTF-8 字节。请用 Excel 另存为“CSV UTF-8（逗号分隔）”后再导入。");
    insta::assert_snapshot!(refused("乱码.csv", b"a,b\n\x80\xff\xff\xfe,\x81\n"), @"乱码.csv：文字编码无法识别：既不是 UTF-8，也不是 GB18030/GBK。请用 Excel 另存为“CSV UTF-8（逗号分隔）”后再导入。");
    insta::assert_snapshot!(refused("半字.csv", b"\xff\xfea\0b\0\x00\xd8"), @"半字.csv：文字编码无法识别：开头标记为 UTF，但内容有无效字节。请用 Excel 另存为“CSV UTF-8（逗号分隔）”后再导入。");
}

#[test]
fn sheets_without_sense() {
    insta::assert_snapshot!(refused("无数据.xlsx", &xlsx("Sheet1", &[])), @"无数据.xlsx：没有任何工作表含有数据。请确认选对了文件，填好数据后再导入。");
    insta::assert_snapshot!(refused("无表头.xlsx", &xlsx("Sheet1", &[&["1", "2"], &["3", "4"]])), @"无表头.xlsx [Sheet1]：找不到表头行（前 2 行中没有一行含有可识别的列名）。请在数据上方写一行列名，如“企业名称、需求产品名称、规格型号、数量”。");
    insta::assert_snapshot!(refused("只有表头.xlsx", &xlsx("需求", &[&["企业名称", "需求产品名称"]])), @"只有表头.xlsx [需求]：表头（第 1 行）下面没有数据行。请确认选对了文件，填好数据后再导入。");
    insta::assert_snapshot!(refused("不明.xlsx", &xlsx("Sheet1", &[&["企业名称", "产品名称"], &["甲公司", "端子"]])), @"不明.xlsx [Sheet1]：看不出这是企业表、需求表还是供给表（列名：企业名称、产品名称）。请在工作表名中写明“企业”“需求”或“供给”，或指定表的类别。");
    insta::assert_snapshot!(refused("缺列.xlsx", &xlsx("需求", &[&["企业名称", "数量", "交期"], &["甲公司", "5只", "7天"]])), @"缺列.xlsx [需求]：需求表缺少“需求产品名称”列（列名：企业名称、数量、交期）。请补上该列，或用 --map 指定，如 --map needs.title=列名。");
}
