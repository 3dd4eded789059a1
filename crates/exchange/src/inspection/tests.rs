use super::*;
use vision::panel::Tally;

fn bead(row: u32, column: u32, class: Class) -> Bead {
    Bead {
        row,
        column,
        x_px: 10.5 + f64::from(column),
        y_px: 20.25 + f64::from(row),
        dx_px: 0.5,
        dy_px: -0.25,
        amplitude: 150.5,
        relative: 1.0,
        background: 20.0,
        residual: 1.0,
        class,
        confidence: 0.75,
    }
}

fn beads() -> Vec<Bead> {
    vec![bead(0, 0, Class::Ok), bead(0, 1, Class::Dim), bead(1, 0, Class::Unmeasured), bead(1, 1, Class::Ok)]
}

fn run() -> Run {
    Run {
        lot: "A<1>\"".to_owned(),
        recipe: "panel.toml".to_owned(),
        at: "2026-11-22T18:05:00+08:00".to_owned(),
        rows: 2,
        columns: 2,
        pitch_um: 800.0,
        bead_um: 300.0,
        colour: false,
    }
}

#[test]
fn lists_of_beads_agree() {
    let beads = beads();
    let sheet = Sheet { frame: 3, name: "f.png", columns: 2, um_per_px: 20.0, beads: &beads, colours: None };
    let csv = String::from_utf8(beads::csv(&sheet)).unwrap();
    assert_eq!(
        csv.lines().collect::<Vec<_>>(),
        [
            "3,0,0,10.5000,20.2500,10.000,-5.000,150.50,20.00,1.000,ok,0.7500",
            "3,0,1,11.5000,20.2500,10.000,-5.000,150.50,20.00,1.000,dim,0.7500",
            "3,1,0,,,,,,,,unmeasured,",
            "3,1,1,11.5000,21.2500,10.000,-5.000,150.50,20.00,1.000,ok,0.7500",
        ]
    );
    let columns = beads::CSV_HEAD.trim_end().split(',').count();
    assert!(csv.lines().all(|line| line.split(',').count() == columns));
    let lines = String::from_utf8(beads::ndjson(&sheet)).unwrap();
    for (line, row) in lines.lines().zip(csv.lines()) {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        for (name, cell) in beads::CSV_HEAD.trim_end().split(',').zip(row.split(',')) {
            match &value[name] {
                serde_json::Value::Null => assert_eq!(cell, ""),
                serde_json::Value::String(s) => assert_eq!(s, cell),
                number => assert_eq!(number.as_f64().unwrap(), cell.parse::<f64>().unwrap()),
            }
        }
    }
    let binary = beads::binary(&sheet);
    assert_eq!(binary.len(), 4 * beads::RECORD);
    let record = &binary[beads::RECORD..2 * beads::RECORD];
    assert_eq!(
        (record[0], record[4], record[6], record[38], record[39]),
        (3, 0, 1, class_number(Class::Dim), 191)
    );
    assert_eq!(f64::from_le_bytes(record[8..16].try_into().unwrap()), 11.5);
    assert_eq!(f32::from_le_bytes(record[24..28].try_into().unwrap()), 10.0);
}

#[test]
fn messages_and_maps_name_the_same_defect() {
    let beads = beads();
    let sheet = Sheet { frame: 0, name: "f&.png", columns: 2, um_per_px: 20.0, beads: &beads, colours: None };
    let map = e142::head(&run()) + &e142::section(&run(), &sheet) + e142::FOOT;
    assert!(map.contains(&format!("<BinCode>01{:02X}</BinCode>", class_number(Class::Dim))));
    assert!(map.contains("<BinCode>0001</BinCode>") && map.contains("A&lt;1&gt;&quot;#0 f&amp;.png"));
    let klarf = klarf::head(&run()) + &klarf::section(&run(), &sheet) + klarf::FOOT;
    // Upward from the lower left: row 0 of 2 is die row 1; dx +10 µm to the right, dy -5 µm is upward.
    assert!(
        klarf.contains(&format!(
            " 1 410.000 405.000 1 1 300.000 300.000 70685.835 300.000 {} 1 0;",
            class_number(Class::Dim)
        )),
        "{klarf}"
    );
    // One of three measured beads of 0.64 mm² each.
    assert!(klarf.contains("SummaryList\n 1 1 5.208333e1 3 1;\n"), "{klarf}");
    assert!(klarf.contains("FileTimestamp 11-22-2026 18:05:00;"));
    let tally = Tally::of(&beads, 20.0, 0.1);
    let cfx = cfx::head(&run(), [7; 16]) + &cfx::section(&run(), &sheet, &tally, [7; 16]) + cfx::FOOT;
    let message: serde_json::Value = serde_json::from_str(&cfx).unwrap();
    let unit = &message["MessageBody"]["InspectedUnits"][0];
    assert_eq!(
        (unit["OverallResult"].as_str(), unit["Inspections"][0]["DefectsFound"].as_array().map(Vec::len)),
        (Some("Failed"), Some(1))
    );
    assert_eq!(unit["Inspections"][0]["DefectsFound"][0]["DefectCode"], "DIM");
}

