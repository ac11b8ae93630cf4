//! The test kit, used as an application's own tests use it.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

mod chaos;
mod endpoint;
mod samples;
