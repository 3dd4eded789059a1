//! Titles, specification texts, certificates, validity.

use super::date;
use super::error::ErrorCode;
use super::row::RowReader;
use crate::columns::{Field, Target};
use crate::sheet::Value;
use jiff::civil::Date;
use model::chain::NodeId;
use model::fold::fold;
use model::spec::Specification;
use model::spectext::parse_specs;

/// Characters of a title.
const TITLE_CHARS: usize = 200;
/// Characters of a number or another short field.
pub(super) const LINE_CHARS: usize = 100;
/// Characters of a note.
pub(super) const NOTE_CHARS: usize = 2_000;
/// Characters of a specification text.
const DETAIL_CHARS: usize = 8_000;

/// True for a text with a mobile number (11 digits) or a number of the fixed network with its area code
/// (`0796-8888888`).
fn holds_phone(text: &str) -> bool {
    let text = fold(text);
    let runs: Vec<&str> = text.split(|c: char| !c.is_ascii_digit() && c != '-').collect();
    runs.into_iter().any(|run| {
        let mobile = |digits: &str| {
            digits.len() == 11 && digits.starts_with('1') && matches!(digits.as_bytes()[1], b'3'..=b'9')
        };
        let parts: Vec<&str> = run.split('-').collect();
        let fixed = parts.windows(2).any(|pair| {
            pair[0].starts_with('0') && (3..=4).contains(&pair[0].len()) && (7..=8).contains(&pair[1].len())
        });
        fixed || parts.iter().any(|part| mobile(part)) || mobile(&parts.concat())
    })
}

/// What the specification columns say.
pub(super) struct Specified {
    pub(super) detail: String,
    pub(super) node: Option<NodeId>,
    pub(super) specs: Vec<Specification>,
    pub(super) unread: Vec<String>,
}

