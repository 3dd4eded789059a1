//! Saying a line on standard output.

use std::fmt::Arguments;
use std::io::{ErrorKind, Write, stdout};

/// Prints a line. Where the reader has gone (`yulin lists | head`), what is left to say is lost, not an error.
pub fn line(words: Arguments<'_>) {
    let mut out = stdout().lock();
    let said = out.write_fmt(words).and_then(|()| out.write_all(b"\n"));
    if let Err(error) = said
        && error.kind() != ErrorKind::BrokenPipe
    {
        eprintln!("yulin: cannot write to standard output: {error}");
    }
}

/// `println!` that survives a closed pipe.
macro_rules! say {
    () => { crate::say::line(format_args!("")) };
    ($($words:tt)*) => { crate::say::line(format_args!($($words)*)) };
}
