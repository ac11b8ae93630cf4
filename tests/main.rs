//! Integration tests in one binary, so that the crate is linked once.
//!
//! Some tests need the real Stripe CLI or Stripe's own libraries. Environment variables name their
//! locations. A test whose variable is unset reports clearly that it was skipped; see `switch.rs`.

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
mod subscribing;
#[allow(dead_code, reason = "these tests need only some of it")]
mod switch;
mod transitions;
