//! The program as its users run it: real files, real databases, real kills.

mod broken;
mod cli;
mod common;
mod demo;
mod kill;
