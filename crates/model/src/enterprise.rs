//! Enterprises: one file per enterprise (一企一档).

use crate::fold::fold_name;
use crate::region::Point;
use crate::uscc::Uscc;
use crate::visibility::Visibility;
use serde::{Deserialize, Serialize};

/// A person to call; released only when both sides agree.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Contact {
    /// Name.
    pub name: String,
    /// Position (职务).
    pub position: String,
    /// Telephone as given.
    pub phone: String,
}

/// An enterprise of the cluster, or a member from outside.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Enterprise {
    /// Natural key: the USCC, or `name:` and the folded name while the code is unknown.
    pub key: String,
    /// Unified social credit code.
    pub uscc: Option<Uscc>,
    /// Registered name.
    pub name: String,
    /// Short name (简称).
    pub short_name: String,
    /// Former and other names.
    pub other_names: Vec<String>,
    /// Code of the county (or city, for outside members).
    pub region: Option<String>,
    /// Code of the park.
    pub park: Option<String>,
    /// Address as given.
    pub address: String,
    /// Own coordinates, where known; else the park's or county's seat counts.
    pub point: Option<Point>,
    /// GB/T 4754 class.
    pub industry: Option<String>,
    /// Chain group (产业链小组).
    pub group: String,
    /// Main products in words.
    pub products: String,
    /// Number of employees.
    pub employees: Option<u32>,
    /// Yearly revenue in fen.
    pub revenue_fen: Option<i64>,
    /// Person to call.
    pub contact: Contact,
    /// Free words.
    pub note: String,
    /// True for an invented enterprise of the demo cluster; shown as such everywhere.
    pub fictional: bool,
    /// The row's own level; fields can only be closed further by it.
    pub visibility: Visibility,
    /// Key of the record that this one was merged into, because both are one enterprise; then that one speaks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<String>,
}

impl Enterprise {
    /// The natural key of an enterprise with this code and name.
    pub fn key_of(uscc: Option<&Uscc>, name: &str) -> String {
        match uscc {
            Some(code) => code.to_string(),
            None => format!("name:{}", fold_name(name)),
        }
    }

    /// An enterprise of which only code and name are known.
    pub fn new(uscc: Option<Uscc>, name: &str) -> Self {
        Self {
            key: Self::key_of(uscc.as_ref(), name),
            uscc,
            name: name.trim().to_owned(),
            short_name: String::new(),
            other_names: Vec::new(),
            region: None,
            park: None,
            address: String::new(),
            point: None,
            industry: None,
            group: String::new(),
            products: String::new(),
            employees: None,
            revenue_fen: None,
            contact: Contact::default(),
            note: String::new(),
            fictional: false,
            visibility: Visibility::Public,
            merged_into: None,
        }
    }
}
