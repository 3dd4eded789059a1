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

/// An unlit frame goes with one lit frame of any format; a stream of two panels is refused.
#[test]
fn an_unlit_frame_goes_with_one_raw_frame() {
    let dir = folder();
    let recipe = panel(5);
    let (lit, unlit) = (recipe.render(), recipe.render_unlit());
    std::fs::write(dir.path().join("lit.raw"), raw(&lit)).unwrap();
    std::fs::write(dir.path().join("unlit.raw"), raw(&unlit)).unwrap();
    std::fs::write(dir.path().join("two.raw"), [raw(&lit), raw(&lit)].concat()).unwrap();
    let args = ["inspect", "panel", "--recipe", "panel.toml", "--out", "out", "--unlit", "unlit.raw"];
    ok(dir.path(), &[&args[..], &["lit.raw"]].concat());
    // A list of beads that this run does not write is not left from an earlier one.
    assert!(dir.path().join("out/beads.csv").is_file());
    ok(dir.path(), &[&args[..], &["--beads=none", "lit.raw"]].concat());
    assert!(!dir.path().join("out/beads.csv").exists() && !dir.path().join("out/beads.bin").exists());
    let missing = lit.sites.iter().filter(|s| s.defect == Defect::Missing).count() as u64;
    let s = summary(dir.path());
    assert_eq!((s["frames"].as_u64(), s["classes"]["missing"].as_u64()), (Some(1), Some(missing)));
    for two in [&["two.raw"][..], &["lit.raw", "lit.raw"]] {
        let said = text(&run(dir.path(), &[&args[..], two].concat()));
        assert!(said.starts_with("exit 2") && said.contains("belongs to one panel"), "{said}");
    }
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
        ("one-bit.png", png(16, 2, png::ColorType::Grayscale, png::BitDepth::One, &[0; 4]), "1 bit a sample"),
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
fn good_beads_are_sorted_into_sixteen_bins() {
    let dir = folder();
    let panel = panel(4).render();
    // Camera values of white beads, of which those in the right half are a little redder.
    let share = |x: usize| if x < panel.width / 2 { [0.9, 0.9, 0.95] } else { [1.0, 0.9, 0.9] };
    let colour = |(i, s): (usize, u8)| share(i % panel.width).map(|c| (f64::from(s) * c) as u8);
    let rgb: Vec<u8> = panel.bytes().into_iter().enumerate().flat_map(colour).collect();
    let frame = png(panel.width, panel.height, png::ColorType::Rgb, png::BitDepth::Eight, &rgb);
    std::fs::write(dir.path().join("p.png"), frame).unwrap();
    let args = ["inspect", "panel", "--recipe", "panel.toml", "--out", "out", "p.png"];
    let with = |more: &str| std::fs::write(dir.path().join("panel.toml"), format!("{RECIPE}{more}")).unwrap();
    with("colour = \"rgb\"\nbins = \"white16\"\n");
    let said = ok(dir.path(), &args);
    let sums = summary(dir.path());
    let bins = sums["bins"].as_object().unwrap();
    let sum: u64 = bins.values().filter_map(Value::as_u64).sum();
    assert_eq!(Some(sum), sums["good"].as_u64(), "every good bead has its bin: {bins:?}");
    // White is left of and below the reference white or at it, reddish to its right.
    let of = |column: [&str; 2]| -> u64 {
        bins.iter()
            .filter(|(name, _)| column.iter().any(|c| name.ends_with(c)))
            .filter_map(|b| b.1.as_u64())
            .sum()
    };
    assert!(of(["1", "3"]) > sum / 3 && of(["2", "4"]) > sum / 3, "{bins:?}");
    assert!(said.contains("bin 分档"), "{said}");
    let page = std::fs::read_to_string(dir.path().join("out/report.html")).unwrap();
    assert!(page.contains("亮度与颜色分档"));
    // The list of beads says the same of each.
    let rows = beads(dir.path());
    for (bin, count) in bins {
        let of_bin = rows.iter().filter(|row| row.len() == 15 && row[14] == *bin).count() as u64;
        assert_eq!(Some(of_bin), count.as_u64(), "{bin}");
    }
    // A buyer's own table.
    std::fs::create_dir(dir.path().join("own")).unwrap();
    let table = "table,name,corners,light_min,light_max\nbuyer,ALL,0 0|1 0|1 1|0 1,0,9\n";
    std::fs::write(dir.path().join("own/led_bins.csv"), table).unwrap();
    with("colour = \"rgb\"\nbins = \"buyer\"\n");
    ok(dir.path(), &[&["--data", "own"], &args[..]].concat());
    let sums = summary(dir.path());
    assert_eq!(sums["bins"]["ALL"], sums["good"]);
    for (more, says) in [
        ("bins = \"white16\"\n", "panel.toml, line 7: `bins` sorts by colour"),
        ("colour = \"rgb\"\nbins = \"red\"\n", "panel.toml, line 8: `bins` is red; there are: white16"),
    ] {
        with(more);
        let said = text(&run(dir.path(), &args));
        assert!(said.starts_with("exit 2") && said.contains(says), "{said}");
    }
}

#[test]
fn a_calibrated_camera_sees_the_colours_of_its_patches() {
    let dir = folder();
    let panel = panel(4).render();
    let rgb: Vec<u8> = panel.bytes().into_iter().flat_map(|s| [s, s, s]).collect();
    let frame = png(panel.width, panel.height, png::ColorType::Rgb, png::BitDepth::Eight, &rgb);
    std::fs::write(dir.path().join("p.png"), frame).unwrap();
    // A camera of which equal red, green and blue are (0.3, 0.4), not white.
    let rows = [[0.5, 0.3, 0.1], [0.2, 0.8, 0.2], [0.05, 0.15, 0.7]];
    let mut table = "red,green,blue,x,y,z\n".to_owned();
    for rgb in [[90.0, 5.0, 2.0], [6.0, 80.0, 9.0], [1.0, 7.0, 99.0], [50.0; 3], [20.0, 30.0, 10.0]] {
        let xyz = rows.map(|row| row.iter().zip(rgb).map(|(m, c)| m * c).sum::<f64>());
        let cells: Vec<String> = rgb.iter().chain(&xyz).map(f64::to_string).collect();
        table.push_str(&format!("{}\n", cells.join(",")));
    }
    std::fs::write(dir.path().join("patches.csv"), &table).unwrap();
    let matrix = ok(dir.path(), &["inspect", "camera", "patches.csv"]);
    assert!(matrix.contains("# 5 patches") && matrix.contains("worst 0.0000"), "{matrix}");
    let recipe = format!("colour = \"rgb\"\n{matrix}");
    std::fs::write(dir.path().join("panel.toml"), format!("{RECIPE}{recipe}")).unwrap();
    ok(dir.path(), &["inspect", "panel", "--recipe", "panel.toml", "--out", "out", "p.png"]);
    for row in beads(dir.path()).iter().filter(|row| row[10] == "ok") {
        let at = |column: usize| row[column].parse::<f64>().unwrap();
        assert!((at(12) - 0.3).abs() < 1e-3 && (at(13) - 0.4).abs() < 1e-3, "{row:?}");
    }
    for (text, says) in [
        (table.replace("50,50,50", "0,0,0"), "patches.csv line 5: patch 4 has no light"),
        (table.replace("red,", "rot,"), "patches.csv line 2"),
        (table.lines().take(3).collect::<Vec<_>>().join("\n"), "2 patches; at least 4"),
    ] {
        std::fs::write(dir.path().join("patches.csv"), text).unwrap();
        let said = crate::common::text(&run(dir.path(), &["inspect", "camera", "patches.csv"]));
        assert!(said.starts_with("exit 2") && said.contains(says), "{said}");
    }
}

#[test]
fn boards_are_compared_with_their_template() {
    let dir = folder();
    let pair = BoardRecipe { shift_px: (3.4, -5.0), ..BoardRecipe::default() }.render();
    for (name, samples) in [("t.png", &pair.template), ("i.png", &pair.image)] {
        let bytes = png(pair.width, pair.height, png::ColorType::Grayscale, png::BitDepth::Eight, samples);
        std::fs::write(dir.path().join(name), bytes).unwrap();
    }
    let arguments = ["inspect", "board", "--template", "t.png", "--image", "i.png"];
    let one = ok(dir.path(), &arguments);
    // The shipped classifier finds the same, but for one at most of which it is not sure.
    let judged = [&arguments[..], &["--model", "generated"]].concat();
    let judged = ok(dir.path(), &judged);
    assert!(judged.lines().count().abs_diff(pair.truth.len()) <= 1, "{judged}");
    assert_ne!(judged, one, "its scores are its own");
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
    std::fs::write(dir.path().join("list.txt"), "# a comment\ntemplate, image\nt.png, i.png\nt.png\tt.png\n")
        .unwrap();
    assert_eq!(
        ok(dir.path(), &["inspect", "board", "--pairs", "list.txt"]),
        one,
        "the template has no defects"
    );
    std::fs::write(dir.path().join("list.txt"), "t.png i.png\nt.png\n").unwrap();
    let said = text(&run(dir.path(), &["inspect", "board", "--pairs", "list.txt"]));
    assert!(said.starts_with("exit 2") && said.contains("list.txt, line 2: 1 columns"), "{said}");
}

/// A file appears whole under its name.
fn put(folder: &Path, name: &str, bytes: &[u8]) {
    std::fs::write(folder.join("beside.tmp"), bytes).unwrap();
    std::fs::rename(folder.join("beside.tmp"), folder.join(name)).unwrap();
}

const WATCH: [&str; 12] = [
    "inspect",
    "watch",
    "frames",
    "--recipe",
    "panel.toml",
    "--out",
    "out",
    "--settle-ms",
    "0",
    "--poll-ms",
    "10",
    "--beads=csv",
];

/// Twenty SIGKILLs while frames come: in the end every frame is counted once, and all is as if nothing had happened.
#[test]
fn a_watch_that_is_killed_loses_no_frame_and_counts_none_twice() {
    let dir = folder();
    let frames = dir.path().join("frames");
    std::fs::create_dir(&frames).unwrap();
    let panels: Vec<Vec<u8>> = (1..=60).map(|seed| grey(&panel(seed).render())).collect();
    for (i, panel) in panels.iter().take(4).enumerate() {
        put(&frames, &format!("{i:03}.png"), panel);
    }
    let (mut came, mut kills) = (4, 0);
    while kills < 20 {
        let mut child =
            yulin(dir.path()).args(WATCH).args(["--threads", "2"]).stderr(Stdio::null()).spawn().unwrap();
        // Frames come while it works; the moment of the kill wanders over start, measuring and committing.
        for step in 0..2 + kills % 5 {
            std::thread::sleep(std::time::Duration::from_millis(25 + 11 * ((kills * 7 + step) % 13)));
            if came < panels.len() {
                put(&frames, &format!("{came:03}.png"), &panels[came]);
                came += 1;
            }
        }
        child.kill().unwrap();
        child.wait().unwrap();
        kills += 1;
    }
    for (i, panel) in panels.iter().enumerate().skip(came) {
        put(&frames, &format!("{i:03}.png"), panel);
    }
    ok(dir.path(), &[WATCH.as_slice(), &["--idle-s", "1"]].concat());
    let killed = summary(dir.path());
    let whole = folder();
    std::fs::rename(&frames, whole.path().join("frames")).unwrap();
    ok(
        whole.path(),
        &["inspect", "panel", "--recipe", "panel.toml", "--out", "out", "--beads=csv", "frames"],
    );
    let straight = summary(whole.path());
    for field in ["frames", "refused", "beads", "good", "classes", "yield"] {
        assert_eq!(killed[field], straight[field], "{field}");
    }
    assert_eq!(killed["frames"], 60);
    for field in ["cpk_x", "cpk_y", "mean_dx_um", "sigma_dx_um"] {
        let (a, b) = (killed[field].as_f64().unwrap(), straight[field].as_f64().unwrap());
        assert!((a - b).abs() < 1e-3 * (1.0 + b.abs()), "{field}: {a} {b}");
    }
    // Every frame has its beads once, and every file its end.
    let rows = beads(dir.path());
    assert_eq!(rows.len(), 60 * 720);
    let names = std::fs::read_to_string(dir.path().join("out/frames.csv")).unwrap();
    for i in 0..60 {
        assert_eq!(names.matches(&format!("{i:03}.png")).count(), 1, "{i}");
    }
    let cfx: Value =
        serde_json::from_slice(&std::fs::read(dir.path().join("out/cfx.json")).unwrap()).unwrap();
    assert_eq!(cfx["MessageBody"]["InspectedUnits"].as_array().unwrap().len(), 60);
    assert!(!dir.path().join("out/.yulin-watch").exists());
    assert!(dir.path().join("out/overlay.png").is_file() && dir.path().join("out/report.html").is_file());
}

/// What is half written is waited for; what is no frame is named and counted, and taken back when it becomes one.
#[test]
fn a_watch_waits_for_halves_and_names_what_is_no_frame() {
    let dir = folder();
    let frames = dir.path().join("frames");
    std::fs::create_dir(&frames).unwrap();
    let whole = grey(&panel(3).render());
    put(&frames, "a.png", &grey(&panel(2).render()));
    put(&frames, "half.png", &whole[..whole.len() / 2]);
    put(&frames, "cat.png", b"\xff\xd8\xff\xe0 a cat");
    let mut child = yulin(dir.path())
        .args(WATCH)
        .args(["--idle-s", "3"])
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(std::time::Duration::from_millis(1500));
    put(&frames, "half.png", &whole);
    let mut said = String::new();
    std::io::Read::read_to_string(child.stderr.as_mut().unwrap(), &mut said).unwrap();
    assert!(child.wait().unwrap().success(), "{said}");
    let s = summary(dir.path());
    assert_eq!((s["frames"].as_u64(), s["refused"].as_u64()), (Some(2), Some(1)), "{said}");
    assert!(said.contains("frames") && said.contains("waiting"), "{said}");
    let report = std::fs::read_to_string(dir.path().join("out/report.html")).unwrap();
    assert!(
        report.contains("cat.png") && !report.contains("half.png: "),
        "what was taken back is not in the report"
    );
}

/// A pipe: frames that are sent again after a fall are known by their content.
#[test]
fn a_pipe_that_begins_again_counts_no_frame_twice() {
    let dir = folder();
    let stream: Vec<Vec<u8>> = (1..=6).map(|seed| raw(&panel(seed).render())).collect();
    let args = ["inspect", "watch", "--stdin", "--recipe", "panel.toml", "--out", "out", "--beads=none"];
    let mut child = yulin(dir.path()).args(args).stdin(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut pipe = child.stdin.take().unwrap();
    pipe.write_all(&stream[..4].concat()).unwrap();
    let state = dir.path().join("out/.yulin-watch/state.json");
    for _ in 0..400 {
        if state.is_file() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(25));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let mut child = yulin(dir.path()).args(args).stdin(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(&stream.concat()).unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(summary(dir.path())["frames"], 6);
}

/// Runs a watch of a pipe with these bytes: its exit code, and what it said.
fn pipe(dir: &Path, bytes: &[u8]) -> (Option<i32>, String) {
    let args = ["inspect", "watch", "--stdin", "--recipe", "panel.toml", "--out", "out", "--beads=none"];
    let mut child = yulin(dir)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(bytes).unwrap();
    let output = child.wait_with_output().unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// Equal frames count, junk between frames is one refusal with its byte, two pictures are two frames.
#[test]
fn every_frame_of_a_pipe_counts() {
    let (p0, p1) = (panel(1).render(), panel(2).render());
    let equal = [raw(&p0), raw(&p0), raw(&p1), raw(&p0)].concat();
    let junk = [raw(&p0), b"no frame at all".to_vec(), raw(&p1)].concat();
    let pictures = [grey(&p0), grey(&p1)].concat();
    for (bytes, frames, refused, says) in [
        (equal, 4, 0, "4 frames"),
        (junk, 2, 1, "refused 拒绝: standard input, frame 2 (byte"),
        (pictures, 2, 0, ""),
    ] {
        let dir = folder();
        let (code, said) = pipe(dir.path(), &bytes);
        assert!(code == Some(0) && said.contains(says), "{said}");
        let s = summary(dir.path());
        assert_eq!((s["frames"].as_u64(), s["refused"].as_u64()), (Some(frames), Some(refused)), "{said}");
    }
}

/// A sender that falls within a frame leaves the run open; it is gone on with by the rest, or by all of it.
#[test]
fn a_cut_pipe_leaves_the_run_open() {
    let stream: Vec<Vec<u8>> = (1..=3).map(|seed| raw(&panel(seed).render())).collect();
    for rest in [stream[2].clone(), stream.concat()] {
        let dir = folder();
        let (code, said) = pipe(dir.path(), &[&stream[..2].concat()[..], &stream[2][..500]].concat());
        assert!(
            code == Some(2) && said.contains("frame 3: truncated") && said.contains("stays open"),
            "{said}"
        );
        assert!(!dir.path().join("out/summary.json").exists());
        let (code, said) = pipe(dir.path(), &rest);
        assert_eq!(code, Some(0), "{said}");
        let s = summary(dir.path());
        assert_eq!((s["frames"].as_u64(), s["refused"].as_u64()), (Some(3), Some(0)), "{said}");
    }
}

/// A file that was moved away and back is the frame that it was; pictures that cannot be measured are refused by name.
#[test]
fn a_watched_folder_is_counted_as_it_is() {
    let dir = folder();
    let frames = dir.path().join("frames");
    std::fs::create_dir(&frames).unwrap();
    put(&frames, "a.png", &grey(&panel(2).render()));
    put(&frames, "cat.jpg", b"\xff\xd8\xff\xe0 a cat");
    put(&frames, "notes.txt", b"words");
    let mut child = yulin(dir.path())
        .args(WATCH)
        .args(["--idle-s", "3"])
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let state = dir.path().join("out/.yulin-watch/state.json");
    for _ in 0..400 {
        if state.is_file() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(25));
    }
    std::fs::rename(frames.join("a.png"), dir.path().join("a.png")).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(700));
    std::fs::rename(dir.path().join("a.png"), frames.join("a.png")).unwrap();
    let mut said = String::new();
    std::io::Read::read_to_string(child.stderr.as_mut().unwrap(), &mut said).unwrap();
    assert!(child.wait().unwrap().success(), "{said}");
    let s = summary(dir.path());
    assert_eq!((s["frames"].as_u64(), s["refused"].as_u64()), (Some(1), Some(1)), "{said}");
    assert!(said.contains("cat.jpg: JPEG is lossy") && said.contains("notes.txt"), "{said}");
    assert!(said.contains("1 frames 帧") && said.contains("waiting 等待 0"), "{said}");
}

/// Each of these is refused with its reason and exit code 2, by the command itself.
#[test]
fn what_is_no_frame_is_refused_by_name() {
    let dir = folder();
    let good = grey(&panel(1).render());
    let mut huge = good.clone();
    // Width and height of the first chunk of a PNG, with its checksum made right.
    huge[16..24].copy_from_slice(&[0, 1, 0x11, 0x70, 0, 1, 0x11, 0x70]);
    let crc = crc32(&huge[12..29]);
    huge[29..33].copy_from_slice(&crc.to_be_bytes());
    let small = PanelRecipe { rows: 8, columns: 8, ..panel(1) }.render();
    let cases: [(&str, Vec<u8>, &str); 8] = [
        ("truncated.png", good[..good.len() / 2].to_vec(), "truncated.png"),
        ("empty.png", Vec::new(), "empty"),
        (
            "one_bit.png",
            png(16, 16, png::ColorType::Grayscale, png::BitDepth::One, &[0; 32]),
            "1 bit a sample",
        ),
        ("cmyk.tif", cmyk_tiff(), "CMYK"),
        ("zero.raw", b"raw 0 8 mono 8\n".to_vec(), "zero.raw"),
        ("huge.png", huge, "too large"),
        ("cat.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF a cat".to_vec(), "JPEG is lossy"),
        ("other.png", grey(&small), "other.png"),
    ];
    for (name, bytes, expect) in cases {
        std::fs::write(dir.path().join(name), bytes).unwrap();
        let output = run(dir.path(), &["inspect", "panel", "--recipe", "panel.toml", "--out", "out", name]);
        let said = text(&output);
        assert!(
            output.status.code() == Some(2) && said.contains(expect) && said.contains("hint"),
            "{name}: {said}"
        );
        assert!(!dir.path().join("out/summary.json").exists());
    }
}

fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
        }
    }
    !crc
}

