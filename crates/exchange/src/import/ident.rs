//! Who and where: enterprise, code, region, telephone, level of visibility.

use super::draft::{EnterpriseRef, contact};
use super::error::ErrorCode;
use super::row::{Found, RowReader};
use crate::columns::Field;
use crate::sheet::Value;
use model::enterprise::Contact;
use model::fold::{fold, fold_key};
use model::region::{RegionError, RegionLevel};
use model::uscc::Uscc;
use model::visibility::Visibility;

/// Characters of a name.
pub(super) const NAME_CHARS: usize = 100;
/// The label of invented enterprises, as lists write it.
pub const FICTIONAL_LABEL: &str = "（虚构示例）";

impl RowReader<'_> {
    /// The enterprise that the row speaks of.
    pub(super) fn enterprise(&mut self) -> EnterpriseRef {
        let uscc = self.uscc();
        let before = self.errors.len();
        let (name, labelled) = unlabelled(&self.words(Field::Enterprise, NAME_CHARS));
        let code_given = self.one(Field::Uscc).is_some();
        if name.is_empty() && !code_given && self.errors.len() == before && !self.context().lenient {
            let error = self
                .missing(Field::Enterprise, ErrorCode::MissingEnterprise)
                .expected("企业全称")
                .hint("同一企业的多行请逐行填写，或合并单元格，或写“同上”");
            self.refuse(error);
        }
        let (region, park) = self.place();
        let group = self.line(Field::Group, NAME_CHARS);
        let fictional = self.is_fictional(labelled);
        EnterpriseRef { name, uscc, region, park, group, fictional }
    }

    pub(super) fn uscc(&mut self) -> Option<Uscc> {
        let found = self.one(Field::Uscc)?;
        let text = found.text();
        let damaged = found.value.is_number() || looks_exponential(&text);
        if damaged {
            let error = self
                .error_at(&found, ErrorCode::UsccNumber)
                .expected("18位代码文本")
                .hint("Excel 已把代码变成数字，末几位丢失；请先把该列设为“文本”格式，再重新填写");
            self.refuse(error);
            return None;
        }
        match Uscc::parse(&text) {
            Ok(code) => Some(code),
            Err(fault) => {
                let hint = match repaired(&text) {
                    Some(code) => format!("{fault}；是否为 {code}？"),
                    None => fault.to_string(),
                };
                let error = self
                    .error_at(&found, ErrorCode::UsccInvalid)
                    .expected("有效的18位统一社会信用代码")
                    .hint(hint);
                self.refuse(error);
                None
            }
        }
    }

    /// Codes of region and park.
    pub(super) fn place(&mut self) -> (Option<String>, Option<String>) {
        let regions = &self.context().reference.regions;
        let (mut region, mut park) = (None, None);
        if let Some(found) = self.one(Field::Region) {
            match regions.find(&found.text()) {
                Ok(read) if read.level == RegionLevel::Park => {
                    park = Some(read.code.clone());
                    region = regions.county(&read.code).map(|county| county.code.clone());
                }
                Ok(read) => region = Some(read.code.clone()),
                Err(fault) => {
                    let code = match fault {
                        RegionError::Unknown(_) => ErrorCode::RegionUnknown,
                        RegionError::Ambiguous(..) => ErrorCode::RegionAmbiguous,
                    };
                    let error = self
                        .error_at(&found, code)
                        .expected("县（市、区）或园区的名称或代码")
                        .hint(fault.to_string());
                    self.refuse(error);
                }
            }
        }
        if let Some(found) = self.one(Field::Park) {
            match regions.find(&found.text()) {
                Ok(read) if read.level == RegionLevel::Park => {
                    region = region.or_else(|| regions.county(&read.code).map(|county| county.code.clone()));
                    park = Some(read.code.clone());
                }
                // 泰和县工业园 names at least the county.
                Ok(read) if read.level == RegionLevel::County && region.is_none() => {
                    region = Some(read.code.clone())
                }
                Ok(_) | Err(_) => {
                    let warning = self
                        .error_at(&found, ErrorCode::ParkUnknown)
                        .expected("园区表中的名称或代码")
                        .hint("此园区不在园区表中，已略去");
                    self.warn(warning);
                }
            }
        }
        (region, park)
    }

    pub(super) fn contact(&mut self) -> Contact {
        let name = self.line(Field::Contact, NAME_CHARS);
        let position = self.line(Field::Position, NAME_CHARS);
        let phone = self.phone();
        contact(name, position, phone)
    }

    fn phone(&mut self) -> String {
        let found: Vec<Found<'_>> = self.all(Field::Phone).collect();
        let mut texts: Vec<String> = Vec::new();
        for cell in &found {
            let text = cell.text().into_owned();
            if let Some(bad) = numbers_of(&text).find(|number| !is_phone(number)) {
                let digits = bad.chars().filter(char::is_ascii_digit).count();
                let error = self
                    .error_at(cell, ErrorCode::PhoneDigits)
                    .expected("11位手机号，或带区号的固定电话")
                    .hint(format!("“{bad}”有{digits}位数字"));
                self.refuse(error);
            } else if !texts.contains(&text) {
                texts.push(text);
            }
        }
        texts.join(" / ")
    }

    pub(super) fn visibility(&mut self) -> Visibility {
        let Some(found) = self.one(Field::Visibility) else { return Visibility::Public };
        Visibility::parse(&found.text()).unwrap_or_else(|| {
            let levels = Visibility::ALL.map(Visibility::zh).join("、");
            let error = self.error_at(&found, ErrorCode::VisibilityUnknown).expected(format!("{levels}之一"));
            self.refuse(error);
            Visibility::Own
        })
    }

    /// True for a row that says that its enterprise is invented: by a column of its own, a label behind the name, or a remark.
    pub(super) fn is_fictional(&mut self, labelled: bool) -> bool {
        let remark = self.one(Field::Note).is_some_and(|note| note.text().trim().starts_with("虚构企业"));
        self.flag(Field::Fictional) || labelled || remark
    }

    pub(super) fn flag(&mut self, field: Field) -> bool {
        self.yes_or_no(field).unwrap_or(false)
    }

    /// Yes or no; none where nothing is said.
    pub(super) fn yes_or_no(&mut self, field: Field) -> Option<bool> {
        let found = self.one(field)?;
        if let Value::Bool(flag) = *found.value {
            return Some(flag);
        }
        match fold_key(&found.text()).as_str() {
            "是" | "1" | "y" | "yes" | "true" | "虚构" | "示例" | "虚构示例" | "(虚构示例)" | "可"
            | "可以" => Some(true),
            "否" | "0" | "n" | "no" | "false" | "真实" | "不可" | "不可以" => Some(false),
            _ => {
                let error = self.error_at(&found, ErrorCode::FlagUnknown).expected("是或否");
                self.refuse(error);
                None
            }
        }
    }
}

