//! Names of the demo's sites, products, steps and parties, as EPCIS master data. All are fictional; the numbers are of the range
//! (952) that GS1 keeps for demonstrations.

use serde_json::{Value, json};

/// Wire plant: GS1 company prefix.
pub const WIRE: &str = "9526001";
/// Recovery of electronic waste.
pub const RECOVERY: &str = "9526002";
/// Circuit boards.
pub const BOARD: &str = "9526003";
/// Moulds.
pub const MOULD: &str = "9526004";

/// Site: prefix, Chinese and English name, code of its enterprise in the demo cluster; for the material circularity indicator the
/// part of the product that is collected for recycling (CR), and the efficiencies of that recycling (EC) and of the one that made
/// the feedstock (EF).
const SITES: [(&str, &str, &str, &str, [f64; 3]); 4] = [
    (
        WIRE,
        "稞田键合线厂（虚构示例）",
        "Ketian bonding wire plant (fictional)",
        "91360899XUGU03178C",
        [0.35, 0.95, 0.98],
    ),
    (
        RECOVERY,
        "祎铎回收厂（虚构示例）",
        "Yiduo recovery plant (fictional)",
        "91360899XUGU018420",
        [0.60, 0.95, 0.98],
    ),
    (
        BOARD,
        "庑舟线路板厂（虚构示例）",
        "Wuzhou circuit board plant (fictional)",
        "91360899XUGU01084W",
        [0.30, 0.90, 0.98],
    ),
    (
        MOULD,
        "滃驰模具厂（虚构示例）",
        "Wengchi mould plant (fictional)",
        "91360899XUGU01172B",
        [0.90, 0.95, 0.96],
    ),
];

/// Parties outside: reference of the company prefix 952601, Chinese and English name.
const PARTIES: [(&str, &str, &str); 9] = [
    ("9526010", "示例封装甲厂（虚构）", "Example packaging A (fictional)"),
    ("9526011", "示例封装乙厂（虚构）", "Example packaging B (fictional)"),
    ("9526012", "示例灯珠厂（虚构）", "Example LED maker (fictional)"),
    ("9526013", "示例终端厂（虚构）", "Example handset maker (fictional)"),
    ("9526014", "示例压铸厂（虚构）", "Example die caster (fictional)"),
    ("9526015", "示例贵金属公司（虚构）", "Example precious metals (fictional)"),
    ("9526016", "示例铜材供应商（虚构）", "Example copper supplier (fictional)"),
    ("9526017", "示例废旧电子收集站（虚构）", "Example collector of electronic waste (fictional)"),
    ("9526018", "示例材料供应商（虚构）", "Example materials supplier (fictional)"),
];

/// Products: prefix of the maker, item reference, Chinese and English name.
pub const PRODUCTS: [(&str, &str, &str, &str); 25] = [
    ("9526016", "000101", "阴极铜", "copper cathode"),
    (WIRE, "000102", "铜杆", "copper rod"),
    (WIRE, "000103", "拉拔线", "drawn wire"),
    (WIRE, "000104", "退火线", "annealed wire"),
    (WIRE, "000105", "铜键合线轴", "spool of copper bonding wire"),
    (WIRE, "000106", "拉丝废铜", "drawing scrap"),
    (WIRE, "000107", "铜熔渣", "copper slag"),
    ("9526017", "000201", "废旧电路板", "waste circuit boards"),
    (RECOVERY, "000202", "含铜富集料", "copper concentrate"),
    (RECOVERY, "000203", "再生铝料", "recovered aluminium"),
    (RECOVERY, "000204", "非金属粉", "non-metal powder"),
    (RECOVERY, "000205", "粗铜", "black copper"),
    (RECOVERY, "000206", "熔炼渣", "smelting slag"),
    (RECOVERY, "000207", "再生阴极铜", "recycled copper cathode"),
    (RECOVERY, "000208", "阳极泥", "anode slime"),
    (RECOVERY, "000209", "再生金", "recycled gold"),
    (RECOVERY, "000210", "浸出渣", "leach residue"),
    ("9526018", "000301", "覆铜板", "copper-clad laminate"),
    ("9526018", "000302", "新蚀刻液", "fresh etchant"),
    (BOARD, "000303", "线路板", "circuit boards"),
    (BOARD, "000304", "含铜废蚀刻液", "spent etchant"),
    (BOARD, "000305", "再生蚀刻液", "regenerated etchant"),
    (BOARD, "000306", "电解铜板", "electrolytic copper sheet"),
    (BOARD, "000307", "报废线路板", "scrapped boards"),
    ("9526018", "000401", "原铝锭", "primary aluminium ingot"),
];

