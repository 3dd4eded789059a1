//! Circular-economy indicators, each with its printed definition: a figure without its formula is not shown.

use serde::Serialize;
use std::collections::BTreeSet;

/// An indicator's printed definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Definition {
    /// Key, such as `recovery_rate`.
    pub key: &'static str,
    /// Chinese name.
    pub name_zh: &'static str,
    /// English name.
    pub name_en: &'static str,
    /// Unit; `1` for a plain ratio.
    pub unit: &'static str,
    /// Formula with its symbols explained, in Chinese, as it is printed.
    pub formula_zh: &'static str,
    /// The same in English.
    pub formula_en: &'static str,
    /// Where it is from.
    pub source: &'static str,
}

/// Recovery rate.
pub const RECOVERY_RATE: Definition = Definition {
    key: "recovery_rate",
    name_zh: "回收率",
    name_en: "recovery rate",
    unit: "1",
    formula_zh: "R = m回收 / m投入：m回收为产品中回收的该物质质量，m投入为投料中该物质质量；多级串联时 R = R1·R2·…·Rn",
    formula_en: "R = m_recovered / m_input: mass of the substance in the products made from it over its mass in what was put in; stages in a row: R = R1·R2·…·Rn",
    source: "物料平衡定义；参照 GB/T 32326 与 ISO 14021:2016 7.8",
};

/// Linkage degree.
pub const LINKAGE_DEGREE: Definition = Definition {
    key: "linkage_degree",
    name_zh: "产业链关联度",
    name_en: "eco-connectance",
    unit: "1",
    formula_zh: "C = 2L / (S(S−1))：S 为企业数，L 为有物料、副产物、废物或能量交换的企业对数（每对只计一次）",
    formula_en: "C = 2L / (S(S−1)): S firms, L pairs of firms that exchange materials, by-products, waste or energy (each pair once)",
    source: "Dai T., Resources, Conservation and Recycling 54 (2010) 442–448",
};

/// Material circularity indicator.
pub const MCI: Definition = Definition {
    key: "mci",
    name_zh: "材料循环度指标（MCI）",
    name_en: "material circularity indicator",
    unit: "1",
    formula_zh: "MCI = max(0, 1 − LFI·0.9/X)；LFI = (V+W) / (2M+(WF−WC)/2)；V = M(1−FR−FU−FS)；W = W0+(WF+WC)/2；W0 = M(1−CR−CU−CC−CE)；WC = M(1−EC)CR；WF = M(1−EF)FR/EF；X = (L/L均)·(U/U均)",
    formula_en: "MCI = max(0, 1 − LFI·0.9/X); LFI = (V+W) / (2M+(WF−WC)/2); V = M(1−FR−FU−FS); W = W0+(WF+WC)/2; W0 = M(1−CR−CU−CC−CE); WC = M(1−EC)CR; WF = M(1−EF)FR/EF; X = (L/L_av)·(U/U_av)",
    source: "Ellen MacArthur Foundation, Granta Design, Circularity Indicators Methodology, 2019",
};

/// Energy intensity against a base year.
pub const ENERGY_INTENSITY: Definition = Definition {
    key: "energy_intensity",
    name_zh: "单位产值（产品）能耗及其较基准年变化",
    name_en: "energy intensity and its change since the base year",
    unit: "kgce/单位产出",
    formula_zh: "I = E / P；ΔI = (I − I0) / I0：E 为综合能耗（千克标准煤），P 为产出，I0 为基准年的 I",
    formula_en: "I = E / P; ΔI = (I − I0) / I0: E energy in kg of coal equivalent, P output, I0 the I of the base year",
    source: "GB/T 2589-2020 综合能耗计算通则",
};

/// Reduction of hazardous waste.
pub const HAZARDOUS_WASTE_REDUCTION: Definition = Definition {
    key: "hazardous_waste_reduction",
    name_zh: "危险废物减量率",
    name_en: "hazardous-waste reduction",
    unit: "1",
    formula_zh: "D = 1 − (W/P) / (W0/P0)：W 为危险废物产生量，P 为产出，W0、P0 为基准年的值",
    formula_en: "D = 1 − (W/P) / (W0/P0): W hazardous waste made, P output, W0 and P0 those of the base year",
    source: "《固体废物污染环境防治法》减量化原则；单位产出强度法",
};

/// All indicators.
pub const DEFINITIONS: [&Definition; 5] =
    [&RECOVERY_RATE, &LINKAGE_DEGREE, &MCI, &ENERGY_INTENSITY, &HAZARDOUS_WASTE_REDUCTION];

/// An input lies outside what the definition allows.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("{}：输入“{input}”= {value} 超出定义范围", definition.name_zh)]
pub struct OutOfRange {
    /// The indicator.
    pub definition: &'static Definition,
    /// Symbol of the input.
    pub input: &'static str,
    /// Its value.
    pub value: f64,
}

fn check(
    definition: &'static Definition,
    input: &'static str,
    value: f64,
    is_allowed: bool,
) -> Result<(), OutOfRange> {
    if is_allowed && value.is_finite() { Ok(()) } else { Err(OutOfRange { definition, input, value }) }
}