#[test]
fn beads_of_colour_frames_have_chromaticity_and_bin() {
    let beads = beads();
    let of = [Some(Chromaticity { x: 0.31, y: 0.33, luminance: 9.0 }), None, None, None];
    let colours = Some(Colours { of: &of, bins: &["B1", "", "", ""] });
    let sheet = Sheet { frame: 3, name: "f.png", columns: 2, um_per_px: 20.0, beads: &beads, colours };
    let csv = String::from_utf8(beads::csv(&sheet)).unwrap();
    let tails: Vec<&str> = csv.lines().map(|l| l.splitn(11, ',').last().unwrap()).collect();
    assert_eq!(tails, ["ok,0.7500,0.31000,0.33000,B1", "dim,0.7500,,,", "unmeasured,,,,", "ok,0.7500,,,"]);
    let whole = [beads::CSV_HEAD_COLOUR, &csv].concat();
    let mut read = 0;
    super::read::beads(whole.as_bytes(), |_| read += 1).unwrap();
    assert_eq!(read, 4);
    let lines = String::from_utf8(beads::ndjson(&sheet)).unwrap();
    let values: Vec<serde_json::Value> = lines.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!((values[0]["bin"].as_str(), values[0]["cx"].as_f64()), (Some("B1"), Some(0.31)));
    assert!(values[1]["cx"].is_null() && values[2]["bin"].is_null());
}

#[test]
fn faults_of_a_recipe_have_their_line() {
    let good = "pitch_um = 800\nbead_diameter_um = 300\num_per_px = 33.3\nrows = 20\ncolumns = 24\ntolerance_um = 30\n";
    assert!(recipe(good).is_ok());
    let check = |text: &str, line: usize, says: &str| {
        let fault = recipe(text).unwrap_err();
        assert!(
            fault.line == line && fault.reason.contains(says),
            "{fault:?}: expected line {line}, `{says}`"
        );
    };
    check(&good.replace("rows = 20", "rows = \"20\""), 4, "invalid type");
    check(&good.replace("rows = 20", "rows = 2"), 4, "must be 3 to");
    check(&good.replace("um_per_px = 33.3", "um_per_px = 330"), 3, "larger magnification");
    check(&good.replace("tolerance_um = 30", "tolerance_um = -1"), 6, "must be above 0");
    check(&good.replace("bead_diameter_um = 300", "bead_diameter_um = 790"), 2, "three quarters");
    check(&format!("{good}colour = \"cmyk\"\n"), 7, "unknown variant");
    check(&format!("{good}pich_um = 3\n"), 7, "unknown field");
    check(&good.replace("rows = 20\ncolumns = 24", "rows = 3\ncolumns = 3"), 4, "too few beads");
    check(&good.replace("tolerance_um = 30", "tolerance_um = 900"), 6, "half of `pitch_um`");
    // A limit's own line, however the table is written.
    check(&format!("{good}[limits]\ndead_below = 0.1\nshape_above = -1\n"), 9, "`shape_above` is -1");
    check(&format!("{good}limits.dim_below = 2\n"), 7, "`dim_below` is 2");
    check(&format!("{good}limits = {{ stain_above = nan }}\n"), 7, "`stain_above` is NaN");
    check(&format!("{good}# pitch\n[limits]\nfalse_calls_per_million = 1e12\n"), 9, "at most 500000");
    check(&format!("{good}[limits]\ndim_below = 1.5\n"), 8, "`dim_below` is 1.5");
    check("pitch_um = 800\n", 1, "missing field");
    check("pitch_um = \n", 1, "");
}

#[test]
fn faults_of_a_recipe_of_places_have_their_line() {
    let good = "um_per_px = 20\ntolerance_deg = 1\ntolerance_um = 30\nsearch_um = 300\nparts = [\n\
        { name = \"A\", x_um = 0, y_um = 0, length_um = 600, width_um = 400 },\n\
        { name = \"B\", x_um = 9, y_um = 0, length_um = 600, width_um = 400 },\n]\n";
    assert!(placement(good).is_ok());
    let check = |from: &str, to: &str, line: usize, says: &str| {
        let fault = placement(&good.replacen(from, to, 1)).unwrap_err();
        assert!(
            fault.line == line && fault.reason.contains(says),
            "{fault:?}: expected line {line}, `{says}`"
        );
    };
    check("tolerance_um = 30", "tolerance_um = -3", 3, "must be above 0");
    check("search_um = 300", "search_um = 300000", 4, "at most 1000");
    check("\"B\"", "\"A\"", 7, "twice");
    check("x_um = 9", "x_um = nan", 7, "must be numbers");
    check("length_um = 600", "length_um = 300", 6, "longer side");
    check(
        "parts = [",
        "fiducials = [{ x_um = 0, y_um = 0, diameter_um = 1000 }]\nparts = [",
        5,
        "one fiducial",
    );
}
