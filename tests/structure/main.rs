//! A test that reports cycles between the files of a crate.
//!
//! A file depends on another file of its crate when it names an item that the other file defines.
//! The checker reads the tokens of every file, with or without a `cfg`, and the tokens inside
//! macros too. It resolves each path through modules, imports and re-exports to the file of the
//! item.
//!
//! - A private `use` is a dependency. A re-export (`pub use`, `pub(crate) use`) is none by itself:
//!   the files that use the name depend on the file that defines the item.
//! - `mod name;` is no dependency, and neither is a path that ends at a module. An import of a module
//!   is a dependency on the module's file only if no path in the code goes on after the name: then
//!   a macro from another file names the items.
//! - An item that a macro generates belongs to the file that invokes the macro.
//! - A call of a method is no dependency, because it names no path. Neither is `include!`.
//!
//! `CYCLE_EXCEPTIONS` in `workspace` lists the cycles that remain. A file in a folder `src` that no
//! root leads to is reported too.
//!
//! Packages outside the workspace (`fuzz`, the peers of the benches) are not read.
//!
//! [`read_crate`] turns the files of a crate into a [`module_tree`], [`resolve`] turns the tree
//! into dependencies, and [`import_cycles`] finds the cycles in them. `planted_cycles` tests the
//! checker; `workspace` checks the crates of this workspace.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first unexpected value"
)]

mod import_cycles;
mod imports;
mod module_tree;
mod planted_cycles;
mod read_crate;
mod resolve;
mod workspace;
