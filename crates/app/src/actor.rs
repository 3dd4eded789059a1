//! Who acts: every use case takes an [`Actor`] first.

use serde::{Deserialize, Serialize};

/// What an actor may do, by office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "role")]
pub enum Role {
    /// Runs the installation: users, dictionaries, backup; on a one-person installation also the secretariat's work.
    Administrator,
    /// The alliance's secretariat: intake, lists, meetings.
    Secretariat,
    /// A person of a member enterprise.
    Member {
        /// Key of the enterprise.
        enterprise: String,
    },
    /// An enterprise commissioner (企业特派员).
    Commissioner,
    /// The industry bureau (工信局): sees the cluster, changes nothing.
    Bureau,
    /// Reads the audit log, nothing else.
    Auditor,
}

impl Role {
    /// The role's word in the store and on the command line.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Secretariat => "secretariat",
            Self::Member { .. } => "member",
            Self::Commissioner => "commissioner",
            Self::Bureau => "bureau",
            Self::Auditor => "auditor",
        }
    }

    /// Reads a role that needs no enterprise.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "administrator" => Some(Self::Administrator),
            "secretariat" => Some(Self::Secretariat),
            "commissioner" => Some(Self::Commissioner),
            "bureau" => Some(Self::Bureau),
            "auditor" => Some(Self::Auditor),
            _ => None,
        }
    }
}

/// A person (or the local console) doing something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// Name of the account, as the audit log writes it.
    pub name: String,
    /// Office.
    pub role: Role,
}

/// What a use case asks leave for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// See the cluster's needs, offers, lists and gaps, each field by its level.
    Read,
    /// Import workbooks, decide on duplicates.
    Intake,
    /// Draft and review lists.
    Review,
    /// Approve, publish and withdraw lists.
    Publish,
    /// Users, backup, restore, check.
    Administer,
    /// Read the audit log.
    Audit,
}

impl Actor {
    /// The person at the machine's own console: the administrator of a one-person installation.
    pub fn local() -> Self {
        Self { name: "local".to_owned(), role: Role::Administrator }
    }

    /// True where the office allows the act. The one table of who may do what.
    pub fn may(&self, act: Act) -> bool {
        use Act::{Audit, Intake, Publish, Read, Review};
        match self.role {
            Role::Administrator => true,
            Role::Secretariat => matches!(act, Read | Intake | Review | Publish),
            Role::Member { .. } | Role::Commissioner | Role::Bureau => act == Read,
            Role::Auditor => act == Audit,
        }
    }
}
