//! Unified social credit code (统一社会信用代码) by GB 32100-2015.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The 31 characters of the code in the order of their values (no I, O, S, V, Z).
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// Weights of the first 17 characters: 3^(i-1) mod 31 (GB 32100-2015, 4.6).
const WEIGHTS: [u32; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
/// Weights of the organisation code inside it (GB 11714-1997).
const ORGANISATION_WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

/// A valid unified social credit code: 18 upper-case characters with right check characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Uscc(String);

/// Why a text is no unified social credit code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UsccError {
    /// Another number of characters than 18.
    #[error("统一社会信用代码应为18位，实为{0}位")]
    Length(usize),
    /// A character that the code does not use, at a place counted from 1.
    #[error("第{1}位“{0}”不是代码字符（代码不用字母 I、O、S、V、Z）")]
    Character(char, usize),
    /// The third to eighth characters are digits (the registration authority's division).
    #[error("第3至8位应为登记机关行政区划码（数字），实为“{0}”")]
    Region(String),
    /// The check character of the organisation code (place 17) is wrong.
    #[error("第17位（主体标识码校验位）应为“{expected}”，实为“{found}”")]
    OrganisationCheck {
        /// The character that the rule gives.
        expected: char,
        /// The character that stands there.
        found: char,
    },
    /// The last character is wrong.
    #[error("第18位校验码应为“{expected}”，实为“{found}”")]
    Check {
        /// The character that the rule gives.
        expected: char,
        /// The character that stands there.
        found: char,
    },
}

impl Uscc {
    /// Reads a code: full-width and lower-case characters are normalised, spaces and hyphens dropped.
    /// Unknown division codes are accepted: old divisions and development zones are still in use.
    ///
    /// # Errors
    /// [`UsccError`] names the first fault and, for check characters, the right one.
    pub fn parse(text: &str) -> Result<Self, UsccError> {
        let code: Vec<char> = text
            .chars()
            .map(crate::fold::fold_char)
            .filter(|c| !c.is_whitespace() && *c != '-')
            .map(|c| c.to_ascii_uppercase())
            .collect();
        if code.len() != 18 {
            return Err(UsccError::Length(code.len()));
        }
        let mut values = [0u32; 18];
        for (i, &c) in code.iter().enumerate() {
            values[i] = value(c).ok_or(UsccError::Character(c, i + 1))?;
        }
        if !code[2..8].iter().all(char::is_ascii_digit) {
            return Err(UsccError::Region(code[2..8].iter().collect()));
        }
        let expected = organisation_check(&values);
        if code[16] != expected {
            return Err(UsccError::OrganisationCheck { expected, found: code[16] });
        }
        let expected = check(&values);
        if code[17] != expected {
            return Err(UsccError::Check { expected, found: code[17] });
        }
        Ok(Self(code.into_iter().collect()))
    }

    /// Completes the first 16 characters with both check characters; used for fictional codes.
    ///
    /// # Errors
    /// When the 16 characters are not code characters.
    pub fn complete(first_16: &str) -> Result<Self, UsccError> {
        let mut values = [0u32; 18];
        let chars: Vec<char> = first_16.chars().collect();
        if chars.len() != 16 {
            return Err(UsccError::Length(chars.len() + 2));
        }
        for (i, &c) in chars.iter().enumerate() {
            values[i] = value(c).ok_or(UsccError::Character(c, i + 1))?;
        }
        let organisation = organisation_check(&values);
        values[16] = value(organisation).expect("check characters are code characters");
        Self::parse(&format!("{first_16}{organisation}{}", check(&values)))
    }

    /// The 18 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The division code of the registration authority (places 3 to 8).
    pub fn division(&self) -> &str {
        &self.0[2..8]
    }
}

impl fmt::Display for Uscc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Uscc {
    type Error = UsccError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Uscc> for String {
    fn from(code: Uscc) -> Self {
        code.0
    }
}

fn value(c: char) -> Option<u32> {
    ALPHABET.iter().position(|&a| char::from(a) == c).map(|i| i as u32)
}

/// GB 11714: 11 - (sum mod 11); 10 is written X, 11 is written 0. Letters count 10 to 35 there, which
/// differs from the values of GB 32100 after H.
fn organisation_check(values: &[u32; 18]) -> char {
    let sum: u32 = (0..8)
        .map(|i| {
            let c = char::from(ALPHABET[values[8 + i] as usize]);
            c.to_digit(36).expect("code characters are base-36 digits") * ORGANISATION_WEIGHTS[i]
        })
        .sum();
    match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        n => char::from(b'0' + n as u8),
    }
}

fn check(values: &[u32; 18]) -> char {
    let sum: u32 = WEIGHTS.iter().zip(values).map(|(w, v)| w * v).sum();
    char::from(ALPHABET[((31 - sum % 31) % 31) as usize])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worked_example_of_the_standard() {
        assert_eq!(Uscc::parse("91350100m000100y43").unwrap().as_str(), "91350100M000100Y43");
        assert_eq!(Uscc::parse("91350100M000100Y44"), Err(UsccError::Check { expected: '3', found: '4' }));
    }

    #[test]
    fn judged_vectors() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/registry/uscc_vectors.csv");
        let Ok(text) = std::fs::read_to_string(path) else {
            eprintln!("skipped: the judged code vectors are not beside the project");
            return;
        };
        let mut seen = 0;
        for line in text.lines().skip(1) {
            let mut cells = line.splitn(3, ',');
            let (code, expect) = (cells.next().unwrap_or(""), cells.next().unwrap_or(""));
            assert_eq!(Uscc::parse(code).is_ok(), expect == "valid", "{line}: {:?}", Uscc::parse(code));
            seen += 1;
        }
        assert!(seen > 100);
    }
}
