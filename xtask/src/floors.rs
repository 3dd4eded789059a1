//! The floors of the house: an arrow goes only downward, and no engine imports another engine.

#[cfg(test)]
mod tests {
    use crate::machine;
    use serde_json::Value;
    use std::collections::HashMap;

    /// Crates from the ground up (ARCHITECTURE.md). `xtask` stands outside the house and may use any.
    const FLOORS: [(&str, u8); 14] = [
        ("boxed", 0),
        ("model", 0),
        ("market", 1),
        ("casework", 1),
        ("criteria", 1),
        ("ledger", 1),
        ("plant", 1),
        ("vision", 1),
        ("store", 2),
        ("exchange", 2),
        ("notify", 2),
        ("app", 3),
        ("server", 4),
        ("yulin", 5),
    ];

    /// Arrows between crates of the house, from `cargo metadata`, without dev-dependencies.
    fn arrows() -> Vec<(String, String)> {
        let text = machine::output(
            &crate::root(),
            "cargo",
            &["metadata", "--format-version", "1", "--no-deps", "--locked"],
        )
        .expect("cargo metadata answers");
        let metadata: Value = serde_json::from_str(&text).expect("metadata is JSON");
        let mut arrows = Vec::new();
        for package in metadata["packages"].as_array().expect("packages") {
            let from = package["name"].as_str().expect("name");
            for dependency in package["dependencies"].as_array().expect("dependencies") {
                let inside = dependency["path"].is_string();
                if inside && dependency["kind"] != "dev" {
                    arrows.push((from.to_owned(), dependency["name"].as_str().expect("name").to_owned()));
                }
            }
        }
        arrows
    }

    #[test]
    fn arrows_go_only_downward() {
        let floors: HashMap<&str, u8> = FLOORS.into();
        let arrows = arrows();
        assert!(!arrows.is_empty(), "the house has arrows");
        let mut faults = Vec::new();
        for (from, to) in &arrows {
            if from == "xtask" {
                continue;
            }
            let (Some(upper), Some(lower)) = (floors.get(from.as_str()), floors.get(to.as_str())) else {
                faults.push(format!(
                    "{from} -> {to}: a crate without a floor; give it one here and in ARCHITECTURE.md"
                ));
                continue;
            };
            // Store and exchange do not know each other, engines do not know engines.
            if lower >= upper {
                faults.push(format!("{from} (floor {upper}) -> {to} (floor {lower})"));
            }
        }
        assert!(faults.is_empty(), "arrows that do not go down:\n{}", faults.join("\n"));
    }

    #[test]
    fn engines_do_no_io() {
        // A word that only I/O, clocks or global randomness need.
        const FORBIDDEN: [&str; 7] = [
            "std::fs",
            "std::net",
            "std::env",
            "SystemTime::now",
            "Instant::now",
            "Timestamp::now",
            "thread_rng",
        ];
        let mut faults = Vec::new();
        for (name, floor) in FLOORS {
            if floor > 1 {
                continue;
            }
            for file in rust_files(&crate::root().join("crates").join(name).join("src")) {
                let text = std::fs::read_to_string(&file).expect("source is readable");
                // Tests may read judged sets: those at the foot of a file, and files of tests.
                if file.file_name().is_some_and(|name| name == "tests.rs") {
                    continue;
                }
                let code = text.split("#[cfg(test)]").next().unwrap_or("");
                for word in FORBIDDEN {
                    if code.contains(word) {
                        faults.push(format!("{}: {word}", file.display()));
                    }
                }
            }
        }
        assert!(faults.is_empty(), "engines with I/O:\n{}", faults.join("\n"));
    }

    #[test]
    fn only_store_contains_sql() {
        let mut faults = Vec::new();
        for (name, _) in FLOORS.into_iter().filter(|(name, _)| *name != "store") {
            for file in rust_files(&crate::root().join("crates").join(name).join("src")) {
                let text = std::fs::read_to_string(&file).expect("source is readable");
                let text = text.to_lowercase();
                if ["sqlx", "select count(", "insert into ", "delete from ", "update list "]
                    .iter()
                    .any(|sql| text.contains(sql))
                {
                    faults.push(file.display().to_string());
                }
            }
        }
        assert!(faults.is_empty(), "SQL outside store:\n{}", faults.join("\n"));
    }

    fn rust_files(dir: &std::path::Path) -> Vec<std::path::PathBuf> {
        let mut out = Vec::new();
        for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                out.extend(rust_files(&path));
            } else if path.extension().is_some_and(|e| e == "rs") {
                out.push(path);
            }
        }
        out
    }
}
