//! Paths into what an object holds.
#![allow(unused)]

use stripe_hooks::{Id, Lens, Raw, Timestamp, objects::Price, on_event};

#[derive(Lens)]
#[lens("invoice")]
struct Paid {
    #[lens(path = "lines.data[].pricing.price_details.price")]
    prices: Vec<Id<Price>>,
    #[lens(path = "lines.data[].taxes[].amount")]
    taxes: Vec<i64>,
    #[lens(path = "status_transitions.paid_at")]
    paid_at: Option<Timestamp>,
    #[lens(path = "metadata.order_id")]
    order: Option<String>,
    #[lens(path = "lines.has_more")]
    more: Option<bool>,
    lines: Raw,
}

#[on_event("invoice.paid")]
async fn book(paid: Paid) {}

fn main() {}
