//! Where a database lies: a file, or a PostgreSQL URL whose password is never shown.

use crate::error::{Error, Result};
use std::fmt;
use std::path::{Path, PathBuf};

/// Parameters of a PostgreSQL URL that the driver knows. Others are refused here, because the driver would
/// write an unknown one with its value, perhaps a mistyped password, to the log.
const PARAMETERS: [&str; 14] = [
    "sslmode",
    "ssl-mode",
    "sslrootcert",
    "sslcert",
    "sslkey",
    "statement-cache-capacity",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "application_name",
    "options",
];

/// A place that can be opened.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Location {
    /// A SQLite file, absolute.
    File(PathBuf),
    /// A PostgreSQL URL, with its password.
    Url(String),
}

impl Location {
    /// Reads `postgres://...`, `postgresql://...`, `sqlite:PATH`, `sqlite://PATH` or a plain path.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let refuse = |location: String, reason: String| Error::Open { location, reason };
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            let query = text.split_once('?').map_or("", |(_, query)| query);
            for parameter in query.split('&').filter(|p| !p.is_empty()) {
                let name = parameter.split('=').next().unwrap_or("");
                let known = name.split('[').next().unwrap_or("");
                if !PARAMETERS.contains(&known) {
                    let reason = format!("unknown parameter {name}; known are {}", PARAMETERS.join(", "));
                    return Err(refuse(redact(text), reason));
                }
            }
            return Ok(Self::Url(text.to_owned()));
        }
        let path = text.strip_prefix("sqlite://").or_else(|| text.strip_prefix("sqlite:")).unwrap_or(text);
        if path.is_empty() || path == ":memory:" || (path == text && text.contains("://")) {
            let reason = "write the path of a file, sqlite:PATH or postgres://USER@HOST/DATABASE";
            return Err(refuse(redact(text), reason.to_owned()));
        }
        let path = std::path::absolute(path).map_err(|source| Error::Io {
            action: "open the database",
            path: PathBuf::from(path),
            source,
        })?;
        let folder = path.parent().unwrap_or(Path::new("/"));
        if !folder.is_dir() {
            let reason = format!("there is no folder {}; create it first", folder.display());
            return Err(refuse(path.display().to_string(), reason));
        }
        if path.is_dir() {
            return Err(refuse(path.display().to_string(), "that is a folder; name a file in it".to_owned()));
        }
        Ok(Self::File(path))
    }

    /// The URL for the driver. A path is escaped byte by byte: `?`, `#` and `%` would end it otherwise.
    pub(crate) fn driver_url(&self) -> String {
        match self {
            Self::Url(url) => url.clone(),
            Self::File(path) => {
                let mut url = String::from("sqlite:");
                for &byte in path.to_string_lossy().as_bytes() {
                    if byte.is_ascii_alphanumeric() || b"/-_.".contains(&byte) {
                        url.push(char::from(byte));
                    } else {
                        url.push_str(&format!("%{byte:02X}"));
                    }
                }
                url.push_str("?mode=rwc");
                url
            }
        }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Url(url) => f.write_str(&redact(url)),
        }
    }
}

/// `scheme://host/database` of a URL: no user, no password, no parameter. Other texts stay.
fn redact(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else {
        return text.to_owned();
    };
    let rest = rest.split('?').next().unwrap_or("");
    // A password may hold “/” or “@” unescaped; all up to the last “@” goes.
    let rest = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    format!("{scheme}://{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_never_show() {
        for (url, shown) in [
            ("postgres://yulin:geheim@db.intra:5432/yulin", "postgres://db.intra:5432/yulin"),
            ("postgresql://yulin:ge@h/eim@db/yulin?password=geheim", "postgresql://db/yulin"),
            ("postgres://db/yulin", "postgres://db/yulin"),
        ] {
            assert_eq!(Location::parse(url).unwrap().to_string(), shown);
        }
        let error = Location::parse("postgres://db/yulin?passwd=geheim").err().unwrap().to_string();
        assert!(error.contains("passwd") && !error.contains("geheim"), "{error}");
        let error = Location::parse("mysql://root:geheim@db/x").err().unwrap().to_string();
        assert!(!error.contains("geheim"), "{error}");
    }

    #[test]
    fn paths_are_absolute_and_escaped() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("雨林 50%?.db");
        for text in [path.display().to_string(), format!("sqlite:{}", path.display())] {
            let location = Location::parse(&text).unwrap();
            assert!(location == Location::File(path.clone()), "{location}");
            assert!(
                location
                    .driver_url()
                    .ends_with("%20%35%30%25%3F.db?mode=rwc".replace("%35%30", "50").as_str())
            );
        }
        for text in ["", "sqlite::memory:", "/no/such/folder/x.db", "file://x"] {
            assert!(Location::parse(text).is_err(), "{text}");
        }
    }
}
