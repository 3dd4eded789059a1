//! Properties that specifications speak of, as `data/properties.csv` defines them.

mod kin;
mod own;
mod several;

pub use kin::Kin;
pub use several::Several;

use crate::spectext::normal;
use crate::table::{self, TableError};
use aho_corasick::AhoCorasick;
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use std::fmt;

const TABLE: &str = "properties.csv";

/// Identity of a property, such as `wire_diameter`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PropertyId(pub String);

impl fmt::Display for PropertyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What the values of a property are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PropertyKind {
    /// A number with a unit.
    Number,
    /// One or several words (materials, colours, certificates).
    Set,
    /// One word of an ordered scale (IP67, V-0).
    Grade,
    /// Free words (a model number).
    Text,
    /// Lengths of several sides (500×600mm).
    Dimensions,
}

/// How an offer's value meets a need's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Smaller is better (an accuracy, a loss): the offer's upper end counts.
    Smaller,
    /// Larger is better (a purity, a yield): the offer's lower end counts.
    Larger,
    /// The offer's range must hold the need's. Where the need has a nominal value with a tolerance, the nominal counts;
    /// where it has one open end, the offer must reach beyond its closed end.
    Cover,
    /// The offer's value must lie within the need's tolerance.
    Equal,
}

/// What a range (or a lone value) in an offer says, where that is not plain from the direction.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RangeMeaning {
    /// What the product's values spread over: only the worse end is promised (剥离强度1.0~1.4N/mm is at least 1.0).
    #[default]
    #[serde(alias = "")]
    Spread,
    /// What the buyer can choose from: the better end can be had (输出电流5~500mA reaches 500mA).
    Choice,
    /// A lone value is the most that is withstood (耐温260℃ holds for all below, too).
    Limit,
}

/// One value of a set or grade property with its other spellings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PropertyValue {
    /// Canonical spelling.
    pub name: String,
    /// Other spellings.
    pub aliases: Vec<String>,
    /// Number of the ordered scale that it stands on: values of one scale can be the ends of a range (0201~1206).
    scale: usize,
}

/// One property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Property {
    /// Identity.
    pub id: PropertyId,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// Other names in both languages, with their marks (see [`PropertyTable::parse`]).
    pub aliases: Vec<String>,
    /// What its values are.
    pub kind: PropertyKind,
    /// Unit where a text gives none, and in which a shortfall is shown; absent for plain numbers and words.
    pub unit: Option<String>,
    /// How values compare.
    pub direction: Direction,
    /// What a range in an offer says.
    pub range: RangeMeaning,
    /// A set of which an enterprise may have more than it states (certificates): what is missing is unknown, while
    /// another material or colour excludes the one asked for.
    pub open: bool,
    /// Remark for the reader of the table.
    pub note: String,
    /// Known values of a set, the grades from worst to best, or words that need no name (makers).
    pub values: Vec<PropertyValue>,
    /// Marks that stand directly before its number (`P` of P1.25; `±` for accuracies).
    pub prefixes: Vec<String>,
    /// Units that no other property has, so that the unit alone names the property (HRC, AWG).
    pub own_units: Vec<String>,
    /// Units of other dimensions in which it is stated, too (an order of at least 500 m).
    pub other_units: Vec<String>,
    /// Properties that it is a kind of, or that are kinds of it (see [`PropertyTable::relate`]).
    pub kin: Vec<Kin>,
    /// What several words that are only listed in a requirement ask for (see [`PropertyTable::asks`]).
    pub several: Several,
    /// Folded spellings of the values, and their places.
    places: HashMap<String, usize>,
}

impl Property {
    /// A property without unit and words.
    pub fn new(id: &str, (name_zh, name_en): (&str, &str), kind: PropertyKind) -> Self {
        Self {
            id: PropertyId(id.to_owned()),
            name_zh: name_zh.to_owned(),
            name_en: name_en.to_owned(),
            aliases: Vec::new(),
            kind,
            unit: None,
            direction: Direction::Cover,
            range: RangeMeaning::default(),
            open: false,
            note: String::new(),
            values: Vec::new(),
            prefixes: Vec::new(),
            own_units: Vec::new(),
            other_units: Vec::new(),
            kin: Vec::new(),
            several: Several::Any,
            places: HashMap::new(),
        }
    }

