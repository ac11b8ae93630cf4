//! What the inbox promises: that each handler's work is done exactly once, or is visibly parked.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

mod accepting;
mod bench;
mod cluster;
mod crashing;
mod database;
mod duplicates;
mod moving;
mod opening;
mod operating;
mod policy;
mod process;
mod proxy;
mod server_faults;
mod server_schema;
mod stopping;
mod transactions;
mod working;
