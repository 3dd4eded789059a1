//! Rows as they come.

use super::*;
use crate::columns::{Headings, PlanOptions, plan};
use crate::sheet::{Merge, ReadOptions, read};
use model::need::Need;
use model::offer::Offer;
use model::quantity::Quantity;

const NEED_HEADINGS: &str = "企业名称,统一社会信用代码,所在县区,需求产品名称,规格型号,数量,单位,频次,预算,截止日期,电话,公开级别,备注";

fn sheet(text: &str, name: &str) -> Sheet {
    read(text.as_bytes(), name, &ReadOptions::default()).unwrap().remove(0)
}

fn drafts_of(sheet: &Sheet) -> SheetDrafts {
    let reference = Reference::builtin();
    let words = Headings::builtin(reference);
    let plan = plan(sheet, &words, &PlanOptions::default()).unwrap_or_else(|e| panic!("{e}"));
    let recognise = |title: &str, _: &str| reference.chain.by_name(title).map(|n| n.id.clone());
    let context =
        Context { reference, today: jiff::civil::date(2026, 11, 22), recognise: &recognise, lenient: false };
    parse(sheet, &plan, &context)
}

fn drafts(text: &str) -> SheetDrafts {
    drafts_of(&sheet(text, "需求.csv"))
}

/// The one need of a row without errors.
fn need(headings: &str, row: &str) -> Need {
    let drafts = drafts(&format!("企业名称,需求产品名称,{headings}\n某某电子有限公司,键合金丝,{row}\n"));
    assert_eq!(drafts.errors, [], "{row}");
    drafts.needs[0].value.need.clone()
}

fn offer(headings: &str, row: &str) -> Offer {
    let text = format!("企业名称,供给产品,{headings}\n某某电子有限公司,键合金丝,{row}\n");
    let drafts = drafts_of(&sheet(&text, "供给.csv"));
    assert_eq!(drafts.errors, [], "{row}");
    drafts.offers[0].value.offer.clone()
}

fn words(quantity: Option<&Quantity>) -> String {
    quantity.map_or("-".to_owned(), ToString::to_string)
}

#[test]
fn a_full_row_becomes_a_need() {
    let drafts = drafts(&format!(
        "{NEED_HEADINGS}\n泰和某某光电有限公司（虚构示例）,91350100m000100y43,泰和县,键合金丝,线径20μm；纯度≥99.99%,５００,卷,每月,12~15元/卷,2026年12月31日,13800138000,联盟成员,急\n"
    ));
    assert_eq!(drafts.errors, []);
    let draft = &drafts.needs[0];
    assert_eq!((draft.row, &*draft.sheet), (2, "需求"));
    let NeedDraft { enterprise, need } = &draft.value;
    assert_eq!(enterprise.name, "泰和某某光电有限公司");
    assert!(enterprise.fictional);
    assert_eq!(enterprise.uscc.as_ref().map(|c| c.as_str()), Some("91350100M000100Y43"));
    assert_eq!(enterprise.region.as_deref(), Some("360826"));
    assert_eq!(words(need.quantity.as_ref()), "500卷/月");
    assert_eq!(
        need.price.as_ref().map(|p| (p.low_yuan, p.high_yuan, p.per.as_str())),
        Some((Some(12.0), Some(15.0), "卷"))
    );
    assert_eq!(need.valid_until.map(|d| d.to_string()).as_deref(), Some("2026-12-31"));
    let properties: Vec<&str> = need.specs.iter().map(|s| s.property.0.as_str()).collect();
    assert_eq!(properties, ["wire_diameter", "purity"]);
    assert!(need.node.is_some());
    assert_eq!(need.visibility, model::visibility::Visibility::Members);
}

#[test]
fn quantities_out_of_one_or_three_columns() {
    for (headings, row, expect) in [
        ("数量", "5000片/月", "5000片/月"),
        ("数量,单位", "5000,片", "5000片"),
        ("数量,单位,频次", "5000,片,每月", "5000片/月"),
        ("数量,单位,频次", "5000,片,一次性", "5000片"),
        ("数量（万片）", "1.5", "1.5万片"),
        ("月用量（万片）", "1.5", "1.5万片/月"),
        ("年需求量,单位", "\"1,200\",卷", "1200卷/年"),
        ("数量,单位", "300-500,套", "500套"),
        ("数量", "若干", "-"),
        ("数量,单位", "/,片", "-"),
    ] {
        assert_eq!(words(need(headings, row).quantity.as_ref()), expect, "{headings}: {row}");
    }
    assert_eq!(need("数量,单位,频次", "5,卷,每月两次").note, "频次：每月两次");
}

