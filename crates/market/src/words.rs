//! What matching says of a pair, from facts to sentences: one place for both languages, so that they say the same.
//!
//! A list freezes the Chinese ([`Reason::words`], both sides' words of a [`Verdict`]). [`retold`] makes the facts of a pair again
//! from the records that are frozen beside it, and with them the sentences of another language; one whose Chinese, made of the same
//! facts, is not what was frozen stays as it is: the tables have changed since, and it would say something else.

use crate::Input;
use crate::pair::{self, Context, Facts, Kinship};
use crate::weights::Weights;
use jiff::civil::Date;
use model::chain::{EdgeKind, NodeId};
use model::language::Language;
use model::markets::Names;
use model::matching::{Change, Gap, GapCause, Match, Outcome, Reason, ReasonKind, Verdict};
use model::need::Need;
use model::offer::Offer;
use model::property::Property;
use model::quantity::{Quantity, number};
use model::reference::Reference;
use model::spec::Specification;

/// The sentences of one language.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Words<'a> {
    pub reference: &'a Reference,
    pub language: Language,
}

impl Words<'_> {
    fn is_zh(self) -> bool {
        self.language == Language::Chinese
    }

    fn quantity(self, quantity: &Quantity) -> String {
        self.reference.units.told(quantity, self.language)
    }

    /// The words of one statement: the record's own, where it says more than the value.
    pub fn statement(self, spec: &Specification) -> String {
        spec.told(&self.reference.units, self.language)
    }

    /// The words of several statements.
    pub fn statements(self, specs: &[&Specification]) -> String {
        self.joined(&specs.iter().map(|spec| self.statement(spec)).collect::<Vec<_>>())
    }

    /// Several words in a row.
    pub fn joined(self, words: &[String]) -> String {
        words.join(self.language.pick("；", "; "))
    }

    /// What an offer states of a property that is kin to the one asked for.
    pub fn by_kin(self, told: &str, kin: &Property) -> String {
        match self.language {
            Language::Chinese => format!("{told}（按“{}”比较）", kin.name_zh),
            Language::English => format!("{told} (compared as “{}”)", kin.name_en),
        }
    }

    /// What an offer keeps, against the tolerance that a size asks for; both widths in mm.
    pub fn band(self, stated: &Specification, (width, allowed): (f64, f64), suffices: bool) -> String {
        let (stated, width, allowed) = (self.statement(stated), number(width), number(allowed));
        let sign = if suffices { "≤" } else { ">" };
        match self.language {
            Language::Chinese => {
                let rest = if suffices { "，尺寸未说明" } else { "" };
                format!("{stated}（公差带宽{width}mm{sign}要求的{allowed}mm{rest}）")
            }
            Language::English => {
                let rest = if suffices { ", the size is not stated" } else { "" };
                format!("{stated} (tolerance {width}mm wide {sign} the {allowed}mm asked for{rest})")
            }
        }
    }

    /// The day by which a need must be there.
    pub fn arrival(self, by: Date, days: i32) -> String {
        match self.language {
            Language::Chinese => format!("{by}前到货（≤{days}天）"),
            Language::English => format!("delivered by {by} (≤{days} days)"),
        }
    }

    /// How alike the wording is, and the titles' vectors where they have a share in it.
    pub fn likeness(self, similarity: f64, common: &str, vectors: Option<f64>) -> String {
        let percent = similarity * 100.0;
        let share = vectors.map(|share| share * 100.0);
        let share = match (self.language, share) {
            (_, None) => String::new(),
            (Language::Chinese, Some(share)) => format!("（其中含义向量占 {share:.0}%）"),
            (Language::English, Some(share)) => format!(" ({share:.0}% of it by vectors of meaning)"),
        };
        match (self.language, common) {
            (Language::Chinese, "") => format!("名称描述相似度 {percent:.0}%{share}"),
            (Language::Chinese, common) => {
                format!("名称描述相似度 {percent:.0}%{share}，共同用语“{common}”")
            }
            (Language::English, "") => format!("names and descriptions {percent:.0}% alike{share}"),
            (Language::English, common) => {
                format!("names and descriptions {percent:.0}% alike{share}, both say “{common}”")
            }
        }
    }

    fn node(self, id: Option<&NodeId>) -> String {
        id.map_or_else(String::new, |id| {
            let node = self.reference.chain.get(id);
            node.map_or_else(|| id.to_string(), |n| self.language.pick(&n.name_zh, &n.name_en).clone())
        })
    }

    /// How the two chain nodes stand to each other.
    pub fn kinship(self, kinship: Kinship, need: Option<&NodeId>, offer: Option<&NodeId>) -> String {
        let (need, offer) = (self.node(need), self.node(offer));
        match (kinship, self.is_zh()) {
            (Kinship::Same, true) => format!("同属产业链节点“{need}”"),
            (Kinship::Same, false) => format!("both are of the chain node “{need}”"),
            (Kinship::Neighbour(kind), true) => {
                format!("供方节点“{offer}”与需方节点“{need}”相邻（{}）", edge(kind).0)
            }
            (Kinship::Neighbour(kind), false) => {
                format!("the offer's node “{offer}” is next to the need's “{need}” ({})", edge(kind).1)
            }
            (Kinship::Other, true) => format!("供方节点“{offer}”与需方节点“{need}”不同"),
            (Kinship::Other, false) => {
                format!("the offer's node “{offer}” is another than the need's “{need}”")
            }
            (Kinship::Unknown, true) => format!("需方节点“{need}”，供方节点未识别，按文字相似度计"),
            (Kinship::Unknown, false) => {
                format!("the need's node is “{need}”, the offer's was not recognised; counted by wording")
            }
        }
    }

    /// What became of the requirements.
    pub fn verdicts(self, verdicts: &[Verdict]) -> String {
        let count = |wanted: fn(&Outcome) -> bool| verdicts.iter().filter(|v| wanted(&v.outcome)).count();
        let mut parts = Vec::new();
        for (count, zh, en) in [
            (count(|o| *o == Outcome::Met), "项满足", "met"),
            (count(|o| *o == Outcome::Unknown), "项未说明", "not stated"),
            (count(|o| *o == Outcome::Conflict), "项不符", "in conflict"),
        ] {
            if count > 0 {
                parts.push(format!("{count} {}", self.language.pick(zh, en)));
            }
        }
        let short: Vec<String> = verdicts
            .iter()
            .filter_map(|v| match &v.outcome {
                Outcome::Short { by } => Some(match self.language {
                    Language::Chinese => format!("{}，差 {}", v.need, self.quantity(by)),
                    Language::English => format!("“{}” by {}", v.need, self.quantity(by)),
                }),
                _ => None,
            })
            .collect();
        let (all, some) = (verdicts.len(), short.len());
        let told = self.joined(&short);
        if self.is_zh() {
            if some > 0 {
                parts.push(format!("{some} 项不足（{told}）"));
            }
            return format!("规格 {all} 项：{}", parts.join("，"));
        }
        if some > 0 {
            parts.push(format!("{some} short ({told})"));
        }
        format!("{all} {}: {}", if all == 1 { "requirement" } else { "requirements" }, parts.join(", "))
    }

    /// The certificates asked for, those that are held and those that are not seen.
    pub fn certificates(self, (held, missing): &(Vec<String>, Vec<String>)) -> String {
        let all = held.len() + missing.len();
        let told = |words: &[String], zh: &str, en: &str| {
            (!words.is_empty()).then(|| match self.language {
                Language::Chinese => format!("{zh} {}", words.join("、")),
                Language::English => format!("{en} {}", words.join(", ")),
            })
        };
        let parts: Vec<String> =
            [told(held, "持有", "held:"), told(missing, "未见", "not seen:")].into_iter().flatten().collect();
        match self.language {
            Language::Chinese => format!("要求认证 {all} 项：{}", parts.join("，")),
            Language::English => {
                let noun = if all == 1 { "certificate" } else { "certificates" };
                format!("{all} {noun} asked for; {}", parts.join("; "))
            }
        }
    }

    /// How far the two are apart.
    pub fn distance(self, km: Option<f64>, from: Option<&Names>, to: Option<&Names>) -> String {
        let name = |names: Option<&Names>| {
            names
                .map(|names| self.language.pick(&names.zh, &names.en).clone())
                .filter(|name| !name.is_empty())
        };
        match (km, name(from), name(to), self.language) {
            (Some(km), Some(from), Some(to), Language::Chinese) => format!("相距 {km:.1} km（{from}—{to}）"),
            (Some(km), Some(from), Some(to), Language::English) => format!("{km:.1} km apart ({from}–{to})"),
            (Some(km), .., Language::Chinese) => format!("相距 {km:.1} km"),
            (Some(km), .., Language::English) => format!("{km:.1} km apart"),
            (None, .., Language::Chinese) => "供方位置未说明".to_owned(),
            (None, .., Language::English) => "the offer's place is not stated".to_owned(),
        }
    }

    /// Capacity against the quantity needed; `ratio` of the two where they compare.
    pub fn capacity(
        self,
        needed: Option<&Quantity>,
        capacity: Option<&Quantity>,
        ratio: Option<f64>,
    ) -> String {
        let needed = needed.map(|q| self.quantity(q)).unwrap_or_default();
        let Some(capacity) = capacity.map(|q| self.quantity(q)) else {
            return match self.language {
                Language::Chinese => format!("需求 {needed}，供方产能未说明"),
                Language::English => format!("{needed} needed, capacity not stated"),
            };
        };
        let percent = |ratio: f64| number((ratio * 1000.0).floor() / 10.0);
        match (ratio, self.language) {
            (None, Language::Chinese) => format!("需求 {needed}，产能 {capacity}，单位不可比，须询问"),
            (None, Language::English) => {
                format!("{needed} needed, capacity {capacity}: the units do not compare, to be asked")
            }
            (Some(ratio), Language::Chinese) if ratio >= 1.0 => {
                format!("产能 {capacity}，可满足需求 {needed}")
            }
            (Some(ratio), Language::English) if ratio >= 1.0 => {
                format!("capacity {capacity}, enough for the {needed} needed")
            }
            (Some(ratio), Language::Chinese) => {
                format!("产能 {capacity}，为需求 {needed} 的 {}%", percent(ratio))
            }
            (Some(ratio), Language::English) => {
                format!("capacity {capacity}, {}% of the {needed} needed", percent(ratio))
            }
        }
    }
}

