//! Which stored record a row is: the same one, a new version of one, or a new one.
//!
//! Nothing here depends on the order of rows, sheets or files: a row is known by its own number, else by what it says. A record that was
//! merged into another is still known by its own row, and stays merged; where its row could be either of them, the survivor is meant.

use model::fold::fold_key;
use model::hex::sha256_hex;
use model::markets::MarketKey;
use model::need::Need;
use model::offer::Offer;
use model::visibility::Visibility;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// What needs and offers have in common here.
pub trait Trade: Clone + Serialize {
    /// Stable key.
    fn key(&self) -> &str;
    /// Gives it its key.
    fn set_key(&mut self, key: String);
    /// Key of the enterprise.
    fn enterprise(&self) -> &str;
    /// Key of the market.
    fn market(&self) -> &MarketKey;
    /// Number in the source (编号).
    fn number(&self) -> &str;
    /// Keeps a number that the row does not repeat.
    fn set_number(&mut self, number: String);
    /// Name of the product or service.
    fn title(&self) -> &str;
    /// Specification text.
    fn detail(&self) -> &str;
    /// Level of the row.
    fn visibility(&self) -> Visibility;
    /// Sets the level of the row.
    fn set_visibility(&mut self, level: Visibility);
    /// Key of the record that it was merged into.
    fn merged_into(&self) -> Option<&str>;
    /// Says into which record it was merged.
    fn set_merged_into(&mut self, key: Option<String>);
    /// The record without what is derived from its words or from the day of the import.
    fn said(&self) -> Self;
}

/// Needs and offers name these fields alike.
macro_rules! trade {
    ($type:ident) => {
        impl Trade for $type {
            fn key(&self) -> &str {
                &self.key
            }
            fn set_key(&mut self, key: String) {
                self.key = key;
            }
            fn enterprise(&self) -> &str {
                &self.enterprise
            }
            fn market(&self) -> &MarketKey {
                &self.market
            }
            fn number(&self) -> &str {
                &self.number
            }
            fn set_number(&mut self, number: String) {
                self.number = number;
            }
            fn title(&self) -> &str {
                &self.title
            }
            fn detail(&self) -> &str {
                &self.detail
            }
            fn visibility(&self) -> Visibility {
                self.visibility
            }
            fn set_visibility(&mut self, level: Visibility) {
                self.visibility = level;
            }
            fn merged_into(&self) -> Option<&str> {
                self.merged_into.as_deref()
            }
            fn set_merged_into(&mut self, key: Option<String>) {
                self.merged_into = key;
            }
            fn said(&self) -> Self {
                // 3个月 is another day whenever it is read; the recogniser learns.
                let (node, specs, unread) = (None, Vec::new(), Vec::new());
                Self { node, specs, unread, valid_from: None, valid_until: None, ..self.clone() }
            }
        }
    };
}

trade!(Need);
trade!(Offer);

/// A row on its way to its record.
#[derive(Debug, Clone)]
pub struct Row<T> {
    /// What the row says; its enterprise is known, its key is not.
    pub value: T,
    /// True where the row states its level.
    pub visibility_given: bool,
    /// True for a row of a workbook of refused rows: it never was stored, so it is no new version of what is.
    pub addition: bool,
    /// Where it stands, for the caller.
    pub at: usize,
}

/// A row with its key.
#[derive(Debug, Clone)]
pub struct Known<T> {
    /// The record to store.
    pub value: T,
    /// Where its row stands.
    pub at: usize,
    /// The level that was stored, where the row opens it.
    pub opened_from: Option<Visibility>,
    /// True where another specification under the same title was replaced because nothing else told the two apart.
    pub replaced: bool,
    /// True where the stored record differs.
    pub changed: bool,
}

/// Rows with their keys, by key.
#[derive(Debug)]
pub struct Identified<T> {
    /// The records.
    pub records: Vec<Known<T>>,
    /// Rows that say the very same as another.
    pub repeated: u64,
}

/// Hexadecimal digits of a hash in a key, as few as tell the records apart.
const DIGITS: [usize; 4] = [8, 16, 32, 64];

