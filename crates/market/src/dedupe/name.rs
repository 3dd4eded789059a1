//! Forms of an enterprise's name: what is left when region, legal form and line of business are taken off.

use model::fold::{fold_key, fold_name};
use model::region::RegionTable;
use std::collections::HashMap;

/// Legal forms, longest first where one ends in another.
const LEGAL_FORMS: &[&str] = &[
    "股份有限公司",
    "有限责任公司",
    "有限公司",
    "股份公司",
    "总公司",
    "公司",
    "个人独资企业",
    "合伙企业",
    "普通合伙",
    "有限合伙",
    "个体工商户",
    "经营部",
    "colimited",
    "coltd",
    "limited",
    "company",
    "corp",
    "inc",
    "ltd",
    "llc",
    "gmbh",
];

/// Words for a line of business: two enterprises that share only these share nothing.
const BUSINESS_WORDS: &[&str] = &[
    "集团",
    "控股",
    "电子",
    "科技",
    "光电",
    "实业",
    "技术",
    "新材料",
    "材料",
    "制造",
    "工业",
    "精密",
    "五金",
    "塑胶",
    "塑料",
    "电路",
    "线路板",
    "电气",
    "电器",
    "照明",
    "显示",
    "半导体",
    "信息",
    "通讯",
    "通信",
    "智能",
    "机械",
    "设备",
    "自动化",
    "模具",
    "环保",
    "能源",
    "新能源",
    "贸易",
    "商贸",
    "发展",
    "投资",
    "化工",
    "金属",
    "包装",
    "印刷",
    "服务",
    "electronics",
    "technology",
    "industrial",
    "industry",
    "materials",
    "group",
];

/// A name taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NameForm {
    /// All letters, digits and ideographs, folded.
    pub full: String,
    /// The same without its legal form.
    pub plain: String,
    /// Without region and legal form: `鑫源电子`.
    pub core: String,
    /// The core without words for lines of business: `鑫源`; empty where nothing else is there.
    pub brand: String,
    /// Codes of the regions named, sorted.
    pub regions: Vec<String>,
    /// True for a branch (分公司): another record than its head office.
    pub branch: bool,
}

/// Spellings of regions to their codes.
pub(super) struct RegionNames {
    by_name: HashMap<String, String>,
    parents: HashMap<String, String>,
    longest: usize,
}

impl RegionNames {
    pub fn new(regions: &RegionTable) -> Self {
        let mut by_name = HashMap::new();
        let mut parents = HashMap::new();
        for region in regions.iter() {
            parents.insert(region.code.clone(), region.parent.clone());
            let short = region.name.strip_suffix(['省', '市', '县', '区']);
            for name in std::iter::once(region.name.as_str())
                .chain(short)
                .chain(region.aliases.iter().map(String::as_str))
            {
                let name = fold_name(name);
                // The first of the table has an ambiguous name: the city before its district.
                if name.chars().count() >= 2 {
                    by_name.entry(name).or_insert_with(|| region.code.clone());
                }
            }
        }
        let longest = by_name.keys().map(|name| name.chars().count()).max().unwrap_or(0);
        Self { by_name, parents, longest }
    }

    /// The longest region name at the start of a text: its length in bytes and its code.
    pub fn at_start(&self, text: &str) -> Option<(usize, &str)> {
        let ends: Vec<usize> =
            text.char_indices().map(|(at, c)| at + c.len_utf8()).take(self.longest).collect();
        ends.into_iter().rev().find_map(|end| self.by_name.get(&text[..end]).map(|code| (end, code.as_str())))
    }

    /// True where the one region is, or lies within, the other.
    pub fn compatible(&self, a: &str, b: &str) -> bool {
        self.within(a, b) || self.within(b, a)
    }

