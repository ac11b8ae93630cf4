//! Integration tests in one binary, so that the crate is linked once.
//!
//! Some tests need the real Stripe CLI or Stripe's own libraries. Environment variables name their
//! locations. A test whose variable is unset reports clearly that it was skipped; see
//! `environment.rs`.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

mod attacks;
mod bad_input;
mod bare_endpoint;
mod building;
mod call_log;
mod child_program;
mod endpoint;
#[allow(dead_code, reason = "these tests need only some of it")]
mod environment;
mod handlers;
mod lenses;
mod lenses_of_all_objects;
mod local_stripe;
mod log;
mod logging;
mod peers;
mod rejections;
mod served_over_http;
mod server;
mod signature_model;
mod stripe_cli;
mod subscribing;
mod transitions;
