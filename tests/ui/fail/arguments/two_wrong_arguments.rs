//! Two wrong arguments, each of which is an error of its own.
#![allow(unused)]

use stripe_hooks::{objects::Invoice, on_event};

#[on_event("payment_intent.succeeded")]
async fn fulfil(invoice: Invoice, count: u32) {} //~ Invoice //~ u32

fn main() {}

#[on_event("invoice.paid")]
async fn neighbour(invoice: Invoice, id: stripe_hooks::EventId) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
