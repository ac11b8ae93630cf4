//! The type of the object instead of its name.
#![allow(unused)]

use stripe_hooks::{Lens, objects::PaymentIntent};

#[derive(Lens)]
#[lens(PaymentIntent)] //~ PaymentIntent
struct Paid {
    amount: i64,
}

fn main() {}

#[stripe_hooks::on_event("payment_intent.succeeded")]
async fn neighbour(lens: Neighbour) {}

#[derive(Lens)]
#[lens("payment_intent")]
struct Neighbour {
    amount: i64,
}
