//! A generic lens whose chosen type cannot hold the field.
#![allow(unused)]

use stripe_hooks::{Lens, on_event};

#[derive(Lens)]
#[lens("invoice")]
struct Of<T> {
    customer: T, //~ T
}

#[on_event("invoice.paid")]
async fn book(of: Of<String>) {}

fn main() {}

#[on_event("invoice.paid")]
async fn neighbour(of: Of<Option<String>>) {}

#[derive(Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