/// More products, of the mould plant.
const MOULDS: [(&str, &str, &str, &str); 4] = [
    (MOULD, "000402", "铝模坯", "aluminium mould blank"),
    (MOULD, "000403", "铝模具", "aluminium mould"),
    (MOULD, "000404", "铝屑", "aluminium chips"),
    (MOULD, "000405", "铝灰渣", "aluminium dross"),
];

/// Steps: last part of `urn:yulin:step:`, Chinese and English name.
const STEPS: [(&str, &str, &str); 13] = [
    ("smelting", "熔炼", "smelting"),
    ("drawing", "拉丝", "drawing"),
    ("annealing", "退火", "annealing"),
    ("rewinding", "复绕", "rewinding"),
    ("shredding", "破碎分选", "shredding and sorting"),
    ("refining", "电解精炼", "electrorefining"),
    ("leaching", "浸出提金", "gold leaching"),
    ("etching", "蚀刻", "etching"),
    ("regenerating", "蚀刻液再生", "etchant regeneration"),
    ("melting", "熔铝", "melting"),
    ("casting", "铸造", "casting"),
    ("machining", "机加工", "machining"),
    ("sorting", "检验分选", "sorting"),
];

/// The party of a prefix.
pub fn party(prefix: &str) -> String {
    format!("urn:epc:id:pgln:{prefix}.00000")
}

/// Chinese name of a plant's site.
pub fn site_name(prefix: &str) -> &'static str {
    SITES.iter().find(|site| site.0 == prefix).map_or("", |site| site.1)
}

/// The vocabularies that a plant's document carries.
pub fn master_data(prefix: &str) -> Value {
    let attribute = |id: &str, value: &str| json!({"id": id, "attribute": value});
    let named = |id: String, zh: &str, en: &str| json!({"id": id, "attributes": [attribute("cbv:mda:name", zh), attribute("urn:yulin:ledger:nameEn", en)]});
    let mut sites = Vec::new();
    let mut parties: Vec<Value> = PARTIES.iter().map(|(p, zh, en)| named(party(p), zh, en)).collect();
    for (of, zh, en, code, [collected, efficiency, feedstock]) in SITES {
        parties.push(named(party(of), zh, en));
        if of == prefix {
            sites.push(json!({"id": format!("urn:epc:id:sgln:{of}.00001.0"), "attributes": [
                attribute("cbv:mda:name", zh),
                attribute("urn:yulin:ledger:nameEn", en),
                attribute("urn:yulin:ledger:enterprise", code),
                attribute("urn:yulin:ledger:party", &party(of)),
                attribute("urn:yulin:ledger:collectedRecycling", &collected.to_string()),
                attribute("urn:yulin:ledger:recyclingEfficiency", &efficiency.to_string()),
                attribute("urn:yulin:ledger:feedstockEfficiency", &feedstock.to_string()),
            ]}));
        }
    }
    let products: Vec<Value> = PRODUCTS
        .iter()
        .chain(&MOULDS)
        .map(|(p, item, zh, en)| {
            json!({"id": format!("urn:epc:idpat:sgtin:{p}.{item}.*"), "attributes": [
                attribute("cbv:mda:descriptionShort", zh), attribute("urn:yulin:ledger:nameEn", en)]})
        })
        .collect();
    let steps: Vec<Value> =
        STEPS.iter().map(|(step, zh, en)| named(format!("urn:yulin:step:{step}"), zh, en)).collect();
    json!({"vocabularyList": [
        {"type": "urn:epcglobal:epcis:vtype:BusinessLocation", "vocabularyElementList": sites},
        {"type": "urn:epcglobal:epcis:vtype:SourceDest", "vocabularyElementList": parties},
        {"type": "urn:epcglobal:epcis:vtype:EPCClass", "vocabularyElementList": products},
        {"type": "urn:epcglobal:epcis:vtype:BusinessStep", "vocabularyElementList": steps},
    ]})
}
