//! What a file is, by its content.

use super::cfb::{Compound, MAGIC};
use super::error::ReadFault;
use std::io::Cursor;

/// How to read a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Container {
    Xlsx,
    Xlsb,
    Xls,
    Text,
}

/// First bytes of files that are often sent by mistake.
const MAGICS: [(&[u8], &str); 11] = [
    (b"%PDF", "PDF 文档"),
    (b"\x89PNG", "PNG 图片"),
    (b"\xff\xd8\xff", "JPEG 图片"),
    (b"GIF8", "GIF 图片"),
    (b"Rar!", "RAR 压缩包"),
    (b"7z\xbc\xaf\x27\x1c", "7z 压缩包"),
    (b"\x1f\x8b", "gzip 压缩包"),
    (b"SQLite format 3", "SQLite 数据库"),
    (b"{\\rtf", "RTF 文档"),
    (b"\x7fELF", "可执行程序"),
    (b"MZ\x90", "可执行程序"),
];

/// Recognises the container.
pub(super) fn container(bytes: &[u8]) -> Result<Container, ReadFault> {
    if bytes.iter().all(u8::is_ascii_whitespace) || bytes == b"\xef\xbb\xbf" {
        return Err(ReadFault::EmptyFile);
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return zip_container(bytes);
    }
    if bytes.starts_with(&MAGIC) {
        return cfb_container(bytes);
    }
    // A BIFF2 to BIFF4 worksheet begins with its BOF record and has no container.
    if let [0x09, 0x00 | 0x02 | 0x04, 0x04 | 0x06, 0x00, ..] = bytes {
        return Err(ReadFault::Unsupported("Excel 4.0 及更早"));
    }
    if let Some((_, what)) = MAGICS.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Err(ReadFault::NotAWorkbook(what));
    }
    markup(bytes).map_or(Ok(Container::Text), Err)
}

fn zip_container(bytes: &[u8]) -> Result<Container, ReadFault> {
    let archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| ReadFault::Truncated)?;
    let names: Vec<_> = archive.file_names().filter_map(Result::ok).collect();
    let has = |name: &str| names.iter().any(|n| n.eq_ignore_ascii_case(name));
    let under = |folder: &str| names.iter().any(|n| n.starts_with(folder));
    if has("xl/workbook.bin") {
        Ok(Container::Xlsb)
    } else if has("xl/workbook.xml") || (has("[Content_Types].xml") && under("xl/")) {
        Ok(Container::Xlsx)
    } else if under("word/") {
        Err(ReadFault::NotAWorkbook("Word 文档（docx）"))
    } else if under("ppt/") {
        Err(ReadFault::NotAWorkbook("PowerPoint 演示文稿（pptx）"))
    } else if has("content.xml") && has("mimetype") {
        Err(ReadFault::Unsupported("OpenDocument（ods）"))
    } else if has("Index/Document.iwa") {
        Err(ReadFault::Unsupported("Apple Numbers"))
    } else {
        Err(ReadFault::NotAWorkbook("普通 zip 压缩包"))
    }
}

fn cfb_container(bytes: &[u8]) -> Result<Container, ReadFault> {
    let Some(file) = Compound::open(bytes) else {
        return Err(ReadFault::Damaged("OLE 复合文档的目录不完整，文件可能被截断".to_owned()));
    };
    if file.has("EncryptedPackage") {
        Err(ReadFault::Encrypted)
    } else if file.has("Workbook") || file.has("Book") {
        Ok(Container::Xls)
    } else if file.has("WordDocument") {
        Err(ReadFault::NotAWorkbook("Word 文档（doc）"))
    } else if file.has("PowerPoint Document") {
        Err(ReadFault::NotAWorkbook("PowerPoint 演示文稿（ppt）"))
    } else {
        Err(ReadFault::NotAWorkbook("其他 OLE 复合文档"))
    }
}

/// Web pages and XML under a workbook's name.
fn markup(bytes: &[u8]) -> Option<ReadFault> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let head: String =
        bytes.iter().take(2048).filter(|&&b| b != 0).map(|&b| char::from(b.to_ascii_lowercase())).collect();
    let head = head.trim_start_matches(|c: char| c.is_whitespace() || c == 'ÿ' || c == 'þ');
    if !head.starts_with('<') {
        return None;
    }
    if head.contains("excel.sheet") || head.contains("office:spreadsheet") {
        return Some(ReadFault::Xml2003);
    }
    if ["<html", "<!doctype html", "<table", "<meta", "<body", "<head"].iter().any(|tag| head.contains(tag)) {
        return Some(ReadFault::Html);
    }
    head.starts_with("<?xml").then_some(ReadFault::NotAWorkbook("XML 文件"))
}
