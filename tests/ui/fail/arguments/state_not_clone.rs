//! A state that cannot be cloned.
#![allow(unused)]

use stripe_hooks::{State, on_event};

struct Db;

#[on_event("payment_intent.succeeded")]
async fn fulfil(State(db): State<Db>) {} //~ State<Db>

fn main() {}

#[on_event("payment_intent.succeeded")]
async fn neighbour(State(db): State<String>) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
