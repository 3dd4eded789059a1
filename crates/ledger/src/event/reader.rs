//! Reading single values, each fault noted with its place.

use super::context::Context;
use super::fault::{Expected, Fault};
use super::vocabulary::Vocabulary;
use crate::json::{Json, Place};
use crate::time;
use jiff::Timestamp;
use std::borrow::Cow;
use std::collections::HashSet;

/// Most faults that are listed for a document; a file of another kind would otherwise give one per value.
const FAULTS_MAX: usize = 1000;

/// Objects up to this size are searched for repeated names pair by pair, which needs no memory.
const PAIRWISE_FIELDS_MAX: usize = 24;

/// Collects the faults of a document while it is read.
#[derive(Debug, Default)]
pub(super) struct Reader {
    pub(super) faults: Vec<Fault>,
    /// Number of faults found, also of those beyond the list's limit.
    pub(super) count: usize,
}

impl Reader {
    /// Notes that a value is not what is expected.
    pub(super) fn fault(&mut self, place: Place<'_>, found: &Json<'_>, expected: Expected) {
        self.count += 1;
        if self.faults.len() < FAULTS_MAX {
            self.faults.push(Fault { place: place.to_string(), found: Some(found.excerpt()), expected });
        }
    }

    /// Notes that a value is missing.
    pub(super) fn missing(&mut self, place: Place<'_>, expected: Expected) {
        self.count += 1;
        if self.faults.len() < FAULTS_MAX {
            self.faults.push(Fault { place: place.to_string(), found: None, expected });
        }
    }

    /// Notes what another reader found.
    pub(super) fn extend(&mut self, other: Self) {
        let room = FAULTS_MAX.saturating_sub(self.faults.len());
        self.faults.extend(other.faults.into_iter().take(room));
        self.count += other.count;
    }

    /// Notes every field that repeats the name of an earlier one: two readers would read two documents.
    pub(super) fn once(&mut self, fields: &[(Cow<'_, str>, Json<'_>)], place: Place<'_>) {
        if fields.len() <= PAIRWISE_FIELDS_MAX {
            for (at, (name, value)) in fields.iter().enumerate().skip(1) {
                if fields[..at].iter().any(|(earlier, _)| earlier == name) {
                    self.fault(place.field(name), value, Expected::Once);
                }
            }
            return;
        }
        let mut seen = HashSet::with_capacity(fields.len());
        for (name, value) in fields {
            if !seen.insert(name.as_ref()) {
                self.fault(place.field(name), value, Expected::Once);
            }
        }
    }

    pub(super) fn object<'j, 'a>(
        &mut self,
        json: &'j Json<'a>,
        place: Place<'_>,
    ) -> Option<&'j [(Cow<'a, str>, Json<'a>)]> {
        match json {
            Json::Object(fields) => {
                self.once(fields, place);
                Some(fields)
            }
            other => {
                self.fault(place, other, Expected::Object);
                None
            }
        }
    }

    /// Reads every item of a list; items that cannot be read are left out and noted.
    pub(super) fn list<'a, T>(
        &mut self,
        json: &Json<'a>,
        place: Place<'_>,
        mut read: impl FnMut(&mut Self, &Json<'a>, Place<'_>) -> Option<T>,
    ) -> Vec<T> {
        let Json::List(items) = json else {
            self.fault(place, json, Expected::List);
            return Vec::new();
        };
        let mut out = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            out.extend(read(self, item, place.item(index)));
        }
        out
    }

    pub(super) fn text(&mut self, json: &Json<'_>, place: Place<'_>) -> Option<String> {
        let text = json.as_text().map(str::to_owned);
        if text.is_none() {
            self.fault(place, json, Expected::Text);
        }
        text
    }

    /// A text that passes a test.
    pub(super) fn text_that(
        &mut self,
        json: &Json<'_>,
        place: Place<'_>,
        test: impl Fn(&str) -> bool,
        expected: Expected,
    ) -> Option<String> {
        match json.as_text() {
            Some(text) if test(text) => Some(text.to_owned()),
            _ => {
                self.fault(place, json, expected);
                None
            }
        }
    }

    pub(super) fn uri(&mut self, context: &Context, json: &Json<'_>, place: Place<'_>) -> Option<String> {
        match json.as_text().map(|text| context.expand(text.trim())) {
            Some(text) if is_uri(&text) => Some(text.into_owned()),
            _ => {
                self.fault(place, json, Expected::Uri);
                None
            }
        }
    }

    pub(super) fn time(&mut self, json: &Json<'_>, place: Place<'_>) -> Option<Timestamp> {
        let time = json.as_text().and_then(|text| time::parse(text.trim()));
        if time.is_none() {
            self.fault(place, json, Expected::Time);
        }
        time
    }

    pub(super) fn number(&mut self, json: &Json<'_>, place: Place<'_>) -> Option<f64> {
        match json {
            Json::Number(value) => value.as_f64(),
            other => {
                self.fault(place, other, Expected::Number);
                None
            }
        }
    }

    /// A word of a vocabulary: standard words bare, others as URI.
    pub(super) fn word(
        &mut self,
        context: &Context,
        vocabulary: &Vocabulary,
        json: &Json<'_>,
        place: Place<'_>,
    ) -> Option<String> {
        let Some(text) = json.as_text() else {
            self.fault(place, json, Expected::Text);
            return None;
        };
        let kept = vocabulary.keep(&context.expand(text.trim()));
        if kept.is_none() {
            let nearest = vocabulary.nearest(text);
            self.fault(place, json, Expected::Word { vocabulary: vocabulary.name, nearest });
        }
        kept
    }
}

/// True for an absolute URI or IRI: a scheme, a colon, and no character that RFC 3987 forbids.
pub(crate) fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let mut letters = scheme.bytes();
    letters.next().is_some_and(|b| b.is_ascii_alphabetic())
        && letters.all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
        && !rest.is_empty()
        && !rest.chars().any(|c| {
            c.is_whitespace()
                || c.is_control()
                || matches!(c, '<' | '>' | '"' | '{' | '}' | '|' | '\\' | '^' | '`')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris() {
        for (text, expect) in [
            ("urn:epc:id:sgtin:0614141.107346.2017", true),
            ("https://id.gs1.org/01/09521141012345/21/2017", true),
            ("https://例.cn/批次/1", true),
            ("geo:50.9,6.9", true),
            ("example:x", true),
            ("in_transit", false),
            ("a b:c", false),
            ("1a:b", false),
            ("urn:", false),
            ("https://a.b/c d", false),
        ] {
            assert_eq!(is_uri(text), expect, "{text}");
        }
    }
}
