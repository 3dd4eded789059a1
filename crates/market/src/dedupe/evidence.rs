//! What two records say of being one enterprise: the fields compared, and the level of agreement of each.

use super::linkage::{self, Levels, Scheme};
use super::name::{NameForm, RegionNames};
use super::product::alike_share;
use super::{Compared, Found, Sure};
use model::enterprise::Enterprise;
use model::fold::fold_name;
use std::collections::BTreeSet;

/// Share of common character pairs from which two addresses are alike.
const ALIKE_MIN: f64 = 0.6;

/// A field that is compared, by its place in [`SCHEME`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Name,
    /// Regions that the names name.
    NamedRegion,
    /// Where they are recorded to be.
    Place,
    Phone,
    Address,
    /// Head office or branch.
    Branch,
}

/// Levels of the fields with the shipped m and u; set by hand.
pub(super) const SCHEME: Scheme = &[
    linkage::Field {
        words: &[
            "名称不同",
            "字号相同",
            "名称只差一字",
            "去掉地区和组织形式后名称相同",
            "一方的简称或曾用名即另一方名称",
            "名称相同",
        ],
        m: &[0.02, 0.05, 0.10, 0.30, 0.15, 0.38],
        u: &[0.6, 0.36, 0.006, 0.0195, 0.004, 0.0005],
    },
    linkage::Field {
        words: &["名称中的地区不同", "名称中的地区相符"], m: &[0.03, 0.97], u: &[0.55, 0.45]
    },
    linkage::Field { words: &["所在地不同", "所在地相符"], m: &[0.08, 0.92], u: &[0.70, 0.30] },
    linkage::Field {
        words: &["联系电话不同", "联系电话相同"], m: &[0.35, 0.65], u: &[0.97, 0.03]
    },
    linkage::Field {
        words: &["地址不同", "地址相近", "地址相同"],
        m: &[0.30, 0.20, 0.50],
        u: &[0.93, 0.04, 0.03],
    },
    linkage::Field {
        words: &["一方为分支机构", "同为总部或同为分支"], m: &[0.02, 0.98], u: &[0.15, 0.85]
    },
];

/// What is compared of one enterprise.
pub(super) struct Record<'a> {
    enterprise: &'a Enterprise,
    name: NameForm,
    /// Short, former and other names.
    others: Vec<NameForm>,
    phone: String,
    address: String,
}

impl<'a> Record<'a> {
    pub fn new(enterprise: &'a Enterprise, names: &RegionNames) -> Self {
        let others = std::iter::once(&enterprise.short_name)
            .chain(&enterprise.other_names)
            .filter(|name| !name.trim().is_empty())
            .map(|name| NameForm::read(name, names))
            .collect();
        let digits: String = enterprise
            .contact
            .phone
            .chars()
            .map(model::fold::fold_char)
            .filter(char::is_ascii_digit)
            .collect();
        Self {
            enterprise,
            name: NameForm::read(&enterprise.name, names),
            others,
            phone: if digits.len() >= 7 { digits } else { String::new() },
            address: Some(fold_name(&enterprise.address))
                .filter(|a| a.chars().count() >= 8)
                .unwrap_or_default(),
        }
    }

    fn forms(&self) -> impl Iterator<Item = &NameForm> {
        std::iter::once(&self.name).chain(&self.others)
    }
}

impl Compared for Record<'_> {
    fn key(&self) -> &str {
        &self.enterprise.key
    }

    /// Each kind of key has its own prefix.
    fn blocks(&self) -> BTreeSet<String> {
        let mut out = BTreeSet::new();
        out.extend(self.enterprise.uscc.as_ref().map(|code| format!("c{code}")));
        for form in self.forms() {
            out.insert(format!("n{}", form.full));
            out.insert(format!("n{}", form.plain));
            out.insert(format!("n{}", form.core));
            if form.brand.chars().count() >= 2 {
                out.insert(format!("b{}", form.brand));
            }
        }
        // Names that differ by one character meet where it is left out.
        let core: Vec<char> = self.name.core.chars().collect();
        if (4..=16).contains(&core.len()) {
            out.insert(format!("d{}", self.name.core));
            for skip in 0..core.len() {
                let rest = core.iter().enumerate().filter(|(i, _)| *i != skip).map(|(_, c)| *c);
                out.insert(format!("d{}", rest.collect::<String>()));
            }
        }
        for (prefix, text) in [("t", &self.phone), ("a", &self.address)] {
            if !text.is_empty() {
                out.insert(format!("{prefix}{text}"));
            }
        }
        out
    }
}