/// [`RECOVERY_RATE`] of one stage.
///
/// # Errors
/// Nothing put in, or a negative mass. More out than in is let through: it shows a faulty record, to be seen.
pub fn recovery_rate(recovered_kg: f64, input_kg: f64) -> Result<f64, OutOfRange> {
    check(&RECOVERY_RATE, "m投入", input_kg, input_kg > 0.0)?;
    check(&RECOVERY_RATE, "m回收", recovered_kg, recovered_kg >= 0.0)?;
    Ok(recovered_kg / input_kg)
}

/// [`RECOVERY_RATE`] of stages in a row.
///
/// # Errors
/// A stage's rate outside 0..1.
pub fn serial_recovery_rate(stages: &[f64]) -> Result<f64, OutOfRange> {
    for rate in stages {
        check(&RECOVERY_RATE, "Ri", *rate, (0.0..=1.0).contains(rate))?;
    }
    Ok(stages.iter().product())
}

/// [`LINKAGE_DEGREE`] of a cluster from its exchanges (giver, taker); exchanges of a firm with itself do not count.
///
/// # Errors
/// Fewer than two firms.
#[expect(clippy::cast_precision_loss, reason = "firms and pairs are far fewer than 2^52")]
pub fn linkage_degree(firms: usize, exchanges: &[(u32, u32)]) -> Result<f64, OutOfRange> {
    let count = firms as f64;
    check(&LINKAGE_DEGREE, "S", count, firms >= 2)?;
    let pairs: BTreeSet<(u32, u32)> =
        exchanges.iter().filter(|(a, b)| a != b).map(|(a, b)| (*a.min(b), *a.max(b))).collect();
    Ok(2.0 * pairs.len() as f64 / (count * (count - 1.0)))
}

/// Inputs of [`MCI`]; fractions are of the product's mass.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MciInput {
    /// Mass of the product, kg.
    pub mass_kg: f64,
    /// Feedstock from recycled sources (FR).
    pub recycled_feedstock: f64,
    /// Feedstock from reused sources (FU).
    pub reused_feedstock: f64,
    /// Biological feedstock from sustained production (FS).
    pub sustained_feedstock: f64,
    /// Collected for recycling at the end (CR).
    pub collected_recycling: f64,
    /// Going into reuse (CU).
    pub collected_reuse: f64,
    /// Going to composting (CC).
    pub composted: f64,
    /// Going to energy recovery that fulfils the method's conditions (CE).
    pub energy_recovered: f64,
    /// Efficiency of recycling at the end of life (EC).
    pub recycling_efficiency: f64,
    /// Efficiency of the recycling that made the feedstock (EF).
    pub feedstock_efficiency: f64,
    /// Utility X: lifetime and intensity of use against the industry's average.
    pub utility: f64,
}

/// [`MCI`], 0..1.
///
/// # Errors
/// A fraction outside 0..1, fractions that sum to more than 1, or a utility that is not positive.
pub fn mci(input: &MciInput) -> Result<f64, OutOfRange> {
    let m = input.mass_kg;
    check(&MCI, "M", m, m > 0.0)?;
    check(&MCI, "X", input.utility, input.utility > 0.0)?;
    for (symbol, value) in [
        ("FR", input.recycled_feedstock),
        ("FU", input.reused_feedstock),
        ("FS", input.sustained_feedstock),
        ("CR", input.collected_recycling),
        ("CU", input.collected_reuse),
        ("CC", input.composted),
        ("CE", input.energy_recovered),
        ("EC", input.recycling_efficiency),
        ("EF", input.feedstock_efficiency),
    ] {
        check(&MCI, symbol, value, (0.0..=1.0).contains(&value))?;
    }
    let feedstock = input.recycled_feedstock + input.reused_feedstock + input.sustained_feedstock;
    let collected =
        input.collected_recycling + input.collected_reuse + input.composted + input.energy_recovered;
    check(&MCI, "FR+FU+FS", feedstock, feedstock <= 1.0 + 1e-12)?;
    check(&MCI, "CR+CU+CC+CE", collected, collected <= 1.0 + 1e-12)?;
    check(
        &MCI,
        "EF",
        input.feedstock_efficiency,
        input.recycled_feedstock == 0.0 || input.feedstock_efficiency > 0.0,
    )?;
    let virgin = m * (1.0 - feedstock);
    let unrecovered = m * (1.0 - collected);
    let collected_waste = m * (1.0 - input.recycling_efficiency) * input.collected_recycling;
    let feedstock_waste = if input.recycled_feedstock == 0.0 {
        0.0
    } else {
        m * (1.0 - input.feedstock_efficiency) * input.recycled_feedstock / input.feedstock_efficiency
    };
    let waste = unrecovered + (feedstock_waste + collected_waste) / 2.0;
    let linear = (virgin + waste) / (2.0 * m + (feedstock_waste - collected_waste) / 2.0);
    Ok((1.0 - linear * 0.9 / input.utility).max(0.0))
}

