//! Passwords from whoever sits at the machine. They are never arguments: those stand in the list of processes.

use app::{Code, Error, Result};
use std::io::{BufRead, IsTerminal, Read};

/// Longest line that is read.
const LINE_BYTES: u64 = 4_096;

/// A password from standard input, or from the terminal, where it is asked for twice and not shown.
pub fn read(from_stdin: bool, name: &str) -> Result<String> {
    let fault = |e: std::io::Error| Error::new(Code::File, format!("cannot read the password: {e}"));
    if from_stdin {
        let mut line = String::new();
        std::io::stdin().lock().take(LINE_BYTES).read_line(&mut line).map_err(fault)?;
        return Ok(line.trim_end_matches(['\r', '\n']).to_owned());
    }
    if !std::io::stdin().is_terminal() {
        return Err(Error::new(Code::BadInput, format!("no terminal to ask for the password of {name}"))
            .hint("give it with --password-stdin, one line on standard input"));
    }
    let password = rpassword::prompt_password(format!("password of {name} 密码: ")).map_err(fault)?;
    let again = rpassword::prompt_password("again 再输一次: ").map_err(fault)?;
    if password != again {
        return Err(Error::new(Code::BadInput, "the two passwords differ"));
    }
    Ok(password)
}
