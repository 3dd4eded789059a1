//! A bar on standard error for whatever takes longer than a moment.

use app::Stage;
use indicatif::{ProgressBar, ProgressStyle};
use std::sync::Mutex;
use std::time::Duration;

/// Shows the stages of a use case as they come; hidden where standard error is no terminal.
pub struct Bar {
    bar: ProgressBar,
    stage: Mutex<Option<Stage>>,
}

impl Bar {
    /// A new bar.
    pub fn new() -> Self {
        let bar = ProgressBar::new(0);
        let style = ProgressStyle::with_template("{spinner} {msg} [{bar:30}] {pos}/{len} {elapsed}")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        bar.set_style(style);
        bar.enable_steady_tick(Duration::from_millis(200));
        Self { bar, stage: Mutex::new(None) }
    }

    /// Takes a report of progress.
    pub fn report(&self, stage: Stage, done: u64, total: u64) {
        if let Ok(mut last) = self.stage.lock()
            && *last != Some(stage)
        {
            *last = Some(stage);
            self.bar.set_message(stage.zh());
            self.bar.reset_elapsed();
        }
        self.bar.set_length(total);
        self.bar.set_position(done);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