#[test]
fn capacities_and_what_is_free_of_them() {
    for (headings, row, capacity, spare) in [
        ("年产能（万片）,剩余产能（万片）", "1000,200", "1000万片/年", "200万片/年"),
        ("月产能,富余产能", "20万只,30%", "20万只/月", "6万只/月"),
        ("产能,单位,产能利用率", "500,吨/年,80%", "500吨/年", "100吨/年"),
        ("月产能(万米),剩余产能", "300,0", "300万m/月", "0万m/月"),
        ("产能,库存", "200台/月,30台", "200台/月", "30台"),
    ] {
        let offer = offer(headings, row);
        let free = offer.spare_capacity.map(|q| Quantity::new((q.value * 1e6).round() / 1e6, &q.unit));
        assert_eq!(
            (words(offer.capacity.as_ref()).as_str(), words(free.as_ref()).as_str()),
            (capacity, spare),
            "{row}"
        );
    }
}

#[test]
fn other_fields_of_an_offer() {
    let offer = offer(
        "供货半径,最小起订量,样品周期,单价（元/卷）,认证,线径(μm),有效期,材质",
        "300公里,10卷,3-5个工作日,12.5,ISO9001/IATF16949、RoHS,15~30,3个月,金",
    );
    assert_eq!(offer.supply_radius_km, Some(300.0));
    assert_eq!(words(offer.minimum_order.as_ref()), "10卷");
    assert_eq!(offer.sample_days, Some(5));
    assert_eq!(offer.price.map(|p| (p.high_yuan, p.per)), Some((Some(12.5), "卷".to_owned())));
    assert_eq!(offer.certificates, ["ISO9001", "IATF16949", "RoHS"]);
    assert_eq!(offer.detail, "线径：15~30μm");
    assert_eq!(offer.valid_until.map(|d| d.to_string()).as_deref(), Some("2027-02-22"));
    let specs: Vec<String> =
        offer.specs.iter().map(|s| format!("{} {}", s.property, s.value_words())).collect();
    assert_eq!(specs, ["wire_diameter 15~30μm", "material 金"]);
}

#[test]
fn prices_take_their_unit_from_heading_or_column() {
    for (headings, row, expect) in [
        ("预算（万元）", "3.5", "35000..35000 "),
        ("单价(元/kg)", "12", "12..12 kg"),
        ("单价,价格单位", "12-15,元/片", "12..15 片"),
        ("最低价,最高价,价格单位", "1,2,卷", "1..2 卷"),
        ("参考价", "面议", "-"),
    ] {
        let price = need(headings, row).price;
        let shown = price.map_or("-".to_owned(), |p| {
            format!("{}..{} {}", p.low_yuan.unwrap_or(-1.0), p.high_yuan.unwrap_or(-1.0), p.per)
        });
        assert_eq!(shown, expect, "{headings}: {row}");
    }
}

#[test]
fn rows_without_a_record_are_counted() {
    let drafts = drafts(
        "序号,企业名称,需求产品名称,数量\n一、LED类,,,\n1,某某公司,端子,5只\n序号,企业名称,需求产品名称,数量\n2,同上,连接器,6只\n3,,,\n合计,,,11\n注：以上数据由企业填报,,,\n填表人：张三,,,\n",
    );
    assert_eq!(drafts.errors, []);
    assert_eq!(drafts.skipped, Skipped { totals: 1, notes: 3, headings: 1, unfilled: 1 });
    assert_eq!(
        drafts.needs.iter().map(|d| d.value.enterprise.name.as_str()).collect::<Vec<_>>(),
        ["某某公司", "某某公司"]
    );
}