/// A TIFF file of one pixel in four inks.
fn cmyk_tiff() -> Vec<u8> {
    let mut out = b"II\x2a\0\x08\0\0\0".to_vec();
    let tags: [(u16, u16, u32, u32); 9] = [
        (256, 3, 1, 1),
        (257, 3, 1, 1),
        (258, 3, 4, 122),
        (259, 3, 1, 1),
        (262, 3, 1, 5),
        (273, 4, 1, 130),
        (277, 3, 1, 4),
        (278, 3, 1, 1),
        (279, 4, 1, 4),
    ];
    out.extend((tags.len() as u16).to_le_bytes());
    for (tag, kind, count, value) in tags {
        out.extend(tag.to_le_bytes());
        out.extend(kind.to_le_bytes());
        out.extend(count.to_le_bytes());
        out.extend(value.to_le_bytes());
    }
    out.extend([0; 4]);
    out.resize(122, 0);
    out.extend([8, 0, 8, 0, 8, 0, 8, 0]);
    out.extend([0; 4]);
    out
}

/// On record: killed in between, the run is gone on with, frozen once, and its files come back from the database and its backup.
#[test]
fn a_watched_run_is_on_record_and_frozen() {
    let dir = folder();
    let frames = dir.path().join("frames");
    std::fs::create_dir(&frames).unwrap();
    std::fs::write(
        dir.path().join("供给.csv"),
        "企业名称,所在县区,产品名称,规格参数\n虚构灯珠有限公司,泰和县,Mini LED灯珠,良率≥80%\n",
    )
    .unwrap();
    ok(dir.path(), &["import", "供给.csv", "--db", "y.db"]);
    let args = [
        "inspect",
        "watch",
        "frames",
        "--recipe",
        "panel.toml",
        "--run",
        "L7",
        "--enterprise",
        "虚构灯珠有限公司",
        "--db",
        "y.db",
    ];
    let quick = ["--settle-ms", "0", "--poll-ms", "10", "--idle-s", "1"];
    for seed in 1..=2 {
        put(&frames, &format!("{seed}.png"), &grey(&panel(seed).render()));
    }
    let mut child = yulin(dir.path()).args(args).args(&quick[..4]).stderr(Stdio::null()).spawn().unwrap();
    std::thread::sleep(std::time::Duration::from_millis(2500));
    child.kill().unwrap();
    child.wait().unwrap();
    put(&frames, "3.png", &grey(&panel(3).render()));
    ok(dir.path(), &[args.as_slice(), &quick].concat());
    let again = run(dir.path(), &[args.as_slice(), &quick].concat());
    assert_eq!(again.status.code(), Some(5), "{}", text(&again));
    let check = |db: &str| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let store = store::Store::open(&dir.path().join(db).to_string_lossy()).await.unwrap();
            let runs = store.runs(None, 9).await.unwrap();
            assert_eq!(runs.len(), 1);
            let figures: Value = serde_json::from_str(&runs[0].summary).unwrap();
            assert_eq!(
                (figures["panel"]["frames"].as_u64(), figures["source"].as_str()),
                (Some(3), Some("watch"))
            );
            let kept = store.run_file(runs[0].id, "summary.json").await.unwrap().unwrap();
            assert_eq!(kept, std::fs::read(dir.path().join("out/inspect/L7/summary.json")).unwrap());
            assert!(
                store.run_file(runs[0].id, "overlay.png").await.unwrap().unwrap().starts_with(b"\x89PNG")
            );
            assert!(store.check().await.unwrap().is_sound());
            store.close().await;
            runs[0].sha256.clone().unwrap()
        })
    };
    let sha256 = check("y.db");
    ok(dir.path(), &["backup", "b.yulin", "--db", "y.db"]);
    ok(dir.path(), &["restore", "b.yulin", "--db", "z.db"]);
    assert_eq!(check("z.db"), sha256);
}

