//! Enterprises that may be recorded twice: proposals for a person to confirm or reject, never a merge.
//!
//! Only pairs that share a block are compared (code, name form, name with one character left out, telephone, address),
//! so that the work grows with the number of enterprises, not with its square. Evidence is combined as independent
//! chances of being the same, `score = 1 - Π(1 - p)`:
//!
//! | evidence | p |
//! |---|---|
//! | same unified social credit code | 1 |
//! | same name, brackets and blanks aside | 0.9 |
//! | one's short or former name is the other's name | 0.85 |
//! | same name without region and legal form | 0.75 |
//! | names differ by one character | 0.6 |
//! | same brand, other words for the line of business | 0.4 |
//! | same telephone | 0.5 |
//! | same address | 0.4 |
//!
//! Different codes, different regions in the names and a branch against its head office speak against it and lower the
//! score. Pairs below [`SCORE_MIN`] are not proposed.

mod name;

use model::enterprise::Enterprise;
use model::fold::fold_name;
use model::region::RegionTable;
use name::{NameForm, RegionNames};
use rayon::prelude::*;
use std::collections::{BTreeSet, HashMap};

/// Least score of a proposal.
pub const SCORE_MIN: f64 = 0.6;

/// A block with more members says little (the telephone of an agent, a park's address); in it each member is compared
/// with as many neighbours as this.
const NEIGHBOURS_MAX: usize = 40;

/// Two records that may be one enterprise.
#[derive(Debug, Clone, PartialEq)]
pub struct DuplicateProposal {
    /// Key of the one, the lesser of the two.
    pub a: String,
    /// Key of the other.
    pub b: String,
    /// How sure it is, [`SCORE_MIN`]..=1.
    pub score: f64,
    /// Why, and what speaks against it, in Chinese.
    pub reasons: Vec<String>,
}

/// What is compared of one enterprise.
struct Record<'a> {
    enterprise: &'a Enterprise,
    name: NameForm,
    /// Short, former and other names.
    others: Vec<NameForm>,
    phone: String,
    address: String,
}

/// Proposes pairs, surest first, then by keys. The result does not depend on the order of the input.
pub fn propose(enterprises: &[Enterprise], regions: &RegionTable) -> Vec<DuplicateProposal> {
    let names = RegionNames::new(regions);
    let mut records: Vec<Record<'_>> = enterprises.par_iter().map(|e| Record::new(e, &names)).collect();
    records.sort_by(|a, b| a.enterprise.key.cmp(&b.enterprise.key));
    let mut blocks: HashMap<String, Vec<usize>> = HashMap::new();
    for (index, record) in records.iter().enumerate() {
        for key in record.blocks() {
            blocks.entry(key).or_default().push(index);
        }
    }
    let mut pairs: Vec<(usize, usize)> = blocks
        .par_iter()
        .flat_map_iter(|(_, members)| {
            members
                .iter()
                .enumerate()
                .flat_map(|(at, &a)| members[at + 1..].iter().take(NEIGHBOURS_MAX).map(move |&b| (a, b)))
        })
        .collect();
    pairs.par_sort_unstable();
    pairs.dedup();
    let mut out: Vec<DuplicateProposal> =
        pairs.into_par_iter().filter_map(|(a, b)| compare(&records[a], &records[b], &names)).collect();
    out.sort_by(|x, y| y.score.total_cmp(&x.score).then_with(|| (&x.a, &x.b).cmp(&(&y.a, &y.b))));
    out
}

