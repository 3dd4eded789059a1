//! A run that goes on while frames come, and survives a fall at any moment.
//!
//! All of it lies in one folder until it is done. `state.json` is replaced as a whole, by renaming, after everything that it
//! speaks of is on the disk: it names how long each file and the journal are. What stands behind those lengths after a fall was
//! not acknowledged and is cut off, and its frames are taken again. So every frame is counted once: the journal names those
//! that are in the state, and the rest is still at its source.

use super::gather::Gathered;
use super::panel::{Refusals, Walk, summary, whole_files};
use super::record::{EndedFiles, LiveFigures, RunDetail, RunFigures, Source};
use super::write::{Files, Lengths, fault, place};
use super::{PanelOptions, PanelRun, not_a_frame};
use crate::{Act, Actor, Clock, Code, Error, Result};
use exchange::frame::{FrameFault, Packet, Packets};
use model::hex::{hex, sha256_hex, unhex};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet, VecDeque};
use std::fs::File;
use std::io::{BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Name of the folder in which a run lies until it is done.
const FOLDER: &str = ".yulin-watch";

/// Keys of frames of a pipe that are remembered: a sender that begins again sends what it did not see acknowledged.
const KEYS_OF_PIPE: usize = 1 << 16;

/// Files that are remembered, by 16 bytes each, after they have left their folder: one that comes back is no new frame.
const KEYS_GONE: usize = 1 << 20;

/// Largest share of the time that is spent on commits.
const COMMIT_SHARE: u32 = 10;

/// A frame that has come.
#[derive(Debug)]
pub struct Arrival {
    /// What it is known by: of a file its name, size and time of change, of a pipe's frame its SHA-256.
    pub key: String,
    /// The frame, or the place and why there is none.
    pub packet: Result<Packet, (String, FrameFault)>,
}

impl Arrival {
    /// What a file is known by: it is another frame when it has changed.
    pub fn key_of_file(name: &str, bytes: u64, changed_ns: u128) -> String {
        format!("{name}|{bytes}|{changed_ns}")
    }

    /// A frame of a pipe. What is wrong with one that is none is the same wherever in the pipe it comes.
    pub fn of_pipe(packet: Result<Packet, (String, FrameFault)>) -> Self {
        let key = packet.as_ref().map_or_else(|(_, fault)| fault.to_string(), |p| sha256_hex(p.bytes()));
        Self { key, packet }
    }
}

/// Where in the run so far a pipe is that began again. Frames are told by their place in the pipe and their content: the pipe is
/// laid beside what was counted, as early as it fits, and what fits is passed over; from where it no longer does, or goes beyond
/// the end, every frame is new, whether another was equal to it or not.
#[derive(Debug, Default)]
struct Overlap {
    /// What was counted before this pipe, in order.
    counted: Vec<String>,
    /// Places in it at which this pipe may have begun.
    begins: Vec<usize>,
    /// Frames of this pipe that were passed over.
    passed: usize,
    over: bool,
}

impl Overlap {
    fn new(counted: Vec<String>) -> Self {
        Self { begins: (0..counted.len()).collect(), over: counted.is_empty(), counted, passed: 0 }
    }

    /// True for a frame that is counted already.
    fn passes(&mut self, key: &str) -> bool {
        if self.over {
            return false;
        }
        let (counted, passed) = (&self.counted, self.passed);
        self.begins.retain(|begin| counted.get(begin + passed).is_some_and(|at| at == key));
        match self.begins.first() {
            // Further down, those that began earlier hold longer.
            Some(_) => self.passed += 1,
            None => *self = Self { over: true, ..Self::default() },
        }
        !self.over
    }
}

/// Files that have left their folder, the newest of them.
#[derive(Debug, Default)]
struct Gone {
    keys: HashSet<u128>,
    order: VecDeque<u128>,
}

impl Gone {
    fn digest(key: &str) -> u128 {
        let hash = Sha256::digest(key);
        u128::from_le_bytes(std::array::from_fn(|i| hash[i]))
    }

    fn has(&self, key: &str) -> bool {
        !self.keys.is_empty() && self.keys.contains(&Self::digest(key))
    }

    fn add(&mut self, key: &str) {
        let digest = Self::digest(key);
        if self.keys.insert(digest) {
            self.order.push_back(digest);
        }
        if self.order.len() > KEYS_GONE
            && let Some(oldest) = self.order.pop_front()
        {
            self.keys.remove(&oldest);
        }
    }
}

/// A line of the journal.
#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    key: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<String>,
}

