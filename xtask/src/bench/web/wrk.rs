//! Load by wrk.

use super::server::Server;
use crate::machine;
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::path::Path;

/// What a run of wrk measured.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Load {
    /// Answers.
    pub requests: u64,
    /// Bytes received.
    pub bytes: u64,
    /// Wall clock.
    pub seconds: f64,
    /// Connections that failed, timeouts, statuses of 400 and above.
    pub errors: u64,
    /// Median.
    pub p50_ms: f64,
    /// 95th percentile.
    pub p95_ms: f64,
    /// 99th percentile.
    pub p99_ms: f64,
    /// The slowest.
    pub max_ms: f64,
}

impl Load {
    /// Requests per second.
    pub fn rate(&self) -> f64 {
        self.requests as f64 / self.seconds
    }
}

/// Asks a server for these paths in turn over so many connections.
pub fn run(
    root: &Path,
    server: &Server,
    head: &str,
    connections: u32,
    seconds: u32,
    paths: &[String],
) -> Result<Load> {
    let script = root.join("xtask/src/bench/web/wrk.lua");
    let script = script.to_str().context("the project's folder is not UTF-8")?;
    let (c, d) = (format!("-c{connections}"), format!("-d{seconds}s"));
    let t = if connections > 1 { "-t2" } else { "-t1" };
    let url = format!("http://{}", server.address);
    let mut args = vec![t, &c, &d, "--timeout", "30s", "-s", script];
    let head = head.trim_end();
    if !head.is_empty() {
        args.extend(["-H", head]);
    }
    args.extend([url.as_str(), "--"]);
    args.extend(paths.iter().map(String::as_str));
    let said = machine::output(root, "wrk", &args)?;
    let line = said.lines().find(|l| l.starts_with('{')).context("wrk printed no result")?;
    let load: Load = serde_json::from_str(line)?;
    if load.requests == 0 {
        bail!("wrk got no answer: {said}");
    }
    Ok(load)
}
