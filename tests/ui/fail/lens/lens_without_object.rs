//! A lens that does not say which object it reads.
#![allow(unused)]

use stripe_hooks::Lens;

#[derive(Lens)]
struct Paid { //~ Paid
    amount_paid: i64,
}

fn main() {}

#[stripe_hooks::on_event("invoice.paid")]
async fn neighbour(lens: Neighbour) {}

#[derive(Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
