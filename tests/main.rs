//! The tests of the whole: one binary, so that it is linked once.
//!
//! What needs the real Stripe CLI or Stripe's own libraries runs where an environment variable says where they are, and says
//! loudly that it was skipped where it does not; see `switch.rs`.

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
mod lenses;
mod lenses_of_all_objects;
mod local_stripe;
mod log;
mod logging;
mod model;
mod peers;
mod program;
mod rejections;
mod server;
mod stripe_cli;
#[allow(dead_code, reason = "these tests need only some of it")]
mod switch;
mod transitions;
