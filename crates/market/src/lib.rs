//! In the making.
pub mod analyse;
pub mod node;
pub mod retrieve;
pub mod verdict;
