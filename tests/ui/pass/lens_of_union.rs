//! A lens over the kinds of a union.
#![allow(unused)]

use stripe_hooks::{Lens, on_event};

#[derive(Lens)]
#[lens("customer_source")]
struct Source {
    id: String,
    object: String,
}

#[on_event("customer.source.created")]
async fn keep(source: Source) {}

fn main() {}