    /// The same with its unit and with how its values compare.
    #[must_use]
    pub fn measured(self, unit: Option<&str>, direction: Direction, range: RangeMeaning) -> Self {
        Self { unit: unit.map(str::to_owned), direction, range, ..self }
    }

    /// The same with its words, written as a cell of `values` (see [`PropertyTable::parse`]); `open` as of the field. Of an
    /// open set all words that a requirement lists are asked for, of another any one.
    #[must_use]
    pub fn worded(self, cell: &str, open: bool) -> Self {
        let values = values(cell);
        let places = places(&values);
        let several = if open { Several::All } else { Several::Any };
        Self { values, places, open, several, ..self }
    }

    /// Place of a value on the scale of a grade (0 = worst), or among a set's known values.
    pub fn rank(&self, value: &str) -> Option<usize> {
        self.places.get(&fold(value)).copied()
    }

    /// Canonical spelling of a value; unknown values stay as they are, trimmed.
    pub fn canonical(&self, value: &str) -> String {
        self.rank(value).map_or_else(|| value.trim().to_owned(), |i| self.values[i].name.clone())
    }

    /// The values from one to another on the same ordered scale, by their canonical names; `None` where the two do not
    /// stand on one.
    pub fn values_between(&self, from: &str, to: &str) -> Option<Vec<String>> {
        let (from, to) = (self.rank(from)?, self.rank(to)?);
        let run = self.values.get(from.min(to)..=from.max(to))?;
        let one_scale = run.iter().all(|v| v.scale == run[0].scale);
        (one_scale && run.len() > 1).then(|| run.iter().map(|v| v.name.clone()).collect())
    }

    /// True for accuracies: a bare `±x` states them.
    pub(crate) fn is_accuracy(&self) -> bool {
        self.prefixes.iter().any(|p| p == "±")
    }
}

#[derive(Debug, Deserialize)]
struct Row {
    id: String,
    name_zh: String,
    name_en: String,
    #[serde(default)]
    aliases: String,
    kind: PropertyKind,
    #[serde(default)]
    unit: String,
    direction: Direction,
    #[serde(default)]
    range: RangeMeaning,
    #[serde(default)]
    open: String,
    #[serde(default)]
    note: String,
    #[serde(default)]
    values: String,
    #[serde(default)]
    prefixes: String,
    #[serde(default)]
    own_units: String,
    #[serde(default)]
    other_units: String,
}

/// All known properties, with automata that find their names and values in text.
#[derive(Debug, Clone)]
pub struct PropertyTable {
    rows: Vec<Property>,
    /// So many of the rows, the first ones, are found by their names in texts; the others only by their ids.
    named: usize,
    by_id: HashMap<String, u16>,
    by_name: HashMap<String, Vec<u16>>,
    by_own_unit: HashMap<String, u16>,
    names: Lexicon,
    values: Lexicon,
    prefixes: Lexicon,
    joins: several::Joins,
}

/// Words to find in text, each with what it stands for.
#[derive(Debug, Clone)]
pub(crate) struct Lexicon {
    automaton: AhoCorasick,
    pub entries: Vec<Entry>,
}

/// What one word stands for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Entry {
    /// Properties, and for value words the place of the value in each.
    pub targets: Vec<(u16, u16)>,
    /// True where the word names all its properties at once (`线宽/线距`).
    pub shared: bool,
    /// True where the word is a name only if no ideograph stands directly before it (`含量`, but not `铁含量`).
    pub alone: bool,
}

impl Lexicon {
    fn build(words: Vec<(String, Entry)>) -> Result<Self, TableError> {
        let automaton = AhoCorasick::new(words.iter().map(|w| w.0.as_str()))
            .map_err(|e| TableError::new(TABLE, 0, e.to_string()))?;
        Ok(Self { automaton, entries: words.into_iter().map(|w| w.1).collect() })
    }

    /// All occurrences in folded text, also overlapping ones: entry, start, end.
    pub fn find(&self, folded: &str) -> impl Iterator<Item = (usize, usize, usize)> {
        self.automaton.find_overlapping_iter(folded).map(|m| (m.pattern().as_usize(), m.start(), m.end()))
    }
}

/// Folded form of names and values: normal form in lower-case ASCII.
pub(crate) fn fold(text: &str) -> String {
    let mut key = normal::key(text);
    key.make_ascii_lowercase();
    key
}

