//! Long work on a thread of its own.

use crate::{Code, Error, Result};

/// Does long work where it keeps nobody waiting who only answers or writes.
pub(crate) async fn aside<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|e| Error::new(Code::Internal, e.to_string()))?
}
