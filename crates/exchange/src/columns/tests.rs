//! What a secretariat receives, as sheets.

use super::*;
use crate::sheet::{Merge, ReadOptions, Sheet, read};
use model::reference::Reference;

fn csv(name: &str, text: &str) -> Sheet {
    read(text.as_bytes(), name, &ReadOptions::default()).unwrap().remove(0)
}

fn planned(sheet: &Sheet) -> SheetPlan {
    let words = Headings::builtin(Reference::builtin());
    plan(sheet, &words, &PlanOptions::default()).unwrap_or_else(|e| panic!("{e}"))
}

/// Keys of the targets in the order of the columns, `-` where one is left out, with units.
fn targets(plan: &SheetPlan) -> String {
    let words: Vec<String> = plan
        .columns
        .iter()
        .map(|c| {
            let unit = c.unit.as_ref().map_or(String::new(), |u| format!("[{u}]"));
            c.target.map_or("-", |t| t.key()).to_owned() + &unit
        })
        .collect();
    words.join(" ")
}

#[test]
fn headings_of_the_shipped_table_are_all_known() {
    let words = Headings::builtin(Reference::builtin());
    assert_eq!(words.likeness("企业名称"), 1.0);
    assert!(words.likeness("泰和某某电子有限公司") < ACCEPT);
}

#[test]
fn guesses_kinds_and_fields() {
    for (name, heading, row, kind, expect) in [
        (
            "需求汇总.csv",
            "序号,企业名称,所在县区,产业链小组,需求产品名称,规格型号/技术参数,执行标准,材质,数量,单位,频次,预算（万元）,交期,目前供应地,目前供应商,质量认证要求,付款方式,有效期,联系人,职务,手机,备注,公开级别",
            "1,某某电子有限公司,泰和县,触控,键合金丝,线径20μm,GB/T 8750,金,100,卷,每月,3.5,7天,广东,某某,ISO9001,月结,2026-12-31,张三,经理,13800138000,,公开",
            SheetKind::Needs,
            "sequence enterprise region group title detail standard material quantity unit frequency price[万元] delivery current_place current_supplier certificates payment validity contact position phone note visibility",
        ),
        (
            "需求表.csv",
            "企业名称,需求产品名称,数量,最迟到货",
            "某某电子有限公司,键合金丝,100卷,2026-12-31",
            SheetKind::Needs,
            "enterprise title quantity needed_by",
        ),
        (
            "表二.csv",
            "企业名称,产品名称,规格参数,年产能（万片）,剩余产能(万片),现有主要客户,认证,供货半径（km）,最小起订,样品周期(天),单价区间（元/片）,联系电话",
            "某某光电有限公司,背光模组,6.1寸,1000,200,某某,RoHS,300,1000片,7,12-15,0796-8888888",
            SheetKind::Offers,
            "enterprise title detail capacity_year[万片] spare_capacity[万片] customers certificates supply_radius_km[km] minimum_order sample_days[天] price[元/片] phone",
        ),
        (
            "企业名录.csv",
            "企业名称,统一社会信用代码,县（市、区）,园区,行业代码,主营产品,从业人数,营业收入(万元),地址,联系人,联系方式",
            "某某电子有限公司,91350100M000100Y43,泰和县,工业园,3975,LED,120,3000,某路1号,李四,13900139000",
            SheetKind::Enterprises,
            "enterprise uscc region park industry products employees revenue[万元] address contact phone",
        ),
        (
            "rfq.csv",
            "No.,Buyer,Product needed,Specification,Qty,Unit,Target price,Delivery date,Valid until,Contact person,Tel",
            "1,Some Co. Ltd,FPC,0.1mm,5000,pcs,3,2026-12-01,2026-12-31,Li,13900139000",
            SheetKind::Needs,
            "sequence enterprise title detail quantity unit price delivery valid_until contact phone",
        ),
        (
            "采购清单.csv",
            "采购单位,名称,线径,纯度,断裂负荷,需求量,要求到货时间",
            "某某电子有限公司,键合金丝,20μm,99.99%,8cN,5000,月底",
            SheetKind::Needs,
            "enterprise title clause clause clause quantity delivery",
        ),
    ] {
        let plan = planned(&csv(name, &format!("{heading}\n{row}\n")));
        assert_eq!((plan.kind, targets(&plan).as_str()), (kind, expect), "{name}: {}", plan.kind_confidence);
    }
}