impl PropertyTable {
    /// Reads `id,name_zh,name_en,aliases,kind,unit,direction,range,open,note,values,prefixes,own_units,other_units`.
    ///
    /// `aliases` are parted by `|`; one with a leading `&` names all properties that have it at once, one with a
    /// leading `^` is a name only where no ideograph stands directly before it. `range` is `choice`,
    /// `limit` or empty; `open` is `yes` or empty. `values` (of a text: words that are known without its name) are parted
    /// by `|`, and by `<` where they stand on an ordered scale (grades: worst to best), each with `=` and other spellings.
    ///
    /// # Errors
    /// The first faulty row, with its line.
    pub fn parse(text: &str) -> Result<Self, TableError> {
        let mut rows = Vec::new();
        let mut by_id = HashMap::new();
        let mut by_own_unit = HashMap::new();
        for (line, row) in table::rows::<Row>(TABLE, text)? {
            let fault = |what: String| TableError::new(TABLE, line, format!("{}: {what}", row.id));
            let index = u16::try_from(rows.len()).map_err(|_| fault("too many rows".to_owned()))?;
            if row.id.is_empty()
                || !row.id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
            {
                return Err(fault("an id is lower-case letters, digits and _".to_owned()));
            }
            if by_id.insert(row.id.clone(), index).is_some() {
                return Err(fault("the id is already there".to_owned()));
            }
            let own_units: Vec<String> =
                table::words(&row.own_units).iter().map(|w| normal::key(w)).collect();
            for unit in &own_units {
                if by_own_unit.insert(unit.clone(), index).is_some() {
                    return Err(fault(format!("{unit} is another property's own unit")));
                }
            }
            let open = match row.open.as_str() {
                "yes" => true,
                "" => false,
                other => return Err(fault(format!("open is yes or empty, not {other}"))),
            };
            let unit = (!row.unit.is_empty()).then_some(row.unit.as_str());
            let plain = Property::new(&row.id, (&row.name_zh, &row.name_en), row.kind)
                .measured(unit, row.direction, row.range)
                .worded(&row.values, open);
            rows.push(Property {
                aliases: table::words(&row.aliases),
                note: row.note,
                prefixes: table::words(&row.prefixes).iter().map(|p| fold(p)).collect(),
                own_units,
                other_units: table::words(&row.other_units),
                ..plain
            });
        }
        Self::build(rows, by_id, by_own_unit)
    }

    fn build(
        rows: Vec<Property>,
        by_id: HashMap<String, u16>,
        by_own_unit: HashMap<String, u16>,
    ) -> Result<Self, TableError> {
        let names = name_words(&rows);
        let by_name =
            names.iter().map(|(w, e)| (squeeze(w), e.targets.iter().map(|t| t.0).collect())).collect();
        Ok(Self {
            named: rows.len(),
            by_id,
            by_name,
            by_own_unit,
            names: Lexicon::build(names)?,
            values: Lexicon::build(value_words(&rows))?,
            prefixes: Lexicon::build(prefix_words(&rows))?,
            joins: several::Joins::default(),
            rows,
        })
    }

    /// A table of these of its properties (`*` for all) and of further ones.
    ///
    /// # Errors
    /// Too many words for an automaton.
    pub fn subset(&self, ids: &[&str], further: Vec<Property>) -> Result<Self, TableError> {
        let all = ids.contains(&"*");
        let chosen = self.rows().iter().filter(|p| all || ids.contains(&p.id.0.as_str())).cloned();
        let rows: Vec<Property> = chosen.chain(further).collect();
        let by_id = (0..).zip(&rows).map(|(index, p)| (p.id.0.clone(), index)).collect();
        let own =
            |(index, p): (u16, &Property)| p.own_units.iter().map(|u| (u.clone(), index)).collect::<Vec<_>>();
        let by_own_unit = (0..).zip(&rows).flat_map(own).collect();
        Ok(Self { joins: self.joins.clone(), ..Self::build(rows, by_id, by_own_unit)? })
    }

    /// Adds properties, or replaces those of the same id, that are found by their ids but by no word of a text.
    pub fn add_unnamed(&mut self, further: Vec<Property>) {
        for property in further {
            match self.by_id.get(&property.id.0) {
                Some(&index) => self.rows[usize::from(index)] = property,
                None => {
                    let Ok(index) = u16::try_from(self.rows.len()) else { return };
                    self.by_id.insert(property.id.0.clone(), index);
                    self.rows.push(property);
                }
            }
        }
    }

