//! Two objects without a comma.
#![allow(unused)]

use stripe_hooks::Lens;

#[derive(Lens)]
#[lens("charge" "refund")] //~ "refund"
struct Paid {
    amount: i64,
}

fn main() {}

#[stripe_hooks::on_event("charge.succeeded", "refund.created")]
async fn neighbour(lens: Neighbour) {}

#[derive(Lens)]
#[lens("charge", "refund")]
struct Neighbour {
    amount: i64,
}
