//! Free specification text, quantities, prices and dates never panic and never take long.
#![no_main]

use libfuzzer_sys::fuzz_target;
use model::reference::Reference;
use model::spectext;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let reference = Reference::builtin();
    let node = &reference.chain.nodes()[bytes.len() % reference.chain.nodes().len()];
    let parsed = spectext::parse_specs(text, &reference.units, &reference.properties, &node.properties);
    for spec in &parsed.specs {
        // What was read can be shown and compared.
        let _ = spec.zh(&reference.properties);
    }
    let _ = spectext::parse_quantity(text, &reference.units);
    let _ = reference.units.unit(text);
});
