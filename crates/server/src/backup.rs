//! A backup on its way to whoever asked for it: a file in a folder of its own, which goes with the last byte.

use crate::format;
use app::{Actor, App, Code, Error, Progress, Result};
use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use std::fs::File;
use std::io::Read;
use tempfile::TempDir;

/// Name of the backup in its folder.
const FILE: &str = "backup.yulin";
/// Bytes that are sent at a time.
const CHUNK: usize = 256 << 10;

/// A backup that waits to be taken: its folder goes with it.
#[derive(Debug)]
pub struct Backup {
    folder: TempDir,
}

impl Backup {
    /// Writes one.
    pub async fn make(app: &App, actor: &Actor, progress: Progress<'_>) -> Result<Self> {
        let folder = TempDir::with_prefix("yulin-backup-").map_err(|e| unwritten(&e))?;
        app.backup(actor, &folder.path().join(FILE), progress).await?;
        Ok(Self { folder })
    }

    /// The answer that holds it, as a file with the day in its name.
    pub fn send(self, now_ms: i64) -> Result<Response> {
        let day = format::day(now_ms);
        let file = File::open(self.folder.path().join(FILE)).map_err(|e| unwritten(&e))?;
        let length = file.metadata().map_err(|e| unwritten(&e))?.len();
        let pieces = futures_util::stream::try_unfold((file, self.folder), piece);
        let mut response = Response::new(Body::from_stream(pieces));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
        if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"yulin-{day}.yulin\"")) {
            headers.insert(header::CONTENT_DISPOSITION, value);
        }
        Ok(response)
    }
}

fn unwritten(error: &std::io::Error) -> Error {
    Error::new(Code::Output, format!("cannot use the folder for temporary files: {error}"))
}

/// The next piece of the file, read off the threads that serve.
async fn piece((mut file, folder): (File, TempDir)) -> std::io::Result<Option<(Bytes, (File, TempDir))>> {
    let read = tokio::task::spawn_blocking(move || {
        let mut buffer = Vec::with_capacity(CHUNK);
        (&mut file).take(CHUNK as u64).read_to_end(&mut buffer)?;
        Ok::<_, std::io::Error>((buffer, file))
    });
    let (buffer, file) = read.await.map_err(std::io::Error::other)??;
    Ok((!buffer.is_empty()).then(|| (Bytes::from(buffer), (file, folder))))
}
