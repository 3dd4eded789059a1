//! Etching of copper in cupric chloride, and regeneration of the etchant.
//!
//! - etching: `Cu + CuCl2 → 2 CuCl`
//! - electrolytic regeneration: `2 CuCl → Cu + CuCl2` (cathode: copper; anode: CuCl back to CuCl2)
//! - where the anode finds too little CuCl: `CuCl2 → Cu + Cl2`, the chlorine against which the interlock stands
//! - chemical regeneration: `2 CuCl + 2 HCl + H2O2 → 2 CuCl2 + 2 H2O`
//!
//! Every change is an extent of a reaction or a flow of species, and the temperature follows from the enthalpy, so mass (by
//! element) and energy close to rounding. The parameters are stated with their sources where they are set; those marked
//! *to check* are plausible values, to be replaced by the plant's own.

pub mod bath;
pub mod cell;
pub mod control;
pub mod drift;
pub mod simulate;
pub mod species;
pub mod waste;
