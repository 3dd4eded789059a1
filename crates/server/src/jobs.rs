//! Long work (imports, drafts, publications) that goes on while a page shows its progress.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// All jobs, kept for an hour after their end.
#[derive(Debug, Clone, Default)]
pub struct Jobs {
    #[expect(dead_code, reason = "contract first")]
    inner: Arc<Mutex<HashMap<String, ()>>>,
}