/// Two parts, one of them 100 µm off its place: offsets, class, capability, and a frame without them.
/// A finished run of boards or of placement is frozen under a name of its own, and checked like any other.
#[test]
fn boards_and_placements_go_on_record() {
    let dir = folder();
    let dir = dir.path();
    ok(dir, &["init", "--name", "虚构集群", "--region", "吉安市"]);
    let offers = "企业名称,所在县区,产品名称,规格参数\n虚构板厂有限公司,万安县,线路板,良率≥20%\n";
    std::fs::write(dir.join("供给.csv"), offers).unwrap();
    ok(dir, &["import", "供给.csv"]);
    let pair = BoardRecipe::default().render();
    let parts = vision::synth::PartsRecipe::default();
    let placed = parts.render();
    for (name, (width, height), samples) in [
        ("t.png", (pair.width, pair.height), &pair.template),
        ("i.png", (pair.width, pair.height), &pair.image),
        ("p.png", (placed.width, placed.height), &placed.samples),
    ] {
        let bytes = png(width, height, png::ColorType::Grayscale, png::BitDepth::Eight, samples);
        std::fs::write(dir.join(name), bytes).unwrap();
    }
    std::fs::write(dir.join("list.txt"), "t.png,i.png\nt.png,t.png\n").unwrap();
    let (x, y) = placed.parts[0].nominal;
    let (origin, length, width) = (placed.origin, 20.0 * parts.length_px, 20.0 * parts.width_px);
    let recipe = format!(
        "um_per_px = 20\norigin_px = [{:?}, {:?}]\ntolerance_um = 60\ntolerance_deg = 2\nsearch_um = 300\n[[parts]]\nname = \"A\"\nx_um = {:?}\ny_um = {:?}\nlength_um = {length:?}\nwidth_um = {width:?}\n",
        origin.0,
        origin.1,
        20.0 * x,
        20.0 * y
    );
    std::fs::write(dir.join("places.toml"), recipe).unwrap();
    let of = ["--enterprise", "虚构板厂有限公司"];
    let boards = [&["inspect", "board", "--pairs", "list.txt", "--run", "板 1"][..], &of].concat();
    let places =
        [&["inspect", "placement", "--recipe", "places.toml", "p.png", "--run", "贴 1"][..], &of].concat();
    for args in [&boards, &places] {
        ok(dir, args);
        // A name is given once, and nothing is measured before that is known.
        assert_eq!(run(dir, args).status.code(), Some(5), "{args:?}");
    }
    let unknown = [&boards[..5], &["板 2", "--enterprise", "没有的企业"]].concat();
    assert_ne!(run(dir, &unknown).status.code(), Some(0));
    let said = ok(dir, &["check"]);
    assert!(said.contains("inspection_run: 2 rows"), "{said}");
}

