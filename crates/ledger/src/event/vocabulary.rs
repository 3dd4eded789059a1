//! The standard vocabularies of CBV 2.0: the words, their namespaces, and which values a field takes.

/// A vocabulary of CBV 2.0 (or of the GS1 Web Vocabulary, for sensor reports).
#[derive(Debug, PartialEq, Eq)]
pub struct Vocabulary {
    /// Field that takes its words.
    pub name: &'static str,
    /// The URI of a word is this and the word.
    pub prefix: &'static str,
    /// The older URN of a word is this and the word; empty where there is none.
    pub urn_prefix: &'static str,
    /// Standard words.
    pub words: &'static [&'static str],
}

/// CBV 2.0, 7.1.
pub(crate) static BIZ_STEP: Vocabulary = Vocabulary {
    name: "bizStep",
    prefix: "https://ref.gs1.org/cbv/BizStep-",
    urn_prefix: "urn:epcglobal:cbv:bizstep:",
    words: &[
        "accepting",
        "arriving",
        "assembling",
        "collecting",
        "commissioning",
        "consigning",
        "creating_class_instance",
        "cycle_counting",
        "decommissioning",
        "departing",
        "destroying",
        "disassembling",
        "dispensing",
        "encoding",
        "entering_exiting",
        "holding",
        "inspecting",
        "installing",
        "killing",
        "loading",
        "other",
        "packing",
        "picking",
        "receiving",
        "removing",
        "repackaging",
        "repairing",
        "replacing",
        "reserving",
        "retail_selling",
        "sampling",
        "sensor_reporting",
        "shipping",
        "staging_outbound",
        "stock_taking",
        "stocking",
        "storing",
        "transporting",
        "unloading",
        "unpacking",
        "void_shipping",
    ],
};

/// CBV 2.0, 7.2.
pub(crate) static DISPOSITION: Vocabulary = Vocabulary {
    name: "disposition",
    prefix: "https://ref.gs1.org/cbv/Disp-",
    urn_prefix: "urn:epcglobal:cbv:disp:",
    words: &[
        "active",
        "available",
        "completeness_inferred",
        "completeness_verified",
        "conformant",
        "container_closed",
        "container_open",
        "damaged",
        "destroyed",
        "dispensed",
        "disposed",
        "encoded",
        "expired",
        "in_progress",
        "in_transit",
        "inactive",
        "mismatch_class",
        "mismatch_instance",
        "mismatch_quantity",
        "needs_replacement",
        "no_pedigree_match",
        "non_conformant",
        "non_sellable_other",
        "partially_dispensed",
        "recalled",
        "reserved",
        "retail_sold",
        "returned",
        "sellable_accessible",
        "sellable_not_accessible",
        "stolen",
        "unavailable",
        "unknown",
    ],
};

/// CBV 2.0, 7.3.
pub(crate) static BIZ_TRANSACTION: Vocabulary = Vocabulary {
    name: "bizTransaction type",
    prefix: "https://ref.gs1.org/cbv/BTT-",
    urn_prefix: "urn:epcglobal:cbv:btt:",
    words: &[
        "bol",
        "cert",
        "desadv",
        "inv",
        "pedigree",
        "po",
        "poc",
        "prodorder",
        "recadv",
        "rma",
        "testprd",
        "testres",
        "upevt",
    ],
};

/// CBV 2.0, 7.4.
pub(crate) static SOURCE_DESTINATION: Vocabulary = Vocabulary {
    name: "source/destination type",
    prefix: "https://ref.gs1.org/cbv/SDT-",
    urn_prefix: "urn:epcglobal:cbv:sdt:",
    words: &["location", "owning_party", "possessing_party"],
};

/// CBV 2.0, 7.5.
pub(crate) static ERROR_REASON: Vocabulary = Vocabulary {
    name: "error reason",
    prefix: "https://ref.gs1.org/cbv/ER-",
    urn_prefix: "urn:epcglobal:cbv:er:",
    words: &["did_not_occur", "incorrect_data"],
};

/// CBV 2.0, 7.8.
pub(crate) static COMPONENT: Vocabulary = Vocabulary {
    name: "component",
    prefix: "https://ref.gs1.org/cbv/Comp-",
    urn_prefix: "",
    words: &[
        "altitude",
        "axial_distance",
        "azimuth",
        "easting",
        "elevation_angle",
        "height",
        "latitude",
        "longitude",
        "northing",
        "polar_angle",
        "spherical_radius",
        "x",
        "y",
        "z",
    ],
};