#[test]
fn merged_cells_fill_what_is_the_enterprises_only() {
    let mut sheet = sheet(
        "企业名称,电话,需求产品,数量\n甲公司,13800138000,端子,5只\n,,连接器,\n,,线缆,7米\n",
        "需求.csv",
    );
    for column in [0, 1, 3] {
        sheet.merges.push(Merge { first_row: 2, first_column: column, last_row: 3, last_column: column });
    }
    let drafts = drafts_of(&sheet);
    let read: Vec<_> = drafts
        .needs
        .iter()
        .map(|d| (d.row, d.value.enterprise.name.as_str(), words(d.value.need.quantity.as_ref())))
        .collect();
    assert_eq!(read, [(2, "甲公司", "5只".to_owned()), (3, "甲公司", "-".to_owned())]);
    assert_eq!(drafts.errors.len(), 1);
    insta::assert_snapshot!(drafts.errors[0], @"需求.csv [需求] A4 企业名称为空：应为企业全称（同一企业的多行请逐行填写，或合并单元格，或写“同上”）");
}

#[test]
fn merged_companies_with_the_same_product_are_no_duplicates() {
    let text = "企业名称,需求产品,数量\n甲公司,端子,5只\n,线缆,7米\n乙公司,端子,5只\n,线缆,7米\n";
    let mut sheet = sheet(text, "需求.csv");
    for first_row in [2, 4] {
        sheet.merges.push(Merge { first_row, first_column: 0, last_row: first_row + 1, last_column: 0 });
    }
    let drafts = drafts_of(&sheet);
    assert_eq!((drafts.errors, drafts.needs.len()), (vec![], 4));
}