#[test]
fn parts_are_measured_against_their_places() {
    let dir = tempfile::tempdir().unwrap();
    let recipe = "um_per_px = 20\norigin_px = [40, 40]\ntolerance_um = 60\ntolerance_deg = 2\nsearch_um = 300\n\
        parts = [\n\
        { name = \"A\", x_um = 0, y_um = 0, length_um = 600, width_um = 400 },\n\
        { name = \"B\", x_um = 2000, y_um = 0, length_um = 600, width_um = 400 },\n]\n";
    std::fs::write(dir.path().join("places.toml"), recipe).unwrap();
    // Bright rectangles on dark ground; the second sits five pixels to the right of its place.
    let (width, height) = (200, 80);
    let mut frame = vec![20u8; width * height];
    for (cx, cy) in [(40, 40), (145, 40)] {
        for y in cy - 10..=cy + 10 {
            for x in cx - 15..=cx + 15 {
                frame[y * width + x] = 180;
            }
        }
    }
    std::fs::write(
        dir.path().join("b.png"),
        png(width, height, png::ColorType::Grayscale, png::BitDepth::Eight, &frame),
    )
    .unwrap();
    let said = ok(dir.path(), &["inspect", "placement", "--recipe", "places.toml", "b.png"]);
    let parts: Vec<Value> = said.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(
        (parts.len(), parts[0]["class"].as_str(), parts[1]["class"].as_str()),
        (2, Some("ok"), Some("shifted"))
    );
    assert!((parts[1]["dx_um"].as_f64().unwrap() - 100.0).abs() < 10.0, "{}", parts[1]);
    let summary: Value = serde_json::from_str(&ok(
        dir.path(),
        &["inspect", "placement", "--recipe", "places.toml", "--summary", "b.png"],
    ))
    .unwrap();
    assert_eq!((summary["parts"].as_u64(), summary["good"].as_u64()), (Some(2), Some(1)));
    let dark = png(width, height, png::ColorType::Grayscale, png::BitDepth::Eight, &vec![20; width * height]);
    std::fs::write(dir.path().join("dark.png"), dark).unwrap();
    let refused = run(dir.path(), &["inspect", "placement", "--recipe", "places.toml", "dark.png"]);
    assert_eq!(refused.status.code(), Some(2), "{}", text(&refused));
    assert!(text(&refused).contains("dark.png: none of 2 parts found"), "{}", text(&refused));
}
