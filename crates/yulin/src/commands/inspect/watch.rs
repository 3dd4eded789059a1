//! Frames as they come: `yulin inspect watch`.

use super::super::writable;
use super::sources::{self, the_frame};
use super::{name, options, show, text};
use crate::cli::InspectWatch;
use app::{
    Actor, App, Arrival, Clock, Code, Error, LiveFigures, NewInspection, PanelSummary, RUN_FILE_MAX, Result,
    Watch,
};
use exchange::frame::Packets;
use std::collections::{HashMap, HashSet, VecDeque};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, TrySendError, sync_channel};
use std::time::{Duration, Instant, SystemTime};

/// How often the record hears of the run, and a person.
const TOLD: Duration = Duration::from_secs(1);

/// Frames of a pipe that wait to be taken; more hold the sender back.
const WAITING_MAX: usize = 8;

/// Over how long frames a second are counted.
const RATE: Duration = Duration::from_secs(60);

/// Where frames come from.
enum Coming {
    Folder(Folder),
    Pipe(Pipe),
}

/// A folder that is looked through again and again.
struct Folder {
    path: PathBuf,
    settle: Duration,
    /// Files that are seen and not taken yet: how they looked, since when.
    seen: HashMap<PathBuf, (String, Instant)>,
    /// Endings of files that are no frames and were named.
    named: HashSet<String>,
}

/// Standard input, read ahead by a thread.
struct Pipe {
    frames: Receiver<Read>,
    /// Frames that were read and not taken yet.
    waiting: Arc<AtomicU64>,
    held_ms: Arc<AtomicU64>,
    ended: Option<End>,
}

/// What a pipe gives.
enum Read {
    Frame(Arrival),
    /// It ended inside of a frame, at this place.
    Cut(String),
}

/// How frames come to an end.
#[derive(Clone)]
enum End {
    /// All have come.
    All,
    /// The sender fell within one.
    Cut(String),
    /// Somebody stopped it.
    Stopped,
}

/// What comes now.
struct Come {
    arrivals: Vec<Arrival>,
    live: LiveFigures,
    ended: Option<End>,
}

impl Folder {
    /// Frames that have not changed for a while, the oldest first: what is still being written is waited for.
    fn come(&mut self, watch: &mut Watch, most: usize) -> Result<Come> {
        let mut there = Vec::new();
        let (frames, others) = sources::watched_in(&self.path)?;
        for path in others {
            let ending = sources::ending(&path).unwrap_or_default();
            if self.named.insert(ending) {
                eprintln!("no frame by its ending, passed over 按扩展名不是画面，略过: {}", path.display());
            }
        }
        for path in frames {
            // A file that is gone again was never a frame.
            let Ok(about) = std::fs::metadata(&path) else { continue };
            let changed = about.modified().unwrap_or(SystemTime::UNIX_EPOCH);
            let since = changed.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
            there.push((since, Arrival::key_of_file(&name(&path), about.len(), since.as_nanos()), path));
        }
        there.sort();
        let keys: HashSet<&str> = there.iter().map(|(_, key, _)| key.as_str()).collect();
        watch.keep_only(&keys);
        let new: Vec<_> = there.iter().filter(|(_, key, _)| !watch.knows(key)).collect();
        let paths: HashSet<&Path> = new.iter().map(|(_, _, path)| path.as_path()).collect();
        self.seen.retain(|path, _| paths.contains(path.as_path()));
        let mut come = Come { arrivals: Vec::new(), live: LiveFigures::default(), ended: None };
        for (_, key, path) in new {
            let seen = self.seen.entry(path.clone()).or_insert_with(|| (key.clone(), Instant::now()));
            if seen.0 != *key {
                *seen = (key.clone(), Instant::now());
            }
            let waits = seen.1.elapsed();
            if waits >= self.settle && come.arrivals.len() < most {
                come.arrivals.push(Arrival { key: key.clone(), packet: the_frame(path) });
            } else {
                come.live.waiting += 1;
                come.live.oldest_ms = come.live.oldest_ms.max(waits.as_millis() as u64);
            }
        }
        Ok(come)
    }
}

impl Pipe {
    fn open() -> Self {
        let (to, frames) = sync_channel(WAITING_MAX);
        let (waiting, held_ms) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        let ahead = Ahead { to, waiting: waiting.clone(), held_ms: held_ms.clone() };
        std::thread::spawn(move || ahead.read());
        Self { frames, waiting, held_ms, ended: None }
    }

    fn come(&mut self, most: usize) -> Come {
        let mut arrivals = Vec::new();
        while arrivals.len() < most && self.ended.is_none() {
            match self.frames.try_recv() {
                Ok(Read::Frame(arrival)) => {
                    self.waiting.fetch_sub(1, Ordering::Relaxed);
                    arrivals.push(arrival);
                }
                Ok(Read::Cut(place)) => self.ended = Some(End::Cut(place)),
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => self.ended = Some(End::All),
            }
        }
        let (waiting, held_ms) = (self.waiting.load(Ordering::Relaxed), self.held_ms.load(Ordering::Relaxed));
        let live = LiveFigures { waiting, held_ms, ..LiveFigures::default() };
        Come { ended: self.ended.clone().filter(|_| arrivals.is_empty()), arrivals, live }
    }
}

