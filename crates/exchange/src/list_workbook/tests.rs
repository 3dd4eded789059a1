//! The list as a reader finds it.

use super::write_list;
use crate::sheet::{ReadOptions, Sheet, Value, read};
use model::allotment::{Allotment, Binding, NeedBound, Optimum};
use model::chain::NodeId;
use model::list::{
    Change, ListContent, ListEnterprise, ListNeed, ListOffer, ListPair, ListState, ListSummary, MatchingList,
    NeedState, Review,
};
use model::matching::{
    Allocation, Coverage, Gap, GapCause, GapGroup, Match, Outcome, Reason, ReasonKind, Verdict,
};
use model::need::Need;
use model::offer::Offer;
use model::price::PriceRange;
use model::property::PropertyId;
use model::quantity::Quantity;
use model::reference::Reference;
use model::spec::Strictness;
use std::io::Cursor;

fn enterprise(key: &str, name: &str, region: &str) -> ListEnterprise {
    ListEnterprise {
        key: key.to_owned(),
        name: name.to_owned(),
        region: region.to_owned(),
        region_code: String::new(),
        point: None,
        products: String::new(),
        inside: true,
        fictional: true,
    }
}

/// A list of one pair and one gap, published.
fn list() -> MatchingList {
    let mut need = Need::new("n1", "e1", "键合金丝");
    need.detail = "=cmd|' /C calc'!A1".to_owned();
    need.quantity = Some(Quantity::new(500.0, "卷/月"));
    need.price = Some(PriceRange { low_yuan: Some(12.0), high_yuan: Some(15.0), per: "卷".to_owned() });
    need.node = Some(NodeId("gold-bonding-wire".to_owned()));
    need.valid_until = Some(jiff::civil::date(2026, 12, 31));
    let second = Need::new("n2", "e1", "偏光片");
    let mut offer = Offer::new("o1", "e2", "键合金线");
    offer.capacity = Some(Quantity::new(2000.0, "卷/月"));
    offer.sample_days = Some(7);
    let verdict = Verdict {
        property: PropertyId("wire_diameter".to_owned()),
        strictness: Strictness::Must,
        outcome: Outcome::Short { by: Quantity::new(2.0, "μm") },
        need: "18μm".to_owned(),
        offer: "20~25μm".to_owned(),
        evidence: None,
    };
    let reason =
        Reason { kind: ReasonKind::Text, points: 0.3, of: 0.35, words: "名称几乎相同".to_owned() };
    let matched = Match {
        need: "n1".to_owned(),
        offer: "o1".to_owned(),
        rank: 1,
        score: 0.8123,
        reasons: vec![reason],
        verdicts: vec![verdict.clone()],
        distance_km: Some(41.72),
        feasible: true,
    };
    let allocation = Allocation {
        need: "n1".to_owned(),
        offer: "o1".to_owned(),
        quantity: Some(Quantity::new(500.0, "卷/月")),
        coverage: Coverage::Full,
        delivered: Some(Quantity::new(600.0, "卷/月")),
    };
    let gap = |cause| Gap { need: "n2".to_owned(), cause, remedies: Vec::new(), looked_at: 0, near: None };
    let content = ListContent {
        format: 1,
        engine: 1,
        cluster: "吉安市电子信息产业集群".to_owned(),
        market: Default::default(),
        period: "2026-11".parse().unwrap(),
        previous_sha256: String::new(),
        compared_with_sha256: String::new(),
        scoring: None,
        vectors_sha256: String::new(),
        allotment: Some(Allotment {
            share_max: None,
            optima: vec![Optimum {
                asked: Quantity::new(800.0, "卷/月"),
                unmet: Quantity::new(300.0, "卷/月"),
                gain: 400.0,
                bound: 410.0,
                is_proved: false,
            }],
            needs: vec![NeedBound {
                need: "n1".to_owned(),
                share: 1.0,
                worth: 0.0,
                binding: Binding::Capacity,
                offers: vec!["o1".to_owned()],
                behind: 0.1,
            }],
        }),
        summary: ListSummary {
            needs: 2,
            offers: 1,
            enterprises: 2,
            matched: 1,
            part: 0,
            unmet: 1,
            local_supporting_rate: 0.5,
            local_supporting_formula: "已对接需求数 ÷ 需求总数".to_owned(),
            gone: vec![],
        },
        enterprises: vec![
            enterprise("e1", "万安某某光电有限公司", "万安县"),
            enterprise("e2", "泰和某某材料有限公司", "泰和县"),
        ],
        needs: vec![
            ListNeed { number: 1, need, change: Change::New, state: NeedState::Matched },
            ListNeed { number: 2, need: second, change: Change::Open, state: NeedState::Unmet },
        ],
        offers: vec![ListOffer { number: 1, offer, change: Change::New }],
        pairs: vec![ListPair {
            matched,
            allocation: Some(allocation),
            review: Review::Rejected { reason: "已停产".to_owned() },
            change: Change::New,
        }],
        gaps: vec![GapGroup {
            node: None,
            name: "偏光片".to_owned(),
            group: String::new(),
            demanders: 1,
            quantities: vec![Quantity::new(3.0, "万m²/月")],
            weight: 1.5,
            gaps: vec![
                gap(GapCause::NoSupplier),
                gap(GapCause::SpecificationShort { offer: "o1".to_owned(), verdicts: vec![verdict] }),
                gap(GapCause::CapacityShort {
                    short: Quantity::new(1.0, "万m²/月"), offer: "o1".to_owned()
                }),
                gap(GapCause::TooFar { offer: "o9".to_owned(), distance_km: 512.34, allowed_km: 300.0 }),
            ],
        }],
    };
    MatchingList {
        id: 1,
        number: Some(1),
        state: ListState::Published,
        period: content.period,
        sha256: Some("ab".repeat(32)),
        drafted_by: "甲".to_owned(),
        approved_by: Some("乙".to_owned()),
        published_ms: Some(1_795_276_800_000),
        withdrawn_reason: None,
        content,
    }
}