/// `state.json`.
#[derive(Debug, Serialize, Deserialize)]
struct State {
    /// Layout of this file.
    version: u32,
    lot: String,
    recipe_sha256: String,
    at: String,
    forms: super::BeadForms,
    lengths: Lengths,
    journal: u64,
    number: u64,
    chain: String,
    seconds: f64,
    gathered: Gathered,
    refusals: Refusals,
    /// Files that are whole and only have to be moved to their place.
    moving: Vec<String>,
}

const VERSION: u32 = 1;

/// A run under way.
pub struct Watch {
    out: PathBuf,
    folder: PathBuf,
    walk: Walk,
    files: Option<Files>,
    journal: File,
    journal_length: u64,
    /// Keys of the files that are counted and there, refused ones too.
    known: HashSet<String>,
    gone: Gone,
    /// Key and reason of refused files, by the file's name.
    refused: HashMap<String, (String, String)>,
    /// Of a pipe: where it is in what was counted before it.
    overlap: Option<Overlap>,
    /// Refusals that nobody was told of yet.
    news: Vec<String>,
    moving: Vec<String>,
    forms: super::BeadForms,
    recipe: String,
    committed: Instant,
    cost: Duration,
    dirty: bool,
    resumed: bool,
    _lock: File,
}

impl Watch {
    /// Begins a run in `out`, or goes on with the one that lies there. Whoever holds the frames may see what is in them.
    ///
    /// # Errors
    /// [`Code::BadInput`] for the recipe, with its line, and where another recipe's run lies there; [`Code::Conflict`] where
    /// another program is at it; [`Code::Output`].
    pub fn open(
        actor: &Actor,
        recipe: &str,
        out: &Path,
        options: &PanelOptions,
        of_pipe: bool,
        clock: &Clock,
    ) -> Result<Self> {
        actor.need(Act::InspectPanel)?;
        let options = PanelOptions { accept_valid: true, ..options.clone() };
        let mut walk = Walk::begin(recipe, None, &options, clock)?;
        let folder = out.join(FOLDER);
        std::fs::create_dir_all(&folder).map_err(fault(&folder))?;
        let lock = lock(&folder)?;
        let state = read_state(&folder, recipe)?;
        let resumed = state.is_some();
        let mut journal = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(folder.join("journal.ndjson"))
            .map_err(fault(&folder))?;
        let (mut known, mut refused) = (HashSet::new(), HashMap::new());
        let mut order = VecDeque::new();
        let mut moving = Vec::new();
        let (mut forms, mut journal_length) = (options.forms, 0);
        let mut certain = None;
        if let Some(state) = state {
            forms = state.forms;
            journal_length = state.journal;
            walk.take_up(state.lot, state.at, forms, recipe);
            walk.number = state.number;
            walk.chain = unhex(&state.chain).unwrap_or_default();
            walk.seconds_before = state.seconds;
            let frames = state.gathered.frames;
            walk.gathered = state.gathered;
            walk.refusals = state.refusals;
            moving = state.moving;
            certain = Some((state.lengths, frames));
        }
        journal.set_len(journal_length).map_err(fault(&folder))?;
        for line in BufReader::new(&mut journal).lines() {
            let line = line.map_err(fault(&folder))?;
            let entry: Entry = serde_json::from_str(&line).map_err(|e| {
                Error::new(Code::BadInput, format!("the journal in {} was changed: {e}", folder.display()))
            })?;
            if of_pipe {
                order.push_back(entry.key);
                if order.len() > KEYS_OF_PIPE {
                    order.pop_front();
                }
            } else {
                remember(&mut known, &mut refused, entry);
            }
        }
        journal.seek(SeekFrom::End(0)).map_err(fault(&folder))?;
        let reference = folder.join("reference.raw");
        if certain.is_some() && reference.is_file() {
            let file = File::open(&reference).map_err(fault(&reference))?;
            let frames = Packets::new(reference.display().to_string(), file);
            walk.learn(frames.filter_map(|packet| packet.ok()?.decode().ok()));
        }
        let files = if moving.is_empty() {
            let known = certain.as_ref().map(|(lengths, frames)| (lengths, *frames));
            Some(Files::lasting(&folder, &walk.run, walk.seed, forms, known)?)
        } else {
            None
        };
        Ok(Self {
            out: out.to_owned(),
            files,
            folder,
            walk,
            journal,
            journal_length,
            known,
            gone: Gone::default(),
            refused,
            overlap: of_pipe.then(|| Overlap::new(order.into())),
            news: Vec::new(),
            moving,
            forms,
            recipe: recipe.to_owned(),
            committed: Instant::now(),
            cost: Duration::ZERO,
            dirty: false,
            resumed,
            _lock: lock,
        })
    }