/// The thread that reads ahead.
struct Ahead {
    to: SyncSender<Read>,
    waiting: Arc<AtomicU64>,
    held_ms: Arc<AtomicU64>,
}

impl Ahead {
    /// Reads frames and waits where the queue is full: so the sender is held back, and for how long is counted.
    fn read(&self) {
        let mut packets = Packets::new("standard input", std::io::stdin());
        while let Some(packet) = packets.next() {
            if packets.is_cut() {
                // What came of it is not taken: the whole frame is expected when the sender begins again.
                let place = match packet {
                    Ok(packet) => format!("{}: the picture is cut", packet.name),
                    Err((place, fault)) => format!("{place}: {fault}"),
                };
                let _ = self.to.send(Read::Cut(place));
                return;
            }
            self.waiting.fetch_add(1, Ordering::Relaxed);
            match self.to.try_send(Read::Frame(Arrival::of_pipe(packet))) {
                Ok(()) => {}
                Err(TrySendError::Disconnected(_)) => return,
                Err(TrySendError::Full(arrival)) => {
                    let since = Instant::now();
                    if self.to.send(arrival).is_err() {
                        return;
                    }
                    self.held_ms.fetch_add(since.elapsed().as_millis() as u64, Ordering::Relaxed);
                }
            }
        }
    }
}

/// Where a run is on record.
struct Record<'a> {
    app: &'a App,
    actor: &'a Actor,
    id: i64,
}

/// Runs until the frames end, or somebody ends it.
pub async fn run(store: Option<(&App, &Actor)>, args: &InspectWatch) -> Result<ExitCode> {
    let recipe = text(&args.recipe)?;
    let run = args.run.clone().or_else(|| args.out.as_ref().map(|out| name(out)));
    let run = run.ok_or_else(|| Error::new(Code::BadInput, "give --out DIR, --run NAME, or both"))?;
    let out = args.out.clone().unwrap_or_else(|| Path::new("out/inspect").join(&run));
    writable(&out)?;
    let clock = Clock::china();
    let options = options(args.threads, run.clone(), &args.recipe, &args.beads, true);
    let mut watch = Watch::open(&super::super::console(), &recipe, &out, &options, args.stdin, &clock)?;
    let record = match store {
        Some((app, actor)) => {
            let enterprise = enterprise(app, actor, args.enterprise.as_deref()).await?;
            // A run that came to its end before a fall may be frozen already: it is found, not begun. Another enterprise's run
            // may have the same name.
            let ended = match watch.is_ended() {
                true => app
                    .inspections(actor)
                    .await?
                    .into_iter()
                    .find(|row| row.name == run && enterprise.is_none_or(|id| row.enterprise.id == id))
                    .map(|row| row.id),
                false => None,
            };
            let new = NewInspection {
                enterprise,
                name: run,
                recipe_name: name(&args.recipe).trim_end_matches(".toml").to_owned(),
                recipe,
            };
            let id = match ended {
                Some(id) => id,
                None => app.begin_inspection(actor, &new).await?,
            };
            Some(Record { app, actor, id })
        }
        None => None,
    };
    if watch.is_resumed() {
        let (frames, refused) = watch.counts();
        eprintln!("goes on 接着检测: {frames} frames 帧, {refused} refused 拒绝");
    }
    let ended = match watch.is_ended() {
        true => End::All,
        false => follow(args, &mut watch, record.as_ref(), &clock).await?,
    };
    match ended {
        End::All => finish(watch, record.as_ref(), args.json).await,
        End::Stopped => {
            eprintln!("stopped 已停止: the same command goes on 用同样的命令接着检测");
            Ok(ExitCode::SUCCESS)
        }
        End::Cut(place) => Err(Error::new(Code::BadInput, format!("{place}; the run stays open")).hint(
            "the same command goes on with it when the sender begins again, with this frame or before it",
        )),
    }
}