#[test]
fn refusals_say_cell_reading_expectation_and_remedy() {
    let row = |cells: [&str; 13]| drafts(&format!("{NEED_HEADINGS}\n{}\n", cells.join(",")));
    let error = |column: usize, text: &str| {
        let mut cells = ["某某公司", "", "", "端子", "", "", "", "", "", "", "", "", ""];
        cells[column] = text;
        let drafts = row(cells);
        assert_eq!((drafts.rejected, drafts.needs.len()), (1, 0), "{text}");
        drafts.errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    insta::assert_snapshot!(error(3, ""), @"需求.csv [需求] D2 需求产品名称为空：应为产品或服务的名称");
    insta::assert_snapshot!(error(3, "12345"), @"需求.csv [需求] D2 需求产品名称“12345”：应为文字（读到的是数字或日期，是否错列？）");
    insta::assert_snapshot!(error(0, ""), @"需求.csv [需求] A2 企业名称为空：应为企业全称（同一企业的多行请逐行填写，或合并单元格，或写“同上”）");
    insta::assert_snapshot!(error(1, "91350100M000100Y44"), @"需求.csv [需求] B2 统一社会信用代码“91350100M000100Y44”：应为有效的18位统一社会信用代码（第18位校验码应为“3”，实为“4”）");
    insta::assert_snapshot!(error(1, "9135O100M000100Y43"), @"需求.csv [需求] B2 统一社会信用代码“9135O100M000100Y43”：应为有效的18位统一社会信用代码（第5位“O”不是代码字符（代码不用字母 I、O、S、V、Z）；是否为 91350100M000100Y43？）");
    insta::assert_snapshot!(error(1, "9.13501E+17"), @"需求.csv [需求] B2 统一社会信用代码“9.13501E+17”：应为18位代码文本（Excel 已把代码变成数字，末几位丢失；请先把该列设为“文本”格式，再重新填写）");
    insta::assert_snapshot!(error(2, "不存在市"), @"需求.csv [需求] C2 所在县区“不存在市”：应为县（市、区）或园区的名称或代码（“不存在市”不是已知的县区或园区）");
    insta::assert_snapshot!(error(2, "吉安"), @"需求.csv [需求] C2 所在县区“吉安”：应为县（市、区）或园区的名称或代码（“吉安”可指多个地区：吉安市、吉安县；请写全称或代码）");
    insta::assert_snapshot!(error(5, "很多"), @"需求.csv [需求] F2 数量“很多”：应为数字加单位，如 5000片/月");
    insta::assert_snapshot!(error(5, "-5片"), @"需求.csv [需求] F2 数量“-5片”：应为大于零的数量");
    insta::assert_snapshot!(error(5, "0"), @"需求.csv [需求] F2 数量“0”：应为大于零的数量");
    insta::assert_snapshot!(error(5, "500坨"), @"需求.csv [需求] F2 数量“500坨”：应为数字加单位，如 5000片/月（不认识的单位“坨”）");
    insta::assert_snapshot!(error(8, "15~12元/片"), @"需求.csv [需求] I2 价格“15~12元/片”：应为最低价不高于最高价（读到的最低价 15 高于最高价 12）");
    insta::assert_snapshot!(error(8, "5公斤"), @"需求.csv [需求] I2 价格“5公斤”：应为价格，如 12~15元/卷（单位“kg”不是人民币，请换算成元）");
    insta::assert_snapshot!(error(9, "2026-02-30"), @"需求.csv [需求] J2 截止日期“2026-02-30”：应为日期，如 2026-12-31");
    insta::assert_snapshot!(error(10, "1380013800"), @"需求.csv [需求] K2 电话“1380013800”：应为11位手机号，或带区号的固定电话（“1380013800”有10位数字）");
    insta::assert_snapshot!(error(11, "内部"), @"需求.csv [需求] L2 公开级别“内部”：应为公开、联盟成员、对接双方、秘书处、本企业之一");
    insta::assert_snapshot!(error(3, "#N/A"), @"需求.csv [需求] D2 需求产品名称“#N/A”：应为公式算出的值（公式引用已失效，请改为直接填写）");
    insta::assert_snapshot!(error(4, "#REF!"), @"需求.csv [需求] E2 规格参数“#REF!”：应为公式算出的值（公式引用已失效，请改为直接填写）");
    insta::assert_snapshot!(error(3, &"长".repeat(201)), @"需求.csv [需求] D2 需求产品名称“长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长…”：应为不超过200字（现有201字，请缩短）");
    insta::assert_snapshot!(error(12, "急,多出来的"), @"需求.csv [需求] N2 表头以外的列“多出来的”：应为每行13列（多半是某格内含有分隔符“,”，请给该格加上双引号）");
}

#[test]
fn refusals_of_pairs_of_cells() {
    let error =
        |text: &str| drafts(text).errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    insta::assert_snapshot!(error("企业名称,需求产品,数量,单位\n甲公司,端子,5,坨\n"), @"需求.csv [需求] D2 单位“坨”：应为计量单位，如 片、万片/月、吨/年、卷");
    insta::assert_snapshot!(error("企业名称,需求产品,起始日期,截止日期\n甲公司,端子,2026-12-01,2026-11-30\n"), @"需求.csv [需求] D2 截止日期“2026-11-30”：应为不早于起始日期 2026-12-01（读到的截止日期是 2026-11-30）");
    insta::assert_snapshot!(error("企业名称,需求产品,最低价,最高价\n甲公司,端子,9,8\n"), @"需求.csv [需求] D2 最高价“8”：应为最低价不高于最高价（读到的最低价 9 高于最高价 8）");
    insta::assert_snapshot!(error("序号,企业名称,需求产品,数量\n1,甲公司,端子,5只\n2,甲公司,端子,5只\n"), @"需求.csv [需求] C3 需求产品名称“端子”：应为与其他行不同（整行与第2行相同，请删去一行，或用编号区分）");
    insta::assert_snapshot!(error("企业名称,需求产品,有效期\n甲公司,端子,看情况\n"), @"需求.csv [需求] C2 有效期“看情况”：应为截止日期、起止日期或期限（如 2026-12-31、2026-11-01至2026-12-31、3个月、长期）");
}

#[test]
fn enterprises_with_their_particulars() {
    let text = "企业名称,统一社会信用代码,县区,园区,行业代码,主营产品,从业人数,营业收入（万元）,经度,纬度,联系电话\n某某电子有限公司,91350100M000100Y43,,井开区,C3975,LED,120人,3000,114.9,26.8,0796-8888888\n某某光电有限公司,,万安县,某某产业园,9999,,,,114.9,,\n";
    let drafts = drafts_of(&sheet(text, "企业名录.csv"));
    let enterprise = &drafts.enterprises[0].value;
    assert_eq!(enterprise.key, "91350100M000100Y43");
    assert_eq!((enterprise.region.as_deref(), enterprise.park.as_deref()), (Some("360821"), Some("360891")));
    assert_eq!((enterprise.industry.as_deref(), enterprise.employees), (Some("3975"), Some(120)));
    assert_eq!(enterprise.revenue_fen, Some(3_000_000_000));
    let errors: Vec<String> = drafts.errors.iter().chain(&drafts.warnings).map(ToString::to_string).collect();
    insta::assert_snapshot!(errors.join("\n"), @"
企业名录.csv [企业名录] E3 行业代码“9999”：应为国民经济行业分类（GB/T 4754—2017）的代码或名称（如 3975 或 半导体照明器件制造）
企业名录.csv [企业名录] J3 纬度为空：应为度数（经度和纬度须同时填写）
企业名录.csv [企业名录] D3 园区“某某产业园”：应为园区表中的名称或代码（此园区不在园区表中，已略去）
");
}

#[test]
fn telephones_in_free_words_are_warned_of() {
    let warned = |title: &str, detail: &str| {
        let drafts =
            drafts(&format!("企业名称,需求产品名称,规格型号,电话\n甲公司,{title},{detail},13800138000\n"));
        assert_eq!(drafts.errors, [], "{title} {detail}");
        drafts.warnings.iter().map(|w| (w.cell.clone(), w.code)).collect::<Vec<_>>()
    };
    let at = |cell: &str| vec![(cell.to_owned(), ErrorCode::PhoneInText)];
    assert_eq!(warned("端子", "厚0.5mm，致电１３８００１３８０００"), at("C2"));
    assert_eq!(warned("端子", "联系0796-8888888"), at("C2"));
    assert_eq!(warned("端子", "138-0013-8000"), at("C2"));
    assert_eq!(warned("端子13800138000", "厚0.5mm"), at("B2"));
    for fine in ["型号0402-1005", "P/N 213800138000", "10-20-30", "GB/T 20001-2017", "0.15-0.25mm"] {
        assert_eq!(warned("端子", fine), vec![], "{fine}");
    }
}

#[test]
fn a_draft_says_whether_its_level_was_given() {
    let given = |level: &str| {
        drafts(&format!("企业名称,需求产品名称,公开级别\n甲公司,端子,{level}\n")).needs[0].visibility_given
    };
    assert!(given("公开") && given("秘书处") && !given("") && !given("/"));
    assert!(!drafts("企业名称,需求产品名称\n甲公司,端子\n").needs[0].visibility_given);
}

#[test]
fn rows_of_another_market_have_its_fields() {
    let head = "企业名称,岗位,岗位职责,招聘人数,最低学历,最少经验,月薪,班制";
    let jobs = |row: &str| drafts_of(&sheet(&format!("{head}\n某某电子有限公司,{row}\n"), "招聘岗位.csv"));
    let read = jobs("SMT工艺工程师,炉温曲线,2人,专科以上,3,7000~10000元/月,白班");
    // 专科以上 is no word of the scale.
    let errors: Vec<String> = read.errors.iter().map(|e| format!("{} {:?}", e.cell, e.code)).collect();
    assert_eq!(errors, ["E2 FieldUnreadable"]);
    assert!(
        read.errors[0].to_string().contains("应为初中、高中、大专、本科、硕士、博士之一"),
        "{}",
        read.errors[0]
    );
    let read = jobs("SMT工艺工程师,炉温曲线,2人,大专,3,7000~10000元/月,白班");
    assert_eq!(read.errors, []);
    let need = &read.needs[0].value.need;
    assert_eq!((need.market.0.as_str(), need.node.as_ref()), ("jobs", None));
    assert_eq!(need.own["education"], "大专");
    assert_eq!(words(need.quantity.as_ref()), "2人");
    let specs: Vec<String> =
        need.specs.iter().map(|s| format!("{} {}", s.property, s.value_words())).collect();
    assert_eq!(
        specs,
        ["jobs.education 大专", "jobs.experience 3年", "jobs.salary 7000~10000元/月", "jobs.shifts 长白班"]
    );
    let loans = "企业名称,融资用途,融资金额,期限,可提供担保\n某某电子有限公司,扩产,,24个月,抵押\n";
    let read = drafts_of(&sheet(loans, "融资项目.csv"));
    assert_eq!(
        read.errors.iter().map(|e| (e.cell.as_str(), e.code)).collect::<Vec<_>>(),
        [("C2", ErrorCode::FieldMissing)]
    );
}

#[test]
fn what_allocation_asks_is_read() {
    let read = need("数量,最迟到货日期,可否分批", "500卷,2026-12-31,否");
    assert_eq!(
        (read.needed_by.map(|d| d.to_string()).as_deref(), read.partial),
        (Some("2026-12-31"), Some(false))
    );
    let read = offer("月产能,交货周期,批量", "900卷,15天,100卷");
    assert_eq!((read.lead_days, words(read.lot.as_ref())), (Some(15), "100卷".to_owned()));
    let unsaid = need("数量", "500卷");
    assert_eq!((unsaid.needed_by, unsaid.partial), (None, None));
}