/// A name without the label of fiction, and whether it had one.
pub(super) fn unlabelled(name: &str) -> (String, bool) {
    for label in [FICTIONAL_LABEL, "(虚构示例)", "（虚构）", "(虚构)"] {
        if let Some(plain) = name.strip_suffix(label) {
            return (plain.trim().to_owned(), true);
        }
    }
    (name.to_owned(), false)
}

/// `9.13608E+17`: the code as Excel shows it when it is beyond saving.
fn looks_exponential(text: &str) -> bool {
    let key = fold(text);
    key.split_once("e+").is_some_and(|(mantissa, exponent)| {
        mantissa.parse::<f64>().is_ok()
            && exponent.chars().all(|c| c.is_ascii_digit())
            && mantissa.contains('.')
    })
}

/// The code with letters that it does not use turned into the digits they look like, if that makes it valid.
fn repaired(text: &str) -> Option<Uscc> {
    let digits: String = fold(text)
        .chars()
        .map(|c| match c {
            'o' => '0',
            'i' => '1',
            'z' => '2',
            's' => '5',
            c => c,
        })
        .collect();
    Uscc::parse(&digits).ok()
}

/// The single numbers of a cell that may hold several.
fn numbers_of(text: &str) -> impl Iterator<Item = String> {
    fold(text)
        .split(['/', ',', '、', ';', '\n', '|', '或'])
        .map(|part| part.trim().to_owned())
        .filter(|part| part.chars().any(|c| c.is_ascii_digit()))
        .collect::<Vec<_>>()
        .into_iter()
}

fn is_phone(text: &str) -> bool {
    // An extension behind 转 or ext is free; words before the number (手机:) are, too.
    let text = text.split(['转', '#']).next().unwrap_or("").split("ext").next().unwrap_or("");
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let digits = digits
        .strip_prefix("0086")
        .or(digits.strip_prefix("86").filter(|d| d.len() >= 10))
        .unwrap_or(&digits);
    let foreign = text.contains('+') && !text.contains("+86");
    match digits.as_bytes() {
        _ if foreign => (7..=15).contains(&digits.len()),
        [b'1', second, ..] if *second >= b'3' && digits.len() == 11 => true,
        [b'1', b'0', ..] | [b'0', ..] => {
            (10..=12).contains(&digits.len())
                || (digits.starts_with('0') && (13..=16).contains(&digits.len()) && text.contains('-'))
        }
        [b'4' | b'8', b'0', b'0', ..] => digits.len() == 10,
        [b'2'..=b'8', ..] => digits.len() == 7 || digits.len() == 8,
        [b'9', b'5', ..] => (5..=6).contains(&digits.len()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn telephones() {
        for good in [
            "13800138000",
            "138 0013 8000",
            "138-0013-8000",
            "+86 13800138000",
            "0796-8888888",
            "（0796）8888888",
            "010-62345678",
            "400-800-1234",
            "8888888",
            "0796-8888888转801",
            "手机:13800138000",
            "+852 2345 6789",
        ] {
            assert!(numbers_of(good).all(|n| is_phone(&n)), "{good}");
        }
        for bad in ["1380013800", "138001380001", "12345", "11111111111", "0796"] {
            assert!(!numbers_of(bad).all(|n| is_phone(&n)), "{bad}");
        }
        assert_eq!(numbers_of("13800138000/0796-8888888、张三").count(), 2);
    }

    #[test]
    fn codes_that_excel_or_eyes_spoiled() {
        assert!(looks_exponential("9.1E+17") && looks_exponential("9.13608E+17"));
        assert!(!looks_exponential("91350100M000100Y43"));
        assert_eq!(
            repaired("9135O100MOO01OOY43").map(|c| c.to_string()).as_deref(),
            Some("91350100M000100Y43")
        );
    }
}
