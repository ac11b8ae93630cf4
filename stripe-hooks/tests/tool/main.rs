//! The tool `stripe-hooks`, run as a newcomer runs it.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

mod completions;
mod events;
mod inbox;
mod listener;
mod readme;
mod sample;
mod secrets;
mod sign;
mod tool;
mod trigger;
mod verify;