/// [`ENERGY_INTENSITY`]: the intensity and its change since the base year (-0.18: 18 % less).
///
/// # Errors
/// No output, or no energy in the base year.
pub fn energy_intensity(
    energy_kgce: f64,
    output: f64,
    base_energy_kgce: f64,
    base_output: f64,
) -> Result<(f64, f64), OutOfRange> {
    check(&ENERGY_INTENSITY, "E", energy_kgce, energy_kgce >= 0.0)?;
    check(&ENERGY_INTENSITY, "P", output, output > 0.0)?;
    check(&ENERGY_INTENSITY, "P0", base_output, base_output > 0.0)?;
    check(&ENERGY_INTENSITY, "E0", base_energy_kgce, base_energy_kgce > 0.0)?;
    let (now, base) = (energy_kgce / output, base_energy_kgce / base_output);
    Ok((now, (now - base) / base))
}

/// [`HAZARDOUS_WASTE_REDUCTION`] (0.6: 60 % less for the same output).
///
/// # Errors
/// No output, or no waste in the base year.
pub fn hazardous_waste_reduction(
    waste_kg: f64,
    output: f64,
    base_waste_kg: f64,
    base_output: f64,
) -> Result<f64, OutOfRange> {
    check(&HAZARDOUS_WASTE_REDUCTION, "W", waste_kg, waste_kg >= 0.0)?;
    check(&HAZARDOUS_WASTE_REDUCTION, "P", output, output > 0.0)?;
    check(&HAZARDOUS_WASTE_REDUCTION, "P0", base_output, base_output > 0.0)?;
    check(&HAZARDOUS_WASTE_REDUCTION, "W0", base_waste_kg, base_waste_kg > 0.0)?;
    Ok(1.0 - (waste_kg / output) / (base_waste_kg / base_output))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: Result<f64, OutOfRange>, expect: f64) {
        assert!((found.unwrap() - expect).abs() < 1e-12, "{found:?} {expect}");
    }

    const LINEAR: MciInput = MciInput {
        mass_kg: 2.0,
        recycled_feedstock: 0.0,
        reused_feedstock: 0.0,
        sustained_feedstock: 0.0,
        collected_recycling: 0.0,
        collected_reuse: 0.0,
        composted: 0.0,
        energy_recovered: 0.0,
        recycling_efficiency: 0.8,
        feedstock_efficiency: 0.8,
        utility: 1.0,
    };

    #[test]
    fn rates() {
        close(recovery_rate(98.0, 100.0), 0.98);
        // 98 % over four stages needs 99.5 % of each.
        assert!(serial_recovery_rate(&[0.995; 4]).unwrap() > 0.98);
        assert!(serial_recovery_rate(&[0.994; 4]).unwrap() < 0.98);
        close(linkage_degree(4, &[(0, 1), (1, 0), (1, 2), (3, 3)]), 2.0 / 6.0);
        assert_eq!(energy_intensity(82.0, 100.0, 100.0, 100.0).unwrap().0, 0.82);
        close(energy_intensity(82.0, 100.0, 100.0, 100.0).map(|i| i.1), -0.18);
        close(hazardous_waste_reduction(40.0, 100.0, 100.0, 100.0), 0.6);
        close(hazardous_waste_reduction(80.0, 200.0, 100.0, 100.0), 0.6);
        let error = recovery_rate(1.0, 0.0).unwrap_err().to_string();
        assert_eq!(error, "回收率：输入“m投入”= 0 超出定义范围");
    }

    #[test]
    fn material_circularity() {
        // A wholly linear product of average utility has 0.1 by definition, a wholly reused one 1.
        close(mci(&LINEAR), 0.1);
        close(mci(&MciInput { reused_feedstock: 1.0, collected_reuse: 1.0, ..LINEAR }), 1.0);
        close(mci(&MciInput { utility: 2.0, ..LINEAR }), 0.55);
        close(mci(&MciInput { utility: 0.5, ..LINEAR }), 0.0);
        // Half recycled in and out at 80 %: V = 1, W0 = 1, WC = 0.2, WF = 0.25 (M = 2).
        let half = MciInput { recycled_feedstock: 0.5, collected_recycling: 0.5, ..LINEAR };
        close(mci(&half), 1.0 - 0.9 * (1.0 + 1.0 + 0.225) / (4.0 + 0.025));
        assert!(mci(&MciInput { recycled_feedstock: 0.7, reused_feedstock: 0.7, ..LINEAR }).is_err());
        assert!(mci(&MciInput { recycled_feedstock: 0.7, feedstock_efficiency: 0.0, ..LINEAR }).is_err());
    }

    #[test]
    fn every_definition_prints_its_formula() {
        let keys: BTreeSet<&str> = DEFINITIONS.iter().map(|d| d.key).collect();
        assert_eq!(keys.len(), DEFINITIONS.len());
        assert!(DEFINITIONS.iter().all(|d| d.formula_zh.contains('=') && !d.source.is_empty()));
    }
}