    /// Whether an earlier run is gone on with.
    pub fn is_resumed(&self) -> bool {
        self.resumed
    }

    /// True where the run had come to its end and only has to be put in its place.
    pub fn is_ended(&self) -> bool {
        !self.moving.is_empty()
    }

    /// Frames taken at once.
    pub fn batch(&self) -> usize {
        self.walk.threads()
    }

    /// Frames counted, and refused.
    pub fn counts(&self) -> (u64, u64) {
        (self.walk.gathered.frames, self.walk.refusals.count)
    }

    /// True for a file that is counted already.
    pub fn knows(&self, key: &str) -> bool {
        self.known.contains(key) || self.gone.has(key)
    }

    /// Keeps only a digest of the files that are no longer in their folder, so that memory follows the folder; one that comes
    /// back unchanged is still known. A refused file that was written anew has another key, yet its refusal stays known, to be
    /// taken back.
    pub fn keep_only(&mut self, there: &HashSet<&str>) {
        for key in self.known.extract_if(|key| !there.contains(key.as_str())) {
            self.gone.add(&key);
        }
    }

    /// Refusals since this was last asked.
    pub fn new_refusals(&mut self) -> Vec<String> {
        std::mem::take(&mut self.news)
    }

    /// Takes frames; those that are counted already are passed over. True where they are certain now; else a later call, or
    /// [`Self::commit`], makes them so.
    ///
    /// # Errors
    /// [`Code::Output`].
    pub fn take(&mut self, arrivals: Vec<Arrival>, clock: &Clock) -> Result<bool> {
        let mut packets = Vec::new();
        let mut keys = Vec::new();
        for Arrival { key, packet } in arrivals {
            let counted = match &mut self.overlap {
                Some(overlap) => overlap.passes(&key),
                None => self.knows(&key) || keys.contains(&key),
            };
            if counted {
                continue;
            }
            match packet {
                Ok(packet) => {
                    packets.push(packet);
                    keys.push(key);
                }
                Err((place, fault)) => {
                    let error = not_a_frame(&place, &fault);
                    self.enter(key, place, Some(error.message.clone()))?;
                    self.walk.refusals.take(error)?;
                }
            }
        }
        let had = self.walk.reference.is_some();
        let Some(files) = &mut self.files else {
            return Err(Error::new(Code::Conflict, "the run has ended"));
        };
        let refused = self.walk.take(&packets, files, clock)?;
        if let Some(reference) = self.walk.reference.as_ref().filter(|_| !had) {
            // On the disk before the first commit that speaks of frames measured by it.
            write_certain(&self.folder, "reference.raw", &reference.raw())?;
        }
        for ((key, packet), refused) in keys.into_iter().zip(&packets).zip(refused) {
            self.enter(key, packet.name.clone(), refused)?;
        }
        if self.dirty && self.committed.elapsed() >= self.cost * (COMMIT_SHARE - 1) {
            self.commit()?;
        }
        Ok(!self.dirty)
    }