#[test]
fn titles_two_rows_and_blank_rows() {
    let text = "吉安市电子信息产业供给信息表,,,,,,\n填报日期：2026年11月,,,,,,\n\n企业名称,产品名称,产能,,规格参数,,联系方式\n,,年产能(万只),剩余,线径,纯度,电话\n某某有限公司,连接器,100,20,1mm,2%,13900139000\n";
    let plan = planned(&csv("汇总.csv", text));
    assert_eq!((plan.kind, plan.heading_first, plan.heading_last), (SheetKind::Offers, 4, 5));
    assert_eq!(targets(&plan), "enterprise title capacity_year[万只] spare_capacity clause clause phone");
    assert_eq!(plan.columns[3].heading, "产能/剩余");
}

#[test]
fn merged_groups_make_two_rows() {
    let mut sheet =
        csv("需求.csv", "企业名称,需求产品,数量与价格,,\n,,数值,单位,参考价/元\n某某公司,端子,5,只,3\n");
    sheet.merges = vec![
        Merge { first_row: 1, first_column: 0, last_row: 2, last_column: 0 },
        Merge { first_row: 1, first_column: 1, last_row: 2, last_column: 1 },
        Merge { first_row: 1, first_column: 2, last_row: 1, last_column: 4 },
    ];
    let plan = planned(&sheet);
    assert_eq!((plan.heading_first, plan.heading_last), (1, 2));
    assert_eq!(targets(&plan), "enterprise title quantity unit price[元]");
}

#[test]
fn people_and_memory_go_before_guesses() {
    let words = Headings::builtin(Reference::builtin());
    let sheet =
        csv("abt.csv", "id|name|description|price\n0|Sony Turntable|Belt drive|\n1|Bose Speaker|Black|399\n");
    let map = ColumnMap::parse(["needs.title=name"]).unwrap();
    let options =
        PlanOptions { map: Some(&map), kind: Some(SheetKind::Needs), lenient: true, ..Default::default() };
    let first = plan(&sheet, &words, &options).unwrap();
    assert_eq!(targets(&first), "number title detail price");
    assert_eq!(first.columns[1].how, How::Mapped);
    let letters = csv("x.csv", "甲,乙\n1,steel\n2,copper\n");
    let map = ColumnMap::parse(["needs.title=B"]).unwrap();
    let options =
        PlanOptions { map: Some(&map), kind: Some(SheetKind::Needs), lenient: true, ..Default::default() };
    assert_eq!(targets(&plan(&letters, &words, &options).unwrap()), "- title");
    let remembered = Remembered::from([first.remember()]);
    let options = PlanOptions { remembered: Some(&remembered), lenient: true, ..Default::default() };
    let second = plan(&sheet, &words, &options).unwrap();
    assert_eq!((second.kind, second.columns[1].how), (SheetKind::Needs, How::Remembered));
    assert_eq!(targets(&second), targets(&first));
}

