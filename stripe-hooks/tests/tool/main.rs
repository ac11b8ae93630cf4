//! The tool `stripe-hooks`, run as a newcomer runs it.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

// The servers of the inbox's own tests.
mod completions;
#[cfg(unix)]
#[path = "../../../tests/environment.rs"]
#[allow(dead_code, reason = "these tests need only some of it")]
mod environment;
mod events;
mod inbox;
#[cfg(unix)]
mod inbox_on_server;
mod listener;
#[cfg(unix)]
#[path = "../../../tests/inbox/postgres_cluster.rs"]
#[allow(dead_code, reason = "these tests need only some of it")]
mod postgres_cluster;
mod readme;
mod sample;
mod secrets;
mod sign;
mod tool;
mod trigger;
mod verify;
#[cfg(unix)]
#[path = "../../../tests/inbox/waiting.rs"]
#[allow(dead_code, reason = "these tests need only some of it")]
mod waiting;
