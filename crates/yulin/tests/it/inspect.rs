//! Inspections through the command line, on frames with exact truth.

use crate::common::{ok, run, text, yulin};
use serde_json::Value;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;
use vision::synth::{BoardRecipe, Defect, DefectRates, Panel, PanelRecipe};

const RECIPE: &str = "pitch_um = 800\nbead_diameter_um = 300\num_per_px = 66.667\nrows = 24\ncolumns = 30\ntolerance_um = 60\n";

fn panel(seed: u64) -> PanelRecipe {
    PanelRecipe {
        rows: 24,
        columns: 30,
        pitch_px: 12.0,
        bead_px: 4.5,
        jitter_px: 0.1,
        rotation_deg: 0.5,
        defects: DefectRates {
            missing: 0.01,
            dead: 0.01,
            dim: 0.01,
            bridge: 0.005,
            ..DefectRates::default()
        },
        seed,
        ..PanelRecipe::default()
    }
}

fn png(width: usize, height: usize, colour: png::ColorType, depth: png::BitDepth, data: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, width as u32, height as u32);
    encoder.set_color(colour);
    encoder.set_depth(depth);
    encoder.write_header().unwrap().write_image_data(data).unwrap();
    out
}

fn grey(panel: &Panel) -> Vec<u8> {
    png(panel.width, panel.height, png::ColorType::Grayscale, png::BitDepth::Eight, &panel.bytes())
}

fn raw(panel: &Panel) -> Vec<u8> {
    [format!("raw {} {} mono 8\n", panel.width, panel.height).as_bytes(), &panel.bytes()].concat()
}

fn folder() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("panel.toml"), RECIPE).unwrap();
    dir
}

fn summary(dir: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(dir.join("out/summary.json")).unwrap()).unwrap()
}

/// Cells of a row of beads.csv as numbers; text is not a number.
fn beads(dir: &Path) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(dir.join("out/beads.csv")).unwrap();
    text.lines().skip(1).map(|l| l.split(',').map(str::to_owned).collect()).collect()
}

#[test]
fn a_panel_becomes_evidence() {
    let dir = folder();
    let recipe = panel(5);
    let lit = recipe.render();
    std::fs::write(dir.path().join("lit.png"), grey(&lit)).unwrap();
    std::fs::write(dir.path().join("unlit.png"), grey(&recipe.render_unlit())).unwrap();
    let args =
        ["inspect", "panel", "--recipe", "panel.toml", "--out", "out", "--unlit", "unlit.png", "lit.png"];
    let said = ok(dir.path(), &args);
    assert!(said.contains("720 beads"), "{said}");
    for file in [
        "beads.csv",
        "beads.bin",
        "beads.ndjson",
        "frames.csv",
        "summary.json",
        "overlay.png",
        "map.png",
        "map.xml",
        "result.klarf",
        "cfx.json",
        "report.html",
    ] {
        assert!(dir.path().join("out").join(file).is_file(), "{file}");
    }
    assert_eq!(std::fs::read_dir(dir.path().join("out")).unwrap().count(), 11, "nothing is left beside");
    let s = summary(dir.path());
    let truth = |wanted: fn(&Defect) -> bool| lit.sites.iter().filter(|s| wanted(&s.defect)).count() as u64;
    assert_eq!(s["classes"]["missing"], truth(|d| *d == Defect::Missing));
    assert_eq!(s["classes"]["dead"], truth(|d| *d == Defect::Dead));
    assert_eq!(s["classes"]["dim"], truth(|d| matches!(d, Defect::Dim { .. })));
    assert_eq!((s["frames"].as_u64(), s["beads"].as_u64()), (Some(1), Some(720)));
    for field in [
        "good",
        "yield",
        "yield_low",
        "yield_high",
        "cp_x",
        "cpk_x",
        "cp_y",
        "cpk_y",
        "gauge_share",
        "uniformity",
        "beads_per_second",
        "threads",
    ] {
        assert!(s[field].is_number(), "{field}: {}", s[field]);
    }
    let rows = beads(dir.path());
    assert_eq!(rows.len(), 720);
    let off = |site: &vision::synth::Site, row: &[String]| {
        let at = |i: usize| row[i].parse::<f64>().unwrap();
        (site.x - at(3)).hypot(site.y - at(4))
    };
    let good = lit.sites.iter().zip(&rows).filter(|(s, r)| s.defect == Defect::None && r[10] == "ok");
    let worst = good.map(|(s, r)| off(s, r)).fold(0.0, f64::max);
    assert!(worst < 0.15, "{worst} px");
    let cfx: Value =
        serde_json::from_slice(&std::fs::read(dir.path().join("out/cfx.json")).unwrap()).unwrap();
    let unit = &cfx["MessageBody"]["InspectedUnits"][0];
    let defects = unit["Inspections"][0]["DefectsFound"].as_array().unwrap().len() as u64;
    assert_eq!(defects, s["beads"].as_u64().unwrap() - s["good"].as_u64().unwrap());
    let klarf = std::fs::read_to_string(dir.path().join("out/result.klarf")).unwrap();
    assert!(klarf.contains(&format!("\n 1 {defects} ")) && klarf.ends_with("EndOfFile;\n"));
    let page = std::fs::read_to_string(dir.path().join("out/report.html")).unwrap();
    assert!(page.contains("良率") && page.contains("data:image/png;base64,") && !page.contains("http"));
}

