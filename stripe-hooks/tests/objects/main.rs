//! The objects of the catalogue against the catalogue itself, by way of `serde_json::Value`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod decode_rules;
mod differential;
#[path = "../../../tests/environment.rs"]
#[allow(dead_code, reason = "these tests need only some of it")]
mod environment;
mod generated_samples;
mod kinds;
mod oracle;
mod samples;