/// Takes frames until they end, or somebody stops it.
async fn follow(
    args: &InspectWatch,
    watch: &mut Watch,
    record: Option<&Record<'_>>,
    clock: &Clock,
) -> Result<End> {
    let mut coming = match &args.folder {
        Some(path) if path.is_dir() => Coming::Folder(Folder {
            path: path.clone(),
            settle: Duration::from_millis(args.settle_ms.into()),
            seen: HashMap::new(),
            named: HashSet::new(),
        }),
        Some(path) => return Err(Error::new(Code::File, format!("{} is no folder", path.display()))),
        None => Coming::Pipe(Pipe::open()),
    };
    let poll = Duration::from_millis(args.poll_ms.into());
    let mut told = Instant::now().checked_sub(TOLD).unwrap_or_else(Instant::now);
    let mut came = Instant::now();
    let mut said = ((0, 0), u64::MAX);
    let mut rate: VecDeque<(Instant, u64)> = VecDeque::from([(Instant::now(), watch.counts().0)]);
    let stop = tokio::signal::ctrl_c();
    tokio::pin!(stop);
    loop {
        let most = watch.batch();
        let step = tokio::task::block_in_place(|| -> Result<(LiveFigures, usize, Option<End>)> {
            let Come { arrivals, live, ended } = match &mut coming {
                Coming::Folder(folder) => folder.come(watch, most)?,
                Coming::Pipe(pipe) => pipe.come(most),
            };
            let taken = arrivals.len();
            if taken > 0 {
                watch.take(arrivals, clock)?;
            } else {
                // Nothing to do is the time to make things certain.
                watch.commit_if_needed()?;
            }
            Ok((live, taken, ended))
        });
        let (mut live, taken, ended) = step?;
        for refusal in watch.new_refusals() {
            eprintln!("refused 拒绝: {refusal}");
        }
        let now = Instant::now();
        rate.push_back((now, watch.counts().0));
        while rate.len() > 2 && now.duration_since(rate[0].0) > RATE {
            rate.pop_front();
        }
        // A rate says something from a second on.
        let seconds = now.duration_since(rate[0].0).as_secs_f64().max(1.0);
        live.frames_per_second = (watch.counts().0 - rate[0].1) as f64 / seconds;
        if taken > 0 {
            came = now;
        }
        let idle =
            args.idle_s.is_some_and(|s| live.waiting == 0 && came.elapsed() >= Duration::from_secs(s.into()));
        if told.elapsed() >= TOLD || ended.is_some() || idle {
            told = now;
            watch.commit_if_needed()?;
            let news = (watch.counts(), live.waiting);
            if news != said {
                said = news;
                tell(watch, &live);
            }
            if let Some(record) = record {
                let (figures, detail) = watch.says(live);
                record.app.push_inspection(record.actor, record.id, &figures, &detail).await?;
            }
        }
        if let Some(ended) = ended.or(idle.then_some(End::All)) {
            return Ok(ended);
        }
        let pause = if taken > 0 { Duration::ZERO } else { poll };
        tokio::select! {
            _ = &mut stop => {
                watch.commit()?;
                return Ok(End::Stopped);
            }
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// One line for people: what is certain, and how far behind it is.
fn tell(watch: &Watch, live: &LiveFigures) {
    let (frames, refused) = watch.counts();
    let mut line =
        format!("{frames} frames 帧  {:.1}/s  waiting 等待 {}", live.frames_per_second, live.waiting);
    if live.oldest_ms > 0 {
        line += &format!(" ({:.1} s)", live.oldest_ms as f64 / 1000.0);
    }
    if live.held_ms > 0 {
        line += &format!("  sender held 发送方等待 {:.1} s", live.held_ms as f64 / 1000.0);
    }
    if refused > 0 {
        line += &format!("  refused 拒绝 {refused}");
    }
    eprintln!("{line}");
}

async fn finish(mut watch: Watch, record: Option<&Record<'_>>, json: bool) -> Result<ExitCode> {
    tokio::task::block_in_place(|| watch.end(&server::pages::inspection::file))?;
    let (figures, detail) = watch.says(LiveFigures::default());
    let summary: Option<PanelSummary> = figures.panel.clone();
    if let Some(record) = record {
        let files = watch.ended_files(RUN_FILE_MAX)?;
        let sha256 = record.app.finish_inspection(record.actor, record.id, figures, detail, files).await?;
        eprintln!("on record 已存档: {sha256}");
    }
    let files = watch.finish()?;
    let Some(summary) = summary else { return Ok(ExitCode::SUCCESS) };
    if json {
        let json = serde_json::to_string_pretty(&summary);
        say!("{}", json.map_err(|e| Error::new(Code::Internal, e.to_string()))?);
    } else {
        show(&summary);
        super::super::lists::show_files(&files);
    }
    Ok(ExitCode::SUCCESS)
}

/// Row id of the enterprise with this name or key; nothing where none is named.
pub async fn enterprise(app: &App, actor: &Actor, named: Option<&str>) -> Result<Option<i64>> {
    let Some(named) = named else { return Ok(None) };
    let query = app::EnterpriseQuery { q: named.to_owned(), per_page: 200, ..Default::default() };
    let rows = app.enterprises(actor, &query).await?.rows;
    let found = rows.iter().find(|r| r.enterprise.key == named || r.enterprise.name == named);
    found.or(if rows.len() == 1 { rows.first() } else { None }).map(|r| Some(r.id)).ok_or_else(|| {
        Error::new(Code::BadInput, format!("--enterprise {named}: {} enterprises match", rows.len()))
            .hint("give its whole name or its code")
    })
}