    fn within(&self, inner: &str, outer: &str) -> bool {
        let mut at = inner;
        // The table has a few levels; the count guards against a loop in it.
        for _ in 0..8 {
            if at == outer {
                return true;
            }
            match self.parents.get(at) {
                Some(parent) => at = parent,
                None => return false,
            }
        }
        false
    }
}

impl NameForm {
    pub fn read(name: &str, names: &RegionNames) -> Self {
        let key = fold_key(name);
        let full = fold_name(name);
        let mut regions = Vec::new();
        // Regions stand at the front or in brackets.
        let (outside, brackets) = take_brackets(&key);
        let mut kept_brackets = String::new();
        for bracket in brackets {
            match names.at_start(&bracket) {
                Some((end, code)) if end == bracket.len() => regions.push(code.to_owned()),
                _ => kept_brackets.push_str(&fold_name(&bracket)),
            }
        }
        let mut core = fold_name(&outside);
        while let Some((end, code)) = names.at_start(&core) {
            if end == core.len() {
                break;
            }
            regions.push(code.to_owned());
            core.drain(..end);
        }
        core = without_unknown_city(&core).to_owned();
        let branch = core.ends_with("分公司") || core.ends_with("分厂") || core.ends_with("办事处");
        core.push_str(&kept_brackets);
        core = without_legal_form(&core).to_owned();
        let mut brand = core.clone();
        for word in BUSINESS_WORDS {
            brand = brand.replace(word, "");
        }
        regions.sort();
        regions.dedup();
        let plain = without_legal_form(&full).to_owned();
        Self { full, plain, core, brand, regions, branch }
    }
}

/// A folded name without the legal forms at its end; a name that is nothing else stays.
pub(super) fn without_legal_form(mut name: &str) -> &str {
    while let Some(shorter) =
        LEGAL_FORMS.iter().find_map(|form| name.strip_suffix(form)).filter(|rest| !rest.is_empty())
    {
        name = shorter;
    }
    name
}

/// Takes a city or county off that the table does not have: two or three characters and 市 or 县 at the start.
fn without_unknown_city(name: &str) -> &str {
    let ends: Vec<(usize, char)> = name.char_indices().take(4).collect();
    ends.iter()
        .skip(2)
        .find(|(_, c)| matches!(c, '市' | '县'))
        .map(|(at, c)| &name[at + c.len_utf8()..])
        .filter(|rest| rest.chars().count() >= 2)
        .unwrap_or(name)
}

/// Parts a name into what stands outside brackets and the contents of the brackets.
fn take_brackets(key: &str) -> (String, Vec<String>) {
    let (mut outside, mut brackets) = (String::new(), Vec::new());
    let mut inside: Option<String> = None;
    for c in key.chars() {
        match (c, &mut inside) {
            ('(' | '[', None) => inside = Some(String::new()),
            (')' | ']', Some(_)) => brackets.extend(inside.take()),
            (_, Some(text)) => text.push(c),
            (_, None) => outside.push(c),
        }
    }
    brackets.extend(inside);
    (outside, brackets)
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::reference::Reference;

    #[test]
    fn names_come_apart() {
        let names = RegionNames::new(&Reference::builtin().regions);
        let check = |name: &str, core: &str, brand: &str| {
            let form = NameForm::read(name, &names);
            assert_eq!((form.core.as_str(), form.brand.as_str()), (core, brand), "{name}");
        };
        check("吉安市鑫源电子有限公司", "鑫源电子", "鑫源");
        check("江西省吉安市泰和县鑫源电子科技股份有限公司", "鑫源电子科技", "鑫源");
        check("鑫源（吉安）电子有限责任公司", "鑫源电子", "鑫源");
        check("深圳市鑫源电子有限公司", "鑫源电子", "鑫源");
        check("ＸＹ Electronics Co., Ltd.", "xyelectronics", "xy");
        check("有限公司", "有限公司", "有限公司");
        check("吉安", "吉安", "吉安");
        assert!(NameForm::read("鑫源电子有限公司泰和分公司", &names).branch);
    }
}
