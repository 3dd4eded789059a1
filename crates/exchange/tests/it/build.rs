//! Files for tests, built in memory: xlsx by the writer, xls and compound files byte by byte, zip parts by hand.

use rust_xlsxwriter::Workbook;
use std::io::{Cursor, Write};

/// A workbook with one sheet of texts.
pub fn xlsx(sheet: &str, rows: &[&[&str]]) -> Vec<u8> {
    let mut book = Workbook::new();
    let page = book.add_worksheet().set_name(sheet).unwrap();
    for (r, row) in (0u32..).zip(rows) {
        for (c, text) in (0u16..).zip(*row) {
            if !text.is_empty() {
                page.write_string(r, c, *text).unwrap();
            }
        }
    }
    book.save_to_buffer().unwrap()
}

/// A zip container with these parts.
pub fn zip(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        out.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        out.write_all(content).unwrap();
    }
    out.finish().unwrap().into_inner()
}

/// The same workbook with one of its parts changed.
pub fn with_part(bytes: &[u8], part: &str, change: impl Fn(String) -> String) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut parts = Vec::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        let name = entry.name().unwrap().into_owned();
        let mut content = Vec::new();
        std::io::copy(&mut entry, &mut content).unwrap();
        if name == part {
            content = change(String::from_utf8(content).unwrap()).into_bytes();
        }
        parts.push((name, content));
    }
    let parts: Vec<(&str, &[u8])> = parts.iter().map(|(n, c)| (n.as_str(), c.as_slice())).collect();
    zip(&parts)
}

/// What an xls cell holds.
pub enum Biff<'a> {
    /// Text.
    Text(&'a str),
    /// Number.
    Number(f64),
}

fn record(out: &mut Vec<u8>, kind: u16, data: &[u8]) {
    out.extend(kind.to_le_bytes());
    out.extend((data.len() as u16).to_le_bytes());
    out.extend(data);
}

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// An xls workbook (BIFF8) with one sheet; `password` sets the mark of an encrypted one.
pub fn xls(sheet: &str, cells: &[(u16, u16, Biff<'_>)], merges: &[[u16; 4]], password: bool) -> Vec<u8> {
    let bof = |kind: u16| [0x0600u16, kind, 0, 0x07cc, 0, 0, 0, 0].map(u16::to_le_bytes).concat();
    let mut name = vec![0, 0, 0, 0, 0, 0, sheet.encode_utf16().count() as u8, 1];
    name.extend(wide(sheet));
    let mut globals = Vec::new();
    record(&mut globals, 0x0809, &bof(5));
    if password {
        record(&mut globals, 0x002f, &[1, 0, 1, 0, 1, 0]);
    }
    let sheet_at = (globals.len() + 4 + name.len() + 4) as u32;
    name[..4].copy_from_slice(&sheet_at.to_le_bytes());
    record(&mut globals, 0x0085, &name);
    record(&mut globals, 0x000a, &[]);
    let mut stream = globals;
    record(&mut stream, 0x0809, &bof(0x10));
    for (row, column, value) in cells {
        let mut data = [*row, *column, 0].map(u16::to_le_bytes).concat();
        match value {
            Biff::Text(text) => {
                data.extend((text.encode_utf16().count() as u16).to_le_bytes());
                data.push(1);
                data.extend(wide(text));
                record(&mut stream, 0x0204, &data);
            }
            Biff::Number(number) => {
                data.extend(number.to_le_bytes());
                record(&mut stream, 0x0203, &data);
            }
        }
    }
    if !merges.is_empty() {
        let mut data = (merges.len() as u16).to_le_bytes().to_vec();
        data.extend(merges.iter().flatten().flat_map(|n| n.to_le_bytes()));
        record(&mut stream, 0x00e5, &data);
    }
    record(&mut stream, 0x000a, &[]);
    compound(&[("Workbook", &stream)])
}

/// A compound file (version 3) with these streams.
pub fn compound(streams: &[(&str, &[u8])]) -> Vec<u8> {
    const SECTOR: usize = 512;
    const END: u32 = 0xffff_fffe;
    const FREE: u32 = 0xffff_ffff;
    // Streams are padded to 4096 bytes, so that none of them is a mini stream.
    let padded: Vec<Vec<u8>> = streams
        .iter()
        .map(|(_, content)| {
            let mut out = content.to_vec();
            out.resize(content.len().max(4096).div_ceil(SECTOR) * SECTOR, 0);
            out
        })
        .collect();
    let directory_sectors = (streams.len() + 1).div_ceil(4);
    let data_sectors: usize = padded.iter().map(|s| s.len() / SECTOR).sum();
    let fat_sectors = (1..).find(|n| n * 128 >= n + directory_sectors + data_sectors).unwrap();
    let mut fat = vec![0xffff_fffd; fat_sectors];
    let chain = |fat: &mut Vec<u32>, sectors: usize| {
        let start = fat.len() as u32;
        fat.extend((1..sectors as u32).map(|i| start + i));
        fat.push(END);
        start
    };
    let directory_start = chain(&mut fat, directory_sectors);
    let starts: Vec<u32> = padded.iter().map(|s| chain(&mut fat, s.len() / SECTOR)).collect();
    fat.resize(fat_sectors * 128, FREE);

    let mut out = vec![0; SECTOR];
    out[..8].copy_from_slice(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);
    let mut put = |at: usize, bytes: &[u8]| out[at..at + bytes.len()].copy_from_slice(bytes);
    put(24, &[0x3e, 0, 3, 0, 0xfe, 0xff, 9, 0, 6, 0]);
    put(44, &(fat_sectors as u32).to_le_bytes());
    put(48, &directory_start.to_le_bytes());
    put(56, &4096u32.to_le_bytes());
    put(60, &END.to_le_bytes());
    put(68, &END.to_le_bytes());
    for i in 0..109 {
        let sector = if i < fat_sectors { i as u32 } else { FREE };
        put(76 + 4 * i, &sector.to_le_bytes());
    }
    out.extend(fat.iter().flat_map(|n| n.to_le_bytes()));
    let mut directory = entry("Root Entry", 5, END, 0);
    for ((name, _), (start, content)) in streams.iter().zip(starts.iter().zip(&padded)) {
        directory.extend(entry(name, 2, *start, content.len() as u32));
    }
    directory.resize(directory_sectors * SECTOR, 0);
    out.extend(directory);
    out.extend(padded.concat());
    out
}

fn entry(name: &str, kind: u8, start: u32, bytes: u32) -> Vec<u8> {
    let mut out = wide(name);
    let name_bytes = out.len() as u16 + 2;
    out.resize(64, 0);
    out.extend(name_bytes.to_le_bytes());
    out.extend([kind, 1]);
    out.extend([0xff; 12]);
    out.resize(116, 0);
    out.extend(start.to_le_bytes());
    out.extend(bytes.to_le_bytes());
    out.resize(128, 0);
    out
}
