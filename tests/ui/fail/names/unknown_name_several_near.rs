//! A name that could be one of several.
#![allow(unused)]

use stripe_hooks::{objects::Dispute, on_event};

#[on_event("dispute.created")] //~ "dispute.created"
async fn contest(dispute: Dispute) {}

fn main() {}

#[on_event("charge.dispute.created")]
async fn neighbour(dispute: Dispute) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
