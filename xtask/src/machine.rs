//! Running programs and installing what is missing.

use anyhow::{Context, Result, bail};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

/// A command without the variables that `cargo run` sets for xtask itself: some cargo tools take them for their own.
fn command(program: &str) -> Command {
    let mut command = Command::new(program);
    command.env_remove("CARGO_PKG_NAME");
    command
}

/// Runs a command in `dir`, shows it, and fails when it fails.
pub fn run(dir: &Path, program: &str, args: &[&str], env: &[(&str, &str)]) -> Result<()> {
    eprintln!("$ {program} {}", args.join(" "));
    let start = Instant::now();
    let status = command(program)
        .args(args)
        .current_dir(dir)
        .envs(env.iter().copied())
        .status()
        .with_context(|| format!("cannot start {program}"))?;
    let seconds = start.elapsed().as_secs();
    if !status.success() {
        bail!("{program} {} failed after {seconds} s ({status})", args.join(" "));
    }
    // The gate has a time limit: its record tells where the time went.
    if seconds >= 10 {
        eprintln!("  {program} {}: {seconds} s", args.first().unwrap_or(&""));
    }
    Ok(())
}

/// Runs a command that reads `input` from its standard input, and fails when it fails.
pub fn run_with(dir: &Path, program: &str, args: &[&str], input: &str) -> Result<()> {
    eprintln!("$ {program} {}", args.join(" "));
    let mut child = command(program)
        .args(args)
        .current_dir(dir)
        .stdin(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {program}"))?;
    child.stdin.take().context("no standard input")?.write_all(input.as_bytes())?;
    let status = child.wait()?;
    if !status.success() {
        bail!("{program} {} failed ({status})", args.join(" "));
    }
    Ok(())
}

/// Runs a command and returns its standard output.
pub fn output(dir: &Path, program: &str, args: &[&str]) -> Result<String> {
    let out = command(program)
        .args(args)
        .current_dir(dir)
        .output()
        .with_context(|| format!("cannot start {program}"))?;
    if !out.status.success() {
        bail!("{program} {} failed: {}", args.join(" "), String::from_utf8_lossy(&out.stderr));
    }
    Ok(String::from_utf8_lossy(&out.stdout).into_owned())
}

/// True when the program answers `--version`.
pub fn has(program: &str) -> bool {
    Command::new(program)
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|s| s.success())
}

/// True when the program lies in PATH, for those that do not answer `--version`.
pub fn is_there(program: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|dir| dir.join(program).is_file()))
}

/// Where cargo builds to.
pub fn target(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from)
}

/// An example of the workspace, built for release with the whole workspace's features: what else was built is not built again.
pub fn example(root: &Path, name: &str) -> Result<PathBuf> {
    run(root, "cargo", &["build", "--release", "--locked", "--workspace", "--example", name], &[])?;
    Ok(target(root).join("release/examples").join(name))
}

/// True on the gate, where nothing may be skipped.
pub fn is_ci() -> bool {
    std::env::var("CI").is_ok_and(|v| v == "true")
}

/// Installs Debian packages when this user may; `Ok(false)` when it may not.
pub fn apt_install(root: &Path, packages: &[&str]) -> Result<bool> {
    if !has("apt-get") || output(root, "id", &["-u"])?.trim() != "0" {
        return Ok(false);
    }
    let env = [("DEBIAN_FRONTEND", "noninteractive")];
    let mut args = vec!["install", "-y", "-qq", "--no-install-recommends"];
    args.extend(packages);
    // A machine's package lists may be older than the archive: look them up again before giving up.
    if run(root, "apt-get", &args, &env).is_ok() {
        return Ok(true);
    }
    Ok(run(root, "apt-get", &["update", "-qq"], &env)
        .and_then(|()| run(root, "apt-get", &args, &env))
        .is_ok())
}

/// Python in a private environment below `folder` that holds exactly the packages of a pinned file of the project; none
/// where there is no Python 3 with venv or the packages cannot be had.
pub fn python(root: &Path, folder: &Path, pins: &str) -> Result<Option<PathBuf>> {
    std::fs::create_dir_all(folder)?;
    let pins = root.join(pins);
    let venv = folder.join("venv");
    let python = venv.join("bin/python3");
    let installed = folder.join("installed.txt");
    let wanted = std::fs::read_to_string(&pins)?;
    if python.is_file() && std::fs::read_to_string(&installed).is_ok_and(|have| have == wanted) {
        return Ok(Some(python));
    }
    if !has("python3") && !apt_install(root, &["python3", "python3-venv"])? {
        return Ok(None);
    }
    let (venv, pins) = (venv.to_string_lossy(), pins.to_string_lossy());
    let made = || run(root, "python3", &["-m", "venv", "--clear", &venv], &[]);
    // Debian has venv in a package of its own.
    if made().is_err() && !(apt_install(root, &["python3-venv"])? && made().is_ok()) {
        return Ok(None);
    }
    let pip = format!("{venv}/bin/pip");
    let args = ["install", "--quiet", "--disable-pip-version-check", "--no-deps", "--requirement", &pins];
    if run(root, &pip, &args, &[]).is_err() {
        return Ok(None);
    }
    std::fs::write(installed, wanted)?;
    Ok(Some(python))
}

/// Installs a cargo tool of an exact version unless it is there.
pub fn cargo_tool(root: &Path, tool: &str, version: &str) -> Result<()> {
    let program = format!("cargo-{tool}");
    let args = [tool, "--version"];
    if output(root, "cargo", &args).is_ok_and(|v| v.contains(version)) {
        return Ok(());
    }
    run(root, "cargo", &["install", "--locked", "--quiet", &program, "--version", version], &[])
}
