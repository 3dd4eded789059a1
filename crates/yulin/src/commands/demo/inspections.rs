//! Fictional inspections of the demo cluster, measured at demo time on frames that `vision::synth` makes from seeds.

use app::{
    Actor, App, Arrival, AttachEvidence, BoardPair, BoardRules, BoardsRun, Clock, Code, Error, InputFile,
    LiveFigures, NewAccount, NewInspection, NewRecipe, Office, PlacementRun, RecordQuery, Result, Watch,
};
use exchange::frame::{Packet, Packets};
use vision::synth::{BoardRecipe, DefectRates, FIDUCIAL_PX, PanelRecipe, PartsRecipe};

/// The recipe of the demo's line: P0.8 at 66.7 µm a pixel.
const RECIPE: &str = "# P0.8 虚构示例产线\npitch_um = 800\nbead_diameter_um = 300\num_per_px = 66.667\nrows = 16\ncolumns = 20\ntolerance_um = 30\n";
/// Its name.
const NAME: &str = "P0.8 直显";
/// The account of the person at the line.
const PERSON: &str = "示例检测员";
/// Yield that the demo's good run proves, in per cent.
const PROVED: f64 = 99.8;

/// Frames of a run: how many, from which seed, the share of each defect, and how far placement drifts from frame to frame in px.
struct Made {
    frames: u64,
    seed: u64,
    rate: f64,
    drift_px: f64,
}

impl Made {
    fn frame(&self, i: u64) -> Vec<u8> {
        let rates = DefectRates {
            dirty: 1.5 * self.rate,
            dim: self.rate,
            bridge: 0.6 * self.rate,
            ..DefectRates::default()
        };
        let spread = 0.06 + self.drift_px * i as f64;
        let panel = PanelRecipe {
            rows: 16,
            columns: 20,
            pitch_px: 12.0,
            bead_px: 4.5,
            jitter_px: spread,
            defects: rates,
            seed: self.seed + i,
            ..PanelRecipe::default()
        }
        .render();
        [format!("raw {} {} mono 8\n", panel.width, panel.height).as_bytes(), &panel.bytes()].concat()
    }

    fn files(&self) -> Vec<InputFile> {
        let file = |i| InputFile { name: format!("{i:03}.raw"), bytes: self.frame(i) };
        (0..self.frames).map(file).collect()
    }
}

/// Adds a recipe with two versions, two finished runs of panels and one under way, one of boards and one of placement, and evidence of an offer.
pub async fn add(app: &App, admin: &Actor) -> Result<()> {
    let query = RecordQuery { q: "mini".to_owned(), per_page: 200, ..RecordQuery::default() };
    let offers = app.offers(admin, &query).await?.rows;
    let states = |spec: &model::spec::Specification| {
        spec.property.0 == "yield_rate"
            && matches!(&spec.value, model::spec::SpecValue::Interval(i) if i.low.is_some_and(|low| low <= PROVED))
    };
    let offer = offers.iter().find(|row| row.enterprise.fictional && row.offer.specs.iter().any(states));
    let offer =
        offer.ok_or_else(|| Error::new(Code::Internal, "the demo's workbooks lack an offer with a yield"))?;
    let person = NewAccount {
        name: PERSON.to_owned(),
        office: Some(Office::Member),
        enterprise: Some(offer.enterprise.id),
        password: Some(app::DEMO_PASSWORD.to_owned()),
        ..NewAccount::default()
    };
    app.add_account(admin, &person).await?;
    let person = app.actor(Some(PERSON)).await?;
    let first = RECIPE.replace("tolerance_um = 30", "tolerance_um = 35");
    for (base, text) in [(0, first.as_str()), (1, RECIPE)] {
        let new = NewRecipe { name: NAME.to_owned(), text: text.to_owned(), base, ..NewRecipe::default() };
        app.save_recipe(&person, &new).await?;
    }
    let named = |name: &str| NewInspection {
        enterprise: None,
        name: name.to_owned(),
        recipe_name: NAME.to_owned(),
        recipe: RECIPE.to_owned(),
    };
    let page = server::pages::inspection::file;
    let before = Made { frames: 10, seed: 100, rate: 0.003, drift_px: 0.008 };
    app.inspect_frames(&person, &named("批次 20261118（调机前）"), before.files(), page, &|_, _, _| {})
        .await?;
    let after = Made { frames: 12, seed: 500, rate: 0.000_04, drift_px: 0.0 };
    let run = app
        .inspect_frames(&person, &named("批次 20261121（调机后）"), after.files(), page, &|_, _, _| {})
        .await?;
    let proof = AttachEvidence { run, offer: offer.id, property: "yield_rate".to_owned(), months: 6 };
    app.attach_evidence(&person, &proof).await?;
    running(app, &person, &named("批次 20261122（进行中）")).await?;
    boards(app, &person).await?;
    placement(app, &person).await
}

