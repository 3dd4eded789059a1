//! Yulin: the open platform that runs an industrial cluster.

#[macro_use]
mod say;

mod cli;
mod commands;
mod progress;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    commands::log(&cli);
    match commands::run(cli) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error[{}]: {error}", error.code.row().word);
            eprintln!("  hint: {}", error.help());
            ExitCode::from(error.code.row().exit)
        }
    }
}
