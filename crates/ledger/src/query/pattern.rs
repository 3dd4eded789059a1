//! What `MATCH_` parameters hold (EPCIS 2.0, 8.2.7.1.1): an identifier, or a pattern of the EPC pure identity pattern URIs.
//! A Digital Link that ends in `/*` stands for all links below it.
//!
//! Patterns are compared with canonical Digital Links, so they find an object in either spelling.

use super::facts::identifier;
use crate::hash::link;

const DOMAIN: &str = "https://id.gs1.org/";

/// A pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Pattern {
    /// This identifier.
    Exact(String),
    /// Everything of a key: `key` is the canonical link up to it, `rest` what must follow.
    OfKey { key: String, rest: &'static str },
    /// Every key of a company, of any company where it is empty.
    OfCompany { application: &'static str, skip: usize, company: String, rest: &'static str },
}

/// Scheme of the URN, its application identifier, digits before the company prefix, and what parts key and serial.
const SCHEMES: [(&str, &str, usize, &str); 15] = [
    ("sgtin", "01/", 1, "/21/"),
    ("upui", "01/", 1, "/235/"),
    ("lgtin", "01/", 1, "/10/"),
    ("sscc", "00/", 1, ""),
    ("sgln", "414/", 0, ""),
    ("pgln", "417/", 0, ""),
    ("grai", "8003/", 1, ""),
    ("giai", "8004/", 0, ""),
    ("gsrn", "8018/", 0, ""),
    ("gsrnp", "8017/", 0, ""),
    ("gdti", "253/", 0, ""),
    ("sgcn", "255/", 0, ""),
    ("ginc", "401/", 0, ""),
    ("gsin", "402/", 0, ""),
    ("cpi", "8010/", 0, "/8011/"),
];

impl Pattern {
    /// Reads an identifier or pattern.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(text: &str) -> Result<Self, String> {
        let pattern = text.strip_prefix("urn:epc:idpat:").or_else(|| {
            let class = text.strip_prefix("urn:epc:class:")?;
            class.contains('*').then_some(class)
        });
        if let Some(rest) = pattern {
            return Self::read_urn(rest).ok_or_else(|| {
                format!("“{text}” is no EPC pattern: wildcards stand at its end, as in urn:epc:idpat:sgtin:4012345.066666.*")
            });
        }
        if let Some(link) = text.strip_suffix("/*") {
            // `…/01/GTIN/21/*`: the qualifier without a value is no link of its own.
            let (base, qualifier) = match link.rsplit_once('/') {
                Some((base, ai @ ("21" | "10" | "235"))) => (base, ai),
                _ => (link, ""),
            };
            let rest = match qualifier {
                "21" => "/21/",
                "10" => "/10/",
                "235" => "/235/",
                _ => "/",
            };
            let key = link::canonical(base)
                .ok_or_else(|| format!("“{text}” is no GS1 Digital Link, so it cannot be a pattern"))?;
            return Ok(Self::OfKey { key, rest });
        }
        if !crate::event::is_uri(text) {
            return Err(format!("“{text}” is no URI"));
        }
        Ok(Self::Exact(identifier(text).into_owned()))
    }

    fn read_urn(pattern: &str) -> Option<Self> {
        let (scheme, parts) = pattern.split_once(':')?;
        let (_, application, skip, rest) = SCHEMES.iter().find(|(name, ..)| *name == scheme)?;
        let parts: Vec<&str> = parts.split('.').collect();
        let stars = parts.iter().rev().take_while(|part| **part == "*").count();
        let fixed = &parts[..parts.len() - stars];
        if fixed.iter().any(|part| part.contains('*')) {
            return None;
        }
        if stars == 0 {
            let id = format!("urn:epc:{}:{pattern}", if scheme == "lgtin" { "class" } else { "id" });
            return Some(Self::Exact(identifier(&id).into_owned()));
        }
        match fixed {
            // A company's keys, or all.
            [] | [_] => {
                let company = fixed.first().copied().unwrap_or_default();
                let is_prefix = company.is_empty() || (6..=12).contains(&company.len());
                (is_prefix && company.bytes().all(|b| b.is_ascii_digit())).then(|| Self::OfCompany {
                    application,
                    skip: *skip,
                    company: company.to_owned(),
                    rest,
                })
            }
            _ => {
                let filled = fixed.join(".");
                let urn = match scheme {
                    "lgtin" | "upui" => format!("urn:epc:idpat:sgtin:{filled}.*"),
                    "sgln" => format!("urn:epc:id:sgln:{filled}.0"),
                    _ => format!("urn:epc:idpat:{scheme}:{filled}.*"),
                };
                let key = link::canonical(&urn)?;
                Some(Self::OfKey { key, rest })
            }
        }
    }

    /// True where a canonical identifier is meant.
    pub fn matches(&self, id: &str) -> bool {
        match self {
            Self::Exact(exact) => id == exact,
            Self::OfKey { key, rest } => {
                id.strip_prefix(key.as_str()).is_some_and(|tail| tail.starts_with(rest))
            }
            Self::OfCompany { application, skip, company, rest } => {
                let key = id.strip_prefix(DOMAIN).and_then(|id| id.strip_prefix(application));
                key.is_some_and(|key| {
                    key.get(*skip..).is_some_and(|key| key.starts_with(company.as_str()))
                        && key.contains(rest)
                })
            }
        }
    }
}

/// What an index keeps of a canonical link beside itself: its key, and its application identifier with six digits of the company.
pub(super) fn coarse(id: &str) -> Option<(&str, String)> {
    let rest = id.strip_prefix(DOMAIN)?;
    let (application, value) = rest.split_once('/')?;
    let value = value.split('/').next().unwrap_or(value);
    let length = match application {
        "8003" => 14,
        "253" | "255" => 13,
        _ => value.len(),
    };
    let key = id.get(..DOMAIN.len() + application.len() + 1 + length.min(value.len()))?;
    let (_, prefix, skip, _) =
        SCHEMES.iter().find(|(_, ai, ..)| ai.strip_suffix('/') == Some(application))?;
    let company = value.get(*skip..skip + 6)?;
    Some((key, format!("{prefix}{company}")))
}

impl Pattern {
    /// Kind and value of the index entry that every match has.
    pub fn entry(&self) -> Option<(&'static str, String)> {
        match self {
            Self::Exact(id) => Some(("id", id.clone())),
            Self::OfKey { key, .. } => Some(("key", key.clone())),
            Self::OfCompany { application, company, .. } => {
                Some(("company", format!("{application}{}", company.get(..6)?)))
            }
        }
    }
}
