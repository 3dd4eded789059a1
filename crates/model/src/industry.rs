//! Industrial classification GB/T 4754-2017.

use crate::table::{self, TableError};
use serde::Deserialize;
use std::collections::HashMap;

/// One class of the classification.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Industry {
    /// Code: a letter (门类), 2, 3 or 4 digits.
    pub code: String,
    /// Chinese name.
    pub name_zh: String,
    /// 门类, 大类, 中类 or 小类.
    pub level: String,
    /// Letter of the section.
    pub section: String,
    /// Code above; empty for a section.
    pub parent: String,
}

/// The classification, by code.
#[derive(Debug, Clone, Default)]
pub struct IndustryTable(HashMap<String, Industry>);

impl IndustryTable {
    /// Reads `code,name_zh,level,section,parent` rows.
    ///
    /// # Errors
    /// The first faulty line.
    pub fn parse(text: &str) -> Result<Self, TableError> {
        Ok(Self(
            table::rows::<Industry>("gbt4754_2017.csv", text)?
                .into_iter()
                .map(|(_, row)| (row.code.clone(), row))
                .collect(),
        ))
    }

    /// The class with this code.
    pub fn get(&self, code: &str) -> Option<&Industry> {
        self.0.get(code)
    }

    /// Reads a class from `3975`, `C3975`, `C3975 半导体照明器件制造` or its exact name.
    pub fn find(&self, text: &str) -> Option<&Industry> {
        let key = crate::fold::fold_key(text);
        let digits: String = key
            .trim_start_matches(|c: char| c.is_ascii_alphabetic())
            .chars()
            .take_while(char::is_ascii_digit)
            .collect();
        if !digits.is_empty() {
            return self.get(&digits);
        }
        self.0.values().filter(|i| crate::fold::fold_key(&i.name_zh) == key).max_by_key(|i| i.code.len())
    }

    /// Number of classes of all levels.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True for an empty table.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
