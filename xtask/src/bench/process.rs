//! Running the program under measurement.

use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What a run took.
#[derive(Debug, Clone, Copy)]
pub struct Cost {
    /// Wall clock in seconds.
    pub seconds: f64,
    /// Largest resident set in MiB.
    pub peak_mib: f64,
}

/// Runs the program in a folder, its output going to `out` (or nowhere), and measures it.
pub fn measure(program: &Path, dir: &Path, args: &[&str], out: Option<&Path>) -> Result<Cost> {
    let stdout = match out {
        Some(path) => std::fs::File::create(path)?.into(),
        None => Stdio::null(),
    };
    let begin = Instant::now();
    let mut child = Command::new(program)
        .args(args)
        .current_dir(dir)
        .stdout(stdout)
        .spawn()
        .with_context(|| format!("cannot start {}", program.display()))?;
    let status_file = format!("/proc/{}/status", child.id());
    let mut peak_kib = 0;
    let status = loop {
        // The high-water mark only grows, so the last reading before the end is close to the whole.
        peak_kib = peak_kib.max(high_water_kib(&status_file).unwrap_or(0));
        if let Some(status) = child.try_wait()? {
            break status;
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    if !status.success() {
        bail!("yulin {} failed ({status})", args.join(" "));
    }
    Ok(Cost { seconds: begin.elapsed().as_secs_f64(), peak_mib: peak_kib as f64 / 1024.0 })
}

fn high_water_kib(status_file: &str) -> Option<u64> {
    let text = std::fs::read_to_string(status_file).ok()?;
    text.lines().find_map(|l| l.strip_prefix("VmHWM:"))?.split_whitespace().next()?.parse().ok()
}