impl<'a> Record<'a> {
    fn new(enterprise: &'a Enterprise, names: &RegionNames) -> Self {
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

    /// Keys under which it meets others; each kind of key has its own prefix.
    fn blocks(&self) -> BTreeSet<String> {
        let mut out = BTreeSet::new();
        out.extend(self.enterprise.uscc.as_ref().map(|code| format!("c{code}")));
        for form in self.forms() {
            out.insert(format!("n{}", form.full));
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

fn compare(a: &Record<'_>, b: &Record<'_>, names: &RegionNames) -> Option<DuplicateProposal> {
    let mut reasons = Vec::new();
    let mut different = 1.0;
    let mut evidence = |p: f64, words: String| {
        different *= 1.0 - p;
        reasons.push(words);
    };
    let codes = a.enterprise.uscc.as_ref().zip(b.enterprise.uscc.as_ref());
    if codes.is_some_and(|(a, b)| a == b) {
        evidence(1.0, "统一社会信用代码相同".to_owned());
    }
    if let Some((p, words)) = name_evidence(a, b) {
        evidence(p, words);
    }
    if !a.phone.is_empty() && a.phone == b.phone {
        evidence(0.5, "联系电话相同".to_owned());
    }
    if !a.address.is_empty() && a.address == b.address {
        evidence(0.4, "地址相同".to_owned());
    }
    let mut score = 1.0 - different;
    let mut against = |factor: f64, words: &str| {
        score *= factor;
        reasons.push(words.to_owned());
    };
    if codes.is_some_and(|(a, b)| a != b) {
        // Two legal persons, unless one code is mistyped: only a name that is the same keeps the pair.
        let same_name = a.name.full == b.name.full;
        against(if same_name { 0.7 } else { 0.3 }, "统一社会信用代码不同");
    }
    if elsewhere(&a.name, &b.name, names) {
        against(0.5, "名称中的地区不同");
    }
    if a.name.branch != b.name.branch {
        against(0.6, "一方为分支机构");
    }
    // Four decimals hide the last bits of products.
    let score = (score * 1e4).round() / 1e4;
    (score >= SCORE_MIN).then(|| DuplicateProposal {
        a: a.enterprise.key.clone(),
        b: b.enterprise.key.clone(),
        score,
        reasons,
    })
}

/// The strongest of what two records' names say.
fn name_evidence(a: &Record<'_>, b: &Record<'_>) -> Option<(f64, String)> {
    let (x, y) = (&a.name, &b.name);
    if x.full == y.full {
        return Some((0.9, "名称相同".to_owned()));
    }
    let alias = |one: &Record<'_>, other: &Record<'_>| {
        one.others.iter().any(|form| other.forms().any(|o| form.full == o.full || form.full == o.core))
    };
    if alias(a, b) || alias(b, a) {
        return Some((0.85, "一方的简称或曾用名即另一方名称".to_owned()));
    }
    if x.core == y.core && !x.brand.is_empty() {
        return Some((0.75, format!("去掉地区和组织形式后名称相同（{}）", x.core)));
    }
    if x.core.chars().count() >= 5 && one_apart(&x.core, &y.core) {
        return Some((0.6, format!("名称只差一字（{}—{}）", x.core, y.core)));
    }
    let same_brand = x.brand == y.brand && x.brand.chars().count() >= 2;
    same_brand.then(|| (0.4, format!("字号相同（{}）", x.brand)))
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
    use model::reference::Reference;
    use model::uscc::Uscc;

    fn score(a: &Enterprise, b: &Enterprise) -> f64 {
        let found = propose(&[a.clone(), b.clone()], &Reference::builtin().regions);
        found.first().map_or(0.0, |p| p.score)
    }

    fn enterprise(name: &str) -> Enterprise {
        let mut out = Enterprise::new(None, name);
        // Keys of their own, as two records of one name from two sources have.
        out.key = format!("{name}#{}", name.len());
        out
    }

    #[test]
    fn pairs_of_names() {
        for (a, b, expect) in [
            ("吉安市鑫源电子有限公司", "吉安市鑫源电子有限公司 ", 0.9),
            ("鑫源（吉安）电子有限公司", "鑫源(吉安)电子有限公司", 0.9),
            ("江西鑫源电子有限公司", "吉安市鑫源电子有限责任公司", 0.75),
            ("江西鑫源电子科技有限公司", "江西鑫原电子科技有限公司", 0.6),
            ("泰和县鑫源电子有限公司", "万安县鑫源电子有限公司", 0.0),
            ("江西鑫源电子有限公司", "江西博雅电子有限公司", 0.0),
            ("江西鑫源电子有限公司", "江西鑫源环保有限公司", 0.0),
            ("吉安市电子有限公司", "吉安市科技有限公司", 0.0),
            ("鑫源电子有限公司", "鑫源电子有限公司泰和分公司", 0.0),
        ] {
            let (mut x, mut y) = (enterprise(a), enterprise(b));
            (x.key, y.key) = ("1".to_owned(), "2".to_owned());
            assert_eq!(score(&x, &y), expect, "{a} / {b}");
            assert_eq!(score(&y, &x), expect, "{b} / {a}");
        }
    }

    #[test]
    fn codes_telephones_and_short_names() {
        let code = |first: &str| Uscc::complete(first).unwrap();
        let mut a = enterprise("江西鑫源电子有限公司");
        let mut b = enterprise("吉安甲乙光电有限公司");
        assert_eq!(score(&a, &b), 0.0);
        a.uscc = Some(code("91360800MA000001"));
        b.uscc = a.uscc.clone();
        assert_eq!(score(&a, &b), 1.0);
        b.uscc = Some(code("91360800MA000002"));
        assert_eq!(score(&a, &b), 0.0);

        let mut short = enterprise("鑫源");
        assert_eq!(score(&a, &short), 0.0);
        short.contact.phone = "0796-8888 888".to_owned();
        a.contact.phone = "07968888888".to_owned();
        assert_eq!(score(&a, &short), 0.7);
        a.short_name = "鑫源".to_owned();
        assert_eq!(score(&a, &short), 0.925);
        short.address = "江西省吉安市泰和县工业园区一号".to_owned();
        a.address = "江西省吉安市泰和县工业园区 一号".to_owned();
        assert_eq!(score(&a, &short), 0.955);
    }

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
    fn order_does_not_matter() {
        let many: Vec<Enterprise> = (0..300)
            .map(|i| enterprise(&format!("吉安市{}{}电子有限公司", ["鑫", "源", "博"][i % 3], i % 70)))
            .collect();
        let keyed: Vec<Enterprise> = many
            .into_iter()
            .enumerate()
            .map(|(i, mut e)| {
                e.key = format!("{i:04}");
                e
            })
            .collect();
        let reversed: Vec<Enterprise> = keyed.iter().rev().cloned().collect();
        let regions = &Reference::builtin().regions;
        let found = propose(&keyed, regions);
        assert!(!found.is_empty());
        assert_eq!(found, propose(&reversed, regions));
    }
}
