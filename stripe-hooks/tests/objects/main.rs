//! The objects of the catalogue against the catalogue itself, by way of `serde_json::Value`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod differential;
mod kinds;
mod made;
mod oracle;
mod rules;
mod samples;
#[path = "../../../tests/switch.rs"]
#[allow(dead_code, reason = "these tests need only some of it")]
mod switch;
