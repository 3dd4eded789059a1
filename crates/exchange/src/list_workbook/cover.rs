//! 封面: title, number, period, figures with their formulas in words, stamp box, fingerprint.

use super::Page;
use crate::write::{WriteError, row_height, set_up_print};
use model::allotment::Optimum;
use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Workbook};

/// Width of the column of formulas, in characters.
const FORMULA_WIDTH: f64 = 56.0;
/// Size of the figures' font against the body's: 12 against 10.5 points.
const FIGURE_SCALE: f64 = 12.0 / 10.5;

/// What stays unmet of each kind of measure, and how good the allocation is proved to be.
fn optima(page: &Page<'_>) -> Vec<(String, f64, String)> {
    let allotment = page.list.content.allotment.as_ref();
    let line = |optimum: &Optimum| {
        let proof = match optimum.is_proved {
            true => "已证明为最优".to_owned(),
            false => format!("与最优相差不超过{:.2}%", 100.0 * optimum.gap()),
        };
        let words = format!(
            "需求合计{}；配给使“得分×数量”之和最大：{:.2}，上界{:.2}，{proof}",
            optimum.asked, optimum.gain, optimum.bound
        );
        (format!("未满足（{}）", optimum.unmet.unit), optimum.unmet.value, words)
    };
    allotment.map_or_else(Vec::new, |a| a.optima.iter().map(line).collect())
}

pub(super) fn write(book: &mut Workbook, page: &Page<'_>) -> Result<(), WriteError> {
    let base = Format::new().set_font_name("仿宋").set_font_size(14).set_align(FormatAlign::VerticalCenter);
    let centre = base.clone().set_align(FormatAlign::Center);
    let head = centre.clone().set_font_name("黑体");
    let boxed = base.clone().set_font_size(12).set_border(FormatBorder::Thin).set_text_wrap();
    let figure = boxed.clone().set_align(FormatAlign::Center).set_num_format("#,##0");
    let share = boxed.clone().set_align(FormatAlign::Center).set_num_format("0.0%");
    let small = base.clone().set_font_size(9).set_text_wrap();

    let sheet = book.add_worksheet();
    sheet.set_name("封面")?;
    for (column, width) in [(0, 18.0), (1, 14.0), (2, FORMULA_WIDTH)] {
        sheet.set_column_width(column, width)?;
    }
    let content = &page.list.content;
    sheet.set_row_height(1, 48)?;
    sheet.merge_range(1, 0, 1, 2, &page.title, &head.clone().set_font_size(26))?;
    sheet.merge_range(3, 0, 3, 2, &page.subtitle, &centre)?;
    let published = page
        .published
        .map_or(String::new(), |day| format!("发布日期：{}年{}月{}日", day.year(), day.month(), day.day()));
    sheet.merge_range(4, 0, 4, 2, &published, &centre)?;

    for (column, heading) in (0u16..).zip(["指标", "数值", "算法"]) {
        sheet.write_string_with_format(
            6,
            column,
            heading,
            &boxed.clone().set_font_name("黑体").set_align(FormatAlign::Center),
        )?;
    }
    let summary = &content.summary;
    let figures = [
        ("需求", f64::from(summary.needs), "本期内有效的需求条数"),
        ("供给", f64::from(summary.offers), "本期内有效的供给条数"),
        ("企业", f64::from(summary.enterprises), "本清单列出的企业数"),
        (
            "已匹配",
            f64::from(summary.matched),
            "配给数量覆盖全部需求量，或需求量、产能未载明而有可行供给的需求条数",
        ),
        ("部分匹配", f64::from(summary.part), "配给数量只覆盖部分需求量的需求条数"),
        ("未满足", f64::from(summary.unmet), "没有配给的需求条数"),
        ("上期已撤", summary.gone.len() as f64, "上一号清单有、本号没有的需求条数"),
    ];
    let mut row = 7;
    for (name, value, words) in figures {
        sheet.write_string_with_format(row, 0, name, &boxed)?;
        sheet.write_number_with_format(row, 1, value, &figure)?;
        sheet.write_string_with_format(row, 2, words, &boxed)?;
        sheet.set_row_height(row, row_height([(words, FORMULA_WIDTH)], FIGURE_SCALE))?;
        row += 1;
    }
    if page.market.is_none_or(|market| market.local_rate) {
        sheet.write_string_with_format(row, 0, "本地配套率", &boxed)?;
        sheet.write_number_with_format(row, 1, summary.local_supporting_rate, &share)?;
        sheet.write_string_with_format(row, 2, &summary.local_supporting_formula, &boxed)?;
        let formula = [(summary.local_supporting_formula.as_str(), FORMULA_WIDTH)];
        sheet.set_row_height(row, row_height(formula, FIGURE_SCALE))?;
        row += 1;
    }

    for (name, value, words) in optima(page) {
        sheet.write_string_with_format(row, 0, &name, &boxed)?;
        sheet.write_number_with_format(row, 1, value, &figure.clone().set_num_format("#,##0.##"))?;
        sheet.write_string_with_format(row, 2, &words, &boxed)?;
        sheet.set_row_height(row, row_height([(words.as_str(), FORMULA_WIDTH)], FIGURE_SCALE))?;
        row += 1;
    }

    row += 1;
    let approved = page.list.approved_by.as_deref().unwrap_or("");
    sheet.merge_range(
        row,
        0,
        row,
        2,
        &format!("编制：{}　　批准：{approved}", page.list.drafted_by),
        &base,
    )?;
    row += 1;
    sheet.set_row_height(row, 110)?;
    let stamp = centre.clone().set_font_size(12).set_border(FormatBorder::Dashed);
    sheet.write_string_with_format(row, 2, "（盖章处）", &stamp)?;
    row += 2;
    if let Some(reason) = &page.list.withdrawn_reason {
        sheet.merge_range(row, 0, row, 2, &format!("本清单已撤回：{reason}"), &head)?;
        row += 1;
    }
    let hash = page.list.sha256.as_deref().unwrap_or("（发布时生成）");
    sheet.merge_range(row, 0, row, 2, &format!("内容指纹（SHA-256）：{hash}"), &small)?;
    row += 1;
    if content.enterprises.iter().any(|e| e.fictional) {
        sheet.merge_range(row, 0, row, 2, "名称后标有“（虚构示例）”的企业为演示用虚构企业。", &small)?;
    }
    Ok(set_up_print(sheet, false, None)?)
}