impl RowReader<'_> {
    pub(super) fn title(&mut self) -> String {
        let before = self.errors.len();
        let title = self.words(Field::Title, TITLE_CHARS);
        if title.is_empty() && self.errors.len() == before {
            let error = self.missing(Field::Title, ErrorCode::MissingTitle).expected("产品或服务的名称");
            self.refuse(error);
        }
        title
    }

    /// The specification text (with the columns that are named after properties as clauses), and what is read from it
    /// with the chain node's properties as hints.
    pub(super) fn specification(&mut self, title: &str, material: &str, standard: &str) -> Specified {
        let mut detail = self.joined(Field::Detail, DETAIL_CHARS);
        self.warn_of_phones();
        for clause in self.clauses() {
            if !detail.is_empty() {
                detail.push('；');
            }
            detail.push_str(&clause);
        }
        let context = self.context();
        let market = self.market();
        let on_chain = market.is_none_or(|m| m.chain);
        let node = if on_chain { (context.recognise)(title, &detail) } else { None };
        let hints =
            node.as_ref().and_then(|id| context.reference.chain.get(id)).map_or(&[][..], |n| &n.properties);
        let properties = market.map_or(&context.reference.properties, |m| &m.properties);
        let read = |text: &str| parse_specs(text, &context.reference.units, properties, hints);
        let parsed = read(&detail);
        let mut specs = parsed.specs;
        for (name, text) in [("材质", material), ("执行标准", standard)] {
            if text.is_empty() {
                continue;
            }
            let more = read(&format!("{name}：{text}")).specs;
            let known = specs.len();
            specs.extend(
                more.into_iter()
                    .filter(|s| !specs[..known].iter().any(|k| k.property == s.property))
                    .collect::<Vec<_>>(),
            );
        }
        Specified { detail, node, specs, unread: parsed.rest }
    }

    /// Warns of telephone numbers in titles and specifications: those are open to more people than a contact is.
    fn warn_of_phones(&mut self) {
        if self.context().lenient {
            return;
        }
        for field in [Field::Title, Field::Detail] {
            let found: Vec<_> = self.all(field).filter(|f| holds_phone(&f.text())).collect();
            for cell in found {
                let warning = self
                    .error_at(&cell, ErrorCode::PhoneInText)
                    .expected("不含电话号码的文字")
                    .hint("此列的公开级别低于联系方式，电话请填在“电话”列");
                self.warn(warning);
            }
        }
    }

    /// Columns named after properties, as clauses: `线径：20μm`.
    fn clauses(&self) -> Vec<String> {
        let plan = self.sheet.plan;
        plan.columns
            .iter()
            .filter(|c| c.target == Some(Target::Clause))
            .filter_map(|column| {
                let value = self.row.get(column.column).filter(|v| !matches!(v, Value::Error(_)))?;
                let text = value.text();
                if super::row::is_nothing(&text) {
                    return None;
                }
                let own = column.heading.rsplit('/').next().unwrap_or(&column.heading);
                let label = own.split(['(', '（', '[', '【']).next().unwrap_or(own).trim();
                let bare = text.chars().last().is_some_and(|c| c.is_ascii_digit());
                let unit = column.unit.as_deref().filter(|_| bare).unwrap_or("");
                Some(format!("{label}：{text}{unit}"))
            })
            .collect()
    }

    /// Certificates, each once.
    pub(super) fn certificates(&mut self) -> Vec<String> {
        let text = self.joined(Field::Certificates, NOTE_CHARS);
        let mut out: Vec<String> = Vec::new();
        for part in text.split(['；', ';', '、', '，', ',', '/', '|', '\n', '+']) {
            let part = part.trim();
            if !part.is_empty() && !super::row::is_nothing(part) && !out.iter().any(|o| o == part) {
                out.push(part.to_owned());
            }
        }
        out
    }

    /// First and last day of validity.
    pub(super) fn validity(&mut self) -> (Option<Date>, Option<Date>) {
        let mut from = self.date(Field::ValidFrom, false);
        let mut until = self.date(Field::ValidUntil, true);
        if let Some(found) = self.one(Field::Validity) {
            let today = self.context().today;
            let read = match &*found.value {
                Value::Date(at) => Some(date::Validity { from: None, until: Some(at.date()) }),
                // A bare number under 有效期（天） is a length, under 有效期 a serial date.
                value => {
                    let unit = found.plan.unit.as_deref().filter(|_| value.is_number()).unwrap_or("");
                    date::validity(&format!("{}{unit}", found.text()), today)
                }
            };
            match read {
                Some(read) => {
                    from = from.or(read.from);
                    until = until.or(read.until);
                }
                None => {
                    let error = self
                        .error_at(&found, ErrorCode::DateUnreadable)
                        .expected("截止日期、起止日期或期限")
                        .hint("如 2026-12-31、2026-11-01至2026-12-31、3个月、长期");
                    self.refuse(error);
                }
            }
        }
        self.check_order(from, until);
        (from, until)
    }

    fn check_order(&mut self, from: Option<Date>, until: Option<Date>) {
        let Some(until) = until else { return };
        let field = if self.one(Field::ValidUntil).is_some() { Field::ValidUntil } else { Field::Validity };
        let Some(found) = self.one(field) else { return };
        if let Some(from) = from
            && from > until
        {
            let error = self
                .error_at(&found, ErrorCode::ValidityOrder)
                .expected(format!("不早于起始日期 {from}"))
                .hint(format!("读到的截止日期是 {until}"));
            self.refuse(error);
        } else if until < self.context().today {
            let warning = self
                .error_at(&found, ErrorCode::Expired)
                .expected(format!("不早于今天 {}", self.context().today))
                .hint("已过有效期，不会进入本期清单");
            self.warn(warning);
        }
    }

    pub(super) fn date(&mut self, field: Field, end: bool) -> Option<Date> {
        let found = self.one(field)?;
        let read = match &*found.value {
            Value::Date(at) => Ok(Some(at.date())),
            value => date::day(&value.text(), end, self.context().today),
        };
        read.unwrap_or_else(|()| {
            let error = self.error_at(&found, ErrorCode::DateUnreadable).expected("日期，如 2026-12-31");
            self.refuse(error);
            None
        })
    }
}