/// What an edge of the chain says, in both languages.
fn edge(kind: EdgeKind) -> (&'static str, &'static str) {
    match kind {
        EdgeKind::MaterialOf => ("材料", "material"),
        EdgeKind::PartOf => ("部件", "part"),
        EdgeKind::ProcessOf => ("工艺", "process"),
        EdgeKind::EquipmentFor => ("设备", "equipment"),
        EdgeKind::RecycledInto => ("再生", "recycled"),
    }
}

/// What becomes of a similarity that is read out of points of six decimals.
const ROUNDING: f64 = 1e-5;

/// A pair's facts with the sentences of both languages: those that were frozen, and those that are told.
struct Retelling<'a> {
    frozen: Context<'a>,
    told: Context<'a>,
    need: &'a Need,
}

impl<'a> Retelling<'a> {
    fn new(input: &'a Input<'a>, weights: &'a Weights, need: &'a Need, language: Language) -> Self {
        let context = || Context::new(input, weights);
        Self { frozen: context(), told: context().speaking(language), need }
    }

    /// The facts of a pair but for the similarity of its texts, which only the points of its match tell.
    fn facts(&self, offer: &Offer) -> (Facts, Facts) {
        let of = |context: &Context<'_>| context.facts_alike(self.need, offer, 0.0);
        (of(&self.frozen), of(&self.told))
    }