#[test]
fn frames_from_a_pipe_a_folder_and_threads_give_the_same() {
    let panels: Vec<Panel> = (1..=5).map(|seed| panel(seed).render()).collect();
    let stream: Vec<u8> = panels.iter().flat_map(raw).collect();
    let mut seen = Vec::new();
    for (threads, pipe) in [("1", true), ("3", true), ("2", false)] {
        let dir = folder();
        let source = if pipe { "-" } else { "frames" };
        std::fs::create_dir(dir.path().join("frames")).unwrap();
        for (i, panel) in panels.iter().enumerate() {
            std::fs::write(dir.path().join(format!("frames/{i}.png")), grey(panel)).unwrap();
        }
        let mut child = yulin(dir.path())
            .args(["inspect", "panel", "--recipe", "panel.toml", "--out", "out", "--lot", "L7"])
            .args(["--threads", threads, source])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        if pipe {
            input.write_all(&stream).unwrap();
        }
        drop(input);
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", text(&output));
        let s = summary(dir.path());
        assert_eq!((s["frames"].as_u64(), s["beads"].as_u64()), (Some(5), Some(3600)));
        let classes = s["classes"].as_object().unwrap();
        assert_eq!(classes.values().map(|n| n.as_u64().unwrap()).sum::<u64>(), 3600);
        seen.push(std::fs::read(dir.path().join("out/beads.csv")).unwrap());
    }
    assert!(
        seen[0] == seen[1] && seen[0] == seen[2],
        "the outcome depends neither on threads nor on the source"
    );
}

