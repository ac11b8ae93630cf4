//! What the inbox promises: that each handler's work is done exactly once, or is visibly parked.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

mod accepting;
mod bench;
mod chaos;
mod clock;
mod cluster;
mod crashing;
mod database;
mod disk;
mod duplicates;
mod flood;
mod inline;
mod interfering;
mod interrupted;
mod lanes;
mod locked;
mod logged;
mod many;
mod metrics;
mod million;
mod mount;
mod moving;
mod opening;
mod operating;
mod points;
mod poison;
mod policy;
mod process;
mod processes;
mod proxy;
mod random;
mod replies;
mod server_credentials;
mod server_faults;
mod server_lanes;
mod server_schema;
mod server_transactions;
mod sharing;
mod stopping;
mod sweeping;
#[path = "../switch.rs"]
#[allow(dead_code, reason = "these tests need only some of it")]
mod switch;
mod tables;
mod transactions;
mod versions;
mod waiting;
mod working;
