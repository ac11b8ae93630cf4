//! The attribute on a function that speaks of `Self`.
#![allow(unused)]

use stripe_hooks::{State, on_event};

struct Shop;

impl Shop {
    #[on_event("invoice.paid")]
    async fn book(shop: State<Self>) {} //~ Self
}

fn main() {}

#[on_event("invoice.paid")]
async fn neighbour(shop: State<u32>) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
