//! A lens that fits several objects.
#![allow(unused)]

use stripe_hooks::{Currency, Lens, on_event};

#[derive(Lens)]
#[lens("charge", "refund")]
struct Money {
    amount: i64,
    currency: Currency,
}

#[on_event("charge.succeeded", "refund.created")]
async fn book(money: Money) {}

fn main() {}
