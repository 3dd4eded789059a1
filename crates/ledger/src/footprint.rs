//! Energy and carbon: activity times factor, allocated to lots, products and sites.
//!
//! - [`factor`]: the factor library, unit-checked.
//! - [`inventory`]: activities of a site or lot to scopes 1, 2 (location and market based) and 3.
//! - [`allocation`]: the rule that divides a process's burden among its outputs, always named.
//! - [`lot`]: the footprint of every lot upstream of one, and recycled content.
//! - [`system`]: whole product systems: all products' footprints in one solve.
//! - [`uncertainty`]: seeded Monte Carlo over factors.

pub mod allocation;
pub mod factor;
pub mod inventory;
mod krylov;
pub mod lot;
pub mod system;
pub mod uncertainty;
