//! What a thin event tells of a change stands elsewhere.
#![allow(unused)]

use stripe_hooks::{PreviousAttributes, on_event};

#[on_event("v1.invoice.updated")]
async fn book(before: PreviousAttributes) {} //~ PreviousAttributes

fn main() {}

#[on_event("invoice.updated")]
async fn neighbour(before: PreviousAttributes) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
