//! An `Option` of what every event has.
#![allow(unused)]

use stripe_hooks::{Livemode, on_event};

#[on_event("payment_intent.succeeded")]
async fn fulfil(livemode: Option<Livemode>) {} //~ Option<Livemode>

fn main() {}

#[on_event("payment_intent.succeeded")]
async fn neighbour(livemode: Livemode) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