    /// Writes a frame into the journal.
    fn enter(&mut self, key: String, name: String, refused: Option<String>) -> Result<()> {
        // A file that was refused and has changed since is looked at again; its refusal is taken back.
        if let Some((before, reason)) = file_of(&key).and_then(|file| self.refused.remove(file)) {
            self.known.remove(&before);
            self.walk.refusals.take_back(&reason);
        }
        self.news.extend(refused.clone());
        let entry = Entry { key, name, refused };
        let mut line =
            serde_json::to_string(&entry).map_err(|e| Error::new(Code::Internal, e.to_string()))?;
        line.push('\n');
        self.journal.write_all(line.as_bytes()).map_err(fault(&self.folder))?;
        self.journal_length += line.len() as u64;
        if self.overlap.is_none() {
            remember(&mut self.known, &mut self.refused, entry);
        }
        self.dirty = true;
        Ok(())
    }

    /// Makes everything certain that was taken, where something was.
    ///
    /// # Errors
    /// [`Code::Output`].
    pub fn commit_if_needed(&mut self) -> Result<()> {
        if self.dirty { self.commit() } else { Ok(()) }
    }

    /// Makes everything certain that was taken.
    ///
    /// # Errors
    /// [`Code::Output`].
    pub fn commit(&mut self) -> Result<()> {
        let begun = Instant::now();
        let lengths = match &mut self.files {
            Some(files) => files.commit()?,
            None => Lengths::new(),
        };
        self.journal.sync_data().map_err(fault(&self.folder))?;
        if let Some(overlay) = self.walk.draw()? {
            write_certain(&self.folder, "overlay.png", &overlay)?;
        }
        let state = State {
            version: VERSION,
            lot: self.walk.run.lot.clone(),
            recipe_sha256: sha256_hex(self.recipe.as_bytes()),
            at: self.walk.run.at.clone(),
            forms: self.forms,
            lengths,
            journal: self.journal_length,
            number: self.walk.number,
            chain: hex(&self.walk.chain),
            seconds: self.walk.seconds(),
            gathered: std::mem::replace(&mut self.walk.gathered, Gathered::new(&self.walk.recipe)),
            refusals: std::mem::take(&mut self.walk.refusals),
            moving: self.moving.clone(),
        };
        let json = serde_json::to_vec(&state).map_err(|e| Error::new(Code::Internal, e.to_string()));
        self.walk.gathered = state.gathered;
        self.walk.refusals = state.refusals;
        write_certain(&self.folder, "state.json", &json?)?;
        self.dirty = false;
        self.committed = Instant::now();
        self.cost = begun.elapsed();
        Ok(())
    }

    /// What the run says now, for the record.
    pub fn says(&self, live: LiveFigures) -> (RunFigures, RunDetail) {
        let walk = &self.walk;
        let panel = (walk.gathered.frames > 0).then(|| summary(walk));
        let detail = RunDetail {
            recipe: self.recipe.clone(),
            course: walk.gathered.course.clone(),
            dx: walk.gathered.dx.clone(),
            dy: walk.gathered.dy.clone(),
            spots: walk.gathered.spots(&walk.recipe),
            worst: walk.gathered.worst.as_ref().map(|w| (w.frame, w.name.clone(), w.defects)),
            refusals: walk.refusals.first.clone(),
            ..RunDetail::default()
        };
        (RunFigures { panel, live: Some(live), ..RunFigures::of(Source::Watch) }, detail)
    }

    /// Ends the run: its files are made whole, on the disk, but not yet in their place. To be called again after a fall, it
    /// gives the same.
    ///
    /// # Errors
    /// [`Code::BadInput`] where no frame was measured; [`Code::Output`].
    pub fn end(&mut self, page: &dyn Fn(&PanelRun) -> String) -> Result<()> {
        if self.is_ended() {
            return Ok(());
        }
        self.commit()?;
        let overlay = std::fs::read(self.folder.join("overlay.png")).unwrap_or_default();
        let run = self.walk.end(overlay)?;
        let Some(files) = &mut self.files else { return Ok(()) };
        self.moving = files.end(&whole_files(&run, page)?)?;
        self.files = None;
        self.commit()
    }

