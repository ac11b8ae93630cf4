//! An object that the event does not carry.
#![allow(unused)]

use stripe_hooks::{objects::Invoice, on_event};

#[on_event("payment_intent.succeeded")]
async fn fulfil(invoice: Invoice) {} //~ Invoice

fn main() {}

#[on_event("invoice.paid")]
async fn neighbour(invoice: Invoice) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