    /// The sentence of a reason; `similarity` is that of the match.
    fn reason(
        &self,
        reason: &Reason,
        offer: &Offer,
        (frozen, told): &(Facts, Facts),
        similarity: f64,
    ) -> Option<String> {
        let sentence =
            |context: &Context<'_>, facts: &Facts| context.sentence(reason.kind, self.need, offer, facts);
        if reason.kind != ReasonKind::Text {
            return (sentence(&self.frozen, frozen) == reason.words).then(|| sentence(&self.told, told));
        }
        // Half a per cent may fall to either side of what the points are rounded to; vectors that counted then need not be there now.
        let shares = [None, Some(self.frozen.weights.relevance.vectors)];
        let steps = [0.0, -ROUNDING, ROUNDING];
        shares.into_iter().flat_map(|share| steps.map(|step| (share, similarity + step))).find_map(|tried| {
            let (vectors, similarity) = tried;
            let (frozen, told) = (
                Facts { vectors, similarity, ..frozen.clone() },
                Facts { vectors, similarity, ..told.clone() },
            );
            (sentence(&self.frozen, &frozen) == reason.words).then(|| sentence(&self.told, &told))
        })
    }
}

/// Both sides' words of a verdict, where the same was frozen.
fn sides<'f>((frozen, told): &'f (Facts, Facts), need: &str, offer: &str) -> Option<&'f Verdict> {
    let place = frozen.verdicts.iter().position(|v| v.need == need && v.offer == offer)?;
    told.verdicts.get(place)
}

