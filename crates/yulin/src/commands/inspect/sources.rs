//! Where frames come from: files, folders, standard input.

use app::{Code, Error, Result};
use exchange::frame::{FrameFault, Packet, Packets};
use std::collections::VecDeque;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Frames of all sources, one after the other; a file is opened when it is its turn.
pub struct Sources {
    waiting: VecDeque<PathBuf>,
    open: Option<Packets<Box<dyn Read>>>,
    files: u64,
    /// True where a source may hold any number of frames.
    streams: bool,
}

/// Endings of files in a folder that are frames.
const ENDINGS: [&str; 11] = ["png", "tif", "tiff", "bmp", "raw", "pgm", "ppm", "pnm", "avi", "dib", "btf"];

impl Sources {
    /// Looks up all sources; folders give their frames in the order of their names.
    pub fn open(paths: &[PathBuf]) -> Result<Self> {
        let mut waiting = VecDeque::new();
        for path in paths {
            if path.is_dir() {
                waiting.extend(frames_of(path)?);
            } else if path.as_os_str() == "-" || path.exists() {
                waiting.push_back(path.clone());
            } else {
                return Err(Error::new(Code::File, format!("{} is not there", path.display())));
            }
        }
        let stream = |p: &PathBuf| {
            p.as_os_str() == "-"
                || ending(p).is_some_and(|e| !matches!(e.as_str(), "png" | "tif" | "tiff" | "bmp"))
        };
        Ok(Self { files: waiting.len() as u64, streams: waiting.iter().any(stream), waiting, open: None })
    }

    /// Frames, where that is known before they are read.
    pub fn known(&self) -> Option<u64> {
        (!self.streams).then_some(self.files)
    }
}

/// The ending of a file's name in small letters.
pub fn ending(path: &Path) -> Option<String> {
    Some(path.extension()?.to_string_lossy().to_lowercase())
}

/// Endings of pictures and films that cannot be measured: in a watched folder they are frames that are refused.
const UNREADABLE: [&str; 22] = [
    "jpg", "jpeg", "jpe", "jfif", "jp2", "jxl", "webp", "gif", "heic", "heif", "avif", "dng", "cr2", "nef",
    "arw", "mp4", "m4v", "mov", "mkv", "mpg", "mpeg", "wmv",
];

/// Endings of files that are still being written or copied.
const PARTIAL: [&str; 9] =
    ["tmp", "temp", "part", "partial", "crdownload", "filepart", "swp", "lock", "writing"];

/// Files of a folder, in no order.
fn files_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let fault = |e: std::io::Error| Error::new(Code::File, format!("cannot read {}: {e}", folder.display()));
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(fault)? {
        let path = entry.map_err(fault)?.path();
        if path.is_file() {
            files.push(path);
        }
    }
    Ok(files)
}

/// Files of a watched folder, in no order: those that are frames by their endings, readable or not, and the others, without
/// hidden ones and those that are still being written.
pub fn watched_in(folder: &Path) -> Result<(Vec<PathBuf>, Vec<PathBuf>)> {
    let among = |path: &Path, endings: &[&str]| ending(path).is_some_and(|e| endings.contains(&e.as_str()));
    let (frames, mut others): (Vec<_>, Vec<_>) =
        files_in(folder)?.into_iter().partition(|path| among(path, &ENDINGS) || among(path, &UNREADABLE));
    others.retain(|path| {
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        !(name.starts_with('.') || name.ends_with('~') || among(path, &PARTIAL))
    });
    Ok((frames, others))
}

fn frames_of(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut frames = files_in(folder)?;
    frames.retain(|path| ending(path).is_some_and(|e| ENDINGS.contains(&e.as_str())));
    if frames.is_empty() {
        let words = format!("the folder {} holds no frames ({})", folder.display(), ENDINGS.join(", "));
        return Err(Error::new(Code::BadInput, words));
    }
    frames.sort();
    Ok(frames)
}

impl Iterator for Sources {
    type Item = Result<Packet, (String, FrameFault)>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(next) = self.open.as_mut().and_then(Iterator::next) {
                return Some(next);
            }
            let path = self.waiting.pop_front()?;
            let name = path.display().to_string();
            let from: Box<dyn Read> = if path.as_os_str() == "-" {
                Box::new(std::io::stdin())
            } else {
                match File::open(&path) {
                    Ok(file) => Box::new(file),
                    Err(e) => return Some(Err((name, FrameFault::Read(e.to_string())))),
                }
            };
            let name = if name == "-" { "standard input".to_owned() } else { name };
            self.open = Some(Packets::new(name, from));
        }
    }
}

/// The frame of a watched file. One of several frames is refused: it could not be counted as one.
pub fn the_frame(path: &Path) -> Result<Packet, (String, FrameFault)> {
    let name = path.display().to_string();
    let file = File::open(path).map_err(|e| (name.clone(), FrameFault::Read(e.to_string())))?;
    let mut packets = Packets::new(name.clone(), file);
    match (packets.next(), packets.next()) {
        (Some(first), None) => first,
        (None, _) => Err((name, FrameFault::Empty)),
        (Some(_), Some(_)) => {
            let reason = "it holds several frames; write one file for each, or send it to --stdin".to_owned();
            Err((name, FrameFault::Broken { format: "frame", reason }))
        }
    }
}

/// The one frame of a file.
pub fn whole_file(path: &Path) -> Result<Packet> {
    let file = File::open(path)
        .map_err(|e| Error::new(Code::File, format!("cannot read {}: {e}", path.display())))?;
    match Packets::new(path.display().to_string(), file).next() {
        Some(Ok(packet)) => Ok(packet),
        Some(Err((place, fault))) => Err(Error::new(Code::BadInput, format!("{place}: {fault}"))),
        None => Err(Error::new(Code::BadInput, format!("{} holds no frame", path.display()))),
    }
}

/// Pairs of a list: template and image a line, parted by a tab, a comma or blanks; relative to the list's folder. Empty lines
/// and those that begin with `#` are left out.
pub fn pairs(list: &Path, text: &str) -> Result<Vec<(PathBuf, PathBuf)>> {
    let folder = list.parent().unwrap_or(Path::new(""));
    let mut pairs = Vec::new();
    for (i, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let parted = ['\t', ','].into_iter().find(|c| line.contains(*c));
        let fields: Vec<&str> = match parted {
            Some(c) => line.split(c).map(str::trim).collect(),
            None => line.split_whitespace().collect(),
        };
        let [template, image] = fields.as_slice() else {
            return Err(Error::new(
                Code::BadInput,
                format!(
                    "{}, line {}: {} columns; two are expected: template, image",
                    list.display(),
                    i + 1,
                    fields.len()
                ),
            ));
        };
        // A first line without files may be the columns' names.
        let heading = |word: &str| {
            ["template", "image", "test", "模板", "图像"].contains(&word.to_lowercase().as_str())
        };
        if pairs.is_empty() && heading(template) && heading(image) && !folder.join(template).exists() {
            continue;
        }
        pairs.push((folder.join(template), folder.join(image)));
    }
    if pairs.is_empty() {
        return Err(Error::new(Code::BadInput, format!("{} names no pairs", list.display())));
    }
    Ok(pairs)
}
