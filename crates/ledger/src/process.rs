//! Process models: what a line must do by physics, to simulate it and to judge its records.

pub mod etchant;