fn retell_verdicts(verdicts: &mut [Verdict], facts: &(Facts, Facts)) {
    for verdict in verdicts {
        if let Some(told) = sides(facts, &verdict.need, &verdict.offer) {
            (verdict.need, verdict.offer) = (told.need.clone(), told.offer.clone());
        }
    }
}

/// A match as another language tells it; `input` holds both records and their places.
pub fn retold(input: &Input<'_>, need: &Need, offer: &Offer, matched: &Match, language: Language) -> Match {
    let weights = Weights::default();
    let retelling = Retelling::new(input, &weights, need, language);
    let (facts, similarity) = (retelling.facts(offer), pair::similarity(matched));
    let mut out = matched.clone();
    for reason in &mut out.reasons {
        if let Some(words) = retelling.reason(reason, offer, &facts, similarity) {
            reason.words = words;
        }
    }
    retell_verdicts(&mut out.verdicts, &facts);
    out
}

/// A gap as another language tells it; `input` holds its need, the offers that it names, and their places.
pub fn retold_gap(input: &Input<'_>, need: &Need, gap: &Gap, language: Language) -> Gap {
    let weights = Weights::default();
    let retelling = Retelling::new(input, &weights, need, language);
    let facts = |key: &str| {
        let offer = input.offers.iter().find(|offer| offer.key == key)?;
        Some(retelling.facts(offer))
    };
    let mut out = gap.clone();
    if let GapCause::SpecificationShort { offer, verdicts } = &mut out.cause
        && let Some(facts) = facts(offer)
    {
        retell_verdicts(verdicts, &facts);
    }
    for remedy in &mut out.remedies {
        let mut known = None;
        for change in &mut remedy.changes {
            if let Change::Property { need, offer, .. } = change
                && let Some(facts) = known.get_or_insert_with(|| facts(&remedy.offer))
                && let Some(told) = sides(facts, need, offer)
            {
                (*need, *offer) = (told.need.clone(), told.offer.clone());
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{need, offer, quantity, wanan_and_taihe};
    use crate::gaps::find_gaps;
    use crate::{Limits, Options, allocate, match_needs};
    use model::period::Period;
    use model::spec::Interval;

    fn is_chinese(text: &str) -> bool {
        text.chars().any(|c| matches!(c, '\u{4e00}'..='\u{9fff}'))
    }

    /// A market in which every kind of sentence is said, with its records' own words in English.
    fn market() -> crate::fixture::Cluster {
        let mut cluster = wanan_and_taihe();
        let wanted = &mut cluster.needs[0];
        wanted.certificates = vec!["ISO9001".to_owned(), "IATF16949".to_owned()];
        wanted.needed_by = Some(jiff::civil::date(2026, 11, 20));
        wanted.specs.push(Specification::interval("diameter", Interval::toleranced(10.0, 0.0, 0.015), "mm"));
        wanted.specs.push(Specification::set("material", ["FR-4"]));
        wanted.specs.push(Specification::set("ip_rating", ["IP65"]));
        wanted.quantity = quantity(2000.0, "卷/月");
        let mut late = offer("O-late", "taihe-wire", "键合金丝");
        late.certificates = vec!["ISO9001".to_owned()];
        late.lead_days = Some(45);
        late.spare_capacity = quantity(0.05, "万卷/月");
        late.specs = vec![
            Specification::set("base_material", ["CEM-1"]),
            Specification::set("tolerance_grade", ["IT12"]),
            Specification::set("ip_rating", ["IP54"]),
        ];
        let mut other = offer("O-unlike", "taihe-wire", "键合金丝");
        other.capacity = quantity(3.0, "kg/月");
        cluster.offers.extend([late, other]);
        cluster.needs.push(Need { node: None, ..need("N-free", "wanan-screen", "bonding wire") });
        cluster
    }

    #[test]
    fn both_languages_are_made_of_the_same_facts() {
        let cluster = market();
        let period: Period = "2026-11".parse().unwrap();
        let input = Input { period: Some(period), ..cluster.input() };
        let matches = match_needs(&input, &Options::default(), &|_| {});
        let english = Options { language: Language::English, ..Options::default() };
        let told = match_needs(&input, &english, &|_| {});
        assert!(matches.len() == told.len() && matches.len() > 4);
        let mut kinds = std::collections::BTreeSet::new();
        for (frozen, told) in matches.iter().zip(&told) {
            let need = input.needs.iter().find(|n| n.key == frozen.need).unwrap();
            let offer = input.offers.iter().find(|o| o.key == frozen.offer).unwrap();
            // What was frozen is told as the engine tells it in that language; in its own language it stays.
            assert_eq!(retold(&input, need, offer, frozen, Language::English), *told);
            assert_eq!(retold(&input, need, offer, frozen, Language::Chinese), *frozen);
            for reason in &told.reasons {
                kinds.insert(reason.kind);
                let plain: String = reason.words.split(['“', '”']).step_by(2).collect();
                assert!(!is_chinese(&plain), "{}", reason.words);
            }
            for verdict in &told.verdicts {
                assert!(!is_chinese(&verdict.need) && !is_chinese(&verdict.offer), "{verdict:?}");
            }
        }
        assert_eq!(kinds.len(), 6);
        let late = told.iter().find(|m| m.need == "N1" && m.offer == "O-late").unwrap();
        let said: Vec<&str> = late.verdicts.iter().map(|v| v.offer.as_str()).collect();
        assert!(
            said.contains(&"45 days") && said.contains(&"CEM-1 (compared as “base material”)"),
            "{said:?}"
        );
        let asked = &late.verdicts.last().unwrap().need;
        assert_eq!(asked, "delivered by 2026-11-20 (≤19 days)");
        let capacity = late.reasons.iter().find(|r| r.kind == ReasonKind::Capacity).unwrap();
        assert_eq!(capacity.words, "capacity 500 rolls/month, 25% of the 2000 rolls/month needed");
    }

    /// The similarity is told as it was frozen, whether vectors of titles counted in it or not.
    #[test]
    fn what_vectors_of_titles_added_is_told_once() {
        let cluster = market();
        let (need, offer) = (&cluster.needs[0], &cluster.offers[0]);
        let titles = [need.title.as_str(), offer.title.as_str()];
        let vectors = model::vectors::TextVectors::new(&titles, &[1.0, 0.0, 0.6, 0.8]).unwrap();
        let reference = Reference { vectors, ..Reference::builtin().clone() };
        let with = Input { reference: &reference, ..cluster.input() };
        let frozen = crate::match_pair(&with, &Weights::default(), need, offer);
        assert_ne!(frozen, crate::match_pair(&cluster.input(), &Weights::default(), need, offer));
        for input in [with, cluster.input()] {
            let told = retold(&input, need, offer, &frozen, Language::English);
            assert!(told.reasons[0].words.starts_with("names and descriptions "), "{:?}", told.reasons[0]);
        }
    }

    /// A sentence that today's tables would not make is left as it was frozen.
    #[test]
    fn what_the_tables_no_longer_say_stays_as_it_was_frozen() {
        let cluster = market();
        let input = cluster.input();
        let mut frozen = match_needs(&input, &Options::default(), &|_| {}).remove(0);
        for reason in &mut frozen.reasons {
            reason.words.push('旧');
        }
        let need = input.needs.iter().find(|n| n.key == frozen.need).unwrap();
        let offer = input.offers.iter().find(|o| o.key == frozen.offer).unwrap();
        assert_eq!(retold(&input, need, offer, &frozen, Language::English).reasons, frozen.reasons);
    }

    #[test]
    fn gaps_are_told_as_well() {
        let mut cluster = market();
        cluster.offers.retain(|offer| offer.key == "O-late");
        let input = Input { period: Some("2026-11".parse().unwrap()), ..cluster.input() };
        let matches = match_needs(&input, &Options::default(), &|_| {});
        let plan = allocate::plan(&input, &matches, &Limits::default());
        let gaps = find_gaps(&input, &Weights::default(), &matches, &plan);
        let gap = gaps.iter().flat_map(|g| &g.gaps).find(|gap| gap.need == cluster.needs[0].key).unwrap();
        let told = retold_gap(&input, &input.needs[0], gap, Language::English);
        let GapCause::SpecificationShort { verdicts, .. } = &told.cause else { panic!("{told:?}") };
        assert!(verdicts.iter().any(|v| v.offer == "45 days"), "{verdicts:?}");
        let words = |change: &Change| match change {
            Change::Property { need, offer, .. } => format!("{need}{offer}"),
            _ => String::new(),
        };
        assert!(told.remedies.iter().flat_map(|r| &r.changes).map(words).all(|words| !is_chinese(&words)));
        assert!(!told.remedies.is_empty());
        assert_eq!(retold_gap(&input, &input.needs[0], gap, Language::Chinese), *gap);
    }
}
