//! Yulin's HTTP server: pages over the use cases of `app`. Only this crate knows HTTP and HTML.

mod format;
mod layout;
pub mod pages;
mod router;
mod words;

pub use router::{router, serve};
pub use words::Lang;