    /// Bytes of the files of an ended run, by name, each only where it is no larger than `most`.
    ///
    /// # Errors
    /// [`Code::Output`].
    pub fn ended_files(&self, most: u64) -> Result<EndedFiles> {
        let read = |name: &String| {
            let here = self.folder.join(name);
            let path = if here.is_file() { here } else { self.out.join(name) };
            let length = std::fs::metadata(&path).map_err(fault(&path))?.len();
            let bytes = (length <= most).then(|| std::fs::read(&path)).transpose().map_err(fault(&path))?;
            Ok((name.clone(), length, bytes))
        };
        self.moving.iter().map(read).collect()
    }

    /// Puts the files of an ended run into their place; what it kept for a fall goes.
    ///
    /// # Errors
    /// [`Code::Output`].
    pub fn finish(self) -> Result<Vec<PathBuf>> {
        let written = place(&self.folder, &self.moving, &self.out)?;
        std::fs::remove_dir_all(&self.folder).map_err(fault(&self.folder))?;
        Ok(written)
    }
}

fn remember(known: &mut HashSet<String>, refused: &mut HashMap<String, (String, String)>, entry: Entry) {
    match (file_of(&entry.key), &entry.refused) {
        (Some(file), Some(reason)) => {
            refused.insert(file.to_owned(), (entry.key.clone(), reason.clone()));
        }
        // Taken back before a fall, it is taken back after it.
        (Some(file), None) => {
            refused.remove(file);
        }
        (None, _) => {}
    }
    known.insert(entry.key);
}

/// The file's name in a key of a file.
fn file_of(key: &str) -> Option<&str> {
    key.rsplitn(3, '|').nth(2)
}

/// One program at a time; the lock goes with the program, however it ends.
fn lock(folder: &Path) -> Result<File> {
    let path = folder.join("lock");
    let file = File::options().write(true).create(true).truncate(false).open(&path).map_err(fault(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(_) => {
            Err(Error::new(Code::Conflict, format!("another program is at the run in {}", folder.display()))
                .hint("wait for it, or choose another folder"))
        }
    }
}

fn read_state(folder: &Path, recipe: &str) -> Result<Option<State>> {
    let path = folder.join("state.json");
    let bytes = match std::fs::read(&path) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        read => read.map_err(fault(&path))?,
    };
    let state: State = serde_json::from_slice(&bytes).map_err(|e| {
        Error::new(Code::BadInput, format!("{} cannot be read: {e}", path.display()))
            .hint("it was changed, or is of another version; begin anew in another folder")
    })?;
    if state.recipe_sha256 != sha256_hex(recipe.as_bytes()) {
        return Err(Error::new(
            Code::BadInput,
            format!("the run in {} goes by another recipe", folder.display()),
        )
        .hint("give the recipe that it began with, or another folder"));
    }
    Ok(Some(state))
}

/// Writes a file as a whole or not at all, on the disk when this returns.
fn write_certain(folder: &Path, name: &str, bytes: &[u8]) -> Result<()> {
    let write = || -> std::io::Result<()> {
        let beside = folder.join(format!("{name}.new"));
        let mut file = File::create(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&beside, folder.join(name))?;
        // The name, too, must be on the disk.
        #[cfg(unix)]
        File::open(folder)?.sync_all()?;
        Ok(())
    };
    write().map_err(fault(&folder.join(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counted before, sent again, and which of it is new.
    #[test]
    fn a_pipe_is_laid_beside_what_was_counted() {
        for (counted, sent, new) in [
            ("", "aaba", "aaba"),
            ("aaba", "aabaab", "ab"),
            ("abcd", "cdef", "ef"),
            ("abcd", "efa", "efa"),
            ("aaaa", "aaaaaa", "aa"),
            ("abab", "abc", "c"),
        ] {
            let key = |c: char| c.to_string();
            let mut overlap = Overlap::new(counted.chars().map(key).collect());
            let found: String = sent.chars().filter(|c| !overlap.passes(&key(*c))).collect();
            assert_eq!(found, new, "{counted} {sent}");
        }
    }

    #[test]
    fn what_left_a_folder_stays_known() {
        let mut gone = Gone::default();
        gone.add("a.png|7|1");
        assert!(gone.has("a.png|7|1") && !gone.has("a.png|7|2"));
    }
}