/// Gives every row the key of its record, out of the stored records of the same enterprises.
pub fn identify<T: Trade>(rows: Vec<Row<T>>, stored: &[T]) -> Identified<T> {
    let (rows, repeated) = distinct(rows);
    let mut taken: HashSet<String> = stored.iter().map(|s| s.key().to_owned()).collect();
    let mut store = Candidates::new(&rows, stored);
    let mut matched: Vec<Option<Matched>> = vec![None; rows.len()];
    let numbered = numbered(&rows);
    for (&index, number) in &numbered {
        matched[index] = store.numbered(scope(&rows[index].value), number).map(Matched::same);
    }
    let mut groups: BTreeMap<(String, String), Vec<usize>> = BTreeMap::new();
    for (index, row) in rows.iter().enumerate().filter(|(i, _)| matched[*i].is_none()) {
        groups.entry(group_of(&row.value)).or_default().push(index);
    }
    for (group, members) in &groups {
        store.titled(group, members, &rows, &numbered, &mut matched);
    }
    let mut records = Vec::with_capacity(rows.len());
    let mut keys: Vec<Option<String>> =
        matched.iter().map(|m| m.map(|m| stored[m.stored].key().to_owned())).collect();
    // Numbers first: a title never takes the key that a number asks for.
    for (&index, number) in numbered.iter().filter(|(i, _)| matched[**i].is_none()) {
        let value = &rows[index].value;
        let base = format!("{}/{number}", scope(value));
        keys[index] = Some(free(Some(base), value, true, &mut taken));
    }
    for (group, members) in &groups {
        let new: Vec<usize> = members.iter().copied().filter(|i| keys[*i].is_none()).collect();
        let lone = members.len() == 1 && store.count(group) == 0;
        for &index in &new {
            let value = &rows[index].value;
            let base = lone.then(|| format!("{}/{}", group.0, group.1));
            let own_detail = !new.iter().any(|i| *i != index && rows[*i].value.detail() == value.detail());
            keys[index] = Some(free(base, value, own_detail, &mut taken));
        }
    }
    for ((row, matched), key) in rows.into_iter().zip(matched).zip(keys) {
        let key = key.expect("every row was matched or belongs to a number or a title");
        records.push(settle(row, key, matched, stored));
    }
    records.sort_by(|a, b| a.value.key().cmp(b.value.key()));
    Identified { records, repeated }
}

fn group_of<T: Trade>(value: &T) -> (String, String) {
    (scope(value), fold_key(value.title()))
}

/// Where a number or a title is one record's own: at one enterprise, in one market.
fn scope<T: Trade>(value: &T) -> String {
    match value.market() {
        market if market.is_parts() => value.enterprise().to_owned(),
        market => format!("{}#{market}", value.enterprise()),
    }
}

/// A stored record that a row stands for.
#[derive(Debug, Clone, Copy)]
struct Matched {
    stored: usize,
    /// True where only the title is the same.
    by_title: bool,
}

impl Matched {
    fn same(stored: usize) -> Self {
        Self { stored, by_title: false }
    }
}

/// Each row once, in an order of its content.
fn distinct<T: Trade>(rows: Vec<Row<T>>) -> (Vec<Row<T>>, u64) {
    let count = rows.len();
    let mut by_content: BTreeMap<String, Row<T>> = BTreeMap::new();
    for row in rows {
        match by_content.entry(json(&row.value)) {
            std::collections::btree_map::Entry::Occupied(mut first) => {
                let first = first.get_mut();
                first.visibility_given |= row.visibility_given;
                first.addition &= row.addition;
            }
            std::collections::btree_map::Entry::Vacant(free) => {
                free.insert(row);
            }
        }
    }
    let rows: Vec<Row<T>> = by_content.into_values().collect();
    let repeated = (count - rows.len()) as u64;
    (rows, repeated)
}

/// The rows that their own number identifies: it stands once at that enterprise.
fn numbered<T: Trade>(rows: &[Row<T>]) -> BTreeMap<usize, String> {
    let mut counts: HashMap<(String, String), Vec<usize>> = HashMap::new();
    for (index, row) in rows.iter().enumerate() {
        let number = fold_key(row.value.number());
        if !number.is_empty() {
            counts.entry((scope(&row.value), number)).or_default().push(index);
        }
    }
    counts
        .into_iter()
        .filter_map(|((_, number), rows)| match rows[..] {
            [one] => Some((one, number)),
            _ => None,
        })
        .collect()
}

/// The stored records that rows may be, each of them once.
struct Candidates<'s, T> {
    stored: &'s [T],
    by_number: HashMap<(String, String), Vec<usize>>,
    by_title: HashMap<(String, String), Vec<usize>>,
    used: BTreeSet<usize>,
}

impl<'s, T: Trade> Candidates<'s, T> {
    fn new(rows: &[Row<T>], stored: &'s [T]) -> Self {
        let enterprises: HashSet<&str> = rows.iter().map(|r| r.value.enterprise()).collect();
        let (mut by_number, mut by_title) = (HashMap::new(), HashMap::new());
        for (index, record) in stored.iter().enumerate().filter(|(_, s)| enterprises.contains(s.enterprise()))
        {
            let number = fold_key(record.number());
            if !number.is_empty() {
                by_number.entry((scope(record), number)).or_insert_with(Vec::new).push(index);
            }
            by_title.entry(group_of(record)).or_insert_with(Vec::new).push(index);
        }
        Self { stored, by_number, by_title, used: BTreeSet::new() }
    }

