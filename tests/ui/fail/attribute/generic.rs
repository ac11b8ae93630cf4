//! A handler with a type parameter.
#![allow(unused)]

use stripe_hooks::{State, on_event};

#[on_event("invoice.paid")]
async fn book<T: Send>(state: State<T>) {} //~ T: Send

fn main() {}

#[on_event("invoice.paid")]
async fn neighbour(state: State<u32>) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