    /// All properties that texts name, in the table's order.
    pub fn rows(&self) -> &[Property] {
        &self.rows[..self.named]
    }

    /// The property with an id.
    pub fn get(&self, id: &PropertyId) -> Option<&Property> {
        self.index(id).map(|i| self.at(i))
    }

    /// The property with an id, as text.
    pub fn by_id(&self, id: &str) -> Option<&Property> {
        self.by_id.get(id).map(|i| self.at(*i))
    }

    /// Properties that have this name or alias in either language, whatever its case, width and spaces;
    /// those whose first name it is come first.
    pub fn by_name(&self, name: &str) -> Vec<&Property> {
        let key = squeeze(&fold(name));
        let mut out: Vec<&Property> =
            self.by_name.get(&key).into_iter().flatten().map(|i| self.at(*i)).collect();
        out.sort_by_key(|p| squeeze(&fold(&p.name_zh)) != key && squeeze(&fold(&p.name_en)) != key);
        out
    }

    /// Chinese name of a property; the id where it is unknown.
    pub fn name_zh<'a>(&'a self, id: &'a PropertyId) -> &'a str {
        self.get(id).map_or(&id.0, |p| &p.name_zh)
    }

    /// The longest property name that starts at byte `at` of a text: its bytes in the text's normal form, and its
    /// properties.
    pub fn longest_name_at(&self, text: &str, at: usize) -> Option<(usize, Vec<&Property>)> {
        let folded = fold(text.get(at..)?);
        let (entry, _, end) = self.names.find(&folded).filter(|m| m.1 == 0).max_by_key(|m| m.2)?;
        Some((end, self.names.entries[entry].targets.iter().map(|t| self.at(t.0)).collect()))
    }

    pub(crate) fn index(&self, id: &PropertyId) -> Option<u16> {
        self.by_id.get(&id.0).copied()
    }

    pub(crate) fn at(&self, index: u16) -> &Property {
        &self.rows[usize::from(index)]
    }

    pub(crate) fn owner_of_unit(&self, symbol: &str) -> Option<u16> {
        self.by_own_unit.get(symbol).copied()
    }

    pub(crate) fn names(&self) -> &Lexicon {
        &self.names
    }

    pub(crate) fn values(&self) -> &Lexicon {
        &self.values
    }

    pub(crate) fn prefixes(&self) -> &Lexicon {
        &self.prefixes
    }

    /// Accuracies in the table's order.
    pub(crate) fn accuracies(&self) -> impl Iterator<Item = u16> {
        (0u16..).zip(self.rows()).filter(|(_, p)| p.is_accuracy()).map(|(i, _)| i)
    }
}

fn squeeze(key: &str) -> String {
    key.chars().filter(|c| *c != ' ').collect()
}

fn values(cell: &str) -> Vec<PropertyValue> {
    let scales = cell.split('|').enumerate();
    scales
        .flat_map(|(scale, run)| run.split('<').map(move |entry| (scale, entry)))
        .filter_map(|(scale, entry)| {
            let mut words = entry.split('=').map(str::trim).filter(|w| !w.is_empty()).map(str::to_owned);
            Some(PropertyValue { name: words.next()?, aliases: words.collect(), scale })
        })
        .collect()
}

fn places(values: &[PropertyValue]) -> HashMap<String, usize> {
    let mut out = HashMap::new();
    for (place, value) in values.iter().enumerate() {
        for word in [&value.name].into_iter().chain(&value.aliases) {
            out.entry(fold(word)).or_insert(place);
        }
    }
    out
}

/// How an alias names its properties.
#[derive(Clone, Copy, Default)]
struct Manner {
    shared: bool,
    alone: bool,
}

fn collect(words: impl Iterator<Item = (String, (u16, u16), Manner)>) -> Vec<(String, Entry)> {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut out: Vec<(String, Entry)> = Vec::new();
    for (word, target, manner) in words.filter(|w| !w.0.is_empty()) {
        let place = *places.entry(word.clone()).or_insert_with(|| {
            out.push((word, Entry::default()));
            out.len() - 1
        });
        let entry = &mut out[place].1;
        entry.shared |= manner.shared;
        entry.alone |= manner.alone;
        if !entry.targets.iter().any(|t| t.0 == target.0) {
            entry.targets.push(target);
        }
    }
    out
}

