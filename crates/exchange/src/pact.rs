//! Product carbon footprints in the data model of PACT 3.0, as JSON: written with its arithmetic, and read with it checked.
//!
//! Amounts are decimal numbers in text, as the specification has them. What a footprint consists of must add up:
//! `pcfExcludingBiogenicUptake` is the sum of its parts, `pcfIncludingBiogenicUptake` that sum and the biogenic uptake.

use serde_json::{Map, Value, json};

/// Version of the specification.
pub const SPEC_VERSION: &str = "3.0.0";

/// Parts of the footprint that the sums are made of. Removals and captures are negative.
const PARTS: [&str; 7] = [
    "fossilGhgEmissions",
    "landUseChangeGhgEmissions",
    "landManagementBiogenicCO2Emissions",
    "landManagementBiogenicCO2Removals",
    "technologicalCO2Removals",
    "ccsTechnologicalCO2Capture",
    "biogenicNonCO2Emissions",
];
const UPTAKE: &str = "biogenicCO2Uptake";
const UNITS: [&str; 10] = [
    "liter",
    "kilogram",
    "cubic meter",
    "kilowatt hour",
    "megajoule",
    "ton kilometer",
    "square meter",
    "piece",
    "hour",
    "megabit second",
];
/// Relative difference that rounding of parts may leave.
const TOLERANCE: f64 = 1e-6;

/// What is stated of a product's footprint.
#[derive(Debug, Clone, PartialEq)]
pub struct Footprint {
    /// Identifier, a UUID.
    pub id: String,
    /// When it was made, RFC 3339.
    pub created: String,
    /// Footprints that it replaces.
    pub preceding: Vec<String>,
    /// The company.
    pub company: String,
    /// Its URNs.
    pub company_ids: Vec<String>,
    /// The product.
    pub product: String,
    /// What it is.
    pub description: String,
    /// Its URNs.
    pub product_ids: Vec<String>,
    /// Its classes, URNs; may be empty.
    pub classifications: Vec<String>,
    /// Unit, a word of the specification.
    pub unit: &'static str,
    /// kg of one unit.
    pub mass_kg: f64,
    /// Period of the data, RFC 3339: from, until.
    pub period: (String, String),
    /// kg CO2e for one unit, all fossil.
    pub fossil_kg: f64,
    /// Part of the fossil carbon in the product, kg.
    pub fossil_carbon_kg: f64,
    /// How burdens were divided.
    pub allocation: String,
    /// What the reader must know.
    pub comment: String,
    /// What is left out, and how much of it is known to be, percent.
    pub exempted: (String, f64),
    /// Part of the raw material that is recycled, 0 to 1.
    pub recycled: f64,
}

