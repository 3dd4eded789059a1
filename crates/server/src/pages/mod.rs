//! The pages, one file a subject. Each is a plain function from values to markup.

pub mod gaps;
pub mod list;
pub mod lists;
pub mod needs;
pub mod overview;