/// GS1 Web Vocabulary, `gs1:MeasurementType`.
pub(crate) static MEASUREMENT: Vocabulary = Vocabulary {
    name: "sensorReport type",
    prefix: "https://gs1.org/voc/",
    urn_prefix: "",
    words: &[
        "AbsoluteHumidity",
        "AbsorbedDose",
        "AbsorbedDoseRate",
        "Acceleration",
        "Altitude",
        "AmountOfSubstance",
        "AmountOfSubstancePerUnitVolume",
        "Angle",
        "AngularAcceleration",
        "AngularMomentum",
        "AngularVelocity",
        "Area",
        "Capacitance",
        "Conductance",
        "Conductivity",
        "Count",
        "Density",
        "Dimensionless",
        "DoseEquivalent",
        "DoseEquivalentRate",
        "DynamicViscosity",
        "ElectricCharge",
        "ElectricCurrent",
        "ElectricCurrentDensity",
        "ElectricFieldStrength",
        "Energy",
        "Exposure",
        "Force",
        "Frequency",
        "Illuminance",
        "Inductance",
        "Irradiance",
        "KinematicViscosity",
        "Length",
        "LinearMomentum",
        "Luminance",
        "LuminousFlux",
        "LuminousIntensity",
        "MagneticFlux",
        "MagneticFluxDensity",
        "MagneticVectorPotential",
        "Mass",
        "MassConcentration",
        "MassFlowRate",
        "MassPerAreaTime",
        "MemoryCapacity",
        "MolalityOfSolute",
        "MolarEnergy",
        "MolarMass",
        "MolarVolume",
        "Power",
        "Pressure",
        "RadiantFlux",
        "RadiantIntensity",
        "Radioactivity",
        "RelativeHumidity",
        "Resistance",
        "Resistivity",
        "SolidAngle",
        "SpecificVolume",
        "Speed",
        "SurfaceDensity",
        "SurfaceTension",
        "Temperature",
        "Time",
        "Torque",
        "Voltage",
        "Volume",
        "VolumeFlowRate",
        "VolumeFraction",
        "VolumetricFlux",
        "Wavenumber",
    ],
};

/// GS1 Web Vocabulary, `gs1:SensorAlertType`.
pub(crate) static SENSOR_ALERT: Vocabulary = Vocabulary {
    name: "sensorReport exception",
    prefix: "https://gs1.org/voc/",
    urn_prefix: "",
    words: &["ALARM_CONDITION", "ERROR_CONDITION"],
};

impl Vocabulary {
    /// The value to keep: a standard word bare, another vocabulary's value as its URI. `None` where the value is
    /// neither: an unknown bare word, an unknown word in CBV's own namespace, or one of the URN forms that the JSON
    /// binding does not take.
    pub(crate) fn keep(&self, expanded: &str) -> Option<String> {
        let word = expanded.strip_prefix(self.prefix).unwrap_or(expanded);
        if self.words.contains(&word) {
            return Some(word.to_owned());
        }
        let in_own_namespace = expanded.starts_with(self.prefix);
        let refused = ["urn:epcglobal:cbv:", "http://ns.gs1.org/cbv/", "https://ns.gs1.org/cbv/"];
        let is_other_uri =
            super::reader::is_uri(expanded) && !refused.iter().any(|p| expanded.starts_with(p));
        (is_other_uri && !in_own_namespace).then(|| expanded.to_owned())
    }

    /// The standard word nearest to a text, where one is near.
    pub(super) fn nearest(&self, text: &str) -> Option<&'static str> {
        let word = text.strip_prefix(self.urn_prefix).filter(|_| !self.urn_prefix.is_empty()).unwrap_or(text);
        nearest(word, self.words)
    }
}

/// The word nearest to a text, within a third of its length.
pub(super) fn nearest(text: &str, words: &[&'static str]) -> Option<&'static str> {
    let wanted: Vec<char> = text.to_lowercase().chars().take(40).collect();
    let limit = (wanted.len() / 3).max(1);
    let distance = |word: &&'static str| (edit_distance(&wanted, word), *word);
    words.iter().map(distance).filter(|(d, _)| *d <= limit).min().map(|(_, word)| word)
}

/// Levenshtein distance, letters compared without case.
fn edit_distance(a: &[char], b: &str) -> usize {
    let b: Vec<char> = b.to_lowercase().chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let next = (diagonal + usize::from(x != y)).min(row[j] + 1).min(row[j + 1] + 1);
            diagonal = row[j + 1];
            row[j + 1] = next;
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_words_and_foreign_uris() {
        for (value, expect) in [
            ("shipping", Some("shipping")),
            ("https://ref.gs1.org/cbv/BizStep-shipping", Some("shipping")),
            ("https://example.com/bizStep/etching", Some("https://example.com/bizStep/etching")),
            ("https://ref.gs1.org/cbv/BizStep-etching", None),
            ("urn:epcglobal:cbv:bizstep:shipping", None),
            ("transforming", None),
            ("", None),
        ] {
            assert_eq!(BIZ_STEP.keep(value).as_deref(), expect, "{value}");
        }
        assert_eq!(
            SOURCE_DESTINATION.keep("https://ref.gs1.org/cbv/my_own_party").as_deref(),
            Some("https://ref.gs1.org/cbv/my_own_party")
        );
        assert_eq!(BIZ_STEP.nearest("urn:epcglobal:cbv:bizstep:shipping"), Some("shipping"));
        assert_eq!(DISPOSITION.nearest("in_transport"), Some("in_transit"));
        assert_eq!(BIZ_STEP.nearest("quenching"), None);
    }

    #[test]
    fn words_are_sorted_and_distinct() {
        for vocabulary in [
            &BIZ_STEP,
            &DISPOSITION,
            &BIZ_TRANSACTION,
            &SOURCE_DESTINATION,
            &ERROR_REASON,
            &COMPONENT,
            &MEASUREMENT,
        ] {
            assert!(vocabulary.words.windows(2).all(|w| w[0] < w[1]), "{}", vocabulary.name);
        }
    }
}