/// A number as the specification writes decimals.
pub fn decimal(number: f64) -> String {
    let text = format!("{:.6}", if number == 0.0 { 0.0 } else { number });
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// A footprint as JSON.
pub fn write(of: &Footprint) -> Value {
    let total = decimal(of.fossil_kg);
    let pcf = json!({
        "declaredUnitOfMeasurement": of.unit,
        "declaredUnitAmount": "1",
        "productMassPerDeclaredUnit": decimal(of.mass_kg),
        "referencePeriodStart": of.period.0,
        "referencePeriodEnd": of.period.1,
        "geographyCountry": "CN",
        "boundaryProcessesDescription": "Cradle to gate, as the events of the ledger state it",
        "pcfExcludingBiogenicUptake": total,
        "pcfIncludingBiogenicUptake": total,
        "fossilGhgEmissions": total,
        "fossilCarbonContent": decimal(of.fossil_carbon_kg),
        "packagingEmissionsIncluded": false,
        "ipccCharacterizationFactors": ["AR6"],
        "crossSectoralStandards": ["ISO14067", "PACT-3.0"],
        "allocationRulesDescription": of.allocation,
        "exemptedEmissionsPercent": decimal(of.exempted.1),
        "exemptedEmissionsDescription": of.exempted.0,
    });
    let mut out = json!({
        "id": of.id,
        "specVersion": SPEC_VERSION,
        "version": 1,
        "created": of.created,
        "status": "Active",
        "companyName": of.company,
        "companyIds": of.company_ids,
        "productDescription": of.description,
        "productIds": of.product_ids,
        "productNameCompany": of.product,
        "comment": of.comment,
        "pcf": pcf,
        // Recycled metal: `recycledCarbonContent` of the specification is carbon.
        "extensions": [{
            "specVersion": "2.0.0",
            "dataSchema": "urn:yulin:ledger:recycled-content",
            "data": { "recycledContent": decimal(of.recycled), "definition": "ISO 14021:2016, 7.8, by mass" },
        }],
    });
    if let Value::Object(fields) = &mut out {
        if !of.preceding.is_empty() {
            fields.insert("precedingPfIds".to_owned(), json!(of.preceding));
        }
        if !of.classifications.is_empty() {
            fields.insert("productClassifications".to_owned(), json!(of.classifications));
        }
    }
    out
}

/// What is wrong with a footprint, each with its place as a JSON pointer.
pub fn check(footprint: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    let Some(fields) = footprint.as_object() else { return vec!["an object is expected".to_owned()] };
    let texts =
        ["id", "specVersion", "created", "status", "companyName", "productDescription", "productNameCompany"];
    for name in texts {
        match fields.get(name).and_then(Value::as_str) {
            Some(text) if !text.is_empty() || name == "productDescription" => {}
            _ => faults.push(format!("/{name}: a text is expected")),
        }
    }
    if fields.get("status").and_then(Value::as_str).is_some_and(|s| !["Active", "Deprecated"].contains(&s)) {
        faults.push("/status: Active or Deprecated is expected".to_owned());
    }
    if fields.get("id").and_then(Value::as_str).is_some_and(|id| !is_uuid(id)) {
        faults.push("/id: a UUID is expected".to_owned());
    }
    for name in ["companyIds", "productIds"] {
        let urns = fields.get(name).and_then(Value::as_array);
        let is_urn = |urn: &Value| {
            urn.as_str().is_some_and(|u| u.get(..4).is_some_and(|s| s.eq_ignore_ascii_case("urn:")))
        };
        if !urns.is_some_and(|urns| !urns.is_empty() && urns.iter().all(is_urn)) {
            faults.push(format!("/{name}: a list of URNs is expected, one at least"));
        }
    }
    match fields.get("pcf").and_then(Value::as_object) {
        Some(pcf) => check_pcf(pcf, &mut faults),
        None => faults.push("/pcf: an object is expected".to_owned()),
    }
    faults
}

fn check_pcf(pcf: &Map<String, Value>, faults: &mut Vec<String>) {
    let number = |name: &str| pcf.get(name).and_then(Value::as_str).and_then(|text| text.parse::<f64>().ok());
    let needed = [
        "declaredUnitAmount",
        "productMassPerDeclaredUnit",
        "pcfExcludingBiogenicUptake",
        "pcfIncludingBiogenicUptake",
        "fossilGhgEmissions",
        "fossilCarbonContent",
        "exemptedEmissionsPercent",
    ];
    for name in needed.iter().chain(&PARTS).chain(&[UPTAKE]) {
        let is_needed = needed.contains(name);
        if (pcf.contains_key(*name) || is_needed) && !number(name).is_some_and(f64::is_finite) {
            faults.push(format!("/pcf/{name}: a decimal number in text is expected"));
        }
    }
    if number("declaredUnitAmount").is_some_and(|amount| amount <= 0.0) {
        faults.push("/pcf/declaredUnitAmount: more than 0 is expected".to_owned());
    }
    if !pcf.get("declaredUnitOfMeasurement").and_then(Value::as_str).is_some_and(|unit| UNITS.contains(&unit))
    {
        faults.push(format!("/pcf/declaredUnitOfMeasurement: one of {} is expected", UNITS.join(", ")));
    }
    for name in ["referencePeriodStart", "referencePeriodEnd"] {
        if pcf.get(name).and_then(Value::as_str).is_none_or(|t| t.parse::<jiff::Timestamp>().is_err()) {
            faults.push(format!("/pcf/{name}: a time is expected"));
        }
    }
    for name in ["ipccCharacterizationFactors", "crossSectoralStandards"] {
        if pcf.get(name).and_then(Value::as_array).is_none_or(Vec::is_empty) {
            faults.push(format!("/pcf/{name}: a list is expected, one at least"));
        }
    }
    let places = ["geographyRegionOrSubregion", "geographyCountry", "geographyCountrySubdivision"];
    if places.iter().filter(|place| pcf.contains_key(**place)).count() > 1 {
        faults.push("/pcf: one geography at most is expected".to_owned());
    }
    let sum: f64 = PARTS.iter().filter_map(|part| number(part)).sum();
    for (name, expect) in [
        ("pcfExcludingBiogenicUptake", sum),
        ("pcfIncludingBiogenicUptake", sum + number(UPTAKE).unwrap_or(0.0)),
    ] {
        let Some(stated) = number(name) else { continue };
        let scale = stated.abs().max(expect.abs()).max(TOLERANCE);
        if (stated - expect).abs() > TOLERANCE * scale {
            faults.push(format!(
                "/pcf/{name}: {stated} is stated, and its parts add up to {}",
                decimal(expect)
            ));
        }
    }
}

/// True for 8-4-4-4-12 hexadecimal digits.
fn is_uuid(text: &str) -> bool {
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    lengths == [8, 4, 4, 4, 12] && text.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Value {
        write(&Footprint {
            id: "f4b1225a-bd44-4c8e-861d-079e4e1dfd69".to_owned(),
            created: "2026-11-01T00:00:00Z".to_owned(),
            preceding: Vec::new(),
            company: "虚构线材".to_owned(),
            company_ids: vec!["urn:pact:yulin:company:1".to_owned()],
            product: "键合线".to_owned(),
            description: String::new(),
            product_ids: vec!["urn:gtin:04012345111118".to_owned()],
            classifications: Vec::new(),
            unit: "kilogram",
            mass_kg: 1.0,
            period: ("2026-01-01T00:00:00Z".to_owned(), "2026-12-31T00:00:00Z".to_owned()),
            fossil_kg: 4.25,
            fossil_carbon_kg: 0.0,
            allocation: "mass".to_owned(),
            comment: String::new(),
            exempted: (String::new(), 0.0),
            recycled: 0.98,
        })
    }

    #[test]
    fn what_is_written_is_valid() {
        assert_eq!(check(&example()), Vec::<String>::new());
    }

    #[test]
    fn the_sums_are_enforced() {
        let with = |name: &str, value: Value| {
            let mut footprint = example();
            footprint["pcf"][name] = value;
            check(&footprint)
        };
        for (name, value, place) in [
            ("pcfExcludingBiogenicUptake", json!("4.26"), "/pcf/pcfExcludingBiogenicUptake"),
            ("biogenicCO2Uptake", json!("-1"), "/pcf/pcfIncludingBiogenicUptake"),
            ("fossilGhgEmissions", json!(4.25), "/pcf/fossilGhgEmissions"),
            ("declaredUnitOfMeasurement", json!("kg"), "/pcf/declaredUnitOfMeasurement"),
            ("declaredUnitAmount", json!("0"), "/pcf/declaredUnitAmount"),
            ("geographyCountrySubdivision", json!("CN-JX"), "/pcf"),
            ("crossSectoralStandards", json!([]), "/pcf/crossSectoralStandards"),
        ] {
            let faults = with(name, value);
            assert!(faults.iter().any(|fault| fault.starts_with(place)), "{name}: {faults:?}");
        }
        let mut both = example();
        both["pcf"]["landUseChangeGhgEmissions"] = json!("0.75");
        both["pcf"]["biogenicCO2Uptake"] = json!("-2");
        both["pcf"]["pcfExcludingBiogenicUptake"] = json!("5");
        both["pcf"]["pcfIncludingBiogenicUptake"] = json!("3");
        assert_eq!(check(&both), Vec::<String>::new());
    }

    #[test]
    fn decimals() {
        for (number, expect) in
            [(0.0, "0"), (-0.0, "0"), (1.5, "1.5"), (1e-9, "0"), (-2.25, "-2.25"), (1e6, "1000000")]
        {
            assert_eq!(decimal(number), expect);
        }
    }
}