fn bytes(list: &MatchingList) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    write_list(list, Reference::builtin(), &mut out).unwrap();
    out.into_inner()
}

fn sheets() -> Vec<Sheet> {
    read(&bytes(&list()), "清单.xlsx", &ReadOptions::default()).unwrap()
}

/// Row under the headings as `heading=text`, blanks left out.
fn row(sheet: &Sheet, at: usize) -> String {
    let headings = sheet.rows.iter().find(|r| r.number == 3).unwrap();
    let row = sheet.rows.iter().filter(|r| r.number > 3).nth(at).unwrap();
    let cell = |c: &crate::sheet::Cell| {
        format!("{}={}", headings.text(c.column), c.value.text().replace('\n', " ⏎ "))
    };
    row.cells.iter().map(cell).collect::<Vec<_>>().join("\n")
}

#[test]
fn five_sheets_with_their_columns() {
    let sheets = sheets();
    let names: Vec<&str> = sheets.iter().map(|s| &*s.name).collect();
    assert_eq!(names, ["封面", "需求", "供给", "供需对接", "缺口（补链）"]);
    insta::assert_snapshot!(row(&sheets[1], 0), @"
序号=1
企业名称=万安某某光电有限公司（虚构示例）
所在县区=万安县
产业链小组=电子材料与循环利用
需求产品名称=键合金丝
规格型号/技术参数==cmd|' /C calc'!A1
数量=500
单位=卷
频次=每月
参考价下限=12
参考价上限=15
价格单位=元/卷
有效期=2026-12-31
公开级别=公开
与上期比=新增
对接情况=已匹配
受限于=供方产能：泰和某某材料有限公司（虚构示例）
");
    insta::assert_snapshot!(row(&sheets[2], 0), @"
序号=1
企业名称=泰和某某材料有限公司（虚构示例）
所在县区=泰和县
产品名称=键合金线
产能=2000
产能单位=卷/月
样品周期（天）=7
与上期比=新增
");
    insta::assert_snapshot!(row(&sheets[3], 0), @"
需求序号=1
需求企业=万安某某光电有限公司（虚构示例）
需求产品=键合金丝
名次=1
供给序号=1
供给企业=泰和某某材料有限公司（虚构示例）
供给县区=泰和县
供给产品=键合金线
得分=0.8123
理由=名称描述 0.30/0.35：名称几乎相同
规格比对=线径：不足，差2μm（需 18μm，供 20~25μm）
距离（km）=41.7
配给数量=500
单位=卷/月
满足程度=全部满足（整批供600卷/月）
可行=是
审核=已剔除：已停产
与上期比=新增
");
    insta::assert_snapshot!((0..4).map(|at| row(&sheets[4], at)).collect::<Vec<_>>().join("\n\n"), @"
位次=1
产业链节点=偏光片
需求企业数=1
未满足数量=3万m²/月
权重=1.5
需求序号=2
需求企业=万安某某光电有限公司（虚构示例）
需求产品=偏光片
缺口原因=无供应
说明=集群内没有企业供应

位次=1
产业链节点=偏光片
需求企业数=1
未满足数量=3万m²/月
权重=1.5
需求序号=2
需求企业=万安某某光电有限公司（虚构示例）
需求产品=偏光片
缺口原因=规格不足
说明=最接近的是泰和某某材料有限公司（虚构示例）“键合金线”。线径：不足，差2μm（需 18μm，供 20~25μm）

位次=1
产业链节点=偏光片
需求企业数=1
未满足数量=3万m²/月
权重=1.5
需求序号=2
需求企业=万安某某光电有限公司（虚构示例）
需求产品=偏光片
缺口原因=产能不足
说明=尚缺1万m²/月；供应能力最合适的是泰和某某材料有限公司（虚构示例）“键合金线”

位次=1
产业链节点=偏光片
需求企业数=1
未满足数量=3万m²/月
权重=1.5
需求序号=2
需求企业=万安某某光电有限公司（虚构示例）
需求产品=偏光片
缺口原因=距离过远
说明=最近的是（本清单未列出的供给），相距512.3km，超出允许的300km
");
}

#[test]
fn the_cover_says_number_figures_and_hash() {
    let cover = sheets().remove(0);
    let lines: Vec<String> = cover
        .rows
        .iter()
        .map(|r| r.cells.iter().map(|c| c.value.text().into_owned()).collect::<Vec<_>>().join(" | "))
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @"
吉安市电子信息产业集群供需对接清单
第 1 号　2026年11月　已发布　市场：配套采购
发布日期：2026年11月22日
指标 | 数值 | 算法
需求 | 2 | 本期内有效的需求条数
供给 | 1 | 本期内有效的供给条数
企业 | 2 | 本清单列出的企业数
已匹配 | 1 | 配给数量覆盖全部需求量，或需求量、产能未载明而有可行供给的需求条数
部分匹配 | 0 | 配给数量只覆盖部分需求量的需求条数
未满足 | 1 | 没有配给的需求条数
上期已撤 | 0 | 上一号清单有、本号没有的需求条数
本地配套率 | 50% | 已对接需求数 ÷ 需求总数
未满足（卷/月） | 300 | 需求合计800卷/月；配给使“得分×数量”之和最大：400.00，上界410.00，与最优相差不超过2.44%
编制：甲　　批准：乙
（盖章处）
内容指纹（SHA-256）：abababababababababababababababababababababababababababababababab
名称后标有“（虚构示例）”的企业为演示用虚构企业。
");
}

#[test]
fn numbers_are_numbers_and_text_stays_text() {
    let sheets = sheets();
    let needs = &sheets[1];
    let first = needs.rows.iter().find(|r| r.number == 4).unwrap();
    assert_eq!(first.get(8), Some(&Value::Number(500.0)));
    assert_eq!(first.get(5), Some(&Value::Text("=cmd|' /C calc'!A1".to_owned())));
    assert!(!String::from_utf8_lossy(&part(&bytes(&list()), "xl/worksheets/sheet2.xml")).contains("<f>"));
}

fn part(bytes: &[u8], name: &str) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut out = Vec::new();
    std::io::copy(&mut archive.by_name(name).unwrap(), &mut out).unwrap();
    out
}

#[test]
fn every_table_sheet_is_set_up_for_screen_and_print() {
    let bytes = bytes(&list());
    for sheet in 2..=5 {
        let xml = String::from_utf8(part(&bytes, &format!("xl/worksheets/sheet{sheet}.xml"))).unwrap();
        for setting in [
            "state=\"frozen\"",
            "<autoFilter",
            "orientation=\"landscape\"",
            "paperSize=\"9\"",
            "第 &amp;P 页 共 &amp;N 页",
        ] {
            assert!(xml.contains(setting), "sheet {sheet}: {setting}");
        }
    }
    let workbook = String::from_utf8(part(&bytes, "xl/workbook.xml")).unwrap();
    assert_eq!(workbook.matches("_xlnm.Print_Titles").count(), 4);
    let styles = String::from_utf8(part(&bytes, "xl/styles.xml")).unwrap();
    assert!(styles.contains("仿宋") && styles.contains("黑体"));
}

#[test]
fn the_same_list_gives_the_same_bytes() {
    assert_eq!(bytes(&list()), bytes(&list()));
    assert_ne!(bytes(&list()), bytes(&MatchingList { number: Some(2), ..list() }));
}

#[test]
fn a_published_list_can_be_read_back() {
    use crate::columns::{Headings, PlanOptions, SheetKind, plan};
    let sheets = sheets();
    let words = Headings::builtin(Reference::builtin());
    let kinds: Vec<_> =
        sheets[1..3].iter().map(|s| plan(s, &words, &PlanOptions::default()).unwrap().kind).collect();
    assert_eq!(kinds, [SheetKind::Needs, SheetKind::Offers]);
}

/// The list of a market whose records have fields of their own.
fn finance() -> MatchingList {
    let mut list = list();
    let content = &mut list.content;
    content.market = model::markets::MarketKey("finance".to_owned());
    let own = |pairs: &[(&str, &str)]| {
        pairs.iter().map(|(id, text)| ((*id).to_owned(), (*text).to_owned())).collect()
    };
    let need = &mut content.needs[0].need;
    *need = Need::new("n1", "e1", "贴片线扩产设备款");
    need.own = own(&[("amount", "500"), ("term", "24个月"), ("rate", "≤4.2%"), ("days", "15天")]);
    need.contact.name = "王工".to_owned();
    let offer = &mut content.offers[0].offer;
    *offer = Offer::new("o1", "e2", "设备贷");
    offer.own = own(&[("amount", "100~1000万元"), ("total", "3000")]);
    let verdict = &mut content.pairs[0].matched.verdicts[0];
    verdict.property = PropertyId("finance.term".to_owned());
    (verdict.need, verdict.offer) = ("24".to_owned(), "12个月".to_owned());
    list
}

#[test]
fn a_list_of_another_market_has_its_columns_and_its_name() {
    let sheets = read(&bytes(&finance()), "清单.xlsx", &ReadOptions::default()).unwrap();
    let head = |sheet: usize| -> Vec<String> {
        sheets[sheet].rows.iter().take(2).map(|r| r.cells[0].value.text().into_owned()).collect()
    };
    let subtitle = "第 1 号　2026年11月　已发布　市场：产融对接";
    assert_eq!(head(0)[1], subtitle);
    assert_eq!(head(1), ["吉安市电子信息产业集群供需对接清单（融资项目）", subtitle]);
    assert_eq!(head(2), ["吉安市电子信息产业集群供需对接清单（金融产品）", subtitle]);
    insta::assert_snapshot!(row(&sheets[1], 0), @"
序号=1
企业名称=万安某某光电有限公司（虚构示例）
所在县区=万安县
融资用途=贴片线扩产设备款
融资金额（万元）=500
期限（月）=24
可承受年利率（%）=≤4.2%
最迟到位（天）=15
联系人=王工
公开级别=公开
与上期比=新增
对接情况=已匹配
受限于=供方产能：泰和某某材料有限公司（虚构示例）
");
    insta::assert_snapshot!(row(&sheets[2], 0), @"
序号=1
企业名称=泰和某某材料有限公司（虚构示例）
所在县区=泰和县
产品名称=设备贷
单户额度（万元）=100~1000万元
可放款总额（万元）=3000万元
与上期比=新增
");
    let pair = row(&sheets[3], 0);
    assert!(pair.contains("融资用途=贴片线扩产设备款") && pair.contains("产品名称=设备贷"), "{pair}");
    assert!(pair.contains("规格比对=期限：不足，差2μm（需 24月，供 12个月）"), "{pair}");
    // The rate of supply by the cluster says nothing of loans.
    let cover: Vec<String> =
        sheets[0].rows.iter().flat_map(|r| r.cells.iter().map(|c| c.value.text().into_owned())).collect();
    assert!(!cover.iter().any(|text| text.contains("配套率")), "{cover:?}");
    assert!(cover.iter().any(|text| text.starts_with("未满足（")), "{cover:?}");
}
