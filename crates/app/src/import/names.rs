//! One code, several names: which rows cannot be of the enterprise whose code they give.

use model::enterprise::Enterprise;
use model::fold::fold_name;
use model::region::RegionTable;
use model::uscc::Uscc;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A row that gives code and name of an enterprise.
#[derive(Debug, Clone)]
pub struct Claim {
    /// Code.
    pub uscc: Uscc,
    /// Name.
    pub name: String,
    /// Short and former names that the row gives with it.
    pub other_names: Vec<String>,
    /// True for a row of an enterprise sheet: those name enterprises, the others only refer to them.
    pub of_enterprise: bool,
}

/// Characters of a name that as a part of another says that the two are one.
const PART_CHARS_MIN: usize = 3;

/// True for names that may be one enterprise's: the same when folded, one a part of the other, or alike enough to be
/// proposed as duplicates.
pub fn alike(a: &str, b: &str, regions: &RegionTable) -> bool {
    let (x, y) = (fold_name(a), fold_name(b));
    let part = |short: &str, long: &str| short.chars().count() >= PART_CHARS_MIN && long.contains(short);
    if part(&x, &y) || part(&y, &x) || x == y {
        return true;
    }
    let pair = [Enterprise::new(None, a), Enterprise::new(None, b)];
    !market::dedupe::propose(&pair, &[], regions).is_empty()
}

/// The claims that are refused, by index, with the name that speaks against each. A code belongs to the name that is
/// stored or that enterprise sheets agree on; where nothing says which of two names is right, both are refused. A lone
/// new name under a stored code is no conflict but a renaming.
pub fn conflicts(claims: &[Claim], stored: &[Enterprise], regions: &RegionTable) -> BTreeMap<usize, String> {
    let mut by_code: HashMap<&Uscc, Vec<usize>> = HashMap::new();
    for (index, claim) in claims.iter().enumerate().filter(|(_, c)| !c.name.is_empty()) {
        by_code.entry(&claim.uscc).or_default().push(index);
    }
    let known: HashMap<&Uscc, &Enterprise> =
        stored.iter().filter_map(|e| Some((e.uscc.as_ref()?, e))).collect();
    let mut refused = BTreeMap::new();
    for (code, members) in by_code {
        let mut names: BTreeMap<String, &str> = BTreeMap::new();
        for &index in &members {
            names.entry(fold_name(&claims[index].name)).or_insert(&claims[index].name);
        }
        if names.len() < 2 {
            continue;
        }
        let aliases: BTreeSet<String> =
            members.iter().flat_map(|&i| &claims[i].other_names).map(|name| fold_name(name)).collect();
        let same = |a: &str, b: &str| {
            let alias = |name: &str| aliases.contains(&fold_name(name));
            alias(a) || alias(b) || alike(a, b, regions)
        };
        let mut right: Vec<&str> = Vec::new();
        if let Some(enterprise) = known.get(code) {
            right.extend([enterprise.name.as_str(), enterprise.short_name.as_str()]);
            right.extend(enterprise.other_names.iter().map(String::as_str));
            right.retain(|name| !name.is_empty());
        }
        let sheet: BTreeSet<&str> =
            members.iter().filter(|&&i| claims[i].of_enterprise).map(|&i| claims[i].name.as_str()).collect();
        let stored_in_sheet = sheet.iter().any(|name| right.iter().any(|r| same(r, name)));
        if sheet.iter().all(|a| sheet.iter().all(|b| same(a, b))) && (right.is_empty() || !stored_in_sheet) {
            right.extend(&sheet);
        }
        // Names are compared once, however many rows write them.
        let wrong: HashMap<&str, &str> = names
            .iter()
            .filter(|(_, name)| !right.iter().any(|r| same(r, name)))
            .filter_map(|(key, name)| {
                let other = names.values().find(|other| !same(other, name))?;
                Some((key.as_str(), *other))
            })
            .collect();
        for &index in &members {
            if let Some(other) = wrong.get(fold_name(&claims[index].name).as_str()) {
                refused.insert(index, (*other).to_owned());
            }
        }
    }
    refused
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::reference::Reference;

    const GOOD: &str = "泰和鑫源电子有限公司";
    const BAD: &str = "万安博远塑胶有限公司";

    fn claim(name: &str, of_enterprise: bool) -> Claim {
        let uscc = Uscc::complete("91360826MA000000").unwrap();
        Claim { uscc, name: name.to_owned(), other_names: Vec::new(), of_enterprise }
    }

    fn refused(claims: &[Claim], stored: &[Enterprise]) -> Vec<usize> {
        conflicts(claims, stored, &Reference::builtin().regions).into_keys().collect()
    }

    #[test]
    fn unlike_names_under_one_code() {
        let [good, bad] = [claim(GOOD, false), claim(BAD, false)];
        assert_eq!(refused(&[good.clone(), bad.clone()], &[]), [0, 1], "nothing says which is right");
        let stored = Enterprise::new(Some(good.uscc.clone()), GOOD);
        assert_eq!(refused(&[good.clone(), bad.clone()], std::slice::from_ref(&stored)), [1]);
        assert_eq!(refused(&[claim(GOOD, true), bad.clone(), good.clone()], &[]), [1]);
        assert_eq!(
            refused(std::slice::from_ref(&bad), std::slice::from_ref(&stored)),
            [0usize; 0],
            "a renaming"
        );
        // The directory renames, other rows still use the stored name.
        assert_eq!(refused(&[claim(BAD, true), good.clone()], &[stored]), [0usize; 0]);
        // Names that are alike, and a former name.
        assert_eq!(refused(&[good.clone(), claim("鑫源电子", false)], &[]), [0usize; 0]);
        let mut renamed = claim(BAD, true);
        renamed.other_names = vec![GOOD.to_owned()];
        assert_eq!(refused(&[good, renamed], &[]), [0usize; 0]);
    }
}