fn name_words(rows: &[Property]) -> Vec<(String, Entry)> {
    let names = (0u16..).zip(rows).flat_map(|(index, p)| {
        let all = [&p.name_zh, &p.name_en].into_iter().chain(&p.aliases);
        let mut seen = HashSet::new();
        all.flat_map(move |name| {
            let bare = name.trim_start_matches(['&', '^']);
            let manner = Manner { shared: name.starts_with('&'), alone: name.starts_with('^') };
            let word = fold(bare);
            // `boardthickness` and `board thickness` are one name.
            let tight = squeeze(&word);
            let second = (tight != word).then_some(tight);
            [Some(word), second].into_iter().flatten().map(move |w| (w, manner))
        })
        .filter(move |w| seen.insert(w.0.clone()))
        .map(move |(word, manner)| (word, (index, 0), manner))
    });
    collect(names)
}

fn value_words(rows: &[Property]) -> Vec<(String, Entry)> {
    let words = (0u16..).zip(rows).flat_map(|(index, p)| {
        (0u16..).zip(&p.values).flat_map(move |(place, value)| {
            [&value.name]
                .into_iter()
                .chain(&value.aliases)
                .map(move |w| (fold(w), (index, place), Manner::default()))
        })
    });
    collect(words)
}

fn prefix_words(rows: &[Property]) -> Vec<(String, Entry)> {
    let words = (0u16..).zip(rows).flat_map(|(index, p)| {
        p.prefixes.iter().filter(|w| *w != "±").map(move |w| (w.clone(), (index, 0), Manner::default()))
    });
    collect(words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::BUILTIN;
    use crate::unit::UnitTable;

    #[test]
    fn shipped_table_is_sound() {
        let units = UnitTable::parse(BUILTIN.units).unwrap();
        let table = PropertyTable::parse(BUILTIN.properties).unwrap();
        assert!(table.rows().len() >= 150);
        for p in table.rows() {
            for unit in p.unit.iter().chain(&p.own_units) {
                assert!(units.unit(unit).is_ok(), "{}: {unit}", p.id);
            }
            let worded = matches!(p.kind, PropertyKind::Set | PropertyKind::Grade);
            let free = p.kind == PropertyKind::Text;
            assert!(free || worded != p.values.is_empty(), "{}", p.id);
            let mut names = HashSet::new();
            for name in [&p.name_zh, &p.name_en].into_iter().chain(&p.aliases) {
                assert!(names.insert(squeeze(&fold(name))), "{}: {name} twice", p.id);
            }
        }
    }

    #[test]
    fn names_fold() {
        let table = PropertyTable::parse(BUILTIN.properties).unwrap();
        let ids = |name: &str| table.by_name(name).iter().map(|p| p.id.0.clone()).collect::<Vec<_>>();
        assert_eq!(ids("板　厚")[0], "board_thickness");
        assert_eq!(ids("BoardThickness"), ["board_thickness"]);
        assert_eq!(ids("ＴＧ值"), ["tg"]);
        assert_eq!(ids("直径")[0], "diameter");
        assert!(ids("").is_empty());
        let (len, found) = table.longest_name_at("板厚度1.6", 0).unwrap();
        assert_eq!((len, found[0].id.0.as_str()), ("板厚度".len(), "board_thickness"));
    }

    #[test]
    fn grades_rank() {
        let table = PropertyTable::parse(BUILTIN.properties).unwrap();
        let flammability = table.by_id("flammability").unwrap();
        assert!(flammability.rank("94V-0") > flammability.rank("v1"));
        assert_eq!(flammability.canonical("UL94V0"), "V-0");
    }

    #[test]
    fn faulty_rows_are_placed() {
        let head = "id,name_zh,name_en,aliases,kind,unit,direction,note,values,prefixes,own_units\n";
        for (row, expect) in [
            (
                "Big,大,big,,number,mm,cover,,,,",
                "properties.csv line 2: Big: an id is lower-case letters, digits and _",
            ),
            (
                "a,甲,a,,number,mm,cover,,,,\na,甲,a,,number,mm,cover,,,,",
                "properties.csv line 3: a: the id is already there",
            ),
        ] {
            assert_eq!(PropertyTable::parse(&format!("{head}{row}\n")).unwrap_err().to_string(), expect);
        }
        assert!(PropertyTable::parse(&format!("{head}a,甲,a,,colour,mm,cover,,,,\n")).is_err());
    }
}