/// Compares two records. A field that one of them does not have says nothing.
pub(super) fn compare(a: &Record<'_>, b: &Record<'_>, names: &RegionNames) -> Found {
    let (name, detail) = name_level(a, b);
    let codes = a.enterprise.uscc.as_ref().zip(b.enterprise.uscc.as_ref());
    let regions = (!a.name.regions.is_empty() && !b.name.regions.is_empty())
        .then(|| u8::from(!elsewhere(&a.name, &b.name, names)));
    let places = a.enterprise.region.as_ref().zip(b.enterprise.region.as_ref());
    let both = |x: &str, y: &str| !x.is_empty() && !y.is_empty();
    let mut levels = Levels::default();
    let mut put = |field: Field, level: Option<u8>| levels[field as usize] = level;
    put(Field::Name, Some(name));
    put(Field::NamedRegion, regions);
    put(Field::Place, places.map(|(a, b)| u8::from(names.compatible(a, b))));
    put(Field::Phone, both(&a.phone, &b.phone).then(|| u8::from(a.phone == b.phone)));
    put(Field::Address, both(&a.address, &b.address).then(|| address_level(&a.address, &b.address)));
    put(Field::Branch, Some(u8::from(a.name.branch == b.name.branch)));
    let sure = codes.map(|(a, b)| if a == b { Sure::One("统一社会信用代码相同") } else { Sure::Two });
    Found { levels, sure, detail: (Field::Name as usize, detail) }
}

/// The strongest of what two records' names say.
fn name_level(a: &Record<'_>, b: &Record<'_>) -> (u8, String) {
    let (x, y) = (&a.name, &b.name);
    if x.full == y.full {
        return (5, String::new());
    }
    let alias = |one: &Record<'_>, other: &Record<'_>| {
        one.others.iter().any(|form| other.forms().any(|o| form.plain == o.plain || form.plain == o.core))
    };
    if alias(a, b) || alias(b, a) {
        return (4, String::new());
    }
    if x.core == y.core && !x.brand.is_empty() {
        return (3, format!("：{}", x.core));
    }
    if x.core.chars().count() >= 5 && one_apart(&x.core, &y.core) && numbers(&x.core).eq(numbers(&y.core)) {
        return (2, format!("：{}—{}", x.core, y.core));
    }
    if x.brand == y.brand && x.brand.chars().count() >= 2 {
        return (1, format!("：{}", x.brand));
    }
    (0, String::new())
}

/// The numbers of a name: plants are told apart by them (第一机械厂, 第二机械厂), and that is no slip of the pen.
fn numbers(name: &str) -> impl Iterator<Item = char> {
    name.chars().filter(|c| c.is_ascii_digit() || "一二三四五六七八九十".contains(*c))
}

/// 2 for the same, 1 for alike by the pairs of neighbouring characters, else 0.
fn address_level(a: &str, b: &str) -> u8 {
    if a == b {
        return 2;
    }
    u8::from(alike_share(a, b) >= ALIKE_MIN)
}

/// True where both names name regions and none of the one goes with any of the other.
fn elsewhere(a: &NameForm, b: &NameForm, names: &RegionNames) -> bool {
    !a.regions.is_empty()
        && !b.regions.is_empty()
        && !a.regions.iter().any(|x| b.regions.iter().any(|y| names.compatible(x, y)))
}

/// True where one character replaced, left out or put in makes the one text the other.
fn one_apart(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if long.len() - short.len() > 1 {
        return false;
    }
    let same_head = short.iter().zip(&long).take_while(|(x, y)| x == y).count();
    let same_tail = short.iter().rev().zip(long.iter().rev()).take_while(|(x, y)| x == y).count();
    same_head + same_tail.min(short.len() - same_head) + 1 >= long.len() && short != long
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_character() {
        for (a, b, expect) in [
            ("abc", "abd", true),
            ("abc", "ab", true),
            ("abc", "acb", false),
            ("aab", "ab", true),
            ("abc", "abc", false),
            ("abc", "adec", false),
        ] {
            assert_eq!(one_apart(a, b), expect, "{a} {b}");
            assert_eq!(one_apart(b, a), expect, "{b} {a}");
        }
    }

    #[test]
    fn addresses() {
        for (a, b, expect) in [
            ("泰和县工业园区创新大道8号", "泰和县工业园区创新大道8号", 2),
            ("泰和县工业园区创新大道8号", "江西省泰和县工业园区创新大道8号", 1),
            ("泰和县工业园区创新大道8号", "万安县五丰镇建材路101号", 0),
        ] {
            assert_eq!(address_level(a, b), expect, "{a} {b}");
        }
    }
}
