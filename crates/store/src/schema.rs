//! The tables as a backup carries them. A test compares this with what the databases really hold.

use serde::{Deserialize, Serialize};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    Integer,
    Real,
    Text,
}

use Kind::{Integer, Real, Text};

/// A table: name, columns, and by which columns its rows are ordered.
pub(crate) struct Table {
    pub(crate) name: &'static str,
    pub(crate) columns: &'static [(&'static str, Kind)],
    pub(crate) order: &'static str,
}

const TRADE: &[(&str, Kind)] = &[
    ("id", Integer),
    ("key", Text),
    ("enterprise_id", Integer),
    ("title", Text),
    ("node", Text),
    ("valid_from", Text),
    ("valid_until", Text),
    ("status", Text),
    ("body", Text),
    ("body_sha256", Text),
    ("version", Integer),
    ("import_id", Integer),
    ("updated_by", Text),
    ("updated_ms", Integer),
    ("change", Integer),
];

/// All tables, each after those that it refers to. Rows are ordered by integers, or by words that every collation
/// orders alike, so that the same content gives the same backup from both databases.
pub(crate) const TABLES: &[Table] = &[
    Table {
        name: "import_batch",
        columns: &[
            ("id", Integer),
            ("file", Text),
            ("source", Text),
            ("sha256", Text),
            ("actor", Text),
            ("at_ms", Integer),
            ("counts", Text),
        ],
        order: "id",
    },
    Table {
        name: "enterprise",
        columns: &[
            ("id", Integer),
            ("key", Text),
            ("name", Text),
            ("region", Text),
            ("status", Text),
            ("body", Text),
            ("body_sha256", Text),
            ("version", Integer),
            ("import_id", Integer),
            ("updated_by", Text),
            ("updated_ms", Integer),
            ("change", Integer),
        ],
        order: "id",
    },
    Table { name: "need", columns: TRADE, order: "id" },
    Table { name: "offer", columns: TRADE, order: "id" },
    Table {
        name: "introduction",
        columns: &[
            ("id", Integer),
            ("need_id", Integer),
            ("offer_id", Integer),
            ("asked_by", Text),
            ("asked_side", Text),
            ("note", Text),
            ("asked_ms", Integer),
            ("need_agreed_by", Text),
            ("need_agreed_ms", Integer),
            ("offer_agreed_by", Text),
            ("offer_agreed_ms", Integer),
            ("state", Text),
            ("outcome", Text),
            ("version", Integer),
            ("updated_by", Text),
            ("updated_ms", Integer),
        ],
        order: "id",
    },
    Table {
        name: "past_version",
        columns: &[
            ("noun", Text),
            ("row_id", Integer),
            ("version", Integer),
            ("status", Text),
            ("body", Text),
            ("body_sha256", Text),
            ("import_id", Integer),
            ("updated_by", Text),
            ("updated_ms", Integer),
        ],
        order: "noun, row_id, version",
    },
    Table {
        name: "setting",
        columns: &[
            ("id", Integer),
            ("name", Text),
            ("value", Text),
            ("updated_by", Text),
            ("updated_ms", Integer),
        ],
        order: "id",
    },
    Table {
        name: "column_map",
        columns: &[
            ("id", Integer),
            ("fingerprint", Text),
            ("mapping", Text),
            ("updated_by", Text),
            ("updated_ms", Integer),
        ],
        order: "id",
    },
    Table {
        name: "duplicate_proposal",
        columns: &[
            ("id", Integer),
            ("a", Integer),
            ("b", Integer),
            ("score", Real),
            ("reasons", Text),
            ("state", Text),
            ("proposed_ms", Integer),
            ("decided_by", Text),
            ("decided_ms", Integer),
        ],
        order: "id",
    },
    Table {
        name: "list",
        columns: &[
            ("id", Integer),
            ("number", Integer),
            ("period", Text),
            ("state", Text),
            ("previous_sha256", Text),
            ("sha256", Text),
            ("drafted_by", Text),
            ("drafted_ms", Integer),
            ("approved_by", Text),
            ("published_by", Text),
            ("published_ms", Integer),
            ("withdrawn_reason", Text),
            ("version", Integer),
            ("import_id", Integer),
            ("discarded_by", Text),
        ],
        order: "id",
    },
    Table {
        name: "list_part",
        columns: &[("list_id", Integer), ("part", Integer), ("content", Text)],
        order: "list_id, part",
    },
    Table {
        name: "list_review",
        columns: &[
            ("id", Integer),
            ("list_id", Integer),
            ("need", Text),
            ("offer", Text),
            ("decision", Text),
            ("actor", Text),
            ("at_ms", Integer),
        ],
        order: "id",
    },
    Table {
        name: "account",
        columns: &[
            ("id", Integer),
            ("name", Text),
            ("role", Text),
            ("active", Integer),
            ("created_ms", Integer),
        ],
        order: "id",
    },
    Table {
        name: "audit",
        columns: &[
            ("seq", Integer),
            ("at_ms", Integer),
            ("actor", Text),
            ("action", Text),
            ("object", Text),
            ("detail", Text),
            ("prev_hash", Text),
            ("hash", Text),
        ],
        order: "seq",
    },
];
