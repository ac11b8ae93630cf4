//! What the inbox promises: that each handler's work is done exactly once, or is visibly parked.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

mod accepting;
mod chaos;
mod child_process;
mod clock;
mod crashing;
mod database;
mod disk;
mod duplicates;
#[path = "../environment.rs"]
#[allow(dead_code, reason = "these tests need only some of it")]
mod environment;
mod flood;
mod inline;
mod interfering;
mod interrupted;
mod kill_points;
mod lanes;
mod locked;
mod log_page;
mod many;
mod metrics;
mod million;
mod mount;
mod move_to_server;
mod opening;
mod operating;
mod poison;
mod policy;
mod postgres_cluster;
mod postgres_proxy;
mod processes;
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
mod tables;
mod test_inbox;
mod thread_limit;
mod transactions;
mod versions;
mod waiting;
mod working;