/// A run that is still under way, as `yulin inspect watch` leaves it between two frames.
async fn running(app: &App, person: &Actor, new: &NewInspection) -> Result<()> {
    let folder =
        tempfile::tempdir().map_err(|e| Error::new(Code::Output, format!("cannot make a folder: {e}")))?;
    let options = app::PanelOptions {
        threads: 0,
        lot: new.name.clone(),
        recipe_name: NAME.to_owned(),
        forms: app::BeadForms { csv: false, binary: false, ndjson: false },
        accept_valid: true,
    };
    let clock = Clock::china();
    let mut watch = Watch::open(person, RECIPE, folder.path(), &options, true, &clock)?;
    let made = Made { frames: 6, seed: 900, rate: 0.001, drift_px: 0.004 };
    let arrivals = made
        .files()
        .into_iter()
        .flat_map(|file| Packets::new(file.name, std::io::Cursor::new(file.bytes)).map(Arrival::of_pipe));
    watch.take(arrivals.collect(), &clock)?;
    let id = app.begin_inspection(person, new).await?;
    let (figures, detail) = watch.says(LiveFigures::default());
    app.push_inspection(person, id, &figures, &detail).await
}

/// A frame of eight bits under a name.
fn raw(name: String, (width, height): (usize, usize), samples: &[u8]) -> Result<Packet> {
    let bytes = [format!("raw {width} {height} mono 8\n").as_bytes(), samples].concat();
    let packet = Packets::new(name.as_str(), bytes.as_slice()).next();
    match packet {
        Some(Ok(mut packet)) => {
            packet.name = name;
            Ok(packet)
        }
        other => Err(Error::new(Code::Internal, format!("{name}: {other:?}"))),
    }
}

/// A finished run of boards against their templates; two of them have defects.
async fn boards(app: &App, person: &Actor) -> Result<()> {
    let mut run = BoardsRun::new(BoardRules::default(), 0.5, true);
    for i in 0..8 {
        let defects = if i % 5 == 2 { 3 } else { 0 };
        let made = BoardRecipe { defects, seed: 40 + i, ..BoardRecipe::default() }.render();
        let size = (made.width, made.height);
        let pair = BoardPair {
            template: raw("template.raw".to_owned(), size, &made.template)?,
            image: raw(format!("board-{i:02}.raw"), size, &made.image)?,
        };
        run.take(person, &pair)?;
    }
    app.record_inspection(person, None, "线路板 20261120", run.end()?).await?;
    Ok(())
}

/// A finished run of placed parts, four boards at 20 µm a pixel.
async fn placement(app: &App, person: &Actor) -> Result<()> {
    const UM: f64 = 20.0;
    let made = |i: u64| PartsRecipe {
        rows: 5,
        columns: 6,
        jitter_px: 0.35,
        jitter_deg: 0.2,
        seed: 70 + i,
        ..PartsRecipe::default()
    };
    let (first, like) = (made(0).render(), made(0));
    let mut text = format!(
        "um_per_px = {UM}\norigin_px = [{:?}, {:?}]\ntolerance_um = 30\ntolerance_deg = 1\nsearch_um = 300\n",
        first.origin.0, first.origin.1
    );
    for (x, y) in first.fiducials {
        let (x, y, d) = (UM * x, UM * y, UM * FIDUCIAL_PX);
        text += &format!("[[fiducials]]\nx_um = {x:?}\ny_um = {y:?}\ndiameter_um = {d:?}\n");
    }
    for (i, part) in first.parts.iter().enumerate() {
        let (x, y) = (UM * part.nominal.0, UM * part.nominal.1);
        let (length, width) = (UM * like.length_px, UM * like.width_px);
        text += &format!(
            "[[parts]]\nname = \"D{}\"\nx_um = {x:?}\ny_um = {y:?}\nlength_um = {length:?}\nwidth_um = {width:?}\n",
            i + 1
        );
    }
    let mut run = PlacementRun::new(person, &text, "贴装", true)?;
    for i in 0..4 {
        let board = made(i).render();
        run.take(person, &raw(format!("board-{i:02}.raw"), (board.width, board.height), &board.samples)?)?;
    }
    app.record_inspection(person, None, "贴装 20261120", run.end()?).await?;
    Ok(())
}
