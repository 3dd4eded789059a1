//! What came of an introduction: what was recorded, and the form that records it.

use crate::format;
use crate::parts::{Field, tag};
use crate::viewer::Viewer;
use crate::words::Lang;
use app::{Code, Error, OutcomeForm, OutcomeInfo};
use maud::{Markup, html};
use model::outcome::OutcomeResult;
use model::reference::Reference;
use serde::Deserialize;

/// The results that can be recorded, and their words.
const RESULTS: [(OutcomeResult, &str); 4] = [
    (OutcomeResult::Contract, "签约"),
    (OutcomeResult::Intent, "达成意向"),
    (OutcomeResult::None, "未成"),
    (OutcomeResult::Retracted, "撤回"),
];

/// The form as it is sent.
#[derive(Debug, Deserialize)]
pub struct Recorded {
    result: String,
    #[serde(default)]
    amount: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    day: String,
    #[serde(default)]
    note: String,
}

impl Recorded {
    /// The form with its types.
    pub fn read(&self) -> app::Result<OutcomeForm> {
        let bad = |message: &str| Error::new(Code::BadInput, message);
        let amount = self.amount.trim().replace([',', '，'], "");
        let yuan: Option<f64> = match amount.as_str() {
            "" => None,
            text => Some(text.parse().map_err(|_| bad("the amount is no number of yuan"))?),
        };
        // 10^13 yuan: far above any contract, far below where a fen is lost.
        if yuan.is_some_and(|yuan| !(0.0..1e13).contains(&yuan)) {
            return Err(bad("the amount is no number of yuan"));
        }
        let day = match self.day.trim() {
            "" => None,
            text => Some(text.parse().map_err(|_| bad("the day is no date"))?),
        };
        let result =
            OutcomeResult::parse(&self.result).ok_or_else(|| bad("the result is none of the list"))?;
        // A choice that was made before another result was chosen is not meant.
        let deal = matches!(result, OutcomeResult::Contract | OutcomeResult::Intent);
        Ok(OutcomeForm {
            result,
            amount_fen: yuan.filter(|_| deal).map(|yuan| (yuan * 100.0).round() as i64),
            reason: if result == OutcomeResult::None { self.reason.clone() } else { String::new() },
            note: self.note.clone(),
            day,
        })
    }
}

/// The form, behind a word.
pub fn form(viewer: &Viewer, introduction: i64) -> Markup {
    let lang = viewer.lang();
    let results = RESULTS.map(|(result, word)| (result.as_str(), lang.t(word)));
    let reasons = viewer.app().reference().outcomes.reasons();
    let reasons = std::iter::once(("".to_owned(), "–".to_owned()))
        .chain(reasons.map(|row| (row.word.clone(), lang.pick(&row.name_zh, &row.name_en).to_owned())));
    html! {
        details.ask {
            summary.button.quiet { (lang.t("登记结果")) }
            form method="post" action={ "/introductions/" (introduction) "/outcome" } {
                (viewer.csrf_field())
                (Field::select("result", lang.t("结果"), results))
                (Field::text("amount", lang.t("金额（元）")).hint(lang.t("意向或签约时填写；只有双方和秘书处看得到。")))
                (Field::select("reason", lang.t("未成的原因"), reasons))
                (Field::typed("date", "day", lang.t("日期")).hint(lang.t("不填为今天")))
                (Field::text("note", lang.t("说明")).max(500))
                button type="submit" { (lang.t("登记结果")) }
            }
        }
    }
}

/// What was recorded of an introduction, newest first.
pub fn recorded(lang: Lang, reference: &Reference, introduction: i64, outcomes: &[OutcomeInfo]) -> Markup {
    let own = format!("introduction/{introduction}");
    html! {
        @for outcome in outcomes.iter().filter(|o| o.reference == own) {
            p {
                (line(lang, reference, outcome)) " "
                span.soft { (outcome.day) " · " (outcome.by) " · " (format::moment(outcome.at_ms)) }
            }
        }
    }
}

fn line(lang: Lang, reference: &Reference, outcome: &OutcomeInfo) -> Markup {
    let word = RESULTS.iter().find(|(result, _)| *result == outcome.result).map_or("", |(_, word)| *word);
    let class = match outcome.result {
        OutcomeResult::Contract | OutcomeResult::Intent => "good",
        OutcomeResult::None => "bad",
        _ => "quiet",
    };
    let reason = reference.outcomes.reason(&outcome.reason);
    html! {
        (tag(class, lang.t(word)))
        @if let Some(fen) = outcome.amount_fen { " " (yuan(fen)) " " (lang.t("元")) }
        @if let Some(reason) = reason { " " (lang.pick(&reason.name_zh, &reason.name_en)) }
        @if !outcome.note.is_empty() { " " (outcome.note) }
    }
}

/// Yuan with their thousands parted; fen only where there are any.
fn yuan(fen: i64) -> String {
    let (whole, rest) = ((fen / 100).to_string(), fen % 100);
    let mut out = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    if rest > 0 { format!("{out}.{rest:02}") } else { out }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money() {
        for (fen, expect) in
            [(0, "0"), (99_900, "999"), (12_345_678_905, "123,456,789.05"), (100_000, "1,000")]
        {
            assert_eq!(yuan(fen), expect);
        }
    }

    #[test]
    fn a_form_is_read() {
        let recorded = |result: &str, amount: &str, day: &str| Recorded {
            result: result.to_owned(),
            amount: amount.to_owned(),
            reason: "price".to_owned(),
            day: day.to_owned(),
            note: String::new(),
        };
        let deal = recorded("contract", "12,000.5", "2026-11-20").read().unwrap();
        assert_eq!((deal.amount_fen, deal.reason.as_str()), (Some(1_200_050), ""));
        let nothing = recorded("none", "5", "").read().unwrap();
        assert_eq!((nothing.amount_fen, nothing.reason.as_str(), nothing.day), (None, "price", None));
        for (result, amount, day) in
            [("won", "", ""), ("contract", "many", ""), ("contract", "-1", ""), ("none", "", "soon")]
        {
            assert_eq!(recorded(result, amount, day).read().unwrap_err().code, Code::BadInput);
        }
    }
}