#[test]
fn bad_input_is_named_with_its_place() {
    let dir = folder();
    let good = grey(&panel(1).render());
    let noise: Vec<u8> = {
        let mut rng = vision::synth::Rng::new(3);
        // Broad shapes and texture: what a photograph is to this engine.
        (0..400 * 360)
            .map(|i| ((i % 400) as f64 / 5.0).sin().mul_add(60.0, 100.0 + 30.0 * rng.normal()) as u8)
            .collect()
    };
    let header = |w: u32, h: u32| {
        let mut out = Vec::new();
        drop(png::Encoder::new(&mut out, w, h).write_header().unwrap());
        out
    };
    let cases: [(&str, Vec<u8>, &str); 9] = [
        ("empty.png", Vec::new(), "empty"),
        ("truncated.png", good[..good.len() / 2].to_vec(), "broken PNG"),
        (
            "one-bit.png",
            png(16, 2, png::ColorType::Grayscale, png::BitDepth::One, &[0; 4]),
            "1 bits a sample",
        ),
        ("huge.png", header(65_000, 65_000), "too large"),
        ("photo.jpg", vec![0xff, 0xd8, 0xff, 0xe0, 0, 16, b'J', b'F'], "JPEG is lossy"),
        ("cat.png", png(400, 360, png::ColorType::Grayscale, png::BitDepth::Eight, &noise), ""),
        (
            "small.png",
            png(40, 36, png::ColorType::Grayscale, png::BitDepth::Eight, &noise[..40 * 36]),
            "cannot hold",
        ),
        ("words.txt", b"hello".to_vec(), "begins with `hello`"),
        ("zero.raw", b"raw 0 0 mono 8\n".to_vec(), "empty"),
    ];
    for (name, bytes, says) in cases {
        std::fs::write(dir.path().join(name), bytes).unwrap();
        let output = run(dir.path(), &["inspect", "panel", "--recipe", "panel.toml", "--out", "out", name]);
        let said = text(&output);
        assert_eq!(output.status.code(), Some(2), "{name}: {said}");
        assert!(said.contains(name) && said.contains(says) && said.contains("hint"), "{name}: {said}");
        assert_eq!(std::fs::read_dir(dir.path().join("out")).unwrap().count(), 0, "{name} leaves nothing");
    }
    // Among good frames a bad one stops the run, or is counted where that was asked for.
    std::fs::write(dir.path().join("good.png"), &good).unwrap();
    let args =
        ["inspect", "panel", "--recipe", "panel.toml", "--out", "out", "good.png", "cat.png", "good.png"];
    assert_eq!(run(dir.path(), &args).status.code(), Some(2));
    ok(dir.path(), &[&args[..], &["--accept-valid"]].concat());
    let s = summary(dir.path());
    assert_eq!((s["frames"].as_u64(), s["refused"].as_u64()), (Some(2), Some(1)));
    let frames: Vec<String> = beads(dir.path()).into_iter().map(|row| row[0].clone()).collect();
    assert_eq!((frames[0].as_str(), frames[720].as_str()), ("0", "2"), "numbers stay true to the source");
    std::fs::write(dir.path().join("panel.toml"), RECIPE.replace("rows = 24", "rows = 1")).unwrap();
    let said = text(&run(dir.path(), &args));
    assert!(said.contains("panel.toml, line 4: `rows` is 1"), "{said}");
}

#[test]
fn boards_are_compared_with_their_template() {
    let dir = folder();
    let pair = BoardRecipe { shift_px: (3.4, -5.0), ..BoardRecipe::default() }.render();
    for (name, samples) in [("t.png", &pair.template), ("i.png", &pair.image)] {
        let bytes = png(pair.width, pair.height, png::ColorType::Grayscale, png::BitDepth::Eight, samples);
        std::fs::write(dir.path().join(name), bytes).unwrap();
    }
    let one = ok(dir.path(), &["inspect", "board", "--template", "t.png", "--image", "i.png"]);
    let found: Vec<Value> = one.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(found.len(), pair.truth.len(), "{one}");
    for (defect, x, y) in &pair.truth {
        let holds = |f: &&Value| {
            let at = |field: &str| f[field].as_f64().unwrap();
            at("x1") - 2.0 <= *x && *x <= at("x2") + 2.0 && at("y1") - 2.0 <= *y && *y <= at("y2") + 2.0
        };
        let class =
            found.iter().find(holds).unwrap_or_else(|| panic!("{defect:?} at {x}, {y}: {one}"))["class"]
                .clone();
        assert_eq!(class.as_str().unwrap().replace('_', ""), format!("{defect:?}").to_lowercase());
    }
    std::fs::write(dir.path().join("list.txt"), "# template, image\nt.png, i.png\nt.png\tt.png\n").unwrap();
    assert_eq!(
        ok(dir.path(), &["inspect", "board", "--pairs", "list.txt"]),
        one,
        "the template has no defects"
    );
    std::fs::write(dir.path().join("list.txt"), "t.png i.png\nt.png\n").unwrap();
    let said = text(&run(dir.path(), &["inspect", "board", "--pairs", "list.txt"]));
    assert!(said.starts_with("exit 2") && said.contains("list.txt, line 2: 1 columns"), "{said}");
}
