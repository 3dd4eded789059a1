//! Yulin's HTTP server: pages over the use cases of `app`. Only this crate knows HTTP and HTML.

mod answer;
mod api;
mod assets;
mod format;
mod jobs;
mod layout;
pub mod pages;
mod parts;
mod router;
mod site;
mod viewer;
mod words;

pub use router::{router, serve};
pub use site::{Options, Site};
pub use words::Lang;
