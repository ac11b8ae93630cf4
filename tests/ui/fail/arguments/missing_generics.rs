//! A state without its type.
//!
//! Write the type of the state: `State<Db>`.
#![allow(unused)]

use stripe_hooks::{State, on_event};

#[on_event("invoice.paid")]
async fn book(State(db): State) {} //~ State

fn main() {}

#[on_event("invoice.paid")]
async fn neighbour(State(number): State<u32>) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