    /// The only stored record with this number.
    fn numbered(&mut self, scope: String, number: &str) -> Option<usize> {
        match self.standing(self.by_number.get(&(scope, number.to_owned()))?)[..] {
            [one] => self.used.insert(one).then_some(one),
            _ => None,
        }
    }

    /// Of several stored records those that were not merged into another.
    fn standing(&self, found: &[usize]) -> Vec<usize> {
        let stands = |index: &usize| found.len() == 1 || self.stored[*index].merged_into().is_none();
        found.iter().copied().filter(stands).collect()
    }

    /// Stored records of the title.
    fn count(&self, group: &(String, String)) -> usize {
        self.by_title.get(group).map_or(0, Vec::len)
    }

    /// Matches the rows of one title: first what says the same, then what has the same specification, then the only
    /// one that is left over on both sides.
    fn titled(
        &mut self,
        group: &(String, String),
        members: &[usize],
        rows: &[Row<T>],
        numbered: &BTreeMap<usize, String>,
        matched: &mut [Option<Matched>],
    ) {
        let Some(candidates) = self.by_title.get(group) else { return };
        let mut left: Vec<usize> = candidates.iter().copied().filter(|s| !self.used.contains(s)).collect();
        let mut rest: Vec<usize> = members.to_vec();
        // A row that its number identifies is no record with another number.
        let may_be = |row: usize, stored: usize| {
            let number = fold_key(self.stored[stored].number());
            number.is_empty() || numbered.get(&row).is_none_or(|own| *own == number)
        };
        for exact in [true, false] {
            rest.retain(|&row| {
                let wanted = content(&rows[row].value, exact);
                let found = left.iter().position(|&s| {
                    may_be(row, s) && content(&like(&self.stored[s], &rows[row].value), exact) == wanted
                });
                if let Some(at) = found {
                    matched[row] = Some(Matched::same(left.remove(at)));
                }
                found.is_none()
            });
        }
        rest.retain(|&row| !rows[row].addition);
        let details: Vec<usize> = rest.clone();
        rest.retain(|&row| {
            let detail = fold_key(rows[row].value.detail());
            let same = |d: &str| fold_key(d) == detail;
            let lone = details.iter().filter(|&&r| same(rows[r].value.detail())).count() == 1;
            let found: Vec<usize> = left.iter().copied().filter(|&s| same(self.stored[s].detail())).collect();
            match self.standing(&found)[..] {
                [one] if lone && may_be(row, one) => {
                    matched[row] = Some(Matched::same(one));
                    left.retain(|&s| s != one);
                    false
                }
                _ => true,
            }
        });
        // Another specification under the title of a merged record is no word about that one.
        left.retain(|&s| self.stored[s].merged_into().is_none());
        if let ([row], [stored]) = (&rest[..], &left[..])
            && may_be(*row, *stored)
        {
            matched[*row] = Some(Matched { stored: *stored, by_title: true });
            left.clear();
        }
        self.used.extend(members.iter().filter_map(|row| matched[*row].map(|m| m.stored)));
    }
}

/// The stored record as the row would have it where the row says nothing: without key, at the row's level, and without
/// a number where the row has none.
fn like<T: Trade>(stored: &T, row: &T) -> T {
    let mut out = stored.clone();
    out.set_key(String::new());
    out.set_merged_into(None);
    out.set_visibility(row.visibility());
    if row.number().is_empty() || stored.number().is_empty() {
        out.set_number(row.number().to_owned());
    }
    out
}

fn content<T: Trade>(value: &T, exact: bool) -> String {
    if exact { json(value) } else { json(&value.said()) }
}

fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("plain values always serialise")
}

/// A key that nobody has. A hash stands behind a space, which folded numbers and titles cannot hold.
fn free<T: Trade>(base: Option<String>, value: &T, own_detail: bool, taken: &mut HashSet<String>) -> String {
    let title = base.clone().unwrap_or_else(|| format!("{}/{}", scope(value), fold_key(value.title())));
    let detail = own_detail.then(|| sha256_hex(value.detail().as_bytes()));
    let whole = sha256_hex(json(value).as_bytes());
    let hashes = detail.iter().chain([&whole]);
    let hashed = hashes.flat_map(|hash| DIGITS.map(|n| format!("{title} {}", &hash[..n])));
    let counted = (2u64..).map(|n| format!("{title} {whole}.{n}"));
    let key = base
        .into_iter()
        .chain(hashed)
        .chain(counted)
        .find(|key| !taken.contains(key))
        .expect("counting never ends");
    taken.insert(key.clone());
    key
}