#[test]
fn what_cannot_be_planned_says_why() {
    let words = Headings::builtin(Reference::builtin());
    let error = |name: &str, text: &str, map: &[&str]| {
        let map = ColumnMap::parse(map).unwrap();
        let options = PlanOptions { map: Some(&map), ..Default::default() };
        plan_workbook(&[csv(name, text)], &words, &options).unwrap_err().to_string()
    };
    insta::assert_snapshot!(error("a.csv", "1,2,3\n4,5,6\n", &[]), @"a.csv [a]：找不到表头行（前 2 行中没有一行含有可识别的列名）。请在数据上方写一行列名，如“企业名称、需求产品名称、规格型号、数量”。");
    insta::assert_snapshot!(error("a.csv", "企业名称,需求产品名称\n", &[]), @"a.csv [a]：表头（第 1 行）下面没有数据行。请确认选对了文件，填好数据后再导入。");
    insta::assert_snapshot!(error("a.csv", "企业名称,产品名称,规格型号\n甲公司,端子,1\n", &[]), @"a.csv [a]：看不出这是企业表、需求表还是供给表（列名：企业名称、产品名称、规格型号）。请在工作表名中写明“企业”“需求”或“供给”，或指定表的类别。");
    insta::assert_snapshot!(error("需求.csv", "企业名称,数量,规格型号\n甲公司,3,1\n", &[]), @"需求.csv [需求]：需求表缺少“需求产品名称”列（列名：企业名称、数量、规格型号）。请补上该列，或用 --map 指定，如 --map needs.title=列名。");
    insta::assert_snapshot!(error("需求.csv", "需求产品名称,数量\n端子,3\n", &[]), @"需求.csv [需求]：需求表缺少“企业名称”列（列名：需求产品名称、数量）。请补上该列，或用 --map 指定，如 --map needs.title=列名。");
    insta::assert_snapshot!(error("需求.csv", "企业名称,需求产品名称\n甲公司,端子\n", &["needs.detail=参数X"]), @"需求.csv [需求]：指定的列名“参数X”不在表头中（列名：企业名称、需求产品名称）。请照表头原样写列名，或写列的字母。");
}

/// Key of the market, kind, and targets of a sheet.
fn of_market(name: &str, text: &str, wanted: Option<&str>) -> String {
    let words = Headings::builtin(Reference::builtin());
    let options = PlanOptions { market: wanted, ..Default::default() };
    let plan = plan(&csv(name, text), &words, &options).unwrap_or_else(|e| panic!("{e}"));
    format!("{} {}: {}", plan.market, plan.kind.key(), targets(&plan))
}

#[test]
fn a_market_is_told_by_the_name_of_the_sheet_its_headings_or_a_person() {
    let loans = "企业名称,融资用途,融资金额,期限,可提供担保\n某某电子有限公司,扩产,500万元,24个月,抵押\n";
    let own = "finance needs: enterprise title own own own";
    assert_eq!(of_market("融资项目.csv", loans, None), own);
    // Three own fields tell it; which side it is, the sheet's name or the headings must say.
    assert_eq!(of_market("需求.csv", loans, None), own);
    assert_eq!(
        of_market("金融产品.csv", "企业名称,产品名称,单户额度,年利率\n某银行,技改贷,50~1000万元,4%\n", None),
        "finance offers: enterprise title own own"
    );
    assert_eq!(
        of_market(
            "招聘岗位.csv",
            "企业名称,岗位,招聘人数,最低学历,联系人\n某某电子有限公司,电工,2人,大专,张三\n",
            None
        ),
        "jobs needs: enterprise title quantity own contact"
    );
    let parts = "企业名称,需求产品名称,规格型号,数量\n某某电子有限公司,键合金丝,20μm,5卷\n";
    assert_eq!(of_market("需求.csv", parts, None), "parts needs: enterprise title detail quantity");
    assert_eq!(
        of_market("需求.csv", parts, Some("research")),
        "research needs: enterprise title detail quantity"
    );
    // One field in common is no market.
    assert_eq!(
        of_market(
            "需求.csv",
            "企业名称,需求产品名称,规格型号,数量,期限\n某某电子有限公司,金丝,20μm,5卷,3个月\n",
            None
        ),
        "parts needs: enterprise title detail quantity -"
    );
}

#[test]
fn a_person_names_a_field_of_the_markets_own() {
    let words = Headings::builtin(Reference::builtin());
    let sheet = csv("设备共享.csv", "企业名称,设备名称,某列\n某厂,三坐标测量机,40\n");
    let of = |map: &str| {
        let map = ColumnMap::parse([map]).unwrap();
        let options = PlanOptions { market: Some("equipment"), map: Some(&map), ..Default::default() };
        let plans =
            plan_workbook(std::slice::from_ref(&sheet), &words, &options).map_err(|e| e.to_string())?;
        Ok::<_, String>(plans[0].1.columns[2].target)
    };
    assert!(matches!(of("offers.own.hours=某列"), Ok(Some(Target::Own(_)))));
    assert!(of("offers.own.power=某列").unwrap_err().contains("某列"));
}
