//! A private PostgreSQL server for the tests: its own data folder, a socket and a loopback port.

use crate::machine;
use anyhow::{Context, Result, bail};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// A running server; stopped and deleted when dropped.
pub struct Server {
    /// URL of its administrative database; the user may create databases.
    pub url: String,
    folder: TempDir,
    bin: PathBuf,
    as_postgres: bool,
}

impl Server {
    /// Starts a server, installing PostgreSQL from Debian when it is missing.
    /// `Ok(None)` with a printed reason where there is none and none can be installed.
    pub fn start(root: &Path) -> Result<Option<Self>> {
        Self::start_with(root, false)
    }

    /// Like [`Self::start`]; a durable one writes to the disk before it answers, as a server in use does.
    pub fn start_with(root: &Path, durable: bool) -> Result<Option<Self>> {
        let bin = match find_bin() {
            Some(bin) => bin,
            None => {
                machine::apt_install(root, &["postgresql"])?;
                match find_bin() {
                    Some(bin) => bin,
                    None => return Ok(None),
                }
            }
        };
        let folder = tempfile::Builder::new().prefix("yulin-postgres-").tempdir()?;
        let as_postgres = machine::output(root, "id", &["-u"])?.trim() == "0";
        if as_postgres {
            // The server refuses to run as root; Debian's package brings the user.
            machine::run(root, "chown", &["postgres:postgres", path(folder.path())?], &[])?;
            machine::run(root, "chmod", &["755", path(folder.path())?], &[])?;
        }
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let server =
            Self { url: format!("postgres://postgres@127.0.0.1:{port}/postgres"), folder, bin, as_postgres };
        let data = server.data();
        let data = path(&data)?;
        server.tool(
            "initdb",
            &["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"],
        )?;
        let log = server.folder.path().join("log");
        // Tests measure no durability here, and a temporary server has nothing to lose.
        let sync = if durable { "on" } else { "off" };
        let options = format!(
            "-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='{}' -c fsync={sync} -c full_page_writes={sync}",
            server.folder.path().display()
        );
        server.tool("pg_ctl", &["-D", data, "-l", path(&log)?, "-w", "-o", &options, "start"])?;
        Ok(Some(server))
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn tool(&self, name: &str, args: &[&str]) -> Result<()> {
        let program = self.bin.join(name);
        let mut command = if self.as_postgres {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(&program);
            command
        } else {
            Command::new(&program)
        };
        // Output goes nowhere: a pipe kept open by the server's children would make this wait for ever.
        let status = command
            .args(args)
            .current_dir(self.folder.path())
            .stdout(std::process::Stdio::null())
            .status()
            .with_context(|| format!("cannot start {}", program.display()))?;
        if !status.success() {
            bail!("{name} failed ({status})");
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let data = self.data();
        if let Some(data) = data.to_str()
            && let Err(error) = self.tool("pg_ctl", &["-D", data, "-m", "immediate", "stop"])
        {
            eprintln!("xtask: PostgreSQL did not stop: {error:#}");
        }
    }
}

fn path(path: &Path) -> Result<&str> {
    path.to_str().context("a temporary folder's name is not UTF-8")
}

/// Debian keeps the server's programs out of PATH, in a folder a version.
fn find_bin() -> Option<PathBuf> {
    let mut versions: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .filter(|bin| bin.join("initdb").exists())
        .collect();
    versions.sort();
    versions
        .pop()
        .or_else(|| std::env::split_paths(&std::env::var_os("PATH")?).find(|dir| dir.join("initdb").exists()))
}
