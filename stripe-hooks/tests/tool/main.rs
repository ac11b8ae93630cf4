//! The tool `stripe-hooks`, run as a newcomer runs it.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

// The servers of the inbox's own tests.
#[cfg(unix)]
#[path = "../../../tests/inbox/cluster.rs"]
#[allow(dead_code, reason = "these tests need only some of it")]
mod cluster;
mod completions;
mod events;
mod inbox;
#[cfg(unix)]
mod inbox_on_server;
mod listener;
mod readme;
mod sample;
mod secrets;
mod sign;
#[cfg(unix)]
#[path = "../../../tests/switch.rs"]
#[allow(dead_code, reason = "these tests need only some of it")]
mod switch;
mod tool;
mod trigger;
mod verify;
#[cfg(unix)]
#[path = "../../../tests/inbox/waiting.rs"]
#[allow(dead_code, reason = "these tests need only some of it")]
mod waiting;
