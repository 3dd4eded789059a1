//! What the tests of use cases begin with.

use crate::{App, Clock, Stage};

/// A new database in a folder of its own, which goes with its handle.
pub async fn opened(clock: Clock) -> (App, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("y.db").display().to_string();
    (App::open(&file, clock).await.unwrap(), folder)
}

/// Nobody looks at the progress.
pub fn quiet(_: Stage, _: u64, _: u64) {}
