//! The shared nouns of Yulin.
//!
//! Plain values only: nothing here reads a file, a clock or the environment. The reference tables of
//! `data/` (units, properties, regions, chain graph ...) are parsed from text; [`reference::Reference::builtin`]
//! holds the tables that ship with the product.

pub mod allotment;
pub mod chain;
pub mod enterprise;
pub mod evidence;
pub mod fold;
pub mod hex;
pub mod industry;
pub mod language;
pub mod list;
pub mod markets;
pub mod matching;
pub mod meeting;
pub mod need;
pub mod offer;
pub mod outcome;
pub mod period;
pub mod pinyin;
pub mod price;
pub mod property;
pub mod quantity;
pub mod reference;
pub mod region;
pub mod spec;
pub mod spectext;
pub mod table;
pub mod tolerance;
pub mod traditional;
pub mod unit;
pub mod uscc;
pub mod vectors;
pub mod visibility;
