//! Red, amber, green: from which value a figure is which, out of `data/lights.csv`.

use crate::words::Lang;
use maud::{Markup, html};
use model::table;
use serde::Deserialize;
use std::sync::LazyLock;

/// One row of the table.
#[derive(Debug, Clone, Deserialize)]
pub struct Measure {
    measure: String,
    name_zh: String,
    name_en: String,
    better: Better,
    green: f64,
    amber: f64,
    formula_zh: String,
    formula_en: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Better {
    High,
    Low,
}

/// A light.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Light {
    /// In order.
    Green,
    /// To be watched.
    Amber,
    /// To be acted on.
    Red,
}

static TABLE: LazyLock<Vec<Measure>> = LazyLock::new(|| {
    table::rows::<Measure>("lights.csv", include_str!("../../../../../data/lights.csv"))
        .expect("the shipped table is tested")
        .into_iter()
        .map(|(_, row)| row)
        .collect()
});

/// The measure of this name; the shipped table has all that pages ask for, and a test sees it.
pub fn measure(name: &str) -> &'static Measure {
    TABLE.iter().find(|m| m.measure == name).unwrap_or(&TABLE[0])
}

impl Measure {
    /// The light for a value.
    pub fn light(&self, value: f64) -> Light {
        let reaches = |bound: f64| match self.better {
            Better::High => value >= bound,
            Better::Low => value <= bound,
        };
        if reaches(self.green) {
            Light::Green
        } else if reaches(self.amber) {
            Light::Amber
        } else {
            Light::Red
        }
    }

    /// Its name.
    pub fn name(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.name_zh,
            Lang::En => &self.name_en,
        }
    }

    /// Its formula.
    pub fn formula(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.formula_zh,
            Lang::En => &self.formula_en,
        }
    }

    /// From which value it is green and amber, such as `≥ 80% / ≥ 50%`; `percent` writes shares.
    pub fn bounds(&self, percent: bool) -> String {
        let sign = if self.better == Better::High { '≥' } else { '≤' };
        let word = |v: f64| if percent { format!("{sign} {:.0}%", v * 100.0) } else { format!("{sign} {v}") };
        format!("{} / {}", word(self.green), word(self.amber))
    }
}

impl Light {
    /// The light as a word with its colour: it reads without colour too.
    pub fn show(self, lang: Lang) -> Markup {
        let (class, word) = match self {
            Self::Green => ("green", lang.t("绿")),
            Self::Amber => ("amber", lang.t("黄")),
            Self::Red => ("red", lang.t("红")),
        };
        html! { span class={ "light " (class) } { (word) } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lights_follow_the_table() {
        for name in ["coverage", "local_rate", "list_months", "missing_links", "weak_links"] {
            assert_eq!(measure(name).measure, name);
        }
        let coverage = measure("coverage");
        assert_eq!(
            [0.8, 0.79, 0.5, 0.49].map(|v| coverage.light(v)),
            [Light::Green, Light::Amber, Light::Amber, Light::Red]
        );
        let missing = measure("missing_links");
        assert_eq!([0.0, 2.0, 3.0].map(|v| missing.light(v)), [Light::Green, Light::Amber, Light::Red]);
        assert_eq!(coverage.bounds(true), "≥ 80% / ≥ 50%");
    }
}
