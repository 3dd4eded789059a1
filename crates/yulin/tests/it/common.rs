//! Running the program.

use std::path::Path;
use std::process::{Command, Output};

/// The program, ready for arguments, in an empty folder.
pub fn yulin(dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_yulin"));
    command.current_dir(dir).env_remove("YULIN_DB").env("TZ", "Asia/Shanghai");
    command
}

/// Runs the program to its end.
pub fn run(dir: &Path, args: &[&str]) -> Output {
    yulin(dir).args(args).output().expect("the program starts")
}

/// Runs the program and demands success; returns what it printed.
pub fn ok(dir: &Path, args: &[&str]) -> String {
    let output = run(dir, args);
    assert!(
        output.status.success(),
        "yulin {args:?}: {}\n{}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("output is UTF-8")
}

/// Both streams and the exit code, for snapshots.
pub fn text(output: &Output) -> String {
    format!(
        "exit {}\n{}{}",
        output.status.code().unwrap_or(-1),
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}