/// The record to store: what the row says, and of what it does not say (level, number) what is stored.
fn settle<T: Trade>(row: Row<T>, key: String, matched: Option<Matched>, stored: &[T]) -> Known<T> {
    let mut value = row.value;
    value.set_key(key);
    let (mut opened_from, mut replaced, mut changed) = (None, false, false);
    if let Some(matched) = matched {
        let old = &stored[matched.stored];
        if !row.visibility_given {
            value.set_visibility(old.visibility());
        } else if value.visibility() < old.visibility() {
            opened_from = Some(old.visibility());
        }
        if value.number().is_empty() {
            value.set_number(old.number().to_owned());
        }
        value.set_merged_into(old.merged_into().map(str::to_owned));
        let another = |a: &str, b: &str| fold_key(a) != fold_key(b);
        replaced =
            matched.by_title && another(value.detail(), old.detail()) || another(value.title(), old.title());
        changed = json(&value) != json(old);
    }
    Known { value, at: row.at, opened_from, replaced, changed }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(title: &str, detail: &str, number: &str) -> Row<Need> {
        let mut value = Need::new("", "e", title);
        value.detail = detail.to_owned();
        value.number = number.to_owned();
        Row { value, visibility_given: false, addition: false, at: 0 }
    }

    /// Imports rows into what is stored; says how many records are new, changed and the same.
    fn import(stored: &mut Vec<Need>, rows: Vec<Row<Need>>) -> [usize; 3] {
        let mut counts = [0; 3];
        let mut seen = HashSet::new();
        for known in identify(rows, stored).records {
            assert!(seen.insert(known.value.key.clone()), "{} twice", known.value.key);
            match stored.iter_mut().find(|s| s.key == known.value.key) {
                None => {
                    counts[0] += 1;
                    stored.push(known.value);
                }
                Some(old) if *old != known.value => {
                    counts[1] += 1;
                    *old = known.value;
                }
                Some(_) => counts[2] += 1,
            }
        }
        counts
    }

    fn details(stored: &[Need]) -> Vec<&str> {
        let mut out: Vec<&str> = stored.iter().map(|s| s.detail.as_str()).collect();
        out.sort_unstable();
        out
    }

    #[test]
    fn the_order_of_rows_changes_nothing() {
        let rows =
            || vec![row("面罩", "a", ""), row("面 罩", "b", ""), row("面罩", "c", ""), row("背板", "a", "")];
        let (mut one, mut two) = (Vec::new(), Vec::new());
        assert_eq!(import(&mut one, rows()), [4, 0, 0]);
        assert_eq!(import(&mut two, rows().into_iter().rev().collect()), [4, 0, 0]);
        let keys = |s: &[Need]| s.iter().map(|n| (n.key.clone(), n.detail.clone())).collect::<BTreeSet<_>>();
        assert_eq!(keys(&one), keys(&two));
        assert!(keys(&one).contains(&("e/背板".to_owned(), "a".to_owned())));
        assert_eq!(import(&mut one, rows().into_iter().rev().collect()), [0, 0, 4]);
    }

    #[test]
    fn corrected_rejects_add_and_overwrite_nothing() {
        let mut stored = Vec::new();
        import(&mut stored, vec![row("面罩", "a", "")]);
        let corrected = || vec![Row { addition: true, ..row("面罩", "b", "") }];
        assert_eq!(import(&mut stored, corrected()), [1, 0, 0]);
        assert_eq!(import(&mut stored, corrected()), [0, 0, 1]);
        assert_eq!(details(&stored), ["a", "b"]);
        let whole = vec![row("面罩", "b", ""), row("面罩", "a", "")];
        assert_eq!(import(&mut stored, whole), [0, 0, 2]);
    }

    #[test]
    fn a_row_removed_leaves_the_others_alone() {
        let mut stored = Vec::new();
        import(&mut stored, vec![row("面罩", "a", ""), row("面罩", "b", ""), row("面罩", "c", "")]);
        assert_eq!(import(&mut stored, vec![row("面罩", "c", ""), row("面罩", "b", "")]), [0, 0, 2]);
        assert_eq!(details(&stored), ["a", "b", "c"]);
    }

    #[test]
    fn one_changed_row_is_a_new_version() {
        let mut stored = Vec::new();
        import(&mut stored, vec![row("面罩", "a", ""), row("面罩", "b", "")]);
        let rows = vec![row("面罩", "d", ""), row("面罩", "a", "")];
        let found = identify(rows.clone(), &stored);
        assert_eq!(found.records.iter().filter(|r| r.replaced).count(), 1, "it is warned of");
        assert_eq!(import(&mut stored, rows), [0, 1, 1]);
        assert_eq!(details(&stored), ["a", "d"]);
        // The same specifications with other quantities: each a new version of its own.
        let more = |detail: &str| {
            let mut row = row("面罩", detail, "");
            row.value.note = format!("{detail}加急");
            row
        };
        assert_eq!(import(&mut stored, vec![more("d"), more("a")]), [0, 2, 0]);
        assert!(stored.iter().all(|s| s.note == format!("{}加急", s.detail)));
    }

    #[test]
    fn a_title_that_looks_like_a_key() {
        let mut stored = Vec::new();
        let rows = || {
            vec![row("螺丝", "a", ""), row("螺丝", "b", ""), row("螺丝#2", "c", ""), row("x", "d", "螺丝")]
        };
        assert_eq!(import(&mut stored, rows()), [4, 0, 0]);
        assert_eq!(import(&mut stored, rows()), [0, 0, 4]);
        assert_eq!(details(&stored), ["a", "b", "c", "d"]);
    }

    #[test]
    fn numbers_identify_where_they_stand_once() {
        let mut stored = Vec::new();
        import(&mut stored, vec![row("面罩", "a", "1"), row("面罩", "b", "2")]);
        assert_eq!(stored.iter().map(|s| s.key.as_str()).collect::<Vec<_>>(), ["e/1", "e/2"]);
        assert_eq!(import(&mut stored, vec![row("面罩", "c", "2")]), [0, 1, 0]);
        assert_eq!(details(&stored), ["a", "c"]);
        // Another number is another record, however alike; no number says nothing against the stored one.
        assert_eq!(import(&mut stored, vec![row("面罩", "c", "3")]), [1, 0, 0]);
        assert_eq!(import(&mut stored, vec![row("面罩", "a", "")]), [0, 0, 1]);
        // An order's number on several rows identifies none of them.
        let mut orders = Vec::new();
        let rows = || vec![row("面罩", "a", "D1"), row("面罩", "b", "D1"), row("背板", "a", "D1")];
        assert_eq!(import(&mut orders, rows()), [3, 0, 0]);
        assert_eq!(import(&mut orders, rows().into_iter().rev().collect()), [0, 0, 3]);
    }

    #[test]
    fn the_same_row_twice_and_two_of_one_specification() {
        let mut other = row("面罩", "a", "");
        other.value.note = "另一批".to_owned();
        let rows = vec![row("面罩", "a", ""), other, row("面罩", "a", "")];
        let found = identify(rows.clone(), &[]);
        assert_eq!((found.records.len(), found.repeated), (2, 1));
        let mut stored = Vec::new();
        assert_eq!(import(&mut stored, rows.clone()), [2, 0, 0]);
        assert_eq!(import(&mut stored, rows.into_iter().rev().collect()), [0, 0, 2]);
    }

    #[test]
    fn a_level_stays_until_another_is_given() {
        let mut stored = Vec::new();
        let level = |level: Visibility, given: bool| {
            let mut row = row("面罩", "a", "");
            (row.value.visibility, row.visibility_given) = (level, given);
            vec![row]
        };
        import(&mut stored, level(Visibility::Secretariat, true));
        assert_eq!(import(&mut stored, level(Visibility::Public, false)), [0, 0, 1]);
        assert_eq!(stored[0].visibility, Visibility::Secretariat);
        let opened = identify(level(Visibility::Members, true), &stored);
        assert_eq!(opened.records[0].opened_from, Some(Visibility::Secretariat));
        assert_eq!(import(&mut stored, level(Visibility::Members, true)), [0, 1, 0]);
        let closed = identify(level(Visibility::Own, true), &stored);
        assert_eq!(
            (closed.records[0].opened_from, closed.records[0].value.visibility),
            (None, Visibility::Own)
        );
    }

    #[test]
    fn what_is_derived_from_a_row_is_no_other_row() {
        let mut stored = Vec::new();
        import(&mut stored, vec![row("面罩", "a", ""), row("面罩", "b", "")]);
        let later = |detail: &str| {
            let mut row = row("面罩", detail, "");
            row.value.valid_until = Some(jiff::civil::date(2027, 2, 1));
            row
        };
        assert_eq!(import(&mut stored, vec![later("b"), later("a")]), [0, 2, 0]);
    }
}
