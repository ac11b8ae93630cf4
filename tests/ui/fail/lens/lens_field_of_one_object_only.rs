//! A field that one of the objects lacks.
#![allow(unused)]

use stripe_hooks::Lens;

#[derive(Lens)]
#[lens("charge", "refund")]
struct Paid {
    amount: i64,
    captured: bool, //~ captured
}

fn main() {}

#[stripe_hooks::on_event("charge.succeeded")]
async fn neighbour(lens: Neighbour) {}

#[derive(Lens)]
#[lens("charge")]
struct Neighbour {
    captured: bool,
}
