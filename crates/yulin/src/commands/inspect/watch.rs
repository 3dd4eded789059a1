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
}

/// Standard input, read ahead by a thread.
struct Pipe {
    frames: Receiver<Arrival>,
    held_ms: Arc<AtomicU64>,
    ended: bool,
}

/// What comes now.
struct Come {
    arrivals: Vec<Arrival>,
    live: LiveFigures,
    ended: bool,
}

impl Folder {
    /// Frames that have not changed for a while, the oldest first: what is still being written is waited for.
    fn come(&mut self, watch: &mut Watch, most: usize) -> Result<Come> {
        let mut there = Vec::new();
        for path in sources::frames_in(&self.path)? {
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
        let mut come = Come {
            arrivals: Vec::new(),
            live: LiveFigures { waiting: new.len() as u64, ..LiveFigures::default() },
            ended: false,
        };
        for (_, key, path) in new {
            let seen = self.seen.entry(path.clone()).or_insert_with(|| (key.clone(), Instant::now()));
            if seen.0 != *key {
                *seen = (key.clone(), Instant::now());
            }
            let waits = seen.1.elapsed();
            come.live.oldest_ms = come.live.oldest_ms.max(waits.as_millis() as u64);
            if waits >= self.settle && come.arrivals.len() < most {
                come.arrivals.push(Arrival { key: key.clone(), packet: the_frame(path) });
            }
        }
        Ok(come)
    }
}

impl Pipe {
    fn open() -> Self {
        let (to, frames) = sync_channel(WAITING_MAX);
        let held_ms = Arc::new(AtomicU64::new(0));
        let held = held_ms.clone();
        std::thread::spawn(move || read_ahead(&to, &held));
        Self { frames, held_ms, ended: false }
    }

    fn come(&mut self, most: usize) -> Come {
        let mut arrivals = Vec::new();
        while arrivals.len() < most && !self.ended {
            match self.frames.try_recv() {
                Ok(arrival) => arrivals.push(arrival),
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => self.ended = true,
            }
        }
        let held_ms = self.held_ms.load(Ordering::Relaxed);
        // A full queue is all that can be known of what waits in a pipe.
        let waiting = if arrivals.len() == most { WAITING_MAX as u64 } else { 0 };
        let live = LiveFigures { waiting, held_ms, ..LiveFigures::default() };
        Come { ended: self.ended && arrivals.is_empty(), arrivals, live }
    }
}

/// Reads frames and waits where the queue is full: so the sender is held back, and for how long is counted.
fn read_ahead(to: &SyncSender<Arrival>, held_ms: &AtomicU64) {
    for packet in Packets::new("standard input", std::io::stdin()) {
        match to.try_send(Arrival::of_pipe(packet)) {
            Ok(()) => {}
            Err(TrySendError::Disconnected(_)) => return,
            Err(TrySendError::Full(arrival)) => {
                let since = Instant::now();
                if to.send(arrival).is_err() {
                    return;
                }
                held_ms.fetch_add(since.elapsed().as_millis() as u64, Ordering::Relaxed);
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
    let ended = watch.is_ended() || follow(args, &mut watch, record.as_ref(), &clock).await?;
    if !ended {
        eprintln!("stopped 已停止: the same command goes on 用同样的命令接着检测");
        return Ok(ExitCode::SUCCESS);
    }
    finish(watch, record.as_ref(), args.json).await
}

/// Takes frames until they end (true), or somebody stops it (false).
async fn follow(
    args: &InspectWatch,
    watch: &mut Watch,
    record: Option<&Record<'_>>,
    clock: &Clock,
) -> Result<bool> {
    let mut coming = match &args.folder {
        Some(path) if path.is_dir() => Coming::Folder(Folder {
            path: path.clone(),
            settle: Duration::from_millis(args.settle_ms.into()),
            seen: HashMap::new(),
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
        let step = tokio::task::block_in_place(|| -> Result<(LiveFigures, usize, bool)> {
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
        let now = Instant::now();
        rate.push_back((now, watch.counts().0));
        while rate.len() > 2 && now.duration_since(rate[0].0) > RATE {
            rate.pop_front();
        }
        let seconds = now.duration_since(rate[0].0).as_secs_f64().max(1e-3);
        live.frames_per_second = (watch.counts().0 - rate[0].1) as f64 / seconds;
        if taken > 0 {
            came = now;
        }
        let idle =
            args.idle_s.is_some_and(|s| live.waiting == 0 && came.elapsed() >= Duration::from_secs(s.into()));
        if told.elapsed() >= TOLD || ended || idle {
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
        if ended || idle {
            return Ok(true);
        }
        let pause = if taken > 0 { Duration::ZERO } else { poll };
        tokio::select! {
            _ = &mut stop => {
                watch.commit()?;
                return Ok(false);
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
async fn enterprise(app: &App, actor: &Actor, named: Option<&str>) -> Result<Option<i64>> {
    let Some(named) = named else { return Ok(None) };
    let query = app::EnterpriseQuery { q: named.to_owned(), per_page: 200, ..Default::default() };
    let rows = app.enterprises(actor, &query).await?.rows;
    let found = rows.iter().find(|r| r.enterprise.key == named || r.enterprise.name == named);
    found.or(if rows.len() == 1 { rows.first() } else { None }).map(|r| Some(r.id)).ok_or_else(|| {
        Error::new(Code::BadInput, format!("--enterprise {named}: {} enterprises match", rows.len()))
            .hint("give its whole name or its code")
    })
}
