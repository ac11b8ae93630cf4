//! The tests of the whole: one binary, so that it is linked once.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

mod attacks;
mod bad_input;
mod building;
mod endpoint;
mod handlers;
mod http;
mod log;
mod logging;
mod model;
mod server;
