//! A name that could be one of several.
#![allow(unused)]

use stripe_hooks::{objects::Dispute, on_event};

#[on_event("dispute.created")] //~ "dispute.created"
async fn contest(dispute: Dispute) {}

fn main() {}
