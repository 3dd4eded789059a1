//! One error for all use cases: a stable code, a message, a hint; all codes stand in one table.

use std::fmt;

/// Codes that clients may rely on. The table [`Code::TABLE`] is the documentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the table explains each")]
pub enum Code {
    BadInput,
    SignIn,
    TooMany,
    NotAllowed,
    NotFound,
    Conflict,
    NothingToDo,
    VersionNeeded,
    Method,
    TooLarge,
    MediaType,
    StorageBusy,
    StorageFull,
    StorageCorrupt,
    StorageNewer,
    Storage,
    File,
    Output,
    Internal,
}

/// One row of the table of codes.
#[derive(Debug, Clone, Copy)]
pub struct CodeRow {
    /// The code.
    pub code: Code,
    /// Its word in answers.
    pub word: &'static str,
    /// HTTP status.
    pub status: u16,
    /// Exit code of the command line.
    pub exit: u8,
    /// What to do about it.
    pub help: &'static str,
}

impl Code {
    /// Every code with its word, HTTP status, exit code and help.
    pub const TABLE: [CodeRow; 19] = [
        row(Code::BadInput, "bad_input", 422, 2, "correct the place named and try again"),
        row(Code::SignIn, "sign_in", 401, 3, "sign in with name and password"),
        row(Code::TooMany, "too_many", 429, 5, "wait and try again"),
        row(Code::NotAllowed, "not_allowed", 403, 3, "ask the administrator for the office"),
        row(Code::NotFound, "not_found", 404, 4, "look at the list of what exists"),
        row(Code::Conflict, "conflict", 409, 5, "load the newest state and decide again"),
        row(Code::NothingToDo, "nothing_to_do", 409, 5, "import needs and offers first"),
        row(Code::VersionNeeded, "version_needed", 428, 2, "send If-Match with the ETag of what you read"),
        row(Code::Method, "method_not_allowed", 405, 2, "use a method that the header Allow names"),
        row(Code::TooLarge, "too_large", 413, 2, "send less at a time"),
        row(Code::MediaType, "media_type", 415, 2, "send the content type that the docs name"),
        row(Code::StorageBusy, "storage_busy", 503, 6, "another process is writing; try again"),
        row(Code::StorageFull, "storage_full", 507, 6, "free disk space; nothing was stored"),
        row(Code::StorageCorrupt, "storage_corrupt", 500, 6, "run `yulin check`, restore a backup"),
        row(Code::StorageNewer, "storage_newer", 500, 6, "use the program version that wrote the database"),
        row(Code::Storage, "storage", 500, 6, "look at the database named in the message"),
        row(Code::File, "file", 422, 2, "check the path and the rights"),
        row(Code::Output, "output", 500, 6, "check the folder, its rights and the free space"),
        row(Code::Internal, "internal", 500, 1, "report it with the message"),
    ];

    /// This code's row.
    pub fn row(self) -> &'static CodeRow {
        Self::TABLE.iter().find(|r| r.code == self).expect("a test sees every code in the table")
    }
}

const fn row(code: Code, word: &'static str, status: u16, exit: u8, help: &'static str) -> CodeRow {
    CodeRow { code, word, status, exit, help }
}

/// What went wrong in a use case: fit for “failed to ...: {error}”.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// Stable code.
    pub code: Code,
    /// What is wrong and where.
    pub message: String,
    /// What to do, where it is more than the code's help.
    pub hint: Option<String>,
    /// Of a form, the fields that cannot be taken: name of the field, what is wrong with it and what was expected, in Chinese.
    pub fields: Vec<(String, String)>,
}

/// Result of a use case.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error with a code and a message.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), hint: None, fields: Vec::new() }
    }

    /// The same with a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The hint to show.
    pub fn help(&self) -> &str {
        self.hint.as_deref().unwrap_or(self.code.row().help)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        use store::Error as E;
        let code = match &error {
            E::NotFound { .. } => Code::NotFound,
            E::Conflict { .. } | E::Exists { .. } | E::State { .. } | E::Frozen { .. } => Code::Conflict,
            E::Invalid { .. } | E::Backup { .. } => Code::BadInput,
            E::Busy { .. } => Code::StorageBusy,
            E::Full { .. } => Code::StorageFull,
            E::Corrupt { .. } | E::Content { .. } => Code::StorageCorrupt,
            E::Newer { .. } | E::Altered { .. } => Code::StorageNewer,
            E::Io { .. } => Code::File,
            E::Open { .. } | E::Database { .. } => Code::Storage,
        };
        Self::new(code, format!("failed to {error}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_stands_once_in_the_table() {
        let words: std::collections::HashSet<_> = Code::TABLE.iter().map(|r| r.word).collect();
        assert_eq!(words.len(), Code::TABLE.len());
        for row in &Code::TABLE {
            assert_eq!(row.code.row().word, row.word);
        }
    }
}
