//! Accounts, likely duplicates and the cluster's own name.

use crate::{Act, Actor, App, Code, Error, Result, Role};
use store::By;

/// Two enterprises that may be one.
#[derive(Debug, Clone, PartialEq)]
pub struct DuplicatePair {
    /// Key of one.
    pub a: String,
    /// Its name.
    pub a_name: String,
    /// Key of the other.
    pub b: String,
    /// Its name.
    pub b_name: String,
    /// How alike, 0..=1.
    pub score: f64,
    /// Why, in Chinese.
    pub reasons: Vec<String>,
}
